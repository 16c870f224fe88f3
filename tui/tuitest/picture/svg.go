package picture

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The size of a cell in an SVG, of its letters, and of the margin. The width is that
// of DejaVu Sans Mono; another font is stretched to it.
const (
	svgWidth    = 9
	svgHeight   = 18
	svgSize     = 15
	svgBaseline = 14
	svgMargin   = 9
)

// SVG is the picture as text. It names fonts that systems have, and says how long each
// text is, so that columns stay columns.
func (p *Picture) SVG() string {
	s := newSheet()
	var body strings.Builder
	for y, row := range p.rows {
		if drawn := s.row(row, p.background); drawn != "" && y == 0 {
			body.WriteString(drawn)
		} else if drawn != "" {
			fmt.Fprintf(&body, `<g transform="translate(0 %d)">%s</g>`, y*svgHeight, drawn)
		}
	}
	return s.document(p.width, len(p.rows), p.background, "", body.String())
}

// A sheet has the classes of an SVG: one for each colour.
type sheet struct {
	classes map[color.RGBA]string
	order   []color.RGBA
}

func newSheet() *sheet { return &sheet{classes: map[color.RGBA]string{}} }

func (s *sheet) class(c color.RGBA) string {
	if s.classes[c] == "" {
		s.classes[c] = "c" + strconv.FormatInt(int64(len(s.order)), 36)
		s.order = append(s.order, c)
	}
	return s.classes[c]
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// document puts the parts of an SVG together.
func (s *sheet) document(w, h int, background color.RGBA, style, body string) string {
	width, height := w*svgWidth+2*svgMargin, h*svgHeight+2*svgMargin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="%d %d %d %d" xml:space="preserve" `+
		`font-family="'DejaVu Sans Mono',ui-monospace,Menlo,Consolas,monospace" font-size="%d">`+"\n<style>text{white-space:pre}",
		width, height, -svgMargin, -svgMargin, width, height, svgSize)
	for _, c := range s.order {
		fmt.Fprintf(&b, ".%s{fill:%s}", s.classes[c], hex(c))
	}
	fmt.Fprintf(&b, "%s</style>\n"+`<rect x="%d" y="%d" width="100%%" height="100%%" fill="%s"/>`+"\n%s</svg>\n",
		style, -svgMargin, -svgMargin, hex(background), body)
	return b.String()
}

// row draws a row at the top. Nothing is drawn where nothing is to be seen.
func (s *sheet) row(row []cell, background color.RGBA) string {
	var b strings.Builder
	all := runs(row)
	for i := 0; i < len(all); i++ {
		r := all[i]
		if r.look.bg == background {
			continue
		}
		width := r.width
		for i+1 < len(all) && all[i+1].look.bg == r.look.bg {
			i++
			width += all[i].width
		}
		fmt.Fprintf(&b, `<path class="%s" d="M%d 0h%dv%dh-%dz"/>`, s.class(r.look.bg), r.x*svgWidth, width*svgWidth, svgHeight, width*svgWidth)
	}
	for i := 0; i < len(all); i++ {
		if !isShape(all[i].text) {
			s.text(&b, all[i])
			continue
		}
		from := i
		for i+1 < len(all) && isShape(all[i+1].text) && all[i+1].look.fg == all[i].look.fg && opacity(all[i+1]) == opacity(all[i]) {
			i++
		}
		s.shapes(&b, all[from:i+1])
	}
	return b.String()
}

func opacity(r run) float64 {
	c, _ := utf8.DecodeRuneInString(r.text)
	s, _ := drawShape(c, svgWidth, svgHeight)
	return s.opacity
}

// shapes draws neighbours of one colour as one path.
func (s *sheet) shapes(b *strings.Builder, all []run) {
	attribute := ""
	if o := opacity(all[0]); o < 1 {
		attribute = fmt.Sprintf(` opacity="%g"`, o)
	}
	fmt.Fprintf(b, `<path class="%s"%s d="`, s.class(all[0].look.fg), attribute)
	for i := 0; i < len(all); i++ {
		from := i
		for i+1 < len(all) && all[i+1].text == all[from].text && runsOn(all[from].text) {
			i++
		}
		c, _ := utf8.DecodeRuneInString(all[from].text)
		drawn, _ := drawShape(c, svgWidth, svgHeight)
		for _, polygon := range drawn.areas {
			writePath(b, polygon, all[from].x, i-from+1)
		}
	}
	b.WriteString(`"/>`)
}

// runsOn says whether a character beside itself is one longer shape.
func runsOn(text string) bool { return strings.Contains("─━═█▀▄░▒▓", text) }

// writePath writes a polygon in a cell; one that runs on is stretched over n cells.
func writePath(b *strings.Builder, polygon []point, x, n int) {
	var last point
	for i, at := range polygon {
		if at.x > svgWidth/2 {
			at.x += float64((n - 1) * svgWidth)
		}
		at.x += float64(x * svgWidth)
		switch {
		case i == 0:
			b.WriteString("M" + number(at.x) + " " + number(at.y))
		case at.y == last.y:
			b.WriteString("H" + number(at.x))
		case at.x == last.x:
			b.WriteString("V" + number(at.y))
		default:
			b.WriteString("L" + number(at.x) + " " + number(at.y))
		}
		last = at
	}
	b.WriteByte('z')
}

func number(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(f, 'f', 2, 64), "0"), ".")
}

// text draws a run of text without the blanks around it, unless they are underlined.
func (s *sheet) text(b *strings.Builder, r run) {
	if !r.look.under && !r.look.through {
		short := strings.TrimLeft(r.text, " ")
		cut := len(r.text) - len(short)
		r.x, r.width = r.x+cut, r.width-cut
		cut = len(short) - len(strings.TrimRight(short, " "))
		r.text, r.width = short[:len(short)-cut], r.width-cut
	}
	if r.text == "" {
		return
	}
	attributes := ""
	if r.look.bold {
		attributes += ` font-weight="bold"`
	}
	if r.look.italic {
		attributes += ` font-style="italic"`
	}
	switch {
	case r.look.under && r.look.through:
		attributes += ` text-decoration="underline line-through"`
	case r.look.under:
		attributes += ` text-decoration="underline"`
	case r.look.through:
		attributes += ` text-decoration="line-through"`
	}
	fmt.Fprintf(b, `<text class="%s" x="%d" y="%d" textLength="%d"%s>`, s.class(r.look.fg), r.x*svgWidth, svgBaseline, r.width*svgWidth, attributes)
	_ = xml.EscapeText(b, []byte(r.text)) // writing to a strings.Builder doesn't fail
	b.WriteString("</text>")
}
