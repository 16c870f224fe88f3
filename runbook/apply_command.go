package runbook

import (
	"fmt"
	"slices"
	"time"
)

// Unattended stands in the log where nobody was there to look.
const Unattended = "unattended"

func (r *Run) attempt(n int, kind string) (*Attempt, error) {
	a := r.Attempt(n)
	if a == nil {
		return nil, fmt.Errorf("%s names attempt %d, which was never intended", kind, n)
	}
	return a, nil
}

func (r *Run) intend(e CommandIntended, rec Record) error {
	if e.Attempt != len(r.Attempts)+1 {
		return fmt.Errorf("attempt %d follows attempt %d", e.Attempt, len(r.Attempts))
	}
	r.Attempts = append(r.Attempts, &Attempt{CommandIntended: e, Seq: rec.Seq, Intended: rec.When(), By: rec.Actor})
	if e.Item != "" {
		it := r.item(e.Item)
		it.Attempts = append(it.Attempts, e.Attempt)
		// What only looks decides nothing: an outcome that nobody knows is still
		// unknown after a preview.
		if carries(e.For) {
			it.Hold, it.Why = NoHold, ""
		}
	}
	return nil
}

func (r *Run) identify(e TargetIdentified) error {
	a, err := r.attempt(e.Attempt, "target_identified")
	if err != nil {
		return err
	}
	a.Answer, a.Identical = e.Answer, e.Expected == "" || e.Answer == e.Expected
	target := a.Target
	if target == "" {
		target = r.Target
	}
	if _, known := r.Identity[target]; !known {
		r.Identity[target] = e.Answer
	}
	if !a.Identical && e.Item != "" {
		it := r.item(e.Item)
		it.Hold = Failed
		it.Why = fmt.Sprintf("the target answers %q, it was %q before", e.Answer, e.Expected)
	}
	return nil
}

func (r *Run) start(e CommandStarted, rec Record) error {
	a, err := r.attempt(e.Attempt, "command_started")
	if err != nil {
		return err
	}
	a.Run, a.RunAt = &e, rec.When()
	return nil
}

func (r *Run) end(e CommandFinished, rec Record) error {
	a, err := r.attempt(e.Attempt, "command_finished")
	if err != nil {
		return err
	}
	a.End, a.EndAt, a.Lost = &e, rec.When(), nil
	if a.OK() && e.Captured && !a.Background && carries(a.For) {
		if e.Dir != "" {
			r.Dir = e.Dir
		}
		r.carry(e.Set, e.Unset)
		for _, name := range e.Withheld {
			delete(r.Set, name)
			delete(r.Unset, name)
			r.Withheld[name] = e.Attempt
		}
	}
	if it := r.itemOf(a); it != nil {
		if a.For == "rollback" {
			r.undo(a.Item, it) // half undone is not done either
		}
		it.end(a)
	}
	return nil
}

// itemOf is the item that an attempt belongs to; nil if there is none, or if
// its step was opened again since: the outcome then says nothing about the new
// round.
func (r *Run) itemOf(a *Attempt) *ItemState {
	it := r.Items[a.Item]
	if a.Item == "" || it == nil || !slices.Contains(it.Attempts, a.CommandIntended.Attempt) {
		return nil
	}
	return it
}

// end is what a command's outcome means for its item.
func (it *ItemState) end(a *Attempt) {
	if a.For == "" {
		it.Danger = nil
	}
	switch {
	case a.End.Again || it.Done:
	case !a.OK():
		if it.Hold == Unsure && !carries(a.For) {
			return
		}
		it.Hold, it.Why = Failed, a.How()
		if a.For != "" {
			it.Why = a.For + ": " + it.Why
		}
		if a.missed() {
			it.Hold = Unexpected
		}
	case a.For == "" && it.Hold != Contaminated:
		it.Next, it.Hold, it.Why = a.Block+1, NoHold, ""
	}
}

// carries says whether a command of this purpose leaves its variables and
// directory to the blocks after it: what only looks doesn't.
func carries(purpose string) bool {
	return purpose == "" || purpose == "adhoc" || purpose == "rollback"
}

func (r *Run) lose(e OutcomeUnknown) error {
	a, err := r.attempt(e.Attempt, "outcome_unknown")
	if err != nil {
		return err
	}
	if a.End != nil {
		return nil // what is on record stays known
	}
	a.Lost = &e
	if it := r.itemOf(a); it != nil && (!it.Done || a.For == "rollback") {
		if a.For == "rollback" {
			r.undo(a.Item, it)
		}
		it.Hold, it.Danger = Unsure, nil
		it.Why = fmt.Sprintf("nobody knows how attempt %d ended: %s", e.Attempt, quote(a.Head()))
	}
	return nil
}

// release lifts a hold. How the item stands afterwards follows from the words:
// done, left out, or open once more.
func (r *Run) release(e HoldReleased, rec Record) {
	it := r.item(e.Item)
	held := it.Hold
	for _, n := range it.Attempts {
		a := r.Attempts[n-1]
		a.Settled = a.Settled || a.Lost != nil
	}
	it.Hold, it.Why = NoHold, ""
	switch e.How {
	case "skipped":
		it.Done, it.As, it.At = true, "skipped", rec.When()
	case "counts_as_done", "anyway":
		if n := len(it.Attempts); n > 0 { // blocks for the other mode may stand before the one that is held
			it.Next = max(it.Next, r.Attempts[it.Attempts[n-1]-1].Block)
		}
		if it.Next++; !e.More {
			it.Done, it.As, it.At = true, e.How, rec.When()
		}
	case "rolled_back":
		r.undo(e.Item, it)
	}
	kind := "released"
	switch {
	case e.How == "skipped":
		kind = "skipped"
	case held == Contaminated && e.How != "again":
		kind = "contaminated"
	}
	if e.Reason != "" || e.How == "rolled_back" {
		r.deviate(rec, Deviation{Kind: kind, Ref: e.Item, Text: e.How, Reason: e.Reason})
	}
}

// undo opens an item again whose command was undone, and its step with it.
func (r *Run) undo(ref Ref, it *ItemState) {
	it.Done, it.As, it.At = false, "", time.Time{}
	if n := len(it.Attempts); n > 0 {
		it.Next = r.Attempts[it.Attempts[n-1]-1].Block
	}
	if s := r.Steps[ref.Step()]; s != nil && s.Status == Finished {
		s.Status, s.Closed = Entered, time.Time{}
	}
}

// report takes in a fact. One that names the recovery point moves the
// data-loss clock, and holds its item when the damage had begun by then.
func (r *Run) report(e FactReported, rec Record) {
	r.Facts = append(r.Facts, Reported{e, rec.Seq, rec.When()})
	r.carry(map[string]string{e.Name: e.Value}, nil)
	if e.Name != "recovery_point" {
		return
	}
	at, err := time.Parse(time.RFC3339Nano, e.Value)
	if err != nil {
		return
	}
	r.Moments["recovery_point"] = Moment{MomentSet{Name: "recovery_point", Moment: at, Source: "fact"}, rec.Seq}
	began, _ := r.Began()
	if a := r.Attempt(e.Attempt); a != nil && at.After(began) {
		if it := r.itemOf(a); it != nil && !it.Done {
			it.Hold, it.Next = Contaminated, a.Block
			it.Why = "the recovery point is later than the beginning of the disruption"
		}
	}
}
