package engine_test

import (
	"errors"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// leaves starts the command of a walk, and leaves while it runs.
func (w *world) leaves() {
	w.t.Helper()
	w.on("act", way{runs: true}, way{})
	w.begin(doc("", sh("act", ""), "- [ ] Check"))
	w.enter()
	w.start(runbook.Perform{Item: one}).leave()
	w.do(runbook.Leave{Why: "hangup"})
	w.told("command_intended", "run_left why=hangup")
}

func TestLeave_theCommandGoesOn(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.pass(time.Hour)
		w.resume()
		w.told("run_resumed")
		w.next("wait")
		d := w.start(w.eng.Next().Do)
		w.pass(time.Minute)
		w.release(1)
		d.ok()
		w.told("command_finished attempt=1 exit=0", "item_ticked")
		w.walk()
		w.ended("recovered")
		w.ranJust("act")
	})
}

// The same process may come back to what it left.
func TestLeave_andStay(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.release(1)
		w.do(runbook.Write{Text: "still here"})
		w.told("command_finished attempt=1", "note_taken")
		w.counted("command_finished", 1)
	})
}

func TestResume_ended(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.release(1)
		w.pass(time.Hour)
		w.resume()
		w.told("run_resumed", "command_finished attempt=1 … ended=2000-01-01T00:00:00", "item_ticked")
		w.next("Check")
	})
}

func TestResume_goneAndNotStarted(t *testing.T) {
	for seen, c := range map[engine.Found]struct{ next, do string }{
		engine.FoundGone:       {"decide how to go on", "act"},
		engine.FoundNotStarted: {"it never started", "act"},
	} {
		t.Run(string(seen), func(t *testing.T) {
			story(t, func(w *world) {
				w.leaves()
				w.finds(1, seen)
				w.resume()
				w.told("run_resumed", "outcome_unknown attempt=1 seen="+string(seen))
				w.next(c.next)
				w.ranJust("act")
				w.do(runbook.Settle{Attempt: 1}) // nothing new is to be seen, and nothing is said
				w.counted("outcome_unknown", 1)
				w.do(runbook.Perform{Item: one})
				w.told("hold_released … how=again", "command_intended attempt=2", "item_ticked")
				w.walk()
				w.ended("recovered")
			})
		})
	}
}

// A command runs that nobody keeps: it is neither run again nor forgotten.
func TestResume_alive(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.finds(1, engine.FoundAlive)
		w.resume()
		w.told("run_resumed", "outcome_unknown attempt=1 seen=running")
		w.refused(runbook.Perform{Item: one}, "was last seen running")
		w.refused(runbook.End{State: "failed", Reason: "enough"}, "was last seen running")
		w.next("still runs")
		d := w.start(w.eng.Next().Do)
		w.suspend(time.Hour)
		w.pass(5 * time.Second)
		w.told("clock=suspend") // the clocks are looked at meanwhile
		w.finds(1, engine.FoundGone)
		w.pass(2 * time.Second)
		d.ok()
		w.told("outcome_unknown attempt=1 seen=gone")
		w.do(runbook.Release{Item: one, How: "counts_as_done", Reason: "its result is there"})
		w.walk()
		w.ended("recovered")
		w.ranJust("act")
	})
}

func TestResume_aliveIsLeftStoppedAndKept(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.finds(1, engine.FoundAlive)
		w.resume()
		d := w.start(runbook.Await{Attempt: 1})
		w.pass(5 * time.Second)
		d.leave()
		// It may turn out that it is kept after all.
		w.finds(1, engine.FoundRunning)
		d = w.start(runbook.Await{Attempt: 1})
		w.pass(5 * time.Second)
		w.finds(1, engine.FoundAlive)
		w.pass(time.Second)
		d.leave()
		if d = w.start(runbook.Stop{Attempt: 1}); d.wait() != nil {
			w.t.Error(d.err)
		}
		if w.procs[1].stops != 1 {
			w.t.Errorf("stopped %d times", w.procs[1].stops)
		}
	})
}

