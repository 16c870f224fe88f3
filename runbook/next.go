package runbook

import (
	"fmt"
	"slices"
)

// A Move is what may happen now. Enter does Do; Ways are the others that make
// sense here. Anything else that the operator may do at any time (notes,
// walking ahead or back, ad-hoc commands) is not listed.
type Move struct {
	Do    Intent // nil: Enter can do nothing here, Say tells why
	Say   string // what Do is, or why there is none: a short imperative sentence
	Needs string // what Do still lacks: "value", "option"; "": nothing
	Step  Ref
	Item  Ref
	Hold  Hold
	Why   string // of the hold
	Ways  []Way
}

// A Way is another way on.
type Way struct {
	Name   string // one word: skip, edit, again, anyway, rollback, by-hand, arm, done, different, section
	Say    string
	Do     Intent
	Reason bool // a reason must be given
}

// Next says what may happen now: the one next thing, and the other ways. It
// follows from the books and the run alone.
func Next(bs Books, r *Run) Move {
	switch {
	case r.ReadOnly != "":
		return Move{Say: "read only: " + r.ReadOnly}
	case r.Ended != nil:
		return Move{Say: "the run has ended"}
	case r.Current == "":
		return start(bs, r)
	}
	b, s, ok := bs.Step(r.Current)
	if !ok {
		return astray(bs, r)
	}
	m := here(bs, r, b, s)
	m.Ways = append(m.Ways, elsewhere(bs, r)...)
	return m
}

// NextFor says what may happen now with an item that is not the next one: the
// order of a document is advice. What is done, or not for this run, offers
// nothing; an item of another step is gone to first.
func NextFor(bs Books, r *Run, item Ref) Move {
	b, s, it, ok := bs.Item(item)
	if !ok || r.ReadOnly != "" || r.Ended != nil || r.Current == "" {
		return Next(bs, r)
	}
	m, st := Move{Step: item.Step(), Item: item}, r.Item(item)
	a := r.OpenAttempt(st)
	switch {
	case m.Step != r.Current:
		m.Do, m.Say = Enter{m.Step}, "go to "+quote(s.Title)
	case !r.open(m.Step, nil):
		m.Say = fmt.Sprintf("%s is %s: open it again to repeat it", quote(s.Title), r.Step(m.Step).Status)
	case !it.Applicable(r.Mode):
		m.Say = "it is not for a " + string(r.Mode) + " run"
	case st.Done:
		m.Say = "it is done: open the step again to repeat it"
	case a != nil && a.Background:
		m.Say, m.Ways = quote(a.Head())+" runs in the background", []Way{stopping(a)}
	default:
		return itemMove(r, b, s, it, item)
	}
	return m
}

// here is the move at the step that the walk stands on.
func here(bs Books, r *Run, b *Book, s *Step) Move {
	if st := r.Step(r.Current).Status; s.When.Applies(r.Mode) && st != Finished && st != Skipped {
		for i := range s.Items {
			ref := At(b.Name, s.Items[i].ID)
			if s.Items[i].Applicable(r.Mode) && !r.passed(ref) {
				return itemMove(r, b, s, &s.Items[i], ref)
			}
		}
		if !r.complete(b, s, "") {
			return onward(bs, r)
		}
		return Move{Step: r.Current, Do: Finish{r.Current}, Say: finishSaying(s), Ways: stepWays(r.Current, s)}
	}
	return onward(bs, r)
}

// astray is the move of a walk whose step is gone: its book was edited.
func astray(bs Books, r *Run) Move {
	why := fmt.Sprintf("step %s is in no book that is open", r.Current)
	if to, _, ok := following(bs, r, r.Current, nil); ok {
		_, s, _ := bs.Step(to)
		return Move{Step: to, Do: Enter{to}, Say: fmt.Sprintf("%s: go on to %q", why, s.Title)}
	}
	return Move{Say: why}
}

// elsewhere points to commands that ran in the background and failed, or were
// lost, while the walk went on.
func elsewhere(bs Books, r *Run) []Way {
	var out []Way
	for _, a := range r.Attempts {
		ref := a.Item.Step()
		it := r.itemOf(a)
		if !a.Background || a.Open() || it == nil || it.Done || it.Hold == NoHold || ref == r.Current || !r.open(ref, nil) {
			continue
		}
		_, s, ok := bs.Step(ref)
		if !ok || slices.ContainsFunc(out, func(w Way) bool { return w.Do == Enter{ref} }) {
			continue
		}
		out = append(out, Way{Name: "held", Say: fmt.Sprintf("look at %q: %s, %s", s.Title, quote(a.Head()), it.Why), Do: Enter{ref}})
	}
	return out
}

func finishSaying(s *Step) string {
	if s.Witness {
		return fmt.Sprintf("finish %q with a second person", s.Title)
	}
	return fmt.Sprintf("finish %q", s.Title)
}

