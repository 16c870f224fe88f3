package runbook

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Refusal says why an intent can't be carried out. Hint says what to do.
type Refusal struct {
	Reason string
	Hint   string
}

func (e *Refusal) Error() string { return e.Reason }

// HintOf is what an error says to do about it; "": it doesn't. Of errors around
// a refusal the outermost that says it counts.
func HintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		return hinted.Hint()
	}
	if refused, ok := errors.AsType[*Refusal](err); ok {
		return refused.Hint
	}
	return ""
}

func refuse(hint, format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...), Hint: hint}
}

// ErrActs is the answer of Decide to an intent that runs a command: the engine
// carries it out.
var ErrActs = errors.New("this intent acts; it can't be decided alone")

// A Second is the second person at a step that asks for one: a name, or the
// reason why there is none.
type Second struct{ Person, Alone string }

// Decide turns an intent into the events that it means, to be appended as one.
// It looks at nothing but its arguments. An intent that makes no sense now is a
// *Refusal; one that runs a command is ErrActs.
func Decide(bs Books, r *Run, in Intent, second Second, now time.Time) ([]Event, error) {
	if fact, ok, err := decideFact(r, in, now); ok || err != nil {
		return fact, err
	}
	switch {
	case r.ReadOnly != "":
		return nil, refuse("use the lifeboat that wrote it", "the run is read only: %s", r.ReadOnly)
	case r.Ended != nil:
		return nil, refuse("notes and corrections can still be added", "the run has ended")
	}
	d := decision{bs: bs, r: r, now: now, second: second, closed: map[Ref]bool{}}
	switch in := in.(type) {
	case Enter:
		return d.enter(in)
	case Tick:
		return d.tick(in)
	case Answer:
		return d.answer(in)
	case Choose:
		return d.choose(in)
	case Finish:
		return d.finish(in)
	case Skip:
		return d.skip(in)
	case SkipItem:
		return d.skipItem(in)
	case Reopen:
		return d.reopenStep(in)
	case Arm:
		return d.arm(in)
	case Fill:
		return d.fill(in)
	case Edit:
		return d.edit(in)
	case Release:
		return d.release(in)
	case End:
		return d.end(in)
	case Leave:
		return []Event{RunLeft(in)}, nil
	}
	if err := d.acts(in); err != nil {
		return nil, err
	}
	return nil, ErrActs
}

