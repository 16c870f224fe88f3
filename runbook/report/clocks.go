package report

import (
	"fmt"
	"slices"
	"time"

	"lifeboat/runbook"
)

// moments lists every moment that was set, those that were replaced included: a
// better beginning of the disruption moves every clock.
func (b *builder) moments() {
	for _, rec := range b.Records {
		var m Moment
		switch e := rec.Event.(type) {
		case runbook.MomentSet:
			m = Moment{
				Name: e.Name, At: utc(e.Moment), Latest: utc(e.Latest), Certainty: e.Certainty, Source: e.Source, Reason: e.Reason,
			}
		case runbook.FactReported:
			at, err := time.Parse(time.RFC3339Nano, e.Value)
			if e.Name != "recovery_point" || err != nil {
				continue
			}
			m = Moment{Name: e.Name, At: utc(at), Source: "fact"}
		default:
			continue
		}
		m.Seq, m.Actor = rec.Seq, rec.Actor
		m.Holds = b.Run.Moments[m.Name].Seq == rec.Seq
		b.rep.Moments = append(b.rep.Moments, m)
	}
	b.rep.Disorder = b.disorder()
}

// began says whether the beginning of the disruption is on record. Clocks that
// are judged run from the declaration if it isn't; a time that is told is then
// not recorded.
func (b *builder) began() bool {
	_, ok := b.Run.Moments["began"]
	return ok
}

func (b *builder) timings() {
	for _, t := range runbook.Timings(b.Run) {
		out := Timing{Name: t.Name, From: t.From, To: t.To}
		_, _, known := b.Run.Instant(t.From)
		switch {
		case !known || t.From == "began" && !b.began():
			out.Lacks = t.From
		case !t.Known:
			out.Lacks = t.To
		default:
			out.Took = span(t.Took)
		}
		b.rep.Timings = append(b.rep.Timings, out)
	}
}

// disorder says which moments can't have happened in the order in which they
// are on record. Nothing is put right: somebody has to explain it.
func (b *builder) disorder() []string {
	named := func(name string) string {
		if name == "began" && !b.began() {
			return "declaration, which stands for the beginning of the disruption"
		}
		return momentName(name)
	}
	var out []string
	for _, pair := range runbook.Disorder(b.Run) {
		first, _, _ := b.Run.Instant(pair[0])
		_, then, _ := b.Run.Instant(pair[1])
		out = append(out, fmt.Sprintf("%s (%s) is before %s (%s)", named(pair[1]), stamp(then), named(pair[0]), stamp(first)))
	}
	return out
}

// since is the time from a moment to an instant; nil if the moment is not on
// record.
func (b *builder) since(moment string, to time.Time) *Range {
	from, latest, ok := b.Run.Instant(moment)
	if !ok || to.IsZero() {
		return nil
	}
	return &Range{Duration(to.Sub(latest)), Duration(to.Sub(from))}
}

func (b *builder) objectives() {
	for _, name := range b.name {
		bk := b.Books[name]
		if bk == nil {
			continue
		}
		for _, c := range runbook.Clocks(bk, b.Run, b.now) {
			b.rep.Objectives = append(b.rep.Objectives, b.objective(bk, c))
		}
	}
}

func (b *builder) objective(bk *runbook.Book, c runbook.Clock) Objective {
	o := Objective{
		Book: bk.Name, Decides: bk == b.main, Name: c.Name, Limit: Duration(c.Limit), Verdict: c.Verdict,
		Words: verdictWords(c, b.Run.Ended != nil), Paused: Duration(c.Paused), PauseShare: c.PauseShare(), Jumped: Duration(c.Jumped),
		From: utc(c.From), Latest: utc(c.Latest), Stop: utc(c.Stop), By: c.By, History: b.history(c.Name),
	}
	if c.Verdict != runbook.NotRecorded {
		o.Judged, o.Raw = span(c.Judged), span(c.Raw)
	}
	if c.By != "" {
		o.ByTitle = c.By
		if _, s, ok := b.Books.Step(runbook.Ref(c.By)); ok {
			o.ByTitle = s.Title
		}
	}
	if !c.Stop.IsZero() && o.restores() {
		o.Detected, o.Declared = b.since("detected", c.Stop), b.since("declared", c.Stop)
	}
	return o
}

// restores says whether an objective runs from one beginning to one
// restoration: downtime is a sum, and the others are about something else.
func (o Objective) restores() bool {
	return o.Name != "downtime" && o.Name != runbook.DataLoss && o.Name != "notify"
}

func span(r runbook.Range) *Range { return &Range{Duration(r.Min), Duration(r.Max)} }

// history lists when an objective was reached and lost. A second record of the
// same state changes nothing, as in the fold.
func (b *builder) history(name string) []Turn {
	var out []Turn
	stopped := false
	for _, rec := range b.Records {
		switch e := rec.Event.(type) {
		case runbook.ObjectiveReached:
			if e.Objective == name && !stopped {
				stopped = true
				out = append(out, Turn{Seq: rec.Seq, At: utc(rec.When()), What: "reached", Step: string(e.Step), Title: b.where(e.Step)})
			}
		case runbook.ObjectiveLost:
			if e.Objective == name && stopped {
				stopped = false
				out = append(out, Turn{Seq: rec.Seq, At: utc(rec.When()), What: "lost", Reason: e.Reason})
			}
		}
	}
	return out
}

// downtime adds the outages up, whether or not a book limits them. Without an
// objective that runs forwards and without a beginning on record, nothing says
// that there was an outage at all.
func (b *builder) downtime() {
	d := &b.rep.Downtime
	clock := *b.main
	clock.Objectives = []runbook.Objective{{Name: "downtime", Limit: 1<<63 - 1}}
	began := b.began()
	forward := slices.ContainsFunc(b.main.Objectives, func(o runbook.Objective) bool { return o.Name != runbook.DataLoss && o.Name != "notify" })
	if !began && !forward && len(b.Run.Reaches) == 0 {
		d.Words = "not recorded: nothing on record says that a service was out"
		return
	}
	c := runbook.Clocks(&clock, b.Run, b.now)[0]
	d.Total, d.Open = span(c.Judged), c.Stop.IsZero() && b.Run.Ended == nil
	d.Outages = b.outages(c)
	d.Words = downtimeWords(*d, !c.Stop.IsZero(), began)
}

func (b *builder) outages(c runbook.Clock) []Outage {
	turns := b.history("downtime")
	if len(turns) == 0 && !slices.ContainsFunc(b.main.Steps, func(s runbook.Step) bool { return slices.Contains(s.Reached, "downtime") }) {
		turns = b.history("critical")
	}
	out := []Outage{{From: utc(c.From)}}
	for _, t := range turns {
		if t.What == "lost" {
			out = append(out, Outage{From: t.At, Reason: t.Reason})
			continue
		}
		out[len(out)-1].To = t.At
		out[len(out)-1].By = b.stepTitle(runbook.Ref(t.Step))
	}
	if last := &out[len(out)-1]; last.To.IsZero() && !c.Stop.IsZero() {
		last.To, last.By = utc(c.Stop), c.By
	}
	return out
}
