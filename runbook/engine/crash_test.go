package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// rich is a story with everything in it that is more than one record.
const rich = "---\nlifeboat: 1\ntitle: Rich\nidentify: whoami\nsecrets: [S]\nenv: [NAME]\nobjectives:\n  critical: 4h\n---\n# Rich\n\n" +
	"## First\n\n- [ ] Check\n- [ ] Whither (`TO`): ____\n\n```sh {name=export background}\nexport\n```\n\n" +
	"## Act\n\n<!-- lifeboat: witness reached=critical moment=restored -->\n\n```sh {danger preview=list rollback=undo}\nwipe $S $NAME\n```\n\n```sh {name=list}\nlist\n```\n\n```sh {name=undo}\nundo\n```\n\n" +
	"```sh {probe retry=3}\nlook\n```\n\n```sh {secret=NEW}\nmake\n```\n\n```sh {fact=F after=export}\nuse $NEW\n```\n\n" +
	"## Fails\n\n```sh {rollback=back}\nbreak\n```\n\n```sh {name=back}\nback\n```\n\n" +
	"## Where\n\n- [Out](other.md)\n- [On](#last)\n\n## Last\n\n- [ ] It is over\n"

// A rich story goes by itself: whoever walks it answers rightly, has a failed
// command undone once and runs it again, and decides to run what is lost again.
type teller struct {
	*world
	kept    map[runbook.Ref]bool // items that were done when an intent had been carried out
	decided int
}

func (w *world) rich() *teller {
	w.willing = true
	w.book("other", "---\nlifeboat: 1\ntitle: Other\n---\n# Other\n\n## Theirs\n\n- [ ] Look\n\n```sh\ntheirs\n```\n")
	w.on("whoami", way{prints: "otter"})
	w.on("list", way{prints: "a\nb\n"})
	w.on("look", way{exit: 1}, way{})
	w.on("make", way{value: "made-secret-value"})
	w.on("break", way{exit: 1}, way{})
	w.secret = []string{"a-secret-value", "made-secret-value"}
	return &teller{world: w, kept: map[runbook.Ref]bool{}}
}

// onward walks until the run ends, or the process dies.
func (s *teller) onward() (dead bool) {
	s.t.Helper()
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case died:
			dead = true
		default:
			panic(cause)
		}
	}()
	if s.eng == nil && len(s.records) == 0 {
		s.begin(rich)
	} else if s.eng == nil {
		s.resume()
		s.checkKept()
	}
	for range 200 {
		if s.run().Ended != nil {
			return false
		}
		s.do(s.wants())
		for ref, it := range s.run().Items {
			if it.Done {
				s.kept[ref] = true
			}
		}
	}
	s.t.Fatalf("the story doesn't end: %s\n%q", s.eng.Next().Say, s.sentences())
	return false
}

// wants is what a sensible person does now.
func (s *teller) wants() runbook.Intent {
	m := s.eng.Next()
	undo := slices.IndexFunc(m.Ways, func(w runbook.Way) bool { return w.Name == "rollback" })
	switch {
	case m.Needs == "value":
		return runbook.Answer{Item: m.Item, Value: "here"}
	case m.Needs == "option":
		return runbook.Choose{Item: m.Item, Option: 1}
	case m.Do != nil:
		return m.Do
	case m.Hold == runbook.Failed && undo >= 0 && s.count("for=rollback") == 0:
		return m.Ways[undo].Do
	case m.Hold == runbook.Failed || m.Hold == runbook.Unsure:
		s.decided++
		return runbook.Perform{Item: m.Item}
	}
	s.t.Fatalf("stuck: %+v", m)
	return nil
}

// checkKept demands that nothing that was acknowledged is open again, except by
// a record that says so.
func (s *teller) checkKept() {
	s.t.Helper()
	for ref := range s.kept {
		if !s.run().Item(ref).Done {
			s.t.Errorf("%s was done, and is not after the resume", ref)
		}
	}
}

