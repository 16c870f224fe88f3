package markdown

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// A link is what an item begins with.
type link struct {
	dest string
	text string
	rest string // what follows it
	at   int
	book string // another file; "": this one
	slug string // heading in it; "": its beginning

	alone bool // nothing follows it
}

// link finds the link that a paragraph begins with; the box of a task may
// stand before it, and stress around it.
func (d *doc) link(body ast.Node) *link {
	raw, at := syntax.Text(d.body, body), syntax.Start(body)
	_, rest := syntax.Untick(raw)
	trimmed := bytes.TrimLeft(rest, " \t")
	at += len(raw) - len(trimmed)
	if len(trimmed) == 0 || bytes.IndexByte([]byte("[*_"), trimmed[0]) < 0 || bytes.IndexByte(trimmed, '[') < 0 {
		return nil
	}
	p := d.inlines(trimmed)
	if p == nil {
		return nil
	}
	n := p.FirstChild()
	for n != nil && n.Kind() == ast.KindEmphasis && n.ChildCount() == 1 {
		n = n.FirstChild()
	}
	a, ok := n.(*ast.Link)
	if !ok {
		return nil
	}
	l := &link{dest: string(a.Destination), at: at, text: d.content(a), alone: p.ChildCount() == 1}
	whole := d.content(p)
	if i := strings.Index(whole, l.text); i >= 0 && l.text != "" {
		l.rest = strings.TrimLeft(whole[i+len(l.text):], " :,–—-")
	}
	d.split(l)
	return l
}

// split takes the destination of a link apart, if it is a heading or a file.
func (d *doc) split(l *link) {
	dest := l.dest
	if !syntax.Within(dest) {
		return
	}
	file, slug, _ := strings.Cut(dest, "#")
	if s, err := url.PathUnescape(slug); err == nil {
		slug = s
	}
	if f := strings.TrimPrefix(file, "./"); f != "" && bookName(f) == d.book.Name && !strings.Contains(f, "/") {
		file = ""
	}
	if f, err := url.PathUnescape(file); err == nil {
		file = f
	}
	l.book, l.slug = file, strings.ToLower(slug)
}

// here is the section that a link leads to in this document.
func (d *doc) here(l *link) *section {
	if l.book != "" || l.slug == "" {
		return nil
	}
	return d.slugs[l.slug]
}

// leads reports whether a link goes to a heading here or, in an own file, to a
// runbook file; a heading that an own file does not have is an error later.
func (d *doc) leads(l *link) bool {
	if d.foreign {
		return d.here(l) != nil
	}
	return l.book != "" || l.slug != ""
}

// leading are the links that the items of a list begin with, from item from on;
// nil if one of them does not.
func (d *doc) leading(from ast.Node) []*link {
	var links []*link
	for c := from; c != nil; c = c.NextSibling() {
		body := c.FirstChild()
		if body == nil || body.Kind() != ast.KindParagraph && body.Kind() != ast.KindTextBlock || d.hasBox(body) {
			return nil
		}
		a := d.link(body)
		if a == nil {
			return nil
		}
		links = append(links, a)
	}
	return links
}

// afterTasks is the first item of a list after its last task. Markdown makes
// one list of tasks and of the links that follow them.
func (d *doc) afterTasks(l *ast.List) ast.Node {
	c := l.LastChild()
	for ; c != nil; c = c.PreviousSibling() {
		if body := c.FirstChild(); body != nil && d.hasBox(body) {
			return c.NextSibling()
		}
	}
	return l.FirstChild()
}

// choice makes the items of a bullet list from item from on a choice, if they
// are one.
func (d *doc) choice(s *section, l *ast.List, from ast.Node, links []*link, last bool) *item {
	if l.IsOrdered() || len(links) == 0 {
		return nil
	}
	for _, a := range links {
		if !d.leads(a) {
			return nil
		}
	}
	if !last {
		if !d.foreign {
			d.advise(syntax.Start(from), "a list of links is a choice only if it stands last in its step", "")
		}
		return nil
	}
	it := &item{node: l, links: links}
	it.Kind, it.Text, it.Why = runbook.Choice, s.title, whyChoice
	if len(links) == 1 {
		it.Why, it.Text = whyJump, links[0].text
	}
	if it.Text == "" {
		it.Text = d.book.Title
	}
	it.From, it.To = syntax.Start(from), d.end(l)
	it.Line, it.Col = d.place(it.From)
	it.Warnings, d.pending = d.pending, nil
	d.links = append(d.links, links...)
	return it
}