// start is the move of a run that stands nowhere yet: the first step of the
// book that was opened first.
func start(bs Books, r *Run) Move {
	for _, f := range r.Books {
		b := bs[f.Book]
		if b == nil || len(b.Steps) == 0 {
			continue
		}
		ref := At(b.Name, b.Steps[0].ID)
		return Move{Step: ref, Do: Enter{ref}, Say: fmt.Sprintf("begin with %q", b.Steps[0].Title)}
	}
	return Move{Do: End{State: "recovered"}, Say: "end the run: its book asks for nothing"}
}

// passed says whether the walk goes on past an item: it is done, or its command
// runs in the background.
func (r *Run) passed(ref Ref) bool {
	st := r.Item(ref)
	if st.Done {
		return true
	}
	for _, n := range st.Attempts {
		if a := r.Attempts[n-1]; a.Background && a.Open() {
			return true
		}
	}
	return false
}

// complete says whether every applicable item of a step is done, besides being
// the one that is about to be.
func (r *Run) complete(b *Book, s *Step, besides Ref) bool {
	for i := range s.Items {
		ref := At(b.Name, s.Items[i].ID)
		if ref != besides && s.Items[i].Applicable(r.Mode) && !r.Item(ref).Done {
			return false
		}
	}
	return true
}

// onward is the move of a step that is closed, or that only waits for what runs
// in the background.
func onward(bs Books, r *Run) Move {
	if to, _, ok := following(bs, r, r.Current, nil); ok {
		_, s, _ := bs.Step(to)
		return Move{Step: to, Do: Enter{to}, Say: fmt.Sprintf("go on to %q", s.Title)}
	}
	if open := r.Running(); len(open) > 0 {
		a := open[len(open)-1]
		return Move{Step: r.Current, Do: Await{a.CommandIntended.Attempt}, Say: "wait for " + quote(a.Head()), Ways: []Way{stopping(a)}}
	}
	for _, a := range r.Attempts {
		if a.lives() {
			return Move{Step: r.Current, Do: Await{a.CommandIntended.Attempt}, Say: "wait for the command that still runs: " + quote(a.Head())}
		}
	}
	return Move{Step: r.Current, Do: End{State: "recovered"}, Say: "end the run: every step is done"}
}

// itemMove is what may happen with an item of the current step that is not done.
func itemMove(r *Run, b *Book, s *Step, it *Item, ref Ref) Move {
	m := Move{Step: ref.Step(), Item: ref}
	st := r.Item(ref)
	switch {
	case st.Hold != NoHold:
		return held(b, r, it, ref, m)
	case running(r, st) != nil:
		a := running(r, st)
		m.Do, m.Say = Await{a.CommandIntended.Attempt}, "wait for "+quote(a.Head())
		m.Ways = append(m.Ways, stopping(a))
		return m
	}
	switch it.Kind {
	case Question:
		m.Do, m.Needs, m.Say = Answer{Item: ref}, "value", "answer "+quote(it.Text)
	case Choice:
		m.Do, m.Needs, m.Say = Choose{Item: ref}, "option", "choose where to go on"
		if len(it.Options) == 1 {
			m.Do, m.Needs, m.Say = Choose{Item: ref, Option: 1}, "", "go to "+quote(it.Options[0].Text)
		}
	case Command:
		m = command(b, r, it, ref, m)
	case Check:
		if bl, _ := r.NextBlock(it, ref); bl != nil {
			m = command(b, r, it, ref, m)
			break
		}
		m.Do, m.Say = Tick{Item: ref}, "tick "+quote(it.Text)
		m.Ways = append(m.Ways, Way{Name: "different", Say: "done, but not as expected", Do: Tick{Item: ref}, Reason: true})
		if bl := r.armable(b, it, ref); bl != nil && bl.Wrong == "" {
			m.Ways = append(m.Ways, Way{Name: "arm", Say: "let " + quote(firstLine(bl.Text)) + " run here", Do: Arm{ref}})
		}
		if len(it.Options) == 1 {
			m.Ways = append(m.Ways, Way{Name: "section", Say: "open " + quote(it.Options[0].Text), Do: Choose{Item: ref, Option: 1}})
		}
	}
	m.Ways = append(m.Ways, Way{Name: "skip", Say: "leave it out", Do: SkipItem{Item: ref}, Reason: !it.Reading && !s.Optional})
	if s.Optional && r.busy(b, s) == nil {
		m.Ways = append(m.Ways, Way{Name: "skip-step", Say: "leave the optional step out", Do: Skip{Step: ref.Step()}})
	}
	return m
}

