package plain

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// help shows the keys that make sense now.
func (p *Plain) help(_ context.Context, m runbook.Move, _ string) error {
	show := func(names, text string) { p.out.say(27, fmt.Sprintf("  %-24s %s", names, text)) }
	offered := map[string]string{}
	for _, w := range m.Ways {
		offered[w.Name] = w.Say
	}
	for _, k := range keys() {
		names, text := k.letter+", "+k.word, k.help
		if k.letter == k.word {
			names = k.letter
		}
		if k.arg != "" {
			names += " " + k.arg
		}
		say, ok := offered[k.word]
		switch {
		case ok && (m.Hold != runbook.NoHold || k.brief == "") && k.word != "edit":
			text = words.Flat(say)
		case !ok && k.do == nil, k.word == "help":
			continue
		case k.word == "accept" && p.walker.Run().Offered == nil:
			continue
		}
		show(names, text)
	}
	p.out.say(2, "  ctrl+c stops the command that runs; at the prompt, ctrl+c twice leaves")
	if m.Needs == "value" {
		p.out.say(2, "  what is typed here is the answer: a key has a slash before it, as in /n TEXT")
	}
	return nil
}

// list shows the steps of the book with where they stand.
func (p *Plain) list(context.Context, runbook.Move, string) error {
	r := p.walker.Run()
	b := p.walker.Books()[r.Current.Book()]
	if b == nil {
		return &runbook.Refusal{Reason: "no step was entered yet"}
	}
	for i := range b.Steps {
		ref := runbook.At(b.Name, b.Steps[i].ID)
		st := r.Step(ref)
		word := string(st.Status)
		switch {
		case ref == r.Current && (st.Status == runbook.Entered || st.Status == runbook.Waiting):
			word = "HERE"
		case st.Status == runbook.Waiting:
			word = "to do"
		case st.Status == runbook.Entered:
			word = "begun"
		case st.NotExercised:
			word = "passed"
		}
		spent := ""
		if d := r.SpentOn(ref, p.o.Now()); d > 0 {
			spent = runbook.Short(d)
		}
		p.out.say(25, fmt.Sprintf("  %3d  %-9s %8s  %s", i+1, word, spent, b.Steps[i].Title))
	}
	return nil
}

func (p *Plain) showClocks(context.Context, runbook.Move, string) error {
	now := p.o.Now()
	p.out.say(4, "  now "+p.teller().Both(now))
	p.printClocks(now)
	r := p.walker.Run()
	if b := p.walker.Books().First(r); b != nil {
		if pace := p.walker.Pace(b); !pace.End.IsZero() {
			p.out.say(4, "  at the usual pace it ends "+p.teller().Both(pace.End))
		}
	}
	return nil
}

func (p *Plain) printClocks(now time.Time) {
	for _, c := range p.teller().Clocks(now) {
		p.out.say(4, "  "+words.ClockLine(c))
	}
}

// timeline shows the newest events again.
func (p *Plain) timeline(context.Context, runbook.Move, string) error {
	for _, e := range p.recent {
		p.out.entry("  "+e.head, e.text)
	}
	p.out.say(4, "  lifeboat report "+words.Tail(p.walker.Run().ID())+" tells all of it, from the beginning")
	return nil
}

func (p *Plain) view(_ context.Context, m runbook.Move, _ string) error {
	delete(p.printed, p.walker.Run().Current)
	p.showItem(m)
	return nil
}

func (p *Plain) output(_ context.Context, _ runbook.Move, arg string) error {
	n := len(p.walker.Run().Attempts)
	if n == 0 {
		return &runbook.Refusal{Reason: "no command has run yet"}
	}
	if arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil || p.walker.Run().Attempt(n) == nil {
			return &runbook.Refusal{
				Reason: fmt.Sprintf("%q is no number of a command", arg), Hint: fmt.Sprintf("1 to %d", len(p.walker.Run().Attempts)),
			}
		}
	}
	p.out.say(4, fmt.Sprintf("  command %d, $ %s: %s", n, p.walker.Run().Attempt(n).Head(), p.walker.Run().Attempt(n).How()))
	return p.printOutput(n)
}
