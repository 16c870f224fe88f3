package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

// dangers tells a story that stands before a danger, in a mode, so long after its
// walk began.
func dangers(t *testing.T, mode runbook.Mode, after time.Duration, do func(*story)) {
	t.Helper()
	walks(t, mode, dangerous, func(s *story) {
		s.w.Plays["who is it"] = play{Out: "happy-otter-123\n"}
		s.w.Plays["list it"] = play{Out: "table a\ntable b\n"}
		s.w.Plays[`wipe \`] = play{Out: "wiped\n"}
		s.w.at = s.w.at.Add(-after)
		s.next(`prove the target, have it typed, then run $ wipe \`)
		do(s)
	})
}

// unharmed demands that nothing destructive was run or confirmed.
func (s *story) unharmed() {
	s.t.Helper()
	if s.ran("wipe") || count[runbook.DangerConfirmed](s) > 0 {
		s.t.Fatalf("it ran:\n%s", s.Text())
	}
}

// TestDanger: the target says who it is, what will be touched is listed, and both
// are typed before it runs.
func TestDanger(t *testing.T) {
	for _, mode := range []runbook.Mode{runbook.Live, runbook.Drill} {
		t.Run(string(mode), func(t *testing.T) {
			dangers(t, mode, time.Hour, func(s *story) {
				s.press("enter")
				s.ready()
				s.shows("DANGER", "It answers: happy-otter-123", `$ wipe \`, "everything", "table a", "table b", "WARNING This deletes the table.", "type where this will act: happy-otter-123", "nothing has run yet")
				s.shows(map[runbook.Mode]string{runbook.Live: "on LIVE PRODUCTION", runbook.Drill: "on DRILL practice"}[mode])
				s.types("happy-otter-123")
				s.shows("type how many it will touch: 2")
				s.unharmed()
				s.ready()
				s.types("2")
				s.passes(time.Second)
				if e := last[runbook.DangerConfirmed](s); e.Target != "happy-otter-123" || e.Count != 2 || !s.ran("wipe") {
					t.Errorf("%+v", e)
				}
			})
		})
	}
}

// TestDanger_look: in the first minutes of a live walk there is one more look.
func TestDanger_look(t *testing.T) {
	dangers(t, runbook.Live, time.Minute, func(s *story) {
		s.press("enter")
		s.ready()
		s.shows("one more look", `it answers "happy-otter-123"`, "touches 2", "Look once more, then type: looked")
		s.types("yes")
		s.shows("that is not it")
		s.types("looked")
		s.shows("type where this will act: happy-otter-123")
		s.unharmed()
	})
}

// TestDanger_wrong: what is wrong, empty or pasted confirms nothing; giving up says
// that nothing was done.
func TestDanger_wrong(t *testing.T) {
	dangers(t, runbook.Live, time.Hour, func(s *story) {
		s.press("enter")
		s.ready()
		s.press("enter")
		s.shows("nothing is typed yet; esc gives up")
		for _, wrong := range []string{"happy-otter", "HAPPY-OTTER-123", "production", "yes", "y"} {
			s.types(wrong)
			s.shows("that is not it")
			s.lacks("> " + wrong)
		}
		s.Paste("happy-otter-123")
		s.shows("a paste is not taken here: type it")
		s.press("enter")
		s.shows("nothing is typed yet")
		s.unharmed()
		s.press("esc")
		s.shows("refused: no answer was given, so nothing was done")
		s.next("prove the target")
		s.press("enter")
		s.ready()
		s.types("happy-otter-123")
		s.ready()
		s.types("3")
		s.shows("that is not it")
		s.press("ctrl+c") // gives up, as esc does
		s.shows("refused: no answer was given")
		s.unharmed()
	})
}

// TestDanger_deaf: a key that was meant for something else does nothing in the first
// moment of a question, and is not remembered either.
func TestDanger_deaf(t *testing.T) {
	dangers(t, runbook.Live, time.Hour, func(s *story) {
		s.press("enter")
		s.shows("type where this will act")
		s.Type("happy-otter-123")
		s.press("enter", "esc")
		s.shows("type where this will act") // it can't be dismissed by accident either
		s.passes(2 * time.Second)
		s.shows(">")
		s.lacks("> happy", "> h")
		s.press("enter")
		s.shows("nothing is typed yet")
		s.unharmed()
	})
}

// TestDeaf_again: a question that comes to the front again, since what covered it was
// answered, hears nothing at first either.
func TestDeaf_again(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		answers := 0
		ask := func() {
			s.app.Open(&ui.Ask{Text: "Sure?", Value: "yes", DeafFor: time.Second}, func(a ui.Action) tea.Cmd {
				if _, ok := a.(ui.Answered); ok {
					answers++
				}
				return nil
			})
		}
		ask()
		s.passes(5 * time.Second)
		ask()
		s.ready()
		s.press("enter", "enter")
		if answers != 1 {
			t.Errorf("%d questions were answered", answers)
		}
		s.ready()
		s.press("enter")
		if answers != 2 {
			t.Errorf("%d questions were answered", answers)
		}
	})
}

// TestDanger_held: a key that is held down goes on repeating into the question, and
// confirms nothing.
func TestDanger_held(t *testing.T) {
	dangers(t, runbook.Live, time.Hour, func(s *story) {
		for range 60 { // three seconds
			s.press("enter")
		}
		s.shows("nothing is typed yet; esc gives up")
		s.unharmed()
	})
}

// TestDanger_covered: a question that comes while somebody writes a note takes none
// of the note's keys for a moment; afterwards the note is there again, and deaf as
// long.
func TestDanger_covered(t *testing.T) {
	dangers(t, runbook.Live, time.Hour, func(s *story) {
		s.w.Plays["who is it"] = play{Out: "happy-otter-123\n", Takes: 3 * time.Second}
		s.press("enter")
		s.shows("nothing needs a key")
		s.press("n")
		s.Type("the phone")
		s.passes(3 * time.Second)
		s.shows("type where this will act")
		s.Type("rings")
		s.press("enter")
		s.unharmed()
		s.ready()
		s.types("happy-otter-123")
		s.ready()
		s.press("esc")
		s.shows("the phone")
		s.ready()
		s.types(" rings")
		if n := last[runbook.NoteTaken](s); n.Text != "the phone rings" {
			t.Errorf("the note is %q", n.Text)
		}
		s.unharmed()
	})
}

// TestDanger_identifyFails: a target that can't be asked stops before anything.
func TestDanger_identifyFails(t *testing.T) {
	dangers(t, runbook.Live, time.Hour, func(s *story) {
		s.w.Plays["who is it"] = play{Out: "no route to host\n", Exit: 7}
		s.press("enter")
		s.passes(time.Second)
		s.shows("refused: identify failed: exit 7", "nothing else was run", "no route to host")
		s.unharmed()
	})
}

// TestWitness: a second person is named; the operator is none.
func TestWitness(t *testing.T) {
	walks(t, runbook.Live, witnessed, func(s *story) {
		s.press("enter")
		s.next(`finish "Step" with a second person`)
		s.press("enter")
		s.ready()
		s.shows(`"Step" asks for a second person`, "a name; or alone, and then why")
		s.types("ann")
		s.shows("refused: ann is the operator")
		s.press("enter")
		s.ready()
		s.types("bob")
		if e := last[runbook.StepFinished](s); e.Person != "bob" {
			t.Errorf("%+v", e)
		}
	})
}

// TestWitness_alone: whoever is alone says why, and in a live run has a minute to
// think about it.
func TestWitness_alone(t *testing.T) {
	for mode, thinks := range map[runbook.Mode]time.Duration{runbook.Live: thinking, runbook.Drill: 0} {
		t.Run(string(mode), func(t *testing.T) {
			walks(t, mode, witnessed, func(s *story) {
				s.press("enter", "enter")
				s.ready()
				s.types("alone")
				s.ready()
				s.shows("why is nobody else there?")
				asked := time.Now()
				s.types("they sleep")
				if thinks > 0 {
					s.passes(thinks - 2*time.Second)
					if count[runbook.StepFinished](s) > 0 {
						t.Error("it didn't wait")
					}
				}
				s.passes(3 * time.Second)
				e := last[runbook.StepFinished](s)
				if took := s.w.log[len(s.w.log)-1].Time.Sub(asked).Round(time.Second); e.Alone != "they sleep" || took > thinks+time.Second {
					t.Errorf("%+v after %s", e, took)
				}
			})
		})
	}
}

// TestSecret: what is typed doesn't show, and a secret that is given up runs nothing.
func TestSecret(t *testing.T) {
	walks(t, runbook.Live, secretive, func(s *story) {
		s.press("enter")
		s.ready()
		s.shows("secret KEY", "what you type doesn't show, and is stored nowhere")
		s.press("esc")
		s.shows("refused: no answer was given")
		s.press("enter")
		s.ready()
		s.Type("hunter2")
		s.Paste("-hunter2")
		s.check()
		s.shows("***************")
		s.lacks("hunter")
		s.press("enter")
		s.passes(time.Second)
		s.lacks("hunter")
		if !s.ran("use") || count[runbook.SecretGiven](s) != 1 {
			t.Errorf("%q", s.w.kinds(0))
		}
		s.press("t")
		s.shows("KEY was given, from the keyboard")
	})
}
