package runbook

import (
	"slices"
	"strings"
	"time"
)

// Done gives the events that follow when an item is done, for whoever carried
// out its last command: its step finished, moments set, clocks stopped, the
// walk moved on.
func Done(bs Books, r *Run, item Ref, now time.Time) []Event {
	d := decision{bs: bs, r: r, now: now, closed: map[Ref]bool{}}
	return d.after(item)
}

// after is what follows when an item is done.
func (d *decision) after(item Ref) []Event {
	b, s, _, ok := d.bs.Item(item)
	if !ok {
		return nil
	}
	ref := item.Step()
	if d.r.complete(b, s, item) {
		if s.Witness || !d.r.open(ref, nil) {
			return nil
		}
		return d.close(ref, s, StepFinished{Step: ref})
	}
	for i := range s.Items {
		other := At(b.Name, s.Items[i].ID)
		if other != item && s.Items[i].Applicable(d.r.Mode) && !d.r.passed(other) {
			return nil
		}
	}
	return d.onward(ref)
}

// InBackground gives the events that follow when an item's command was started
// in the background: the walk goes on without it.
func InBackground(bs Books, r *Run, item Ref, now time.Time) []Event {
	b, s, _, ok := bs.Item(item)
	if !ok {
		return nil
	}
	for i := range s.Items {
		other := At(b.Name, s.Items[i].ID)
		if other != item && s.Items[i].Applicable(r.Mode) && !r.passed(other) {
			return nil
		}
	}
	d := decision{bs: bs, r: r, now: now, closed: map[Ref]bool{item.Step(): true}}
	return d.onward(item.Step())
}

// close finishes a step, and the walk goes on from it if it stands there.
func (d *decision) close(ref Ref, s *Step, finished StepFinished) []Event {
	out := d.seal(ref, s, finished)
	if ref != d.r.Current && !finished.NotExercised {
		return out
	}
	return append(out, d.onward(ref)...)
}

// seal finishes a step: its moments are set, its objectives reached.
func (d *decision) seal(ref Ref, s *Step, finished StepFinished) []Event {
	d.closed[ref] = true
	out := []Event{finished}
	for _, name := range s.Moments {
		out = append(out, MomentSet{Name: name, Moment: d.now, Source: "step " + s.ID})
	}
	for _, name := range s.Reached {
		if _, stopped := d.r.Reaches[name].Stopped(); !stopped {
			out = append(out, ObjectiveReached{Objective: name, Step: ref})
		}
	}
	return out
}

// onward moves the walk to the step that follows, and past steps that ask for
// nothing in this mode.
func (d *decision) onward(from Ref) []Event {
	to, by, ok := following(d.bs, d.r, from, d.closed)
	if !ok {
		return nil
	}
	return append([]Event{StepEntered{Step: to, By: by}}, d.pass(to)...)
}

// LinkName is the name that a linked runbook file has within a run.
func LinkName(link string) string {
	if i := strings.LastIndexByte(link, '/'); i >= 0 {
		link = link[i+1:]
	}
	if i := strings.LastIndexByte(link, '.'); i > 0 {
		link = link[:i]
	}
	return link
}

// ErrBook is the refusal of a choice whose book is not open yet: the caller
// opens it and decides again.
type ErrBook struct{ Link string }

func (e *ErrBook) Error() string { return "book " + e.Link + " is not open" }

func (d *decision) choose(in Choose) ([]Event, error) {
	b, s, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	if in.Option < 1 || in.Option > len(it.Options) {
		return nil, refuse("", "there is no option %d", in.Option)
	}
	opt := it.Options[in.Option-1]
	to, section, err := d.lead(b, opt)
	if err != nil {
		return nil, err
	}
	step := in.Item.Step()
	made := ChoiceMade{Step: step, Item: in.Item, Option: in.Option, Text: opt.Text, To: to}
	if it.Kind != Choice { // a check's link is a way out that comes back
		made.Detour, made.Section = true, section
		out := append([]Event{made}, d.reopen(section, "opened again from "+string(in.Item))...)
		return append(out, StepEntered{Step: to, By: "detour"}), nil
	}
	made.NotTaken = d.notTaken(b, it, in.Option-1, step, to)
	out := []Event{made}
	if d.r.complete(b, s, in.Item) && d.r.open(step, nil) && !s.Witness {
		out = append(out, d.seal(step, s, StepFinished{Step: step})...)
	}
	for _, ref := range made.NotTaken {
		d.closed[ref] = true
	}
	if to.Book() == step.Book() {
		out = append(out, d.jumpBack(b, step, to)...)
	}
	out = append(out, StepEntered{Step: to, By: "choice"})
	return append(out, d.pass(to)...), nil
}

