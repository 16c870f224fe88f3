package tui

import (
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
)

// TestNote: a note has the time of its key, not of its text, and can be taken while
// a command runs.
func TestNote(t *testing.T) {
	walks(t, runbook.Live, slow, func(s *story) {
		s.w.Plays["work"] = play{Out: "part one\n", Takes: time.Hour}
		s.press("enter")
		s.passes(10 * time.Second)
		pressed := time.Now()
		s.press("n")
		s.shows("LIVE PRODUCTION", "[note] decision said observation lesson")
		s.passes(20 * time.Second)
		s.Type("the status page is green")
		s.press("alt+enter")
		s.Type("every call fails")
		s.press("tab", "tab", "tab", "tab", "tab", "tab")
		s.press("enter")
		s.passes(2 * time.Second)
		s.shows("◇ running 0:3")
		n := last[runbook.NoteTaken](s)
		if n.Text != "the status page is green\nevery call fails" || n.Tag != "decision" {
			t.Errorf("%+v", n)
		}
		if rec := s.w.log[len(s.w.log)-1]; !rec.At.Equal(pressed) {
			t.Errorf("it was taken at %s, want %s", rec.At, pressed)
		}
		if asked := s.w.told; len(asked) != 2 {
			t.Errorf("the wait was cut short for the note: %q", asked)
		}
		s.press("n", "enter")
		s.shows("nothing is written yet; esc gives up")
		before := len(s.w.log)
		s.Type("no")
		s.press("esc")
		s.passes(2 * time.Second)
		s.wrote(before)
	})
}

// TestNote_idle: with nothing under way a note is written at once, and the walk stands
// where it stood.
func TestNote_idle(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		before := len(s.w.log)
		s.press("j", "n")
		s.types("looks odd")
		s.wrote(before, "NoteTaken")
		s.next(`tick "Last"`)
	})
}

// TestElsewhere_notes: what others write arrives without a key, also while a command
// runs.
func TestElsewhere_notes(t *testing.T) {
	walks(t, runbook.Live, slow, func(s *story) {
		s.press("t")
		s.w.elsewhere(runbook.NoteTaken{Text: "the phone rings", Tag: "said"})
		s.passes(2 * time.Second)
		s.shows("the phone rings (zoe)")
		s.press("esc")
		s.w.Plays["work"] = play{Takes: time.Hour}
		s.press("enter", "t")
		s.w.elsewhere(runbook.NoteTaken{Text: "it rings again", Tag: "said"})
		s.passes(2 * time.Second)
		s.shows("it rings again (zoe)")
	})
}

// TestHandOver: who takes over is told in thirty seconds where the run stands.
func TestHandOver(t *testing.T) {
	walks(t, runbook.Live, steps, func(s *story) {
		s.press("enter", "w")
		s.shows(`1 of 3 steps done; now at "Two"; next: tick "Second"`, "To whom?")
		s.types("zoe")
		s.shows("ann offers the command of the run to zoe: i takes it")
		if e := last[runbook.CommandPassed](s); e.To != "zoe" || !strings.Contains(e.Summary, `now at "Two"`) {
			t.Errorf("%+v", e)
		}
		s.press("i")
		s.shows("Who takes it?", "> zoe")
		s.press("enter")
		s.lacks("offers the command")
		if s.w.run.Operator != "zoe" {
			t.Errorf("the operator is %q", s.w.run.Operator)
		}
	})
}

// TestTakeOver: the offer of another terminal shows by itself.
func TestTakeOver(t *testing.T) {
	walks(t, runbook.Live, two, func(s *story) {
		s.w.elsewhere(runbook.CommandPassed{From: "bob", To: "ann", Summary: "tired"})
		s.passes(2 * time.Second)
		s.shows("bob offers the command of the run to ann: i takes it")
		s.press("i", "enter")
		if e := last[runbook.CommandAccepted](s); e.From != "bob" || e.To != "ann" {
			t.Errorf("%+v", e)
		}
	})
}

