package engine_test

import (
	"errors"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// finishes is the fate of the append that holds a command's outcome; others land.
func finishes(what fate) func(int, engine.Batch) fate {
	return func(_ int, b engine.Batch) fate {
		for _, en := range b.Entries {
			if _, ok := en.Event.(runbook.CommandFinished); ok {
				return what
			}
		}
		return lands
	}
}

// The disk is full exactly when an outcome is to be written: it is kept in
// memory, nothing new is started, and it is written with the moment at which it
// happened as soon as there is room.
func TestLate_outcome(t *testing.T) {
	story(t, func(w *world) {
		w.begin("---\nlifeboat: 1\ntitle: Book\nobjectives:\n  critical: 1h\n---\n# Book\n\n## Step\n\n<!-- lifeboat: reached=critical -->\n\n" +
			sh("act", "") + "\n\n## After\n\n" + sh("more", "") + "\n")
		w.enter()
		w.fate = finishes(fails)
		err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one})
		if !errors.Is(err, errFull) {
			w.t.Fatalf("not said: %v", err)
		}
		w.full(true)
		w.pass(30 * time.Minute)
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: "book/after/1"}); !errors.Is(err, errFull) {
			w.t.Fatalf("something else was done: %v", err)
		}
		w.ranJust("act")
		w.full(false)
		w.do(runbook.Write{Text: "there is room"})
		w.told("command_started attempt=1", "command_finished attempt=1 exit=0", "item_ticked", "step_finished", "objective_reached", "step_entered",
			"written_late … why=no space left on device", "note_taken")
		w.walk()
		w.ended("recovered")
		if stop, _ := w.run().Reaches["critical"].Stopped(); !stop.Equal(w.run().Opened) {
			w.t.Errorf("the objective was reached at %s: a full disk made it late", stop)
		}
		w.counted("written_late", 1)
	})
}

// While an outcome waits for the log, waiting for the command waits for the log.
func TestLate_awaited(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.full(false)
		w.fate = finishes(fails)
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); err == nil {
			w.t.Fatal("not said")
		}
		w.full(true)
		w.next("wait")
		d := w.start(w.eng.Next().Do)
		w.pass(10 * time.Second)
		w.full(false)
		d.ok()
		w.told("command_finished", "item_ticked", "written_late")
		w.walk()
		w.ended("recovered")
	})
}

// A commit that gave an error had landed: its outcome is not written again.
func TestLate_hadLanded(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("act", "fact=F"), "- [ ] Check"))
		w.enter()
		w.fate = finishes(landsUnsaid)
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); err == nil {
			w.t.Fatal("not said")
		}
		w.full(false)
		w.walk()
		w.ended("recovered")
		w.counted("command_finished", 1)
		w.counted("fact_reported", 1)
		w.counted("written_late", 0)
	})
}

// An intent whose commit gave an error may have landed. Then nothing was
// started, and that is found out, not waited for.
func TestIntent_hadLanded(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.fate = func(int, engine.Batch) fate { return landsUnsaid }
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); !errors.Is(err, errFull) {
			w.t.Fatalf("not said: %v", err)
		}
		w.full(false)
		w.ranJust()
		w.do(runbook.Write{Text: "what now"})
		w.told("command_intended attempt=1", "outcome_unknown attempt=1 seen=not_started")
		w.next("run it: it never started")
		w.walk()
		w.ended("recovered")
	})
}

// The start of a command could not be written: it is, while the command runs,
// and before its end.
func TestLate_start(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{runs: true})
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.fate = func(_ int, b engine.Batch) fate {
			if _, ok := b.Entries[0].Event.(runbook.CommandStarted); ok {
				return fails
			}
			return lands
		}
		d := w.start(runbook.Perform{Item: one})
		w.pass(100 * time.Millisecond)
		w.full(false)
		w.pass(2 * time.Second)
		w.told("command_intended", "command_started", "written_late")
		w.release(1)
		d.ok()
		w.told("command_finished", "item_ticked")
	})
}

