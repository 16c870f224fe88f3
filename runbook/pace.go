package runbook

import (
	"slices"
	"time"
)

// A Usual is how long something took in earlier runs.
type Usual struct {
	Median, P90 time.Duration
	N           int // runs that it is known from; 0: the author's guess
}

// UsualOf sums up earlier times; ok is false when there are none. Both figures
// are times that really occurred (nearest rank).
func UsualOf(times []time.Duration) (u Usual, ok bool) {
	if len(times) == 0 {
		return Usual{}, false
	}
	sorted := slices.Sorted(slices.Values(times))
	rank := func(percent int) time.Duration {
		return sorted[max(0, (len(sorted)*percent+99)/100-1)]
	}
	return Usual{Median: rank(50), P90: rank(90), N: len(sorted)}, true
}

// A Pace says when the run will end if it goes on as earlier ones did.
type Pace struct {
	End     time.Time            // by medians; zero: nothing is known
	Unknown int                  // steps ahead of which nothing is known; they count as no time
	At      map[string]time.Time // when each objective will be reached, by medians
	Latest  map[string]time.Time // the latest start of what remains until each objective, by p90
}

// PaceOf walks the steps that are left. usual tells what is known of a step; a
// book's own guess (takes=) serves where it knows nothing.
func PaceOf(b *Book, r *Run, usual func(*Step) (Usual, bool), now time.Time) Pace {
	p := Pace{At: map[string]time.Time{}, Latest: map[string]time.Time{}}
	var median, worst time.Duration
	known := false
	for i := range b.Steps {
		s := &b.Steps[i]
		ref := At(b.Name, s.ID)
		if !r.open(ref, nil) || !s.Applicable(r.Mode) {
			continue
		}
		u, ok := usual(s)
		if !ok {
			u, ok = guess(s, r.Mode)
		}
		if !ok {
			p.Unknown++
		}
		known = known || ok
		spent := time.Duration(0)
		if ref == r.Current {
			spent = r.SpentOn(ref, now)
		}
		median += max(0, u.Median-spent)
		worst += max(0, u.P90-spent)
		for _, name := range s.Reached {
			p.reach(b, r, name, now, median, worst)
			if name == "critical" && !marked(b, r, "downtime") {
				p.reach(b, r, "downtime", now, median, worst)
			}
		}
	}
	if known {
		p.End = now.Add(median)
	}
	return p
}

// reach notes when an objective will be reached, and the latest start for it,
// at its first step ahead. Time that a drill was paused is not lost.
func (p *Pace) reach(b *Book, r *Run, name string, now time.Time, median, worst time.Duration) {
	_, seen := p.At[name]
	if _, stopped := r.Reaches[name].Stopped(); seen || stopped {
		return
	}
	p.At[name] = now.Add(median)
	for _, o := range b.Objectives {
		if o.Name == name {
			from, _ := r.startOf(name)
			p.Latest[name] = from.Add(o.Limit + r.pausedWithin(from, now) - worst)
		}
	}
}

// guess is what the author says: of the step, or of its commands together.
func guess(s *Step, mode Mode) (Usual, bool) {
	if s.Takes > 0 {
		return Usual{Median: s.Takes, P90: s.Takes}, true
	}
	var sum time.Duration
	for i := range s.Items {
		for _, b := range s.Items[i].Blocks {
			if b.When.Applies(mode) {
				sum += b.Takes
			}
		}
	}
	return Usual{Median: sum, P90: sum}, sum > 0
}

// SpentOn is how long the walk has stood on a step, up to now.
func (r *Run) SpentOn(ref Ref, now time.Time) time.Duration {
	s := r.Step(ref)
	if ref == r.Current && s.Status == Entered && !r.since.IsZero() && r.Ended == nil && now.After(r.since) {
		return s.Spent + now.Sub(r.since)
	}
	return s.Spent
}

// MachineTime is how long the commands of a step ran, over all rounds. The rest
// of what was spent on it is human time.
func (r *Run) MachineTime(ref Ref) time.Duration {
	var sum time.Duration
	for _, a := range r.Attempts {
		if a.Item.Step() == ref && a.End != nil && !a.Background {
			sum += a.End.Elapsed
		}
	}
	return sum
}

// Warnings lists what the operator has to be told now and was not told yet: a
// clock that passed 75 or 100 per cent of its objective, a latest start that is
// over.
func Warnings(clocks []Clock, p Pace, r *Run, now time.Time) []WarningGiven {
	var out []WarningGiven
	say := func(name, of string) {
		if !r.Warned[name+" "+of] {
			out = append(out, WarningGiven{Objective: name, Of: of})
		}
	}
	for _, c := range clocks {
		if c.Name == DataLoss || c.Verdict != Pending {
			continue
		}
		switch c.Level {
		case 100:
			say(c.Name, "100")
		case 75:
			say(c.Name, "75")
		}
		if latest, ok := p.Latest[c.Name]; ok && now.After(latest) && c.Level < 100 {
			say(c.Name, "latest_start")
		}
	}
	return out
}
