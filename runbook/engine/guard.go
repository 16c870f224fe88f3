package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
)

const (
	// alone is how long somebody waits who has no second person, in a live run.
	alone = 60 * time.Second
	// mostShown is how many lines of a preview are put before the operator.
	mostShown = 12
)

// guard stands before a destructive command: it proves the target, shows what
// will be touched, and has both typed.
func (e *Engine) guard(ctx context.Context, t *task) error {
	if e.auto != nil && e.run.Mode == runbook.Live {
		return &runbook.Refusal{Reason: "a live danger never runs unattended", Hint: "resume the run without --auto"}
	}
	answer, err := e.prove(ctx, t)
	if err != nil {
		return err
	}
	lines, count, attempt, err := e.preview(ctx, t)
	if err != nil {
		return err
	}
	what := "type where this will act"
	if t.target.Identify == "" {
		what = "type the target's name"
	}
	if _, err := e.ports.Asker.Ask(ctx, runbook.Prompt{
		Kind: runbook.AskTarget, Item: t.item, Text: what, Want: answer, Lines: append([]string{"$ " + t.text}, lines...), More: count - len(lines),
	}); err != nil {
		return err
	}
	if t.block.Preview != "" {
		if _, err := e.ports.Asker.Ask(ctx, runbook.Prompt{
			Kind: runbook.AskCount, Item: t.item, Text: "type how many it will touch", Want: fmt.Sprint(count),
		}); err != nil {
			return err
		}
	}
	confirmed := runbook.DangerConfirmed{Item: t.item, Target: answer, Count: count, Preview: attempt}
	if e.auto != nil {
		confirmed.As = runbook.Unattended
	}
	t.before = append(t.before, confirmed)
	return nil
}

// prove asks the target who it is. Another answer than before stops the item.
func (e *Engine) prove(ctx context.Context, t *task) (string, error) {
	if t.target.Identify == "" {
		return t.target.Name, nil
	}
	a, err := e.aside(ctx, t, "identify", &runbook.Block{Lang: "sh"}, t.target.Identify)
	if err != nil {
		return "", err
	}
	answer, err := e.ports.Output.Text(a.End.Output.File, mostValue)
	if err != nil {
		return "", err
	}
	answer, _, _ = strings.Cut(strings.TrimSpace(answer), "\n")
	if answer == "" {
		return "", &runbook.Refusal{Reason: "identify answered nothing, so the target is not proved", Hint: "look at what it printed: " + t.target.Identify}
	}
	before := e.run.Identity[t.target.Name]
	said := runbook.TargetIdentified{Attempt: a.CommandIntended.Attempt, Item: t.item, Answer: answer, Expected: before}
	if err := e.append(ctx, []runbook.Event{said}); err != nil {
		return "", err
	}
	if before != "" && before != answer {
		return "", &runbook.Refusal{
			Reason: fmt.Sprintf("the target answers %q, it was %q before: stopped", answer, before),
			Hint:   "find out where the variables of this run point to",
		}
	}
	return answer, nil
}

// preview lists what will be touched.
func (e *Engine) preview(ctx context.Context, t *task) (lines []string, count, attempt int, err error) {
	if t.block.Preview == "" {
		return nil, 0, 0, nil
	}
	bl, ok := t.book.Block(t.block.Preview)
	if !ok || bl.Wrong != "" {
		return nil, 0, 0, &runbook.Refusal{Reason: fmt.Sprintf("its preview %q can't run", t.block.Preview), Hint: "mend the runbook"}
	}
	a, err := e.aside(ctx, t, "preview", bl, bl.Text)
	if err != nil {
		return nil, 0, 0, err
	}
	lines, count, err = e.ports.Output.Lines(a.End.Output.File, mostShown)
	if err != nil {
		return nil, 0, 0, err
	}
	if t.block.HasMax && count > t.block.Max {
		return nil, 0, 0, &runbook.Refusal{
			Reason: fmt.Sprintf("it would touch %d, at most %d are allowed", count, t.block.Max),
			Hint:   "look at what the preview lists; max= in the runbook is the limit",
		}
	}
	return lines, count, a.CommandIntended.Attempt, nil
}

