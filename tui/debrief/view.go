package debrief

import (
	"fmt"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// View draws the run as it went.
func (d *Debrief) View(width, height int) []string {
	t := d.host.Theme()
	inner, high := ui.Inner(width, height)
	p := &page{t: t, d: d, width: inner}
	p.objectives()
	p.steps()
	p.deviations()
	p.notExercised()
	p.notes()
	p.signed()
	d.most = max(0, len(p.lines)-high)
	d.top = min(d.top, d.most)
	f := ui.Frame{Mode: d.s.Run.Mode, Title: d.title(), Right: words.Count(len(d.s.Told), "event")}
	f.Side = ui.Beyond(d.top, d.most-d.top)
	return f.Draw(t, p.lines[d.top:min(len(p.lines), d.top+high)], width, height)
}

// title says how it ended.
func (d *Debrief) title() string {
	r := d.s.Run
	if r.Ended == nil {
		return "Open: nobody walks it here"
	}
	text := fmt.Sprintf("%s after %s", r.Ended.State, runbook.Short(r.Ended.At.Sub(r.Opened)))
	if r.Ended.Reason != "" {
		text += ": " + d.s.Clean(words.Flat(r.Ended.Reason))
	}
	return text
}

// until is the moment at which the clocks are told.
func (d *Debrief) until() time.Time {
	if d.s.Run.Ended != nil {
		return d.s.Run.Ended.At
	}
	return d.host.Zoned()
}

// A page collects the lines.
type page struct {
	t     *ui.Theme
	d     *Debrief
	width int
	lines []string
}

func (p *page) heading(text string) {
	if len(p.lines) > 0 {
		p.lines = append(p.lines, "")
	}
	p.lines = append(p.lines, p.t.Paint(ui.Heading, text))
}

func (p *page) say(role ui.Role, text string) {
	p.lines = append(p.lines, p.t.Lines(role, p.d.s.Clean(words.Flat(text)), p.width, 2)...)
}

func (p *page) objectives() {
	p.heading("Objectives")
	clocks := p.d.s.Clocks(p.d.until())
	if len(clocks) == 0 {
		p.say(ui.Faint, "none are set")
	}
	for _, c := range clocks {
		sign, role := ui.SignFailed, ui.Bad
		switch c.Verdict {
		case runbook.Met:
			sign, role = ui.SignDone, ui.Good
		case runbook.NotRecorded:
			sign, role = ui.SignGone, ui.Faint
		case runbook.Pending:
			sign, role = ui.SignRunning, ui.Plain
		case runbook.Missed, runbook.Indeterminate, runbook.NotClean:
		}
		text := words.ClockLine(c)
		if c.Verdict == runbook.Missed {
			text += " by " + runbook.Short(-c.Left)
		}
		p.say(role, sign+" "+text)
	}
}

// books are what the run followed, each once: its text may have been edited since.
func (p *page) books() []*runbook.Book {
	var out []*runbook.Book
	for _, f := range p.d.s.Run.Books {
		if b := p.d.s.Books[f.Book]; b != nil && f.Why != "edited" {
			out = append(out, b)
		}
	}
	return out
}

const (
	stepColumn = 30
	timeColumn = 9
)

// steps sets what each took against the usual, the machine's time and the
// people's apart.
func (p *page) steps() {
	p.heading("Steps")
	name := max(stepColumn, p.width-4*timeColumn)
	cells := func(texts ...string) string {
		out := ""
		for _, text := range texts {
			out += ui.Right(text, timeColumn)
		}
		return out
	}
	p.lines = append(p.lines, p.t.Paint(ui.Faint, ui.Fit(ui.Fit("", name)+cells("took", "machine", "people", "usual"), p.width)))
	for _, b := range p.books() {
		for i := range b.Steps {
			s := &b.Steps[i]
			ref := runbook.At(b.Name, s.ID)
			st := p.d.s.Run.Step(ref)
			title := p.d.s.Clean(s.Title)
			switch st.Status {
			case runbook.NotTaken, runbook.Waiting:
				continue
			case runbook.Entered, runbook.Finished:
			case runbook.Skipped:
				p.lines = append(p.lines, p.t.Paint(ui.Warn, ui.Cut(ui.SignGone+" "+title+": left out", p.width)))
				continue
			}
			spent := p.d.s.Run.SpentOn(ref, p.d.until())
			machine := min(p.d.s.Run.MachineTime(ref), spent)
			usual := "-"
			if p.d.s.Usual != nil {
				if u, ok := p.d.s.Usual(b, s); ok {
					usual = runbook.Short(u.Median)
				}
			}
			sign, role := ui.SignDone, ui.Good
			if st.Status != runbook.Finished {
				sign, role = ui.SignOpen, ui.Plain
			} else if st.NotExercised {
				sign, role = ui.SignGone, ui.Faint
			}
			p.lines = append(p.lines, p.t.Paint(role, sign)+" "+ui.Fit(title, name-2)+cells(runbook.Short(spent), runbook.Short(machine), runbook.Short(spent-machine), usual))
		}
	}
}

func (p *page) deviations() {
	list := p.d.s.Run.Deviations
	p.heading(fmt.Sprintf("Deviations from the document: %d", len(list)))
	for _, dev := range list {
		p.say(ui.Warn, "! "+p.d.s.Words().Deviation(dev))
	}
}

// notExercised lists the steps and commands that a drill could not rehearse.
func (p *page) notExercised() {
	r := p.d.s.Run
	var steps []string
	commands := 0
	for _, b := range p.books() {
		for i := range b.Steps {
			if r.Step(runbook.At(b.Name, b.Steps[i].ID)).NotExercised {
				steps = append(steps, b.Steps[i].Title)
			}
		}
		for _, here := range b.Blocks(r.Mode) {
			if !here {
				commands++
			}
		}
	}
	if len(steps)+commands == 0 {
		return
	}
	p.heading("Not exercised")
	for _, title := range steps {
		p.say(ui.Faint, ui.SignGone+" "+title)
	}
	if commands > 0 {
		p.say(ui.Faint, ui.SignGone+" "+words.Count(commands, "command")+" for the other kind of run")
	}
}

func (p *page) notes() {
	p.heading("Notes and lessons")
	if len(p.d.s.Run.Notes) == 0 {
		p.say(ui.Faint, "none yet: n writes one")
	}
	for _, n := range p.d.s.Run.Notes {
		text := n.Text
		if n.Fixed != "" {
			text = n.Fixed
		}
		role := ui.Plain
		if n.Tag == "lesson" {
			role = ui.Here
		}
		p.say(role, fmt.Sprintf("%s %s: %s (%s)", n.At.UTC().Format("15:04:05"), n.Tag, text, n.Actor))
	}
}

func (p *page) signed() {
	for _, s := range p.d.s.Run.Signed {
		p.heading("Signed off")
		p.say(ui.Good, fmt.Sprintf("%s %s, %s", ui.SignDone, s.Person, words.Stamp(s.At)))
	}
}
