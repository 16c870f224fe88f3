package report

import (
	"fmt"
	"slices"
	"strings"

	"lifeboat/runbook"
)

// words gathers facts, answers, secrets and notes.
func (b *builder) words() {
	for _, f := range b.Run.Facts {
		b.rep.Facts = append(b.rep.Facts, factOf(f))
	}
	for _, n := range b.Run.Notes {
		note := Note{Seq: n.Seq, At: utc(n.At), Actor: n.Actor, Tag: n.Tag, Text: n.Text}
		if n.Tag == "" {
			note.Tag = "note"
		}
		if n.Fixed != "" {
			note.Text, note.First = n.Fixed, n.Text
		}
		if n.Step != "" {
			note.Step = b.stepTitle(n.Step)
		}
		b.rep.Notes = append(b.rep.Notes, note)
	}
	for _, rec := range b.Records {
		switch e := rec.Event.(type) {
		case runbook.PreflightChecked:
			b.rep.Preflight = append(b.rep.Preflight, Preflight{rec.Seq, e.Check, e.OK, e.Found})
		case runbook.SecretGiven:
			b.rep.Secrets = append(b.rep.Secrets, SecretName{rec.Seq, utc(rec.When()), e.Name, e.From})
		case runbook.QuestionAnswered:
			b.rep.Answers = append(b.rep.Answers, Answer{
				Seq: rec.Seq, At: utc(rec.When()), Actor: rec.Actor, Item: string(e.Item), Question: b.itemText(e.Item),
				Name: e.Name, Value: e.Value, As: e.As,
			})
		}
	}
}

// states are the fates of a command, from best to worst for whoever wants to
// know whether it works.
var states = []string{"exercised", "failed", "unknown", "by hand", "not exercised", "skipped", "not taken", "not reached"}

// coverage says what a drill tried of its books, command by command.
func (b *builder) coverage() {
	if !b.rep.Drill {
		return
	}
	c := &Coverage{Steps: map[string]int{}, Commands: map[string]int{}}
	for _, s := range b.rep.Steps {
		c.Steps[s.Status]++
	}
	for _, name := range b.name {
		if bk := b.Books[name]; bk != nil {
			for i := range bk.Steps {
				b.covered(c, bk, &bk.Steps[i])
			}
		}
	}
	var parts []string
	for _, s := range states {
		if n := c.Commands[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	c.Words = "the books have no commands"
	if len(parts) > 0 {
		c.Words = counted(len(c.List), "command") + ": " + strings.Join(parts, ", ")
	}
	b.rep.Coverage = c
}

func (b *builder) covered(c *Coverage, bk *runbook.Book, s *runbook.Step) {
	for i := range s.Items {
		it := &s.Items[i]
		ref := runbook.At(bk.Name, it.ID)
		for n, bl := range it.Blocks {
			state, why := b.fate(ref, s, bl, n)
			c.Commands[state]++
			c.List = append(c.List, Covered{Item: string(ref), Block: n + 1, Text: head(bl.Text), State: state, Why: why})
		}
	}
}

// fate is what became of one block, over all rounds: having worked once counts
// for more than having been left out later.
func (b *builder) fate(ref runbook.Ref, s *runbook.Step, bl *runbook.Block, n int) (state, why string) {
	var last *runbook.Attempt
	for _, a := range b.Run.Attempts {
		if a.Item != ref || a.Block != n || a.For != "" {
			continue
		}
		if last = a; a.OK() {
			return "exercised", ""
		}
	}
	it, st := b.Run.Item(ref), b.Run.Step(ref.Step())
	switch {
	case last != nil && last.Lost != nil:
		return "unknown", last.How()
	case last != nil && last.End != nil:
		return "failed", last.How()
	case last != nil && last.Run != nil:
		return "unknown", last.How()
	case last != nil:
		return "not reached", "intended, but no start is on record"
	case !s.When.Applies(b.Run.Mode) || !bl.When.Applies(b.Run.Mode):
		return "not exercised", "for live runs only"
	case it.As == "not_exercised":
		return "not exercised", "it was recorded as not exercised"
	case it.As == "skipped":
		return "skipped", b.skipReason(ref)
	case it.Done && it.Next <= n:
		return "by hand", tickWords(it.As)
	case st.Status == runbook.Skipped:
		return "skipped", st.Reason
	case st.Status == runbook.NotTaken:
		return "not taken", b.choiceAgainst(ref.Step())
	}
	return "not reached", ""
}

func (b *builder) skipReason(ref runbook.Ref) string {
	for _, rec := range slices.Backward(b.Records) {
		if e, ok := rec.Event.(runbook.HoldReleased); ok && e.Item == ref && e.How == "skipped" {
			return e.Reason
		}
	}
	return ""
}
