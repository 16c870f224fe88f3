package runbook

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyBooks draws one or two books in the text of the stories. Without back,
// choices lead ahead only, so that every walk has an end.
func anyBooks(t *rapid.T, back bool) string {
	var out []string
	for _, book := range []string{"one", "two"}[:rapid.IntRange(1, 2).Draw(t, "books")] {
		foreign := map[bool]string{true: " foreign"}[rapid.IntRange(0, 4).Draw(t, "foreign") == 0]
		out = append(out, "book "+book+foreign, "objective critical 1h", "objective data_loss 1h", "helper undo-"+book)
		steps := rapid.IntRange(1, 6).Draw(t, "steps")
		background := ""
		for i := range steps {
			out = append(out, fmt.Sprintf("step s%d%s", i, anyStepAttributes(t)))
			for j := range rapid.IntRange(1, 3).Draw(t, "items") {
				out = append(out, anyItem(t, book, i, j, steps, &background)...)
			}
			if (back || i+1 < steps) && rapid.IntRange(0, 2).Draw(t, "choice") == 0 {
				out = append(out, anyChoice(t, book, i, steps, back))
			}
		}
	}
	return strings.Join(out, "\n")
}

func anyStepAttributes(t *rapid.T) string {
	out := ""
	for _, a := range []string{"reached=critical", "moment=restored", "when=live", "when=drill", "witness", "optional"} {
		if rapid.IntRange(0, 5).Draw(t, a) == 0 && !strings.Contains(out, "when=") {
			out += " " + a
		}
	}
	return out
}

func anyItem(t *rapid.T, book string, step, place, steps int, background *string) []string {
	name := fmt.Sprintf("%s-%d-%d", book, step, place)
	when := rapid.SampledFrom([]string{"", "", "", " when=live", " when=drill"}).Draw(t, "when")
	switch rapid.IntRange(0, 8).Draw(t, "item") {
	case 0:
		return []string{"question " + name + " text"}
	case 1:
		return []string{"question " + name + " yes/no"}
	case 2:
		to := rapid.IntRange(0, steps-1).Draw(t, "to")
		return []string{fmt.Sprintf("check see -> s%d", to)}
	case 3:
		if book == "one" {
			return []string{"check see -> two.md"}
		}
		return []string{"reading about"}
	case 4:
		return []string{"check several", "block " + name + "-a" + when, "block " + name + "-t nolang", "block " + name + "-b rollback=undo-" + book}
	case 5:
		*background = name
		return []string{"command " + name + " background" + when}
	case 6:
		if *background != "" {
			return []string{"command " + name + " after=" + *background}
		}
		return []string{"command " + name + " probe" + when}
	case 7:
		return []string{"command " + name + " rollback=undo-" + book + when}
	}
	return []string{"check plain"}
}

func anyChoice(t *rapid.T, book string, step, steps int, back bool) string {
	out := "choice"
	for range rapid.IntRange(1, 3).Draw(t, "options") {
		if book == "one" && rapid.IntRange(0, 4).Draw(t, "away") == 0 {
			out += " away->two.md"
			continue
		}
		least := step + 1
		if back {
			least = 0
		}
		from := rapid.IntRange(least, steps-1).Draw(t, "from")
		link := fmt.Sprintf(" x->s%d", from)
		if from+1 < steps && rapid.Bool().Draw(t, "longer") {
			link += fmt.Sprintf("+s%d", from+1)
		}
		out += link
	}
	return out
}

// begin opens a run of drawn books. A link to a book that there isn't is
// dropped with the book's text, so both are drawn together.
func begin(t *rapid.T, back bool) *world {
	text := anyBooks(t, back)
	if !strings.Contains(text, "book two") {
		text += "\nbook two\nstep s0\ncheck only"
	}
	t.Log(text)
	books := parseBooks(t, lines(text))
	w := newWorld(t, books...)
	w.open(rapid.SampledFrom([]Mode{Live, Drill}).Draw(t, "mode"), books[0])
	return w
}

// someone does at random what people and commands do.
type someone struct {
	*world
	t       *rapid.T
	detours int // that it may still take
}

func (s *someone) one(n int, what string) bool { return rapid.IntRange(0, n-1).Draw(s.t, what) == 0 }

