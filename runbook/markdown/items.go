package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// Why something is an item.
const (
	whyTask    = "an item of a task list"
	whyOrdered = "an item of an ordered list"
	whyBullet  = "a bullet under a check that ends in a colon"
	whyBlank   = "an item that ends in a blank"
	whyFence   = "a fence in "
	whyChoice  = "a list of links, last in its step"
	whyJump    = "one link, last in its step"
)

// section reads the blocks right below one heading.
func (d *doc) section(s *section) {
	v := &visit{doc: d, s: s}
	last := lastBlock(s.nodes)
	for i, n := range s.nodes {
		if l, ok := n.(*ast.List); ok {
			v.idle("attributes above a list do nothing")
			v.outerList(l, n == last)
			v.lead = lead{}
			continue
		}
		v.block(n, nil, frame{}, i == 0 || v.onlyComments)
	}
	v.idle("these attributes stand above nothing")
	if d.foreign && len(s.items) == 0 && s.head != nil && !s.plain && !s.titling && (!s.kids || d.holds(s.nodes)) {
		v.add(d.reading(s))
	}
	if len(s.items) > 0 && len(d.pending) > 0 {
		it := s.items[len(s.items)-1]
		it.Note = join(it.Note, strings.Join(d.pending, "\n"))
		d.pending = nil
		d.advise(d.warnedAt, "a warning that no item follows in its step", "put it right before what it warns of")
	}
}

// outerList reads a list of the section: a table of contents, items, and a
// choice, alone or behind tasks.
func (v *visit) outerList(l *ast.List, last bool) {
	from := v.afterTasks(l)
	links := v.leading(from)
	all := from == l.FirstChild()
	if all && len(links) > 0 && (v.s.plain || v.namesAll(v.s, links)) {
		return // a table of contents
	}
	it := v.choice(v.s, l, from, links, last && !v.s.plain)
	f := frame{prose: v.s.plain || v.foreign && v.namesSections(v.s, l), lead: v.foreignLead()}
	if it == nil {
		v.list(l, l.FirstChild(), nil, f)
		return
	}
	if !all {
		warnings := it.Warnings
		it.Warnings, v.pending = nil, warnings
		v.list(l, l.FirstChild(), from, f)
	} else if t := strings.TrimRight(v.leadText(), ": "); t != "" && it.Why == whyChoice {
		it.Text = t
	}
	v.add(it)
}

// lastBlock is the last block that a reader sees as such.
func lastBlock(nodes []ast.Node) ast.Node {
	for i := len(nodes) - 1; i >= 0; i-- {
		switch nodes[i].Kind() {
		case ast.KindThematicBreak, ast.KindHTMLBlock, ast.KindLinkReferenceDefinition:
		default:
			return nodes[i]
		}
	}
	return nil
}

// holds reports whether a section holds a list or a block. Lists of links are
// references.
func (d *doc) holds(nodes []ast.Node) bool {
	for _, n := range nodes {
		switch n.Kind() {
		case ast.KindFencedCodeBlock, ast.KindCodeBlock:
			return true
		case ast.KindList:
			if l, ok := n.(*ast.List); ok && !d.onlyLinks(l) {
				return true
			}
		}
	}
	return false
}

// A visit walks the blocks of one section.
type visit struct {
	*doc
	s            *section
	above        *comment // attributes that wait for the fence below
	lead         lead     // the paragraph right before
	onlyComments bool     // nothing but comments so far
}

// A lead is the paragraph right before a list or a fence. Its plain text is
// made when it is asked for.
type lead struct {
	node  ast.Node
	plain string
	ok    bool
}

func (v *visit) leadText() string {
	if !v.lead.ok && v.lead.node != nil {
		v.lead.plain, v.lead.ok = v.plain(v.lead.node), true
	}
	return v.lead.plain
}

// foreignLead is the lead of a list where it matters: only foreign files are
// read between the lines.
func (v *visit) foreignLead() string {
	if !v.foreign {
		return ""
	}
	return v.leadText()
}

// A frame is where in nested lists a visit is.
type frame struct {
	depth   int
	outer   *item // the check around
	bullets bool  // bullets are checks
	prose   bool  // ordered items are not
	lead    string
}

func (v *visit) add(it *item) {
	v.s.items = append(v.s.items, it)
	v.asked++
}

func (v *visit) idle(why string) {
	v.doc.idle(v.above, why)
	v.above = nil
}

