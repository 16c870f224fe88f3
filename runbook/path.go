package runbook

import "slices"

// Books are the documents that a run follows, by the name they have in it.
type Books map[string]*Book

// First is the book that a run was begun with: its objectives are the run's. It
// is nil before there is one, and where its text is not at hand.
func (bs Books) First(r *Run) *Book {
	if len(r.Books) == 0 {
		return nil
	}
	return bs[r.Books[0].Book]
}

// Step finds a step and its book.
func (bs Books) Step(ref Ref) (*Book, *Step, bool) {
	b := bs[ref.Book()]
	if b == nil {
		return nil, nil, false
	}
	s, ok := b.Step(ref.ID())
	return b, s, ok
}

// Item finds an item with its step and book.
func (bs Books) Item(ref Ref) (*Book, *Step, *Item, bool) {
	b := bs[ref.Book()]
	if b == nil {
		return nil, nil, nil, false
	}
	s, it, ok := b.Item(ref.ID())
	return b, s, it, ok
}

// Applies says whether something that is marked for a mode counts in this one.
func (m Mode) Applies(in Mode) bool { return m == "" || m == in }

// Applicable says whether an item asks for something in a mode: a command whose
// every block is for the other mode doesn't.
func (it *Item) Applicable(in Mode) bool {
	if it.Kind != Command {
		return true
	}
	return slices.ContainsFunc(it.Blocks, func(b *Block) bool { return b.When.Applies(in) })
}

// Applicable says whether a step asks for something in a mode.
func (s *Step) Applicable(in Mode) bool {
	return s.When.Applies(in) && slices.ContainsFunc(s.Items, func(it Item) bool { return it.Applicable(in) })
}

// order lists a book's steps as references, in document order.
func order(b *Book) []Ref {
	out := make([]Ref, len(b.Steps))
	for i := range b.Steps {
		out[i] = At(b.Name, b.Steps[i].ID)
	}
	return out
}

// open says whether the walk still has to go to a step. closed holds what the
// same decision is about to close, or, if false, to open again.
func (r *Run) open(ref Ref, closed map[Ref]bool) bool {
	if c, ok := closed[ref]; ok {
		return !c
	}
	s := r.Step(ref)
	return s.Status == Waiting || s.Status == Entered
}

// due says whether the walk has to stop at a step: it is open, and not merely
// waiting for what runs in the background.
func (r *Run) due(bs Books, ref Ref, closed map[Ref]bool) bool {
	return r.open(ref, closed) && !r.idle(bs, ref)
}

// idle says whether there is nothing to do at a step but to wait for its
// commands in the background.
func (r *Run) idle(bs Books, ref Ref) bool {
	b, s, ok := bs.Step(ref)
	if !ok || !s.Applicable(r.Mode) || r.complete(b, s, "") {
		return false
	}
	for i := range s.Items {
		if s.Items[i].Applicable(r.Mode) && !r.passed(At(b.Name, s.Items[i].ID)) {
			return false
		}
	}
	return true
}

// following is the step at which the walk goes on after from: the next due one
// of the document; back out of a detour; at the end of the document the first
// that was left open, here or in a book that was walked before. ok is false when
// nothing is due.
func following(bs Books, r *Run, from Ref, closed map[Ref]bool) (to Ref, by string, ok bool) {
	for n := len(r.Detours) - 1; n >= 0; n-- {
		d := r.Detours[n]
		if !slices.Contains(d.Section, from) {
			continue // the walk left this section on its own
		}
		if to, ok := ahead(bs, r, from, d.Section, closed); ok {
			return to, "next", true
		}
		// A step that was closed meanwhile is not gone back to: the walk goes on
		// behind it.
		if from = d.Item.Step(); r.due(bs, from, closed) {
			return from, "back", true
		}
	}
	if to, ok := ahead(bs, r, from, nil, closed); ok {
		return to, "next", true
	}
	for _, name := range append([]string{from.Book()}, r.Walked...) {
		b := bs[name]
		if b == nil || name == from.Book() && !slices.Contains(r.Walked, name) {
			continue
		}
		for _, ref := range order(b) {
			if r.due(bs, ref, closed) {
				return ref, "back", true
			}
		}
	}
	return "", "", false
}

// ahead is the first due step after from in the document, within a section if
// there is one.
func ahead(bs Books, r *Run, from Ref, section []Ref, closed map[Ref]bool) (Ref, bool) {
	b := bs[from.Book()]
	if b == nil {
		return "", false
	}
	steps := order(b)
	for _, ref := range steps[slices.Index(steps, from)+1:] {
		if section != nil && !slices.Contains(section, ref) {
			break
		}
		if r.due(bs, ref, closed) {
			return ref, true
		}
	}
	return "", false
}

// Progress counts the steps of the book that the walk stands in: context and
// what is not taken left out. Those of another mode count as done once passed.
func Progress(bs Books, r *Run) (done, of int) {
	book := r.Current.Book()
	if r.Current == "" && len(r.Walked) > 0 {
		book = r.Walked[0]
	}
	b := bs[book]
	if b == nil {
		return 0, 0
	}
	for _, ref := range order(b) {
		switch r.Step(ref).Status {
		case NotTaken:
			continue
		case Finished, Skipped:
			done++
		case Waiting, Entered:
		}
		of++
	}
	return done, of
}