// complete fills in what only a person can say.
func (s *someone) complete(in Intent) Intent {
	switch in := in.(type) {
	case Answer:
		_, _, it, _ := s.books.Item(in.Item)
		in.Value = "x"
		if it.Ask != nil && len(it.Ask.Allowed) > 0 {
			in.Value = it.Ask.Allowed[0]
		}
		return in
	case Choose:
		_, _, it, _ := s.books.Item(in.Item)
		if in.Option == 0 {
			in.Option = rapid.IntRange(1, len(it.Options)).Draw(s.t, "option")
		}
		return in
	case Edit:
		in.Text, in.Reason = "edited", "because"
		return in
	case Release:
		in.Reason = "because"
		return in
	case SkipItem:
		in.Reason = "because"
		return in
	case Skip:
		in.Reason = "because"
		return in
	}
	return in
}

var bob = Second{Person: "bob"}

// do carries out an intent, commands included.
func (s *someone) do(in Intent) error {
	s.now = s.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(s.t, "seconds")) * time.Second)
	switch in := in.(type) {
	case Perform:
		return s.start(in.Item, "")
	case RollBack:
		return s.start(in.Item, "rollback")
	case Await:
		if err := s.acts(in); err != nil {
			return err
		}
		s.finish(in.Attempt, s.anyEnd())
		return nil
	case Stop:
		if err := s.acts(in); err != nil {
			return err
		}
		s.finish(in.Attempt, end{exit: -1, why: Stopped})
		return nil
	}
	return s.decide(in, bob)
}

func (s *someone) start(item Ref, purpose string) error {
	n, err := s.intend(item, purpose)
	if err != nil {
		return err
	}
	switch a := s.run.Attempt(n); {
	case a.Background:
	case s.one(8, "lost"):
		seen := rapid.SampledFrom([]string{"running", "gone", "not_started"}).Draw(s.t, "seen")
		s.append(RunResumed{PID: 1}, OutcomeUnknown{Attempt: n, Seen: seen})
	default:
		s.finish(n, s.anyEnd())
	}
	return nil
}

func (s *someone) anyEnd() end {
	e := end{set: map[string]string{"A": "1"}}
	if s.one(4, "fails") {
		e.exit = 1
	}
	if s.one(12, "contaminates") {
		e.facts = []Fact{{"recovery_point", "2026-08-23T00:00:00Z"}}
	}
	return e
}

// look checks what must hold wherever a run stands.
func (s *someone) look() Move {
	m := Next(s.books, s.run)
	if m.Say == "" {
		s.t.Fatalf("nothing is said: %+v", m)
	}
	if m.Do != nil {
		s.accepted(m.Do)
	}
	for _, way := range m.Ways {
		s.accepted(way.Do)
	}
	if m.Do == nil && len(m.Ways) == 0 && s.run.Ended == nil {
		s.t.Fatalf("no way on: %s", m.Say)
	}
	if again := Next(s.books, s.run); !reflect.DeepEqual(m, again) {
		s.t.Fatalf("Next says one thing, then another:\n%+v\n%+v", m, again)
	}
	if done, of := Progress(s.books, s.run); done < 0 || done > of {
		s.t.Fatalf("%d of %d", done, of)
	}
	for _, c := range Clocks(s.books["one"], s.run, s.now) {
		if c.Judged.Min < 0 || c.Judged.Min > c.Judged.Max {
			s.t.Fatalf("%+v", c)
		}
	}
	return m
}

// accepted checks that an intent that was offered is not refused, and that it
// is decided the same every time.
func (s *someone) accepted(in Intent) {
	if tick, ok := in.(Tick); ok && tick.As == "" {
		tick.Different = "different"
		in = tick
	}
	in = s.complete(in)
	events, err := Decide(s.books, s.run, in, bob, s.now)
	var needs *ErrBook
	if err != nil && !errors.Is(err, ErrActs) && !errors.As(err, &needs) {
		s.t.Fatalf("%#v is offered, but refused: %v", in, err)
	}
	for range 3 {
		again, _ := Decide(s.books, s.run, in, bob, s.now)
		if !reflect.DeepEqual(again, events) {
			s.t.Fatalf("%#v means one thing, then another:\n%#v\n%#v", in, events, again)
		}
	}
}

