package brief

import (
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// label is how wide the column of names is.
const label = 11

// A page collects the lines of the briefing.
type page struct {
	t     *ui.Theme
	width int
	lines []string
}

// line says something under a name; further lines stand below the first.
func (p *page) line(name string, role ui.Role, text string) {
	for i, line := range ui.Wrap(words.Clean(text), p.width-label, 2) {
		head := strings.Repeat(" ", label)
		if i == 0 {
			head = p.t.Paint(ui.Faint, ui.Fit(name, label))
		}
		p.lines = append(p.lines, head+p.t.Paint(role, line))
	}
}

func (p *page) gap() { p.lines = append(p.lines, "") }

// View draws the briefing.
func (s *Screen) View(width, height int) []string {
	inner, high := ui.Inner(width, height)
	p := &page{t: s.host.Theme(), width: inner}
	b := s.b.Book
	if b.Summary != "" {
		p.lines = append(p.lines, ui.Wrap(words.Clean(b.Summary), inner, 0)...)
		p.gap()
	}
	s.plan(p)
	p.gap()
	s.needs(p)
	for _, r := range s.b.Remarks {
		p.line("Remark", ui.Warn, r)
	}
	s.most = max(0, len(p.lines)-high)
	s.top = min(s.top, s.most)
	f := ui.Frame{Mode: s.b.Mode, Title: "Before you start: " + words.Clean(b.Title)}
	if b.Version != "" {
		f.Right = "version " + words.Clean(b.Version)
	}
	f.Side = ui.Beyond(s.top, s.most-s.top)
	return f.Draw(p.t, p.lines[s.top:min(len(p.lines), s.top+high)], width, height)
}

// plan is what will happen, where, and within which limits.
func (s *Screen) plan(p *page) {
	b, t := s.b.Book, s.target()
	where := words.Clean(t.Name)
	switch {
	case t.Name == "":
		where = "nowhere yet: lifeboat.yaml names no target"
	case t.Production:
		where += ": this is PRODUCTION"
	default:
		where += ", not production"
	}
	p.line("Where", ui.Here, where)
	if t.Remark != "" {
		p.line("", ui.Faint, t.Remark)
	}
	p.line("Began", ui.Here, s.beganText())
	var limits []string
	for _, o := range b.Objectives {
		limits = append(limits, words.ShortObjective(o.Name)+" "+words.Limit(o.Limit))
	}
	if len(limits) == 0 {
		limits = []string{"none are set"}
	}
	p.line("Limits", ui.Plain, strings.Join(limits, ", "))
	p.line("Steps", ui.Plain, s.steps())
	dangers, live := count(b, s.b.Mode)
	switch {
	case dangers > 0:
		p.line("Danger", ui.Warn, words.Count(dangers, "command")+" that may overwrite or delete: before it, the target is proved and typed")
	default:
		p.line("Danger", ui.Plain, "none of its commands is marked as one that overwrites or deletes")
	}
	if s.b.Mode == runbook.Drill && live > 0 {
		p.line("", ui.Faint, words.Count(live, "command")+" for live runs only: counted as not exercised")
	}
	if b.Foreign {
		p.line("Commands", ui.Warn, "a foreign file: each command is copy only until you let it run")
	}
	p.line("Operator", ui.Plain, s.b.Operator)
	if len(b.Roles) > 0 {
		p.line("Roles", ui.Plain, s.roleText())
	}
	p.line("Last time", ui.Plain, s.last())
	if n := s.b.Redlines; n > 0 {
		p.line("", ui.Warn, fmt.Sprintf("%s from then not in the runbook yet: lifeboat redlines %s", words.Count(n, "deviation"), words.Tail(s.b.Last.Run)))
	}
}

func (s *Screen) beganText() string {
	if s.b.Began.Moment.IsZero() {
		return "now, when you start (b changes it)"
	}
	tell := words.Teller{Zone: s.host.Zoned().Location()}
	return tell.Since(s.b.Began.Moment, s.b.Began.Latest)
}

// steps says how many there are, and how long they take.
func (s *Screen) steps() string {
	var sum time.Duration
	known, of := 0, 0
	for i := range s.b.Book.Steps {
		step := &s.b.Book.Steps[i]
		if !step.Applicable(s.b.Mode) {
			continue
		}
		of++
		if s.b.Usual != nil {
			if u, ok := s.b.Usual(s.b.Book, step); ok {
				sum, known = sum+u.Median, known+1
			}
		}
	}
	text := fmt.Sprintf("%d", len(s.b.Book.Steps))
	switch {
	case known == 0:
		return text + "; no earlier run tells how long they take"
	case known < of:
		return fmt.Sprintf("%s; %d of them usually take %s", text, known, runbook.Short(sum))
	}
	return text + ", usually " + runbook.Short(sum)
}

// count says how many commands are dangerous, and how many this mode leaves out.
func count(b *runbook.Book, mode runbook.Mode) (dangers, other int) {
	for bl, here := range b.Blocks(mode) {
		switch {
		case !here:
			other++
		case bl.Danger:
			dangers++
		}
	}
	return dangers, other
}

func (s *Screen) roleText() string {
	out := make([]string, len(s.b.Book.Roles))
	for i, role := range s.b.Book.Roles {
		person := s.b.Roles[role]
		if person == "" {
			person = "nobody yet"
		}
		out[i] = role + ": " + person
	}
	return strings.Join(out, ", ")
}

func (s *Screen) last() string {
	h := s.b.Last
	if h == nil {
		return "never: this is the first"
	}
	text := fmt.Sprintf("%s, %s on %s: %s", h.Opened.UTC().Format("2006-01-02"), h.Mode, h.Target, h.State)
	if !h.Ended.IsZero() {
		text += " in " + runbook.Short(h.Ended.Sub(h.Opened))
	}
	if h.Deviations > 0 {
		text += ", " + words.Count(h.Deviations, "deviation")
	}
	return text
}

// needs is the preflight: what is there, and what is not.
func (s *Screen) needs(p *page) {
	b := s.b.Book
	if len(b.Needs)+len(b.Env)+len(b.Secrets) == 0 {
		return
	}
	p.lines = append(p.lines, p.t.Paint(ui.Heading, "What it needs"))
	if len(s.b.Checks) == 0 {
		p.lines = append(p.lines, p.t.Paint(ui.Faint, "looking"))
		return
	}
	for _, c := range s.b.Checks {
		sign, role := ui.SignDone, ui.Good
		if !c.OK {
			sign, role = ui.SignFailed, ui.Bad
		}
		p.lines = append(p.lines, p.t.Paint(role, sign)+" "+ui.Cut(words.Clean(words.Join(c.Check, c.Found)), p.width-2))
	}
}
