package plain

import (
	"fmt"
	"strings"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// remembered is how many events the timeline can show.
const remembered = 20

// A shownEvent is the line of an event.
type shownEvent struct{ head, text string }

// teller puts the run into words as it stands.
func (p *Plain) teller() words.Teller {
	return words.Teller{Run: p.walker.Run(), Books: p.walker.Books(), Zone: p.o.Now().Location()}
}

// event shows a record as a numbered line, after the output that came before
// it.
func (p *Plain) event(rec runbook.Record) {
	p.beside(rec)
	word, text := p.teller().Event(rec)
	if word == "" {
		return
	}
	head := fmt.Sprintf("%4d %s %-9s ", rec.Seq, rec.When().UTC().Format("15:04:05Z"), word)
	p.out.entry(head, text)
	first, _, more := strings.Cut(text, "\n")
	if more {
		first += " …"
	}
	if p.recent = append(p.recent, shownEvent{head, first}); len(p.recent) > remembered {
		p.recent = p.recent[1:]
	}
}

// beside does what an event means for the transcript, besides its line: the
// output of commands, and which text was shown already.
func (p *Plain) beside(rec runbook.Record) {
	switch e := rec.Event.(type) {
	case runbook.StepEntered:
		delete(p.printed, e.Step) // who comes back reads it again
	case runbook.CommandStarted:
		if a := p.walker.Run().Attempt(e.Attempt); a != nil && !a.Terminal && !a.Background && !a.Aside() {
			p.follow.start(e.Attempt)
		}
	case runbook.CommandFinished:
		p.rest(e)
	case runbook.OutcomeUnknown:
		p.printTail(e.Attempt)
	}
}

// rest shows what is left of a command's output. Of one that nobody looked at,
// it shows the end if it failed.
func (p *Plain) rest(e runbook.CommandFinished) {
	a := p.walker.Run().Attempt(e.Attempt)
	if a == nil {
		return
	}
	quiet := a.Background || a.Aside()
	if e.Output.File != "" && e.Output.Bytes > 0 && !quiet && !p.follow.following(e.Attempt) {
		p.follow.start(e.Attempt)
	}
	p.follow.finish(e.Output.Lines)
	if quiet && !a.OK() && !p.follow.following(e.Attempt) {
		p.printTail(e.Attempt)
	}
}
