package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// A Dialog stands before the screen and has the keys until it answers.
type Dialog interface {
	// Update takes keys and pastes; an action other than nil ends the dialog.
	Update(msg tea.Msg) (Action, tea.Cmd)
	// View draws the dialog into at most width by height cells. The cursor is
	// relative to its upper left corner; nil: there is none.
	View(t *Theme, width, height int) (lines []string, cursor *tea.Cursor)
}

// An Unasked dialog opened by itself, so it is deaf at first: what is typed in
// that time was meant for something else, and must approve nothing.
type Unasked interface{ Deaf() time.Duration }

// An Action is what a dialog answers. The set is closed.
type Action interface{ action() }

// The actions.
type (
	// Closed says that the dialog was given up: nothing happens.
	Closed struct{}
	// Answered is a text that was typed.
	Answered struct{ Text string }
	// Given is a secret that was typed: it can't be printed.
	Given struct{ Value runbook.Secret }
	// Noted is a text with the kind of note that it is.
	Noted struct{ Text, Tag string }
	// Changed is a command's new text, and why.
	Changed struct{ Text, Reason string }
	// Picked is the place of what was chosen in a list.
	Picked struct{ Index int }
)

func (Closed) action()   {}
func (Answered) action() {}
func (Given) action()    {}
func (Noted) action()    {}
func (Changed) action()  {}
func (Picked) action()   {}

// On takes one kind of action; of any other, nothing follows.
func On[A Action](then func(A) tea.Cmd) func(Action) tea.Cmd {
	return func(a Action) tea.Cmd {
		if got, ok := a.(A); ok {
			return then(got)
		}
		return nil
	}
}

// box draws a dialog's frame around lines, as wide and high as they need.
func box(t *Theme, f Frame, lines []string, width, height int) []string {
	wide := Width(f.Title) + 8
	for _, line := range lines {
		wide = max(wide, Width(line)+4)
	}
	return f.Draw(t, lines, min(width, max(wide, min(width, 48))), min(height, len(lines)+2))
}

// A Show is a text to read: help, a hand-over, the clocks.
type Show struct {
	Frame Frame
	Lines func(width int) []string
	top   int
	most  int
}

// Update scrolls, and closes with esc, enter or q.
func (d *Show) Update(msg tea.Msg) (Action, tea.Cmd) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc", "enter", "q", "?":
			return Closed{}, nil
		case "down", "j":
			d.top++
		case "up", "k":
			d.top--
		case "pgdown", "space", "ctrl+d":
			d.top += 10
		case "pgup", "ctrl+u":
			d.top -= 10
		case "g", "home":
			d.top = 0
		case "G", "end":
			d.top = d.most
		}
	}
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		d.top += Wheel(wheel)
	}
	d.top = max(0, min(d.top, d.most))
	return nil, nil
}

// View shows as much of the text as there is room for.
func (d *Show) View(t *Theme, width, height int) ([]string, *tea.Cursor) {
	wide, high := Inner(min(width, 100), height-1)
	lines := d.Lines(wide)
	d.most = max(0, len(lines)-high+1)
	d.top = min(d.top, d.most)
	shown := lines[d.top:min(len(lines), d.top+high)]
	f := d.Frame
	if f.Foot == "" {
		f.Foot = "esc closes"
	}
	if d.most > 0 {
		f.Side = "↓↑ more"
	}
	return box(t, f, shown, min(width, 100), height), nil
}

// Wheel is by how many lines a turn of the wheel scrolls.
func Wheel(msg tea.MouseWheelMsg) int {
	button := msg.Mouse().Button
	if button == tea.MouseWheelUp {
		return -3
	}
	if button == tea.MouseWheelDown {
		return 3
	}
	return 0
}

// A Pick is a list to choose from. What is typed filters it.
type Pick struct {
	Frame  Frame
	Items  []Choice
	Prompt string
	At     int // the row that is chosen at first
	field  field
	at     int
	top    int
	seen   []int
	ready  bool
}

// A Choice is a row of a Pick.
type Choice struct {
	Text string
	Side string // at the right end
	Dim  bool
}

// Update moves, filters and chooses.
func (d *Pick) Update(msg tea.Msg) (Action, tea.Cmd) {
	d.prepare()
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			return Closed{}, nil
		case "enter":
			if d.at < len(d.seen) {
				return Picked{d.seen[d.at]}, nil
			}
			return nil, nil
		case "down", "ctrl+n", "tab":
			d.at = max(0, min(d.at+1, len(d.seen)-1))
			return nil, nil
		case "up", "ctrl+p", "shift+tab":
			d.at = max(d.at-1, 0)
			return nil, nil
		}
	}
	d.field.update(msg)
	d.filter()
	return nil, nil
}

func (d *Pick) prepare() {
	if !d.ready {
		d.ready = true
		d.field = newField(false)
		d.at = d.At
		d.filter()
	}
}

// filter keeps the rows that hold every word that was typed.
func (d *Pick) filter() {
	d.seen = d.seen[:0]
	for i, c := range d.Items {
		if words.Holds(c.Text+" "+c.Side, d.field.value()) {
			d.seen = append(d.seen, i)
		}
	}
	d.at = max(0, min(d.at, len(d.seen)-1))
}

// View shows the field and the rows that are left.
func (d *Pick) View(t *Theme, width, height int) ([]string, *tea.Cursor) {
	d.prepare()
	wide, high := Inner(min(width, 90), height-1)
	prompt := d.Prompt + " "
	text, x := d.field.view(wide - Width(prompt))
	lines := []string{t.Paint(Faint, prompt) + text, ""}
	rows := max(1, high-3)
	d.top = Window(len(d.seen), rows, d.top, d.at, d.at)
	for i := d.top; i < min(len(d.seen), d.top+rows); i++ {
		c := d.Items[d.seen[i]]
		line := Beside("  "+c.Text, c.Side, wide)
		switch {
		case i == d.at:
			line = t.Paint(Selected, Beside(SignHere+" "+c.Text, c.Side, wide))
		case c.Dim:
			line = t.Paint(Faint, line)
		}
		lines = append(lines, line)
	}
	if len(d.seen) == 0 {
		lines = append(lines, t.Paint(Faint, "nothing holds these words"))
	}
	f := d.Frame
	if f.Foot == "" {
		f.Foot = "type to narrow · Enter takes it · esc closes"
	}
	out := box(t, f, lines, min(width, 90), height)
	return out, tea.NewCursor(2+Width(prompt)+x, 1)
}
