package plain

import (
	"fmt"
	"strings"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// Header says what this is, before anything happens.
func (p *Plain) Header() {
	r := p.walker.Run()
	b := p.walker.Books().First(r)
	if b == nil {
		return
	}
	p.out.line("")
	p.out.say(2, fmt.Sprintf("%s · target %s · %s · run %s", words.Banner(r), r.Target, b.Title, words.Tail(r.ID())))
	if b.Summary != "" {
		p.out.say(0, b.Summary)
	}
	began, latest := r.Began()
	text := "The clocks run from " + p.teller().Both(began)
	if !latest.IsZero() {
		text += ", or at the latest from " + p.teller().Both(latest)
	}
	for i, o := range b.Objectives {
		text += map[bool]string{true: ". Limits: ", false: ", "}[i == 0] + words.Objective(o.Name) + " " + runbook.Short(o.Limit)
	}
	p.out.say(2, text)
	p.out.say(2, "What has a number is in the log already. Enter does what the prompt says; ? shows the keys.")
	p.out.line("")
	if r.Current != "" {
		p.where()
	}
}

// where says where a resumed walk stands: what was done last, and when.
func (p *Plain) where() {
	r := p.walker.Run()
	p.out.say(2, "you are at: "+p.teller().Title(r.Current))
	if n := len(r.Attempts); n > 0 {
		a := r.Attempts[n-1]
		p.out.say(2, fmt.Sprintf("the last command: $ %s: %s", a.Head(), a.How()))
	}
	if left := p.teller().TimeLeft(p.o.Now()); left != "" {
		p.out.say(2, left)
	}
	if r.Offered != nil {
		p.out.say(2, fmt.Sprintf("%s offers the command of the run to %s: %s. To take it, type: i NAME", r.Offered.From, r.Offered.To, r.Offered.Summary))
	}
}

// showItem shows the document from where it was last shown to the end of the
// item that is next, as its author wrote it. What stands after a step's last
// item is shown with it, since the walk may go on from there.
func (p *Plain) showItem(m runbook.Move) {
	b, s, ok := p.walker.Books().Step(m.Step)
	if !ok || m.Step != p.walker.Run().Current {
		return
	}
	shown, end := s.To, s.To
	for i := range s.Items {
		if it := &s.Items[i]; runbook.At(b.Name, it.ID) == m.Item {
			if i < len(s.Items)-1 {
				shown, end = it.To, it.To
			}
			if m.Needs == "option" {
				shown = it.From // the prompt has its options, with numbers
			}
		}
	}
	if from := max(p.printed[m.Step], s.From); shown > from {
		p.document(string(b.Text[from:shown]))
	}
	p.printed[m.Step] = max(p.printed[m.Step], end)
}

// document prints Markdown as it stands, without what only a machine reads:
// comments, and the attributes of commands.
func (p *Plain) document(text string) {
	var fence string
	blank, comment := true, false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line = strings.TrimRight(line, " \r")
		trimmed := strings.TrimSpace(line)
		if fence != "" {
			p.out.line("    " + line)
			if strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]) == "" {
				fence = ""
			}
			continue
		}
		if comment || strings.HasPrefix(trimmed, "<!--") {
			comment = !strings.HasSuffix(trimmed, "-->")
			continue
		}
		if trimmed == "" && blank {
			continue
		}
		if blank = trimmed == ""; blank {
			p.out.line("")
			continue
		}
		if fence = fenceOf(trimmed); fence != "" {
			line, _, _ = strings.Cut(line, "{")
			p.out.line(strings.TrimRight("    "+line, " "))
			continue
		}
		p.out.say(6+len(line)-len(strings.TrimLeft(line, " ")), "    "+line)
	}
}

// fenceOf is what opens a fence, and closes it again; "": the line opens none.
func fenceOf(line string) string {
	for _, c := range []string{"`", "~"} {
		if rest := strings.TrimLeft(line, c); len(line)-len(rest) >= 3 && (c == "~" || !strings.Contains(rest, c)) {
			return line[:len(line)-len(rest)]
		}
	}
	return ""
}

// place is the mode and the target in few words: it stands at every prompt.
func (p *Plain) place() string {
	if p.walker == nil {
		return ""
	}
	return words.Place(p.walker.Run())
}

