package picture

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// PNG draws a picture with letters of a size in pixels.
func (p *Picture) PNG(w io.Writer, fonts *Fonts, size float64) error {
	img, err := p.Image(fonts, size)
	if err != nil {
		return err
	}
	return png.Encode(w, img)
}

// Image is the picture in pixels, with a margin of a cell's height.
func (p *Picture) Image(fonts *Fonts, size float64) (*image.RGBA, error) {
	f, err := fonts.faces(size)
	if err != nil {
		return nil, err
	}
	margin := f.height / 2
	c := canvas{faces: f, img: image.NewRGBA(image.Rect(0, 0, p.width*f.width+2*margin, len(p.rows)*f.height+2*margin))}
	c.fill(c.img.Bounds(), p.background)
	each := func(draw func(cell, image.Rectangle)) {
		for y, row := range p.rows {
			for x, cell := range row {
				at := image.Pt(margin+x*f.width, margin+y*f.height)
				draw(cell, image.Rectangle{Min: at, Max: at.Add(image.Pt(cell.width*f.width, f.height))})
			}
		}
	}
	// A slanted letter may reach into the next cell, so that must have its ground first.
	each(func(from cell, area image.Rectangle) { c.fill(area, from.look.bg) })
	each(c.cell)
	return c.img, nil
}

// A canvas is an image that cells are drawn on.
type canvas struct {
	*faces
	img *image.RGBA
}

func (c *canvas) fill(area image.Rectangle, paint color.RGBA) {
	draw.Draw(c.img, area, image.NewUniform(paint), image.Point{}, draw.Src)
}

func (c *canvas) cell(from cell, area image.Rectangle) {
	if isShape(from.text) {
		c.shape(from, area)
	} else if from.text != " " {
		c.letters(from, area.Min)
	}
	thick := max(1, c.height/16)
	if from.look.under {
		y := area.Min.Y + c.ascent + thick
		c.fill(image.Rect(area.Min.X, y, area.Max.X, y+thick), from.look.fg)
	}
	if from.look.through {
		y := area.Min.Y + c.ascent*2/3
		c.fill(image.Rect(area.Min.X, y, area.Max.X, y+thick), from.look.fg)
	}
}

// letters draws a character and the marks that join it over each other.
func (c *canvas) letters(from cell, at image.Point) {
	for _, r := range from.text {
		d := font.Drawer{
			Dst: c.img, Src: image.NewUniform(from.look.fg), Face: c.face(from.look, r),
			Dot: fixed.P(at.X, at.Y+c.ascent),
		}
		d.DrawString(string(r))
	}
}

func (c *canvas) shape(from cell, area image.Rectangle) {
	r, _ := utf8.DecodeRuneInString(from.text)
	s, _ := drawShape(r, float64(area.Dx()), float64(area.Dy()))
	paint := from.look.fg
	paint.A = uint8(s.opacity*0xff + 0.5)
	for _, polygon := range s.areas {
		z := vector.NewRasterizer(area.Dx(), area.Dy())
		for i, at := range polygon {
			if i == 0 {
				z.MoveTo(float32(at.x), float32(at.y))
			} else {
				z.LineTo(float32(at.x), float32(at.y))
			}
		}
		z.ClosePath()
		z.Draw(c.img, area, image.NewUniform(color.NRGBA(paint)), image.Point{})
	}
}
