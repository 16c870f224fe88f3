package markdown

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// Limits of the front matter: the YAML parser is quadratic in both.
const (
	longestFront  = 16 << 10
	mostBrackets  = 500
	formatVersion = "1"
)

// exercises are how often a runbook is rehearsed.
var exercises = []string{"weekly", "monthly", "quarterly", "yearly", "after-change"}

// objectives are the limits that a recovery can have.
var objectives = []string{"downtime", "critical", "noncritical", "full", "data_loss", "notify"}

// frontEnd finds the front matter of text, which begins at from: the lines
// between two lines of three dashes. ok is false if there is none.
func frontEnd(text []byte, from int) (open, close, end int, ok bool) {
	rest := text[from:]
	first, _, more := bytes.Cut(rest, []byte("\n"))
	if !more || string(bytes.TrimRight(first, " \t\r")) != "---" {
		return 0, 0, 0, false
	}
	open = from + len(first) + 1
	for i := open; i < len(text) && i <= open+longestFront; {
		stop := bytes.IndexByte(text[i:], '\n')
		if stop < 0 {
			stop = len(text) - i
		}
		if l := string(bytes.TrimRight(text[i:i+stop], " \t\r")); l == "---" || l == "..." {
			return open, i, min(i+stop+1, len(text)), true
		}
		i += stop + 1
	}
	return 0, 0, 0, false
}

// A yamlFile is the front matter while it is read.
type yamlFile struct {
	d       *doc
	line    int // of the document, on which its first line stands
	foreign bool
}

var saysOurs = syntax.Pattern(`(?m)^lifeboat[ \t]*:`)

// front reads the front matter of the document into its book, and returns
// where the document proper begins.
func (d *doc) front(from int) int {
	d.book.Foreign = true
	open, stop, end, ok := frontEnd(d.src, from)
	if !ok {
		if from < len(d.src) && saysOurs().Match(d.src[from:min(len(d.src), from+longestFront)]) &&
			bytes.HasPrefix(d.src[from:], []byte("---")) {
			d.fault(from, "the front matter is not closed", "end it with a line of three dashes")
		}
		return from
	}
	text := bytes.ReplaceAll(d.src[open:stop], []byte("\r\n"), []byte("\n"))
	line, _ := d.place(open)
	y := &yamlFile{d: d, line: line}
	ours := saysOurs().Match(text)
	m, err := mapping(text)
	switch {
	case err != nil && ours:
		y.fault(err.line, err.col, "front matter: "+err.text, "")
		return end
	case err != nil:
		d.warn(open, "front matter that is no YAML is skipped", "")
		return end
	case m == nil:
		if len(bytes.TrimSpace(text)) > 0 && !ours {
			return from // dashes around something that is no mapping: part of the document
		}
		return end
	}
	y.read(m)
	return end
}

type yamlError struct {
	line, col int
	text      string
}

// mapping parses YAML that should be one mapping; nil if it is something else.
func mapping(text []byte) (entries []*ast.MappingValueNode, bad *yamlError) {
	if !utf8.Valid(text) || bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > mostBrackets {
		return nil, &yamlError{1, 1, "too many brackets"}
	}
	defer func() {
		if r := recover(); r != nil { // the library's own fault; the document is not worth dying for
			entries, bad = nil, &yamlError{1, 1, "it can't be read"}
		}
	}()
	f, err := parser.ParseBytes(text, 0)
	if err != nil {
		bad = &yamlError{1, 1, oneLine(err.Error())}
		var y yaml.Error
		if errors.As(err, &y) {
			bad.text = y.GetMessage()
			if t := y.GetToken(); t != nil && t.Position != nil {
				bad.line, bad.col = t.Position.Line, t.Position.Column
			}
		}
		return nil, bad
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return nil, nil
	}
	return pairs(f.Docs[0].Body), nil
}

func pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func (y *yamlFile) fault(line, col int, text, hint string) {
	if y.foreign {
		return // the keys of other tools mean what they like
	}
	m := Message{File: y.d.name, Line: y.line + max(line, 1) - 1, Col: max(col, 1), Level: Fault, Text: oneLine(text), Hint: hint}
	y.d.msgs = append(y.d.msgs, m)
}

func (y *yamlFile) faultAt(n ast.Node, text, hint string) {
	line, col := spot(n.GetToken())
	y.fault(line, col, text, hint)
}

func (y *yamlFile) advise(n ast.Node, text, hint string) {
	line, col := spot(n.GetToken())
	m := Message{File: y.d.name, Line: y.line + line - 1, Col: col, Level: Warning, Text: oneLine(text), Hint: hint}
	y.d.advice = append(y.d.advice, m)
}

func spot(t *token.Token) (line, col int) {
	if t == nil || t.Position == nil {
		return 1, 1
	}
	return max(t.Position.Line, 1), max(t.Position.Column, 1)
}

// read takes in the keys it knows. The version of the format comes first: it
// decides whether the others are ours.
func (y *yamlFile) read(m []*ast.MappingValueNode) {
	y.foreign = true
	for _, e := range m {
		if key(e) != "lifeboat" {
			continue
		}
		y.foreign = false
		if v := scalar(e.Value); v == formatVersion {
			y.d.book.Foreign = false
		} else {
			y.faultAt(e.Value, fmt.Sprintf("format %q is not known", v), "this lifeboat reads `lifeboat: 1`; the file is opened as a foreign one")
			y.foreign = true
		}
	}
	b := y.d.book
	for _, e := range m {
		switch key(e) {
		case "title":
			b.Title = y.text(e)
		case "summary":
			b.Summary = y.text(e)
		case "description":
			if b.Summary == "" && y.foreign {
				b.Summary = y.text(e)
			}
		case "version":
			b.Version = y.text(e)
		case "last_reviewed_on":
			y.reviewed(e)
		case "review_in":
			b.ReviewIn = y.text(e)
			if _, err := addTerm(time.Time{}, b.ReviewIn); err != nil {
				y.advise(e.Value, err.Error(), "write 3 months")
			}
		default:
			if !y.foreign {
				y.own(e)
			}
		}
	}
}

