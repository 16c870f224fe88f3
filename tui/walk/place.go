package walk

import (
	"slices"

	"lifeboat/runbook"
)

// next is what Enter does: the one next thing, or what stands under the cursor
// if that was moved.
func (w *Walk) next() runbook.Move {
	m := runbook.Next(w.s.Books, w.s.Run)
	if w.cursor == "" || w.cursor == m.Item || w.s.Run.Ended != nil {
		return m
	}
	if w.cursor.Step() != w.cursor {
		return runbook.NextFor(w.s.Books, w.s.Run, w.cursor)
	}
	if w.cursor == w.s.Run.Current {
		return m
	}
	_, s, ok := w.s.Books.Step(w.cursor)
	if !ok {
		return m
	}
	return runbook.Move{Step: w.cursor, Do: runbook.Enter{Step: w.cursor}, Say: "go to \"" + s.Title + "\""}
}

// here is the item or step that is looked at.
func (w *Walk) here() runbook.Ref {
	if w.cursor != "" {
		return w.cursor
	}
	m := runbook.Next(w.s.Books, w.s.Run)
	if m.Item != "" && m.Step == w.s.Run.Current {
		return m.Item
	}
	return w.s.Run.Current
}

// step is the step that is shown.
func (w *Walk) step() runbook.Ref { return w.here().Step() }

// places lists everything that the cursor can stand on: the items of the book
// that is shown, and steps that have none.
func (w *Walk) places() []runbook.Ref {
	b := w.s.Books[w.step().Book()]
	if b == nil {
		return nil
	}
	var out []runbook.Ref
	for i := range b.Steps {
		s := &b.Steps[i]
		if len(s.Items) == 0 {
			out = append(out, runbook.At(b.Name, s.ID))
		}
		for j := range s.Items {
			out = append(out, runbook.At(b.Name, s.Items[j].ID))
		}
	}
	return out
}

// move goes n places on, or back.
func (w *Walk) move(n int) {
	list := w.places()
	if len(list) == 0 {
		return
	}
	at := slices.Index(list, w.here())
	if at < 0 { // on a step: its first item, or the last one of the step before
		at = slices.IndexFunc(list, func(ref runbook.Ref) bool { return ref.Step() == w.step() })
		if n > 0 {
			n--
		}
	}
	w.point(list[max(0, min(at+n, len(list)-1))])
}

// stride goes n steps on, or back.
func (w *Walk) stride(n int) {
	b := w.s.Books[w.step().Book()]
	if b == nil {
		return
	}
	at := b.Place(w.step().ID())
	to := max(0, min(at+n, len(b.Steps)-1))
	w.point(runbook.At(b.Name, b.Steps[to].ID))
}

// point puts the cursor somewhere. On a step it means what is next there.
func (w *Walk) point(ref runbook.Ref) {
	if ref.Step() != w.step() {
		w.top = 0
	}
	w.free, w.option = false, 0
	if ref == w.s.Run.Current || ref == runbook.Next(w.s.Books, w.s.Run).Item {
		ref = ""
	}
	w.cursor = ref
}

// back puts the cursor on what is next.
func (w *Walk) back() { w.cursor, w.free, w.top, w.option = "", false, 0, 0 }

// scroll moves the page, and leaves the cursor where it is.
func (w *Walk) scroll(n int) { w.free, w.top = true, max(0, w.top+n) }
