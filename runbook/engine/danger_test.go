package engine_test

import (
	"errors"
	"slices"
	"testing"

	"lifeboat/runbook"
)

var danger = []string{
	sh("wipe", "danger preview=list max=3 rollback=undo"), sh("list", "name=list"), sh("undo", "name=undo"),
}

func TestDanger_isProvedShownAndTyped(t *testing.T) {
	story(t, func(w *world) {
		w.on("whoami", way{prints: "happy-otter\nnoise\n"})
		w.on("list", way{prints: "a\n\nb\n"})
		w.begin(doc("identify: whoami\n", danger...))
		w.answer(runbook.AskTarget, "happy-otter")
		w.answer(runbook.AskCount, "2")
		w.enter()
		w.do(runbook.Perform{Item: one})
		w.told("command_intended attempt=1 … for=identify text=whoami", "target_identified attempt=1 … answer=happy-otter",
			"command_intended attempt=2 … for=preview", "danger_confirmed … target=happy-otter count=2 preview=2",
			"command_intended attempt=3 item=book/step/1 text=wipe", "command_finished attempt=3", "item_ticked")
		if p := w.prompts[0]; p.Want != "happy-otter" || !slices.Equal(p.Lines, []string{"$ wipe", "a", "b"}) {
			w.t.Errorf("asked %+v", p)
		}
	})
}

func TestDanger_refused(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(w *world)
		want    string
	}{
		"another target is typed":   {func(w *world) { w.answer(runbook.AskTarget, "happy-ottr") }, "not confirmed"},
		"another number is typed":   {func(w *world) { w.answer(runbook.AskTarget, "otter"); w.answer(runbook.AskCount, "1") }, "not confirmed"},
		"declined":                  {func(*world) {}, "declined"},
		"too many":                  {func(w *world) { w.on("list", way{prints: "1\n2\n3\n4\n"}) }, "at most 3"},
		"the preview fails":         {func(w *world) { w.on("list", way{exit: 4}) }, "preview failed: exit 4"},
		"identify fails":            {func(w *world) { w.on("whoami", way{exit: 4}) }, "identify failed: exit 4"},
		"identify says nothing":     {func(w *world) { w.on("whoami", way{prints: " \n"}) }, "answered nothing"},
		"identify can't be started": {func(w *world) { w.on("whoami", way{refuses: errors.New("no sh")}) }, "no sh"},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				w.on("whoami", way{prints: "otter"})
				w.on("list", way{prints: "1\n2\n"})
				c.prepare(w)
				w.begin(doc("identify: whoami\n", danger...))
				w.enter()
				w.refused(runbook.Perform{Item: one}, c.want)
				if slices.Contains(w.ran(), "wipe") || w.count("danger_confirmed") > 0 {
					w.t.Errorf("it ran: %q", w.ran())
				}
				// Nothing is stuck: what stood in the way is put right, and it runs.
				w.on("whoami", way{prints: "otter"})
				w.on("list", way{prints: "1\n2\n"})
				w.answer(runbook.AskTarget, "otter")
				w.answer(runbook.AskCount, "2")
				w.do(runbook.Perform{Item: one})
				w.told("text=wipe", "item_ticked item=book/step/1")
			})
		})
	}
}

func TestDanger_changedIdentity(t *testing.T) {
	story(t, func(w *world) {
		w.on("whoami", way{prints: "otter"}, way{prints: "badger"})
		w.begin(doc("identify: whoami\n", sh("wipe", "danger"), sh("wipe again", "danger")))
		w.answer(runbook.AskTarget, "otter")
		w.enter()
		w.enter()
		w.refused(runbook.Perform{Item: two}, `"badger"`)
		w.told("target_identified … answer=badger expected=otter")
		w.next("decide how to go on")
		w.ranJust("whoami", "wipe", "whoami")
	})
}

func TestDanger_withoutIdentifyTheTargetsNameIsTyped(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("wipe", "danger")))
		w.answer(runbook.AskTarget, "practice")
		w.enter()
		w.enter()
		w.told("danger_confirmed … target=practice", "text=wipe")
	})
}
