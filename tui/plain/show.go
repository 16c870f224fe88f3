package plain

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

// Header says what this is, before anything happens.
func (p *Plain) Header() {
	r := p.walker.Run()
	if len(r.Books) == 0 {
		return
	}
	b := p.walker.Books()[r.Books[0].Book]
	if b == nil {
		return
	}
	p.out.line("")
	p.out.line(fmt.Sprintf("%s · target %s · %s · run %s", Banner(r), r.Target, b.Title, Tail(r.ID())))
	if b.Summary != "" {
		p.out.line(b.Summary)
	}
	began, latest := r.Began()
	text := "clocks run from " + p.both(began)
	if !latest.IsZero() {
		text += " or at the latest " + p.both(latest)
	}
	for _, o := range b.Objectives {
		text += fmt.Sprintf(", %s %s", Objective(o.Name), runbook.Short(o.Limit))
	}
	p.out.line(text)
	p.out.line("Enter does what the last line says; ? shows the keys; every line is in the log already.")
	p.out.line("")
	if r.Current != "" {
		p.where()
	}
}

// Banner is the mode in words that can't be mistaken.
func Banner(r *runbook.Run) string {
	switch {
	case r.Mode == runbook.Drill:
		return "DRILL (exercise)"
	case r.Production:
		return "LIVE ON PRODUCTION"
	}
	return "LIVE"
}

// showItem shows the document from where it was last shown to the end of the
// item that is next, as its author wrote it.
func (p *Plain) showItem(m runbook.Move) {
	b, s, ok := p.walker.Books().Step(m.Step)
	if !ok || m.Step != p.walker.Run().Current {
		return
	}
	to := s.To
	for i := range s.Items {
		if runbook.At(b.Name, s.Items[i].ID) == m.Item {
			to = s.Items[i].To
		}
	}
	from := max(p.printed[m.Step], s.From)
	if to > from {
		p.document(string(b.Text[from:to]))
		p.printed[m.Step] = to
	}
	if _, _, it, ok := p.walker.Books().Item(m.Item); ok && it.Kind == runbook.Choice && len(it.Options) > 1 {
		for i, o := range it.Options {
			p.out.line(strings.TrimRight(fmt.Sprintf("  %d  %s %s", i+1, o.Text, o.Rest), " "))
		}
	}
}

// document prints Markdown as it stands, without what only a machine reads.
func (p *Plain) document(text string) {
	lines := output.NewLines(output.NewRedactor())
	blank, comment := true, false
	show := func(line string) {
		trimmed := strings.TrimSpace(line)
		if comment || strings.HasPrefix(trimmed, "<!--") {
			comment = !strings.Contains(trimmed, "-->")
			return
		}
		if trimmed == "" && blank {
			return
		}
		blank = trimmed == ""
		p.out.line(strings.TrimRight("    "+line, " "))
	}
	lines.Feed([]byte(text), show)
	lines.Close(show)
}

// prompt is the last line: what Enter does, and the other ways.
func (p *Plain) prompt(m runbook.Move) string {
	letters := map[string]string{}
	for _, k := range keys() {
		letters[k.word] = k.letter
	}
	slash := ""
	if m.Needs == "value" {
		slash = "/"
	}
	var ways []string
	for _, w := range m.Ways {
		ways = append(ways, slash+letters[w.Name]+" "+w.Say)
	}
	more := "; " + slash + "? keys"
	if len(ways) > 0 {
		more = "  (" + strings.Join(ways, "; ") + more + ")"
	} else {
		more = "  (? keys)"
	}
	head := "Enter: "
	switch {
	case m.Needs == "value":
		return "> type the answer: " + p.asked(m) + more + "\n> "
	case m.Needs == "option":
		head = "Type a number: "
	case m.Do == nil:
		head = ""
	}
	if m.Hold != runbook.NoHold {
		head = "HOLD · " + head
	}
	return "> " + head + m.Say + more + "\n> "
}

// asked is a question with what may be answered.
func (p *Plain) asked(m runbook.Move) string {
	_, _, it, ok := p.walker.Books().Item(m.Item)
	if !ok || it.Ask == nil {
		return m.Say
	}
	switch it.Ask.Type {
	case "time":
		return it.Text + " (a time: 03:10 is here, 03:10 UTC, now, -20m)"
	case "choice":
		return it.Text + " (" + strings.Join(it.Ask.Allowed, " / ") + ")"
	}
	if it.Ask.Hint != "" {
		return it.Text + " (" + it.Ask.Hint + ")"
	}
	return it.Text
}

func (p *Plain) help(context.Context, runbook.Move, string) error {
	for _, k := range keys() {
		name := k.letter
		if name == "" {
			name = "Enter"
		}
		p.out.line(strings.TrimRight(fmt.Sprintf("  %-6s %-10s %-24s %s", name, k.word, k.arg, k.help), " "))
	}
	p.out.line("  ctrl+c stops the command that runs; pressed again it leaves, and the command goes on")
	p.out.line("  where an answer is asked for, text is the answer: put a slash before a key (/n TEXT)")
	return nil
}

