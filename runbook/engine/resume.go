package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lifeboat/runbook"
)

// Resume takes an open run up again: it reads the log, finds out what became of
// the commands that were running, and writes both down.
func Resume(ctx context.Context, p Ports, s Surroundings, secrets []runbook.Named, resumed runbook.RunResumed) (*Engine, error) {
	e := build(p, s)
	for _, n := range secrets {
		e.secrets[n.Name] = known{n.Value, "asked"}
	}
	var err error
	if e.run, e.books, _, err = Fold(ctx, p.Log, p.Library); err != nil {
		return nil, err
	}
	e.hide()
	switch {
	case e.run.ReadOnly != "":
		return nil, &runbook.Refusal{Reason: "the run is read only: " + e.run.ReadOnly, Hint: "use the lifeboat that wrote it; report and log still work"}
	case e.run.Ended != nil:
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("run %s has ended: %s", e.run.ID(), e.run.Ended.State), Hint: "lifeboat report shows it; lifeboat note adds to it"}
	}
	resumed.Away = max(0, p.Clock.Now().Sub(e.run.Last).Round(time.Millisecond))
	if err := e.append(ctx, []runbook.Event{resumed}); err != nil {
		return nil, err
	}
	for _, a := range e.run.Running() {
		if err := e.find(ctx, a); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// Fold gives the state of a run and its books without walking it.
func Fold(ctx context.Context, log Log, lib Library) (*runbook.Run, runbook.Books, []runbook.Record, error) {
	records, err := log.Read(ctx, 0)
	if err != nil {
		return nil, nil, nil, err
	}
	if len(records) == 0 {
		return nil, nil, nil, errors.New("the run has no records")
	}
	run := runbook.NewRun()
	for _, rec := range records {
		if err := run.Apply(rec); err != nil {
			return nil, nil, nil, fmt.Errorf("run %s: %w", run.ID(), err)
		}
	}
	books, err := open(ctx, run, log, lib)
	return run, books, records, err
}

// open reads the texts that a run follows: those in the log, not those on disk.
func open(ctx context.Context, run *runbook.Run, log Log, lib Library) (runbook.Books, error) {
	books := runbook.Books{}
	for _, f := range run.Books {
		book, err := BookOf(ctx, log, lib, f.BookOpened)
		if err != nil {
			return nil, err
		}
		books[f.Book] = book
	}
	return books, nil
}

// BookOf reads a book that a run follows: the text that the log kept, not the
// file.
func BookOf(ctx context.Context, log Log, lib Library, e runbook.BookOpened) (*runbook.Book, error) {
	text, err := log.Book(ctx, e.Hash)
	if err != nil {
		return nil, err
	}
	book, err := lib.Parse(e.Source, text)
	if err != nil {
		return nil, err
	}
	book.Name = e.Book
	return book, nil
}

// find looks for one command: it runs under its keeper and can be waited for,
// it has ended and left its outcome, or nobody knows.
func (e *Engine) find(ctx context.Context, a *runbook.Attempt) error {
	n := a.CommandIntended.Attempt
	p, found, err := e.ports.Shell.Attach(ctx, n, started(a))
	if err != nil {
		return err
	}
	switch found {
	case FoundRunning:
		e.keep(n, p, e.taskOf(a))
		return nil
	case FoundEnded:
		e.keep(n, p, e.taskOf(a))
		return e.conclude(ctx, n, e.firstOf(a, p), false)
	case FoundAlive:
		return e.lose(ctx, n, "running")
	case FoundGone:
		return e.lose(ctx, n, "gone")
	case FoundNotStarted:
		return e.lose(ctx, n, "not_started")
	}
	return fmt.Errorf("attempt %d: found %q", n, found)
}

func (e *Engine) lose(ctx context.Context, n int, seen string) error {
	return e.appendFact(ctx, fact{attempt: n, entries: []Entry{e.entry(runbook.OutcomeUnknown{Attempt: n, Seen: seen})}})
}

// started is what is on record of a command's start; nil: nothing.
func started(a *runbook.Attempt) *runbook.Started {
	if a.Run == nil {
		return nil
	}
	return &runbook.Started{PID: a.Run.PID, Process: a.Run.Process, Boot: a.Run.Boot, Keeper: a.Run.Keeper, Time: a.RunAt}
}

// taskOf is the block that an attempt ran, as far as its end needs it.
func (e *Engine) taskOf(a *runbook.Attempt) *task {
	t := &task{item: a.Item, place: a.Block, purpose: a.For, text: a.Text, shell: a.Shell, block: &runbook.Block{}}
	if b, _, it, ok := e.books.Item(a.Item); ok && a.Block < len(it.Blocks) && a.For == "" {
		t.book, t.block = b, it.Blocks[a.Block]
	}
	return t
}

// await waits for a command until its fate is on record: one that runs here, one
// that nobody keeps, or one whose outcome the log doesn't take yet.
func (e *Engine) await(ctx context.Context, n int) error {
	defer e.setOrphan(nil)
	for {
		a := e.run.Attempt(n)
		switch {
		case e.process(n) != nil:
			return e.follow(ctx, n, false)
		case e.waits(n):
		case a.Open():
			if err := e.find(ctx, a); err != nil {
				return err
			}
			continue
		case alive(a): // all that can be seen is whether it is still there
			if err := e.settle(ctx, n); err != nil || !alive(a) {
				return err
			}
		default:
			return nil
		}
		if whole, err := e.pause(ctx, time.Second); err != nil || !whole {
			return left(err)
		}
	}
}

// left says that the walk didn't wait any longer for a command.
func left(err error) error {
	if errors.Is(err, context.Canceled) {
		return ErrLeft
	}
	return err
}

// alive says that a command was last seen running by somebody who could not wait
// for it.
func alive(a *runbook.Attempt) bool { return a.Lost != nil && a.Lost.Seen == "running" && !a.Settled }

// settle looks once more for a command whose outcome isn't known.
func (e *Engine) settle(ctx context.Context, n int) error {
	a := e.run.Attempt(n)
	p, found, err := e.ports.Shell.Attach(ctx, n, started(a))
	if err != nil {
		return err
	}
	switch found {
	case FoundRunning, FoundEnded:
		return e.find(ctx, a)
	case FoundAlive:
		e.setOrphan(p)
		if a.Lost.Seen != "running" {
			return e.lose(ctx, n, "running")
		}
	case FoundGone, FoundNotStarted:
		if a.Lost.Seen == "running" {
			return e.lose(ctx, n, "gone")
		}
	}
	return nil
}

func (e *Engine) setOrphan(p Process) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.orphan = p
}

