package output

import (
	"bytes"
	"errors"
	"os"
	"strings"
)

// rounds is how often a View asks for more of one page: four times 4 MiB.
const rounds = 4

const (
	cutBefore = "[its beginning is left out] "
	cutAfter  = " [it goes on]"
)

// A View shows kept output in rows, one for each line of it, also while it is
// being written: its end, or any page. A line's row is the same wherever it is
// shown, but for one of several MiB. It reads the file in each call, so a screen
// asks it beside its drawing; it is for one goroutine at a time.
type View struct {
	path  string
	r     *Reader
	lines *Lines
}

// Rows are lines of output as a screen shows them, and how much there is.
type Rows struct {
	Text  []string // harmless to a terminal, without line breaks
	First int64    // the number of the line in Text[0]; the output's first is 0
	Total int64    // lines so far, with one that lacks its line break
	Bytes int64    // of output so far
	Open  bool     // the last line lacks its line break: a prompt, or progress
}

// NewView shows the file at path, which need not be there yet. Close it.
func NewView(path string) *View {
	return &View{path: path, lines: NewLines(NewRedactor())}
}

// Close closes the file, if it was opened.
func (v *View) Close() error {
	if v.r == nil {
		return nil
	}
	r := v.r
	v.r = nil
	return r.Close()
}

// Tail gives the last n lines of what there is now, at most 4 MiB of them: then
// they are fewer, and the first says that its beginning is left out. A last
// line without its line break shows as it stands. Nothing is there before the
// first output.
func (v *View) Tail(n int) (Rows, error) {
	if ok, err := v.open(); !ok {
		return Rows{}, err
	}
	t, err := v.r.Tail(n)
	if err != nil {
		return Rows{}, err
	}
	rows := v.count(Rows{First: t.First}, t)
	rows.Text = v.rows(nil, t.Text)
	if t.Cut && len(rows.Text) > 0 {
		rows.Text[0] = cutBefore + rows.Text[0]
	}
	return rows, nil
}

// Page gives n lines from line number first on, fewer at the end of what there
// is now, and none beyond. A line over 4 MiB says that it goes on. When the
// lines take more than some 16 MiB, they are fewer, too, but never none.
func (v *View) Page(first int64, n int) (Rows, error) {
	if ok, err := v.open(); !ok {
		return Rows{}, err
	}
	rows := Rows{First: max(first, 0)}
	for range rounds {
		text, more, err := v.r.Page(rows.First+int64(len(rows.Text)), n-len(rows.Text))
		if err != nil {
			return Rows{}, err
		}
		end := bytes.LastIndexByte(text, '\n') + 1
		cut := more && end < len(text)
		if cut && end > 0 {
			text, cut = text[:end], false // the next round has all of it
		}
		rows.Text = v.rows(rows.Text, text)
		if cut {
			rows.Text[len(rows.Text)-1] += cutAfter
		}
		if !more {
			break
		}
	}
	// After the page, so that it isn't ahead of what is counted.
	t, err := v.r.Tail(0)
	if err != nil {
		return Rows{}, err
	}
	return v.count(rows, t), nil
}

// open opens the file, once it is there.
func (v *View) open() (ok bool, err error) {
	if v.r != nil {
		return true, nil
	}
	r, err := Open(v.path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	v.r = r
	return true, nil
}

func (v *View) count(rows Rows, t Tail) Rows {
	rows.Total, rows.Bytes, rows.Open = t.Lines, t.Bytes, t.Open
	if t.Open {
		rows.Total++
	}
	return rows
}

// rows adds a row for each line of text.
func (v *View) rows(rows []string, text []byte) []string {
	for line := range bytes.Lines(text) {
		rows = append(rows, v.row(line))
	}
	return rows
}

// row makes a line harmless by itself, so that its row doesn't depend on where
// a page begins: a sequence that a line before left open is none of its.
func (v *View) row(line []byte) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	v.lines.Feed(line, add)
	v.lines.part = nil // half a character doesn't show until it is whole
	v.lines.Close(add)
	// A form feed or line separator ends a row, but not a line.
	return strings.Join(parts, " ")
}
