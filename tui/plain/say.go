package plain

import (
	"fmt"
	"strings"

	"lifeboat/runbook"
)

// remembered is how many events the timeline can show.
const remembered = 20

// A shownEvent is the line of an event.
type shownEvent struct{ head, text string }

// event shows a record as a numbered line.
func (p *Plain) event(rec runbook.Record) {
	word, text := p.say(rec)
	if word == "" {
		return
	}
	head := fmt.Sprintf("%4d %s %-9s ", rec.Seq, rec.When().UTC().Format("15:04:05Z"), word)
	p.out.entry(head, text)
	first, _, more := strings.Cut(text, "\n")
	if more {
		first += " …"
	}
	if p.recent = append(p.recent, shownEvent{head, first}); len(p.recent) > remembered {
		p.recent = p.recent[1:]
	}
}

// say gives the word and the sentence of an event; "" for one that another line
// tells.
func (p *Plain) say(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.RunOpened:
		return "opened", fmt.Sprintf("%s, target %s, run %s", banner(e), e.Target, Tail(e.Run))
	case runbook.BookOpened:
		return "book", bookLine(e)
	case runbook.MomentSet:
		return "moment", p.momentLine(e)
	case runbook.RunLeft:
		return "left", leftLine(e)
	case runbook.RunResumed:
		return "resumed", "nothing was recorded for " + runbook.Short(e.Away)
	case runbook.RunEnded:
		return "ended", join(e.State, e.Reason)
	case runbook.RoleTaken:
		return "role", e.Name + ": " + e.Person
	case runbook.CommandPassed:
		return "hand-over", join(fmt.Sprintf("%s offers the command of the run to %s", e.From, e.To), e.Summary)
	case runbook.CommandAccepted:
		return "hand-over", fmt.Sprintf("%s takes the command of the run from %s", e.To, e.From)
	case runbook.SignedOff:
		return "signed", join(strings.TrimSpace(e.Person+" "+e.As), e.Text)
	case runbook.NoteTaken:
		return e.Tag, fmt.Sprintf("%s (%s)", e.Text, rec.Actor)
	case runbook.Corrected:
		return "corrected", join(fmt.Sprintf("record %d", e.Seq), strings.TrimSpace(e.Text+" "+e.Value))
	case runbook.SecretGiven:
		return "secret", e.Name + " was given, from the " + givenFrom(e.From)
	case runbook.ClockPaused:
		return "paused", join("the clocks stand", e.Reason)
	case runbook.ClockResumed:
		return "resumed", "the clocks run again"
	case runbook.ClockJumped:
		return "clock", jumpLine(e)
	case runbook.WarningGiven:
		return "WARNING", warningLine(e)
	case runbook.WrittenLate:
		return "late", "what happened since " + e.From.UTC().Format("15:04:05Z") + " could not be written then: " + e.Why
	case runbook.ObjectiveReached:
		return "reached", Objective(e.Objective) + p.reachedIn(e, rec)
	case runbook.ObjectiveLost:
		return "LOST", join(Objective(e.Objective)+", the clock runs again", e.Reason)
	}
	return p.sayStep(rec)
}

// sayStep tells of steps and items.
func (p *Plain) sayStep(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.StepEntered:
		delete(p.printed, e.Step) // who comes back reads it again
		return "step", p.stepLine(e, rec.When())
	case runbook.StepFinished:
		return p.finishedLine(e)
	case runbook.StepSkipped:
		text = join(p.title(e.Step), e.Reason)
		return "skipped", text + with(e.Person, e.Alone)
	case runbook.StepReopened:
		return "reopened", join(p.title(e.Step), e.Reason)
	case runbook.ChoiceMade:
		return "choice", fmt.Sprintf("%s; on to %q", e.Text, p.title(e.To))
	case runbook.ItemTicked:
		return p.tickedLine(e)
	case runbook.QuestionAnswered:
		text = p.itemText(e.Item) + ": " + p.shownValue(e)
		if e.As == runbook.Unattended && e.Value != runbook.Unattended {
			text += " (unattended)"
		}
		return "answer", text
	case runbook.BlockArmed:
		return "armed", p.armedLine(e)
	case runbook.BlankFilled:
		return "filled", e.Name + " = " + e.Value
	case runbook.BlockEdited:
		return "edited", strings.TrimRight(e.Text, "\n") + "\n(why: " + e.Reason + ")"
	case runbook.HoldReleased:
		return p.releasedLine(e)
	case runbook.FactReported:
		return "fact", e.Name + " = " + e.Value
	}
	return p.sayCommand(rec)
}

