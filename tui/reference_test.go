package tui_test

import (
	"os"
	"strings"
	"testing"

	"lifeboat/tui"
	"lifeboat/tui/tuitest"
)

// TestReference_isFresh demands that the README's key reference is what the
// tables of keys say; -update writes it.
func TestReference_isFresh(t *testing.T) {
	const path, begin, end = "../README.md", "<!-- keys: generated -->\n", "<!-- end of keys -->"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), begin)
	was, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("README.md has no part between %q and %q", begin, end)
	}
	now := tui.Reference() + "\n"
	if now == was {
		return
	}
	if tuitest.Updating() {
		if err := os.WriteFile(path, []byte(before+begin+now+end+after), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
		return
	}
	t.Error("README.md's key reference is stale: go test ./tui -run Reference -update")
}
