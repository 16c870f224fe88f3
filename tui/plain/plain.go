// Package plain is the walk as a transcript: one numbered line for every event,
// nothing repainted, no cursor moved. It suits a screen reader, a serial
// console, a bad line and a file.
//
// It shows only what is on disk already, and asks before it does anything: Enter
// does what the last line says. It decides nothing: intents go to a Walker, and
// what may happen comes from runbook.Next. It never starts a process and never
// opens a file but those that keep a command's output.
package plain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"lifeboat/runbook"
)

// A Walker is what carries intents out.
type Walker interface {
	Run() *runbook.Run
	Books() runbook.Books
	Next() runbook.Move
	Do(ctx context.Context, in runbook.Intent) error
	CatchUp(ctx context.Context) error // takes in what others wrote, looks at the clocks
	Collect(ctx context.Context) error // writes what ended in the background
	Interrupt() bool                   // stops the command in the foreground
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

// Options are the walk's surroundings.
type Options struct {
	In      io.Reader
	Out     io.Writer
	Secret  func() (string, error) // reads a line without echo; nil: from In
	Signals <-chan Signal
	Now     func() time.Time // its location is the operator's
	After   func(time.Duration) <-chan time.Time
	Kept    func(attempt int) string // path of an attempt's kept output
	Scrub   func(text string) string // masks secrets in what is shown; nil: there are none
	Echo    bool                     // what is typed isn't on the screen by itself: In is no terminal
	Shown   int                      // lines of a command's output that are shown; 0: 200
}

// A Plain is one walk.
type Plain struct {
	o       Options
	walker  Walker
	in      *input
	out     *printer
	follow  *follower
	printed map[runbook.Ref]int // how far a step's text was shown, as an offset
	warned  bool                // ctrl+c was pressed once at a prompt
	asking  atomic.Bool         // an engine's question waits for its answer
	decline chan struct{}       // ctrl+c at such a question
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
	p := &Plain{o: o, printed: map[runbook.Ref]int{}, in: newInput(o.In), decline: make(chan struct{}, 1)}
	p.out = &printer{w: o.Out, scrub: o.Scrub, echo: o.Echo}
	p.follow = &follower{o: &p.o, out: p.out}
	return p
}

// Attach gives the walk its walker.
func (p *Plain) Attach(w Walker) { p.walker = w }

// errLeave ends the walk; the run stays open.
type errLeave struct{ why string }

func (e *errLeave) Error() string { return "left: " + e.why }

// Walk, after Header, goes on until the run ends or is left. It returns nil in both cases: the
// run's state tells which.
func (p *Plain) Walk(ctx context.Context) error {
	for p.walker.Run().Ended == nil {
		err := p.turn(ctx)
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

// Line asks for a line before there is a walk.
func (p *Plain) Line(prompt string) (string, error) { return p.line(context.Background(), prompt) }

// turn shows what is next, waits for what is typed and carries it out.
func (p *Plain) turn(ctx context.Context) error {
	if err := p.walker.Collect(ctx); err != nil {
		return err
	}
	m := p.walker.Next()
	if _, waits := m.Do.(runbook.Await); waits && m.Hold == runbook.NoHold {
		p.out.line("  waiting: " + m.Say + " (ctrl+c stops it)")
		return p.act(ctx, m.Do)
	}
	if enter, ok := m.Do.(runbook.Enter); ok && p.walker.Run().Current == "" {
		return p.act(ctx, enter)
	}
	p.showItem(m)
	line, err := p.ask(ctx, p.prompt(m))
	if err != nil {
		return err
	}
	return p.dispatch(ctx, m, line)
}

// act carries an intent out. While it does, ctrl+c stops the command that runs,
// and on the second press leaves.
func (p *Plain) act(ctx context.Context, in runbook.Intent) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	stopped := make(chan struct{})
	why := "signal"
	go func() {
		defer close(stopped)
		pressed := false
		for {
			select {
			case <-done:
				return
			case s := <-p.o.Signals:
				if s == Interrupt && !pressed && p.walker.Interrupt() {
					pressed = true
					p.out.line("  stopping it: TERM, then KILL after 10 s. ctrl+c again leaves; the command then goes on by itself")
					continue
				}
				if s == Interrupt && p.asking.Load() {
					p.decline <- struct{}{}
					continue
				}
				if s == Hangup {
					why = "hangup"
				}
				cancel()
			}
		}
	}()
	err := p.walker.Do(ctx, in)
	close(done)
	<-stopped
	p.follow.finish()
	if errors.Is(err, context.Canceled) {
		return &errLeave{why}
	}
	return err
}

// leave says goodbye in the log and on the screen.
func (p *Plain) leave(ctx context.Context, why string) error {
	p.follow.finish()
	if err := p.walker.Do(context.WithoutCancel(ctx), runbook.Leave{Why: why}); err != nil {
		return err
	}
	for _, a := range p.walker.Run().Running() {
		p.out.line(fmt.Sprintf("  still running, kept by its keeper: %s", a.Head()))
	}
	p.out.line(fmt.Sprintf("left: the run is open. Go on with: lifeboat resume %s", Tail(p.walker.Run().ID())))
	return nil
}

// complain shows what went wrong. Nothing is lost by it: what was not done is
// still next.
func (p *Plain) complain(err error) {
	var refused *runbook.Refusal
	if errors.As(err, &refused) {
		p.out.line("  refused: " + refused.Reason)
		if refused.Hint != "" {
			p.out.line("  hint: " + refused.Hint)
		}
		return
	}
	p.out.line("  error: " + err.Error())
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		p.out.line("  hint: " + hinted.Hint())
	}
}

// Tail is the short form of a run's id that people read: its last six
// characters.
func Tail(id string) string { return strings.ToLower(id[max(0, len(id)-6):]) }

// Watch is told of every record once it is on disk.
func (p *Plain) Watch(records []runbook.Record) {
	for _, rec := range records {
		p.event(rec)
	}
}
