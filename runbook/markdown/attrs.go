package markdown

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook/markdown/syntax"
)

// longestAttributes is far more than anybody writes by hand.
const longestAttributes = 4096

// An attribute is one key of an info string or of a comment.
type attribute struct {
	key  string
	val  string
	bare bool // no value was given, which means true
	at   int  // offset in the document
}

// A malformed is what is wrong with a list of attributes, and where.
type malformed struct {
	at   int
	text string
	hint string
}

// A written is text whose bytes may lie apart in the document: the lines of a
// comment inside a list or a quotation.
type written struct {
	text  string
	parts []part
}

type part struct{ from, at int } // text[from:] stands at at, up to the next part

// offset says where in the document a byte of the text stands.
func (w written) offset(i int) int {
	at := i
	for _, p := range w.parts {
		if p.from > i {
			break
		}
		at = p.at + i - p.from
	}
	return at
}

func at(text string, offset int) written {
	return written{text: text, parts: []part{{0, offset}}}
}

func (w written) slice(from, to int) written {
	if len(w.parts) == 1 {
		return at(w.text[from:to], w.parts[0].at+from)
	}
	out := written{text: w.text[from:to]}
	for i := from; i < to || i == from; i++ {
		o := w.offset(i)
		if n := len(out.parts); n == 0 || out.parts[n-1].at+(i-from)-out.parts[n-1].from != o {
			out.parts = append(out.parts, part{i - from, o})
		}
	}
	return out
}

// attributes reads `key`, `key=value` and `key="a value"`, separated by blanks.
// Words that no key can look like, as other tools write them (`.class`, `{1,3}`),
// come back as unknown keys.
func attributes(w written) ([]attribute, *malformed) {
	var out []attribute
	s := w.text
	for i := 0; ; {
		for i < len(s) && isBlank(s[i]) {
			i++
		}
		if i == len(s) {
			return out, nil
		}
		a := attribute{at: w.offset(i), bare: true}
		j := i
		for j < len(s) && !isBlank(s[j]) && s[j] != '=' && s[j] != '"' {
			j++
		}
		a.key = s[i:j]
		if a.key == "" {
			return nil, &malformed{a.at, fmt.Sprintf("malformed attribute: a key is missing before %q", s[i:i+1]), ""}
		}
		if j < len(s) && s[j] == '"' {
			return nil, &malformed{w.offset(j), fmt.Sprintf("malformed attribute: a quote inside of %q", a.key), "write key=\"a value\""}
		}
		if j < len(s) && s[j] == '=' {
			var bad *malformed
			a.bare = false
			a.val, j, bad = value(w, j+1)
			if bad != nil {
				return nil, bad
			}
		}
		out = append(out, a)
		i = j
	}
}

// value reads a value that begins at i, and says where it ends.
func value(w written, i int) (val string, end int, bad *malformed) {
	s := w.text
	if i < len(s) && s[i] == '"' {
		return quoted(w, i)
	}
	j := i
	for j < len(s) && !isBlank(s[j]) {
		if s[j] == '"' {
			return "", 0, &malformed{w.offset(j), "malformed attribute: a quote inside of a value", "put the whole value in quotes"}
		}
		j++
	}
	if j == i {
		return "", 0, &malformed{w.offset(min(i, len(s)-1)), "malformed attribute: no value after =", "leave out the =, or write a value"}
	}
	return s[i:j], j, nil
}

func quoted(w written, i int) (val string, end int, bad *malformed) {
	s := w.text
	var b strings.Builder
	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == '"':
			if j+1 < len(s) && !isBlank(s[j+1]) {
				return "", 0, &malformed{w.offset(j + 1), "malformed attribute: text right after the closing quote", "put a blank between attributes"}
			}
			return b.String(), j + 1, nil
		case s[j] == '\\' && j+1 < len(s) && (s[j+1] == '"' || s[j+1] == '\\'):
			j++
			b.WriteByte(s[j])
		default:
			b.WriteByte(s[j])
		}
	}
	return "", 0, &malformed{w.offset(i), "malformed attribute: the quote is not closed", `end the value with "`}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// braces finds the attributes of an info string: what stands in braces.
