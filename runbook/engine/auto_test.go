package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// auto walks the run with nobody there.
func (w *world) auto(p *engine.Policy) error {
	w.t.Helper()
	ports := w.ports()
	ports.Asker = p
	b := w.shelf["book"]
	target := map[runbook.Mode]string{runbook.Drill: "practice", runbook.Live: "prod"}[w.mode]
	eng, err := engine.Begin(w.t.Context(), ports, w.surroundings(), engine.Opening{
		Run: runbook.RunOpened{Run: "01RUN", Mode: w.mode, Target: target, Auto: true}, Book: b,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.eng = eng
	return w.eng.Auto(w.t.Context(), p)
}

func (w *world) autoEnds(p *engine.Policy, state string) {
	w.t.Helper()
	if err := w.auto(p); err != nil {
		w.t.Fatal(err)
	}
	w.ended(state)
}

func (w *world) autoNeedsSomebody(p *engine.Policy, want string) {
	w.t.Helper()
	err := w.auto(p)
	if nobody, ok := errors.AsType[*engine.ErrNobody](err); !ok || !strings.Contains(nobody.Reason, want) {
		w.t.Fatalf("left open with %q? %v", want, err)
	}
	if w.run().Ended != nil {
		w.t.Fatal("the run has ended")
	}
}

func TestAuto_marksWhatNobodySaw(t *testing.T) {
	story(t, func(w *world) {
		w.on("list", way{prints: "a\n"})
		w.book("book", "---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n<!-- lifeboat: witness -->\n\n- [ ] Check\n- [ ] Why: ____\n- [ ] Whither (`TO`): ____\n- [ ] When: ____ (UTC)\n\n"+
			sh("wipe $TO", "danger preview=list")+"\n\n"+sh("list", "name=list")+"\n")
		w.autoEnds(&engine.Policy{Set: map[string]string{"TO": "here"}}, "recovered")
		w.told("item_ticked item=book/step/1 as=unattended", "question_answered … value=unattended as=unattended", "question_answered … name=TO value=here",
			"question_answered … value=unattended as=unattended", "danger_confirmed … target=practice count=1 … as=unattended", "text=wipe $TO",
			"step_finished … alone=unattended", "run_ended state=recovered")
		w.sees("TO", "here")
	})
}

func TestAuto_answersComeFromWhatIsThere(t *testing.T) {
	for name, prepare := range map[string]func(w *world, p *engine.Policy){
		"the policy":      func(_ *world, p *engine.Policy) { p.Set = map[string]string{"TO": "here"} },
		"the environment": func(w *world, _ *engine.Policy) { w.env = append(w.env, "TO=here") },
		"the target": func(w *world, _ *engine.Policy) {
			w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"TO=here"}}
		},
		"a fact": func(w *world, _ *engine.Policy) {
			w.on("first", way{facts: []runbook.Fact{{Name: "TO", Value: "here"}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				p := &engine.Policy{}
				prepare(w, p)
				w.book("book", doc("", sh("first", ""), "- [ ] Whither (`TO`): ____", sh("go $TO", "")))
				w.autoEnds(p, "recovered")
				w.sees("TO", "here")
			})
		})
	}
	story(t, func(w *world) {
		w.book("book", doc("", "- [ ] Whither (`TO`): ____", sh("go $TO", "")))
		w.autoNeedsSomebody(&engine.Policy{}, "TO")
	})
	story(t, func(w *world) { // an answer that can't be one fails the run, since nobody can put it right
		w.book("book", doc("", "- [ ] Sure (`TO`): ____ (yes / no)", sh("go $TO", "")))
		w.autoEnds(&engine.Policy{Set: map[string]string{"TO": "perhaps"}}, "failed")
		w.told("run_ended state=failed reason=book/step/1: 'perhaps'")
	})
}

func TestAuto_failureEndsTheRunAndStopsTheRest(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.on("act", way{exit: 7})
		w.book("book", doc("", sh("export", "background"), sh("act", ""), sh("more", "")))
		w.autoEnds(&engine.Policy{}, "failed")
		w.told("command_finished attempt=2 exit=7", "command_finished attempt=1 … why=stopped", "run_ended state=failed reason=book/step/2: exit 7")
		w.ranJust("export", "act")
	})
}

