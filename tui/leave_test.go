package tui

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lifeboat/runbook"
)

// TestInterrupt: ctrl+c stops what runs, once; the walk goes on with the hold.
func TestInterrupt(t *testing.T) {
	walks(t, runbook.Live, slow, func(s *story) {
		s.w.Plays["work"] = play{Out: "part one\n", Takes: time.Hour}
		s.press("enter")
		s.passes(10 * time.Second)
		s.press("ctrl+c")
		s.passes(time.Second)
		s.shows("stopping it: TERM now, KILL after 10 s. ctrl+c again leaves", "✗ stopped after 0:10", "Decide how to go on")
		if s.w.run.Left != "" {
			t.Errorf("left: %q", s.w.run.Left)
		}
	})
}

// TestInterrupt_twice: pressed again, ctrl+c leaves a command that doesn't end; it
// goes on, and that is on record.
func TestInterrupt_twice(t *testing.T) {
	walks(t, runbook.Live, slow, func(s *story) {
		s.w.Plays["work"] = play{Takes: time.Hour, Stubborn: true}
		s.press("enter", "ctrl+c")
		s.passes(5 * time.Second)
		s.press("ctrl+c")
		s.left("signal", 1)
		if s.w.closed != 1 {
			t.Errorf("let go of %d times", s.w.closed)
		}
	})
}

// TestInterrupt_idle: where nothing runs, ctrl+c is explained first; a key in between
// takes it back.
func TestInterrupt_idle(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.press("ctrl+c")
		s.shows("ctrl+c again leaves; the run stays open")
		s.press("j", "ctrl+c")
		s.shows("ctrl+c again leaves")
		if !s.Running() {
			t.Fatal("it left")
		}
		s.press("ctrl+c")
		s.left("signal", 0)
	})
}

// TestInterrupt_dialog: over a dialog ctrl+c gives that up, and nothing else.
func TestInterrupt_dialog(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		for _, key := range []string{"n", "?", ":", "/", "w", "E"} {
			s.press(key)
			s.lacks(`Enter tick "First"`)
			s.press("ctrl+c")
			s.next(`tick "First"`)
		}
	})
}

// TestLeave: q leaves at once where nothing runs; else it asks, and stays unless
// somebody says otherwise.
func TestLeave(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.press("q")
		s.left("asked", 0)
	})
	walks(t, runbook.Drill, slow, func(s *story) {
		s.w.Plays["work"] = play{Takes: time.Hour}
		s.press("enter", "q")
		s.shows("A command still runs", "stay", "what runs goes on, and is recorded")
		s.press("enter")
		s.passes(time.Second)
		s.shows("running")
		s.press("q", "down", "enter")
		s.left("asked", 1)
	})
}

// TestLeave_fails: a log that takes nothing keeps nobody.
func TestLeave_fails(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.w.answers("Do", errors.New("no space left on device"))
		s.press("q")
		s.over()
	})
}

// TestSignal: a lost line, and a signal, leave with their reason and end the program,
// whatever is on the screen. A question that waits doesn't hang.
func TestSignal(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*story){
		"walk":     func(*story) {},
		"command":  func(s *story) { s.press("enter"); s.passes(2 * time.Second) },
		"note":     func(s *story) { s.press("n"); s.Type("half a") },
		"timeline": func(s *story) { s.press("t") },
		"help":     func(s *story) { s.press("?") },
		"small":    func(s *story) { s.loose = true; s.Resize(20, 5) },
	} {
		for _, why := range []string{"hangup", "signal"} {
			t.Run(name+" "+why, func(t *testing.T) {
				t.Parallel()
				walks(t, runbook.Live, slow, func(s *story) {
					s.w.Plays["work"] = play{Takes: time.Hour}
					before(s)
					running := len(s.w.run.Running())
					s.signal(why)
					s.left(why, running)
				})
			})
		}
	}
}

// TestSignal_question: the same where an engine's question waits for its answer.
func TestSignal_question(t *testing.T) {
	for name, text := range map[string]string{"danger": dangerous, "secret": secretive, "witness": witnessed} {
		t.Run(name, func(t *testing.T) {
			walks(t, runbook.Live, text, func(s *story) {
				s.w.Plays["who is it"], s.w.Plays["list it"] = play{Out: "it\n"}, play{Out: "a\n"}
				s.press("enter")
				if text == witnessed {
					s.press("enter")
				}
				s.ready()
				s.shows("the question above has the keys")
				s.signal("hangup")
				s.left("hangup", 0)
			})
		})
	}
}

// TestSignal_elsewhere: without a run a signal ends the program.
func TestSignal_elsewhere(t *testing.T) {
	tell(t, setting{shelf: []shelved{{"book", two}}}, func(s *story) {
		s.signal("hangup")
		s.over()
	})
	tell(t, run(runbook.Live, two), func(s *story) {
		s.press("enter") // the target's name is asked for
		s.signal("signal")
		s.over()
		if len(s.w.log) > 0 {
			t.Error("a run was opened")
		}
	})
}

