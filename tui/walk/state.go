package walk

import (
	"strings"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// sign is the state of an item as a sign and its role: never a colour alone.
func (w *Walk) sign(it *runbook.Item, ref runbook.Ref) (string, ui.Role) {
	st := w.s.Run.Item(ref)
	switch {
	case st.Hold == runbook.Unsure:
		return ui.SignUnsure, ui.Warn
	case st.Hold != runbook.NoHold:
		return ui.SignFailed, ui.Bad
	case w.s.Run.OpenAttempt(st) != nil:
		return ui.SignRunning, ui.Warn
	case st.Done && st.LeftOut(), !it.Applicable(w.s.Run.Mode):
		return ui.SignGone, ui.Faint
	case st.Done && st.Different != "":
		return "!", ui.Warn
	case st.Done:
		return ui.SignDone, ui.Good
	}
	return ui.SignOpen, ui.Plain
}

// stepSign is the state of a step.
func (w *Walk) stepSign(s *runbook.Step, ref runbook.Ref) (string, ui.Role) {
	st := w.s.Run.Step(ref)
	for i := range s.Items {
		if st.Status != runbook.Entered {
			break
		}
		switch w.s.Run.Item(runbook.At(ref.Book(), s.Items[i].ID)).Hold {
		case runbook.NoHold:
		case runbook.Unsure:
			return ui.SignUnsure, ui.Warn
		case runbook.Failed, runbook.Unexpected, runbook.Contaminated:
			return ui.SignFailed, ui.Bad
		}
	}
	switch {
	case st.Status == runbook.Finished && st.NotExercised, st.Status == runbook.NotTaken:
		return ui.SignGone, ui.Faint
	case st.Status == runbook.Skipped:
		return ui.SignGone, ui.Warn
	case st.Status == runbook.Finished:
		return ui.SignDone, ui.Good
	case ref == w.s.Run.Current:
		return ui.SignHere, ui.Here
	}
	return ui.SignOpen, ui.Faint
}

// told is what stands below an item: what became of it, and what its command
// prints.
func (w *Walk) told(t *ui.Theme, b *runbook.Book, it *runbook.Item, ref runbook.Ref, width int) []string {
	st := w.s.Run.Item(ref)
	var out []string
	say := func(role ui.Role, text string) {
		for _, line := range t.Lines(role, w.s.Clean(text), width-2, 2) {
			out = append(out, "  "+line)
		}
	}
	if !st.Done {
		w.ahead(b, it, ref, st, say)
	}
	if value := w.value(ref, st); value != "" {
		say(ui.Good, "= "+value)
	}
	if st.Different != "" {
		say(ui.Warn, "not as expected: "+st.Different)
	}
	if st.Done {
		w.behind(ref, st, say)
	}
	out = append(out, w.attempts(t, st, width)...)
	if st.Hold != runbook.NoHold && len(st.Attempts) == 0 {
		say(ui.Bad, st.Why)
	}
	return out
}

// value is what an item was answered with.
func (w *Walk) value(ref runbook.Ref, st runbook.ItemState) string {
	if st.Chosen != nil {
		return words.Flat(st.Chosen.Text)
	}
	return w.s.Words().Value(ref, st.Value)
}

// behind says how an item was done, where that is not plain.
func (w *Walk) behind(ref runbook.Ref, st runbook.ItemState, say func(ui.Role, string)) {
	reason := ""
	for _, d := range w.s.Run.Deviations {
		if d.Ref == ref && d.Reason != "" && d.Kind != "edited" {
			reason = ": " + d.Reason
		}
	}
	switch st.As {
	case "skipped":
		say(ui.Faint, "left out"+reason)
	case "anyway":
		say(ui.Warn, "gone past"+reason)
	case "by_hand":
		say(ui.Faint, "done by hand")
	case "not_exercised":
		say(ui.Faint, "not exercised")
	case runbook.Unattended:
		say(ui.Faint, "unattended")
	}
}

// ahead says what has to be known of an item before it is done.
func (w *Walk) ahead(b *runbook.Book, it *runbook.Item, ref runbook.Ref, st runbook.ItemState, say func(ui.Role, string)) {
	if !it.Applicable(w.s.Run.Mode) {
		other := runbook.Live
		if w.s.Run.Mode == runbook.Live {
			other = runbook.Drill
		}
		say(ui.Faint, "for a "+string(other)+" run only")
		return
	}
	bl, i := w.s.Run.NextBlock(it, ref)
	if bl == nil {
		return
	}
	switch {
	case bl.Wrong != "":
		say(ui.Bad, "it can't run: "+bl.Wrong)
	case b.Foreign && !st.Armed[bl.Hash]:
		say(ui.Faint, "copy only: y copies it, a lets it run here")
	}
	if bl.Danger {
		say(ui.Warn, "danger: the target is proved and typed before it runs")
	}
	if text := w.s.Run.Text(it, ref, i); text != bl.Text {
		say(ui.Warn, "as it will run:")
		for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			say(ui.Code, "  "+line)
		}
	}
	if bl.Background {
		say(ui.Faint, "runs in the background, the walk goes on")
	}
}
