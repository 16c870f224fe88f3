package picture

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// Fonts are one monospaced font in four cuts, and others for what it lacks.
type Fonts struct {
	cuts  [4]*sfnt.Font // by cut; nil: as the upright one
	spare []*sfnt.Font
}

// cut is the number of a cut.
func cut(bold, italic bool) int {
	n := 0
	if bold {
		n++
	}
	if italic {
		n += 2
	}
	return n
}

// Where fonts lie, and what they are called there. The first upright one is enough;
// Debian has the slanted ones in another package.
var (
	fontFolders = []string{"/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/TTF", "/usr/share/fonts/dejavu", "/usr/local/share/fonts/dejavu", "/Library/Fonts"}
	fontCuts    = [4]string{"DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSansMono-Oblique.ttf", "DejaVuSansMono-BoldOblique.ttf"}
	fontSpares  = []string{"/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"}
)

// FindFonts loads DejaVu Sans Mono from where systems keep it.
func FindFonts() (*Fonts, error) { return findFonts(fontFolders, fontSpares) }

func findFonts(folders, spares []string) (*Fonts, error) {
	for _, folder := range folders {
		files := make([][]byte, 0, len(fontCuts))
		for _, name := range fontCuts {
			file, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				file = nil
			}
			files = append(files, file)
		}
		if files[0] == nil {
			continue
		}
		for _, name := range spares {
			if file, err := os.ReadFile(name); err == nil {
				files = append(files, file)
			}
		}
		return LoadFonts(files...)
	}
	return nil, fmt.Errorf("%s: %w; install Debian's package fonts-dejavu-core", fontCuts[0], fs.ErrNotExist)
}

// LoadFonts takes font files: upright, bold, italic and both, of which all but the
// first may be missing or nil, and then others for the characters that these lack.
func LoadFonts(files ...[]byte) (*Fonts, error) {
	f := &Fonts{}
	for i, file := range files {
		if file == nil {
			continue
		}
		parsed, err := opentype.Parse(file)
		switch {
		case err != nil:
			return nil, fmt.Errorf("font %d: %w", i, err)
		case i < len(f.cuts):
			f.cuts[i] = parsed
		default:
			f.spare = append(f.spare, parsed)
		}
	}
	if f.cuts[0] == nil {
		return nil, fmt.Errorf("no upright font: %w", fs.ErrNotExist)
	}
	return f, nil
}

// faces are the fonts in one size. Each is tried in turn for a character.
type faces struct {
	cuts          [4][]font.Face
	width, height int // of a cell
	ascent        int
}

func (f *Fonts) faces(size float64) (*faces, error) {
	open := func(from *sfnt.Font) (font.Face, error) {
		return opentype.NewFace(from, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	}
	var spare []font.Face
	for _, from := range f.spare {
		face, err := open(from)
		if err != nil {
			return nil, err
		}
		spare = append(spare, face)
	}
	all := &faces{}
	var upright font.Face
	for i, from := range f.cuts {
		if from != nil {
			face, err := open(from)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				upright = face
			} else {
				all.cuts[i] = append(all.cuts[i], face)
			}
		}
		all.cuts[i] = append(append(all.cuts[i], upright), spare...)
	}
	advance, _ := upright.GlyphAdvance('M')
	metrics := upright.Metrics()
	all.width, all.ascent = advance.Round(), metrics.Ascent.Ceil()
	all.height = all.ascent + metrics.Descent.Ceil()
	return all, nil
}

// face is the first font that has a character. Where none has, the first draws a box.
func (f *faces) face(l look, r rune) font.Face {
	list := f.cuts[cut(l.bold, l.italic)]
	for _, face := range list {
		if _, found := face.GlyphAdvance(r); found {
			return face
		}
	}
	return list[0]
}
