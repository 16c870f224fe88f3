package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/charmbracelet/x/termios"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"lifeboat/store"
	"lifeboat/tui/plain"
)

// An env is what the process was given. Commands take everything from here, so
// that a test can give them something else.
type env struct {
	in       *os.File
	out, err io.Writer
	environ  []string
	cwd      string
	self     string // path of this program
	now      func() time.Time
	wait     time.Duration // for the log's lock; 0: the store's own

	// Flags that every command has.
	db      string
	plain   bool
	noColor bool
	theme   string
}

func newEnv() *env {
	cwd, err := os.Getwd()
	if err != nil {
		cwd = os.Getenv("PWD")
	}
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return &env{in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: os.Environ(), cwd: cwd, self: self, now: time.Now}
}

func (e *env) get(name string) string {
	for i := len(e.environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(e.environ[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// zone names the operator's time zone, for the report: as the machine knows it,
// else by its letters and its offset now.
func (e *env) zone() string {
	if tz := strings.TrimPrefix(e.get("TZ"), ":"); tz != "" {
		return tz
	}
	if link, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(link, "zoneinfo/"); ok {
			return name
		}
	}
	return e.now().Format("MST (-07:00)")
}

// stateDir is where the log and the runs' folders are, unless --db says so.
func (e *env) stateDir() string {
	if dir := e.get("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "lifeboat")
	}
	return filepath.Join(e.get("HOME"), ".local", "state", "lifeboat")
}

// configDir is where a user keeps books and targets.
func (e *env) configDir() string {
	if dir := e.get("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "lifeboat")
	}
	return filepath.Join(e.get("HOME"), ".config", "lifeboat")
}

// dbPath is the log's file.
func (e *env) dbPath() string {
	switch {
	case e.db == "":
		return filepath.Join(e.stateDir(), "log.db")
	case filepath.IsAbs(e.db):
		return e.db
	}
	return filepath.Join(e.cwd, e.db)
}

// runDir is a run's folder, beside the log.
func (e *env) runDir(run string) string {
	return filepath.Join(filepath.Dir(e.dbPath()), "runs", run)
}

// outputs tells where each attempt of a run has what it printed.
func (e *env) outputs(run string) func(attempt int) string {
	return func(n int) string { return filepath.Join(attemptDir(e.runDir(run), n), keptName) }
}

// openLog opens the log, and makes it if there is none.
func (e *env) openLog() (*store.Log, error) {
	log, err := store.Open(e.dbPath(), store.Options{Now: e.now, Wait: e.wait, Anchor: e.anchor})
	if err != nil {
		return nil, because(exitFailed, err)
	}
	return log, nil
}

// anchor is where a stream's last record is noted outside of the log.
func (e *env) anchor(stream string) string {
	run, ok := strings.CutPrefix(stream, "run/")
	if !ok {
		return filepath.Join(filepath.Dir(e.dbPath()), "station.anchor")
	}
	dir := e.runDir(run)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return filepath.Join(dir, "anchor")
}

// terminal says whether somebody types here.
func (e *env) terminal() bool { return term.IsTerminal(int(e.in.Fd())) }

// newPlain puts the line-by-line walk together.
func (e *env) newPlain(ctx context.Context, run string, scrub func(string) string) *plain.Plain {
	o := plain.Options{
		In: e.in, Out: e.out, Signals: signals(ctx), Now: e.now, After: time.After, Scrub: scrub, Echo: !e.terminal(), Width: e.width,
		Kept: e.outputs(run),
	}
	if e.terminal() {
		o.Hide, o.Discard = e.hideTyped, e.discardTyped
	}
	return plain.New(o)
}

// width is how wide the screen is that is written to; 0: it is none.
func (e *env) width() int {
	out, ok := e.out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(out.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// hideTyped turns the terminal's echo off, and gives what turns it on again.
func (e *env) hideTyped() (show func(), err error) {
	fd := int(e.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	t, err := termios.GetTermios(fd)
	if err != nil {
		return nil, err
	}
	silent := map[termios.L]bool{termios.ECHO: false}
	err = termios.SetTermios(fd, uint32(t.Ispeed), uint32(t.Ospeed), nil, nil, nil, nil, silent) //nolint:unconvert // macOS has wider ones
	return func() { _ = term.Restore(fd, before) }, err
}

// discardTyped takes the lines out of the terminal that nobody has read yet.
func (e *env) discardTyped() string {
	var text []byte
	buf := make([]byte, 4096)
	ready := []unix.PollFd{{Fd: int32(e.in.Fd()), Events: unix.POLLIN}} //nolint:gosec // a descriptor is a small number
	for {
		if n, err := unix.Poll(ready, 0); err != nil || n < 1 || ready[0].Revents != unix.POLLIN {
			return string(text)
		}
		n, err := unix.Read(int(e.in.Fd()), buf)
		if err != nil || n < 1 {
			return string(text)
		}
		text = append(text, buf[:n]...)
	}
}

// signals hands on what reaches the process, until ctx ends.
func signals(ctx context.Context) <-chan plain.Signal {
	raw := make(chan os.Signal, 4)
	signal.Notify(raw, os.Interrupt, syscall.SIGHUP, syscall.SIGTERM)
	out := make(chan plain.Signal)
	go func() {
		defer signal.Stop(raw)
		for {
			var s plain.Signal
			select {
			case <-ctx.Done():
				return
			case got := <-raw:
				s = map[os.Signal]plain.Signal{os.Interrupt: plain.Interrupt, syscall.SIGHUP: plain.Hangup, syscall.SIGTERM: plain.Terminate}[got]
			}
			select {
			case <-ctx.Done():
				return
			case out <- s:
			}
		}
	}()
	return out
}
