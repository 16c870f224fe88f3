package runbook

import (
	"slices"
	"time"
)

// An Objective is a limit that a recovery must stay under. Reaching it at
// exactly the limit is too late.
type Objective struct {
	Name  string        `json:"name"`  // downtime, critical, noncritical, full, data_loss, notify
	Limit time.Duration `json:"limit"` // nanoseconds
}

// DataLoss is the objective that is measured backwards: from the beginning of
// the disruption to the recovery point (RPO). All others run forwards (RTO).
const DataLoss = "data_loss"

// A Range is a duration that is known between two bounds: the beginning of a
// disruption is often only an interval.
type Range struct{ Min, Max time.Duration }

// Verdict says how an actual time compares with its objective.
type Verdict string

// The verdicts.
const (
	Pending       Verdict = "running"
	Met           Verdict = "met"
	Missed        Verdict = "missed"
	Indeterminate Verdict = "indeterminate" // one end of the interval passes, the other fails
	NotClean      Verdict = "contaminated"  // the recovery point is later than the damage
	NotRecorded   Verdict = "not recorded"
)

// Judge compares an actual time with a limit: strictly less passes.
func Judge(actual Range, limit time.Duration) Verdict {
	switch {
	case actual.Max < limit:
		return Met
	case actual.Min >= limit:
		return Missed
	}
	return Indeterminate
}

// A Clock is one objective as it stands.
type Clock struct {
	Objective
	From    time.Time     // the beginning of the disruption, or of the duty to notify
	Latest  time.Time     // of an interval; zero: From is exact
	Stop    time.Time     // zero while it runs
	By      string        // what stopped it: a step, the end of the run; "": it runs
	Raw     Range         // as the wall clock tells it
	Paused  time.Duration // by a drill's facilitator
	Judged  Range         // Raw less Paused and Jumped
	Jumped  time.Duration // what confirmed steps of the wall clock added
	Verdict Verdict
	Left    time.Duration // until the limit, from the worse end; negative: over
	Level   int           // 0, 75 or 100 per cent of the limit
}

// Clocks tells every objective of a book at a moment. One that no step of the
// book reaches stops when the run ends.
func Clocks(b *Book, r *Run, now time.Time) []Clock {
	out := make([]Clock, 0, len(b.Objectives))
	for _, o := range b.Objectives {
		if o.Name == DataLoss {
			out = append(out, dataLoss(o, r))
			continue
		}
		out = append(out, forward(o, b, r, now))
	}
	return out
}

// Exit is the verdict of a whole run as an exit code: 0 recovered within every
// objective, 1 failed or abandoned, 3 recovered but something was missed, can't
// be told or is contaminated, 130 still open.
func Exit(clocks []Clock, r *Run) int {
	switch {
	case r.Ended == nil:
		return 130
	case r.Ended.State != "recovered":
		return 1
	}
	for _, c := range clocks {
		switch c.Verdict {
		case Missed, Indeterminate, NotClean, Pending:
			return 3
		case Met, NotRecorded:
		}
	}
	return 0
}

func dataLoss(o Objective, r *Run) Clock {
	from, latest := r.Began()
	c := Clock{Objective: o, From: from, Latest: latest, Verdict: NotRecorded, Left: o.Limit}
	rp, ok := r.Moments["recovery_point"]
	if !ok {
		return c
	}
	loss, contaminated := Loss(from, latest, rp.Moment)
	c.Stop, c.By, c.Raw, c.Judged = rp.Moment, "recovery point", loss, loss
	c.Left = o.Limit - loss.Max
	c.Level = level(loss.Max, o.Limit)
	if c.Verdict = Judge(loss, o.Limit); contaminated {
		c.Verdict = NotClean
	}
	return c
}

// Loss is the window of lost data: began minus recovery point, never below
// zero. A recovery point later than the first damage is contaminated. latest is
// zero unless the beginning is an interval.
func Loss(began, latest, point time.Time) (loss Range, contaminated bool) {
	if latest.IsZero() {
		latest = began
	}
	loss = Range{max(0, began.Sub(point)), max(0, latest.Sub(point))}
	return loss, point.After(began)
}

