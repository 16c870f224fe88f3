// Package debrief is the screen after a run, and of any run that nobody walks
// here: what was met and missed, what each step took, where the run left its
// document, and what was learned. It says "not recorded" where nothing is on
// record, and changes nothing: what is added to a run it asks for.
package debrief

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/look"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// The requests of this screen.
type (
	// Save writes the run's report.
	Save struct{ Run string }
	// Add appends a fact to the run; its records go into Story.
	Add struct {
		Run    string
		Story  *look.Story
		Intent runbook.Intent
	}
)

// Request makes it a ui.Request.
func (Save) Request() {}

// Request makes it a ui.Request.
func (Add) Request() {}

// A Debrief is the screen of one run.
type Debrief struct {
	host ui.Host
	s    *look.Story
	top  int
	most int
}

// New makes the screen.
func New(host ui.Host, s *look.Story) *Debrief { return &Debrief{host: host, s: s} }

// Status is that of the run.
func (d *Debrief) Status() ui.Status { return d.s.Status() }

// Update follows the wheel.
func (d *Debrief) Update(msg tea.Msg) tea.Cmd {
	if wheel, ok := msg.(tea.MouseWheelMsg); ok {
		d.scroll(ui.Wheel(wheel))
	}
	return nil
}

func (d *Debrief) scroll(n int) { d.top = max(0, min(d.top+n, d.most)) }

const group = "After a run"

// Rows are the keys of the screen.
func Rows() []ui.Row[*Debrief] {
	return []ui.Row[*Debrief]{
		{Keys: []string{"enter", "r"}, Name: "report", Group: group, Help: "write the report, as Markdown, into this directory", Do: func(d *Debrief) tea.Cmd { return d.host.Ask(Save{d.s.Run.ID()}) }},
		{Keys: []string{"n"}, Name: "lesson", Group: group, Foot: 1, Help: "write down a lesson, or another note", Do: (*Debrief).note},
		{Keys: []string{"t"}, Name: "timeline", Group: group, Foot: 2, Help: "show everything that happened, with its time", Do: func(d *Debrief) tea.Cmd { return d.host.Push(look.NewTimeline(d.host, d.s)) }},
		{
			Keys: []string{"o"}, Name: "output", Group: group, Foot: 3, Help: "open what the commands printed", Off: (*Debrief).noOutput,
			Do: func(d *Debrief) tea.Cmd { return d.host.Push(look.NewOutput(d.host, d.s, len(d.s.Run.Attempts))) },
		},
		{Keys: []string{"S"}, Name: "sign", Group: group, Foot: 4, Help: "sign the record off, with your name", Do: (*Debrief).sign},
		{Keys: []string{"j", "down", "pgdown", "space"}, Name: "scroll", Group: group, Help: "scroll on", Do: func(d *Debrief) tea.Cmd { d.scroll(5); return nil }},
		{Keys: []string{"k", "up", "pgup"}, Name: "scroll back", Group: group, Help: "scroll back", Do: func(d *Debrief) tea.Cmd { d.scroll(-5); return nil }},
		{Keys: []string{"esc", "h"}, Name: "home", Group: group, Foot: 8, Help: "go to the runbooks and runs", Do: func(d *Debrief) tea.Cmd { return d.host.Ask(ui.Home{}) }},
		{Keys: []string{"q"}, Name: "quit", Group: group, Foot: ui.Always + 1, Help: "end lifeboat", Do: func(d *Debrief) tea.Cmd { return d.host.Ask(ui.Leave{}) }},
	}
}

func (d *Debrief) noOutput() string {
	if len(d.s.Run.Attempts) == 0 {
		return "no command has run"
	}
	return ""
}

// Bindings are the keys as they stand.
func (d *Debrief) Bindings() []ui.Binding { return ui.Bind(Rows(), d) }

// Next is what Enter does.
func (d *Debrief) Next() ui.Next {
	return ui.Next{Key: "Enter", Text: "writes the report as lifeboat-" + words.Tail(d.s.Run.ID()) + ".md", Role: ui.Here}
}

func (d *Debrief) add(in runbook.Intent) tea.Cmd { return d.host.Ask(Add{d.s.Run.ID(), d.s, in}) }

func (d *Debrief) note() tea.Cmd {
	at := d.host.Zoned()
	d.host.Open(&ui.Note{Frame: d.s.Dialog("Lesson"), Tag: len(ui.Tags()) - 1}, ui.On(func(n ui.Noted) tea.Cmd {
		return d.add(runbook.Write{Text: n.Text, Tag: n.Tag, At: at})
	}))
	return nil
}

func (d *Debrief) sign() tea.Cmd {
	q := &ui.Ask{Frame: d.s.Dialog("Sign off"), Text: "Your name:", Hint: fmt.Sprintf("you say that the record of %d events is right", len(d.s.Told))}
	d.host.Open(q, ui.On(func(typed ui.Answered) tea.Cmd { return d.add(runbook.Sign{Person: typed.Text}) }))
	return nil
}
