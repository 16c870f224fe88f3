package runbook

import (
	"slices"
	"testing"
	"time"
)

// limits are the objectives of the vectors: critical under 1 h, the others
// under 4 h and 24 h, data loss under 1 h, downtime under 15 min.
var limits = &Book{Name: "b", Objectives: []Objective{
	{"downtime", 15 * time.Minute}, {"critical", time.Hour}, {"noncritical", 4 * time.Hour}, {"full", 24 * time.Hour}, {DataLoss, time.Hour},
}, Steps: []Step{{ID: "s", Reached: []string{"critical", "noncritical", "full"}}}}

// A history is a run made of what happened when, without a walk.
type history struct {
	t *testing.T
	r *Run
}

func past(t *testing.T, mode Mode, declared string) *history {
	t.Helper()
	h := &history{t: t, r: NewRun()}
	h.add(declared, RunOpened{Run: "r", Mode: mode})
	return h
}

func (h *history) add(at string, e Event) *history {
	h.t.Helper()
	kind, v, data, err := Encode(Meta{}, e)
	if err != nil {
		h.t.Fatal(err)
	}
	m, e, err := Decode(kind, v, data)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.r.Apply(Record{Seq: h.r.Seq + 1, Time: clock(at), Kind: kind, Meta: m, Event: e}); err != nil {
		h.t.Fatal(err)
	}
	return h
}

func (h *history) moment(name, at string) *history {
	return h.add(at, MomentSet{Name: name, Moment: clock(at)})
}

func (h *history) reached(objective, at string) *history {
	return h.add(at, ObjectiveReached{Objective: objective, Step: "b/s"})
}

func (h *history) lost(objective, at string) *history {
	return h.add(at, ObjectiveLost{Objective: objective})
}

// clock is an objective's clock at a moment.
func (h *history) clock(objective, at string) Clock {
	h.t.Helper()
	clocks := Clocks(limits, h.r, clock(at))
	i := slices.IndexFunc(clocks, func(c Clock) bool { return c.Name == objective })
	if i < 0 {
		h.t.Fatalf("no clock %s", objective)
	}
	return clocks[i]
}

// judged checks what an objective comes to.
func (h *history) judged(objective, at string, least, most time.Duration, v Verdict) {
	h.t.Helper()
	if c := h.clock(objective, at); c.Judged != (Range{least, most}) || c.Verdict != v {
		h.t.Errorf("%s: %v to %v, %s; want %v to %v, %s", objective, c.Judged.Min, c.Judged.Max, c.Verdict, least, most, v)
	}
}

func (h *history) took(name string, want time.Duration) {
	h.t.Helper()
	for _, x := range Timings(h.r) {
		if x.Name == name {
			if !x.Known || x.Took != (Range{want, want}) {
				h.t.Errorf("%s: %v (known %v), want %v", name, x.Took, x.Known, want)
			}
			return
		}
	}
	h.t.Errorf("no timing %q", name)
}

const (
	minute = time.Minute
	hour   = time.Hour
)

// Each test below is one of the vectors of the measuring rules.

func TestV1_allTimings(t *testing.T) {
	h := past(t, Live, "02:12").moment("began", "02:00").moment("detected", "02:07").moment("acknowledged", "02:09").
		moment("recovery_point", "01:30").moment("writes_stopped", "02:20").moment("restored", "02:41").
		reached("critical", "02:48").reached("noncritical", "03:30").reached("full", "07:15").
		add("07:20", RunEnded{State: "recovered"}).add("07:30", SignedOff{Person: "carla"})
	h.judged("critical", "08:00", 48*minute, 48*minute, Met)
	h.judged("noncritical", "08:00", 90*minute, 90*minute, Met)
	h.judged("full", "08:00", 5*hour+15*minute, 5*hour+15*minute, Met)
	h.judged("downtime", "08:00", 48*minute, 48*minute, Missed)
	h.judged(DataLoss, "08:00", 30*minute, 30*minute, Met)
	h.took("recovery since detection", 41*minute)
	h.took("recovery since declaration", 36*minute)
	h.took("time to recover", 48*minute)
	h.took("discarded writes", 50*minute)
	h.took("time to detect", 7*minute)
	h.took("time to acknowledge", 2*minute)
	h.took("time to declare", 5*minute)
	h.took("time to contain", 13*minute)
	h.took("time to restore data", 41*minute)
	h.took("time to close", 5*hour+30*minute)
	if got := Exit(Clocks(limits, h.r, clock("08:00")), h.r); got != 3 {
		t.Errorf("exit %d, want 3: the acceptable downtime was missed", got)
	}
	if d := Disorder(h.r); len(d) != 0 {
		t.Errorf("in order, but %v", d)
	}
}

