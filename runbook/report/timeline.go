package report

import (
	"time"

	"lifeboat/runbook"
)

// timeline tells every record as one sentence, or leaves it out by a rule that
// is stated with it.
func (b *builder) timeline() {
	fixes := map[uint64][]uint64{}
	for _, rec := range b.Records {
		if e, ok := rec.Event.(runbook.Corrected); ok {
			fixes[e.Seq] = append(fixes[e.Seq], rec.Seq)
		}
	}
	b.rep.Timeline = []Entry{}
	for _, rec := range b.Records {
		if rule := b.omit(rec); rule != "" && len(fixes[rec.Seq]) == 0 {
			b.leaveOut(rec, rule)
			continue
		}
		at, recorded := rec.When(), rec.Time
		e := Entry{
			Seq: rec.Seq, Kind: rec.Kind, At: utc(at), Recorded: utc(recorded),
			Late:  recorded.Sub(at).Abs() >= time.Second,
			Actor: rec.Actor, Role: rec.Role, Text: b.sentence(rec), CorrectedBy: fixes[rec.Seq],
		}
		if c, ok := rec.Event.(runbook.Corrected); ok {
			e.Corrects = c.Seq
		}
		b.rep.Timeline = append(b.rep.Timeline, e)
	}
}

// omit gives the rule by which a record is left out; "" if it is told. What is
// left out is told elsewhere in the report.
func (b *builder) omit(rec runbook.Record) string {
	switch e := rec.Event.(type) {
	case runbook.CommandStarted:
		if a := b.Run.Attempt(e.Attempt); a != nil && !a.Open() {
			return "the start of a command whose end or loss is on record stands under Commands"
		}
	case runbook.PreflightChecked:
		if e.OK {
			return "a check before the start that passed stands under Checks before the start"
		}
	case runbook.ItemTicked:
		if e.As == "succeeded" && e.Different == "" {
			return "an item that is ticked by its command's success is told by that command's end"
		}
	}
	return ""
}

func (b *builder) leaveOut(rec runbook.Record, rule string) {
	for i := range b.rep.Omitted {
		if o := &b.rep.Omitted[i]; o.Rule == rule {
			o.Seqs = append(o.Seqs, rec.Seq)
			return
		}
	}
	b.rep.Omitted = append(b.rep.Omitted, OmittedByRule{Kind: rec.Kind, Rule: rule, Seqs: []uint64{rec.Seq}})
}
