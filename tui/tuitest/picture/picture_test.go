package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
)

// screen is what a terminal of w columns shows of lines.
func screen(t *testing.T, w int, lines ...string) [][]uv.Cell {
	t.Helper()
	e := vt.NewEmulator(w, len(lines))
	if _, err := e.WriteString(strings.Join(lines, "\r\n")); err != nil {
		t.Fatal(err)
	}
	rows := make([][]uv.Cell, len(lines))
	for y := range rows {
		for x := range w {
			rows[y] = append(rows[y], *e.CellAt(x, y))
		}
	}
	return rows
}

func dark(t *testing.T, w int, lines ...string) *Picture {
	t.Helper()
	return New(screen(t, w, lines...), -1, -1, Dark())
}

func goFonts(t *testing.T) *Fonts {
	t.Helper()
	f, err := LoadFonts(gomono.TTF, gomonobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNew_looks(t *testing.T) {
	theme := Dark()
	for code, want := range map[string]look{
		"":             {fg: theme.Foreground, bg: theme.Background},
		"1":            {fg: theme.Foreground, bg: theme.Background, bold: true},
		"3":            {fg: theme.Foreground, bg: theme.Background, italic: true},
		"4":            {fg: theme.Foreground, bg: theme.Background, under: true},
		"9":            {fg: theme.Foreground, bg: theme.Background, through: true},
		"2":            {fg: mix(theme.Foreground, theme.Background), bg: theme.Background},
		"7":            {fg: theme.Background, bg: theme.Foreground},
		"31;7":         {fg: theme.Background, bg: theme.Palette[1]},
		"92;44":        {fg: theme.Palette[10], bg: theme.Palette[4]},
		"38;5;3":       {fg: theme.Palette[3], bg: theme.Background},
		"38;5;208":     {fg: color.RGBA{0xff, 0x87, 0x00, 0xff}, bg: theme.Background},
		"38;2;1;2;3":   {fg: color.RGBA{1, 2, 3, 0xff}, bg: theme.Background},
		"48;2;250;9;1": {fg: theme.Foreground, bg: color.RGBA{250, 9, 1, 0xff}},
	} {
		p := New(screen(t, 2, "\x1b["+code+"mx\x1b[m"), -1, -1, theme)
		if got := p.rows[0][0]; got.look != want || got.text != "x" {
			t.Errorf("%q: %+v", code, got)
		}
	}
	if p := New(screen(t, 2, "\x1b[8mx"), -1, -1, theme); p.rows[0][0].text != " " {
		t.Error("what is concealed can be read")
	}
	light := New(screen(t, 2, "x"), 0, 0, Light())
	if got := light.rows[0][0].look; got.bg != Light().Foreground || got.fg != Light().Background {
		t.Errorf("the cursor is drawn as %+v", got)
	}
}

// drawn is the image of lines, and the size of a cell in it.
func drawn(t *testing.T, w int, lines ...string) (img *image.RGBA, cell image.Point, margin int) {
	t.Helper()
	fonts := goFonts(t)
	p := dark(t, w, lines...)
	var b bytes.Buffer
	if err := p.PNG(&b, fonts, 20); err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	img, err = p.Image(fonts, 20)
	if err != nil || decoded.Bounds() != img.Bounds() {
		t.Fatalf("%v, %v", decoded.Bounds(), err)
	}
	f, err := fonts.faces(20)
	if err != nil {
		t.Fatal(err)
	}
	return img, image.Pt(f.width, f.height), f.height / 2
}

// ink is how many pixels of a cell are not of a colour.
func ink(img *image.RGBA, cell image.Point, margin, x, y int, background color.RGBA) int {
	n := 0
	for dy := range cell.Y {
		for dx := range cell.X {
			if img.RGBAAt(margin+x*cell.X+dx, margin+y*cell.Y+dy) != background {
				n++
			}
		}
	}
	return n
}

func TestPNG(t *testing.T) {
	img, cell, margin := drawn(t, 6, "M \x1b[1mM\x1b[m█", "\x1b[7mi\x1b[m\x1b[41m \x1b[m\x1b[4m \x1b[m\x1b[9m \x1b[m", "e\u0301e▒")
	theme := Dark()
	at := func(x, y int, background color.RGBA) int { return ink(img, cell, margin, x, y, background) }
	if want := image.Rect(0, 0, 6*cell.X+2*margin, 3*cell.Y+2*margin); img.Bounds() != want {
		t.Errorf("bounds %v, want %v", img.Bounds(), want)
	}
	area := cell.X * cell.Y
	if plain, bold := at(0, 0, theme.Background), at(2, 0, theme.Background); plain == 0 || bold <= plain {
		t.Errorf("bold has %d pixels and plain %d", bold, plain)
	}
	if n := at(1, 0, theme.Background); n != 0 {
		t.Errorf("a blank has %d pixels", n)
	}
	if n := at(3, 0, theme.Foreground); n != 0 {
		t.Errorf("%d pixels of a full block are not full", n)
	}
	if n := at(0, 1, theme.Foreground); n == 0 || n > area/2 {
		t.Errorf("%d of %d pixels of a reversed letter are not ground", n, area)
	}
	if n := at(1, 1, theme.Palette[1]); n != 0 {
		t.Errorf("%d pixels of a red cell are not red", n)
	}
	for x, what := range map[int]string{2: "underlined", 3: "struck"} {
		if n := at(x, 1, theme.Background); n != cell.X*max(1, cell.Y/16) {
			t.Errorf("%d pixels of an %s blank", n, what)
		}
	}
	if with, without := at(0, 2, theme.Background), at(1, 2, theme.Background); with <= without {
		t.Errorf("an accent adds nothing: %d, %d", with, without)
	}
	shade := img.RGBAAt(margin+2*cell.X+1, margin+2*cell.Y+1)
	if shade.R <= theme.Background.R+50 || shade.R >= theme.Foreground.R-50 {
		t.Errorf("a half shade is %v", shade)
	}
}

// Frames join from cell to cell and row to row, on pixels.
func TestPNG_framesJoin(t *testing.T) {
	img, cell, margin := drawn(t, 4, "╭──╮", "│  │", "└──┘")
	theme := Dark()
	x := margin + int(middle(float64(cell.X), 1))
	for y := margin + cell.Y; y < margin+2*cell.Y+cell.Y/2; y++ {
		if img.RGBAAt(x, y) != theme.Foreground {
			t.Fatalf("the left border has a hole at %d: %v", y, img.RGBAAt(x, y))
		}
	}
}

func TestFonts_missing(t *testing.T) {
	_, err := findFonts([]string{t.TempDir()}, nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "fonts-dejavu-core") {
		t.Errorf("%v", err)
	}
	if _, err := LoadFonts(nil, gomono.TTF); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without an upright font: %v", err)
	}
	if _, err := LoadFonts([]byte("no font")); err == nil {
		t.Error("anything is taken for a font")
	}
}

func TestFonts_found(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string][]byte{fontCuts[0]: gomono.TTF, "spare.ttf": goregular.TTF} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := findFonts([]string{t.TempDir(), dir}, []string{filepath.Join(dir, "spare.ttf")})
	if err != nil || f.cuts[0] == nil || f.cuts[1] != nil || len(f.spare) != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	if _, err := f.faces(12); err != nil {
		t.Error(err)
	}
}

