package markdown

import (
	"bytes"
	"strings"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

var blank = syntax.Pattern(`_{3,}\s*(?:\(([^()]*)\))?\s*\.?$`)

// question reads an item that ends in a blank. It returns nil if it does not,
// and the text of the question without the blank and the name.
func (d *doc) question(e entry) (*runbook.Ask, string) {
	text, place := e.text, syntax.Start(e.body)
	m := blank().FindStringSubmatchIndex(text)
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
		} else if closeSlash().MatchString(remark) {
			d.advise(place, "a remark that looks like a choice is a hint", "put blanks around the slashes: (yes / no)")
		}
	}
	asks := strings.TrimRight(text[:m[0]], "_ ")
	asks = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(asks), ":"))
	if name := exported(e.raw); name != "" {
		a.Name = name
		if cut, ok := strings.CutSuffix(asks, "("+name+")"); ok {
			asks = strings.TrimSpace(cut)
		}
		if strings.HasPrefix(name, "LIFEBOAT_") {
			d.fault(place, "names that begin with LIFEBOAT_ are taken: "+name, "")
			a.Name = ""
		}
	}
	if asks == "" {
		asks = a.Name
	}
	return a, asks
}

var (
	closeSlash = syntax.Pattern(`^[A-Za-z]{2,}(?:/[A-Za-z]{2,})+$`)
	nameInCode = syntax.Pattern("`\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*`[*_]{0,2}\\s*\\)?\\s*:[*_]{0,2}\\s*(?:\\\\?_){3,}")
)

// exported is the name in code right before the colon of a question.
func exported(raw []byte) string {
	if bytes.IndexByte(raw, '`') < 0 {
		return ""
	}
	if m := nameInCode().FindSubmatch(raw); m != nil {
		return string(m[1])
	}
	return ""
}
