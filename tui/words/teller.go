package words

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lifeboat/runbook"
)

// A Teller puts a run into words as it stands: of a record, ask it when the
// run has taken the record in, and before the next one. It holds nothing of its
// own, and is made where it is used.
type Teller struct {
	Run   *runbook.Run
	Books runbook.Books
	Zone  *time.Location // the operator's; nil: UTC
}

// Title names a step.
func (t Teller) Title(ref runbook.Ref) string {
	if _, s, ok := t.Books.Step(ref); ok {
		return s.Title
	}
	return string(ref)
}

// Item names an item: a command by its first line.
func (t Teller) Item(ref runbook.Ref) string {
	_, _, it, ok := t.Books.Item(ref)
	if !ok {
		return string(ref)
	}
	if it.Kind == runbook.Command {
		return "$ " + OneLine(it.Text)
	}
	return it.Text
}

// Ref names a step or an item.
func (t Teller) Ref(ref runbook.Ref) string {
	if ref.Step() == ref {
		return t.Title(ref)
	}
	return t.Item(ref)
}

// Deviation names a place where the run left the document.
func (t Teller) Deviation(d runbook.Deviation) string {
	return Join(d.Kind+" "+t.Ref(d.Ref), d.Reason)
}

// Both is a moment in UTC and in the operator's own time.
func (t Teller) Both(at time.Time) string {
	if t.Zone == nil {
		return Stamp(at)
	}
	local := at.In(t.Zone)
	if _, offset := local.Zone(); offset == 0 {
		return Stamp(at)
	}
	return Stamp(at) + " (" + local.Format("15:04 MST") + ")"
}

// Since is a moment that something goes back to, and the latest that it may have
// been; zero: it is known.
func (t Teller) Since(at, latest time.Time) string {
	if latest.IsZero() {
		return t.Both(at)
	}
	return t.Both(at) + ", or at the latest " + t.Both(latest)
}

// Clocks are the objectives of the book that the run was begun with, as they
// stood at a moment.
func (t Teller) Clocks(now time.Time) []runbook.Clock {
	if b := t.Books.First(t.Run); b != nil {
		return runbook.Clocks(b, t.Run, now)
	}
	return nil
}

// mostClocks is how many clocks TimeLeft tells of: those that end first.
const mostClocks = 2

// TimeLeft says how much was left at a moment of the clocks that run, and which
// are over; "": none runs.
func (t Teller) TimeLeft(now time.Time) string {
	clocks := slices.DeleteFunc(t.Clocks(now), func(c runbook.Clock) bool { return c.Verdict != runbook.Pending })
	slices.SortStableFunc(clocks, func(a, b runbook.Clock) int { return cmp.Compare(a.Left, b.Left) })
	var left, over []string
	for _, c := range clocks {
		switch {
		case c.Left <= 0: // at the limit is too late
			over = append(over, Objective(c.Name)+" "+runbook.Short(-c.Left))
		case len(left) < mostClocks:
			left = append(left, Objective(c.Name)+" "+runbook.Short(c.Left))
		}
	}
	var out []string
	if len(over) > 0 {
		out = append(out, "OVER by: "+strings.Join(over, ", "))
	}
	if len(left) > 0 {
		out = append(out, "left: "+strings.Join(left, ", "))
	}
	return strings.Join(out, "; ")
}

// HandOver sums up where the run stands, for whoever takes it over.
func (t Teller) HandOver(next runbook.Move, now time.Time) string {
	done, of := runbook.Progress(t.Books, t.Run)
	text := fmt.Sprintf("%d of %d steps done; now at %q; next: %s", done, of, t.Title(t.Run.Current), next.Say)
	if left := t.TimeLeft(now); left != "" {
		text += "; " + left
	}
	return text
}

// Step names a step that was entered, with its number, its phase and what was
// left of the time then.
func (t Teller) Step(e runbook.StepEntered, at time.Time) string {
	b, s, ok := t.Books.Step(e.Step)
	if !ok {
		return string(e.Step)
	}
	text := s.Title
	if i := slices.IndexFunc(b.Phases, func(ph runbook.Phase) bool { return ph.ID == s.Phase && ph.Title != "" && ph.Title != s.Title }); i >= 0 {
		text = b.Phases[i].Title + " · " + text
	}
	place := b.Place(s.ID) + 1
	done, of := runbook.Progress(t.Books, t.Run)
	extra := []string{fmt.Sprintf("%d of %d done", done, of)}
	switch e.By {
	case "back", "detour":
		extra = append(extra, e.By)
	}
	if s.Role != "" {
		extra = append(extra, "for the "+s.Role)
	}
	if s.Optional {
		extra = append(extra, "optional")
	}
	if s.Witness {
		extra = append(extra, "needs a second person")
	}
	text = fmt.Sprintf("%d. %s (%s)", place, text, strings.Join(extra, ", "))
	if left := t.TimeLeft(at); left != "" {
		text += "\n" + left
	}
	return text
}

// Hold is what kind of a hold it is; "" where its reason says all.
func Hold(h runbook.Hold) string {
	return map[runbook.Hold]string{
		runbook.Failed: "it failed", runbook.Unexpected: "not as expected", runbook.Contaminated: "contaminated",
	}[h]
}

// Held says what is on hold, and why.
func (t Teller) Held(m runbook.Move) string {
	why := Flat(m.Why)
	word := Hold(m.Hold)
	if word != "" {
		why = word + " (" + why + ")"
	}
	if tried := t.Run.Item(m.Item).Attempts; word != "" && len(tried) > 0 {
		why += ": $ " + Cut(t.Run.Attempt(tried[len(tried)-1]).Head(), mostOfCommand)
	}
	return why
}

// mostOfCommand is how many columns of a command a sentence holds.
const mostOfCommand = 60

// Asked is a question with what may be answered.
func (t Teller) Asked(m runbook.Move) string {
	_, _, it, ok := t.Books.Item(m.Item)
	if !ok || it.Ask == nil {
		return m.Say
	}
	text := Flat(it.Text)
	switch it.Ask.Type {
	case "time":
		return text + " (a time: now, -20m, 03:10, 03:10 UTC)"
	case "choice":
		return text + " (" + strings.Join(it.Ask.Allowed, " / ") + ")"
	}
	if it.Ask.Hint != "" {
		return text + " (" + it.Ask.Hint + ")"
	}
	return text
}