// own reads the keys that only an own file has.
func (y *yamlFile) own(e *ast.MappingValueNode) {
	b := y.d.book
	switch key(e) {
	case "objectives":
		y.objectives(e)
	case "exercise":
		b.Exercise = y.text(e)
		if b.Exercise != "" && !slices.Contains(exercises, b.Exercise) {
			y.faultAt(e.Value, fmt.Sprintf("exercise %q is none of %s", b.Exercise, strings.Join(exercises, ", ")), "")
			b.Exercise = ""
		}
	case "needs":
		for _, n := range y.list(e) {
			y.need(n)
		}
	case "env":
		b.Env = y.names(e)
	case "secrets":
		b.Secrets = y.names(e)
	case "identify":
		b.Identify = y.text(e)
	case "roles":
		for _, n := range y.list(e) {
			b.Roles = append(b.Roles, scalar(n))
		}
	case "practice":
		b.Practice = y.text(e)
	case "unattended":
		switch scalar(e.Value) {
		case "true":
			b.Unattended = true
		case "false":
		default:
			y.faultAt(e.Value, "unattended is neither true nor false", "")
		}
	}
}

func key(e *ast.MappingValueNode) string {
	if e.Key == nil || e.Key.GetToken() == nil {
		return ""
	}
	return e.Key.GetToken().Value
}

// scalar is the text of a plain value; "" for lists, mappings and nothing.
func scalar(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	}
	return ""
}

func (y *yamlFile) text(e *ast.MappingValueNode) string {
	s := strings.TrimSpace(scalar(e.Value))
	if s == "" {
		switch e.Value.(type) {
		case *ast.StringNode, *ast.NullNode, nil:
		default:
			y.faultAt(e.Value, fmt.Sprintf("%s is not plain text", key(e)), "")
		}
	}
	return s
}

// list is the entries of a list, or one value as a list of one.
func (y *yamlFile) list(e *ast.MappingValueNode) []ast.Node {
	var out []ast.Node
	switch v := e.Value.(type) {
	case *ast.SequenceNode:
		out = v.Values
	case *ast.NullNode, nil:
		return nil
	default:
		out = []ast.Node{v}
	}
	var plain []ast.Node
	for _, n := range out {
		if n == nil || scalar(n) == "" {
			y.faultAt(e.Value, fmt.Sprintf("an entry of %s is not plain text", key(e)), "")
			continue
		}
		plain = append(plain, n)
	}
	return plain
}

func (y *yamlFile) names(e *ast.MappingValueNode) []string {
	var out []string
	for _, n := range y.list(e) {
		if s := scalar(n); variableOnly().MatchString(s) {
			out = append(out, s)
		} else {
			y.faultAt(n, fmt.Sprintf("%q is no name of a variable", s), "list names, never values")
		}
	}
	return out
}

var needed = syntax.Pattern(`^([A-Za-z0-9_][A-Za-z0-9_.+-]*)[ \t]*(?:>=[ \t]*([0-9][0-9A-Za-z.]*))?$`)

func (y *yamlFile) need(n ast.Node) {
	m := needed().FindStringSubmatch(scalar(n))
	if m == nil {
		y.faultAt(n, fmt.Sprintf("%q is no command", scalar(n)), "write git or git>=2.30")
		return
	}
	y.d.book.Needs = append(y.d.book.Needs, runbook.Need{Command: m[1], AtLeast: m[2]})
}

func (y *yamlFile) objectives(e *ast.MappingValueNode) {
	if _, none := e.Value.(*ast.NullNode); none || e.Value == nil {
		return
	}
	entries := pairs(e.Value)
	if entries == nil {
		y.faultAt(e.Value, "objectives is no mapping", "write objectives: {critical: 1h}")
	}
	for _, o := range entries {
		name := key(o)
		if !slices.Contains(objectives, name) {
			y.faultAt(o.Key, fmt.Sprintf("objective %q is none of %s", name, strings.Join(objectives, ", ")), "")
			continue
		}
		v, err := duration(scalar(o.Value))
		if err != nil {
			y.faultAt(o.Value, fmt.Sprintf("objective %s: %v", name, err), "")
			continue
		}
		y.d.book.Objectives = append(y.d.book.Objectives, runbook.Objective{Name: name, Limit: v})
	}
}

func (y *yamlFile) reviewed(e *ast.MappingValueNode) {
	s := y.text(e)
	if s == "" {
		return
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		y.advise(e.Value, fmt.Sprintf("review date %q is no date", s), "write 2026-11-23")
		return
	}
	y.d.book.Reviewed = t
	y.d.reviewed = e.Value
	y.d.frontLine = y.line
}

var term = syntax.Pattern(`^([0-9]{1,4})[ ]*(day|week|month|year)s?$`)

// addTerm adds "3 months" to a day.
func addTerm(t time.Time, s string) (time.Time, error) {
	if m := term().FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		switch m[2] {
		case "day":
			return t.AddDate(0, 0, n), nil
		case "week":
			return t.AddDate(0, 0, 7*n), nil
		case "month":
			return t.AddDate(0, n, 0), nil
		}
		return t.AddDate(n, 0, 0), nil
	}
	v, err := duration(s)
	if err != nil {
		return t, fmt.Errorf("review_in %q is no length of time", s)
	}
	return t.Add(v), nil
}
