package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook/markdown/syntax"
)

var (
	alertSign   = syntax.Pattern(`^(?:\x{26A0}|\x{2757}|\x{203C}|\x{26D4}|\x{2139}|\x{1F6D1}|\x{1F6A8}|\x{2620}|\x{2622}|\x{2623})\x{FE0F}?\s*`)
	remarkColon = syntax.Pattern(`(?i)^(note|warning|caution|important|danger|attention|tip)\s*[:!]\s*`)
	inlineMarks = syntax.Pattern("\\[([^\\]\n]*)\\]\\([^)\n]*\\)|`([^`\n]*)`")
)

// remark is the text of a block that warns of something or remarks on it, in
// any of the dialects.
func (d *doc) remark(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.Blockquote:
		p := n.FirstChild()
		if p == nil || p.Kind() != ast.KindParagraph {
			return "", false
		}
		if _, _, ok := syntax.Alert(d.plain(p)); !ok && !d.isRemark(p) {
			return "", false
		}
		d.looksSimple(n, n.FirstChild())
		_, text, _ := syntax.Alert(d.prose(n))
		return strings.TrimSpace(text), true
	case *syntax.Box:
		d.looksSimple(n, n.FirstChild())
		text := d.prose(n)
		if n.Title != "" {
			text = strings.TrimSuffix(n.Title, ":") + ": " + text
		}
		return text, true
	case *ast.FencedCodeBlock:
		return d.directive(n)
	case *ast.Paragraph:
		if d.isRemark(n) {
			return d.plain(n), true
		}
	}
	return "", false
}

// isRemark reports whether a paragraph begins as remarks do.
func (d *doc) isRemark(n ast.Node) bool {
	raw := bytes.TrimSpace(syntax.Text(d.body, n))
	if len(raw) == 0 {
		return false
	}
	if bytes.HasPrefix(raw, []byte("**")) || bytes.HasPrefix(raw, []byte("__")) {
		word, _, ok := bytes.Cut(raw[2:], raw[:2])
		return ok && len(word) < 40 && startsRemark(d.plainText(word)+":")
	}
	return raw[0] >= 0x80 && alertSign().Match(raw) || startsRemark(string(raw[:min(len(raw), 20)]))
}

// directive reads a fence whose language is the name of a remark in braces.
func (d *doc) directive(n *ast.FencedCodeBlock) (string, bool) {
	if n.Info == nil {
		return "", false
	}
	_, title, ok := syntax.Directive(string(n.Info.Segment.Value(d.src)))
	if !ok {
		return "", false
	}
	var lines []string
	for l := range strings.SplitSeq(syntax.Code(d.body, n), "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, ":class:") && !strings.HasPrefix(l, ":name:") {
			lines = append(lines, l)
		}
	}
	text := inlineMarks().ReplaceAllString(strings.Join(lines, " "), "$1$2")
	if title != "" {
		text = title + ": " + text
	}
	return text, true
}

// looksSimple advises against lists and blocks inside a warning: what is to be
// done belongs into items, where it is ticked.
func (d *doc) looksSimple(n, first ast.Node) {
	if d.foreign {
		return
	}
	for c := first; c != nil; c = c.NextSibling() {
		switch c.Kind() {
		case ast.KindList, ast.KindFencedCodeBlock, ast.KindCodeBlock:
			d.advise(syntax.Start(n), "a warning that holds a list or a block: nothing in it can be ticked or run", "say what may happen; put what is to be done into items")
			return
		}
	}
}

// startsRemark reports whether text begins with "Note:" or the like.
func startsRemark(text string) bool {
	return text != "" && strings.IndexByte("nwcidat", text[0]|0x20) >= 0 && remarkColon().MatchString(text)
}
