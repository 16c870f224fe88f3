package doc

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook/markdown/syntax"
	"lifeboat/tui/ui"
)

// A styled text is text and the roles of its parts.
type styled struct {
	text  string
	spans []span // one after the other; what they don't reach is plain
}

type span struct {
	end  int
	role ui.Role
}

// in is the text in one role.
func (s styled) in(r ui.Role) styled {
	return styled{s.text, []span{{len(s.text), r}}}
}

// and puts another text behind one.
func (s styled) and(t styled) styled {
	out := styled{text: s.text + t.text, spans: append([]span(nil), s.spans...)}
	if n := len(s.spans); n == 0 || s.spans[n-1].end < len(s.text) {
		out.spans = append(out.spans, span{len(s.text), ui.Plain})
	}
	for _, p := range t.spans {
		out.spans = append(out.spans, span{p.end + len(s.text), p.role})
	}
	return out
}

// A piece is a part of a text as its author wrote it.
type piece struct {
	text []byte
	role ui.Role
	code bool // blanks in it are kept
}

// A reader gathers the pieces of one text.
type reader struct {
	src    []byte
	pieces []piece
}

// longest is the length of a paragraph in bytes; a longer one is shown as it is
// written.
const longest = 1 << 14

// inlines reads the text of one block.
func (l *layout) inlines(raw []byte) styled {
	if l.o.Clean != nil {
		// A secret that Markdown would take for markup is only whole in here.
		raw = []byte(l.o.Clean(string(raw)))
	}
	r := &reader{src: raw}
	if len(raw) <= longest && bytes.ContainsAny(raw, syntax.Special+"\n") {
		r.children(l.d.md.Inlines(raw), ui.Plain)
	} else {
		r.put(string(raw), ui.Plain, false)
	}
	return l.flat(r.pieces)
}

func (r *reader) put(text string, role ui.Role, code bool) {
	if n := len(r.pieces); n > 0 && r.pieces[n-1].role == role && r.pieces[n-1].code == code {
		r.pieces[n-1].text = append(r.pieces[n-1].text, text...)
		return
	}
	r.pieces = append(r.pieces, piece{[]byte(text), role, code})
}

func (r *reader) children(n ast.Node, role ui.Role) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.node(c, role)
	}
}

func (r *reader) node(n ast.Node, role ui.Role) {
	switch n := n.(type) {
	case *ast.Text:
		r.put(string(syntax.Unescape(n.Segment.Value(r.src))), role, false)
		switch {
		case n.HardLineBreak():
			r.put("\n", role, false)
		case n.SoftLineBreak():
			r.put(" ", role, false)
		}
	case *ast.String:
		r.put(string(n.Value), role, false)
	case *ast.CodeSpan:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				r.put(strings.ReplaceAll(string(t.Segment.Value(r.src)), "\n", " "), ui.Code, true)
			}
		}
	case *ast.Emphasis:
		if n.Level > 1 {
			role = ui.Strong
		}
		r.children(n, role)
	case *ast.Link:
		r.link(n)
	case *ast.Image:
		r.put("[image: ", role, false)
		r.children(n, role)
		r.put("]", role, false)
	case *ast.AutoLink:
		r.put(string(n.Label(r.src)), ui.Link, false)
	case *ast.RawHTML:
		r.html(n, role)
	default:
		r.children(n, role)
	}
}

var lineEnd = syntax.Pattern(`(?i)^<br\s*/?>$`)

// link shows where a link leads if lifeboat can't go there by itself, or if
// nothing else is to be seen of it.
func (r *reader) link(n *ast.Link) {
	inside := reader{src: r.src}
	inside.children(n, ui.Link)
	shown := ""
	for _, p := range inside.pieces {
		shown += string(p.text)
		r.put(string(p.text), p.role, p.code)
	}
	to := string(syntax.Unescape(n.Destination))
	switch {
	case strings.TrimSpace(shown) == "":
		r.put(to, ui.Link, false)
	case !syntax.Within(to) && shown != to && "mailto:"+shown != to:
		r.put(" ("+to+")", ui.Faint, false)
	}
}

// html keeps HTML as it is written, but for comments and line breaks.
func (r *reader) html(n *ast.RawHTML, role ui.Role) {
	var b []byte
	for i := range n.Segments.Len() {
		seg := n.Segments.At(i)
		b = append(b, seg.Value(r.src)...)
	}
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
	case lineEnd().Match(b):
		r.put("\n", role, false)
	default:
		r.put(strings.ReplaceAll(string(b), "\n", " "), role, false)
	}
}

// flat makes one text of pieces, cleaned, with one blank between words.
func (l *layout) flat(pieces []piece) styled {
	var b builder
	var whole, parts strings.Builder
	for _, p := range pieces {
		clean := l.clean(string(p.text))
		b.add(clean, p.role, p.code)
		if l.o.Clean != nil && len(pieces) > 1 {
			whole.Write(p.text)
			parts.WriteString(clean)
		}
	}
	if whole.Len() > 0 {
		if clean := l.clean(whole.String()); clean != parts.String() {
			// A secret that is partly in code, or stressed, is found in the whole
			// alone: better without looks than without a mask.
			b = builder{}
			b.add(clean, ui.Plain, false)
		}
	}
	return b.done()
}

// A builder puts a styled text together.
type builder struct {
	b     []byte
	spans []span
}

func (b *builder) add(text string, role ui.Role, code bool) {
	for i := 0; i < len(text); i++ {
		c, n := text[i], len(b.b)
		switch {
		case c == '\n':
			b.b = bytes.TrimRight(b.b, " ")
			if len(b.b) > 0 && !bytes.HasSuffix(b.b, []byte("\n\n")) {
				b.b = append(b.b, c)
			}
		case c == ' ' && (n == 0 || b.b[n-1] == '\n' || !code && b.b[n-1] == ' '): // one blank is enough
		case c == '_' && !code && bytes.HasSuffix(b.b, []byte("____")): // so are four of a question's
		default:
			b.b = append(b.b, c)
		}
	}
	b.spans = append(b.spans, span{len(b.b), role})
}

// done gives the text. No span ends within a character: on the screen it is one.
func (b *builder) done() styled {
	text := string(bytes.TrimRight(b.b, " \n"))
	if isASCII(text) {
		return styled{text, b.spans}
	}
	var out strings.Builder
	k := 0
	for i := 0; i < len(text); {
		if i == 0 || text[i-1] == '\n' {
			out.WriteString(anchor(text[i:]))
		}
		n, _ := character(text, i)
		out.WriteString(text[i : i+n])
		i += n
		for ; k < len(b.spans) && b.spans[k].end <= i; k++ {
			b.spans[k].end = out.Len()
		}
	}
	for ; k < len(b.spans); k++ {
		b.spans[k].end = out.Len()
	}
	return styled{out.String(), b.spans}
}