// aside runs a block on behalf of another: what identifies, previews or undoes.
// Its failure is an error that names it.
func (e *Engine) aside(ctx context.Context, t *task, purpose string, bl *runbook.Block, text string) (*runbook.Attempt, error) {
	helper := *bl
	helper.Danger, helper.Background, helper.Expect, helper.Fact, helper.Secret = false, false, nil, "", ""
	a, err := e.attempt(ctx, &task{
		item: t.item, place: t.place, block: &helper, purpose: purpose, text: text, shell: shellOf(bl), book: t.book, target: t.target,
	}, false)
	if err != nil {
		return nil, err
	}
	if !a.OK() {
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("%s failed: %s", purpose, a.How()), Hint: "nothing else was run; see its output"}
	}
	return a, nil
}

// rollBack runs the block that undoes an item's, with the same guard as any.
func (e *Engine) rollBack(ctx context.Context, in runbook.RollBack) error {
	b, _, it, ok := e.books.Item(in.Item)
	if !ok || len(it.Blocks) == 0 {
		return &runbook.Refusal{Reason: fmt.Sprintf("%s has no command to undo", in.Item)}
	}
	place := min(e.run.Item(in.Item).Next, len(it.Blocks)-1)
	bl, ok := b.Block(it.Blocks[place].Rollback)
	if !ok || it.Blocks[place].Rollback == "" {
		return &runbook.Refusal{Reason: fmt.Sprintf("%s has no rollback", in.Item)}
	}
	if bl.Wrong != "" {
		return &runbook.Refusal{Reason: "the rollback can't run: " + bl.Wrong, Hint: "mend the runbook, or do it by hand"}
	}
	target, err := e.target(bl, b, in.Item)
	if err != nil {
		return err
	}
	t := &task{item: in.Item, place: place, block: bl, purpose: "rollback", text: bl.Text, shell: shellOf(bl), book: b, target: target}
	if err := e.gather(ctx, t); err != nil {
		return err
	}
	if bl.Danger {
		if err := e.guard(ctx, t); err != nil {
			return err
		}
	}
	a, err := e.attempt(ctx, t, false)
	if err != nil || !a.OK() {
		return err
	}
	return e.append(ctx, []runbook.Event{runbook.HoldReleased{Item: in.Item, How: "rolled_back"}})
}

// adHoc runs a command that no book has.
func (e *Engine) adHoc(ctx context.Context, in runbook.AdHoc) error {
	switch {
	case strings.TrimSpace(in.Text) == "":
		return &runbook.Refusal{Reason: "an empty command does nothing"}
	case e.run.Ended != nil:
		return &runbook.Refusal{Reason: "the run has ended"}
	}
	if err := e.holdsNone(in.Text); err != nil {
		return err
	}
	target, err := e.ports.Targets(e.run.Target)
	if err != nil {
		return err
	}
	t := &task{block: &runbook.Block{Lang: "bash"}, purpose: "adhoc", text: in.Text, shell: "bash", book: e.first(), target: target}
	_, err = e.attempt(ctx, t, false)
	return err
}

// witness asks for the second person that a step wants.
func (e *Engine) witness(ctx context.Context, ref runbook.Ref) (runbook.Second, error) {
	if e.auto != nil {
		return runbook.Second{Alone: runbook.Unattended}, nil
	}
	_, s, _ := e.books.Step(ref)
	reply, err := e.ports.Asker.Ask(ctx, runbook.Prompt{
		Kind: runbook.AskWitness, Item: ref, Text: fmt.Sprintf("%q asks for a second person: type their name, or \"alone\"", s.Title),
	})
	if err != nil {
		return runbook.Second{}, err
	}
	if !strings.EqualFold(strings.TrimSpace(reply.Text), "alone") {
		return runbook.Second{Person: strings.TrimSpace(reply.Text)}, nil
	}
	text := "why is nobody else there?"
	if e.run.Mode == runbook.Live {
		text += " (then 60 s to think)"
	}
	why, err := e.ports.Asker.Ask(ctx, runbook.Prompt{Kind: runbook.AskReason, Item: ref, Text: text})
	if err != nil {
		return runbook.Second{}, err
	}
	if e.run.Mode == runbook.Live {
		select {
		case <-ctx.Done():
			return runbook.Second{}, ErrLeft
		case <-e.ports.Clock.After(alone):
		}
	}
	return runbook.Second{Alone: why.Text}, nil
}