// forward is a clock that runs from the beginning of the disruption.
func forward(o Objective, b *Book, r *Run, now time.Time) Clock {
	c := Clock{Objective: o}
	c.From, c.Latest = r.startOf(o.Name)
	segments := r.outages(o.Name, b, c.From)
	last := &segments[len(segments)-1]
	until := now
	switch {
	case !last.To.IsZero():
		c.Stop, c.By, until = last.To, last.Reason, last.To
	case r.Ended != nil:
		last.To, until = r.Ended.At, r.Ended.At
		if r.Ended.State == "recovered" && !marked(b, r, o.Name) {
			c.Stop, c.By = until, "end of the run"
		}
	default:
		last.To = now
	}
	if o.Name != "downtime" { // it runs on through what was up in between
		segments = []Span{{From: c.From, To: until}}
	}
	var raw time.Duration
	for _, s := range segments {
		raw += max(0, s.To.Sub(s.From))
		c.Paused += r.pausedWithin(s.From, s.To)
		c.Jumped += r.jumped(s.From, s.To)
	}
	judged := max(0, raw-c.Paused-c.Jumped)
	c.Raw, c.Judged = Range{raw, raw}.widen(c), Range{judged, judged}.widen(c)
	c.Left = o.Limit - c.Judged.Max
	c.Level = level(c.Judged.Max, o.Limit)
	c.Verdict = Pending
	if !c.Stop.IsZero() {
		c.Verdict = Judge(c.Judged, o.Limit)
	} else if r.Ended != nil {
		c.Verdict = Missed // the run ended and nothing reached it
	}
	return c
}

// startOf is when an objective's clock starts: with the disruption, or, for the
// duty to notify, when it was detected.
func (r *Run) startOf(objective string) (at, latest time.Time) {
	if objective != "notify" {
		return r.Began()
	}
	if m, ok := r.Moments["detected"]; ok {
		return m.Moment, m.Latest
	}
	return r.Opened, time.Time{}
}

// widen makes a range of a duration that was counted from the early end of an
// interval.
func (r Range) widen(c Clock) Range {
	if c.Latest.IsZero() {
		return r
	}
	return Range{max(0, r.Max-c.Latest.Sub(c.From)), r.Max}
}

// outages are the stretches in which an objective was not reached. The last one
// is open while it isn't.
func (r *Run) outages(objective string, b *Book, from time.Time) []Span {
	if objective == "downtime" && !marked(b, r, "downtime") {
		objective = "critical" // the service is back when the critical systems are
	}
	out := []Span{{From: from}}
	h := r.Reaches[objective]
	if h == nil {
		return out
	}
	for i, stop := range h.Stops {
		out[len(out)-1].To, out[len(out)-1].Reason = stop, string(h.Step)
		if i < len(h.Losses) {
			out = append(out, Span{From: h.Losses[i]})
		}
	}
	return out
}

// marked says whether some step reaches an objective. One that a choice left out
// reaches nothing.
func marked(b *Book, r *Run, objective string) bool {
	if r.Reaches[objective] != nil {
		return true
	}
	return slices.ContainsFunc(b.Steps, func(s Step) bool {
		return slices.Contains(s.Reached, objective) && r.Step(At(b.Name, s.ID)).Status != NotTaken
	})
}

// pausedWithin is how long a drill's clocks stood within a stretch.
func (r *Run) pausedWithin(from, to time.Time) time.Duration {
	var sum time.Duration
	for _, p := range r.Pauses {
		a, b := p.From, p.To
		if b.IsZero() || b.After(to) {
			b = to
		}
		if a.Before(from) {
			a = from
		}
		sum += max(0, b.Sub(a))
	}
	return sum
}

// PauseShare is how much of an elapsed time was paused, from 0 to 1. Above 0.2
// a drill's timing is not representative.
func (c Clock) PauseShare() float64 {
	if c.Raw.Max <= 0 {
		return 0
	}
	return float64(c.Paused) / float64(c.Raw.Max)
}

// jumped is what confirmed steps of the wall clock added to a stretch; a sleep
// of the machine is time that passed, so it counts.
func (r *Run) jumped(from, to time.Time) time.Duration {
	var sum time.Duration
	for _, j := range r.Jumps {
		if j.Confirmed && j.Clock == "step" && j.At.After(from) && !j.At.After(to) {
			sum += j.Delta
		}
	}
	return sum
}

func level(spent, limit time.Duration) int {
	switch {
	case spent >= limit:
		return 100
	case spent*4 >= limit*3:
		return 75
	}
	return 0
}

// Exposure is how much would be lost if everything broke now: the age of the
// newest verified backup.
func Exposure(now, newest time.Time, limit time.Duration) (time.Duration, Verdict) {
	age := max(0, now.Sub(newest))
	return age, Judge(Range{age, age}, limit)
}

// WorstLoss is the most that a cadence of backups can lose: the interval, and
// the time until a copy counts. longest is the interval that would still stay
// under the limit.
func WorstLoss(interval, export, verify, limit time.Duration) (worst, longest time.Duration, v Verdict) {
	worst = interval + export + verify
	return worst, limit - export - verify - time.Nanosecond, Judge(Range{worst, worst}, limit)
}
