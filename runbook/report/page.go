package report

import (
	"bytes"
	"strings"
)

// A page is Markdown that is being written. Whatever it is given is text: its
// methods escape it, and are the only way in.
type page struct{ bytes.Buffer }

func (p *page) heading(level int, text string) {
	text = inline(text)
	if strings.HasSuffix(text, "#") { // else it would be taken for the end of the heading
		text = text[:len(text)-1] + `\#`
	}
	p.WriteString(strings.Repeat("#", level) + " " + text + "\n\n")
}

func (p *page) para(text string) {
	p.WriteString(opening(orNot(text)) + "\n\n")
}

func (p *page) bullets(lines []string) {
	for _, line := range lines {
		p.WriteString("- " + opening(orNot(line)) + "\n")
	}
	p.WriteByte('\n')
}

// quote writes text that may have several lines, each as it was typed.
func (p *page) quote(text string) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n"), "\n")
	for i, line := range lines {
		p.WriteString(strings.TrimRight("> "+opening(line), " "))
		if i < len(lines)-1 && strings.TrimSpace(line) != "" && strings.TrimSpace(lines[i+1]) != "" {
			p.WriteString("\\")
		}
		p.WriteByte('\n')
	}
	p.WriteByte('\n')
}

func (p *page) fence(text string) {
	p.WriteString(fence(text) + "\n")
}

// mostPad is the widest a column is padded to, so that one long cell doesn't
// push the rest of every row out of sight.
const mostPad = 36

// table writes rows under a head; none stands in its place when there are no
// rows. Columns line up in plain text, the last one is left ragged.
func (p *page) table(none string, head []string, rows [][]string) {
	if len(rows) == 0 {
		p.para(none)
		return
	}
	all := [][]string{head}
	for _, row := range rows {
		cells := make([]string, len(head))
		for i := range cells {
			if i < len(row) {
				cells[i] = row[i]
			}
			cells[i] = inline(orNot(cells[i]))
		}
		all = append(all, cells)
	}
	pad := make([]int, len(head)-1)
	for _, row := range all {
		for i := range pad {
			pad[i] = max(pad[i], min(mostPad, width(row[i])))
		}
	}
	for n, row := range all {
		p.row(row, pad, " ")
		if n == 0 {
			p.row(make([]string, len(head)), pad, "-")
		}
	}
	p.WriteByte('\n')
}

func (p *page) row(cells []string, pad []int, fill string) {
	p.WriteByte('|')
	for i, cell := range cells {
		n := 0
		if i < len(pad) {
			n = max(0, pad[i]-width(cell))
		} else if fill == "-" {
			n = 3
		}
		p.WriteString(" " + cell + strings.Repeat(fill, n) + " |")
	}
	p.WriteByte('\n')
}

// pairs writes names and values as a table.
func (p *page) pairs(rows [][2]string) {
	var out [][]string
	for _, r := range rows {
		out = append(out, []string{r[0], r[1]})
	}
	p.table("", []string{"What", "Recorded"}, out)
}