// TestSuspend: ctrl+z goes to the shell, and the screen is there again afterwards.
func TestSuspend(t *testing.T) {
	walks(t, runbook.Drill, slow, func(s *story) {
		s.w.Plays["work"] = play{Takes: 20 * time.Second}
		s.press("enter", "ctrl+z")
		if n := s.Suspended(); n != 1 {
			t.Fatalf("suspended %d times", n)
		}
		s.passes(21 * time.Second)
		s.Send(tea.ResumeMsg{})
		s.next(`tick "Last"`)
		s.press("enter")
		s.next("end the run")
	})
}

// TestTooSmall: where nothing can be shown, the mode and the target still are, and no
// key does what nobody can see.
func TestTooSmall(t *testing.T) {
	for _, mode := range []runbook.Mode{runbook.Drill, runbook.Live} {
		t.Run(string(mode), func(t *testing.T) {
			walks(t, mode, two, func(s *story) {
				s.Resize(20, 5)
				text := s.flat()
				want := "○ DRILL (exercise) practice too small 60 by 15 at least ctrl+c leaves"
				if mode == runbook.Live {
					want = "● LIVE ON PRODUCTION production too small 60 by 15 at least ctrl+c leaves"
				}
				if text != want {
					t.Errorf("it says %q, want %q", text, want)
				}
				before := len(s.w.log)
				for _, k := range []string{"enter", "d", "q", "n", "E", "?", "$", "s"} {
					s.Press(k)
				}
				s.Send(tea.PasteMsg{Content: "x"})
				s.wrote(before)
				s.Resize(80, 24)
				s.check()
				s.next(`tick "First"`)
				s.lacks("the question above")
				s.Resize(59, 24)
				s.shows("too small")
				s.Press("ctrl+c", "ctrl+c")
				s.over()
			})
		})
	}
}

// TestTooSmall_dialog: a question that waits is not answered blindly.
func TestTooSmall_dialog(t *testing.T) {
	walks(t, runbook.Live, two, func(s *story) {
		before := len(s.w.log)
		s.press("n")
		s.Type("a thought")
		s.Resize(20, 5)
		s.Press("enter")
		s.wrote(before)
		s.Resize(80, 24)
		s.check()
		s.press("enter")
		s.wrote(before, "NoteTaken")
	})
}

// TestMouse: the mouse is the terminal's until somebody gives it away.
func TestMouse(t *testing.T) {
	walks(t, runbook.Drill, shop, func(s *story) {
		mouse := func() bool { return s.Mode(ansi.ModeMouseButtonEvent) || s.Mode(ansi.ModeMouseNormal) }
		if mouse() {
			t.Fatal("it took the mouse unasked")
		}
		s.press("m")
		s.shows("the mouse scrolls and points; shift+drag selects; m gives it back")
		if !mouse() {
			t.Fatal("it didn't take the mouse")
		}
		s.Resize(80, 16)
		top := s.Lines()[4]
		s.Send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
		if s.Lines()[4] == top {
			t.Errorf("the wheel scrolls nothing:\n%s", s.Text())
		}
		s.Send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
		if s.Lines()[4] != top {
			t.Errorf("the wheel doesn't scroll back:\n%s", s.Text())
		}
		s.press("m")
		s.shows("the mouse is the terminal's again")
		if mouse() {
			t.Error("it kept the mouse")
		}
	})
}

// TestMouse_points: a click chooses what stands there, and does nothing to it.
func TestMouse_points(t *testing.T) {
	tell(t, setting{shelf: []shelved{{"one", two}, {"two", steps}}, change: func(w *world) { w.heads = heads(time.Now())[1:] }}, func(s *story) {
		s.press("m", "j", "k")
		x, y, _ := s.Find("HISTORY")
		s.Click(x, y)
		s.next(`briefs you for a drill of "Book"`)
		s.Click(x, y+2)
		s.check()
		s.next("shows how this run went")
		s.Click(x, 0)
		s.Click(x, 22)
		s.next("shows how this run went")
	})
	walks(t, runbook.Drill, two, func(s *story) {
		x, y, _ := s.Find("Last")
		s.Send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		s.next(`tick "Last"`)
		before := len(s.w.log)
		s.Send(tea.MouseClickMsg{X: x, Y: y - 1, Button: tea.MouseRight})
		s.next(`tick "Last"`)
		s.press("n")
		s.Send(tea.MouseClickMsg{X: x, Y: y - 1, Button: tea.MouseLeft})
		s.press("esc")
		s.next(`tick "Last"`)
		s.Resize(20, 5)
		s.Send(tea.MouseClickMsg{X: x, Y: y - 1, Button: tea.MouseLeft})
		s.Resize(80, 24)
		s.next(`tick "Last"`)
		s.Send(tea.MouseClickMsg{X: x, Y: y - 1, Button: tea.MouseLeft})
		s.next(`tick "First"`)
		s.wrote(before)
	})
}

// TestTerminalIsGivenBack: what the program switched on is off when it has ended.
func TestTerminalIsGivenBack(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		if !s.AltScreen() || s.Title() != "DRILL practice: Book - lifeboat" {
			t.Errorf("the title is %q", s.Title())
		}
		s.press("m", "n", "esc", "q")
		s.over()
		// A title can't be read back, so it stays as it is.
		if left := slices.DeleteFunc(s.Leftovers(), func(text string) bool { return text == "" }); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	})
}
