package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"lifeboat/runbook"
	"lifeboat/tui"
	"lifeboat/tui/guard"
	"lifeboat/tui/home"
	"lifeboat/tui/plain"
	"lifeboat/tui/ui"
)

// fps bounds how soon a key shows: the screen is written at its ticks alone. What
// doesn't change is not written, but each tick takes a tenth of a millisecond.
const fps = 100

// onScreens says whether the full-screen program is what somebody can use here.
func (e *env) onScreens(o *walkOptions) bool {
	out, ok := e.out.(*os.File)
	name := e.get("TERM")
	return ok && !e.plain && !o.auto && e.get("ACCESSIBLE") == "" && name != "" && name != "dumb" && e.terminal() && term.IsTerminal(int(out.Fd()))
}

// screens is the full-screen program with the station behind it.
type screens struct {
	e       *env
	o       *walkOptions
	conf    config
	program *tea.Program
	guard   *guard.Guard
	start   runbook.MomentSet // when the disruption began, as the command line says

	mu    sync.Mutex
	last  *stage          // the newest walk: its run says how the program ends
	lent  *loan           // nil: the terminal is the screens'
	ahead *early[reading] // what home begins with; nil: it was taken
	shelf []home.Book     // as it was found last
}

// screens puts the program together. A frame leaves much behind that is used no
// more, and beside a terminal's memory a few megabytes are little.
func (e *env) screens(o *walkOptions, conf config) *screens {
	debug.SetGCPercent(400)
	return &screens{e: e, o: o, conf: conf}
}

// walks makes a walk the newest one.
func (s *screens) walks(st *stage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = st
}

// walked is the newest walk; nil: there was none.
func (s *screens) walked() *stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// home begins with what is open, the runbooks and the history. A log that can't be
// read is told before a screen asks the terminal anything: what that answers to a
// program that has ended is taken for something typed.
func (s *screens) home(ctx context.Context) error {
	if exists(s.e.dbPath()) {
		if _, err := s.e.openLog(); err != nil {
			return err
		}
	}
	s.readAhead(ctx)
	return s.run(ctx, func(a *tui.App) { a.Begin(ui.Home{}) })
}

// begin begins with the briefing of a runbook.
func (s *screens) begin(ctx context.Context, book string, began runbook.MomentSet) error {
	s.start = began
	return s.run(ctx, func(a *tui.App) { a.Begin(ui.Brief{Book: book, Mode: s.o.mode}) })
}

// resume begins with a run that was open.
func (s *screens) resume(ctx context.Context, run string) error {
	session, err := s.Resume(ctx, run)
	if err != nil {
		return err
	}
	return s.run(ctx, func(a *tui.App) { a.Walk(session) })
}