func TestV2_exactlyTheLimitFails(t *testing.T) {
	h := past(t, Live, "02:00").reached("critical", "03:00:00")
	h.judged("critical", "03:00", hour, hour, Missed)
}

func TestV3_aMillisecondLessPasses(t *testing.T) {
	h := past(t, Live, "02:00").reached("critical", "02:59:59.999")
	h.judged("critical", "03:00", hour-time.Millisecond, hour-time.Millisecond, Met)
}

func TestV4_anIntervalCanBeIndeterminate(t *testing.T) {
	h := past(t, Live, "02:10").add("02:10", MomentSet{Name: "began", Moment: clock("01:40"), Latest: clock("02:00")}).
		reached("critical", "02:48")
	h.judged("critical", "03:00", 48*minute, 68*minute, Indeterminate)
	h.add("03:00", RunEnded{State: "recovered"})
	if got := Exit(Clocks(limits, h.r, clock("03:00")), h.r); got != 3 {
		t.Errorf("exit %d, want 3", got)
	}
	if c := h.clock("critical", "03:00"); c.Left != -8*minute || c.Level != 100 {
		t.Errorf("left %v, level %d: the worse end counts", c.Left, c.Level)
	}
}

func TestV5_contaminatedIsNoPass(t *testing.T) {
	h := past(t, Live, "02:10").moment("began", "02:00")
	h.add("02:11", CommandIntended{Attempt: 1, Item: "b/s/1", Text: "pick"}).add("02:11", CommandFinished{Attempt: 1, Why: Exited}).
		add("02:11", FactReported{Name: "recovery_point", Value: "2026-08-22T02:30:00Z", Attempt: 1})
	h.judged(DataLoss, "03:00", 0, 0, NotClean)
	if it := h.r.Item("b/s/1"); it.Hold != Contaminated || it.Next != 0 {
		t.Errorf("hold %q, next %d: the backup must be refused", it.Hold, it.Next)
	}
	if loss, contaminated := Loss(clock("02:00"), time.Time{}, clock("02:30")); loss != (Range{}) || !contaminated {
		t.Errorf("%v %v", loss, contaminated)
	}
	// At the very moment it is clean; within an interval it is not.
	if _, contaminated := Loss(clock("02:00"), time.Time{}, clock("02:00")); contaminated {
		t.Error("a backup of that moment holds no damage")
	}
	if loss, contaminated := Loss(clock("01:40"), clock("02:00"), clock("01:50")); loss != (Range{0, 10 * minute}) || !contaminated {
		t.Errorf("%v %v", loss, contaminated)
	}
}

func TestV6_segmentsAddUp(t *testing.T) {
	h := past(t, Live, "02:00").reached("critical", "02:20").lost("critical", "02:50").reached("critical", "03:05")
	h.judged("downtime", "04:00", 35*minute, 35*minute, Missed)
	h.judged("critical", "04:00", 65*minute, 65*minute, Missed)
}

func TestV7_aDrillMayPause(t *testing.T) {
	h := past(t, Drill, "10:00").add("10:20", ClockPaused{Reason: "fire alarm"}).add("10:30", ClockResumed{}).reached("critical", "11:05")
	h.judged("critical", "12:00", 55*minute, 55*minute, Met)
	c := h.clock("critical", "12:00")
	if c.Raw != (Range{65 * minute, 65 * minute}) || c.Paused != 10*minute {
		t.Errorf("raw %v, paused %v", c.Raw, c.Paused)
	}
	if share := c.PauseShare(); share < 0.15 || share >= 0.16 {
		t.Errorf("share %v, want 15 %%", share)
	}
	if (Clock{}).PauseShare() != 0 {
		t.Error("nothing was paused in no time")
	}
}

