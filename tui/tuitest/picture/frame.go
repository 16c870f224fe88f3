package picture

import "math"

// A weight is how thick one of the four lines from the middle of a cell is.
type weight byte

const (
	none weight = iota
	light
	heavy
	double
)

// Directions, clockwise. The opposite of d is d^2; its neighbours are d^1 and d^3.
const (
	up = iota
	right
	down
	left
)

// frames has, for each character of a frame, the weights of its lines: upwards, to the
// right, down, to the left.
var frames = makeFrames()

func makeFrames() map[rune][4]weight {
	all := map[rune][4]weight{}
	add := func(chars string, lines ...[4]weight) {
		for i, r := range []rune(chars) {
			all[r] = lines[i]
		}
	}
	// What one pair of weights makes: h is the horizontal one, v the vertical.
	set := func(h, v weight) [][4]weight {
		return [][4]weight{
			{none, h, none, h},
			{v, none, v, none},
			{none, h, v, none},
			{none, none, v, h},
			{v, h, none, none},
			{v, none, none, h},
			{v, h, v, none},
			{v, none, v, h},
			{none, h, v, h},
			{v, h, none, h},
			{v, h, v, h},
		}
	}
	add("─│┌┐└┘├┤┬┴┼", set(light, light)...)
	add("━┃┏┓┗┛┣┫┳┻╋", set(heavy, heavy)...)
	add("═║╔╗╚╝╠╣╦╩╬", set(double, double)...)
	add("╒╕╘╛╞╡╤╧╪", set(double, light)[2:]...)
	add("╓╖╙╜╟╢╥╨╫", set(light, double)[2:]...)
	add("┍┑┕┙┝┥┯┷┿", set(heavy, light)[2:]...)
	add("┎┒┖┚┠┨┰┸╂", set(light, heavy)[2:]...)
	add("╴╵╶╷", [4]weight{left: light}, [4]weight{up: light}, [4]weight{right: light}, [4]weight{down: light})
	add("╸╹╺╻", [4]weight{left: heavy}, [4]weight{up: heavy}, [4]weight{right: heavy}, [4]weight{down: heavy})
	return all
}

// rounds are corners, by the two directions in which their lines go.
var rounds = map[rune][2]int{'╭': {right, down}, '╮': {left, down}, '╰': {right, up}, '╯': {left, up}}

// A dashed line has n pieces.
type dashed struct {
	n        int
	vertical bool
	weight   weight
}

var dashes = map[rune]dashed{
	'╌': {2, false, light}, '╍': {2, false, heavy}, '╎': {2, true, light}, '╏': {2, true, heavy},
	'┄': {3, false, light}, '┅': {3, false, heavy}, '┆': {3, true, light}, '┇': {3, true, heavy},
	'┈': {4, false, light}, '┉': {4, false, heavy}, '┊': {4, true, light}, '┋': {4, true, heavy},
}

// A pen draws lines in a cell.
type pen struct {
	w, h, thin float64
	areas      [][]point
}

// thickness is that of one stroke.
func (p *pen) thickness(w weight) float64 {
	switch w {
	case heavy:
		return 3 * p.thin
	case light, double:
		return p.thin
	case none:
	}
	return 0
}

// middle is where a stroke has its near edge, for it to stand in the middle of a cell.
func middle(size, thickness float64) float64 { return math.Floor((size - thickness) / 2) }

// gap is how far the strokes of a double line are from the middle.
func (p *pen) gap() float64 { return 2 * p.thin }

// offsets are how far the strokes of a line are from the middle.
func (p *pen) offsets(w weight) []float64 {
	switch w {
	case light, heavy:
		return []float64{0}
	case double:
		return []float64{-p.gap(), p.gap()}
	case none:
	}
	return nil
}

// frame draws lines from the middle to the edges, or from edge to edge where nothing
// meets them.
func (p *pen) frame(lines [4]weight) {
	for d, w := range lines {
		if lines[d^2] == w && lines[d^1] == none && lines[d^3] == none {
			p.straight(d, w)
			continue
		}
		for _, offset := range p.offsets(w) {
			meets := max(p.thin, p.thickness(lines[d^1]), p.thickness(lines[d^3]))
			p.stroke(d, p.thickness(w), meets, offset, p.start(lines, d, offset))
		}
	}
}

