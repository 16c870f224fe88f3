// Package words is what lifeboat says: one sentence for each event, clock and
// name, the same on every screen; and texts made fit to be shown.
//
// A Teller is a Run and its Books put into words. What it says is a function of
// them and of the moment it is given: the package has no clock, reads and
// prints nothing, and knows neither colours nor the width of a screen. It never
// says more than the record does. Texts of a book, a command or a person are in
// its sentences as they were written: they go through Visible before a terminal
// sees them, and through Clean where columns must hold.
package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/clipperhouse/displaywidth"

	"lifeboat/runbook"
)

// Banner is the mode of a run in words that can't be mistaken.
func Banner(r *runbook.Run) string { return Mode(r.Mode, r.Production) }

// Mode is a mode in the same words. What is no drill is live.
func Mode(mode runbook.Mode, production bool) string {
	switch {
	case mode == runbook.Drill:
		return "DRILL (exercise)"
	case production:
		return "LIVE ON PRODUCTION"
	}
	return "LIVE"
}

// Place is the mode and the target in few words, for where they always stand;
// "" without a run.
func Place(r *runbook.Run) string {
	switch {
	case r == nil:
		return ""
	case r.Mode == runbook.Drill:
		return "DRILL " + r.Target
	case r.Production && !strings.EqualFold(r.Target, "production"):
		return "LIVE PRODUCTION " + r.Target
	case r.Production:
		return "LIVE PRODUCTION"
	}
	return "LIVE " + r.Target
}

// Tail is the short form of a run's id that people read: its last six
// characters.
func Tail(id string) string { return strings.ToLower(id[max(0, len(id)-6):]) }

// Objective is an objective's name for people.
func Objective(name string) string {
	switch name {
	case "downtime":
		return "acceptable downtime"
	case "critical":
		return "critical systems"
	case "noncritical":
		return "non-critical systems"
	case "full":
		return "full recovery"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// ShortObjective is the same name where there is little room.
func ShortObjective(name string) string {
	if name == "noncritical" {
		return "non-critical"
	}
	return strings.ReplaceAll(name, "_", " ")
}

// ClockLine is a clock in words.
func ClockLine(c runbook.Clock) string {
	text := fmt.Sprintf("%s: %s of %s", Objective(c.Name), Spread(c.Judged), runbook.Short(c.Limit))
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

// Warning says what is happening to an objective, and what to do about it.
func Warning(e runbook.WarningGiven) string {
	name := Objective(e.Objective)
	switch e.Of {
	case "75":
		return name + ": three quarters of its time are over. Decide: go on, take a faster way, or get help"
	case "100":
		return name + ": its time is over. Tell whoever commands, and go on"
	}
	return name + ": at the usual pace it can no longer be met. Tell whoever commands"
}

// Stamp is a moment in UTC, to the second.
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// Spread writes a duration that may be an interval.
func Spread(r runbook.Range) string {
	if r.Min == r.Max {
		return runbook.Short(r.Max)
	}
	return runbook.Short(r.Min) + " to " + runbook.Short(r.Max)
}

// Seconds writes a short time finely and a longer one as a clock does.
func Seconds(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return runbook.Short(d)
}

// Number writes thousands apart: 12,345.
func Number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Lines is how many lines an output has.
func Lines(n int64) string { return Count(int(n), "line") }

// Limit is a duration as people name a limit: 15m, 1h, 1h 30m, 3d.
func Limit(d time.Duration) string {
	const day = 24 * time.Hour
	var parts []string
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"d", day}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if u.name == "d" && d <= day {
			continue // 24h is what a runbook says
		}
		if n := d / u.size; n > 0 {
			parts, d = append(parts, fmt.Sprintf("%d%s", n, u.name)), d%u.size
		}
	}
	if len(parts) == 0 {
		return "0s"
	}
	return strings.Join(parts, " ")
}

// Count is a number of things: "1 command", "2 commands".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return Number(n) + " " + thing + "s"
}

// Join puts a reason behind a text, if there is one.
func Join(text, reason string) string {
	if reason == "" {
		return text
	}
	return text + ": " + reason
}

// Holds says whether every word of a filter is in a text, in any case.
func Holds(text, filter string) bool {
	text = strings.ToLower(text)
	for word := range strings.FieldsSeq(strings.ToLower(filter)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// OneLine is the first line of a text, with a mark if there are more.
func OneLine(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		line += " …"
	}
	return line
}

// Flat puts a text on one line.
func Flat(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", " ") }

// Cut shortens a text to so many columns of one line, with a mark where
// something is missing.
func Cut(text string, most int) string {
	return displaywidth.TruncateString(text, most, "…")
}
