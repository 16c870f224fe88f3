package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"lifeboat/runbook"
)

const exercise = "EXERCISE. This was a drill, not an incident. Its times are never counted with those of live runs."

// Markdown writes the report for people: the summary first, the timeline and
// the proof last. It reads as plain text and on a code host.
func (r *Report) Markdown(w io.Writer) error {
	p := &page{}
	r.head(p)
	r.runTable(p)
	r.standingSection(p)
	r.objectiveTables(p)
	r.lossSection(p)
	r.timingTables(p)
	r.peopleTables(p)
	r.bookTables(p)
	r.stepTables(p)
	r.deviationSection(p)
	r.commandSection(p)
	r.wordTables(p)
	r.troubleTables(p)
	r.timelineTable(p)
	r.proof(p)
	if r.Drill {
		p.WriteString("\n---\n\n")
		p.para(exercise)
	}
	text := strings.TrimRight(p.String(), "\n") + "\n"
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write the report as markdown: %w", err)
	}
	return nil
}

func (r *Report) head(p *page) {
	if r.Drill {
		p.heading(1, "EXERCISE: "+orNot(r.Title))
		p.para(exercise)
	} else {
		p.heading(1, "Incident report: "+orNot(r.Title))
	}
	p.bullets(r.Summary)
	p.heading(2, "Look at this first")
	if len(r.Findings) == 0 {
		p.para("Nothing on record stands out.")
		return
	}
	p.bullets(r.Findings)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (r *Report) runTable(p *page) {
	i, w := r.Run, r.When
	mode := "live"
	if r.Drill {
		mode = "drill (EXERCISE)"
	}
	ended := stamp(w.Ended)
	if r.Open {
		ended = "still open at " + stamp(r.Made)
	}
	auto := "no"
	if i.Auto {
		auto = "yes: nobody was there, checks were ticked by the program"
	}
	rows := [][2]string{
		{"Run", i.ID}, {"Mode", mode}, {"Target", i.Target}, {"Production", yes(i.Production)}, {"Unattended (--auto)", auto},
	}
	if r.Drill {
		rows = append(rows, [2]string{"Type of exercise", i.Exercise})
	}
	rows = append(rows, [][2]string{
		{"Scope", i.Scope},
		{"Criteria set before the start", i.Criteria},
		{"Opened", stamp(w.Opened)},
		{"Ended", ended},
		{"Duration", w.Duration.String()},
		{"Last record", stamp(w.Last)},
		{"Operators' time zone", w.Zone},
		{"State", because(i.State, i.Reason)},
		{"Operator", i.Operator},
		{"Host", i.Host},
		{"lifeboat", i.Tool},
		{"Report made", stamp(r.Made)},
	}...)
	for _, id := range i.Identities {
		rows = append(rows, [2]string{"Identity of " + orNot(id.Target), id.Answer})
	}
	p.heading(2, "The run")
	p.pairs(rows)
	p.para("All times are UTC, marked Z. Durations are m:ss or h:mm:ss.")
}

func (r *Report) standingSection(p *page) {
	s := r.Standing
	if s == nil {
		return
	}
	p.heading(2, "Where it stands")
	rows := [][2]string{
		{"Step", s.Title},
		{"Next", s.Next},
		{"Steps done", fmt.Sprintf("%d of %d", s.Done, s.Of)},
		{"On hold", orNone(s.Hold)},
		{"Walked by", "somebody, as far as is recorded"},
		{"Commands without an outcome", orNone(numbers(s.Running))},
		{"Hand-over on offer to", orNone(s.Offered)},
		{"Expected end, by earlier runs", stampOr(s.ExpectedEnd, "not known")},
	}
	if s.Left != "" {
		rows[4][1] = "nobody: " + leftWords(s.Left)
	}
	p.pairs(rows)
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func stampOr(t time.Time, otherwise string) string {
	if t.IsZero() {
		return otherwise
	}
	return stamp(t)
}

func numbers[N int | uint64](list []N) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = fmt.Sprint(n)
	}
	return strings.Join(out, ", ")
}

func (r *Report) objectiveTables(p *page) {
	p.heading(2, "Objectives and what was reached")
	var rows, detail [][]string
	books := map[string]bool{}
	for _, o := range r.Objectives {
		books[o.Book] = true
	}
	for _, o := range r.Objectives {
		name := objectiveName(o.Name)
		if len(books) > 1 {
			name += " (" + o.Book + ")"
		}
		rows = append(rows, []string{name, o.Limit.String(), rangeWords(o.Judged), o.Words, o.stoppedBy()})
		from := stamp(o.From)
		if !o.Latest.IsZero() {
			from += " to " + stamp(o.Latest)
		}
		paused := fmt.Sprintf("%s (%d %%)", o.Paused, int(o.PauseShare*100))
		detail = append(detail, []string{
			name, from, stampOr(o.Stop, o.stoppedBy()), rangeWords(o.Raw), paused, o.Jumped.String(), rangeWords(o.Judged),
			o.since(o.Detected), o.since(o.Declared),
		})
	}
	p.table("No objective is on record.", []string{"Objective", "Limit", "Actual", "Verdict", "Stopped by"}, rows)
	if len(rows) == 0 {
		return
	}
	p.para("Clocks run from the beginning of the disruption. Only less than the limit passes. " +
		"Actual is the wall-clock time less pauses and confirmed changes of the clock:")
	p.table("", []string{"Objective", "From", "To", "Wall clock", "Paused", "Clock changed by", "Actual", "From detection", "From declaration"}, detail)
	r.turns(p)
}

