package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// An entry is an item of a list, before it is known whether it asks for
// anything.
type entry struct {
	node    *ast.ListItem
	body    ast.Node // its first paragraph; nil: none
	raw     []byte   // its text, without the task's box
	text    string   // of the body, without the task's box
	task    bool
	ordered bool
	colon   bool
	ask     *runbook.Ask
	asks    string // the question without its blank
}

// entry reads the first paragraph of an item.
func (d *doc) entry(l *ast.List, li *ast.ListItem) entry {
	e := entry{node: li, ordered: l.IsOrdered()}
	c := li.FirstChild()
	if c == nil || c.Kind() != ast.KindParagraph && c.Kind() != ast.KindTextBlock {
		return e
	}
	box, rest := syntax.Untick(syntax.Text(d.body, c))
	e.body, e.raw, e.task = c, rest, box != nil
	e.text = d.plainText(e.raw)
	e.colon = strings.HasSuffix(e.text, ":")
	if strings.Contains(e.text, "___") {
		e.ask, e.asks = d.question(e)
	}
	return e
}

// hasBox reports whether a paragraph begins with the box of a task.
func (d *doc) hasBox(n ast.Node) bool {
	if n.Lines().Len() == 0 {
		return false
	}
	box, _ := syntax.Untick(d.body[n.Lines().At(0).Start:n.Lines().At(0).Stop])
	return box != nil
}

var sentences = syntax.Pattern(`[.!?]\s+\p{Lu}`)

// list reads the items of a list, from one up to another; nil: to the end.
// Nested ones follow the one they stand in.
func (v *visit) list(l *ast.List, from, to ast.Node, f frame) {
	for c := from; c != to; c = c.NextSibling() {
		if li, ok := c.(*ast.ListItem); ok {
			v.listItem(v.entry(l, li), f)
		}
	}
}

// listItem makes an entry an item, a label or prose, and goes on to what is
// nested in it.
func (v *visit) listItem(e entry, f frame) {
	why := v.why(e, f)
	if why == "" {
		v.note(nil, f, e.text)
		before := len(v.s.items)
		v.nested(e, nil, f)
		if e.colon {
			v.label(before, f.depth+1, e.text)
		}
		return
	}
	it := v.item(e, f, why)
	place := len(v.s.items)
	v.add(it)
	v.nested(e, it, f)
	if it.Text == "" && len(it.Blocks) > 0 {
		it.Text = firstLine(it.Blocks[0].Text)
	}
	// "Log in. Then check:" asks for something itself: a label is one sentence.
	isLabel := it.Kind == runbook.Check && e.colon && len(v.s.items) > place+1 && len(it.Blocks) == 0 && it.Note == "" && !sentences().MatchString(e.text)
	if isLabel || it.Text == "" { // an empty item asks for nothing
		v.s.items = append(v.s.items[:place], v.s.items[place+1:]...)
		v.asked--
	}
	if isLabel {
		v.label(place, it.Depth+1, e.text)
		next := v.s.items[place]
		next.Warnings = append(it.Warnings, next.Warnings...)
	}
}

// label puts the text of an outer item on the items nested in it.
func (v *visit) label(from, depth int, text string) {
	text = strings.TrimSpace(strings.TrimSuffix(text, ":"))
	for _, it := range v.s.items[from:] {
		if it.Depth == depth && it.Label == "" && it.Kind != runbook.Command {
			it.Label = text
		}
	}
}

// why says which rule makes an entry an item; "" if none does.
func (v *visit) why(e entry, f frame) string {
	switch {
	case f.depth >= 2:
		if e.task || e.ask != nil || e.ordered && !f.prose {
			v.advise(syntax.Start(e.node), "nested deeper than two levels: this is read as prose", "make it an item of its own, or a step")
		}
		return ""
	case e.ask != nil:
		return whyBlank
	case e.task:
		return whyTask
	case f.prose:
		return ""
	case e.ordered:
		if v.foreign && v.statement(e, f) {
			return ""
		}
		return whyOrdered
	case f.bullets:
		return whyBullet
	}
	return ""
}

// item makes an entry a check or a question.
func (v *visit) item(e entry, f frame, why string) *item {
	it := &item{node: e.node}
	it.Kind, it.Text, it.Depth, it.Why = runbook.Check, e.text, f.depth, why
	it.From, it.To = syntax.Start(e.node), v.end(e.node)
	it.Line, it.Col = v.place(it.From)
	it.Warnings, v.pending = v.pending, nil
	if e.ask != nil {
		it.Kind, it.Ask, it.Text = runbook.Question, e.ask, e.asks
		return it
	}
	if e.body != nil && (e.ordered || e.task) {
		if l := v.link(e.body); l != nil && v.leads(l) {
			it.links = []*link{l}
			v.links = append(v.links, l)
		}
	}
	if !v.foreign && strings.Contains(e.text, "then ") && twoActions().MatchString(e.text) {
		v.advise(it.From, "a check that asks for two things", "split it: each is ticked alone, and only one may have been done")
	}
	return it
}

// nested reads what follows the first paragraph of an entry.
func (v *visit) nested(e entry, it *item, f frame) {
	outerLead := v.lead
	defer func() { v.lead = outerLead }()
	v.lead = lead{plain: e.text, ok: true}
	c := e.node.FirstChild()
	if e.body != nil {
		c = c.NextSibling()
	}
	for ; c != nil; c = c.NextSibling() {
		l, ok := c.(*ast.List)
		if !ok {
			v.block(c, it, f, false)
			continue
		}
		v.idle("attributes above a list do nothing")
		sub := frame{depth: f.depth + 1, outer: f.outer, prose: f.prose, lead: v.leadText()}
		if it != nil && it.Kind == runbook.Check {
			sub.outer = it
			sub.bullets = !e.task && strings.HasSuffix(v.leadText(), ":")
			sub.prose = sub.prose || v.foreign && v.particulars(l, v.leadText())
			sub.bullets = sub.bullets && !sub.prose
		}
		v.list(l, l.FirstChild(), nil, sub)
		v.lead = lead{}
	}
	v.idle("these attributes stand above nothing")
}
