package engine

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"lifeboat/runbook"
)

// mostValue is the longest output that can become a fact, in bytes.
const mostValue = 64 << 10

// conclude writes what became of a command, and all that follows from it, as
// one. Of a command whose keeper was lost, nobody knows.
func (e *Engine) conclude(ctx context.Context, n int, first []Entry, again bool) error {
	e.mu.Lock()
	r := e.live[n]
	e.mu.Unlock()
	o, err := r.Outcome(context.WithoutCancel(ctx))
	if err != nil && r.Started().PID != 0 {
		return e.loseTrack(ctx, n, r, first)
	}
	if err != nil {
		now := e.ports.Clock.Now().UTC()
		o = runbook.Outcome{Exit: -1, Why: runbook.Exited, Fault: err.Error(), Started: now, Ended: now}
	}
	e.mu.Lock()
	delete(e.live, n)
	e.mu.Unlock()
	f := e.outcome(n, o, r.task, again)
	f.entries = append(first, f.entries...)
	return e.appendFact(ctx, f)
}

// loseTrack looks for a command once more whose keeper gave no outcome.
func (e *Engine) loseTrack(ctx context.Context, n int, r running, first []Entry) error {
	started := r.Started()
	p, found, err := e.ports.Shell.Attach(context.WithoutCancel(ctx), n, &started)
	e.mu.Lock()
	delete(e.live, n)
	e.mu.Unlock()
	if err == nil && found == FoundEnded {
		if o, err := p.Outcome(context.WithoutCancel(ctx)); err == nil {
			f := e.outcome(n, o, r.task, false)
			f.entries = append(first, f.entries...)
			return e.appendFact(ctx, f)
		}
	}
	lost := runbook.OutcomeUnknown{Attempt: n, Seen: "gone"}
	if err == nil && (found == FoundAlive || found == FoundRunning) {
		lost.Seen = "running"
	}
	return e.appendFact(ctx, fact{attempt: n, entries: append(first, e.entry(lost))})
}

// outcome turns an outcome into a fact.
func (e *Engine) outcome(n int, o runbook.Outcome, t *task, again bool) fact {
	own := t.purpose == ""
	f := finished(n, o)
	ok := f.Exit == 0 && f.Why == runbook.Exited && f.Fault == ""
	if t.block.Expect != nil && ok && own {
		f.Expected = e.expected(&f, o, t.block)
	}
	facts := o.Facts
	ok = ok && f.Expected != "missed" && f.Fault == ""
	if t.block.Fact != "" && ok && own && o.Output.File != "" {
		value, err := e.ports.Output.Text(o.Output.File, mostValue)
		if err != nil {
			f.Fault, ok = fmt.Sprintf("its output can't become the fact %s: %v", t.block.Fact, err), false
		} else {
			facts = append(slices.Clone(facts), runbook.Fact{Name: t.block.Fact, Value: strings.TrimSpace(value)})
		}
	}
	f.Again = again && !ok && f.Why != runbook.Stopped
	done := e.entry(f)
	done.At = o.Ended.UTC()
	out := fact{attempt: n, entries: []Entry{done}}
	contaminated := false
	for _, got := range facts {
		out.entries = append(out.entries, e.entry(runbook.FactReported{Name: got.Name, Value: got.Value, Attempt: n}))
		contaminated = contaminated || e.contaminates(got)
	}
	e.carry(e.run.Attempt(n), o, ok)
	// A value that was lost with the lifeboat that waited for it was not given.
	if t.block.Secret != "" && ok && own && o.Value.Reveal() != "" {
		e.know(t.block.Secret, known{o.Value, "block"})
		out.entries = append(out.entries, e.entry(runbook.SecretGiven{Name: t.block.Secret, From: "block"}))
	}
	if ok && !contaminated {
		out.then = func(at time.Time) []runbook.Event { return e.follows(n, at) }
	}
	return out
}

// follows is what a command's success leads to: its item ticked, its step
// finished, a hold left. It says nothing about an item that was settled
// otherwise, or about a later round of its step.
func (e *Engine) follows(n int, at time.Time) []runbook.Event {
	a := e.run.Attempt(n)
	st := e.run.Item(a.Item)
	_, _, it, ok := e.books.Item(a.Item)
	if !ok || !slices.Contains(st.Attempts, n) {
		return nil
	}
	switch a.For {
	case "rollback":
		return []runbook.Event{runbook.HoldReleased{Item: a.Item, How: "rolled_back"}}
	case "":
		if st.Done || !e.run.LastBlock(it, a.Item, a.Block) {
			return nil
		}
		return append([]runbook.Event{runbook.ItemTicked{Item: a.Item, As: "succeeded"}}, runbook.Done(e.books, e.run, a.Item, at)...)
	}
	return nil
}

// carry takes in what a command did to the secrets: as in one terminal, what
// one that succeeded set is what the next one sees. Values of one that failed
// are kept out of sight all the same.
func (e *Engine) carry(a *runbook.Attempt, o runbook.Outcome, ok bool) {
	leaves := ok && o.Captured && !a.Background && !a.Aside()
	if leaves {
		for _, name := range append(slices.Collect(maps.Keys(o.Set)), o.Unset...) {
			e.forget(name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Withheld)) {
		value := o.Withheld[name]
		switch {
		case value.Reveal() == "": // it died with the lifeboat that waited for it
			if leaves {
				e.forget(name)
			}
		case leaves:
			e.know(name, known{value, "withheld"})
		default:
			e.masked = append(e.masked, runbook.Named{Name: name, Value: value})
			e.hide()
		}
	}
}

func finished(n int, o runbook.Outcome) runbook.CommandFinished {
	f := runbook.CommandFinished{
		Attempt: n, Exit: o.Exit, Signal: o.Signal, Why: o.Why, Fault: o.Fault, Started: o.Started.UTC(), Ended: o.Ended.UTC(),
		Elapsed: o.Elapsed, Output: o.Output, Dir: o.Dir, Set: o.Set, Unset: o.Unset,
		Withheld: slices.Sorted(maps.Keys(o.Withheld)), Captured: o.Captured, Survivors: o.Survivors,
	}
	// A command that ended well has done its work, whatever its record lacks.
	if f.Exit == 0 && f.Why == runbook.Exited {
		f.Fault, f.Note = "", o.Fault
	}
	return f
}

// expected compares the output as kept with what it must hold. What a block
// with secret= printed is compared in memory, since nothing of it is kept.
func (e *Engine) expected(f *runbook.CommandFinished, o runbook.Outcome, bl *runbook.Block) string {
	met, err := false, error(nil)
	switch {
	case bl.Secret != "":
		met, err = holds(o.Value.Reveal(), *bl.Expect)
	case f.Output.File != "":
		met, err = e.ports.Output.Matches(f.Output.File, *bl.Expect)
	}
	if err != nil {
		f.Fault = "its output can't be compared: " + err.Error()
	}
	if !met {
		return "missed"
	}
	return "met"
}

func holds(text string, want runbook.Expect) (bool, error) {
	if !want.Regex {
		return strings.Contains(text, want.Text), nil
	}
	re, err := regexp.Compile(strings.TrimSuffix(strings.TrimPrefix(want.Text, "/"), "/"))
	if err != nil {
		return false, err
	}
	return re.MatchString(text), nil
}

// contaminates says whether a fact is a recovery point after the damage began.
func (e *Engine) contaminates(f runbook.Fact) bool {
	if f.Name != "recovery_point" {
		return false
	}
	at, err := time.Parse(time.RFC3339Nano, f.Value)
	began, _ := e.run.Began()
	return err == nil && at.After(began)
}
