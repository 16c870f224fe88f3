package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// A Screen fills the terminal below the status line and above the footer. It is
// a pointer on a stack, and never sees another screen: what it wants it asks of
// its Host.
type Screen interface {
	// Status is what the top line says: where this is, in every frame.
	Status() Status
	// Bindings are the keys of the screen as it stands.
	Bindings() []Binding
	// Update takes what is no key: ticks, pastes, wheels, and what a command of
	// the screen came back with.
	Update(msg tea.Msg) tea.Cmd
	// View draws exactly height lines of exactly width cells.
	View(width, height int) []string
	// Next is what Enter does, and what has to be decided where it does nothing.
	Next() Next
}

// A Status names where a screen is.
type Status struct {
	Mode       runbook.Mode // "": no run
	Production bool
	Target     string
	Title      string
	Run        string // its short id; "": none
}

// Place is the mode in words that can't be mistaken, with its sign; "" without a
// run.
func (s Status) Place() string {
	switch s.Mode {
	case runbook.Drill:
		return SignDrill + " " + words.Mode(s.Mode, s.Production)
	case runbook.Live:
		return SignLive + " " + words.Mode(s.Mode, s.Production)
	}
	return ""
}

// A Next is what the two lines above the footer say.
type Next struct {
	Key  string   // the key that goes on, the one thing that is bold; "": none does
	Text string   // what it does, or why nothing does
	More []string // lines below it, such as the ways on after a failure
	Role Role     // of Text
}

// A Host is what a screen can ask for. Its methods are called while a message
// is handled, and what they ask for happens before the next one.
type Host interface {
	// Open puts a dialog before everything; then is told what it answered.
	Open(d Dialog, then func(Action) tea.Cmd)
	// Push shows a screen; the one below comes back when it is popped.
	Push(s Screen) tea.Cmd
	// Pop goes back.
	Pop() tea.Cmd
	// Ask passes on what no screen can do by itself.
	Ask(r Request) tea.Cmd
	// Say shows a line until the next key.
	Say(role Role, text string)
	// Shows says whether a screen is the one that is seen.
	Shows(s Screen) bool
	// Own addresses what a command comes back with to a screen: it is dropped
	// if the screen is gone by then.
	Own(s Screen, cmd tea.Cmd) tea.Cmd
	// Theme is the look of now.
	Theme() *Theme
	// After gives a value once a while has passed.
	After(d time.Duration) <-chan time.Time
	// Zoned is the time of now, in the operator's zone.
	Zoned() time.Time
}

// A Tick says that a second has passed.
type Tick struct{}

// A Request is what a screen asks of the program, by a type of its own.
type Request interface{ Request() }

// The requests that several screens have.
type (
	// Brief asks for what has to be known before a run.
	Brief struct {
		Book string
		Mode runbook.Mode
	}
	// Resume takes an open run up again.
	Resume struct{ Run string }
	// Look shows a run that nobody walks here.
	Look struct{ Run string }
	// Home goes to where everything starts.
	Home struct{}
	// Leave leaves the screen's run, or ends the program where there is none.
	Leave struct{}
)

// Request makes it a Request; so do those below.
func (Brief) Request()  {}
func (Resume) Request() {} //nolint:revive // see Brief
func (Look) Request()   {} //nolint:revive // see Brief
func (Home) Request()   {} //nolint:revive // see Brief
func (Leave) Request()  {} //nolint:revive // see Brief
