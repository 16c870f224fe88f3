package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Limits that keep goldmark from quadratic time and from exhausting the stack.
// Nobody's runbook comes near them.
const (
	deepest     = 32   // containers inside one another
	mostDeadEnd = 64   // brackets of one paragraph that turn out to be no link
	mostOpening = 1000 // opening brackets of one paragraph
	mostRefs    = 1000 // lines of one paragraph in which link definitions are looked for
)

// newParser makes a parser for the blocks of one document: CommonMark, and the
// container dialects of warnings. Their text it leaves as it is. It sets inner if a heading stands inside a list or a quotation.
func newParser(inner *bool) parser.Parser {
	blocks := []util.PrioritizedValue{
		util.Prioritized(heads{parser.NewSetextHeadingParser(), inner}, 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(shallow{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(heads{parser.NewATXHeadingParser(), inner}, 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(shallow{boxParser{}}, 850),
		util.Prioritized(parser.NewHTMLBlockParser(), 900),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
	return parser.NewParser(
		parser.WithBlockParsers(blocks...),
		parser.WithParagraphTransformers(util.Prioritized(fewRefs{}, 100)),
	)
}

// newInlineParser makes a parser for the text of one block. Most blocks need
// none: that is what makes reading a document quick.
func newInlineParser() parser.Parser {
	inlines := []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(&patientLinks{links: parser.NewLinkParser()}, 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	}
	return parser.NewParser(
		parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 100)),
		parser.WithInlineParsers(inlines...),
	)
}

// shallow stops a container from being opened too deep.
type shallow struct{ parser.BlockParser }

func (s shallow) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		switch n.Kind() {
		case ast.KindList, ast.KindBlockquote, kindBox:
			depth++
		}
	}
	if depth >= deepest {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, r, pc)
}

// heads notices headings that begin no section.
type heads struct {
	parser.BlockParser
	inner *bool
}

func (h heads) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	n, s := h.BlockParser.Open(parent, r, pc)
	if n != nil && parent.Kind() != ast.KindDocument {
		*h.inner = true
	}
	return n, s
}

// patientLinks gives up on the links of a paragraph that has too many brackets:
// each one that is no link costs a look at all that follows it.
type patientLinks struct {
	links          parser.InlineParser
	opened, misses int
}

func (p *patientLinks) Trigger() []byte { return p.links.Trigger() }

func (p *patientLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if p.misses >= mostDeadEnd || p.opened >= mostOpening {
		return nil
	}
	n := p.links.Parse(parent, block, pc)
	switch {
	case line[0] != ']':
		p.opened++
	case n == nil:
		p.misses++
	}
	return n
}

func (p *patientLinks) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	p.opened, p.misses = 0, 0
	if c, ok := p.links.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, block, pc)
	}
}

// fewRefs looks for link definitions in paragraphs of a sane length only.
type fewRefs struct{}

func (fewRefs) Transform(n *ast.Paragraph, r text.Reader, pc parser.Context) {
	if n.Lines().Len() <= mostRefs {
		parser.LinkReferenceParagraphTransformer.Transform(n, r, pc)
	}
}

// A box is a warning that holds blocks: `!!! note` with an indented body, or
// `:::note` to `:::`.
type box struct {
	ast.BaseBlock
	colons int // of the opening line; 0: the body is indented
	title  string
}

var kindBox = ast.NewNodeKind("Box")

func (b *box) Kind() ast.NodeKind            { return kindBox }
func (b *box) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

var (
	bangLine  = pattern(`^(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z]+)[^"\n]*(?:"([^"\n]*)")?[^\n]*$`)
	colonLine = pattern(`^(:{3,})[ \t]*\{?\.?([A-Za-z]+)\}?[ \t]*([^\n]*)$`)
)

// remarkWords are the kinds of remarks that the dialects know.
var remarkWords = map[string]bool{
	"note": true, "tip": true, "hint": true, "info": true, "important": true, "warning": true,
	"caution": true, "danger": true, "attention": true, "error": true, "seealso": true,
	"admonition": true, "question": true, "abstract": true, "bug": true, "example": true,
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
		b.title = string(m[2])
	} else if m := colonLine().FindSubmatch(line); m != nil && remarkWords[strings.ToLower(string(m[2]))] {
		b.colons, b.title = len(m[1]), strings.Trim(string(m[3]), " \t[]")
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
