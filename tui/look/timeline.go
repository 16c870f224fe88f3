package look

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// A Timeline shows every record of a run, the newest at the end, as long as
// nobody scrolls away from there.
type Timeline struct {
	host  ui.Host
	s     *Story
	lines []string
	told  int // events that are in lines
	width int
	kind  string
	top   int
	end   bool // the end is followed
	high  int
}

// NewTimeline makes the screen.
func NewTimeline(host ui.Host, s *Story) *Timeline { return &Timeline{host: host, s: s, end: true} }

// Status is that of the run.
func (v *Timeline) Status() ui.Status { return v.s.Status() }

// Status says where a run is.
func (s *Story) Status() ui.Status {
	st := ui.Status{Mode: s.Run.Mode, Production: s.Run.Production, Target: s.Clean(s.Run.Target), Run: words.Tail(s.Run.ID())}
	if b := s.First(); b != nil {
		st.Title = s.Clean(b.Title)
	}
	return st
}

// TimelineRows are the keys of the timeline.
func TimelineRows() []ui.Row[*Timeline] {
	return scrollRows("Timeline", func(v *Timeline, n int) { v.scroll(n) }, func(v *Timeline, end bool) { v.top, v.end = 0, end }, func(v *Timeline) ui.Host { return v.host })
}

// scrollRows are the keys of a screen that is only read.
func scrollRows[S any](group string, by func(S, int), to func(S, bool), host func(S) ui.Host) []ui.Row[S] {
	scrolls := func(n int) func(S) tea.Cmd { return func(s S) tea.Cmd { by(s, n); return nil } }
	jumps := func(end bool) func(S) tea.Cmd { return func(s S) tea.Cmd { to(s, end); return nil } }
	return []ui.Row[S]{
		{Keys: []string{"esc", "q", "enter"}, Name: "back", Group: group, Foot: 1, Help: "go back", Do: func(s S) tea.Cmd { return host(s).Pop() }},
		{Keys: []string{"j", "down"}, Name: "down", Group: group, Foot: 2, Help: "a line on", Do: scrolls(1)},
		{Keys: []string{"k", "up"}, Name: "up", Group: group, Foot: 3, Help: "a line back", Do: scrolls(-1)},
		{Keys: []string{"pgdown", "space", "ctrl+d"}, Name: "page", Group: group, Foot: 4, Help: "a page on", Do: scrolls(page)},
		{Keys: []string{"pgup", "ctrl+u"}, Name: "page back", Group: group, Help: "a page back", Do: scrolls(-page)},
		{Keys: []string{"g", "home"}, Name: "start", Group: group, Foot: 5, Help: "to the beginning", Do: jumps(false)},
		{Keys: []string{"G", "end"}, Name: "end", Group: group, Foot: 6, Help: "to the end, and follow it", Do: jumps(true)},
	}
}

// page stands for as many lines as are shown.
const page = 1 << 20

func (v *Timeline) scroll(n int) {
	switch n {
	case page:
		n = max(1, v.high-1)
	case -page:
		n = -max(1, v.high-1)
	}
	most := max(0, len(v.lines)-v.high)
	v.top = max(0, min(v.top+n, most))
	v.end = v.top == most
}

// Bindings are the keys as they stand.
func (v *Timeline) Bindings() []ui.Binding { return ui.Bind(TimelineRows(), v) }

// Update follows the wheel.
func (v *Timeline) Update(msg tea.Msg) tea.Cmd {
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		v.scroll(ui.Wheel(wheel))
	}
	return nil
}

// Next has nothing to do but to go back.
func (v *Timeline) Next() ui.Next { return ui.Next{Key: "Enter", Text: "goes back", Role: ui.Faint} }

// View draws the records.
func (v *Timeline) View(width, height int) []string {
	t := v.host.Theme()
	inner, high := ui.Inner(width, height)
	if inner != v.width || t.Kind != v.kind {
		v.lines, v.told, v.width, v.kind = nil, 0, inner, t.Kind
	}
	for ; v.told < len(v.s.Told); v.told++ {
		v.lines = append(v.lines, v.entry(t, v.s.Told[v.told], inner)...)
	}
	v.high = high
	most := max(0, len(v.lines)-high)
	if v.end {
		v.top = most
	}
	v.top = min(v.top, most)
	f := ui.Frame{Mode: v.s.Run.Mode, Title: "Timeline, in UTC", Right: words.Lines(int64(len(v.lines)))}
	if v.top < most {
		f.Side = "more below"
	}
	return f.Draw(t, v.lines[v.top:min(len(v.lines), v.top+high)], width, height)
}

// column is where the sentence of a record begins.
const column = 20

func (v *Timeline) entry(t *ui.Theme, rec Told, width int) []string {
	if rec.Word == "" {
		return nil
	}
	role := ui.Here
	switch rec.Word {
	case "FAILED", "MISSING", "LOST", "WARNING":
		role = ui.Bad
	case "ok", "done", "finished", "reached":
		role = ui.Good
	case "UNKNOWN", "DIFFERENT", "edited", "left out", "skipped":
		role = ui.Warn
	}
	head := t.Paint(ui.Faint, rec.When().UTC().Format("15:04:05")) + " " + t.Paint(role, ui.Fit(rec.Word, column-10)) + " "
	var out []string
	for i, line := range ui.Wrap(v.s.Clean(rec.Text), max(10, width-column), 0) {
		if i == 0 {
			out = append(out, head+line)
		} else {
			out = append(out, strings.Repeat(" ", column)+line)
		}
	}
	return out
}
