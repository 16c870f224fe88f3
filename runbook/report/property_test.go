package report

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lifeboat/runbook"
)

// every calls f for every prefix of every story: a report may be asked for after
// any record.
func every(t *testing.T, f func(t *testing.T, in Input, rep *Report)) {
	t.Helper()
	for _, name := range sortedKeys(stories) {
		s := stories[name](t)
		for n := range len(s.records) + 1 {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				in := s.input(n)
				f(t, in, Build(in))
			})
		}
	}
}

// TestTimeline_tellsEveryRecord: each record is told, or left out by a rule that
// is written down; never both, never twice, always in the order of the log.
func TestTimeline_tellsEveryRecord(t *testing.T) {
	every(t, func(t *testing.T, in Input, rep *Report) {
		t.Helper()
		told := make([]int, len(in.Records)+1)
		last := uint64(0)
		for _, e := range rep.Timeline {
			if e.Seq <= last {
				t.Errorf("record %d stands after record %d", e.Seq, last)
			}
			last = e.Seq
			told[e.Seq]++
			if strings.TrimSpace(e.Text) == "" || strings.HasPrefix(e.Text, "An event of the kind") {
				t.Errorf("record %d (%s) has no sentence of its own: %q", e.Seq, e.Kind, e.Text)
			}
		}
		for _, o := range rep.Omitted {
			if o.Rule == "" {
				t.Errorf("records %v are left out without a rule", o.Seqs)
			}
			for _, seq := range o.Seqs {
				told[seq]++
			}
		}
		for seq := 1; seq < len(told); seq++ {
			if told[seq] != 1 {
				t.Errorf("record %d (%s) is told %d times", seq, in.Records[seq-1].Kind, told[seq])
			}
		}
	})
}

// TestSentence_knowsEveryKind: no kind of the closed set is told by its name
// alone. The stories write nearly all of them; the rest are told here.
func TestSentence_knowsEveryKind(t *testing.T) {
	b := &builder{Input: Input{Run: runbook.NewRun()}, rep: &Report{}}
	for _, e := range []runbook.Event{
		runbook.RunOpened{},
		runbook.BookOpened{},
		runbook.MomentSet{},
		runbook.PreflightChecked{},
		runbook.RoleTaken{},
		runbook.CommandPassed{},
		runbook.CommandAccepted{},
		runbook.RunLeft{},
		runbook.RunResumed{},
		runbook.RunEnded{},
		runbook.SignedOff{},
		runbook.StepEntered{},
		runbook.StepFinished{},
		runbook.StepSkipped{},
		runbook.StepReopened{},
		runbook.ChoiceMade{},
		runbook.ItemTicked{},
		runbook.QuestionAnswered{},
		runbook.BlockArmed{},
		runbook.BlankFilled{},
		runbook.BlockEdited{},
		runbook.ObjectiveReached{},
		runbook.ObjectiveLost{},
		runbook.CommandIntended{},
		runbook.TargetIdentified{},
		runbook.DangerConfirmed{},
		runbook.CommandStarted{},
		runbook.CommandFinished{},
		runbook.OutcomeUnknown{},
		runbook.HoldReleased{},
		runbook.FactReported{},
		runbook.NoteTaken{},
		runbook.Corrected{},
		runbook.SecretGiven{},
		runbook.ClockPaused{},
		runbook.ClockResumed{},
		runbook.ClockJumped{},
		runbook.WarningGiven{},
		runbook.WrittenLate{},
		runbook.Unknown{Kind: "x", V: 2},
	} {
		kind, _ := runbook.KindOf(e)
		if text := b.sentence(runbook.Record{Seq: 1, Kind: kind, Event: e}); strings.HasPrefix(text, "An event of the kind") {
			t.Errorf("%s has no sentence", kind)
		}
	}
	if text := b.sentence(runbook.Record{Seq: 1, Kind: "run_sealed", Event: runbook.RunSealed{}}); text != "An event of the kind run_sealed" {
		t.Errorf("an event of the station is told as %q", text)
	}
}

// cells splits a row as a reader of Markdown does: at pipes that are not
// escaped.
func cells(row string) []string {
	var out []string
	var cell strings.Builder
	for i := 0; i < len(row); i++ {
		switch {
		case row[i] == '\\' && i+1 < len(row):
			cell.WriteString(row[i : i+2])
			i++
		case row[i] == '|':
			out = append(out, strings.TrimSpace(cell.String()))
			cell.Reset()
		default:
			cell.WriteByte(row[i])
		}
	}
	return out[1:] // nothing stands before the first pipe
}

// outside gives the lines that stand outside fenced blocks, and fails if a
// block isn't closed.
func outside(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	bar := ""
	for _, line := range strings.Split(text, "\n") {
		ticks := len(line) - len(strings.TrimLeft(line, "`"))
		switch {
		case bar == "" && ticks >= 3:
			bar = line[:ticks]
		case bar != "" && ticks >= len(bar) && strings.TrimLeft(line, "`") == "":
			bar = ""
		case bar == "":
			out = append(out, line)
		}
	}
	if bar != "" {
		t.Error("a fenced block is never closed")
	}
	return out
}

