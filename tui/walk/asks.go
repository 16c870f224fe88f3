package walk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

const (
	// deaf is how long a question that opens by itself hears nothing, so that a
	// key meant for something else approves nothing ...
	deaf = 500 * time.Millisecond
	// ... and how long before something destructive.
	deafDanger = time.Second
)

// question opens the dialog for what an engine asks.
func (w *Walk) question(q *asked) {
	p := q.prompt
	d := &ui.Ask{
		Frame: w.s.Dialog(questionTitle(p)), Text: w.s.Clean(p.Text), Want: p.Want, Secret: p.Kind == runbook.AskSecret, DeafFor: deaf,
		Lines: func(t *ui.Theme, width int) []string { return w.before(t, p, width) },
	}
	switch p.Kind {
	case runbook.AskTarget, runbook.AskCount, runbook.AskLook:
		d.Typed, d.DeafFor, d.Frame.Role = true, deafDanger, ui.Bad
		d.Text += ": " + w.s.Clean(p.Want)
		d.Hint = "nothing has run yet"
	case runbook.AskSecret:
		d.Hint = "what you type doesn't show, and is stored nowhere"
	case runbook.AskWitness:
		d.Hint = "a name; or alone, and then why"
	case runbook.AskReason, runbook.AskBlank, runbook.AskValue:
	}
	w.host.Open(d, func(a ui.Action) tea.Cmd {
		switch a := a.(type) {
		case ui.Answered:
			w.thinking = p.Kind == runbook.AskReason && w.s.Run.Mode == runbook.Live
			q.reply <- answer{reply: runbook.Reply{Text: a.Text}}
		case ui.Given:
			q.reply <- answer{reply: runbook.Reply{Value: a.Value}}
		default:
			q.reply <- answer{err: errDeclined}
		}
		return nil
	})
}

func questionTitle(p runbook.Prompt) string {
	switch p.Kind {
	case runbook.AskTarget, runbook.AskCount:
		return "DANGER"
	case runbook.AskLook:
		return "DANGER: one more look"
	case runbook.AskWitness:
		return "A second person"
	case runbook.AskReason:
		return "Alone"
	case runbook.AskSecret:
		return "Secret"
	case runbook.AskBlank:
		return "Fill in"
	case runbook.AskValue:
		return "Variable"
	}
	return "Question"
}

// before is what has to be looked at before an answer.
func (w *Walk) before(t *ui.Theme, p runbook.Prompt, width int) []string {
	var out []string
	say := func(role ui.Role, text string) {
		out = append(out, t.Lines(role, w.s.Clean(text), width, 2)...)
	}
	command := 0
	if p.Kind == runbook.AskTarget || p.Kind == runbook.AskCount || p.Kind == runbook.AskLook {
		command = w.commandLines(p)
		say(ui.Bad, "This overwrites or deletes, on "+words.Place(w.s.Run)+".")
		w.proof(p, say)
		if _, _, it, ok := w.s.Books.Item(p.Item); ok {
			for _, warning := range it.Warnings {
				say(ui.Warn, "WARNING "+words.Flat(warning))
			}
		}
	}
	for i, line := range p.Lines {
		role := ui.Output
		if i < command || strings.HasPrefix(line, "$ ") {
			role = ui.Code
		}
		if i == command && command > 0 {
			say(ui.Here, "It touches "+words.Number(len(p.Lines)-command+p.More)+":")
		}
		for _, folded := range ui.Fold(w.s.Clean(strings.TrimRight(line, "\n")), width-2) {
			out = append(out, t.Paint(ui.Faint, ui.SignBar+" ")+t.Paint(role, folded))
		}
	}
	if p.More > 0 {
		say(ui.Faint, fmt.Sprintf("%s and %s more", ui.More, words.Number(p.More)))
	}
	return out
}

// commandLines is how many of a prompt's lines are the command itself; what
// stands below them is what it will touch.
func (w *Walk) commandLines(p runbook.Prompt) int {
	b, _, it, ok := w.s.Books.Item(p.Item)
	if !ok {
		return 0
	}
	var texts []string
	if bl, i := w.s.Run.NextBlock(it, p.Item); bl != nil {
		texts = append(texts, w.s.Run.Text(it, p.Item, i))
	}
	if undo, _ := w.s.Run.UndoBlock(b, p.Item); undo != nil {
		texts = append(texts, undo.Text)
	}
	for _, text := range texts {
		lines := strings.Split("$ "+strings.TrimRight(text, "\n"), "\n")
		if len(lines) <= len(p.Lines) && slices.Equal(lines, p.Lines[:len(lines)]) {
			return len(lines)
		}
	}
	return 0
}

// proof is who the target said that it is, and how long ago.
func (w *Walk) proof(p runbook.Prompt, say func(ui.Role, string)) {
	for i := len(w.s.Told) - 1; i >= 0; i-- {
		e, ok := w.s.Told[i].Event.(runbook.TargetIdentified)
		if !ok {
			continue
		}
		if e.Item == p.Item {
			say(ui.Here, fmt.Sprintf("It answers: %s (%s ago)", e.Answer, runbook.Short(w.now().Sub(w.s.Told[i].When()))))
		}
		return
	}
}
