package markdown

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
)

var blank = regexp.MustCompile(`_{3,}\s*(?:\(([^()]*)\))?\s*\.?$`)

// question reads an item that ends in a blank. It returns nil if it does not,
// and the text of the question without the blank and the name.
func (d *doc) question(body ast.Node, text string) (*runbook.Ask, string) {
	m := blank.FindStringSubmatchIndex(text)
	if m == nil {
		return nil, ""
	}
	a := &runbook.Ask{Type: "text"}
	if m[2] >= 0 {
		remark := strings.TrimSpace(text[m[2]:m[3]])
		a.Hint = remark
		if strings.EqualFold(remark, "UTC") {
			a.Type, a.Hint = "time", ""
		} else if parts := strings.Split(remark, " / "); len(parts) > 1 {
			a.Type, a.Hint = "choice", ""
			for _, p := range parts {
				if p = strings.TrimSpace(p); p != "" {
					a.Allowed = append(a.Allowed, p)
				}
			}
		} else if closeSlash.MatchString(remark) {
			d.advise(max(start(body), 0), "a remark that looks like a choice is a hint", "put blanks around the slashes: (yes / no)")
		}
	}
	asks := strings.TrimRight(text[:m[0]], "_ ")
	asks = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(asks), ":"))
	if name := d.exported(body); name != "" {
		a.Name = name
		if cut, ok := strings.CutSuffix(asks, "("+name+")"); ok {
			asks = strings.TrimSpace(cut)
		}
		if strings.HasPrefix(name, "LIFEBOAT_") {
			d.fault(max(start(body), 0), "names that begin with LIFEBOAT_ are taken: "+name, "")
			a.Name = ""
		}
	}
	if asks == "" {
		asks = a.Name
	}
	return a, asks
}

var (
	closeSlash = regexp.MustCompile(`^[A-Za-z]{2,}(?:/[A-Za-z]{2,})+$`)
	afterName  = regexp.MustCompile(`^\s*\)?\s*:\s*_{3,}`)
)

// exported is the name in code right before the colon of a question.
func (d *doc) exported(body ast.Node) string {
	for c := body.FirstChild(); c != nil; c = c.NextSibling() {
		code, ok := c.(*ast.CodeSpan)
		if !ok {
			continue
		}
		d.buf = d.buf[:0]
		for n := c.NextSibling(); n != nil && len(d.buf) < 64; n = n.NextSibling() {
			d.inline(n)
		}
		if !afterName.Match(d.buf) {
			continue
		}
		d.buf = d.buf[:0]
		d.inline(code)
		if name := strings.TrimSpace(string(d.buf)); variableOnly.MatchString(name) {
			return name
		}
	}
	return ""
}
