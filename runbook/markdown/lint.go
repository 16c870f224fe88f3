package markdown

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
)

// LintOptions is what Lint has to be told of the world.
type LintOptions struct {
	// Today is the day on which reviews are due; zero: they are not looked at.
	Today time.Time
	// Book finds another runbook file by the path that a link has, relative to
	// this one. It reports whether the file is there, and the ids of its
	// headings; nil ids: they are not looked at. Without it, links to other
	// files are not checked.
	Book func(path string) (ids []string, ok bool)
}

// Lint says everything there is to say about a runbook, in the order of the
// file: what Parse said, what would go wrong on the day, and what makes a
// procedure hard to follow. An empty list is praise. The text is the one that
// the book was parsed from; nil: the book's own.
func Lint(b *runbook.Book, text []byte, o LintOptions) []Message {
	if text == nil {
		text = b.Text
	}
	d, err := parse(b.Source, text)
	if err != nil {
		m := Message{File: b.Source, Line: 1, Col: 1, Level: Fault, Text: err.Error()}
		var u *Unreadable
		if errors.As(err, &u) {
			m.Text, m.Hint = u.Text, u.Hint()
			m.Line, m.Col = max(u.Line, 1), max(u.Col, 1)
		}
		return []Message{m}
	}
	l := &linter{doc: d, o: o}
	l.review()
	l.limits()
	l.reachable()
	l.otherBooks()
	l.commands()
	l.restores()
	return sortMessages(append(append(l.msgs, l.advice...), l.found...))
}

type linter struct {
	*doc
	o     LintOptions
	found []Message

	secretVars map[string]bool // variables that hold a secret
}

func (l *linter) say(level Level, line, col int, text, hint string) {
	if len(l.found) < mostMessages {
		l.found = append(l.found, Message{File: l.name, Line: line, Col: col, Level: level, Text: oneLine(text), Hint: hint})
	}
}

// review looks at the date of the last review.
func (l *linter) review() {
	t := l.book.Reviewed
	if l.o.Today.IsZero() || t.IsZero() || l.reviewed == nil {
		return
	}
	line, col := spot(l.reviewed.GetToken())
	line += l.frontLine - 1
	today := l.o.Today.UTC().Truncate(24 * time.Hour)
	if t.After(today) {
		l.say(Warning, line, col, fmt.Sprintf("reviewed on %s, which lies ahead", t.Format(time.DateOnly)), "")
		return
	}
	if l.book.ReviewIn == "" {
		return
	}
	if due, err := addTerm(t, l.book.ReviewIn); err == nil && due.Before(today) {
		l.say(Warning, line, col, fmt.Sprintf("the review was due on %s", due.Format(time.DateOnly)), "read it through, and set last_reviewed_on")
	}
}

// limits looks at objectives that contradict each other or that nothing reaches.
func (l *linter) limits() {
	limit := map[string]time.Duration{}
	for _, o := range l.book.Objectives {
		limit[o.Name] = o.Limit
	}
	if down, rto := limit["downtime"], limit["critical"]; down > 0 && rto > 0 && down < rto {
		l.say(Warning, 1, 1, fmt.Sprintf("acceptable downtime (%s) is below the recovery time of critical systems (%s)", human(down), human(rto)),
			"a recovery that meets the second can miss the first")
	}
	for i := range l.book.Steps {
		s := &l.book.Steps[i]
		for _, r := range s.Reached {
			if limit[r] == 0 {
				l.say(Warning, s.Line, 1, fmt.Sprintf("%s is reached here, but no objective limits it", r), "add it to objectives")
			}
		}
	}
}

// human is a duration without the zeros.
func human(v time.Duration) string {
	s := v.String()
	if cut, ok := strings.CutSuffix(s, "m0s"); ok {
		s = cut + "m"
	}
	if cut, ok := strings.CutSuffix(s, "h0m"); ok {
		s = cut + "h"
	}
	return s
}

// reachable finds steps that no walk comes to: behind a choice that leads
// elsewhere, and linked from nowhere.
func (l *linter) reachable() {
	steps := l.book.Steps
	if len(steps) == 0 {
		l.say(Warning, 1, 1, "nothing is asked for", "write what is to be done as a list or as commands")
		return
	}
	index := make(map[string]int, len(steps))
	for i := range steps {
		index[steps[i].ID] = i
	}
	seen := make([]bool, len(steps))
	open := []int{0}
	for len(open) > 0 {
		i := open[len(open)-1]
		open = open[:len(open)-1]
		if i >= len(steps) || seen[i] {
			continue
		}
		seen[i] = true
		on := true
		for _, it := range steps[i].Items {
			for _, o := range it.Options {
				if n, ok := index[o.Step]; ok && o.Book == "" {
					open = append(open, n)
				}
			}
			on = on && it.Kind != runbook.Choice
		}
		if on {
			open = append(open, i+1)
		}
	}
	for i := range steps {
		if !seen[i] {
			l.say(Warning, steps[i].Line, 1, fmt.Sprintf("no way leads to the step %q", steps[i].Title), "link to it from a choice, or move it")
		}
	}
}

// otherBooks looks at links to other runbook files.
func (l *linter) otherBooks() {
	if l.o.Book == nil {
		return
	}
	for _, a := range l.links {
		if a.book == "" {
			continue
		}
		line, col := l.place(a.at)
		ids, ok := l.o.Book(a.book)
		if !ok {
			l.say(Fault, line, col, fmt.Sprintf("no runbook is at %s", a.book), "paths are relative to this file")
			continue
		}
		if a.slug == "" || ids == nil {
			continue
		}
		found := false
		for _, id := range ids {
			found = found || id == a.slug
		}
		if !found {
			l.say(Fault, line, col, fmt.Sprintf("%s has no heading #%s", a.book, a.slug), "")
		}
	}
}

// Headings lists the slugs of all headings of a document, for LintOptions.Book.
func Headings(name string, text []byte) ([]string, error) {
	d, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(d.sections))
	for _, s := range d.sections {
		if s.head != nil {
			out = append(out, s.slug)
		}
	}
	return out, nil
}
