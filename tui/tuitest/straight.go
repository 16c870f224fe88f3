package tuitest

import (
	"errors"
	"fmt"
	"strings"
)

// Characters that frames are made of. A junction goes on in all directions that
// matter here.
const (
	topLeft     = "┌╔╭┏╒╓"
	topRight    = "┐╗╮┓╕╖"
	bottomLeft  = "└╚╰┗╘╙"
	bottomRight = "┘╝╯┛╛╜"
	verticals   = "│║┃|┆┇┊┋╎╏├┤┼╠╣╬╞╡╪╟╢╫┣┫╋┝┥┠┨"
)

// Straight says where the frame of a box on the screen is broken: a border that
// leaves its column, is missing in a row, or has no corner. Both borders of a box
// have to stand in one column each from its upper corners to its lower ones; there
// may be text in its upper and lower edge. Where another box lies over it, nothing
// is asked of it. Characters in also count as a piece of a vertical border, as a
// scroll bar in it does.
//
// Frames of + - | count if a corner shows the way it turns. A box is looked at if one
// of its upper corners can be seen.
func (s *Screen) Straight(also ...rune) error {
	shot := s.Snapshot()
	g := grid{also: string(also)}
	for _, row := range shot.Cells {
		runes := make([]rune, len(row))
		for x, c := range row {
			runes[x] = ' '
			for _, r := range c.Content {
				runes[x] = r
				break
			}
		}
		g.cells = append(g.cells, runes)
	}
	return g.check()
}

// A grid is a screen as one rune for each cell.
type grid struct {
	cells [][]rune
	also  string
	boxes []box // those that are whole, as far as is known
}

// A box is where a frame is, its border included.
type box struct{ left, top, right, bottom int }

func (b box) covers(x, y int) bool {
	return x >= b.left && x <= b.right && y >= b.top && y <= b.bottom
}

// A corner is an upper corner of a box, and the way the box extends: 1 to the right,
// -1 to the left.
type corner struct{ x, y, way int }

// check looks at every box. One that is whole may hide a part of another, so it goes
// on as long as more whole ones are found.
func (g *grid) check() error {
	var open []corner
	for y, row := range g.cells {
		for x := range row {
			switch {
			case g.is(x, y, topLeft):
				open = append(open, corner{x, y, 1})
			case g.is(x, y, topRight):
				// One whose other corner shows is looked at from there.
				c := corner{x, y, -1}
				if _, shown := g.across(c); !shown {
					open = append(open, c)
				}
			}
		}
	}
	for {
		var rest []corner
		var problems []error
		for _, c := range open {
			b, err := g.trace(c)
			if err != nil {
				rest, problems = append(rest, c), append(problems, err)
				continue
			}
			g.boxes = append(g.boxes, b)
		}
		if len(rest) == 0 || len(rest) == len(open) {
			return errors.Join(problems...)
		}
		open = rest
	}
}

func (g *grid) at(x, y int) rune {
	if y < 0 || y >= len(g.cells) || x < 0 || x >= len(g.cells[y]) {
		return ' '
	}
	return g.cells[y][x]
}

// is says whether a cell has a corner of one of the four kinds. What a + is, its
// neighbours tell.
func (g *grid) is(x, y int, kind string) bool {
	r := g.at(x, y)
	if r != '+' {
		return strings.ContainsRune(kind, r)
	}
	beside := func(dx, dy int, line rune) bool {
		n := g.at(x+dx, y+dy)
		return n == line || n == '+'
	}
	left, right := beside(-1, 0, '-'), beside(1, 0, '-')
	up, down := beside(0, -1, '|'), beside(0, 1, '|')
	switch kind {
	case topLeft:
		return right && down && !left && !up
	case topRight:
		return left && down && !right && !up
	case bottomLeft:
		return right && up && !left && !down
	default:
		return left && up && !right && !down
	}
}

