package report

import (
	"fmt"
	"time"

	"lifeboat/runbook"
)

// sentence tells one record. Each group of the closed set has a method; what
// none of them knows is told by its kind.
func (b *builder) sentence(rec runbook.Record) string {
	for _, tell := range []func(runbook.Record) string{b.tellRun, b.tellWalk, b.tellItem, b.tellCommand, b.tellRest} {
		if text := tell(rec); text != "" {
			return text
		}
	}
	if u, ok := rec.Event.(runbook.Unknown); ok {
		return fmt.Sprintf("An event that this lifeboat doesn't know: %s of version %d", u.Kind, u.V)
	}
	return "An event of the kind " + rec.Kind
}

func (b *builder) tellRun(rec runbook.Record) string {
	switch e := rec.Event.(type) {
	case runbook.RunOpened:
		return openedSentence(e)
	case runbook.BookOpened:
		what := "Opened the runbook"
		if e.Foreign {
			what = "Opened the foreign file"
		}
		return fmt.Sprintf("%s “%s”, version %s (%s)", what, e.Book, orNot(e.Version), whyOpened(e.Why))
	case runbook.MomentSet:
		at := stamp(e.Moment)
		if !e.Latest.IsZero() {
			at = "between " + at + " and " + stamp(e.Latest)
		}
		return because(fmt.Sprintf("Put on record: %s at %s (source: %s)", momentName(e.Name), at, orNot(e.Source)), e.Reason)
	case runbook.PreflightChecked:
		if e.OK {
			return fmt.Sprintf("Check before the start passed: %s", because(e.Check, e.Found))
		}
		return fmt.Sprintf("Check before the start FAILED: %s", because(e.Check, e.Found))
	case runbook.RoleTaken:
		return fmt.Sprintf("%s took the role of %s", orNot(e.Person), orNot(e.Name))
	case runbook.CommandPassed:
		return because(fmt.Sprintf("%s offered the command of the run to %s", orNot(e.From), orNot(e.To)), e.Summary)
	case runbook.CommandAccepted:
		return because(fmt.Sprintf("%s took over the command of the run from %s", orNot(e.To), orNot(e.From)), e.Summary)
	case runbook.RunLeft:
		return "Left the run (" + leftWords(e.Why) + "); it stays open"
	case runbook.RunResumed:
		text := "Resumed the run"
		if e.Away > 0 {
			text += " after " + clock(e.Away)
		}
		if b.killed(rec) {
			text += "; nobody had left it: lifeboat or its machine had been killed"
		}
		return text
	case runbook.RunEnded:
		return because("Ended the run: "+e.State, e.Reason)
	case runbook.SignedOff:
		text := "Signed off by " + orNot(e.Person)
		if e.As != "" {
			text += " as " + e.As
		}
		return because(text, e.Text)
	}
	return ""
}

func openedSentence(e runbook.RunOpened) string {
	text := "Declared the incident: live"
	if e.Mode == runbook.Drill {
		text = "Started the EXERCISE: drill"
	}
	text += ", target " + orNot(e.Target)
	if e.Production {
		text += " (production)"
	} else {
		text += " (not production)"
	}
	if e.Auto {
		text += ", with nobody there (--auto)"
	}
	return text
}

func whyOpened(why string) string {
	switch why {
	case "start":
		return "the run starts with it"
	case "link":
		return "the walk went to it by a link"
	case "edited":
		return "its text had changed"
	}
	return orNot(why)
}

func leftWords(why string) string {
	switch why {
	case "asked":
		return "as asked"
	case "hangup":
		return "the connection was lost"
	case "signal":
		return "lifeboat was told to stop"
	case "panic":
		return "lifeboat failed"
	case "input":
		return "its input ended"
	case "killed":
		return "lifeboat or its machine was killed"
	}
	return orNot(why)
}

// killed says whether a run was taken up again that nobody had left.
func (b *builder) killed(rec runbook.Record) bool {
	for seq := rec.Seq - 1; seq >= 1; seq-- {
		before, ok := b.record(seq)
		if !ok {
			return false
		}
		switch before.Event.(type) {
		case runbook.RunLeft:
			return false
		case runbook.RunResumed, runbook.RunOpened:
			return true
		}
	}
	return false
}

