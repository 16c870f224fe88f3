package tui

import (
	"testing"
	"time"

	"lifeboat/runbook"
)

// TestRunning: while a command runs its output shows and grows, nothing needs a
// key, and what can't be done now says why.
func TestRunning(t *testing.T) {
	walks(t, runbook.Drill, slow, func(s *story) {
		s.w.Plays["work"] = play{Out: "part one\n", After: "part two\n", Takes: 10 * time.Second}
		s.next("run $ work")
		s.press("enter")
		s.passes(2 * time.Second)
		s.shows("◇ running 0:02", "part one", "it runs: nothing needs a key. ctrl+c stops it")
		s.press("enter")
		s.shows("nothing to press: the walk goes on by itself when it ends")
		s.press("!")
		s.shows("not now: work runs; ctrl+c stops it")
		s.passes(9 * time.Second)
		s.shows("✓ ok after 0:10", "part two")
		s.next(`tick "Last"`)
	})
}

// TestFailure: what failed is said with every way on; Enter does nothing by itself,
// each key does what it says.
func TestFailure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys  []string
		why   string // typed where a reason is asked for
		kinds []string
		shows string
	}{
		"again":    {[]string{"r"}, "", []string{"HoldReleased", "CommandIntended", "CommandStarted", "CommandFinished"}, "(try 2)"},
		"rollback": {[]string{"b"}, "", []string{"CommandIntended", "CommandStarted", "CommandFinished", "HoldReleased"}, "rollback: ok"},
		"anyway":   {[]string{"p"}, "it is fine", []string{"HoldReleased"}, "gone past: it is fine"},
		"left out": {[]string{"s"}, "no time", []string{"HoldReleased"}, "left out: no time"},
		"ended":    {[]string{"E", "enter"}, "the disk is gone", []string{"RunEnded"}, "failed after"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walks(t, runbook.Live, failing, func(s *story) {
				s.w.Plays["try it"] = play{Out: "trying\noh no\n", Exit: 3, Takes: time.Second}
				s.press("enter")
				s.passes(2 * time.Second)
				s.shows("✗ exit 3", "oh no", "it failed: exit 3. Decide how to go on:", "r run it again", "e change the command, then run it", `b undo it with "undo"`, "p go on past it anyway", "s leave it out")
				if bold := s.Bold(); len(bold) > 0 {
					t.Errorf("%q is bold where no key goes on", bold)
				}
				before := len(s.w.log)
				s.press("enter")
				s.shows("Enter does nothing here: decide how to go on")
				s.wrote(before)
				s.press(c.keys...)
				if c.why != "" {
					s.types(c.why)
				}
				s.passes(2 * time.Second)
				s.wrote(before, c.kinds...)
				s.shows(c.shows)
			})
		})
	}
}

// TestFailure_edit: what failed can be changed, and then run; what it was and why it was
// changed is on record.
func TestFailure_edit(t *testing.T) {
	walks(t, runbook.Live, failing, func(s *story) {
		s.w.Plays["try it"] = play{Out: "oh no\n", Exit: 3}
		s.press("enter")
		s.passes(time.Second)
		before := len(s.w.log)
		s.press("e")
		s.Type(" of it")
		s.press("ctrl+s")
		s.types("once is not enough")
		s.wrote(before, "BlockEdited")
		s.shows("as it will run:", "and more of it", "Decide how to go on")
		s.w.Plays["try it"] = play{Out: "better\n"}
		s.press("r")
		s.passes(time.Second)
		if a := last[runbook.CommandIntended](s); a.Text != "try it\nand more of it" {
			t.Errorf("it ran %q", a.Text)
		}
		s.shows("✓ try it")
	})
}

// TestFailure_probe: what only reads can be tried again by Enter.
func TestFailure_probe(t *testing.T) {
	walks(t, runbook.Live, failing, func(s *story) {
		s.w.Plays["see it"] = play{Out: "all bad\n", Expected: "missed"}
		s.press("enter", "enter")
		s.passes(time.Second)
		s.shows(`its output lacks what was expected ("all good")`, "all bad")
		s.next(`run "see it" again: it only reads`)
		s.w.Plays["see it"] = play{Out: "all good\n", Expected: "met"}
		s.press("enter")
		s.next(`tick "Last"`)
	})
}

