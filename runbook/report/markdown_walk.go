package report

import (
	"fmt"
	"strings"
)

func (r *Report) peopleTables(p *page) {
	p.heading(2, "People")
	var rows [][]string
	for _, who := range r.People {
		rows = append(rows, []string{who.Name, strings.Join(who.As, ", "), fmt.Sprint(who.Steps), fmt.Sprint(who.Commands), fmt.Sprint(who.Records)})
	}
	p.table("Nobody's name is on record.", []string{"Name", "As", "Steps closed", "Commands run", "Records"}, rows)
	rows = nil
	for _, role := range r.Roles {
		rows = append(rows, []string{role.Role, role.Person, stamp(role.At), fmt.Sprint(role.Seq)})
	}
	p.heading(3, "Roles")
	p.table("No roles are on record.", []string{"Role", "Person", "From", "Record"}, rows)
	rows = nil
	for _, h := range r.Handovers {
		rows = append(rows, []string{h.From, h.To, stamp(h.Offered), stampOr(h.Accepted, "not accepted on record"), h.Summary})
	}
	p.heading(3, "Hand-overs")
	p.table("No hand-over is on record.", []string{"From", "To", "Offered", "Accepted", "Summary"}, rows)
}

func (r *Report) bookTables(p *page) {
	p.heading(2, "Runbooks")
	var rows [][]string
	for _, b := range r.Books {
		own := "own"
		if b.Foreign {
			own = "foreign"
		}
		rows = append(rows, []string{b.Name, b.Title, b.Version, own, whyOpened(b.Why), stamp(b.At), b.Source, b.Hash})
	}
	p.table("No runbook is on record.", []string{"Name", "Title", "Version", "Kind", "Opened since", "When", "Source", "SHA-256"}, rows)
	rows = nil
	for _, c := range r.Preflight {
		result := "FAILED"
		if c.OK {
			result = "passed"
		}
		rows = append(rows, []string{c.Check, result, c.Found, fmt.Sprint(c.Seq)})
	}
	p.heading(3, "Checks before the start")
	p.table("No check before the start is on record.", []string{"Check", "Result", "Found", "Record"}, rows)
}

func (r *Report) stepTables(p *page) {
	p.heading(2, "Steps")
	var rows, open [][]string
	for _, s := range r.Steps {
		name := s.Title
		if s.Gone {
			name += " (not in the text at hand)"
		}
		if s.Round > 1 {
			name += fmt.Sprintf(" (round %d)", s.Round)
		}
		if s.Status == "done" || s.Status == "open" {
			waiting := s.Waiting.String()
			if s.Away > 0 {
				waiting += fmt.Sprintf(" (away %s)", s.Away)
			}
			if s.Paused > 0 {
				waiting += fmt.Sprintf(" (paused %s)", s.Paused)
			}
			machine := s.Machine.String()
			if s.AtLeast {
				machine += " or more"
			}
			rows = append(rows, []string{
				name, s.Status, stamp(s.Entered), s.closed(r.Open), s.Spent.String(), machine, waiting, s.usual(), s.compared(), s.by(),
			})
			continue
		}
		open = append(open, []string{name, s.Status, s.because(), s.by()})
	}
	p.table("No step was begun.", []string{"Step", "Status", "Entered", "Closed", "Spent", "Commands", "People", "Usual", "Compared", "By"}, rows)
	if len(rows) > 0 {
		p.para("Commands is the running time of the step's commands; People is the rest of the time spent. " +
			"Usual is the median, then what 9 of 10 earlier runs stayed within, and of how many runs.")
	}
	p.heading(3, "Steps that were not done")
	none := "None: every step was begun."
	if len(r.Steps) == 0 {
		none = "No step is on record."
	}
	p.table(none, []string{"Step", "Status", "Reason", "By"}, open)
	if r.Coverage != nil {
		r.coverageTable(p)
	}
}

func (s Step) closed(running bool) string {
	switch {
	case s.Status == "open" && running:
		return "still open"
	case s.Status == "open":
		return "never closed"
	}
	return stamp(s.Closed)
}

func (s Step) usual() string {
	switch {
	case s.Usual == nil:
		return "not known"
	case s.Usual.N == 0:
		return s.Usual.Median.String() + " (the author's guess)"
	}
	return fmt.Sprintf("%s, %s, n=%d", s.Usual.Median, s.Usual.P90, s.Usual.N)
}

func (s Step) compared() string {
	if s.Compare == "" {
		return "nothing to compare"
	}
	return s.Compare
}

func (s Step) by() string {
	text := orNot(s.By)
	if s.Status == "open" || s.Status == "not reached" || s.Status == "not taken" {
		text = "nobody"
	}
	return text + second(s.Person, s.Alone)
}

func (s Step) because() string {
	switch {
	case s.Gone:
		return because("the text at hand has no such step", s.Reason)
	case s.Reason != "":
		return s.Reason
	case s.Status == "not reached":
		return "the walk did not come here"
	}
	return NotRecorded
}

func (r *Report) coverageTable(p *page) {
	c := r.Coverage
	p.heading(3, "Coverage of this exercise")
	var parts []string
	for _, name := range sortedKeys(c.Steps) {
		parts = append(parts, fmt.Sprintf("%d %s", c.Steps[name], name))
	}
	p.bullets([]string{counted(len(r.Steps), "step") + ": " + orNot(strings.Join(parts, ", ")), c.Words})
	var rows [][]string
	for _, x := range c.List {
		rows = append(rows, []string{x.Item, x.State, orDash(x.Why, x.State), x.Text})
	}
	p.table("", []string{"Item", "State", "Why", "Command"}, rows)
}

// orDash says what goes without saying.
func orDash(why, state string) string {
	switch {
	case why != "":
		return why
	case state == "exercised":
		return "it worked"
	case state == "not reached":
		return "the walk did not come here"
	}
	return NotRecorded
}

func (r *Report) deviationSection(p *page) {
	p.heading(2, "Deviations from the runbook")
	var rows [][]string
	for i, d := range r.Deviations {
		rows = append(rows, []string{fmt.Sprint(i + 1), d.Where, d.What, d.Reason, stamp(d.At), d.Actor, fmt.Sprint(d.Seq)})
	}
	p.table("None on record.", []string{"No.", "Where", "What", "Reason", "When", "Who", "Record"}, rows)
	for i, d := range r.Deviations {
		if d.Kind == "edited" {
			p.para(fmt.Sprintf("Deviation %d, the command in the runbook:", i+1))
			p.fence(orNot(d.Original))
			p.para("What it was changed to:")
			p.fence(d.Text)
		}
	}
}

func (r *Report) timelineTable(p *page) {
	p.heading(2, "Timeline")
	var rows [][]string
	for _, e := range r.Timeline {
		at := stamp(e.At)
		if e.Late {
			at += " (written " + stamp(e.Recorded) + ")"
		}
		who := orNot(e.Actor)
		if e.Role != "" {
			who += " (" + e.Role + ")"
		}
		text := e.Text
		if len(e.CorrectedBy) > 0 {
			text += " [corrected by record " + numbers(e.CorrectedBy) + "]"
		}
		rows = append(rows, []string{fmt.Sprint(e.Seq), at, who, text})
	}
	p.table("No record is at hand.", []string{"Record", "When (UTC)", "Who", "What"}, rows)
	var rules []string
	for _, o := range r.Omitted {
		rules = append(rules, fmt.Sprintf("Left out: %s (records %s).", o.Rule, numbers(o.Seqs)))
	}
	if len(rules) == 0 {
		rules = []string{"No record is left out."}
	}
	p.bullets(rules)
}