func TestSVG(t *testing.T) {
	got := dark(t, 12, "\x1b[1;31mbold\x1b[m  it", "", "│\x1b[7m <&>\x1b[m ═══", "日本 \x1b[4m a\x1b[m").SVG()
	checkXML(t, got)
	const want = `<text class="c0" x="0" y="14" textLength="36" font-weight="bold">bold</text><text class="c1" x="54" y="14" textLength="18">it</text>` +
		`<g transform="translate(0 36)"><path class="c1" d="M9 0h36v18h-36z"/><path class="c1" d="M4 0H5V18H4z"/>` +
		`<text class="c2" x="18" y="14" textLength="27">&lt;&amp;&gt;</text><path class="c1" d="M54 6H81V7H54zM54 10H81V11H54z"/></g>` +
		`<g transform="translate(0 54)"><text class="c1" x="0" y="14" textLength="18">日</text><text class="c1" x="18" y="14" textLength="18">本</text>` +
		`<text class="c1" x="45" y="14" textLength="18" text-decoration="underline"> a</text></g></svg>`
	if !strings.HasSuffix(got, "\n"+want+"\n") {
		t.Errorf("got\n%s\nwant at its end\n%s", got, want)
	}
	if !strings.Contains(got, `viewBox="-9 -9 126 90"`) {
		t.Errorf("of another size: %s", got)
	}
}

func checkXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
}

func TestMovie(t *testing.T) {
	var m Movie
	m.Add(time.Second, dark(t, 8, "title", "1"))
	m.Add(2*time.Second, dark(t, 8, "title", "1")) // the same
	m.Add(3*time.Second, dark(t, 8, "title", "!")) // gone before it can be seen
	m.Add(3*time.Second+blink/2, dark(t, 8, "title", "2"))
	m.Add(5*time.Second, dark(t, 8, "title", "1"))
	if m.Frames() != 3 {
		t.Errorf("%d frames", m.Frames())
	}
	got := m.SVG(4 * time.Second)
	checkXML(t, got)
	for text, n := range map[string]int{
		">title<": 1, ">1<": 1, ">2<": 1, ">!<": 0, // each row is drawn once
		`<use href="#r0" y="0"/>`:                                                           1, // and stays where it does not change
		`<use href="#r1" y="18" class="t0"/>`:                                               1,
		`<use href="#r2" y="18" class="t1"/>`:                                               1,
		`<use href="#r1" y="18" class="t2"/>`:                                               1,
		"@keyframes k0{0%{visibility:visible}25%{visibility:hidden}}":                       1,
		"@keyframes k1{0%{visibility:hidden}25%{visibility:visible}50%{visibility:hidden}}": 1,
		"@keyframes k2{0%{visibility:hidden}50%{visibility:visible}}":                       1,
		".t1{animation:k1 8s step-end infinite}":                                            1,
		"{animation:none}.t0{visibility:hidden}.t1{visibility:hidden}}":                     1, // at rest the last frame shows
	} {
		if strings.Count(got, text) != n {
			t.Errorf("%q is there %d times, not %d:\n%s", text, strings.Count(got, text), n, got)
		}
	}
	if (&Movie{}).SVG(time.Second) != "" {
		t.Error("a movie of nothing is something")
	}
}

// What a recording takes grows with what changes in it.
func TestMovie_size(t *testing.T) {
	page := make([]string, 24)
	for y := range page {
		page[y] = strings.Repeat(string(rune('a'+y)), 40)
	}
	still := len(dark(t, 40, page...).SVG())
	var m Movie
	const frames = 100
	for i := range frames {
		page[23] = strings.Repeat("x", i%40)
		m.Add(time.Duration(i)*time.Second, dark(t, 40, page...))
	}
	if n := len(m.SVG(time.Second)); n > still+frames*400 {
		t.Errorf("%d bytes, for a page of %d and %d changes of one row", n, still, frames)
	}
}

func TestMovie_smaller(t *testing.T) {
	var m Movie
	m.Add(0, dark(t, 4, "one", "two"))
	m.Add(time.Second, dark(t, 4, "one"))
	got := m.SVG(time.Second)
	checkXML(t, got)
	if !strings.Contains(got, "@keyframes k0{0%{visibility:visible}50%{visibility:hidden}}") {
		t.Errorf("a row that went is still shown:\n%s", got)
	}
}
