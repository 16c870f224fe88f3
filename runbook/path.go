package runbook

import "slices"

// Books are the documents that a run follows, by the name they have in it.
type Books map[string]*Book

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

// open says whether the walk still has to go to a step. closed holds what is
// about to be closed by the same decision.
func (r *Run) open(ref Ref, closed map[Ref]bool) bool {
	if closed[ref] {
		return false
	}
	s := r.Step(ref)
	return s.Status == Waiting || s.Status == Entered
}

// following is the step at which the walk goes on after from: the next open one
// of the document; back out of a detour; at the end of the document the first
// that was left open. ok is false when nothing is open.
func following(bs Books, r *Run, from Ref, closed map[Ref]bool) (to Ref, by string, ok bool) {
	b := bs[from.Book()]
	if b == nil {
		return "", "", false
	}
	steps := order(b)
	place := slices.Index(steps, from)
	var detour *Detour
	if n := len(r.Detours); n > 0 {
		detour = &r.Detours[n-1]
	}
	for _, ref := range steps[place+1:] {
		if detour != nil && !slices.Contains(detour.Section, ref) {
			break
		}
		if r.open(ref, closed) {
			return ref, "next", true
		}
	}
	if detour != nil {
		return detour.Item.Step(), "back", true
	}
	for _, ref := range steps {
		if ref != from && r.open(ref, closed) {
			return ref, "back", true
		}
	}
	return "", "", false
}

// Progress counts the steps that the walk goes through: context and what is
// not taken left out. Those of another mode count as done once passed.
func Progress(bs Books, r *Run) (done, of int) {
	b := bs[r.Current.Book()]
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
