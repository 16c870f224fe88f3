package doc

import (
	"bytes"
	"regexp"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"lifeboat/runbook"
)

// Limits that keep goldmark from quadratic time and from exhausting the stack.
// The first four are those of runbook/markdown: the blocks found here must be
// the ones that it found.
const (
	deepest     = 32      // containers inside one another
	mostDeadEnd = 64      // brackets of one paragraph that turn out to be no link
	mostOpening = 1000    // opening brackets of one paragraph
	mostRefs    = 1000    // lines of one paragraph in which link definitions are looked for
	mostCells   = 1 << 16 // of one table, those that its author left out included
	longest     = 1 << 14 // bytes of one paragraph; a longer one is shown as it is written
)

// A Doc is a runbook's text, parsed once. It is used by one goroutine at a time.
type Doc struct {
	src    []byte
	tops   []ast.Node     // the outermost blocks ...
	starts []int          // ... and where they begin, in order
	pc     parser.Context // the link definitions
	blocks parser.Parser
	inline parser.Parser
}

// Parse reads the text of a book. Offsets are those of the book.
func Parse(b *runbook.Book) *Doc {
	from := 0
	if len(b.Steps) > 0 {
		from = b.Steps[0].From // front matter is no part of any step
	}
	d := &Doc{blocks: newParser(), inline: newInlineParser()}
	return d.parse(b.Text, from)
}

// parse reads another document with the parsers of one.
func (d *Doc) parse(src []byte, from int) *Doc {
	const mark = "\ufeff"
	if bytes.HasPrefix(src, []byte(mark)) {
		from = max(from, len(mark))
	}
	if from = min(from, len(src)); from > 0 {
		src = bytes.Clone(src)
		for i := range from {
			if src[i] != '\n' {
				src[i] = ' '
			}
		}
	}
	d = &Doc{src: src, pc: parser.NewContext(), blocks: d.blocks, inline: d.inline}
	root := d.blocks.Parse(text.NewReader(src), parser.WithContext(d.pc))
	last := 0
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		last = max(last, start(n))
		d.tops, d.starts = append(d.tops, n), append(d.starts, last)
	}
	return d
}

// newParser makes a parser for blocks; their text it leaves as it is, since
// most of a book is never on the screen. It finds what runbook/markdown finds,
// and tables.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(shallow{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(shallow{boxParser{}}, 850),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(fewRefs{}, 100),
			util.Prioritized(fewCells{extension.NewTableParagraphTransformer()}, 200),
		),
	)
}

// newInlineParser makes a parser for the text of one block. Boxes of tasks are
// taken off before, and what is struck out keeps its tildes.
func newInlineParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 100)),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(&patientLinks{links: parser.NewLinkParser()}, 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
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

// fewCells leaves a table alone that would have an absurd number of cells:
// each row is filled up to as many as the first one has.
type fewCells struct{ parser.ParagraphTransformer }

func (f fewCells) Transform(n *ast.Paragraph, r text.Reader, pc parser.Context) {
	most := 0
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		most = max(most, bytes.Count(seg.Value(r.Source()), []byte("|")))
	}
	if most > 0 && (most+1)*n.Lines().Len() <= mostCells {
		f.ParagraphTransformer.Transform(n, r, pc)
	}
}

// An expression is a regular expression that is compiled when it is first used.
type expression func() *regexp.Regexp

func pattern(text string) expression {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
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

// raw is the text of a block, as it stands between its markers.
func raw(src []byte, n ast.Node) []byte {
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

// lines are those of a code block.
func lines(src []byte, n ast.Node) []string {
	l := n.Lines()
	out := make([]string, l.Len())
	for i := range out {
		seg := l.At(i)
		out[i] = string(bytes.Repeat([]byte(" "), seg.Padding)) + string(bytes.TrimRight(src[seg.Start:seg.Stop], "\r\n"))
	}
	return out
}
