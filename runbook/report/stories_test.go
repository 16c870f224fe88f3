package report

import (
	"testing"
	"time"

	rb "lifeboat/runbook"
)

// stories are the runs whose reports are golden.
var stories = map[string]func(*testing.T) *story{
	"live": live, "drill": drill, "foreign": foreign, "open": open, "empty": empty,
	"contaminated": contaminated, "interval": interval, "hostile": hostile, "newer": newer, "linked": linked,
}

// live is the bad night: nearly everything that can happen does.
func live(t *testing.T) *story {
	t.Helper()
	s := begin(t, "02:12:00", corruption())
	s.usual = map[string]rb.Usual{
		"stop-the-writes": {Median: 4 * time.Minute, P90: 6 * time.Minute, N: 12},
		"keep-the-damage": {Median: 2 * time.Minute, P90: 3 * time.Minute, N: 12},
		"restore":         {Median: 10 * time.Minute},
	}
	s.add(rb.RunOpened{
		Run: "01J5DC0B7", Mode: rb.Live, Target: "production", Production: true, Tool: "0.9.0", Zone: "Europe/Berlin",
		Scope: "orders and customers", Criteria: "every order of the last day is there",
	},
		opened(s.books["corruption"]),
		rb.PreflightChecked{Check: "git on the PATH", OK: true, Found: "2.43.0"},
		rb.PreflightChecked{Check: "clock in step", Found: "3 s behind the server"},
		rb.SecretGiven{Name: "CONVEX_ADMIN_KEY", From: "asked"},
		rb.MomentSet{Name: "began", Moment: instantOf(t, "02:05:00"), Source: "operator"},
		rb.MomentSet{Name: "detected", Moment: instantOf(t, "02:07:00"), Source: "pager", Certainty: "exact"},
		rb.MomentSet{Name: "acknowledged", Moment: instantOf(t, "02:09:00"), Source: "pager"},
		rb.RoleTaken{Name: "commander", Person: "grace"}, rb.RoleTaken{Name: "scribe", Person: "linus"},
		enter("stop-the-writes", "next"))
	s.at("02:13:00").ran(intend(1, "stop-the-writes/1", "lifeboat convex pause"), 4, rb.CommandFinished{Exit: 1})
	s.at("02:16:00").add(rb.BlockEdited{Item: ref("stop-the-writes/1"), Text: "lifeboat convex pause --force\nlifeboat convex info", Reason: "the flag is new since Tuesday"})
	s.ran(intend(2, "stop-the-writes/1", "lifeboat convex pause --force\nlifeboat convex info"), 240, rb.CommandFinished{Expected: "met"})
	s.add(ticked("stop-the-writes/1", "succeeded"), rb.StepFinished{Step: ref("stop-the-writes")},
		rb.MomentSet{Name: "writes_stopped", Moment: s.now, Source: "step stop-the-writes"}, enter("keep-the-damage", "next"))
	s.at("02:20:31").late(instantOf(t, "02:20:03"), rb.NoteTaken{Text: "Grace says: do *not* wait for the vendor.\nWe restore.", Tag: "decision", Step: ref("keep-the-damage")})
	s.at("02:21:00").add(rb.WarningGiven{Objective: "downtime", Of: "100"})
	lost := intend(3, "keep-the-damage/1", "lifeboat convex export --path \"$EVIDENCE/damaged.zip\"")
	lost.Secrets = []string{"CONVEX_ADMIN_KEY"}
	s.add(lost, rb.CommandStarted{Attempt: 3, PID: 4003})
	s.at("02:24:00").add(rb.RunResumed{PID: 991, Away: 3 * time.Minute}, rb.OutcomeUnknown{Attempt: 3, Seen: "gone", Output: rb.Kept{File: "attempts/3/output.zst", Bytes: 812, Lines: 9}})
	s.at("02:25:00").add(rb.HoldReleased{Item: ref("keep-the-damage/1"), How: "counts_as_done", Reason: "damaged.zip is complete, unzip -t says so"})
	s.add(rb.ItemTicked{Item: ref("keep-the-damage/2"), As: "confirmed", Different: "the table `sessions` is missing"},
		rb.StepFinished{Step: ref("keep-the-damage")}, enter("choose-the-snapshot", "next"))
	s.at("02:26:00").ran(intend(4, "choose-the-snapshot/1", "lifeboat snapshot list | newest-clean"), 2, rb.CommandFinished{})
	s.add(rb.FactReported{Name: "recovery_point", Value: "2026-08-22T01:30:00Z", Attempt: 4},
		rb.FactReported{Name: "snapshot_sha256", Value: "9b74c989", Attempt: 4}, rb.FactReported{Name: "orders", Value: "48,112", Attempt: 4},
		rb.QuestionAnswered{Item: ref("choose-the-snapshot/2"), Name: "RESTORE_TO", Value: "2026-08-22T01:30:00Z"},
		rb.StepFinished{Step: ref("choose-the-snapshot")}, enter("try-it", "next"))
	s.add(rb.StepSkipped{Step: ref("try-it"), Reason: "staging is down as well | see the wiki"}, enter("restore", "next"))
	s.at("02:30:00").add(rb.CommandPassed{From: "ada", To: "bert", Summary: "snapshot chosen, restore comes next"})
	s.actor, s.role = "bert", "operator"
	s.at("02:31:00").add(rb.CommandAccepted{From: "ada", To: "bert", Summary: "snapshot chosen, restore comes next"})
	return liveRestore(s)
}

