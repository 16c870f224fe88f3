package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
)

// An Ask is a question with one line to type.
type Ask struct {
	Frame   Frame
	Lines   func(t *Theme, width int) []string // what to look at before answering
	Text    string                             // the question
	Hint    string                             // what may be typed
	Value   string                             // what stands there at first
	Want    string                             // the answer must be exactly this; "": any
	Secret  bool                               // what is typed doesn't show, and the action is Given
	Typed   bool                               // it must be typed: a paste is refused
	Empty   bool                               // an empty line is an answer too
	DeafFor time.Duration                      // see Unasked

	field field
	ready bool
	wrong string
	top   int
}

// Deaf is how long the dialog hears nothing.
func (d *Ask) Deaf() time.Duration { return d.DeafFor }

// Update takes what is typed. Enter answers, esc gives up.
func (d *Ask) Update(msg tea.Msg) (Action, tea.Cmd) {
	d.prepare()
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if d.Typed {
			d.wrong = "a paste is not taken here: type it"
			return nil, nil
		}
	case tea.KeyPressMsg:
		d.wrong = ""
		switch msg.String() {
		case "esc":
			return Closed{}, nil
		case "enter":
			return d.answer(), nil
		case "pgdown":
			d.top += 5
			return nil, nil
		case "pgup":
			d.top = max(0, d.top-5)
			return nil, nil
		}
	}
	d.field.update(msg)
	return nil, nil
}

func (d *Ask) prepare() {
	if !d.ready {
		d.ready = true
		d.field = newField(d.Secret)
		d.field.set(d.Value)
	}
}

func (d *Ask) answer() Action {
	value := strings.TrimSpace(d.field.value())
	switch {
	case d.Secret && d.field.value() != "":
		return Given{runbook.NewSecret(d.field.value())}
	case value == "" && !d.Empty:
		d.wrong = "nothing is typed yet; esc gives up"
		return nil
	case d.Want != "" && value != d.Want:
		d.wrong = "that is not it"
		d.field.clear()
		return nil
	}
	return Answered{value}
}

// View shows what to look at, the question, and what is typed. The question is
// always in sight; what stands before it may scroll.
func (d *Ask) View(t *Theme, width, height int) ([]string, *tea.Cursor) {
	d.prepare()
	if d.Lines == nil {
		width = min(width, 80)
	}
	wide, high := Inner(width, height)
	var above []string
	if d.Lines != nil {
		above = d.Lines(t, wide)
	}
	question := Wrap(d.Text, wide, 2)
	tail := len(question) + 2
	if d.Hint != "" {
		tail++
	}
	room := max(0, high-tail-1)
	d.top = max(0, min(d.top, len(above)-room))
	f := d.Frame
	f.Foot = "Enter answers · esc gives up"
	if len(above) > room {
		f.Side = "PgDn PgUp more"
	}
	lines := append([]string(nil), above[d.top:min(len(above), d.top+room)]...)
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, question...)
	if d.Hint != "" {
		lines = append(lines, t.Paint(Faint, Cut(d.Hint, wide)))
	}
	text, x := d.field.view(wide - 2)
	lines = append(lines, t.Paint(Bold, ">")+" "+text)
	y := len(lines)
	lines = append(lines, t.Paint(Bad, Cut(d.wrong, wide)))
	return box(t, f, lines, width, height), tea.NewCursor(4+x, y)
}

// Tags are the kinds of a note, in the order in which tab offers them.
func Tags() []string { return []string{"note", "decision", "said", "observation", "lesson"} }

// A Note takes a note; tab changes what kind it is.
type Note struct {
	Frame Frame
	Tag   int // place in Tags
	sheet sheet
	ready bool
	wrong string
}

