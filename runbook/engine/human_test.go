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

const witnessed = "---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n<!-- lifeboat: witness -->\n\n- [ ] Check\n\n## After\n\n- [ ] It is over\n"

func TestWitness(t *testing.T) {
	for name, c := range map[string]struct {
		mode   runbook.Mode
		person string
		why    string
		took   time.Duration
		told   string
		fails  string
	}{
		"a name":               {runbook.Live, "bob", "", 0, "person=bob", ""},
		"the operator":         {runbook.Live, " ANN ", "", 0, "", "is the operator"},
		"nobody":               {runbook.Live, "", "", 0, "", "asks for a second person"},
		"alone, live":          {runbook.Live, "Alone", "they sleep", time.Minute, "alone=they sleep", ""},
		"alone, in a drill":    {runbook.Drill, "alone", "they sleep", 0, "alone=they sleep", ""},
		"alone, for no reason": {runbook.Live, "alone", " ", 0, "", "needs a reason"},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(w *world) {
				w.mode = c.mode
				w.begin(witnessed)
				w.enter()
				w.refused(runbook.Finish{Step: "book/step"}, "open items") // nobody is asked
				w.enter()
				w.answer(runbook.AskWitness, c.person)
				if c.why != "" {
					w.answer(runbook.AskReason, c.why)
				}
				began := time.Now()
				if c.fails != "" {
					w.refused(runbook.Finish{Step: "book/step"}, c.fails)
				} else {
					w.do(runbook.Finish{Step: "book/step"})
					w.told("step_finished step=book/step " + c.told)
				}
				if took := time.Since(began); took != c.took {
					w.t.Errorf("it took %s, want %s", took, c.took)
				}
			})
		})
	}
}

func TestWitness_leftWhileAlone(t *testing.T) {
	story(t, func(w *world) {
		w.mode = runbook.Live
		w.begin(witnessed)
		w.enter()
		w.answer(runbook.AskWitness, "alone")
		w.answer(runbook.AskReason, "they sleep")
		d := w.start(runbook.Skip{Step: "book/step", Reason: "no need"})
		w.pass(30 * time.Second)
		d.cancel()
		if err := d.wait(); !errors.Is(err, context.Canceled) {
			w.t.Fatal(err)
		}
		w.counted("step_skipped", 0)
		w.answer(runbook.AskWitness, "bob")
		w.do(runbook.Skip{Step: "book/step", Reason: "no need"})
		w.told("step_skipped step=book/step reason=no need person=bob")
	})
}

// A choice finishes its step, so it asks too; one that leads back doesn't.
func TestWitness_choice(t *testing.T) {
	story(t, func(w *world) {
		w.begin("---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## First\n\n- [ ] Check\n\n## Step\n\n<!-- lifeboat: witness -->\n\n- [Back](#first)\n- [On](#after)\n\n## After\n\n- [ ] It is over\n")
		w.enter()
		w.enter()
		w.do(runbook.Choose{Item: one, Option: 1})
		w.enter()
		w.refused(runbook.Choose{Item: one, Option: 9}, "no option 9")
		w.answer(runbook.AskWitness, "bob")
		w.do(runbook.Choose{Item: one, Option: 2})
		w.told("choice_made … option=2", "step_finished step=book/step person=bob")
	})
}

func TestForeign_armedAndFilled(t *testing.T) {
	story(t, func(w *world) {
		w.begin("# Book\n\n## Step\n\n```sh\nrestore <name> CHANGEME <name>\n```\n\n```sh\nmore\n```\n\n## After\n\n- [ ] It is over\n")
		w.enter()
		w.refused(runbook.Perform{Item: one}, "armed")
		w.do(runbook.Arm{Item: one})
		w.refused(runbook.Perform{Item: one}, "declined")
		w.answer(runbook.AskBlank, "  ")
		w.refused(runbook.Perform{Item: one}, "still open")
		w.answer(runbook.AskBlank, "otter")
		w.answer(runbook.AskBlank, "now")
		w.enter() // what was filled in is shown first: the same key runs nothing
		w.ranJust()
		w.told("block_armed", "blank_filled … name=<name> value=otter", "blank_filled … name=CHANGEME value=now")
		w.next("restore otter now otter")
		w.enter()
		w.ranJust("restore otter now otter")
		w.next("foreign")
		w.walk()
		w.ended("recovered")
		w.ranJust("restore otter now otter")
	})
}