// list shows the steps of the book with where they stand.
func (p *Plain) list(context.Context, runbook.Move, string) error {
	r := p.walker.Run()
	b := p.walker.Books()[r.Current.Book()]
	if b == nil {
		return nil
	}
	for i := range b.Steps {
		ref := runbook.At(b.Name, b.Steps[i].ID)
		st := r.Step(ref)
		word := string(st.Status)
		switch {
		case ref == r.Current && (st.Status == runbook.Entered || st.Status == runbook.Waiting):
			word = "here"
		case st.Status == runbook.Waiting:
			word = "-"
		case st.NotExercised:
			word = "passed"
		}
		spent := ""
		if d := r.SpentOn(ref, p.o.Now()); d > 0 {
			spent = runbook.Short(d)
		}
		p.out.line(fmt.Sprintf("  %3d  %-9s %8s  %s", i+1, word, spent, b.Steps[i].Title))
	}
	return nil
}

func (p *Plain) view(_ context.Context, m runbook.Move, _ string) error {
	delete(p.printed, p.walker.Run().Current)
	p.showItem(m)
	return nil
}

func (p *Plain) showClocks(context.Context, runbook.Move, string) error {
	now := p.o.Now()
	p.out.line("  now " + p.both(now))
	for _, c := range p.clocks(now) {
		p.out.line("  " + ClockLine(c))
	}
	r := p.walker.Run()
	if b := p.walker.Books()[r.Books[0].Book]; b != nil {
		if pace := p.walker.Pace(b); !pace.End.IsZero() {
			p.out.line("  at the usual pace it ends " + p.both(pace.End))
		}
	}
	return nil
}

// ClockLine is a clock in words.
func ClockLine(c runbook.Clock) string {
	text := fmt.Sprintf("%s: %s of %s", Objective(c.Name), spread(c.Judged), runbook.Short(c.Limit))
	switch {
	case c.Verdict == runbook.NotRecorded:
		return Objective(c.Name) + ": not recorded, limit " + runbook.Short(c.Limit)
	case c.Verdict == runbook.Pending && c.Left < 0:
		return text + ", over by " + runbook.Short(-c.Left)
	case c.Verdict == runbook.Pending:
		return text + ", " + runbook.Short(c.Left) + " left"
	}
	return text + ", " + string(c.Verdict)
}

func (p *Plain) output(_ context.Context, _ runbook.Move, arg string) error {
	n := len(p.walker.Run().Attempts)
	if arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil {
			return &runbook.Refusal{Reason: fmt.Sprintf("%q is no number of a command", arg)}
		}
	}
	if p.walker.Run().Attempt(n) == nil {
		return &runbook.Refusal{Reason: "no command has run yet"}
	}
	return p.printOutput(n)
}

// numbered finds the step that a number of the list means.
func (p *Plain) numbered(arg string) (ref runbook.Ref, rest string, err error) {
	number, rest, _ := strings.Cut(arg, " ")
	b := p.walker.Books()[p.walker.Run().Current.Book()]
	n, convErr := strconv.Atoi(number)
	if convErr != nil || b == nil || n < 1 || n > len(b.Steps) {
		return "", "", &runbook.Refusal{Reason: fmt.Sprintf("%q is no number of a step", number), Hint: "l lists them"}
	}
	return runbook.At(b.Name, b.Steps[n-1].ID), strings.TrimSpace(rest), nil
}

func (p *Plain) walkTo(ctx context.Context, _ runbook.Move, arg string) error {
	ref, _, err := p.numbered(arg)
	if err != nil {
		return err
	}
	delete(p.printed, ref)
	return p.act(ctx, runbook.Enter{Step: ref})
}

func (p *Plain) reopen(ctx context.Context, _ runbook.Move, arg string) error {
	ref, reason, err := p.numbered(arg)
	if err != nil {
		return err
	}
	if reason == "" {
		if reason, err = p.reason(ctx, runbook.Way{Name: "reopen"}); err != nil {
			return err
		}
	}
	delete(p.printed, ref)
	return p.act(ctx, runbook.Reopen{Step: ref, Reason: reason})
}

// where says where a resumed walk stands: what was done last, and when.
func (p *Plain) where() {
	r := p.walker.Run()
	if n := len(r.Away); n > 0 {
		last := r.Away[n-1]
		p.out.line(fmt.Sprintf("you were away for %s (%s)", runbook.Short(last.To.Sub(last.From)), last.Reason))
	}
	if n := len(r.Attempts); n > 0 {
		a := r.Attempts[n-1]
		p.out.line(fmt.Sprintf("the last command: $ %s: %s", a.Head(), a.How()))
	}
	if r.Current != "" {
		p.out.line(fmt.Sprintf("you are at: %s", p.title(r.Current)))
	}
	if r.Offered != nil {
		p.out.line(fmt.Sprintf("%s offers the command of the run to %s: %s. Take it with: i NAME", r.Offered.From, r.Offered.To, r.Offered.Summary))
	}
}

// Finish says how it ended, by objective.
func (p *Plain) Finish() {
	p.follow.finish()
	r := p.walker.Run()
	if r.Ended == nil {
		return
	}
	p.out.line("")
	p.out.line(fmt.Sprintf("%s · %s · run %s", Banner(r), r.Ended.State, Tail(r.ID())))
	for _, c := range p.clocks(r.Ended.At) {
		p.out.line("  " + ClockLine(c))
	}
	if n := len(r.Deviations); n > 0 {
		p.out.line(fmt.Sprintf("  %d deviations from the document", n))
	}
	p.out.line("  lifeboat report " + Tail(r.ID()) + " tells the whole story")
}
