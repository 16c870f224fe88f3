package report

import (
	"fmt"
	"slices"
	"time"

	"lifeboat/runbook"
)

// steps lists every step of every book in document order, then those that
// happened and that no book has any more.
func (b *builder) steps() {
	seen := map[runbook.Ref]bool{}
	for _, name := range b.name {
		bk := b.Books[name]
		if bk == nil {
			continue
		}
		phases := map[string]string{}
		for _, p := range bk.Phases {
			phases[p.ID] = p.Title
		}
		for i := range bk.Steps {
			s := &bk.Steps[i]
			ref := runbook.At(bk.Name, s.ID)
			seen[ref] = true
			out := b.step(ref)
			out.Title, out.Phase = b.stepTitle(ref), phases[s.Phase]
			b.whyNot(&out, s)
			b.compare(&out, bk, s)
			b.rep.Steps = append(b.rep.Steps, out)
		}
	}
	for _, ref := range sortedKeys(b.Run.Steps) {
		if !seen[ref] {
			out := b.step(ref)
			out.Title, out.Gone = string(ref), true
			b.rep.Steps = append(b.rep.Steps, out)
		}
	}
}

func (b *builder) step(ref runbook.Ref) Step {
	st := b.Run.Step(ref)
	out := Step{
		Ref: string(ref), Status: status(st), Round: st.Round, Entered: utc(st.Entered), Closed: utc(st.Closed),
		Person: st.Person, Alone: st.Alone, Reason: st.Reason, By: b.closer(ref, st),
	}
	spent, machine := b.Run.SpentOn(ref, b.now), b.Run.MachineTime(ref)
	out.Spent, out.Machine, out.Waiting = Duration(spent), Duration(machine), Duration(max(0, spent-machine))
	out.AtLeast = slices.ContainsFunc(b.Run.Attempts, func(a *runbook.Attempt) bool {
		return a.Item.Step() == ref && a.End == nil && !a.Background
	})
	if st.Entered.IsZero() {
		return out
	}
	until := st.Closed
	if until.IsZero() {
		until = b.now
	}
	for _, a := range b.Run.Away {
		out.Away += Duration(overlap(a, st.Entered, until))
	}
	for _, p := range b.Run.Pauses {
		out.Paused += Duration(overlap(p, st.Entered, until))
	}
	out.Away, out.Paused = min(out.Away, out.Spent), min(out.Paused, out.Spent)
	return out
}

func overlap(s runbook.Span, from, to time.Time) time.Duration {
	a, z := s.From, s.To
	if z.IsZero() || z.After(to) {
		z = to
	}
	if a.Before(from) {
		a = from
	}
	return max(0, z.Sub(a))
}

func status(s runbook.StepState) string {
	switch s.Status {
	case runbook.Finished:
		if s.NotExercised {
			return "not exercised"
		}
		return "done"
	case runbook.Skipped:
		return "skipped"
	case runbook.NotTaken:
		return "not taken"
	case runbook.Entered:
		return "open"
	case runbook.Waiting:
	}
	return "not reached"
}

// closer is who wrote that the step is finished or skipped, in its newest
// round.
func (b *builder) closer(ref runbook.Ref, st runbook.StepState) string {
	if st.Closed.IsZero() {
		return ""
	}
	for _, rec := range slices.Backward(b.Records) {
		switch e := rec.Event.(type) {
		case runbook.StepFinished:
			if e.Step == ref {
				return rec.Actor
			}
		case runbook.StepSkipped:
			if e.Step == ref {
				return rec.Actor
			}
		}
	}
	return ""
}

// whyNot gives the reason for a step that was not done, where one follows from
// the log or the book.
func (b *builder) whyNot(out *Step, s *runbook.Step) {
	switch {
	case out.Reason != "":
	case out.Status == "not taken":
		out.Reason = b.choiceAgainst(runbook.Ref(out.Ref))
	case out.Status == "not exercised":
		out.Reason = fmt.Sprintf("nothing in it is for a %s", modeWord(b.Run.Mode))
		if s.When != "" {
			out.Reason = "for " + string(s.When) + " runs only"
		}
	case out.Status == "skipped" && s.Optional:
		out.Reason = "optional"
	case out.Status == "not reached" && out.Round > 1:
		out.Reason = "opened again, not done again"
	}
}

func (b *builder) choiceAgainst(ref runbook.Ref) string {
	for _, rec := range slices.Backward(b.Records) {
		if e, ok := rec.Event.(runbook.ChoiceMade); ok && slices.Contains(e.NotTaken, ref) {
			return fmt.Sprintf("“%s” was chosen (record %d)", e.Text, rec.Seq)
		}
	}
	return ""
}

// compare sets a finished step's time against what is usual. A step that still
// runs, or that was not done, took no time that could be compared.
func (b *builder) compare(out *Step, bk *runbook.Book, s *runbook.Step) {
	u, ok := b.usual(bk, s)
	if !ok && s.Takes > 0 {
		u, ok = runbook.Usual{Median: s.Takes, P90: s.Takes}, true
	}
	if !ok {
		return
	}
	out.Usual = &Usual{Duration(u.Median), Duration(u.P90), u.N}
	if out.Status == "done" && u.Median > 0 {
		out.Compare = compareWords(time.Duration(out.Spent), u)
	}
}

func (b *builder) deviations() {
	for _, d := range b.Run.Deviations {
		out := Deviation{
			Seq: d.Seq, At: utc(d.At), Actor: d.Actor, Kind: d.Kind, Ref: string(d.Ref), Where: b.where(d.Ref),
			What: deviationWords(d), Reason: d.Reason,
		}
		switch d.Kind {
		case "edited":
			out.Text = d.Text
			if _, _, it, ok := b.Books.Item(d.Ref); ok && d.Block >= 0 && d.Block < len(it.Blocks) {
				out.Original = it.Blocks[d.Block].Text
			}
		case "different":
			out.Text = d.Text
		}
		b.rep.Deviations = append(b.rep.Deviations, out)
	}
}
