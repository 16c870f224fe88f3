package runbook

import (
	"testing"
	"time"
)

func minutes(n ...int) []time.Duration {
	out := make([]time.Duration, len(n))
	for i, m := range n {
		out[i] = time.Duration(m) * minute
	}
	return out
}

func TestUsualOf_nearestRank(t *testing.T) {
	for _, c := range []struct {
		times       []time.Duration
		median, p90 int
	}{
		{minutes(7), 7, 7},
		{minutes(9, 1), 1, 9},
		{minutes(3, 1, 2), 2, 3},
		{minutes(4, 3, 2, 1), 2, 4},
		{minutes(10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 5, 9},
		{minutes(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 6, 10},
	} {
		u, ok := UsualOf(c.times)
		if !ok || u.Median != time.Duration(c.median)*minute || u.P90 != time.Duration(c.p90)*minute || u.N != len(c.times) {
			t.Errorf("%v: %+v", c.times, u)
		}
	}
	if _, ok := UsualOf(nil); ok {
		t.Error("something is known of nothing")
	}
}

const paced = `book dc
objective downtime 30m
objective critical 1h
objective full 4h
step a takes=5m
check A
step b reached=critical
command import takes=7m
command only-live takes=2m when=live
step c
check nobody knows
step d when=live takes=3h
check Only live
step e reached=full takes=10m
check E`

func pacedWorld(t *testing.T, mode Mode) *world {
	t.Helper()
	w := newWorld(t, parseBooks(t, lines(paced))...)
	w.open(mode, w.shelf["dc"])
	return w
}

func nothing(*Step) (Usual, bool) { return Usual{}, false }

func TestPaceOf_authorsGuess(t *testing.T) {
	w := pacedWorld(t, Drill)
	b := w.shelf["dc"]
	p := PaceOf(b, w.run, nothing, clock("02:00"))
	if p.Unknown != 1 || !p.End.Equal(clock("02:22")) {
		t.Errorf("end %v, unknown %d", p.End, p.Unknown)
	}
	if !p.At["critical"].Equal(clock("02:12")) || !p.At["full"].Equal(clock("02:22")) || !p.At["downtime"].Equal(clock("02:12")) {
		t.Errorf("%v", p.At)
	}
	if !p.Latest["critical"].Equal(clock("02:48")) || !p.Latest["downtime"].Equal(clock("02:18")) {
		t.Errorf("%v", p.Latest)
	}
	if live := PaceOf(b, pacedWorld(t, Live).run, nothing, clock("02:00")); !live.End.Equal(clock("05:24")) {
		t.Errorf("live: %v", live.End)
	}
}

func TestPaceOf_historyAndWhatIsSpent(t *testing.T) {
	w := pacedWorld(t, Drill)
	b := w.shelf["dc"]
	usual := func(s *Step) (Usual, bool) {
		return Usual{Median: 10 * minute, P90: 20 * minute, N: 3}, s.ID == "a" || s.ID == "b"
	}
	must(t, w.decide(Enter{"dc/a"}, Second{}))
	// Four of the ten minutes are over, sixteen of the twenty remain.
	p := PaceOf(b, w.run, usual, clock("02:04"))
	if !p.At["critical"].Equal(clock("02:20")) || !p.Latest["critical"].Equal(clock("02:24")) {
		t.Errorf("%v %v", p.At, p.Latest)
	}
	// A step that takes longer than ever takes no less than nothing.
	if p := PaceOf(b, w.run, usual, clock("02:40")); !p.At["critical"].Equal(clock("02:50")) {
		t.Errorf("%v", p.At)
	}
	w.now = clock("02:10")
	must(t, w.decide(Mark{Name: "pause", Reason: "lunch"}, Second{}))
	w.now = clock("02:15")
	must(t, w.decide(Mark{Name: "resume"}, Second{}))
	if p := PaceOf(b, w.run, usual, clock("02:16")); !p.Latest["critical"].Equal(clock("02:41")) {
		t.Errorf("a pause moves the latest start: %v", p.Latest)
	}
}

func TestPaceOf_nothingIsKnown(t *testing.T) {
	b := parseBooks(t, lines("book x\nstep a\ncheck A"))[0]
	w := newWorld(t, b)
	w.open(Live, b)
	if p := PaceOf(b, w.run, nothing, clock("02:00")); !p.End.IsZero() || p.Unknown != 1 {
		t.Errorf("%+v", p)
	}
}

func TestWarnings_areSaidOnce(t *testing.T) {
	w := pacedWorld(t, Live)
	b := w.shelf["dc"]
	if p := PaceOf(b, w.run, nothing, clock("02:17")); len(p.Latest) == 0 || !p.Guessed["downtime"] {
		t.Fatalf("what the author guessed counts as known: %+v", p)
	} else if got := Warnings(Clocks(b, w.run, clock("02:17")), p, w.run, clock("02:17")); len(got) != 0 {
		t.Errorf("an alarm about a guess: %v", got)
	}
	known := func(s *Step) (Usual, bool) {
		u, _ := guess(s, Live)
		u.N = 3
		return u, true
	}
	warn := func(at string) []WarningGiven {
		w.now = clock(at)
		out := Warnings(Clocks(b, w.run, w.now), PaceOf(b, w.run, known, w.now), w.run, w.now)
		for _, e := range out {
			w.append(e)
		}
		return out
	}
	for _, c := range []struct {
		at   string
		want []WarningGiven
	}{
		{"02:10", nil},
		{"02:17", []WarningGiven{{"downtime", "latest_start"}}},
		{"02:23", []WarningGiven{{"downtime", "75"}}},
		{"02:24", nil},
		{"02:30", []WarningGiven{{"downtime", "100"}}},
		// Nobody looked for a while: what is over needs no 75.
		{"03:10", []WarningGiven{{"critical", "100"}, {"full", "latest_start"}}},
		{"03:20", nil},
	} {
		got := warn(c.at)
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.at, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.at, got, c.want)
			}
		}
	}
	w.append(RunEnded{State: "failed", Reason: "x"})
	if got := warn("07:00"); len(got) != 0 {
		t.Errorf("after the end: %v", got)
	}
}