// checkFates demands what must hold of every log, however often its walk died:
// each attempt has an outcome or is said to be lost, and a block whose outcome
// was not known is not run again before somebody decided that.
func (s *teller) checkFates() {
	s.t.Helper()
	open := map[runbook.Ref]int{}
	attempts := map[int]runbook.CommandIntended{}
	for _, rec := range s.records {
		switch ev := rec.Event.(type) {
		case runbook.CommandIntended:
			attempts[ev.Attempt] = ev
			if ev.For == "" && open[ev.Item] != 0 {
				s.t.Errorf("record %d runs %q again, but nobody decided about attempt %d", rec.Seq, ev.Text, open[ev.Item])
			}
			if ev.For == "" {
				open[ev.Item] = ev.Attempt
			}
		case runbook.CommandFinished:
			if a := attempts[ev.Attempt]; open[a.Item] == ev.Attempt {
				delete(open, a.Item)
			}
		case runbook.HoldReleased:
			delete(open, ev.Item)
		}
	}
	for _, a := range s.run().Attempts {
		if a.Open() {
			s.t.Errorf("attempt %d has no fate", a.CommandIntended.Attempt)
		}
	}
	if n := len(s.station); n != 2 {
		s.t.Errorf("the station has %d events of the run", n)
	}
}

// become puts the commands that have no outcome on record into a state.
func (w *world) become(state engine.Found) {
	w.fakeShell.mu.Lock()
	defer w.fakeShell.mu.Unlock()
	ends := map[int]bool{}
	for _, rec := range w.records {
		if f, ok := rec.Event.(runbook.CommandFinished); ok {
			ends[f.Attempt] = true
		}
	}
	for n, p := range w.procs {
		if ends[n] {
			continue
		}
		switch state {
		case engine.FoundRunning:
			p.ended, p.done = false, make(chan struct{})
			time.AfterFunc(3*time.Second, func() { w.release(n) })
		case engine.FoundAlive:
			w.found[n] = engine.FoundAlive
			time.AfterFunc(3*time.Second, func() { w.finds(n, engine.FoundGone) })
		case engine.FoundGone:
			w.found[n] = engine.FoundGone
		case engine.FoundEnded, engine.FoundNotStarted:
		}
	}
}

// TestCrash kills lifeboat at every append of the rich story, before and after
// the batch is on disk, with its commands in each of their states, and once more
// two appends later. The invariant: the run is resumed where it stood; what was
// acknowledged is done; every intent has an outcome or is said to be lost; no
// command whose outcome isn't known is run again unless somebody decides so; and
// the story can be brought to its end.
func TestCrash(t *testing.T) {
	appends, steps := 0, []runbook.Ref{}
	story(t, func(w *world) {
		s := w.rich()
		s.onward()
		s.ended("recovered")
		s.checkFates()
		appends = s.appends
		for _, rec := range s.records {
			if e, ok := rec.Event.(runbook.StepEntered); ok {
				steps = append(steps, e.Step)
			}
		}
	})
	if appends < 30 {
		t.Fatalf("the story has only %d appends", appends)
	}
	for n := 1; n <= appends; n++ {
		for when, what := range map[string]fate{"before": diesBefore, "after": diesAfter} {
			for _, state := range []engine.Found{engine.FoundEnded, engine.FoundRunning, engine.FoundAlive, engine.FoundGone} {
				t.Run(fmt.Sprintf("%s append %d, %s", when, n, state), func(t *testing.T) { crash(t, n, what, state, false, steps) })
			}
			t.Run(fmt.Sprintf("%s append %d, twice", when, n), func(t *testing.T) { crash(t, n, what, engine.FoundEnded, true, steps) })
		}
	}
}