// TestMark: moments are set with the time that somebody says, and what can't be read
// is asked again.
func TestMark(t *testing.T) {
	walks(t, runbook.Live, clocked, func(s *story) {
		s.palette("mark a moment")
		s.shows("the disruption began: all clocks start here")
		s.types("service")
		s.shows("Since when can users work again?")
		s.clearNow()
		s.types("half past nine")
		s.shows("Since when can users work again?", "half past nine")
		s.clearNow()
		s.types("-5m..-2m")
		if e := last[runbook.MomentSet](s); e.Name != "service_back" || e.Latest.Sub(e.Moment) != 3*time.Minute {
			t.Errorf("%+v", e)
		}
	})
}

// palette does what has no key.
func (s *story) palette(words string) {
	s.t.Helper()
	s.press(":")
	s.types(words)
}

// clearNow takes the "now" away that stands in a field at first.
func (s *story) clearNow() {
	s.t.Helper()
	s.press("backspace", "backspace", "backspace")
}

// TestPause: a drill's clocks can stand; a live run has no such key.
func TestPause(t *testing.T) {
	walks(t, runbook.Drill, clocked, func(s *story) {
		s.palette("pause the clocks")
		s.types("the fire alarm is real")
		s.shows("the clocks stand: the fire alarm is real", "59:5")
		s.passes(time.Minute)
		s.shows("59:5")
		s.palette("resume the clocks")
		s.lacks("the clocks stand")
		s.passes(time.Minute)
		s.shows("59:0")
	})
	walks(t, runbook.Live, clocked, func(s *story) {
		s.press(":")
		s.Type("clocks")
		s.check()
		s.lacks("pause the clocks", "resume the clocks")
	})
}

// TestObjectiveLost: what was reached can fail again.
func TestObjectiveLost(t *testing.T) {
	walks(t, runbook.Live, clocked, func(s *story) {
		s.press("enter", "enter")
		s.passes(2 * time.Second)
		s.shows("critical ✓ met 0:0")
		s.palette("objective lost")
		s.press("enter")
		s.types("it fell over")
		s.shows("59:5")
		if e := last[runbook.ObjectiveLost](s); e.Objective != "critical" || e.Reason != "it fell over" {
			t.Errorf("%+v", e)
		}
	})
}

// TestDebrief: after the run lessons, signatures and the report are still possible.
func TestDebrief(t *testing.T) {
	walks(t, runbook.Drill, failing, func(s *story) {
		s.press("e")
		s.Type("sudo ")
		s.press("ctrl+s")
		s.types("nobody may otherwise")
		s.press("enter", "enter", "enter", "enter")
		s.shows("recovered after", "Deviations from the document: 1", "nobody may otherwise")
		before := len(s.w.log)
		s.press("n")
		s.types("write sudo into the book")
		s.press("S")
		s.shows("you say that the record of", "events is right")
		s.types("ann")
		s.wrote(before, "NoteTaken", "SignedOff")
		s.press("pgdown", "j")
		s.shows("lesson: write sudo into the book (ann)", "✓ ann, 2000-01-01 00:00:0")
		s.press("enter")
		s.shows("the report is in /home/ann/lifeboat-abcdef.md")
		s.press("t")
		s.shows("Timeline", "ended recovered")
		s.press("esc", "o")
		s.shows("nothing was printed")
		s.press("esc", "h")
		s.shows("HISTORY")
		s.press("h", "enter")
		s.shows("recovered after")
	})
}

// TestElsewhere_notesOnThePage: on the page of the walk a note from elsewhere is
// said until the next key; one that was written here is not.
func TestElsewhere_notesOnThePage(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.w.elsewhere(runbook.NoteTaken{Text: "the phone rings", Tag: "said"})
		s.passes(2 * time.Second)
		s.shows("said from elsewhere: the phone rings (zoe)")
		s.press("j")
		s.lacks("from elsewhere")
		s.press("n")
		s.types("I answered it")
		s.passes(2 * time.Second)
		s.lacks("from elsewhere")
	})
}
