package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// verifyAnchored gives the problems of a log and of its anchors as text.
func verifyAnchored(t *testing.T, path string) string {
	t.Helper()
	r, err := store.Verify(t.Context(), path, store.VerifyOptions{Anchors: storetest.Anchors(t, path)})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range r.Problems {
		lines = append(lines, p.String())
	}
	return strings.Join(append(lines, r.Notes...), "\n")
}

// rolledBack is a log of which an old copy was put back: the stream had six
// records, four are left.
func rolledBack(t *testing.T) *store.Log {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "log.db")
	l, err := store.Open(path, store.Options{Anchor: func(s string) string { return storetest.AnchorPath(dir, s) }})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "run/A", note("1"), note("2"), note("3"), note("4"))
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, "run/A", note("5"))
	mustAppend(t, l, "run/A", note("6"))
	mustAppend(t, l, "run/B", note("1"))
	if got := verifyAnchored(t, path); got != "" {
		t.Fatal(got)
	}
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAnchor_showsARolledBackTail(t *testing.T) {
	l := rolledBack(t)
	got := verifyAnchored(t, l.Path())
	for _, want := range []string{"stream run/A, record 6: ", "record 4 is the last one left", "stream run/B, record 1: "} {
		if !strings.Contains(got, want) {
			t.Errorf("verify says %q, want %q in it", got, want)
		}
	}
	if r, err := store.Verify(t.Context(), l.Path(), store.VerifyOptions{}); err != nil || !r.OK() {
		t.Errorf("a chain can't show this, but verify says %v %v", r.Problems, err)
	}
}

// TestAnchor_outlivesWritingOn: whoever writes on after a roll-back must not hide it.
func TestAnchor_outlivesWritingOn(t *testing.T) {
	l := rolledBack(t)
	for range 4 {
		mustAppend(t, l, "run/A", note("other"))
	}
	warned := false
	for _, w := range l.Warnings() {
		warned = warned || errors.Is(w, store.ErrRolledBack)
	}
	if !warned {
		t.Error("the writer was not warned")
	}
	if got := verifyAnchored(t, l.Path()); !strings.Contains(got, "stream run/A, record 6: ") ||
		!strings.Contains(got, "another record written in its place") {
		t.Errorf("verify says %q", got)
	}
}

func TestAnchor_thatCantBeWrittenIsAWarning(t *testing.T) {
	l := storetest.Open(t, func(o *store.Options) {
		o.Anchor = func(string) string { return "/nowhere/to/be/found" }
	})
	mustAppend(t, l, "s", note("1"))
	if w := l.Warnings(); len(w) != 1 || !strings.Contains(w[0].Error(), "anchor of s") {
		t.Errorf("warnings %v", w)
	}
	if w := l.Warnings(); len(w) != 0 {
		t.Errorf("told again: %v", w)
	}
}

func TestAnchor_thatIsTornIsANote(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "s", note("1"))
	path := storetest.AnchorPath(filepath.Dir(l.Path()), "s")
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if got := verifyAnchored(t, l.Path()); !strings.HasSuffix(got, "was never finished or is damaged") {
		t.Errorf("verify says %q", got)
	}
	mustAppend(t, l, "s", note("2")) // makes it whole again, as the cleanup will see
}
