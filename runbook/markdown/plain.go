package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook/markdown/syntax"
)

// plain is the text of a block's inline content as a reader hears it: links
// and code as their text, HTML left out, one blank between words.
func (d *doc) plain(n ast.Node) string {
	return d.plainText(syntax.Text(d.body, n))
}

func (d *doc) plainText(raw []byte) string {
	if !bytes.ContainsAny(raw, syntax.Special) {
		return tidy(raw)
	}
	if d.buf = d.buf[:0]; d.codeOnly(raw) {
		return tidy(d.buf)
	}
	return d.content(d.inlines(raw))
}

// codeOnly appends raw to d.buf without its code spans' marks, and reports
// whether that is all there is to it: no other markup, and underscores that
// stand inside words or alone, as the blank of a question does.
func (d *doc) codeOnly(raw []byte) bool {
	runs := 0
	for i := 0; i < len(raw); {
		switch c := raw[i]; c {
		case '\\', '*', '[', '<', '&':
			return false
		case '`':
			n := run(raw[i:], '`')
			end := i + n
			for end < len(raw) && run(raw[end:], '`') != n {
				end += max(run(raw[end:], '`'), 1)
			}
			if end >= len(raw) {
				return false
			}
			inside := raw[i+n : end]
			if k := len(inside); k > 2 && inside[0] == ' ' && inside[k-1] == ' ' && len(bytes.TrimSpace(inside)) > 0 {
				inside = inside[1 : k-1]
			}
			d.buf = append(d.buf, inside...)
			i = end + n
		case '_':
			n := run(raw[i:], '_')
			if i == 0 || i+n == len(raw) || !isWordByte(raw[i-1]) || !isWordByte(raw[i+n]) {
				if runs++; runs > 1 {
					return false
				}
			}
			d.buf = append(d.buf, raw[i:i+n]...)
			i += n
		default:
			d.buf = append(d.buf, c)
			i++
		}
	}
	return true
}

// run is how many bytes c begin b.
func run(b []byte, c byte) int {
	n := 0
	for n < len(b) && b[n] == c {
		n++
	}
	return n
}

func isWordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

// content is the plain text of the inline nodes below n, which inlines made.
func (d *doc) content(n ast.Node) string {
	d.buf = d.buf[:0]
	if n != nil {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			d.inline(c)
		}
	}
	return tidy(d.buf)
}

// inlines parses the text of one block. The nodes are good for content and
// inline until the next call.
func (d *doc) inlines(raw []byte) ast.Node {
	d.text = raw
	return d.md.Inlines(raw).FirstChild()
}

// inline appends the text of one inline node to d.buf.
func (d *doc) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		d.buf = append(d.buf, syntax.Unescape(n.Segment.Value(d.text))...)
		if n.SoftLineBreak() || n.HardLineBreak() {
			d.buf = append(d.buf, ' ')
		}
	case *ast.String:
		d.buf = append(d.buf, n.Value...)
	case *ast.CodeSpan:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				d.buf = append(d.buf, t.Segment.Value(d.text)...)
			}
		}
	case *ast.AutoLink:
		d.buf = append(d.buf, n.Label(d.text)...)
	case *ast.RawHTML:
		if n.Segments.Len() > 0 {
			seg := n.Segments.At(0)
			if bytes.HasPrefix(bytes.ToLower(seg.Value(d.text)), []byte("<br")) {
				d.buf = append(d.buf, ' ')
			}
		}
	default:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			d.inline(c)
		}
	}
}

// tidy trims b and makes each run of blanks one space.
func tidy(b []byte) string {
	b = bytes.TrimSpace(b)
	if bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '\t') < 0 && bytes.IndexByte(b, '\r') < 0 &&
		!bytes.Contains(b, []byte("  ")) {
		return string(b)
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

// prose is the text of a block and of all blocks inside it, a line for each.
func (d *doc) prose(n ast.Node) string {
	var out []string
	d.proseInto(n, &out)
	return strings.Join(out, "\n")
}

func (d *doc) proseInto(n ast.Node, out *[]string) {
	switch n.Kind() {
	case ast.KindParagraph, ast.KindTextBlock, ast.KindHeading:
		if s := d.plain(n); s != "" {
			*out = append(*out, s)
		}
		return
	case ast.KindFencedCodeBlock, ast.KindCodeBlock:
		if s := syntax.Code(d.body, n); s != "" {
			*out = append(*out, s)
		}
		return
	case ast.KindHTMLBlock, ast.KindThematicBreak:
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		d.proseInto(c, out)
	}
}

// end is where the last line of a block ends, without its line break.
func (d *doc) end(n ast.Node) int {
	from := syntax.Start(n)
	at := d.trimEnd(d.lineStop(from))
	if n.Type() == ast.TypeBlock {
		if l := n.Lines(); l != nil && l.Len() > 0 {
			at = max(at, d.lineEnd(l.At(l.Len()-1).Stop))
		}
	}
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		return d.fence(n).end
	case *ast.HTMLBlock:
		if n.HasClosure() {
			at = max(at, d.lineEnd(n.ClosureLine.Stop))
		}
	}
	if c := n.LastChild(); c != nil && c.Type() == ast.TypeBlock {
		at = max(at, d.end(c))
	}
	return at
}

// lineEnd is the end of the line that stops at at: before its line break, or
// after it.
func (d *doc) lineEnd(at int) int {
	if at > 0 && d.src[at-1] == '\n' {
		at--
	} else {
		at = d.lineStop(at)
	}
	return d.trimEnd(at)
}
