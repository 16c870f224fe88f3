package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// doc is an own document with one step of these items, and what front matter is

// given.

func doc(front string, items ...string) string {
	return "---\nlifeboat: 1\ntitle: Book\n" + front + "---\n# Book\n\n## Step\n\n" + strings.Join(items, "\n\n") + "\n\n## After\n\n- [ ] It is over\n"
}

// sh is a command of a document.

func sh(text, attributes string) string {
	return fmt.Sprintf("```sh {%s}\n%s\n```", attributes, text)
}

const (
	one = runbook.Ref("book/step/1")
	two = runbook.Ref("book/step/2")
)

// A target that answers otherwise than before stops the item, whoever confirms.

// Interrupt ends the wait between two tries: nothing failed for good, nothing

// runs, and the walk goes on at the same item.

func TestCommand_fates(t *testing.T) {
	for name, c := range map[string]struct {
		attributes string
		way        way
		hold       runbook.Hold
		why        string
	}{
		"fails":                  {"", way{exit: 3}, runbook.Failed, "exit 3"},
		"times out":              {"timeout=5s", way{why: runbook.Timeout}, runbook.Failed, "timeout"},
		"can't be started":       {"", way{refuses: errors.New("too many processes")}, runbook.Failed, "too many processes"},
		"prints something else":  {"expect=green", way{prints: "red"}, runbook.Unexpected, "expected output"},
		"prints what it must":    {"expect=green", way{prints: "green"}, runbook.NoHold, ""},
		"matches":                {"expect=/gr.+n/", way{prints: "green"}, runbook.NoHold, ""},
		"a secret matches":       {"expect=abc secret=S", way{value: "abcdefgh"}, runbook.NoHold, ""},
		"a secret doesn't match": {"expect=/^x/ secret=S", way{value: "abcdefgh"}, runbook.Unexpected, "expected output"},
		"is too long for a fact": {"fact=F", way{prints: strings.Repeat("x", 70000)}, runbook.Failed, ""},
		"contaminated":           {"", way{facts: []runbook.Fact{{Name: "recovery_point", Value: "2000-01-01T01:00:00Z"}}}, runbook.Contaminated, "later"},
		"contaminated by output": {"fact=recovery_point", way{prints: "2000-01-01T01:00:00Z"}, runbook.Contaminated, "later"},
		"a clean recovery point": {"fact=recovery_point", way{prints: "1999-12-31T23:00:00Z"}, runbook.NoHold, ""},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				w.on("act", c.way)
				w.begin(doc("", sh("act", c.attributes), "- [ ] Check"))
				w.enter()
				w.do(runbook.Perform{Item: one})
				st := w.run().Item(one)
				if st.Hold != c.hold || st.Done != (c.hold == runbook.NoHold) || !strings.Contains(st.Why, c.why) {
					w.t.Fatalf("%+v", st)
				}
				if c.hold == runbook.NoHold {
					return
				}
				// A decision leads out of it, and the story goes on.
				w.on("act", way{})
				w.do(runbook.Release{Item: one, How: "anyway", Reason: "we saw it"})
				w.walk()
				w.ended("recovered")
			})
		})
	}
}

func TestFacts_reachTheNextBlocks(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{prints: " v1 \n", exit: 0, set: map[string]string{"DIR": "/x"}, dir: "/elsewhere"})
		w.on("bad", way{exit: 1, facts: []runbook.Fact{{Name: "ROWS", Value: "12"}}, set: map[string]string{"DIR": "/bad"}, dir: "/bad"})
		w.begin(doc("", sh("act", "fact=VERSION"), sh("bad", ""), sh("next", "cwd=sub")))
		w.enter()
		w.enter()
		w.told("fact_reported name=VERSION value=v1 attempt=1", "item_ticked")
		w.enter()
		w.do(runbook.Release{Item: two, How: "anyway", Reason: "known"})
		w.enter()
		w.sees("VERSION", "v1")
		w.sees("ROWS", "12")
		w.sees("DIR", "/x")
		if dir := w.job().Dir; dir != "/elsewhere/sub" {
			w.t.Errorf("ran in %s", dir)
		}
	})
}

