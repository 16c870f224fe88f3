package guard

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"
)

// alive is the name of a FIFO beside the program: whoever takes part in a test
// holds it open until it ends.
const alive = "alive"

// TestMain makes this binary three things: the guard, a lifeboat that ends in
// one way or another, and the tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "__guard" {
		hold("g")
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	if len(os.Args) > 2 && os.Args[1] == "__parent" {
		hold("p")
		os.Exit(parent(os.Args[2]))
	}
	os.Exit(m.Run())
}

var held *os.File // nobody may collect it

func hold(name string) {
	f, err := os.OpenFile(filepath.Join(filepath.Dir(os.Args[0]), alive), os.O_WRONLY, 0)
	if err != nil {
		return // this test needs none
	}
	held = f
	_, _ = f.WriteString(name)
}

// on is what a full screen turns on, and the text that it shows.
const on = "\x1b[35m\x1b(0\x1b)0\x0e\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1000h\x1b[?1002h\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?2027h" +
	"\x1b[?1h\x1b=\x1b[>4;2m\x1b[>1u\x1b[?7l\x1b[4h\x1b[2;5r\x1b]2;on duty\x07\x1b[?2026h\x1b[31;44mthe screen"

// parent is lifeboat: it takes the terminal as a full screen does, and ends as
// it is told to. File 3, if the test gave one, is where it says that it is
// ready.
func parent(end string) int {
	g, err := Save(os.Stdout)
	if err != nil {
		return complain(err)
	}
	if end == "tea" {
		return teaParent(g)
	}
	if _, err := term.MakeRaw(int(os.Stdout.Fd())); err != nil {
		return complain(err)
	}
	if end == "inline" { // no full screen
		fmt.Print("one\r\n\ntwo\r\nthree")
	} else {
		fmt.Print(on)
	}
	if end == "rest first" {
		g.Rest()
	}
	if err := g.Start(os.Args[0]); err != nil {
		return complain(err)
	}
	ready := os.NewFile(3, "ready")
	switch end {
	case "exit":
		os.Exit(3)
	case "panic":
		crash("the boiler is gone")
	case "nasty panic":
		crash("gone \x1b[2J\x1b[?1049h\x1b[?1003h\x1b[?25l\x0e\x04\x0f\x1b]2;owned\x07 for good \x1bPopen")
	case "long panic":
		crash(strings.Repeat("a long story\n", 1000))
	case "suicide":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "done":
		g.Done()
		var ws syscall.WaitStatus
		_, err := syscall.Wait4(-1, &ws, 0, nil)
		g.Rest()
		g.Mind()
		g.Done()
		_, _ = fmt.Fprintln(ready, "children:", err, g.Start(os.Args[0]))
		return 0
	case "rest":
		g.Rest()
	case "rest panic":
		g.Rest()
		crash("the boiler is gone")
	case "mind":
		g.Rest()
		g.Mind()
	case "typed":
		var b [1]byte // the rest of the line has arrived with it
		_, _ = io.ReadFull(os.Stdin, b[:])
	}
	_, _ = fmt.Fprintln(ready, "ready")
	_, _ = io.Copy(io.Discard, os.NewFile(4, "until the test ends")) // never returns
	return 0
}

// crash panics in another goroutine, and doesn't come back.
func crash(why string) {
	go panic(why)
	select {}
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// teaParent is a lifeboat with a real screen, which panics at the first key, in
// a goroutine that Bubble Tea knows nothing of.
func teaParent(g *Guard) int {
	_, err := tea.NewProgram(&model{g: g}).Run()
	return complain(err)
}

type model struct {
	g    *Guard
	text string
}

type startedMsg struct{ err error }

func (m *model) Init() tea.Cmd {
	return func() tea.Msg { return startedMsg{m.g.Start(os.Args[0])} }
}

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case startedMsg:
		if m.text = "press a key"; msg.err != nil {
			m.text = msg.err.Error()
		}
	case tea.KeyPressMsg:
		go panic("the boiler is gone")
	}
	return m, nil
}

func (m *model) View() tea.View {
	v := tea.NewView(m.text)
	v.AltScreen, v.ReportFocus, v.MouseMode, v.WindowTitle = true, true, tea.MouseModeAllMotion, "on duty"
	v.KeyboardEnhancements.ReportEventTypes = true
	return v
}
