package plain

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lifeboat/runbook"
)

// editText reads a new text for the command: lines up to one with a single dot.
func (p *Plain) editText(ctx context.Context, m runbook.Move) (string, error) {
	_, _, it, ok := p.walker.Books().Item(m.Item)
	if !ok {
		return "", &runbook.Refusal{Reason: "there is nothing to change"}
	}
	_, i := p.walker.Run().NextBlock(it, m.Item)
	p.out.line("  the command as it stands:")
	p.out.under("  | ", p.walker.Run().Text(it, m.Item, i))
	p.out.say(2, "  type the new text. A line with a single dot ends it, ctrl+c gives it up")
	var text []string
	for {
		line, err := p.read(ctx, question{text: "| "})
		if err != nil {
			return "", err
		}
		if line == "." {
			break
		}
		text = append(text, line)
	}
	if strings.TrimSpace(strings.Join(text, "")) == "" {
		return "", &runbook.Refusal{Reason: "no new text was given, so the command stays as it is"}
	}
	return strings.Join(text, "\n"), nil
}

func (p *Plain) skipStep(ctx context.Context, _ runbook.Move, arg string) error {
	ref := p.walker.Run().Current
	_, s, ok := p.walker.Books().Step(ref)
	if !ok {
		return &runbook.Refusal{Reason: "there is no step to leave out"}
	}
	if arg == "" && !s.Optional {
		var err error
		if arg, err = p.ask(ctx, fmt.Sprintf("why is the whole step %q left out: ", s.Title)); err != nil {
			return err
		}
	}
	return p.act(ctx, runbook.Skip{Step: ref, Reason: arg})
}

// note writes a note with the moment at which its key was typed, not the one
// at which its text was complete.
func (p *Plain) note(ctx context.Context, _ runbook.Move, text string) error {
	at := p.o.Now()
	if text == "" {
		var err error
		if text, err = p.ask(ctx, "note: "); err != nil {
			return err
		}
	}
	return p.act(ctx, runbook.Write{Text: text, At: at})
}

func (p *Plain) adHoc(ctx context.Context, _ runbook.Move, arg string) error {
	if arg == "" {
		var err error
		if arg, err = p.ask(ctx, "command: "); err != nil {
			return err
		}
	}
	return p.act(ctx, runbook.AdHoc{Text: arg})
}

func (p *Plain) quit(context.Context, runbook.Move, string) error { return &errLeave{"asked"} }

func (p *Plain) end(ctx context.Context, _ runbook.Move, arg string) error {
	if arg == "" {
		var err error
		if arg, err = p.ask(ctx, "end the run, as failed or abandoned, and why: "); err != nil {
			return err
		}
	}
	state, reason, _ := strings.Cut(arg, " ")
	return p.act(ctx, runbook.End{State: state, Reason: strings.TrimSpace(reason)})
}

func (p *Plain) handOver(ctx context.Context, _ runbook.Move, arg string) error {
	if arg == "" {
		return &runbook.Refusal{Reason: "a hand-over needs a name", Hint: "w NAME"}
	}
	r := p.walker.Run()
	t := p.teller()
	summary := t.HandOver(p.walker.Next(), p.o.Now())
	for _, a := range r.Running() {
		p.out.say(4, "  still running: "+a.Head())
	}
	for _, d := range r.Deviations {
		p.out.say(4, "  deviation: "+t.Deviation(d))
	}
	if err := p.act(ctx, runbook.Pass{To: arg, Summary: summary}); err != nil {
		return err
	}
	p.out.say(2, "  "+arg+" takes the command by typing: i "+arg)
	return nil
}

func (p *Plain) accept(ctx context.Context, _ runbook.Move, arg string) error {
	if offered := p.walker.Run().Offered; arg == "" && offered != nil {
		arg = offered.To
	}
	return p.act(ctx, runbook.Accept{Person: arg})
}

// numbered finds the step that a number of the list means.
func (p *Plain) numbered(arg string) (ref runbook.Ref, rest string, err error) {
	number, rest, _ := strings.Cut(arg, " ")
	b := p.walker.Books()[p.walker.Run().Current.Book()]
	n, convErr := strconv.Atoi(number)
	if convErr != nil || b == nil || n < 1 || n > len(b.Steps) {
		return "", "", &runbook.Refusal{Reason: fmt.Sprintf("%q is no number of a step", number), Hint: "l lists the steps"}
	}
	return runbook.At(b.Name, b.Steps[n-1].ID), strings.TrimSpace(rest), nil
}

func (p *Plain) walkTo(ctx context.Context, _ runbook.Move, arg string) error {
	ref, _, err := p.numbered(arg)
	if err != nil {
		return err
	}
	return p.act(ctx, runbook.Enter{Step: ref})
}

func (p *Plain) reopen(ctx context.Context, _ runbook.Move, arg string) error {
	ref, reason, err := p.numbered(arg)
	if err != nil {
		return err
	}
	if reason == "" {
		if reason, err = p.ask(ctx, fmt.Sprintf("why is %q done again: ", p.teller().Title(ref))); err != nil {
			return err
		}
	}
	return p.act(ctx, runbook.Reopen{Step: ref, Reason: reason})
}
