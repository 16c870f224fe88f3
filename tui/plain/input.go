package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"lifeboat/runbook"
)

// most is the longest line that is read, in bytes.
const most = 64 << 10

// An input reads lines one at a time, on request: a command that takes the
// terminal must not find us reading from it.
type input struct {
	lines   *bufio.Reader
	got     chan got
	pending bool
}

type got struct {
	text string
	err  error
}

func newInput(r io.Reader) *input {
	return &input{lines: bufio.NewReaderSize(r, most), got: make(chan got, 1)}
}

// want asks for a line, unless one is on its way.
func (in *input) want() <-chan got {
	if !in.pending {
		in.pending = true
		go func() {
			text, err := in.lines.ReadString('\n')
			if err != nil && text != "" {
				err = nil
			}
			in.got <- got{strings.TrimRight(text, "\r\n"), err}
		}()
	}
	return in.got
}

// ask prints a question and waits for a line. Meanwhile the clocks are looked
// at and what others write is shown.
func (p *Plain) ask(ctx context.Context, prompt string) (string, error) {
	p.out.prompt(prompt)
	for {
		select {
		case g := <-p.in.want():
			p.in.pending = false
			p.out.answered(g.text)
			if g.err != nil {
				return "", &errLeave{"input"}
			}
			p.warned = false
			return g.text, nil
		case <-ctx.Done():
			return "", ctx.Err()
		case s := <-p.o.Signals:
			if s == Interrupt && !p.warned {
				p.warned = true
				p.out.line("  nothing runs. ctrl+c again leaves; the run stays open")
				p.out.prompt(prompt)
				continue
			}
			return "", &errLeave{map[Signal]string{Interrupt: "signal", Hangup: "hangup", Terminate: "signal"}[s]}
		case <-p.o.After(time.Second):
			before := p.out.count()
			if err := errors.Join(p.walker.Collect(ctx), p.walker.CatchUp(ctx)); err != nil {
				p.complain(err)
			}
			if p.out.count() != before {
				p.out.prompt(prompt)
			}
		}
	}
}

// errDeclined is the answer of somebody who gives none.
var errDeclined = &runbook.Refusal{Reason: "not confirmed: nothing was run"}

// Ask puts an engine's question. An empty line declines.
func (p *Plain) Ask(ctx context.Context, q runbook.Prompt) (runbook.Reply, error) {
	for _, line := range q.Lines {
		p.out.line("  | " + line)
	}
	if q.More > 0 {
		p.out.line("  | … and " + number(q.More) + " more")
	}
	if q.Kind == runbook.AskSecret {
		return p.askSecret(ctx, q)
	}
	text := q.Text
	if q.Want != "" {
		text += " (" + q.Want + ")"
	}
	for range 3 {
		line, err := p.line(ctx, "? "+text+": ")
		if err != nil {
			return runbook.Reply{}, err
		}
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			return runbook.Reply{}, errDeclined
		case q.Want == "" || line == q.Want:
			return runbook.Reply{Text: line}, nil
		}
		p.out.line("  that is not it: nothing was run. An empty line gives up")
	}
	return runbook.Reply{}, errDeclined
}

func (p *Plain) askSecret(ctx context.Context, q runbook.Prompt) (runbook.Reply, error) {
	if p.o.Secret == nil {
		echo := p.out.echo
		p.out.echo = false
		line, err := p.line(ctx, "? "+q.Text+": ")
		p.out.echo = echo
		p.out.line("")
		return runbook.Reply{Value: runbook.NewSecret(line)}, err
	}
	p.out.prompt("? " + q.Text + ": ")
	value, err := p.o.Secret()
	p.out.line("")
	if errors.Is(err, io.EOF) {
		return runbook.Reply{}, &errLeave{"input"}
	}
	return runbook.Reply{Value: runbook.NewSecret(value)}, err
}

// line reads a line in the middle of an intent: there the clocks are looked at
// by whoever carries it out.
func (p *Plain) line(ctx context.Context, prompt string) (string, error) {
	p.asking.Store(true)
	defer p.asking.Store(false)
	p.out.prompt(prompt)
	select {
	case g := <-p.in.want():
		p.in.pending = false
		p.out.answered(g.text)
		if g.err != nil {
			return "", &errLeave{"input"}
		}
		return g.text, nil
	case <-p.decline:
		p.out.line("")
		return "", errDeclined
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
