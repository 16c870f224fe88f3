package look

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

const (
	nameColumn = 13
	gauge      = 6
	slot       = 38 // the least room for a clock
	gap        = 3  // between two, with the blank before the first
)

// ClockLines shows the clocks in rows of so many columns as fit, what is most
// pressing first, and behind them when it will end and the latest start. rows
// bounds the lines; 0 clocks give none.
func (s *Story) ClockLines(t *ui.Theme, now time.Time, width, rows int) []string {
	clocks := s.Clocks(now)
	if len(clocks) == 0 {
		return []string{" " + ui.Fit(s.elapsed(t, now), width-1)}
	}
	order(clocks)
	promote(clocks)
	columns := max(1, width/slot)
	wide := width / columns
	var cells []string
	for _, c := range clocks {
		cells = append(cells, clockCell(t, c, wide-gap))
	}
	outlook := s.outlook(t, now, wide-gap)
	if room := columns*rows - min(len(outlook), 2); len(cells) > room {
		cells = cells[:max(1, room)] // c shows all
	}
	cells = append(cells, outlook...)
	if len(cells) > columns*rows {
		cells = cells[:columns*rows]
	}
	var out []string
	for row := range slices.Chunk(cells, columns) {
		line := ""
		for _, cell := range row {
			line += " " + ui.Fit(cell, wide-gap) + strings.Repeat(" ", gap-1)
		}
		out = append(out, ui.Fit(line, width))
	}
	return out
}

// over says that a clock runs and has no time left.
func over(c runbook.Clock) bool { return c.Verdict == runbook.Pending && c.Left <= 0 }

// order puts the clock that ends first in front, then those that are over, and
// what is decided last.
func order(clocks []runbook.Clock) {
	soonest := time.Duration(math.MaxInt64)
	for _, c := range clocks {
		if c.Verdict == runbook.Pending && c.Left > 0 {
			soonest = min(soonest, c.Left)
		}
	}
	rank := func(c runbook.Clock) int {
		switch {
		case over(c):
			return 1
		case c.Verdict == runbook.Pending && c.Left == soonest:
			return 0
		case c.Verdict == runbook.Pending:
			return 2
		case c.Verdict == runbook.NotRecorded:
			return 4
		}
		return 3
	}
	slices.SortStableFunc(clocks, func(a, b runbook.Clock) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Left, b.Left))
	})
}

// promote puts the data loss among the first three: where there is no room for
// all, it is worth more than what ends last. What is over is worth more.
func promote(clocks []runbook.Clock) {
	at := slices.IndexFunc(clocks, func(c runbook.Clock) bool { return c.Name == runbook.DataLoss })
	for ; at > 2 && !over(clocks[at-1]); at-- {
		clocks[at], clocks[at-1] = clocks[at-1], clocks[at]
	}
}

// clockCell is one clock: its name, a gauge, the time in numbers and what that
// means in words.
func clockCell(t *ui.Theme, c runbook.Clock, width int) string {
	name := ui.Fit(words.ShortObjective(c.Name), nameColumn)
	share := float64(c.Judged.Max) / float64(max(c.Limit, 1))
	role, sign, text := ui.Good, ui.SignDone, ""
	switch {
	case c.Verdict == runbook.NotRecorded && width < nameColumn+len("not recorded, limit 1h 30m"):
		return name + t.Paint(ui.Faint, "not recorded yet")
	case c.Verdict == runbook.NotRecorded:
		return name + t.Paint(ui.Faint, "not recorded, limit "+words.Limit(c.Limit))
	case over(c):
		role, text = ui.Bad, "OVER by "+runbook.Short(-c.Left)
	case c.Verdict == runbook.Pending && c.Level >= 75:
		role, text = ui.Warn, runbook.Short(c.Left)+" left !"
	case c.Verdict == runbook.Pending:
		role, text = ui.Plain, runbook.Short(c.Left)+" left"
	case c.Verdict == runbook.Met:
		return name + t.Paint(role, sign+" met "+words.Spread(c.Judged)) + t.Paint(ui.Faint, " of "+words.Limit(c.Limit))
	default:
		return name + t.Paint(ui.Bad, ui.SignFailed+" "+string(c.Verdict)+" "+words.Spread(c.Judged)) + t.Paint(ui.Faint, " of "+words.Limit(c.Limit))
	}
	limit := t.Paint(ui.Faint, " of "+words.Limit(c.Limit))
	meter := t.Paint(role, ui.Gauge(share, gauge)+" ")
	for _, line := range []string{name + meter + t.Paint(role, text) + limit, name + meter + t.Paint(role, text)} {
		if ui.Width(line) <= width {
			return line
		}
	}
	return name + t.Paint(role, text)
}

