package tuitest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/charmbracelet/x/termios"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// A Proc is a process on a pseudo-terminal, and the terminal it draws on. It is a job
// of a shell, as programs are for people: a session's first process would take the
// terminal's settings with it when it ends, and could not be suspended.
type Proc struct {
	*Screen
	t      T
	ctx    context.Context // ends before the test's time is up
	master *os.File
	tty    *os.File // our own end of what the program has, to read its settings
	before unix.Termios
	leader *exec.Cmd
	orders *os.File      // to the leader; closed: it ends
	gone   chan struct{} // closed when nothing more can come

	// What the leader tells; Screen.mu guards it.
	pid     int
	stopped bool // and not resumed
	exited  bool
	status  int
}

// leaderScript runs its arguments as a job. It tells what becomes of it by a sequence
// that no terminal shows, through the terminal itself, so that all that the program
// wrote comes before it. Orders come on descriptor 3. Stopped by the terminal a job
// has the status 148, or 146 where SIGTSTP is 18.
const leaderScript = `
exec 5>&1 6>&2 >/dev/null 2>&1
set -m
sh -c 'printf "\033]7777;pid;%s\033\\" "$$"; exec "$@"' sh "$@" >&5 2>&6 3<&- 5>&- 6>&-
status=$?
while [ $status -eq 148 ] || [ $status -eq 146 ]; do
	printf '\033]7777;stopped;0\033\\' >&5
	read -r order <&3 || exit
	fg
	status=$?
done
printf '\033\\\033]7777;exit;%s\033\\' "$status" >&5
read -r order <&3
`

// Start runs a program on a terminal of w by h cells, until the test ends. env is its
// whole environment; nil is that of the test, with TERM for this terminal.
func Start(t T, w, h int, env []string, argv ...string) *Proc {
	t.Helper()
	return StartOn(t, NewScreen(t, w, h), env, argv...)
}

// StartOn is Start with a terminal that was made before, as one of other colours is.
func StartOn(t T, s *Screen, env []string, argv ...string) *Proc {
	t.Helper()
	p := &Proc{Screen: s, t: t, gone: make(chan struct{})}
	if env == nil {
		env = Environ()
	}
	if err := p.open(); err != nil {
		t.Fatalf("a pseudo-terminal: %v", err)
	}
	s.mu.Lock()
	s.emu.RegisterOscHandler(7777, p.told)
	s.mu.Unlock()
	p.ctx = withDeadline(t)
	if err := p.start(env, argv); err != nil {
		t.Fatalf("%s: %v", argv[0], err)
	}
	t.Cleanup(p.stop)
	return p
}

// Environ is the environment of this process, for a program on this terminal rather
// than on the one that the test runs on.
func Environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"TERM", "COLORTERM", "TMUX", "TERM_PROGRAM", "SSH_TTY", "NO_COLOR", "COLUMNS", "LINES"}, name)
	})
	return append(env, "TERM=xterm-256color", "COLORTERM=truecolor")
}

// withDeadline is the test's context, with some time left to say what was waited for
// before `go test -timeout` ends it all.
func withDeadline(t T) context.Context {
	ctx := t.Context()
	if limited, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, limit := limited.Deadline(); limit {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, end.Add(-time.Until(end)/10))
			t.Cleanup(cancel)
		}
	}
	return ctx
}

func (p *Proc) open() (err error) {
	if p.master, p.tty, err = pty.Open(); err != nil {
		return err
	}
	w, h := p.Size()
	if err := pty.Setsize(p.master, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)}); err != nil {
		return err
	}
	p.before, err = p.settings()
	return err
}

func (p *Proc) settings() (unix.Termios, error) {
	t, err := termios.GetTermios(int(p.tty.Fd()))
	if err != nil {
		return unix.Termios{}, err
	}
	return *t, nil
}

func (p *Proc) start(env, argv []string) error {
	orders, order, err := os.Pipe()
	if err != nil {
		return err
	}
	defer orders.Close()
	p.orders = order
	p.leader = exec.CommandContext(context.WithoutCancel(p.ctx), "/bin/sh", append([]string{"-c", leaderScript, "sh"}, argv...)...)
	p.leader.Env = env
	p.leader.Stdin, p.leader.Stdout, p.leader.Stderr = p.tty, p.tty, p.tty
	p.leader.ExtraFiles = []*os.File{orders}
	p.leader.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.leader.Start(); err != nil {
		return err
	}
	go func() {
		defer close(p.gone)
		_, _ = io.Copy(p.Screen, p.master) // ends with an error, when nobody has the terminal any more
	}()
	go func() { _, _ = io.Copy(p.master, p.in) }()
	return nil
}

// told takes what the leader tells. The lock is held.
func (p *Proc) told(data []byte) bool {
	p.bytes -= len("\x1b]\x1b\\") + len(data)
	what, number, _ := strings.Cut(payload(data), ";")
	n := 0
	if _, err := fmt.Sscan(number, &n); err != nil {
		return false
	}
	switch what {
	case "pid":
		p.pid = n
	case "stopped":
		p.stopped = true
	case "exit":
		p.bytes -= len("\x1b\\")
		p.exited, p.status = true, n
	}
	return true
}

