package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

const (
	leastWide, leastHigh = 60, 15 // below, there is no room to decide anything
	saidMost             = 4      // lines of what was said
	leastScreen          = 3      // lines that a screen has, whatever stands below it
)

// small says that the terminal is too small to work on.
func (a *App) small() bool { return a.w < leastWide || a.h < leastHigh }

// View draws the frame. The alternate screen is asked for in every one of them.
func (a *App) View() tea.View {
	v := tea.View{AltScreen: true, WindowTitle: title(a.status())}
	if a.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if a.w < 1 || a.h < 1 {
		return v
	}
	lines, cursor := a.lines()
	v.Cursor = cursor
	v.SetContent(a.theme.Signs(strings.Join(lines, "\n")))
	return v
}

func (a *App) lines() ([]string, *tea.Cursor) {
	if a.small() {
		return a.tooSmall(), nil
	}
	bottom := a.bottom()
	body := make([]string, 0, a.h)
	body = append(body, a.bar())
	if s := a.top(); s != nil {
		body = append(body, s.View(a.w, a.h-1-len(bottom))...)
	}
	for len(body) < a.h-len(bottom) {
		body = append(body, strings.Repeat(" ", a.w))
	}
	body = append(body[:a.h-len(bottom)], bottom...)
	if len(a.dialogs) == 0 {
		return body, nil
	}
	// The status line stays in sight above a dialog, whatever its size.
	box, cursor := a.dialogs[len(a.dialogs)-1].d.View(a.theme, a.w, a.h-1)
	over, x, y := ui.Over(ui.Dim(a.theme, body[1:]), box, a.w)
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+x, cursor.Y+y+1
	}
	return append(body[:1:1], over...), cursor
}

// bottom is what stands below every screen: what was said, what Enter does, and
// the keys.
func (a *App) bottom() []string {
	var out []string
	for _, n := range a.said {
		for _, line := range ui.Wrap(n.text, a.w-2, 2) {
			out = append(out, ui.Fit(" "+a.theme.Paint(n.role, line), a.w))
		}
	}
	next, foot := a.nextLines(), a.footer()
	room := a.h - 1 - leastScreen - len(foot)
	out = out[:min(len(out), saidMost, max(1, room-len(next)))]
	next = next[:min(len(next), max(1, room-len(out)))] // ? has what there is no room for
	return slices.Concat(out, next, foot)
}

// footer has the keys, unless a dialog has them.
func (a *App) footer() []string {
	if len(a.dialogs) > 0 {
		return []string{strings.Repeat(" ", a.w)}
	}
	rows := 1
	if a.h >= 30 {
		rows = 2
	}
	var out []string
	for _, line := range ui.Footer(a.theme, a.bindings(), a.w-2, rows) {
		out = append(out, ui.Fit(" "+line, a.w))
	}
	return out
}

// nextLines say what Enter does. Its key is the only thing that is bold.
func (a *App) nextLines() []string {
	var n ui.Next
	switch s := a.top(); {
	case len(a.dialogs) > 0:
		n = ui.Next{Text: "the question above has the keys", Role: ui.Faint}
	case a.working != "":
		n = ui.Next{Text: a.working, Role: ui.Faint}
	case s != nil:
		n = s.Next()
	}
	key := ""
	if n.Key != "" {
		key = a.theme.Paint(ui.Bold, n.Key) + "  "
	}
	var out []string
	indent := ui.Width(key)
	lines := ui.Wrap(n.Text, a.w-2-indent, 0)
	for i, line := range lines[:min(len(lines), 3)] {
		head := strings.Repeat(" ", indent)
		if i == 0 {
			head = key
		}
		out = append(out, ui.Fit(" "+head+a.theme.Paint(n.Role, line), a.w))
	}
	return append(out, a.grid(n.More)...)
}

// grid puts short lines side by side.
func (a *App) grid(lines []string) []string {
	columns := max(1, a.w/40)
	wide := (a.w - 2) / columns
	rows := (len(lines) + columns - 1) / columns
	out := make([]string, rows)
	for i, line := range lines {
		out[i%rows] += "  " + ui.Fit(line, wide-2)
	}
	for i := range out {
		out[i] = ui.Fit(" "+out[i], a.w)
	}
	return out
}

func (a *App) status() ui.Status {
	if s := a.top(); s != nil {
		return s.Status()
	}
	return ui.Status{}
}

// bar is the status line: mode in words and as a sign, target, what is walked,
// the time in UTC, the run.
func (a *App) bar() string {
	st := a.status()
	left, role := " lifeboat", ui.CalmBar
	if place := st.Place(); place != "" {
		left = " " + place
		if st.Target != "" && !strings.EqualFold(st.Target, "production") {
			left += " " + ui.Dot + " " + st.Target
		}
	}
	switch st.Mode {
	case runbook.Live:
		role = ui.LiveBar
	case runbook.Drill:
		role = ui.DrillBar
	}
	right := a.o.Now().UTC().Format("15:04:05 UTC") + " "
	if st.Run != "" {
		right = "#" + st.Run + " " + ui.Dot + " " + right
	}
	if st.Title != "" {
		left += " " + ui.Dot + " " + st.Title
	}
	return a.theme.Paint(role, ui.Beside(left, right, a.w))
}

// title is the window's.
func title(st ui.Status) string {
	text := "lifeboat"
	if st.Title != "" {
		text = st.Title + " - " + text
	}
	switch st.Mode {
	case runbook.Live:
		return "LIVE " + st.Target + ": " + text
	case runbook.Drill:
		return "DRILL " + st.Target + ": " + text
	}
	return text
}

// tooSmall says so, and still where this is.
func (a *App) tooSmall() []string {
	st := a.status()
	var text []string
	if place := st.Place(); place != "" {
		text = append(text, place, st.Target)
	}
	text = append(text, "too small", "60 by 15 at least", "ctrl+c leaves")
	out := make([]string, 0, a.h)
	for i := range a.h {
		line := ""
		if i < len(text) {
			line = text[i]
		}
		out = append(out, ui.Fit(line, a.w))
	}
	return out
}