func liveRestore(s *story) *story {
	t := s.t
	who := intend(5, "restore/1", "lifeboat convex info --name")
	who.For = "identify"
	s.ran(who, 1, rb.CommandFinished{})
	s.add(rb.TargetIdentified{Attempt: 5, Item: ref("restore/1"), Answer: "happy-otter-123"},
		rb.DangerConfirmed{Item: ref("restore/1"), Target: "production", Count: 14})
	s.ran(intend(6, "restore/1", "lifeboat convex import --replace-all \"$SNAPSHOT\""), 720, rb.CommandFinished{})
	s.add(ticked("restore/1", "succeeded"), rb.StepFinished{Step: ref("restore"), Person: "grace"},
		rb.MomentSet{Name: "restored", Moment: s.now, Source: "operator"}, enter("resume-service", "next"))
	s.ran(intend(7, "resume-service/1", "lifeboat convex unpause"), 3, rb.CommandFinished{Survivors: true})
	s.add(ticked("resume-service/1", "succeeded"))
	s.at("02:48:00").add(ticked("resume-service/2", "confirmed"), rb.StepFinished{Step: ref("resume-service")},
		rb.ObjectiveReached{Objective: "critical", Step: ref("resume-service")}, enter("tell-the-customers", "next"))
	s.at("02:50:00").add(rb.ObjectiveLost{Objective: "critical", Reason: "checkout fails again"},
		rb.StepReopened{Step: ref("resume-service"), Reason: "checkout fails again"}, enter("resume-service", "jump"))
	s.ran(rb.CommandIntended{Attempt: 8, For: "adhoc", Text: "vim `date`.md", Shell: "bash", Terminal: true}, 60, rb.CommandFinished{})
	back := intend(9, "resume-service/1", "lifeboat convex pause")
	back.For = "rollback"
	s.ran(back, 2, rb.CommandFinished{})
	s.add(rb.HoldReleased{Item: ref("resume-service/1"), How: "rolled_back", Reason: "the cache was stale"})
	s.at("03:00:00").ran(intend(10, "resume-service/1", "lifeboat convex unpause"), 3, rb.CommandFinished{})
	s.add(ticked("resume-service/1", "succeeded"))
	s.at("03:05:00").add(ticked("resume-service/2", "confirmed"), rb.StepFinished{Step: ref("resume-service")},
		rb.ObjectiveReached{Objective: "critical", Step: ref("resume-service")}, enter("tell-the-customers", "next"))
	s.ran(intend(11, "tell-the-customers/1", "post-status resolved"), 2, rb.CommandFinished{})
	s.add(ticked("tell-the-customers/1", "succeeded"), rb.StepFinished{Step: ref("tell-the-customers")}, enter("reconcile", "next"))
	s.at("03:06:00").add(rb.RunLeft{Why: "asked"})
	s.at("07:00:00").add(rb.RunResumed{PID: 2044, Away: 3*time.Hour + 54*time.Minute}, rb.ClockJumped{Delta: -5 * time.Minute, Clock: "step"})
	s.at("07:20:00").add(ticked("reconcile/1", "confirmed"), rb.StepFinished{Step: ref("reconcile")},
		rb.ObjectiveReached{Objective: "full", Step: ref("reconcile")}, rb.RunEnded{State: "recovered"})
	s.add(rb.NoteTaken{Text: "The runbook must say --force.", Tag: "lesson"}, rb.NoteTaken{Text: "41 orders lost", Tag: "note"})
	note := s.seq()
	s.at("09:00:00").add(rb.Corrected{Seq: note, Text: "44 orders lost, see orders.csv"}, rb.Corrected{Seq: 6, Text: "the deploy was at 02:00 in fact"},
		rb.MomentSet{Name: "began", Moment: instantOf(t, "02:00:00"), Source: "operator", Reason: "the deploy log"})
	head := s.records[len(s.records)-1].Hash
	s.add(rb.SignedOff{Person: "grace", As: "reviewer", Text: "right as far as I saw it", Head: head})
	return s
}

