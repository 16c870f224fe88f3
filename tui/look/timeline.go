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
	pager
	s     *Story
	lines []string
	told  int // events that are in lines
	width int
	kind  string
}

// NewTimeline makes the screen.
func NewTimeline(host ui.Host, s *Story) *Timeline {
	return &Timeline{pager: pager{host: host, end: true}, s: s}
}

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
	return scrollRows[*Timeline]("Timeline")
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
	v.high, v.total = high, int64(len(v.lines))
	most := v.most()
	if v.end {
		v.first = most
	}
	v.first = min(v.first, most)
	f := ui.Frame{Mode: v.s.Run.Mode, Title: "Timeline, in UTC", Right: words.Lines(int64(len(v.lines)))}
	if v.first < most {
		f.Side = "more below"
	}
	return f.Draw(t, v.lines[v.first:min(v.total, v.first+int64(high))], width, height)
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