// TestEdit: a changed command needs a reason, is shown as it will run, and is a
// deviation.
func TestEdit(t *testing.T) {
	walks(t, runbook.Live, failing, func(s *story) {
		s.press("e")
		s.shows("try it", "and more", "ctrl+s: then say why", "it doesn't run yet")
		s.press("ctrl+end")
		s.Type(" of it")
		s.press("ctrl+s", "enter")
		s.shows("say why: it is a deviation from the document")
		before := len(s.w.log)
		s.types("once is not enough")
		s.wrote(before, "BlockEdited")
		s.shows("as it will run:", "and more of it")
		s.next("run $ try it")
		s.press("enter")
		if a := last[runbook.CommandIntended](s); a.Text != "try it\nand more of it" {
			t.Errorf("it ran %q", a.Text)
		}
	})
	walks(t, runbook.Live, failing, func(s *story) {
		before := len(s.w.log)
		s.press("e")
		s.Type("x")
		s.press("ctrl+s", "esc", "esc")
		s.wrote(before)
		s.next("run $ try it")
	})
}

// TestForeign: a foreign file's command is copy only until it is armed, and is shown
// filled in before it runs.
func TestForeign(t *testing.T) {
	walks(t, runbook.Drill, foreign, func(s *story) {
		s.shows("copy only: y copies it, a lets it run here")
		s.press("a", "enter")
		s.ready()
		s.shows("what stands for <it>?")
		s.types("that")
		s.shows("as it will run:", "do that")
		if s.ran("do") {
			t.Error("it ran by the key that filled it in")
		}
		s.press("enter")
		if a := last[runbook.CommandIntended](s); a.Text != "do that" {
			t.Errorf("it ran %q", a.Text)
		}
	})
}

// TestBackground: the walk goes on, and waits by itself where it has to.
func TestBackground(t *testing.T) {
	walks(t, runbook.Drill, behind, func(s *story) {
		s.w.Plays["copy"] = play{Out: "copying\n", Takes: 30 * time.Second}
		s.press("enter", "enter", "enter")
		s.shows("◇ running 0:00: $ copy", "waits for $ copy: nothing needs a key. ctrl+c stops it")
		s.passes(31 * time.Second)
		s.next("run $ use")
		s.lacks("◇")
	})
}

// TestBackground_fails: a command that fails while the walk is elsewhere stays in
// sight, and a key leads to it.
func TestBackground_fails(t *testing.T) {
	walks(t, runbook.Drill, behind, func(s *story) {
		s.w.Plays["copy"] = play{Out: "no space\n", Exit: 1, Takes: 20 * time.Second}
		s.press("enter", "enter")
		s.next(`tick "Here"`)
		s.passes(21 * time.Second)
		s.shows(`look at "One": "copy", exit 1`)
		s.next(`tick "Here"`)
		s.press("B")
		s.shows("✗ exit 1", "no space", "Decide how to go on")
	})
}

// TestBackground_stopped: what runs in the background can be stopped where it stands.
func TestBackground_stopped(t *testing.T) {
	walks(t, runbook.Drill, behind, func(s *story) {
		s.w.Plays["copy"] = play{Takes: time.Hour}
		s.press("enter", "k")
		s.shows(`Enter does nothing here: "copy" runs in the background`, "x stop it")
		s.press("x")
		s.shows("✗ stopped after")
	})
}

// TestTerminal: a command that has the terminal to itself is said to have it, and
// so is a shell.
func TestTerminal(t *testing.T) {
	walks(t, runbook.Drill, sitting, func(s *story) {
		s.w.Plays["psql shop"] = play{Takes: 5 * time.Second}
		s.press("enter")
		s.passes(2 * time.Second)
		s.shows("it has the terminal")
		s.passes(4 * time.Second)
		s.shows("ok after 5.0 s, output not recorded")
		s.press("$")
		if a := last[runbook.CommandIntended](s); a.Text != "/bin/bash" || !a.Terminal || a.For != "adhoc" {
			t.Errorf("%+v", a)
		}
		s.press("o")
		s.shows("it had the terminal to itself: its output is not recorded")
	})
}

// TestAdHoc: a command that no book has runs and is recorded like any other.
func TestAdHoc(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.w.Plays["df -h"] = play{Out: "97% /data\n", Takes: 2 * time.Second}
		s.press("!")
		s.shows("A command that no book has", "it runs where the run acts (practice)")
		s.types("df -h")
		s.passes(3 * time.Second)
		s.next(`tick "First"`)
		s.press("o")
		s.shows("$ df -h", "97% /data")
		s.press("esc")
		s.next(`tick "First"`)
	})
}
