package tuitest

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// startToy starts this test's program as the toy.
func startToy(t *testing.T) *Proc {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := Start(t, 30, 8, append(Environ(), "TUITEST_TOY=1"), self)
	p.WaitText("dark")
	return p
}

func TestProc_story(t *testing.T) {
	p := startToy(t)
	if err := p.Straight(); err != nil {
		t.Error(err)
	}
	if x, y, found := p.Find("玩具"); x != 5 || y != 1 || !found {
		t.Errorf("found %v at %d,%d", found, x, y)
	}
	p.Type("abc")
	p.WaitText("> abc")
	p.Paste("d\ne")
	p.WaitText("> abc[d")
	p.Press("esc", "f", "backspace", "g") // the escape doesn't swallow the f
	p.WaitText("fg")
	p.WaitText("1 s")
	p.WaitGone("1 s")
	p.Resize(50, 6)
	p.WaitText("╭" + strings.Repeat("─", 48) + "╮")
	p.Press("ctrl+q")
	if status := p.Wait(); status != 0 {
		t.Errorf("status %d", status)
	}
	if !strings.Contains(p.Text(), "farewell") {
		t.Errorf("what it wrote last is missing:\n%s", p.Text())
	}
	if err := p.Whole(); err != nil {
		t.Errorf("left behind: %v", err)
	}
}

func TestProc_endings(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(*Proc)
		status int
		whole  bool
	}{
		"terminated":  {func(p *Proc) { p.Signal(syscall.SIGTERM) }, 0, true},
		"interrupted": {func(p *Proc) { p.Press("ctrl+c") }, 3, true},
		"panicked":    {func(p *Proc) { p.Press("ctrl+p") }, 3, true},
		"killed":      {func(p *Proc) { p.Signal(syscall.SIGKILL) }, 128 + 9, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := startToy(t)
			c.end(p)
			if status := p.Wait(); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			err := p.Whole()
			if (err == nil) != c.whole {
				t.Errorf("left behind: %v", err)
			}
			if c.whole {
				return
			}
			for _, what := range []string{
				"the alternate screen is shown", "the mouse is on", "bracketed paste is on", "Kitty keyboard flags [1]",
				"modifyOtherKeys is 2", "the cursor has another shape", "reports of focus", "the line's settings",
			} {
				if !strings.Contains(err.Error(), what) {
					t.Errorf("%q is not said: %v", what, err)
				}
			}
		})
	}
}

func TestProc_suspend(t *testing.T) {
	p := startToy(t)
	for range 2 {
		p.Press("ctrl+z")
		p.WaitSuspended()
		if err := p.Whole(); err != nil {
			t.Errorf("while it is suspended: %v", err)
		}
		p.Resume()
		p.WaitText("Toy")
	}
	if !p.Mode(ansi.ModeMouseButtonEvent) {
		t.Error("after a pause the mouse is not taken again")
	}
	p.Press("ctrl+q")
	if p.Wait() != 0 || p.Whole() != nil {
		t.Errorf("left behind: %v", p.Whole())
	}
}

// A hidden cursor is one thing for both screens of a terminal.
func TestProc_hiddenCursor(t *testing.T) {
	p := Start(t, 20, 3, nil, "printf", `\033[?1049h\033[?25l\033[?1049l`)
	if err := p.Whole(); err == nil || !strings.Contains(err.Error(), "the cursor is off") {
		t.Errorf("left behind: %v", err)
	}
}

func TestProc_lineSettings(t *testing.T) {
	p := Start(t, 20, 3, nil, "stty", "-echo")
	if err := p.Whole(); err == nil || !strings.Contains(err.Error(), "the line's settings") {
		t.Errorf("left behind: %v", err)
	}
}

// A frame that has begun is not taken for what the program shows.
func TestProc_wholeFrames(t *testing.T) {
	p := Start(t, 20, 3, nil, "sh", "-c", `printf '\033[?2026hhalf'; read -r x; printf ' whole\033[?2026l'; read -r x`)
	if p.Pid() <= 0 {
		t.Error("no process")
	}
	if err := p.await(func() bool { return strings.Contains(p.snapshot().Rows()[0], "half") }); err != nil {
		t.Fatal(err)
	}
	if !p.Mode(ansi.ModeSynchronizedOutput) {
		t.Error("the frame has no end yet")
	}
	shots := 0
	p.Watch(func(s Snapshot) {
		shots++
		if shots == 1 && !strings.Contains(strings.Join(s.Rows(), ""), "whole") {
			t.Errorf("half a frame was given away: %q", s.Rows())
		}
	})
	p.Press("enter")
	p.WaitText("whole")
	p.Press("enter")
	p.Wait()
}

func TestProc_neverShown(t *testing.T) {
	failed := ""
	f := &fake{TB: t, fail: func(text string) { failed = text }}
	p := Start(t, 20, 3, nil, "sh", "-c", "echo hello; exit 7")
	p.t = f
	f.catch(func() { p.WaitText("good-bye") })
	if !strings.Contains(failed, `without showing "good-bye": it ended with status 7`) || !strings.Contains(failed, "hello") {
		t.Errorf("it failed with %q", failed)
	}
	f.catch(func() { p.WaitSuspended() })
	if !strings.Contains(failed, "was not suspended: it ended with status 7") {
		t.Errorf("it failed with %q", failed)
	}
	f.catch(func() { p.Press("entr") })
	if !strings.Contains(failed, `no key is called "entr"`) {
		t.Errorf("it failed with %q", failed)
	}
}

func TestProc_noProgram(t *testing.T) {
	p := Start(t, 60, 3, nil, "/no/such/program")
	if status := p.Wait(); status != 127 {
		t.Errorf("status %d:\n%s", status, p.Text())
	}
	if err := p.Whole(); err != nil {
		t.Error(err)
	}
	if n, want := p.Bytes(), len(strings.TrimSpace(p.Text()))+2; n != want {
		t.Errorf("%d bytes were counted, and %d written", n, want)
	}
}

// A fake stands for a test that fails.
type fake struct {
	testing.TB
	fail func(text string)
}

type failure struct{}

func (*fake) Helper() {}

func (f *fake) Errorf(format string, args ...any) { f.fail(fmt.Sprintf(format, args...)) }

func (f *fake) Fatalf(format string, args ...any) {
	f.fail(fmt.Sprintf(format, args...))
	panic(failure{})
}

// catch runs what may fail for good.
func (f *fake) catch(what func()) {
	defer func() {
		if r := recover(); r != nil {
			if _, expected := r.(failure); !expected {
				panic(r)
			}
		}
	}()
	what()
}
