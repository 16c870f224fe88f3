package runbook

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Apply moves r past rec, which must be the next record of the run. An error
// means that the log contradicts itself; r is then in no defined state.
func (r *Run) Apply(rec Record) error {
	if rec.Seq != r.Seq+1 {
		return fmt.Errorf("record %d: follows record %d", rec.Seq, r.Seq)
	}
	_, opens := rec.Event.(RunOpened)
	_, unknown := rec.Event.(Unknown)
	if opens != (rec.Seq == 1) && !unknown {
		return fmt.Errorf("record %d: a run is opened by its first record and by no other", rec.Seq)
	}
	// Behind a record of an unknown kind a contradiction proves nothing: what is
	// missing may stand in that record. The run is read-only, but can be read.
	if err := r.apply(rec); err != nil && r.ReadOnly == "" {
		return fmt.Errorf("record %d: %w", rec.Seq, err)
	}
	r.Seq, r.Hash, r.Last = rec.Seq, rec.Hash, rec.Time
	return nil
}

// apply is the one switch over the closed set. Kinds that need more than a few
// lines have a method below or in apply_command.go.
func (r *Run) apply(rec Record) error {
	switch e := rec.Event.(type) {
	case RunOpened:
		r.RunOpened, r.Opened, r.Operator = e, rec.When(), rec.Actor
	case BookOpened:
		r.Books = append(r.Books, Followed{e, rec.Seq, rec.When()})
		if len(r.Walked) == 0 {
			r.Walked = []string{e.Book}
		}
	case MomentSet:
		r.Moments[e.Name] = Moment{e, rec.Seq}
	case PreflightChecked:
		r.Preflight = append(r.Preflight, e)
	case RoleTaken:
		r.Roles[e.Name] = e.Person
	case CommandPassed:
		r.Offered = &e
	case CommandAccepted:
		r.Offered, r.Operator = nil, e.To
	case RunLeft:
		r.leave(e, rec)
	case RunResumed:
		r.comeBack(rec)
	case RunEnded:
		r.count(rec.When())
		r.Ended = &Ended{e, rec.When(), rec.Seq}
	case SignedOff:
		r.Signed = append(r.Signed, Signature{e, rec.When()})
	case StepEntered:
		r.enter(e, rec)
	case StepFinished:
		r.finish(e, rec)
	case StepSkipped:
		r.skip(e, rec)
	case StepReopened:
		r.reopen(e, rec)
	case ChoiceMade:
		r.choose(e, rec)
	case ItemTicked:
		r.tick(e, rec)
	case QuestionAnswered:
		r.answer(e, rec)
	case BlockArmed:
		r.item(e.Item).arm(e.Hash)
	case BlankFilled:
		r.item(e.Item).fill(e.Name, e.Value)
	case BlockEdited:
		r.edit(e, rec)
	case ObjectiveReached:
		r.reach(e, rec)
	case ObjectiveLost:
		if h := r.Reaches[e.Objective]; h != nil && len(h.Losses) < len(h.Stops) {
			h.Losses = append(h.Losses, rec.When())
		}
	case CommandIntended:
		return r.intend(e, rec)
	case TargetIdentified:
		return r.identify(e)
	case DangerConfirmed:
		r.item(e.Item).Danger = &e
	case CommandStarted:
		return r.start(e, rec)
	case CommandFinished:
		return r.end(e, rec)
	case OutcomeUnknown:
		return r.lose(e)
	case HoldReleased:
		r.release(e, rec)
	case FactReported:
		r.report(e, rec)
	case NoteTaken:
		r.Notes = append(r.Notes, Note{NoteTaken: e, Seq: rec.Seq, At: rec.When(), Actor: rec.Actor})
	case Corrected:
		r.correct(e)
	case SecretGiven:
		r.Given[e.Name] = e.From
	case ClockPaused:
		if r.Mode == Drill && !r.Paused() {
			r.Pauses = append(r.Pauses, Span{From: rec.When(), Reason: e.Reason})
		}
	case ClockResumed:
		if r.Paused() {
			r.Pauses[len(r.Pauses)-1].To = rec.When()
		}
	case ClockJumped:
		r.Jumps = append(r.Jumps, Jump{ClockJumped: e, Seq: rec.Seq, At: rec.When()})
	case WarningGiven:
		r.Warned[e.Objective+" "+e.Of] = true
	case WrittenLate:
		r.Late = append(r.Late, e)
	case RunRegistered, RunSealed:
		return fmt.Errorf("%s belongs to the station, not to a run", rec.Kind)
	case Unknown:
		if r.ReadOnly == "" {
			r.ReadOnly = fmt.Sprintf("record %d is a %s of version %d, from a newer lifeboat", rec.Seq, e.Kind, e.V)
		}
	default:
		return fmt.Errorf("%T is not in the closed set of events", e)
	}
	return nil
}

