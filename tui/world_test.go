package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/tui/brief"
	"lifeboat/tui/home"
	"lifeboat/tui/look"
	"lifeboat/tui/walk"
	"lifeboat/tui/walktest"
)

// A world is a station and a walker without an engine: intents become events by
// the real rules, commands print into real kept files and end as the test says,
// and the log is in memory. It belongs to one bubble, whose clock it lives by.
type world struct {
	*walktest.Commands
	t       *testing.T
	zone    *time.Location
	shelf   []shelved
	heads   []runbook.Head
	targets map[runbook.Mode][]brief.Target
	checks  []runbook.PreflightChecked
	usual   map[string]time.Duration // by step id; nil: no earlier run tells
	scrub   func(string) string
	roles   map[string]string
	shell   string

	feed   *walk.Feed
	ctx    context.Context // ends with the test
	end    context.CancelFunc
	books  runbook.Books
	run    *runbook.Run
	log    []runbook.Record
	at     time.Time    // when this walk began
	closed int          // how often the session was let go of
	inside atomic.Int32 // calls of Do and Tend that are under way
	told   []string     // what Do was asked for, in words

	mu     sync.Mutex
	fail   map[string]error // what Do, Tend, Add and the station's methods answer, by their name
	others []fact           // written elsewhere, not yet taken in
}

type play = walktest.Play

// A shelved runbook is one that has a name. Without a text it can't be read.
type shelved struct{ name, text string }

// A fact is an event on its way into the log.
type fact struct {
	at    time.Time
	actor string
	event runbook.Event
}

var _ Station = (*world)(nil)

// cet is where the operator is: an hour before UTC, so that no test takes one for
// the other.
var cet = time.FixedZone("CET", 3600)

// newWorld makes a world with a shelf of runbooks. It must be made in a bubble.
func newWorld(t *testing.T, shelf ...shelved) *world {
	t.Helper()
	w := &world{
		t: t, zone: cet, shelf: shelf, fail: map[string]error{}, shell: "/bin/bash",
		targets: map[runbook.Mode][]brief.Target{
			runbook.Drill: {{Name: "practice"}, {Name: "staging"}},
			runbook.Live:  {{Name: "production", Production: true}, {Name: "staging"}},
		},
	}
	w.Commands = walktest.New(walker{w}, t.TempDir())
	w.ctx, w.end = context.WithCancel(t.Context())
	w.fresh()
	return w
}

// fresh forgets the run that was walked.
func (w *world) fresh() {
	w.books, w.run, w.log = runbook.Books{}, runbook.NewRun(), nil
	w.Given, w.Live = map[string]bool{}, map[int]*walktest.Live{}
	w.feed = &walk.Feed{After: time.After, Heed: func(ctx context.Context) { _ = w.catchUp(ctx) }}
	w.at = time.Now()
}

func (w *world) now() time.Time { return time.Now().In(w.zone) }

// book reads a runbook of the shelf.
func (w *world) book(name string) (*runbook.Book, []markdown.Message, error) {
	i := slices.IndexFunc(w.shelf, func(s shelved) bool { return s.name == name })
	if i < 0 {
		return nil, nil, fmt.Errorf("no runbook is called %q", name)
	}
	if w.shelf[i].text == "" {
		return nil, nil, fmt.Errorf("runbooks/%s.md: permission denied", name)
	}
	return markdown.Parse(name+".md", []byte(w.shelf[i].text))
}

// answers sets what a method answers from now on, by its name; nil: it works.
func (w *world) answers(method string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail[method] = err
}

func (w *world) answer(method string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fail[method]
}