// TestMarkdown_keepsItsStructure: whatever the log says, every row has as many
// cells as its table's head, no cell is empty, and no line begins anything that
// the report didn't begin.
func TestMarkdown_keepsItsStructure(t *testing.T) {
	known := regexp.MustCompile(`^(#{1,3} .+|[|>] ?.*|- .+|---|[^\s#>|=+*<~\x60-].*|)$`)
	every(t, func(t *testing.T, _ Input, rep *Report) {
		t.Helper()
		text := string(markdown(t, rep))
		if !utf8.ValidString(text) {
			t.Error("it is no UTF-8")
		}
		columns, titles := 0, 0
		for _, line := range outside(t, text) {
			if strings.HasPrefix(line, "# ") {
				titles++
			}
			if !known.MatchString(line) {
				t.Errorf("a line begins something: %q", line)
			}
			if !strings.HasPrefix(line, "|") {
				columns = 0
				continue
			}
			row := cells(line)
			if columns == 0 {
				columns = len(row)
			}
			if len(row) != columns || slices.Contains(row, "") {
				t.Errorf("a row of %d cells in a table of %d, or an empty one: %q", len(row), columns, line)
			}
		}
		if titles != 1 {
			t.Errorf("%d titles", titles)
		}
	})
}

// TestMarkdown_isInert: nothing that is typed into a log can act in what is
// read: no markup, no HTML, no control characters, none that hide or turn text.
func TestMarkdown_isInert(t *testing.T) {
	text := string(markdown(t, stories["hostile"](t).report()))
	if i := strings.IndexFunc(text, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r == 0x7f || r == 0x202e }); i >= 0 {
		t.Errorf("a character that acts stands at byte %d: %q", i, text[i:min(len(text), i+20)])
	}
	acts := regexp.MustCompile("(^|[^\\\\])(\\\\\\\\)*([<\\[`*|])")
	for _, line := range outside(t, text) {
		body := strings.TrimPrefix(strings.TrimPrefix(line, "> "), "- ")
		if strings.HasPrefix(line, "|") {
			body = strings.Join(cells(line), " ")
		}
		if m := acts.FindString(body); m != "" {
			t.Errorf("%q is not escaped in %q", m, line)
		}
	}
	if !strings.Contains(text, "数据库") || !strings.Contains(text, "␛") {
		t.Error("text that only has to be shown got lost")
	}
}

// TestFence: the fence is longer than any run of backticks in the text.
func TestFence(t *testing.T) {
	for _, c := range []struct{ text, bar string }{{"ls", "```"}, {"a ``` b", "````"}, {"``````\n```", "```````"}, {"", "```"}} {
		got := fence(c.text)
		if first, _, _ := strings.Cut(got, "text\n"); first != c.bar {
			t.Errorf("fence of %q begins with %q, want %q", c.text, first, c.bar)
		}
		if left := outside(t, got+"after"); len(left) != 1 || left[0] != "after" {
			t.Errorf("after the fence of %q stands %q", c.text, left)
		}
	}
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0:00"},
		{42 * time.Second, "0:42"},
		{14*time.Minute + 8*time.Second, "14:08"},
		{3723 * time.Second, "1:02:03"},
		{time.Hour - time.Millisecond, "59:59"},
		{time.Hour, "1:00:00"},
		{24 * time.Hour, "24:00:00"},
		{-5 * time.Minute, "-5:00"},
		{-time.Millisecond, "0:00"},
		{-1 << 63, "-2562047:47:16"},
	} {
		if got := clock(c.d); got != c.want {
			t.Errorf("clock(%d) = %s, want %s", int64(c.d), got, c.want)
		}
	}
}

// TestSummary_isShort: five lines, each of one line, for every prefix.
func TestSummary_isShort(t *testing.T) {
	every(t, func(t *testing.T, _ Input, rep *Report) {
		t.Helper()
		if len(rep.Summary) > 5 {
			t.Errorf("%d lines", len(rep.Summary))
		}
	})
}

// TestDrill_saysSoTwice: a drill can't be taken for an incident at either end,
// and an incident is never called an exercise.
func TestDrill_saysSoTwice(t *testing.T) {
	for _, name := range sortedKeys(stories) {
		rep := stories[name](t).report()
		text := markdown(t, rep)
		want := 0
		if rep.Drill {
			want = 2
		}
		if n := bytes.Count(text, []byte(exercise)); n != want {
			t.Errorf("%s says %d times that it is an exercise, want %d", name, n, want)
		}
		if rep.Drill && !bytes.HasSuffix(text, []byte(exercise+"\n")) {
			t.Errorf("%s doesn't end as an exercise", name)
		}
	}
}
