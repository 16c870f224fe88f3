// Package picture draws the screen of a terminal: as PNG, as SVG, and as an SVG that
// plays a recording. Frames and blocks are drawn as shapes, so that they join
// whatever the font is.
//
// The same screen gives the same bytes, with the same font. The package takes cells
// and knows neither where they come from nor a clock; it reads no file but fonts.
package picture

import (
	"image/color"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// A Theme is what colours a terminal has by itself.
type Theme struct {
	Foreground, Background color.RGBA
	Palette                [16]color.RGBA // in the order of ANSI
}

// Dark is a terminal that is light on black.
func Dark() Theme {
	return Theme{
		Foreground: rgb(0xd8dee4),
		Background: rgb(0x16181d),
		Palette: [16]color.RGBA{
			rgb(0x2e3440), rgb(0xe0606b), rgb(0x74c274), rgb(0xe2b857), rgb(0x6aa3f0), rgb(0xc58af0), rgb(0x5bc0cf), rgb(0xc9d1d9),
			rgb(0x7d8694), rgb(0xff7b86), rgb(0x93e093), rgb(0xffd97a), rgb(0x8fbcff), rgb(0xdcaaff), rgb(0x7fdeea), rgb(0xffffff),
		},
	}
}

// Light is a terminal that is dark on white.
func Light() Theme {
	return Theme{
		Foreground: rgb(0x24292f),
		Background: rgb(0xffffff),
		Palette: [16]color.RGBA{
			rgb(0x24292f), rgb(0xb81f2f), rgb(0x1a7031), rgb(0x7d5200), rgb(0x0a55b5), rgb(0x7a35b8), rgb(0x15697a), rgb(0x6b7480),
			rgb(0x57606a), rgb(0xcf222e), rgb(0x218a3d), rgb(0x8f6200), rgb(0x1a6be0), rgb(0x8f4bd6), rgb(0x1f8396), rgb(0x8b949e),
		},
	}
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 0xff}
}

// A Picture is a screen in the colours of a theme.
type Picture struct {
	rows       [][]cell
	width      int // in cells
	background color.RGBA
}

// A cell is a character and how it looks. The second cell of a wide character has the
// width 0.
type cell struct {
	text  string
	width int
	look  look
}

// A look is what two cells must share to be drawn at once.
type look struct {
	fg, bg                       color.RGBA
	bold, italic, under, through bool
}

// New takes the rows of a screen, and where its cursor is: outside of it, if it is
// hidden.
func New(rows [][]uv.Cell, cursorX, cursorY int, theme Theme) *Picture {
	p := &Picture{rows: make([][]cell, len(rows)), background: theme.Background}
	for y, row := range rows {
		p.width = max(p.width, len(row))
		p.rows[y] = make([]cell, len(row))
		for x := 0; x < len(row); {
			c := theme.resolve(row[x])
			c.width = min(c.width, len(row)-x)
			if y == cursorY && cursorX >= x && cursorX < x+c.width {
				c.look.fg, c.look.bg = c.look.bg, c.look.fg
			}
			p.rows[y][x] = c
			x += c.width
		}
	}
	return p
}

// resolve finds the colours of a cell.
func (t Theme) resolve(from uv.Cell) cell {
	c := cell{text: from.Content, width: max(1, from.Width)}
	if c.text == "" {
		c.text = " "
	}
	style := from.Style
	c.look = look{
		fg: t.color(style.Fg, t.Foreground), bg: t.color(style.Bg, t.Background),
		bold: style.Attrs&uv.AttrBold != 0, italic: style.Attrs&uv.AttrItalic != 0,
		under: style.Underline != uv.UnderlineNone, through: style.Attrs&uv.AttrStrikethrough != 0,
	}
	if style.Attrs&uv.AttrReverse != 0 {
		c.look.fg, c.look.bg = c.look.bg, c.look.fg
	}
	if style.Attrs&uv.AttrFaint != 0 {
		c.look.fg = mix(c.look.fg, c.look.bg)
	}
	if style.Attrs&uv.AttrConceal != 0 {
		c.text = " "
	}
	return c
}

// color is a colour of a program as this terminal shows it; nil is otherwise.
func (t Theme) color(c color.Color, otherwise color.RGBA) color.RGBA {
	switch c := c.(type) {
	case nil:
		return otherwise
	case ansi.BasicColor:
		return t.Palette[c&15]
	case ansi.IndexedColor:
		if c < 16 {
			return t.Palette[c]
		}
	}
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 0xff}
}

// mix is what lies between two colours, somewhat nearer to the first.
func mix(a, b color.RGBA) color.RGBA {
	part := func(a, b uint8) uint8 { return uint8((3*int(a) + 2*int(b)) / 5) }
	return color.RGBA{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B), 0xff}
}

// A run is neighbouring cells that look the same.
type run struct {
	x, width int
	text     string
	look     look
}

// runs cuts a row into what can be drawn at once. Wide characters and shapes stand
// by themselves: the first because no font is sure to give them two cells, the
// others because no font draws them.
func runs(row []cell) []run {
	var all []run
	joins := false // the run before takes more
	for x := 0; x < len(row); x += max(1, row[x].width) {
		c := row[x]
		alone := c.width != 1 || isShape(c.text)
		if n := len(all) - 1; joins && !alone && all[n].look == c.look {
			all[n].width, all[n].text = all[n].width+1, all[n].text+c.text
			continue
		}
		all = append(all, run{x: x, width: c.width, text: c.text, look: c.look})
		joins = !alone
	}
	return all
}
