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

const suspendBook = `---
lifeboat: 1
---
# Suspend

## Step

~~~sh
echo waiting
cat gate
echo went on
echo done > proof
~~~

- [ ] Look back
`

// TestSuspend: ctrl+z gives the terminal back as it was; the command goes on and its
// output is kept, and fg shows it.
func TestSuspend(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.write("suspend.md", suspendBook)
	g, proof := s.gate("gate"), s.gate("proof")
	d := s.show("drill", "suspend.md")
	d.enterAt("Enter  starts the drill", "Enter  run ")
	d.WaitText("│ waiting")
	d.Press("ctrl+z")
	d.WaitSuspended()
	if err := d.Whole(); err != nil {
		t.Errorf("while it is suspended: %v", err)
	}
	g.open()
	if done, err := os.ReadFile(proof.path); err != nil || string(done) != "done\n" { // waits for it
		t.Errorf("the command wrote %q, %v", done, err)
	}
	d.Resize(100, 30)
	d.Resume()
	d.WaitText("│ went on")
	d.WaitFor("the new size", func(rows []string) bool { return strings.HasSuffix(rows[0], "UTC") && len(rows[0]) > 90 })
	if err := d.Straight(); err != nil {
		t.Errorf("it was made larger meanwhile: %v\n%s", err, d.Text())
	}
	d.WaitText(`Enter  tick "Look back"`)
	if !d.AltScreen() {
		t.Error("it is no full screen")
	}
	d.recovers()
}

const interactiveBook = `---
lifeboat: 1
---
# Interactive

## Step

~~~sh
MADE=here
~~~

~~~sh {interactive}
stty -g > during
echo "who is ""there?"
read -r answer
echo "it was ""$answer"
ANSWER="$answer"
~~~

~~~sh
echo "and it is $ANSWER"
~~~

- [ ] Look back
`

// TestInteractive: a command that is interactive has the terminal as it was before
// lifeboat, reads what is typed, and gives it back. So does a shell.
func TestInteractive(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d := s.atInteractive(`stty -g > before && exec "$@"`)
	if d.AltScreen() || d.Leftovers() != nil {
		t.Errorf("the command's terminal: %q\n%s", d.Leftovers(), d.Text())
	}
	if !strings.Contains(d.Text(), "lifeboat: drill on practice. The terminal is the command's until it ends") {
		t.Errorf("nobody says where this is:\n%s", d.Text())
	}
	d.Type("the postman\r")
	d.WaitText("it was the postman")
	d.WaitText("Enter goes back to the screen:")
	before, during := s.read("before"), s.read("during")
	if before == "" || before != during {
		t.Errorf("the line's settings are\n%swere\n%s", during, before)
	}
	d.Press("enter")
	d.WaitText("Enter  run $ echo ")
	if !d.AltScreen() {
		t.Error("it is no full screen again")
	}
	d.Press("$")
	d.WaitFor("a shell's prompt", func(rows []string) bool { return slices.Contains(rows, "#") || slices.Contains(rows, "$") })
	d.Type("echo \"[$MADE]\"\r")
	d.WaitText("[here]")
	d.Type("exit\r")
	d.enterAt("Enter goes back to the screen:", "Enter  run $ echo ")
	d.WaitText("│ and it is the postman")
	d.WaitText(`Enter  tick "Look back"`)
	d.Press("q")
	d.ends(exitOpen)
	terminals := 0
	for _, rec := range s.records() {
		if e, ok := rec.Event.(runbook.CommandIntended); ok && e.Terminal {
			terminals++
		}
	}
	if terminals != 2 {
		t.Errorf("the log has %d commands that had the terminal, want 2", terminals)
	}
}

// atInteractive walks a drill of interactiveBook to the command that has the terminal,
// and asks there. A line of shell starts it.
func (s *stationDir) atInteractive(script string) *display {
	s.t.Helper()
	s.write("interactive.md", interactiveBook)
	d := s.showBy(tuitest.NewScreen(s.t, 80, 24), nil, script, "drill", "interactive.md")
	d.enterAt("Enter  starts the drill", "Enter  run $ MADE=here", "Enter  run $ stty -g ")
	d.WaitText("who is there?")
	return d
}

// TestInteractive_signal: a signal ends lifeboat also while a command has the terminal,
// and while lifeboat waits to take it back.
func TestInteractive_signal(t *testing.T) {
	t.Parallel()
	for name, far := range map[string]func(d *display){
		"before it ends": func(*display) {},
		"after its end":  func(d *display) { d.Type("nobody\r"); d.WaitText("Enter goes back to the screen:") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			d := s.atInteractive(`exec "$@"`)
			far(d)
			d.Signal(syscall.SIGTERM)
			if out := d.ends(exitOpen); !strings.Contains(out, "lifeboat resume ") {
				t.Errorf("it says\n%s", out)
			}
			s.wasLeft("signal")
			if a := s.last(); a.Open() {
				t.Errorf("the log doesn't say how the command ended")
			}
		})
	}
}

// TestInteractive_killed: the terminal isn't lifeboat's while a command has it, so nobody
// touches it when lifeboat is killed. What became of the command a person decides.
func TestInteractive_killed(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d := s.atInteractive(`exec "$@"`)
	d.Signal(syscall.SIGKILL)
	if out := d.ends(128 + int(syscall.SIGKILL)); strings.Contains(out, "without saying goodbye") {
		t.Errorf("somebody has written there:\n%s", out)
	}
	defer d.Hangup() // the command has it still
	d = s.show("resume")
	d.WaitText(`you are at "Step"`)
	d.WaitText("D  it counts as done")
	d.Press("D")
	d.WaitText("│ >")
	d.types("nobody was there")
	d.Press("enter")
	d.WaitText("Enter  run $ echo ")
	d.Press("q")
	d.ends(exitOpen)
}

// TestInteractive_lostLine: nobody is left to press a key when the terminal is gone.
func TestInteractive_lostLine(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d := s.atInteractive(`exec "$@"`)
	d.Hangup()
	s.unwalked()
	s.wasLeft("hangup")
}

// TestSuspend_lostLine: it is left, too, when the terminal goes away while it is
// suspended.
func TestSuspend_lostLine(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d, g := s.atGate(s.bin)
	d.Press("ctrl+z")
	d.WaitSuspended()
	d.Hangup()
	s.unwalked()
	s.wasLeft("hangup")
	s.goesOn(g)
}

// last is the newest attempt of the newest run.
func (s *stationDir) last() *runbook.Attempt {
	s.t.Helper()
	run := runbook.NewRun()
	for _, rec := range s.records() {
		if err := run.Apply(rec); err != nil {
			s.t.Fatal(err)
		}
	}
	if len(run.Attempts) == 0 {
		s.t.Fatal("no command was run")
	}
	return run.Attempts[len(run.Attempts)-1]
}

func (s *stationDir) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

// showBy starts lifeboat on a terminal by a line of shell, as "$@" in it.
func (s *stationDir) showBy(screen *tuitest.Screen, env []string, script string, args ...string) *display {
	s.t.Helper()
	return s.startOn(screen, env, "/bin/sh", append([]string{"-c", script, "sh", s.bin}, args...)...)
}