func TestResume_aliveIsInterrupted(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.finds(1, engine.FoundAlive)
		w.procs[1].ended = true
		w.resume()
		d := w.start(runbook.Await{Attempt: 1})
		w.pass(5 * time.Second)
		if !w.eng.Interrupt() {
			w.t.Error("nothing to interrupt")
		}
		w.pass(2 * time.Second)
		d.ok()
		w.told("outcome_unknown attempt=1 seen=running", "outcome_unknown attempt=1 seen=gone")
	})
}

func TestResume_aliveIsStopped(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.finds(1, engine.FoundAlive)
		w.procs[1].ended = true
		w.resume()
		w.do(runbook.Stop{Attempt: 1})
		w.told("outcome_unknown attempt=1 seen=running", "outcome_unknown attempt=1 seen=gone")
		if w.procs[1].stops != 1 {
			w.t.Errorf("stopped %d times", w.procs[1].stops)
		}
		w.refused(runbook.Stop{Attempt: 1}, "doesn't run")
	})
}

// It ended by itself before it could be stopped.
func TestResume_aliveHasEnded(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.finds(1, engine.FoundAlive)
		w.resume()
		w.release(1)
		w.finds(1, "")
		w.do(runbook.Stop{Attempt: 1})
		w.told("outcome_unknown attempt=1 seen=running", "command_finished attempt=1 exit=0", "item_ticked")
	})
}

// The outcome is found after somebody decided: it is recorded, and undoes
// nothing of the decision.
func TestSettle_afterTheDecision(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.finds(1, engine.FoundGone)
		w.resume()
		w.do(runbook.Release{Item: one, How: "counts_as_done", Reason: "we looked"})
		w.finds(1, "")
		w.release(1)
		w.do(runbook.Settle{Attempt: 1})
		w.told("how=counts_as_done", "command_finished attempt=1 exit=0")
		w.counted("item_ticked item=book/step/1", 0)
		w.walk()
		w.ended("recovered")
	})
}

// The keeper is killed while lifeboat waits: nobody knows how the command ended,
// which is not the same as that it failed.
func TestKeeper_killed(t *testing.T) {
	for found, seen := range map[engine.Found]string{engine.FoundGone: "gone", engine.FoundAlive: "running"} {
		t.Run(seen, func(t *testing.T) {
			story(t, func(w *world) {
				w.on("act", way{runs: true}, way{})
				w.begin(doc("", sh("act", ""), "- [ ] Check"))
				w.enter()
				d := w.start(runbook.Perform{Item: one})
				w.pass(time.Second)
				w.kill(1, found)
				d.ok()
				w.told("outcome_unknown attempt=1 seen=" + seen)
				w.counted("command_finished", 0)
				w.finds(1, engine.FoundGone)
				if seen == "running" {
					w.enter()
				}
				w.next("decide how to go on")
				w.do(runbook.Perform{Item: one})
				w.walk()
				w.ended("recovered")
			})
		})
	}
}

// A folder that can't be looked into ends the resume with an error, and the next
// one tries again.
func TestResume_cantLook(t *testing.T) {
	story(t, func(w *world) {
		w.leaves()
		w.finds(1, "nonsense")
		w.die()
		_, err := engine.Resume(w.t.Context(), w.ports(), w.surroundings(), nil, runbook.RunResumed{PID: 2})
		var refused *runbook.Refusal
		if err == nil || errors.As(err, &refused) {
			w.t.Fatal(err)
		}
		w.finds(1, "")
		w.release(1)
		w.resume()
		w.walk()
		w.ended("recovered")
	})
}

func TestResume_background(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.begin(doc("", sh("export", "name=export background"), sh("import", "after=export")))
		w.enter()
		w.enter()
		w.resume()
		d := w.start(w.eng.Next().Do)
		w.release(1)
		d.ok()
		w.told("run_resumed", "command_finished attempt=1", "item_ticked")
		w.walk()
		w.ended("recovered")
		w.ranJust("export", "import")
	})
}
