package doc

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"

	"lifeboat/runbook/markdown/syntax"
	"lifeboat/tui/ui"
)

// block lays out one block.
func (l *layout) block(n ast.Node) {
	if h, ok := n.(*ast.Heading); ok {
		l.heading(h)
		return
	}
	before := len(l.out)
	switch n := n.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		l.text(syntax.Text(l.d.src, n), l.at(n))
	case *ast.List:
		l.list(n)
	case *ast.FencedCodeBlock:
		l.fence(n)
	case *ast.CodeBlock:
		l.code(strings.Split(syntax.Code(l.d.src, n), "\n"), nil, ui.Output, l.at(n))
	case *ast.Blockquote:
		l.quote(n)
	case *syntax.Box:
		l.alert(n.Word, n.Rest, l.at(n), func() { l.blocks(n.FirstChild(), len(l.out)) })
	case *extended.Table:
		l.table(n)
	case *ast.HTMLBlock:
		l.html(n)
	case *ast.ThematicBreak:
		l.emit(l.paint(ui.Edge, strings.Repeat("─", l.width)), l.at(n))
	}
	l.prose = l.prose || len(l.out) > before
}

var explicitID = syntax.Pattern(`[ \t]*\{:?[ \t]*#[A-Za-z0-9_.:-]+[ \t]*\}$`)

// heading lays out a heading, unless it is the one that its reader knows.
func (l *layout) heading(h *ast.Heading) {
	if h == l.title && !l.prose {
		return
	}
	text := bytes.TrimRight(syntax.Text(l.d.src, h), " \t\r\n")
	if bytes.HasSuffix(text, []byte("}")) {
		text = explicitID().ReplaceAll(text, nil)
	}
	l.fold(l.inlines(text).in(ui.Heading), l.at(h))
}

// text lays out a paragraph.
func (l *layout) text(raw []byte, at int) { l.fold(l.inlines(raw), at) }

// fold emits text, folded between words.
func (l *layout) fold(s styled, at int) {
	for _, p := range fold(s.text, l.width) {
		l.emit(l.painted(s, p), at)
	}
}

// list lays out a list. In it, things stand as close as their author put them.
func (l *layout) list(list *ast.List) {
	number, from := list.Start, len(l.out)
	for c := list.FirstChild(); c != nil; c = c.NextSibling() {
		l.spaced(c.HasBlankPreviousLines(), from, func() { l.item(list, c, number) })
		number++
	}
}

// item lays out an item of a list. One that is a mark has a sign before it, so
// it has neither bullet nor box.
func (l *layout) item(list *ast.List, li ast.Node, number int) {
	at := l.at(li)
	if m := l.inside(at); m >= 0 && l.marks[m].Hide {
		l.emit("", at)
		return
	}
	body := li.FirstChild()
	if body != nil && body.Kind() != ast.KindParagraph && body.Kind() != ast.KindTextBlock {
		body = nil
	}
	var box, text []byte
	if body != nil {
		box, text = syntax.Untick(syntax.Text(l.d.src, body))
	}
	sign := ""
	if list.IsOrdered() {
		sign = strconv.Itoa(number) + string(list.Marker) + " "
	}
	if !l.isMark(li, at) && !l.holdsMark(li, at) {
		if box != nil {
			sign += string(box) + " "
		}
		if sign == "" {
			sign = ui.Dot + " "
		}
	}
	l.signed(sign, at, func() {
		from, next := len(l.out), li.FirstChild()
		if body != nil {
			next = body.NextSibling()
			l.text(text, l.at(body))
		}
		rest := func() {
			for ; next != nil; next = next.NextSibling() {
				l.spaced(next.HasBlankPreviousLines(), from, func() { l.block(next) })
			}
		}
		if sign == "" && body != nil {
			l.within("  ", "  ", 2, rest)
		} else {
			rest()
		}
	})
}

// signed lays out what a number, a bullet or a box stands before.
func (l *layout) signed(sign string, at int, f func()) {
	cells := ui.Width(sign)
	switch {
	case sign == "":
		f()
	case l.width-cells < narrow:
		l.emit(strings.TrimRight(sign, " "), at)
		f()
	default:
		l.within(sign, strings.Repeat(" ", cells), cells, f)
	}
}

// isMark says whether an item of a list is a mark, and not one of several that
// are one together.
func (l *layout) isMark(li ast.Node, at int) bool {
	i := l.after(at) - 1
	if l.pin >= 0 || i < 0 || l.marks[i].From != at {
		return false
	}
	next := li.NextSibling()
	return next == nil || l.marks[i].To <= l.at(next)
}

// holdsMark says whether a mark begins within an item of a list, which is a
// label then.
func (l *layout) holdsMark(li ast.Node, at int) bool {
	i := l.after(at)
	if l.pin >= 0 || i == len(l.marks) {
		return false
	}
	last := li
	for last.LastChild() != nil && last.LastChild().Type() == ast.TypeBlock {
		last = last.LastChild()
	}
	return l.marks[i].From <= l.at(last)
}

// html lays out HTML as it is written. Comments are for programs.
func (l *layout) html(n *ast.HTMLBlock) {
	text := syntax.Text(l.d.src, n)
	if n.HasClosure() {
		text = append(bytes.Clone(text), n.ClosureLine.Value(l.d.src)...)
	}
	text = comment().ReplaceAll(text, nil)
	if n.HTMLBlockType == ast.HTMLBlockType2 {
		text, _, _ = bytes.Cut(text, []byte("<!--"))
	}
	clean := strings.Trim(l.clean(string(text)), "\n")
	if strings.TrimSpace(clean) == "" {
		return
	}
	for line := range strings.SplitSeq(clean, "\n") {
		line = strings.TrimSpace(line)
		l.fold(styled{text: anchor(line) + line}, l.at(n))
	}
}

var comment = syntax.Pattern(`(?s)<!--.*?-->`)
