package runbooks

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"testing"
)

func TestNamesAreTheShippedBooks(t *testing.T) {
	t.Parallel()
	want := []string{"complete-system-failure", "data-corruption", "security-breach"}
	if got := Names(); !slices.Equal(got, want) {
		t.Errorf("Names() = %q, want %q", got, want)
	}
}

func TestOpenReturnsTheBook(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		text, err := Open(name)
		if err != nil {
			t.Errorf("Open(%q): %v", name, err)
		}
		if !bytes.HasPrefix(text, []byte("---\nlifeboat: 1\n")) {
			t.Errorf("Open(%q) does not begin with the front matter of a runbook", name)
		}
	}
}

func TestOpenKnowsNoOtherName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ".", "data-corruption.md", "../runbooks/data-corruption", "postgres"} {
		if _, err := Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q) = %v, want fs.ErrNotExist", name, err)
		}
	}
}
