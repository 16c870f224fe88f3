package tuitest

import (
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// Lines are the rows as text, without the blanks at their end.
func (s *Screen) Lines() []string { return s.Snapshot().Rows() }

// Rows are the rows of a snapshot as text, without the blanks at their end.
func (s Snapshot) Rows() []string {
	rows := make([]string, len(s.Cells))
	for y, row := range s.Cells {
		text, _ := rowText(row)
		rows[y] = strings.TrimRight(text, " ")
	}
	return rows
}

// Text is the lines, joined.
func (s *Screen) Text() string { return strings.Join(s.Lines(), "\n") }

// Cell is a copy of one cell; the zero Cell where there is none.
func (s *Screen) Cell(x, y int) uv.Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.emu.CellAt(x, y); c != nil {
		return *c
	}
	return uv.Cell{}
}

// Find is the cell where a text begins, in the first row that shows it.
func (s *Screen) Find(text string) (x, y int, found bool) {
	for y, row := range s.Snapshot().Cells {
		shown, at := rowText(row)
		if i := strings.Index(shown, text); i >= 0 && text != "" {
			return at[i], y, true
		}
	}
	return 0, 0, false
}

// rowText is a row as text, and for each byte of it the cell that it is in.
func rowText(row []uv.Cell) (text string, at []int) {
	var b strings.Builder
	for x := 0; x < len(row); x += max(1, row[x].Width) {
		content := row[x].Content
		if content == "" {
			content = " "
		}
		b.WriteString(content)
		for range len(content) {
			at = append(at, x)
		}
	}
	return b.String(), at
}

// Bold are the texts in bold: one for each run of cells, row by row.
func (s *Screen) Bold() []string {
	return s.Runs(func(c uv.Cell) bool { return c.Style.Attrs&uv.AttrBold != 0 })
}

// Reversed are the texts in reverse video, which is how a selection shows without
// colours.
func (s *Screen) Reversed() []string {
	return s.Runs(func(c uv.Cell) bool { return c.Style.Attrs&uv.AttrReverse != 0 })
}

// Runs are the texts of neighbouring cells of which match holds, row by row, without
// blanks around them. Runs of blanks alone are left out.
func (s *Screen) Runs(match func(uv.Cell) bool) []string {
	var runs []string
	for _, row := range s.Snapshot().Cells {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && match(row[x]) {
				x += max(1, row[x].Width)
			}
			text, _ := rowText(row[from:min(x, len(row))])
			if text = strings.TrimSpace(text); text != "" {
				runs = append(runs, text)
			}
		}
	}
	return runs
}
