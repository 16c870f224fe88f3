package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

func TestOpen_makesFolderAndFileForTheUserAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "log.db")
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(path, store.Options{})
	if err != nil || again.Station() != l.Station() || len(l.Station()) != 32 {
		t.Errorf("station %q, then %q: %v", l.Station(), again.Station(), err)
	}
	for p, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + ".reserve": 0o600} {
		if st, err := os.Stat(p); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v: %v", p, st.Mode().Perm(), want, err)
		}
	}
	if left, _ := filepath.Glob(path + ".new-*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestLocked_namesWhoHoldsIt(t *testing.T) {
	l := storetest.Open(t, func(o *store.Options) { o.Wait = time.Millisecond })
	f, err := os.Open(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	_, err = l.Append(t.Context(), "s", note("1"))
	if !errors.Is(err, store.ErrLocked) || hint(err) == "" {
		t.Errorf("error %v, hint %q", err, hint(err))
	}
	if _, ferr := os.Stat("/proc/locks"); ferr == nil && !strings.Contains(err.Error(), fmt.Sprintf("process %d (", os.Getpid())) {
		t.Errorf("error %v does not name this process", err)
	}
	if _, _, err := l.Tail(t.Context(), "s"); !errors.Is(err, store.ErrLocked) {
		t.Errorf("tail: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ctx, "s", note("1")); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled append: %v", err)
	}
	if _, err := l.Signature(); err != nil {
		t.Errorf("a watcher needs no lock: %v", err)
	}
}

func hint(err error) string {
	var e *store.Error
	if errors.As(err, &e) {
		return e.Hint()
	}
	return ""
}

// readOnly makes a folder and what is in it read-only until the function it gives
// is called. File modes mean nothing to root, so root gets a read-only mount.
func readOnly(t *testing.T, dir, file string) (undo func()) {
	t.Helper()
	if os.Getuid() != 0 {
		if err := errors.Join(os.Chmod(file, 0o400), os.Chmod(dir, 0o500)); err != nil {
			t.Fatal(err)
		}
		return func() { os.Chmod(dir, 0o700) }
	}
	for _, args := range [][]string{{"--bind", dir, dir}, {"-o", "remount,ro,bind", dir}} {
		if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
			syscall.Unmount(dir, 0)
			t.Skipf("root, and no read-only mount: %v %s", err, out)
		}
	}
	return func() { syscall.Unmount(dir, 0) }
}

func TestReadOnly_canBeRead(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "s", note("1"))
	dir := filepath.Dir(l.Path())
	defer readOnly(t, dir, l.Path())()
	again, err := store.Open(l.Path(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, again, "s", 0); len(got) != 1 {
		t.Errorf("%d records, want 1", len(got))
	}
	if _, err := again.Append(t.Context(), "s", note("2")); !errors.Is(err, store.ErrReadOnly) || hint(err) == "" {
		t.Errorf("append: %v", err)
	}
	if _, err := store.Open(filepath.Join(dir, "other.db"), store.Options{}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("a new log in a folder that can't be written: %v", err)
	}
	storetest.Verify(t, l.Path())
}

// change puts one key with bbolt alone.
func change(t *testing.T, path, bucket, key, val string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucket)).Put([]byte(key), []byte(val)) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestNewer_isRefusedWithBothVersions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	change(t, path, "meta", "schema", "7")
	_, err = store.Open(path, store.Options{})
	if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "its schema is 7, this program knows 1") || hint(err) == "" {
		t.Errorf("open: %v", err)
	}
	// A program that has the log open when another raises its schema notices too.
	if _, err := l.Append(t.Context(), "s", note("1")); !errors.Is(err, store.ErrNewer) {
		t.Errorf("append: %v", err)
	}
	if _, err := store.Verify(t.Context(), path, store.VerifyOptions{}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("verify: %v", err)
	}
}

