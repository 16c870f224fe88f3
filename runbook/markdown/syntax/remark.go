package syntax

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// remarkWords are the kinds of remarks that the dialects know.
var remarkWords = map[string]bool{
	"note": true, "tip": true, "hint": true, "info": true, "important": true, "warning": true,
	"caution": true, "danger": true, "attention": true, "error": true, "seealso": true,
	"admonition": true, "question": true, "abstract": true, "bug": true, "example": true,
}

var (
	alertMark = Pattern(`^\[!([A-Za-z]+)\][+-]?\s*`)
	directive = Pattern(`^\{([a-z]+)\}\s*(.*)$`)
	bangLine  = Pattern(`^(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z]+)([^"\n]*(?:"([^"\n]*)")?[^\n]*)$`)
	colonLine = Pattern(`^(:{3,})[ \t]*\{?\.?([A-Za-z]+)\}?[ \t]*([^\n]*)$`)
)

// Alert takes the mark off the text of a quotation that is an alert: [!NOTE].
func Alert(text string) (word, rest string, ok bool) {
	if !strings.HasPrefix(text, "[!") {
		return "", text, false
	}
	m := alertMark().FindStringSubmatch(text)
	if m == nil {
		return "", text, false
	}
	return m[1], text[len(m[0]):], true
}

// Directive reads the info string of a fence that is a remark: {note} Title.
func Directive(info string) (word, title string, ok bool) {
	if !strings.HasPrefix(info, "{") {
		return "", "", false
	}
	m := directive().FindStringSubmatch(info)
	if m == nil || !remarkWords[m[1]] {
		return "", "", false
	}
	return m[1], m[2], true
}

// A Box is a remark that holds blocks: `!!! note` with an indented body, or
// `:::note` to `:::`.
type Box struct {
	ast.BaseBlock
	Word  string // which kind of a remark it is
	Title string // what the dialect takes for one
	Rest  string // all that follows the word

	colons int // of the opening line; 0: the body is indented
}

// KindBox is the kind of a Box.
var KindBox = ast.NewNodeKind("Box")

// Kind is KindBox.
func (b *Box) Kind() ast.NodeKind { return KindBox }

// Dump prints the node, for goldmark.
func (b *Box) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

type boxParser struct{}

func (boxParser) Trigger() []byte { return []byte{'!', '?', ':'} }

func (boxParser) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := r.PeekLine()
	if pos := pc.BlockOffset(); pos > 0 && pos < len(line) {
		line = line[pos:]
	}
	line = bytes.TrimRight(line, "\r\n")
	b := &Box{}
	if m := bangLine().FindSubmatch(line); m != nil {
		b.Word, b.Title, b.Rest = string(m[1]), string(m[3]), strings.Trim(string(m[2]), " \t\"")
	} else if m := colonLine().FindSubmatch(line); m != nil && remarkWords[strings.ToLower(string(m[2]))] {
		b.colons, b.Word, b.Rest = len(m[1]), string(m[2]), strings.Trim(string(m[3]), " \t[]")
		b.Title = b.Rest
	} else {
		return nil, parser.NoChildren
	}
	r.AdvanceToEOL()
	return b, parser.HasChildren
}

func (boxParser) Continue(n ast.Node, r text.Reader, _ parser.Context) parser.State {
	line, _ := r.PeekLine()
	b, ok := n.(*Box)
	if !ok || b.colons == 0 {
		return continueIndented(line, r)
	}
	bare := bytes.TrimSpace(line)
	if len(bare) >= b.colons && len(bytes.Trim(bare, ":")) == 0 {
		r.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

func continueIndented(line []byte, r text.Reader) parser.State {
	if util.IsBlank(line) {
		r.AdvanceToEOL()
		return parser.Continue | parser.HasChildren
	}
	if w, _ := util.IndentWidth(line, r.LineOffset()); w < 4 {
		return parser.Close
	}
	pos, padding := util.IndentPosition(line, r.LineOffset(), 4)
	r.AdvanceAndSetPadding(pos, padding)
	return parser.Continue | parser.HasChildren
}

func (boxParser) Close(ast.Node, text.Reader, parser.Context) {}
func (boxParser) CanInterruptParagraph() bool                 { return true }
func (boxParser) CanAcceptIndentedLine() bool                 { return false }