func TestV8_aLiveRunDoesNot(t *testing.T) {
	h := past(t, Live, "10:00").add("10:20", ClockPaused{Reason: "vendor"}).add("10:30", ClockResumed{}).reached("critical", "11:05")
	h.judged("critical", "12:00", 65*minute, 65*minute, Missed)
	if _, err := Decide(Books{}, h.r, Mark{Name: "pause", Reason: "vendor"}, Second{}, clock("10:20")); err == nil {
		t.Error("a live pause was not refused")
	}
}

func TestV9_aStepOfTheClockIsCorrectedWhenConfirmed(t *testing.T) {
	h := past(t, Live, "02:00").add("02:25", ClockJumped{Delta: -5 * minute, Clock: "step"})
	jump := h.r.Seq
	h.reached("critical", "02:43")
	h.judged("critical", "03:00", 43*minute, 43*minute, Met)
	h.add("03:00", Corrected{Seq: jump})
	h.judged("critical", "03:00", 48*minute, 48*minute, Met)
	if c := h.clock("critical", "03:00"); c.Raw != (Range{43 * minute, 43 * minute}) || c.Jumped != -5*minute {
		t.Errorf("raw %v, jumped %v", c.Raw, c.Jumped)
	}
	if j := h.r.Jumps[0]; j.Seq != jump || !j.Confirmed {
		t.Errorf("%+v", j)
	}
}

func TestV10_sleepCounts(t *testing.T) {
	h := past(t, Live, "02:00").add("02:00", BookOpened{Book: "b", Why: "start"}).add("02:00", StepEntered{Step: "b/s"}).
		add("02:25", ClockJumped{Delta: 20 * minute, Clock: "suspend"}).add("02:30", StepFinished{Step: "b/s"}).reached("critical", "02:30")
	if got := h.r.Step("b/s").Spent; got != 30*minute {
		t.Errorf("the step took %v, want 30m, the sleep included", got)
	}
	h.add("02:31", Corrected{Seq: 4})
	h.judged("critical", "03:00", 30*minute, 30*minute, Met)
	if j := h.r.Jumps[0]; j.Clock != "suspend" || j.Delta != 20*minute {
		t.Errorf("%+v", j)
	}
}

func TestV11_exposure(t *testing.T) {
	newest := clock("12:00")
	for _, c := range []struct {
		now   string
		age   time.Duration
		v     Verdict
		level int
	}{
		{"12:45", 45 * minute, Met, 75},
		{"13:00", hour, Missed, 100},
		{"13:00:01", hour + time.Second, Missed, 100},
		{"12:44:59", 45*minute - time.Second, Met, 0},
		{"11:59", 0, Met, 0},
	} {
		age, v := Exposure(clock(c.now), newest, hour)
		if age != c.age || v != c.v || level(age, hour) != c.level {
			t.Errorf("%s: %v, %s, %d %%", c.now, age, v, level(age, hour))
		}
	}
}

func TestV12_worstLoss(t *testing.T) {
	worst, longest, v := WorstLoss(hour, 10*minute, 5*minute, hour)
	if worst != 75*minute || v != Missed {
		t.Errorf("%v, %s", worst, v)
	}
	if longest < 44*minute || longest >= 45*minute {
		t.Errorf("an interval of %v would pass, want at least 44m and less than 45m", longest)
	}
	if _, _, v := WorstLoss(44*minute, 10*minute, 5*minute, hour); v != Met {
		t.Errorf("44m: %s", v)
	}
	if _, _, v := WorstLoss(longest, 10*minute, 5*minute, hour); v != Met {
		t.Errorf("the longest interval: %s", v)
	}
}

func TestV13_summerTimeEnds(t *testing.T) {
	edt, est := time.FixedZone("EDT", -4*3600), time.FixedZone("EST", -5*3600)
	began, back := time.Date(2026, 11, 1, 1, 30, 0, 0, edt), time.Date(2026, 11, 1, 1, 15, 0, 0, est)
	h := past(t, Live, "02:00")
	h.add("02:00", MomentSet{Name: "began", Moment: began})
	if err := h.r.Apply(Record{Seq: h.r.Seq + 1, Time: back.UTC(), Event: ObjectiveReached{Objective: "critical"}}); err != nil {
		t.Fatal(err)
	}
	h.judged("critical", "03:00", 45*minute, 45*minute, Met)
}

