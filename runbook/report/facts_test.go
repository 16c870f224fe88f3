package report

import (
	"strings"
	"testing"
	"time"

	rb "lifeboat/runbook"
)

func minutes(n float64) Duration { return Duration(n * float64(time.Minute)) }

// TestTimings checks the figures of recovery-practice's first vector and its
// relapse, as the live story tells them.
func TestTimings(t *testing.T) {
	rep := live(t).report()
	want := map[string]Duration{
		"time to detect": minutes(7), "time to acknowledge": minutes(2), "time to declare": minutes(5), "time to contain": minutes(13),
		"time to recover": minutes(65), "recovery since detection": minutes(58), "time to close": minutes(420), "discarded writes": minutes(50),
	}
	told := 0
	for _, got := range rep.Timings {
		w, ok := want[got.Name]
		if ok {
			told++
		}
		if ok && (got.Took == nil || *got.Took != Range{w, w}) {
			t.Errorf("%s is %s, want %s", got.Name, rangeWords(got.Took), w)
		}
	}
	if told != len(want) {
		t.Errorf("%d of %d times are told", told, len(want))
	}
	if d := rep.Downtime.Total; *d != (Range{minutes(63), minutes(63)}) || len(rep.Downtime.Outages) != 2 {
		t.Errorf("downtime %s in %d outages, want 1:03:00 in 2", d, len(rep.Downtime.Outages))
	}
	if l := rep.Loss; *l.Window != (Range{minutes(30), minutes(30)}) || *l.Discarded != (Range{minutes(50), minutes(50)}) || l.Attempt != 4 || len(l.Reported) != 2 {
		t.Errorf("loss %s, discarded %s, attempt %d, %d facts with it", l.Window, l.Discarded, l.Attempt, len(l.Reported))
	}
}

func objective(t *testing.T, rep *Report, name string) Objective {
	t.Helper()
	for _, o := range rep.Objectives {
		if o.Name == name {
			return o
		}
	}
	t.Fatalf("no objective %s", name)
	return Objective{}
}

// TestObjectives checks verdicts in their words: what a manager reads.
func TestObjectives(t *testing.T) {
	for _, c := range []struct{ story, name, words string }{
		{"interval", "critical", "can't be told: between 48:00 and 1:08:00 of 1:00:00"},
		{"interval", "downtime", "missed: between 48:00 and 1:08:00 of 15:00, between 33:00 and 53:00 over"},
		{"interval", "data_loss", "not recorded"},
		{"contaminated", "data_loss", "contaminated"},
		{"contaminated", "full", "missed: not reached before the run ended"},
		{"open", "downtime", "still running, and missed already: 27:31 of 15:00, 12:31 over"},
		{"open", "critical", "still running: 27:31 of 1:00:00, 32:29 left"},
		{"drill", "critical", "met: 50:00 of 1:00:00, 10:00 to spare"},
	} {
		o := objective(t, stories[c.story](t).report(), c.name)
		if !strings.HasPrefix(o.Words, c.words) {
			t.Errorf("%s: %s: %q, want %q", c.story, c.name, o.Words, c.words)
		}
	}
}

// TestObjectives_atTheLimit: reaching the limit is too late, and a millisecond
// less is not.
func TestObjectives_atTheLimit(t *testing.T) {
	for at, want := range map[string]string{
		"03:00:00":     "missed: 1:00:00 of 1:00:00; reaching the limit is too late",
		"02:59:59.999": "met: 59:59 of 1:00:00, 0:00 to spare",
	} {
		s := begin(t, "02:00:00", corruption())
		s.add(rb.RunOpened{Run: "x", Mode: rb.Live}, opened(s.books["corruption"]), rb.MomentSet{Name: "began", Moment: s.now})
		s.at(at).add(rb.ObjectiveReached{Objective: "critical", Step: ref("resume-service")})
		if o := objective(t, s.report(), "critical"); o.Words != want {
			t.Errorf("at %s: %q, want %q", at, o.Words, want)
		}
	}
}

