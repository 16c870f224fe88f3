package engine

import (
	"context"
	"errors"
	"fmt"

	"lifeboat/runbook"
)

// Add appends what anybody may add to a run at any time, whoever walks it: a
// note, a mark, a correction, a signature. It needs the log, the clock and what
// masks secrets: those that the run was given and this process has too, and,
// with a library, those that the run's books declare.
func Add(ctx context.Context, p Ports, s Surroundings, in runbook.Intent) error {
	switch in.(type) {
	case runbook.Write, runbook.Mark, runbook.TakeRole, runbook.Pass, runbook.Accept, runbook.Correct, runbook.Sign:
	default:
		return &runbook.Refusal{Reason: fmt.Sprintf("%T moves the walk: only whoever walks the run can do that", in)}
	}
	e := build(p, s)
	records, err := p.Log.Read(ctx, 0)
	if err != nil {
		return err
	}
	if len(records) == 0 {
		return errors.New("the run has no records")
	}
	for _, rec := range records {
		if err := e.run.Apply(rec); err != nil {
			return fmt.Errorf("run %s: %w", e.run.ID(), err)
		}
	}
	if p.Library != nil {
		if books, err := open(ctx, e.run, p.Log, p.Library); err == nil { // a note can be taken without
			e.books = books
		}
	}
	e.hide()
	return e.decide(ctx, in)
}

// Adopt follows a new text of a book from here on. Steps and items keep their
// state by id.
func (e *Engine) Adopt(ctx context.Context, b *runbook.Book) error {
	if err := e.append(ctx, []runbook.Event{opened(b, "edited")}, b.Text); err != nil {
		return err
	}
	e.books[b.Name] = b
	e.hide()
	return nil
}
