package tuitest

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// usualFPS is Bubble Tea's own.
const usualFPS = 60

// Options are what a program finds on its terminal.
type Options struct {
	Profile colorprofile.Profile // the colours that are left; Unknown: all
	Env     []string             // what tea.EnvMsg has besides TERM; the last of two counts
	Light   bool                 // the terminal is dark on white
	FPS     int                  // frames a second; 0: 60. A test that lets days go by sets few: each costs work
	Program []tea.ProgramOption  // more for tea.NewProgram
}

// A Term is a program in a bubble, and the terminal it draws on.
type Term struct {
	*Screen
	test    testing.TB
	program *tea.Program
	frame   time.Duration // a bit more than the time between two
	ended   chan struct{}
	model   tea.Model // the last, once the program has ended
	err     error
	asked   bool // somebody has seen err

	suspended int
}

// Run gives f a terminal of w by h cells that shows m, in a bubble. Afterwards the
// program is made to quit if it has not.
func Run(t *testing.T, m tea.Model, w, h int, o Options, f func(*testing.T, *Term)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(t, Open(t, m, w, h, o))
	})
}

// Open is Run for a test that is in a bubble already, as one has to be that makes a
// model with channels. The program is made to quit when the bubble ends; before
// that, functions that were given to t.Cleanup after Open are called. Commands that
// never return must be ended by one of them, or by t.Context: Bubble Tea doesn't
// cancel them, and the bubble waits for every goroutine.
func Open(t *testing.T, m tea.Model, w, h int, o Options) *Term {
	t.Helper()
	s := NewScreen(t, w, h)
	s.cooked = true // without a terminal as its input Bubble Tea counts on a kernel that makes LF a CRLF
	if o.Light {
		s.Colors(lightForeground, lightBackground)
	}
	if o.Profile == colorprofile.Unknown {
		o.Profile = colorprofile.TrueColor
	}
	if o.FPS == 0 {
		o.FPS = usualFPS
	}
	term := &Term{
		Screen: s, test: t, ended: make(chan struct{}),
		frame: time.Second/time.Duration(o.FPS) + time.Microsecond,
	}
	options := []tea.ProgramOption{
		tea.WithInput(s.in), tea.WithOutput(s), tea.WithWindowSize(w, h), tea.WithFPS(o.FPS),
		tea.WithColorProfile(o.Profile),
		tea.WithEnvironment(append([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}, o.Env...)),
		tea.WithoutSignalHandler(), // the runtime's goroutine for signals is outside of the bubble
		tea.WithFilter(term.filter),
	}
	term.program = tea.NewProgram(m, append(options, o.Program...)...)
	go func() {
		defer close(term.ended)
		term.model, term.err = term.program.Run()
		s.in.close() // ends the goroutine that reads keys
	}()
	t.Cleanup(term.end)
	term.Settle()
	return term
}

// filter keeps ctrl+z from stopping the test.
func (t *Term) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, suspend := msg.(tea.SuspendMsg); suspend {
		t.mu.Lock()
		t.suspended++
		t.mu.Unlock()
		return nil
	}
	return msg
}

func (t *Term) end() {
	t.program.Quit()
	<-t.ended
	if t.err != nil && !t.asked {
		t.test.Errorf("the program ended: %v", t.err)
	}
	t.close()
	// Timers of commands can't be cancelled. On this clock it costs nothing to outlive
	// them.
	time.Sleep(48 * time.Hour)
}

// Settle lets everything happen that is due, and be drawn. The clock moves on by
// three frames, which are 50 ms: one in which the program asks the terminal something, one
// that draws what it makes of the answer, and one to spare.
func (t *Term) Settle() {
	for range 3 {
		synctest.Wait()
		time.Sleep(t.frame)
	}
	synctest.Wait()
}

// After moves the clock on by d, and settles.
func (t *Term) After(d time.Duration) {
	time.Sleep(d)
	t.Settle()
}

// Press presses keys by the names that Bubble Tea gives them: "j", "enter", "esc",
// "ctrl+c", "alt+x", "shift+tab", "pgdown". The program has done with one key before
// the next comes, and no time goes by between them.
func (t *Term) Press(keys ...string) {
	t.test.Helper()
	for _, name := range keys {
		// Bubble Tea would wait 50 ms for what follows an escape; the clear form needs no
		// waiting, and is understood whether or not it was asked for.
		bytes, err := encode(name, true)
		if err != nil {
			t.test.Fatalf("%v", err)
		}
		t.send(bytes)
	}
	t.Settle()
}

// Type presses a key for each character of a text.
func (t *Term) Type(text string) {
	for _, r := range text {
		t.send(string(r))
	}
	t.Settle()
}

// Paste pastes a text, in brackets if the program asked for them.
func (t *Term) Paste(text string) {
	t.send(t.pasted(text))
	t.Settle()
}

// Click clicks the left button on a cell.
func (t *Term) Click(x, y int) {
	t.send(click(x, y))
	t.Settle()
}

func (t *Term) send(bytes string) {
	_, _ = t.in.Write([]byte(bytes))
	synctest.Wait()
}

// Send gives the program a message as if it came from outside.
func (t *Term) Send(msg tea.Msg) {
	t.program.Send(msg)
	t.Settle()
}

// Resize makes the terminal w by h cells, and tells the program.
func (t *Term) Resize(w, h int) {
	t.Screen.Resize(w, h)
	t.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Running says whether the program has not ended.
func (t *Term) Running() bool {
	select {
	case <-t.ended:
		return false
	default:
		return true
	}
}

// errRunning is for a test that takes a program for ended.
var errRunning = errors.New("the program has not ended")

// Result is the program's last model and what tea.Program.Run returned. An error
// that was not asked for fails the test at its end.
func (t *Term) Result() (tea.Model, error) {
	if t.Running() {
		return nil, errRunning
	}
	t.asked = true
	return t.model, t.err
}

// Suspended is how often the program asked to be suspended, as it does for ctrl+z.
// It isn't.
func (t *Term) Suspended() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.suspended
}