// outlook says when it will end at the usual pace, and by when the rest must
// have begun.
func (s *Story) outlook(t *ui.Theme, now time.Time, width int) []string {
	if s.Run.Ended != nil {
		return nil
	}
	pace := s.Pace(now)
	var out []string
	for _, o := range s.Clocks(now) {
		latest, ok := pace.Latest[o.Name]
		if !ok || over(o) || pace.Guessed[o.Name] || s.Run.Warned[o.Name+" latest_start"] {
			continue
		}
		name, at := ui.Fit(words.ShortObjective(o.Name), nameColumn)+"latest start ", latest.UTC().Format("15:04 UTC")
		role, when := ui.Plain, "in "+runbook.Short(latest.Sub(now))
		if latest.Before(now) {
			role, when = ui.Bad, "is over"
		}
		text := name + at + ", " + when
		if ui.Width(text) > width {
			text = name + when
		}
		out = append(out, t.Paint(role, text))
		break
	}
	if !pace.End.IsZero() {
		when := "ends about "
		if pace.Unknown > 0 { // those steps count as no time
			when = "ends after "
		}
		out = append(out, t.Paint(ui.Faint, ui.Fit("usual pace", nameColumn)+when+pace.End.UTC().Format("15:04 UTC")))
	}
	return out
}

// elapsed is what there is to say where nothing is limited.
func (s *Story) elapsed(t *ui.Theme, now time.Time) string {
	began, _ := s.Run.Began()
	until := now
	if s.Run.Ended != nil {
		until = s.Run.Ended.At
	}
	return t.Paint(ui.Faint, fmt.Sprintf("since %s UTC  %s   no limits are set", began.UTC().Format("15:04"), runbook.Short(until.Sub(began))))
}

// ClockWords tells every clock in a sentence, with the time of now.
func (s *Story) ClockWords(t *ui.Theme, now time.Time, width int) []string {
	tell := s.Words()
	out := []string{"now " + tell.Both(now)}
	began, latest := s.Run.Began()
	out = append(out, "it began "+tell.Since(began, latest), "")
	for _, c := range s.Clocks(now) {
		role := ui.Plain
		switch {
		case c.Verdict == runbook.Missed, c.Verdict == runbook.NotClean, over(c):
			role = ui.Bad
		case c.Verdict == runbook.Met:
			role = ui.Good
		case c.Level >= 75, c.Verdict == runbook.Indeterminate:
			role = ui.Warn
		}
		out = append(out, t.Lines(role, words.ClockLine(c), width, 2)...)
	}
	pace := s.Pace(now)
	if !pace.End.IsZero() {
		out = append(out, "", "at the usual pace it ends "+tell.Both(pace.End))
	}
	for _, o := range s.objectives() {
		if at, ok := pace.Latest[o.Name]; ok {
			guess := ""
			if pace.Guessed[o.Name] {
				guess = " (a guess of the author: no earlier run tells)"
			}
			out = append(out, ui.Wrap(words.Objective(o.Name)+": what remains must begin by "+tell.Both(at)+guess, width, 2)...)
		}
	}
	return out
}

func (s *Story) objectives() []runbook.Objective {
	if b := s.First(); b != nil {
		return b.Objectives
	}
	return nil
}
