// Package plain is the walk as a transcript: one numbered line for every event,
// nothing repainted, no cursor moved. It suits a screen reader, a serial
// console, a bad line and a file.
//
// A numbered line is on disk before it is shown. Nothing is done before it was
// asked for: Enter does what the prompt says. The package decides nothing:
// intents go to a Walker, and what may happen comes from runbook.Next. It never
// starts a process, never opens a file but those that keep a command's output,
// and writes no control character but the line break. What it shows can be
// lost with the screen; what it says happened can't.
package plain

import (
	"context"
	"errors"
	"io"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// A Walker is what carries intents out. Its methods are called by one goroutine
// at a time, but for Interrupt.
type Walker interface {
	Run() *runbook.Run
	Books() runbook.Books
	Next() runbook.Move
	Do(ctx context.Context, in runbook.Intent) error
	CatchUp(ctx context.Context) error // takes in what others wrote, looks at the clocks
	Collect(ctx context.Context) error // writes what ended in the background
	Interrupt() bool                   // stops the command in the foreground, and says whether there is one
	Pace(b *runbook.Book) runbook.Pace
}

// A Signal is what reaches the walk from outside of its input.
type Signal int

// The signals that a walk understands.
const (
	Interrupt Signal = iota // ctrl+c
	Hangup                  // the line was lost
	Terminate
)

// Why is what the log says of a run that is left because of the signal.
func (s Signal) Why() string {
	if s == Hangup {
		return "hangup"
	}
	return "signal"
}

// Options are the walk's surroundings.
type Options struct {
	In      io.Reader
	Out     io.Writer
	Echo    bool                   // what is typed isn't on the screen by itself: In is no terminal
	Hide    func() (func(), error) // what is typed doesn't show until the result is called; nil: In is no terminal
	Discard func() string          // gives what was typed and not read yet, and forgets it; nil: In is no terminal
	Width   func() int             // columns of the screen; nil or 0: text isn't folded
	Signals <-chan Signal          // nil: none come
	Now     func() time.Time       // its location is the operator's
	After   func(time.Duration) <-chan time.Time
	Kept    func(attempt int) string // path of an attempt's kept output
	Scrub   func(text string) string // masks secrets in what is shown, from any goroutine; nil: there are none
	Shown   int                      // lines of a command's output that are shown; 0: 200
}

// A Plain is one walk.
type Plain struct {
	o         Options
	walker    Walker
	in        *input
	out       *printer
	follow    *follower
	printed   map[runbook.Ref]int // how far a step's text was shown, as an offset
	recent    []shownEvent        // the newest ones
	explained string              // the hold whose ways were explained
	warned    bool                // ctrl+c was pressed once at the prompt
	stuck     bool                // the last turn failed: nothing is done by itself
	trouble   string              // what went wrong when the clocks were looked at last
	asked     asking
}

// New makes a walk; Attach gives it its walker. It can answer the questions of
// an engine before that.
func New(o Options) *Plain {
	if o.Shown == 0 {
		o.Shown = 200
	}
	if o.Scrub == nil {
		o.Scrub = func(s string) string { return s }
	}
	if o.Width == nil {
		o.Width = func() int { return 0 }
	}
	p := &Plain{o: o, printed: map[runbook.Ref]int{}, in: newInput(o.In)}
	p.out = &printer{w: o.Out, scrub: o.Scrub, echo: o.Echo, width: o.Width}
	p.follow = &follower{o: &p.o, out: p.out}
	return p
}

// Attach gives the walk its walker.
func (p *Plain) Attach(w Walker) { p.walker = w }

// errLeave ends the walk; the run stays open.
type errLeave struct{ why string }

func (e *errLeave) Error() string { return "left: " + e.why }

// Walk goes on, after Header, until the run ends or is left, and says which of
// the two; it returns nil for both. An error means that the log doesn't know
// that the walk was left.
func (p *Plain) Walk(ctx context.Context) error {
	for p.walker.Run().Ended == nil {
		err := p.turn(ctx)
		p.stuck = err != nil
		var leave *errLeave
		switch {
		case errors.As(err, &leave):
			return p.leave(ctx, leave.why)
		case errors.Is(err, context.Canceled):
			return p.leave(ctx, "signal")
		case err != nil:
			p.complain(err)
		}
	}
	p.Finish()
	return nil
}

// Stopped gives a value when something wants the walk to stop.
func (p *Plain) Stopped() <-chan Signal { return p.o.Signals }

// Line asks for a line before there is a walk. A signal or the end of the input
// is an error.
func (p *Plain) Line(prompt string) (string, error) {
	line, err := p.read(context.Background(), question{text: prompt})
	if err != nil {
		p.out.abandon()
	}
	return line, err
}

// turn shows what is next, waits for what is typed and carries it out.
func (p *Plain) turn(ctx context.Context) error {
	p.tend(ctx)
	m := p.walker.Next()
	if enter, ok := m.Do.(runbook.Enter); ok && p.walker.Run().Current == "" && !p.stuck {
		return p.act(ctx, enter) // there is nothing to look at before the first step
	}
	p.showItem(m)
	p.early()
	line, m, err := p.typed(ctx, m)
	if err != nil {
		return err
	}
	return p.dispatch(ctx, m, line)
}

// calm is how long what is typed is not taken after the prompt has changed by
// itself: it was meant for the prompt before.
const calm = time.Second

// typed waits at the prompt for a line, and gives it with the move that it is
// an answer to: another one than before, when a command in the background has
// ended meanwhile.
func (p *Plain) typed(ctx context.Context, m runbook.Move) (string, runbook.Move, error) {
	p.out.prompt(p.prompt(m))
	var changed time.Time
	for {
		select {
		case g := <-p.in.want():
			p.warned = false
			line, err := p.take(g, false)
			if err != nil || changed.IsZero() || p.o.Now().Sub(changed) >= calm {
				return line, m, err
			}
			p.out.say(2, "  not used: the prompt has just changed. Read it, then type again")
			p.out.prompt(p.prompt(m))
		case <-ctx.Done():
			return "", m, ctx.Err()
		case s := <-p.o.Signals:
			if s != Interrupt || p.warned {
				return "", m, &errLeave{s.Why()}
			}
			p.warned = true
			p.out.say(2, "  ctrl+c again leaves; the run stays open"+p.goesOn())
			p.out.prompt(p.prompt(m))
		case <-p.o.After(time.Second):
			printed := p.tend(ctx)
			if next := p.walker.Next(); next.Do != m.Do || next.Say != m.Say {
				m, changed, printed = next, p.o.Now(), true
				p.showItem(m)
			}
			if printed {
				p.out.prompt(p.prompt(m))
			}
		}
	}
}

// goesOn says what leaving doesn't stop.
func (p *Plain) goesOn() string {
	if len(p.walker.Run().Running()) == 0 {
		return ""
	}
	return ", and what runs goes on"
}

// given is why an intent was cancelled that only waited.
const given = "given up"

// act carries an intent out. While it does, ctrl+c gives up a question, or
// stops the command that runs; pressed again, it leaves.
func (p *Plain) act(ctx context.Context, in runbook.Intent) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if wait, ok := in.(runbook.Await); ok {
		p.out.say(2, "  waiting; ctrl+c stops the command")
		p.follow.start(wait.Attempt)
	}
	done, why := make(chan struct{}), make(chan string, 1)
	go func() { why <- p.mind(done, cancel) }()
	err := p.walker.Do(ctx, in)
	close(done)
	reason := <-why
	p.follow.finish(0)
	switch {
	case !errors.Is(err, context.Canceled):
		return err
	case reason == given:
		p.out.say(2, "  no longer waiting"+p.goesOn())
		return nil
	case reason == "":
		reason = "signal"
	}
	return &errLeave{reason}
}

