package words

import (
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
)

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{
		7 * time.Millisecond: "7 ms", 1500 * time.Millisecond: "1.5 s", 9990 * time.Millisecond: "10.0 s", 75 * time.Second: "1:15",
	} {
		if got := Seconds(d); got != want {
			t.Errorf("Seconds(%s) = %s", d, got)
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

// TestTimeLeft: a step's line tells of the two clocks that end first, and of all
// that are over.
func TestTimeLeft(t *testing.T) {
	s := opened(t, "---\nlifeboat: 1\nobjectives: {full: 24h, downtime: 15m, critical: 1h, noncritical: 4h}\n---\n# Book\n\n## One\n\n- [ ] First\n")
	for after, want := range map[time.Duration]string{
		0:                "left: acceptable downtime 15:00, critical systems 1:00:00",
		15 * time.Minute: "OVER by: acceptable downtime 0:00; left: critical systems 45:00, non-critical systems 3:45:00",
		25 * time.Hour:   "OVER by: acceptable downtime 24:45:00, critical systems 24:00:00, non-critical systems 21:00:00, full recovery 1:00:00",
	} {
		if got := s.TimeLeft(at.Add(after)); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
}

const walked = `---
lifeboat: 1
objectives: {critical: 1h}
---
# Book

## Assess

### Declare
<!-- lifeboat: role=commander -->

- [ ] Say who commands
- [ ] Is it spreading: ____ (yes / no)
- [ ] Since: ____ (UTC)
- [ ] What is wrong: ____ (one line)
- [ ] Why: ____

` + "```sh {name=try expect=fine}\ntry it, and try it again, until somebody has seen that it works as it should\nand more\n```" + `

### Watch
<!-- lifeboat: witness -->

- [ ] Look

## Clean up (optional)

- [ ] Last
`

// TestStep: the line of a step tells its place, whose it is and what is special
// about it.
func TestStep(t *testing.T) {
	s := opened(t, walked)
	for want, e := range map[string]runbook.StepEntered{
		"1. Assess · Declare (0 of 3 done, for the commander)\nleft: critical systems 45:00":         {Step: "book/declare", By: "next"},
		"2. Assess · Watch (0 of 3 done, back, needs a second person)\nleft: critical systems 45:00": {Step: "book/watch", By: "back"},
		"3. Clean up (0 of 3 done, detour, optional)\nleft: critical systems 45:00":                  {Step: "book/clean-up-optional", By: "detour"},
		"book/gone": {Step: "book/gone", By: "jump"},
	} {
		if got := s.Step(e, at.Add(15*time.Minute)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNames: what the book has is named by its text, and what it lacks by its
// reference.
func TestNames(t *testing.T) {
	s := opened(t, walked)
	for ref, want := range map[runbook.Ref]string{
		"book/declare":   "Declare",
		"book/declare/1": "Say who commands",
		"book/declare/6": "$ try it, and try it again, until somebody has seen that it works as it should",
		"book/gone":      "book/gone",
		"book/gone/1":    "book/gone/1",
		"other/declare":  "other/declare",
	} {
		if got := s.Ref(ref); got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
	s.happens(at, runbook.StepEntered{Step: "book/declare", By: "next"}, runbook.StepSkipped{Step: "book/declare", Reason: "no time"})
	s.happens(at, runbook.ItemTicked{Item: "book/watch/1", As: "confirmed", Different: "it was open"})
	for i, want := range []string{"skipped Declare: no time", "different Look"} {
		if got := s.Deviation(s.Run.Deviations[i]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestHandOver: whoever takes a run over is told where it stands.
func TestHandOver(t *testing.T) {
	s := opened(t, walked)
	s.does(runbook.Enter{Step: "book/declare"})
	want := `0 of 3 steps done; now at "Declare"; next: tick "Say who commands"; left: critical systems 50:00`
	if got := s.HandOver(runbook.Next(s.Books, s.Run), at.Add(10*time.Minute)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestHeld: a hold names its kind, its reason and the command, cut to what fits.
func TestHeld(t *testing.T) {
	s := opened(t, walked)
	try := runbook.Ref("book/declare/6")
	s.happens(at, runbook.StepEntered{Step: "book/declare", By: "next"})
	ends := func(n int, e runbook.CommandFinished) string {
		_, _, it, _ := s.Books.Item(try)
		e.Attempt, e.Why = n, runbook.Exited
		s.happens(at, runbook.CommandIntended{Attempt: n, Item: try, Text: it.Blocks[0].Text}, runbook.CommandStarted{Attempt: n}, e)
		st := s.Run.Item(try)
		return s.Held(runbook.Move{Item: try, Hold: st.Hold, Why: st.Why})
	}
	const cut = ": $ try it, and try it again, until somebody has seen that it w…"
	if got := ends(1, runbook.CommandFinished{Exit: 3}); got != "it failed (exit 3)"+cut {
		t.Errorf("%q", got)
	}
	if got := ends(2, runbook.CommandFinished{Expected: "missed"}); !strings.HasPrefix(got, "not as expected (") || !strings.HasSuffix(got, cut) {
		t.Errorf("%q", got)
	}
	if got := s.Held(runbook.Move{Item: try, Hold: runbook.Unsure, Why: "nobody\nknows"}); got != "nobody knows" {
		t.Errorf("%q", got)
	}
}

// TestAsked: a question says what may be answered.
func TestAsked(t *testing.T) {
	s := opened(t, walked)
	for item, want := range map[runbook.Ref]string{
		"book/declare/1": "what Next says",
		"book/declare/2": "Is it spreading (yes / no)",
		"book/declare/3": "Since (a time: now, -20m, 03:10, 03:10 UTC)",
		"book/declare/4": "What is wrong (one line)",
		"book/declare/5": "Why",
		"book/gone/1":    "what Next says",
	} {
		if got := s.Asked(runbook.Move{Item: item, Say: "what Next says"}); got != want {
			t.Errorf("%s: %q, want %q", item, got, want)
		}
	}
}

// TestClocks: there are none before a book is open, nor without its text.
func TestClocks(t *testing.T) {
	s := newStory(t, walked)
	s.happens(at, runbook.RunOpened{Run: "01JABCDEF", Mode: runbook.Drill, Target: "practice"})
	if c := s.Clocks(at); c != nil {
		t.Errorf("clocks without a book: %v", c)
	}
	s.happens(at, runbook.BookOpened{Book: "book", Why: "start"})
	if c := s.Clocks(at.Add(time.Minute)); len(c) != 1 || c[0].Judged.Max != time.Minute {
		t.Errorf("%v", c)
	}
	s.Books = nil
	if c := s.Clocks(at); c != nil {
		t.Errorf("clocks without its text: %v", c)
	}
	if left := s.TimeLeft(at); left != "" {
		t.Errorf("left: %q", left)
	}
}

// TestBoth: local time is told where it differs from UTC.
func TestBoth(t *testing.T) {
	for want, zone := range map[string]*time.Location{
		"2000-01-01 00:00:00Z":             nil,
		"2000-01-01 00:00:00Z (01:00 CET)": time.FixedZone("CET", 3600),
		"2000-01-01 00:00:00Z (19:00 EST)": time.FixedZone("EST", -5*3600),
	} {
		if got := (Teller{Zone: zone}).Both(at); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := (Teller{Zone: time.UTC}).Both(at.In(time.FixedZone("CET", 3600))); got != "2000-01-01 00:00:00Z" {
		t.Errorf("%q", got)
	}
}

// TestPlace: neither the mode nor the target can be mistaken.
func TestPlace(t *testing.T) {
	for _, c := range []struct {
		place, banner string
		opened        runbook.RunOpened
	}{
		{"DRILL practice", "DRILL (exercise)", runbook.RunOpened{Mode: runbook.Drill, Target: "practice"}},
		{"DRILL production", "DRILL (exercise)", runbook.RunOpened{Mode: runbook.Drill, Target: "production", Production: true}},
		{"LIVE staging", "LIVE", runbook.RunOpened{Mode: runbook.Live, Target: "staging"}},
		{"LIVE PRODUCTION", "LIVE ON PRODUCTION", runbook.RunOpened{Mode: runbook.Live, Target: "Production", Production: true}},
		{"LIVE PRODUCTION eu", "LIVE ON PRODUCTION", runbook.RunOpened{Mode: runbook.Live, Target: "eu", Production: true}},
	} {
		r := &runbook.Run{RunOpened: c.opened}
		if place, banner := Place(r), Banner(r); place != c.place || banner != c.banner {
			t.Errorf("%q and %q, want %q and %q", place, banner, c.place, c.banner)
		}
	}
	if got := Place(nil); got != "" {
		t.Errorf("without a run: %q", got)
	}
}

func TestObjective(t *testing.T) {
	for name, want := range map[string][2]string{
		"downtime":       {"acceptable downtime", "downtime"},
		"critical":       {"critical systems", "critical"},
		"noncritical":    {"non-critical systems", "non-critical"},
		"full":           {"full recovery", "full"},
		"data_loss":      {"data loss", "data loss"},
		"notify":         {"notify", "notify"},
		"tell_customers": {"tell customers", "tell customers"},
	} {
		if got := [2]string{Objective(name), ShortObjective(name)}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestTexts: what shortens a text says that something is missing.
func TestTexts(t *testing.T) {
	for got, want := range map[string]string{
		OneLine(" one \n"):        "one",
		OneLine("one\ntwo"):       "one …",
		Flat(" one\ntwo\n"):       "one two",
		Cut("enough", 6):          "enough",
		Cut("too much", 6):        "too m…",
		Cut("你好你好", 6):            "你好…",
		Cut("e\u0301e\u0301e", 2): "e\u0301…",
		Join("left", ""):          "left",
		Join("left", "no time"):   "left: no time",
		Lines(1):                  "1 line",
		Lines(0):                  "0 lines",
		Lines(12345):              "12,345 lines",
		Tail("01JABCDEF"):         "abcdef",
		Tail("short"):             "short",
		Stamp(at):                 "2000-01-01 00:00:00Z",
		Spread(runbook.Range{Min: time.Minute, Max: time.Minute}): "1:00",
		Spread(runbook.Range{Min: time.Minute, Max: time.Hour}):   "1:00 to 1:00:00",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