// lead is where an option goes: a step, and the section that a detour may walk
// through.
func (d *decision) lead(b *Book, opt Option) (Ref, []Ref, error) {
	if opt.Book == "" {
		var section []Ref
		for _, id := range opt.Section {
			section = append(section, At(b.Name, id))
		}
		if len(section) == 0 {
			section = []Ref{At(b.Name, opt.Step)}
		}
		return At(b.Name, opt.Step), section, nil
	}
	other := d.bs[LinkName(opt.Book)]
	if other == nil {
		return "", nil, &ErrBook{Link: opt.Book}
	}
	if len(other.Steps) == 0 {
		return "", nil, refuse("", "runbook %s has no steps", opt.Book)
	}
	to := other.Steps[0].ID
	if opt.Step != "" {
		to = opt.Step
		if _, ok := other.Step(to); !ok {
			return "", nil, refuse("lint the runbook", "runbook %s has no step %q", opt.Book, opt.Step)
		}
	}
	return At(other.Name, to), order(other), nil
}

// notTaken lists what a choice leaves out: the sections of the other options,
// what is jumped over on the way ahead, and, when the walk leaves for another
// book, the rest of this one.
func (d *decision) notTaken(b *Book, it *Item, picked int, from, to Ref) []Ref {
	steps := order(b)
	here, there := slices.Index(steps, from), slices.Index(steps, to)
	switch {
	case to.Book() != from.Book():
		there = len(steps)
	case there <= here:
		return nil // a jump back: the choice will be made again
	}
	var out []Ref
	add := func(ref Ref) {
		if ref != to && ref != from && d.r.open(ref, nil) && !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	keep := map[Ref]bool{}
	for _, id := range it.Options[picked].Section {
		keep[At(b.Name, id)] = true
	}
	for i, opt := range it.Options {
		if i == picked || opt.Book != "" {
			continue
		}
		for _, id := range append([]string{opt.Step}, opt.Section...) {
			if ref := At(b.Name, id); !keep[ref] && slices.Index(steps, ref) > here {
				add(ref)
			}
		}
	}
	for i := here + 1; i < there; i++ {
		add(steps[i])
	}
	return out
}

// jumpBack opens the steps from to on as a further round, up to where the walk
// has been.
func (d *decision) jumpBack(b *Book, from, to Ref) []Event {
	steps := order(b)
	here, there := slices.Index(steps, from), slices.Index(steps, to)
	if there > here {
		if st := d.r.Step(to).Status; st == Finished || st == Skipped {
			return d.reopen([]Ref{to}, "led to again")
		}
		return nil
	}
	return d.reopen(steps[there:], "jump back")
}

// reopen opens again those of the steps that something happened in.
func (d *decision) reopen(steps []Ref, reason string) []Event {
	var out []Event
	for _, ref := range steps {
		if st := d.r.Steps[ref]; d.closed[ref] || (st != nil && st.Status != Waiting) {
			out = append(out, StepReopened{Step: ref, Reason: reason})
			delete(d.closed, ref)
		}
	}
	return out
}

func (d *decision) arm(in Arm) ([]Event, error) {
	_, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	bl, _ := d.r.NextBlock(it, in.Item)
	switch {
	case bl == nil:
		return nil, refuse("", "%s has no command left", in.Item)
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
	return []Event{BlankFilled(in)}, nil
}

func (d *decision) edit(in Edit) ([]Event, error) {
	_, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	bl, i := d.r.NextBlock(it, in.Item)
	switch {
	case bl == nil:
		return nil, refuse("", "%s has no command left", in.Item)
	case bl.Wrong != "":
		return nil, refuse("mend the runbook", "it can't run: %s", bl.Wrong)
	case strings.TrimSpace(in.Text) == "":
		return nil, refuse("skip it with a reason instead", "an empty command does nothing")
	case in.Reason == "":
		return nil, refuse("", "changing a command needs a reason")
	}
	return []Event{BlockEdited{Item: in.Item, Block: i, Text: in.Text, Reason: in.Reason}}, nil
}
