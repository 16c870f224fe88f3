package markdown

import (
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
)

// listing is a compact, complete view of what Parse made of a document.
func listing(b *runbook.Book, ms []Message) string {
	var w strings.Builder
	fmt.Fprintf(&w, "%s %q%s\n", b.Name, b.Title, tags(mark(b.Foreign, "foreign")))
	for _, p := range b.Phases {
		if p.ID != "" {
			fmt.Fprintf(&w, "# %s %q\n", p.ID, p.Title)
		} else {
			fmt.Fprintf(&w, "#\n")
		}
		for _, id := range p.Steps {
			s, _ := b.Step(id)
			listStep(&w, s)
		}
	}
	for _, m := range ms {
		fmt.Fprintln(&w, m)
	}
	return w.String()
}

func listStep(w *strings.Builder, s *runbook.Step) {
	fmt.Fprintf(w, "  %s %q%s (%s)\n", s.ID, s.Title, tags(
		mark(s.Optional, "optional"), mark(s.Witness, "witness"), kv("reached", strings.Join(s.Reached, ",")),
		kv("moment", strings.Join(s.Moments, ",")), lasts("takes", s.Takes), kv("when", string(s.When)), kv("on", s.On),
		kv("role", s.Role)), s.Why)
	for i := range s.Items {
		listItem(w, &s.Items[i])
	}
	for _, b := range s.Fences {
		fmt.Fprintf(w, "    fence %d:%d %q\n", b.Line, b.Col, b.Text)
	}
}

func listItem(w *strings.Builder, it *runbook.Item) {
	pad := strings.Repeat("  ", it.Depth)
	fmt.Fprintf(w, "    %s%d:%d %s %q%s (%s)\n", pad, it.Line, it.Col, it.Kind, it.Text, tags(
		kv("label", it.Label), mark(it.Reading, "reading"), kv("note", it.Note)), it.Why)
	for _, t := range it.Warnings {
		fmt.Fprintf(w, "      %s! %q\n", pad, t)
	}
	if it.Ask != nil {
		fmt.Fprintf(w, "      %s? %s%s\n", pad, it.Ask.Type, tags(kv("name", it.Ask.Name), kv("allowed", strings.Join(it.Ask.Allowed, "|")), kv("hint", it.Ask.Hint)))
	}
	for _, b := range it.Blocks {
		listBlock(w, pad, b)
	}
	for _, o := range it.Options {
		fmt.Fprintf(w, "      %s-> %q%s\n", pad, o.Text, tags(kv("rest", o.Rest), kv("step", o.Step), kv("book", o.Book)))
	}
}

func listBlock(w *strings.Builder, pad string, b *runbook.Block) {
	expect := ""
	if b.Expect != nil {
		expect = fmt.Sprint(b.Expect.Text, " regex=", b.Expect.Regex)
	}
	lim := ""
	if b.HasMax {
		lim = fmt.Sprint(b.Max)
	}
	tries := ""
	if b.RetryTimes > 0 {
		tries = fmt.Sprint(b.RetryTimes)
	}
	lang := b.Lang
	if lang == "" {
		lang = "unlabelled"
	}
	fmt.Fprintf(w, "      %s$ %s %q%s\n", pad, lang, b.Text, tags(
		kv("name", b.Name), kv("cwd", b.Cwd), kv("interpreter", b.Interpreter), mark(b.Interactive, "interactive"),
		mark(b.Background, "background"), kv("after", b.After), lasts("timeout", b.Timeout), lasts("takes", b.Takes),
		kv("expect", expect), mark(b.Probe, "probe"), kv("tries", tries), lasts("retry", b.RetryFor),
		mark(b.Danger, "danger"), kv("preview", b.Preview), kv("max", lim), kv("rollback", b.Rollback),
		kv("fact", b.Fact), kv("secret", b.Secret), kv("when", string(b.When)), kv("on", b.On),
		kv("placeholders", strings.Join(b.Placeholders, "|")), kv("wrong", b.Wrong)))
}

func mark(on bool, s string) string {
	if on {
		return s
	}
	return ""
}

func kv(k, v string) string {
	if v == "" {
		return ""
	}
	if strings.ContainsAny(v, " \n") {
		return fmt.Sprintf("%s=%q", k, v)
	}
	return k + "=" + v
}

func lasts(k string, v time.Duration) string {
	if v == 0 {
		return ""
	}
	return k + "=" + v.String()
}

func tags(ts ...string) string {
	var on []string
	for _, t := range ts {
		if t != "" {
			on = append(on, t)
		}
	}
	if len(on) == 0 {
		return ""
	}
	return " [" + strings.Join(on, " ") + "]"
}
