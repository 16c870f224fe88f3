package runbook

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ReadTime reads an instant as people type it: "now", "-20m" (before now),
// RFC 3339, or a date and time or only a time, in loc unless a zone follows
// ("Z", "UTC", "+02:00"). A time alone is the last one that isn't in the
// future. The result is UTC.
func ReadTime(text string, loc *time.Location, now time.Time) (time.Time, error) {
	s := strings.TrimSpace(text)
	if strings.EqualFold(s, "now") {
		return now.UTC(), nil
	}
	if strings.HasPrefix(s, "-") {
		if d, err := ReadDuration(s[1:]); err == nil {
			return now.Add(-d).UTC(), nil
		}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UTC(), nil
	}
	for _, zone := range []string{"UTC", "utc", "Z", "z"} {
		if rest, ok := strings.CutSuffix(s, zone); ok {
			s, loc = strings.TrimSpace(rest), time.UTC
			break
		}
	}
	for _, date := range []string{"2006-01-02 15:04:05.999", "2006-01-02 15:04", "2006-01-02T15:04:05.999", "2006-01-02T15:04"} {
		for _, zone := range []string{"", "Z07:00", " Z07:00", " -0700"} {
			if t, err := time.ParseInLocation(date+zone, s, loc); err == nil {
				return t.UTC(), nil
			}
		}
	}
	for _, clock := range []string{"15:04:05", "15:04"} {
		if t, err := time.ParseInLocation(clock, s, loc); err == nil {
			y, m, d := now.In(loc).Date()
			at := time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, loc)
			if at.After(now) {
				at = time.Date(y, m, d-1, t.Hour(), t.Minute(), t.Second(), 0, loc)
			}
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", text)
}

// ReadInterval reads one instant, or two with ".." between them; latest is zero
// for one.
func ReadInterval(text string, loc *time.Location, now time.Time) (at, latest time.Time, err error) {
	from, to, both := strings.Cut(text, "..")
	if at, err = ReadTime(from, loc, now); err != nil || !both {
		return at, time.Time{}, err
	}
	if latest, err = ReadTime(to, loc, now); err != nil {
		return at, latest, err
	}
	if latest.Before(at) {
		return at, latest, fmt.Errorf("%q ends before it begins", text)
	}
	return at, latest, nil
}

// longest is the longest duration that there is, 292 years.
const longest time.Duration = 1<<63 - 1

// ReadDuration reads a Go duration that may also count in days and weeks: "15m",
// "1h30m", "72h", "3d", "2w".
func ReadDuration(text string) (time.Duration, error) {
	s, whole := strings.TrimSpace(text), time.Duration(0)
	for _, u := range []struct {
		name string
		size time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		n, rest, ok := strings.Cut(s, u.name)
		if !ok {
			continue
		}
		count, err := strconv.Atoi(n)
		if err != nil || count < 0 || time.Duration(count) > (longest-whole)/u.size {
			return 0, fmt.Errorf("%q is no duration", text)
		}
		if whole += time.Duration(count) * u.size; rest == "" {
			return whole, nil
		}
		s = rest
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > longest-whole {
		return 0, fmt.Errorf("%q is no duration", text)
	}
	return whole + d, nil
}

// Short writes a duration as a clock does: 0:42, 14:08, 1:02:03. It is cut to
// seconds; a negative one has a minus before it.
func Short(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	s := int64(d / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%s%d:%02d", sign, s/60, s%60)
	}
	return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
}
