package markdown

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// A setter takes the value of one attribute into a T, or says what is wrong
// with it.
type setter[T any] func(t T, a attribute) error

// runmes are attributes of runme that mean nothing here.
var runmes = map[string]bool{
	"excludeFromRunAll": true, "promptEnv": true, "ignore": true, "tag": true, "tags": true, "mimeType": true,
	"mimetype": true, "id": true, "closeTerminalOnSuccess": true, "openTerminalOnError": true,
	"terminalRows": true, "transform": true, "category": true, "skipPrompts": true,
}

var blockSetters = map[string]setter[*runbook.Block]{
	"name":        func(b *runbook.Block, a attribute) error { return word(&b.Name, a) },
	"cwd":         func(b *runbook.Block, a attribute) error { return filled(&b.Cwd, a) },
	"interpreter": func(b *runbook.Block, a attribute) error { return filled(&b.Interpreter, a) },
	"interactive": func(b *runbook.Block, a attribute) error { return yes(&b.Interactive, a) },
	"background":  func(b *runbook.Block, a attribute) error { return yes(&b.Background, a) },
	"after":       func(b *runbook.Block, a attribute) error { return word(&b.After, a) },
	"timeout":     func(b *runbook.Block, a attribute) error { return span(&b.Timeout, a) },
	"takes":       func(b *runbook.Block, a attribute) error { return span(&b.Takes, a) },
	"expect":      expect,
	"probe":       func(b *runbook.Block, a attribute) error { return yes(&b.Probe, a) },
	"retry":       retry,
	"danger":      func(b *runbook.Block, a attribute) error { return yes(&b.Danger, a) },
	"preview":     func(b *runbook.Block, a attribute) error { return word(&b.Preview, a) },
	"max":         most,
	"rollback":    func(b *runbook.Block, a attribute) error { return word(&b.Rollback, a) },
	"fact":        func(b *runbook.Block, a attribute) error { return variable(&b.Fact, a) },
	"secret":      func(b *runbook.Block, a attribute) error { return variable(&b.Secret, a) },
	"when":        func(b *runbook.Block, a attribute) error { return mode(&b.When, a) },
	"on":          func(b *runbook.Block, a attribute) error { return word(&b.On, a) },
}

var stepSetters = map[string]setter[*runbook.Step]{
	"reached":  reached,
	"moment":   moment,
	"takes":    func(s *runbook.Step, a attribute) error { return span(&s.Takes, a) },
	"when":     func(s *runbook.Step, a attribute) error { return mode(&s.When, a) },
	"on":       func(s *runbook.Step, a attribute) error { return word(&s.On, a) },
	"role":     func(s *runbook.Step, a attribute) error { return filled(&s.Role, a) },
	"optional": func(s *runbook.Step, a attribute) error { return yes(&s.Optional, a) },
	"witness":  func(s *runbook.Step, a attribute) error { return yes(&s.Witness, a) },
}

// set applies attributes in order. It tells of unknown keys, and comes back
// with the first fault.
func set[T, O any](d *doc, to T, what string, known map[string]setter[T], other map[string]setter[O], attrs []attribute) *Message {
	var first *Message
	fault := func(at int, text, hint string) {
		m := d.fault(at, text, hint)
		if first == nil {
			first = &m
		}
	}
	for i, a := range attrs {
		if slices.ContainsFunc(attrs[:i], func(b attribute) bool { return b.key == a.key }) {
			fault(a.at, fmt.Sprintf("repeated attribute %q", a.key), "")
			continue
		}
		use, ok := known[a.key]
		if !ok {
			if other[a.key] != nil {
				fault(a.at, fmt.Sprintf("%q is no attribute of a %s", a.key, what), "")
			} else if !runmes[a.key] {
				d.warn(a.at, fmt.Sprintf("unknown attribute %q", a.key), nearest(a.key, known))
			}
			continue
		}
		if err := use(to, a); err != nil {
			fault(a.at, fmt.Sprintf("bad value of %q: %v", a.key, err), "")
		}
	}
	return first
}

