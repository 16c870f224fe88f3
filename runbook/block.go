package runbook

import (
	"slices"
	"strings"
)

// NextBlock is the block of an item that runs next, and its place; nil when
// none is left. Blocks for the other mode are passed over, and so are unlabelled
// ones until they are armed: they are text.
func (r *Run) NextBlock(it *Item, ref Ref) (*Block, int) {
	st := r.Item(ref)
	for i := st.Next; i < len(it.Blocks); i++ {
		if r.runs(it.Blocks[i], st) {
			return it.Blocks[i], i
		}
	}
	return nil, 0
}

// LastBlock says whether no block of an item runs after the one at a place.
func (r *Run) LastBlock(it *Item, ref Ref, place int) bool {
	st := r.Item(ref)
	for i := place + 1; i < len(it.Blocks); i++ {
		if r.runs(it.Blocks[i], st) {
			return false
		}
	}
	return true
}

// UndoBlock is the block that undoes what an item ran last, and the place of
// what it undoes; nil if nothing ran, or nothing undoes it.
func (r *Run) UndoBlock(b *Book, ref Ref) (*Block, int) {
	_, it, ok := b.Item(ref.ID())
	if !ok {
		return nil, 0
	}
	for _, n := range slices.Backward(r.Item(ref).Attempts) {
		if a := r.Attempts[n-1]; a.For == "" && a.Block < len(it.Blocks) {
			return b.Named[it.Blocks[a.Block].Rollback], a.Block
		}
	}
	return nil, 0
}

// runs says whether a block is a command in this run, and not text.
func (r *Run) runs(bl *Block, st ItemState) bool {
	return bl.When.Applies(r.Mode) && (bl.Lang != "" || st.Armed[bl.Hash])
}

// armable is the block of an item that Arm is about: the next one of a foreign
// file, else the next unlabelled one; nil if there is nothing to arm.
func (r *Run) armable(b *Book, it *Item, ref Ref) *Block {
	st := r.Item(ref)
	if bl, _ := r.NextBlock(it, ref); bl != nil && b.Foreign && !st.Armed[bl.Hash] {
		return bl
	}
	for _, bl := range it.Blocks[min(st.Next, len(it.Blocks)):] {
		if bl.Lang == "" && bl.When.Applies(r.Mode) && !st.Armed[bl.Hash] {
			return bl
		}
	}
	return nil
}

// Text is the text of an item's block as it would run: edited, with its
// placeholders filled.
func (r *Run) Text(it *Item, ref Ref, block int) string {
	st := r.Item(ref)
	if e, ok := st.Edited[block]; ok {
		return e.Text
	}
	var pairs []string
	for _, name := range it.Blocks[block].Placeholders {
		if value, ok := st.Filled[name]; ok {
			pairs = append(pairs, name, value)
		}
	}
	// In one go: what was filled in is never taken for a placeholder itself.
	return strings.NewReplacer(pairs...).Replace(it.Blocks[block].Text)
}

// running is the attempt of an item that has no outcome yet, unless the walk
// goes on while it runs.
func running(r *Run, st ItemState) *Attempt {
	for _, n := range st.Attempts {
		if a := r.Attempts[n-1]; a.Open() && !a.Background {
			return a
		}
	}
	return nil
}

// background finds the attempt of a named block that runs in the background.
func (r *Run) background(b *Book, name string) *Attempt {
	for _, a := range r.Running() {
		if a.Background && a.Item.Book() == b.Name && r.blockName(b, a) == name {
			return a
		}
	}
	return nil
}

// met says whether what after= waits for is settled: that block succeeded, it is
// for the other mode, or it was decided that the walk goes on without it.
func (r *Run) met(b *Book, name string) bool {
	bl, ok := b.Block(name)
	if !ok || !bl.When.Applies(r.Mode) {
		return true
	}
	ref, i, ok := place(b, name)
	return ok && (r.Item(ref).Done || r.Item(ref).Next > i || !r.open(ref.Step(), nil))
}

// place finds the item that a named block stands in, and where in it.
func place(b *Book, name string) (Ref, int, bool) {
	for i := range b.Steps {
		for j := range b.Steps[i].Items {
			it := &b.Steps[i].Items[j]
			if at := slices.IndexFunc(it.Blocks, func(bl *Block) bool { return bl.Name == name }); at >= 0 {
				return At(b.Name, it.ID), at, true
			}
		}
	}
	return "", 0, false
}

func (r *Run) blockName(b *Book, a *Attempt) string {
	_, it, ok := b.Item(a.Item.ID())
	if !ok || a.Block >= len(it.Blocks) {
		return ""
	}
	return it.Blocks[a.Block].Name
}

func firstLine(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		line += " …"
	}
	return line
}

// quote puts a text in quotes, cut to what fits on a line.
func quote(text string) string { return "\"" + cut(text) + "\"" }

// cut shortens a text to what fits on a line.
func cut(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most-1]) + "…"
	}
	return text
}
