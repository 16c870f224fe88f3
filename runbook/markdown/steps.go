package markdown

import (
	"bytes"
	"strconv"

	"lifeboat/runbook"
)

// Why a section is a step.
const (
	whyItems   = "a heading with an item under it"
	whyTitle   = "something is asked for right under the title"
	whyNoHead  = "items before the first heading"
	whyReading = "foreign file: a heading with prose only, to be read"
	whyNothing = "foreign file: nothing is asked for, so all of it is to be read"
)

// steps makes the sections that ask for something the steps of the book.
func (d *doc) steps() {
	var found []*section
	for _, s := range d.sections {
		if len(s.items) > 0 {
			found = append(found, s)
		}
	}
	if len(found) == 0 && d.foreign {
		s := d.sections[0]
		for _, t := range d.sections {
			if t.titling {
				s = t
			}
		}
		s.items = append(s.items, d.reading(s))
		found = append(found, s)
	}
	for _, s := range found {
		for p := s.parent; p != nil && !p.above; p = p.parent {
			p.above = true
		}
	}
	d.book.Steps = make([]runbook.Step, 0, len(found))
	for i, s := range found {
		d.step(s, i)
	}
	for i := range d.book.Steps {
		d.finish(i, found[i])
	}
	d.phases(found)
	d.orphans()
}

// step appends the step of a section. Its end is not yet known.
func (d *doc) step(s *section, n int) {
	s.step = n
	st := runbook.Step{ID: s.slug, Title: s.title, Level: s.level, Optional: s.optional, Why: whyItems, From: s.from}
	switch {
	case s.items[0].Reading:
		st.Why = s.items[0].Why
	case s.head == nil:
		st.Why = whyNoHead
	case s.titling:
		st.Why = whyTitle
	}
	if s.head == nil {
		st.Title = d.book.Title
		st.ID = d.freeID(slug(st.Title))
	}
	st.Line, _ = d.place(s.from)
	for p := s; p != nil; p = p.parent {
		if p.opens(s) {
			st.From = p.from
		}
		if p.above && !p.titling && st.Phase == "" {
			st.Phase = p.slug
		}
	}
	if n == 0 {
		st.From = d.from
	} else {
		d.book.Steps[n-1].To = st.From
	}
	if s.attrs != nil {
		s.attrs.used = true
		if m := d.stepAttributes(&st, s.attrs); m != nil {
			for _, it := range s.items { // what was meant for the section may have been meant for them
				for _, b := range it.Blocks {
					d.wrong(b, *m)
				}
			}
		}
	}
	d.book.Steps = append(d.book.Steps, st)
}

// opens reports whether s is the first step in p, so that p's prose is its.
func (p *section) opens(s *section) bool {
	if p.first == nil {
		p.first = s
	}
	return p.first == s
}

// freeID makes an id that no heading has.
func (d *doc) freeID(s string) string {
	out := s
	for i := 1; d.slugs[out] != nil || out == ""; i++ {
		out = s + "-" + strconv.Itoa(i)
	}
	return out
}

// finish fills in what depends on where the next step begins, and the items.
func (d *doc) finish(n int, s *section) {
	st := &d.book.Steps[n]
	if n == len(d.book.Steps)-1 {
		st.To = len(d.src)
	}
	text := bytes.TrimSpace(d.src[st.From:st.To])
	if bytes.IndexByte(text, '\r') >= 0 {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	st.Hash = short(text)
	st.Fences = s.fences
	st.Items = make([]runbook.Item, len(s.items))
	for i, it := range s.items {
		it.ID = st.ID + "/" + strconv.Itoa(i+1)
		st.Items[i] = it.Item
	}
}

// phases groups the steps. A phase that another one within it interrupts comes
// again.
func (d *doc) phases(found []*section) {
	for i, s := range found {
		st := &d.book.Steps[i]
		if n := len(d.book.Phases); n > 0 && d.book.Phases[n-1].ID == st.Phase {
			d.book.Phases[n-1].Steps = append(d.book.Phases[n-1].Steps, st.ID)
			continue
		}
		p := runbook.Phase{ID: st.Phase, Steps: []string{st.ID}}
		for h := s; h != nil && st.Phase != ""; h = h.parent {
			if h.slug == st.Phase {
				p.Title = h.title
				p.Line, _ = d.place(h.from)
			}
		}
		d.book.Phases = append(d.book.Phases, p)
	}
}

func (d *doc) stepAttributes(st *runbook.Step, c *comment) *Message {
	if c.bad != nil {
		m := d.fault(c.bad.at, c.bad.text, c.bad.hint)
		return &m
	}
	return set(d, st, "section", stepSetters, blockSetters, c.attrs)
}

// orphans tells of attributes whose section is no step.
func (d *doc) orphans() {
	for _, s := range d.sections {
		if s.attrs == nil || s.attrs.used {
			continue
		}
		if s.attrs.bad != nil {
			d.fault(s.attrs.bad.at, s.attrs.bad.text, s.attrs.bad.hint)
			continue
		}
		d.warn(s.attrs.at, "this section asks for nothing: its attributes do nothing", "add an item, or move them to a step below")
	}
}

// idle tells of a comment that no command uses.
func (d *doc) idle(c *comment, why string) {
	if c == nil || c.used {
		return
	}
	c.used = true
	if c.bad != nil {
		d.fault(c.bad.at, c.bad.text, c.bad.hint)
		return
	}
	d.fault(c.at, why, "put the comment right above a fence, or first under a heading")
}

// reading is the one check of a section that is only read.
func (d *doc) reading(s *section) *item {
	it := &item{}
	if s.head != nil {
		it.node = s.head
	}
	it.Kind, it.Text, it.Reading = runbook.Check, s.title, true
	it.Why = whyReading
	it.From, it.To = s.from, s.headEnd
	if s.head == nil || s.titling {
		it.Why = whyNothing
	}
	if s.head == nil {
		it.Text = d.book.Title
	}
	it.Line, it.Col = d.place(it.From)
	it.Warnings, d.pending = d.pending, nil
	return it
}
