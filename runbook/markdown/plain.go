package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// special are the characters that begin inline markup. A text without any of
// them is plain as it stands.
const special = "\\`*_[<&"

// plain is the text of a block's inline content as a reader hears it: links
// and code as their text, HTML left out, one blank between words.
func (d *doc) plain(n ast.Node) string {
	return d.plainText(d.inlineText(n))
}

func (d *doc) plainText(raw []byte) string {
	if !bytes.ContainsAny(raw, special) {
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

// inlineText is the text of a block, as it stands between its markers.
func (d *doc) inlineText(n ast.Node) []byte {
	l := n.Lines()
	if l == nil || l.Len() == 0 {
		return nil
	}
	if l.Len() == 1 {
		return d.body[l.At(0).Start:l.At(0).Stop]
	}
	var b []byte
	for i := range l.Len() {
		b = append(b, d.body[l.At(i).Start:l.At(i).Stop]...)
	}
	return b
}

// inlines parses the text of one block. The nodes are good for content and
// inline until the next call.
func (d *doc) inlines(raw []byte) ast.Node {
	d.text = raw
	return d.inner.Parse(text.NewReader(raw), parser.WithContext(fresh{parser.NewContext(), d.pc})).FirstChild()
}

// fresh is a context that knows the document's link definitions and nothing
// else: goldmark keeps in it where in a text it has looked for the end of a
// comment, which is wrong for the next text.
type fresh struct {
	parser.Context
	defs parser.Context
}

func (f fresh) Reference(label string) (parser.Reference, bool) { return f.defs.Reference(label) }

// inline appends the text of one inline node to d.buf.
func (d *doc) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		d.buf = append(d.buf, unescape(n.Segment.Value(d.text))...)
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
	from := max(start(n), 0)
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
