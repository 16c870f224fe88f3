package plain

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"

	"lifeboat/runbook"
)

// ask has a line asked for before there is a walk.
func ask(t *testing.T, do func(s *story, got func() (string, error))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		s := &story{t: t, in: typed, out: &screen{}, signals: make(chan Signal), done: make(chan error, 1)}
		s.p = New(Options{In: in, Out: s.out, Echo: true, Signals: s.signals, Now: time.Now, After: time.After})
		var line string
		go func() {
			var err error
			line, err = s.p.Line("which target: ")
			s.done <- err
		}()
		do(s, func() (string, error) { err := s.over(); return line, err })
		_ = typed.Close()
	})
}

// TestVisible: nothing that is printed can be obeyed by a terminal, and nothing
// vanishes.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"plain":                             "plain",
		"two\nlines\n":                      "two\nlines\n",
		"dos\r\nlines\r\n":                  "dos\nlines\n",
		"lone\rreturn":                      "lone^Mreturn",
		"a\tb\n1234567\t8\tx":               "a       b\n1234567 8       x",
		"\x1b[31mred\x07\x00":               "^[[31mred^G^@",
		"del\x7f":                           "del^?",
		"c1 \u009b2J":                       "c1 \ufffd2J",
		"turned \u202egnp.exe":              "turned \ufffdgnp.exe",
		"no\u200bwidth\ufeff":               "no\ufffdwidth\ufffd",
		"line\u2028par\u2029":               "line\ufffdpar\ufffd",
		"bad \xff\xfe utf-8":                "bad \ufffd\ufffd utf-8",
		"wide 你好 é":                         "wide 你好 é",
		"family \U0001f468\u200d\U0001f469": "family \U0001f468\u200d\U0001f469",
		"tag \U000e0041":                    "tag \ufffd",
	} {
		if got := visible(text); got != want {
			t.Errorf("visible(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"a\x1b[2Jb", "\r\n\r", "\tx\u202e\n", "\xc3\x28"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := visible(text)
		for _, r := range got {
			if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || hidden(r) {
				t.Fatalf("visible(%q) = %q", text, got)
			}
		}
		if visible(got) != got {
			t.Errorf("%q changes again: %q", got, visible(got))
		}
	})
}

// TestLay: folding loses no word and adds none, and a line is over the width
// only where a single word is.
func TestLay(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "of", "word", "database", "你好", "https://example.com/a/very/long/address/that/nobody/should/break", "é"})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 40).Draw(t, "words")
		width := rapid.IntRange(0, 120).Draw(t, "width")
		hang := rapid.IntRange(0, 12).Draw(t, "hang")
		text := strings.Join(words, " ")
		if rapid.Bool().Draw(t, "indented") {
			text = "    " + text
		}
		got := lay(text, hang, hang, width)
		if strings.Join(strings.Fields(got), " ") != strings.Join(words, " ") {
			t.Fatalf("%q became %q", text, got)
		}
		for i, line := range strings.Split(got, "\n") {
			if i > 0 && !strings.HasPrefix(line, strings.Repeat(" ", hang)) {
				t.Fatalf("line %d hangs wrong: %q", i, got)
			}
			if width >= narrowest && displaywidth.String(line) > width && len(strings.Fields(line)) > 1 {
				t.Fatalf("width %d: %q", width, line)
			}
			if (width == 0 || width < narrowest) && i > 0 {
				t.Fatalf("width %d folds: %q", width, got)
			}
		}
	})
	if got := lay("one\ntwo", 3, 5, 0); got != "one\n   two" {
		t.Errorf("%q", got)
	}
}

// TestKeys: each key is there once, every way that Next can offer has one, and
// no key is a number or looks like one.
func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range keys() {
		for _, name := range []string{k.letter, k.word} {
			if name == "" || seen[name] && k.letter != k.word || strings.ContainsAny(name, "0123456789 /") {
				t.Errorf("key %q of %q", name, k.word)
			}
			seen[name] = true
		}
	}
	for _, way := range []string{
		"skip", "edit", "again", "anyway", "rollback", "by-hand", "arm", "done", "different", "section", "held", "stop", "skip-step",
	} {
		k := keyOf(runbook.Way{Name: way})
		if k.word != way || len(k.letter) != 1 {
			t.Errorf("way %q has key %q", way, k.letter)
		}
	}
}

