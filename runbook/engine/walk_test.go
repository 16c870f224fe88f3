package engine_test

import (
	"testing"

	"lifeboat/runbook"
)

const simple = `---
lifeboat: 1
title: Simple
roles: [commander]
---
# Simple

## Look

- [ ] The page is red
- [ ] Since when (` + "`SINCE`" + `): ____ (UTC)

## Act

` + "```sh {name=act}\nact\n```" + `

- [ ] It is green
`

func TestWalk_everyStepToItsEnd(t *testing.T) {
	story(t, func(w *world) {
		w.roles = map[string]string{"facilitator": "eve", "commander": "bob"}
		w.begin(simple)
		w.told("run_opened", "book_opened … why=start", "moment_set name=began … source=declaration",
			"role_taken name=commander person=bob", "role_taken name=facilitator person=eve")
		w.walk()
		w.next("answer")
		w.do(runbook.Answer{Item: "book/look/2", Value: "now"})
		w.walk()
		w.told("step_entered", "item_ticked", "question_answered … name=SINCE value=2000-01-01T00:00:00Z",
			"step_finished step=book/look", "step_entered step=book/act",
			"command_intended attempt=1 item=book/act/1", "command_started attempt=1", "command_finished attempt=1 exit=0",
			"item_ticked item=book/act/1 as=succeeded", "item_ticked item=book/act/2", "step_finished step=book/act", "run_ended state=recovered")
		w.sees("SINCE", "2000-01-01T00:00:00Z")
		if len(w.station) != 2 || len(w.heads) != 2 || w.heads[1].State != "recovered" {
			w.t.Errorf("the station has %v, the lists %+v", w.station, w.heads)
		}
		w.do(runbook.Write{Text: "afterwards"})
		w.refused(runbook.Perform{Item: "book/act/1"}, "has ended")
	})
}