func TestAuto_waitsForTheBackground(t *testing.T) {
	story(t, func(w *world) {
		w.on("export", way{runs: true})
		w.book("book", doc("", sh("export", "background")))
		done := make(chan error)
		go func() { done <- w.auto(&engine.Policy{}) }()
		w.pass(10 * time.Second)
		w.release(1)
		if err := <-done; err != nil {
			w.t.Fatal(err)
		}
		w.ended("recovered")
	})
}

func TestAuto_left(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{runs: true})
		w.begin(doc("", sh("act", "")))
		ctx, cancel := context.WithCancel(w.t.Context())
		done := make(chan error)
		go func() { done <- w.eng.Auto(ctx, &engine.Policy{}) }()
		w.pass(10 * time.Second)
		cancel()
		if err := <-done; !errors.Is(err, engine.ErrLeft) {
			w.t.Fatal(err)
		}
		w.release(1)
		w.resume()
		if err := w.eng.Auto(w.t.Context(), &engine.Policy{}); err != nil {
			w.t.Fatal(err)
		}
		w.ended("recovered")
	})
}

const forked = "---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## First\n\n- [ ] Check\n\n## Where\n\n- [Back](#first)\n- [On](#after)\n- [Out](other.md)\n\n## After\n\n- [ ] It is over\n"

func TestAuto_choices(t *testing.T) {
	story(t, func(w *world) { // the first option, which leads back: the second time nothing would end it
		w.book("book", forked)
		w.autoEnds(&engine.Policy{}, "failed")
		w.counted("choice_made", 1)
		w.told("run_ended … a second jump back to 'book/first'")
	})
	story(t, func(w *world) {
		w.book("book", forked)
		w.autoEnds(&engine.Policy{Choose: map[string]int{"where": 2}}, "recovered")
	})
	story(t, func(w *world) {
		w.book("book", forked)
		w.autoEnds(&engine.Policy{Choose: map[string]int{"where": 9}}, "failed")
		w.told("no option 9")
	})
	story(t, func(w *world) { // a way ahead may be gone once more after a jump back
		w.book("book", "---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## First\n\n- [ ] Check\n\n## Where\n\n- [Ahead](#late)\n\n## Between\n\n- [ ] Never\n\n## Late\n\n- [ ] Look\n\n## Again\n\n- [Back](#first)\n")
		w.autoEnds(&engine.Policy{}, "failed")
		w.told("choice_made step=book/where", "choice_made step=book/again", "choice_made step=book/where", "a second jump back to 'book/first'")
	})
	story(t, func(w *world) { // two books that lead to each other
		w.book("other", "---\nlifeboat: 1\ntitle: Other\n---\n# Other\n\n## Home\n\n- [Back](book.md)\n")
		w.book("book", forked)
		w.autoEnds(&engine.Policy{Choose: map[string]int{"where": 3}}, "failed")
		w.told("a second jump back")
	})
	story(t, func(w *world) {
		w.mode = runbook.Live
		w.book("book", forked)
		w.autoNeedsSomebody(&engine.Policy{}, "asks for a choice")
	})
	story(t, func(w *world) {
		w.mode = runbook.Live
		w.book("book", forked)
		w.autoEnds(&engine.Policy{Choose: map[string]int{"where": 2}}, "recovered")
	})
}

func TestAuto_leavesOpenWhatOnlyAPersonCanDo(t *testing.T) {
	story(t, func(w *world) {
		w.mode = runbook.Live
		w.book("book", doc("unattended: true\n", sh("wipe", "danger")))
		w.autoNeedsSomebody(&engine.Policy{}, "live danger")
		w.ranJust()
		// Nor does it by another way.
		w.refused(runbook.Perform{Item: one}, "never runs unattended")
	})
	story(t, func(w *world) {
		w.book("book", doc("", sh("vi", "interactive")))
		w.autoNeedsSomebody(&engine.Policy{}, "interactive")
	})
	story(t, func(w *world) {
		w.book("book", doc("secrets: [S]\n", sh("act $S", "")))
		w.autoNeedsSomebody(&engine.Policy{Set: map[string]string{"S": "not-from-there"}}, "S is a secret")
	})
	story(t, func(w *world) { // what runs, and can't be stopped from here
		w.on("look", way{runs: true})
		w.on("fails", way{exit: 1})
		w.begin(doc("", sh("fails", "")))
		w.enter()
		w.start(runbook.AdHoc{Text: "look"}).leave()
		w.finds(1, engine.FoundAlive)
		w.resume()
		err := w.eng.Auto(w.t.Context(), &engine.Policy{})
		nobody, ok := errors.AsType[*engine.ErrNobody](err)
		if !ok || !strings.Contains(nobody.Reason, "exit 1") || !strings.Contains(nobody.Reason, "last seen running") || w.run().Ended != nil {
			w.t.Fatal(err)
		}
	})
}

