package plain

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"lifeboat/runbook"
)

// A printer writes whole lines. A prompt that is waiting is left standing, and
// what comes after begins on a line of its own.
type printer struct {
	mu      sync.Mutex
	w       io.Writer
	scrub   func(string) string
	echo    bool // what is typed is not on the screen: show it
	waiting bool // a prompt stands at the end of the last line
	lines   int
}

func (p *printer) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		_, _ = io.WriteString(p.w, "\n")
		p.waiting = false
	}
	p.lines++
	_, _ = io.WriteString(p.w, p.scrub(text)+"\n")
}

func (p *printer) prompt(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		_, _ = io.WriteString(p.w, "\n")
	}
	_, _ = io.WriteString(p.w, p.scrub(text))
	p.waiting = true
}

// answered says that the operator ended the prompt's line, with what.
func (p *printer) answered(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.echo {
		_, _ = io.WriteString(p.w, p.scrub(text)+"\n")
	}
	p.waiting = false
}

func (p *printer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines
}

// event shows a record as a numbered line.
func (p *Plain) event(rec runbook.Record) {
	word, text := p.say(rec)
	if word == "" {
		return
	}
	p.out.line(fmt.Sprintf("%4d %s %-9s %s", rec.Seq, rec.When().UTC().Format("15:04:05Z"), word, text))
}

// say gives the word and the sentence of an event; "" for one that another line
// tells.
func (p *Plain) say(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.RunOpened:
		return "opened", fmt.Sprintf("%s, target %s, run %s", e.Mode, e.Target, Tail(e.Run))
	case runbook.BookOpened:
		return "book", bookLine(e)
	case runbook.MomentSet:
		return "moment", momentLine(e)
	case runbook.RunLeft:
		return "left", e.Why
	case runbook.RunResumed:
		return "resumed", "after " + runbook.Short(e.Away)
	case runbook.RunEnded:
		return "ended", join(e.State, e.Reason)
	case runbook.RoleTaken:
		return "role", e.Name + ": " + e.Person
	case runbook.CommandPassed:
		return "hand-over", fmt.Sprintf("%s offers the command to %s", e.From, e.To)
	case runbook.CommandAccepted:
		return "hand-over", fmt.Sprintf("%s takes the command from %s", e.To, e.From)
	case runbook.SignedOff:
		return "signed", join(e.Person, e.Text)
	case runbook.NoteTaken:
		return e.Tag, fmt.Sprintf("%s (%s)", e.Text, rec.Actor)
	case runbook.Corrected:
		return "corrected", fmt.Sprintf("#%d: %s", e.Seq, e.Text)
	case runbook.SecretGiven:
		return "secret", e.Name + " was given, from " + e.From
	case runbook.ClockPaused:
		return "paused", e.Reason
	case runbook.ClockResumed:
		return "resumed", "the clocks run again"
	case runbook.ClockJumped:
		return "clock", jumpLine(e)
	case runbook.WarningGiven:
		return "WARNING", p.warningLine(e)
	case runbook.WrittenLate:
		return "late", "what happened since " + e.From.UTC().Format("15:04:05Z") + " could not be written then: " + e.Why
	case runbook.ObjectiveReached:
		return "reached", e.Objective + p.reachedIn(e, rec)
	case runbook.ObjectiveLost:
		return "LOST", join(e.Objective, e.Reason)
	}
	return p.sayStep(rec)
}

