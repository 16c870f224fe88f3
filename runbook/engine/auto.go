package engine

import (
	"context"
	"fmt"
	"slices"

	"lifeboat/runbook"
)

// A Policy answers for a person where nobody is there.
type Policy struct {
	Set    map[string]string // values of questions, placeholders and variables by name
	Choose map[string]int    // option, from 1, by step id
	Arm    bool              // run the commands of foreign files
}

// ErrNobody means that only a person could have answered.
type ErrNobody struct{ Reason string }

func (e *ErrNobody) Error() string { return e.Reason }

// Missing names what an unattended run of a book would have to ask for: exported
// answers, placeholders of armed blocks, variables and secrets that nothing
// gives. known tells what the environment has.
func Missing(b *runbook.Book, mode runbook.Mode, p *Policy, known func(name string) bool) []string {
	var out []string
	need := func(name string) {
		if name != "" && p.Set[name] == "" && !known(name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	runs := false
	for i := range b.Steps {
		if !b.Steps[i].When.Applies(mode) {
			continue
		}
		for j := range b.Steps[i].Items {
			it := &b.Steps[i].Items[j]
			if it.Ask != nil && used(b, it.Ask.Name, mode) {
				need(it.Ask.Name)
			}
			for _, bl := range it.Blocks {
				if !bl.When.Applies(mode) || bl.Wrong != "" || (b.Foreign && !p.Arm) {
					continue
				}
				runs = true
				for _, name := range bl.Placeholders {
					need(name)
				}
			}
		}
	}
	for _, name := range slices.Concat(b.Env, b.Secrets) {
		if runs && (mode == runbook.Live || used(b, name, mode)) {
			need(name)
		}
	}
	return out
}

// used says whether a block that can run in a mode mentions a variable.
func used(b *runbook.Book, name string, mode runbook.Mode) bool {
	if name == "" {
		return false
	}
	blocks := func(yield func(*runbook.Block) bool) {
		for i := range b.Steps {
			for j := range b.Steps[i].Items {
				for _, bl := range b.Steps[i].Items[j].Blocks {
					if !yield(bl) {
						return
					}
				}
			}
		}
		for _, bl := range b.Named {
			if !yield(bl) {
				return
			}
		}
	}
	for bl := range blocks {
		if bl.When.Applies(mode) && mentions(bl.Text, name) {
			return true
		}
	}
	return false
}

// Ask answers what a policy knows. Typed confirmations are given in a drill
// alone; the guard refuses the others before it asks.
func (p *Policy) Ask(_ context.Context, q runbook.Prompt) (runbook.Reply, error) {
	switch q.Kind {
	case runbook.AskTarget, runbook.AskCount:
		return runbook.Reply{Text: q.Want}, nil
	case runbook.AskBlank, runbook.AskValue:
		if value := p.Set[q.Name]; value != "" {
			return runbook.Reply{Text: value}, nil
		}
	case runbook.AskSecret, runbook.AskWitness, runbook.AskReason:
	}
	return runbook.Reply{}, &ErrNobody{Reason: fmt.Sprintf("nobody is there to answer: %s", q.Text)}
}

// Auto walks the run to its end with nobody there. It returns with the run
// ended, or with it left open and an *ErrNobody that says at what. A command
// that fails ends the run as failed.
func (e *Engine) Auto(ctx context.Context, p *Policy) error {
	e.auto = p
	for e.run.Ended == nil {
		if err := e.Collect(ctx); err != nil {
			return err
		}
		if err := e.autoMove(ctx, e.Next()); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) autoMove(ctx context.Context, m runbook.Move) error {
	if m.Hold != runbook.NoHold {
		if _, waits := m.Do.(runbook.Await); !waits {
			return e.fail(ctx, fmt.Sprintf("%s: %s", m.Item, m.Why))
		}
	}
	switch in := m.Do.(type) {
	case nil:
		return e.fail(ctx, fmt.Sprintf("%s: %s", m.Item, m.Say))
	case runbook.Tick:
		return e.autoTick(ctx, in)
	case runbook.Answer:
		return e.autoAnswer(ctx, in)
	case runbook.Choose:
		return e.autoChoose(ctx, in)
	case runbook.Perform:
		return e.autoPerform(ctx, in)
	default:
		return e.Do(ctx, in)
	}
}

func (e *Engine) autoTick(ctx context.Context, in runbook.Tick) error {
	b, _, it, ok := e.books.Item(in.Item)
	in.As = runbook.Unattended
	if ok && b.Foreign && len(it.Blocks) > 0 {
		if bl, _ := e.run.NextBlock(it, in.Item); bl != nil && bl.Lang != "" {
			if e.auto.Arm && bl.Wrong == "" {
				return e.Do(ctx, runbook.Arm{Item: in.Item})
			}
			in.As = "not_exercised"
		}
	}
	return e.Do(ctx, in)
}

// autoAnswer takes an answer from the policy, from a variable or fact that has
// it, or leaves a question open to which nobody needs the answer.
func (e *Engine) autoAnswer(ctx context.Context, in runbook.Answer) error {
	b, _, it, _ := e.books.Item(in.Item)
	name := it.Ask.Name
	in.Value = e.auto.Set[name]
	if in.Value == "" {
		in.Value = e.run.Set[name]
	}
	if in.Value == "" {
		in.Value = environ(e.env)[name]
	}
	if name == "" || in.Value == "" {
		in.Value = ""
		if used(b, name, e.run.Mode) {
			return &ErrNobody{Reason: fmt.Sprintf("nobody is there to answer: %s (%s)", it.Text, name)}
		}
		in.Value, in.As = runbook.Unattended, runbook.Unattended
	}
	return e.Do(ctx, in)
}

// autoChoose takes the option that was asked for, else the first. A live run
// waits for a person where nothing was asked for; a second jump back to the
// same step fails, since nothing would end it.
func (e *Engine) autoChoose(ctx context.Context, in runbook.Choose) error {
	b, s, it, _ := e.books.Item(in.Item)
	option, asked := e.auto.Choose[s.ID]
	switch {
	case asked:
		in.Option = option
	case e.run.Mode == runbook.Live && len(it.Options) > 1:
		return &ErrNobody{Reason: fmt.Sprintf("step %q asks for a choice, and nobody is there", s.Title)}
	default:
		in.Option = 1
	}
	if in.Option <= len(it.Options) && in.Option > 0 {
		opt := it.Options[in.Option-1]
		if to := runbook.At(b.Name, opt.Step); opt.Book == "" && e.run.Step(to).Round >= 2 && e.run.Step(to).Status != runbook.Waiting {
			return e.fail(ctx, fmt.Sprintf("a second jump back to %q", opt.Step))
		}
	}
	return e.Do(ctx, in)
}

func (e *Engine) autoPerform(ctx context.Context, in runbook.Perform) error {
	_, _, it, _ := e.books.Item(in.Item)
	bl, _ := e.run.NextBlock(it, in.Item)
	if bl.Danger && e.run.Mode == runbook.Live {
		return &ErrNobody{Reason: fmt.Sprintf("%s is a live danger: it never runs unattended", in.Item)}
	}
	if bl.Interactive {
		return &ErrNobody{Reason: fmt.Sprintf("%s is interactive, and nobody is there", in.Item)}
	}
	err := e.Do(ctx, in)
	if refused, ok := asRefusal(err); ok {
		return e.fail(ctx, fmt.Sprintf("%s: %s", in.Item, refused.Reason))
	}
	return err
}

// fail ends an unattended run: what runs is stopped first.
func (e *Engine) fail(ctx context.Context, reason string) error {
	for _, a := range e.run.Running() {
		if err := e.Do(ctx, runbook.Stop{Attempt: a.CommandIntended.Attempt}); err != nil {
			return err
		}
	}
	return e.Do(ctx, runbook.End{State: "failed", Reason: reason})
}