// Who presses Enter, and decides something wherever Enter does nothing, comes to
// the end of every book without jumps back.
func TestWalk_comesToItsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &someone{world: begin(t, false), t: t, detours: 3}
		for moves := 0; s.run.Ended == nil; moves++ {
			if moves > 3000 {
				t.Fatalf("walks in circles, at %s: %s", s.run.Current, Next(s.books, s.run).Say)
			}
			m := s.look()
			in := m.Do
			if i := slices.IndexFunc(m.Ways, func(w Way) bool { return w.Name == "section" }); i >= 0 && s.detours > 0 && s.one(2, "detour") {
				s.detours--
				in = m.Ways[i].Do
			}
			if in == nil {
				in = rapid.SampledFrom(m.Ways).Draw(t, "way").Do
			}
			if err := s.do(s.complete(in)); err != nil {
				t.Fatalf("%#v: %v", in, err)
			}
		}
		if s.run.Ended.State != "recovered" || len(s.run.Running()) > 0 {
			t.Fatalf("ended %+v", s.run.Ended)
		}
		for _, name := range s.run.Walked {
			for _, ref := range order(s.books[name]) {
				if s.run.open(ref, nil) {
					t.Fatalf("%s is still open at the end", ref)
				}
			}
		}
	})
}

// Whatever anybody does at any time, the log stays one that folds, to the same
// run, and there is always a way on or a reason why not.
func TestWalk_survivesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &someone{world: begin(t, true), t: t}
		for range rapid.IntRange(1, 60).Draw(t, "moves") {
			m := s.look()
			in := s.anything(m)
			var refusal *Refusal
			if err := s.do(in); err != nil && !errors.As(err, &refusal) && !errors.Is(err, ErrActs) {
				t.Fatalf("%#v: %v", in, err)
			} else if refusal != nil && refusal.Reason == "" {
				t.Fatalf("%#v is refused without a reason", in)
			}
		}
		s.look()
		if again := s.refold(); !reflect.DeepEqual(again, s.run) {
			t.Fatalf("folded again, the run is another:\n%+v\n%+v", again, s.run)
		}
	})
}

// anything draws an intent: what is offered, or anything else about any item.
func (s *someone) anything(m Move) Intent {
	if s.one(3, "as offered") {
		offered := []Intent{}
		if m.Do != nil {
			offered = append(offered, m.Do)
		}
		for _, w := range m.Ways {
			offered = append(offered, w.Do)
		}
		if len(offered) > 0 {
			return s.complete(rapid.SampledFrom(offered).Draw(s.t, "offer"))
		}
	}
	var refs []Ref
	var items []Ref
	for _, f := range s.run.Books {
		for i := range s.books[f.Book].Steps {
			refs = append(refs, At(f.Book, s.books[f.Book].Steps[i].ID))
			for _, it := range s.books[f.Book].Steps[i].Items {
				items = append(items, At(f.Book, it.ID))
			}
		}
	}
	step := rapid.SampledFrom(append(refs, "one/nowhere", "three/a")).Draw(s.t, "step")
	item := rapid.SampledFrom(append(items, "one/s0/99", "")).Draw(s.t, "item")
	reason := rapid.SampledFrom([]string{"", "because"}).Draw(s.t, "reason")
	n := rapid.IntRange(0, len(s.run.Attempts)+1).Draw(s.t, "attempt")
	return rapid.SampledFrom([]Intent{
		Enter{step},
		Tick{Item: item},
		Tick{Item: item, Different: reason},
		Answer{Item: item, Value: "yes"},
		Choose{Item: item, Option: rapid.IntRange(0, 3).Draw(s.t, "option")},
		Finish{step},
		Skip{step, reason},
		SkipItem{item, reason},
		Reopen{step, reason},
		Leave{"asked"},
		Perform{item},
		Arm{item},
		Fill{item, "<x>", "y"},
		Edit{item, "text", reason},
		Release{item, "anyway", reason},
		Release{item, "counts_as_done", reason},
		RollBack{item},
		Settle{n},
		Await{n},
		Stop{n},
		AdHoc{Text: reason},
		Write{Text: reason},
		Mark{Name: "began"},
		Mark{Name: "pause", Reason: reason},
		Mark{Name: "resume"},
		Mark{Name: "objective_lost", Objective: "critical"},
		TakeRole{"scribe", reason},
		Pass{reason, ""},
		Accept{"dave"},
		Sign{Person: reason},
		Correct{uint64(n), reason, ""},
		End{"recovered", ""},
		End{rapid.SampledFrom([]string{"recovered", "recovered", "failed"}).Draw(s.t, "state"), reason},
	}).Draw(s.t, "intent")
}
