package report

import (
	"testing"
	"time"

	rb "lifeboat/runbook"
)

func TestCompareWords(t *testing.T) {
	known := rb.Usual{Median: 10 * time.Minute, P90: 15 * time.Minute, N: 7}
	guess := rb.Usual{Median: 10 * time.Minute, P90: 10 * time.Minute}
	for _, c := range []struct {
		spent time.Duration
		u     rb.Usual
		want  string
	}{
		{12 * time.Minute, known, "as usual"},
		{13 * time.Minute, known, "slower: 30 % over the median"},
		{15 * time.Minute, known, "slower: 50 % over the median"},
		{16 * time.Minute, known, "slower than nearly all earlier runs: 60 % over the median"},
		{5 * time.Minute, known, "faster: 50 % under the median"},
		{15 * time.Minute, guess, "slower: 50 % over the author's guess"},
	} {
		if got := compareWords(c.spent, c.u); got != c.want {
			t.Errorf("%s: %q, want %q", c.spent, got, c.want)
		}
	}
}

// TestInline: text means nothing but itself, and what has no meaning is left
// readable.
func TestInline(t *testing.T) {
	for in, want := range map[string]string{
		"recovery_point = __x__": `recovery_point = \__x_\_`,
		"a|b":                    `a\|b`,
		`\|`:                     `\\\|`,
		"one\r\ntwo":             "one ⏎ two",
		"\x1b[2J\u009b":          `␛\[2J(U+009B)`,
		"\u202ex\u200b":          "(U+202E)x(U+200B)",
		"数据 👩‍🚒":                 "数据 👩‍🚒",
		"<b>&amp;$x$":            `\<b\>\&amp;\$x\$`,
		" C# ":                   "C#",
	} {
		if got := inline(in); got != want {
			t.Errorf("inline(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"# x": `\# x`, "- x": `\- x`, "12. x": `12\. x`, "12": "12", "1) x": `1\) x`, "=": `\=`, "    x": "x", "": "", "2026-08-22": "2026-08-22",
	} {
		if got := opening(in); got != want {
			t.Errorf("opening(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestHeading: a title that ends like a heading's closing marks keeps them.
func TestHeading(t *testing.T) {
	p := &page{}
	p.heading(2, "Restore in C #")
	if got, want := p.String(), "## Restore in C \\#\n\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestFate: what became of a command, where it is no golden's concern.
func TestFate(t *testing.T) {
	pause := intend(1, "stop-the-writes/1", "lifeboat convex pause")
	item := ref("stop-the-writes/1")
	for _, c := range []struct {
		name       string
		events     []rb.Event
		state, why string
	}{
		{"nothing", nil, "not reached", ""},
		{"intended", []rb.Event{pause}, "not reached", "intended, but no start is on record"},
		{"running", []rb.Event{pause, rb.CommandStarted{Attempt: 1}}, "unknown", "running"},
		{"lost", []rb.Event{pause, rb.CommandStarted{Attempt: 1}, rb.OutcomeUnknown{Attempt: 1}}, "unknown", "outcome unknown"},
		{"failed, then skipped", []rb.Event{
			pause,
			rb.CommandStarted{Attempt: 1},
			rb.CommandFinished{Attempt: 1, Exit: 2, Why: rb.Exited},
			rb.HoldReleased{Item: item, How: "skipped", Reason: "no"},
		}, "failed", "exit 2"},
		{"worked, then opened again", []rb.Event{
			pause,
			rb.CommandStarted{Attempt: 1},
			rb.CommandFinished{Attempt: 1, Why: rb.Exited},
			rb.StepFinished{Step: item.Step()},
			rb.StepReopened{Step: item.Step()},
		}, "exercised", ""},
		{"left to nobody", []rb.Event{ticked("stop-the-writes/1", "not_exercised")}, "not exercised", "it was recorded as not exercised"},
		{"step skipped", []rb.Event{rb.StepSkipped{Step: item.Step(), Reason: "why not"}}, "skipped", "why not"},
		{"not taken", []rb.Event{rb.ChoiceMade{
			Step: ref("reconcile"), Item: ref("reconcile/1"), Text: "go on", To: ref("restore"),
			NotTaken: []rb.Ref{item.Step()},
		}}, "not taken", "“go on” was chosen (record 3)"},
	} {
		s := begin(t, "10:00:00", corruption())
		s.add(rb.RunOpened{Run: "x", Mode: rb.Drill}, opened(s.books["corruption"])).add(c.events...)
		got := s.report().Coverage.List[0]
		if got.State != c.state || got.Why != c.why {
			t.Errorf("%s: %s (%s), want %s (%s)", c.name, got.State, got.Why, c.state, c.why)
		}
	}
}
