package runbook

import (
	"testing"
	"time"
)

func TestReadTime(t *testing.T) {
	berlin := time.FixedZone("CEST", 2*3600)
	now := time.Date(2026, 8, 22, 1, 30, 0, 0, berlin) // 23:30 UTC of the day before
	for text, want := range map[string]string{
		"now":                        "2026-08-21T23:30:00Z",
		" -20m ":                     "2026-08-21T23:10:00Z",
		"-1d":                        "2026-08-20T23:30:00Z",
		"2026-08-21T22:00:00+02:00":  "2026-08-21T20:00:00Z",
		"2026-08-21 22:00":           "2026-08-21T20:00:00Z",
		"2026-08-21 22:00 UTC":       "2026-08-21T22:00:00Z",
		"2026-08-21T22:00Z":          "2026-08-21T22:00:00Z",
		"2026-08-21 22:00:01 +01:00": "2026-08-21T21:00:01Z",
		"01:15":                      "2026-08-21T23:15:00Z",
		"23:15":                      "2026-08-21T21:15:00Z", // later today is yesterday
		"23:15 utc":                  "2026-08-21T23:15:00Z",
		"23:45Z":                     "2026-08-20T23:45:00Z",
		"01:30:00":                   "2026-08-21T23:30:00Z",
	} {
		got, err := ReadTime(text, berlin, now)
		if err != nil || got.Format(time.RFC3339) != want || got.Location() != time.UTC {
			t.Errorf("%q is %v (%v), want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "soon", "25:00", "-", "-x", "2026-13-01 10:00", "12"} {
		if got, err := ReadTime(text, berlin, now); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestReadInterval(t *testing.T) {
	now := clock("12:00")
	at, latest, err := ReadInterval("11:40..11:50", time.UTC, now)
	if err != nil || at != clock("11:40") || latest != clock("11:50") {
		t.Error(at, latest, err)
	}
	if at, latest, err = ReadInterval("11:40", time.UTC, now); err != nil || at != clock("11:40") || !latest.IsZero() {
		t.Error(at, latest, err)
	}
	for _, text := range []string{"11:50..11:40", "x..11:40", "11:40..", "11:40..x"} {
		if _, _, err := ReadInterval(text, time.UTC, now); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestReadDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"15m": 15 * time.Minute, "1h30m": 90 * time.Minute, "72h": 72 * time.Hour, "3d": 72 * time.Hour, "2w": 336 * time.Hour,
		"1w2d3h": 219 * time.Hour, " 90s ": 90 * time.Second, "0s": 0,
	} {
		if got, err := ReadDuration(text); err != nil || got != want {
			t.Errorf("%q is %v (%v)", text, got, err)
		}
	}
	for _, text := range []string{"", "3", "d", "-3d", "-5m", "1d-5m", "3x", "2w2w", "99999999w", "1.5d", "15250w15250w"} {
		if got, err := ReadDuration(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestShort(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0:42": 42 * time.Second, "14:08": 14*time.Minute + 8*time.Second + 999*time.Millisecond, "59:59": hour - time.Millisecond,
		"1:00:00": hour, "1:02:03": hour + 2*minute + 3*time.Second, "-26:12": -(26*minute + 12*time.Second), "100:00:00": 100 * hour, "0:00": 0,
	} {
		if got := Short(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}
