package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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

// An Engine walks one run. Its methods are for one goroutine, except Interrupt
// and Scrub.
type Engine struct {
	ports Ports
	who   Who
	env   []string // of the process that walks
	cwd   string
	books runbook.Books
	run   *runbook.Run
	auto  *Policy // nil: somebody is there

	secrets map[string]known  // by name: what blocks are given
	masked  []runbook.Named   // what they are no longer given, and what still must not be seen
	targets map[string]Target // where the run acted so far, by name

	late     []fact // what could not be written when it happened, oldest first
	lateWhy  string
	lateAt   time.Time
	lateSeq  uint64 // the last record before it
	lateSaid bool   // that it is late stands in the log already

	mu     sync.Mutex
	live   map[int]running // commands that this process can wait for
	fore   int             // the one that the walk waits for; 0: none
	orphan Process         // the same, of one that nobody keeps
	hush   chan struct{}   // closed to end a wait between two tries
	hidden []runbook.Named // every value that must not be seen

	began  time.Time // when this walk of the run began
	seen   look
	warned time.Time // when the objectives were last looked at
}

// A running command, with what its end means.
type running struct {
	Process
	task *task
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
		e.secrets[n.Name] = known{n.Value, o.From[n.Name]}
	}
	e.hide()
	if o.Began.Moment.IsZero() {
		o.Began.Moment, o.Began.Source = p.Clock.Now().UTC(), "declaration"
	}
	o.Began.Name = "began"
	events := []runbook.Event{o.Run, opened(o.Book, "start"), o.Began}
	for _, c := range o.Checks {
		events = append(events, c)
	}
	for _, name := range roles(o) {
		events = append(events, runbook.RoleTaken{Name: name, Person: o.Roles[name]})
	}
	for _, n := range o.Secrets {
		events = append(events, runbook.SecretGiven{Name: n.Name, From: o.From[n.Name]})
	}
	if err := e.append(ctx, events, o.Book.Text); err != nil {
		return nil, err
	}
	e.putHead(ctx)
	return e, nil
}

// roles lists the roles that somebody holds: the book's in its order, then the
// others.
func roles(o Opening) []string {
	out := slices.Clone(o.Book.Roles)
	for _, name := range slices.Sorted(maps.Keys(o.Roles)) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return slices.DeleteFunc(out, func(name string) bool { return o.Roles[name] == "" })
}

func build(p Ports, s Surroundings) *Engine {
	e := &Engine{
		ports: p, who: s.Who, env: s.Env, cwd: s.Cwd,
		books: runbook.Books{}, run: runbook.NewRun(),
		secrets: map[string]known{}, targets: map[string]Target{}, live: map[int]running{},
	}
	e.seen = e.look()
	e.began = e.seen.wall
	return e
}

func opened(b *runbook.Book, why string) runbook.BookOpened {
	return runbook.BookOpened{Book: b.Name, Version: b.Version, Hash: b.Hash, Source: b.Source, Foreign: b.Foreign, Why: why}
}

// putHead puts the run as it stands into the lists. A head is a cache: one that
// is missing or stale is made again from the records, so nothing fails with it.
func (e *Engine) putHead(ctx context.Context) {
	_ = e.ports.Log.PutHead(context.WithoutCancel(ctx), runbook.HeadOf(e.books, e.run, e.ports.Clock.Now()))
}

// Run is the state of the run. It changes with the next call of a method.
func (e *Engine) Run() *runbook.Run { return e.run }

// Books are the documents that the run follows.
func (e *Engine) Books() runbook.Books { return e.books }

// Next is what may happen now.
func (e *Engine) Next() runbook.Move { return runbook.Next(e.books, e.run) }

// Do carries an intent out: it returns when its outcome is on disk. A
// *runbook.Refusal means that nothing happened. While an outcome can't be
// written nothing new is started, but what runs can be stopped and waited for.
func (e *Engine) Do(ctx context.Context, in runbook.Intent) error {
	switch in := in.(type) {
	case runbook.Await:
		return e.attend(ctx, in, in.Attempt, e.await)
	case runbook.Stop:
		return e.attend(ctx, in, in.Attempt, e.stop)
	}
	if err := e.ready(ctx); err != nil {
		return err
	}
	switch in.(type) {
	case runbook.Perform, runbook.RollBack, runbook.AdHoc, runbook.Settle:
		if _, err := e.judge(in); !errors.Is(err, runbook.ErrActs) {
			return err
		}
	}
	switch in := in.(type) {
	case runbook.Perform:
		return e.perform(ctx, in)
	case runbook.RollBack:
		return e.rollBack(ctx, in)
	case runbook.AdHoc:
		return e.adHoc(ctx, in)
	case runbook.Settle:
		return e.settle(ctx, in.Attempt)
	}
	return e.decide(ctx, in)
}