// TestJump shows a change of the wall clock raw, and corrected once an operator
// confirmed it.
func TestJump(t *testing.T) {
	s := begin(t, "02:00:00", corruption())
	s.add(rb.RunOpened{Run: "x", Mode: rb.Live}, opened(s.books["corruption"]), rb.MomentSet{Name: "began", Moment: s.now})
	s.at("02:25:00").add(rb.ClockJumped{Delta: -5 * time.Minute, Clock: "step"})
	jump := s.seq()
	s.at("02:43:00").add(rb.ObjectiveReached{Objective: "critical", Step: ref("resume-service")}, rb.RunEnded{State: "recovered"})
	for _, c := range []struct{ raw, judged Duration }{{minutes(43), minutes(43)}, {minutes(43), minutes(48)}} {
		rep := s.report()
		if o := objective(t, rep, "critical"); o.Raw.Max != c.raw || o.Judged.Max != c.judged {
			t.Errorf("raw %s, judged %s, want %s and %s", o.Raw, o.Judged, c.raw, c.judged)
		}
		told := strings.Contains(strings.Join(rep.Findings, "\n"), "nobody confirmed it")
		if told != (c.raw == c.judged) {
			t.Errorf("findings: %q", rep.Findings)
		}
		s.add(rb.Corrected{Seq: jump, Text: "the time server was wrong"})
	}
}

// TestUnknown tells how an outcome that nobody knew was settled, also after its
// result was found.
func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		then    rb.Event
		settled string
	}{
		{rb.NoteTaken{Text: "hm"}, ""},
		{rb.CommandFinished{Attempt: 1, Why: rb.Exited}, "its result was found afterwards"},
		{rb.HoldReleased{Item: ref("restore/1"), How: "anyway", Reason: "no time"}, "went on anyway: no time"},
		{intend(2, "restore/1", "again"), "run again as attempt 2"},
		{otherBlock(2, 1), ""}, // another block of the same item decides nothing
		{rb.CommandIntended{Attempt: 2, Item: ref("restore/1"), For: "preview"}, ""},
		{rb.CommandIntended{Attempt: 2, Item: ref("restore/1"), For: "rollback"}, "undone by attempt 2"},
		{rb.StepSkipped{Step: ref("restore"), Reason: "late"}, "its step was skipped: late"},
		{rb.ItemTicked{Item: ref("restore/1"), As: "by_hand"}, "its item was ticked as done by hand, elsewhere"},
	} {
		s := begin(t, "02:00:00", corruption())
		s.add(rb.RunOpened{Run: "x", Mode: rb.Live}, opened(s.books["corruption"]), intend(1, "restore/1", "import"),
			rb.CommandStarted{Attempt: 1}, rb.OutcomeUnknown{Attempt: 1, Seen: "gone"}, c.then)
		rep := s.report()
		if u := rep.Attempts[0].Unknown; u == nil || u.Settled != c.settled {
			t.Errorf("%T: %+v, want %q", c.then, u, c.settled)
		}
		if told := strings.Contains(strings.Join(rep.Findings, "\n"), "Nobody knows how attempt 1 ended"); told != (c.settled == "") {
			t.Errorf("%T: findings %q", c.then, rep.Findings)
		}
	}
}

// TestCoverage: each command of a drill has one fate.
func TestCoverage(t *testing.T) {
	c := drill(t).report().Coverage
	want := map[string]int{"exercised": 3, "by hand": 1, "skipped": 1, "not exercised": 1}
	for _, state := range states {
		if c.Commands[state] != want[state] {
			t.Errorf("%d %s, want %d", c.Commands[state], state, want[state])
		}
	}
	if live(t).report().Coverage != nil {
		t.Error("a live run has a coverage")
	}
}

// TestConclusion: a drill fails by an objective, and passes only when nothing is
// left to look at.
func TestConclusion(t *testing.T) {
	short := func(events ...rb.Event) string {
		b := &rb.Book{Name: "corruption", Title: "Check", Objectives: []rb.Objective{{Name: "critical", Limit: time.Hour}}}
		s := begin(t, "10:00:00", b)
		s.add(rb.RunOpened{Run: "x", Mode: rb.Drill, Target: "practice"}, opened(b), rb.MomentSet{Name: "began", Moment: s.now})
		s.at("10:30:00").add(events...)
		return s.report().Conclusion
	}
	reached, ended := rb.ObjectiveReached{Objective: "critical"}, rb.RunEnded{State: "recovered"}
	for _, c := range []struct{ got, want string }{
		{short(reached), "incomplete"},
		{short(reached, ended), "pass"},
		{short(rb.RunEnded{State: "failed", Reason: "x"}), "fail"},
		{short(rb.StepSkipped{Step: ref("x"), Reason: "no time"}, reached, ended), "pass with findings"},
	} {
		if c.got != c.want {
			t.Errorf("conclusion %q, want %q", c.got, c.want)
		}
	}
	if got := live(t).report().Conclusion; got != "" {
		t.Errorf("a live run is concluded as %q", got)
	}
}

