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
	Guessed map[string]bool      // no earlier run tells of some step on the way to an objective
}

// PaceOf adds up what is left on the shortest way to the end: where a choice is
// still to be made, the option that takes least, so that nobody is told too
// early that it is too late. usual tells what is known of a step; a book's own
// guess (takes=) serves where it knows nothing.
func PaceOf(b *Book, r *Run, usual func(*Step) (Usual, bool), now time.Time) Pace {
	p := Pace{At: map[string]time.Time{}, Latest: map[string]time.Time{}, Guessed: map[string]bool{}}
	e := estimate{b: b, r: r, left: make([]Usual, len(b.Steps)), known: make([]bool, len(b.Steps)), tries: mostRoutes}
	for i := range b.Steps {
		e.left[i], e.known[i] = remaining(b, r, &b.Steps[i], usual, now)
	}
	var median, worst time.Duration
	known, guessed := false, false
	steps, _ := e.route(0, make([]bool, len(b.Steps)))
	for _, i := range steps {
		known = known || e.known[i]
		guessed = guessed || e.left[i].N == 0
		if !e.known[i] {
			p.Unknown++
		}
		median += e.left[i].Median
		worst += e.left[i].P90
		for _, name := range b.Steps[i].Reached {
			p.reach(b, r, name, now, median, worst)
			p.Guessed[name] = p.Guessed[name] || guessed
			if name == "critical" && !marked(b, r, "downtime") {
				p.reach(b, r, "downtime", now, median, worst)
				p.Guessed["downtime"] = p.Guessed["downtime"] || guessed
			}
		}
	}
	if known {
		p.End = now.Add(median)
	}
	return p
}

// remaining is how long a step will still take, less what was spent on it.
func remaining(b *Book, r *Run, s *Step, usual func(*Step) (Usual, bool), now time.Time) (Usual, bool) {
	u, ok := usual(s)
	if !ok {
		u, ok = guess(s, r.Mode)
	}
	if ref := At(b.Name, s.ID); ref == r.Current {
		spent := r.SpentOn(ref, now)
		u.Median, u.P90 = max(0, u.Median-spent), max(0, u.P90-spent)
	}
	return u, ok
}

// mostRoutes bounds the ways that are compared; beyond it the first option of a
// choice stands for all.
const mostRoutes = 500

// An estimate is one call of PaceOf on its way.
type estimate struct {
	b     *Book
	r     *Run
	left  []Usual
	known []bool
	tries int
}

// route lists the steps ahead, by place, on the shortest way from a place to the
// end, and what they take at p90. out marks what the choices on this way leave
// out.
func (e *estimate) route(from int, out []bool) (steps []int, cost time.Duration) {
	for i := from; i < len(e.b.Steps); i++ {
		s := &e.b.Steps[i]
		if out[i] || !e.r.open(At(e.b.Name, s.ID), nil) || !s.Applicable(e.r.Mode) {
			continue
		}
		steps, cost = append(steps, i), cost+e.left[i].P90
		if options := e.ahead(s, i); len(options) > 0 {
			rest, more := e.fork(i, options, out)
			return append(steps, rest...), cost + more
		}
	}
	return steps, cost
}

// ahead lists the options of a step's open choice that lead further on in this
// book.
func (e *estimate) ahead(s *Step, place int) []Option {
	var out []Option
	for i := range s.Items {
		it := &s.Items[i]
		if it.Kind != Choice || e.r.Item(At(e.b.Name, it.ID)).Done {
			continue
		}
		for _, o := range it.Options {
			if o.Book == "" && e.place(o.Step) > place {
				out = append(out, o)
			}
		}
	}
	return out
}

func (e *estimate) place(id string) int {
	return slices.IndexFunc(e.b.Steps, func(s Step) bool { return s.ID == id })
}

// fork compares the ways on from a choice.
func (e *estimate) fork(from int, options []Option, out []bool) (best []int, least time.Duration) {
	for n, o := range options {
		if n > 0 && e.tries <= 0 {
			break
		}
		e.tries--
		left := slices.Clone(out)
		to := e.place(o.Step)
		for i := from + 1; i < to; i++ {
			left[i] = true
		}
		for m, other := range options {
			if m == n {
				continue
			}
			for _, id := range append([]string{other.Step}, other.Section...) {
				if i := e.place(id); i > to && !slices.Contains(o.Section, id) {
					left[i] = true
				}
			}
		}
		if steps, cost := e.route(to, left); n == 0 || cost < least {
			best, least = steps, cost
		}
	}
	return best, least
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
// over. What the author guessed is no reason for an alarm: only earlier runs are.
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
		if latest, ok := p.Latest[c.Name]; ok && !p.Guessed[c.Name] && now.After(latest) && c.Level < 100 {
			say(c.Name, "latest_start")
		}
	}
	return out
}
