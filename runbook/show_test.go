package runbook

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// look understands the lines of a story that change nothing.
func (s *teller) look(word, rest string) bool {
	switch word {
	case "show":
		s.show()
	case "ways":
		m := Next(s.books, s.run)
		s.say("enter: %s", m.Say)
		for _, w := range m.Ways {
			reason := ""
			if w.Reason {
				reason = ", with a reason"
			}
			s.say("or %s: %s%s", w.Name, w.Say, reason)
		}
	case "for":
		m := NextFor(s.books, s.run, s.ref(rest))
		s.say("enter: %s (%T)", m.Say, m.Do)
		for _, w := range m.Ways {
			s.say("or %s", w.Name)
		}
	case "clocks":
		for _, line := range clockLines(s.first, s.run, s.now) {
			s.say("%s", line)
		}
	case "deviations":
		for _, d := range s.run.Deviations {
			s.say("%d %s %s: %s (%s)", d.Seq, d.Kind, d.Ref, d.Text, d.Reason)
		}
	case "notes":
		for _, n := range s.run.Notes {
			s.say("%d %s %s: %s -> %q", n.Seq, n.At.Format("15:04:05"), n.Actor, n.Text, n.Fixed)
		}
	case "variables":
		for _, name := range slices.Sorted(maps.Keys(s.run.Set)) {
			s.say("%s=%s", name, s.run.Set[name])
		}
		s.say("unset %v withheld %v", slices.Sorted(maps.Keys(s.run.Unset)), slices.Sorted(maps.Keys(s.run.Withheld)))
	case "second":
		args := strings.Fields(rest)
		in, _ := s.intent(args[0], args[1:])
		s.say("a second person is asked for: %v", NeedsSecond(s.books, s.run, in))
	default:
		return false
	}
	return true
}

func (s *teller) show() {
	r := s.run
	done, of := Progress(s.books, r)
	s.say("at %q, %d of %d, operator %s", r.Current, done, of, r.Operator)
	for _, f := range r.Books {
		for _, ref := range order(s.books[f.Book]) {
			if line := stepLine(r, ref); line != "" {
				s.say("%s", line)
			}
			for _, it := range slices.Sorted(maps.Keys(r.Items)) {
				if line := itemLine(r, it); it.Step() == ref && line != "" {
					s.say("  %s", line)
				}
			}
		}
	}
	for _, d := range r.Detours {
		s.say("comes back to %s", d.Item)
	}
	for _, a := range r.Away {
		s.say("away %s to %s: %s", a.From.Format("15:04:05"), a.To.Format("15:04:05"), a.Reason)
	}
	if r.ReadOnly != "" {
		s.say("read only: %s", r.ReadOnly)
	}
}

func stepLine(r *Run, ref Ref) string {
	st := r.Step(ref)
	if st.Status == Waiting && st.Round < 2 {
		return ""
	}
	line := fmt.Sprintf("%s: %s", ref, st.Status)
	if st.Status == Waiting {
		line += "waiting"
	}
	if st.Round > 1 {
		line += fmt.Sprintf(", round %d", st.Round)
	}
	if st.Spent > 0 {
		line += ", " + Short(st.Spent)
	}
	for _, x := range []struct{ name, value string }{{"with", st.Person}, {"alone", st.Alone}, {"reason", st.Reason}} {
		if x.value != "" {
			line += fmt.Sprintf(", %s %s", x.name, x.value)
		}
	}
	if st.NotExercised {
		line += ", not exercised"
	}
	return line
}

func itemLine(r *Run, ref Ref) string {
	it := r.Item(ref)
	switch {
	case it.Hold != NoHold:
		return fmt.Sprintf("%s: hold %s, %s", ref, it.Hold, it.Why)
	case it.Done:
		return strings.TrimSpace(fmt.Sprintf("%s: %s %s", ref, it.As, it.Value))
	case len(it.Attempts) > 0:
		return fmt.Sprintf("%s: attempts %v, block %d is next", ref, it.Attempts, it.Next)
	}
	return ""
}

func clockLines(b *Book, r *Run, now time.Time) []string {
	var out []string
	clocks := Clocks(b, r, now)
	for _, c := range clocks {
		line := fmt.Sprintf("%s: %s of %s, %s", c.Name, rangeText(c.Judged), Short(c.Limit), c.Verdict)
		if c.Raw != c.Judged {
			line += fmt.Sprintf(" (raw %s, paused %s)", rangeText(c.Raw), Short(c.Paused))
		}
		if c.By != "" {
			line += ", by " + c.By
		}
		if c.Level > 0 {
			line += fmt.Sprintf(", at %d%%", c.Level)
		}
		out = append(out, line)
	}
	return append(out, fmt.Sprintf("exit %d", Exit(clocks, r)))
}

func rangeText(r Range) string {
	if r.Min == r.Max {
		return Short(r.Max)
	}
	return Short(r.Min) + " to " + Short(r.Max)
}
