package walk

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// enter does what the screen says that it does.
func (w *Walk) enter() tea.Cmd {
	m := w.next()
	switch {
	case w.doing != nil && w.foreground() == nil:
		w.host.Say(ui.Faint, "it is under way")
		return nil
	case w.foreground() != nil && m.Do == w.doing, isAwait(m.Do) && w.doing != nil:
		w.host.Say(ui.Faint, "nothing to press: the walk goes on by itself when it ends")
		return nil
	case m.Do == nil:
		w.host.Say(ui.Warn, "Enter does nothing here: "+w.s.Clean(words.Flat(m.Say)))
		return nil
	}
	switch do := m.Do.(type) {
	case runbook.Answer:
		w.answer(m, do)
		return nil
	case runbook.Choose:
		if m.Needs == "option" {
			if do.Option = w.option; do.Option == 0 {
				w.host.Say(ui.Warn, "press the number of an option first")
				return nil
			}
		}
		return w.carry(do)
	}
	return w.carry(m.Do)
}

func isAwait(in runbook.Intent) bool { _, ok := in.(runbook.Await); return ok }

// carry carries out what somebody asked for by a key: when it is done, the
// cursor is on what is next again.
func (w *Walk) carry(in runbook.Intent) tea.Cmd {
	w.from = w.cursor
	return w.act(in)
}

// choose picks an option by its number.
func (w *Walk) choose(key string) tea.Cmd {
	n, err := strconv.Atoi(key)
	if err == nil && n <= w.optionCount(w.next()) {
		w.option = n
	}
	return nil
}

// answer asks for a question's value.
func (w *Walk) answer(m runbook.Move, do runbook.Answer) {
	_, s, it, ok := w.s.Books.Item(m.Item)
	if !ok || it.Ask == nil {
		return
	}
	hint := it.Ask.Hint
	switch it.Ask.Type {
	case "time":
		hint = "a time: now, -20m, 03:10, 03:10 UTC, 2026-11-23 03:10"
	case "choice":
		hint = strings.Join(it.Ask.Allowed, " / ")
	}
	d := &ui.Ask{Frame: w.s.Dialog(s.Title), Text: w.s.Clean(words.Flat(it.Text)), Hint: w.s.Clean(hint)}
	w.host.Open(d, ui.On(func(typed ui.Answered) tea.Cmd {
		do.Value = typed.Text
		return w.carry(do)
	}))
}

// take takes one of the ways on, and asks why where that has to be said.
func (w *Walk) take(name string) tea.Cmd {
	way, ok := w.offered(name)
	if !ok {
		return nil
	}
	if !way.Reason {
		return w.carry(way.Do)
	}
	text := "Why? " + words.Flat(way.Say)
	if name == "different" {
		text = "What was found instead?"
	}
	w.why(text, func(reason string) tea.Cmd { return w.carry(runbook.WithReason(way.Do, reason)) })
	return nil
}

// why asks for a text that can't be empty.
func (w *Walk) why(text string, then func(string) tea.Cmd) {
	title := "Why"
	if _, s, ok := w.s.Books.Step(w.step()); ok {
		title = s.Title
	}
	w.host.Open(&ui.Ask{Frame: w.s.Dialog(title), Text: w.s.Clean(text)}, ui.On(func(typed ui.Answered) tea.Cmd { return then(typed.Text) }))
}

// edit changes the command that is next.
func (w *Walk) edit() tea.Cmd {
	m := w.next()
	_, s, it, ok := w.s.Books.Item(m.Item)
	if !ok {
		return nil
	}
	_, i := w.s.Run.NextBlock(it, m.Item)
	text := w.s.Run.Text(it, m.Item, i)
	if w.s.Mask(text) != text {
		w.host.Say(ui.Warn, "it holds the value of a secret, so it can't be changed here: change the document")
		return nil
	}
	d := &ui.Edit{Frame: w.s.Dialog(s.Title), Text: text}
	w.host.Open(d, ui.On(func(c ui.Changed) tea.Cmd { return w.carry(runbook.Edit{Item: m.Item, Text: c.Text, Reason: c.Reason}) }))
	return nil
}

