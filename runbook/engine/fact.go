package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lifeboat/runbook"
)

// Add appends what anybody may add to a run at any time, whoever walks it: a
// note, a mark, a correction, a signature. It needs the log and the clock alone.
// Secrets that this process knows are masked.
func Add(ctx context.Context, p Ports, s Surroundings, in runbook.Intent) error {
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
	for _, kv := range s.Env {
		name, value, _ := strings.Cut(kv, "=")
		if _, given := e.run.Given[name]; given || p.Secrecy.Looks(name) {
			e.secrets[name] = runbook.NewSecret(value)
		}
	}
	return e.decide(ctx, in)
}

// Scrub masks every secret that the walk knows.
func (e *Engine) Scrub(text string) string { return e.ports.Secrecy.Scrub(text, e.named()) }

// Adopt follows a new text of a book from here on. Steps and items keep their
// state by id.
func (e *Engine) Adopt(ctx context.Context, b *runbook.Book) error {
	if err := e.append(ctx, []runbook.Event{opened(b, "edited")}, b.Text); err != nil {
		return err
	}
	e.books[b.Name] = b
	return nil
}