// tag is the place as it stands before a prompt.
func (p *Plain) tag() string { return "[" + p.place() + "]" }

// prompt is what Enter does, and the other ways: two lines where they fit, then
// the one to type on. The mode and the target stand first.
func (p *Plain) prompt(m runbook.Move) string {
	if m.Hold != runbook.NoHold {
		return p.holdPrompt(m)
	}
	say := words.Flat(m.Say)
	slash := ""
	var head string
	switch {
	case m.Needs == "value":
		head, slash = "type the answer: "+p.teller().Asked(m), "/"
	case m.Needs == "option":
		head = "type a number: " + say
	case m.Do == nil:
		head = "Enter does nothing here: " + say
	default:
		head = "Enter: " + say
	}
	var ways []string
	for _, w := range m.Ways {
		ways = append(ways, slash+keyOf(w).letter+" "+briefly(w))
	}
	ways = append(ways, "? keys")
	return "\n" + p.tag() + " " + head + "\n" + p.options(m) + "  " + strings.Join(ways, "; ") + "\n> "
}

// options are the places where a choice can go on, with the numbers to type.
func (p *Plain) options(m runbook.Move) string {
	_, _, it, ok := p.walker.Books().Item(m.Item)
	if !ok || m.Needs != "option" {
		return ""
	}
	var b strings.Builder
	for i, o := range it.Options {
		fmt.Fprintf(&b, "  %d  %s\n", i+1, words.Flat(words.Join(o.Text, o.Rest)))
	}
	return b.String()
}

// holdPrompt says what went wrong, and each way on with what it means: here
// nobody should have to guess. The second time it is short.
func (p *Plain) holdPrompt(m runbook.Move) string {
	head := "\n" + p.tag() + " HOLD: " + p.teller().Held(m) + "\n  Enter does nothing here"
	if m.Do != nil {
		head = strings.TrimSuffix(head, " does nothing here") + ": " + words.Flat(m.Say)
	}
	var ways strings.Builder
	hold := fmt.Sprintf("%s %d %s", m.Item, len(p.walker.Run().Attempts), m.Why)
	if hold == p.explained {
		for _, w := range m.Ways {
			ways.WriteString("; " + keyOf(w).letter + " " + briefly(w))
		}
		return head + ways.String() + "; ? keys\n> "
	}
	p.explained = hold
	for _, w := range m.Ways {
		k := keyOf(w)
		text := words.Flat(w.Say)
		if w.Name == "edit" {
			text = "change it; r then runs it"
		}
		if w.Reason {
			text += " (asks why)"
		}
		ways.WriteString("  " + k.letter + "  " + text + "\n")
	}
	if m.Do != nil {
		head += "; or"
	} else {
		head += ";"
	}
	return head + " type\n" + ways.String() + "  o  see what it printed\n  ?  all keys\n> "
}

// keyOf is the key of a way.
func keyOf(w runbook.Way) key {
	for _, k := range keys() {
		if k.word == w.Name {
			return k
		}
	}
	return key{letter: w.Name}
}

// briefly is what a way means, in few words.
func briefly(w runbook.Way) string {
	if text := keyOf(w).brief; text != "" {
		return text
	}
	return words.Flat(w.Say)
}

// Finish says how it ended, by objective.
func (p *Plain) Finish() {
	p.follow.finish(0)
	r := p.walker.Run()
	if r.Ended == nil {
		return
	}
	p.out.line("")
	p.out.say(2, fmt.Sprintf("%s · %s · run %s · %s", words.Banner(r), r.Ended.State, words.Tail(r.ID()), runbook.Short(r.Ended.At.Sub(r.Opened))))
	clocks := p.teller().Clocks(r.Ended.At)
	p.printClocks(r.Ended.At)
	switch runbook.Exit(clocks, r) {
	case 0:
		if len(clocks) > 0 {
			p.out.say(2, "  recovered within every objective that was measured")
		}
	case 3:
		p.out.say(2, "  recovered, but not within every objective")
	}
	if n := len(r.Deviations); n > 0 {
		p.out.say(2, fmt.Sprintf("  deviations from the document: %d", n))
	}
	p.out.say(2, "  lifeboat report "+words.Tail(r.ID())+" tells the whole story")
}
