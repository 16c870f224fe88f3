package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/runbook"
)

// NotRecorded stands where nothing is on record.
const NotRecorded = "not recorded"

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

// stamp is an instant for people: RFC 3339, UTC, whole seconds.
func stamp(t time.Time) string {
	if t.IsZero() {
		return NotRecorded
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// clock is a duration for people, in its one format: m:ss, then h:mm:ss.
func clock(d time.Duration) string {
	sign, s := "", uint64(d/time.Second)
	if d < 0 {
		s = uint64(-(d / time.Second))
		if s > 0 {
			sign = "-"
		}
	}
	if s < 3600 {
		return fmt.Sprintf("%s%d:%02d", sign, s/60, s%60)
	}
	return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
}

// String is the duration for people: m:ss, then h:mm:ss.
func (d Duration) String() string { return clock(time.Duration(d)) }

// String is the duration, or both its bounds.
func (r Range) String() string {
	if r.Min == r.Max {
		return r.Max.String()
	}
	return "between " + r.Min.String() + " and " + r.Max.String()
}

func rangeWords(r *Range) string {
	if r == nil {
		return NotRecorded
	}
	return r.String()
}

func orNot(text string) string {
	if strings.TrimSpace(text) == "" {
		return NotRecorded
	}
	return text
}

// mostHead is the longest one-line name of a command; its whole text stands
// under Commands.
const mostHead = 100

// head is a command's first line, for people.
func head(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(line); len(runes) > mostHead {
		line, more = strings.TrimSpace(string(runes[:mostHead])), true
	}
	if more {
		line += " …"
	}
	return line
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

func because(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func modeWord(m runbook.Mode) string {
	if m == runbook.Drill {
		return "drill"
	}
	return "live run"
}

func objectiveName(name string) string {
	switch name {
	case "downtime":
		return "acceptable downtime"
	case "critical":
		return "critical systems recovered"
	case "noncritical":
		return "non-critical systems recovered"
	case "full":
		return "full recovery"
	case runbook.DataLoss:
		return "data loss"
	case "notify":
		return "notification"
	}
	return name
}

func momentName(name string) string {
	switch name {
	case "began":
		return "beginning of the disruption"
	case "declared":
		return "declaration"
	case "signed_off":
		return "sign-off"
	case "writes_stopped":
		return "writes stopped"
	case "critical", "full":
		return objectiveName(name)
	case "service_back":
		return "service back"
	case "recovery_point":
		return "recovery point"
	}
	return name
}

// verdictWords say how a clock stands against its limit, in words and numbers.
func verdictWords(c runbook.Clock, ended bool) string {
	got := span(c.Judged).String() + " of " + clock(c.Limit)
	left := c.Limit - c.Judged.Max
	over := span(runbook.Range{Min: c.Judged.Min - c.Limit, Max: -left})
	switch c.Verdict {
	case runbook.Met:
		return fmt.Sprintf("met: %s, %s to spare", got, Range{Duration(left), Duration(c.Limit - c.Judged.Min)})
	case runbook.Missed:
		switch {
		case c.Stop.IsZero() && ended:
			return "missed: not reached before the run ended (" + got + ")"
		case left == 0 && c.Judged.Min == c.Judged.Max:
			return "missed: " + got + "; reaching the limit is too late"
		}
		return fmt.Sprintf("missed: %s, %s over", got, over)
	case runbook.Indeterminate:
		return "can't be told: " + got + "; the beginning is only known as an interval, and in the worst case it is missed"
	case runbook.NotClean:
		return "contaminated: the recovery point is later than the first damage, so what was restored may hold the damage"
	case runbook.Pending:
		switch {
		case c.Judged.Min >= c.Limit:
			return fmt.Sprintf("still running, and missed already: %s, %s over", got, over)
		case left <= 0:
			return fmt.Sprintf("still running, and in the worst case missed already: %s", got)
		}
		return fmt.Sprintf("still running: %s, %s left", got, clock(left))
	case runbook.NotRecorded:
	}
	return NotRecorded + ": no recovery point is on record"
}

func downtimeWords(d Downtime, stopped, began bool) string {
	text := d.Total.String()
	switch {
	case d.Open:
		text += " and still running"
	case !stopped:
		text += " up to the end of the run; nothing on record says that the service came back"
	}
	if n := len(d.Outages); n > 1 {
		text += fmt.Sprintf(", in %d outages", n)
	}
	if !began {
		text += ", counted from the declaration (the beginning is not recorded)"
	}
	return text
}

func lossWords(l Loss, began bool) string {
	text := fmt.Sprintf("%s of data, up to the recovery point of %s", l.Window, stamp(l.Point.At))
	if l.Contaminated {
		text = fmt.Sprintf("contaminated: the recovery point of %s is later than the first damage, so what was restored may hold the damage", stamp(l.Point.At))
	}
	if !began {
		text += ", counted from the declaration (the beginning is not recorded)"
	}
	return text
}

// compareWords say in words how a time stands against the usual one. A guess
// has no spread, so only the distance from it is told.
func compareWords(spent time.Duration, u runbook.Usual) string {
	by := int64((spent - u.Median) * 100 / u.Median)
	than := "the median"
	if u.N == 0 {
		than = "the author's guess"
	}
	switch {
	case u.N > 0 && spent > u.P90:
		return fmt.Sprintf("slower than nearly all earlier runs: %d %% over the median", by)
	case by > 20:
		return fmt.Sprintf("slower: %d %% over %s", by, than)
	case by < -20:
		return fmt.Sprintf("faster: %d %% under %s", -by, than)
	}
	return "as usual"
}

func deviationWords(d runbook.Deviation) string {
	switch d.Kind {
	case "skipped":
		return "skipped"
	case "edited":
		return "ran a command that was changed for this run"
	case "different":
		return "found something else than expected: " + d.Text
	case "alone":
		return "closed without a second person"
	case "contaminated":
		return "kept a recovery point that is later than the first damage (" + releaseWords(d.Text) + ")"
	case "released":
		return releaseWords(d.Text)
	}
	return because(d.Kind, d.Text)
}

func releaseWords(how string) string {
	switch how {
	case "again":
		return "run again"
	case "edited":
		return "changed and run again"
	case "skipped":
		return "left out"
	case "rolled_back":
		return "rolled back"
	case "counts_as_done":
		return "taken as done"
	case "anyway":
		return "went on anyway"
	}
	return how
}

func tickWords(as string) string {
	switch as {
	case "seen":
		return "as read"
	case "confirmed":
		return "as confirmed"
	case "by_hand":
		return "as done by hand, elsewhere"
	case "succeeded":
		return "since its command succeeded"
	case runbook.Unattended:
		return "unattended: nobody looked"
	case "not_exercised":
		return "as not exercised"
	case "counts_as_done", "anyway", "skipped":
		return "with a decision: " + releaseWords(as)
	case "":
		return "without saying how"
	}
	return "as " + as
}
