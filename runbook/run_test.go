package runbook

import (
	"errors"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestRef(t *testing.T) {
	for _, c := range []struct {
		ref      Ref
		book, id string
		step     Ref
	}{
		{"dc/a", "dc", "a", "dc/a"}, {"dc/a/2", "dc", "a/2", "dc/a"}, {"", "", "", ""}, {"dc", "dc", "", "dc"},
	} {
		if c.ref.Book() != c.book || c.ref.ID() != c.id || c.ref.Step() != c.step {
			t.Errorf("%q: %q %q %q", c.ref, c.ref.Book(), c.ref.ID(), c.ref.Step())
		}
	}
	if At("dc", "a/2") != "dc/a/2" {
		t.Error(At("dc", "a/2"))
	}
}

func TestLinkName(t *testing.T) {
	for link, want := range map[string]string{"breach.md": "breach", "../x/breach.v2.md": "breach.v2", "breach": "breach", ".md": ".md"} {
		if got := LinkName(link); got != want {
			t.Errorf("%s is %s, want %s", link, got, want)
		}
	}
}

func TestAttempt_how(t *testing.T) {
	end := func(f CommandFinished) *Attempt { return &Attempt{Run: &CommandStarted{}, End: &f} }
	for want, a := range map[string]*Attempt{
		"intended":             {},
		"running":              {Run: &CommandStarted{}},
		"outcome unknown":      {Lost: &OutcomeUnknown{}},
		"ok":                   end(CommandFinished{Why: Exited}),
		"exit 3":               end(CommandFinished{Why: Exited, Exit: 3}),
		"killed by KILL":       end(CommandFinished{Why: Exited, Exit: -1, Signal: "KILL"}),
		"ended by its timeout": end(CommandFinished{Why: Timeout, Exit: -1, Signal: "KILL"}),
		"stopped":              end(CommandFinished{Why: Stopped, Exit: -1}),
		"no such shell":        end(CommandFinished{Why: Exited, Exit: -1, Fault: "no such shell"}),
		"ended well, without the expected output": end(CommandFinished{Why: Exited, Expected: "missed"}),
	} {
		if got := a.How(); got != want || a.OK() != (want == "ok") {
			t.Errorf("%q, ok %v; want %q", got, a.OK(), want)
		}
	}
	if a := end(CommandFinished{Why: Exited, Fault: "its output is lost"}); a.OK() {
		t.Error("an outcome with a fault is taken for a good one")
	}
	if got := (&Attempt{CommandIntended: CommandIntended{Text: "\n first \nsecond\n"}}).Head(); got != "first  …" {
		t.Errorf("%q", got)
	}
}

// What carries over: the difference that a good foreground command made.
func TestApply_carriesOver(t *testing.T) {
	r := NewRun()
	seq := uint64(0)
	apply := func(e Event) {
		t.Helper()
		seq++
		must(t, r.Apply(Record{Seq: seq, Event: e}))
	}
	run := func(in CommandIntended, f CommandFinished) {
		in.Attempt = len(r.Attempts) + 1
		f.Attempt = in.Attempt
		apply(in)
		apply(f)
	}
	set := func(kv ...string) map[string]string { return map[string]string{kv[0]: kv[1]} }
	apply(RunOpened{})
	run(CommandIntended{}, CommandFinished{Why: Exited, Captured: true, Dir: "/a", Set: set("A", "1")})
	run(CommandIntended{}, CommandFinished{Why: Exited, Exit: 1, Captured: true, Dir: "/failed", Set: set("A", "failed")})
	run(CommandIntended{}, CommandFinished{Why: Exited, Dir: "/lost", Set: set("A", "not captured")})
	run(CommandIntended{Background: true}, CommandFinished{Why: Exited, Captured: true, Dir: "/bg", Set: set("A", "bg")})
	run(CommandIntended{For: "preview"}, CommandFinished{Why: Exited, Captured: true, Dir: "/preview", Set: set("A", "preview")})
	if r.Dir != "/a" || !reflect.DeepEqual(r.Set, set("A", "1")) {
		t.Errorf("%s %v", r.Dir, r.Set)
	}
	run(CommandIntended{For: "adhoc"}, CommandFinished{Why: Exited, Captured: true, Unset: []string{"A", "B"}})
	if len(r.Set) != 0 || !r.Unset["A"] || !r.Unset["B"] {
		t.Errorf("%v %v", r.Set, r.Unset)
	}
	// A value that is withheld is set all the same.
	run(CommandIntended{}, CommandFinished{Why: Exited, Captured: true, Withheld: []string{"A"}})
	if r.Unset["A"] || r.Withheld["A"] != 7 {
		t.Errorf("unset %v withheld %v", r.Unset, r.Withheld)
	}
	apply(QuestionAnswered{Item: "b/a/1", Name: "A", Value: "typed"})
	if r.Set["A"] != "typed" || r.Withheld["A"] != 0 || r.Answers["A"] != "typed" {
		t.Errorf("%v %v", r.Set, r.Withheld)
	}
	apply(FactReported{Name: "B", Value: "2"})
	if r.Set["B"] != "2" || r.Unset["B"] {
		t.Errorf("%v %v", r.Set, r.Unset)
	}
	apply(FactReported{Name: "recovery_point", Value: "yesterday"})
	if _, ok := r.Moments["recovery_point"]; ok {
		t.Error("what is no time became a moment")
	}
}

// A changed answer holds the item, and a note of somebody else's step nothing.
func TestApply_identify(t *testing.T) {
	r := NewRun()
	for i, e := range []Event{
		RunOpened{Target: "prod"},
		CommandIntended{Attempt: 1, Item: "b/a/1", For: "identify"},
		CommandFinished{Attempt: 1, Why: Exited},
		TargetIdentified{Attempt: 1, Item: "b/a/1", Answer: "otter"},
		CommandIntended{Attempt: 2, Item: "b/a/1", For: "identify", Target: "staging"},
		TargetIdentified{Attempt: 2, Item: "b/a/1", Answer: "heron"},
		CommandIntended{Attempt: 3, Item: "b/a/1", For: "identify"},
		TargetIdentified{Attempt: 3, Item: "b/a/1", Answer: "heron", Expected: "otter"},
	} {
		must(t, r.Apply(Record{Seq: uint64(i + 1), Event: e}))
	}
	if r.Identity["prod"] != "otter" || r.Identity["staging"] != "heron" {
		t.Errorf("%v", r.Identity)
	}
	if it := r.Item("b/a/1"); it.Hold != Failed || !strings.Contains(it.Why, "heron") || !strings.Contains(it.Why, "otter") {
		t.Errorf("%+v", it)
	}
	if a := r.Attempt(3); a.Identical || !r.Attempt(1).Identical {
		t.Errorf("%+v", a)
	}
}

// The outcome of an earlier round's command says nothing about the new round.
func TestApply_outcomeOfAnEarlierRound(t *testing.T) {
	r := NewRun()
	for i, e := range []Event{
		RunOpened{},
		StepEntered{Step: "b/a", By: "next"},
		CommandIntended{Attempt: 1, Item: "b/a/1", Background: true},
		StepReopened{Step: "b/a"},
		CommandFinished{Attempt: 1, Exit: 1, Why: Exited},
		FactReported{Name: "recovery_point", Value: "2026-08-22T03:00:00Z", Attempt: 1},
	} {
		must(t, r.Apply(Record{Seq: uint64(i + 1), Event: e}))
	}
	if it := r.Item("b/a/1"); it.Hold != NoHold || it.Next != 0 || it.Done {
		t.Errorf("%+v", it)
	}
	if _, ok := r.Moments["recovery_point"]; !ok {
		t.Error("the fact is gone")
	}
}

// The book was edited under a resumed run, and the step is gone.
func TestNext_stepIsGone(t *testing.T) {
	w := newWorld(t, parseBooks(t, lines("book dc\nstep a\ncheck A\nstep b\ncheck B"))...)
	w.open(Live, w.shelf["dc"])
	must(t, w.decide(Enter{"dc/a"}, Second{}))
	w.books["dc"] = parseBooks(t, lines("book dc\nstep new\ncheck N\nstep b\ncheck B"))[0]
	m := Next(w.books, w.run)
	if m.Do != (Enter{"dc/new"}) {
		t.Fatalf("%+v", m)
	}
	must(t, w.decide(m.Do, Second{}))
	w.books = Books{}
	if m := Next(w.books, w.run); m.Do != nil || m.Say == "" {
		t.Errorf("without its books: %+v", m)
	}
	if done, of := Progress(Books{}, w.run); done != 0 || of != 0 {
		t.Errorf("%d of %d", done, of)
	}
	if m := Next(Books{}, NewRun()); m.Do == nil {
		t.Errorf("an empty run: %+v", m)
	}
}

// A block that can't run is done by hand; a step in a drill on the way out.
func TestNext_wrongBlock(t *testing.T) {
	w := newWorld(t, parseBooks(t, lines("book dc\nstep a\ncommand x wrong=dc.md:3:1"))...)
	w.open(Live, w.shelf["dc"])
	must(t, w.decide(Enter{"dc/a"}, Second{}))
	m := Next(w.books, w.run)
	if m.Do != nil || !strings.Contains(m.Say, "dc.md:3:1") || m.Ways[0].Do != (Tick{Item: "dc/a/1", As: "by_hand"}) {
		t.Errorf("%+v", m)
	}
	for _, in := range []Intent{Perform{"dc/a/1"}, Arm{"dc/a/1"}, Edit{"dc/a/1", "y", "z"}} {
		if err := w.decide(in, Second{}); err == nil || errors.Is(err, ErrActs) {
			t.Errorf("%T: %v", in, err)
		}
	}
}

// Every intent is understood by Decide: none falls through to the engine that
// shouldn't.
func TestIntents_areComplete(t *testing.T) {
	acts := map[string]bool{"Perform": true, "RollBack": true, "Settle": true, "Await": true, "Stop": true, "AdHoc": true}
	known := map[string]bool{}
	for _, in := range []Intent{
		Enter{},
		Tick{},
		Answer{},
		Choose{},
		Finish{},
		Skip{},
		SkipItem{},
		Reopen{},
		End{},
		Leave{},
		Perform{},
		Arm{},
		Fill{},
		Edit{},
		Release{},
		RollBack{},
		Settle{},
		Await{},
		Stop{},
		AdHoc{},
		Write{},
		Mark{},
		TakeRole{},
		Pass{},
		Accept{},
		Sign{},
		Correct{},
	} {
		name := reflect.TypeOf(in).Name()
		known[name] = true
		events, err := Decide(Books{}, NewRun(), in, Second{}, time.Time{})
		if errors.Is(err, ErrActs) && !acts[name] || err == nil && len(events) == 0 {
			t.Errorf("%s: %v %v", name, events, err)
		}
	}
	for _, name := range receivers(t, "intent.go", "intent") {
		if !known[name] {
			t.Errorf("%s is an intent that the tests don't know", name)
		}
	}
}

// The package imports the standard library alone, and nothing of it that
// reaches the world.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		must(t, err)
		for _, i := range f.Imports {
			switch path := strings.Trim(i.Path.Value, `"`); path {
			case "bytes", "encoding/json", "errors", "fmt", "iter", "maps", "slices", "strconv", "strings", "time":
			default:
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

// A recovery point holds its item, whether it is reported before or after the
// outcome of the command that found it.
func TestApply_contaminatedInEitherOrder(t *testing.T) {
	fact := FactReported{Name: "recovery_point", Value: "2026-08-22T03:00:00Z", Attempt: 1}
	done := CommandFinished{Attempt: 1, Why: Exited}
	for _, order := range [][]Event{{fact, done}, {done, fact}} {
		r := NewRun()
		for i, e := range append([]Event{RunOpened{}, CommandIntended{Attempt: 1, Item: "b/a/1"}}, order...) {
			must(t, r.Apply(Record{Seq: uint64(i + 1), Time: clock("02:00"), Event: e}))
		}
		if it := r.Item("b/a/1"); it.Hold != Contaminated || it.Next != 0 {
			t.Errorf("%T first: %+v", order[0], it)
		}
	}
}

// TestDecide_secondPersonOnlyWhereAsked: a second person that was offered goes
// on record with the steps that ask for one, and with no other.
func TestDecide_secondPersonOnlyWhereAsked(t *testing.T) {
	b := parseBooks(t, lines("book x\nstep a\nchoice one->b two->c\nstep b\ncheck B\nstep c witness\ncheck C"))[0]
	w := newWorld(t, b)
	w.open(Live, b)
	offered := Second{Alone: "nobody is awake"}
	must(t, w.decide(Enter{"x/a"}, Second{}))
	must(t, w.decide(Choose{Item: "x/a/1", Option: 2}, offered))
	must(t, w.decide(Tick{Item: "x/c/1"}, Second{}))
	must(t, w.decide(Finish{"x/c"}, offered))
	if got := w.run.Step("x/a").Alone; got != "" {
		t.Errorf("a step that asks for nobody: alone, %q", got)
	}
	if got := w.run.Step("x/c").Alone; got != offered.Alone {
		t.Errorf("a step that asks for somebody: alone, %q", got)
	}
}