// sayCommand tells of commands, and starts to show what they print.
func (p *Plain) sayCommand(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.CommandIntended:
		return intendedLine(e)
	case runbook.CommandStarted:
		a := p.walker.Run().Attempt(e.Attempt)
		switch {
		case a == nil || a.Terminal || aside(a):
		case a.Background:
			return "started", fmt.Sprintf("in the background; o %d shows its output", e.Attempt)
		default:
			p.follow.start(e.Attempt)
		}
		return "", ""
	case runbook.CommandFinished:
		return p.endedLine(e)
	case runbook.OutcomeUnknown:
		p.printTail(e.Attempt)
		return "UNKNOWN", p.unknownLine(e)
	case runbook.TargetIdentified:
		if e.Expected != "" && e.Expected != e.Answer {
			return "target", fmt.Sprintf("WRONG TARGET: it answers %q, it was %q before", e.Answer, e.Expected)
		}
		return "target", e.Answer + " answers"
	case runbook.DangerConfirmed:
		return "confirmed", confirmedLine(e)
	case runbook.PreflightChecked:
		return map[bool]string{true: "checked", false: "MISSING"}[e.OK], join(e.Check, e.Found)
	case runbook.Unknown:
		return e.Kind, string(e.Data)
	}
	return "", ""
}

// endedLine shows what is left of the output, and then how the command ended.
func (p *Plain) endedLine(e runbook.CommandFinished) (word, text string) {
	a := p.walker.Run().Attempt(e.Attempt)
	if a == nil {
		return "", ""
	}
	ok := a.OK()
	quiet := a.Background || aside(a)
	if e.Output.File != "" && e.Output.Bytes > 0 && !quiet && !p.follow.following(e.Attempt) {
		p.follow.start(e.Attempt)
	}
	p.follow.finish(e.Output.Lines)
	if quiet && !ok && !p.follow.following(e.Attempt) {
		p.printTail(e.Attempt)
	}
	word = "FAILED"
	switch {
	case ok:
		word = "ok"
	case e.Again:
		word = "not yet"
	}
	return word, p.howLine(a, e)
}

// howLine says how a command ended.
func (p *Plain) howLine(a *runbook.Attempt, e runbook.CommandFinished) string {
	how := a.How()
	switch {
	case a.OK():
		how = ""
	case e.Exit == 0 && e.Why == runbook.Exited && e.Expected == "missed":
		how = "exit 0, but its output lacks what was expected" + p.expected(a)
	}
	text := strings.TrimSpace(how + " after " + seconds(e.Elapsed))
	if e.Output.File != "" {
		text += ", " + lines(e.Output.Lines)
	} else {
		text += ", output not recorded"
	}
	if e.Fault != "" && !strings.Contains(how, e.Fault) {
		text += "; " + e.Fault
	}
	if e.Note != "" {
		text += "; the record is incomplete: " + e.Note
	}
	if e.Again {
		text += "; it is tried again by itself"
	}
	if e.Survivors {
		text += "; something that it started still runs"
	}
	if len(e.Withheld) > 0 {
		text += "; in memory only: " + strings.Join(e.Withheld, ", ")
	}
	if a.Background { // other lines stand between its beginning and its end
		text += ": $ " + a.Head()
	}
	return text
}

// expected is what the output of a block must hold.
func (p *Plain) expected(a *runbook.Attempt) string {
	_, _, it, ok := p.walker.Books().Item(a.Item)
	if !ok || a.Block >= len(it.Blocks) || it.Blocks[a.Block].Expect == nil {
		return ""
	}
	if e := it.Blocks[a.Block].Expect; e.Regex {
		return " (/" + strings.Trim(e.Text, "/") + "/)"
	}
	return fmt.Sprintf(" (%q)", it.Blocks[a.Block].Expect.Text)
}

// aside says whether a command's output is put before the operator by the
// question that follows it.
func aside(a *runbook.Attempt) bool { return a.For == "identify" || a.For == "preview" }
