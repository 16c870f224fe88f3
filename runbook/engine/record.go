package engine

import (
	"context"
	"fmt"
	"time"

	"lifeboat/runbook"
)

func (e *Engine) entry(ev runbook.Event) Entry {
	return Entry{Event: ev, Meta: runbook.Meta{
		Actor: e.who.Name, Role: e.who.Role, Host: e.who.Host, Mono: int64(e.ports.Clock.Boot()),
	}}
}

func (e *Engine) entries(events []runbook.Event) []Entry {
	out := make([]Entry, len(events))
	for i, ev := range events {
		out[i] = e.entry(ev)
	}
	return out
}

func (e *Engine) append(ctx context.Context, events []runbook.Event, texts ...[]byte) error {
	return e.appendEntries(ctx, e.entries(events), texts...)
}

// appendEntries puts a batch on disk and then into the run. A batch that ends a
// step also makes durable what guards the log's tail.
func (e *Engine) appendEntries(ctx context.Context, entries []Entry, texts ...[]byte) error {
	if len(entries) == 0 {
		return nil
	}
	b := Batch{Entries: entries, Books: texts}
	for _, en := range entries {
		switch en.Event.(type) {
		case runbook.RunOpened:
			b.StepEnd, b.Station = true, e.registers(entries)
		case runbook.RunEnded:
			b.StepEnd, b.Station = true, e.seals
		case runbook.StepFinished, runbook.StepSkipped, runbook.RunLeft:
			b.StepEnd = true
		}
	}
	// An outcome must reach the disk although the walk was just left.
	records, err := e.ports.Log.Append(context.WithoutCancel(ctx), b)
	if err != nil {
		return err
	}
	if records[0].Seq != e.run.Seq+1 { // somebody else wrote in between
		if records, err = e.ports.Log.Read(context.WithoutCancel(ctx), e.run.Seq); err != nil {
			return err
		}
	}
	return e.take(records)
}

// registers gives what tells the station that the run exists: its id, its book
// and the hash of the batch that opened it.
func (e *Engine) registers(opening []Entry) func(runbook.Record) []Entry {
	return func(last runbook.Record) []Entry {
		said := runbook.RunRegistered{Hash: last.Hash, Seq: last.Seq}
		for _, en := range opening {
			switch ev := en.Event.(type) {
			case runbook.RunOpened:
				said.Run = ev.Run
			case runbook.BookOpened:
				said.Book = ev.Book
			}
		}
		return []Entry{e.entry(said)}
	}
}

// seals gives what tells the station where the run ended, so that a run that
// was cut short later is noticed.
func (e *Engine) seals(last runbook.Record) []Entry {
	return []Entry{e.entry(runbook.RunSealed{Run: e.run.ID(), Seq: last.Seq, Hash: last.Hash})}
}

// take applies records and tells whoever watches.
func (e *Engine) take(records []runbook.Record) error {
	for _, rec := range records {
		if err := e.run.Apply(rec); err != nil {
			return fmt.Errorf("run %s: %w", e.run.ID(), err)
		}
	}
	if e.ports.Watch != nil && len(records) > 0 {
		e.ports.Watch(records)
	}
	return nil
}

// CatchUp takes in what others wrote, writes what waits to be written, and looks
// at the clocks.
func (e *Engine) CatchUp(ctx context.Context) error {
	records, err := e.ports.Log.Read(ctx, e.run.Seq)
	if err != nil {
		return err
	}
	if err := e.take(records); err != nil {
		return err
	}
	if err := e.flushLate(ctx); err != nil {
		return err
	}
	return e.Tick(ctx)
}

// heed is what goes on while the walk waits. An error is none of the waiter's:
// what can't be written waits, and whoever wants to act is told.
func (e *Engine) heed(ctx context.Context) {
	_ = e.ready(ctx)
}

// pause waits, heeding the rest meanwhile. It ends early when ctx does, or, with
// nil, when Interrupt is called.
func (e *Engine) pause(ctx context.Context, d time.Duration) (whole bool, err error) {
	hush := make(chan struct{})
	e.mu.Lock()
	e.hush = hush
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.hush = nil
		e.mu.Unlock()
	}()
	for d > 0 {
		slice := min(d, time.Second)
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-hush:
			return false, nil
		case <-e.ports.Clock.After(slice):
			d -= slice
			e.heed(ctx)
		}
	}
	return true, nil
}

// Tick looks at the clocks: it records jumps, and says what has to be said once.
// Front ends call CatchUp every second while they wait, which includes it.
func (e *Engine) Tick(ctx context.Context) error {
	if e.run.Ended != nil || e.run.ReadOnly != "" {
		return nil
	}
	now := e.look()
	var events []runbook.Event
	for _, jump := range e.seen.jumps(now) {
		events = append(events, jump)
	}
	if b := e.books.First(e.run); b != nil && len(b.Objectives) > 0 && now.wall.Sub(e.warned).Abs() >= time.Second {
		e.warned = now.wall
		for _, w := range runbook.Warnings(runbook.Clocks(b, e.run, now.wall), e.Pace(b), e.run, now.wall) {
			events = append(events, w)
		}
	}
	if err := e.append(ctx, events); err != nil {
		return err // a jump that isn't on record is seen again by the next look
	}
	e.seen = now
	return nil
}

// Pace says when the run will end if it goes on as earlier ones did.
func (e *Engine) Pace(b *runbook.Book) runbook.Pace {
	usual := func(s *runbook.Step) (runbook.Usual, bool) {
		if e.ports.Usual == nil {
			return runbook.Usual{}, false
		}
		return e.ports.Usual(b, s)
	}
	return runbook.PaceOf(b, e.run, usual, e.ports.Clock.Now())
}

// A look is what the clocks showed at one moment.
type look struct {
	wall        time.Time
	boot, awake time.Duration
}

func (e *Engine) look() look {
	return look{e.ports.Clock.Now().Round(0), e.ports.Clock.Boot(), e.ports.Clock.Awake()}
}

// jumps compares wall time with the time that really passed, and that with the
// time that the machine was awake. Two seconds are the smallest jump that is
// worth a record.
func (l look) jumps(now look) []runbook.ClockJumped {
	const least = 2 * time.Second
	var out []runbook.ClockJumped
	wall, passed, ran := now.wall.Sub(l.wall), now.boot-l.boot, now.awake-l.awake
	if d := passed - ran; d > least {
		out = append(out, runbook.ClockJumped{Delta: d, Clock: "suspend"})
	}
	if d := wall - passed; d > least || d < -least {
		out = append(out, runbook.ClockJumped{Delta: d, Clock: "step"})
	}
	return out
}
