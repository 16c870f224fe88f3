package engine_test

import (
	"slices"
	"testing"
	"time"

	"lifeboat/runbook"
)

// TestDanger_oneMoreLook: in the first minutes of a live walk a danger asks for
// one more look before anything is typed; later, and in a drill, it doesn't.
func TestDanger_oneMoreLook(t *testing.T) {
	for name, c := range map[string]struct {
		mode   runbook.Mode
		waits  time.Duration
		looked string // what is typed at the look; "": nothing is asked
		runs   bool
	}{
		"live, at once":               {runbook.Live, 0, "looked", true},
		"live, at once, not looked":   {runbook.Live, 0, "yes", false},
		"live, just under three":      {runbook.Live, 3*time.Minute - time.Second, "looked", true},
		"live, after three minutes":   {runbook.Live, 3 * time.Minute, "", true},
		"a drill, at once":            {runbook.Drill, 0, "", true},
		"live, nobody answers at all": {runbook.Live, 0, "-", false},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				w.mode = c.mode
				w.on("whoami", way{prints: "happy-otter"})
				w.begin(doc("identify: whoami\n", sh("wipe", "danger")))
				w.enter()
				w.pass(c.waits)
				if c.looked != "" && c.looked != "-" {
					w.answer(runbook.AskLook, c.looked)
				}
				if c.runs {
					w.answer(runbook.AskTarget, "happy-otter")
					w.do(runbook.Perform{Item: one})
				} else {
					w.refused(runbook.Perform{Item: one}, "")
				}
				if ran := slices.Contains(w.ran(), "wipe"); ran != c.runs {
					w.t.Errorf("it ran: %v", ran)
				}
				if asked := w.prompts[0].Kind == runbook.AskLook; asked != (c.looked != "") {
					w.t.Errorf("asked first: %+v", w.prompts[0])
				}
			})
		})
	}
}
