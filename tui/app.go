// Package tui is the full-screen program: one model, a stack of screens and a
// stack of dialogs.
//
// It promises that every frame says in words whether this is a drill or live,
// and where; that a key does what the screen said before it was pressed; and
// that nothing is shown of a run that isn't on disk. It does no I/O of its own:
// runs come from a Station, and are walked by a walk.Walker, in commands that the
// model only starts. It never decides what may happen in a run.
package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"lifeboat/tui/ui"
	"lifeboat/tui/walk"
)

// Options are the program's surroundings.
type Options struct {
	Station Station
	Now     func() time.Time // its location is the operator's
	After   func(time.Duration) <-chan time.Time
	Theme   string // one of ui.Kinds
	Signs   ui.Signs
	Away    func(away bool) // told when the terminal is given away by ctrl+z, and when it is back; nil: nobody is
}

// A Signal is what reaches the program from outside of the terminal. Why is what
// the log says of it: "hangup" or "signal".
type Signal struct{ Why string }

// An App is the one model. It draws what all screens share, owns the dialogs,
// and hands keys to whoever is on top.
type App struct {
	o       Options
	theme   *ui.Theme
	dark    bool
	profile colorprofile.Profile
	w, h    int
	stack   []ui.Screen
	dialogs []opened
	said    []note
	mouse   bool
	once    bool   // ctrl+c was pressed, and nothing since
	working string // what the station is asked for; "": nothing
	begin   func() tea.Cmd
	ending  bool
	why     string // the program was made to end; "": it was not
	fault   error
	asked   time.Time // when the terminal was asked for its colours; zero: it has answered, or nobody asked
	quits   bool      // it ends with the answer
}

// opened is a dialog with who is told what it answers.
type opened struct {
	d     ui.Dialog
	then  func(ui.Action) tea.Cmd
	since time.Time
}

// note is a line that stands until the next key.
type note struct {
	role ui.Role
	text string
}

type (
	envelope struct {
		to  ui.Screen
		msg tea.Msg
	}
	tickMsg struct{}
)

// New makes the program. Begin is what it starts with: Request's answer, or a
// session that was taken up already.
func New(o Options) (*App, error) {
	a := &App{o: o, dark: true, profile: colorprofile.TrueColor}
	if err := a.paint(); err != nil {
		return nil, err
	}
	return a, nil
}

// Begin says what is shown first.
func (a *App) Begin(r ui.Request) { a.begin = func() tea.Cmd { return a.Ask(r) } }

// Walk makes a session that was taken up already the first screen.
func (a *App) Walk(s *walk.Session) { a.begin = func() tea.Cmd { return a.walkOn(s) } }

// Fault is why the program could not do what it was begun with; nil: it could.
func (a *App) Fault() error { return a.fault }

// Why is what made the program end, as the log says it of a run that is left;
// "": nothing did.
func (a *App) Why() string { return a.why }

// paint chooses the theme.
func (a *App) paint() error {
	kind := a.o.Theme
	if kind == "" || kind == "auto" {
		switch {
		case a.profile < colorprofile.ANSI:
			kind = "none"
		case a.profile == colorprofile.ANSI:
			kind = "16"
		case a.dark:
			kind = "dark"
		default:
			kind = "light"
		}
	}
	if a.theme != nil && a.theme.Kind == kind {
		return nil
	}
	t, err := ui.NewTheme(kind, a.o.Signs)
	if err == nil {
		a.theme = t
	}
	return err
}

// Init asks the terminal about its background, and starts the clock.
func (a *App) Init() tea.Cmd {
	cmds := []tea.Cmd{tick()}
	if a.o.Theme == "" || a.o.Theme == "auto" {
		a.asked = a.o.Now()
		cmds = append(cmds, tea.RequestBackgroundColor)
	}
	if a.begin != nil {
		cmds = append(cmds, a.begin())
	}
	return tea.Batch(cmds...)
}

func tick() tea.Cmd { return tea.Every(time.Second, func(time.Time) tea.Msg { return tickMsg{} }) }

// Update hands a message to whom it is for.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.w, a.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		a.dark, a.asked = msg.IsDark(), time.Time{}
		a.complain(a.paint())
		if a.quits {
			return a, tea.Quit
		}
	case tea.ColorProfileMsg:
		a.profile = msg.Profile
		a.complain(a.paint())
	case envelope:
		return a, tea.Batch(a.deliver(msg), a.after())
	case tickMsg:
		return a, tea.Batch(tick(), a.all(ui.Tick{}))
	case tea.ResumeMsg:
		a.away(false)
	case Signal:
		return a, a.leave(msg.Why)
	case stationMsg:
		return a, tea.Batch(a.answered(msg), a.after())
	case tea.KeyPressMsg:
		return a, tea.Batch(a.key(msg), a.after())
	case tea.PasteMsg, tea.MouseWheelMsg:
		return a, a.toTop(msg)
	case tea.MouseClickMsg:
		return a, a.click(msg)
	}
	return a, nil
}

func (a *App) away(away bool) {
	if a.o.Away != nil {
		a.o.Away(away)
	}
}

func (a *App) complain(err error) {
	if err != nil {
		a.Say(ui.Bad, err.Error())
	}
}

// deliver hands a screen what its command came back with, unless it is gone.
func (a *App) deliver(e envelope) tea.Cmd {
	for _, s := range a.stack {
		if s == e.to {
			return s.Update(e.msg)
		}
	}
	return nil
}

// all tells every screen, also those that are covered.
func (a *App) all(msg tea.Msg) tea.Cmd {
	cmds := make([]tea.Cmd, 0, len(a.stack))
	for _, s := range a.stack {
		cmds = append(cmds, s.Update(msg))
	}
	return tea.Batch(cmds...)
}

// toTop hands what is no key to the dialog on top, else to the screen.
func (a *App) toTop(msg tea.Msg) tea.Cmd {
	if len(a.dialogs) > 0 {
		return a.toDialog(msg)
	}
	if s := a.top(); s != nil && !a.small() {
		return s.Update(msg)
	}
	return nil
}

func (a *App) top() ui.Screen {
	if len(a.stack) == 0 {
		return nil
	}
	return a.stack[len(a.stack)-1]
}

// walking is the walk that is under way; nil: none is.
func (a *App) walking() *walk.Walk {
	for _, s := range a.stack {
		if w, ok := s.(*walk.Walk); ok {
			return w
		}
	}
	return nil
}
