package guard

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// A terminal is a real pty with an emulator behind it, and a lifeboat on it.
type terminal struct {
	t      *testing.T
	dir    string
	master *os.File
	before unix.Termios
	cmd    *exec.Cmd
	ready  io.Reader // what lifeboat says, apart from the terminal

	mu      sync.Mutex
	emu     *vt.Emulator
	alt     bool // was on at some time
	title   string
	modes   map[ansi.Mode]bool // that were ever set or reset
	raw     bytes.Buffer
	changed chan struct{} // closed when nobody can write any more
}

// newTerminal makes a terminal with line settings that are nobody's default.
func newTerminal(t *testing.T) (*terminal, *os.File) {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := pty.Setsize(master, &pty.Winsize{Rows: 30, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	s := &terminal{
		t: t, dir: t.TempDir(), master: master, emu: vt.NewEmulator(100, 30),
		modes: map[ansi.Mode]bool{}, changed: make(chan struct{}, 1),
	}
	s.emu.SetCallbacks(vt.Callbacks{
		AltScreen:   func(on bool) { s.alt = s.alt || on },
		Title:       func(title string) { s.title = title },
		EnableMode:  func(m ansi.Mode) { s.modes[m] = true },
		DisableMode: func(m ansi.Mode) { s.modes[m] = false },
	})
	s.before = s.termios()
	s.before.Cc[unix.VERASE] = 8
	s.before.Lflag &^= unix.ECHOCTL
	if err := unix.IoctlSetTermios(int(master.Fd()), setTermios, &s.before); err != nil {
		t.Fatal(err)
	}
	s.before = s.termios() // as the system has it
	return s, tty
}

// lifeboat gives the path of a lifeboat of this terminal's own.
func (s *terminal) lifeboat() string {
	s.t.Helper()
	me, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	self := filepath.Join(s.dir, "lifeboat")
	if err := os.Symlink(me, self); err != nil {
		s.t.Fatal(err)
	}
	return self
}

// start starts a lifeboat that ends as told. Each terminal has one.
func (s *terminal) start(tty *os.File, end string) {
	s.t.Helper()
	ready, told, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	until, ends, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { ready.Close(); ends.Close() })
	s.ready = ready
	s.run(tty, exec.Command(s.lifeboat(), "__parent", end), told, until)
}

// run runs a command in a session of its own, with the terminal as its own.
func (s *terminal) run(tty *os.File, cmd *exec.Cmd, files ...*os.File) {
	s.t.Helper()
	cmd.Env = []string{"TERM=xterm-256color", "PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "PS1=shell> "}
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = tty, tty, tty, files
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	err := cmd.Start()
	for _, f := range append(files, tty) {
		f.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = cmd
}

// watch shows what is written until nobody has the terminal open any more, and
// answers what the terminal is asked.
func (s *terminal) watch() {
	go func() { _, _ = io.Copy(s.master, s.emu) }()
	s.t.Cleanup(func() {
		if c, ok := s.emu.InputPipe().(io.Closer); ok {
			_ = c.Close()
		}
	})
	go func() {
		defer close(s.changed)
		_, _ = io.Copy(s, s.master)
	}()
}

func (s *terminal) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw.Write(b)
	n, err := s.emu.Write(b)
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return n, err
}

// shows waits until a text is on the screen.
func (s *terminal) shows(text string) {
	s.t.Helper()
	for !strings.Contains(s.text(), text) {
		if _, ok := <-s.changed; !ok && !strings.Contains(s.text(), text) {
			s.t.Fatalf("never on the screen: %q\n%s", text, s.text())
		}
	}
}

// empty waits until nobody has the terminal open: lifeboat and the guard have
// ended.
func (s *terminal) empty() {
	s.t.Helper()
	for range s.changed {
		continue // it is closed in the end
	}
}

func (s *terminal) types(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// says waits for what lifeboat says apart from the terminal.
func (s *terminal) says(line string) {
	s.t.Helper()
	b := make([]byte, len(line)+1)
	if _, err := io.ReadFull(s.ready, b); err != nil || string(b) != line+"\n" {
		s.t.Fatalf("lifeboat says %q, %v; want %q", b, err, line)
	}
}

func (s *terminal) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
}

// ended waits for the end of lifeboat, as a shell does.
func (s *terminal) ended() { _ = s.cmd.Wait() }

// dies runs a lifeboat that ends as told, or is killed once it is ready, until
// the guard has ended too.
func (s *terminal) dies(tty *os.File, end string, killed bool) {
	s.t.Helper()
	s.start(tty, end)
	s.watch()
	if killed {
		s.says("ready")
		s.kill()
	}
	s.empty()
	s.ended()
}

func (s *terminal) termios() unix.Termios {
	s.t.Helper()
	t, err := unix.IoctlGetTermios(int(s.master.Fd()), getTermios)
	if err != nil {
		s.t.Fatal(err)
	}
	return *t
}

// asBefore says that the line settings are what they were.
func (s *terminal) asBefore() {
	s.t.Helper()
	if now := s.termios(); now != s.before {
		s.t.Errorf("line settings\n%+v\nwere\n%+v", now, s.before)
	}
}

func (s *terminal) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for y := range s.emu.ScrollbackLen() {
		for x := range s.emu.Width() {
			if c := s.emu.ScrollbackCellAt(x, y); c != nil {
				b.WriteString(c.Content)
			}
		}
		b.WriteByte('\n')
	}
	return b.String() + s.emu.String()
}

// wasTaken says that lifeboat had a full screen at all.
func (s *terminal) wasTaken() {
	s.t.Helper()
	for _, m := range []ansi.Mode{ansi.ModeAltScreenSaveCursor, ansi.ModeBracketedPaste, ansi.ModeMouseAnyEvent, ansi.ModeMouseExtSgr} {
		if _, ok := s.modes[m]; !ok {
			s.t.Errorf("mode %v was never on", m)
		}
	}
	if !s.alt {
		s.t.Error("there was no full screen")
	}
}

// whole says that nothing is left of it.
func (s *terminal) whole() {
	s.t.Helper()
	s.wasTaken()
	s.asBefore()
	for m, on := range s.modes {
		if want := m == ansi.ModeAutoWrap || m == ansi.ModeTextCursorEnable; on != want {
			s.t.Errorf("mode %v: %v", m, on)
		}
	}
	if s.emu.IsAltScreen() || s.emu.CursorHidden() || s.title != "" {
		s.t.Errorf("full screen %v, cursor hidden %v, title %q", s.emu.IsAltScreen(), s.emu.CursorHidden(), s.title)
	}
	if style := s.emu.CellAt(0, s.emu.CursorPosition().Y-1).Style; !style.IsZero() {
		s.t.Errorf("the last line has the style %+v", style)
	}
	// The emulator knows nothing of these. Each screen has its own flags of the
	// keyboard, so they go while the full screen is still there.
	raw := s.raw.String()
	leave := strings.LastIndex(raw, "\x1b[?1049l")
	for _, seq := range []string{"\x1b[<u", "\x1b[>4m", "\x1b[r"} {
		if i := strings.LastIndex(raw, seq); i < 0 || i > leave {
			s.t.Errorf("%q comes at %d, the end of the full screen at %d", seq, i, leave)
		}
	}
	for _, seq := range []string{"\x18\x1b[?2026l", "\x0f\x1b(B", "\x1b>", "\x1b[0 q", "\x1b]9;4;0\x07"} {
		if !strings.Contains(raw, seq) {
			s.t.Errorf("%q is missing", seq)
		}
	}
}

// untouched says that the terminal is as lifeboat left it.
func (s *terminal) untouched() {
	s.t.Helper()
	s.wasTaken()
	if now := s.termios(); now == s.before || now.Lflag&unix.ICANON != 0 {
		s.t.Errorf("line settings were touched: %+v", now)
	}
	if raw := s.raw.String(); !strings.HasPrefix(raw, on) || strings.Contains(raw, "\x1b[?1049l") || strings.Contains(raw, "goodbye") {
		s.t.Errorf("it was written to: %q", raw)
	}
}
