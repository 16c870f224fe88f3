package words

import (
	"cmp"
	"fmt"
	"strings"

	"lifeboat/runbook"
)

// Event gives the word and the sentence of an event; an event that another one
// tells of has none: "". The word stands before the sentence, in capitals where
// somebody has to look. The sentence may have several lines.
func (t Teller) Event(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.RunOpened:
		return "opened", fmt.Sprintf("%s, target %s, run %s", Mode(e.Mode, e.Production), e.Target, Tail(e.Run))
	case runbook.BookOpened:
		return "book", bookLine(e)
	case runbook.MomentSet:
		return "moment", t.momentLine(e)
	case runbook.RunLeft:
		return "left", leftLine(e)
	case runbook.RunResumed:
		return "resumed", "nothing was recorded for " + runbook.Short(e.Away)
	case runbook.RunEnded:
		return "ended", Join(e.State, e.Reason)
	case runbook.RoleTaken:
		return "role", e.Name + ": " + e.Person
	case runbook.CommandPassed:
		return "hand-over", Join(fmt.Sprintf("%s offers the command of the run to %s", e.From, e.To), e.Summary)
	case runbook.CommandAccepted:
		return "hand-over", fmt.Sprintf("%s takes the command of the run from %s", e.To, e.From)
	case runbook.SignedOff:
		return "signed", Join(strings.TrimSpace(e.Person+" "+e.As), e.Text)
	case runbook.NoteTaken:
		return cmp.Or(e.Tag, "note"), fmt.Sprintf("%s (%s)", e.Text, rec.Actor)
	case runbook.Corrected:
		return "corrected", Join(fmt.Sprintf("record %d", e.Seq), strings.TrimSpace(e.Text+" "+e.Value))
	case runbook.SecretGiven:
		return "secret", e.Name + " was given, from the " + givenFrom(e.From)
	case runbook.ClockPaused:
		return "paused", Join("the clocks stand", e.Reason)
	case runbook.ClockResumed:
		return "resumed", "the clocks run again"
	case runbook.ClockJumped:
		return "clock", jumpLine(e)
	case runbook.WarningGiven:
		return "WARNING", Warning(e)
	case runbook.WrittenLate:
		return "late", "what happened since " + e.From.UTC().Format("15:04:05Z") + " could not be written then: " + e.Why
	case runbook.ObjectiveReached:
		return "reached", Objective(e.Objective) + t.reachedIn(e, rec)
	case runbook.ObjectiveLost:
		return "LOST", Join(Objective(e.Objective)+", the clock runs again", e.Reason)
	}
	return t.stepEvent(rec)
}

// stepEvent tells of steps and items.
func (t Teller) stepEvent(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.StepEntered:
		return "step", t.Step(e, rec.When())
	case runbook.StepFinished:
		return t.finishedLine(e)
	case runbook.StepSkipped:
		text = Join(t.Title(e.Step), e.Reason)
		return "skipped", text + with(e.Person, e.Alone)
	case runbook.StepReopened:
		return "reopened", Join(t.Title(e.Step), e.Reason)
	case runbook.ChoiceMade:
		return "choice", fmt.Sprintf("%s; on to %q", e.Text, t.Title(e.To))
	case runbook.ItemTicked:
		return t.tickedLine(e)
	case runbook.QuestionAnswered:
		text = t.Item(e.Item) + ": " + t.Value(e.Item, e.Value)
		if e.As == runbook.Unattended && e.Value != runbook.Unattended {
			text += " (unattended)"
		}
		return "answer", text
	case runbook.BlockArmed:
		return "armed", t.armedLine(e)
	case runbook.BlankFilled:
		return "filled", e.Name + " = " + e.Value
	case runbook.BlockEdited:
		return "edited", strings.TrimRight(e.Text, "\n") + "\n(why: " + e.Reason + ")"
	case runbook.HoldReleased:
		return t.releasedLine(e)
	case runbook.FactReported:
		return "fact", e.Name + " = " + e.Value
	}
	return t.commandEvent(rec)
}

// commandEvent tells of commands, and of what was asked before they ran.
func (t Teller) commandEvent(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.CommandIntended:
		return intendedLine(e)
	case runbook.CommandStarted:
		if a := t.Run.Attempt(e.Attempt); a != nil && a.Background && !a.Terminal {
			return "started", fmt.Sprintf("in the background; o %d shows its output", e.Attempt)
		}
		return "", "" // its intent said so, and its output follows
	case runbook.CommandFinished:
		return t.endedLine(e)
	case runbook.OutcomeUnknown:
		return "UNKNOWN", t.unknownLine(e)
	case runbook.TargetIdentified:
		if e.Expected != "" && e.Expected != e.Answer {
			return "target", fmt.Sprintf("WRONG TARGET: it answers %q, it was %q before", e.Answer, e.Expected)
		}
		return "target", e.Answer + " answers"
	case runbook.DangerConfirmed:
		return "confirmed", confirmedLine(e)
	case runbook.PreflightChecked:
		return map[bool]string{true: "checked", false: "MISSING"}[e.OK], Join(e.Check, e.Found)
	case runbook.Unknown:
		return e.Kind, string(e.Data)
	}
	return "", ""
}