func TestHeadOf(t *testing.T) {
	w := pacedWorld(t, Live)
	must(t, w.decide(Enter{"dc/a"}, Second{}))
	w.now = clock("02:05")
	must(t, w.decide(Tick{Item: "dc/a/1", Different: "it was open"}, Second{}))
	n, err := w.intend("dc/b/1", "")
	must(t, err)
	w.now = clock("02:09")
	w.finish(n, end{})
	w.append(BookOpened{Book: "dc", Why: "edited"})
	h := HeadOf(w.books, w.run, w.now)
	if h.State != "open" || h.Exit != 130 || h.Done != 1 || h.Of != 5 || h.Deviations != 1 || len(h.Books) != 1 || h.Title != "dc" || h.Seq != w.run.Seq {
		t.Errorf("%+v", h)
	}
	if got := h.Spent["dc/a"]; got != (StepTime{Hash: "h-a", Spent: 5 * minute}) || len(h.Spent) != 1 {
		t.Errorf("%+v", h.Spent)
	}
	if w.run.MachineTime("dc/b") != 4*minute {
		t.Errorf("machine time %v", w.run.MachineTime("dc/b"))
	}
	data, err := h.Encode()
	must(t, err)
	back, err := DecodeHead(data)
	must(t, err)
	again, _ := back.Encode()
	if string(again) != string(data) {
		t.Errorf("%s\n%s", data, again)
	}
	if _, err := DecodeHead([]byte("no")); err == nil {
		t.Error("a head that is none was read")
	}
	w.append(RunEnded{State: "failed", Reason: "x"})
	if h := HeadOf(Books{}, w.run, w.now); h.Exit != 1 || h.State != "failed" {
		t.Errorf("without its books: %+v", h)
	}
}

func TestUsuals_apartByModeAndText(t *testing.T) {
	b := parseBooks(t, lines("book dc\nstep a\ncheck A"))[0]
	head := func(mode Mode, auto bool, hash string, spent int) Head {
		return Head{Mode: mode, Auto: auto, Spent: map[string]StepTime{"dc/a": {Hash: hash, Spent: time.Duration(spent) * minute}}}
	}
	usual := Usuals([]Head{
		head(Live, false, "h-a", 1), head(Live, false, "h-a", 3), head(Live, false, "other text", 9),
		head(Live, true, "h-a", 0), head(Drill, false, "h-a", 60),
	}, Live)
	u, ok := usual(b, &b.Steps[0])
	if !ok || u.N != 2 || u.Median != minute || u.P90 != 3*minute {
		t.Errorf("%+v", u)
	}
	if _, ok := usual(b, &Step{ID: "a", Hash: "new"}); ok {
		t.Error("the times of another text count")
	}
}

// TestPace_takesTheShortestWay: where a choice is still to be made, only one of
// its branches is ahead, and the alarm is about the shortest.
func TestPace_takesTheShortestWay(t *testing.T) {
	choice := Item{ID: "ask/1", Kind: Choice, Options: []Option{
		{Text: "slow", Step: "slow", Section: []string{"slow"}},
		{Text: "fast", Step: "fast", Section: []string{"fast"}},
	}}
	step := func(id string, takes time.Duration, items ...Item) Step {
		if items == nil {
			items = []Item{{ID: id + "/1", Kind: Check, Text: id}}
		}
		return Step{ID: id, Title: id, Takes: takes, Items: items}
	}
	b := &Book{Name: "b", Objectives: []Objective{{Name: "critical", Limit: time.Hour}}, Steps: []Step{
		step("ask", time.Minute, choice), step("slow", 2*time.Hour), step("fast", 10*time.Minute), step("after", 5*time.Minute),
	}}
	b.Steps[3].Reached = []string{"critical"}
	r := NewRun()
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	r.Mode, r.Opened = Live, now
	p := PaceOf(b, r, func(*Step) (Usual, bool) { return Usual{}, false }, now)
	if want := now.Add(16 * time.Minute); !p.End.Equal(want) || !p.At["critical"].Equal(want) {
		t.Errorf("it ends %v, critical at %v, want %v", p.End, p.At["critical"], want)
	}
	if want := now.Add(44 * time.Minute); !p.Latest["critical"].Equal(want) {
		t.Errorf("latest start %v, want %v", p.Latest["critical"], want)
	}
	r.Steps["b/fast"] = &StepState{Status: NotTaken}
	r.Items["b/ask/1"] = &ItemState{Done: true}
	if p := PaceOf(b, r, func(*Step) (Usual, bool) { return Usual{}, false }, now); !p.End.Equal(now.Add(126 * time.Minute)) {
		t.Errorf("with the slow way taken it ends %v", p.End)
	}
}
