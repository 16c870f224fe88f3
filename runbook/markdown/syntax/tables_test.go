package syntax_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"lifeboat/runbook/markdown/syntax"
)

// shape is what is told of a document: its blocks, their lines, how the cells of
// its tables stand, and where the tables begin.
func shape(src []byte, n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil && c.Type() == ast.TypeBlock; c = c.NextSibling() {
		b.WriteString("\n" + c.Kind().String())
		switch c := c.(type) {
		case *extended.Table:
			fmt.Fprint(&b, c.Alignments, c.Pos())
		case *extended.TableCell:
			fmt.Fprint(&b, c.Alignment)
		}
		for i := range c.Lines().Len() {
			seg := c.Lines().At(i)
			fmt.Fprintf(&b, " %d %q", seg.Start, seg.Value(src))
		}
		b.WriteString(strings.ReplaceAll(shape(src, c), "\n", "\n  "))
	}
	return b.String()
}

// piped leaves alone what has no pipe at all: nobody takes it for a table.
type piped struct{ parser.ParagraphTransformer }

func (p piped) Transform(n *ast.Paragraph, r text.Reader, pc parser.Context) {
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		if bytes.Contains(seg.Value(r.Source()), []byte("|")) {
			p.ParagraphTransformer.Transform(n, r, pc)
			return
		}
	}
}

// FuzzTables: the tables are those of goldmark's extension, cell by cell.
func FuzzTables(f *testing.F) {
	for _, seed := range []string{
		"| a | b |\n|---|---|\n| 1 | 2 |\n", "a | b\n-|:-:\n1|2|3\n1\n\n||\n|-|\n", "p\nq\n| a |\n| :- |\n| `x \\| y` |\n|\n", "|a|b|\n|-|\n|c|\n",
		"| a \\|\n|---|\n", "> | a |\n> |--:|\n| b |\n", "- a | b\n  --- | ---\n  \t1 | 2\n", "a\n|\n-|-\n", "a|b\r\n:-:|-:\r\n\r\n", "a\n-:\n", "a|\n|-\f|\n\v|-|\n", "\\|a|\n|-|-|\n|\\|\n",
		"| é | \u00a0 |\n|-|-|\n", "|a|\n|-|\n|-|\n|b|\n",
	} {
		f.Add(seed)
	}
	theirs := syntax.New(parser.WithParagraphTransformers(util.Prioritized(piped{extension.NewTableParagraphTransformer()}, 200)))
	ours := syntax.New(syntax.Tables())
	f.Fuzz(func(t *testing.T, md string) {
		if len(md) > 4096 {
			return // so large that a table may be left alone
		}
		src := []byte(md)
		if got, want := shape(src, ours.Read(src).Root), shape(src, theirs.Read(src).Root); got != want {
			t.Errorf("%q: got%s\n\nwant%s", md, got, want)
		}
	})
}
