package walk

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/look"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// Note takes a note with the moment at which its key was pressed, not the one at
// which its text was complete.
func (w *Walk) Note() tea.Cmd {
	at := w.now()
	f := w.s.Dialog("Note of " + at.UTC().Format("15:04:05 UTC"))
	w.host.Open(&ui.Note{Frame: f}, ui.On(func(n ui.Noted) tea.Cmd { return w.act(runbook.Write{Text: n.Text, Tag: n.Tag, At: at}) }))
	return nil
}

// moments are those that the clocks and the report know, with how they are asked
// for.
var moments = []struct{ name, is, ask string }{
	{"began", "the disruption began: all clocks start here", "When did the disruption begin?"},
	{"detected", "somebody or something noticed it", "When was it noticed?"},
	{"acknowledged", "somebody took it on", "When did somebody take it on?"},
	{"writes_stopped", "nothing is written any more", "Since when is nothing written any more?"},
	{"recovery_point", "the moment of the backup that is restored", "From when is the backup that is restored?"},
	{"restored", "the data is back", "Since when is the data back?"},
	{"service_back", "users can work again", "Since when can users work again?"},
}

// mark sets a moment of the run.
func (w *Walk) mark() tea.Cmd {
	items := make([]ui.Choice, len(moments))
	for i, m := range moments {
		items[i] = ui.Choice{Text: m.name, Side: m.is}
	}
	w.host.Open(&ui.Pick{Frame: w.s.Dialog("Mark a moment"), Prompt: "which", Items: items}, ui.On(func(p ui.Picked) tea.Cmd {
		w.when(moments[p.Index].ask, runbook.Mark{Name: moments[p.Index].name})
		return nil
	}))
	return nil
}

// when asks for the time of a mark.
func (w *Walk) when(ask string, mark runbook.Mark) {
	d := &ui.Ask{
		Frame: w.s.Dialog("Mark a moment"), Text: ask, Value: "now",
		Hint: "now, -20m, 03:10, 03:10 UTC, or A..B for an interval",
	}
	w.host.Open(d, ui.On(func(typed ui.Answered) tea.Cmd {
		var err error
		if mark.At, mark.Latest, err = runbook.ReadInterval(typed.Text, w.zone(), w.now()); err != nil {
			w.host.Say(ui.Warn, w.s.Clean(err.Error()))
			w.when(ask, mark)
			return nil
		}
		return w.act(mark)
	}))
}

// reached are the objectives whose clocks stand.
func (w *Walk) reached() []string {
	var out []string
	for name, r := range w.s.Run.Reaches {
		if _, stopped := r.Stopped(); stopped {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (w *Walk) lost() tea.Cmd {
	names := w.reached()
	items := make([]ui.Choice, len(names))
	for i, name := range names {
		items[i] = ui.Choice{Text: words.Objective(name)}
	}
	w.host.Open(&ui.Pick{Frame: w.s.Dialog("Objective lost"), Prompt: "which", Items: items}, ui.On(func(p ui.Picked) tea.Cmd {
		w.why("What failed again?", func(reason string) tea.Cmd {
			return w.act(runbook.Mark{Name: "objective_lost", Objective: names[p.Index], Reason: reason})
		})
		return nil
	}))
	return nil
}

func (w *Walk) pause() tea.Cmd {
	w.why("Why do the clocks stand?", func(reason string) tea.Cmd { return w.act(runbook.Mark{Name: "pause", Reason: reason}) })
	return nil
}

// find looks for a word in every step and item of the book.
func (w *Walk) find() tea.Cmd {
	b := w.s.Books[w.step().Book()]
	if b == nil {
		return nil
	}
	var items []ui.Choice
	var refs []runbook.Ref
	for i := range b.Steps {
		s := &b.Steps[i]
		items = append(items, ui.Choice{Text: w.s.Clean(s.Title), Side: "step"})
		refs = append(refs, runbook.At(b.Name, s.ID))
		for j := range s.Items {
			it := &s.Items[j]
			items = append(items, ui.Choice{Text: "  " + w.s.Clean(words.Flat(it.Text)), Side: string(it.Kind)})
			refs = append(refs, runbook.At(b.Name, it.ID))
		}
	}
	return w.jump("Find", "for", items, refs, 0)
}

// list lists the steps with where they stand.
func (w *Walk) list() tea.Cmd {
	b := w.s.Books[w.step().Book()]
	if b == nil {
		return nil
	}
	var items []ui.Choice
	var refs []runbook.Ref
	at := 0
	for i := range b.Steps {
		s := &b.Steps[i]
		ref := runbook.At(b.Name, s.ID)
		sign, _ := w.stepSign(s, ref)
		if ref == w.step() {
			at = i
		}
		items = append(items, ui.Choice{Text: sign + " " + w.s.Clean(s.Title), Side: strings.TrimSpace(w.spent(ref) + " " + w.stepWord(ref)), Dim: w.s.Run.Step(ref).Status == runbook.NotTaken})
		refs = append(refs, ref)
	}
	return w.jump("Steps", "go to", items, refs, at)
}

// stepWord is where a step stands, as a word.
func (w *Walk) stepWord(ref runbook.Ref) string {
	st := w.s.Run.Step(ref)
	switch {
	case ref == w.s.Run.Current && (st.Status == runbook.Entered || st.Status == runbook.Waiting):
		return "here"
	case st.NotExercised:
		return "not exercised"
	case st.Status == runbook.Entered:
		return "begun"
	case st.Status == runbook.Waiting:
		return "to do"
	}
	return string(st.Status)
}

// jump looks at what is picked from a list.
func (w *Walk) jump(title, prompt string, items []ui.Choice, refs []runbook.Ref, at int) tea.Cmd {
	w.host.Open(&ui.Pick{Frame: w.s.Dialog(title), Prompt: prompt, Items: items, At: at}, func(a ui.Action) tea.Cmd {
		if p, ok := a.(ui.Picked); ok {
			w.point(refs[p.Index])
		}
		return w.poll()
	})
	return nil
}

// timeline shows what happened.
func (w *Walk) timeline() tea.Cmd { return w.host.Push(look.NewTimeline(w.host, &w.s.Story)) }

// output opens what a command printed: of the item that is looked at, else the
// last one.
func (w *Walk) output() tea.Cmd {
	n := len(w.s.Run.Attempts)
	if tried := w.s.Run.Item(w.here()).Attempts; len(tried) > 0 {
		n = tried[len(tried)-1]
	}
	return w.host.Push(look.NewOutput(w.host, &w.s.Story, n))
}

// clocks shows every clock in words.
func (w *Walk) clocks() tea.Cmd {
	w.host.Open(&ui.Show{Frame: w.s.Dialog("Clocks"), Lines: func(width int) []string { return w.s.ClockWords(w.host.Theme(), w.now(), width) }}, nil)
	return nil
}
