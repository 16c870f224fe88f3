package doc

import (
	"bytes"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// A Doc is a runbook's text, parsed once. It is used by one goroutine at a time.
type Doc struct {
	src    []byte
	tops   []ast.Node // the outermost blocks ...
	starts []int      // ... and where they begin, in order
	md     *syntax.Document
	parser *syntax.Parser
}

// Parse reads the text of a book. Offsets are those of the book.
func Parse(b *runbook.Book) *Doc {
	from := 0
	if len(b.Steps) > 0 {
		from = b.Steps[0].From // front matter is no part of any step
	}
	return read(syntax.New(syntax.Tables()), b.Text, from)
}

// read reads a document from an offset on; what stands before it is nothing.
func read(parser *syntax.Parser, src []byte, from int) *Doc {
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
	d := &Doc{src: src, md: parser.Read(src), parser: parser}
	last := 0
	for n := d.md.Root.FirstChild(); n != nil; n = n.NextSibling() {
		last = max(last, syntax.Start(n))
		d.tops, d.starts = append(d.tops, n), append(d.starts, last)
	}
	return d
}
