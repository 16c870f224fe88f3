package engine_test

import (
	"testing"
	"time"

	"lifeboat/runbook"
)

const timed = "---\nlifeboat: 1\ntitle: Book\nobjectives:\n  critical: 1h\n---\n# Book\n\n## Step\n\n" +
	"```sh\nact\n```\n\n## End\n\n<!-- lifeboat: reached=critical -->\n\n- [ ] It is over\n"

func TestClock_jumpsAreRecordedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(w *world)
		told    []string
	}{
		"set ahead":          {func(w *world) { w.set(time.Hour) }, []string{"clock_jumped delta=3600000000000 clock=step"}},
		"set back":           {func(w *world) { w.set(-3 * time.Second) }, []string{"clock_jumped delta=-3000000000 clock=step"}},
		"slept":              {func(w *world) { w.suspend(time.Hour) }, []string{"clock_jumped delta=3600000000000 clock=suspend"}},
		"slept and was set":  {func(w *world) { w.suspend(time.Hour); w.set(-time.Minute) }, []string{"clock=suspend", "delta=-60000000000 clock=step"}},
		"too little to tell": {func(w *world) { w.set(2 * time.Second) }, nil},
		"time went by":       {func(w *world) { w.pass(time.Hour) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				w.begin(witnessed)
				w.pass(time.Second)
				c.happens(w)
				// Where it can't be written, it is once it can.
				w.full(true)
				if err := w.eng.CatchUp(w.t.Context()); (err == nil) != (c.told == nil) {
					w.t.Errorf("not said: %v", err)
				}
				w.pass(time.Second)
				w.full(false)
				for range 3 {
					if err := w.eng.CatchUp(w.t.Context()); err != nil {
						w.t.Fatal(err)
					}
					w.pass(time.Second)
				}
				w.told(c.told...)
				w.counted("clock_jumped", len(c.told))
			})
		})
	}
}

func TestClock_isLookedAtWhileACommandRuns(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{runs: true})
		w.begin(timed)
		w.enter()
		d := w.start(runbook.Perform{Item: one})
		w.suspend(30 * time.Minute)
		w.pass(2 * time.Second)
		w.told("command_intended", "clock_jumped … clock=suspend")
		w.pass(16 * time.Minute)
		w.told("warning_given objective=critical of=75")
		w.release(1)
		d.ok()
	})
}

func TestWarning_saidOnceAndNotAgainAfterAResume(t *testing.T) {
	story(t, func(w *world) {
		w.usual = map[string]time.Duration{"step": time.Minute, "end": 20 * time.Minute}
		w.begin(timed)
		w.enter()
		look := func(d time.Duration) {
			w.pass(d)
			for range 3 {
				if err := w.eng.CatchUp(w.t.Context()); err != nil {
					w.t.Fatal(err)
				}
				w.pass(time.Second)
			}
		}
		look(46 * time.Minute)
		w.resume()
		look(10 * time.Minute)
		w.resume()
		look(10 * time.Minute)
		look(time.Minute)
		w.counted("warning_given objective=critical of=75", 1)
		w.counted("warning_given objective=critical of=latest_start", 1)
		w.counted("warning_given objective=critical of=100", 1)
		w.walk()
		w.ended("recovered")
		n := w.count("warning_given")
		w.eng.CatchUp(w.t.Context()) //nolint:errcheck // what it writes is counted
		w.counted("warning_given", n)
	})
}
