package plain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lifeboat/runbook"
)

// Banner is the mode in words that can't be mistaken.
func Banner(r *runbook.Run) string { return banner(r.RunOpened) }

func banner(e runbook.RunOpened) string {
	switch {
	case e.Mode == runbook.Drill:
		return "DRILL (exercise)"
	case e.Production:
		return "LIVE ON PRODUCTION"
	}
	return "LIVE"
}

// place is the mode and the target in few words: it stands at every prompt.
func (p *Plain) place() string {
	if p.walker == nil {
		return ""
	}
	r := p.walker.Run()
	switch {
	case r.Mode == runbook.Drill:
		return "DRILL " + r.Target
	case r.Production && !strings.EqualFold(r.Target, "production"):
		return "LIVE PRODUCTION " + r.Target
	case r.Production:
		return "LIVE PRODUCTION"
	}
	return "LIVE " + r.Target
}

// tag is the place as it stands before a prompt.
func (p *Plain) tag() string { return "[" + p.place() + "]" }

func (p *Plain) title(ref runbook.Ref) string {
	if _, s, ok := p.walker.Books().Step(ref); ok {
		return s.Title
	}
	return string(ref)
}

func (p *Plain) itemText(ref runbook.Ref) string {
	_, _, it, ok := p.walker.Books().Item(ref)
	if !ok {
		return string(ref)
	}
	if it.Kind == runbook.Command {
		return "$ " + oneLine(it.Text)
	}
	return it.Text
}

// refText names a step or an item.
func (p *Plain) refText(ref runbook.Ref) string {
	if ref.Step() == ref {
		return p.title(ref)
	}
	return p.itemText(ref)
}

// spread writes a duration that may be an interval.
func spread(r runbook.Range) string {
	if r.Min == r.Max {
		return runbook.Short(r.Max)
	}
	return runbook.Short(r.Min) + " to " + runbook.Short(r.Max)
}

func (p *Plain) clocks(now time.Time) []runbook.Clock {
	r := p.walker.Run()
	if len(r.Books) == 0 {
		return nil
	}
	b := p.walker.Books()[r.Books[0].Book]
	if b == nil {
		return nil
	}
	return runbook.Clocks(b, r, now)
}

// mostClocks is how many clocks are told of at each step: those that end first.
// The key c shows all.
const mostClocks = 2

// timeLeft says how much was left at a moment of the clocks that run, and which
// are over; "": none runs.
func (p *Plain) timeLeft(now time.Time) string {
	clocks := slices.DeleteFunc(p.clocks(now), func(c runbook.Clock) bool { return c.Verdict != runbook.Pending })
	slices.SortStableFunc(clocks, func(a, b runbook.Clock) int { return cmp.Compare(a.Left, b.Left) })
	var left, over []string
	for _, c := range clocks {
		switch {
		case c.Left <= 0: // at the limit is too late
			over = append(over, Objective(c.Name)+" "+runbook.Short(-c.Left))
		case len(left) < mostClocks:
			left = append(left, Objective(c.Name)+" "+runbook.Short(c.Left))
		}
	}
	var out []string
	if len(over) > 0 {
		out = append(out, "OVER by: "+strings.Join(over, ", "))
	}
	if len(left) > 0 {
		out = append(out, "left: "+strings.Join(left, ", "))
	}
	return strings.Join(out, "; ")
}

// ClockLine is a clock in words.
func ClockLine(c runbook.Clock) string {
	text := fmt.Sprintf("%s: %s of %s", Objective(c.Name), spread(c.Judged), runbook.Short(c.Limit))
	switch {
	case c.Verdict == runbook.NotRecorded:
		return Objective(c.Name) + ": not recorded, limit " + runbook.Short(c.Limit)
	case c.Verdict == runbook.Pending && c.Left <= 0:
		return text + ", over by " + runbook.Short(-c.Left)
	case c.Verdict == runbook.Pending:
		return text + ", " + runbook.Short(c.Left) + " left"
	case c.Verdict == runbook.Indeterminate:
		return text + ", indeterminate: when it began is not known well enough"
	case c.Verdict == runbook.NotClean:
		return text + ", contaminated: the recovery point is later than the damage"
	}
	return text + ", " + string(c.Verdict)
}

func lines(n int64) string {
	if n == 1 {
		return "1 line"
	}
	return number(int(n)) + " lines"
}

// seconds writes a short time finely and a longer one as a clock does.
func seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return runbook.Short(d)
}

// number writes thousands apart: 12,345.
func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func join(a, b string) string {
	if b == "" {
		return a
	}
	return a + ": " + b
}

func oneLine(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		line += " …"
	}
	return line
}

// flat puts a text on one line.
func flat(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", " ") }

// cut shortens a text to what fits on a line.
func cut(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most-1]) + "…"
	}
	return text
}