// What guards and undoes a foreign file's command runs no more unseen than that.
func TestForeign_previewAndRollback(t *testing.T) {
	story(t, func(w *world) {
		w.on("wipe", way{exit: 1})
		w.tweak = func(b *runbook.Book) { b.Identify = "whoami" }
		w.begin("# Book\n\n## Step\n\n" + strings.Join(danger, "\n\n") + "\n\n## After\n\n- [ ] It is over\n")
		w.enter()
		w.do(runbook.Arm{Item: one})
		w.refused(runbook.Perform{Item: one}, "declined")
		w.answer(runbook.AskTarget, "lis")
		w.refused(runbook.Perform{Item: one}, "not confirmed")
		w.ranJust()
		w.answer(runbook.AskTarget, "list")
		w.answer(runbook.AskTarget, "practice")
		w.answer(runbook.AskCount, "0")
		w.do(runbook.Perform{Item: one})
		w.ranJust("list", "wipe")
		w.refused(runbook.RollBack{Item: one}, "declined")
		w.answer(runbook.AskTarget, "undo")
		w.do(runbook.RollBack{Item: one})
		w.told("block_armed", "block_armed", "danger_confirmed", "block_armed", "for=rollback text=undo", "how=rolled_back")
	})
}

// An unlabelled fence is text until it is armed: it is not waited for.
func TestUnlabelledFence_isText(t *testing.T) {
	story(t, func(w *world) {
		w.begin("---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n1. Do it:\n\n   ```sh\n   act\n   ```\n\n   ```\n   what it prints\n   ```\n\n## After\n\n- [ ] It is over\n")
		w.enter()
		w.enter()
		w.told("command_intended", "item_ticked item=book/step/1 as=succeeded", "step_finished")
	})
}

// A check with several blocks is done when its last command succeeded.
func TestCheck_severalBlocks(t *testing.T) {
	story(t, func(w *world) {
		w.on("second", way{exit: 1}, way{})
		w.begin("---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n1. Do it:\n\n   ```sh\n   first\n   ```\n\n   ```sh {when=live}\n   live\n   ```\n\n   ```sh\n   second\n   ```\n\n## After\n\n- [ ] It is over\n")
		w.enter()
		w.enter()
		w.counted("item_ticked", 0)
		w.next("second")
		w.enter()
		w.do(runbook.Perform{Item: one})
		w.told("item_ticked item=book/step/1 as=succeeded")
		w.ranJust("first", "second", "second")
	})
}

func TestChoice_toAnotherBookAndDetour(t *testing.T) {
	story(t, func(w *world) {
		w.book("other", doc("", sh("theirs", "")))
		w.begin("---\nlifeboat: 1\ntitle: Book\n---\n# Book\n\n## Step\n\n1. [See how](other.md#step)\n2. Then go on\n\n## Where\n\n- [Nowhere](nowhere.md)\n- [There](other.md)\n")
		w.enter()
		w.do(runbook.Choose{Item: one, Option: 1})
		w.told("book_opened book=other … why=link", "choice_made … detour=true", "step_entered step=other/step by=detour")
		w.enter()
		w.next("See how")
		w.walk()
		w.next("choose")
		if err := w.eng.Do(w.t.Context(), runbook.Choose{Item: "book/where/1", Option: 1}); err == nil {
			w.t.Fatal("a book that isn't there was opened")
		}
		w.resume() // the linked book comes from the log
		w.do(runbook.Choose{Item: "book/where/1", Option: 2})
		w.counted("book_opened book=other", 1)
		w.walk()
		w.ended("recovered")
	})
}

func TestHandOver(t *testing.T) {
	story(t, func(w *world) {
		w.begin(witnessed)
		w.do(runbook.Pass{To: "bob", Summary: "all is lost"})
		w.do(runbook.Accept{Person: "bob"})
		w.told("command_passed", "command_accepted … to=bob")
		w.walk2()
		w.answer(runbook.AskWitness, "bob")
		w.refused(runbook.Finish{Step: "book/step"}, "bob is the operator")
		w.answer(runbook.AskWitness, "ann")
		w.do(runbook.Finish{Step: "book/step"})
	})
}

// walk2 enters a step and ticks its one item.
func (w *world) walk2() {
	w.t.Helper()
	w.enter()
	w.enter()
}

