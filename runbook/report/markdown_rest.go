package report

import (
	"fmt"
	"strings"
)

func (r *Report) commandSection(p *page) {
	p.heading(2, "Commands")
	if len(r.Attempts) == 0 {
		p.para("No command is on record.")
		return
	}
	var rows [][]string
	for _, a := range r.Attempts {
		rows = append(rows, []string{
			fmt.Sprint(a.Number), stamp(a.Started), a.elapsed(), a.result(), a.step(), head(a.Text),
		})
	}
	p.table("", []string{"Attempt", "Started", "Took", "Result", "Step", "Command"}, rows)
	for _, a := range r.Attempts {
		p.heading(3, fmt.Sprintf("Attempt %d", a.Number))
		p.fence(a.Text)
		p.bullets(a.details())
	}
}

func (a Attempt) step() string {
	text := a.Step
	switch {
	case a.Item == "" && (a.For == "adhoc" || a.For == ""):
		return "none: in no runbook"
	case a.Item == "":
		text = "none"
	}
	return text + purpose(a.For)
}

func (a Attempt) elapsed() string {
	if a.Elapsed == nil {
		return NotRecorded
	}
	return a.Elapsed.String()
}

func (a Attempt) result() string {
	if a.Unknown != nil && a.Unknown.Settled != "" && a.Ended.IsZero() {
		return a.Result + ", settled: " + a.Unknown.Settled
	}
	return a.Result
}

// details are the lines under a command. What could have been recorded and was
// not is said; what can't apply is left out.
func (a Attempt) details() []string {
	out := []string{
		fmt.Sprintf("Step: %s; item: %s; record %d; by %s.", a.step(), orNone(a.Item), a.Seq, orNot(a.Actor)),
		fmt.Sprintf("Shell: %s; directory: %s; target: %s; secrets given to it: %s.",
			orNot(a.Shell), orNot(a.Dir), orSame(a.Target), orNone(strings.Join(a.Secrets, ", "))),
		fmt.Sprintf("Intended %s, started %s, ended %s, took %s.", stamp(a.Intended), stamp(a.Started), stamp(a.Ended), a.elapsed()),
		a.outcome(),
	}
	if a.Identity != "" {
		same := "as expected"
		if !a.Same {
			same = "NOT the answer of before"
		}
		out = append(out, fmt.Sprintf("The target said that it is: %s (%s).", a.Identity, same))
	}
	if u := a.Unknown; u != nil {
		settled := "NOT settled"
		if u.Settled != "" {
			settled = fmt.Sprintf("settled by record %d: %s", u.By, u.Settled)
		}
		out = append(out, fmt.Sprintf("Outcome unknown (record %d): %s when somebody looked; output so far: %s; %s.",
			u.Seq, seenWords(u.Seen), u.Output.words(""), settled))
	}
	out = append(out, "Output: "+a.Output.words(a.NoOutput)+".")
	if a.Survivors {
		out = append(out, "Something that it started went on running after it.")
	}
	if a.Again {
		out = append(out, "It was a failed try of a probe that was tried again.")
	}
	return out
}

func orSame(target string) string {
	if target == "" {
		return "the run's"
	}
	return target
}

func (a Attempt) outcome() string {
	if a.Ended.IsZero() {
		return "Result: " + a.result() + "."
	}
	exit := "none"
	if a.Exit != nil {
		exit = fmt.Sprint(*a.Exit)
	}
	expected := "nothing was expected"
	switch a.Expected {
	case "met":
		expected = "the expected output was there"
	case "missed":
		expected = "the expected output was MISSING"
	}
	text := fmt.Sprintf("Result: %s; exit code: %s; signal: %s; ended by: %s; %s", a.Result, exit, orNone(a.Signal), orNot(a.Why), expected)
	if a.Fault != "" {
		text += "; fault: " + a.Fault
	}
	if a.Note != "" {
		text += "; the record is incomplete: " + a.Note
	}
	return text + "."
}

func (o *Output) words(why string) string {
	if o == nil {
		if why == "" {
			return NotRecorded
		}
		return NotRecorded + " (" + why + ")"
	}
	return fmt.Sprintf("%s, %s, %s, SHA-256 %s", o.File, counted(int(o.Bytes), "byte"), counted(int(o.Lines), "line"), orNot(o.Digest))
}

func (r *Report) wordTables(p *page) {
	p.heading(2, "Facts")
	var rows [][]string
	for _, f := range r.Facts {
		from := "no command"
		if f.Attempt > 0 {
			from = fmt.Sprintf("attempt %d", f.Attempt)
		}
		rows = append(rows, []string{f.Name, f.Value, from, stamp(f.At), fmt.Sprint(f.Seq)})
	}
	p.table("No fact is on record.", []string{"Fact", "Value", "Reported by", "When", "Record"}, rows)
	p.heading(2, "Questions and answers")
	rows = nil
	for _, a := range r.Answers {
		value := a.Value
		if a.As == "unattended" {
			value += " (unattended)"
		}
		rows = append(rows, []string{a.Question, value, orNone(a.Name), stamp(a.At), a.Actor, fmt.Sprint(a.Seq)})
	}
	p.table("No answer is on record.", []string{"Question", "Answer", "Exported as", "When", "Who", "Record"}, rows)
	p.heading(2, "Secrets that were given")
	rows = nil
	for _, s := range r.Secrets {
		rows = append(rows, []string{s.Name, s.From, stamp(s.At), fmt.Sprint(s.Seq)})
	}
	p.table("No secret was given, as far as is recorded.", []string{"Name (never the value)", "From", "When", "Record"}, rows)
	r.noteSections(p)
}

