package walk

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/doc"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// gutter is the room left of the text: the pointer, the sign of the state, and
// a blank.
const gutter = 3

// layout is a step's text as it was laid out last.
type layout struct {
	of    laying
	lines []doc.Line
}

// A laying is what a layout depends on.
type laying struct {
	hash  string
	step  runbook.Ref
	width int
	kind  string
	known int // secrets that were given by then: a new one may have to be masked
}

// text lays the text of a step out, if it isn't.
func (w *Walk) text(b *runbook.Book, s *runbook.Step, ref runbook.Ref, width int) []doc.Line {
	t := w.host.Theme()
	want := laying{hash: b.Hash, step: ref, width: width, kind: t.Kind, known: len(w.s.Run.Given)}
	if w.laid.lines != nil && w.laid.of == want {
		return w.laid.lines
	}
	d := w.docs[b.Hash]
	if d == nil {
		d = doc.Parse(b)
		w.docs[b.Hash] = d
	}
	o := doc.Section(s)
	o.Width, o.Theme, o.Clean = width, t, w.s.Clean
	w.laid = layout{want, d.Layout(o)}
	return w.laid.lines
}

// A row is one line of the page.
type row struct {
	text string
	item runbook.Ref // "": prose
}

// page is the step that is shown, with what became of its items.
func (w *Walk) page(width int) []row {
	ref := w.step()
	b, s, ok := w.s.Books.Step(ref)
	if !ok {
		return []row{{text: w.s.Clean(runbook.Next(w.s.Books, w.s.Run).Say)}}
	}
	t := w.host.Theme()
	var out []row
	lines := w.text(b, s, ref, width-gutter)
	for _, line := range lines {
		if line.Mark < 0 {
			out = append(out, row{text: "   " + line.Text})
			continue
		}
		it := &s.Items[line.Mark]
		item := runbook.At(b.Name, it.ID)
		head := "   "
		if line.First {
			head = w.head(t, it, item)
		}
		if it.Kind == runbook.Choice && len(it.Options) > 0 {
			out = append(out, w.options(t, it, item, width)...)
		} else {
			out = append(out, row{head + line.Text, item})
		}
		if line.Last {
			for _, told := range w.told(t, b, it, item, width-gutter) {
				out = append(out, row{"   " + told, item})
			}
		}
	}
	return out
}

// head is the pointer and the sign before an item.
func (w *Walk) head(t *ui.Theme, it *runbook.Item, ref runbook.Ref) string {
	pointer := " "
	if ref == w.here() {
		pointer = t.Paint(ui.Here, ui.SignHere)
	}
	sign, role := w.sign(it, ref)
	return pointer + t.Paint(role, sign) + " "
}

// options are the places where a choice can go on, with the numbers to press.
func (w *Walk) options(t *ui.Theme, it *runbook.Item, ref runbook.Ref, width int) []row {
	st := w.s.Run.Item(ref)
	out := []row{{w.head(t, it, ref) + t.Paint(ui.Faint, optionsTitle(it)), ref}}
	for i, o := range it.Options {
		text := words.Flat(o.Text)
		if o.Rest != "" {
			text += ": " + words.Flat(o.Rest)
		}
		mark, role := "  ", ui.Plain
		switch {
		case st.Chosen != nil && st.Chosen.Option == i+1:
			mark, role = ui.SignDone+" ", ui.Good
		case st.Chosen != nil:
			role = ui.Faint
		case w.option == i+1 && ref == w.here():
			mark, role = ui.SignHere+" ", ui.Here
		}
		for n, line := range ui.Wrap(w.s.Clean(text), width-gutter-6, 0) {
			number := "   "
			if n == 0 {
				number = fmt.Sprintf("%d  ", i+1)
			} else {
				mark = "  "
			}
			out = append(out, row{"   " + t.Paint(role, mark+number+line), ref})
		}
	}
	return out
}

func optionsTitle(it *runbook.Item) string {
	if len(it.Options) == 1 {
		return "It goes on here:"
	}
	return "Where does it go on?"
}

// window cuts the page to a height: what the cursor is on stays in sight, with
// what stands below it as far as there is room.
func (w *Walk) window(rows []row, height int) []string {
	if !w.free {
		here := w.here()
		at := slices.IndexFunc(rows, func(r row) bool { return r.item == here })
		if at >= 0 {
			to := at
			for to+1 < len(rows) && rows[to+1].item == here {
				to++
			}
			if to-at >= height { // its end says what happens now
				at = to - height + 1
			}
			w.top = ui.Window(len(rows), height, w.top, max(0, at-lead), min(to+1, len(rows)-1))
		}
	}
	w.top = max(0, min(w.top, len(rows)-height))
	out := make([]string, 0, height)
	w.shown = w.shown[:0]
	for _, r := range rows[w.top:min(len(rows), w.top+height)] {
		out = append(out, r.text)
		w.shown = append(w.shown, r.item)
	}
	return out
}

// Click puts the cursor on the item that was clicked on.
func (w *Walk) Click(x, y int) tea.Cmd {
	row := y - w.pageTop
	if x < w.pageLeft || row < 0 || row >= len(w.shown) || w.shown[row] == "" {
		return nil
	}
	w.point(w.shown[row])
	return w.poll()
}

// lead is how many lines before the cursor stay in sight: what an author says
// of a thing stands above it.
const lead = 3
