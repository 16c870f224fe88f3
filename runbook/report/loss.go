package report

import (
	"lifeboat/runbook"
)

// loss tells what data is gone and what says so: the recovery point, the
// command that reported it, and what else that command reported.
func (b *builder) loss() {
	l := &b.rep.Loss
	held, ok := b.Run.Moments["recovery_point"]
	if !ok {
		l.Words = "not recorded: no recovery point is on record"
		return
	}
	for i := range b.rep.Moments {
		if m := b.rep.Moments[i]; m.Seq == held.Seq && m.Name == "recovery_point" {
			l.Point = &m
		}
	}
	if l.Point == nil { // the record isn't at hand
		l.Point = &Moment{Seq: held.Seq, Name: "recovery_point", At: utc(held.Moment), Source: held.Source, Holds: true}
	}
	began, latest := b.Run.Began()
	window, contaminated := runbook.Loss(began, latest, held.Moment)
	l.Window, l.Contaminated = span(window), contaminated
	if from, latest, ok := b.Run.Instant("writes_stopped"); ok {
		l.Discarded = &Range{Duration(from.Sub(held.Moment)), Duration(latest.Sub(held.Moment))}
	}
	b.evidence(held.Seq)
	for _, d := range b.Run.Deviations {
		if d.Kind == "contaminated" {
			l.Settled = d.Reason
		}
	}
	l.Words = lossWords(*l, b.began())
}

func (b *builder) evidence(seq uint64) {
	l := &b.rep.Loss
	rec, ok := b.record(seq)
	e, fact := rec.Event.(runbook.FactReported)
	if !ok || !fact {
		return
	}
	l.Fact, l.Attempt = seq, e.Attempt
	a := b.Run.Attempt(e.Attempt)
	if a == nil {
		return
	}
	l.Command = head(a.Text)
	for _, f := range b.Run.Facts {
		if f.Attempt == e.Attempt && f.Seq != seq {
			l.Reported = append(l.Reported, factOf(f))
		}
	}
}

func factOf(f runbook.Reported) Fact {
	return Fact{Seq: f.Seq, At: utc(f.At), Name: f.Name, Value: f.Value, Attempt: f.Attempt}
}

// trouble lists what went wrong with time itself, and what the operator was
// told about it.
func (b *builder) trouble() {
	for _, j := range b.Run.Jumps {
		b.rep.Jumps = append(b.rep.Jumps, Jump{j.Seq, utc(j.At), Duration(j.Delta), j.Clock, j.Confirmed})
	}
	for _, l := range b.Run.Late {
		b.rep.Late = append(b.rep.Late, Late{utc(l.From), utc(l.To), l.Why})
	}
	for _, rec := range b.Records {
		if e, ok := rec.Event.(runbook.WarningGiven); ok {
			b.rep.Warnings = append(b.rep.Warnings, Warning{rec.Seq, utc(rec.When()), e.Objective, e.Of})
		}
	}
}
