package doc

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A box is a remark that holds blocks: `!!! note` with an indented body, or
// `:::note` to `:::`. It begins and ends as in runbook/markdown, where nothing
// inside a box is an item.
type box struct {
	ast.BaseBlock
	colons int // of the opening line; 0: the body is indented
	word   string
	title  string
}

var kindBox = ast.NewNodeKind("Box")

func (b *box) Kind() ast.NodeKind            { return kindBox }
func (b *box) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

var (
	bangLine  = pattern(`^(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z]+)([^\n]*)$`)
	colonLine = pattern(`^(:{3,})[ \t]*\{?\.?([A-Za-z]+)\}?[ \t]*([^\n]*)$`)
)

// remarkWords are the kinds of remarks that the dialects know; true: they warn.
var remarkWords = map[string]bool{
	"note": false, "tip": false, "hint": false, "info": false, "seealso": false, "admonition": false,
	"question": false, "abstract": false, "example": false, "important": true, "warning": true,
	"caution": true, "danger": true, "attention": true, "error": true, "bug": true,
}

func isRemarkWord(word string) bool {
	_, ok := remarkWords[strings.ToLower(word)]
	return ok
}

type boxParser struct{}

func (boxParser) Trigger() []byte { return []byte{'!', '?', ':'} }

func (boxParser) Open(_ ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := r.PeekLine()
	if pos := pc.BlockOffset(); pos > 0 && pos < len(line) {
		line = line[pos:]
	}
	line = bytes.TrimRight(line, "\r\n")
	b := &box{}
	if m := bangLine().FindSubmatch(line); m != nil {
		b.word, b.title = string(m[1]), strings.Trim(string(m[2]), " \t\"")
	} else if m := colonLine().FindSubmatch(line); m != nil && isRemarkWord(string(m[2])) {
		b.colons, b.word, b.title = len(m[1]), string(m[2]), strings.Trim(string(m[3]), " \t[]")
	} else {
		return nil, parser.NoChildren
	}
	r.AdvanceToEOL()
	return b, parser.HasChildren
}

func (boxParser) Continue(n ast.Node, r text.Reader, _ parser.Context) parser.State {
	line, _ := r.PeekLine()
	b, ok := n.(*box)
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
