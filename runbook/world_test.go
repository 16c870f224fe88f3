package runbook

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// A world is a run with everything around it that an engine would be: a log, a
// clock, the other books, and commands that end as the test says. Every event
// passes through the codec before it is applied.
type world struct {
	t     tester
	shelf Books // every book that there is
	books Books // those that are open
	run   *Run
	log   []Record
	now   time.Time
	actor string
}

func newWorld(t tester, shelf ...*Book) *world {
	w := &world{t: t, shelf: Books{}, books: Books{}, run: NewRun(), actor: "ann", now: clock("02:00:00")}
	for _, b := range shelf {
		w.shelf[b.Name] = b
	}
	return w
}

// clock is a time on the day of the recovery-time vectors.
func clock(text string) time.Time {
	t, err := time.Parse("15:04:05.999", text)
	if err != nil {
		t, err = time.Parse("15:04", text)
	}
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 8, 22, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// open begins the run with a book.
func (w *world) open(mode Mode, b *Book) {
	w.t.Helper()
	w.books[b.Name] = b
	w.append(
		RunOpened{Run: "01J", Mode: mode, Target: "prod", Production: mode == Live},
		BookOpened{Book: b.Name, Hash: b.Hash, Foreign: b.Foreign, Why: "start"},
	)
}

// append encodes, decodes and applies events.
func (w *world) append(events ...Event) {
	w.t.Helper()
	for _, e := range events {
		kind, v, data, err := Encode(Meta{Actor: w.actor}, e)
		if err != nil {
			w.t.Fatal(err)
		}
		w.raw(kind, v, data)
	}
}

func (w *world) raw(kind string, v int, data []byte) {
	w.t.Helper()
	m, e, err := Decode(kind, v, data)
	if err != nil {
		w.t.Fatal(err)
	}
	seq := uint64(len(w.log) + 1)
	rec := Record{Seq: seq, Time: w.now, Kind: kind, Meta: m, Event: e, Hash: fmt.Sprintf("%04x", seq)}
	if err := w.run.Apply(rec); err != nil {
		w.t.Fatalf("%s %s: %v", kind, data, err)
	}
	w.log = append(w.log, rec)
}

// refold folds the log from its first record.
func (w *world) refold() *Run {
	w.t.Helper()
	r, err := Fold(func(yield func(Record, error) bool) {
		for _, rec := range w.log {
			if !yield(rec, nil) {
				return
			}
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

var _ iter.Seq2[Record, error] // what Fold takes

// decide turns an intent into records, opening the books that it leads to.
func (w *world) decide(in Intent, second Second) error {
	for {
		events, err := Decide(w.books, w.run, in, second, w.now)
		var needs *ErrBook
		if errors.As(err, &needs) {
			b := w.shelf[LinkName(needs.Link)]
			if b == nil {
				return fmt.Errorf("no book %s", needs.Link)
			}
			w.books[b.Name] = b
			w.append(BookOpened{Book: b.Name, Hash: b.Hash, Foreign: b.Foreign, Why: "link"})
			continue
		}
		if err != nil {
			return err
		}
		w.append(events...)
		return nil
	}
}

// acts checks that an intent would be carried out by an engine.
func (w *world) acts(in Intent) error {
	_, err := Decide(w.books, w.run, in, Second{}, w.now)
	if errors.Is(err, ErrActs) {
		return nil
	}
	if err == nil {
		w.t.Fatalf("%#v was decided, but it acts", in)
	}
	return err
}

// An end is how a command ends, as a test says it.
type end struct {
	exit     int
	why      Why
	expected string
	set      map[string]string
	unset    []string
	withheld []string
	facts    []Fact
	again    bool
}

// intend writes that the next block of an item is about to run, as an engine
// does, and that it started.
func (w *world) intend(item Ref, purpose string) (attempt int, err error) {
	in := Intent(Perform{item})
	if purpose == "rollback" {
		in = RollBack{item}
	}
	if err := w.acts(in); err != nil {
		return 0, err
	}
	b, _, it, _ := w.books.Item(item)
	bl, place := w.run.NextBlock(it, item)
	if purpose == "rollback" {
		bl, place = w.run.UndoBlock(b, item)
	}
	n := len(w.run.Attempts) + 1
	if purpose == "" && w.run.Item(item).Hold != NoHold {
		w.append(HoldReleased{Item: item, How: "again"})
	}
	text := w.run.Text(it, item, place)
	if purpose != "" {
		text = purpose
	}
	w.append(CommandIntended{
		Attempt: n, Item: item, Block: place, For: purpose, Text: text, Shell: "sh",
		Background: bl.Background && purpose == "", Probe: bl.Probe,
	})
	w.append(CommandStarted{Attempt: n, PID: 100 + n})
	if bl.Background && purpose == "" {
		w.append(InBackground(w.books, w.run, item, w.now)...)
	}
	return n, nil
}

// finish writes how an attempt ended and what follows from it.
func (w *world) finish(n int, e end) {
	w.t.Helper()
	a := w.run.Attempt(n)
	if a == nil {
		w.t.Fatalf("there is no attempt %d", n)
	}
	if e.why == "" {
		e.why = Exited
	}
	f := CommandFinished{
		Attempt: n, Exit: e.exit, Why: e.why, Ended: w.now, Elapsed: w.now.Sub(a.Intended), Expected: e.expected,
		Set: e.set, Unset: e.unset, Withheld: e.withheld, Captured: true, Again: e.again,
	}
	w.append(f)
	for _, fact := range e.facts {
		w.append(FactReported{Name: fact.Name, Value: fact.Value, Attempt: n})
	}
	switch {
	case a.Item == "" || !w.run.Attempt(n).OK():
	case a.For == "rollback":
		w.append(HoldReleased{Item: a.Item, How: "rolled_back"})
	case a.For == "" && w.run.Item(a.Item).Hold == NoHold:
		if _, _, it, ok := w.books.Item(a.Item); ok && w.run.LastBlock(it, a.Item, a.Block) {
			events := append([]Event{ItemTicked{Item: a.Item, As: "succeeded"}}, Done(w.books, w.run, a.Item, w.now)...)
			w.append(events...)
		}
	}
}

// parseBooks reads books in the compact text of the stories:
//
//	book NAME [foreign]
//	objective NAME LIMIT
//	phase NAME
//	step NAME [reached=A,B] [moment=A] [when=M] [takes=D] [level=N] [witness] [optional]
//	check TEXT [-> STEP+STEP|FILE.md[#STEP]]
//	reading TEXT
//	question NAME time|text|A/B
//	command NAME [probe] [background] [danger] [after=X] [rollback=X] [when=M] [takes=D] [text=X] [holes=<a>,<b>]
//	block NAME …    a further block of the item above; nolang: a fence without a language
//	helper NAME     a block that is no item
//	choice LABEL->STEP+STEP LABEL->FILE.md
func parseBooks(t tester, lines []string) []*Book {
	t.Helper()
	var books []*Book
	var b *Book
	for n, line := range lines {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if word == "" || word[0] == '#' {
			continue
		}
		args := strings.Fields(rest)
		if b == nil && word != "book" || len(args) == 0 {
			t.Fatalf("line %d: %s", n+1, line)
		}
		switch word {
		case "book":
			b = &Book{Name: args[0], Hash: "h-" + args[0], Title: args[0], Foreign: slices.Contains(args, "foreign"), Named: map[string]*Block{}}
			books = append(books, b)
		case "objective":
			b.Objectives = append(b.Objectives, Objective{args[0], duration(t, args[1])})
		case "phase":
			b.Phases = append(b.Phases, Phase{ID: args[0], Title: args[0]})
		case "step":
			addStep(t, b, args)
		case "helper":
			b.Named[args[0]] = &Block{Name: args[0], Lang: "sh", Text: args[0], Hash: "h-" + args[0]}
		default:
			if len(b.Steps) == 0 {
				t.Fatalf("line %d: an item outside of a step: %s", n+1, line)
			}
			addItem(t, b, &b.Steps[len(b.Steps)-1], word, rest, args)
		}
	}
	return books
}

func duration(t tester, text string) time.Duration {
	d, err := ReadDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func addStep(t tester, b *Book, args []string) {
	s := Step{ID: args[0], Title: args[0], Hash: "h-" + args[0], Level: 2}
	if n := len(b.Phases); n > 0 {
		s.Phase = b.Phases[n-1].ID
		b.Phases[n-1].Steps = append(b.Phases[n-1].Steps, s.ID)
	}
	for _, a := range args[1:] {
		key, value, _ := strings.Cut(a, "=")
		switch key {
		case "reached":
			s.Reached = strings.Split(value, ",")
		case "moment":
			s.Moments = strings.Split(value, ",")
		case "when":
			s.When = Mode(value)
		case "takes":
			s.Takes = duration(t, value)
		case "level":
			s.Level, _ = strconv.Atoi(value)
		case "witness":
			s.Witness = true
		case "optional":
			s.Optional = true
		default:
			t.Fatalf("step %s: %s", s.ID, a)
		}
	}
	b.Steps = append(b.Steps, s)
}

func addItem(t tester, b *Book, s *Step, word, rest string, args []string) {
	it := Item{ID: fmt.Sprintf("%s/%d", s.ID, len(s.Items)+1), Kind: ItemKind(word), Text: rest}
	switch word {
	case "check", "reading":
		it.Kind, it.Reading = Check, word == "reading"
		if text, link, ok := strings.Cut(rest, " -> "); ok {
			it.Text, it.Options = text, []Option{option(text, link)}
		}
	case "question":
		it.Ask = &Ask{Name: args[0], Type: args[1]}
		if strings.Contains(args[1], "/") {
			it.Ask.Type, it.Ask.Allowed = "choice", strings.Split(args[1], "/")
		}
	case "command":
		it.Blocks = []*Block{addBlock(t, b, args)}
	case "choice":
		for _, a := range args {
			label, link, _ := strings.Cut(a, "->")
			it.Options = append(it.Options, option(label, link))
		}
	case "block":
		last := &s.Items[len(s.Items)-1]
		last.Blocks = append(last.Blocks, addBlock(t, b, args))
		return
	default:
		t.Fatalf("%s %s", word, rest)
	}
	s.Items = append(s.Items, it)
}

func option(text, link string) Option {
	if strings.Contains(link, ".md") {
		book, step, _ := strings.Cut(link, "#")
		return Option{Text: text, Book: book, Step: step}
	}
	steps := strings.Split(link, "+")
	return Option{Text: text, Step: steps[0], Section: steps}
}

func addBlock(t tester, b *Book, args []string) *Block {
	bl := &Block{Name: args[0], Lang: "sh", Text: args[0], Hash: "h-" + args[0]}
	for _, a := range args[1:] {
		key, value, _ := strings.Cut(a, "=")
		switch key {
		case "probe":
			bl.Probe = true
		case "background":
			bl.Background = true
		case "danger":
			bl.Danger = true
		case "after":
			bl.After = value
		case "rollback":
			bl.Rollback = value
		case "when":
			bl.When = Mode(value)
		case "takes":
			bl.Takes = duration(t, value)
		case "text":
			bl.Text = strings.ReplaceAll(value, "_", " ")
		case "holes":
			bl.Placeholders = strings.Split(value, ",")
		case "wrong":
			bl.Wrong = value
		case "nolang":
			bl.Lang = ""
		default:
			t.Fatalf("block %s: %s", bl.Name, a)
		}
	}
	b.Named[bl.Name] = bl
	return bl
}

func lines(text string) []string { return strings.Split(text, "\n") }

func must(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