func crash(t *testing.T, n int, what fate, state engine.Found, twice bool, steps []runbook.Ref) {
	t.Helper()
	story(t, func(w *world) {
		s := w.rich()
		s.fate = func(at int, _ engine.Batch) fate {
			if at == n || twice && at == n+2 {
				return what
			}
			return lands
		}
		for times := 0; s.onward(); times++ {
			if times > 2 {
				w.t.Fatal("it dies too often")
			}
			if rec := s.records[max(0, len(s.records)-1):]; len(rec) > 0 && rec[0].Kind == "run_ended" {
				break // it died when all was written; a resume would be refused
			}
			s.eng = nil
			s.become(state)
		}
		if err := s.eng.CatchUp(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		s.ended("recovered")
		s.checkFates()
		// Nothing is left out, and nothing is walked in another order.
		var walked []runbook.Ref
		for _, rec := range s.records {
			if e, ok := rec.Event.(runbook.StepEntered); ok && !slices.Contains(walked, e.Step) {
				walked = append(walked, e.Step)
			}
		}
		for _, ref := range steps {
			if !slices.Contains(walked, ref) {
				w.t.Errorf("step %s was never entered", ref)
			}
		}
		// What destroys ran once, or once more for every decision.
		wiped := 0
		for _, text := range s.ran() {
			if text == "wipe $S $NAME" {
				wiped++
			}
		}
		if wiped < 1 || wiped > 1+s.decided {
			w.t.Errorf("wiped %d times, by %d decisions", wiped, s.decided)
		}
	})
}

// TestCrash_everyPrefix resumes the rich story from each prefix of its log, also
// from those that atomic batches rule out. The invariant: the resume comes up on
// the step on which the prefix stands, unless the outcome that it found led on,
// and the story can be brought to its end.
func TestCrash_everyPrefix(t *testing.T) {
	var whole *world
	story(t, func(w *world) {
		s := w.rich()
		s.onward()
		whole = w
	})
	for n := 3; n < len(whole.records); n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			story(t, func(w *world) {
				s := w.rich()
				w.fakeLog.records = slices.Clone(whole.records[:n])
				w.fakeLog.books = maps.Clone(whole.fakeLog.books)
				s.station = slices.Clone(whole.station[:1])
				prefix := runbook.NewRun()
				for _, rec := range w.fakeLog.records {
					if err := prefix.Apply(rec); err != nil {
						w.t.Fatal(err)
					}
				}
				for _, a := range prefix.Running() { // each of them had ended
					was := whole.procs[a.CommandIntended.Attempt]
					p := &proc{shell: w.fakeShell, job: was.job, how: was.how, start: was.start, done: make(chan struct{})}
					w.procs[a.CommandIntended.Attempt] = p
					p.end("")
				}
				s.resume()
				if len(prefix.Running()) == 0 && s.run().Current != prefix.Current {
					w.t.Errorf("resumed on %q, want %q", s.run().Current, prefix.Current)
				}
				if s.onward() {
					w.t.Fatal("it died")
				}
				s.ended("recovered")
				s.checkFates()
			})
		})
	}
}

// TestFull_everyAppend has every single append of the rich story fail, before and
// after it landed: whoever walks tries again. The invariant is that of a crash,
// and nothing is written twice.
func TestFull_everyAppend(t *testing.T) {
	appends := 0
	story(t, func(w *world) {
		s := w.rich()
		s.onward()
		appends = s.appends
	})
	for n := 2; n <= appends; n++ {
		for name, what := range map[string]fate{"nothing landed": fails, "it landed": landsUnsaid} {
			t.Run(fmt.Sprintf("%d, %s", n, name), func(t *testing.T) {
				story(t, func(w *world) {
					s := w.rich()
					s.fate = func(at int, _ engine.Batch) fate {
						if at == n {
							return what
						}
						return lands
					}
					s.begin(rich)
					failed := 0
					for i := 0; s.run().Ended == nil; i++ {
						if i > 200 {
							w.t.Fatalf("the story doesn't end: %s", s.eng.Next().Say)
						}
						if err := s.eng.Do(w.t.Context(), s.wants()); err != nil {
							failed++
						}
					}
					// An intent that had landed is refused when it is repeated: it is done.
					if failed == 0 || failed > 2 || failed == 2 && what == fails {
						w.t.Errorf("%d intents failed of one failed append", failed)
					}
					s.ended("recovered")
					if what == fails {
						s.checkFates()
					}
					if late := s.count("written_late"); late > 1 || late > 0 && what == landsUnsaid {
						w.t.Errorf("%d times late", late)
					}
				})
			})
		}
	}
}
