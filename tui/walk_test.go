package tui

import (
	"testing"
	"time"

	"lifeboat/runbook"
)

// TestQuestion: what is no answer is said to be none, and asked again.
func TestQuestion(t *testing.T) {
	walks(t, runbook.Drill, asking, func(s *story) {
		s.next(`answer "Where is it`)
		s.press("enter")
		s.shows("DRILL practice", "Where is it")
		s.press("enter")
		s.shows("nothing is typed yet; esc gives up")
		s.press("esc")
		s.next(`answer "Where is it`)
		before := len(s.w.log)
		s.press("enter")
		s.Paste("/var/backups\n/x.zip")
		s.press("enter")
		s.wrote(before, "QuestionAnswered")
		if e := last[runbook.QuestionAnswered](s); e.Value != "/var/backups /x.zip" {
			t.Errorf("the answer is %q", e.Value)
		}
		s.shows("= /var/backups /x.zip")
		s.press("enter")
		s.shows("left / right")
		s.types("up")
		s.shows(`refused: "up" is none of the answers`, "answer left or right")
		s.press("enter")
		s.types("RIGHT")
		s.shows("= right")
		s.press("enter")
		s.shows("a time: now, -20m")
		s.types("-20m")
		s.shows("= 1999-12-31 23:40:00Z (00:40 CET)")
	})
}

// TestChoice: a number picks, Enter takes; no number does so by itself.
func TestChoice(t *testing.T) {
	walks(t, runbook.Drill, forked, func(s *story) {
		s.shows("press 1 to 2 to choose where it goes on")
		before := len(s.w.log)
		s.press("enter")
		s.shows("press the number of an option first")
		s.press("3", "9")
		s.press("2")
		s.next("goes on with 2: Right")
		s.press("J", "K")
		s.shows("press 1 to 2 to choose where it goes on") // who looked away chooses again
		s.press("1")
		s.next("goes on with 1: Left")
		s.wrote(before)
		s.press("enter")
		s.shows("In the dark")
		if e := last[runbook.ChoiceMade](s); e.Option != 1 {
			t.Errorf("%+v", e)
		}
	})
}

// TestDifferent: a check that is not as it was expected is done, and says so.
func TestDifferent(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.press("d")
		s.shows("What was found instead?")
		s.types("the lamp is red")
		s.shows("! First", "not as expected: the lamp is red")
		if d := s.w.run.Deviations; len(d) != 1 || d[0].Kind != "different" {
			t.Errorf("%+v", d)
		}
		s.press("s")
		s.types("nobody is there")
		s.shows("– Last", "left out: nobody is there")
	})
}

// TestCopy: a command and a check's text reach the clipboard of the terminal.
func TestCopy(t *testing.T) {
	walks(t, runbook.Drill, failing, func(s *story) {
		s.press("y")
		s.shows("copied, where the terminal allows it")
		if got := s.Clipboard(); got != "try it\nand more" {
			t.Errorf("copied %q", got)
		}
		s.press("j", "j", "y")
		if got := s.Clipboard(); got != "Last" {
			t.Errorf("copied %q", got)
		}
	})
}

// TestElsewhere: looking ahead writes nothing, Enter goes there, and back the same
// way.
func TestElsewhere(t *testing.T) {
	walks(t, runbook.Drill, steps, func(s *story) {
		before := len(s.w.log)
		s.press("/")
		s.types("pears")
		s.shows("Two (looking; esc goes back)", "Pick the pears")
		s.next(`go to "Two"`)
		s.press("esc")
		s.next(`tick "First"`)
		s.press("J")
		s.shows("(looking; esc goes back)")
		s.press("K", "j", "j")
		s.next(`go to "Two"`)
		s.wrote(before)
		s.press("enter")
		s.wrote(before, "StepEntered")
		s.next(`tick "Second"`)
		s.press("j")
		s.next(`tick "Pick the pears"`) // out of order, where somebody looks
		s.press("enter")
		s.next(`tick "Second"`)
		s.press("g", "up", "enter", "enter")
		s.next(`tick "First"`)
		if n := count[runbook.StepEntered](s); n != 3 {
			t.Errorf("%d steps were entered", n)
		}
	})
}

// TestReopen: a step that is done can be done again, for a reason.
func TestReopen(t *testing.T) {
	walks(t, runbook.Drill, steps, func(s *story) {
		s.press("enter")
		s.next(`tick "Second"`)
		s.press("K", "u")
		s.shows(`Why is "One" done again?`)
		s.types("it came back")
		s.next(`tick "First"`)
		if e := last[runbook.StepReopened](s); e.Reason != "it came back" {
			t.Errorf("%+v", e)
		}
	})
}

// TestWalkOn: the order of a document is advice: the walk can go elsewhere while a
// command runs, which goes on, and is waited for where it is looked at again.
func TestWalkOn(t *testing.T) {
	text := "---\nlifeboat: 1\n---\n# Book\n\n## One\n\n```sh\nwork\n```\n\n## Two\n\n- [ ] Second\n"
	walks(t, runbook.Live, text, func(s *story) {
		s.w.Plays["work"] = play{Out: "at it\n", Takes: 30 * time.Second}
		s.press("enter", "J")
		s.passes(2 * time.Second)
		s.next(`go to "Two"`)
		s.press("enter")
		s.next(`tick "Second"`)
		s.shows("◇ running 0:02: $ work")
		s.press("K", "enter")
		s.passes(2 * time.Second)
		s.shows("it runs: nothing needs a key", "at it")
		s.passes(30 * time.Second)
		s.shows("✓ One 0:2")
		if n := count[runbook.CommandFinished](s); n != 1 || s.ran("other") {
			t.Errorf("%d commands have ended", n)
		}
	})
}

// TestNotNow: while the walker is at work on what can't be cut short, another thing
// isn't begun, and that is said.
func TestNotNow(t *testing.T) {
	dangers(t, runbook.Live, time.Hour, func(s *story) {
		s.w.Plays["who is it"] = play{Out: "happy-otter-123\n", Takes: 5 * time.Second}
		s.press("enter")
		s.passes(time.Second)
		s.shows("identify: running 0:01")
		asked := len(s.w.told)
		s.press("j", "enter")
		s.shows("not now: who is it runs; ctrl+c stops it")
		if len(s.w.told) != asked {
			t.Errorf("it was asked for %q", s.w.told[asked:])
		}
	})
}

// TestOptional: an optional step is left out by one key.
func TestOptional(t *testing.T) {
	walks(t, runbook.Drill, steps, func(s *story) {
		s.press("]", "]", "enter")
		s.press("S")
		if s.w.run.Step("book/three-optional").Status != runbook.Skipped {
			t.Errorf("%+v", s.w.run.Step("book/three-optional"))
		}
	})
}