// TestSecrets: names are told, and nothing that looks like a place for a value.
func TestSecrets(t *testing.T) {
	rep := live(t).report()
	if len(rep.Secrets) != 1 || rep.Secrets[0].Name != "CONVEX_ADMIN_KEY" || rep.Secrets[0].From != "asked" {
		t.Errorf("secrets: %+v", rep.Secrets)
	}
}

// TestLog_notices a report that doesn't cover the log, and a signature for
// another one.
func TestLog_notices(t *testing.T) {
	s := live(t)
	n := len(s.records)
	for _, c := range []struct {
		change func(*Input)
		gap    string
	}{
		{func(*Input) {}, ""},
		{func(in *Input) { in.Newest = Head{} }, ""},
		{func(in *Input) { in.Newest.Seq += 3 }, "the log has gone on to record 105"},
		{func(in *Input) { in.Newest.Hash = "00" }, "the log says that its last record is 102 with another hash or place"},
		{func(in *Input) { in.Records = in.Records[:50] }, "50 records are at hand, but the state is that after record 102"},
	} {
		in := s.input(n)
		c.change(&in)
		rep := Build(in)
		if rep.Log.Gap != c.gap {
			t.Errorf("gap %q, want %q", rep.Log.Gap, c.gap)
		}
		if told := strings.Contains(strings.Join(rep.Findings, "\n"), "does not cover the whole log"); told != (c.gap != "") {
			t.Errorf("findings: %q", rep.Findings)
		}
	}
	if got := s.report().Signatures[0].Covers; got != uint64(n-1) {
		t.Errorf("the signature covers %d records, want %d", got, n-1)
	}
}

// TestBuild_withoutBooks: the texts may not be at hand; the log still tells.
func TestBuild_withoutBooks(t *testing.T) {
	s := live(t)
	in := s.input(len(s.records))
	in.Books, in.Usual = nil, nil
	rep := Build(in)
	if len(rep.Steps) == 0 || !rep.Steps[0].Gone || len(rep.Timeline)+len(rep.Omitted) == 0 {
		t.Errorf("steps %+v", rep.Steps)
	}
	if !strings.Contains(rep.Findings[0], `The text of the runbook “corruption” is not at hand`) {
		t.Errorf("findings: %q", rep.Findings)
	}
	if len(markdown(t, rep)) == 0 || rep.Downtime.Total.Max != minutes(63) {
		t.Errorf("downtime %s", rep.Downtime.Words)
	}
}

// otherBlock is an attempt at another block of the item that is restored.
func otherBlock(n, block int) rb.CommandIntended {
	c := intend(n, "restore/1", "another block")
	c.Block = block
	return c
}

// TestTimeline_tellsWhatIsCorrected: a record that would be left out is told
// when somebody corrected it, and both point at each other.
func TestTimeline_tellsWhatIsCorrected(t *testing.T) {
	s := begin(t, "02:00:00", corruption())
	s.add(rb.RunOpened{Run: "x", Mode: rb.Live}, rb.PreflightChecked{Check: "clock", OK: true}, rb.Corrected{Seq: 2, Text: "it was wrong"})
	rep := s.report()
	if len(rep.Omitted) != 0 || len(rep.Timeline) != 3 {
		t.Fatalf("%d told, left out: %+v", len(rep.Timeline), rep.Omitted)
	}
	if e := rep.Timeline[1]; len(e.CorrectedBy) != 1 || e.CorrectedBy[0] != 3 || rep.Timeline[2].Corrects != 2 {
		t.Errorf("%+v and %+v don't point at each other", e, rep.Timeline[2])
	}
}