// hidden says whether a box lies over a cell of the box with the corner c. A box that
// covers the corner as well doesn't: the corner would not show.
func (g *grid) hidden(x, y int, c corner) bool {
	for _, b := range g.boxes {
		if b.covers(x, y) && !b.covers(c.x, c.y) {
			return true
		}
	}
	return false
}

// trace follows a frame from one of its upper corners.
func (g *grid) trace(c corner) (box, error) {
	lowNear, lowFar := bottomLeft, bottomRight
	if c.way < 0 {
		lowNear, lowFar = bottomRight, bottomLeft
	}
	here, err := g.edge(c, c.x, lowNear)
	if err != nil {
		return box{}, fmt.Errorf("box with a corner at %d,%d: %w", c.x, c.y, err)
	}
	x, found := g.across(c)
	if !found {
		if g.hiddenBeyond(c) {
			return c.box(c.x, here.from), nil
		}
		return box{}, fmt.Errorf("box with a corner at %d,%d: its upper edge has no other corner", c.x, c.y)
	}
	there, err := g.edge(c, x, lowFar)
	if err != nil {
		return box{}, fmt.Errorf("box from %d,%d to column %d: %w", c.x, c.y, x, err)
	}
	if here.to < there.from || there.to < here.from {
		return box{}, fmt.Errorf("box from %d,%d to column %d: one border ends in row %d and the other in row %d",
			c.x, c.y, x, here.from, there.from)
	}
	return c.box(x, max(here.from, there.from)), nil
}

// box is the box from a corner to another column and row.
func (c corner) box(x, bottom int) box {
	return box{left: min(c.x, x), top: c.y, right: max(c.x, x), bottom: bottom}
}

// across finds the other end of an upper edge. Boxes that begin and end on the way
// lie over it.
func (g *grid) across(c corner) (x int, found bool) {
	near, far := topLeft, topRight
	if c.way < 0 {
		near, far = topRight, topLeft
	}
	depth := 0
	for x := c.x + c.way; x >= 0 && x < len(g.cells[c.y]); x += c.way {
		switch {
		case g.hidden(x, c.y, c):
		case g.is(x, c.y, near):
			depth++
		case g.is(x, c.y, far) && depth > 0:
			depth--
		case g.is(x, c.y, far):
			return x, true
		}
	}
	return 0, false
}

// hiddenBeyond says whether a box lies over an upper edge somewhere.
func (g *grid) hiddenBeyond(c corner) bool {
	for x := c.x + c.way; x >= 0 && x < len(g.cells[c.y]); x += c.way {
		if g.hidden(x, c.y, c) {
			return true
		}
	}
	return false
}

// An end is in which rows a border may end: one, or several that are hidden.
type end struct{ from, to int }

// edge follows the vertical border in a column down from the upper edge.
func (g *grid) edge(c corner, x int, low string) (end, error) {
	from, y := 0, c.y+1 // from is where what is hidden begins, if the cell above is hidden
	for ; y < len(g.cells); y++ {
		r := g.at(x, y)
		switch {
		case g.hidden(x, y, c):
			if from == 0 {
				from = y
			}
		case g.is(x, y, low):
			return end{y, y}, nil
		case strings.ContainsRune(verticals, r) || strings.ContainsRune(g.also, r) || g.crossing(x, y):
			from = 0
		case from > 0:
			return end{from, y - 1}, nil
		default:
			return end{}, fmt.Errorf("row %d has %q in column %d, where its border should be", y, r, x)
		}
	}
	if from > 0 {
		return end{from, y - 1}, nil
	}
	return end{}, fmt.Errorf("the border in column %d has no lower corner", x)
}

// crossing says whether a + is one where lines of - and | meet in the course of a
// border.
func (g *grid) crossing(x, y int) bool {
	above, below := g.at(x, y-1), g.at(x, y+1)
	return g.at(x, y) == '+' && (above == '|' || above == '+') && (below == '|' || below == '+')
}
