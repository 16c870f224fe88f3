package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"lifeboat/runbook"
	"lifeboat/tui/tuitest"
)

const crashBook = `---
lifeboat: 1
objectives: {critical: 1h}
---
# Crash

## One

- [ ] Look around

## Two
<!-- lifeboat: reached=critical -->

~~~sh
echo waiting
cat gate
echo went on
~~~

- [ ] Look back
`

// A gate is what a command waits at.
type gate struct {
	t    *testing.T
	path string
}

func (s *stationDir) gate(name string) *gate {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return &gate{s.t, path}
}

// open lets the command go on that waits at the gate, as soon as one does.
func (g *gate) open() {
	g.t.Helper()
	f, err := os.OpenFile(g.path, os.O_WRONLY, 0)
	if err != nil {
		g.t.Fatal(err)
	}
	_ = f.Close()
}

// atGate walks a drill of crashBook to the command that waits, and gives the gate.
func (s *stationDir) atGate(bin string) (*display, *gate) {
	s.t.Helper()
	s.write("crash.md", crashBook)
	g := s.gate("gate")
	d := s.startOn(tuitest.NewScreen(s.t, 80, 24), nil, bin, "drill", "crash.md")
	d.enterAt("Enter  starts the drill", `Enter  tick "Look around"`, "Enter  run ")
	d.WaitText("│ waiting")
	return d, g
}

// goesOn takes the run up again, full-screen, after its walk was lost while the
// command waited at the gate: the walk stands where it was, the command still runs,
// and the run comes to its end.
func (s *stationDir) goesOn(g *gate) {
	s.t.Helper()
	s.verify()
	d := s.show("resume")
	d.WaitFor("where it stopped", func(rows []string) bool {
		screen := strings.Join(rows, "\n")
		return strings.Contains(screen, `you are at "Two"`) && strings.Contains(screen, "┌ Two ─") && strings.Contains(screen, "▶◇ echo waiting") &&
			strings.Contains(screen, "◇ running ") && strings.Contains(screen, "│ waiting")
	})
	g.open()
	d.WaitText("│ went on")
	d.recovers()
	s.verify()
}

// recovers looks back, as the last thing to do, ends the run and leaves.
func (d *display) recovers() {
	d.t.Helper()
	d.enterAt(`Enter  tick "Look back"`, "Enter  end the run")
	d.WaitText("┌ recovered after ")
	d.Press("q")
	d.ends(exitOK)
}

// wasLeft demands that the newest run was left once, for a reason.
func (s *stationDir) wasLeft(why string) {
	s.t.Helper()
	if got := s.reasons(); !slices.Equal(got, []string{why}) {
		s.t.Errorf("the log says that it was left because of %q, want %q", got, why)
	}
}

// reasons are why the newest run was left, as the log has it.
func (s *stationDir) reasons() []string {
	s.t.Helper()
	var why []string
	for _, rec := range s.records() {
		if left, ok := rec.Event.(runbook.RunLeft); ok {
			why = append(why, left.Why)
		}
	}
	return why
}

// records are those of the newest run.
func (s *stationDir) records() []runbook.Record {
	s.t.Helper()
	out, code := s.run("log")
	if code != 0 {
		s.t.Fatalf("log: exit %d\n%s", code, out)
	}
	return logged(s.t, out)
}

// TestSignals_screens: a signal leaves the run open, once and with its reason; the
// terminal is whole, the command goes on, and resume finds it.
func TestSignals_screens(t *testing.T) {
	t.Parallel()
	for sig, why := range map[syscall.Signal]string{syscall.SIGTERM: "signal", syscall.SIGINT: "signal", syscall.SIGHUP: "hangup"} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			d, g := s.atGate(s.bin)
			d.Signal(sig)
			out := d.ends(exitOpen)
			if !strings.HasPrefix(out, "left: the run is open") || !strings.Contains(out, "still running, and kept: echo waiting") || !strings.Contains(out, "lifeboat resume ") {
				t.Errorf("it says\n%s", out)
			}
			s.wasLeft(why)
			s.goesOn(g)
		})
	}
}

// TestLeave_running: whoever leaves while a command runs says so, and the command goes on.
func TestLeave_running(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d, g := s.atGate(s.bin)
	d.Press("q")
	d.WaitText("A command still runs")
	d.Press("down", "enter")
	if out := d.ends(exitOpen); !strings.Contains(out, "still running, and kept: echo waiting") {
		t.Errorf("it says\n%s", out)
	}
	s.wasLeft("asked")
	s.goesOn(g)
}

// TestStop_screens: ctrl+c stops the command and not the walk, which asks how it goes on.
func TestStop_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d, g := s.atGate(s.bin)
	d.Press("ctrl+c")
	d.WaitText("Decide how to go on")
	if a := s.last(); a.End == nil || a.End.Why != runbook.Stopped {
		t.Errorf("the log says that it ended as %+v", a.End)
	}
	d.Press("r")
	d.WaitText("it runs: nothing needs a key")
	g.open()
	d.WaitText("│ went on")
	d.WaitText(`Enter  tick "Look back"`)
	d.Press("ctrl+c", "ctrl+c")
	d.ends(exitOpen)
}

// TestLostLine: when the terminal is gone the run is left by itself, for that reason.
func TestLostLine(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d, g := s.atGate(s.bin)
	d.Hangup()
	s.unwalked()
	s.wasLeft("hangup")
	s.goesOn(g)
}

// unwalked waits until no process walks the station's run any more.
func (s *stationDir) unwalked() {
	s.t.Helper()
	locks, err := filepath.Glob(filepath.Join(s.dir, "state", "lifeboat", "runs", "*", "lock"))
	if err != nil || len(locks) != 1 {
		s.t.Fatal(locks, err)
	}
	f, err := os.Open(locks[0])
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		s.t.Fatal(err)
	}
}

// TestKilled_screens: after a signal that nobody can catch, or that makes Go tell what it
// was about, the terminal is whole all the same.
func TestKilled_screens(t *testing.T) {
	t.Parallel()
	for sig, status := range map[syscall.Signal]int{syscall.SIGKILL: 128 + int(syscall.SIGKILL), syscall.SIGQUIT: 2} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			d, g := s.atGate(s.bin)
			d.Signal(sig)
			d.WaitLast("hint: lifeboat resume goes on")
			d.ends(status)
			if got := s.reasons(); got != nil {
				t.Errorf("nobody could write that the run was left, and the log says %q", got)
			}
			s.goesOn(g)
		})
	}
}

// TestPanic_screens: a panic in a goroutine that knows nothing of the screen leaves the
// terminal whole, and says what happened where it can be read.
func TestPanic_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	bin := filepath.Join(filepath.Dir(s.bin), "lifeboat-panics")
	if err := os.Link(s.bin, bin); err != nil {
		t.Fatal(err)
	}
	boiler := s.gate("boiler")
	d, g := s.atGate(bin)
	boiler.open()
	d.WaitLast("hint: lifeboat resume goes on")
	out := d.ends(2)
	if !strings.Contains(out, "panic: the boiler is gone") || !strings.Contains(out, "nothing that was shown is lost") {
		t.Errorf("it says\n%s", out)
	}
	s.goesOn(g)
}

// panics is a lifeboat that panics as soon as somebody opens a FIFO in its directory.
func panics() {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "__") {
		go func() {
			if _, err := os.ReadFile("boiler"); err == nil {
				panic("the boiler is gone")
			}
		}()
	}
	main()
}