// copy puts the command of the item, or its text, on the clipboard of the
// terminal (OSC 52).
func (w *Walk) copy() tea.Cmd {
	ref := w.here()
	_, _, it, ok := w.s.Books.Item(ref)
	if !ok {
		w.host.Say(ui.Faint, "there is nothing to copy here")
		return nil
	}
	text := it.Text
	if bl, i := w.s.Run.NextBlock(it, ref); bl != nil {
		text = w.s.Run.Text(it, ref, i)
	} else if len(it.Blocks) > 0 {
		text = w.s.Run.Text(it, ref, len(it.Blocks)-1)
	}
	text = w.s.Mask(text)
	w.host.Say(ui.Faint, "copied, where the terminal allows it: "+w.s.Clean(words.OneLine(text)))
	return tea.SetClipboard(text)
}

func (w *Walk) closed() bool {
	switch w.s.Run.Step(w.step()).Status {
	case runbook.Finished, runbook.Skipped, runbook.NotTaken:
		return true
	case runbook.Waiting, runbook.Entered:
	}
	return false
}

func (w *Walk) reopen() tea.Cmd {
	ref := w.step()
	_, s, ok := w.s.Books.Step(ref)
	if !ok {
		return nil
	}
	w.why("Why is \""+s.Title+"\" done again?", func(reason string) tea.Cmd { return w.carry(runbook.Reopen{Step: ref, Reason: reason}) })
	return nil
}

// shell opens a shell, and comes back.
func (w *Walk) shell() tea.Cmd { return w.act(runbook.AdHoc{Text: w.s.Shell, Terminal: true}) }

func (w *Walk) adHoc() tea.Cmd {
	if w.doing != nil {
		w.host.Say(ui.Warn, "not now: "+w.activity())
		return nil
	}
	d := &ui.Ask{
		Frame: w.s.Dialog("A command that no book has"), Text: "Command:",
		Hint: "it runs where the run acts (" + w.s.Clean(w.s.Run.Target) + "), and is recorded like any other",
	}
	w.host.Open(d, ui.On(func(typed ui.Answered) tea.Cmd { return w.act(runbook.AdHoc{Text: typed.Text}) }))
	return nil
}

func (w *Walk) handOver() tea.Cmd {
	summary := w.s.Words().HandOver(runbook.Next(w.s.Books, w.s.Run), w.now())
	d := &ui.Ask{
		Frame: w.s.Dialog("Hand over"), Text: "To whom?",
		Lines: func(t *ui.Theme, width int) []string { return w.handOverLines(t, summary, width) },
	}
	w.host.Open(d, ui.On(func(typed ui.Answered) tea.Cmd { return w.act(runbook.Pass{To: typed.Text, Summary: summary}) }))
	return nil
}

// handOverLines is what has to be said to whoever takes over, in thirty seconds.
func (w *Walk) handOverLines(t *ui.Theme, summary string, width int) []string {
	out := ui.Wrap(w.s.Clean(summary), width, 2)
	for _, a := range w.s.Run.Running() {
		out = append(out, t.Paint(ui.Warn, ui.Cut("still running: "+w.s.Clean(a.Head()), width)))
	}
	for _, d := range w.s.Run.Deviations {
		out = append(out, ui.Cut(w.s.Clean(words.Flat("deviation: "+w.s.Words().Deviation(d))), width))
	}
	return out
}

func (w *Walk) accept() tea.Cmd {
	to := ""
	if o := w.s.Run.Offered; o != nil {
		to = w.s.Clean(o.To)
	}
	d := &ui.Ask{Frame: w.s.Dialog("Take the command of the run"), Text: "Who takes it?", Value: to}
	w.host.Open(d, ui.On(func(typed ui.Answered) tea.Cmd { return w.act(runbook.Accept{Person: typed.Text}) }))
	return nil
}

// end closes the run early.
func (w *Walk) end() tea.Cmd {
	states := []ui.Choice{{Text: "failed", Side: "it could not be recovered"}, {Text: "abandoned", Side: "it was given up, or was no incident"}}
	w.host.Open(&ui.Pick{Frame: w.s.Dialog("End the run"), Prompt: "as", Items: states}, ui.On(func(p ui.Picked) tea.Cmd {
		w.why("Why does the run end as "+states[p.Index].Text+"?", func(reason string) tea.Cmd {
			return w.carry(runbook.End{State: states[p.Index].Text, Reason: reason})
		})
		return nil
	}))
	return nil
}

func (w *Walk) quit() tea.Cmd { return w.host.Ask(ui.Leave{}) }

// Running says whether a command is waited for.
func (w *Walk) Running() bool { return w.foreground() != nil }

// Interrupt stops the command that is waited for: first politely, after a while
// not.
func (w *Walk) Interrupt() tea.Cmd {
	walker := w.s.Walker
	return func() tea.Msg {
		walker.Interrupt()
		return nil
	}
}
