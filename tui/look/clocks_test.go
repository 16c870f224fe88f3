package look

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

const hour = time.Hour

func clock(name string, v runbook.Verdict, left time.Duration) runbook.Clock {
	spent := hour - left
	c := runbook.Clock{Objective: runbook.Objective{Name: name, Limit: hour}, Verdict: v, Left: left, Judged: runbook.Range{Min: spent, Max: spent}}
	switch {
	case spent >= hour:
		c.Level = 100
	case spent >= 45*time.Minute:
		c.Level = 75
	}
	return c
}

// TestOrder: the clock that ends next stands first, then what is over; what is decided
// comes behind what runs, and the data loss is among the first three, unless more is
// over.
func TestOrder(t *testing.T) {
	for name, c := range map[string]struct {
		clocks []runbook.Clock
		want   string
	}{
		"running": {
			[]runbook.Clock{clock("full", runbook.Pending, 3*hour), clock("critical", runbook.Pending, hour), clock("downtime", runbook.Pending, hour/4)},
			"downtime critical full",
		},
		"over": {
			[]runbook.Clock{clock("downtime", runbook.Pending, -hour), clock("critical", runbook.Pending, 0), clock("full", runbook.Pending, 2*hour), clock("noncritical", runbook.Pending, hour)},
			"noncritical downtime critical full",
		},
		"decided": {
			[]runbook.Clock{clock("downtime", runbook.Met, hour/2), clock("data_loss", runbook.NotRecorded, hour), clock("critical", runbook.Missed, -hour), clock("full", runbook.Pending, hour)},
			"full critical data_loss downtime",
		},
		"all over": {
			[]runbook.Clock{clock("a", runbook.Pending, -1), clock("b", runbook.Pending, -3), clock("c", runbook.Pending, -2), clock("data_loss", runbook.Missed, -hour)},
			"b c a data_loss",
		},
	} {
		order(c.clocks)
		promote(c.clocks)
		var got []string
		for _, k := range c.clocks {
			got = append(got, k.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestClockCell: a clock says its state in a word or a sign, whatever room it has.
func TestClockCell(t *testing.T) {
	theme, err := ui.NewTheme("none", ui.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		clock runbook.Clock
		width int
		want  string
	}{
		{clock("critical", runbook.Pending, 50*time.Minute), 40, "critical     █░░░░░ 50:00 left of 1h"},
		{clock("critical", runbook.Pending, 50*time.Minute), 32, "critical     █░░░░░ 50:00 left"},
		{clock("critical", runbook.Pending, 50*time.Minute), 26, "critical     50:00 left"},
		{clock("critical", runbook.Pending, 10*time.Minute), 40, "critical     █████░ 10:00 left ! of 1h"},
		{clock("critical", runbook.Pending, 0), 40, "critical     ██████ OVER by 0:00 of 1h"},
		{clock("noncritical", runbook.Pending, -2*time.Minute), 40, "non-critical ██████ OVER by 2:00 of 1h"},
		{clock("downtime", runbook.Met, 30*time.Minute), 40, "downtime     ✓ met 30:00 of 1h"},
		{clock("downtime", runbook.Missed, -30*time.Minute), 40, "downtime     ✗ missed 1:30:00 of 1h"},
		{clock("data_loss", runbook.NotClean, 0), 40, "data loss    ✗ contaminated 1:00:00 of 1h"},
		{clock("data_loss", runbook.NotRecorded, hour), 40, "data loss    not recorded, limit 1h"},
		{clock("data_loss", runbook.NotRecorded, hour), 30, "data loss    not recorded yet"},
	} {
		if got := strings.TrimRight(clockCell(theme, c.clock, c.width), " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestClockLines: the lines are as wide as asked, and no more than asked.
func TestClockLines(t *testing.T) {
	theme, err := ui.NewTheme("none", ui.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 11, 23, 3, 10, 0, 0, time.UTC)
	book := &runbook.Book{Name: "book", Steps: []runbook.Step{{ID: "step", Reached: []string{"critical"}, Takes: 20 * time.Minute, Items: []runbook.Item{{ID: "step/1", Kind: runbook.Check}}}}}
	for _, name := range []string{"downtime", "critical", "noncritical", "full", "data_loss", "notify"} {
		book.Objectives = append(book.Objectives, runbook.Objective{Name: name, Limit: time.Duration(len(book.Objectives)+1) * hour})
	}
	s := &Story{Run: runbook.NewRun(), Books: runbook.Books{}}
	if got := s.Clocks(began); got != nil {
		t.Errorf("clocks before anything is known: %v", got)
	}
	err = s.Take([]runbook.Record{
		{Seq: 1, Time: began, Event: runbook.RunOpened{Run: "01JRUN00000000000000ABCDEF", Mode: runbook.Drill, Target: "practice"}},
		{Seq: 2, Time: began, Event: runbook.BookOpened{Book: "book", Why: "start"}},
		{Seq: 3, Time: began, Event: runbook.MomentSet{Name: "began", Moment: began}},
	}, runbook.Books{"book": book})
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{60, 80, 119, 200} {
		for _, rows := range []int{2, 3} {
			lines := s.ClockLines(theme, began.Add(70*time.Minute), width, rows)
			if len(lines) > rows || slices.ContainsFunc(lines, func(l string) bool { return ui.Width(l) != width }) {
				t.Errorf("%d by %d: %q", width, rows, lines)
			}
			if text := strings.Join(lines, "\n"); !strings.Contains(text, "critical") || width > 60 && !strings.Contains(text, "downtime     ██████ OVER by 10:00") {
				t.Errorf("%d by %d:\n%s", width, rows, text)
			}
		}
	}
	words := strings.Join(s.ClockWords(theme, began.Add(70*time.Minute), 60), "\n")
	for _, want := range []string{"now 2026-11-23 04:20:00Z", "it began 2026-11-23 03:10:00Z", "acceptable downtime: 1:10:00 of 1:00:00, over by 10:00", "data loss: not recorded", "a guess of the author"} {
		if !strings.Contains(strings.Join(strings.Fields(words), " "), want) {
			t.Errorf("%q is not said:\n%s", want, words)
		}
	}
}
