package engine

import (
	"strings"
	"time"

	"lifeboat/runbook"
)

// clean keeps secrets out of what was typed. Words are scrubbed; what blocks
// will see is refused, since that must be what is on record.
func (e *Engine) clean(in runbook.Intent) (runbook.Intent, error) {
	hidden := e.hiddenNow()
	scrub := func(texts ...*string) {
		for _, s := range texts {
			*s = e.ports.Secrecy.Scrub(*s, hidden)
		}
	}
	switch in := in.(type) {
	case runbook.Write:
		scrub(&in.Text)
		return in, nil
	case runbook.Tick:
		scrub(&in.Value, &in.Different)
		return in, nil
	case runbook.Answer:
		return e.cleanAnswer(in, hidden)
	case runbook.Skip:
		scrub(&in.Reason)
		return in, nil
	case runbook.SkipItem:
		scrub(&in.Reason)
		return in, nil
	case runbook.Release:
		scrub(&in.Reason)
		return in, nil
	case runbook.Reopen:
		scrub(&in.Reason)
		return in, nil
	case runbook.End:
		scrub(&in.Reason)
		return in, nil
	case runbook.Mark:
		scrub(&in.Reason)
		return in, nil
	case runbook.Correct:
		scrub(&in.Text, &in.Value)
		return in, nil
	case runbook.Pass:
		scrub(&in.Summary)
		return in, nil
	case runbook.Sign:
		scrub(&in.Text)
		return in, nil
	case runbook.Edit:
		scrub(&in.Reason)
		return in, e.holdsNone("the command", in.Text, hidden)
	case runbook.Fill:
		return in, e.holdsNone("the text", in.Value, hidden)
	}
	return in, nil
}

// cleanAnswer reads the answer to a question for a time, and keeps it in UTC.
func (e *Engine) cleanAnswer(in runbook.Answer, hidden []runbook.Named) (runbook.Intent, error) {
	_, _, it, ok := e.books.Item(in.Item)
	if ok && it.Ask != nil && it.Ask.Name != "" {
		if err := e.holdsNone("the answer", in.Value, hidden); err != nil {
			return in, err
		}
	}
	in.Value = e.ports.Secrecy.Scrub(in.Value, hidden)
	if !ok || it.Ask == nil || it.Ask.Type != "time" || in.As == runbook.Unattended || strings.TrimSpace(in.Value) == "" {
		return in, nil
	}
	now := e.ports.Clock.Now()
	at, err := runbook.ReadTime(in.Value, now.Location(), now)
	if err != nil {
		return in, &runbook.Refusal{
			Reason: err.Error(), Hint: "write 2026-11-23 03:10 (this machine's time), 03:10 UTC, now, or -20m",
		}
	}
	in.Value = at.Format(time.RFC3339)
	return in, nil
}
