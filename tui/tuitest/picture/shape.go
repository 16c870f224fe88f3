package picture

import (
	"math"
	"unicode/utf8"
)

// A point of a shape, in the units of the cell that it is drawn in.
type point struct{ x, y float64 }

// A shape is a character that is drawn, not written: areas inside of polygons, all of
// one opacity.
type shape struct {
	areas   [][]point
	opacity float64
}

// isShape says whether a text is one character that is drawn.
func isShape(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) || r < 0x2500 || r > 0x259f {
		return false
	}
	_, found := drawShape(r, 8, 16)
	return found
}

// drawShape is a character of frames or blocks in a cell of w by h.
func drawShape(r rune, w, h float64) (shape, bool) {
	if areas := drawBlock(r, w, h); areas != nil {
		return shape{areas, 1}, true
	}
	if opacity, found := shades[r]; found {
		return shape{[][]point{rectangle(0, 0, w, h)}, opacity}, true
	}
	pen := pen{w: w, h: h, thin: max(1, math.Round(w/8))}
	if d, found := dashes[r]; found {
		pen.dash(d)
		return shape{pen.areas, 1}, true
	}
	if corner, found := rounds[r]; found {
		pen.round(corner)
		return shape{pen.areas, 1}, true
	}
	if lines, found := frames[r]; found {
		pen.frame(lines)
		return shape{pen.areas, 1}, true
	}
	return shape{}, false
}

var shades = map[rune]float64{'░': 0.25, '▒': 0.5, '▓': 0.75}

// Quarters of a cell, row by row.
const (
	upperLeft = 1 << iota
	upperRight
	lowerLeft
	lowerRight
)

var quadrants = map[rune]int{
	'▖': lowerLeft, '▗': lowerRight, '▘': upperLeft, '▝': upperRight,
	'▙': upperLeft | lowerLeft | lowerRight, '▚': upperLeft | lowerRight, '▛': upperLeft | upperRight | lowerLeft,
	'▜': upperLeft | upperRight | lowerRight, '▞': upperRight | lowerLeft, '▟': upperRight | lowerLeft | lowerRight,
}

// drawBlock is a block that fills a part of its cell. Edges lie on whole units, so that
// blocks side by side have no seam.
func drawBlock(r rune, w, h float64) [][]point {
	midX, midY := math.Round(w/2), h-math.Round(h/2)
	switch {
	case r >= '▁' && r <= '█': // from below, in eighths
		return [][]point{rectangle(0, h-math.Round(h*float64(r-'▁'+1)/8), w, h)}
	case r >= '▉' && r <= '▏': // from the left, in eighths, falling
		return [][]point{rectangle(0, 0, math.Round(w*float64('▏'-r+1)/8), h)}
	case r == '▀':
		return [][]point{rectangle(0, 0, w, midY)}
	case r == '▐':
		return [][]point{rectangle(midX, 0, w, h)}
	case r == '▔':
		return [][]point{rectangle(0, 0, w, math.Round(h/8))}
	case r == '▕':
		return [][]point{rectangle(w-math.Round(w/8), 0, w, h)}
	}
	var areas [][]point
	for i, a := range [][]point{
		rectangle(0, 0, midX, midY), rectangle(midX, 0, w, midY),
		rectangle(0, midY, midX, h), rectangle(midX, midY, w, h),
	} {
		if quadrants[r]&(1<<i) != 0 {
			areas = append(areas, a)
		}
	}
	return areas
}

func rectangle(x0, y0, x1, y1 float64) []point {
	return []point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}
