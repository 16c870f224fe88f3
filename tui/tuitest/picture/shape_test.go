package picture

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// A bitmap is which units of a cell a shape covers.
type bitmap [][]bool

func rasterize(t *testing.T, r rune, w, h int) bitmap {
	t.Helper()
	s, found := drawShape(r, float64(w), float64(h))
	if !found {
		t.Fatalf("%c isn't drawn", r)
	}
	b := make(bitmap, h)
	for y := range b {
		b[y] = make([]bool, w)
		for x := range b[y] {
			for _, area := range s.areas {
				b[y][x] = b[y][x] || inside(area, float64(x)+0.5, float64(y)+0.5)
			}
		}
	}
	return b
}

// inside says whether a point is in a polygon.
func inside(polygon []point, x, y float64) bool {
	in := false
	for i, a := range polygon {
		b := polygon[(i+1)%len(polygon)]
		if (a.y > y) != (b.y > y) && x < a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x) {
			in = !in
		}
	}
	return in
}

// edge is what a bitmap covers along one of its edges.
func (b bitmap) edge(d int) string {
	var cells []bool
	switch d {
	case up:
		cells = b[0]
	case down:
		cells = b[len(b)-1]
	default:
		for _, row := range b {
			if d == left {
				cells = append(cells, row[0])
			} else {
				cells = append(cells, row[len(row)-1])
			}
		}
	}
	return fmt.Sprint(cells)
}

// pieces is how many parts a bitmap has that don't touch: by a side, or by a corner
// as well.
func (b bitmap) pieces(corners bool) int {
	seen := map[[2]int]bool{}
	var flood func(x, y int)
	flood = func(x, y int) {
		if y < 0 || y >= len(b) || x < 0 || x >= len(b[y]) || !b[y][x] || seen[[2]int{x, y}] {
			return
		}
		seen[[2]int{x, y}] = true
		flood(x-1, y)
		flood(x+1, y)
		flood(x, y-1)
		flood(x, y+1)
		if corners {
			flood(x-1, y-1)
			flood(x+1, y-1)
			flood(x-1, y+1)
			flood(x+1, y+1)
		}
	}
	n := 0
	for y, row := range b {
		for x, on := range row {
			if on && !seen[[2]int{x, y}] {
				n++
				flood(x, y)
			}
		}
	}
	return n
}

func (b bitmap) String() string {
	text := ""
	for _, row := range b {
		for _, on := range row {
			text += map[bool]string{true: "#", false: "."}[on]
		}
		text += "\n"
	}
	return text
}

var sizes = [][2]int{{9, 18}, {8, 16}, {11, 23}, {24, 47}}

// straights are the characters that lines have to join.
var straights = map[weight][2]rune{light: {'│', '─'}, heavy: {'┃', '━'}, double: {'║', '═'}}

// Every line of every character meets its neighbour's at the edge, and nothing else is
// at the edge.
func TestFrames_join(t *testing.T) {
	for _, size := range sizes {
		for _, r := range slices.Sorted(maps.Keys(frames)) {
			got := rasterize(t, r, size[0], size[1])
			for d, w := range frames[r] {
				want := fmt.Sprint(make([]bool, size[d%2])) // nothing
				if w != none {
					want = rasterize(t, straights[w][d%2], size[0], size[1]).edge(d)
				}
				if got.edge(d) != want {
					t.Errorf("%c in %v, direction %d:\n%v", r, size, d, got)
				}
			}
		}
		for r, directions := range rounds {
			got := rasterize(t, r, size[0], size[1])
			for _, d := range directions {
				if want := rasterize(t, straights[light][d%2], size[0], size[1]).edge(d); got.edge(d) != want {
					t.Errorf("%c in %v, direction %d:\n%v", r, size, d, got)
				}
			}
		}
	}
}

// Lines that meet are one piece; of double lines, both strokes go around.
func TestFrames_pieces(t *testing.T) {
	for pieces, chars := range map[int]string{
		1: "─│┌┐└┘├┤┬┴┼━┃┏┓┗┛┣┫┳┻╋╒╕╘╛╓╖╙╜╞╡╥╨╪╫┍┑┕┙┝┥┯┷┿┎┒┖┚┠┨┰┸╂╴╵╶╷╸╹╺╻╭╮╰╯█▀▄▌▐",
		2: "═║╔╗╚╝╤╧╟╢╌╍╎╏▚▞",
		3: "╠╣╦╩┄┅┆┇",
		4: "╬┈┉┊┋",
	} {
		for _, size := range sizes {
			for _, r := range chars {
				b := rasterize(t, r, size[0], size[1])
				if n := b.pieces(rounds[r] != [2]int{}); n != pieces {
					t.Errorf("%c in %v has %d pieces, not %d:\n%v", r, size, n, pieces, b)
				}
			}
		}
	}
}

// Halves and quarters fill a cell without a gap.
func TestBlocks_fill(t *testing.T) {
	for _, set := range []string{"█", "▀▄", "▌▐", "▘▝▖▗", "▚▞", "▙▝", "▛▗", "▜▖", "▟▘"} {
		for _, size := range sizes {
			cover := map[[2]int]int{}
			for _, r := range set {
				for y, row := range rasterize(t, r, size[0], size[1]) {
					for x, on := range row {
						if on {
							cover[[2]int{x, y}]++
						}
					}
				}
			}
			if len(cover) != size[0]*size[1] {
				t.Errorf("%s in %v covers %d", set, size, len(cover))
			}
			for at, n := range cover {
				if n != 1 {
					t.Errorf("%s in %v covers %v %d times", set, size, at, n)
				}
			}
		}
	}
}

func TestBlocks_grow(t *testing.T) {
	for _, set := range []string{"▁▂▃▄▅▆▇█", "▏▎▍▌▋▊▉█"} {
		last := 0
		for _, r := range set {
			n := 0
			for _, row := range rasterize(t, r, 16, 32) {
				for _, on := range row {
					if on {
						n++
					}
				}
			}
			if n != last+16*32/8 {
				t.Errorf("%c covers %d after %d", r, n, last)
			}
			last = n
		}
	}
}

func TestIsShape(t *testing.T) {
	for text, want := range map[string]bool{"─": true, "░": true, "▶": false, "|": false, " ": false, "": false, "──": false, "╱": false} {
		if isShape(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