// Paused says whether the clocks stand.
func (r *Run) Paused() bool {
	return len(r.Pauses) > 0 && r.Pauses[len(r.Pauses)-1].To.IsZero()
}

// count adds the time since the last count to the step that the walk stands on.
func (r *Run) count(now time.Time) {
	if s := r.Steps[r.Current]; s != nil && !r.since.IsZero() && now.After(r.since) && s.Status == Entered {
		s.Spent += now.Sub(r.since)
	}
	r.since = now
}

func (r *Run) leave(e RunLeft, rec Record) {
	r.Left = e.Why
	if n := len(r.Away); n > 0 && r.Away[n-1].To.IsZero() {
		return
	}
	r.Away = append(r.Away, Span{From: rec.When(), Reason: e.Why})
}

// comeBack closes the time away. A run that was never left was killed: the time
// away then began with its last record.
func (r *Run) comeBack(rec Record) {
	if n := len(r.Away); n > 0 && r.Away[n-1].To.IsZero() {
		r.Away[n-1].To = rec.When()
	} else {
		r.Away = append(r.Away, Span{From: r.Last, To: rec.When(), Reason: "killed"})
	}
	r.Left = ""
}

func (r *Run) step(ref Ref) *StepState {
	s := r.Steps[ref]
	if s == nil {
		s = &StepState{Round: 1}
		r.Steps[ref] = s
	}
	return s
}

func (r *Run) item(ref Ref) *ItemState {
	s := r.Items[ref]
	if s == nil {
		s = &ItemState{}
		r.Items[ref] = s
	}
	return s
}

func (r *Run) enter(e StepEntered, rec Record) {
	r.count(rec.When())
	r.comeHome(e)
	r.Current = e.Step
	s := r.step(e.Step)
	if s.Status == Waiting || s.Status == NotTaken {
		s.Status, s.Entered = Entered, rec.When()
	}
}

// comeHome ends the detours that a move ends: one whose step is entered again,
// by whatever way, and, at a choice, those whose section it leads out of. Free
// walking ends none: who looks around still comes back.
func (r *Run) comeHome(e StepEntered) {
	n := len(r.Detours)
	switch e.By {
	case "detour":
		return
	case "choice":
		for n > 0 && !slices.Contains(r.Detours[n-1].Section, e.Step) {
			n--
		}
	}
	for i := n - 1; i >= 0; i-- {
		if r.Detours[i].Item.Step() == e.Step {
			n = i
			break
		}
	}
	r.Detours = r.Detours[:n]
}

func (r *Run) finish(e StepFinished, rec Record) {
	r.count(rec.When())
	s := r.step(e.Step)
	s.Status, s.Closed = Finished, rec.When()
	s.Person, s.Alone, s.NotExercised = e.Person, e.Alone, e.NotExercised
	if e.Alone != "" && e.Alone != Unattended {
		r.deviate(rec, Deviation{Kind: "alone", Ref: e.Step, Text: "finished without a second person", Reason: e.Alone})
	}
}

func (r *Run) skip(e StepSkipped, rec Record) {
	r.count(rec.When())
	s := r.step(e.Step)
	s.Status, s.Closed, s.Reason = Skipped, rec.When(), e.Reason
	s.Person, s.Alone = e.Person, e.Alone
	if e.Reason != "" {
		r.deviate(rec, Deviation{Kind: "skipped", Ref: e.Step, Text: "skipped", Reason: e.Reason})
	}
}

