// Package home is where everything starts: what is open, which runbooks there
// are, and what was run before. It promises that what is open stands first, and
// that somebody who comes for the first time is in a drill after one key. It
// reads nothing itself and starts nothing: it asks.
package home

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// Contents are what there is.
type Contents struct {
	Books []Book
	Heads []runbook.Head // newest first
	All   bool           // Heads are all that there are
}

// A Book is a runbook that has a name.
type Book struct {
	Name       string
	Source     string // shipped, or the path
	Title      string
	Summary    string
	Exercise   string // how often it is to be rehearsed; "": not said
	Objectives []runbook.Objective
	Steps      int
	Wrong      string // why it can't be read; "": it can
}

// The requests of this screen.
type (
	// Drill starts a drill at once, without a briefing.
	Drill struct{ Book string }
	// All asks for every run that there is. The answer is what Read gives.
	All struct{ For ui.Screen }
)

// Request makes it a ui.Request.
func (Drill) Request() {}

// Request makes it a ui.Request.
func (All) Request() {}

type readMsg struct {
	contents Contents
	err      error
}

// Read is the answer to All.
func Read(c Contents, err error) tea.Msg { return readMsg{c, err} }

// A Home is the screen.
type Home struct {
	host   ui.Host
	c      Contents
	filter string
	rows   []row
	at     int
	top    int
	drawn  int // the line on which the list began when it was drawn last
}

// A row is a line of the list: something to take, or a heading.
type row struct {
	heading string
	head    *runbook.Head
	book    *Book
}

// New makes the screen.
func New(host ui.Host, c Contents) *Home {
	h := &Home{host: host, c: c}
	h.list()
	h.at = h.first()
	return h
}

// Start asks for the runs that the first frame doesn't have.
func (h *Home) Start() tea.Cmd {
	if h.c.All {
		return nil
	}
	return h.host.Ask(All{h})
}

// Status is calm: nothing runs.
func (h *Home) Status() ui.Status { return ui.Status{} }

// Update takes the runs that were missing.
func (h *Home) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		if msg.err != nil {
			h.host.Say(ui.Warn, "the older runs can't be read: "+words.Clean(msg.err.Error()))
			return nil
		}
		h.c = msg.contents
		h.list()
	case tea.MouseWheelMsg:
		h.move(ui.Wheel(msg) / 3)
	}
	return nil
}

// list makes the rows: what is open, the runbooks, what has ended.
func (h *Home) list() {
	h.rows = h.rows[:0]
	section := func(title string, rows []row) {
		if len(rows) > 0 {
			h.rows = append(append(h.rows, row{heading: title}), rows...)
		}
	}
	var open, ended, books []row
	for i := range h.c.Heads {
		head := &h.c.Heads[i]
		switch {
		case h.filter != "" && !h.holds(head.Title, head.Target, string(head.Mode), head.State, words.Tail(head.Run), head.Opened.Format("2006-01-02"), strings.Join(head.Books, " ")):
		case head.State == "open":
			open = append(open, row{head: head})
		default:
			ended = append(ended, row{head: head})
		}
	}
	for i := range h.c.Books {
		if b := &h.c.Books[i]; h.holds(b.Title, b.Name, b.Summary, b.Exercise) {
			books = append(books, row{book: b})
		}
	}
	section("OPEN", open)
	section("RUNBOOKS", books)
	section("HISTORY", ended)
	h.at = max(0, min(h.at, len(h.rows)-1))
	if len(h.rows) > 0 && h.rows[h.at].heading != "" {
		h.at = h.first()
	}
}

// holds says whether the filter lets texts through.
func (h *Home) holds(texts ...string) bool { return words.Holds(strings.Join(texts, " "), h.filter) }

func (h *Home) first() int {
	for i := range h.rows {
		if h.rows[i].heading == "" {
			return i
		}
	}
	return 0
}

// move goes n rows on, past headings.
func (h *Home) move(n int) {
	step := 1
	if n < 0 {
		step = -1
	}
	for ; n != 0; n -= step {
		at := h.at + step
		for at >= 0 && at < len(h.rows) && h.rows[at].heading != "" {
			at += step
		}
		if at < 0 || at >= len(h.rows) {
			return
		}
		h.at = at
	}
}

// Click chooses the row that was clicked on.
func (h *Home) Click(_, y int) tea.Cmd {
	if at := h.top + y - h.drawn; y >= h.drawn && at < len(h.rows) && h.rows[at].heading == "" {
		h.at = at
	}
	return nil
}

func (h *Home) here() row {
	if h.at < len(h.rows) {
		return h.rows[h.at]
	}
	return row{}
}

// newcomer says that nothing was ever run here.
func (h *Home) newcomer() bool { return len(h.c.Heads) == 0 }