func (b *builder) tellWalk(rec runbook.Record) string {
	switch e := rec.Event.(type) {
	case runbook.StepEntered:
		return fmt.Sprintf("Came to “%s”%s", b.stepTitle(e.Step), enteredBy(e.By))
	case runbook.StepFinished:
		text := fmt.Sprintf("Finished “%s”", b.stepTitle(e.Step))
		if e.NotExercised {
			text = fmt.Sprintf("Passed “%s”: not exercised, nothing in it is for a %s", b.stepTitle(e.Step), modeWord(b.Run.Mode))
		}
		return text + second(e.Person, e.Alone)
	case runbook.StepSkipped:
		reason := e.Reason
		if _, s, ok := b.Books.Step(e.Step); ok && reason == "" && s.Optional {
			reason = "it is optional"
		}
		return fmt.Sprintf("SKIPPED “%s”%s: %s", b.stepTitle(e.Step), second(e.Person, e.Alone), orNot(reason))
	case runbook.StepReopened:
		return because(fmt.Sprintf("Opened “%s” again", b.stepTitle(e.Step)), e.Reason)
	case runbook.ChoiceMade:
		text := fmt.Sprintf("Chose “%s”, which leads to “%s”", e.Text, b.stepTitle(e.To))
		if e.Detour {
			text = fmt.Sprintf("Took the way to “%s”, to come back afterwards", b.stepTitle(e.To))
		}
		if n := len(e.NotTaken); n > 0 {
			text += "; " + counted(n, "step") + " not taken"
		}
		return text
	case runbook.ObjectiveReached:
		text := "Objective reached: " + objectiveName(e.Objective)
		if e.Step != "" {
			text += fmt.Sprintf(", with “%s”", b.stepTitle(e.Step))
		}
		return text
	case runbook.ObjectiveLost:
		return because("Objective LOST again: "+objectiveName(e.Objective), e.Reason)
	}
	return ""
}

func enteredBy(by string) string {
	switch by {
	case "jump":
		return ", by a jump"
	case "choice":
		return ", as chosen"
	case "back":
		return ", going back"
	case "detour":
		return ", on a way that comes back"
	}
	return ""
}

func second(person, alone string) string {
	switch {
	case person != "":
		return ", with " + person + " as second person"
	case alone != "":
		return ", without a second person (" + alone + ")"
	}
	return ""
}

func (b *builder) tellItem(rec runbook.Record) string {
	switch e := rec.Event.(type) {
	case runbook.ItemTicked:
		text := fmt.Sprintf("Ticked “%s” %s", b.itemText(e.Item), tickWords(e.As))
		if e.Value != "" {
			text += ", value " + e.Value
		}
		if e.Different != "" {
			text += "; DIFFERENT from what was expected: " + e.Different
		}
		return text
	case runbook.QuestionAnswered:
		text := fmt.Sprintf("Answered “%s” with “%s”", b.itemText(e.Item), e.Value)
		if e.As == runbook.Unattended {
			text += ", unattended"
		}
		return text
	case runbook.BlockArmed:
		return fmt.Sprintf("Allowed a foreign file's command to run: “%s”", b.itemText(e.Item))
	case runbook.BlankFilled:
		return fmt.Sprintf("Filled “%s” in with “%s”", e.Name, e.Value)
	case runbook.BlockEdited:
		return because(fmt.Sprintf("CHANGED the command of “%s” to “%s”", b.stepTitle(e.Item), head(e.Text)), e.Reason)
	case runbook.HoldReleased:
		return because(fmt.Sprintf("Decided on “%s”: %s", b.itemText(e.Item), releaseWords(e.How)), e.Reason)
	}
	return ""
}

func (b *builder) tellRest(rec runbook.Record) string {
	switch e := rec.Event.(type) {
	case runbook.NoteTaken:
		tag := e.Tag
		if tag == "" {
			tag = "note"
		}
		return "Wrote down (" + tag + "): " + e.Text
	case runbook.Corrected:
		text := fmt.Sprintf("Corrected record %d", e.Seq)
		if e.Value != "" {
			text += ", value " + e.Value
		}
		return because(text, e.Text)
	case runbook.SecretGiven:
		return fmt.Sprintf("Received the secret %s (from: %s); its value is not on record", orNot(e.Name), orNot(e.From))
	case runbook.ClockPaused:
		if b.Run.Mode != runbook.Drill {
			return because("Asked for a pause, without effect: in a live run every minute counts", e.Reason)
		}
		return because("Paused the exercise's clocks", e.Reason)
	case runbook.ClockResumed:
		return "Let the exercise's clocks run again"
	case runbook.ClockJumped:
		if e.Clock == "suspend" {
			return "The machine slept for " + clock(e.Delta) + "; that time counts"
		}
		return "The wall clock was " + jumpWords(e.Delta)
	case runbook.WarningGiven:
		return "Warned: " + warningWords(e.Objective, e.Of)
	case runbook.WrittenLate:
		return because(fmt.Sprintf("Facts from %s to %s were written late", stamp(e.From), stamp(e.To)), e.Why)
	}
	return ""
}

func jumpWords(d time.Duration) string {
	if d < 0 {
		return "set back by " + clock(-d)
	}
	return "set forward by " + clock(d)
}

func warningWords(objective, of string) string {
	name := objectiveName(objective)
	switch of {
	case "75":
		return "75 % of the time for " + name + " was used up"
	case "100":
		return "the time for " + name + " was over"
	case "latest_start":
		return "the latest start for " + name + " was over, judging by earlier runs"
	}
	return name + " (" + of + ")"
}