// mind watches the signals while an intent is carried out, until done is
// closed. It says why it cancelled the intent; "": it didn't.
func (p *Plain) mind(done <-chan struct{}, cancel context.CancelFunc) (why string) {
	for pressed := false; ; {
		select {
		case <-done:
			return why
		case s := <-p.o.Signals:
			switch {
			case s == Interrupt && p.asked.giveUp():
			case s == Interrupt && !pressed && p.walker.Interrupt():
				p.out.say(2, "  stopping it: TERM now, KILL after 10 s. ctrl+c again leaves without waiting for its end")
				pressed = true
			case s == Interrupt && !pressed:
				why, pressed = given, true
				cancel()
			default:
				why = s.Why()
				cancel()
			}
		}
	}
}

// leave says goodbye in the log and on the screen.
func (p *Plain) leave(ctx context.Context, why string) error {
	p.follow.finish(0)
	err := p.walker.Do(context.WithoutCancel(ctx), runbook.Leave{Why: why})
	if err != nil {
		p.complain(err)
	}
	p.Goodbye()
	return err
}

// Goodbye says that the run stays open, and how to go on.
func (p *Plain) Goodbye() {
	run := p.walker.Run()
	p.out.line("")
	p.out.say(2, "left: the run is open, and its clocks go on")
	for _, a := range run.Running() {
		p.out.say(4, "  still running, and kept: "+a.Head())
	}
	p.out.line("  go on with: lifeboat resume " + words.Tail(run.ID()))
}

// complain shows what went wrong. Nothing is lost by it: what was not done is
// still next.
func (p *Plain) complain(err error) {
	text, hint := "ERROR: "+err.Error(), runbook.HintOf(err)
	if refused, ok := errors.AsType[*runbook.Refusal](err); ok {
		text = "refused: " + refused.Reason
	} else if hint == "" {
		hint = "what has a number is on disk. Put right what the error says, then type again; q leaves"
	}
	p.out.say(4, "  "+text)
	if hint != "" {
		p.out.say(4, "  hint: "+hint)
	}
}

// Watch is told of every record once it is on disk.
func (p *Plain) Watch(records []runbook.Record) {
	for _, rec := range records {
		p.event(rec)
	}
}
