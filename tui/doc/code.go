package doc

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
	"lifeboat/tui/ui"
)

// fence lays out a fenced block: a command, text, or a remark whose kind stands
// in braces. What is no place to act on is set in a little, as a reader is used
// to from a page.
func (l *layout) fence(n *ast.FencedCodeBlock) {
	at := l.at(n)
	if l.pin < 0 {
		for at < len(l.d.src) && l.d.src[at] != '`' && l.d.src[at] != '~' {
			at++
		}
	}
	info := ""
	if n.Info != nil {
		info = strings.TrimSpace(string(n.Info.Segment.Value(l.d.src)))
	}
	text := strings.Split(syntax.Code(l.d.src, n), "\n")
	if word, title, ok := syntax.Directive(info); ok && l.pin < 0 {
		l.alert(word, title, at, func() { l.inner(text, at) })
		return
	}
	role := ui.Output
	if _, command := syntax.Language(info); command {
		role = ui.Code
	}
	m := l.inside(at)
	if m < 0 {
		l.within("  ", "  ", 2, func() { l.code(text, nil, role, at) })
		return
	}
	for _, b := range l.marks[m].Blocks {
		if run := runs(text, b); run != nil {
			l.code(text, run, ui.Code, at)
			return
		}
	}
	l.code(text, nil, role, at)
}

// runs says which lines of a fence a block runs: all, or those behind a prompt
// with what continues them. nil: it isn't the block's fence.
func runs(text []string, b *runbook.Block) []bool {
	out := make([]bool, len(text))
	want := strings.Split(b.Text, "\n")
	for i, line := range text {
		if len(want) == 0 {
			break
		}
		bare, prompt := strings.CutPrefix(strings.TrimLeft(line, " \t"), "$ ")
		if line == want[0] || prompt && bare == want[0] {
			out[i], want = true, want[1:]
		}
	}
	if len(want) > 0 {
		return nil
	}
	return out
}

// code lays out lines of code, each as it is, from the first to the last that
// shows. A long one is folded, never cut: what is read must be what runs. Lines
// that don't run look like output.
func (l *layout) code(text []string, run []bool, role ui.Role, at int) {
	clean := strings.Split(l.clean(strings.Join(text, "\n")), "\n")
	if len(clean) != len(text) {
		run = nil // a mask took line breaks with it
	}
	blank := func(i int) bool { return strings.TrimSpace(clean[i]) == "" }
	from, to := 0, len(clean)
	for from < to && blank(from) {
		from++
	}
	for from < to && blank(to-1) {
		to--
	}
	for i := from; i < to; i++ {
		line, look := clean[i], role
		if run != nil && !run[i] {
			look = ui.Output
		}
		line = anchor(line) + line
		for j, p := range foldCode(line, l.width) {
			sign := ""
			if j > 0 {
				sign = l.paint(ui.Faint, ui.SignFold) + " "
			}
			l.emit(sign+l.paint(look, line[p.from:p.to]), at)
		}
	}
}

// inner lays out Markdown that stands inside a block of code, as a document of
// its own. All of it stands where the block does.
func (l *layout) inner(text []string, at int) {
	for len(text) > 0 && (strings.HasPrefix(text[0], ":class:") || strings.HasPrefix(text[0], ":name:")) {
		text = text[1:]
	}
	outer := l.d
	l.d, l.pin = read(outer.parser, []byte(strings.Join(text, "\n")), 0), at
	l.blocks(l.d.md.Root.FirstChild(), len(l.out))
	l.d, l.pin = outer, -1
}

var warns = syntax.Pattern(`^(?:(?:\*\*|__)?(?i:warning|caution|important|danger|attention)\b|[\x{26A0}\x{2757}\x{203C}\x{26D4}\x{1F6D1}\x{1F6A8}\x{2620}\x{2622}\x{2623}])`)

// quote lays out a quotation, or the alert that it is.
func (l *layout) quote(n *ast.Blockquote) {
	role := ui.Edge
	if p, ok := n.FirstChild().(*ast.Paragraph); ok {
		text := syntax.Text(l.d.src, p)
		if word, rest, ok := syntax.Alert(string(text)); ok {
			l.alert(word, "", l.at(n), func() {
				from := len(l.out)
				l.text([]byte(rest), l.at(p))
				l.blocks(p.NextSibling(), from)
			})
			return
		}
		if warns().Match(bytes.TrimSpace(text)) {
			role = ui.Warn
		}
	}
	l.barred(role, func() { l.blocks(n.FirstChild(), len(l.out)) })
}

// calm are the kinds of remarks that warn of nothing.
var calm = map[string]bool{
	"note": true, "tip": true, "hint": true, "info": true, "seealso": true, "admonition": true,
	"question": true, "abstract": true, "example": true,
}

// alert lays out a remark under the word that says what kind it is.
func (l *layout) alert(word, title string, at int, body func()) {
	role, bar := ui.Warn, ui.Warn
	if calm[strings.ToLower(word)] {
		role, bar = ui.Heading, ui.Edge
	}
	l.barred(bar, func() {
		head := styled{text: strings.ToUpper(word)}.in(role)
		if title != "" {
			head = head.and(styled{text: ": "}).and(l.inlines([]byte(title)))
		}
		l.fold(head, at)
		body()
	})
}

// barred lays out what a bar stands before.
func (l *layout) barred(role ui.Role, f func()) {
	bar := l.paint(role, ui.SignBar) + " "
	l.within(bar, bar, 2, f)
}
