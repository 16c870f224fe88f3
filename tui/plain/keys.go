package plain

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lifeboat/runbook"
)

// A key is something that can be typed at a prompt: a letter or its word, and
// what may follow.
type key struct {
	letter string
	word   string
	arg    string // what may follow, for the help; "": nothing
	help   string
	do     func(p *Plain, ctx context.Context, m runbook.Move, arg string) error // nil: a way of the move with this word
}

// keys is the one table of what can be typed. Those without a do are ways on
// that runbook.Next offers only where they make sense.
func keys() []key {
	return []key{
		{"", "enter", "", "do what the last line says", nil},
		{"d", "different", "TEXT", "done, but not as expected: say what was found", nil},
		{"h", "by-hand", "", "the command was run by hand, elsewhere", nil},
		{"a", "arm", "", "let this command of a foreign file run here", nil},
		{"e", "edit", "", "change the command for this run, with a reason", nil},
		{"r", "again", "", "run it again", nil},
		{"b", "rollback", "", "run the block that undoes it", nil},
		{"k", "done", "REASON", "it counts as done", nil},
		{"y", "anyway", "REASON", "go on anyway", nil},
		{"s", "skip", "REASON", "leave this item out", nil},
		{"S", "skip-step", "REASON", "leave the whole step out", (*Plain).skipStep},
		{"f", "section", "", "open the section that the item links to, and come back", nil},
		{"x", "stop", "", "stop the command that still runs", nil},
		{"n", "note", "TEXT", "write a note, stamped now", (*Plain).note},
		{"!", "!", "COMMAND", "run a command that no book has, recorded like any other", (*Plain).adHoc},
		{"g", "go", "NUMBER", "walk to a step, ahead or back", (*Plain).walkTo},
		{"u", "reopen", "NUMBER REASON", "do a step again", (*Plain).reopen},
		{"l", "list", "", "list the steps", (*Plain).list},
		{"v", "view", "", "show the step's text again", (*Plain).view},
		{"c", "clocks", "", "show the clocks", (*Plain).showClocks},
		{"o", "output", "NUMBER", "show all that a command printed", (*Plain).output},
		{"w", "handover", "NAME", "hand the command of the run to somebody", (*Plain).handOver},
		{"i", "accept", "NAME", "take the command of the run", (*Plain).accept},
		{"q", "leave", "", "leave; the run stays open", (*Plain).quit},
		{"E", "end", "failed|abandoned REASON", "end the run before its last step", (*Plain).end},
		{"?", "help", "", "show these keys", (*Plain).help},
	}
}

// dispatch carries out what was typed. Where a value is wanted, text is the
// value, and a key has a slash before it.
func (p *Plain) dispatch(ctx context.Context, m runbook.Move, line string) error {
	pressed := p.o.Now()
	text := strings.TrimSpace(line)
	typed, slash := strings.CutPrefix(text, "/")
	if m.Needs == "value" && !slash && text != "?" {
		return p.value(ctx, m, text)
	}
	if n, err := strconv.Atoi(text); err == nil && m.Needs == "option" {
		choose := m.Do.(runbook.Choose) //nolint:forcetypeassert // only a choice needs an option
		choose.Option = n
		return p.act(ctx, choose)
	}
	switch {
	case text == "" && m.Needs != "":
		p.out.line("  type the number of an option, or ? for the keys")
		return nil
	case text == "" && m.Do == nil:
		p.out.line("  Enter can't do that here: " + m.Say)
		return nil
	case text == "":
		return p.act(ctx, m.Do)
	}
	name, arg, _ := strings.Cut(typed, " ")
	if rest, ok := strings.CutPrefix(typed, "!"); ok {
		name, arg = "!", rest
	}
	for _, k := range keys() {
		if name != k.letter && name != k.word {
			continue
		}
		if k.word == "note" {
			return p.noteAt(ctx, arg, pressed)
		}
		if k.do != nil {
			return k.do(p, ctx, m, strings.TrimSpace(arg))
		}
		return p.way(ctx, m, k.word, strings.TrimSpace(arg))
	}
	p.out.line(fmt.Sprintf("  %q is no key here; ? shows the keys", text))
	return nil
}

// value answers a question.
func (p *Plain) value(ctx context.Context, m runbook.Move, text string) error {
	answer, ok := m.Do.(runbook.Answer)
	if !ok || text == "" {
		p.out.line("  type the answer, or /s REASON to leave it out")
		return nil
	}
	answer.Value = text
	return p.act(ctx, answer)
}

