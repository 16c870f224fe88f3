package markdown

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
)

// A link is what an item begins with.
type link struct {
	dest string
	text string
	rest string // what follows it
	at   int
	book string // another file; "": this one
	slug string // heading in it; "": its beginning
}

// link finds the link that a paragraph begins with; the box of a task may
// stand before it.
func (d *doc) link(body ast.Node) *link {
	n := body.FirstChild()
	d.buf = d.buf[:0]
	for n != nil && n.Kind() == ast.KindText {
		d.inline(n)
		n = n.NextSibling()
	}
	if lead := strings.TrimSpace(string(d.buf)); lead != "" && (len(lead) > 3 || !d.hasBox(body)) {
		return nil
	}
	for n != nil && n.Kind() == ast.KindEmphasis && n.ChildCount() == 1 {
		n = n.FirstChild()
	}
	a, ok := n.(*ast.Link)
	if !ok {
		return nil
	}
	l := &link{dest: string(a.Destination), at: max(start(body), 0)}
	if p := a.Pos(); p > 0 {
		l.at = p
	}
	l.text = d.plain(a)
	whole := d.plain(body)
	if i := strings.Index(whole, l.text); i >= 0 && l.text != "" {
		l.rest = strings.TrimLeft(whole[i+len(l.text):], " :,–—-")
	}
	d.split(l)
	return l
}

var bookFile = regexp.MustCompile(`(?i)^[^#?]+\.(?:md|markdown)(?:#|$)`)

// split takes the destination of a link apart, if it is a heading or a file.
func (d *doc) split(l *link) {
	dest := l.dest
	if strings.Contains(dest, "://") || strings.HasPrefix(dest, "//") {
		return
	}
	file, slug, _ := strings.Cut(dest, "#")
	if s, err := url.PathUnescape(slug); err == nil {
		slug = s
	}
	if file != "" && !bookFile.MatchString(dest) {
		return
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

// choice makes a bullet list whose items all begin with links a choice.
func (d *doc) choice(s *section, l *ast.List, last bool, lead string) *item {
	if l.IsOrdered() {
		return nil
	}
	var links []*link
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		body := c.FirstChild()
		if body == nil || body.Kind() != ast.KindParagraph && body.Kind() != ast.KindTextBlock || d.hasBox(body) {
			return nil
		}
		a := d.link(body)
		if a == nil || !d.leads(a) {
			return nil
		}
		links = append(links, a)
	}
	if len(links) == 0 || s.plain || d.namesAll(s, links) {
		return nil
	}
	if !last {
		if !d.foreign {
			d.advise(max(start(l), 0), "a list of links is a choice only if it stands last in its step", "")
		}
		return nil
	}
	it := &item{node: l, links: links}
	it.Kind, it.Text, it.Why = runbook.Choice, strings.TrimRight(lead, ": "), whyChoice
	if it.Text == "" {
		it.Text = s.title
	}
	if len(links) == 1 {
		it.Why, it.Text = whyJump, links[0].text
	}
	if it.Text == "" {
		it.Text = d.book.Title
	}
	it.From, it.To = max(start(l), 0), d.end(l)
	it.Line, it.Col = d.place(it.From)
	it.Warnings, d.pending = d.pending, nil
	d.links = append(d.links, links...)
	return it
}

// contents reports whether a list is a table of contents.
func (d *doc) contents(s *section, l *ast.List) bool {
	var links []*link
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		body := c.FirstChild()
		if body == nil || body.Kind() != ast.KindParagraph && body.Kind() != ast.KindTextBlock {
			return false
		}
		a := d.link(body)
		if a == nil {
			return false
		}
		links = append(links, a)
	}
	return len(links) > 0 && (s.plain || d.namesAll(s, links))
}

// namesAll reports whether links, before the first item of the document, name
// every later section of a level in order. Plain headings may be left out.
func (d *doc) namesAll(s *section, links []*link) bool {
	if d.asked > 0 || len(links) < 2 {
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
func onlyLinks(l *ast.List) bool {
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		body := c.FirstChild()
		if body == nil || c.ChildCount() != 1 || body.ChildCount() != 1 {
			return false
		}
		switch body.FirstChild().Kind() {
		case ast.KindLink, ast.KindAutoLink:
		default:
			return false
		}
	}
	return true
}

// goals finds the steps that links lead to.
func (d *doc) goals() {
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
	for _, s := range d.sections[t.index:] {
		if s.step >= 0 {
			return d.book.Steps[s.step].ID
		}
	}
	d.fault(l.at, fmt.Sprintf("%s leads nowhere: nothing is asked for at or below #%s", what, oneLine(l.slug)), "")
	return ""
}
