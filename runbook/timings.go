package runbook

import "time"

// A Timing is how long it took from one moment of a run to another. It is shown
// as it is recorded: a negative one says that the moments contradict each other.
type Timing struct {
	Name     string // what the time between the two is called
	From, To string // names of moments; see Run.Instant
	Took     Range  // not known if a moment is missing
	Known    bool
}

// Timings lists the figures of a report besides the objectives, in a fixed
// order. Recovery is judged from the beginning of the disruption; the times
// from detection and declaration stand beside it and are not judged.
func Timings(r *Run) []Timing {
	out := []Timing{
		{Name: "time to detect", From: "began", To: "detected"},
		{Name: "time to acknowledge", From: "detected", To: "acknowledged"},
		{Name: "time to declare", From: "detected", To: "declared"},
		{Name: "time to contain", From: "detected", To: "writes_stopped"},
		{Name: "time to restore data", From: "began", To: "restored"},
		{Name: "time to recover", From: "began", To: "critical"},
		{Name: "recovery since detection", From: "detected", To: "critical"},
		{Name: "recovery since declaration", From: "declared", To: "critical"},
		{Name: "time to close", From: "began", To: "signed_off"},
		{Name: "discarded writes", From: "recovery_point", To: "writes_stopped"},
	}
	for i := range out {
		t := &out[i]
		from, fromLatest, ok1 := r.Instant(t.From)
		to, toLatest, ok2 := r.Instant(t.To)
		if t.Known = ok1 && ok2; t.Known {
			t.Took = Range{to.Sub(fromLatest), toLatest.Sub(from)}
		}
	}
	return out
}

// Instant is when a named moment was: one that was set, the declaration, the
// last signature, or an objective's last stop. latest is at unless the moment
// is an interval.
func (r *Run) Instant(name string) (at, latest time.Time, ok bool) {
	if stop, stopped := r.Reaches[name].Stopped(); stopped {
		return stop, stop, true
	}
	m, set := r.Moments[name]
	switch {
	case set && m.Latest.IsZero():
		return m.Moment, m.Moment, true
	case set:
		return m.Moment, m.Latest, true
	case name == "began" || name == "declared":
		return r.Opened, r.Opened, !r.Opened.IsZero()
	case name == "signed_off" && len(r.Signed) > 0:
		at = r.Signed[len(r.Signed)-1].At
		return at, at, true
	}
	return time.Time{}, time.Time{}, false
}

// Disorder lists the pairs of moments that contradict each other: the second is
// on record as earlier than the first, although it can't be. They are shown and
// must be explained; nothing corrects them.
func Disorder(r *Run) [][2]string {
	var out [][2]string
	for _, pair := range [][2]string{
		{"recovery_point", "restored"},
		{"began", "detected"},
		{"detected", "acknowledged"},
		{"detected", "declared"},
		{"began", "writes_stopped"},
		{"restored", "critical"},
		{"critical", "full"},
	} {
		first, _, ok1 := r.Instant(pair[0])
		_, second, ok2 := r.Instant(pair[1])
		if ok1 && ok2 && second.Before(first) {
			out = append(out, pair)
		}
	}
	return out
}
