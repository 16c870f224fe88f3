package engine_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/runbook"
)

func TestBackground_outcomesAreWrittenPromptly(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.on("long", way{runs: true})
		w.begin(doc("", sh("export", "name=export background"), sh("long", ""), sh("import", "after=export")))
		w.enter()
		w.enter()
		w.told("command_intended attempt=1 … background=true", "command_started attempt=1")
		d := w.start(runbook.Perform{Item: two})
		w.release(1)
		w.pass(2 * time.Second)
		w.told("command_intended attempt=2", "command_finished attempt=1", "item_ticked item=book/step/1 as=succeeded")
		w.release(2)
		d.ok()
		w.walk()
		w.ended("recovered")
		w.ranJust("export", "long", "import")
	})
}

func TestBackground_afterWaits(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.begin(doc("", sh("export", "name=export background"), sh("import", "after=export")))
		w.enter()
		w.enter()
		w.refused(runbook.Perform{Item: two}, "has not succeeded")
		w.next("wait")
		d := w.start(w.eng.Next().Do)
		w.release(1)
		d.ok()
		w.walk()
		w.ended("recovered")
	})
}

func TestBackground_failingIsComeBackTo(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true, exit: 2}, way{})
		w.begin(doc("", sh("export", "background")))
		w.enter()
		w.enter()
		w.next("It is over")
		w.release(1)
		w.pass(0)
		w.enter()
		w.walk()
		w.next("decide how to go on: exit 2")
		w.do(runbook.Perform{Item: one})
		w.walk()
		w.ended("recovered")
	})
}

func TestBackground_oneAtATimeAndStopped(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.begin(doc("", sh("export", "background"), sh("another", "background")))
		w.enter()
		w.enter()
		w.refused(runbook.Perform{Item: two}, "still runs in the background")
		w.refused(runbook.End{State: "failed", Reason: "enough"}, "still runs")
		w.do(runbook.Stop{Attempt: 1})
		w.told("command_finished attempt=1 … why=stopped")
		w.refused(runbook.Stop{Attempt: 1}, "doesn't run")
		w.refused(runbook.Await{Attempt: 7}, "doesn't run")
	})
}

func TestBackground_endsInALaterRound(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true}, way{})
		w.begin("---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n- [ ] Ready\n\n" + sh("export", "background") +
			"\n\n## Then\n\n- [Again](#step)\n- [On](#end)\n\n## End\n\n- [ ] It is over\n")
		w.enter()
		w.enter()
		w.enter()
		w.next("choose")
		w.do(runbook.Choose{Item: "book/then/1", Option: 1})
		w.release(1)
		w.enter()
		w.told("step_reopened step=book/step", "command_finished attempt=1")
		w.counted("item_ticked item=book/step/2", 0)
		w.enter()
		w.do(runbook.Write{Text: "it runs again"})
		w.told("command_intended attempt=2", "command_finished attempt=2", "item_ticked item=book/step/2")
	})
}

func TestStop_interruptAndContext(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{runs: true})
		w.begin(doc("", sh("act", "")))
		w.enter()
		d := w.start(runbook.Perform{Item: one})
		w.pass(time.Second)
		if !w.eng.Interrupt() {
			w.t.Error("nothing to interrupt")
		}
		d.ok()
		w.told("command_finished attempt=1 … why=stopped")
	})
}

func TestStop_endedMeanwhile(t *testing.T) {
	for range 20 {
		story(t, func(w *world) {
			w.on("act", way{runs: true})
			w.begin(doc("", sh("act", "")))
			w.enter()
			d := w.start(runbook.Perform{Item: one})
			w.atRead(func() {
				w.release(1)
				d.cancel()
			})
			w.pass(2 * time.Second)
			d.ok()
			w.told("command_finished attempt=1 exit=0", "item_ticked")
		})
	}
}

func TestStop_theLogMayBeFull(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.begin(doc("", sh("export", "background")))
		w.enter()
		w.enter()
		w.full(true)
		d := w.start(runbook.Stop{Attempt: 1})
		if w.procs[1].stops != 1 {
			w.t.Error("it was not stopped")
		}
		if err := d.wait(); !errors.Is(err, errFull) {
			w.t.Errorf("not said that the log is full: %v", err)
		}
		w.full(false)
		w.do(runbook.Write{Text: "there is room again"})
		w.told("command_finished attempt=1 … why=stopped", "written_late")
	})
}

func TestInterruptAndScrub_fromOtherGoroutines(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{runs: true})
		w.env = append(w.env, "S=very-secret-value")
		w.begin(doc("secrets: [S]\n", sh("act $S", ""), sh("act", "")))
		quit := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				select {
				case <-quit:
					return
				case <-time.After(time.Millisecond):
					if got := w.eng.Scrub("a very-secret-value"); got != "a [redacted]" {
						w.t.Errorf("scrubbed %q", got)
					}
					w.eng.Interrupt()
				}
			}
		}()
		w.enter()
		w.enter()
		w.do(runbook.Perform{Item: two})
		close(quit)
		<-done
		synctest.Wait()
		w.told("attempt=2", "why=stopped")
	})
}