// noteSections puts decisions and lessons first: they are what is looked for.
func (r *Report) noteSections(p *page) {
	kinds := []struct{ tag, title string }{
		{"decision", "Decisions"}, {"lesson", "Lessons"}, {"observation", "Observations"}, {"said", "What was said"}, {"note", "Notes"},
	}
	known := map[string]bool{}
	for _, k := range kinds {
		known[k.tag] = true
	}
	for _, k := range kinds {
		p.heading(2, k.title)
		some := false
		for _, n := range r.Notes {
			if n.Tag == k.tag || k.tag == "note" && !known[n.Tag] {
				some = true
				n.write(p)
			}
		}
		if !some {
			p.para("Not recorded.")
		}
	}
}

func (n Note) write(p *page) {
	line := fmt.Sprintf("%s, %s, record %d", stamp(n.At), orNot(n.Actor), n.Seq)
	if n.Step != "" {
		line += ", at " + n.Step
	}
	if n.First != "" {
		line += ", corrected later"
	}
	p.para(line + ":")
	p.quote(orNot(n.Text))
	if n.First != "" {
		p.para("As it was first written:")
		p.quote(n.First)
	}
}

func (r *Report) troubleTables(p *page) {
	p.heading(2, "Time and trouble")
	stretch := func(title, none string, list []Stretch, word func(string) string) {
		var rows [][]string
		for _, s := range list {
			rows = append(rows, []string{stamp(s.From), stampOr(s.To, "still"), s.Took.String(), word(s.Reason)})
		}
		p.heading(3, title)
		p.table(none, []string{"From", "To", "Took", "Why"}, rows)
	}
	stretch("While nobody walked the run", "None on record.", r.Away, leftWords)
	if r.Drill {
		stretch("Pauses of the clocks", "None on record.", r.Pauses, orNot)
	}
	var rows [][]string
	for _, j := range r.Jumps {
		what := "the machine slept; it counts as time"
		if j.Clock != "suspend" {
			what = "the clock was set; not confirmed, so it counts"
			if j.Confirmed {
				what = "the clock was set; confirmed, so actual times leave it out"
			}
		}
		rows = append(rows, []string{stamp(j.At), j.Delta.String(), what, fmt.Sprint(j.Seq)})
	}
	p.heading(3, "Changes of the wall clock")
	p.table("None on record.", []string{"When", "By", "What", "Record"}, rows)
	rows = nil
	for _, w := range r.Warnings {
		rows = append(rows, []string{stamp(w.At), warningWords(w.Objective, w.Of), fmt.Sprint(w.Seq)})
	}
	p.heading(3, "Warnings that the operator was given")
	p.table("None on record.", []string{"When", "What", "Record"}, rows)
	rows = nil
	for _, l := range r.Late {
		rows = append(rows, []string{stamp(l.From), stamp(l.To), l.Why})
	}
	p.heading(3, "Times when nothing could be written")
	p.table("None on record.", []string{"From", "To", "Why"}, rows)
}

func (r *Report) proof(p *page) {
	p.heading(2, "Sign-off")
	var rows [][]string
	for _, s := range r.Signatures {
		covers := "no record of this log has the hash that was signed"
		switch {
		case s.Head == "":
			covers = NotRecorded
		case s.Covers > 0:
			covers = fmt.Sprintf("records 1 to %d", s.Covers)
		}
		rows = append(rows, []string{s.Person, s.As, s.Text, stamp(s.At), fmt.Sprint(s.Seq), covers})
	}
	p.table("Not recorded.", []string{"Person", "As", "Words", "When", "Record", "Covers"}, rows)
	p.heading(2, "Log")
	l := r.Log
	rowsOf := [][2]string{
		{"Made from", counted(l.Records, "record")},
		{"Last record of the run", l.Run.words()},
		{"The same, as the log says", l.Newest.words()},
		{"Last record of the station", l.Station.words()},
		{"Covers the whole log", "yes"},
	}
	switch {
	case l.Gap != "":
		rowsOf[4][1] = "NO: " + l.Gap
	case l.Newest.Seq == 0:
		rowsOf[4][1] = "not known: the log's own end was not given"
	}
	p.pairs(rowsOf)
	p.para("Check with: lifeboat log verify. A log whose record with this number has another hash, or that ends before it, was changed after this report.")
}

func (h Head) words() string {
	if h.Seq == 0 {
		return NotRecorded
	}
	return fmt.Sprintf("record %d, hash %s", h.Seq, orNot(h.Hash))
}
