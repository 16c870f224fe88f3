package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/store"
)

// TestLogIsLocked: while another process holds the log's lock and doesn't let
// go, a command says who does, in one line, and what to do.
func TestLogIsLocked(t *testing.T) {
	s := newStation(t)
	book := s.write("book.md", "# Book\n\n## Step\n\n- [ ] Check\n")
	if out, code := s.run("drill", book, "--auto"); code != 0 {
		t.Fatal(out)
	}
	path := filepath.Join(s.dir, "state", "lifeboat", "log.db")
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	e := newEnv()
	e.out, e.err, e.wait = &out, &errs, 20*time.Millisecond
	code := run(e, []string{"note", "--db", path, "nobody can write this"})
	if code != exitFailed || !strings.Contains(errs.String(), fmt.Sprintf("process %d", os.Getpid())) || !strings.Contains(errs.String(), "\nhint: ") {
		t.Errorf("exit %d\n%s", code, errs.String())
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if code := run(e, []string{"note", "--db", path, "now it can be"}); code != 0 {
		t.Errorf("after the lock: exit %d\n%s", code, errs.String())
	}
}

// TestNewerLifeboat: a run that holds a kind of event from a newer lifeboat
// verifies, prints as it is and is told of; only walking it is refused.
func TestNewerLifeboat(t *testing.T) {
	s := newStation(t)
	book := s.write("book.md", "# Book\n\n## Step\n\n- [ ] Check\n")
	walk := s.start("drill", book, "--plain")
	walk.expect("tick \"Check\"")
	if code := walk.end(); code != exitOpen {
		t.Fatalf("exit %d", code)
	}
	log, err := store.Open(filepath.Join(s.dir, "state", "lifeboat", "log.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	streams, err := log.Streams(t.Context(), "run/")
	if err != nil || len(streams) != 1 {
		t.Fatal(streams, err)
	}
	if _, err := log.Append(t.Context(), streams[0], store.Entry{Kind: "step_dreamt", V: 1, Data: []byte(`{"step":"book/step"}`)}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"log"}, {"log", "verify"}, {"report"}, {"runs"}} {
		if out, code := s.run(args...); code != 0 {
			t.Errorf("%v: exit %d\n%s", args, code, out)
		}
	}
	out, code := s.run("resume")
	if code != exitFailed || !strings.Contains(out, "read only") || !strings.Contains(out, "step_dreamt") || !strings.Contains(out, "hint: ") {
		t.Errorf("resume: exit %d\n%s", code, out)
	}
}

// TestDiskIsFull fills the disk under a walk: the command is not held up and
// does its work, what can't be kept is said, the walk goes on when there is
// room again, and the log is whole.
func TestDiskIsFull(t *testing.T) {
	s := newStation(t)
	state := filepath.Join(s.dir, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := mountSmall(state, 3<<20); err != nil {
		t.Skipf("a disk to fill can't be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unmount(state) })
	book := s.write("book.md", `---
lifeboat: 1
---
# Full

## Step

- [ ] Before

~~~sh
head -c 6000000 /dev/urandom | base64
echo done > "`+s.dir+`/proof"
~~~

- [ ] After
`)
	walk := s.start("drill", book, "--plain")
	walk.expect("tick \"Before\"")
	walk.say("")
	walk.expect("run $ head")
	walk.say("")
	walk.expect("no space left on device")
	walk.expect("tick \"After\"")
	if _, err := os.Stat(filepath.Join(s.dir, "proof")); err != nil {
		t.Errorf("the command didn't come to its end: %v", err)
	}
	// Now the log itself has no room either.
	filler := filepath.Join(state, "filler")
	if err := fill(filler); err != nil {
		t.Fatal(err)
	}
	for range 40 { // the log has some pages left, and a reserve
		walk.say("n " + strings.Repeat("words ", 400))
		got := walk.expect("\n> ")
		if strings.Contains(got, "full") || strings.Contains(got, "no space") {
			break
		}
	}
	if !strings.Contains(walk.all.String(), "hint: ") {
		t.Errorf("nothing was said of the full disk:\n%s", walk.all.String())
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	walk.say("")
	walk.expect("end the run")
	walk.say("")
	if code := walk.end(); code != 0 {
		t.Errorf("exit %d\n%s", code, walk.all.String())
	}
	s.verify()
}

// fill takes all the room that is left.
func fill(path string) error {
	f, err := os.Create(path) //nolint:gosec // a test's own file
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 64 << 10; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				return err
			}
			size /= 2
		}
	}
	return nil
}