// decideFact handles what anybody may add at any time.
func decideFact(r *Run, in Intent, now time.Time) ([]Event, bool, error) {
	switch in := in.(type) {
	case Write:
		if blank(in.Text) {
			return nil, true, refuse("type the text after it", "an empty note says nothing")
		}
		tag := in.Tag
		if tag == "" {
			tag = "note"
		}
		return []Event{NoteTaken{Text: in.Text, Tag: tag, Step: r.Current}}, true, nil
	case Mark:
		out, err := mark(r, in, now)
		return out, true, err
	case TakeRole:
		if blank(in.Name) || blank(in.Person) {
			return nil, true, refuse("", "a role and a name are needed")
		}
		return []Event{RoleTaken(in)}, true, nil
	case Pass:
		if blank(in.To) {
			return nil, true, refuse("", "say to whom the command is handed over")
		}
		return []Event{CommandPassed{From: r.Operator, To: in.To, Summary: in.Summary}}, true, nil
	case Accept:
		return accept(r, in)
	case Sign:
		if blank(in.Person) {
			return nil, true, refuse("", "a signature needs a name")
		}
		return []Event{SignedOff{Person: in.Person, As: in.As, Text: in.Text, Head: r.Hash}}, true, nil
	case Correct:
		if in.Seq < 1 || in.Seq > r.Seq {
			return nil, true, refuse("", "record %d doesn't exist; the last is %d", in.Seq, r.Seq)
		}
		if jumped := slices.ContainsFunc(r.Jumps, func(j Jump) bool { return j.Seq == in.Seq }); blank(in.Text) && blank(in.Value) && !jumped {
			return nil, true, refuse("say what is right", "an empty correction says nothing")
		}
		return []Event{Corrected(in)}, true, nil
	}
	return nil, false, nil
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

func accept(r *Run, in Accept) ([]Event, bool, error) {
	switch {
	case r.Offered == nil:
		return nil, true, refuse("", "no hand-over is on offer")
	case blank(in.Person):
		return nil, true, refuse("", "say who takes the command")
	}
	return []Event{CommandAccepted{From: r.Offered.From, To: in.Person, Summary: r.Offered.Summary}}, true, nil
}

// mark turns a mark into events. A pause is for drills: in a live run every
// minute counts. What has no moment of its own (pause, resume, objective_lost)
// happened at its record's time, which the writer sets to Mark.At.
func mark(r *Run, in Mark, now time.Time) ([]Event, error) {
	at := in.At
	if at.IsZero() {
		at = now
	}
	switch in.Name {
	case "":
		return nil, refuse("", "a mark needs a name")
	case "pause", "resume":
		switch {
		case r.Mode != Drill:
			return nil, refuse("waiting counts; write a note that says for whom", "the clocks of a live run can't be paused")
		case (in.Name == "pause") == r.Paused():
			return nil, refuse("", "the clocks are %s already", map[bool]string{true: "paused", false: "running"}[r.Paused()])
		case r.Ended != nil:
			return nil, refuse("", "the run has ended, and its clocks with it")
		case in.Name == "resume":
			return []Event{ClockResumed{}}, nil
		case blank(in.Reason):
			return nil, refuse("", "a pause needs a reason")
		}
		return []Event{ClockPaused{Reason: in.Reason}}, nil
	case "objective_lost":
		if r.Ended != nil {
			return nil, refuse("open a new run", "the run has ended: what fails now is a new incident")
		}
		if _, stopped := r.Reaches[in.Objective].Stopped(); !stopped {
			return nil, refuse("", "objective %q has not been reached, so it can't be lost", in.Objective)
		}
		return []Event{ObjectiveLost{Objective: in.Objective, Reason: in.Reason}}, nil
	}
	if !in.Latest.IsZero() && in.Latest.Before(at) {
		return nil, refuse("", "the interval ends before it begins")
	}
	return []Event{MomentSet{Name: in.Name, Moment: at.UTC(), Latest: in.Latest.UTC(), Source: "operator", Reason: in.Reason}}, nil
}

// A decision is one call of Decide on its way.
type decision struct {
	bs     Books
	r      *Run
	now    time.Time
	second Second
	closed map[Ref]bool // steps that this decision closes; false: opens again
}

func (d *decision) item(ref Ref) (*Book, *Step, *Item, error) {
	b, s, it, ok := d.bs.Item(ref)
	if !ok {
		return nil, nil, nil, refuse("", "item %s is in no book that is open", ref)
	}
	return b, s, it, nil
}

func (d *decision) enter(in Enter) ([]Event, error) {
	if _, _, ok := d.bs.Step(in.Step); !ok {
		return nil, refuse("", "step %s is in no book that is open", in.Step)
	}
	by := "jump"
	if d.r.Current == "" {
		by = "next"
	} else if to, how, ok := following(d.bs, d.r, d.r.Current, nil); ok && to == in.Step && to != d.r.Current {
		by = how
	}
	return append([]Event{StepEntered{Step: in.Step, By: by}}, d.pass(in.Step)...), nil
}

// pass goes on from a step that asks for nothing in this mode.
func (d *decision) pass(ref Ref) []Event {
	_, s, ok := d.bs.Step(ref)
	if !ok || s.Applicable(d.r.Mode) || !d.r.open(ref, d.closed) {
		return nil
	}
	return d.close(ref, s, StepFinished{Step: ref, NotExercised: true})
}

func (d *decision) tick(in Tick) ([]Event, error) {
	_, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	if it.Kind == Question || it.Kind == Choice {
		return nil, refuse("", "%s is a %s: it can't be ticked", in.Item, it.Kind)
	}
	st := d.r.Item(in.Item)
	if err := d.still(st); err != nil {
		return nil, err
	}
	if st.Hold != NoHold {
		return nil, refuse("decide how to go on first", "%s is on hold: %s", in.Item, st.Why)
	}
	as := in.As
	if as == "" {
		as = "confirmed"
		if it.Kind == Command {
			as = "by_hand" // nobody can confirm a command that didn't run
		}
	}
	out := []Event{ItemTicked{Item: in.Item, Value: in.Value, As: as, Different: in.Different}}
	return append(out, d.after(in.Item)...), nil
}

func (d *decision) answer(in Answer) ([]Event, error) {
	_, _, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	if it.Ask == nil {
		return nil, refuse("", "%s asks nothing", in.Item)
	}
	value := strings.TrimSpace(in.Value)
	if len(it.Ask.Allowed) > 0 && in.As != Unattended {
		i := slices.IndexFunc(it.Ask.Allowed, func(s string) bool { return strings.EqualFold(s, value) })
		if i < 0 {
			return nil, refuse("answer "+strings.Join(it.Ask.Allowed, " or "), "%q is none of the answers", value)
		}
		value = it.Ask.Allowed[i]
	}
	if value == "" {
		return nil, refuse("", "the question has no answer yet")
	}
	if it.Ask.Type == "time" && in.As != Unattended {
		at, err := time.Parse(time.RFC3339Nano, value)
		if err != nil {
			return nil, refuse("write it like "+d.now.UTC().Format(time.RFC3339), "%q is no time", value)
		}
		value = at.UTC().Format(time.RFC3339Nano)
	}
	out := []Event{QuestionAnswered{Item: in.Item, Name: it.Ask.Name, Value: value, As: in.As}}
	return append(out, d.after(in.Item)...), nil
}

func (d *decision) finish(in Finish) ([]Event, error) {
	b, s, ok := d.bs.Step(in.Step)
	if !ok {
		return nil, refuse("", "step %s is in no book that is open", in.Step)
	}
	if !d.r.open(in.Step, nil) {
		return nil, refuse("open it again to repeat it", "%q is closed already: it is %s", s.Title, d.r.Step(in.Step).Status)
	}
	if !d.r.complete(b, s, "") {
		return nil, refuse("do its items, or skip the step with a reason", "%q still has open items", s.Title)
	}
	if err := d.witness(s); err != nil {
		return nil, err
	}
	return d.close(in.Step, s, d.finished(in.Step, s)), nil
}

// finished is the end of a step, with the second person where it asks for one.
func (d *decision) finished(ref Ref, s *Step) StepFinished {
	if !s.Witness {
		return StepFinished{Step: ref}
	}
	return StepFinished{Step: ref, Person: d.second.Person, Alone: d.second.Alone}
}

// witness demands a second person where a step asks for one: somebody else than
// the operator, or the reason why there is nobody.
func (d *decision) witness(s *Step) error {
	person := strings.TrimSpace(d.second.Person)
	switch {
	case !s.Witness:
		return nil
	case person == "" && blank(d.second.Alone):
		return refuse(`give a name, or "alone" and a reason`, "%q asks for a second person", s.Title)
	case person != "" && strings.EqualFold(person, strings.TrimSpace(d.r.Operator)):
		return refuse(`name somebody else, or "alone" and a reason`, "%s is the operator, so not the second person", person)
	}
	return nil
}

// reopenStep begins a further round of a step that is closed.
func (d *decision) reopenStep(in Reopen) ([]Event, error) {
	_, s, ok := d.bs.Step(in.Step)
	switch {
	case !ok:
		return nil, refuse("", "step %s is in no book that is open", in.Step)
	case d.r.open(in.Step, nil):
		return nil, refuse("go there instead", "%q is open still", s.Title)
	}
	out := append(d.again([]Ref{in.Step}, in.Reason), StepEntered{Step: in.Step, By: "jump"})
	return append(out, d.pass(in.Step)...), nil
}

func (d *decision) skip(in Skip) ([]Event, error) {
	b, s, ok := d.bs.Step(in.Step)
	if !ok {
		return nil, refuse("", "step %s is in no book that is open", in.Step)
	}
	if st := d.r.Step(in.Step).Status; st == Finished || st == Skipped {
		return nil, refuse("", "%q is closed already: it is %s", s.Title, st)
	}
	if a := d.r.busy(b, s); a != nil {
		return nil, runs(a)
	}
	free := s.Optional || !slices.ContainsFunc(s.Items, func(it Item) bool { return !it.Reading })
	if blank(in.Reason) && !free && d.r.Step(in.Step).Status != NotTaken {
		return nil, refuse("", "skipping %q needs a reason", s.Title)
	}
	if err := d.witness(s); err != nil {
		return nil, err
	}
	out := []Event{StepSkipped{Step: in.Step, Reason: in.Reason}}
	if s.Witness {
		out = []Event{StepSkipped{Step: in.Step, Reason: in.Reason, Person: d.second.Person, Alone: d.second.Alone}}
	}
	d.closed[in.Step] = true
	if in.Step != d.r.Current {
		return out, nil
	}
	return append(out, d.onward(in.Step)...), nil
}

func (d *decision) skipItem(in SkipItem) ([]Event, error) {
	_, s, it, err := d.item(in.Item)
	if err != nil {
		return nil, err
	}
	switch st := d.r.Item(in.Item); {
	case st.Done:
		return nil, refuse("", "%s is done already", in.Item)
	case d.still(st) != nil:
		return nil, d.still(st)
	case blank(in.Reason) && !it.Reading && !s.Optional:
		return nil, refuse("", "leaving it out needs a reason")
	}
	out := []Event{HoldReleased{Item: in.Item, How: "skipped", Reason: in.Reason}}
	return append(out, d.after(in.Item)...), nil
}

func (d *decision) end(in End) ([]Event, error) {
	switch {
	case in.State != "recovered" && in.State != "failed" && in.State != "abandoned":
		return nil, refuse("end it as recovered, failed or abandoned", "%q is no end", in.State)
	case in.State != "recovered" && blank(in.Reason):
		return nil, refuse("", "ending a run as %s needs a reason", in.State)
	case len(d.r.Running()) > 0:
		a := d.r.Running()[0]
		return nil, refuse("wait for it, or stop it", "%s still runs", quote(a.Head()))
	}
	for _, a := range d.r.Attempts {
		if a.lives() {
			return nil, refuse("wait for it, or decide that it counts", "%s was last seen running", quote(a.Head()))
		}
	}
	if in.State == "recovered" {
		to, _, ok := following(d.bs, d.r, d.r.Current, nil)
		if _, _, known := d.bs.Step(d.r.Current); known && d.r.open(d.r.Current, nil) {
			to, ok = d.r.Current, true
		}
		if ok {
			_, s, _ := d.bs.Step(to)
			return nil, refuse("do it, or skip it with a reason", "step %q is still open", s.Title)
		}
	}
	return []Event{RunEnded(in)}, nil
}
