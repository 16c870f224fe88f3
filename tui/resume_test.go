package tui

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/walk"
)

// TestUnknownOutcome: after a crash it is said what nobody knows, and somebody
// decides.
func TestUnknownOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		key, why, as string
	}{
		"done":   {"D", "the table is there, I looked", "counts_as_done"},
		"anyway": {"p", "no matter", "anyway"},
		"again":  {"r", "", "succeeded"},
	} {
		t.Run(name, func(t *testing.T) {
			resumes(t, slow, func(s *story) { s.gone(1) }, func(s *story) {
				s.shows("? nobody knows how it ended", "Decide how to go on:", "D it counts as done")
				s.Resize(60, 15) // with as little room as there can be, all that has to be decided
				s.check()
				s.shows("D it counts as done", "nobody knows how")
				s.Resize(80, 24)
				s.w.Plays["work"] = play{Out: "done now\n"}
				s.press(c.key)
				if c.why != "" {
					s.types(c.why)
				}
				s.passes(time.Second)
				if st := s.w.run.Item("book/step/1"); !st.Done || st.As != c.as {
					t.Errorf("%+v", st)
				}
			})
		})
	}
}

// resumes tells a story that begins with a run that was left while its command ran:
// first with what happened meanwhile, then on the walk again.
func resumes(t *testing.T, text string, meanwhile, do func(*story)) {
	t.Helper()
	tell(t, setting{shelf: []shelved{{"book", text}}}, func(s *story) {
		s.w.Plays["work"] = play{Out: "part one\n", Takes: time.Hour}
		s.press("L")
		s.start()
		s.press("enter")
		s.passes(3 * time.Second)
		s.press("q", "down", "enter")
		s.shows("OPEN", "LIVE production")
		meanwhile(s)
		s.press("enter")
		do(s)
	})
}

// gone makes a command vanish without a trace of its end.
func (s *story) gone(n int) {
	s.w.Live[n].Keep.Close()
	delete(s.w.Live, n)
}

// TestResume: a command that still runs is waited for again.
func TestResume(t *testing.T) {
	resumes(t, slow, func(s *story) { s.passes(time.Minute) }, func(s *story) {
		s.shows("◇ running 1:0", "part one", "it runs: nothing needs a key")
		if s.w.run.Left != "" || count[runbook.RunResumed](s) != 1 {
			t.Errorf("left: %q", s.w.run.Left)
		}
		s.press("ctrl+c")
		s.passes(time.Second)
		s.shows("✗ stopped after 1:0")
	})
}

// TestResume_first: a run that was taken up already can be the first screen.
func TestResume_first(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, setting{shelf: []shelved{{"book", two}}, first: func(w *world) *walk.Session {
			b, err := w.Brief(t.Context(), "book", runbook.Drill)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Begin(t.Context(), b.Order()); err != nil {
				t.Fatal(err)
			}
			w.Write(runbook.StepEntered{Step: "book/step", By: "next"}, runbook.RunLeft{Why: "hangup"})
			time.Sleep(10 * time.Minute)
			session, err := w.Resume(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			session.Remarks = []string{"the runbook was edited since"}
			return session
		}})
		s.shows(`taken up again after 10:00; you are at "Step"`, "the runbook was edited since")
		s.next(`tick "First"`)
	})
}

// hinted is an error that says what to do.
type hinted struct{ error }

func (hinted) Hint() string { return "free some space" }

// TestWalkFails: what can't be done is said with what to do about it; it is still
// next, and Enter does it once that is put right.
func TestWalkFails(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.w.answers("Do", hinted{errors.New("no space left on device")})
		before := len(s.w.log)
		s.press("enter")
		s.shows("error: no space left on device", "hint: free some space")
		s.next(`tick "First"`)
		s.w.answers("Do", errors.New("the log is locked"))
		s.press("enter")
		s.shows("error: the log is locked", "Put right what the error says, and press the key again")
		s.wrote(before)
		s.w.answers("Do", nil)
		s.press("enter")
		s.wrote(before, "ItemTicked")
		s.lacks("error")
	})
}

// TestWalkFails_waits: after an error the walk goes on by itself again where it does
// so, once a key was pressed.
func TestWalkFails_waits(t *testing.T) {
	walks(t, runbook.Drill, behind, func(s *story) {
		s.w.Plays["copy"] = play{Takes: 10 * time.Second}
		s.w.answers("Do", errors.New("the log is locked"))
		s.press("enter")
		s.w.answers("Do", nil)
		s.press("enter", "enter", "enter")
		s.shows("waits for $ copy: nothing needs a key")
		s.passes(11 * time.Second)
		s.next("run $ use")
	})
}

// TestTendFails: what goes wrong by itself is said once, not every second.
func TestTendFails(t *testing.T) {
	walks(t, runbook.Drill, two, func(s *story) {
		s.w.answers("Tend", errors.New("the log is locked"))
		s.passes(3 * time.Second)
		s.shows("error: the log is locked")
		s.press("j")
		s.lacks("error")
		s.passes(5 * time.Second)
		s.lacks("error")
		s.w.answers("Tend", errors.New("the disk is gone"))
		s.passes(2 * time.Second)
		s.shows("error: the disk is gone")
		s.w.answers("Tend", nil)
		s.passes(2 * time.Second)
		s.press("k")
		s.w.answers("Tend", errors.New("the disk is gone"))
		s.passes(2 * time.Second)
		s.shows("error: the disk is gone")
	})
}
