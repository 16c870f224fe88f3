package walk

import (
	"fmt"
	"slices"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

const (
	wideFrom = 100 // from here on the steps stand beside the page, ...
	sideFrom = 150 // ... and what a command prints does too
	stepPane = 32
	alarmMax = 3 // lines
)

func (w *Walk) now() time.Time       { return w.host.Zoned() }
func (w *Walk) zone() *time.Location { return w.host.Zoned().Location() }

// leastFrame is how many lines the page has, whatever stands around it.
const leastFrame = 3

// View draws the clocks, the page, and what goes on beside it.
func (w *Walk) View(width, height int) []string {
	t := w.host.Theme()
	rows := min(2, height-leastFrame)
	if height >= 30 {
		rows = 3
	}
	var out []string
	if rows > 0 {
		out = w.s.ClockLines(t, w.now(), width, rows)
	}
	alarms, beside := w.alarmLines(t, width), w.beside(t, width)
	room := max(0, height-len(out)-leastFrame)
	alarms = alarms[:min(len(alarms), room)]
	below := slices.Concat(beside[:min(len(beside), room-len(alarms))], alarms)
	frame := max(leastFrame, height-len(out)-len(below))
	w.pageTop, w.pageLeft = len(out)+1, 0
	if width >= wideFrom {
		room := width - stepPane
		w.pageLeft = stepPane
		side := 0
		if width >= sideFrom {
			side = room * 2 / 5
		}
		page, steps := w.frame(t, room-side, frame), w.steps(t, stepPane, frame)
		prints := make([]string, frame)
		if side > 0 {
			prints = w.sidePane(t, side, frame)
		}
		for i := range page {
			out = append(out, steps[i]+page[i]+prints[i])
		}
	} else {
		out = append(out, w.frame(t, width, frame)...)
	}
	return append(out, below...)
}

// frame is the page in its box.
func (w *Walk) frame(t *ui.Theme, width, height int) []string {
	inner, high := ui.Inner(width, height)
	rows := w.page(inner)
	lines := w.window(rows, high)
	f := ui.Frame{Mode: w.s.Run.Mode}
	ref := w.step()
	b, s, ok := w.s.Books.Step(ref)
	if !ok {
		return f.Draw(t, lines, width, height)
	}
	f.Title = w.s.Clean(s.Title)
	if ref != w.s.Run.Current {
		f.Title += " (looking; esc goes back)"
	}
	f.Right = w.place(b, s)
	f.Foot, f.Side = w.around(b, s)
	if hidden := ui.Beyond(w.top, len(rows)-w.top-high); hidden != "" {
		if both := hidden + " " + ui.Dot + " " + f.Side; f.Side != "" && ui.Width(both) <= width/2-2 {
			f.Side = both
		} else {
			f.Side = hidden
		}
	}
	return f.Draw(t, lines, width, height)
}

// sidePane is what the command prints that is looked at, or that runs.
func (w *Walk) sidePane(t *ui.Theme, width, height int) []string {
	f := ui.Frame{Mode: w.s.Run.Mode, Title: "Output"}
	a := w.beheld()
	if a == nil {
		return f.Draw(t, []string{t.Paint(ui.Faint, "no command has run here yet")}, width, height)
	}
	inner, high := ui.Inner(width, height)
	f.Title = w.s.Clean("$ " + a.Head())
	line, role := w.how(a)
	lines := []string{t.Paint(role, ui.Cut(w.s.Clean(line), inner))}
	if tl := w.tails[a.CommandIntended.Attempt]; tl != nil {
		rows := tl.rows.Text[max(0, len(tl.rows.Text)-high+1):]
		for _, row := range rows {
			lines = append(lines, t.Paint(ui.Output, ui.Cut(w.s.Clean(row), inner)))
		}
		f.Side = words.Lines(tl.rows.Total)
	}
	return f.Draw(t, lines, width, height)
}

// beheld is the command of the item that is looked at, else the one that runs,
// else the newest.
func (w *Walk) beheld() *runbook.Attempt {
	if a := w.latest(w.s.Run.Item(w.here())); a != nil {
		return a
	}
	if a := w.foreground(); a != nil {
		return a
	}
	for i := len(w.s.Run.Attempts) - 1; i >= 0; i-- {
		if a := w.s.Run.Attempts[i]; !a.Aside() {
			return a
		}
	}
	return nil
}

// place says where in the book a step is.
func (w *Walk) place(b *runbook.Book, s *runbook.Step) string {
	text := fmt.Sprintf("step %d of %d", b.Place(s.ID)+1, len(b.Steps))
	var phases []string
	here := 0
	for _, p := range b.Phases {
		if p.Title == "" || slices.Contains(phases, p.ID) {
			continue
		}
		phases = append(phases, p.ID)
		if p.ID == s.Phase {
			here = len(phases)
			text = w.s.Clean(p.Title) + " " + ui.Dot + " " + text
		}
	}
	if here > 0 {
		text = fmt.Sprintf("%d/%d ", here, len(phases)) + text
	}
	return text
}

// around names what was done last and what follows.
func (w *Walk) around(b *runbook.Book, s *runbook.Step) (before, after string) {
	at := b.Place(s.ID)
	if at > 0 {
		prev := &b.Steps[at-1]
		sign, _ := w.stepSign(prev, runbook.At(b.Name, prev.ID))
		before = sign + " " + w.s.Clean(prev.Title)
		if spent := w.spent(runbook.At(b.Name, prev.ID)); spent != "" {
			before += " " + spent
		}
	}
	if at+1 < len(b.Steps) {
		after = "next: " + w.s.Clean(b.Steps[at+1].Title)
	}
	return before, after
}

// spent is how long a step has taken; "": no time.
func (w *Walk) spent(ref runbook.Ref) string {
	if d := w.s.Run.SpentOn(ref, w.now()); d > 0 {
		return runbook.Short(d)
	}
	return ""
}

// steps lists the steps of the book beside the page, by phase.
func (w *Walk) steps(t *ui.Theme, width, height int) []string {
	f := ui.Frame{Mode: w.s.Run.Mode, Title: "Steps"}
	here := w.step()
	b := w.s.Books[here.Book()]
	if b == nil {
		return f.Draw(t, nil, width, height)
	}
	inner, high := ui.Inner(width, height)
	done, of := runbook.Progress(w.s.Books, w.s.Run)
	f.Right = fmt.Sprintf("%d of %d", done, of)
	var lines []string
	at, phase := 0, ""
	for i := range b.Steps {
		s := &b.Steps[i]
		ref := runbook.At(b.Name, s.ID)
		if s.Phase != phase {
			phase = s.Phase
			if p := slices.IndexFunc(b.Phases, func(p runbook.Phase) bool { return p.ID == phase && p.Title != "" }); p >= 0 {
				lines = append(lines, t.Paint(ui.Faint, ui.Cut(w.s.Clean(b.Phases[p].Title), inner)))
			}
		}
		if ref == here {
			at = len(lines)
		}
		lines = append(lines, w.stepLine(t, s, ref, ref == here, inner))
	}
	top := ui.Window(len(lines), high, max(0, at-high/2), max(0, at-1), at)
	return f.Draw(t, lines[top:min(len(lines), top+high)], width, height)
}

func (w *Walk) stepLine(t *ui.Theme, s *runbook.Step, ref runbook.Ref, here bool, width int) string {
	sign, role := w.stepSign(s, ref)
	text := ui.Beside(" "+w.s.Clean(s.Title), w.spent(ref), width-1)
	if here && ref != w.s.Run.Current {
		return t.Paint(ui.Selected, sign+text)
	}
	if role == ui.Good {
		return t.Paint(role, sign) + text
	}
	return t.Paint(role, sign+text)
}

// beside is what runs while the walk is somewhere else: it stays in sight.
func (w *Walk) beside(t *ui.Theme, width int) []string {
	var out []string
	for _, a := range w.s.Run.Running() {
		if a.Item.Step() == w.step() && a.Item != "" {
			continue
		}
		text := fmt.Sprintf(" %s running %s: $ ", ui.SignRunning, runbook.Short(w.now().Sub(a.Intended)))
		out = append(out, t.Paint(ui.Warn, ui.Fit(text+w.s.Clean(a.Head()), width)))
	}
	for _, way := range runbook.Next(w.s.Books, w.s.Run).Ways {
		if way.Name == "held" {
			out = append(out, t.Paint(ui.Bad, ui.Fit(" "+ui.SignFailed+" B  "+w.s.Clean(way.Say), width)))
		}
	}
	if o := w.s.Run.Offered; o != nil {
		out = append(out, t.Paint(ui.Warn, ui.Fit(fmt.Sprintf(" %s offers the command of the run to %s: i takes it", w.s.Clean(o.From), w.s.Clean(o.To)), width)))
	}
	if w.s.Run.Paused() {
		out = append(out, t.Paint(ui.Warn, ui.Fit(" the clocks stand: "+w.s.Clean(w.s.Run.Pauses[len(w.s.Run.Pauses)-1].Reason), width)))
	}
	return out[:min(len(out), 4)]
}

// alarmLines is what has to be seen now, the oldest first, until it is.
func (w *Walk) alarmLines(t *ui.Theme, width int) []string {
	if len(w.alarms) == 0 {
		return nil
	}
	text := "! " + w.alarms[0] + " (v: seen"
	if n := len(w.alarms) - 1; n > 0 {
		text += fmt.Sprintf("; %d more", n)
	}
	lines := ui.Wrap(w.s.Clean(text+")"), width-2, 2)
	out := make([]string, 0, alarmMax)
	for _, line := range lines[:min(len(lines), alarmMax)] {
		out = append(out, t.Paint(ui.Alarm, " "+ui.Fit(line, width-1)))
	}
	return out
}

// Next is what Enter does.
func (w *Walk) Next() ui.Next {
	m := w.next()
	say := w.s.Clean(words.Flat(m.Say))
	busy := w.doing != nil && !w.meanwhile(m)
	switch {
	case w.leaving:
		return ui.Next{Text: "leaving: the run stays open, and its clocks go on", Role: ui.Warn}
	case busy && w.foreground() != nil && w.foreground().Item != w.here():
		return ui.Next{Text: "waits for $ " + w.s.Clean(w.foreground().Head()) + ": nothing needs a key. ctrl+c stops it", Role: ui.Warn}
	case busy && w.foreground() != nil:
		return ui.Next{Text: "it runs: nothing needs a key. ctrl+c stops it", Role: ui.Warn}
	case busy && w.thinking:
		return ui.Next{Text: "time to think: it is written down in a minute, and nothing needs a key", Role: ui.Warn}
	case busy:
		return ui.Next{Text: "working", Role: ui.Faint}
	case m.Hold != runbook.NoHold:
		return w.hold(m)
	case m.Needs == "option" && w.option == 0:
		return ui.Next{Text: fmt.Sprintf("press 1 to %d to choose where it goes on; Enter then takes it", w.optionCount(m)), Role: ui.Here}
	case m.Needs == "option":
		return ui.Next{Key: "Enter", Text: fmt.Sprintf("goes on with %d: %s", w.option, w.optionText(m)), Role: ui.Here}
	case m.Do == nil:
		return ui.Next{Text: "Enter does nothing here: " + say, Role: ui.Warn}
	}
	return ui.Next{Key: "Enter", Text: say, Role: ui.Here}
}

// meanwhile says that a move can be made while a command runs: it is about
// something else, and the command goes on.
func (w *Walk) meanwhile(m runbook.Move) bool {
	return w.waits() && m.Do != nil && m.Do != w.doing && !isAwait(m.Do) && m.Hold == runbook.NoHold
}

// hold says what went wrong, and every way on with what it means: nobody should
// have to guess here.
func (w *Walk) hold(m runbook.Move) ui.Next {
	n := ui.Next{Role: ui.Bad, Text: w.s.Clean(words.Flat(m.Why)) + ". Decide how to go on:"}
	if m.Hold == runbook.Unsure {
		n.Role = ui.Warn
	}
	if word := words.Hold(m.Hold); word != "" {
		n.Text = word + ": " + n.Text
	}
	if m.Do != nil {
		n.Key, n.Text = "Enter", w.s.Clean(words.Flat(m.Say))+"; or decide:"
	}
	for _, b := range w.Bindings() {
		if b.Off == "" && b.Group == groupHold && len(b.Keys) > 0 {
			n.More = append(n.More, ui.KeyName(b.Keys[0])+"  "+w.s.Clean(words.Flat(b.Help)))
		}
	}
	return n
}

func (w *Walk) optionCount(m runbook.Move) int {
	if _, _, it, ok := w.s.Books.Item(m.Item); ok {
		return len(it.Options)
	}
	return 0
}

func (w *Walk) optionText(m runbook.Move) string {
	_, _, it, ok := w.s.Books.Item(m.Item)
	if !ok || w.option < 1 || w.option > len(it.Options) {
		return ""
	}
	return w.s.Clean(words.Flat(it.Options[w.option-1].Text))
}
