package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lifeboat/runbook"
)

func bookLine(e runbook.BookOpened) string {
	text := e.Book
	if e.Version != "" {
		text += " " + e.Version
	}
	if e.Foreign {
		text += ", a foreign file: its commands run only when armed"
	}
	if e.Why == "link" {
		text += ", by a link; the clocks go on"
	}
	return text + ", sha256 " + e.Hash[:min(12, len(e.Hash))]
}

func momentLine(e runbook.MomentSet) string {
	text := strings.ReplaceAll(e.Name, "_", " ") + " " + stamp(e.Moment)
	if !e.Latest.IsZero() {
		text += " to " + stamp(e.Latest)
	}
	return join(text, e.Reason)
}

func jumpLine(e runbook.ClockJumped) string {
	if e.Clock == "suspend" {
		return "the machine slept for " + runbook.Short(e.Delta) + "; that time counts"
	}
	if e.Delta < 0 {
		return "the clock was set back by " + runbook.Short(-e.Delta)
	}
	return "the clock was set forward by " + runbook.Short(e.Delta)
}

// stamp is a moment in UTC, to the second.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// both is a moment in UTC and in the operator's own time.
func (p *Plain) both(t time.Time) string {
	local := t.In(p.o.Now().Location())
	if _, offset := local.Zone(); offset == 0 {
		return stamp(t)
	}
	return stamp(t) + " (" + local.Format("15:04 MST") + ")"
}

func (p *Plain) shownValue(e runbook.QuestionAnswered) string {
	if t, err := time.Parse(time.RFC3339, e.Value); err == nil {
		return p.both(t)
	}
	return e.Value
}

// warningLine says what is happening, and what to do about it.
func (p *Plain) warningLine(e runbook.WarningGiven) string {
	name := Objective(e.Objective)
	switch e.Of {
	case "75":
		return name + ": three quarters of its time are over. Decide: go on, take a faster way, or get help"
	case "100":
		return name + ": its time is over. Tell whoever commands, and go on"
	}
	return name + ": at the usual pace it can no longer be met. Tell whoever commands"
}

// Objective is an objective's name for people.
func Objective(name string) string {
	switch name {
	case "downtime":
		return "acceptable downtime"
	case "critical":
		return "critical systems"
	case "noncritical":
		return "non-critical systems"
	case "full":
		return "full recovery"
	case runbook.DataLoss:
		return "data loss"
	}
	return strings.ReplaceAll(name, "_", " ")
}

func (p *Plain) reachedIn(e runbook.ObjectiveReached, rec runbook.Record) string {
	for _, c := range p.clocks(rec.When()) {
		if c.Name == e.Objective {
			return fmt.Sprintf(": %s after %s of %s", c.Verdict, spread(c.Judged), runbook.Short(c.Limit))
		}
	}
	return ""
}

// spread writes a duration that may be an interval.
func spread(r runbook.Range) string {
	if r.Min == r.Max {
		return runbook.Short(r.Max)
	}
	return runbook.Short(r.Min) + " to " + runbook.Short(r.Max)
}

func (p *Plain) clocks(now time.Time) []runbook.Clock {
	r := p.walker.Run()
	if len(r.Books) == 0 {
		return nil
	}
	b := p.walker.Books()[r.Books[0].Book]
	if b == nil {
		return nil
	}
	return runbook.Clocks(b, r, now)
}

func (p *Plain) title(ref runbook.Ref) string {
	if _, s, ok := p.walker.Books().Step(ref); ok {
		return s.Title
	}
	return string(ref)
}

func (p *Plain) itemText(ref runbook.Ref) string {
	_, _, it, ok := p.walker.Books().Item(ref)
	if !ok {
		return string(ref)
	}
	if it.Kind == runbook.Command {
		return "$ " + oneLine(it.Text)
	}
	return it.Text
}

// stepLine names a step with its place and phase.
func (p *Plain) stepLine(e runbook.StepEntered) string {
	b, s, ok := p.walker.Books().Step(e.Step)
	if !ok {
		return string(e.Step)
	}
	done, of := runbook.Progress(p.walker.Books(), p.walker.Run())
	text := s.Title
	if i := slices.IndexFunc(b.Phases, func(ph runbook.Phase) bool { return ph.ID == s.Phase && ph.Title != "" && ph.Title != s.Title }); i >= 0 {
		text = b.Phases[i].Title + " · " + text
	}
	text += fmt.Sprintf("  (%d of %d done)", done, of)
	var extra []string
	if s.Role != "" {
		extra = append(extra, "for the "+s.Role)
	}
	if s.Optional {
		extra = append(extra, "optional")
	}
	if s.Witness {
		extra = append(extra, "needs a second person")
	}
	if len(extra) > 0 {
		text += "  [" + strings.Join(extra, ", ") + "]"
	}
	return text
}

func (p *Plain) finishedLine(e runbook.StepFinished) (word, text string) {
	s := p.walker.Run().Step(e.Step)
	text = p.title(e.Step)
	if e.NotExercised {
		return "passed", text + ": nothing in it is for a " + string(p.walker.Run().Mode)
	}
	text += " complete, " + runbook.Short(s.Spent)
	if e.Person != "" {
		text += ", with " + e.Person
	}
	if e.Alone != "" {
		text += ", alone: " + e.Alone
	}
	return "finished", text
}

func (p *Plain) tickedLine(e runbook.ItemTicked) (word, text string) {
	text = p.itemText(e.Item)
	switch e.As {
	case "succeeded":
		return "", ""
	case "by_hand":
		text += " (by hand)"
	case "not_exercised":
		return "left out", text + ": not exercised"
	case runbook.Unattended:
		text += " (unattended)"
	}
	if e.Value != "" {
		text += " = " + e.Value
	}
	if e.Different != "" {
		return "different", join(text, e.Different)
	}
	return "done", text
}