func TestNote_hasTheMomentOfItsKey(t *testing.T) {
	story(t, func(w *world) {
		w.begin(witnessed)
		pressed := w.Now()
		w.pass(time.Minute)
		w.do(runbook.Write{Text: "it smokes", At: pressed})
		w.do(runbook.Mark{Name: "pause", Reason: "lunch", At: pressed})
		w.do(runbook.Mark{Name: "detected", At: pressed})
		for _, rec := range w.records[len(w.records)-3:] {
			want := pressed
			if _, ok := rec.Event.(runbook.MomentSet); ok {
				want = w.Now() // said now; the moment stands in it
			}
			if !rec.When().Equal(want) {
				w.t.Errorf("%s happened at %s, want %s", sentence(rec), rec.When(), want)
			}
		}
	})
}

// An edited file is followed from where the run stands; a command that runs
// meanwhile keeps the meaning that it was started with.
func TestAdopt(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{runs: true, prints: "v1"})
		w.begin(doc("", sh("act", "fact=F"), "- [ ] Check"))
		w.enter()
		w.start(runbook.Perform{Item: one}).leave()
		w.resume()
		b := w.book("book", doc("", sh("act", "fact=OTHER expect=nothing"), "- [ ] Check better"))
		if err := w.eng.Adopt(w.t.Context(), b); err != nil {
			w.t.Fatal(err)
		}
		w.release(1)
		w.enter()
		w.told("book_opened … why=edited", "command_finished attempt=1 exit=0", "fact_reported name=F value=v1", "item_ticked")
		w.next("Check better")
		w.resume()
		w.next("Check better")
	})
}

func TestAsk_errorLeavesTheRunWalkable(t *testing.T) {
	story(t, func(w *world) {
		gone := errors.New("the line was lost")
		w.begin(doc("secrets: [S]\nenv: [NAME]\n", sh("wipe $S $NAME", "danger preview=list"), sh("list", "name=list")))
		w.enter()
		secret, name := answer{kind: runbook.AskSecret, text: "a-secret-value"}, answer{kind: runbook.AskValue, text: "n"}
		target, count := answer{kind: runbook.AskTarget, text: "practice"}, answer{kind: runbook.AskCount, text: "0"}
		lost := func(kind runbook.PromptKind) answer { return answer{kind: kind, err: gone} }
		for _, said := range [][]answer{
			{lost(runbook.AskSecret)}, {secret, lost(runbook.AskValue)}, {name, lost(runbook.AskTarget)}, {target, lost(runbook.AskCount)},
		} {
			w.answers = said
			if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); !errors.Is(err, gone) {
				w.t.Fatal(err)
			}
			if slices.Contains(w.ran(), "wipe $S $NAME") {
				w.t.Fatal("it ran")
			}
		}
		w.answers = []answer{target, count}
		w.enter()
		w.walk()
		w.ended("recovered")
	})
}

func TestBegin_failsWhole(t *testing.T) {
	story(t, func(w *world) {
		w.full(true)
		if err := w.tryBegin(witnessed); !errors.Is(err, errFull) {
			w.t.Fatal(err)
		}
		w.eng = nil
		if len(w.records) != 0 || len(w.station) != 0 {
			w.t.Error("something was written")
		}
	})
}

func TestResume_refuses(t *testing.T) {
	story(t, func(w *world) {
		if _, err := engine.Resume(w.t.Context(), w.ports(), w.surroundings(), nil, runbook.RunResumed{}); err == nil {
			w.t.Error("a run without records was resumed")
		}
		w.begin(witnessed)
		w.do(runbook.End{State: "abandoned", Reason: "a false alarm"})
		_, err := engine.Resume(w.t.Context(), w.ports(), w.surroundings(), nil, runbook.RunResumed{})
		w.refusal(err, "has ended")
	})
	story(t, func(w *world) {
		w.begin(witnessed)
		if _, err := w.write(engine.Batch{Entries: []engine.Entry{{Event: runbook.Unknown{Kind: "from_tomorrow", V: 1, Data: []byte("{}")}}}}); err != nil {
			w.t.Fatal(err)
		}
		_, err := engine.Resume(w.t.Context(), w.ports(), w.surroundings(), nil, runbook.RunResumed{})
		w.refusal(err, "read only")
		// The walk that goes on meanwhile changes nothing any more.
		w.refused(runbook.Enter{Step: "book/step"}, "read only")
		w.pass(time.Hour)
		w.set(time.Hour)
		if err := w.eng.CatchUp(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		w.counted("clock_jumped", 0)
	})
}