// run shows the screens until they are left, and gives the exit code of the run
// that was walked last.
func (s *screens) run(ctx context.Context, begin func(*tui.App)) error {
	kind, options := s.look()
	app, err := tui.New(tui.Options{Station: s, Now: s.e.now, After: time.After, Theme: kind, Signs: s.e.signs(), Away: s.away})
	if err != nil {
		return because(exitUsage, err)
	}
	begin(app)
	out, _ := s.e.out.(*os.File)
	// What these are good for keeps every key that is typed, secrets too.
	_ = os.Unsetenv("TEA_TRACE")
	_ = os.Unsetenv("TEA_DEBUG")
	if s.guard, err = guard.Save(out); err == nil {
		go s.startGuard(s.ahead)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	options = append(options, tea.WithInput(&keyboard{File: s.e.in, lost: s.lost}), tea.WithOutput(out), tea.WithEnvironment(s.e.environ), tea.WithFPS(fps), tea.WithoutSignalHandler())
	s.program = tea.NewProgram(app, options...)
	go s.pass(ctx, signals(ctx))
	_, err = s.program.Run()
	return s.over(ctx, app, err)
}

// away tells the guard whose the terminal is.
func (s *screens) away(away bool) {
	if away {
		s.guard.Rest()
	} else {
		s.guard.Mind()
	}
}

// pass hands on the signals that reach the process.
func (s *screens) pass(ctx context.Context, reach <-chan plain.Signal) {
	for {
		select {
		case sig := <-reach:
			s.regain()
			s.program.Send(tui.Signal{Why: sig.Why()})
		case <-ctx.Done():
			return
		}
	}
}

// lost says that the terminal is gone. The signal for it goes to whoever leads the
// session, who may hand it on late, or never.
func (s *screens) lost() { s.program.Send(tui.Signal{Why: "hangup"}) }

// A keyboard is a terminal's input that notices its own end: Bubble Tea takes it
// for an input that has nothing more to say, and goes on.
type keyboard struct {
	*os.File
	lost func()
	once sync.Once
}

func (k *keyboard) Read(p []byte) (int, error) {
	n, err := k.File.Read(p)
	if err != nil {
		k.once.Do(func() { go k.lost() })
	}
	return n, err
}

// A loan is the terminal, while a command has it to itself.
type loan struct {
	st   *stage
	want context.CancelFunc // wants it back
}

// regain takes the terminal back from a command that has it, and waits until its end
// is on disk: whoever leaves a screen on a terminal that is somebody else's is stopped.
func (s *screens) regain() {
	s.mu.Lock()
	l := s.lent
	s.mu.Unlock()
	if l != nil {
		l.want()
		l.st.mu.Lock()
		defer l.st.mu.Unlock()
	}
}

// lend notes who has the terminal.
func (s *screens) lend(l *loan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lent = l
}

// look is how the screens look: the theme that was asked for, and no colour
// where nobody wants any.
func (s *screens) look() (kind string, options []tea.ProgramOption) {
	if s.e.noColor || s.e.get("NO_COLOR") != "" {
		return "none", []tea.ProgramOption{tea.WithColorProfile(colorprofile.ASCII)}
	}
	return s.e.theme, nil
}

// knownTheme refuses a theme that there isn't, before anything happens.
func (e *env) knownTheme(*cobra.Command, []string) error {
	if ui.Known(e.theme) {
		return nil
	}
	return fail(exitUsage, fmt.Sprintf("no theme %q", e.theme), "--theme "+strings.Join(ui.Kinds(), ", "))
}

// signs are the characters that this terminal can show: what the locale says,
// where it says something.
func (e *env) signs() ui.Signs {
	locale := strings.ToUpper(cmp.Or(e.get("LC_ALL"), e.get("LC_CTYPE"), e.get("LANG")))
	switch {
	case locale != "" && !strings.Contains(locale, "UTF-8") && !strings.Contains(locale, "UTF8"):
		return ui.ASCII
	case e.get("TERM") == "linux":
		return ui.Console
	}
	return ui.Unicode
}

// over ends what the screens left, says how to go on, and gives the exit code.
func (s *screens) over(ctx context.Context, app *tui.App, err error) error {
	why := cmp.Or(app.Why(), "signal")
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		why = "panic"
	case err != nil: // the terminal can't be read or written
		why = "hangup"
	}
	if st := s.walked(); st != nil {
		left := st.end(context.WithoutCancel(ctx), why)
		s.guard.Done()
		return st.tell(ctx, left)
	}
	s.guard.Done()
	switch {
	case app.Fault() != nil:
		return app.Fault()
	case err != nil:
		return because(exitFailed, err, "--plain walks line by line")
	}
	return nil
}

// targets are where a run can act in a mode: what lifeboat.yaml names, and for a
// drill the practice target first.
func (s *screens) targets(mode runbook.Mode) []string {
	if s.o.target != "" {
		return []string{s.o.target}
	}
	var out []string
	if mode == runbook.Drill {
		out = append(out, practiceTarget)
	}
	for _, name := range s.conf.known() {
		t, err := s.conf.target(name)
		if err == nil && (mode == runbook.Live || !t.Production) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
