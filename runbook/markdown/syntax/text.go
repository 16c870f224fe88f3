package syntax

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// Special are the characters that begin inline markup. A line without any of
// them is plain as it stands.
const Special = "\\`*_[<&"

// Start is where a block begins in the document; 0 if nothing of it is there.
func Start(n ast.Node) int { return max(start(n), 0) }

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

// Text is the text of a block, as it stands between its markers.
func Text(src []byte, n ast.Node) []byte {
	l := n.Lines()
	if l == nil || l.Len() == 0 {
		return nil
	}
	if l.Len() == 1 {
		return src[l.At(0).Start:l.At(0).Stop]
	}
	var b []byte
	for i := range l.Len() {
		b = append(b, src[l.At(i).Start:l.At(i).Stop]...)
	}
	return b
}

// Code is the text of a code block, with LF at the end of each line but the last.
func Code(src []byte, n ast.Node) string {
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
		line := bytes.TrimRight(src[seg.Start:seg.Stop], "\r\n")
		b = append(append(b, line...), '\n')
	}
	return strings.TrimSuffix(string(b), "\n")
}

// Untick takes the box of a task off the text of an item: [ ], [x] or [X].
// The box is nil where there is none.
func Untick(text []byte) (box, rest []byte) {
	if len(text) < 3 || text[0] != '[' || text[2] != ']' || bytes.IndexByte([]byte(" xX"), text[1]) < 0 ||
		len(text) > 3 && bytes.IndexByte([]byte(" \t\r\n"), text[3]) < 0 {
		return nil, text
	}
	return text[:3], text[3:]
}

// longestRef is the longest character reference that is looked for.
const longestRef = 64

// Unescape resolves backslashes and character references, each once: what it
// gives is text. It may be b itself.
func Unescape(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 && bytes.IndexByte(b, '&') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\\' && i+1 < len(b) && util.IsPunct(b[i+1]):
			i++
			out = append(out, b[i])
		case b[i] == '&':
			ref := reference(b[i:])
			if got := util.ResolveEntityNames(util.ResolveNumericReferences(ref)); !bytes.Equal(got, ref) {
				out = append(out, got...)
				i += len(ref) - 1
			} else {
				out = append(out, '&')
			}
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// reference is what a text begins with that may be a character reference.
func reference(b []byte) []byte {
	end := bytes.IndexByte(b[:min(len(b), longestRef)], ';')
	if end < 0 || bytes.IndexByte(b[1:end], '&') >= 0 {
		return nil
	}
	return b[:end+1]
}
