package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"lifeboat/runbook"
)

// Who acts: what every event says about its author.
type Who struct {
	Name string
	Role string
	Host string
}

// An Engine walks one run. Its methods are for one goroutine, except Interrupt.
type Engine struct {
	ports Ports
	who   Who
	env   []string // of the process that walks
	cwd   string
	books runbook.Books
	run   *runbook.Run
	auto  *Policy // nil: somebody is there

	secrets map[string]runbook.Secret // by name: declared, asked for, withheld, given by blocks
	late    []Entry                   // facts that could not be written when they happened
	lateWhy string
	lateAt  time.Time

	mu   sync.Mutex
	live map[int]Process // commands that this process can wait for
	fore int             // the one that the walk waits for; 0: none

	wall   time.Time // of the last look at the clocks
	boot   time.Duration
	awake  time.Duration
	warned time.Time // when the objectives were last looked at
}

// ErrLeft is a context.Canceled: it says that the walk was left while a command ran; the command goes on.
var ErrLeft = fmt.Errorf("the walk was left; its command goes on: %w", context.Canceled)

// An Opening is what a new run starts from.
type Opening struct {
	Run     runbook.RunOpened
	Book    *runbook.Book
	Began   runbook.MomentSet // Name is set by the engine; zero Moment: now
	Roles   map[string]string
	Checks  []runbook.PreflightChecked
	Secrets []runbook.Named // known already, with SecretGiven's source in From
	From    map[string]string
}

// Surroundings are what a walk takes over from the process that it runs in.
type Surroundings struct {
	Who Who
	Env []string
	Cwd string
}

// Begin opens a run. When it returns, the run is on disk and registered.
func Begin(ctx context.Context, p Ports, s Surroundings, o Opening) (*Engine, error) {
	e := build(p, s)
	e.books[o.Book.Name] = o.Book
	for _, n := range o.Secrets {
		e.secrets[n.Name] = n.Value
	}
	if o.Began.Moment.IsZero() {
		o.Began.Moment, o.Began.Source = p.Clock.Now().UTC(), "declaration"
	}
	o.Began.Name = "began"
	events := []runbook.Event{o.Run, opened(o.Book, "start"), o.Began}
	for _, c := range o.Checks {
		events = append(events, c)
	}
	for _, name := range o.Book.Roles {
		if person := o.Roles[name]; person != "" {
			events = append(events, runbook.RoleTaken{Name: name, Person: person})
		}
	}
	for _, n := range o.Secrets {
		events = append(events, runbook.SecretGiven{Name: n.Name, From: o.From[n.Name]})
	}
	if err := e.append(ctx, events, o.Book.Text); err != nil {
		return nil, err
	}
	return e, e.putHead(ctx)
}

func build(p Ports, s Surroundings) *Engine {
	e := &Engine{
		ports: p, who: s.Who, env: s.Env, cwd: s.Cwd,
		books: runbook.Books{}, run: runbook.NewRun(),
		secrets: map[string]runbook.Secret{}, live: map[int]Process{},
	}
	e.wall, e.boot, e.awake = p.Clock.Now(), p.Clock.Boot(), p.Clock.Awake()
	return e
}

func opened(b *runbook.Book, why string) runbook.BookOpened {
	return runbook.BookOpened{Book: b.Name, Version: b.Version, Hash: b.Hash, Source: b.Source, Foreign: b.Foreign, Why: why}
}

// putHead puts the run as it stands into the lists.
func (e *Engine) putHead(ctx context.Context) error {
	return e.ports.Log.PutHead(ctx, runbook.HeadOf(e.books, e.run, e.ports.Clock.Now()))
}

// Run is the state of the run. It changes with the next call of a method.
func (e *Engine) Run() *runbook.Run { return e.run }

// Books are the documents that the run follows.
func (e *Engine) Books() runbook.Books { return e.books }

// Next is what may happen now.
func (e *Engine) Next() runbook.Move { return runbook.Next(e.books, e.run) }

// Do carries an intent out: it returns when its outcome is on disk. A
// *runbook.Refusal means that nothing happened.
func (e *Engine) Do(ctx context.Context, in runbook.Intent) error {
	if err := e.CatchUp(ctx); err != nil {
		return err
	}
	if err := e.flushLate(ctx); err != nil {
		return err
	}
	switch in := in.(type) {
	case runbook.Perform:
		return e.perform(ctx, in)
	case runbook.RollBack:
		return e.rollBack(ctx, in)
	case runbook.AdHoc:
		return e.adHoc(ctx, in)
	case runbook.Await:
		return e.await(ctx, in.Attempt)
	case runbook.Settle:
		return e.settle(ctx, in.Attempt)
	case runbook.Stop:
		return e.stop(ctx, in.Attempt)
	}
	return e.decide(ctx, in)
}