// drill ran unattended, with a long pause and a command that is for live runs.
func drill(t *testing.T) *story {
	t.Helper()
	s := begin(t, "10:00:00", corruption())
	s.usual = map[string]rb.Usual{"restore": {Median: 20 * time.Minute, P90: 25 * time.Minute, N: 4}}
	s.add(rb.RunOpened{
		Run: "01J5DR111", Mode: rb.Drill, Target: "practice", Auto: true, Tool: "0.9.0", Zone: "Europe/Berlin",
		Exercise: "functional", Criteria: "back within the hour",
	}, opened(s.books["corruption"]),
		rb.MomentSet{Name: "began", Moment: s.now, Source: "practice"},
		rb.MomentSet{Name: "recovery_point", Moment: instantOf(t, "09:30:00"), Source: "practice"}, enter("stop-the-writes", "next"))
	s.ran(intend(1, "stop-the-writes/1", "lifeboat convex pause"), 60, rb.CommandFinished{})
	s.add(ticked("stop-the-writes/1", "succeeded"), rb.StepFinished{Step: ref("stop-the-writes")}, enter("keep-the-damage", "next"))
	s.add(rb.ItemTicked{Item: ref("keep-the-damage/1"), As: "by_hand"}, ticked("keep-the-damage/2", rb.Unattended),
		rb.StepFinished{Step: ref("keep-the-damage")}, enter("choose-the-snapshot", "next"))
	s.at("10:20:00").add(rb.ClockPaused{Reason: "fire alarm"})
	s.at("10:35:00").add(rb.ClockResumed{}, rb.HoldReleased{Item: ref("choose-the-snapshot/1"), How: "skipped", Reason: "no list in practice"},
		rb.QuestionAnswered{Item: ref("choose-the-snapshot/2"), Name: "RESTORE_TO", Value: "09:30", As: rb.Unattended},
		rb.StepFinished{Step: ref("choose-the-snapshot")}, enter("try-it", "next"),
		rb.StepSkipped{Step: ref("try-it")}, enter("restore", "next"))
	s.ran(intend(1+1, "restore/1", "lifeboat convex import --replace-all \"$SNAPSHOT\""), 1500, rb.CommandFinished{})
	s.add(ticked("restore/1", "succeeded"), rb.StepFinished{Step: ref("restore"), Alone: rb.Unattended}, enter("resume-service", "next"))
	s.at("11:05:00").ran(intend(3, "resume-service/1", "lifeboat convex unpause"), 0, rb.CommandFinished{})
	s.add(ticked("resume-service/1", "succeeded"), ticked("resume-service/2", rb.Unattended), rb.StepFinished{Step: ref("resume-service")},
		rb.ObjectiveReached{Objective: "critical", Step: ref("resume-service")}, enter("tell-the-customers", "next"),
		rb.StepFinished{Step: ref("tell-the-customers"), NotExercised: true}, enter("reconcile", "next"),
		ticked("reconcile/1", rb.Unattended), rb.StepFinished{Step: ref("reconcile")},
		rb.ObjectiveReached{Objective: "full", Step: ref("reconcile")}, rb.RunEnded{State: "recovered"})
	return s
}