// mostHeadings is the number of headings up to which lists are compared with
// them all.
const mostHeadings = 2000

// namesAll reports whether links, before the first item of the document, name
// every later section of a level in order. Plain headings may be left out. In an
// own file such a list under a heading of its own is a choice of scenarios.
func (d *doc) namesAll(s *section, links []*link) bool {
	if d.asked > 0 || len(links) < 2 || !d.foreign && s.head != nil && !s.titling {
		return false
	}
	if len(d.sections) > mostHeadings {
		return false
	}
	level, n := 0, 0
	var named []*section
	for _, l := range links {
		t := d.here(l)
		if t == nil {
			return false
		}
		if level == 0 {
			level = t.level
		}
		if !t.plain {
			named = append(named, t)
		}
	}
	for _, t := range d.sections[s.index+1:] {
		if t.level != level || t.plain {
			continue
		}
		if n >= len(named) || named[n] != t {
			return false
		}
		n++
	}
	return n == len(named) && n > 0
}

// onlyLinks reports whether the items of a list are nothing but links.
func (d *doc) onlyLinks(l *ast.List) bool {
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		body := c.FirstChild()
		if body == nil || c.ChildCount() != 1 || body.Lines() == nil {
			return false
		}
		raw := bytes.TrimSpace(syntax.Text(d.body, body))
		if bare := bytes.Trim(raw, "<>"); bytes.HasPrefix(bare, []byte("http")) && bytes.IndexByte(bare, ' ') < 0 {
			continue
		}
		if a := d.link(body); a == nil || !a.alone {
			return false
		}
	}
	return true
}

// goals finds the steps that links lead to.
func (d *doc) goals() {
	d.following = make([]int, len(d.sections))
	next := -1
	for i := len(d.sections) - 1; i >= 0; i-- {
		if d.sections[i].step >= 0 {
			next = d.sections[i].step
		}
		d.following[i] = next
	}
	for _, s := range d.sections {
		if s.step < 0 {
			continue
		}
		for i, it := range s.items {
			for _, l := range it.links {
				o := runbook.Option{Text: l.text, Rest: l.rest, Book: l.book, Step: l.slug}
				o.Line, _ = d.place(l.at)
				if l.book == "" {
					o.Step = d.goal(l, it.Kind)
					o.Section = d.within(l)
				}
				if o.Step != "" || l.book != "" {
					to := &d.book.Steps[s.step].Items[i]
					to.Options = append(to.Options, o)
				}
			}
		}
	}
}

// goal is the step that a link in this document leads to: the one of its
// section, or the first one after its heading.
func (d *doc) goal(l *link, k runbook.ItemKind) string {
	what := "this link"
	if k == runbook.Choice {
		what = "this choice"
	}
	t := d.slugs[l.slug]
	if t == nil {
		d.fault(l.at, fmt.Sprintf("%s leads nowhere: no heading is #%s", what, oneLine(l.slug)), "links are GitHub's slugs of headings: lower case, hyphens for blanks")
		return ""
	}
	if n := d.following[t.index]; n >= 0 {
		return d.book.Steps[n].ID
	}
	d.fault(l.at, fmt.Sprintf("%s leads nowhere: nothing is asked for at or below #%s", what, oneLine(l.slug)), "")
	return ""
}

// within lists the steps under the heading that a link leads to, its own first.
// A heading that asks for nothing itself leads to a step after it, which is not
// in it: then there are none.
func (d *doc) within(l *link) []string {
	t := d.slugs[l.slug]
	if t == nil {
		return nil
	}
	var out []string
	for _, s := range d.sections[t.index:] {
		if s != t && s.level <= t.level {
			break
		}
		if s.step >= 0 {
			out = append(out, d.book.Steps[s.step].ID)
		}
	}
	return out
}
