package walk

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// What commands print is read back from where it is kept, the end of it alone,
// in a command of the screen: never while something is drawn, however much
// comes. One such command is under way at a time.

const (
	often   = 100 * time.Millisecond // between two looks at what a command prints
	mostRow = 60                     // lines of it that are kept here: more than a pane has
)

// A tail is the end of what an attempt printed.
type tail struct {
	view  *output.View
	rows  output.Rows
	err   error
	read  bool // it was looked at
	final bool // it is all that there will ever be
}

type tailMsg struct {
	attempt int
	rows    output.Rows
	err     error
	final   bool
}

// poll looks at the output of what is in sight, if that may have changed.
func (w *Walk) poll() tea.Cmd {
	if w.polling || w.s.Kept == nil {
		return nil
	}
	a := w.wanted()
	if a == nil {
		return nil
	}
	n := a.CommandIntended.Attempt
	tl := w.tails[n]
	if tl == nil {
		tl = &tail{view: output.NewView(w.s.Kept(n))}
		w.tails[n] = tl
	}
	w.polling = true
	final, first := !a.Open(), !tl.read // it may have printed nothing yet
	ctx, after, view := w.ctx, w.host.After, tl.view
	return w.host.Own(w, func() tea.Msg {
		if !final && !first {
			select {
			case <-after(often):
			case <-ctx.Done():
				return tailMsg{attempt: n, err: ctx.Err()}
			}
		}
		rows, err := view.Tail(mostRow)
		if final {
			_ = view.Close() // it was only read
		}
		return tailMsg{n, rows, err, final}
	})
}

// wanted is the attempt in sight whose output is to be read next.
func (w *Walk) wanted() *runbook.Attempt {
	b, s, ok := w.s.Books.Step(w.step())
	if !ok {
		return nil
	}
	for i := range s.Items {
		if a := w.latest(w.s.Run.Item(runbook.At(b.Name, s.Items[i].ID))); a != nil && w.unread(a) {
			return a
		}
	}
	if a := w.beheld(); a != nil && w.unread(a) {
		return a
	}
	for _, a := range w.s.Run.Attempts { // what somebody typed has no item
		if a.For == "adhoc" && a.Open() && w.unread(a) {
			return a
		}
	}
	return nil
}

func (w *Walk) unread(a *runbook.Attempt) bool {
	tl := w.tails[a.CommandIntended.Attempt]
	return !a.Terminal && (tl == nil || !tl.final)
}

// latest is the attempt of an item that tells most: the newest, but for those
// that only look at the target.
func (w *Walk) latest(st runbook.ItemState) *runbook.Attempt {
	for i := len(st.Attempts) - 1; i >= 0; i-- {
		a := w.s.Run.Attempt(st.Attempts[i])
		if a != nil && (!a.Aside() || a.Open() || !a.OK()) {
			return a
		}
	}
	return nil
}

func (w *Walk) tailed(msg tailMsg) tea.Cmd {
	w.polling = false
	if tl := w.tails[msg.attempt]; tl != nil {
		tl.rows, tl.err, tl.read, tl.final = msg.rows, msg.err, true, msg.final || msg.err != nil
		if a := w.s.Run.Attempt(msg.attempt); a != nil && !a.Open() && !msg.final {
			tl.final = false // it ended meanwhile: once more, to its end
		}
	}
	return w.poll()
}

// attempts tells how an item's commands went, and what the last one printed.
func (w *Walk) attempts(t *ui.Theme, st runbook.ItemState, width int) []string {
	a := w.latest(st)
	if a == nil {
		return nil
	}
	line, role := w.how(a)
	if n := w.tries(st); n > 1 {
		line += fmt.Sprintf(" (try %d)", n)
	}
	out := []string{"  " + t.Paint(role, ui.Cut(w.s.Clean(line), width-2))}
	return append(out, w.printed(t, a, width)...)
}

// tries is how often the item's own block was run.
func (w *Walk) tries(st runbook.ItemState) int {
	n := 0
	for _, i := range st.Attempts {
		if a := w.s.Run.Attempt(i); a != nil && a.For == "" && a.Block == st.Next {
			n++
		}
	}
	return n
}

// how says in one line how a command goes, or went.
func (w *Walk) how(a *runbook.Attempt) (string, ui.Role) {
	name := ""
	switch a.For {
	case "identify", "preview", "rollback":
		name = a.For + ": "
	}
	switch {
	case a.Lost != nil && !a.Settled && a.Lost.Seen == "running":
		return ui.SignUnsure + " " + name + "it still runs, but nobody keeps its output or its end", ui.Warn
	case a.Lost != nil && !a.Settled && a.Lost.Seen == "not_started":
		return ui.SignUnsure + " " + name + "it never started", ui.Warn
	case a.Lost != nil && !a.Settled:
		return ui.SignUnsure + " " + name + "nobody knows how it ended", ui.Warn
	case a.End == nil:
		text := fmt.Sprintf("%s %srunning %s", ui.SignRunning, name, runbook.Short(w.now().Sub(a.Intended)))
		if u, ok := w.usual(a); ok {
			text += ", usual " + runbook.Short(u)
		}
		if a.Terminal {
			text += ", it has the terminal"
		}
		return text, ui.Warn
	}
	// What ran in the background is named where others stand between; here it
	// stands below its own text.
	text := strings.TrimSuffix(w.s.Words().How(a, *a.End), ": $ "+a.Head())
	if a.OK() {
		return ui.SignDone + " " + name + "ok " + text, ui.Faint
	}
	return ui.SignFailed + " " + name + text, ui.Bad
}

// usual is how long a block takes: what its author says.
func (w *Walk) usual(a *runbook.Attempt) (time.Duration, bool) {
	_, _, it, ok := w.s.Books.Item(a.Item)
	if !ok || a.For != "" || a.Block >= len(it.Blocks) {
		return 0, false
	}
	return it.Blocks[a.Block].Takes, it.Blocks[a.Block].Takes > 0
}

// printed is the end of what a command printed: more of one that runs or failed
// than of one that went well.
func (w *Walk) printed(t *ui.Theme, a *runbook.Attempt, width int) []string {
	tl := w.tails[a.CommandIntended.Attempt]
	if tl == nil {
		return nil
	}
	if tl.err != nil {
		return []string{"  " + t.Paint(ui.Warn, ui.Cut("its output can't be read back: "+w.s.Clean(tl.err.Error()), width-2))}
	}
	most := 3
	if a.Open() || !a.OK() {
		most = 8
	}
	rows := tl.rows.Text[max(0, len(tl.rows.Text)-most):]
	var out []string
	if left := tl.rows.Total - int64(len(rows)); left > 0 {
		out = append(out, "  "+t.Paint(ui.Faint, fmt.Sprintf("%s %s %s before, o opens all", ui.SignBar, ui.More, words.Lines(left))))
	}
	for _, line := range rows {
		out = append(out, "  "+t.Paint(ui.Faint, ui.SignBar)+" "+t.Paint(ui.Output, ui.Cut(w.s.Clean(line), width-4)))
	}
	return out
}