// foreign is a guide that somebody walked by pressing Enter.
func foreign(t *testing.T) *story {
	t.Helper()
	b := &rb.Book{
		Name: "guide", Title: "How to restore", Hash: "ab12", Source: "../wiki/guide.md", Foreign: true, Named: map[string]*rb.Block{},
		Steps: []rb.Step{
			{ID: "before", Title: "Before you begin", Items: []rb.Item{{ID: "before/1", Kind: rb.Check, Text: "Before you begin", Reading: true}}},
			{ID: "go", Title: "Go", Items: []rb.Item{{
				ID: "go/1", Kind: rb.Command, Text: "pg_restore <file>",
				Blocks: []*rb.Block{{Lang: "sh", Text: "pg_restore <file>", Hash: "beef", Placeholders: []string{"<file>"}}},
			}}},
		},
	}
	s := begin(t, "12:00:00", b)
	s.add(rb.RunOpened{Run: "01J5FOR", Mode: rb.Live, Target: "staging"}, opened(b), rb.StepEntered{Step: "guide/before", By: "next"})
	s.at("12:01:00").add(rb.ItemTicked{Item: "guide/before/1", As: "seen"}, rb.StepFinished{Step: "guide/before"}, rb.StepEntered{Step: "guide/go", By: "next"})
	s.at("12:02:00").add(rb.BlockArmed{Item: "guide/go/1", Hash: "beef"}, rb.BlankFilled{Item: "guide/go/1", Name: "<file>", Value: "dump.sql"})
	s.ran(rb.CommandIntended{Attempt: 1, Item: "guide/go/1", Text: "pg_restore dump.sql", Shell: "bash"}, 30, rb.CommandFinished{})
	s.add(rb.ItemTicked{Item: "guide/go/1", As: "succeeded"}, rb.StepFinished{Step: "guide/go"}, rb.RunEnded{State: "recovered"})
	return s
}

// open is a run in the middle of the night, with a command that runs.
func open(t *testing.T) *story {
	t.Helper()
	s := live(t)
	for i, rec := range s.records {
		if e, ok := rec.Event.(rb.CommandStarted); ok && e.Attempt == 6 {
			s.records = s.records[:i+1]
			return s
		}
	}
	t.Fatal("the live story has no attempt 6")
	return nil
}

func empty(t *testing.T) *story {
	t.Helper()
	return begin(t, "02:12:00").add(rb.RunOpened{Run: "01J5EMPTY", Mode: rb.Live, Target: "production", Production: true})
}

// contaminated went on with a backup that was made after the damage began.
func contaminated(t *testing.T) *story {
	t.Helper()
	s := begin(t, "02:12:00", corruption())
	s.add(rb.RunOpened{Run: "01J5CONT", Mode: rb.Live, Target: "production", Production: true}, opened(s.books["corruption"]),
		rb.MomentSet{Name: "began", Moment: instantOf(t, "02:00:00"), Source: "operator"},
		rb.MomentSet{Name: "detected", Moment: instantOf(t, "01:50:00"), Source: "pager"}, enter("choose-the-snapshot", "jump"))
	s.ran(intend(1, "choose-the-snapshot/1", "lifeboat snapshot list | newest-clean"), 2, rb.CommandFinished{})
	s.add(rb.FactReported{Name: "recovery_point", Value: "2026-08-22T02:30:00+00:00", Attempt: 1},
		rb.HoldReleased{Item: ref("choose-the-snapshot/1"), How: "anyway", Reason: "there is no older one"},
		rb.ChoiceMade{
			Step: ref("choose-the-snapshot"), Item: ref("choose-the-snapshot/2"), Option: 1, Text: "Give up", To: ref("reconcile"),
			NotTaken: []rb.Ref{ref("try-it"), ref("restore")},
		})
	s.at("02:40:00").add(rb.RunEnded{State: "failed", Reason: "no clean backup"})
	return s
}