func (o Objective) stoppedBy() string {
	switch {
	case o.ByTitle != "":
		return o.ByTitle
	case o.Verdict == runbook.Pending:
		return "it runs"
	case o.Verdict == runbook.NotRecorded:
		return NotRecorded
	}
	return "nothing: not reached"
}

// since is a time that only means something where a clock runs to one moment.
func (o Objective) since(r *Range) string {
	switch {
	case r == nil && !o.restores():
		return "does not apply"
	case r == nil && o.Stop.IsZero():
		return o.stoppedBy()
	}
	return rangeWords(r)
}

func (r *Report) turns(p *page) {
	var rows [][]string
	for _, o := range r.Objectives {
		if len(o.History) < 2 {
			continue
		}
		for _, t := range o.History {
			by := t.Title
			if t.What == "lost" {
				by = t.Reason
			}
			rows = append(rows, []string{objectiveName(o.Name), t.What, stamp(t.At), fmt.Sprint(t.Seq), by})
		}
	}
	if len(rows) > 0 {
		p.para("Reached, and lost again:")
		p.table("", []string{"Objective", "What", "When", "Record", "Step or reason"}, rows)
	}
}

func (r *Report) lossSection(p *page) {
	l := r.Loss
	p.heading(2, "Data loss")
	p.para(strings.ToUpper(l.Words[:1]) + l.Words[1:] + ".")
	if l.Point == nil {
		return
	}
	evidence := fmt.Sprintf("set by %s (record %d)", orNot(l.Point.Actor), l.Point.Seq)
	if l.Fact != 0 {
		evidence = fmt.Sprintf("a fact (record %d)", l.Fact)
		if l.Attempt != 0 {
			evidence = fmt.Sprintf("a fact (record %d) reported by attempt %d: %s", l.Fact, l.Attempt, l.Command)
		}
	}
	rows := [][2]string{
		{"Recovery point", stamp(l.Point.At)},
		{"Evidence", evidence},
		{"Lost: from the recovery point to the beginning", rangeWords(l.Window)},
		{"Discarded: from the recovery point until writes stopped", rangeWords(l.Discarded)},
		{"Contaminated", yes(l.Contaminated)},
	}
	if l.Contaminated {
		rows = append(rows, [2]string{"Why it was used all the same", l.Settled})
	}
	for _, f := range l.Reported {
		rows = append(rows, [2]string{"Reported with it: " + f.Name, f.Value})
	}
	p.pairs(rows)
}

func (r *Report) timingTables(p *page) {
	p.heading(2, "Times of this recovery")
	var rows [][]string
	for _, t := range r.Timings {
		took := rangeWords(t.Took)
		if t.Lacks != "" {
			took = "not recorded (no record of: " + momentName(t.Lacks) + ")"
		}
		rows = append(rows, []string{strings.ToUpper(t.Name[:1]) + t.Name[1:], momentName(t.From), momentName(t.To), took})
	}
	p.table("", []string{"Time", "From", "To", "Took (wall clock)"}, rows)
	rows = nil
	for _, m := range r.Moments {
		at := stamp(m.At)
		if !m.Latest.IsZero() {
			at += " to " + stamp(m.Latest)
		}
		holds := "holds"
		if !m.Holds {
			holds = "replaced later"
		}
		source := orNot(m.Source)
		if m.Certainty != "" {
			source += " (certainty: " + m.Certainty + ")"
		}
		source = because(source, m.Reason)
		rows = append(rows, []string{momentName(m.Name), at, source, m.Actor, fmt.Sprint(m.Seq), holds})
	}
	p.table("No moment is on record.", []string{"Moment", "When", "Source", "Put on record by", "Record", "State"}, rows)
	rows = nil
	for i, o := range r.Downtime.Outages {
		rows = append(rows, []string{fmt.Sprint(i + 1), stamp(o.From), stampOr(o.To, "no end on record"), o.By, o.Reason})
	}
	p.heading(3, "Outages")
	p.table("No outage is on record.", []string{"Outage", "From", "To", "Ended by", "Why it began again"}, firstOutage(rows))
}

// firstOutage says that the first outage is the incident itself: no reason for
// its coming back can be missing.
func firstOutage(rows [][]string) [][]string {
	if len(rows) > 0 {
		rows[0][4] = "(the incident)"
	}
	return rows
}
