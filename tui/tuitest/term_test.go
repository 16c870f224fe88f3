package tuitest

import (
	"errors"
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

func run(t *testing.T, o Options, f func(*testing.T, *Term)) {
	t.Helper()
	Run(t, newToy(), 30, 8, o, f)
}

func TestRun_story(t *testing.T) {
	run(t, Options{}, func(t *testing.T, term *Term) {
		term.Golden(t, "toy_start")
		term.Type("héllo")
		term.Press("space", "!")
		term.After(2 * time.Second)
		term.Golden(t, "toy_typed")
		if err := term.Straight(); err != nil {
			t.Error(err)
		}
		if got := term.Bold(); !slices.Equal(got, []string{"Toy 玩具"}) {
			t.Errorf("bold: %q", got)
		}
		term.Resize(40, 6)
		term.Golden(t, "toy_wider")
		if w, h := term.Size(); w != 40 || h != 6 {
			t.Errorf("size %d by %d", w, h)
		}
	})
}

func TestRun_clock(t *testing.T) {
	run(t, Options{FPS: 10}, func(t *testing.T, term *Term) {
		start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		if d := time.Since(start); d <= 0 || d > 400*time.Millisecond {
			t.Errorf("the program was shown after %v", d)
		}
		term.After(5 * time.Minute)
		if got := term.Title(); got != "toy; 300 s" {
			t.Errorf("after five minutes the title is %q", got)
		}
		began := time.Now()
		term.Type("a text of some length")
		if d := time.Since(began); d > 400*time.Millisecond {
			t.Errorf("typing took %v of the clock", d)
		}
	})
}

// Every name that encode knows has to arrive as the same name.
func TestTerm_Press_keys(t *testing.T) {
	names := []string{"j", "J", "ß", "日", "+", "/", "?", "ctrl+a", "ctrl+d", "ctrl+i", "ctrl+m", "ctrl+h", "alt+x", "alt+[", "alt+O", "alt+enter", "ctrl+alt+x"}
	for name := range plainKeys {
		names = append(names, name, "shift+"+name, "ctrl+"+name)
	}
	for name := range letterKeys {
		names = append(names, name, "alt+"+name)
	}
	for name := range numberKeys {
		names = append(names, name, "ctrl+"+name)
	}
	m := newToy()
	Run(t, m, 30, 8, Options{}, func(t *testing.T, term *Term) {
		for _, name := range names {
			m.keys = nil
			term.Press(name)
			if !slices.Equal(m.keys, []string{name}) {
				t.Errorf("%q came as %q", name, m.keys)
			}
		}
		m.keys = nil
		term.Press("esc", "j", "esc", "esc")
		if !slices.Equal(m.keys, []string{"esc", "j", "esc", "esc"}) {
			t.Errorf("escapes came as %q", m.keys)
		}
	})
	for _, name := range []string{"", "entr", "ctrl+", "hyper+x", "\x1b", "ab"} {
		if _, err := encode(name, false); err == nil {
			t.Errorf("%q is taken for a key", name)
		}
	}
}

func TestTerm_Paste(t *testing.T) {
	run(t, Options{}, func(t *testing.T, term *Term) {
		term.Paste("two\nlines") // one message, and no Enter
		if _, _, found := term.Find("> [two"); !found {
			t.Errorf("not pasted:\n%s", term.Text())
		}
	})
}

func TestTerm_Click(t *testing.T) {
	run(t, Options{}, func(t *testing.T, term *Term) {
		term.Click(4, 2)
		if _, _, found := term.Find("click 4,2"); !found {
			t.Errorf("not clicked:\n%s", term.Text())
		}
	})
}

func TestTerm_cursorClipboardBell(t *testing.T) {
	run(t, Options{}, func(t *testing.T, term *Term) {
		term.Type("abc")
		if x, y, shown := term.Cursor(); x != 6 || y != 3 || !shown {
			t.Errorf("cursor at %d,%d, shown: %v", x, y, shown)
		}
		term.Press("ctrl+y", "ctrl+g", "ctrl+g")
		if term.Clipboard() != "abc" || term.Bells() != 2 {
			t.Errorf("clipboard %q, %d bells", term.Clipboard(), term.Bells())
		}
		term.Type("hide")
		if _, _, shown := term.Cursor(); shown {
			t.Error("the cursor is still shown")
		}
		term.After(time.Second)
		if got := term.Reports(9); len(got) == 0 || got[len(got)-1] != "4;1;1" {
			t.Errorf("progress was told as %q", got)
		}
		term.ResetBytes()
		term.After(100 * time.Millisecond)
		if n := term.Bytes(); n != 0 {
			t.Errorf("%d bytes were written while nothing changed", n)
		}
		term.After(time.Second)
		if n := term.Bytes(); n == 0 || n > 200 {
			t.Errorf("%d bytes were written for one digit", n)
		}
	})
}

func TestOptions_light(t *testing.T) {
	for _, light := range []bool{false, true} {
		run(t, Options{Light: light}, func(t *testing.T, term *Term) {
			if _, _, found := term.Find("light"); found != light {
				t.Errorf("light %v:\n%s", light, term.Text())
			}
		})
	}
}

func TestOptions_profile(t *testing.T) {
	for profile, want := range map[colorprofile.Profile]color.Color{
		colorprofile.Unknown: color.RGBA{0xff, 0x88, 0x00, 0xff},
		colorprofile.ANSI:    ansi.BrightRed,
		colorprofile.ASCII:   nil,
	} {
		run(t, Options{Profile: profile}, func(t *testing.T, term *Term) {
			x, y, found := term.Find("colour")
			if got := term.Cell(x, y).Style.Fg; !found || got != want {
				t.Errorf("%v: %v, want %v", profile, got, want)
			}
		})
	}
}

func TestOptions_env(t *testing.T) {
	seen := ""
	m := modelFunc(func(msg tea.Msg) {
		if env, ok := msg.(tea.EnvMsg); ok {
			seen = env.Getenv("TERM") + " " + env.Getenv("LANG")
		}
	})
	Run(t, m, 10, 2, Options{Env: []string{"TERM=linux", "LANG=C"}}, func(*testing.T, *Term) {})
	if seen != "linux C" {
		t.Errorf("the program found %q", seen)
	}
}

// modelFunc is a model that shows nothing.
type modelFunc func(tea.Msg)

func (modelFunc) Init() tea.Cmd  { return nil }
func (modelFunc) View() tea.View { return tea.NewView("") }
func (f modelFunc) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	f(msg)
	return f, nil
}

