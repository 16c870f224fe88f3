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
	switch e.Why {
	case "link":
		text += ", by a link; the clocks go on"
	case "edited":
		text += ", its text as it is now"
	}
	return text + ", sha256 " + e.Hash[:min(12, len(e.Hash))]
}

func (p *Plain) momentLine(e runbook.MomentSet) string {
	text := strings.ReplaceAll(e.Name, "_", " ") + " " + p.both(e.Moment)
	if !e.Latest.IsZero() {
		text += " to " + p.both(e.Latest)
	}
	return join(text, e.Reason)
}

func leftLine(e runbook.RunLeft) string {
	switch e.Why {
	case "asked":
		return "as asked"
	case "input":
		return "the input ended"
	case "hangup":
		return "the line was lost"
	case "signal":
		return "by ctrl+c or a signal"
	case "panic":
		return "lifeboat itself failed"
	}
	return e.Why
}

func givenFrom(from string) string {
	switch from {
	case "asked":
		return "keyboard"
	case "block":
		return "output of its block"
	}
	return from
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
	_, _, it, ok := p.walker.Books().Item(e.Item)
	if t, err := time.Parse(time.RFC3339, e.Value); err == nil && ok && it.Ask != nil && it.Ask.Type == "time" {
		return p.both(t)
	}
	return e.Value
}

// warningLine says what is happening, and what to do about it.
func warningLine(e runbook.WarningGiven) string {
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

// finishedLine calls a step complete, with how many of its items were done.
func (p *Plain) finishedLine(e runbook.StepFinished) (word, text string) {
	r := p.walker.Run()
	text = p.title(e.Step)
	if e.NotExercised {
		return "passed", text + ": nothing in it is for a " + string(r.Mode) + " run"
	}
	text += ": complete"
	if b, s, ok := p.walker.Books().Step(e.Step); ok {
		done, of := 0, 0
		for i := range s.Items {
			if st := r.Item(runbook.At(b.Name, s.Items[i].ID)); s.Items[i].Applicable(r.Mode) {
				of++
				if st.Done && st.As != "skipped" && st.As != "anyway" && st.As != "not_exercised" {
					done++
				}
			}
		}
		if done < of {
			text += fmt.Sprintf(", %d of %d items done", done, of)
		}
	}
	return "finished", text + ", in " + runbook.Short(r.Step(e.Step).Spent) + with(e.Person, e.Alone)
}

// with names the second person, or says why there was none.
func with(person, alone string) string {
	switch {
	case person != "":
		return "; second person: " + person
	case alone == runbook.Unattended:
		return "; unattended"
	case alone != "":
		return "; ALONE: " + alone
	}
	return ""
}

func (p *Plain) tickedLine(e runbook.ItemTicked) (word, text string) {
	text = p.itemText(e.Item)
	switch e.As {
	case "succeeded":
		return "", "" // the line of the command said so
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
		return "DIFFERENT", join(text, e.Different)
	}
	return "done", text
}

// releasedLine says how the walk goes on after a hold.
func (p *Plain) releasedLine(e runbook.HoldReleased) (word, text string) {
	text = join(p.itemText(e.Item), e.Reason)
	switch e.How {
	case "again":
		return "", "" // the line of the command says so
	case "skipped":
		return "left out", text
	case "counts_as_done":
		return "as done", text
	case "rolled_back":
		return "undone", text
	}
	return e.How, text
}

// armedLine shows the command that may run from now on.
func (p *Plain) armedLine(e runbook.BlockArmed) string {
	_, s, it, ok := p.walker.Books().Item(e.Item)
	if !ok {
		return string(e.Item)
	}
	for _, bl := range append(slices.Clone(it.Blocks), s.Fences...) {
		if bl.Hash == e.Hash {
			return "$ " + oneLine(bl.Text)
		}
	}
	return p.itemText(e.Item)
}

func intendedLine(e runbook.CommandIntended) (word, text string) {
	word, text = "run", "$ "+strings.ReplaceAll(strings.TrimRight(e.Text, "\n"), "\n", "\n> ")
	switch e.For {
	case "":
	case "rollback":
		word = "undo"
	case "adhoc":
		word = "extra"
	default:
		word = e.For
	}
	if e.Target != "" {
		text += "\n(on " + e.Target + ")"
	}
	if e.Terminal {
		text += "\n(it has the terminal until it ends, and its output is not recorded)"
	}
	return word, text
}

// unknownLine says what is not known, and what that means.
func (p *Plain) unknownLine(e runbook.OutcomeUnknown) string {
	name := fmt.Sprintf("command %d", e.Attempt)
	if a := p.walker.Run().Attempt(e.Attempt); a != nil {
		name = "$ " + a.Head()
	}
	switch e.Seen {
	case "running":
		return name + " still runs, but nobody keeps its output or its end. Wait for it, then look at the system itself"
	case "not_started":
		return name + " was about to start, and never did"
	}
	return "nobody knows how " + name + " ended. It may have run, in part or whole: look at the system itself before you decide"
}

func confirmedLine(e runbook.DangerConfirmed) string {
	text := e.Target + " was typed"
	if e.Preview != 0 {
		text += fmt.Sprintf(", and %s that it will touch", number(e.Count))
	}
	if e.As == runbook.Unattended {
		text = e.Target + ", unattended"
	}
	return text
}
