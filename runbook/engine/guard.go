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
	// early is how long somebody who has just opened a live run, or taken it up
	// again, may still be half asleep.
	early = 3 * time.Minute
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
	if err := e.lookAgain(ctx, t, answer, count); err != nil {
		return err
	}
	what := "type where this will act"
	if t.target.Identify == "" {
		what = "type the target's name"
	}
	if err := e.typed(ctx, runbook.Prompt{
		Kind: runbook.AskTarget, Item: t.item, Text: what, Want: answer, Lines: append(shown(t.text), lines...), More: count - len(lines),
	}); err != nil {
		return err
	}
	if t.block.Preview != "" {
		if err := e.typed(ctx, runbook.Prompt{
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

// lookAgain asks for one more look before a danger in the first minutes of a
// live walk: who was woken a moment ago decides half as well as usual.
func (e *Engine) lookAgain(ctx context.Context, t *task, answer string, count int) error {
	since := e.ports.Clock.Now().Sub(e.began)
	if e.run.Mode != runbook.Live || since >= early {
		return nil
	}
	lines := []string{fmt.Sprintf("target   %s, it answers %q", t.target.Name, answer)}
	if t.block.Preview != "" {
		lines = append(lines, fmt.Sprintf("touches  %d", count))
	}
	return e.typed(ctx, runbook.Prompt{
		Kind: runbook.AskLook, Item: t.item, Want: "looked", Lines: append(lines, shown(t.text)...),
		Text: fmt.Sprintf("you are at this run for %s only: is this the right place and the right command? Look once more, then type", runbook.Short(since)),
	})
}

// typed has something typed exactly. A front end that lets anything else through
// confirms nothing.
func (e *Engine) typed(ctx context.Context, p runbook.Prompt) error {
	reply, err := e.ports.Asker.Ask(ctx, p)
	if err != nil {
		return err
	}
	if reply.Text != p.Want {
		return &runbook.Refusal{Reason: fmt.Sprintf("not confirmed: %q was typed, not %q", reply.Text, p.Want), Hint: "nothing was run"}
	}
	return nil
}

// shown is a command as it stands before the operator.
func shown(text string) []string { return strings.Split("$ "+strings.TrimRight(text, "\n"), "\n") }

// prove asks the target who it is. Another answer than before stops the item.
func (e *Engine) prove(ctx context.Context, t *task) (string, error) {
	if t.target.Identify == "" {
		return t.target.Name, nil
	}
	a, err := e.aside(ctx, t, "identify", &runbook.Block{Lang: "sh"}, t.target.Identify)
	if err != nil {
		return "", err
	}
	answer := ""
	if a.End.Output.File != "" {
		if answer, err = e.ports.Output.Text(a.End.Output.File, mostValue); err != nil {
			return "", err
		}
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
	if err := e.armed(ctx, t, "preview", bl); err != nil {
		return nil, 0, 0, err
	}
	a, err := e.aside(ctx, t, "preview", bl, bl.Text)
	if err != nil {
		return nil, 0, 0, err
	}
	if a.End.Output.File != "" {
		if lines, count, err = e.ports.Output.Lines(a.End.Output.File, mostShown); err != nil {
			return nil, 0, 0, err
		}
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

// armed has a foreign file's block armed that is no item of its own, where
// nothing else would ask for it.
func (e *Engine) armed(ctx context.Context, t *task, purpose string, bl *runbook.Block) error {
	if !t.book.Foreign || e.run.Item(t.item).Armed[bl.Hash] {
		return nil
	}
	if err := e.typed(ctx, runbook.Prompt{
		Kind: runbook.AskTarget, Item: t.item, Want: bl.Name, Lines: shown(bl.Text),
		Text: fmt.Sprintf("the %s of a foreign file runs only when it is armed: type its name", purpose),
	}); err != nil {
		return err
	}
	return e.append(ctx, []runbook.Event{runbook.BlockArmed{Item: t.item, Hash: bl.Hash}})
}

// rollBack runs the block that undoes what an item ran last, with the same
// guard as any.
func (e *Engine) rollBack(ctx context.Context, in runbook.RollBack) error {
	b := e.books[in.Item.Book()]
	bl, place := e.run.UndoBlock(b, in.Item)
	if bl.Wrong != "" {
		return &runbook.Refusal{Reason: "the rollback can't run: " + bl.Wrong, Hint: "mend the runbook, or do it by hand"}
	}
	target, err := e.target(bl, b, in.Item)
	if err != nil {
		return err
	}
	t := &task{item: in.Item, place: place, block: bl, purpose: "rollback", text: bl.Text, shell: shellOf(bl), book: b, target: target}
	if err := e.armed(ctx, t, "rollback", bl); err != nil {
		return err
	}
	if err := e.gather(ctx, t); err != nil {
		return err
	}
	if err := e.holdsNone("the rollback", t.text, e.given(false)); err != nil {
		return err
	}
	if bl.Danger {
		if err := e.guard(ctx, t); err != nil {
			return err
		}
	}
	_, err = e.attempt(ctx, t, false)
	return err
}

// adHoc runs a command that no book has, where the run acts.
func (e *Engine) adHoc(ctx context.Context, in runbook.AdHoc) error {
	b, bl := e.books.First(e.run), &runbook.Block{Lang: "bash", Interactive: in.Terminal}
	target, err := e.target(bl, b, "")
	if err != nil {
		return err
	}
	t := &task{block: bl, purpose: "adhoc", text: in.Text, shell: "bash", book: b, target: target}
	if err := e.gather(ctx, t); err != nil {
		return err
	}
	if err := e.holdsNone("the command", in.Text, e.given(true)); err != nil {
		return err
	}
	_, err = e.attempt(ctx, t, false)
	return err
}

// witness asks for the second person that a step wants.
func (e *Engine) witness(ctx context.Context, in runbook.Intent) (runbook.Second, error) {
	if e.auto != nil {
		return runbook.Second{Alone: runbook.Unattended}, nil
	}
	var ref runbook.Ref
	switch in := in.(type) {
	case runbook.Finish:
		ref = in.Step
	case runbook.Skip:
		ref = in.Step
	case runbook.Choose:
		ref = in.Item.Step()
	}
	_, s, _ := e.books.Step(ref)
	reply, err := e.ports.Asker.Ask(ctx, runbook.Prompt{
		Kind: runbook.AskWitness, Item: ref, Text: fmt.Sprintf("%q asks for a second person: type their name, or \"alone\"", s.Title),
	})
	if err != nil {
		return runbook.Second{}, err
	}
	person := strings.TrimSpace(reply.Text)
	if !strings.EqualFold(person, "alone") {
		return runbook.Second{Person: e.Scrub(person)}, nil
	}
	text := "why is nobody else there?"
	if e.run.Mode == runbook.Live {
		text += " (then 60 s to think)"
	}
	why, err := e.ports.Asker.Ask(ctx, runbook.Prompt{Kind: runbook.AskReason, Item: ref, Text: text})
	if err != nil {
		return runbook.Second{}, err
	}
	if strings.TrimSpace(why.Text) == "" {
		return runbook.Second{}, &runbook.Refusal{Reason: "being alone needs a reason"}
	}
	if e.run.Mode == runbook.Live {
		whole, err := e.pause(ctx, alone)
		if err == nil && !whole {
			err = &runbook.Refusal{Reason: "not confirmed: the time to think was cut short"}
		}
		if err != nil {
			return runbook.Second{}, err
		}
	}
	return runbook.Second{Alone: e.Scrub(why.Text)}, nil
}