func braces(info string, offset int) ([]attribute, *malformed) {
	open := strings.IndexByte(info, '{')
	if open < 0 {
		return nil, nil
	}
	if len(info) > longestAttributes {
		return nil, &malformed{offset, "malformed attributes: the line is too long", ""}
	}
	rest := info[open:]
	if strings.HasPrefix(strings.TrimLeft(rest[1:], " \t"), `"`) {
		return fromJSON(rest, offset+open)
	}
	inQuote := false
	for i := 1; i < len(rest); i++ {
		switch {
		case inQuote && rest[i] == '\\':
			i++
		case rest[i] == '"':
			inQuote = !inQuote
		case rest[i] == '}' && !inQuote:
			return attributes(at(rest[1:i], offset+open+1))
		}
	}
	if inQuote {
		_, bad := attributes(at(rest[1:], offset+open+1))
		if bad != nil {
			return nil, bad
		}
	}
	return nil, &malformed{offset + open, "malformed attributes: the brace is not closed", "end the line with }"}
}

// fromJSON reads the form in which runme may write attributes.
func fromJSON(s string, offset int) ([]attribute, *malformed) {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	bad := func() *malformed {
		return &malformed{offset + min(int(dec.InputOffset()), len(s)-1), "malformed attributes: no JSON object", ""}
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, bad()
	}
	var out []attribute
	for dec.More() {
		a := attribute{at: offset + int(dec.InputOffset())}
		key, err := dec.Token()
		if err != nil {
			return nil, bad()
		}
		a.key, _ = key.(string)
		val, err := dec.Token()
		if err != nil {
			return nil, bad()
		}
		switch val := val.(type) {
		case string:
			a.val = val
		case bool, json.Number:
			a.val = fmt.Sprint(val)
		default:
			return nil, &malformed{a.at, fmt.Sprintf("malformed attribute: %q is neither text nor number", a.key), ""}
		}
		out = append(out, a)
	}
	if _, err := dec.Token(); err != nil {
		return nil, bad()
	}
	return out, nil
}

// A comment is an HTML comment with attributes.
type comment struct {
	attrs []attribute
	bad   *malformed
	at    int
	used  bool
}

var (
	ourComment = syntax.Pattern(`<!--\s*lifeboat:`)
	nearlyOurs = syntax.Pattern(`^<!--\s*lifeboat\s+[A-Za-z]+(?:=|\s*-->)`)
)

// comment reads an HTML block, if it holds attributes of ours.
func (d *doc) comment(n *ast.HTMLBlock) *comment {
	segs := n.Lines()
	if segs.Len() == 0 || !bytes.Contains(d.body[segs.At(0).Start:d.blockStop(n)], []byte("lifeboat")) {
		return nil
	}
	w := d.written(n)
	m := ourComment().FindStringIndex(w.text)
	if m == nil {
		if nearlyOurs().MatchString(w.text) {
			return &comment{at: w.offset(0), bad: &malformed{w.offset(0), "malformed attributes: no colon after lifeboat", "write <!-- lifeboat: key=value -->"}}
		}
		return nil
	}
	c := &comment{at: w.offset(m[0])}
	stop := strings.Index(w.text[m[1]:], "-->")
	switch {
	case stop < 0:
		c.bad = &malformed{c.at, "malformed attributes: the comment is not closed", "end it with -->"}
	case stop > longestAttributes:
		c.bad = &malformed{c.at, "malformed attributes: the comment is too long", ""}
	default:
		c.attrs, c.bad = attributes(w.slice(m[1], m[1]+stop))
	}
	return c
}

// written is the text of an HTML block.
func (d *doc) written(n *ast.HTMLBlock) written {
	segs := n.Lines()
	if segs.Len() == 1 && !n.HasClosure() {
		s := segs.At(0)
		return at(string(d.body[s.Start:s.Stop]), s.Start)
	}
	var w written
	var b strings.Builder
	for i := range segs.Len() {
		s := segs.At(i)
		w.parts = append(w.parts, part{b.Len(), s.Start})
		b.Write(d.body[s.Start:s.Stop])
	}
	if n.HasClosure() {
		w.parts = append(w.parts, part{b.Len(), n.ClosureLine.Start})
		b.Write(d.body[n.ClosureLine.Start:n.ClosureLine.Stop])
	}
	w.text = b.String()
	return w
}

// blockStop is where the text of an HTML block stops.
func (d *doc) blockStop(n *ast.HTMLBlock) int {
	if n.HasClosure() {
		return n.ClosureLine.Stop
	}
	return n.Lines().At(n.Lines().Len() - 1).Stop
}
