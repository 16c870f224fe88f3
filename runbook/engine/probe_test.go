package engine_test

import (
	"testing"
	"time"

	"lifeboat/runbook"
)

func TestProbe_triesAgain(t *testing.T) {
	for name, c := range map[string]struct {
		attributes string
		ways       []way
		tries      int
		took       time.Duration
		next       string
	}{
		"until it succeeds":               {"probe retry=3", []way{{exit: 1}, {}}, 2, 5 * time.Second, "tick"},
		"at most three times":             {"probe retry=3", []way{{exit: 1}}, 3, 10 * time.Second, "again: it only reads"},
		"for twenty seconds":              {"probe retry=20s", []way{{exit: 1}}, 5, 20 * time.Second, "again: it only reads"},
		"until it shows what it must":     {"probe retry=3 expect=up", []way{{prints: "down"}, {prints: "up"}}, 2, 5 * time.Second, "tick"},
		"once where nothing else is said": {"probe", []way{{exit: 1}}, 1, 0, "again: it only reads"},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				w.on("look", c.ways...)
				w.begin(doc("", sh("look", c.attributes)))
				w.enter()
				began := time.Now()
				w.enter()
				if took := time.Since(began); took != c.took || len(w.jobs) != c.tries {
					w.t.Errorf("%d tries in %s, want %d in %s", len(w.jobs), took, c.tries, c.took)
				}
				w.counted("command_finished … again=true", c.tries-1)
				w.next(c.next)
			})
		})
	}
}

func TestProbe_aHoldIsLeftOnce(t *testing.T) {
	story(t, func(w *world) {
		w.on("look", way{exit: 1})
		w.begin(doc("", sh("look", "probe retry=3")))
		w.enter()
		w.enter()
		w.enter()
		w.counted("hold_released", 1)
		w.counted("command_finished", 6)
	})
}

func TestProbe_interruptedBetweenTries(t *testing.T) {
	story(t, func(w *world) {
		w.on("look", way{exit: 1}, way{})
		w.begin(doc("", sh("look", "probe retry=20m")))
		w.enter()
		d := w.start(runbook.Perform{Item: one})
		if !w.eng.Interrupt() {
			w.t.Error("nothing to interrupt")
		}
		d.ok()
		w.next("run $ look")
		w.enter()
		w.ranJust("look", "look")
		if w.eng.Interrupt() {
			w.t.Error("something to interrupt")
		}
	})
}

func TestProbe_stoppedIsNotTriedAgain(t *testing.T) {
	story(t, func(w *world) {
		w.on("look", way{runs: true})
		w.begin(doc("", sh("look", "probe retry=20m")))
		w.enter()
		d := w.start(runbook.Perform{Item: one})
		w.eng.Interrupt()
		d.ok()
		w.told("command_finished attempt=1 … why=stopped")
		w.counted("again=true", 0)
		w.next("again: it only reads")
	})
}