// Collect writes the outcomes of background commands that ended meanwhile, and
// finds out about those that nobody here knows of: an intent may have reached
// the disk although writing it gave an error.
func (e *Engine) Collect(ctx context.Context) error {
	for _, a := range e.run.Running() {
		n := a.CommandIntended.Attempt
		if n == e.fore || e.waits(n) || !a.Open() { // writing one outcome may have written others that waited
			continue
		}
		p := e.process(n)
		if p == nil {
			if err := e.find(ctx, a); err != nil {
				return err
			}
			continue
		}
		select {
		case <-p.Done():
			if err := e.conclude(ctx, n, e.firstOf(a, p), false); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

// firstOf is the record of a command's start, if there is none yet.
func (e *Engine) firstOf(a *runbook.Attempt, p Process) []Entry {
	if a.Run != nil {
		return nil
	}
	return []Entry{e.startedEntry(a.CommandIntended.Attempt, p.Started())}
}

// stop ends a command and waits for its outcome.
func (e *Engine) stop(ctx context.Context, n int) error {
	a := e.run.Attempt(n)
	p := e.process(n)
	switch {
	case p == nil && alive(a):
		var found Found
		var err error
		if p, found, err = e.ports.Shell.Attach(ctx, n, started(a)); err != nil {
			return err
		}
		if found != FoundAlive && found != FoundRunning {
			return e.await(ctx, n)
		}
	case p == nil:
		return e.await(ctx, n)
	}
	if err := p.Stop(); err != nil {
		return err
	}
	return e.await(ctx, n)
}
