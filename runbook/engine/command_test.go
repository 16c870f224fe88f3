package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// A target that answers otherwise than before stops the item, whoever confirms.
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

// Interrupt ends the wait between two tries: nothing failed for good, nothing
// runs, and the walk goes on at the same item.
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

func TestTarget_on(t *testing.T) {
	story(t, func(w *world) {
		w.targets["staging"] = engine.Target{Name: "staging", Env: []string{"URL=https://staging", "ADMIN=staging-admin-value"}}
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"URL=https://practice", "ADMIN=practice-admin-value"}}
		w.secret = []string{"staging-admin-value", "practice-admin-value"}
		w.begin(doc("secrets: [ADMIN]\n", sh("first $ADMIN", "on=staging"), sh("second", ""), sh("third", "on=staging"), sh("fourth", "on=prod")))
		w.enter()
		w.enter()
		w.sees("URL", "https://staging")
		w.sees("ADMIN", "secret staging-admin-value")
		w.sees("LIFEBOAT_TARGET", "staging")
		w.told("secret_given name=ADMIN from=target", "command_intended … target=staging")
		w.enter()
		w.sees("URL", "https://practice")
		w.sees("ADMIN", "secret practice-admin-value")
		w.enter()
		w.sees("ADMIN", "secret staging-admin-value")
		w.refused(runbook.Perform{Item: "book/step/4"}, "a drill can't reach it")
		w.counted("secret_given", 1)
		// What one target's secret was stays hidden while another's is in use.
		if !slices.ContainsFunc(w.job().Redact, func(s runbook.Secret) bool { return s.Reveal() == "practice-admin-value" }) {
			w.t.Error("the other target's value isn't redacted")
		}
	})
}

func TestTarget_unknownIsNoEnd(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("act", "on=nowhere")))
		w.enter()
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); err == nil {
			w.t.Fatal("it ran")
		}
		w.do(runbook.Tick{Item: one, As: "by_hand"})
		w.walk()
		w.ended("recovered")
	})
}

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

// A step that a jump back opened again is in another round: the outcome of a
// command of the round before says nothing about it.
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
		// One that has ended when the walk is left is not left: its outcome is written.
		d = w.start(runbook.Perform{Item: one})
		w.pass(time.Second)
		w.fakeShell.release(2)
		d.cancel()
		d.ok()
		w.told("command_finished attempt=2 exit=0", "item_ticked")
	})
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
func TestDir_gone(t *testing.T) {
	story(t, func(w *world) {
		w.on("cd", way{dir: "/tmp/x"})
		w.begin(doc("", sh("cd", ""), sh("act", "")))
		w.enter()
		w.enter()
		w.gone["/tmp/x"] = true
		w.refused(runbook.Perform{Item: two}, "/tmp/x is not there")
		w.counted("command_intended", 1)
		w.on("mkdir", way{dir: "/tmp/x"})
		w.do(runbook.AdHoc{Text: "mkdir"})
		if w.job().Dir != "/work" {
			w.t.Errorf("typed command ran in %s", w.job().Dir)
		}
		w.gone["/tmp/x"] = false
		w.walk()
		w.ended("recovered")
		if w.job().Dir != "/tmp/x" {
			w.t.Errorf("ran in %s", w.job().Dir)
		}
	})
}

// A run that is resumed from elsewhere goes on where it was started.
func TestDir_resumedElsewhere(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{exit: 1}, way{})
		w.begin(doc("", sh("act", "cwd=/opt"), sh("more", "")))
		w.enter()
		w.enter()
		w.do(runbook.Release{Item: one, How: "anyway", Reason: "why not"})
		w.on("more", way{exit: 1}, way{})
		w.enter()
		w.cwd = "/home/bob"
		w.resume()
		w.do(runbook.Perform{Item: two})
		if w.job().Dir != "/work" {
			w.t.Errorf("ran in %s", w.job().Dir)
		}
	})
}

func TestEnvironment(t *testing.T) {
	story(t, func(w *world) {
		w.env = []string{"PATH=/usr/bin", "LIFEBOAT_BOOK_DIR=/old", "A=process", "B=process", "C=process"}
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"B=target", "C=target"}}
		w.on("act", way{set: map[string]string{"C": "block", "PATH": "/opt/bin:/state/01RUN/bin:/usr/bin"}, unset: []string{"A"}})
		w.begin(doc("", sh("act", ""), sh("look", "timeout=5s")))
		w.enter()
		w.enter()
		for name, want := range map[string]string{
			"A": "process", "B": "target", "C": "target", "PATH": "/state/01RUN/bin:/usr/bin",
			"LIFEBOAT_RUN": "01RUN", "LIFEBOAT_MODE": "drill", "LIFEBOAT_TARGET": "practice", "LIFEBOAT_DIR": "/state/01RUN",
			"LIFEBOAT_STEP": "book/step", "LIFEBOAT_FACTS": "/state/01RUN/attempts/0001/facts", "LIFEBOAT_BOOK_DIR": "/books",
		} {
			w.sees(name, want)
		}
		w.enter()
		for name, want := range map[string]string{"A": "-", "B": "target", "C": "block", "PATH": "/state/01RUN/bin:/opt/bin:/usr/bin"} {
			w.sees(name, want)
		}
		if w.job().Timeout != 5*time.Second {
			w.t.Errorf("timeout %s", w.job().Timeout)
		}
	})
}

func TestEnvironment_emptyPathIsNotTheDirectory(t *testing.T) {
	story(t, func(w *world) {
		w.env = nil
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.enter()
		w.sees("PATH", "/state/01RUN/bin")
	})
}

// Interrupt and Scrub may be called while the walk is at work: run with -race.
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
