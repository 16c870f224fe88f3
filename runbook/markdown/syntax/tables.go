package syntax

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// tables finds the tables that goldmark's extension finds, and takes its nodes for
// them. The extension itself compiles expressions at every start of the program,
// most of them for something else, which takes a fifth of the start.
type tables struct{}

// Transform makes a table of a paragraph from the line on that is the head of one.
// A table with an absurd number of cells is left alone: each row is filled up to
// as many as the first one has.
func (tables) Transform(n *ast.Paragraph, r text.Reader, _ parser.Context) {
	lines, src := n.Lines(), r.Source()
	most := 0
	for i := range lines.Len() {
		seg := lines.At(i)
		most = max(most, bytes.Count(seg.Value(src), []byte("|")))
	}
	if most == 0 || (most+1)*lines.Len() > mostCells {
		return
	}
	for i := 1; i < lines.Len(); i++ {
		seg := lines.At(i)
		columns := alignments(seg.Value(src))
		if len(columns) == 0 {
			continue
		}
		if head, written := tableRow(lines.At(i-1), src, columns); written <= len(columns) {
			makeTable(n, i, extended.NewTableHeader(head), columns, src)
		}
		return
	}
}

// makeTable puts a table behind a paragraph, whose line at delimiter has the
// columns. What stands before the head stays a paragraph.
func makeTable(n *ast.Paragraph, delimiter int, head ast.Node, columns []extended.Alignment, src []byte) {
	lines, parent := n.Lines(), n.Parent()
	table := extended.NewTable()
	table.Alignments = columns
	table.SetPos(n.Pos())
	table.AppendChild(table, head)
	for i := delimiter + 1; i < lines.Len(); i++ {
		row, _ := tableRow(lines.At(i), src, columns)
		table.AppendChild(table, row)
	}
	parent.InsertAfter(parent, n, table)
	lines.SetSliced(0, delimiter-1)
	if lines.Len() == 0 {
		parent.RemoveChild(parent, n)
		return
	}
	last := lines.At(delimiter - 2)
	last.Stop-- // its line break
	lines.Set(delimiter-2, last)
}

// tableRow reads a row of as many cells as there are columns, and says how many
// are written. A pipe behind a backslash ends no cell.
func tableRow(seg text.Segment, src []byte, columns []extended.Alignment) (row *extended.TableRow, written int) {
	row = extended.NewTableRow(columns)
	row.SetPos(seg.Start)
	seg = seg.TrimLeftSpace(src)
	seg = seg.TrimRightSpace(src)
	line := seg.Value(src)
	from, end := 0, len(line)
	if end > 0 && line[0] == '|' {
		from++
	}
	if end > 0 && line[end-1] == '|' {
		end--
	}
	for ; from < end; written++ {
		to := from
		for to < end && (line[to] != '|' || to > 0 && line[to-1] == '\\') {
			to++
		}
		if written < len(columns) {
			text := text.NewSegment(seg.Start+from, seg.Start+to)
			text = text.TrimLeftSpace(src)
			cell := extended.NewTableCell()
			cell.Alignment = columns[written]
			cell.Lines().Append(text.TrimRightSpace(src))
			row.AppendChild(row, cell)
		}
		from = to + 1
	}
	for range len(columns) - written {
		row.AppendChild(row, extended.NewTableCell())
	}
	return row, written
}

// alignments reads the line below the head of a table; nil: it is none.
func alignments(line []byte) []extended.Alignment {
	if indent, _ := util.IndentWidth(line, 0); indent > 3 || len(bytes.Trim(line, "-")) == 0 {
		return nil
	}
	cells := bytes.Split(line, []byte("|"))
	if util.IsBlank(cells[0]) {
		cells = cells[1:]
	}
	if n := len(cells); n > 0 && util.IsBlank(cells[n-1]) {
		cells = cells[:n-1]
	}
	var out []extended.Alignment
	for _, cell := range cells {
		cell = bytes.Trim(cell, " \t\r\n")
		bare, left := bytes.CutPrefix(cell, []byte(":"))
		bare, right := bytes.CutSuffix(bare, []byte(":"))
		if len(bare) == 0 || len(bytes.Trim(bare, "-")) > 0 {
			return nil
		}
		switch {
		case left && right:
			out = append(out, extended.AlignCenter)
		case left:
			out = append(out, extended.AlignLeft)
		case right:
			out = append(out, extended.AlignRight)
		default:
			out = append(out, extended.AlignNone)
		}
	}
	return out
}