// Update takes what is typed. Enter saves, alt+enter breaks the line, esc gives
// up.
func (d *Note) Update(msg tea.Msg) (Action, tea.Cmd) {
	d.prepare()
	if key, ok := msg.(tea.KeyPressMsg); ok {
		d.wrong = ""
		switch key.String() {
		case "esc":
			return Closed{}, nil
		case "tab":
			d.Tag = (d.Tag + 1) % len(Tags())
			return nil, nil
		case "enter", "ctrl+s":
			if text := strings.TrimSpace(d.sheet.in.Value()); text != "" {
				return Noted{text, Tags()[d.Tag]}, nil
			}
			d.wrong = "nothing is written yet; esc gives up"
			return nil, nil
		case "alt+enter", "ctrl+j":
			msg = tea.KeyPressMsg{Code: tea.KeyEnter}
		}
	}
	d.sheet.update(msg)
	return nil, nil
}

func (d *Note) prepare() {
	if !d.ready {
		d.ready = true
		d.sheet = newSheet("")
	}
}

// View shows the kinds and the text.
func (d *Note) View(t *Theme, width, height int) ([]string, *tea.Cursor) {
	d.prepare()
	wide, high := Inner(min(width, 76), height)
	var kinds []string
	for i, tag := range Tags() {
		if i == d.Tag {
			kinds = append(kinds, t.Paint(Selected, "["+tag+"]"))
		} else {
			kinds = append(kinds, t.Paint(Faint, " "+tag+" "))
		}
	}
	lines := []string{strings.Join(kinds, ""), ""}
	text, x, y := d.sheet.view(wide, min(5, max(1, high-4)))
	lines = append(append(lines, text...), t.Paint(Bad, d.wrong))
	f := d.Frame
	f.Foot, f.Side = "Enter saves · esc gives up", "tab: kind · alt+enter: new line"
	return box(t, f, lines, min(width, 76), height), tea.NewCursor(2+x, 3+y)
}

// An Edit changes a command before it runs: first the text, then the reason.
type Edit struct {
	Frame  Frame
	Text   string
	sheet  sheet
	reason field
	why    bool // the reason is typed
	ready  bool
	wrong  string
}

// Update takes what is typed. Ctrl+s goes from the text to the reason, Enter
// saves from there; esc goes back, and gives up.
func (d *Edit) Update(msg tea.Msg) (Action, tea.Cmd) {
	d.prepare()
	key, isKey := msg.(tea.KeyPressMsg)
	if isKey {
		d.wrong = ""
	}
	switch {
	case isKey && key.String() == "esc" && d.why:
		d.why = false
	case isKey && key.String() == "esc":
		return Closed{}, nil
	case isKey && key.String() == "ctrl+s" && !d.why, isKey && key.String() == "tab" && !d.why:
		if strings.TrimSpace(d.sheet.in.Value()) == "" {
			d.wrong = "an empty command does nothing"
			return nil, nil
		}
		d.why = true
	case isKey && key.String() == "enter" && d.why, isKey && key.String() == "ctrl+s":
		if d.reason.empty() {
			d.wrong = "say why: it is a deviation from the document"
			return nil, nil
		}
		return Changed{strings.TrimRight(d.sheet.in.Value(), "\n"), strings.TrimSpace(d.reason.value())}, nil
	case d.why:
		d.reason.update(msg)
	default:
		d.sheet.update(msg)
	}
	return nil, nil
}

func (d *Edit) prepare() {
	if !d.ready {
		d.ready = true
		d.sheet, d.reason = newSheet(d.Text), newField(false)
	}
}

// View shows the command and the line for the reason.
func (d *Edit) View(t *Theme, width, height int) ([]string, *tea.Cursor) {
	d.prepare()
	wide, high := Inner(width, height)
	rows := max(1, min(high-5, 12))
	lines, x, y := d.sheet.view(wide, rows)
	cursor := tea.NewCursor(2+x, 1+y)
	label := "why: "
	text, rx := d.reason.view(wide - Width(label))
	lines = append(lines, "", t.Paint(Faint, label)+text, t.Paint(Bad, d.wrong))
	f := d.Frame
	f.Foot, f.Side = "ctrl+s: then say why · esc gives up", "it doesn't run yet"
	if d.why {
		f.Foot = "Enter saves · esc back to the text"
		cursor = tea.NewCursor(2+Width(label)+rx, len(lines)-1)
	}
	return box(t, f, lines, width, height), cursor
}
