package engine

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"lifeboat/runbook"
)

// A fact is something that has happened. It can't be refused: when it can't be
// written it waits in memory, and nothing new is started until it is.
type fact struct {
	attempt int // whose fate it is; 0: nobody's
	entries []Entry
	then    func(at time.Time) []runbook.Event // what follows, judged when it is written; nil: nothing
	at      time.Time                          // when it became known
}

// appendFact writes a fact, behind those that wait.
func (e *Engine) appendFact(ctx context.Context, f fact) error {
	f.at = e.ports.Clock.Now().UTC()
	if len(e.late) > 0 {
		e.late = append(e.late, f)
		return e.flushLate(ctx)
	}
	before := e.run.Seq
	err := e.appendEntries(ctx, e.whole(f, false))
	if err == nil {
		return nil
	}
	e.late, e.lateAt, e.lateWhy, e.lateSeq = append(e.late, f), f.at, err.Error(), before
	return fmt.Errorf("what happened is in memory, not in the log: %w", err)
}

// whole is a fact with what follows from it. What is written late happened when
// it became known: an objective is not missed by a full disk.
func (e *Engine) whole(f fact, late bool) []Entry {
	out := slices.Clone(f.entries)
	if f.then != nil {
		out = append(out, e.entries(f.then(f.at))...)
	}
	if late {
		for i := range out {
			if out[i].At.IsZero() {
				out[i].At = f.at
			}
		}
	}
	return out
}

// flushLate writes what waits, one after the other, since each is judged by the
// state that the ones before it led to. It says that it is late.
func (e *Engine) flushLate(ctx context.Context) error {
	for len(e.late) > 0 {
		there, err := e.landed(ctx, e.late[0])
		if err != nil {
			return fmt.Errorf("what happened is still in memory, not in the log: %w", err)
		}
		if !there {
			entries := e.whole(e.late[0], true)
			if !e.lateSaid {
				entries = append(entries, e.entry(runbook.WrittenLate{From: e.lateAt, To: e.ports.Clock.Now().UTC(), Why: e.lateWhy}))
			}
			if err := e.appendEntries(ctx, entries); err != nil {
				return fmt.Errorf("what happened is still in memory, not in the log: %w", err)
			}
			e.lateSaid = true
		}
		e.late, e.lateSeq = e.late[1:], e.run.Seq
	}
	e.lateSaid = false
	return nil
}

// landed says whether a fact is in the log although writing it gave an error: a
// failed commit may have reached the disk. Nothing may be written twice.
func (e *Engine) landed(ctx context.Context, f fact) (bool, error) {
	records, err := e.ports.Log.Read(context.WithoutCancel(ctx), e.lateSeq)
	if err != nil {
		return false, err
	}
	if i := slices.IndexFunc(records, func(r runbook.Record) bool { return r.Seq > e.run.Seq }); i >= 0 {
		if err := e.take(records[i:]); err != nil {
			return false, err
		}
	}
	want, err := imprint(f.entries[0].Meta, f.entries[0].Event)
	if err != nil {
		return false, err
	}
	for _, rec := range records {
		if got, err := imprint(rec.Meta, rec.Event); err == nil && bytes.Equal(got, want) {
			return true, nil
		}
	}
	return false, nil
}

// imprint tells events apart: whoever wrote two, their boot-time clock moved on
// in between.
func imprint(m runbook.Meta, ev runbook.Event) ([]byte, error) {
	m.At = time.Time{}
	kind, _, data, err := runbook.Encode(m, ev)
	return append([]byte(kind+" "), data...), err
}

// waits says whether the fate of an attempt is known, but not written yet.
func (e *Engine) waits(n int) bool {
	return slices.ContainsFunc(e.late, func(f fact) bool { return f.attempt == n })
}