const foreign = "# Book\n\n## Step\n\n- [ ] Check\n\n```sh\nrestore <name> $TO\n```\n\n```sh {timeout=soon malformed}\nbroken\n```\n\n## After\n\n- [ ] It is over (`TO`): ____\n"

func TestAuto_foreign(t *testing.T) {
	story(t, func(w *world) {
		w.book("book", foreign)
		w.autoEnds(&engine.Policy{}, "recovered")
		w.ranJust()
		w.told("item_ticked item=book/step/1 as=unattended", "item_ticked item=book/step/2 as=not_exercised", "item_ticked item=book/step/3 as=not_exercised",
			"question_answered … as=unattended")
	})
	story(t, func(w *world) {
		w.book("book", foreign)
		w.autoEnds(&engine.Policy{Arm: true, Set: map[string]string{"<name>": "otter", "TO": "here"}}, "recovered")
		w.ranJust("restore otter $TO")
		w.told("block_armed", "blank_filled", "item_ticked item=book/step/3 as=not_exercised")
	})
	story(t, func(w *world) {
		w.book("book", foreign)
		w.autoNeedsSomebody(&engine.Policy{Arm: true}, "<name>")
	})
}

func TestMissing(t *testing.T) {
	own := "env: [URL, UNUSED]\nsecrets: [S, T]\nidentify: whoami $WHO $T\n"
	items := []string{"- [ ] Whither (`TO`): ____", "- [ ] Note (`NOBODY`): ____", sh("go $TO $URL $S", "rollback=undo"), sh("undo $URL", "name=undo"), sh("live $LIVE", "when=live")}
	for name, c := range map[string]struct {
		text string
		mode runbook.Mode
		p    engine.Policy
		has  []string
		want []string
	}{
		"a drill":                  {doc(own, items...), runbook.Drill, engine.Policy{}, nil, []string{"TO", "URL", "S"}},
		"live":                     {doc(own, items...), runbook.Live, engine.Policy{}, nil, []string{"TO", "URL", "UNUSED", "S", "T"}},
		"what identify needs":      {doc(own, append(items, sh("wipe", "danger"))...), runbook.Drill, engine.Policy{}, nil, []string{"TO", "URL", "S", "T"}},
		"what is set":              {doc(own, items...), runbook.Drill, engine.Policy{Set: map[string]string{"TO": "x", "URL": "y", "S": "no"}}, nil, []string{"S"}},
		"what the environment has": {doc(own, items...), runbook.Drill, engine.Policy{}, []string{"TO", "URL", "S"}, nil},
		"foreign, not armed":       {foreign, runbook.Drill, engine.Policy{}, nil, nil},
		"foreign, armed":           {foreign, runbook.Drill, engine.Policy{Arm: true}, nil, []string{"<name>", "TO"}},
		"nothing runs":             {doc(own, "- [ ] Check"), runbook.Live, engine.Policy{}, nil, nil},
		"for the other mode":       {"---\nlifeboat: 1\n---\n# B\n\n## S\n\n<!-- lifeboat: when=live -->\n\n- [ ] X (`X`): ____\n\n" + sh("a $X", ""), runbook.Drill, engine.Policy{}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := &world{t: t, shelf: map[string]*runbook.Book{}}
			got := engine.Missing(w.book("book", c.text), c.mode, &c.p, func(name string) bool { return slices.Contains(c.has, name) })
			if !slices.Equal(got, c.want) {
				t.Errorf("missing %q, want %q", got, c.want)
			}
		})
	}
}