// block reads one block that is no list: of the section, or of it.
func (v *visit) block(n ast.Node, it *item, f frame, first bool) {
	v.onlyComments = first && n.Kind() == ast.KindHTMLBlock
	switch n := n.(type) {
	case *ast.HTMLBlock:
		v.html(n, first)
		return
	case *ast.FencedCodeBlock:
		v.code(n, it, f)
		v.lead = lead{}
		return
	case *ast.LinkReferenceDefinition, *ast.ThematicBreak:
		return
	}
	v.idle("attributes stand right above a fence; here they do nothing")
	v.lead = lead{}
	if text, ok := v.remark(n); ok {
		v.warning(n, text, it)
		return
	}
	if n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock {
		v.lead = lead{node: n}
		if it != nil || f.outer != nil {
			v.note(it, f, v.leadText())
		}
	}
}

// html keeps the attributes of a comment for what they belong to.
func (v *visit) html(n *ast.HTMLBlock, first bool) {
	c := v.comment(n)
	if c == nil {
		return
	}
	if first && v.s.attrs == nil && v.s.head != nil {
		v.s.attrs = c
		return
	}
	v.idle("attributes above a comment do nothing: put all of them into one")
	v.above = c
}

// note keeps text with the check it stands in.
func (v *visit) note(it *item, f frame, text string) {
	if it == nil {
		it = f.outer
	}
	if it != nil {
		it.Note = join(it.Note, text)
	}
}

// join puts lines together; a note has an end, so that a long list of them
// takes no more time than a short one.
func join(a, b string) string {
	if a == "" {
		return b
	}
	if b == "" || len(a) > 4096 {
		return a
	}
	return a + "\n" + b
}

// warning keeps a remark for the item that it warns of.
func (v *visit) warning(n ast.Node, text string, it *item) {
	if text == "" {
		return
	}
	if it != nil {
		it.Warnings = append(it.Warnings, text)
		return
	}
	v.pending = append(v.pending, text)
	v.warnedAt = syntax.Start(n)
}

// code makes a fence a command, part of a check, a warning, or nothing.
func (v *visit) code(n *ast.FencedCodeBlock, it *item, f frame) {
	above := v.above
	v.above = nil
	if text, ok := v.remark(n); ok {
		v.doc.idle(above, "a remark never runs: its attributes do nothing")
		v.warning(n, text, it)
		return
	}
	if v.s.example || v.afterExample() {
		if above != nil && above.bad == nil {
			above.used = true
			v.advise(above.at, "an example never runs: its attributes do nothing", "")
		}
		v.doc.idle(above, "")
		return
	}
	b, ok := v.doc.block(n, above)
	if !ok {
		return
	}
	switch {
	case it != nil && it.Kind == runbook.Check:
		it.Blocks = append(it.Blocks, b)
	case f.outer != nil && it == nil:
		f.outer.Blocks = append(f.outer.Blocks, b)
	case b.Lang == "":
		v.s.fences = append(v.s.fences, b)
	default:
		v.add(v.command(n, b, f.depth))
	}
}

var (
	exampleStart = syntax.Pattern(`(?i)^examples?\b`)
	exampleStop  = syntax.Pattern(`(?i)(?:\bfor example|\bfor instance|\be\.g\.)\s*[,:]$`)
)

// afterExample reports whether the paragraph right before announces an example.
func (v *visit) afterExample() bool {
	if n := v.lead.node; n != nil && !v.lead.ok { // most paragraphs can be told by their ends
		raw := bytes.TrimRight(syntax.Text(v.body, n), " \t\r\n*_`")
		if len(raw) == 0 || bytes.IndexByte([]byte("eE*_`[<"), raw[0]) < 0 && raw[len(raw)-1] != ':' && raw[len(raw)-1] != ',' {
			return false
		}
	}
	t := v.leadText()
	return exampleStart().MatchString(t) || exampleStop().MatchString(t)
}

// command is the item of a fence that stands alone.
func (d *doc) command(n *ast.FencedCodeBlock, b *runbook.Block, depth int) *item {
	it := &item{node: n}
	it.Kind, it.Text, it.Depth = runbook.Command, firstLine(b.Text), depth
	it.Why = whyFence + b.Lang
	it.From, it.To = d.spans[b].open, d.spans[b].end
	it.Line, it.Col = b.Line, b.Col
	it.Blocks = []*runbook.Block{b}
	it.Warnings, d.pending = d.pending, nil
	if raw := syntax.Code(d.body, n); raw != b.Text {
		if _, sample := unprompt(raw); sample != "" {
			it.Note = "sample output:\n" + sample
		}
	}
	return it
}
