package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/store"
)

// A station is a home of its own for real processes of lifeboat.
type stationDir struct {
	t   *testing.T
	dir string
	bin string
	env []string
}

// newStation makes a copy of this test binary that runs as lifeboat.
func newStation(t *testing.T, env ...string) *stationDir {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "bin", "lifeboat")
	if err := os.Mkdir(filepath.Dir(bin), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(self, bin); err != nil {
		data, readErr := os.ReadFile(self)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if err := os.WriteFile(bin, data, 0o700); err != nil { //nolint:gosec // it is run
			t.Fatal(err)
		}
	}
	return &stationDir{t: t, dir: dir, bin: bin, env: append(homeIn(dir), env...)}
}

// homeIn are the variables of somebody whose home is a directory.
func homeIn(dir string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "USER=operator", "TZ=UTC",
		"XDG_STATE_HOME=" + filepath.Join(dir, "state"), "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"),
	}
}

func (s *stationDir) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.bin, args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// run runs a command to its end and gives all it printed.
func (s *stationDir) run(args ...string) (string, int) {
	s.t.Helper()
	out, err := s.command(s.t.Context(), args...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return string(out), 0
}

func (s *stationDir) write(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// files gives every file below the station's state, its path and content.
func (s *stationDir) files(f func(path string, data []byte)) {
	s.t.Helper()
	err := filepath.WalkDir(filepath.Join(s.dir, "state"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		f(path, data)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// verify demands that the log is as it was written.
func (s *stationDir) verify() {
	s.t.Helper()
	if out, code := s.run("log", "verify"); code != 0 {
		s.t.Errorf("log verify: exit %d\n%s", code, out)
	}
}

// logged reads the records that `lifeboat log` printed.
func logged(t *testing.T, out string) []runbook.Record {
	t.Helper()
	var list []runbook.Record
	for line := range strings.Lines(out) {
		r, err := store.ParseJSON([]byte(strings.TrimSuffix(line, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		rec, err := decode(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rec)
	}
	return list
}

// A session is a walk whose input and output the test holds.
type session struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	all  bytes.Buffer
	tail []byte // of what was read, since the last answer
}

func (s *stationDir) start(args ...string) *session {
	s.t.Helper()
	cmd := s.command(context.WithoutCancel(s.t.Context()), args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	x := &session{t: s.t, cmd: cmd, in: in, out: bufio.NewReader(out)}
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return x
}

// until reads up to a text, and gives what it read; false: the output ended.
func (x *session) until(text string) (string, bool) {
	x.tail = x.tail[:0]
	for !bytes.HasSuffix(x.tail, []byte(text)) {
		c, err := x.out.ReadByte()
		if err != nil {
			return string(x.tail), false
		}
		x.tail = append(x.tail, c)
		x.all.WriteByte(c)
	}
	return string(x.tail), true
}

// expect reads up to a text that must come.
func (x *session) expect(text string) string {
	x.t.Helper()
	got, ok := x.until(text)
	if !ok {
		x.t.Fatalf("the output ended without %q:\n%s", text, x.all.String())
	}
	return got
}

func (x *session) say(line string) {
	_, _ = io.WriteString(x.in, line+"\n")
}

// end closes the input and waits for the exit code.
func (x *session) end() int {
	_ = x.in.Close()
	rest, _ := io.ReadAll(x.out)
	x.all.Write(rest)
	err := x.cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode()
	}
	if err != nil {
		x.t.Fatal(err)
	}
	return 0
}

// TestTwoTerminals walks a drill in one process while others take notes and
// watch.
func TestTwoTerminals(t *testing.T) {
	s := newStation(t)
	book := s.write("book.md", "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n- [ ] First check\n\n```sh\necho from the command\n```\n\n- [ ] Last check\n")
	walk := s.start("drill", book, "--plain")
	walk.expect("tick \"First check\"")

	watch := s.start("watch")
	watch.expect("opened")
	if out, code := s.run("note", "the", "phone", "rings"); code != 0 {
		t.Fatalf("note: exit %d\n%s", code, out)
	}
	watch.expect("the phone rings")
	walk.expect("the phone rings") // shown in the first terminal, without a key
	walk.say("")
	walk.expect("from the command")
	walk.say("")
	watch.expect("| from the command")
	walk.expect("Last check")
	walk.say("")
	walk.say("")
	if code := walk.end(); code != 0 {
		t.Fatalf("the walk: exit %d\n%s", code, walk.all.String())
	}
	watch.expect("ended")
	if code := watch.end(); code != 0 {
		t.Errorf("watch: exit %d", code)
	}
	if out, code := s.run("note", "afterwards"); code != 0 {
		t.Errorf("a note after the end: exit %d\n%s", code, out)
	}
	s.verify()
}

// TestSecondWalkerIsRefused: one process walks a run; a second one is told who
// does, and changes nothing.
func TestSecondWalkerIsRefused(t *testing.T) {
	s := newStation(t)
	book := s.write("book.md", "# Book\n\n## Step\n\n- [ ] Check\n")
	walk := s.start("drill", book, "--plain")
	walk.expect("tick \"Check\"")
	out, code := s.run("resume")
	if code != 1 || !strings.Contains(out, fmt.Sprintf("is being walked by process %d", walk.cmd.Process.Pid)) || !strings.Contains(out, "hint: ") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// TestLockOfTheDead: the lock of a walk that was killed may outlive it for the
// moment in which its child becomes a program. Resume waits for that, and for
// nothing else.
func TestLockOfTheDead(t *testing.T) {
	dead := exec.CommandContext(t.Context(), "true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lock")
	hold := func(pid int) *os.File {
		t.Helper()
		if err := os.WriteFile(path, fmt.Appendf(nil, "%d\n", pid), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			t.Fatal(err)
		}
		return f
	}
	mine, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()

	other := hold(os.Getpid())
	if pid, err := lockFile(mine, time.Hour); err == nil || pid != os.Getpid() {
		t.Errorf("held by the living: process %d, %v", pid, err)
	}
	_ = other.Close()
	other = hold(dead.Process.Pid)
	if pid, err := lockFile(mine, 0); err == nil || pid != dead.Process.Pid {
		t.Errorf("held for too long: process %d, %v", pid, err)
	}
	released := time.AfterFunc(time.Millisecond, func() { _ = other.Close() })
	defer released.Stop()
	if _, err := lockFile(mine, time.Hour); err != nil {
		t.Errorf("held by the dead: %v", err)
	}
}

// TestAuto_signal: a signal leaves an unattended run open, at once; the command
// goes on, and resume finds its outcome.
func TestAuto_signal(t *testing.T) {
	s := newStation(t)
	g := s.gate("gate")
	book := s.write("book.md", "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n~~~sh\necho waiting\ncat '"+g.path+"'\necho went on\n~~~\n")
	walk := s.start("drill", book, "--auto")
	walk.expect("| waiting")
	if err := walk.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := walk.end(); code != exitOpen {
		t.Errorf("exit %d\n%s", code, walk.all.String())
	}
	g.open()
	out, code := s.run("resume", "--auto")
	if code != 0 || !strings.Contains(out, "recovered") {
		t.Errorf("resume: exit %d\n%s", code, out)
	}
	if report, _ := s.run("report"); !strings.Contains(report, "went on") && !strings.Contains(report, "2 lines") {
		t.Errorf("the report doesn't tell what the command printed:\n%s", report)
	}
}
