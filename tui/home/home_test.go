package home

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

// host is no more than a row needs.
type host struct {
	ui.Host
	now time.Time
}

func (h host) Zoned() time.Time { return h.now }

var now = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 59 * time.Minute: "59 min", time.Hour: "1 h", 47 * time.Hour: "47 h", 48 * time.Hour: "2 days", 90 * 24 * time.Hour: "90 days"} {
		if got := age(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

// TestRow: how a run stands or ended is said on the narrowest terminal, whatever else
// has to go; and a row never is wider than asked.
func TestRow(t *testing.T) {
	open := runbook.Head{Run: "01JHEAD0000000000000OPENED", Mode: runbook.Live, Target: "production", Title: "A title that is far too long for any row", State: "open", Done: 12, Of: 16, Opened: now.Add(-50 * time.Minute)}
	missed := runbook.Head{
		Run: "01JHEAD0000000000000M1SSED", Mode: runbook.Drill, Target: "a target with a long name", Title: open.Title, State: "recovered",
		Opened: now.Add(-50 * time.Hour), Ended: now.Add(-49 * time.Hour), Objectives: map[string]runbook.Verdict{"downtime": runbook.Missed, "critical": runbook.Met},
	}
	h := New(host{now: now}, Contents{All: true})
	for _, width := range []int{74, 100, 116} {
		for _, c := range []struct {
			head *runbook.Head
			want []string
		}{
			{&open, []string{"LIVE production", "12 of 16 steps, open for 50 min", "#opened"}},
			{&missed, []string{"2026-11-21", "drill a target", "recovered", "1:00:00, downtime missed"}},
		} {
			row := h.run(c.head, width)
			if ui.Width(row) != width {
				t.Errorf("%q is %d wide, want %d", row, ui.Width(row), width)
			}
			for _, want := range c.want {
				if !strings.Contains(row, want) {
					t.Errorf("%d: %q lacks %q", width, row, want)
				}
			}
		}
	}
}

// TestFilter: every word has to be somewhere in a row, in any letters.
func TestFilter(t *testing.T) {
	contents := Contents{All: true, Books: []Book{{Name: "shop", Title: "Restore the shop", Summary: "Orders are gone"}, {Name: "keys", Title: "Rotate keys", Exercise: "monthly"}}, Heads: []runbook.Head{
		{Run: "01JHEAD000000000000000AAAA", Mode: runbook.Drill, Target: "staging", Title: "Rotate keys", State: "failed", Opened: now},
		{Run: "01JHEAD000000000000000BBBB", Mode: runbook.Live, Target: "production", Title: "Restore the shop", State: "open", Opened: now},
	}}
	for filter, want := range map[string][]string{
		"":               {"OPEN", "bbbb", "RUNBOOKS", "shop", "keys", "HISTORY", "aaaa"},
		"SHOP":           {"OPEN", "bbbb", "RUNBOOKS", "shop"},
		"keys staging":   {"HISTORY", "aaaa"},
		"monthly":        {"RUNBOOKS", "keys"},
		"2026-11-23":     {"OPEN", "bbbb", "HISTORY", "aaaa"},
		"orders":         {"RUNBOOKS", "shop"},
		"live":           {"OPEN", "bbbb"},
		"keys and roses": nil,
	} {
		h := New(host{now: now}, contents)
		h.filter = filter
		h.list()
		var got []string
		for _, r := range h.rows {
			switch {
			case r.heading != "":
				got = append(got, r.heading)
			case r.book != nil:
				got = append(got, r.book.Name)
			default:
				got = append(got, strings.ToLower(r.head.Run[len(r.head.Run)-4:]))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", filter, got, want)
		}
		if len(h.rows) > 0 && h.here().heading != "" {
			t.Errorf("%q: the cursor stands on a heading", filter)
		}
	}
}

// TestMove: the cursor passes headings, and stops at both ends.
func TestMove(t *testing.T) {
	h := New(host{now: now}, Contents{All: true, Books: []Book{{Name: "a"}, {Name: "b"}}, Heads: []runbook.Head{{Run: "01JHEAD000000000000000AAAA", State: "failed"}}})
	for _, step := range []struct{ by, want int }{{-1, 1}, {1, 2}, {1, 4}, {1, 4}, {-1, 2}, {-10, 1}, {10, 4}} {
		if h.move(step.by); h.at != step.want {
			t.Errorf("%d rows on it stands at %d, want %d", step.by, h.at, step.want)
		}
	}
}