// straight draws the line of a direction over the whole cell; once, for it and its
// opposite.
func (p *pen) straight(d int, w weight) {
	if d == down || d == left {
		return
	}
	t := p.thickness(w)
	for _, offset := range p.offsets(w) {
		if d == up {
			near := middle(p.w, t) + offset
			p.areas = append(p.areas, rectangle(near, 0, near+t, p.h))
		} else {
			near := middle(p.h, t) + offset
			p.areas = append(p.areas, rectangle(0, near, p.w, near+t))
		}
	}
}

// start is how far from the middle the stroke of a line begins, on its own side; less
// than 0 is beyond the middle. Where it meets a double line it ends at one of its two
// strokes: at the nearer one, if that is in its way, and else at the farther one, so
// that a corner is closed.
func (p *pen) start(lines [4]weight, d int, offset float64) float64 {
	a, b := lines[d^1], lines[d^3]
	if offset != 0 {
		// The one on the side of this stroke comes first. Sides are counted by offsets,
		// which grow to the right and down.
		a, b = lines[side(d, offset)], lines[side(d, -offset)]
	}
	straight := lines[d^2] != none
	switch {
	case a == double && (offset != 0 || b == double && !straight):
		return p.gap()
	case straight:
		return 0
	case a == double || b == double:
		return -p.gap()
	}
	return 0
}

// side is the direction on which an offset from a line lies.
func side(d int, offset float64) int {
	switch {
	case (d == left || d == right) && offset < 0:
		return up
	case d == left || d == right:
		return down
	case offset < 0:
		return left
	}
	return right
}

// stroke draws from a place near the middle to an edge. In the middle it covers the
// stroke that it meets, so that corners are closed.
func (p *pen) stroke(d int, thickness, meets, offset, start float64) {
	size, across := p.w, p.h
	if d == up || d == down {
		size, across = p.h, p.w
	}
	center := middle(size, meets)
	from, to := center+start, size
	if d == up || d == left {
		from, to = 0, center+meets-start
	}
	near := middle(across, thickness) + offset
	if d == up || d == down {
		p.areas = append(p.areas, rectangle(near, from, near+thickness, to))
		return
	}
	p.areas = append(p.areas, rectangle(from, near, to, near+thickness))
}

func (p *pen) dash(d dashed) {
	thickness := p.thickness(d.weight)
	length, across := p.w, p.h
	if d.vertical {
		length, across = p.h, p.w
	}
	near := middle(across, thickness)
	for i := range d.n {
		from := math.Floor(length * float64(i) / float64(d.n))
		to := max(from+1, math.Floor(length*float64(i+1)/float64(d.n))-max(1, p.thin))
		if d.vertical {
			p.areas = append(p.areas, rectangle(near, from, near+thickness, to))
		} else {
			p.areas = append(p.areas, rectangle(from, near, to, near+thickness))
		}
	}
}

// round draws two lines with a quarter of a circle between them.
func (p *pen) round(corner [2]int) {
	t := p.thin
	x, y := middle(p.w, t), middle(p.h, t) // the near edges of the lines
	signX, signY := 1.0, 1.0
	if corner[0] == left {
		signX = -1
	}
	if corner[1] == up {
		signY = -1
	}
	// The middle of the strokes, and the radius that takes the arc to the side of the cell.
	cx, cy := x+t/2, y+t/2
	radius := cx
	if signX > 0 {
		radius = p.w - cx
	}
	mx, my := cx+signX*radius, cy+signY*radius
	var arc []point
	const steps = 8
	at := func(i int, r float64) point {
		angle := float64(i) / steps * math.Pi / 2
		return point{mx - signX*r*math.Cos(angle), my - signY*r*math.Sin(angle)}
	}
	for i := 0; i <= steps; i++ {
		arc = append(arc, at(i, radius+t/2))
	}
	for i := steps; i >= 0; i-- {
		arc = append(arc, at(i, radius-t/2))
	}
	p.areas = append(p.areas, arc)
	if signY > 0 {
		p.areas = append(p.areas, rectangle(x, my, x+t, p.h))
	} else {
		p.areas = append(p.areas, rectangle(x, 0, x+t, my))
	}
}