func TestAgain_editedIsSaid(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{exit: 1})
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.enter()
		w.do(runbook.Perform{Item: one})
		w.do(runbook.Edit{Item: one, Text: "act --gently", Reason: "it was too much"})
		w.do(runbook.Perform{Item: one})
		w.told("how=again", "attempt=2 … text=act", "block_edited", "hold_released … how=edited", "text=act --gently", "as=succeeded")
	})
}

func TestRollback(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{exit: 1}, way{})
		w.begin(doc("", sh("act", "rollback=undo"), sh("undo", "name=undo danger")))
		w.enter()
		w.refused(runbook.RollBack{Item: one}, "ran nothing")
		w.enter()
		w.refused(runbook.RollBack{Item: one}, "declined")
		w.ranJust("act")
		w.answer(runbook.AskTarget, "practice")
		w.do(runbook.RollBack{Item: one})
		w.told("danger_confirmed", "for=rollback text=undo", "command_finished attempt=2", "hold_released … how=rolled_back")
		w.next("run $ act")
		w.walk()
		w.ended("recovered")
	})
}

// What undoes a block is recorded as undone although lifeboat died meanwhile.

func TestRollback_acrossADeath(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{exit: 1}, way{})
		w.on("undo", way{runs: true})
		w.begin(doc("", sh("act", "rollback=undo"), sh("undo", "name=undo")))
		w.enter()
		w.enter()
		w.start(runbook.RollBack{Item: one}).leave()
		w.release(2)
		w.resume()
		w.told("run_resumed", "command_finished attempt=2", "how=rolled_back")
		w.walk()
		w.ended("recovered")
	})
}

func TestRollback_interactiveHasTheTerminal(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{exit: 1})
		w.begin(doc("", sh("act", "rollback=undo"), sh("undo", "name=undo interactive")))
		w.enter()
		w.enter()
		w.do(runbook.RollBack{Item: one})
		if !w.job().Terminal {
			w.t.Error("it has no terminal")
		}
	})
}

// A step that a jump back opened again is in another round: the outcome of a

// command of the round before says nothing about it.

// A command that ends while the walk looks elsewhere has one outcome, and one

// that has ended when the walk is left is not left. Which of two events that

// are both there is seen first is chance, so it is tried often.

func TestAdHoc(t *testing.T) {
	story(t, func(w *world) {
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"URL=x"}}
		w.begin(doc("env: [NEEDED]\n", sh("act", "")))
		w.enter()
		w.do(runbook.AdHoc{Text: "look around"})
		w.told("command_intended attempt=1 for=adhoc text=look around shell=bash", "command_finished attempt=1")
		w.sees("URL", "x")
		w.refused(runbook.AdHoc{Text: " "}, "empty")
		w.targets["practice"] = engine.Target{Name: "practice", Production: true}
		w.refused(runbook.AdHoc{Text: "look around"}, "a drill can't reach it")
	})
}

// A directory that is gone: nothing runs elsewhere instead, and a command that

// somebody types can make it again.

// A run that is resumed from elsewhere goes on where it was started.

// A shipped book has no folder; that of a lifeboat around this one is not its.

func TestCommand_shells(t *testing.T) {
	story(t, func(w *world) {
		w.begin("---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n```console\n$ a\n```\n\n```zsh\nb\n```\n\n```sh {interpreter=python3}\nc\n```\n\n## After\n\n- [ ] It is over\n")
		w.walk()
		w.ended("recovered")
		for i, want := range []string{"bash", "zsh", "python3"} {
			if w.jobs[i].Shell != want {
				w.t.Errorf("%q runs in %s, want %s", w.jobs[i].Text, w.jobs[i].Shell, want)
			}
		}
	})
}

// Interrupt and Scrub may be called while the walk is at work: run with -race.