// decide turns an intent into events and appends them; the questions that only
// a person can answer are asked on the way.
func (e *Engine) decide(ctx context.Context, in runbook.Intent) error {
	var second runbook.Second
	if ref, ok := e.wantsWitness(in); ok {
		var err error
		if second, err = e.witness(ctx, ref); err != nil {
			return err
		}
	}
	in, err := e.clean(in)
	if err != nil {
		return err
	}
	var texts [][]byte
	var before []runbook.Event
	for {
		now := e.ports.Clock.Now().UTC()
		events, err := runbook.Decide(e.books, e.run, in, second, now)
		if needs, ok := errors.AsType[*runbook.ErrBook](err); ok && texts == nil {
			book, err := e.link(in, needs.Link)
			if err != nil {
				return err
			}
			texts, before = [][]byte{book.Text}, []runbook.Event{opened(book, "link")}
			continue
		}
		if err != nil {
			return err
		}
		return e.appendIntent(ctx, in, append(before, events...), texts)
	}
}

// link opens the book that a choice leads to.
func (e *Engine) link(in runbook.Intent, link string) (*runbook.Book, error) {
	choose, ok := in.(runbook.Choose)
	if !ok {
		return nil, fmt.Errorf("book %s is not open", link)
	}
	book, err := e.ports.Library.Open(link, e.books[choose.Item.Book()])
	if err != nil {
		return nil, err
	}
	e.books[book.Name] = book
	return book, nil
}

// appendIntent writes what a decision gave, and brings the lists up to
// date when the walk is over.
func (e *Engine) appendIntent(ctx context.Context, in runbook.Intent, events []runbook.Event, texts [][]byte) error {
	entries := e.entries(events)
	if w, ok := in.(runbook.Write); ok && !w.At.IsZero() {
		for i := range entries {
			entries[i].At = w.At.UTC()
		}
	}
	if err := e.appendEntries(ctx, entries, texts...); err != nil {
		return err
	}
	switch in.(type) {
	case runbook.End, runbook.Leave:
		return e.putHead(context.WithoutCancel(ctx))
	}
	return nil
}

// clean keeps secrets out of what was typed. Notes are scrubbed; a command that
// holds a value is refused, since what runs must be what is on record.
func (e *Engine) clean(in runbook.Intent) (runbook.Intent, error) {
	known := e.named()
	scrub := func(s string) string { return e.ports.Secrecy.Scrub(s, known) }
	switch in := in.(type) {
	case runbook.Write:
		in.Text = scrub(in.Text)
		return in, nil
	case runbook.Tick:
		in.Value, in.Different = scrub(in.Value), scrub(in.Different)
		return in, nil
	case runbook.Answer:
		in.Value = scrub(in.Value)
		return e.inUTC(in)
	case runbook.Skip:
		in.Reason = scrub(in.Reason)
		return in, nil
	case runbook.SkipItem:
		in.Reason = scrub(in.Reason)
		return in, nil
	case runbook.Release:
		in.Reason = scrub(in.Reason)
		return in, nil
	case runbook.Reopen:
		in.Reason = scrub(in.Reason)
		return in, nil
	case runbook.End:
		in.Reason = scrub(in.Reason)
		return in, nil
	case runbook.Mark:
		in.Reason = scrub(in.Reason)
		return in, nil
	case runbook.Correct:
		in.Text, in.Value = scrub(in.Text), scrub(in.Value)
		return in, nil
	case runbook.Pass:
		in.Summary = scrub(in.Summary)
		return in, nil
	case runbook.Sign:
		in.Text = scrub(in.Text)
		return in, nil
	case runbook.Edit:
		in.Reason = scrub(in.Reason)
		return in, e.holdsNone(in.Text)
	case runbook.Fill:
		return in, e.holdsNone(in.Value)
	}
	return in, nil
}

// inUTC reads the answer to a question for a time, and keeps it in UTC.
func (e *Engine) inUTC(in runbook.Answer) (runbook.Intent, error) {
	_, _, it, ok := e.books.Item(in.Item)
	if !ok || it.Ask == nil || it.Ask.Type != "time" || in.As == runbook.Unattended || strings.TrimSpace(in.Value) == "" {
		return in, nil
	}
	now := e.ports.Clock.Now()
	at, err := runbook.ReadTime(in.Value, now.Location(), now)
	if err != nil {
		return in, &runbook.Refusal{
			Reason: err.Error(), Hint: "write 2026-11-23 03:10 (this machine's time), 03:10 UTC, now, or -20m",
		}
	}
	in.Value = at.Format(time.RFC3339)
	return in, nil
}

// holdsNone refuses a command with a secret's value in it.
func (e *Engine) holdsNone(text string) error {
	if name := e.ports.Secrecy.Holds(text, e.named()); name != "" {
		return &runbook.Refusal{
			Reason: fmt.Sprintf("the command holds the value of %s", name),
			Hint:   fmt.Sprintf("write $%s instead: what runs stands in the log", name),
		}
	}
	return nil
}

func (e *Engine) wantsWitness(in runbook.Intent) (runbook.Ref, bool) {
	var ref runbook.Ref
	switch in := in.(type) {
	case runbook.Finish:
		ref = in.Step
	case runbook.Skip:
		ref = in.Step
	default:
		return "", false
	}
	_, s, ok := e.books.Step(ref)
	return ref, ok && s.Witness
}

func asRefusal(err error) (*runbook.Refusal, bool) { return errors.AsType[*runbook.Refusal](err) }