// TestHelpFits: the keys and the prompt below them fit on the smallest screen.
func TestHelpFits(t *testing.T) {
	tell(t, ownBook, drill, nil, func(s *story) {
		s.shows("? keys\n> ")
		s.types("?")
		lines := strings.Split(s.out.news(), "\n")
		if len(lines) > 24 {
			t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
		}
		for _, line := range lines {
			if displaywidth.String(line) > 80 {
				t.Errorf("too wide: %s", line)
			}
		}
	})
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		7 * time.Millisecond: "7 ms", 1500 * time.Millisecond: "1.5 s", 9990 * time.Millisecond: "10.0 s", 75 * time.Second: "1:15",
	} {
		if got := seconds(d); got != want {
			t.Errorf("seconds(%s) = %s", d, got)
		}
	}
}

// TestClockLine: each verdict is said in words.
func TestClockLine(t *testing.T) {
	clock := func(name string, v runbook.Verdict, spent, left time.Duration) runbook.Clock {
		return runbook.Clock{
			Objective: runbook.Objective{Name: name, Limit: time.Hour}, Verdict: v, Judged: runbook.Range{Min: spent, Max: spent}, Left: left,
		}
	}
	for want, c := range map[string]runbook.Clock{
		"critical systems: 10:00 of 1:00:00, 50:00 left":                                          clock("critical", runbook.Pending, 10*time.Minute, 50*time.Minute),
		"acceptable downtime: 1:00:00 of 1:00:00, over by 0:00":                                   clock("downtime", runbook.Pending, time.Hour, 0),
		"full recovery: 10:00 of 1:00:00, met":                                                    clock("full", runbook.Met, 10*time.Minute, 0),
		"non-critical systems: 2:00:00 of 1:00:00, missed":                                        clock("noncritical", runbook.Missed, 2*time.Hour, 0),
		"data loss: not recorded, limit 1:00:00":                                                  clock("data_loss", runbook.NotRecorded, 0, 0),
		"data loss: 0:00 of 1:00:00, contaminated: the recovery point is later than the damage":   clock("data_loss", runbook.NotClean, 0, 0),
		"tell customers: 10:00 of 1:00:00, indeterminate: when it began is not known well enough": clock("tell_customers", runbook.Indeterminate, 10*time.Minute, 0),
	} {
		if got := ClockLine(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestPlace: the mode and the target at each prompt can't be mistaken.
func TestPlace(t *testing.T) {
	for want, opened := range map[string]runbook.RunOpened{
		"[DRILL practice]":     {Mode: runbook.Drill, Target: "practice"},
		"[LIVE staging]":       {Mode: runbook.Live, Target: "staging"},
		"[LIVE PRODUCTION]":    {Mode: runbook.Live, Target: "production", Production: true},
		"[LIVE PRODUCTION eu]": {Mode: runbook.Live, Target: "eu", Production: true},
	} {
		t.Run(opened.Target, func(t *testing.T) {
			tell(t, two, opened, nil, func(s *story) { s.shows("\n" + want + " Enter: tick \"First\"\n") })
		})
	}
}

// TestTimeLeft: a step's line tells of the two clocks that end first, and of all
// that are over.
func TestTimeLeft(t *testing.T) {
	w := newWorld(t, "book.md", "---\nlifeboat: 1\nobjectives: {full: 24h, downtime: 15m, critical: 1h, noncritical: 4h}\n---\n# Book\n\n## One\n\n- [ ] First\n")
	w.open(drill)
	p := New(Options{Out: io.Discard, Now: time.Now})
	p.Attach(w)
	began, _ := w.run.Began()
	for after, want := range map[time.Duration]string{
		0:                "left: acceptable downtime 15:00, critical systems 1:00:00",
		15 * time.Minute: "OVER by: acceptable downtime 0:00; left: critical systems 45:00, non-critical systems 3:45:00",
		25 * time.Hour:   "OVER by: acceptable downtime 24:45:00, critical systems 24:00:00, non-critical systems 21:00:00, full recovery 1:00:00",
	} {
		if got := p.timeLeft(began.Add(after)); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
}