// reopen begins a further round: what was decided about the blocks stays, what
// was done is open again. The attempts of earlier rounds stay in Attempts.
// A step that was never walked is in its first round still.
func (r *Run) reopen(e StepReopened, rec Record) {
	r.count(rec.When())
	s := r.step(e.Step)
	if s.Status != Waiting && s.Status != NotTaken {
		s.Round++
	}
	s.Status, s.Closed, s.Reason, s.Person, s.Alone, s.NotExercised = Waiting, time.Time{}, "", "", "", false
	for ref, it := range r.Items {
		if ref.Step() == e.Step {
			r.Items[ref] = &ItemState{Armed: it.Armed, Filled: it.Filled, Edited: it.Edited}
		}
	}
}

func (r *Run) choose(e ChoiceMade, rec Record) {
	it := r.item(e.Item)
	it.Chosen, it.Value, it.At = &e, e.Text, rec.When()
	if e.Detour {
		r.Detours = append(r.Detours, Detour{Item: e.Item, Section: e.Section})
		return
	}
	it.Done, it.As = true, "chosen"
	if book := e.To.Book(); !slices.Contains(r.Walked, book) {
		r.Walked = append(r.Walked, book)
	}
	for _, ref := range e.NotTaken {
		if s := r.step(ref); s.Status == Waiting || s.Status == Entered {
			s.Status = NotTaken
		}
	}
	if s := r.Steps[e.To]; s != nil && s.Status == NotTaken {
		s.Status = Waiting
	}
}

func (r *Run) tick(e ItemTicked, rec Record) {
	it := r.item(e.Item)
	it.Done, it.As, it.Value, it.Different, it.At = true, e.As, e.Value, e.Different, rec.When()
	it.Hold, it.Why = NoHold, ""
	if e.Different != "" {
		r.deviate(rec, Deviation{Kind: "different", Ref: e.Item, Text: e.Different})
	}
}

func (r *Run) answer(e QuestionAnswered, rec Record) {
	it := r.item(e.Item)
	it.Done, it.As, it.Value, it.At = true, "answered", e.Value, rec.When()
	if e.As != "" {
		it.As = e.As
	}
	if e.Name != "" {
		r.Answers[e.Name] = e.Value
		r.carry(map[string]string{e.Name: e.Value}, nil)
	}
}

func (it *ItemState) arm(hash string) {
	if it.Armed == nil {
		it.Armed = map[string]bool{}
	}
	it.Armed[hash] = true
}

func (it *ItemState) fill(name, value string) {
	if it.Filled == nil {
		it.Filled = map[string]string{}
	}
	it.Filled[name] = value
}

func (r *Run) edit(e BlockEdited, rec Record) {
	it := r.item(e.Item)
	if it.Edited == nil {
		it.Edited = map[int]BlockEdited{}
	}
	it.Edited[e.Block] = e
	r.deviate(rec, Deviation{Kind: "edited", Ref: e.Item, Block: e.Block, Text: e.Text, Reason: e.Reason})
}

func (r *Run) reach(e ObjectiveReached, rec Record) {
	h := r.Reaches[e.Objective]
	if h == nil {
		h = &Reach{}
		r.Reaches[e.Objective] = h
	}
	if _, stopped := h.Stopped(); !stopped {
		h.Step, h.Stops = e.Step, append(h.Stops, rec.When())
	}
}

// carry adds to the variables of the blocks to come.
func (r *Run) carry(set map[string]string, unset []string) {
	maps.Copy(r.Set, set)
	for name := range set {
		delete(r.Unset, name)
		delete(r.Withheld, name)
	}
	for _, name := range unset {
		delete(r.Set, name)
		delete(r.Withheld, name)
		r.Unset[name] = true
	}
}

func (r *Run) correct(e Corrected) {
	if i := slices.IndexFunc(r.Notes, func(n Note) bool { return n.Seq == e.Seq }); i >= 0 {
		r.Notes[i].Fixed = e.Text
	}
	if i := slices.IndexFunc(r.Jumps, func(j Jump) bool { return j.Seq == e.Seq }); i >= 0 {
		r.Jumps[i].Confirmed = true
	}
}

func (r *Run) deviate(rec Record, d Deviation) {
	d.Seq, d.At, d.Actor = rec.Seq, rec.When(), rec.Actor
	r.Deviations = append(r.Deviations, d)
}
