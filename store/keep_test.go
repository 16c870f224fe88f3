package store_test

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// A Log keeps its file open for a moment after a commit. Each of these does to the
// file in that moment what must not be missed.

// overwrite changes a file's bytes in their place.
func overwrite(t *testing.T, path string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_TRUNC, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestKept_leavesNoLock(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "s", note("1"))
	f, err := os.Open(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Errorf("a lock is left: %v", err)
	}
}

func TestKept_isLetGo(t *testing.T) {
	if _, err := os.ReadDir("/proc/self/fd"); err != nil {
		t.Skip("nothing tells here what is open")
	}
	l := storetest.Open(t)
	seen := false
	for i := 0; i < 50 && !seen; i++ {
		mustAppend(t, l, "s", note("%d", i))
		seen = isOpen(t, l.Path())
	}
	if !seen {
		t.Error("it is never kept")
	}
	for end := time.Now().Add(5 * time.Second); isOpen(t, l.Path()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is still open")
		}
	}
	mustAppend(t, l, "s", note("3"))
}

// isOpen tells whether this process has the file open or mapped.
func isOpen(t *testing.T, path string) bool {
	t.Helper()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if name, err := os.Readlink(fd); err == nil && name == path {
			return true
		}
	}
	return strings.Contains(string(read(t, "/proc/self/maps")), path)
}

func TestKept_anotherFileInItsPlace(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "s", note("1"))
	backup := l.Path() + ".backup"
	if err := os.WriteFile(backup, read(t, l.Path()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(backup, l.Path()); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "s", note("2"))
	if got := readAll(t, l, "s", 0); len(got) != 2 {
		t.Errorf("%d records at the path, want 2", len(got))
	}
}

func TestKept_anotherStateInItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "s", note("1"))
	before := read(t, path)
	mustAppend(t, l, "s", note("2"), note("3"))
	overwrite(t, path, before)
	mustAppend(t, l, "s", note("4"))
	if got := readAll(t, l, "s", 0); len(got) != 2 {
		t.Errorf("%d records, want 2", len(got))
	}
	storetest.Verify(t, path)
}

func TestKept_anotherWriter(t *testing.T) {
	l := storetest.Open(t)
	other, err := store.Open(l.Path(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		mustAppend(t, l, "s", note("%d", i))
		if i%3 > 0 {
			mustAppend(t, other, "s", note("%d", i))
		}
		if i%5 == 0 {
			mustAppend(t, other, "other", note("%d", i))
		}
	}
	if got := readAll(t, l, "s", 0); len(got) != 50 {
		t.Errorf("%d records, want 50", len(got))
	}
}

// TestKept_anotherListOfFreePages: what is no longer on the list must not be
// written, although both meta pages are as they were.
func TestKept_anotherListOfFreePages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		mustAppend(t, l, "s", note("%d", i))
	}
	b := read(t, path)
	meta := 16 // behind the page header; the newest has the higher txid
	if binary.LittleEndian.Uint64(b[4096+16+48:]) > binary.LittleEndian.Uint64(b[16+48:]) {
		meta += 4096
	}
	list := binary.LittleEndian.Uint64(b[meta+32:]) * 4096
	n := binary.LittleEndian.Uint16(b[list+10:])
	if n < 2 {
		t.Fatalf("%d free pages", n)
	}
	first := binary.LittleEndian.Uint64(b[list+16:]) * 4096
	copy(b[list+16:], b[list+24:list+16+8*uint64(n)])
	binary.LittleEndian.PutUint16(b[list+10:], n-1)
	overwrite(t, path, b)
	mustAppend(t, l, "s", note("x"))
	if after := read(t, path); string(after[first:first+4096]) != string(b[first:first+4096]) {
		t.Error("a page was written that is not on the list of free pages")
	}
}

func TestKept_damageMeanwhile(t *testing.T) {
	for name, hurt := range map[string]func(b []byte) []byte{
		"cut short":  func(b []byte) []byte { return b[:3*4096] },
		"empty":      func([]byte) []byte { return nil },
		"both metas": func(b []byte) []byte { return append(make([]byte, 8192), b[8192:]...) },
		"all pages": func(b []byte) []byte {
			return append(b[:8192:8192], make([]byte, len(b)-8192)...)
		},
	} {
		path := filepath.Join(t.TempDir(), "log.db")
		l, err := store.Open(path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mustAppend(t, l, "s", note("1"))
		whole := read(t, path)
		overwrite(t, path, hurt(read(t, path)))
		if _, err := l.Append(t.Context(), "s", note("2")); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		overwrite(t, path, whole)
		mustAppend(t, l, "s", note("2"))
		storetest.Verify(t, path)
	}
}

func TestKept_removedMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "s", note("1"))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), "s", note("2")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("append to a file without a name: %v", err)
	}
}
