package runbook

import "slices"

func (d *decision) arm(in Arm) ([]Event, error) {
	b, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	bl := d.r.armable(b, it, in.Item)
	switch {
	case bl == nil:
		return nil, refuse("", "%s has no command left to arm", in.Item)
	case bl.Wrong != "":
		return nil, refuse("mend the runbook", "it can't run: %s", bl.Wrong)
	}
	return []Event{BlockArmed{Item: in.Item, Hash: bl.Hash}}, nil
}

func (d *decision) fill(in Fill) ([]Event, error) {
	_, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	known := slices.ContainsFunc(it.Blocks, func(b *Block) bool { return slices.Contains(b.Placeholders, in.Name) })
	if !known {
		return nil, refuse("", "%s has no placeholder %q", in.Item, in.Name)
	}
	if blank(in.Value) {
		return nil, refuse("", "placeholder %s is still open", in.Name)
	}
	return []Event{BlankFilled(in)}, nil
}

func (d *decision) edit(in Edit) ([]Event, error) {
	_, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	bl, i := d.r.NextBlock(it, in.Item)
	switch {
	case d.still(d.r.Item(in.Item)) != nil:
		return nil, d.still(d.r.Item(in.Item))
	case bl == nil:
		return nil, refuse("", "%s has no command left", in.Item)
	case bl.Wrong != "":
		return nil, refuse("mend the runbook", "it can't run: %s", bl.Wrong)
	case blank(in.Text):
		return nil, refuse("skip it with a reason instead", "an empty command does nothing")
	case blank(in.Reason):
		return nil, refuse("", "changing a command needs a reason")
	}
	return []Event{BlockEdited{Item: in.Item, Block: i, Text: in.Text, Reason: in.Reason}}, nil
}

// release goes on after a hold. Of an outcome that nobody knows, only the
// block's own can count as done; that of a rollback can count as undone.
func (d *decision) release(in Release) ([]Event, error) {
	_, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	st := d.r.Item(in.Item)
	lost := d.r.lost(st)
	switch {
	case st.Hold == NoHold:
		return nil, refuse("", "%s is not on hold", in.Item)
	case blank(in.Reason):
		return nil, refuse("", "going on after a hold needs a reason")
	case in.How != "counts_as_done" && in.How != "anyway":
		return nil, refuse("", "%q is no way to go on", in.How)
	case in.How == "counts_as_done" && (st.Hold != Unsure || lost == nil):
		return nil, refuse("run it again, or go on anyway", "only an outcome that nobody knows can count as done")
	case in.How == "counts_as_done" && lost.For == "rollback":
		return []Event{HoldReleased{Item: in.Item, How: "rolled_back", Reason: in.Reason}}, nil
	case in.How == "counts_as_done" && lost.For != "":
		return nil, refuse("run it again", "attempt %d only looked: %s itself has not run", lost.CommandIntended.Attempt, in.Item)
	}
	bl, place := d.r.NextBlock(it, in.Item)
	more := bl != nil && !d.r.LastBlock(it, in.Item, place)
	out := []Event{HoldReleased{Item: in.Item, How: in.How, Reason: in.Reason, More: more}}
	if more {
		return out, nil
	}
	return append(out, d.after(in.Item)...), nil
}

// lost is the newest attempt of an item whose outcome nobody knows, and on
// which nobody decided.
func (r *Run) lost(st ItemState) *Attempt {
	for _, n := range slices.Backward(st.Attempts) {
		if a := r.Attempts[n-1]; a.Lost != nil && !a.Settled {
			return a
		}
	}
	return nil
}

// still refuses what can't be while a command of an item runs.
func (d *decision) still(st ItemState) error {
	if a := d.r.OpenAttempt(st); a != nil {
		return runs(a)
	}
	return nil
}

func runs(a *Attempt) error {
	return refuse("wait for it, or stop it", "%s still runs", quote(a.Head()))
}

// OpenAttempt is the attempt of an item that has no outcome yet; nil if there
// is none.
func (r *Run) OpenAttempt(st ItemState) *Attempt {
	for _, n := range st.Attempts {
		if a := r.Attempts[n-1]; a.Open() {
			return a
		}
	}
	return nil
}

// busy is a command of a step that has no outcome yet; nil if there is none.
func (r *Run) busy(b *Book, s *Step) *Attempt {
	for i := range s.Items {
		if a := r.OpenAttempt(r.Item(At(b.Name, s.Items[i].ID))); a != nil {
			return a
		}
	}
	return nil
}

// acts says why an intent that runs a command can't be carried out. What only
// the world can tell is left to the engine.
func (d *decision) acts(in Intent) error {
	switch in := in.(type) {
	case Perform:
		return d.perform(in)
	case RollBack:
		return d.rollBack(in)
	case AdHoc:
		if blank(in.Text) {
			return refuse("", "an empty command does nothing")
		}
	case Settle:
		if a := d.r.Attempt(in.Attempt); a == nil || a.Lost == nil {
			return refuse("", "the outcome of attempt %d is not in question", in.Attempt)
		}
	case Await:
		return d.alive(in.Attempt)
	case Stop:
		return d.alive(in.Attempt)
	}
	return nil
}

// rollBack undoes what an item ran last, or tried to.
func (d *decision) rollBack(in RollBack) error {
	b, _, _, err := d.item(in.Item)
	if err != nil {
		return err
	}
	if bl, _ := d.r.UndoBlock(b, in.Item); bl == nil {
		return refuse("", "%s ran nothing that has a rollback", in.Item)
	}
	return d.still(d.r.Item(in.Item))
}

func (d *decision) alive(n int) error {
	if a := d.r.Attempt(n); a == nil || !a.Open() && !a.lives() {
		return refuse("", "attempt %d doesn't run", n)
	}
	return nil
}

func (d *decision) perform(in Perform) error {
	b, _, it, err := d.item(in.Item)
	if err != nil {
		return err
	}
	st := d.r.Item(in.Item)
	bl, _ := d.r.NextBlock(it, in.Item)
	lost := d.r.lost(st)
	switch {
	case d.still(st) != nil:
		return d.still(st)
	case st.Done:
		return refuse("open its step again to repeat it", "%s is done", in.Item)
	case bl == nil:
		return refuse("", "%s has no command left", in.Item)
	case bl.Wrong != "":
		return refuse("mend the runbook, or do it by hand", "it can't run: %s", bl.Wrong)
	case lost != nil && lost.lives():
		return refuse("wait for it, or stop it", "%s was last seen running", quote(lost.Head()))
	case b.Foreign && !st.Armed[bl.Hash]:
		return refuse("arm it first", "a command of a foreign file runs only when it is armed")
	case bl.After != "" && !d.r.met(b, bl.After):
		return refuse("", "it waits for %q, which has not succeeded", bl.After)
	}
	return nil
}
