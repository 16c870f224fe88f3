package doc

import (
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
	"lifeboat/tui/ui"
)

// Options say what of a document is laid out, and how.
type Options struct {
	From, To int    // byte offsets: the blocks that begin in between
	Marks    []Mark // in the order of the document
	Width    int    // in cells; less than Narrowest counts as that
	Theme    *ui.Theme

	// Clean masks secrets, makes control characters visible and widths stable.
	// It is given all text, more than once: as written, and as it will be shown.
	// What it gave once it must not change again. nil: nothing is masked; control
	// characters are never let through.
	Clean func(string) string

	// SkipTitle leaves out the heading that the first mark stands under, where
	// nothing but headings would stand before it. A heading that is a mark stays.
	SkipTitle bool
}

// Narrowest is the least width that text is laid out in.
const Narrowest = 20

// A Mark is a part of the document that is one thing to act on. Marks may lie
// inside one another.
type Mark struct {
	From, To int
	Hide     bool             // one empty line stands for it: the caller draws it
	Blocks   []*runbook.Block // what it runs, to tell commands from text and from sample output
}

// A Line of the screen.
type Line struct {
	Text  string // styled, and complete in itself
	Mark  int    // the innermost mark that the line belongs to; -1: none
	First bool   // the first line of that mark: each mark has exactly one, in order
	Last  bool   // the last one; those of marks inside it may stand between, or follow
}

// Section gives the options that lay out a step: its items are the marks, and
// choices are hidden, unless they lead nowhere and there is nothing to draw for
// them. The caller adds width, theme and mask.
func Section(s *runbook.Step) Options {
	o := Options{From: s.From, To: s.To, SkipTitle: true, Marks: make([]Mark, len(s.Items))}
	for i, it := range s.Items {
		o.Marks[i] = Mark{From: it.From, To: it.To, Hide: it.Kind == runbook.Choice && len(it.Options) > 0, Blocks: it.Blocks}
	}
	return o
}

// Layout gives the lines of a part of the document. There is no blank line at
// either end, and never more than one in a row but inside code.
func (d *Doc) Layout(o Options) []Line {
	l := &layout{d: d, o: o, width: max(o.Width, Narrowest), pin: -1, gapAt: -1, looks: map[ui.Role]look{}}
	l.mark(o.Marks)
	from := sort.SearchInts(d.starts, o.From)
	to := max(from, sort.SearchInts(d.starts, o.To))
	if o.SkipTitle {
		l.title = l.findTitle(d.tops[from:to])
	}
	for _, n := range d.tops[from:to] {
		l.spaced(true, 0, func() { l.block(n) })
	}
	l.begun(len(l.marks))
	ended := make([]bool, len(l.marks))
	for i := len(l.out) - 1; i >= 0; i-- {
		if m := l.out[i].Mark; m >= 0 && !ended[m] {
			l.out[i].Last, ended[m] = true, true
		}
	}
	return l.out
}

// A layout is a part of a document on its way to the screen.
type layout struct {
	d     *Doc
	o     Options
	marks []Mark // with offsets that never go back
	reach []int  // the largest To of the marks up to each
	next  int    // the first mark that has no line yet
	title ast.Node
	prose bool // something other than headings is laid out
	pin   int  // where everything is taken to stand: a document within the document; -1: where it stands

	width    int // what is left of it
	prefixes []prefix
	gapAt    int // how many prefixes go before the blank line that is due; -1: none is
	out      []Line
	looks    map[ui.Role]look
}

// A prefix goes before every line of a container.
type prefix struct {
	first, rest string
	used        bool
}

func (l *layout) mark(marks []Mark) {
	l.marks = slices.Clone(marks)
	l.reach = make([]int, len(marks))
	from, reach := 0, 0
	for i := range l.marks {
		from = max(from, l.marks[i].From)
		reach = max(reach, l.marks[i].To)
		l.marks[i].From, l.reach[i] = from, reach
	}
}

// after is the place of the first mark that begins after an offset.
func (l *layout) after(at int) int {
	return sort.Search(len(l.marks), func(i int) bool { return l.marks[i].From > at })
}

// inside is the innermost mark around an offset; -1: none.
func (l *layout) inside(at int) int {
	for i := l.after(at) - 1; i >= 0 && l.reach[i] > at; i-- {
		if l.marks[i].To > at {
			return i
		}
	}
	return -1
}

