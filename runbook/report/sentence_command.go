package report

import (
	"fmt"
	"strings"

	"lifeboat/runbook"
)

func (b *builder) tellCommand(rec runbook.Record) string {
	switch e := rec.Event.(type) {
	case runbook.CommandIntended:
		text := fmt.Sprintf("Attempt %d%s: %s", e.Attempt, purpose(e.For), head(e.Text))
		if e.Background {
			text += " (in the background)"
		}
		return text
	case runbook.TargetIdentified:
		text := fmt.Sprintf("Attempt %d: the target said that it is “%s”", e.Attempt, e.Answer)
		if e.Expected != "" && e.Expected != e.Answer {
			text += fmt.Sprintf("; DIFFERENT from before: “%s”", e.Expected)
		}
		return text
	case runbook.DangerConfirmed:
		text := fmt.Sprintf("Confirmed the dangerous command of “%s”: target “%s”, %d affected", b.stepTitle(e.Item), e.Target, e.Count)
		if e.As == runbook.Unattended {
			text += ", unattended"
		}
		return text
	case runbook.CommandStarted:
		return fmt.Sprintf("Attempt %d runs (process %d)", e.Attempt, e.PID)
	case runbook.CommandFinished:
		return finishedSentence(e)
	case runbook.OutcomeUnknown:
		return fmt.Sprintf("Attempt %d: OUTCOME UNKNOWN, %s", e.Attempt, seenWords(e.Seen))
	case runbook.FactReported:
		text := fmt.Sprintf("Fact: %s = %s", e.Name, e.Value)
		if e.Attempt > 0 {
			text += fmt.Sprintf(" (attempt %d)", e.Attempt)
		}
		return text
	}
	return ""
}

// purpose says what an attempt is for, to stand after its number.
func purpose(what string) string {
	switch what {
	case "":
		return ""
	case "identify":
		return ", asking the target who it is"
	case "preview":
		return ", listing what will be touched"
	case "rollback":
		return ", rolling back"
	case "probe":
		return ", finding out how it stands"
	case "adhoc":
		return ", in no runbook"
	}
	return ", " + what
}

func finishedSentence(e runbook.CommandFinished) string {
	ended := runbook.Attempt{End: &e}
	var parts []string
	if ended.OK() {
		parts = append(parts, "ended well after "+clock(e.Elapsed))
	} else {
		parts = append(parts, "FAILED ("+ended.How()+") after "+clock(e.Elapsed))
	}
	if e.Expected == "met" {
		parts = append(parts, "the expected output was there")
	}
	if e.Survivors {
		parts = append(parts, "something that it started runs on")
	}
	if e.Again {
		parts = append(parts, "to be tried again")
	}
	return fmt.Sprintf("Attempt %d %s", e.Attempt, strings.Join(parts, "; "))
}

func seenWords(seen string) string {
	switch seen {
	case "running":
		return "it still ran"
	case "gone":
		return "it was gone"
	case "not_started":
		return "no trace of its start was found"
	}
	return orNot(seen)
}
