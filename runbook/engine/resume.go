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
		e.secrets[n.Name] = n.Value
	}
	records, err := p.Log.Read(ctx, 0)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errors.New("the run has no records")
	}
	for _, rec := range records {
		if err := e.run.Apply(rec); err != nil {
			return nil, fmt.Errorf("run %s: %w", e.run.ID(), err)
		}
	}
	for _, f := range e.run.Books {
		text, err := p.Log.Book(ctx, f.Hash)
		if err != nil {
			return nil, err
		}
		book, err := p.Library.Parse(f.Source, text)
		if err != nil {
			return nil, err
		}
		book.Name = f.Book
		e.books[f.Book] = book
	}
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
	return e, e.findOpen(ctx)
}

// Fold gives the state of a run and its books without walking it.
func Fold(ctx context.Context, log Log, lib Library) (*runbook.Run, runbook.Books, []runbook.Record, error) {
	records, err := log.Read(ctx, 0)
	if err != nil {
		return nil, nil, nil, err
	}
	run := runbook.NewRun()
	for _, rec := range records {
		if err := run.Apply(rec); err != nil {
			return nil, nil, nil, err
		}
	}
	books := runbook.Books{}
	for _, f := range run.Books {
		text, err := log.Book(ctx, f.Hash)
		if err != nil {
			return nil, nil, nil, err
		}
		book, err := lib.Parse(f.Source, text)
		if err != nil {
			return nil, nil, nil, err
		}
		book.Name = f.Book
		books[f.Book] = book
	}
	return run, books, records, nil
}

// findOpen finds out what became of the commands that had no outcome.
func (e *Engine) findOpen(ctx context.Context) error {
	for _, a := range e.run.Running() {
		if err := e.find(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

// find looks for one command: it runs under its keeper and can be waited for,
// it has ended and left its outcome, or nobody knows.
func (e *Engine) find(ctx context.Context, a *runbook.Attempt) error {
	n := a.CommandIntended.Attempt
	var started *runbook.Started
	if a.Run != nil {
		started = &runbook.Started{PID: a.Run.PID, Process: a.Run.Process, Boot: a.Run.Boot, Keeper: a.Run.Keeper, Time: a.RunAt}
	}
	p, found, err := e.ports.Shell.Attach(ctx, n, started)
	if err != nil {
		return err
	}
	switch found {
	case FoundRunning:
		e.mu.Lock()
		e.live[n] = p
		e.mu.Unlock()
		return nil
	case FoundEnded:
		var first []Entry
		if a.Run == nil {
			first = []Entry{e.startedEntry(n, p.Started())}
		}
		return e.conclude(ctx, n, p, e.taskOf(a), first, false)
	case FoundAlive:
		return e.append(ctx, []runbook.Event{runbook.OutcomeUnknown{Attempt: n, Seen: "running"}})
	case FoundGone:
		return e.append(ctx, []runbook.Event{runbook.OutcomeUnknown{Attempt: n, Seen: "gone"}})
	case FoundNotStarted:
		return e.append(ctx, []runbook.Event{runbook.OutcomeUnknown{Attempt: n, Seen: "not_started"}})
	}
	return fmt.Errorf("attempt %d: found %q", n, found)
}

// taskOf is the block that an attempt ran, as far as its end needs it.
func (e *Engine) taskOf(a *runbook.Attempt) *task {
	t := &task{item: a.Item, place: a.Block, purpose: a.For, text: a.Text, shell: a.Shell, block: &runbook.Block{}}
	if b, _, it, ok := e.books.Item(a.Item); ok && a.Block < len(it.Blocks) && a.For == "" {
		t.book, t.block = b, it.Blocks[a.Block]
	}
	return t
}

// await waits for a command that runs in the background, or that outlived the
// process that started it.
func (e *Engine) await(ctx context.Context, n int) error {
	a := e.run.Attempt(n)
	if a == nil || (a.End != nil) {
		return &runbook.Refusal{Reason: fmt.Sprintf("attempt %d doesn't run", n)}
	}
	if p := e.process(n); p != nil {
		return e.follow(ctx, n, p, e.taskOf(a), false)
	}
	for { // nobody keeps its output: all that can be seen is whether it is still there
		if err := e.settle(ctx, n); err != nil || a.Lost == nil || a.Lost.Seen != "running" {
			return err
		}
		select {
		case <-ctx.Done():
			return ErrLeft
		case <-e.ports.Clock.After(time.Second):
		}
	}
}

// settle looks once more for a command whose outcome isn't known.
func (e *Engine) settle(ctx context.Context, n int) error {
	a := e.run.Attempt(n)
	if a == nil || a.Lost == nil {
		return &runbook.Refusal{Reason: fmt.Sprintf("the outcome of attempt %d is not in question", n)}
	}
	var started *runbook.Started
	if a.Run != nil {
		started = &runbook.Started{PID: a.Run.PID, Process: a.Run.Process, Boot: a.Run.Boot, Keeper: a.Run.Keeper, Time: a.RunAt}
	}
	_, found, err := e.ports.Shell.Attach(ctx, n, started)
	if err != nil || string(found) == a.Lost.Seen || found == FoundAlive {
		return err
	}
	if found == FoundRunning || found == FoundEnded {
		return e.find(ctx, a)
	}
	return e.append(ctx, []runbook.Event{runbook.OutcomeUnknown{Attempt: n, Seen: "gone"}})
}

// Collect writes the outcomes of background commands that ended meanwhile.
func (e *Engine) Collect(ctx context.Context) error {
	for _, a := range e.run.Running() {
		n := a.CommandIntended.Attempt
		p := e.process(n)
		if p == nil {
			continue
		}
		select {
		case <-p.Done():
			if err := e.conclude(ctx, n, p, e.taskOf(a), nil, false); err != nil {
				return err
			}
		default:
		}
	}
	return nil
}

func (e *Engine) process(n int) Process {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live[n]
}

func (e *Engine) setFore(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fore = n
}

// Interrupt stops the command that the walk waits for, and says whether there
// was one. It may be called from any goroutine.
func (e *Engine) Interrupt() bool {
	e.mu.Lock()
	p := e.live[e.fore]
	e.mu.Unlock()
	return p != nil && p.Stop() == nil
}

// stop ends a command and waits for its outcome.
func (e *Engine) stop(ctx context.Context, n int) error {
	p := e.process(n)
	if p == nil {
		return &runbook.Refusal{Reason: fmt.Sprintf("attempt %d can't be stopped from here", n), Hint: "nobody keeps it: end its process by hand, then decide"}
	}
	if err := p.Stop(); err != nil {
		return err
	}
	return e.follow(ctx, n, p, e.taskOf(e.run.Attempt(n)), false)
}
