package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// plain is the text of a block's inline content as a reader hears it: links
// and code as their text, HTML left out, one blank between words.
func (d *doc) plain(n ast.Node) string {
	d.buf = d.buf[:0]
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		d.inline(c)
	}
	return tidy(d.buf)
}

// inline appends the text of one inline node to d.buf.
func (d *doc) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		d.buf = append(d.buf, unescape(n.Segment.Value(d.body))...)
		if n.SoftLineBreak() || n.HardLineBreak() {
			d.buf = append(d.buf, ' ')
		}
	case *ast.String:
		d.buf = append(d.buf, n.Value...)
	case *ast.CodeSpan:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				d.buf = append(d.buf, t.Segment.Value(d.body)...)
			}
		}
	case *ast.AutoLink:
		d.buf = append(d.buf, n.Label(d.body)...)
	case *ast.RawHTML:
		if n.Segments.Len() > 0 {
			seg := n.Segments.At(0)
			if bytes.HasPrefix(bytes.ToLower(seg.Value(d.body)), []byte("<br")) {
				d.buf = append(d.buf, ' ')
			}
		}
	default:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			d.inline(c)
		}
	}
}

// unescape resolves backslashes and character references.
func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '\\') >= 0 {
		b = util.UnescapePunctuations(b)
	}
	if bytes.IndexByte(b, '&') >= 0 {
		b = util.ResolveEntityNames(util.ResolveNumericReferences(b))
	}
	return b
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
		if s := d.raw(n); s != "" {
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

// raw is the text of a code block, with LF at the end of each line but the last.
func (d *doc) raw(n ast.Node) string {
	lines := n.Lines()
	size := 0
	for i := range lines.Len() {
		seg := lines.At(i)
		size += seg.Len() + seg.Padding
	}
	b := make([]byte, 0, size+1)
	for i := range lines.Len() {
		seg := lines.At(i)
		for range seg.Padding {
			b = append(b, ' ')
		}
		line := bytes.TrimRight(d.body[seg.Start:seg.Stop], "\r\n")
		b = append(append(b, line...), '\n')
	}
	return strings.TrimSuffix(string(b), "\n")
}

// start is where a block begins in the text.
func start(n ast.Node) int {
	if p := n.Pos(); p >= 0 {
		return p
	}
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		return n.Lines().At(0).Start
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if p := start(c); p >= 0 {
			return p
		}
	}
	return -1
}

// end is where the last line of a block ends, without its line break.
func (d *doc) end(n ast.Node) int {
	at := max(start(n), 0)
	if n.Type() == ast.TypeBlock {
		if l := n.Lines(); l != nil && l.Len() > 0 {
			at = max(at, l.At(l.Len()-1).Stop)
		}
	}
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		return d.fence(n).end
	case *ast.HTMLBlock:
		if n.HasClosure() {
			at = max(at, n.ClosureLine.Stop)
		}
	}
	if c := n.LastChild(); c != nil && c.Type() == ast.TypeBlock {
		at = max(at, d.end(c))
	}
	return d.lineEnd(at)
}

// lineEnd is the end of the line that at lies in, or that it ends.
func (d *doc) lineEnd(at int) int {
	if at > 0 && d.src[at-1] == '\n' {
		at--
	} else if i := bytes.IndexByte(d.src[at:], '\n'); i >= 0 {
		at += i
	} else {
		at = len(d.src)
	}
	if at > 0 && d.src[at-1] == '\r' {
		at--
	}
	return at
}
