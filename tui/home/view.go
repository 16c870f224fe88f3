package home

import (
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// Next is what Enter does.
func (h *Home) Next() ui.Next {
	r := h.here()
	switch {
	case r.head != nil && r.head.State == "open":
		return ui.Next{Key: "Enter", Text: "goes on with this run where it stopped", Role: ui.Here}
	case r.head != nil:
		return ui.Next{Key: "Enter", Text: "shows how this run went", Role: ui.Here}
	case r.book == nil:
		return ui.Next{Text: "nothing holds these words; esc shows all", Role: ui.Faint}
	case r.book.Wrong != "":
		return ui.Next{Text: "it can't be read: " + words.Clean(r.book.Wrong), Role: ui.Warn}
	case h.newcomer():
		return ui.Next{Key: "Enter", Text: "starts a drill of \"" + words.Clean(r.book.Title) + "\" now. It is given nothing of production", Role: ui.Here}
	}
	return ui.Next{Key: "Enter", Text: "briefs you for a drill of \"" + words.Clean(r.book.Title) + "\"", Role: ui.Here}
}

// View draws the list.
func (h *Home) View(width, height int) []string {
	t := h.host.Theme()
	inner, high := ui.Inner(width, height)
	lead, tail := h.welcome(inner), h.about(t, inner)
	if len(lead)+len(tail)+6 > high {
		tail = nil
	}
	rows := max(1, high-len(lead)-len(tail))
	from := h.at
	if from > 0 && h.rows[from-1].heading != "" {
		from-- // its heading stays in sight
	}
	h.top = ui.Window(len(h.rows), rows, h.top, from, h.at)
	h.drawn = 1 + len(lead)
	lines := lead
	for i := h.top; i < min(len(h.rows), h.top+rows); i++ {
		lines = append(lines, h.row(t, h.rows[i], i == h.at, inner))
	}
	for len(lines) < high-len(tail) {
		lines = append(lines, "")
	}
	lines = append(lines, tail...)
	f := ui.Frame{Title: "Runbooks and runs"}
	if h.newcomer() {
		f.Title = "Welcome"
	}
	if h.filter != "" {
		f.Right = "only: " + words.Clean(h.filter)
	}
	if n := len(h.c.Heads); n > 0 {
		f.Foot = words.Count(n, "run")
		if !h.c.All {
			f.Foot = "the newest " + f.Foot
		}
	}
	if left := len(h.rows) - h.top - rows; left > 0 {
		f.Side = words.Number(left) + " more rows"
	}
	return f.Draw(t, lines, width, height)
}

// welcome is what somebody reads who comes for the first time.
func (h *Home) welcome(width int) []string {
	if !h.newcomer() {
		return nil
	}
	text := "A lifeboat is only worth something if it was lowered last quarter. Nothing was rehearsed here yet.\n" +
		"A drill is given nothing of production, so it is safe to try. Enter does the one next thing, and the line below says what that is before you press it."
	return append(ui.Wrap(text, width, 0), "")
}

// about is what the runbook that is chosen says of itself.
func (h *Home) about(t *ui.Theme, width int) []string {
	b := h.here().book
	if b == nil || b.Summary == "" {
		return nil
	}
	return append([]string{""}, t.Lines(ui.Faint, words.Clean(b.Summary), width, 0)...)
}

func (h *Home) row(t *ui.Theme, r row, here bool, width int) string {
	if r.heading != "" {
		return t.Paint(ui.Faint, r.heading)
	}
	pointer := "  "
	if here {
		pointer = ui.SignHere + " "
	}
	var line string
	if r.book != nil {
		line = pointer + h.book(r.book, width-2)
	} else {
		line = pointer + h.run(r.head, width-2)
	}
	line = ui.Fit(line, width)
	switch {
	case here:
		return t.Paint(ui.Selected, line)
	case r.book != nil && r.book.Wrong != "":
		return t.Paint(ui.Faint, line)
	case r.head != nil && r.head.State == "open" && r.head.Mode == runbook.Live:
		return t.Paint(ui.Bad, line)
	}
	return line
}

const (
	titleColumn = 26
	dateColumn  = 17
	narrowBelow = 90 // cells of a row: how a run ended is worth more than its hour and its id
)

// book is a runbook with when it was rehearsed last.
func (h *Home) book(b *Book, width int) string {
	last := "never run here"
	for i := range h.c.Heads {
		head := &h.c.Heads[i]
		if len(head.Books) > 0 && head.Books[0] == b.Name {
			last = fmt.Sprintf("%s %s ago: %s", head.Mode, age(h.host.Zoned().Sub(head.Opened)), head.State)
			break
		}
	}
	if b.Wrong != "" {
		last = "can't be read"
	}
	var limits []string
	for _, o := range b.Objectives {
		if o.Name == "critical" || o.Name == runbook.DataLoss {
			limits = append(limits, map[bool]string{true: "RPO ", false: "RTO "}[o.Name == runbook.DataLoss]+words.Limit(o.Limit))
		}
	}
	title := b.Title
	if title == "" {
		title = b.Name
	}
	side := strings.Join(limits, ", ")
	if b.Exercise != "" && width > 90 {
		side = strings.TrimPrefix(side+", "+b.Exercise, ", ")
	}
	return ui.Beside(ui.Fit(words.Clean(title), titleColumn)+" "+last, words.Clean(side), width)
}

// run is a run on one line: when, in which mode, where, how it ended.
func (h *Home) run(head *runbook.Head, width int) string {
	narrow := width < narrowBelow
	state := head.State
	switch {
	case head.State == "open":
		state = fmt.Sprintf("%d of %d steps, open for %s", head.Done, head.Of, age(h.host.Zoned().Sub(head.Opened)))
	case !head.Ended.IsZero() && narrow:
		state += " " + runbook.Short(head.Ended.Sub(head.Opened))
	case !head.Ended.IsZero():
		state += " in " + runbook.Short(head.Ended.Sub(head.Opened))
	}
	for _, name := range []string{"downtime", "critical", "noncritical", "full", runbook.DataLoss, "notify"} {
		switch v := head.Objectives[name]; v {
		case runbook.Missed, runbook.Indeterminate, runbook.NotClean:
			state += ", " + words.ShortObjective(name) + " " + string(v)
		case runbook.Met, runbook.Pending, runbook.NotRecorded:
		}
	}
	mode := string(head.Mode)
	if head.Mode == runbook.Live {
		mode = "LIVE"
	}
	switch mode += " " + words.Clean(head.Target); {
	case narrow && head.State == "open": // its age tells when
		return ui.Beside(ui.Fit(mode, 18)+" "+ui.Fit(words.Clean(head.Title), max(12, width-60))+" "+state, "#"+words.Tail(head.Run), width)
	case narrow:
		return ui.Fit(head.Opened.UTC().Format("2006-01-02 ")+ui.Fit(mode, 15)+" "+ui.Fit(words.Clean(head.Title), 12)+" "+state, width)
	}
	left := ui.Fit(head.Opened.UTC().Format("2006-01-02 15:04"), dateColumn) + ui.Fit(mode, 18) + " " + ui.Fit(words.Clean(head.Title), min(titleColumn, max(12, width-84))) + " "
	return ui.Beside(left+state, "#"+words.Tail(head.Run), width)
}

// age is a time that has passed, roughly.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
