package markdown

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// A section is a heading and what stands below it, up to the next heading.
type section struct {
	head     *ast.Heading // nil: what stands before the first heading
	index    int
	level    int // 0 without a heading
	title    string
	slug     string
	optional bool
	from     int // offset of the heading's line
	headEnd  int
	nodes    []ast.Node

	parent  *section
	kids    bool // headings are below it
	titling bool // its heading is the title of the document
	plain   bool // it introduces or closes the document
	example bool // it, or a section around it, is an example

	items  []*item
	fences []*runbook.Block
	attrs  *comment
	above  bool     // steps are below it
	step   int      // place in Book.Steps; -1: none
	first  *section // the first step in it
}

// An item is a runbook.Item with what is known of it while parsing.
type item struct {
	runbook.Item
	node  ast.Node
	links []*link
}

// outline splits the document into sections and names them as GitHub does.
func (d *doc) outline() {
	root := d.md.Root
	size := root.ChildCount()/4 + 1
	d.slugs = make(map[string]*section, size)
	d.sections = make([]*section, 0, size)
	cur := &section{from: d.from, headEnd: d.from, step: -1}
	d.sections = append(d.sections, cur)
	used := make(map[string]int, size)
	var open []*section // the sections around the current one
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok {
			cur.nodes = append(cur.nodes, n)
			if d.md.Nested {
				d.innerHeadings(n, used)
			}
			continue
		}
		cur = d.heading(h, used)
		for len(open) > 0 && open[len(open)-1].level >= cur.level {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			cur.parent = open[len(open)-1]
			cur.parent.kids = true
		}
		open = append(open, cur)
	}
	d.findTitle()
	for _, s := range d.sections {
		s.example = !s.titling && strings.Contains(strings.ToLower(s.title), "example") && exampleWord().MatchString(s.title) || s.parent != nil && s.parent.example
	}
}

var exampleWord = syntax.Pattern(`(?i)\bexamples?\b`)

// heading begins a section.
func (d *doc) heading(h *ast.Heading, used map[string]int) *section {
	s := &section{head: h, index: len(d.sections), level: h.Level, step: -1}
	at := syntax.Start(h)
	s.from = bytes.LastIndexByte(d.src[:at], '\n') + 1
	s.headEnd = d.headingEnd(h, at)
	full := d.plain(h)
	s.slug = unique(slug(full), used)
	d.slugs[s.slug] = s
	s.title = full
	if strings.HasSuffix(full, "}") {
		if m := explicitID().FindStringSubmatch(full); m != nil {
			s.title = strings.TrimSpace(full[:len(full)-len(m[0])])
			if _, taken := d.slugs[strings.ToLower(m[1])]; !taken {
				d.slugs[strings.ToLower(m[1])] = s
			}
		}
	}
	if strings.HasSuffix(s.title, ")") {
		if m := optionalEnd().FindStringIndex(s.title); m != nil && m[0] > 0 {
			s.title, s.optional = s.title[:m[0]], true
		}
	}
	s.plain = isPlain(s.title)
	d.sections = append(d.sections, s)
	return s
}

var (
	explicitID  = syntax.Pattern(`\s*\{:?\s*#([A-Za-z0-9_.:-]+)\s*\}$`)
	optionalEnd = syntax.Pattern(`(?i)\s*\(optional\)$`)
)

// headingEnd is the end of the last line of a heading; the underline of a
// setext heading included.
func (d *doc) headingEnd(h *ast.Heading, at int) int {
	end := d.trimEnd(d.lineStop(at))
	if l := h.Lines(); l.Len() > 0 {
		end = max(end, d.lineEnd(l.At(l.Len()-1).Stop))
	}
	if i := syntax.Start(h); i < len(d.src) && d.src[i] != '#' {
		end = d.lineEnd(d.nextLine(end))
	}
	return end
}

// innerHeadings counts the slugs of headings inside lists and quotations:
// nothing else is done with them.
func (d *doc) innerHeadings(n ast.Node, used map[string]int) {
	switch n.Kind() {
	case ast.KindHeading:
		unique(slug(d.plain(n)), used)
	case ast.KindList, ast.KindListItem, ast.KindBlockquote, syntax.KindBox:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			d.innerHeadings(c, used)
		}
	}
}

// findTitle says which heading is the title: the first H1, or in a document
// without one a first heading that stands above all others.
func (d *doc) findTitle() {
	heads := d.sections[1:]
	var title *section
	for _, s := range heads {
		if s.level == 1 {
			title = s
			break
		}
	}
	if title == nil && len(heads) > 1 {
		title = heads[0]
		for _, s := range heads[1:] {
			if s.level <= title.level {
				title = nil
				break
			}
		}
	}
	if title != nil {
		title.titling, title.plain = true, false
		if d.book.Title == "" {
			d.book.Title = title.title
		}
	}
	if d.book.Title == "" {
		d.book.Title = d.book.Name
	}
}

// slug is GitHub's anchor of a heading.
func slug(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range strings.ToLower(s) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r < 0x80:
			if r == '-' || r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				b.WriteByte(byte(r))
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mark, r) ||
			unicode.Is(unicode.Nl, r) || unicode.Is(unicode.Pc, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unique numbers slugs that come again, as GitHub does.
func unique(s string, used map[string]int) string {
	out := s
	for _, taken := used[out]; taken; _, taken = used[out] {
		n := used[s] + 1
		used[s] = n
		out = s + "-" + strconv.Itoa(n)
	}
	used[out] = 0
	return out
}

var (
	numbering   = syntax.Pattern(`^(?:[0-9]+(?:\.[0-9]+)*[.)]?|[ivxIVX]+[.)])\s+`)
	plainStart  = syntax.Pattern(`^(?:overview|summary|background|motivation|introduction|key points|further reading|see also|(?:table of )?contents)(?:$| (?:of|for|and|on|to|about|&|/)\b| ?[:(–—/-])`)
	plainAlways = syntax.Pattern(`^additional\b`)
	plainFirst  = map[string]bool{
		"overview": true, "summary": true, "background": true, "motivation": true, "introduction": true, "key": true,
		"further": true, "see": true, "contents": true, "table": true, "additional": true, "about": true, "purpose": true,
		"scope": true, "meaning": true, "impact": true, "references": true, "resources": true, "links": true, "glossary": true,
	}
	plainAlone = map[string]bool{
		"about": true, "purpose": true, "scope": true, "meaning": true, "impact": true,
		"references": true, "resources": true, "links": true, "glossary": true,
	}
)

// isPlain reports whether a heading introduces or closes a document.
func isPlain(title string) bool {
	t := strings.ToLower(strings.TrimSpace(title))
	if t == "" {
		return false
	}
	if strings.IndexByte("0123456789ivx", t[0]) >= 0 {
		t = numbering().ReplaceAllString(t, "")
	}
	if first, _, _ := strings.Cut(t, " "); !plainFirst[strings.Trim(first, ":([/-–—")] {
		return false
	}
	return plainStart().MatchString(t) || plainAlways().MatchString(t) || plainAlone[strings.TrimRight(t, ":")]
}
