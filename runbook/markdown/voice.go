package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook/markdown/syntax"
)

// What other people number is not always an action. These rules hold for
// foreign files alone: in an own file the grammar says it all. What they leave
// out stays in sight as prose, so each is drawn narrowly.

var (
	capsLabel  = syntax.Pattern(`^\p{Lu}{2,}\s*:\s+`)
	stateTime  = syntax.Pattern(`^(?:now|initially|eventually|by default|in general|generally|usually|normally|typically|at (?:this|that|some) point|as (?:mentioned|noted|described|said)(?: above| before| earlier)?|in this (?:case|state))\b,?\s+`)
	aThing     = syntax.Pattern(`^(?:the|an?|this|these|those|that|it|there|they)\b`)
	obliges    = syntax.Pattern(`\b(?:must|shall|needs?|ha(?:s|ve) to|ought|make sure|ensure|verify|confirm|(?:is|are|be) required|is to|are to|can be|please)\b`)
	shouldBe   = syntax.Pattern(`\bshould\b`)
	soonWill   = syntax.Pattern(`^\S+(?: \S+)? (?:will|was|were)\b`)
	conditions = syntax.Pattern(`(?i)\b(?:prerequisites?|requirements?|preconditions?|before you (?:begin|start)|checklist|criteria|verif(?:y|ication)|validat(?:e|ion)|confirm|checks?|success)\b`)
	askingLead = syntax.Pattern(`(?i)\b(?:check|verify|confirm|ensure|make sure|validate|assert)\b`)
	listsOf    = syntax.Pattern(`(?i)\b(?:including|includes?|such as|for (?:example|instance)|e\.g\.|i\.e\.)\s*[,:]$`)
	twoActions = syntax.Pattern(`(?i)(?:,| and|;) then [a-z]+`)
)

// statement reports whether an ordered item says how things are, and asks for
// nothing: "The director will be deployed …". What stands under a heading of
// preconditions, or after "check that:", is asked for all the same, and so is
// what has a command or a list of checks in it.
func (v *visit) statement(e entry, f frame) bool {
	if e.body == nil || conditions().MatchString(v.s.title) || askingLead().MatchString(f.lead) {
		return false
	}
	for c := e.body.NextSibling(); c != nil; c = c.NextSibling() {
		if c.Kind() == ast.KindFencedCodeBlock {
			return false
		}
		if l, ok := c.(*ast.List); ok && l.IsOrdered() {
			return false
		}
	}
	if remarkColon().MatchString(e.text) {
		return true
	}
	s := capsLabel().ReplaceAllString(e.text, "")
	if i := strings.Index(s, ". "); i > 0 {
		s = s[:i]
	}
	s = strings.ToLower(s)
	timed := false
	for m := stateTime().FindStringIndex(s); m != nil; m = stateTime().FindStringIndex(s) {
		timed, s = true, s[m[1]:]
	}
	switch {
	case obliges().MatchString(s), !timed && shouldBe().MatchString(s):
		return false
	case aThing().MatchString(s):
		return true
	}
	return timed && soonWill().MatchString(s)
}

// particulars reports whether a nested list says what its check is about,
// instead of what to do: what "including:" lists, questions to answer,
// references.
func (v *visit) particulars(l *ast.List, lead string) bool {
	if listsOf().MatchString(lead) {
		return true
	}
	links, questions, n := 0, 0, 0
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		n++
		body := c.FirstChild()
		if body == nil || c.ChildCount() != 1 || v.hasBox(body) {
			return false
		}
		if isQuestion(v.plain(body)) {
			questions++
		}
		if a := v.link(body); a != nil && a.rest == "" && v.here(a) == nil {
			links++
		}
	}
	return n > 0 && (links == n || questions == n)
}

var aside = syntax.Pattern(`\s*\([^()]*\)\.?$`)

// isQuestion reports whether text ends in a question mark; remarks in
// parentheses don't count.
func isQuestion(s string) bool {
	for range 3 {
		s = aside().ReplaceAllString(strings.TrimSpace(s), "")
	}
	return strings.HasSuffix(s, "?")
}

// namesSections reports whether an ordered list names, in words, the sections
// below its own heading: an outline, whose entries come again as steps.
func (d *doc) namesSections(s *section, l *ast.List) bool {
	if !s.kids || !l.IsOrdered() || len(d.sections) > mostHeadings {
		return false
	}
	var heads []map[string]bool
	for _, t := range d.sections[s.index+1:] {
		if t.level <= s.level {
			break
		}
		if len(heads) < 50 {
			heads = append(heads, words(t.title))
		}
	}
	items, named := 0, 0
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		body := c.FirstChild()
		if body == nil || c.ChildCount() != 1 || d.hasBox(body) || items == 50 {
			return false
		}
		items++
		w := words(d.plain(body))
		for _, h := range heads {
			if alike(w, h) {
				named++
				break
			}
		}
	}
	return items >= 2 && named >= 2 && 3*named >= 2*items
}

var (
	aWord = syntax.Pattern(`[\p{L}]+`)
	small = map[string]bool{
		"the": true, "a": true, "an": true, "of": true, "to": true, "and": true, "or": true, "for": true,
		"in": true, "on": true, "with": true, "from": true, "into": true, "step": true, "part": true,
	}
)

func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range aWord().FindAllString(strings.ToLower(s), 40) {
		if !small[w] {
			out[w] = true
		}
	}
	return out
}

// alike reports whether two sets of words are about the same thing.
func alike(a, b map[string]bool) bool {
	common := 0
	for w := range a {
		if b[w] {
			common++
		}
	}
	least := min(len(a), len(b))
	return least >= 2 && 4*common >= 3*least
}
