package words

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

func (t Teller) momentLine(e runbook.MomentSet) string {
	text := strings.ReplaceAll(e.Name, "_", " ") + " " + t.Both(e.Moment)
	if !e.Latest.IsZero() {
		text += " to " + t.Both(e.Latest)
	}
	return Join(text, e.Reason)
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

// Value is what an item was answered with: a time in both zones.
func (t Teller) Value(item runbook.Ref, value string) string {
	_, _, it, ok := t.Books.Item(item)
	if at, err := time.Parse(time.RFC3339, value); err == nil && ok && it.Ask != nil && it.Ask.Type == "time" {
		return t.Both(at)
	}
	return value
}

func (t Teller) reachedIn(e runbook.ObjectiveReached, rec runbook.Record) string {
	for _, c := range t.Clocks(rec.When()) {
		if c.Name == e.Objective {
			return fmt.Sprintf(": %s after %s of %s", c.Verdict, Spread(c.Judged), runbook.Short(c.Limit))
		}
	}
	return ""
}

// finishedLine calls a step complete, with how many of its items were done.
func (t Teller) finishedLine(e runbook.StepFinished) (word, text string) {
	r := t.Run
	text = t.Title(e.Step)
	if e.NotExercised {
		return "passed", text + ": nothing in it is for a " + string(r.Mode) + " run"
	}
	text += ": complete"
	if b, s, ok := t.Books.Step(e.Step); ok {
		done, of := 0, 0
		for i := range s.Items {
			if st := r.Item(runbook.At(b.Name, s.Items[i].ID)); s.Items[i].Applicable(r.Mode) {
				of++
				if st.Done && !st.LeftOut() {
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

func (t Teller) tickedLine(e runbook.ItemTicked) (word, text string) {
	text = t.Item(e.Item)
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
		return "DIFFERENT", Join(text, e.Different)
	}
	return "done", text
}

// releasedLine says how the walk goes on after a hold.
func (t Teller) releasedLine(e runbook.HoldReleased) (word, text string) {
	text = Join(t.Item(e.Item), e.Reason)
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
func (t Teller) armedLine(e runbook.BlockArmed) string {
	_, s, it, ok := t.Books.Item(e.Item)
	if !ok {
		return string(e.Item)
	}
	for _, bl := range append(slices.Clone(it.Blocks), s.Fences...) {
		if bl.Hash == e.Hash {
			return "$ " + OneLine(bl.Text)
		}
	}
	return t.Item(e.Item)
}