// stop ends whatever still runs.
func (p *Proc) stop() {
	p.mu.Lock()
	pid, exited := p.pid, p.exited
	p.mu.Unlock()
	if pid > 0 && !exited {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	_ = p.orders.Close()
	if pid == 0 {
		_ = p.leader.Process.Kill() // the program never came to be
	}
	_ = p.leader.Wait()
	_ = p.tty.Close()
	<-p.gone
	_ = p.master.Close()
}

// await waits until cond holds at the end of a frame; it is called with the lock held.
func (p *Proc) await(cond func() bool) error {
	check := func() (bool, <-chan struct{}) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return cond(), p.changed
	}
	for {
		ok, changed := check()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-p.gone:
			if ok, _ := check(); ok {
				return nil
			}
			return errors.New("the terminal was closed")
		case <-p.ctx.Done():
			return p.ctx.Err()
		}
	}
}

// WaitText waits until the screen shows a text, at the end of a frame if the program
// marks them. It fails the test if the program ends before.
func (p *Proc) WaitText(text string) {
	p.t.Helper()
	p.WaitFor(fmt.Sprintf("showing %q", text), func(lines []string) bool { return shows(lines, text) })
}

// WaitGone waits until the screen doesn't show a text any more.
func (p *Proc) WaitGone(text string) {
	p.t.Helper()
	p.WaitFor(fmt.Sprintf("taking %q away", text), func(lines []string) bool { return !shows(lines, text) })
}

// shows says whether one of several lines holds a text.
func shows(lines []string, text string) bool {
	return slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, text) })
}

// WaitFor waits until cond holds of the rows that are shown at the end of a frame. It
// fails the test if the program ends before; what is what it does then not show.
func (p *Proc) WaitFor(what string, cond func(lines []string) bool) {
	p.t.Helper()
	met := false
	err := p.await(func() bool {
		met = (!p.halfway() || p.exited) && cond(p.snapshot().Rows())
		return met || p.exited
	})
	if err == nil && !met {
		err = fmt.Errorf("it ended with status %d", p.status)
	}
	if err != nil {
		p.t.Fatalf("without %s: %v\n%s", what, err, p.shown())
	}
}

// shown is the screen without the empty rows at its end.
func (p *Proc) shown() string { return strings.TrimRight(p.Text(), "\n") }

// Wait waits until the program has ended and all that it wrote is on the screen, and
// gives its status as a shell does: 128 and a signal's number if that was the cause.
func (p *Proc) Wait() int {
	p.t.Helper()
	if err := p.await(func() bool { return p.exited }); err != nil {
		p.t.Fatalf("the program has not ended: %v\n%s", err, p.shown())
	}
	return p.status
}

// WaitSuspended waits until the program is stopped, as by ctrl+z.
func (p *Proc) WaitSuspended() {
	p.t.Helper()
	err := p.await(func() bool { return p.stopped || p.exited })
	if err == nil && p.exited {
		err = fmt.Errorf("it ended with status %d", p.status)
	}
	if err != nil {
		p.t.Fatalf("the program was not suspended: %v\n%s", err, p.shown())
	}
}

// Resume brings a program that was suspended to the foreground again.
func (p *Proc) Resume() {
	p.t.Helper()
	p.mu.Lock()
	p.stopped = false
	p.mu.Unlock()
	if _, err := p.orders.WriteString("fg\n"); err != nil {
		p.t.Fatalf("resuming: %v", err)
	}
}

// Whole says what is not as it was before the program: a mode of the terminal, or a
// setting of its line. It waits until the program has ended, unless it is suspended.
func (p *Proc) Whole() error {
	if err := p.await(func() bool { return p.exited || p.stopped }); err != nil {
		return err
	}
	left := p.Leftovers()
	after, err := p.settings()
	switch {
	case err != nil:
		return err
	case after != p.before:
		left = append(left, fmt.Sprintf("the line's settings are %+v and were %+v", after, p.before))
	}
	if len(left) > 0 {
		return errors.New(strings.Join(left, "; "))
	}
	return nil
}

// Type sends a text as it is.
func (p *Proc) Type(text string) { _, _ = p.in.Write([]byte(text)) }

// Press presses keys by the names that Bubble Tea gives them, as Term.Press does. They
// are sent the way that the program has asked for.
func (p *Proc) Press(keys ...string) {
	p.t.Helper()
	for _, name := range keys {
		bytes, err := encode(name, p.disambiguates())
		if err != nil {
			p.t.Fatalf("%v", err)
		}
		p.Type(bytes)
	}
}

// Paste pastes a text, in brackets if the program asked for them.
func (p *Proc) Paste(text string) { p.Type(p.pasted(text)) }

// Resize makes the terminal w by h cells; the kernel tells the program.
func (p *Proc) Resize(w, h int) {
	p.t.Helper()
	p.Screen.Resize(w, h)
	if err := pty.Setsize(p.master, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)}); err != nil {
		p.t.Fatalf("resizing: %v", err)
	}
}

// Pid is the program's process.
func (p *Proc) Pid() int {
	p.t.Helper()
	if err := p.await(func() bool { return p.pid > 0 }); err != nil {
		p.t.Fatalf("the program has not started: %v", err)
	}
	return p.pid
}

// Signal sends a signal to the program.
func (p *Proc) Signal(sig syscall.Signal) {
	p.t.Helper()
	if err := syscall.Kill(p.Pid(), sig); err != nil {
		p.t.Fatalf("%v: %v", sig, err)
	}
}