// command is the move of an item whose next block can run, or, in a foreign
// file, must be armed before it can.
func command(b *Book, r *Run, it *Item, ref Ref, m Move) Move {
	bl, i := r.NextBlock(it, ref)
	if bl == nil {
		m.Do, m.Say = Tick{Item: ref, As: "by_hand"}, "tick it"
		return m
	}
	text := "$ " + cut(firstLine(r.Text(it, ref, i)))
	hand := Way{Name: "by-hand", Say: "it was done by hand, elsewhere", Do: Tick{Item: ref, As: "by_hand"}}
	st := r.Item(ref)
	switch {
	case bl.Wrong != "":
		m.Say = "it can't run: " + bl.Wrong
		m.Ways = append(m.Ways, hand)
		return m
	case bl.After != "" && !r.met(b, bl.After):
		m = waits(b, r, bl.After, ref, m)
		m.Ways = append(m.Ways, hand)
		return m
	case b.Foreign && !st.Armed[bl.Hash]:
		m.Do, m.Say = hand.Do, "tick "+text+" as done by hand: a foreign file's command runs only when it is armed"
		m.Ways = append(m.Ways, Way{Name: "arm", Say: "let it run here", Do: Arm{ref}})
		return m
	}
	m.Do, m.Say = Perform{ref}, "run "+text
	if bl.Danger {
		m.Say = "prove the target, have it typed, then run " + text
	}
	m.Ways = append(m.Ways, hand, Way{Name: "edit", Say: "change it for this run", Do: Edit{Item: ref}, Reason: true})
	return m
}

// waits is the move of a block whose after= is not met: wait for that block, or
// go back to where it stands.
func waits(b *Book, r *Run, name string, ref Ref, m Move) Move {
	if a := r.background(b, name); a != nil {
		m.Do, m.Say = Await{a.CommandIntended.Attempt}, fmt.Sprintf("wait for %q", name)
		return m
	}
	m.Say = fmt.Sprintf("it waits for %q, which has not succeeded", name)
	steps := order(b)
	if at, _, ok := place(b, name); ok && slices.Index(steps, at.Step()) < slices.Index(steps, ref.Step()) {
		m.Do, m.Say = Enter{at.Step()}, fmt.Sprintf("go back to %q, which has not succeeded", name)
	}
	return m
}

// held is the move of an item that can't simply go on. Where something failed,
// Enter tries again only what reads and nothing else.
func held(b *Book, r *Run, it *Item, ref Ref, m Move) Move {
	st := r.Item(ref)
	m.Hold, m.Why, m.Say = st.Hold, st.Why, "decide how to go on: "+st.Why
	bl, _ := r.NextBlock(it, ref)
	lost := r.lost(st)
	again := Way{Name: "again", Say: "run it again", Do: Perform{ref}}
	lives := lost != nil && lost.lives()
	switch {
	case lives:
		m.Do, m.Say = Await{lost.CommandIntended.Attempt}, "wait for the command that still runs"
		m.Ways = append(m.Ways, stopping(lost))
	case bl == nil || bl.Wrong != "":
	case st.Hold == Unsure && lost != nil && lost.Lost.Seen == "not_started" && lost.For != "rollback":
		m.Do, m.Say = again.Do, "run it: it never started"
	case bl.Probe && st.Hold != Contaminated && (lost == nil || lost.For != "rollback"):
		m.Do, m.Say = again.Do, "run "+quote(firstLine(bl.Text))+" again: it only reads"
	}
	if bl != nil && bl.Wrong == "" && !lives {
		m.Ways = append(m.Ways, again, Way{Name: "edit", Say: "change it and run it", Do: Edit{Item: ref}, Reason: true})
		if undo, _ := r.UndoBlock(b, ref); undo != nil {
			m.Ways = append(m.Ways, Way{Name: "rollback", Say: "undo it with " + quote(undo.Name), Do: RollBack{ref}})
		}
	}
	if st.Hold == Unsure && lost != nil {
		done := Way{Name: "done", Say: "it counts as done", Do: Release{Item: ref, How: "counts_as_done"}, Reason: true}
		switch lost.For {
		case "rollback":
			done.Say = "it counts as undone"
			m.Ways = append(m.Ways, done)
		case "":
			m.Ways = append(m.Ways, done)
		}
	}
	m.Ways = append(m.Ways,
		Way{Name: "anyway", Say: "go on past it anyway", Do: Release{Item: ref, How: "anyway"}, Reason: true},
		Way{Name: "skip", Say: "leave it out", Do: SkipItem{Item: ref}, Reason: true})
	return m
}

// stopping is the way to end a command that runs.
func stopping(a *Attempt) Way {
	return Way{Name: "stop", Say: "stop it", Do: Stop{a.CommandIntended.Attempt}}
}

func stepWays(ref Ref, s *Step) []Way {
	return []Way{{Name: "skip-step", Say: "leave the step out", Do: Skip{Step: ref}, Reason: !s.Optional}}
}
