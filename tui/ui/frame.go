package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lifeboat/runbook"
)

// A Frame is a box with a title, drawn in the style of its mode: double lines
// for a live run, single ones for anything else.
type Frame struct {
	Mode  runbook.Mode
	Title string
	Right string // at the right end of the upper edge
	Foot  string // in the lower edge, left ...
	Side  string // ... and right
	Role  Role   // of the edges; Plain: Edge
}

type edges struct{ h, v, tl, tr, bl, br string }

var (
	single = edges{"─", "│", "┌", "┐", "└", "┘"}
	double = edges{"═", "║", "╔", "╗", "╚", "╝"}
)

func (f Frame) edges() edges {
	if f.Mode == runbook.Live {
		return double
	}
	return single
}

// Draw puts lines into the box, which is width by height cells in all. Lines
// that are missing are blank, those that are too many are left out.
func (f Frame) Draw(t *Theme, lines []string, width, height int) []string {
	e := f.edges()
	if f.Role == Plain {
		f.Role = Edge
	}
	out := make([]string, 0, height)
	out = append(out, f.edge(t, e.tl, e.tr, f.Title, f.Right, width))
	side := t.Paint(f.Role, e.v)
	for i := range max(0, height-2) {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out = append(out, side+" "+Fit(line, width-4)+" "+side)
	}
	return append(out, f.edge(t, e.bl, e.br, f.Foot, f.Side, width))
}

// Inner is the room for lines in a box.
func Inner(width, height int) (int, int) { return max(1, width-4), max(0, height-2) }

func (f Frame) edge(t *Theme, left, right, title, end string, width int) string {
	e := f.edges()
	room := width - 2
	if end != "" {
		end = " " + Cut(end, room/2) + " "
	}
	if title != "" {
		title = " " + Cut(title, room-Width(end)-4) + " "
	}
	tail := 1
	if end == "" {
		tail = 0
	}
	fill := room - Width(title) - Width(end) - tail
	return t.Paint(f.Role, left) + t.Paint(Here, title) + t.Paint(f.Role, strings.Repeat(e.h, max(0, fill))) +
		t.Paint(Faint, end) + t.Paint(f.Role, strings.Repeat(e.h, tail)+right)
}

// Over lays a box over a screen, in its middle. Both are lines of cells.
func Over(screen, box []string, width int) (lines []string, x, y int) {
	if len(box) == 0 {
		return screen, 0, 0
	}
	wide := Width(box[0])
	x, y = max(0, (width-wide)/2), max(0, (len(screen)-len(box))/2)
	out := append([]string(nil), screen...)
	for i, line := range box {
		if y+i >= len(out) {
			break
		}
		under := out[y+i]
		out[y+i] = Fit(ansi.Cut(under, 0, x), x) + line + from(under, x+wide, width)
	}
	return out, x, y
}

// Dim takes what lines look like away: they stand behind something.
func Dim(t *Theme, lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = t.Paint(Faint, ansi.Strip(line))
	}
	return out
}

// from is the end of a line from a cell on, as wide as there are cells. Of a wide
// character that begins before, nothing shows.
func from(line string, x, width int) string {
	want := width - x
	rest := ansi.Cut(line, x, width)
	for Width(rest) > want {
		x++
		rest = ansi.Cut(line, x, width)
	}
	return strings.Repeat(" ", max(0, want-Width(rest))) + rest
}

// Gauge is a bar of so many cells, filled from 0 to 1.
func Gauge(share float64, cells int) string {
	eighths := int(max(0, min(1, share))*float64(cells*8) + 0.5)
	parts := []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}
	full, rest := eighths/8, eighths%8
	out := strings.Repeat("█", full) + parts[rest]
	return out + strings.Repeat("░", max(0, cells-full-min(rest, 1)))
}