const group = "Home"

// Rows are the keys of the screen.
func Rows() []ui.Row[*Home] {
	return []ui.Row[*Home]{
		{Keys: []string{"enter"}, Name: "take it", Group: group, Help: "do what the line above the footer says", Do: (*Home).enter},
		{Keys: []string{"j", "down"}, Name: "down", Group: group, Help: "a row on", Do: moves(1)},
		{Keys: []string{"k", "up"}, Name: "up", Group: group, Help: "a row back", Do: moves(-1)},
		{Keys: []string{"pgdown", "space", "ctrl+d"}, Name: "page", Group: group, Help: "ten rows on", Do: moves(10)},
		{Keys: []string{"pgup", "ctrl+u"}, Name: "page back", Group: group, Help: "ten rows back", Do: moves(-10)},
		{Keys: []string{"d"}, Name: "drill", Group: group, Foot: 1, Help: "brief for a drill of the runbook", Off: (*Home).noBook, Do: func(h *Home) tea.Cmd { return h.brief(runbook.Drill) }},
		{Keys: []string{"L"}, Name: "live run", Group: group, Foot: 2, Help: "brief for a live run of the runbook", Off: (*Home).noBook, Do: func(h *Home) tea.Cmd { return h.brief(runbook.Live) }},
		{Keys: []string{"r"}, Name: "resume", Group: group, Foot: 1, Help: "take the open run up again", Off: (*Home).notOpen, Do: (*Home).resume},
		{Keys: []string{"t"}, Name: "look at it", Group: group, Foot: 3, Help: "look at a run: how it ended, its timeline", Off: (*Home).noRun, Do: (*Home).look},
		{Keys: []string{"/"}, Name: "filter", Group: group, Foot: 4, Help: "show only what holds certain words", Do: (*Home).ask},
		{
			Keys: []string{"esc"}, Name: "show all", Group: group, Foot: 5, Help: "take the filter away", Off: func(h *Home) string { return ui.Only(h.filter != "") },
			Do: func(h *Home) tea.Cmd { h.filter = ""; h.list(); return nil },
		},
		{
			Keys: []string{"h"}, Name: "history", Group: group, Foot: 6, Help: "go to the runs that have ended", Off: func(h *Home) string { return ui.Only(h.history() >= 0) },
			Do: func(h *Home) tea.Cmd { h.at = h.history(); return nil },
		},
		{Keys: []string{"q"}, Name: "quit", Group: group, Foot: ui.Always + 1, Help: "end lifeboat", Do: func(h *Home) tea.Cmd { return h.host.Ask(ui.Leave{}) }},
	}
}

func moves(n int) func(*Home) tea.Cmd { return func(h *Home) tea.Cmd { h.move(n); return nil } }

func (h *Home) noBook() string { return ui.Only(h.here().book != nil && h.here().book.Wrong == "") }

func (h *Home) notOpen() string {
	return ui.Only(h.here().head != nil && h.here().head.State == "open")
}
func (h *Home) noRun() string { return ui.Only(h.here().head != nil) }

// history is the first row of what has ended; -1: there is none.
func (h *Home) history() int {
	for i := range h.rows {
		if head := h.rows[i].head; head != nil && head.State != "open" {
			return i
		}
	}
	return -1
}

// Bindings are the keys as they stand.
func (h *Home) Bindings() []ui.Binding { return ui.Bind(Rows(), h) }

func (h *Home) brief(mode runbook.Mode) tea.Cmd {
	return h.host.Ask(ui.Brief{Book: h.here().book.Name, Mode: mode})
}

func (h *Home) resume() tea.Cmd { return h.host.Ask(ui.Resume{Run: h.here().head.Run}) }
func (h *Home) look() tea.Cmd   { return h.host.Ask(ui.Look{Run: h.here().head.Run}) }

func (h *Home) enter() tea.Cmd {
	r := h.here()
	switch {
	case r.head != nil && r.head.State == "open":
		return h.resume()
	case r.head != nil:
		return h.look()
	case r.book == nil:
		return nil
	case r.book.Wrong != "":
		h.host.Say(ui.Warn, words.Clean(r.book.Wrong))
		return nil
	case h.newcomer():
		return h.host.Ask(Drill{r.book.Name})
	}
	return h.brief(runbook.Drill)
}

func (h *Home) ask() tea.Cmd {
	d := &ui.Ask{Frame: ui.Frame{Title: "Filter"}, Text: "Show what holds these words:", Value: h.filter, Empty: true, Hint: "a runbook, a target, a date, drill, live, failed"}
	h.host.Open(d, ui.On(func(typed ui.Answered) tea.Cmd {
		h.filter = typed.Text
		h.list()
		h.at = h.first()
		return nil
	}))
	return nil
}