// way takes one of the other ways on that the move offers.
func (p *Plain) way(ctx context.Context, m runbook.Move, word, arg string) error {
	for _, w := range m.Ways {
		if w.Name != word {
			continue
		}
		reason := arg
		edit, isEdit := w.Do.(runbook.Edit)
		if isEdit {
			text, err := p.editText(ctx, m)
			if err != nil {
				return err
			}
			edit.Text = text
			w.Do = edit
		}
		if w.Reason && reason == "" {
			var err error
			if reason, err = p.reason(ctx, w); err != nil {
				return err
			}
		}
		return p.act(ctx, withReason(w.Do, reason))
	}
	p.out.line(fmt.Sprintf("  %q makes no sense here; ? shows the keys", word))
	return nil
}

func (p *Plain) reason(ctx context.Context, w runbook.Way) (string, error) {
	ask := "? why: "
	if w.Name == "different" {
		ask = "? what was found instead: "
	}
	line, err := p.ask(ctx, ask)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(line) == "" {
		return "", &runbook.Refusal{Reason: "no reason was given, so nothing changed"}
	}
	return strings.TrimSpace(line), nil
}

// withReason puts a reason where the intent has room for one.
func withReason(in runbook.Intent, reason string) runbook.Intent {
	switch in := in.(type) {
	case runbook.SkipItem:
		in.Reason = reason
		return in
	case runbook.Skip:
		in.Reason = reason
		return in
	case runbook.Release:
		in.Reason = reason
		return in
	case runbook.Edit:
		in.Reason = reason
		return in
	case runbook.Tick:
		if in.As == "" {
			in.Different = reason
		}
		return in
	}
	return in
}

// editText reads a new text for the command: lines up to one with a single dot.
func (p *Plain) editText(ctx context.Context, m runbook.Move) (string, error) {
	_, _, it, ok := p.walker.Books().Item(m.Item)
	if !ok {
		return "", &runbook.Refusal{Reason: "there is nothing to edit"}
	}
	_, i := p.walker.Run().NextBlock(it, m.Item)
	p.out.line("  the command as it stands:")
	for _, line := range strings.Split(p.walker.Run().Text(it, m.Item, i), "\n") {
		p.out.line("  | " + line)
	}
	p.out.line("  type the new text; a line with a single dot ends it")
	var text []string
	for {
		line, err := p.ask(ctx, "> ")
		if err != nil {
			return "", err
		}
		if line == "." {
			return strings.Join(text, "\n"), nil
		}
		text = append(text, line)
	}
}

func (p *Plain) skipStep(ctx context.Context, m runbook.Move, arg string) error {
	ref := p.walker.Run().Current
	_, s, ok := p.walker.Books().Step(ref)
	if !ok {
		return nil
	}
	if arg == "" && !s.Optional {
		var err error
		if arg, err = p.reason(ctx, runbook.Way{Name: "skip-step"}); err != nil {
			return err
		}
	}
	return p.act(ctx, runbook.Skip{Step: ref, Reason: arg})
}

func (p *Plain) note(ctx context.Context, _ runbook.Move, arg string) error {
	return p.noteAt(ctx, arg, p.o.Now())
}

// noteAt writes a note with the moment at which its key was typed, not the one
// at which its text was complete.
func (p *Plain) noteAt(ctx context.Context, text string, at time.Time) error {
	if strings.TrimSpace(text) == "" {
		line, err := p.ask(ctx, "? note: ")
		if err != nil {
			return err
		}
		text = line
	}
	return p.act(ctx, runbook.Write{Text: strings.TrimSpace(text), At: at})
}

func (p *Plain) adHoc(ctx context.Context, _ runbook.Move, arg string) error {
	return p.act(ctx, runbook.AdHoc{Text: arg})
}

func (p *Plain) quit(context.Context, runbook.Move, string) error { return &errLeave{"asked"} }

func (p *Plain) end(ctx context.Context, _ runbook.Move, arg string) error {
	state, reason, _ := strings.Cut(arg, " ")
	return p.act(ctx, runbook.End{State: state, Reason: strings.TrimSpace(reason)})
}

func (p *Plain) handOver(ctx context.Context, _ runbook.Move, arg string) error {
	if arg == "" {
		return &runbook.Refusal{Reason: "a hand-over needs a name", Hint: "w NAME"}
	}
	done, of := runbook.Progress(p.walker.Books(), p.walker.Run())
	summary := fmt.Sprintf("%d of %d steps done; now at %q; next: %s", done, of, p.title(p.walker.Run().Current), p.walker.Next().Say)
	p.out.line("  " + summary)
	for _, d := range p.walker.Run().Deviations {
		p.out.line("  deviation: " + join(d.Kind+" "+p.itemText(d.Ref), d.Reason))
	}
	p.out.line("  " + arg + " takes over by typing: i " + arg)
	return p.act(ctx, runbook.Pass{To: arg, Summary: summary})
}

func (p *Plain) accept(ctx context.Context, _ runbook.Move, arg string) error {
	if arg == "" {
		if offered := p.walker.Run().Offered; offered != nil {
			arg = offered.To
		}
	}
	return p.act(ctx, runbook.Accept{Person: arg})
}