// Home gives the shelf, and the heads of all runs.
func (w *world) Home(_ context.Context, most int) (home.Contents, error) {
	c := home.Contents{All: true}
	for _, s := range w.shelf {
		b, _, err := w.book(s.name)
		if err != nil {
			c.Books = append(c.Books, home.Book{Name: s.name, Source: "shipped", Wrong: err.Error()})
			continue
		}
		c.Books = append(c.Books, home.Book{Name: s.name, Source: "shipped", Title: b.Title, Summary: b.Summary, Exercise: b.Exercise, Objectives: b.Objectives, Steps: len(b.Steps)})
	}
	if len(w.log) > 0 {
		c.Heads = append(c.Heads, runbook.HeadOf(w.books, w.run, time.Now()))
	}
	c.Heads = append(c.Heads, w.heads...)
	if most > 0 && len(c.Heads) > most {
		c.Heads, c.All = c.Heads[:most], false
	}
	return c, w.answer("Home")
}

// Brief gives what has to be known before a run.
func (w *world) Brief(_ context.Context, name string, mode runbook.Mode) (*brief.Brief, error) {
	if err := w.answer("Brief"); err != nil {
		return nil, err
	}
	b, messages, err := w.book(name)
	if err != nil {
		return nil, err
	}
	out := &brief.Brief{Name: name, Book: b, Mode: mode, Operator: "ann", Roles: w.roles, Targets: w.targets[mode], Usual: w.usualOf()}
	for _, m := range messages {
		out.Remarks = append(out.Remarks, m.String())
	}
	for i := range w.heads {
		if w.heads[i].Books[0] == name {
			out.Last = &w.heads[i]
			break
		}
	}
	return out, nil
}

func (w *world) usualOf() func(*runbook.Book, *runbook.Step) (runbook.Usual, bool) {
	if w.usual == nil {
		return nil
	}
	return func(_ *runbook.Book, s *runbook.Step) (runbook.Usual, bool) {
		d, ok := w.usual[s.ID]
		return runbook.Usual{Median: d, P90: d, N: 3}, ok
	}
}

// Check looks for what a runbook needs, which takes a moment.
func (w *world) Check(ctx context.Context, _ *brief.Brief) []runbook.PreflightChecked {
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
	}
	return w.checks
}

// Begin opens a run.
func (w *world) Begin(_ context.Context, o brief.Order) (*walk.Session, error) {
	if err := w.answer("Begin"); err != nil {
		return nil, err
	}
	w.fresh()
	i := slices.IndexFunc(w.targets[o.Brief.Mode], func(t brief.Target) bool { return t.Name == o.Target })
	opened := runbook.RunOpened{Run: "01JRUN00000000000000ABCDEF", Mode: o.Brief.Mode, Target: o.Target, Production: w.targets[o.Brief.Mode][i].Production}
	began := o.Began
	if began.Name = "began"; began.Moment.IsZero() {
		began.Moment, began.Source = time.Now().UTC(), "declaration"
	}
	b := o.Brief.Book
	w.books[b.Name] = b
	events := []runbook.Event{opened, runbook.BookOpened{Book: b.Name, Version: b.Version, Hash: b.Hash, Foreign: b.Foreign, Why: "start"}, began}
	for _, c := range o.Brief.Checks {
		events = append(events, c)
	}
	for _, role := range b.Roles {
		if person := o.Roles[role]; person != "" {
			events = append(events, runbook.RoleTaken{Name: role, Person: person})
		}
	}
	w.append(time.Time{}, o.Operator, events...)
	return w.session(nil), nil
}

// Resume takes the run up again. What runs still can be waited for, as under a
// keeper; of what doesn't, nobody knows how it ended.
func (w *world) Resume(_ context.Context, _ string) (*walk.Session, error) {
	if err := w.answer("Resume"); err != nil {
		return nil, err
	}
	past, books, running := w.log, w.books, w.Live
	w.fresh()
	w.books, w.log, w.Live = books, past, running
	for _, rec := range past {
		if err := w.run.Apply(rec); err != nil {
			return nil, err
		}
	}
	w.Write(runbook.RunResumed{Away: time.Since(w.run.Last)})
	for _, a := range w.run.Running() {
		if n := a.CommandIntended.Attempt; w.Live[n] == nil {
			w.Write(runbook.OutcomeUnknown{Attempt: n, Seen: "gone"})
		}
	}
	return w.session(past), nil
}