// ready brings the run up to date: what others wrote, what waits to be written,
// what ended in the background.
func (e *Engine) ready(ctx context.Context) error {
	return errors.Join(e.CatchUp(ctx), e.Collect(ctx))
}

func (e *Engine) judge(in runbook.Intent) ([]runbook.Event, error) {
	return runbook.Decide(e.books, e.run, in, runbook.Second{}, e.ports.Clock.Now().UTC())
}

// attend carries out what is about a command that runs. One that has ended by
// now is what was wanted. That the log can't be written is no hindrance.
func (e *Engine) attend(ctx context.Context, in runbook.Intent, n int, do func(context.Context, int) error) error {
	before := e.run.Attempt(n)
	ran := before != nil && before.Open()
	if err := e.ready(ctx); err != nil && ctx.Err() != nil {
		return err
	}
	if ran && !e.run.Attempt(n).Open() {
		return nil
	}
	if _, err := e.judge(in); !errors.Is(err, runbook.ErrActs) {
		return err
	}
	return do(ctx, n)
}

// decide turns an intent into events and appends them. A second person is asked
// for when all else is known to be right.
func (e *Engine) decide(ctx context.Context, in runbook.Intent) error {
	in, err := e.clean(in)
	if err != nil {
		return err
	}
	books, second := e.books, runbook.Second{Alone: "not asked yet"}
	var texts [][]byte
	var before []runbook.Event
	events, err := runbook.Decide(books, e.run, in, second, e.ports.Clock.Now().UTC())
	if needs, ok := errors.AsType[*runbook.ErrBook](err); ok {
		book, linkErr := e.link(in, needs.Link)
		if linkErr != nil {
			return linkErr
		}
		// The book counts as open when the log says so, not before.
		books = maps.Clone(books)
		books[book.Name] = book
		texts, before = [][]byte{book.Text}, []runbook.Event{opened(book, "link")}
		events, err = runbook.Decide(books, e.run, in, second, e.ports.Clock.Now().UTC())
	}
	if err != nil {
		return err
	}
	if runbook.NeedsSecond(books, e.run, in) {
		if second, err = e.witness(ctx, in); err != nil {
			return err
		}
		if events, err = runbook.Decide(books, e.run, in, second, e.ports.Clock.Now().UTC()); err != nil {
			return err
		}
	}
	if err := e.appendIntent(ctx, in, append(before, events...), texts); err != nil {
		return err
	}
	e.books = books
	e.hide()
	switch in.(type) {
	case runbook.End, runbook.Leave:
		e.putHead(ctx)
	}
	return nil
}

// link opens the book that a choice leads to. Within the run it has the name
// that the link gives it.
func (e *Engine) link(in runbook.Intent, link string) (*runbook.Book, error) {
	choose, ok := in.(runbook.Choose)
	if !ok {
		return nil, fmt.Errorf("book %s is not open", link)
	}
	found, err := e.ports.Library.Open(link, e.books[choose.Item.Book()])
	if err != nil {
		return nil, err
	}
	book := *found
	book.Name = runbook.LinkName(link)
	return &book, nil
}

// appendIntent writes what a decision gave, with the moment at which it
// happened where that is another one.
func (e *Engine) appendIntent(ctx context.Context, in runbook.Intent, events []runbook.Event, texts [][]byte) error {
	var at time.Time
	switch in := in.(type) {
	case runbook.Write:
		at = in.At
	case runbook.Mark:
		if in.Name == "pause" || in.Name == "resume" || in.Name == "objective_lost" {
			at = in.At // the others have their moment in them
		}
	}
	entries := e.entries(events)
	if !at.IsZero() {
		for i := range entries {
			entries[i].At = at.UTC()
		}
	}
	return e.appendEntries(ctx, entries, texts...)
}

func asRefusal(err error) (*runbook.Refusal, bool) { return errors.AsType[*runbook.Refusal](err) }
