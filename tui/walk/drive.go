package walk

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

// Carrying intents out takes time, and the walker does one thing at a time. So
// there is at most one call under way; what is asked for meanwhile waits. A wait
// for a command is cut short for it and taken up again: the command doesn't
// notice.

type (
	doneMsg struct {
		in  runbook.Intent
		err error
	}
	tendedMsg struct{ err error }
	addedMsg  struct {
		in  runbook.Intent
		err error
	}
	fedMsg struct{}
)

// a drive is what is under way.
type drive struct {
	doing    runbook.Intent // nil: nothing, or tending
	tending  bool
	cancel   context.CancelFunc
	cut      bool // the wait was cut short for what is queued
	queue    []runbook.Intent
	stuck    bool   // the last thing failed: nothing is done by itself until a key is pressed
	trouble  string // what went wrong while tending, said once
	thinking bool   // who is alone was asked why, and is to think about it
	own      int    // notes that were written here, and are not back from the log yet
	leaving  bool
	left     bool
}

func (d *drive) busy() bool { return d.doing != nil || d.tending }

// act carries an intent out: now, beside what is under way, or after it.
func (w *Walk) act(in runbook.Intent) tea.Cmd {
	w.stuck = false
	if _, ok := in.(runbook.Write); ok {
		w.own++
	}
	switch in.(type) {
	case runbook.Write, runbook.Mark, runbook.TakeRole, runbook.Pass, runbook.Accept:
		if w.doing != nil {
			return w.add(in)
		}
	}
	if !w.busy() {
		return w.start(in)
	}
	if w.doing != nil && !w.waits() {
		w.host.Say(ui.Warn, "not now: "+w.activity())
		return nil
	}
	w.queue = append(w.queue, in)
	if w.waits() {
		w.cut = true
		w.cancel()
	}
	return nil
}

// start begins to carry an intent out.
func (w *Walk) start(in runbook.Intent) tea.Cmd {
	ctx, cancel := context.WithCancel(w.ctx)
	w.doing, w.cancel, w.cut = in, cancel, false
	walker := w.s.Walker
	return w.host.Own(w, func() tea.Msg {
		defer cancel()
		return doneMsg{in, walker.Do(ctx, in)}
	})
}

// add appends a fact beside what is under way.
func (w *Walk) add(in runbook.Intent) tea.Cmd {
	ctx, walker := w.ctx, w.s.Walker
	return w.host.Own(w, func() tea.Msg { return addedMsg{in, walker.Add(ctx, in)} })
}

// waits says whether all that is under way is a wait for a command, which can be
// cut short without harm.
func (w *Walk) waits() bool {
	switch w.doing.(type) {
	case runbook.Await:
		return true
	case runbook.Perform, runbook.AdHoc, runbook.RollBack:
	default:
		return false
	}
	a := w.foreground()
	return a != nil && a.Run != nil && !a.Aside() && !a.Terminal && !a.Probe
}

// foreground is the command that is waited for; nil: there is none.
func (w *Walk) foreground() *runbook.Attempt {
	if w.doing == nil {
		return nil
	}
	if await, ok := w.doing.(runbook.Await); ok {
		return w.s.Run.Attempt(await.Attempt)
	}
	running := w.s.Run.Running()
	for i := len(running) - 1; i >= 0; i-- {
		if !running[i].Background {
			return running[i]
		}
	}
	return nil
}

// done takes in how an intent ended.
func (w *Walk) done(msg doneMsg) tea.Cmd {
	cut := w.cut
	w.doing, w.cancel, w.cut, w.thinking = nil, nil, false, false
	cmd := w.drain()
	switch {
	case msg.err == nil:
		if !isAwait(msg.in) && w.cursor == w.from {
			w.back()
		}
		if _, ok := msg.in.(runbook.Leave); ok {
			w.left = true
		}
	case cut && errors.Is(msg.err, context.Canceled):
	case w.leaving && errors.Is(msg.err, context.Canceled):
	default:
		w.stuck, w.own = true, 0
		w.complain(msg.err)
	}
	return tea.Batch(cmd, w.onward())
}

// onward starts what waits, or what goes on by itself.
func (w *Walk) onward() tea.Cmd {
	switch {
	case w.busy() || w.left:
		return nil
	case len(w.queue) > 0:
		in := w.queue[0]
		w.queue = w.queue[1:]
		return w.start(in)
	case w.leaving:
		w.left = true // leaving was tried, and failed: the caller tries once more
		return nil
	case w.stuck || w.s.Run.Ended != nil:
		return nil
	}
	switch do := w.next().Do.(type) {
	case runbook.Await:
		if a := w.s.Run.Attempt(do.Attempt); a != nil && a.Open() {
			return w.start(do)
		}
	case runbook.Enter:
		if w.s.Run.Current == "" { // there is nothing to look at before the first step
			return w.start(do)
		}
	}
	return nil
}

// tend looks at the clocks and at what others wrote, unless the walker is at
// work and does so itself.
func (w *Walk) tend() tea.Cmd {
	if w.busy() || w.left || w.s.Run.Ended != nil {
		return nil
	}
	w.tending = true
	ctx, walker := w.ctx, w.s.Walker
	return w.host.Own(w, func() tea.Msg { return tendedMsg{walker.Tend(ctx)} })
}

func (w *Walk) tended(msg tendedMsg) tea.Cmd {
	w.tending = false
	cmd := w.drain()
	switch {
	case msg.err == nil:
		w.trouble = ""
	case errors.Is(msg.err, context.Canceled):
	case msg.err.Error() != w.trouble: // said once, not every second
		w.trouble = msg.err.Error()
		w.complain(msg.err)
	}
	return tea.Batch(cmd, w.onward())
}

// listen waits for the feed. It is started again each time that it rang.
func (w *Walk) listen() tea.Cmd {
	wake, ctx := w.s.Feed.signal(), w.ctx
	return w.host.Own(w, func() tea.Msg {
		select {
		case <-wake:
			return fedMsg{}
		case <-ctx.Done():
			return nil
		}
	})
}

// drain takes in what the feed has.
func (w *Walk) drain() tea.Cmd {
	records, books, questions := w.s.Feed.take()
	if err := w.s.Take(records, books); err != nil {
		w.complain(err)
	}
	w.settle()
	cmds := make([]tea.Cmd, 0, len(records))
	for _, rec := range records {
		cmds = append(cmds, w.heard(rec))
	}
	for _, q := range questions {
		w.question(q)
	}
	return tea.Batch(cmds...)
}

// complain says what went wrong. Nothing is lost by it: what was not done is
// still next.
func (w *Walk) complain(err error) {
	role, text, hint := ui.Bad, "error: "+err.Error(), runbook.HintOf(err)
	if refused, ok := errors.AsType[*runbook.Refusal](err); ok {
		role, text = ui.Warn, "refused: "+refused.Reason
	} else if hint == "" {
		hint = "what was shown is on disk. Put right what the error says, and press the key again"
	}
	if hint != "" {
		text += "\nhint: " + hint
	}
	w.host.Say(role, w.s.Clean(text))
}

// activity says what is under way.
func (w *Walk) activity() string {
	if a := w.foreground(); a != nil {
		return a.Head() + " runs; ctrl+c stops it"
	}
	return "lifeboat is still at work on what you asked for"
}