// at is where a block begins.
func (l *layout) at(n ast.Node) int {
	if l.pin >= 0 {
		return l.pin
	}
	return syntax.Start(n)
}

// findTitle is the heading that the first mark stands under.
func (l *layout) findTitle(tops []ast.Node) ast.Node {
	var title ast.Node
	for _, n := range tops {
		if len(l.marks) > 0 && l.at(n) > l.marks[0].From {
			break
		}
		if n.Kind() == ast.KindHeading {
			title = n
		}
	}
	if title != nil && l.inside(l.at(title)) >= 0 {
		return nil
	}
	return title
}

// emit adds a line of text that stands at an offset.
func (l *layout) emit(text string, at int) {
	m := l.inside(at)
	switch {
	case m < 0:
		m = l.begunBefore(at)
	case m < l.next:
		l.begun(l.after(at))
	default:
		l.begun(m)
	}
	first := m >= 0 && m == l.next
	if first {
		l.next++
	}
	if m < 0 || !l.marks[m].Hide {
		l.add(Line{Text: l.prefixed(text), Mark: m, First: first})
	} else if first {
		l.add(Line{Mark: m, First: true})
	}
}

// begun gives each mark before one a line, if it has none: it holds no text of
// its own.
func (l *layout) begun(before int) {
	for ; l.next < before; l.next++ {
		text := ""
		if !l.marks[l.next].Hide {
			text = l.prefixed("")
		}
		l.add(Line{Text: text, Mark: l.next, First: true})
	}
}

// begunBefore is begun for the marks up to an offset that is in none of them.
// The last one gets the line at that offset if it is a mere place.
func (l *layout) begunBefore(at int) int {
	k := l.after(at)
	if k > l.next && l.marks[k-1].From >= l.marks[k-1].To {
		l.begun(k - 1)
		return k - 1
	}
	l.begun(k)
	return -1
}

// add adds a line, and before it the blank one that is due.
func (l *layout) add(line Line) {
	if l.gapAt >= 0 && len(l.out) > 0 {
		blank := Line{Mark: -1}
		for i := range min(l.gapAt, len(l.prefixes)) {
			blank.Text += l.prefixes[i].rest
		}
		blank.Text = strings.TrimRight(blank.Text, " ")
		if last := l.out[len(l.out)-1].Mark; last == line.Mark && !line.First {
			blank.Mark = last
		}
		l.out = append(l.out, blank)
	}
	l.gapAt = -1
	l.out = append(l.out, line)
}

// prefixed is a line with what its containers put before it.
func (l *layout) prefixed(text string) string {
	if len(l.prefixes) == 0 {
		return text
	}
	var b strings.Builder
	for i := range l.prefixes {
		p := &l.prefixes[i]
		if p.used {
			b.WriteString(p.rest)
		} else {
			b.WriteString(p.first)
			p.used = true
		}
	}
	if text == "" {
		return strings.TrimRight(b.String(), " ")
	}
	return b.String() + text
}

// narrow is the least width that containers leave.
const narrow = 12

// within lays out what stands in a container: first goes before its first line,
// rest before the others. Where there is no room, they are left out.
func (l *layout) within(first, rest string, cells int, f func()) {
	if l.width-cells < narrow {
		f()
		return
	}
	l.prefixes = append(l.prefixes, prefix{first: first, rest: rest})
	l.width -= cells
	f()
	l.width += cells
	l.prefixes = l.prefixes[:len(l.prefixes)-1]
}

// blocks lays out a block and those that follow it, apart from each other and
// from what stands above them since line from.
func (l *layout) blocks(n ast.Node, from int) {
	for ; n != nil; n = n.NextSibling() {
		l.spaced(true, from, func() { l.block(n) })
	}
}

// spaced lays out one of several things, the first of which begins at line from:
// apart from the one before it, or right below.
func (l *layout) spaced(apart bool, from int, f func()) {
	due, before := l.gapAt, len(l.out)
	if apart && before > from {
		l.gap()
	}
	f()
	if len(l.out) == before {
		l.gapAt = due
	}
}

// gap asks for a blank line before the next one.
func (l *layout) gap() {
	if n := len(l.prefixes); l.gapAt < 0 || n < l.gapAt {
		l.gapAt = n
	}
}
