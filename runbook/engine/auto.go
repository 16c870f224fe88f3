package engine

import (
	"cmp"
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
// gives. known tells what the environment has; a secret can come from nowhere
// else.
func Missing(b *runbook.Book, mode runbook.Mode, p *Policy, known func(name string) bool) []string {
	var out []string
	need := func(name, set string) {
		if name != "" && set == "" && !known(name) && !slices.Contains(out, name) {
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
			if it.Ask != nil && p.uses(b, it.Ask.Name, mode) {
				need(it.Ask.Name, p.Set[it.Ask.Name])
			}
			for _, bl := range it.Blocks {
				if !bl.When.Applies(mode) || bl.Wrong != "" || (b.Foreign && !p.Arm) {
					continue
				}
				runs = true
				for _, name := range bl.Placeholders {
					need(name, p.Set[name])
				}
			}
		}
	}
	for _, name := range b.Env {
		if runs && (mode == runbook.Live || p.uses(b, name, mode)) {
			need(name, p.Set[name])
		}
	}
	for _, name := range b.Secrets {
		if runs && (mode == runbook.Live || p.uses(b, name, mode)) {
			need(name, "")
		}
	}
	return out
}

// uses says whether a command that can run in a mode mentions a variable. Those
// of a foreign file run only if they are armed.
func (p *Policy) uses(b *runbook.Book, name string, mode runbook.Mode) bool {
	if name == "" || (b.Foreign && !p.Arm) {
		return false
	}
	var blocks []*runbook.Block
	for i := range b.Steps {
		if !b.Steps[i].When.Applies(mode) {
			continue
		}
		for j := range b.Steps[i].Items {
			blocks = append(blocks, b.Steps[i].Items[j].Blocks...)
		}
	}
	for _, bl := range slices.Concat(blocks, guards(b, blocks)) {
		if bl.When.Applies(mode) && mentions(bl.Text, name) {
			return true
		}
	}
	return mentions(b.Identify, name) && slices.ContainsFunc(blocks, func(bl *runbook.Block) bool {
		return bl.Danger && bl.When.Applies(mode)
	})
}

// guards are the previews and rollbacks of blocks.
func guards(b *runbook.Book, blocks []*runbook.Block) []*runbook.Block {
	var out []*runbook.Block
	for _, bl := range blocks {
		for _, name := range []string{bl.Preview, bl.Rollback} {
			if named, ok := b.Block(name); ok {
				out = append(out, named)
			}
		}
	}
	return out
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
	case runbook.AskSecret, runbook.AskWitness, runbook.AskReason, runbook.AskLook: // the last is for people who were just woken
	}
	return runbook.Reply{}, &ErrNobody{Reason: fmt.Sprintf("nobody is there to answer: %s", q.Text)}
}

// Auto walks the run to its end with nobody there. It returns with the run
// ended, or with it left open and an *ErrNobody that says at what. A command
// that fails ends the run as failed, and so does what nobody can put right.
func (e *Engine) Auto(ctx context.Context, p *Policy) error {
	e.auto = p
	for e.run.Ended == nil {
		if err := e.ready(ctx); err != nil {
			return err
		}
		if e.run.ReadOnly != "" {
			return &ErrNobody{Reason: "the run is read only: " + e.run.ReadOnly}
		}
		m := e.Next()
		err := e.autoMove(ctx, m)
		if refused, ok := asRefusal(err); ok && e.run.Ended == nil {
			err = e.fail(ctx, at(m, refused.Reason))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// at says where something went wrong.
func at(m runbook.Move, what string) string {
	for _, ref := range []runbook.Ref{m.Item, m.Step} {
		if ref != "" {
			return fmt.Sprintf("%s: %s", ref, what)
		}
	}
	return what
}

func (e *Engine) autoMove(ctx context.Context, m runbook.Move) error {
	if m.Hold != runbook.NoHold {
		if _, waits := m.Do.(runbook.Await); !waits {
			return e.fail(ctx, at(m, m.Why))
		}
	}
	switch in := m.Do.(type) {
	case nil:
		if b, _, _, ok := e.books.Item(m.Item); ok && b.Foreign { // it can't run, and need not
			return e.Do(ctx, runbook.Tick{Item: m.Item, As: "not_exercised"})
		}
		return e.fail(ctx, at(m, m.Say))
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
	if ok && b.Foreign {
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
	_, _, it, _ := e.books.Item(in.Item)
	name := it.Ask.Name
	target, err := e.ports.Targets(e.run.Target)
	if err != nil {
		return err
	}
	if name != "" {
		in.Value = cmp.Or(e.auto.Set[name], e.run.Set[name], environ(target.Env)[name], environ(e.env)[name])
	}
	if in.Value == "" {
		for _, b := range e.books {
			if e.auto.uses(b, name, e.run.Mode) {
				return &ErrNobody{Reason: fmt.Sprintf("nobody is there to answer: %s (%s)", it.Text, name)}
			}
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
	if in.Option > 0 && in.Option <= len(it.Options) {
		to := e.leads(b, it.Options[in.Option-1])
		if st := e.run.Step(to); st.Round >= 2 && st.Status != runbook.Waiting {
			return e.fail(ctx, fmt.Sprintf("%s: a second jump back to %q", in.Item, to))
		}
	}
	return e.Do(ctx, in)
}

// leads is the step that an option leads to, as far as its book is open.
func (e *Engine) leads(b *runbook.Book, opt runbook.Option) runbook.Ref {
	if opt.Book == "" {
		return runbook.At(b.Name, opt.Step)
	}
	name := runbook.LinkName(opt.Book)
	if other := e.books[name]; other != nil && opt.Step == "" && len(other.Steps) > 0 {
		return runbook.At(name, other.Steps[0].ID)
	}
	return runbook.At(name, opt.Step)
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
	return e.Do(ctx, in)
}

// fail ends an unattended run: what runs is stopped first. What can't be stopped
// from here is left, and the run with it.
func (e *Engine) fail(ctx context.Context, reason string) error {
	for _, a := range e.run.Running() {
		if err := e.Do(ctx, runbook.Stop{Attempt: a.CommandIntended.Attempt}); err != nil {
			return err
		}
	}
	err := e.Do(ctx, runbook.End{State: "failed", Reason: reason})
	if refused, ok := asRefusal(err); ok {
		return &ErrNobody{Reason: fmt.Sprintf("%s; %s", reason, refused.Reason)}
	}
	return err
}
