package ui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

func plainTheme(t *testing.T) *Theme {
	t.Helper()
	theme, err := NewTheme("none", Unicode)
	if err != nil {
		t.Fatal(err)
	}
	return theme
}

func TestFrame(t *testing.T) {
	f := Frame{Title: "Title", Right: "right", Foot: "foot", Side: "side"}
	want := "┌ Title ───── right ─┐\n│ one                │\n│                    │\n└ foot ─────── side ─┘"
	if got := strings.Join(f.Draw(plainTheme(t), []string{"one"}, 22, 4), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	f = Frame{Mode: runbook.Live, Title: "A title that is too long", Right: "and its right side too"}
	want = "╔ A ti… ═ and its ri… ═╗\n║ a line that is too … ║\n╚══════════════════════╝"
	if got := strings.Join(f.Draw(plainTheme(t), []string{"a line that is too long", "and one too many"}, 24, 3), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// anyText draws a line as screens draw it: made fit to be shown.
func anyText(t *rapid.T, name string) string {
	return words.Clean(rapid.StringOf(rapid.SampledFrom([]rune("ab 数é👍\u0301\u200dक्षि한·│"))).Draw(t, name))
}

// TestFrame_anyText: whatever stands in a box and its edges, it is as wide and as high
// as asked.
func TestFrame_anyText(t *testing.T) {
	theme := plainTheme(t)
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(12, 60).Draw(t, "width"), rapid.IntRange(2, 8).Draw(t, "height")
		f := Frame{Title: anyText(t, "title"), Right: anyText(t, "right"), Foot: anyText(t, "foot"), Side: anyText(t, "side")}
		lines := f.Draw(theme, []string{anyText(t, "line")}, width, height)
		if len(lines) != height {
			t.Fatalf("%d lines, want %d", len(lines), height)
		}
		for _, line := range lines {
			if Width(line) != width {
				t.Fatalf("%q is %d wide, want %d", line, Width(line), width)
			}
		}
	})
}

// TestOver: a box hides what it covers and moves nothing else, also where its edges
// cut a wide character in two.
func TestOver(t *testing.T) {
	screen := []string{"数数数数数", "abcdefghij", "数数数数数"}
	for width, want := range map[int]string{4: "数 ┌──┐ 数", 5: "数┌───┐ 数"} {
		box := Frame{}.Draw(plainTheme(t), nil, width, 2)
		lines, x, y := Over(screen, box, 10)
		if lines[0] != want || x != (10-width)/2 || y != 0 {
			t.Errorf("%d: %q at %d,%d, want %q", width, lines[0], x, y, want)
		}
		for _, line := range lines {
			if Width(line) != 10 {
				t.Errorf("%d: %q is %d wide", width, line, Width(line))
			}
		}
	}
	if lines, _, _ := Over(screen, nil, 10); len(lines) != 3 || lines[1] != screen[1] {
		t.Errorf("without a box: %q", lines)
	}
}

func TestGauge(t *testing.T) {
	for share, want := range map[float64]string{-1: "░░░░", 0: "░░░░", 0.01: "░░░░", 0.25: "█░░░", 0.3: "█▎░░", 0.99: "████", 1: "████", 7: "████"} {
		if got := Gauge(share, 4); got != want {
			t.Errorf("%g: %q, want %q", share, got, want)
		}
	}
}

func TestBeside(t *testing.T) {
	for _, c := range []struct {
		left, right string
		width       int
		want        string
	}{
		{"left", "", 8, "left    "},
		{"left", "r", 8, "left   r"},
		{"left side", "right", 10, "lef… right"},
		{"left", "right", 4, "rig…"},
	} {
		if got := Beside(c.left, c.right, c.width); got != c.want {
			t.Errorf("Beside(%q, %q, %d) = %q, want %q", c.left, c.right, c.width, got, c.want)
		}
	}
}

// TestWindow: the place stays in sight, and nothing moves that need not.
func TestWindow(t *testing.T) {
	for _, c := range []struct{ total, height, top, from, to, want int }{
		{100, 10, 0, 5, 5, 0},
		{100, 10, 0, 10, 10, 1},
		{100, 10, 50, 20, 22, 20},
		{100, 10, 50, 55, 58, 50},
		{100, 10, 95, 99, 99, 90},
		{5, 10, 3, 4, 4, 0},
	} {
		if got := Window(c.total, c.height, c.top, c.from, c.to); got != c.want {
			t.Errorf("Window(%+v) = %d", c, got)
		}
	}
}

func TestBeyond(t *testing.T) {
	for want, n := range map[string][2]int{"": {0, 0}, "1 line above": {1, 0}, "2 lines below": {0, 2}, "1 line above, 3 below": {1, 3}, "9 lines above, 1 below": {9, 1}} {
		if got := Beyond(n[0], n[1]); got != want {
			t.Errorf("%v: %q, want %q", n, got, want)
		}
	}
}
