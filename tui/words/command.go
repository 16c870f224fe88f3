package words

import (
	"fmt"
	"strings"

	"lifeboat/runbook"
)

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

// endedLine says whether a command went well, and how it ended.
func (t Teller) endedLine(e runbook.CommandFinished) (word, text string) {
	a := t.Run.Attempt(e.Attempt)
	if a == nil {
		return "", ""
	}
	word = "FAILED"
	switch {
	case a.OK():
		word = "ok"
	case e.Again:
		word = "not yet"
	}
	return word, t.How(a, e)
}

// How says how a command ended, and what is known of its output.
func (t Teller) How(a *runbook.Attempt, e runbook.CommandFinished) string {
	how := a.How()
	switch {
	case a.OK():
		how = ""
	case e.Exit == 0 && e.Why == runbook.Exited && e.Expected == "missed":
		how = "exit 0, but its output lacks what was expected" + t.expected(a)
	}
	text := strings.TrimSpace(how + " after " + Seconds(e.Elapsed))
	if e.Output.File != "" {
		text += ", " + Lines(e.Output.Lines)
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
func (t Teller) expected(a *runbook.Attempt) string {
	_, _, it, ok := t.Books.Item(a.Item)
	if !ok || a.Block >= len(it.Blocks) || it.Blocks[a.Block].Expect == nil {
		return ""
	}
	if e := it.Blocks[a.Block].Expect; e.Regex {
		return " (/" + strings.Trim(e.Text, "/") + "/)"
	}
	return fmt.Sprintf(" (%q)", it.Blocks[a.Block].Expect.Text)
}

// unknownLine says what is not known, and what that means.
func (t Teller) unknownLine(e runbook.OutcomeUnknown) string {
	name := fmt.Sprintf("command %d", e.Attempt)
	if a := t.Run.Attempt(e.Attempt); a != nil {
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
		text += fmt.Sprintf(", and %s that it will touch", Number(e.Count))
	}
	if e.As == runbook.Unattended {
		text = e.Target + ", unattended"
	}
	return text
}