// nearest hints at a key that differs from a wrong one by its case or a letter.
func nearest[T any](key string, known map[string]setter[T]) string {
	var near []string
	for k := range known {
		if strings.EqualFold(k, key) || len(key) > 3 && (strings.HasPrefix(k, key) || strings.HasPrefix(key, k) || swapped(k, key)) {
			near = append(near, k)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + slices.Min(near) + "?"
}

// swapped reports whether two words of one length differ in at most two places.
func swapped(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n <= 2
}

// blockAttributes takes in what stands in the info string and in the comment
// above. A fault leaves the block unable to run.
func (d *doc) blockAttributes(b *runbook.Block, s shape, above *comment) {
	attrs, bad := braces(s.info, s.infoAt)
	if above != nil {
		above.used = true
		attrs = append(slices.Clone(above.attrs), attrs...)
		if above.bad != nil {
			bad = above.bad
		}
	}
	if bad != nil {
		d.wrong(b, d.fault(bad.at, bad.text, bad.hint))
	}
	if m := set(d, b, "command", blockSetters, stepSetters, attrs); m != nil {
		d.wrong(b, *m)
	}
	if m := d.belongs(b, attrs); m != nil {
		d.wrong(b, *m)
	}
	for _, a := range attrs {
		if (a.key == "preview" || a.key == "rollback" || a.key == "after") && nameOnly().MatchString(a.val) {
			d.refs = append(d.refs, reference{b, a.key, a.val, a.at})
		}
	}
	if !d.foreign && !strings.Contains(s.info, "{") && strings.Contains(s.info, "=") {
		d.advise(s.infoAt, "attributes outside of braces do nothing", "write ```"+b.Lang+" {key=value}")
	}
}

// belongs finds attributes that mean nothing without another one.
func (d *doc) belongs(b *runbook.Block, attrs []attribute) *Message {
	for _, a := range attrs {
		need := ""
		switch {
		case a.key == "retry" && !b.Probe:
			need = "probe"
		case a.key == "preview" && !b.Danger:
			need = "danger"
		case a.key == "max" && b.Preview == "":
			need = "preview"
		case a.key == "secret" && b.Fact != "":
			m := d.fault(a.at, "an output is a fact or a secret, not both", "")
			return &m
		}
		if need != "" {
			m := d.fault(a.at, fmt.Sprintf("%q belongs to a block with %q", a.key, need), "")
			return &m
		}
	}
	return nil
}

// wrong keeps the first reason why a block can't run.
func (d *doc) wrong(b *runbook.Block, m Message) {
	if b.Wrong == "" {
		b.Wrong = fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Col, m.Text)
	}
}

func yes(to *bool, a attribute) error {
	switch {
	case a.bare || a.val == "true":
		*to = true
	case a.val == "false":
		*to = false
	default:
		return fmt.Errorf("%q is neither true nor false", a.val)
	}
	return nil
}

func filled(to *string, a attribute) error {
	if a.bare || strings.TrimSpace(a.val) == "" {
		return errors.New("it is missing")
	}
	*to = a.val
	return nil
}

var (
	nameOnly     = syntax.Pattern(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	variableOnly = syntax.Pattern(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func word(to *string, a attribute) error {
	if a.bare || a.val == "" {
		return errors.New("a name is missing")
	}
	if !nameOnly().MatchString(a.val) {
		return fmt.Errorf("%q is no name: letters, digits, -, _ and . only", a.val)
	}
	*to = a.val
	return nil
}

func variable(to *string, a attribute) error {
	if !variableOnly().MatchString(a.val) {
		return fmt.Errorf("%q is no name of a variable", a.val)
	}
	if strings.HasPrefix(a.val, "LIFEBOAT_") {
		return fmt.Errorf("names that begin with LIFEBOAT_ are taken: %q", a.val)
	}
	*to = a.val
	return nil
}

func span(to *time.Duration, a attribute) error {
	v, err := duration(a.val)
	if err == nil {
		*to = v
	}
	return err
}

func mode(to *runbook.Mode, a attribute) error {
	switch m := runbook.Mode(a.val); m {
	case runbook.Live, runbook.Drill:
		*to = m
		return nil
	}
	return fmt.Errorf("%q is neither live nor drill", a.val)
}

func expect(b *runbook.Block, a attribute) error {
	if a.val == "" {
		return errors.New("it is missing")
	}
	e := &runbook.Expect{Text: a.val}
	if n := len(a.val); n > 1 && a.val[0] == '/' && a.val[n-1] == '/' {
		e.Regex = true
		if n == 2 {
			return errors.New("the expression is empty")
		}
		if _, err := regexp.Compile(a.val[1 : n-1]); err != nil {
			return err
		}
	}
	b.Expect = e
	return nil
}

func retry(b *runbook.Block, a attribute) error {
	if n, err := strconv.Atoi(a.val); err == nil {
		if n < 1 {
			return errors.New("less than one try")
		}
		b.RetryTimes = n
		return nil
	}
	return span(&b.RetryFor, a)
}

func most(b *runbook.Block, a attribute) error {
	n, err := strconv.Atoi(a.val)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is no count", a.val)
	}
	b.Max, b.HasMax = n, true
	return nil
}

// clocks are the objectives that finishing a step can reach.
var clocks = []string{"downtime", "critical", "noncritical", "full", "notify"}

func reached(s *runbook.Step, a attribute) error {
	for name := range strings.SplitSeq(a.val, ",") {
		if !slices.Contains(clocks, name) {
			return fmt.Errorf("%q is none of %s", name, strings.Join(clocks, ", "))
		}
		s.Reached = append(s.Reached, name)
	}
	return nil
}

func moment(s *runbook.Step, a attribute) error {
	for name := range strings.SplitSeq(a.val, ",") {
		if !variableOnly().MatchString(name) {
			return fmt.Errorf("%q is no name of a moment", name)
		}
		s.Moments = append(s.Moments, name)
	}
	return nil
}

var dayOrWeek = syntax.Pattern(`^([0-9]{1,4})([dw])(.*)$`)

// duration reads a Go duration that may begin with weeks and days, and is
// longer than nothing.
func duration(s string) (time.Duration, error) {
	var sum time.Duration
	rest := s
	for {
		m := dayOrWeek().FindStringSubmatch(rest)
		if m == nil {
			break
		}
		n, _ := strconv.Atoi(m[1])
		days := time.Duration(n)
		if m[2] == "w" {
			days *= 7
		}
		sum += days * 24 * time.Hour
		rest = m[3]
	}
	if rest != "" {
		v, err := time.ParseDuration(rest)
		if err != nil {
			return 0, fmt.Errorf("%q is no duration: write 90s, 30m, 2h or 3d", s)
		}
		sum += v
	}
	if sum <= 0 {
		return 0, fmt.Errorf("%q is no duration longer than nothing", s)
	}
	return sum, nil
}
