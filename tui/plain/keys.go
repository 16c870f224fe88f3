package plain

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"lifeboat/runbook"
)

// A key is something that can be typed at a prompt: a letter or its word, and
// what may follow.
type key struct {
	letter string
	word   string
	arg    string // what may follow, for the help; "": nothing
	brief  string // for the prompt; "": what the way says of itself
	help   string
	do     func(p *Plain, ctx context.Context, m runbook.Move, arg string) error // nil: a way of the move with this word
}

// keys is the one table of what can be typed. Those without a do are ways on
// that runbook.Next offers only where they make sense.
func keys() []key {
	return []key{
		{"d", "different", "TEXT", "not as expected", "it is done, but not as expected: say what was found", nil},
		{"h", "by-hand", "", "done by hand", "the command was run by hand, elsewhere", nil},
		{"a", "arm", "", "let it run here", "let this command of a foreign file run here", nil},
		{"e", "edit", "", "change it", "change the command for this run; asks why", nil},
		{"r", "again", "", "run it again", "run it again", nil},
		{"b", "rollback", "", "undo it", "run the block that undoes it", nil},
		{"k", "done", "REASON", "count it as done", "it counts as done", nil},
		{"y", "anyway", "REASON", "go on anyway", "go on past it anyway", nil},
		{"s", "skip", "REASON", "leave it out", "leave this item out", nil},
		{"S", "skip-step", "REASON", "leave the step out", "leave the whole step out", (*Plain).skipStep},
		{"f", "section", "", "", "open the section that the item links to, and come back", nil},
		{"x", "stop", "", "stop it", "stop the command that still runs", nil},
		{"j", "held", "", "", "go to the command in the background that failed", nil},
		{"n", "note", "TEXT", "", "write a note, with the time of now", (*Plain).note},
		{"!", "!", "COMMAND", "", "run a command that no book has; it is recorded", (*Plain).adHoc},
		{"l", "list", "", "", "list the steps, with their numbers", (*Plain).list},
		{"g", "go", "NUMBER", "", "go to a step, ahead or back", (*Plain).walkTo},
		{"u", "reopen", "NUMBER REASON", "", "do a step again", (*Plain).reopen},
		{"v", "view", "", "", "show the step's text again", (*Plain).view},
		{"c", "clocks", "", "", "show the clocks", (*Plain).showClocks},
		{"t", "timeline", "", "", "show the last events", (*Plain).timeline},
		{"o", "output", "NUMBER", "", "show all that a command printed; no number: the last", (*Plain).output},
		{"w", "handover", "NAME", "", "offer the command of the run to somebody", (*Plain).handOver},
		{"i", "accept", "NAME", "", "take the command of the run", (*Plain).accept},
		{"E", "end", "STATE REASON", "", "end the run as failed or abandoned", (*Plain).end},
		{"q", "leave", "", "", "leave; the run stays open, and can be resumed", (*Plain).quit},
		{"?", "help", "", "", "show these keys", (*Plain).help},
	}
}

// find gives the key that a text begins with, and what follows it.
func find(text string) (k key, arg string, ok bool) {
	name, arg, _ := strings.Cut(text, " ")
	if rest, bang := strings.CutPrefix(text, "!"); bang {
		name, arg = "!", rest
	}
	for _, k := range keys() {
		if name == k.letter || name == k.word {
			return k, strings.TrimSpace(arg), true
		}
	}
	return key{}, "", false
}

// dispatch carries out what was typed. Where a value is wanted, text is the
// value, and a key has a slash before it.
func (p *Plain) dispatch(ctx context.Context, m runbook.Move, line string) error {
	text := strings.TrimSpace(line)
	if m.Needs == "value" && text != "?" {
		rest, slash := strings.CutPrefix(text, "/")
		k, arg, known := find(rest)
		if !slash || !known { // a path is an answer, not a key
			return p.value(ctx, m, text)
		}
		return p.press(ctx, m, k, arg)
	}
	if choose, ok := m.Do.(runbook.Choose); ok && m.Needs == "option" {
		if n, err := strconv.Atoi(text); err == nil {
			choose.Option = n
			return p.act(ctx, choose)
		}
	}
	switch {
	case text == "" && m.Needs != "":
		return &runbook.Refusal{Reason: "nothing was chosen", Hint: "type the number of an option, or ? for the keys"}
	case text == "" && m.Do == nil:
		return &runbook.Refusal{Reason: "Enter does nothing here", Hint: "type one of the letters above, or ? for the keys"}
	case text == "":
		return p.act(ctx, m.Do)
	}
	k, arg, known := find(strings.TrimPrefix(text, "/"))
	if !known {
		return &runbook.Refusal{Reason: fmt.Sprintf("%q is no key here, so nothing was done", text), Hint: "? shows the keys"}
	}
	return p.press(ctx, m, k, arg)
}

// press does what a key stands for.
func (p *Plain) press(ctx context.Context, m runbook.Move, k key, arg string) error {
	if k.do != nil {
		return k.do(p, ctx, m, arg)
	}
	for _, w := range m.Ways {
		if w.Name == k.word {
			return p.way(ctx, m, w, arg)
		}
	}
	return &runbook.Refusal{Reason: fmt.Sprintf("%s (%s) makes no sense here, so nothing was done", k.letter, k.help), Hint: "? shows the keys"}
}

// value answers a question.
func (p *Plain) value(ctx context.Context, m runbook.Move, text string) error {
	answer, ok := m.Do.(runbook.Answer)
	if !ok || text == "" {
		return &runbook.Refusal{Reason: "the question has no answer yet", Hint: "type the answer, or /s and a reason to leave it out"}
	}
	answer.Value = text
	return p.act(ctx, answer)
}

// way takes one of the other ways on that the move offers.
func (p *Plain) way(ctx context.Context, m runbook.Move, w runbook.Way, reason string) error {
	if edit, ok := w.Do.(runbook.Edit); ok {
		text, err := p.editText(ctx, m)
		if err != nil {
			return err
		}
		edit.Text = text
		w.Do = edit
	}
	if w.Reason && reason == "" {
		ask := "why: "
		if w.Name == "different" {
			ask = "what was found instead: "
		}
		var err error
		if reason, err = p.ask(ctx, ask); err != nil {
			return err
		}
	}
	return p.act(ctx, runbook.WithReason(w.Do, reason))
}

// ask asks for a text that can't be empty. Nothing changes without it.
func (p *Plain) ask(ctx context.Context, text string) (string, error) {
	line, err := p.read(ctx, question{text: text})
	if err != nil {
		return "", err
	}
	if line = strings.TrimSpace(line); line == "" {
		return "", errDeclined
	}
	return line, nil
}
