package guard

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const shown = "lifeboat: it ended without saying goodbye; nothing that was shown is lost\nhint: lifeboat resume goes on\n"

// counts says how often a text is to be on the screen.
func (s *terminal) counts(text string, want int) {
	s.t.Helper()
	if n := strings.Count(s.text(), text); n != want {
		s.t.Errorf("%q is there %d times, not %d:\n%s", text, n, want, s.text())
	}
}

func TestGuard_makesWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		end   string
		kill  bool
		lines map[string]int
	}{
		{end: "exit", lines: map[string]int{"panic": 0}},
		{end: "kill", kill: true},
		{end: "mind", kill: true},
		{end: "panic", lines: map[string]int{"panic: the boiler is gone\n": 1, "goroutine ": 2, "parent_test.go:": 2, "more lines": 0}},
		{end: "nasty panic", lines: map[string]int{"panic: gone  for good\n": 1}},
		{end: "long panic", lines: map[string]int{"a long story\n": linesMost, " more lines]\n": 1}},
	} {
		t.Run(tt.end, func(t *testing.T) {
			t.Parallel()
			s, tty := newTerminal(t)
			s.dies(tty, tt.end, tt.kill)
			s.whole()
			s.counts(shown, 1)
			for text, n := range tt.lines {
				s.counts(text, n)
			}
		})
	}
}

// A shell may keep the line settings that it finds when lifeboat has ended, and
// give them to all that comes after.
func TestGuard_panicEndsAfterLineSettings(t *testing.T) {
	t.Parallel()
	s, tty := newTerminal(t)
	s.start(tty, "panic")
	s.watch()
	s.ended()
	s.asBefore()
	s.empty()
}

// The same under a shell that does so, and that has its prompt up at once.
func TestGuard_underBash(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	for _, end := range []string{"panic", "suicide"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			s, tty := newTerminal(t)
			s.run(tty, exec.Command(bash, "--norc", "--noprofile", "-i"))
			s.watch()
			s.shows("shell>")
			s.types(s.lifeboat() + " __parent " + end + "\r")
			s.shows(shown)
			s.types("exit\r")
			s.empty()
			s.ended()
			s.asBefore()
		})
	}
}

func TestGuard_leavesAlone(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"rest", "rest first", "rest panic"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			s, tty := newTerminal(t)
			s.dies(tty, end, end != "rest panic")
			s.untouched()
		})
	}
}

func TestGuard_done(t *testing.T) {
	t.Parallel()
	s, tty := newTerminal(t)
	s.start(tty, "done")
	s.watch()
	s.says("children: no child processes <nil>")
	s.empty()
	s.ended()
	s.untouched()
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit %d", code)
	}
}

// What was typed at the screen must not become a command of the shell.
func TestGuard_dropsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s, tty := newTerminal(t)
	other, err := unix.Dup(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(other)
	s.start(tty, "typed")
	s.types("xrm -rf /\r")
	s.says("ready")
	waits := []unix.PollFd{{Fd: int32(other), Events: unix.POLLIN}}
	if n, err := unix.Poll(waits, 0); n != 1 {
		t.Fatalf("nothing waits to be read: %v", err)
	}
	s.watch()
	s.kill()
	s.shows(shown)
	if n, err := unix.Poll(waits, 0); n != 0 {
		t.Errorf("there is still something to read: %v", err)
	}
}

// A shell that has its line editor on the terminal has taken care of it.
func TestGuard_letsALineEditorBe(t *testing.T) {
	t.Parallel()
	s, tty := newTerminal(t)
	s.start(tty, "kill")
	s.watch()
	s.says("ready")
	edited := s.before
	edited.Lflag &^= unix.ICANON | unix.ECHO
	edited.Iflag &^= unix.ICRNL
	if err := unix.IoctlSetTermios(int(s.master.Fd()), setTermios, &edited); err != nil {
		t.Fatal(err)
	}
	edited = s.termios()
	s.kill()
	s.empty()
	s.ended()
	s.before = edited
	s.whole()
}

// With the terminal gone there is nothing to do, and nobody stays behind.
func TestGuard_hangup(t *testing.T) {
	t.Parallel()
	s, tty := newTerminal(t)
	path := filepath.Join(s.dir, alive)
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	s.start(tty, "kill")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	names := make([]byte, 2)
	if _, err := io.ReadFull(f, names); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(names, []byte("p")) || !bytes.Contains(names, []byte("g")) {
		t.Fatalf("alive are %q", names)
	}
	s.master.Close()
	if rest, err := io.ReadAll(f); err != nil || len(rest) > 0 { // both have ended
		t.Errorf("%q, %v", rest, err)
	}
	s.ended()
}

// Without a full screen nothing that stands there is written over.
func TestGuard_printsBelow(t *testing.T) {
	t.Parallel()
	s, tty := newTerminal(t)
	s.dies(tty, "inline", true)
	s.counts("one\n\ntwo\nthree\n", 1)
	s.counts(shown, 1)
}

// A signal that ends everything around it is what the guard is there for.
func TestGuard_outlivesSignals(t *testing.T) {
	s, tty := newTerminal(t)
	defer tty.Close()
	g, err := Save(tty)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(s.lifeboat()); err != nil {
		t.Fatal(err)
	}
	child := g.child
	for range 2 * room { // more than there is room for: it listens when this is over
		g.Mind()
	}
	for _, sig := range []unix.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGTERM, unix.SIGQUIT, unix.SIGTSTP, unix.SIGTTOU} {
		if err := child.Process.Signal(sig); err != nil {
			t.Error(err)
		}
	}
	g.Done()
	if !child.ProcessState.Success() {
		t.Error(child.ProcessState)
	}
	if now := s.termios(); now != s.before {
		t.Error("it touched the terminal")
	}
}

func TestGuard_bubbleTea(t *testing.T) {
	t.Parallel()
	s, tty := newTerminal(t)
	s.start(tty, "tea")
	s.watch()
	s.shows("press a key")
	s.types("x")
	s.empty()
	s.ended()
	s.whole()
	s.counts("panic: the boiler is gone\n", 1)
	s.counts(shown, 1)
	s.counts("press a key", 0)
}

func TestGuard_nilGuardsNothing(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, err := Save(f)
	if g != nil || err == nil {
		t.Fatalf("%v, %v", g, err)
	}
	g.Rest()
	g.Mind()
	if err := g.Start("/nowhere"); err != nil {
		t.Error(err)
	}
	g.Done()
}

func TestGuard_withoutItsProgram(t *testing.T) {
	s, tty := newTerminal(t)
	defer tty.Close()
	g, err := Save(tty)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(filepath.Join(s.dir, "nowhere")); err == nil {
		t.Error("it started")
	}
	g.Rest()
	g.Done()
}

// By hand it does nothing to the terminal.
func TestMain_isForStartAlone(t *testing.T) {
	cmd := exec.Command(os.Args[0], "__guard")
	cmd.Stdin = strings.NewReader(strings.Repeat("x", 200))
	if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != 2 || len(out) > 0 {
		t.Errorf("exit %d, %q", cmd.ProcessState.ExitCode(), out)
	}
}
