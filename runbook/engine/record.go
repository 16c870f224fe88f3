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

// CatchUp takes in what others wrote, and looks at the clocks.
func (e *Engine) CatchUp(ctx context.Context) error {
	records, err := e.ports.Log.Read(ctx, e.run.Seq)
	if err != nil {
		return err
	}
	if err := e.take(records); err != nil {
		return err
	}
	return e.Tick(ctx)
}

// Tick looks at the clocks: it records jumps, and says what has to be said once.
// Front ends call it every second while they wait.
func (e *Engine) Tick(ctx context.Context) error {
	now := e.ports.Clock.Now()
	var events []runbook.Event
	if jump, ok := e.jumped(now); ok {
		events = append(events, jump)
	}
	if b := e.first(); b != nil && e.run.Ended == nil && len(b.Objectives) > 0 && now.Sub(e.warned).Abs() >= time.Second {
		e.warned = now
		for _, w := range runbook.Warnings(runbook.Clocks(b, e.run, now), e.Pace(b), e.run, now) {
			events = append(events, w)
		}
	}
	return e.append(ctx, events)
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

// jumped compares wall time with the time that really passed. Two seconds are
// the smallest jump that is worth a record.
func (e *Engine) jumped(now time.Time) (runbook.ClockJumped, bool) {
	const least = 2 * time.Second
	boot, awake := e.ports.Clock.Boot(), e.ports.Clock.Awake()
	wall, passed, ran := now.Round(0).Sub(e.wall.Round(0)), boot-e.boot, awake-e.awake
	e.wall, e.boot, e.awake = now, boot, awake
	if d := wall - passed; d > least || d < -least {
		return runbook.ClockJumped{Delta: d, Clock: "step"}, true
	}
	if d := passed - ran; d > least {
		return runbook.ClockJumped{Delta: d, Clock: "suspend"}, true
	}
	return runbook.ClockJumped{}, false
}

// first is the book that the run was opened with: its objectives are judged.
func (e *Engine) first() *runbook.Book {
	if len(e.run.Books) == 0 {
		return nil
	}
	return e.books[e.run.Books[0].Book]
}

// appendFact writes what has happened already. It can't be refused, so when it
// can't be written it waits in memory, and nothing new is started until it is.
func (e *Engine) appendFact(ctx context.Context, entries []Entry) error {
	err := e.appendEntries(ctx, entries)
	if err == nil {
		return nil
	}
	if len(e.late) == 0 {
		e.lateAt = e.ports.Clock.Now().UTC()
	}
	for _, en := range entries {
		if en.At.IsZero() {
			en.At = e.ports.Clock.Now().UTC()
		}
		e.late = append(e.late, en)
	}
	e.lateWhy = err.Error()
	return fmt.Errorf("what happened is in memory, not in the log: %w", err)
}

// flushLate writes what waited, and says that it is late.
func (e *Engine) flushLate(ctx context.Context) error {
	if len(e.late) == 0 {
		return nil
	}
	entries := append(e.late, e.entry(runbook.WrittenLate{From: e.lateAt, To: e.ports.Clock.Now().UTC(), Why: e.lateWhy}))
	if err := e.appendEntries(ctx, entries); err != nil {
		return fmt.Errorf("what happened is still in memory, not in the log: %w", err)
	}
	e.late, e.lateWhy = nil, ""
	return nil
}