// interval is a run of which nobody knows when the disruption began.
func interval(t *testing.T) *story {
	t.Helper()
	s := begin(t, "02:12:00", corruption())
	s.add(rb.RunOpened{Run: "01J5INT", Mode: rb.Live, Target: "production", Production: true}, opened(s.books["corruption"]),
		rb.MomentSet{Name: "began", Moment: instantOf(t, "01:40:00"), Latest: instantOf(t, "02:00:00"), Source: "operator", Certainty: "by the error rate"},
		enter("resume-service", "jump"))
	s.at("02:48:00").add(rb.ObjectiveReached{Objective: "critical", Step: ref("resume-service")}, rb.RunEnded{State: "recovered"})
	return s
}

// hostile is full of text that wants to be something else.
func hostile(t *testing.T) *story {
	t.Helper()
	bad := "a|b\n| - | `x` **y** <script>alert(1)</script> [l](javascript:x) \x1b[31mred\x07 \u202eevil ```\n# H1\n---\n$x$ &amp; \\| \xff 数据库"
	b := corruption()
	b.Title, b.Steps[0].Title, b.Steps[0].Items[0].Text = bad, bad, bad
	b.Objectives[0].Name = bad
	s := begin(t, "02:12:00", b)
	s.actor, s.role = bad, bad
	s.add(rb.RunOpened{Run: bad, Mode: rb.Drill, Target: bad, Tool: bad, Zone: bad, Exercise: bad, Scope: bad, Criteria: bad},
		rb.BookOpened{Book: "corruption", Version: bad, Hash: bad, Source: bad, Why: bad}, rb.PreflightChecked{Check: bad, Found: bad},
		rb.RoleTaken{Name: bad, Person: bad}, rb.CommandPassed{From: bad, To: bad, Summary: bad}, rb.SecretGiven{Name: bad, From: bad},
		rb.MomentSet{Name: bad, Moment: s.now, Source: bad, Certainty: bad, Reason: bad}, enter("stop-the-writes", bad),
		rb.BlockEdited{Item: ref("stop-the-writes/1"), Text: bad, Reason: bad})
	c := intend(1, "stop-the-writes/1", bad)
	c.Shell, c.Dir, c.Target, c.Secrets = bad, bad, bad, []string{bad}
	s.ran(c, 1, rb.CommandFinished{Exit: -1, Signal: bad, Fault: bad, Output: rb.Kept{File: bad, Digest: bad}})
	s.add(rb.TargetIdentified{Attempt: 1, Answer: bad, Expected: "x"}, rb.FactReported{Name: bad, Value: bad},
		rb.QuestionAnswered{Item: ref("nowhere/1"), Name: bad, Value: bad}, rb.ItemTicked{Item: ref("stop-the-writes/1"), As: bad, Different: bad},
		rb.StepSkipped{Step: ref("gone"), Reason: bad, Person: bad}, rb.NoteTaken{Text: bad, Tag: bad, Step: ref("gone")},
		rb.ClockPaused{Reason: bad}, rb.ClockJumped{Delta: time.Hour, Clock: bad}, rb.WarningGiven{Objective: bad, Of: bad},
		rb.WrittenLate{From: s.now, To: s.now, Why: bad}, rb.Corrected{Seq: 2, Text: bad, Value: bad}, rb.RunLeft{Why: bad},
		rb.RunEnded{State: "abandoned", Reason: bad}, rb.SignedOff{Person: bad, As: bad, Text: bad, Head: bad})
	return s
}

// newer holds an event that this lifeboat doesn't know, and a late record.
func newer(t *testing.T) *story {
	t.Helper()
	s := empty(t)
	s.at("02:20:00").add(rb.Unknown{Kind: "moon_phase", V: 3, Data: []byte(`{"actor":"ada","phase":"full"}`)})
	s.late(instantOf(t, "02:15:00"), rb.MomentSet{Name: "detected", Moment: instantOf(t, "02:11:00"), Source: "pager"})
	s.add(rb.WrittenLate{From: instantOf(t, "02:15:00"), To: s.now, Why: "the disk was full"})
	return s
}
