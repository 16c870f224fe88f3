package doc

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"

	"lifeboat/runbook/markdown/syntax"
	"lifeboat/tui/ui"
)

const (
	between = 2  // cells between two columns
	wordy   = 10 // what a column keeps at least, if it holds as much
)

// A grid is a table on its way to the screen.
type grid struct {
	head  []styled
	rows  [][]styled
	align []extended.Alignment
	wide  []int // of each column
}

// table lays out a table: columns side by side, with text folded inside of
// them, or one line for each cell where there is no room for that.
func (l *layout) table(t *extended.Table) {
	at := l.at(t)
	g := grid{align: t.Alignments, wide: make([]int, len(t.Alignments))}
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		row := l.cells(r, len(g.wide))
		for i, c := range row {
			for line := range strings.SplitSeq(c.text, "\n") {
				g.wide[i] = max(g.wide[i], ui.Width(line))
			}
		}
		if r.Kind() == extended.KindTableHeader {
			g.head = row
		} else {
			g.rows = append(g.rows, row)
		}
	}
	if !shrink(g.wide, l.width) {
		l.onePerLine(g, at)
		return
	}
	l.row(g, g.head, at)
	total := between * (len(g.wide) - 1)
	for _, w := range g.wide {
		total += w
	}
	l.emit(l.paint(ui.Edge, strings.Repeat("─", total)), at)
	for _, row := range g.rows {
		l.row(g, row, at)
	}
}

// cells reads a row. A pipe in a cell is escaped even where nothing else is, in
// code.
func (l *layout) cells(row ast.Node, n int) []styled {
	out := make([]styled, n)
	for i, c := 0, row.FirstChild(); c != nil && i < n; i, c = i+1, c.NextSibling() {
		out[i] = l.inlines(bytes.ReplaceAll(syntax.Text(l.d.src, c), []byte(`\|`), []byte("|")))
		if row.Kind() == extended.KindTableHeader {
			out[i] = out[i].in(ui.Heading)
		}
	}
	return out
}

// shrink makes columns fit into a width, the widest ones first. It reports
// whether that is possible.
func shrink(wide []int, width int) bool {
	room := width - between*(len(wide)-1)
	sum := func(most int) int {
		n := 0
		for _, w := range wide {
			n += max(min(w, most), 1)
		}
		return n
	}
	widest := slices.Max(wide)
	if sum(wordy) > room && sum(widest) > room {
		return false
	}
	most := sort.Search(widest, func(m int) bool { return sum(m+1) > room })
	spare := room - sum(most)
	for i, w := range wide {
		wide[i] = max(min(w, most), 1)
		if w > most && spare > 0 {
			wide[i]++
			spare--
		}
	}
	return true
}

// row lays out one row: as many lines as its highest cell has.
func (l *layout) row(g grid, row []styled, at int) {
	parts := make([][]part, len(row))
	high := 0 // a row without any text takes no line
	for i, c := range row {
		parts[i] = fold(c.text, g.wide[i])
		high = max(high, len(parts[i]))
	}
	for k := range high {
		var b strings.Builder
		due := 0
		for i, c := range row {
			w := 0
			if k < len(parts[i]) {
				p := parts[i][k]
				w = ui.Width(c.text[p.from:p.to])
				left := 0
				switch g.align[i] {
				case extended.AlignRight:
					left = g.wide[i] - w
				case extended.AlignCenter:
					left = (g.wide[i] - w) / 2
				case extended.AlignLeft, extended.AlignNone:
				}
				b.WriteString(strings.Repeat(" ", due+left))
				b.WriteString(l.painted(c, p))
				due, w = 0, w+left
			}
			due += g.wide[i] - w + between
		}
		l.emit(b.String(), at)
	}
}

// onePerLine lays out a table one cell a line, with the column's name before it.
func (l *layout) onePerLine(g grid, at int) {
	if len(g.rows) == 0 {
		for _, c := range g.head {
			l.fold(c, at)
		}
	}
	from := len(l.out)
	for _, row := range g.rows {
		l.spaced(true, from, func() { l.pairs(g.head, row, at) })
	}
}

// pairs lays out one row of them.
func (l *layout) pairs(head, row []styled, at int) {
	for i, c := range row {
		if head[i].text == "" {
			l.fold(c, at)
			continue
		}
		l.within("", "  ", 2, func() { l.fold(head[i].and(styled{text: ": "}).and(c), at) })
	}
}