// session is the run as the screens have it.
func (w *world) session(past []runbook.Record) *walk.Session {
	s := &walk.Session{Story: *w.story(), Walker: walker{w}, Feed: w.feed, Person: "ann", Shell: w.shell, Close: func() { w.closed++ }}
	if err := s.Take(past, w.books); err != nil {
		w.t.Errorf("what is on record: %v", err)
	}
	return s
}

func (w *world) story() *look.Story {
	return &look.Story{Run: runbook.NewRun(), Books: runbook.Books{}, Zone: w.zone, Kept: w.Kept, Scrub: w.scrub, Usual: w.usualOf()}
}

// Past reads the run that was walked last.
func (w *world) Past(context.Context, string) (*look.Story, error) {
	if err := w.answer("Past"); err != nil {
		return nil, err
	}
	s := w.story()
	return s, s.Take(w.log, w.books)
}

// Save says where a report would be.
func (w *world) Save(_ context.Context, run string) (string, error) {
	return "/home/ann/lifeboat-" + strings.ToLower(run[20:]) + ".md", w.answer("Save")
}

// Add appends a fact to a run that nobody walks.
func (w *world) Add(_ context.Context, _ string, in runbook.Intent) ([]runbook.Record, error) {
	if err := w.answer("Station.Add"); err != nil {
		return nil, err
	}
	events, err := runbook.Decide(w.books, w.run, in, runbook.Second{}, time.Now().UTC())
	if err != nil {
		return nil, err
	}
	before := len(w.log)
	w.Write(events...)
	return w.log[before:], nil
}

// Run is the run that is walked.
func (w *world) Run() *runbook.Run { return w.run }

// Books are those that it has opened.
func (w *world) Books() runbook.Books { return w.books }

// Write writes events of the operator as one, and shows them.
func (w *world) Write(events ...runbook.Event) { w.append(time.Time{}, "ann", events...) }

// append writes events as one, and shows them.
func (w *world) append(at time.Time, actor string, events ...runbook.Event) {
	var batch []runbook.Record
	opened := runbook.Books{}
	for _, e := range events {
		rec := runbook.Record{Seq: uint64(len(w.log) + 1), Time: time.Now().UTC(), Meta: runbook.Meta{Actor: actor, At: at}, Event: e}
		if err := w.run.Apply(rec); err != nil {
			w.t.Errorf("%T: %v", e, err)
		}
		if b, ok := e.(runbook.BookOpened); ok {
			opened[b.Book] = w.books[b.Book]
		}
		w.log, batch = append(w.log, rec), append(batch, rec)
	}
	w.feed.Watch(batch, opened)
}

// elsewhere is what somebody else writes, from another terminal.
func (w *world) elsewhere(events ...runbook.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range events {
		w.others = append(w.others, fact{actor: "zoe", event: e})
	}
}

// catchUp takes in what was written elsewhere, and looks at the clocks.
func (w *world) catchUp(context.Context) error {
	w.Pass()
	w.mu.Lock()
	facts := w.others
	w.others = nil
	w.mu.Unlock()
	for _, f := range facts {
		w.append(f.at, f.actor, f.event)
	}
	if b := w.first(); b != nil && w.run.Ended == nil {
		now := time.Now()
		usual := func(*runbook.Step) (runbook.Usual, bool) { return runbook.Usual{}, false }
		if u := w.usualOf(); u != nil {
			usual = func(s *runbook.Step) (runbook.Usual, bool) { return u(b, s) }
		}
		for _, e := range runbook.Warnings(runbook.Clocks(b, w.run, now), runbook.PaceOf(b, w.run, usual, now), w.run, now) {
			w.Write(e)
		}
	}
	return nil
}

func (w *world) first() *runbook.Book {
	if len(w.run.Books) == 0 {
		return nil
	}
	return w.books[w.run.Books[0].Book]
}

// kinds are the kinds of the events in the log after a record, for tests that say
// what a key may write.
func (w *world) kinds(after int) []string {
	var out []string
	for _, rec := range w.log[after:] {
		out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", rec.Event), "runbook."))
	}
	return out
}