func TestTimings_missingAndContradicting(t *testing.T) {
	h := past(t, Live, "02:12").moment("detected", "02:20").moment("began", "02:30")
	for _, x := range Timings(h.r) {
		if want := x.Name == "time to detect" || x.Name == "time to declare"; x.Known != want {
			t.Errorf("%s: known %v", x.Name, x.Known)
		}
	}
	h.took("time to detect", -10*minute) // shown as it is
	if d := Disorder(h.r); !slices.Contains(d, [2]string{"began", "detected"}) || !slices.Contains(d, [2]string{"detected", "declared"}) {
		t.Errorf("%v", d)
	}
	h = past(t, Live, "02:12").add("02:12", MomentSet{Name: "began", Moment: clock("01:40"), Latest: clock("02:00")}).moment("detected", "02:07")
	for _, x := range Timings(h.r) {
		if x.Name == "time to detect" && x.Took != (Range{7 * minute, 27 * minute}) {
			t.Errorf("%v", x.Took)
		}
	}
}

func TestClocks_withoutAReachingStep(t *testing.T) {
	b := &Book{Name: "b", Objectives: []Objective{{"critical", hour}, {"notify", 72 * hour}, {DataLoss, hour}}}
	h := past(t, Live, "02:00").moment("detected", "01:00")
	if c := Clocks(b, h.r, clock("02:30"))[1]; c.Judged.Max != 90*minute || c.From != clock("01:00") {
		t.Errorf("the duty to notify counts from detection: %+v", c)
	}
	h.add("02:40", RunEnded{State: "recovered"})
	clocks := Clocks(b, h.r, clock("05:00"))
	if c := clocks[0]; c.Verdict != Met || c.By != "end of the run" || c.Judged.Max != 40*minute {
		t.Errorf("%+v", c)
	}
	if c := clocks[2]; c.Verdict != NotRecorded {
		t.Errorf("%+v", c)
	}
	if got := Exit(clocks, h.r); got != 0 {
		t.Errorf("exit %d", got)
	}
}

// An objective whose step a choice left out stops with the run; one whose step
// was skipped was missed.
func TestClocks_stepNotTaken(t *testing.T) {
	h := past(t, Live, "02:00").add("02:01", BookOpened{Book: "b", Why: "start"}).
		add("02:05", ChoiceMade{Step: "b/c", Item: "b/c/1", To: "b/t", NotTaken: []Ref{"b/s"}}).add("02:10", RunEnded{State: "recovered"})
	h.judged("critical", "05:00", 10*minute, 10*minute, Met)
	h = past(t, Live, "02:00").add("02:05", StepSkipped{Step: "b/s", Reason: "x"}).add("02:10", RunEnded{State: "recovered"})
	h.judged("critical", "05:00", 10*minute, 10*minute, Missed)
}

// Pauses between two outages shorten no outage.
func TestClocks_pauseBetweenOutages(t *testing.T) {
	h := past(t, Drill, "10:00").reached("critical", "10:20").add("10:25", ClockPaused{Reason: "lunch"}).add("10:45", ClockResumed{}).
		lost("critical", "10:50").add("10:52", ClockPaused{Reason: "phone"}).add("10:54", ClockResumed{}).reached("critical", "11:05")
	h.judged("downtime", "12:00", 33*minute, 33*minute, Missed)
	h.judged("critical", "12:00", 43*minute, 43*minute, Met)
	h = past(t, Drill, "10:00").add("10:20", ClockPaused{Reason: "still paused"})
	h.judged("critical", "10:50", 20*minute, 20*minute, Pending)
}

// A run that nobody closed well has missed what it did not reach, and time
// before the beginning counts for nothing.
func TestClocks_edges(t *testing.T) {
	h := past(t, Live, "02:00").moment("began", "02:30")
	h.judged("critical", "02:10", 0, 0, Pending)
	h.add("02:40", RunEnded{State: "failed"})
	h.judged("critical", "09:00", 10*minute, 10*minute, Missed)
	if got := Exit(nil, h.r); got != 1 {
		t.Errorf("exit %d", got)
	}
	if got := Exit(nil, past(t, Live, "02:00").r); got != 130 {
		t.Errorf("exit %d", got)
	}
}