// sayStep tells of steps, items and commands.
func (p *Plain) sayStep(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.StepEntered:
		return "step", p.stepLine(e)
	case runbook.StepFinished:
		return p.finishedLine(e)
	case runbook.StepSkipped:
		return "skipped", join(p.title(e.Step), e.Reason)
	case runbook.StepReopened:
		return "again", p.title(e.Step)
	case runbook.ChoiceMade:
		return "choice", e.Text
	case runbook.ItemTicked:
		return p.tickedLine(e)
	case runbook.QuestionAnswered:
		return "answer", p.itemText(e.Item) + " " + p.shownValue(e)
	case runbook.BlockArmed:
		return "armed", p.itemText(e.Item)
	case runbook.BlankFilled:
		return "filled", e.Name + " = " + e.Value
	case runbook.BlockEdited:
		return "edited", join(oneLine(e.Text), e.Reason)
	case runbook.HoldReleased:
		if e.How == "again" {
			return "", ""
		}
		return strings.ReplaceAll(e.How, "_", " "), join(p.itemText(e.Item), e.Reason)
	case runbook.FactReported:
		return "fact", e.Name + " = " + e.Value
	}
	return p.sayCommand(rec)
}

func (p *Plain) sayCommand(rec runbook.Record) (word, text string) {
	switch e := rec.Event.(type) {
	case runbook.CommandIntended:
		if e.For != "" {
			return e.For, "$ " + oneLine(e.Text)
		}
		return "run", "$ " + strings.ReplaceAll(strings.TrimRight(e.Text, "\n"), "\n", "\n"+strings.Repeat(" ", 26)+"> ")
	case runbook.CommandStarted:
		if a := p.walker.Run().Attempt(e.Attempt); a != nil && a.Background {
			return "started", fmt.Sprintf("in the background; o %d shows its output", e.Attempt)
		}
		if a := p.walker.Run().Attempt(e.Attempt); a == nil || !(a.Terminal || aside(a)) {
			p.follow.start(e.Attempt)
		}
		return "", ""
	case runbook.CommandFinished:
		return p.finishedCommand(e)
	case runbook.OutcomeUnknown:
		return "UNKNOWN", fmt.Sprintf("how attempt %d ended (%s)", e.Attempt, strings.ReplaceAll(e.Seen, "_", " "))
	case runbook.TargetIdentified:
		return "target", e.Answer
	case runbook.DangerConfirmed:
		return "confirmed", strings.TrimSpace(fmt.Sprintf("%s, %d to be touched %s", e.Target, e.Count, e.As))
	case runbook.PreflightChecked:
		return map[bool]string{true: "checked", false: "MISSING"}[e.OK], join(e.Check, e.Found)
	case runbook.Unknown:
		return e.Kind, string(e.Data)
	}
	return "", ""
}

// finishedCommand shows what is left of the output, and then how it ended.
func (p *Plain) finishedCommand(e runbook.CommandFinished) (word, text string) {
	a := p.walker.Run().Attempt(e.Attempt)
	quiet := a == nil || a.Background || (aside(a) && a.OK())
	if e.Output.File != "" && e.Output.Bytes > 0 && !quiet && !p.follow.following(e.Attempt) {
		p.follow.start(e.Attempt)
	}
	p.follow.finish()
	word = "ok"
	how := "ended"
	if a != nil {
		how = a.How()
		if !a.OK() {
			word = "FAILED"
		}
	}
	text = fmt.Sprintf("%s after %s", how, seconds(e.Elapsed))
	if e.Output.File != "" {
		text += fmt.Sprintf(", %s", lines(e.Output.Lines))
	} else {
		text += ", output not recorded"
	}
	if e.Fault != "" && !strings.Contains(how, e.Fault) {
		text += "; " + e.Fault
	}
	if e.Survivors {
		text += "; something that it started still runs"
	}
	if len(e.Withheld) > 0 {
		text += "; in memory only: " + strings.Join(e.Withheld, ", ")
	}
	return word, text
}

// aside says whether a command's output is put before the operator by the
// question that follows it.
func aside(a *runbook.Attempt) bool { return a.For == "identify" || a.For == "preview" }

func lines(n int64) string {
	if n == 1 {
		return "1 line"
	}
	return number(int(n)) + " lines"
}

// seconds writes a short time finely and a longer one as a clock does.
func seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return runbook.Short(d)
}

// number writes thousands apart: 12,345.
func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func join(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

func oneLine(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		line += " …"
	}
	return line
}