// Two outcomes wait: each is judged by what the one before it led to.
func TestLate_two(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.begin(doc("", sh("export", "background"), sh("act", "")))
		w.enter()
		w.enter()
		w.fate = finishes(fails)
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: two}); err == nil {
			w.t.Fatal("not said")
		}
		w.release(1)
		if err := w.eng.Collect(w.t.Context()); err == nil {
			w.t.Fatal("not said")
		}
		w.full(false)
		if err := w.eng.CatchUp(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		w.told("command_finished attempt=2", "item_ticked item=book/step/2", "written_late", "command_finished attempt=1", "item_ticked item=book/step/1",
			"step_finished step=book/step")
		w.walk()
		w.ended("recovered")
		w.counted("written_late", 1)
	})
}

// Facts are written in the order in which they happened, also when there is room
// again before anybody looked.
func TestLate_order(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.begin(doc("", sh("export", "background"), sh("act", "")))
		w.enter()
		w.enter()
		w.fate = finishes(fails)
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: two}); err == nil {
			w.t.Fatal("not said")
		}
		w.full(false)
		w.release(1)
		if err := w.eng.Collect(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		w.told("command_finished attempt=2", "command_finished attempt=1", "step_finished step=book/step")
	})
}

// A fact that failed to be written landed when it was tried again: that is
// noticed although it then said when it had happened.
func TestLate_landedLate(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{runs: true})
		w.begin(doc("", sh("act", "")))
		w.enter()
		d := w.start(runbook.Perform{Item: one})
		w.pass(time.Second)
		fates := []fate{fails, landsUnsaid}
		w.fate = func(_ int, b engine.Batch) fate {
			if _, ok := b.Entries[0].Event.(runbook.OutcomeUnknown); !ok || len(fates) == 0 {
				return lands
			}
			defer func() { fates = fates[1:] }()
			return fates[0]
		}
		w.kill(1, engine.FoundGone)
		if err := d.wait(); err == nil {
			w.t.Fatal("not said")
		}
		w.pass(time.Second)
		if err := w.eng.CatchUp(w.t.Context()); err == nil {
			w.t.Fatal("not said")
		}
		w.pass(time.Second)
		w.do(runbook.Write{Text: "there is room"})
		w.counted("outcome_unknown", 1)
		w.counted("written_late", 1)
	})
}

// Lifeboat dies with an outcome that it could not write: the keeper has it.
func TestLate_lostWithTheProcess(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.fate = finishes(fails)
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); err == nil {
			w.t.Fatal("not said")
		}
		w.full(false)
		w.resume()
		w.told("command_intended", "run_resumed", "command_started", "command_finished attempt=1", "item_ticked")
		w.walk()
		w.ended("recovered")
		w.ranJust("act")
	})
}

// A log that can't be read or written refuses what is new, and nothing else.
func TestLog_locked(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.deaf = errors.New("the log is locked")
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); !errors.Is(err, w.deaf) {
			w.t.Fatal(err)
		}
		w.ranJust()
		w.deaf = nil
		w.walk()
		w.ended("recovered")
	})
}

// A link whose book could not be recorded as opened is opened again.
func TestLink_notOpenedUntilItIsOnDisk(t *testing.T) {
	story(t, func(w *world) {
		other := w.book("other", doc("", sh("act", "")))
		w.begin("---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n- [There](other.md)\n")
		w.enter()
		w.full(true)
		if err := w.eng.Do(w.t.Context(), runbook.Choose{Item: one, Option: 1}); !errors.Is(err, errFull) {
			w.t.Fatal(err)
		}
		w.full(false)
		w.walk()
		w.told("book_opened book=other … why=link", "choice_made", "step_entered step=other/step", "run_ended state=recovered")
		if text, err := w.Book(w.t.Context(), other.Hash); err != nil || len(text) == 0 {
			w.t.Error("its text isn't in the log", err)
		}
	})
}
