package syntax

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Limits that keep goldmark from quadratic time and from exhausting the stack.
// Nobody's runbook comes near them.
const (
	deepest     = 32      // containers inside one another
	mostDeadEnd = 64      // brackets of one paragraph that turn out to be no link
	mostOpening = 1000    // opening brackets of one paragraph
	mostRefs    = 1000    // lines of one paragraph in which link definitions are looked for
	mostCells   = 1 << 16 // of one table, those that its author left out included
)

// A Parser reads documents, one at a time.
type Parser struct{ blocks, inlines parser.Parser }

// An Option says what else a parser finds.
type Option = parser.Option

// Tables makes tables of the paragraphs that are some.
func Tables() Option {
	return parser.WithParagraphTransformers(util.Prioritized(tables{}, 200))
}

// New makes a parser.
func New(more ...Option) *Parser {
	blocks := []util.PrioritizedValue{
		util.Prioritized(heads{parser.NewSetextHeadingParser()}, 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(shallow{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(heads{parser.NewATXHeadingParser()}, 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
		util.Prioritized(shallow{boxParser{}}, 850),
		util.Prioritized(parser.NewHTMLBlockParser(), 900),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
	inlines := []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(&patientLinks{links: parser.NewLinkParser()}, 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	}
	return &Parser{
		blocks: parser.NewParser(append([]Option{
			parser.WithBlockParsers(blocks...),
			parser.WithParagraphTransformers(util.Prioritized(fewRefs{}, 100)),
		}, more...)...),
		inlines: parser.NewParser(
			parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 100)),
			parser.WithInlineParsers(inlines...),
		),
	}
}

// A Document is what a parser found. Its parser's other documents may be read
// meanwhile, but not at the same time.
type Document struct {
	Root   ast.Node // the blocks; their text is as it was written
	Nested bool     // a heading stands inside another block, and begins no section

	defs    parser.Context
	inlines parser.Parser
}

// Read finds the blocks of a document.
func (p *Parser) Read(src []byte) *Document {
	d := &Document{defs: parser.NewContext(), inlines: p.inlines}
	d.Root = p.blocks.Parse(text.NewReader(src), parser.WithContext(d.defs))
	d.Nested = d.defs.Get(nestedHead) != nil
	return d
}

// Inlines reads the text of one block: paragraphs, whose nodes refer to that
// text. Most blocks need none, or are never looked at: that is what makes
// reading a document quick.
func (d *Document) Inlines(raw []byte) ast.Node {
	return d.inlines.Parse(text.NewReader(raw), parser.WithContext(fresh{parser.NewContext(), d.defs}))
}

// fresh is a context that knows the document's link definitions and nothing
// else: goldmark keeps in it where in a text it has looked for the end of a
// comment, which is wrong for the next text.
type fresh struct {
	parser.Context
	defs parser.Context
}

func (f fresh) Reference(label string) (parser.Reference, bool) { return f.defs.Reference(label) }

// shallow stops a container from being opened too deep.
type shallow struct{ parser.BlockParser }

func (s shallow) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	depth := 0
	for n := parent; n != nil; n = n.Parent() {
		switch n.Kind() {
		case ast.KindList, ast.KindBlockquote, KindBox:
			depth++
		}
	}
	if depth >= deepest {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, r, pc)
}

// heads notices headings that begin no section.
type heads struct{ parser.BlockParser }

var nestedHead = parser.NewContextKey()

func (h heads) Open(parent ast.Node, r text.Reader, pc parser.Context) (ast.Node, parser.State) {
	n, s := h.BlockParser.Open(parent, r, pc)
	if n != nil && parent.Kind() != ast.KindDocument {
		pc.Set(nestedHead, true)
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
