package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// most is the longest line that is read without a second look, in bytes.
const most = 64 << 10

// An input reads lines one at a time, on request: a command that takes the
// terminal must not find us reading from it. It is for one goroutine.
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

// want asks for a line, unless one is on its way: a line that was asked for and
// not taken goes to whoever asks next. Whoever receives it calls took.
func (in *input) want() <-chan got {
	if !in.pending {
		in.pending = true
		go func() {
			text, err := in.lines.ReadString('\n')
			if err != nil && text != "" {
				err = nil // the end comes with the next line
			}
			in.got <- got{strings.TrimRight(text, "\r\n"), err}
		}()
	}
	return in.got
}

func (in *input) took() { in.pending = false }

// A question is one line that is asked for.
type question struct {
	text   string // its last line stays open
	hidden bool   // the answer must not show
	within bool   // asked while an intent is carried out: act has the signals, the walker looks at the clocks
}

// read puts a question and waits for a line. Ctrl+c gives it up: errDeclined.
func (p *Plain) read(ctx context.Context, q question) (string, error) {
	if q.hidden && p.o.Hide != nil {
		show, err := p.o.Hide()
		if err != nil {
			return "", &runbook.Refusal{Reason: "what is typed would show: " + err.Error(), Hint: "set the value in the environment, and resume"}
		}
		defer show()
	}
	signals := p.o.Signals
	var gaveUp <-chan struct{}
	if q.within {
		signals, gaveUp = nil, p.asked.open()
		defer p.asked.shut()
	}
	p.out.prompt(q.text)
	for {
		select {
		case g := <-p.in.want():
			return p.take(g, q.hidden)
		case <-ctx.Done():
			return "", ctx.Err()
		case <-gaveUp:
			return "", errDeclined
		case s := <-signals:
			if s == Interrupt {
				return "", errDeclined
			}
			return "", &errLeave{s.Why()}
		case <-p.second(q):
			if p.tend(ctx) {
				p.out.prompt(q.text)
			}
		}
	}
}

// second is a second's passing, for a question at which the clocks are looked
// at.
func (p *Plain) second(q question) <-chan time.Time {
	if q.within || p.walker == nil {
		return nil
	}
	return p.o.After(time.Second)
}

// take ends a prompt with the line that came.
func (p *Plain) take(g got, hidden bool) (string, error) {
	p.in.took()
	if g.err != nil {
		return "", &errLeave{"input"}
	}
	p.out.answered(g.text, hidden)
	return g.text, nil
}

// tend does what has to be done while nothing else is: outcomes of what ran in
// the background are written, the clocks looked at, and what others wrote is
// shown. It says whether something was printed.
func (p *Plain) tend(ctx context.Context) bool {
	before := p.out.count()
	err := p.walker.Collect(ctx)
	if err == nil {
		err = p.walker.CatchUp(ctx)
	}
	switch {
	case err == nil:
		p.trouble = ""
	case err.Error() != p.trouble: // said once, not every second
		p.trouble = err.Error()
		p.complain(err)
	}
	return p.out.count() != before
}

// early throws away what was typed before a prompt was there to be read: a key
// that is pressed too early must not approve anything.
func (p *Plain) early() {
	if p.o.Discard == nil {
		return
	}
	if text := strings.TrimSpace(p.o.Discard()); text != "" {
		p.out.say(2, "  typed before the question was there, so not used: "+text)
	}
}

// asking is the question of an engine that waits for its answer, if there is
// one. The goroutine that has the signals may give it up.
type asking struct {
	mu sync.Mutex
	ch chan struct{}
}

func (a *asking) open() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ch = make(chan struct{})
	return a.ch
}

func (a *asking) shut() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ch = nil
}

// giveUp says whether there was a question to give up.
func (a *asking) giveUp() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ch == nil {
		return false
	}
	close(a.ch)
	a.ch = nil
	return true
}

// errDeclined is the answer of somebody who gives none.
var errDeclined = &runbook.Refusal{Reason: "no answer was given, so nothing was done"}

// tries is how often something that must match may be typed.
const tries = 3

// Ask puts an engine's question. An empty line or ctrl+c gives it up, which is
// a *runbook.Refusal.
func (p *Plain) Ask(ctx context.Context, q runbook.Prompt) (runbook.Reply, error) {
	p.early()
	p.before(q)
	text := p.tag() + " " + q.Text
	if q.Kind == runbook.AskSecret {
		line, err := p.read(ctx, question{text: text + ": ", hidden: true, within: true})
		return runbook.Reply{Value: runbook.NewSecret(line)}, err
	}
	want := "Enter gives up"
	if q.Want != "" {
		want = q.Want + "; " + want
	}
	for range tries {
		line, err := p.read(ctx, question{text: text + " (" + want + "): ", within: true})
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
		p.out.say(2, "  that is not it")
	}
	return runbook.Reply{}, &runbook.Refusal{Reason: fmt.Sprintf("%q was not typed, so nothing was run", q.Want)}
}

// before shows what has to be looked at before an answer.
func (p *Plain) before(q runbook.Prompt) {
	if q.Kind == runbook.AskTarget {
		p.out.line("")
		p.out.say(2, "DANGER on "+p.place()+": this overwrites or deletes")
		if _, _, it, ok := p.walker.Books().Item(q.Item); ok {
			for _, w := range it.Warnings {
				p.out.say(2, "WARNING: "+w)
			}
		}
	}
	for _, line := range q.Lines {
		p.out.under("  | ", line)
	}
	if q.More > 0 {
		p.out.line("  | … and " + words.Number(q.More) + " more")
	}
}
