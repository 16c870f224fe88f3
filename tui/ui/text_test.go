package ui

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text        string
		width, hang int
		want        []string
	}{
		{"", 10, 2, []string{""}},
		{"one two three", 13, 2, []string{"one two three"}},
		{"one two three", 8, 2, []string{"one two", "  three"}},
		{"one  two", 4, 0, []string{"one", "two"}},
		{"restore last-good.zip now", 14, 0, []string{"restore", "last-good.zip", "now"}},
		{"abcdefghij", 4, 0, []string{"abcd", "efgh", "ij"}},
		{"数据损坏", 3, 0, []string{"数", "据", "损", "坏"}},
		{"a\nb c", 3, 0, []string{"a", "b c"}},
		{"    indented words", 12, 0, []string{"    indented", "words"}},
	} {
		if got := Wrap(c.text, c.width, c.hang); !slices.Equal(got, c.want) {
			t.Errorf("Wrap(%q, %d, %d) = %q, want %q", c.text, c.width, c.hang, got, c.want)
		}
	}
}

func TestFold(t *testing.T) {
	want := []string{"echo one", SignFold + " two", SignFold + " three"}
	if got := Fold("echo one two three", 8); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestWrap_keepsEverything: no line is wider than asked, and every character but
// blanks is still there, in its order.
func TestWrap_keepsEverything(t *testing.T) {
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab -é数👍\n"))).Draw(t, "text")
		width, hang := rapid.IntRange(2, 30).Draw(t, "width"), rapid.IntRange(0, 4).Draw(t, "hang")
		for name, lines := range map[string][]string{"wrap": Wrap(text, width, hang), "fold": foldAll(text, width+2)} {
			limit := map[string]int{"wrap": width, "fold": width + 2}[name]
			for _, line := range lines {
				if Width(line) > limit {
					t.Fatalf("%s: %q is wider than %d", name, line, limit)
				}
			}
			if got := bare(strings.ReplaceAll(strings.Join(lines, " "), SignFold, "")); got != bare(text) {
				t.Fatalf("%s: %q became %q", name, bare(text), got)
			}
		}
	})
}

func foldAll(text string, width int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, Fold(line, width)...)
	}
	return out
}
