package runbook

import (
	"slices"
	"strings"
	"time"
)

// Done gives the events that follow when an item is done, for whoever carried
// out its last command: its step finished, moments set, clocks stopped, the
// walk moved on. They belong behind the command's outcome, its facts and the
// item's tick, which r need not hold yet.
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
	return d.leave(b, s, item)
}

// InBackground gives the events that follow when an item's command was started
// in the background: the walk goes on without it.
func InBackground(bs Books, r *Run, item Ref, now time.Time) []Event {
	b, s, _, ok := bs.Item(item)
	if !ok {
		return nil
	}
	d := decision{bs: bs, r: r, now: now, closed: map[Ref]bool{}}
	return d.leave(b, s, item)
}

// leave moves on from a step in which, besides an item, only commands in the
// background are open.
func (d *decision) leave(b *Book, s *Step, besides Ref) []Event {
	ref := besides.Step()
	if ref != d.r.Current {
		return nil
	}
	for i := range s.Items {
		other := At(b.Name, s.Items[i].ID)
		if other != besides && s.Items[i].Applicable(d.r.Mode) && !d.r.passed(other) {
			return nil
		}
	}
	d.closed[ref] = true
	return d.onward(ref)
}

// stepSource begins the source of a moment that a step set.
const stepSource = "step "

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
		if m, said := d.r.Moments[name]; said && !strings.HasPrefix(m.Source, stepSource) {
			continue // what a person said about a moment is not overwritten by walking
		}
		out = append(out, MomentSet{Name: name, Moment: d.now.UTC(), Source: stepSource + s.ID})
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
		out := append([]Event{made}, d.reopen(section, step, "opened again from "+string(in.Item))...)
		out = append(out, StepEntered{Step: to, By: "detour"})
		return append(out, d.pass(to)...), nil
	}
	out := []Event{made}
	if leadsBack(b, step, to) {
		// The choice will be made again, so its step is not finished by it.
		steps := order(b)
		out = append(out, d.again(steps[slices.Index(steps, to):], "jump back")...)
		out = append(out, StepEntered{Step: to, By: "choice"})
		return append(out, d.pass(to)...), nil
	}
	made.NotTaken = d.notTaken(b, it, in.Option-1, step, to)
	out[0] = made
	if d.r.complete(b, s, in.Item) && d.r.open(step, nil) {
		if err := d.witness(s); err != nil {
			return nil, err
		}
		out = append(out, d.seal(step, s, d.finished(step, s))...)
	}
	for _, ref := range made.NotTaken {
		d.closed[ref] = true
	}
	out = append(out, d.reopen(section, step, "led to again")...)
	out = append(out, StepEntered{Step: to, By: "choice"})
	return append(out, d.pass(to)...), nil
}

// leadsBack says whether a choice is a jump back: to its own step or to one
// before it.
func leadsBack(b *Book, from, to Ref) bool {
	steps := order(b)
	return from.Book() == to.Book() && slices.Index(steps, to) <= slices.Index(steps, from)
}

// NeedsSecond says whether an intent finishes or leaves out a step that asks
// for a second person, so that Decide will want one.
func NeedsSecond(bs Books, r *Run, in Intent) bool {
	switch in := in.(type) {
	case Finish:
		_, s, ok := bs.Step(in.Step)
		return ok && s.Witness
	case Skip:
		_, s, ok := bs.Step(in.Step)
		return ok && s.Witness
	case Choose:
		b, s, it, ok := bs.Item(in.Item)
		if !ok || !s.Witness || it.Kind != Choice || in.Option < 1 || in.Option > len(it.Options) {
			return false
		}
		opt := it.Options[in.Option-1]
		back := opt.Book == "" && leadsBack(b, in.Item.Step(), At(b.Name, opt.Step))
		return !back && r.complete(b, s, in.Item) && r.open(in.Item.Step(), nil)
	}
	return false
}

// lead is where an option goes: a step, and the section that belongs to it.
func (d *decision) lead(b *Book, opt Option) (Ref, []Ref, error) {
	to, section := opt.Step, opt.Section
	if opt.Book != "" {
		other := d.bs[LinkName(opt.Book)]
		if other == nil {
			return "", nil, &ErrBook{Link: opt.Book}
		}
		if b = other; len(b.Steps) == 0 {
			return "", nil, refuse("", "runbook %s has no steps", opt.Book)
		}
		to, section = heading(b, opt.Step)
	}
	if _, ok := b.Step(to); !ok {
		return "", nil, refuse("walk to the step that is meant, and lint the runbook", "runbook %s has no step %q", b.Name, opt.Step)
	}
	if len(section) == 0 {
		section = []string{to}
	}
	refs := make([]Ref, len(section))
	for i, id := range section {
		refs[i] = At(b.Name, id)
	}
	return At(b.Name, to), refs, nil
}

// heading finds what a link into a book means: the whole of it, a phase, or a
// step with those below it.
func heading(b *Book, id string) (to string, section []string) {
	for i := range b.Phases {
		if p := &b.Phases[i]; p.ID == id && id != "" {
			section = append(section, p.Steps...)
		}
	}
	if len(section) > 0 {
		return section[0], section
	}
	for i := range b.Steps {
		s := &b.Steps[i]
		switch {
		case len(section) > 0 && s.Level <= b.Steps[i-len(section)].Level && id != "":
			return to, section
		case len(section) > 0 || s.ID == id || id == "":
			section = append(section, s.ID)
			to = section[0]
		}
	}
	return to, section
}

// notTaken lists what a choice leaves out: the sections of the other options,
// what is jumped over on the way ahead, and, when the walk leaves for another
// book, the rest of this one and what stands before the place it goes to.
func (d *decision) notTaken(b *Book, it *Item, picked int, from, to Ref) []Ref {
	steps := order(b)
	here, there := slices.Index(steps, from), slices.Index(steps, to)
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
	if to.Book() != from.Book() {
		there = len(steps)
		before := order(d.bs[to.Book()])
		for _, ref := range before[:slices.Index(before, to)] {
			add(ref)
		}
	}
	for i := here + 1; i < there; i++ {
		add(steps[i])
	}
	return out
}

// reopen opens a section to be walked once more: what was closed in it, or was
// not taken. What is under way stays as it is, and so does the step that the
// walk comes from.
func (d *decision) reopen(section []Ref, from Ref, reason string) []Event {
	var closed []Ref
	for _, ref := range section {
		if ref != from && (d.closed[ref] || !d.r.open(ref, nil)) {
			closed = append(closed, ref)
		}
	}
	return d.again(closed, reason)
}

// again begins a further round of those of the steps that something happened in.
func (d *decision) again(steps []Ref, reason string) []Event {
	var out []Event
	for _, ref := range steps {
		if d.closed[ref] || d.r.Step(ref).Status != Waiting {
			out = append(out, StepReopened{Step: ref, Reason: reason})
			d.closed[ref] = false
		}
	}
	return out
}