func TestOpen_refusesWhatIsNoLog(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "", "text": strings.Repeat("not a log\n", 3000)} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Open(path, store.Options{}); !errors.Is(err, store.ErrDamaged) || hint(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		if r, err := store.Verify(t.Context(), path, store.VerifyOptions{}); err != nil || r.OK() {
			t.Errorf("%s: verified as %+v %v", name, r, err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%s was changed", name)
		}
	}
	if _, err := store.Open(dir, store.Options{}); err == nil {
		t.Error("a folder opens as a log")
	}
	if _, err := store.Verify(t.Context(), filepath.Join(dir, "none"), store.VerifyOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("verify of no file: %v", err)
	}
}

// TestStationOfAnotherFile: a log that is replaced under a running program by that
// of another station must not be continued.
func TestStationOfAnotherFile(t *testing.T) {
	l, other := storetest.Open(t), storetest.Open(t)
	mustAppend(t, other, "s", note("1"))
	if err := os.Rename(other.Path(), l.Path()); err != nil {
		t.Fatal(err)
	}
	defer os.Rename(l.Path(), other.Path())
	defer func() { os.Link(l.Path(), other.Path()) }()
	if _, err := l.Append(t.Context(), "s", note("2")); err == nil || !strings.Contains(err.Error(), other.Station()) {
		t.Errorf("append: %v", err)
	}
}

// limited appends until the system refuses to let the file grow. All that was
// acknowledged has to be there, and when the limit is lifted it goes on.
func limited(path string, o store.Options) error {
	l, err := store.Open(path, o)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 200 << 10, Max: old.Max}); err != nil {
		return err
	}
	n := uint64(0)
	for {
		_, err := l.Append(context.Background(), "s", store.Entry{Kind: "note_taken", Data: make([]byte, 2000)})
		if err != nil {
			if !errors.Is(err, store.ErrDiskFull) || hint(err) == "" {
				return fmt.Errorf("not a full disk: %w", err)
			}
			break
		}
		n++
	}
	if _, err := os.Stat(path + ".reserve"); err == nil {
		return errors.New("the reserve was not given up")
	}
	if tail, _, err := l.Tail(context.Background(), "s"); err != nil || tail.Seq != n || n == 0 {
		return fmt.Errorf("%d records were written, %d are there: %w", n, tail.Seq, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		return err
	}
	if _, err := l.Append(context.Background(), "s", store.Entry{Kind: "written_late"}); err != nil {
		return err
	}
	if _, err := os.Stat(path + ".reserve"); err != nil {
		return fmt.Errorf("the reserve was not made again: %w", err)
	}
	return nil
}

func TestDiskFull_byLimit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	if out, err := command(t, "limit", path).Output(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	storetest.Verify(t, path)
}

// TestDiskFull_theReserveTakesTheNews fills a small file system for real.
func TestDiskFull_theReserveTakesTheNews(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no small file system to fill: %v %s", err, out)
	}
	// The log is kept open for a moment longer, so the mount goes when that is over.
	defer unmount(t, dir)
	path := filepath.Join(dir, "log.db")
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "s", note("1"))
	if err := fillUp(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	n := 1
	for err == nil {
		if _, err = l.Append(t.Context(), "s", note("%0600d", n)); err == nil {
			n++
		}
	}
	if !errors.Is(err, store.ErrDiskFull) {
		t.Fatal(err)
	}
	if err := fillUp(filepath.Join(dir, "filler2")); err == nil {
		os.Remove(filepath.Join(dir, "filler2")) // only the reserve's room is left
	}
	recs, err := l.Append(t.Context(), "s", store.Entry{Kind: "written_late", Data: []byte(`{"why":"full disk"}`)})
	if err != nil || recs[0].Seq != uint64(n+1) {
		t.Errorf("the failure itself can't be recorded: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	storetest.Verify(t, path)
}

// fillUp takes all the room there is.
func fillUp(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 64 << 10; size >= 1; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	return nil
}

// unmount waits until nothing there is open any more.
func unmount(t *testing.T, dir string) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		err := syscall.Unmount(dir, 0)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}
