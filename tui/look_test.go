package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
)

// lines is an output of so many lines.
func lines(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "line %d.\n", i)
	}
	return b.String()
}

// TestOutput: all that a command printed can be read, page by page, also while it
// grows.
func TestOutput(t *testing.T) {
	walks(t, runbook.Drill, slow, func(s *story) {
		s.w.Plays["work"] = play{Out: lines(1, 2000), After: lines(2001, 2010), Takes: 20 * time.Second}
		s.press("enter")
		s.passes(time.Second)
		s.shows("1,992 lines before, o opens all", "line 2000.")
		s.press("o")
		s.passes(time.Second)
		s.shows("$ work", "it runs: the end is followed", "line 2000.", "2,000 lines")
		s.press("g")
		s.passes(200 * time.Millisecond)
		s.shows("line 1.", "lines 1 to")
		s.lacks("line 2000.")
		s.press("j", "pgdown", "pgdown", "k", "pgup")
		s.lacks("line 1. ")
		s.Send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
		s.check()
		s.passes(20 * time.Second)
		s.lacks("line 2010.")
		s.press("G")
		s.passes(200 * time.Millisecond)
		s.shows("line 2010.", "2,010 lines")
		s.press("y")
		if got := s.Clipboard(); got != s.w.Kept(1) {
			t.Errorf("copied %q", got)
		}
		s.press("enter")
		s.next(`tick "Last"`)
	})
}

// TestOutput_other: the commands before and after are a key away.
func TestOutput_other(t *testing.T) {
	walks(t, runbook.Drill, failing, func(s *story) {
		s.w.Plays["try it"], s.w.Plays["see it"] = play{Out: "one\n"}, play{Out: "all good\n", Expected: "met"}
		s.press("enter", "enter", "o")
		s.shows("$ see it", "all good")
		s.press("[")
		s.shows("$ try it", "one")
		s.lacks("all good")
		s.press("[", "]", "]")
		s.shows("$ see it")
	})
}

// TestOutput_gone: a kept file that can't be read is said to be none.
func TestOutput_gone(t *testing.T) {
	walks(t, runbook.Drill, slow, func(s *story) {
		s.w.Plays["work"] = play{Out: "one\n"}
		s.press("enter", "o")
		s.shows("one")
		s.w.Dir = "/nowhere"
		s.press("esc", "o")
		s.shows("nothing was printed")
	})
}

// TestTimeline: everything that happened is there with its time, and the end is
// followed until somebody scrolls away.
func TestTimeline(t *testing.T) {
	walks(t, runbook.Live, clocked, func(s *story) {
		s.press("enter", "t")
		s.shows("Timeline, in UTC", "00:00:0", "opened LIVE ON PRODUCTION, target production, run abcdef", "run $ work", "ok after")
		for i := range 30 {
			s.w.elsewhere(runbook.NoteTaken{Text: fmt.Sprintf("note %d.", i), Tag: "note"})
		}
		s.passes(2 * time.Second)
		s.shows("note 29.")
		s.press("g")
		s.shows("opened", "more below")
		s.lacks("note 29.")
		s.w.elsewhere(runbook.NoteTaken{Text: "one more", Tag: "note"})
		s.passes(2 * time.Second)
		s.lacks("one more")
		s.press("pgdown", "pgup", "j", "k", "G")
		s.shows("one more")
		s.Send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
		s.check()
		s.lacks("one more")
		s.Resize(60, 15)
		s.check()
		s.press("q")
		s.next(`tick "First"`)
	})
}

// TestClocks: every clock in a sentence, with the time of now in both zones.
func TestClocks(t *testing.T) {
	walks(t, runbook.Live, clocked, func(s *story) {
		s.press("c")
		s.shows("now 2000-01-01 00:00:0", "CET)", "critical systems: 0:0", "full recovery: 0:0", "3:59:5")
		before := s.Text()
		s.passes(2 * time.Second)
		if s.Text() == before {
			t.Error("the clocks stand")
		}
		s.press("enter")
		s.lacks("CET)")
	})
}

// TestHelp: every key that works is listed with what it does, what works elsewhere
// isn't, and the help can be scrolled.
func TestHelp(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.press("?")
		s.shows("Keys", "Enter", "do what the line above the footer says")
		s.press("G")
		s.shows("ctrl+c", "stop the command that runs; pressed again, leave")
		s.press("g", "j", "k", "pgdown", "pgup")
		s.Send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
		s.check()
		s.press("esc")
		s.next(`tick "First"`)
	})
}

// TestPalette: what can be done is found by its words, and done.
func TestPalette(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.press("ctrl+p")
		s.Type("timel")
		s.check()
		s.shows("show everything that happened", "Enter takes it")
		s.press("enter")
		s.shows("Timeline, in UTC")
		s.press("esc", ":")
		s.Type("nothing has this name")
		s.check()
		s.shows("nothing holds these words")
		s.press("down", "enter", "up", "enter", "esc")
		s.next(`tick "First"`)
	})
}

// TestOffKeys: a key that does nothing now says why.
func TestOffKeys(t *testing.T) {
	walks(t, runbook.Drill, slow, func(s *story) {
		s.press("o")
		s.shows("o (output) does nothing now: no command has run yet")
		s.w.Plays["work"] = play{Takes: time.Hour}
		s.press("enter", "$")
		s.shows("$ (shell) does nothing now: work runs; ctrl+c stops it")
	})
}