func TestTerm_quit(t *testing.T) {
	run(t, Options{}, func(t *testing.T, term *Term) {
		if _, err := term.Result(); err == nil {
			t.Error("a program that runs has a result")
		}
		if left := term.Leftovers(); len(left) == 0 || !term.AltScreen() {
			t.Errorf("a full screen leaves no trace: %q", left)
		}
		term.Type("last")
		term.Press("ctrl+q")
		m, err := term.Result()
		if last, ok := m.(*toy); err != nil || !ok || last.text != "last" || term.Running() {
			t.Errorf("it ended with %v, %v", m, err)
		}
		if left := term.Leftovers(); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
		term.Press("j") // goes nowhere, and harms nobody
		term.After(time.Second)
	})
}

func TestTerm_interrupt(t *testing.T) {
	run(t, Options{}, func(t *testing.T, term *Term) {
		term.Press("ctrl+c")
		if _, err := term.Result(); !errors.Is(err, tea.ErrInterrupted) {
			t.Errorf("it ended with %v", err)
		}
	})
}

// An error that nobody asked for fails the test, and so does a key that is none.
func TestTerm_failures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failed []string
		t.Cleanup(func() { // after the program's end
			if len(failed) != 2 || !strings.Contains(failed[0], `no key is called "entr"`) || !strings.Contains(failed[1], "the program ended: ") {
				t.Errorf("it failed with %q", failed)
			}
		})
		term := Open(t, newToy(), 30, 8, Options{})
		f := &fake{TB: t, fail: func(text string) { failed = append(failed, text) }}
		term.test = f
		f.catch(func() { term.Press("entr") })
		term.Press("ctrl+c")
	})
}

func TestTerm_suspend(t *testing.T) {
	run(t, Options{}, func(t *testing.T, term *Term) {
		term.Press("ctrl+z", "x")
		if term.Suspended() != 1 || !term.Running() {
			t.Errorf("suspended %d times", term.Suspended())
		}
	})
}

// A model with a channel, and a goroutine that sends on it, is made in the bubble.
func TestOpen_modelWithGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := newToy(), make(chan string)
		m.wait = c
		term := Open(t, m, 30, 8, Options{})
		stop := make(chan struct{})
		go func() {
			defer close(c) // ends the command that waits
			for i := 0; ; i++ {
				select {
				case <-time.After(time.Second):
					c <- fmt.Sprint(i)
				case <-stop:
					return
				}
			}
		}()
		t.Cleanup(func() { close(stop); m.wait = nil })
		term.After(3 * time.Second)
		if _, _, found := term.Find("> 012"); !found {
			t.Errorf("the goroutine was not heard:\n%s", term.Text())
		}
	})
}

// The terminal answers while the program has its hands full, and neither waits for
// the other.
func TestTerm_manyQuestions(t *testing.T) {
	answers := 0
	m := modelFunc(func(msg tea.Msg) {
		if _, ok := msg.(tea.BackgroundColorMsg); ok {
			answers++
		}
	})
	Run(t, m, 10, 2, Options{}, func(_ *testing.T, term *Term) {
		term.Send(tea.Raw(strings.Repeat(ansi.RequestBackgroundColor, 5000))())
	})
	if answers != 5000 {
		t.Errorf("%d answers", answers)
	}
}
