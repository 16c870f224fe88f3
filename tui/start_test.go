package tui

import (
	"errors"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/home"
	"lifeboat/tui/ui"
)

// TestNewcomer: somebody who comes for the first time is in a drill after one key.
func TestNewcomer(t *testing.T) {
	tell(t, setting{shelf: []shelved{{"book", two}}}, func(s *story) {
		s.next(`starts a drill of "Book" now. It is given nothing of production`)
		s.press("enter")
		s.shows("DRILL (exercise)", "practice", "First", "Last")
		s.next(`tick "First"`)
		if s.w.run.Mode != runbook.Drill || s.w.run.Target != "practice" {
			t.Errorf("it is a %s run on %s", s.w.run.Mode, s.w.run.Target)
		}
	})
}

// TestFromBriefingToDebrief: a walk needs Enter, and answers where it asks.
func TestFromBriefingToDebrief(t *testing.T) {
	t.Parallel()
	o := run(runbook.Drill, shop)
	o.change = func(w *world) {
		shopPlays(w)
		w.checks = []runbook.PreflightChecked{{Check: "git>=2.30", OK: true, Found: "2.39.5"}}
		w.heads = []runbook.Head{{Run: "01JOLD0000000000000000000A", Mode: runbook.Drill, Target: "practice", Books: []string{"book"}, Opened: time.Unix(946000000, 0), State: "recovered"}}
	}
	tell(t, o, func(s *story) {
		s.shows("Restore the shop", "Where", "practice, not production", "git>=2.30: 2.39.5", "downtime 15m, critical 1h")
		s.next("starts the drill on practice")
		s.press("enter")
		s.shows("#abcdef", "Declare the incident")
		s.press("enter", "enter")
		s.types("orders are gone")
		s.press("enter")
		s.types("-40m")
		s.press("enter")
		s.types("no")
		s.next("run $ ./look.sh")
		s.press("enter")
		s.passes(time.Second)
		s.shows("connected to the shop database", "nothing needs a key")
		s.passes(8 * time.Second)
		s.shows("✓ Declare the incident", "1 Stop the writes: it spreads, or nobody knows", "press 1 to 2")
		s.press("2", "enter")
		s.next("run $ ./export.sh")
		s.press("enter", "enter")
		s.next("prove the target, have it typed, then run $ ./restore.sh")
		s.shows("◇ running 0:00: $ ./export.sh")
		s.press("enter")
		s.ready()
		s.types("happy-otter-123")
		s.ready()
		s.types("3")
		s.passes(45 * time.Second)
		s.shows("ok after 0:40")
		s.press("enter", "enter")
		s.types("thank you for your order")
		s.shows("data loss ✓ met 35:00 of 1h")
		s.press("enter", "enter")
		s.types("now")
		s.next("end the run: every step is done")
		s.press("enter")
		s.shows("recovered after 0:57", "✓ full recovery: ")
		if n := count[runbook.StepFinished](s); n != 5 || s.w.run.Ended == nil || s.w.closed != 1 {
			t.Errorf("%d steps are finished, ended %v, let go of %d times", n, s.w.run.Ended, s.w.closed)
		}
		s.press("h")
		s.shows("HISTORY", "recovered 0:57")
	})
}

// TestBriefing: everything that is asked before a run can be changed, and goes into
// the run.
func TestBriefing(t *testing.T) {
	o := run(runbook.Drill, shop)
	o.change = func(w *world) {
		shopPlays(w)
		w.checks = []runbook.PreflightChecked{{Check: "psql", Found: "not there"}}
		w.usual = map[string]time.Duration{"declare-the-incident": 4 * time.Minute, "put-the-backup-back": 25 * time.Minute}
	}
	tell(t, o, func(s *story) {
		s.press("pgdown", "j", "j")
		s.shows("✗ psql: not there", "2 of them usually take 29:00")
		s.press("g")
		s.shows("act on", "staging")
		s.press("down", "enter")
		s.next("starts the drill on staging")
		s.press("o")
		for range len("ann") {
			s.press("backspace")
		}
		s.types("zoe")
		s.press("r", "enter")
		s.types("bob")
		s.press("b")
		s.clearNow()
		s.types("tomorrow")
		s.shows("When did the disruption begin?", "tomorrow")
		s.clearNow()
		s.types("2000-01-01 09:00")
		s.shows("When did the disruption begin?", "the disruption can't begin in the future (2000-01-01 08:00:00Z)")
		s.clearNow()
		s.types("-20m")
		s.press("pgup", "pgup", "pgup")
		s.shows("1999-12-31 23:40:01Z (00:40 CET)")
		s.press("enter")
		if r := s.w.run; r.Target != "staging" || r.Roles["commander"] != "bob" || last[runbook.MomentSet](s).Moment.Hour() != 23 || s.w.log[0].Actor != "zoe" {
			t.Errorf("%+v by %s", r.RunOpened, s.w.log[0].Actor)
		}
	})
}

// TestLiveStart: a live run begins with two answers: when it began, and the target's
// name. A wrong name starts nothing, and neither does a paste.
func TestLiveStart(t *testing.T) {
	tell(t, run(runbook.Live, clocked), func(s *story) {
		s.shows("LIVE ON PRODUCTION", "production: this is PRODUCTION")
		s.next("asks for the name of the target, then opens a LIVE run on production (PRODUCTION)")
		s.press("enter")
		s.shows("When did the disruption begin?")
		s.press("enter")
		s.shows("Type the target's name to start: production (production)")
		s.press("enter")
		s.shows("nothing is typed yet")
		s.types("prod")
		s.shows("that is not it")
		s.Paste("production")
		s.check()
		s.shows("a paste is not taken here: type it")
		s.press("enter")
		if len(s.w.log) > 0 {
			t.Fatalf("a run was opened: %q", s.w.kinds(0))
		}
		s.press("esc")
		s.shows("not started: the target's name was not typed")
		s.press("enter") // the beginning was said already
		s.types("production")
		if r := s.w.run; r.Mode != runbook.Live || !r.Production {
			t.Errorf("%+v", r.RunOpened)
		}
		s.shows("● LIVE ON PRODUCTION")
	})
}

// TestModeIsChosenOnce: another mode is another briefing; in a run no key changes it.
func TestModeIsChosenOnce(t *testing.T) {
	tell(t, run(runbook.Drill, two), func(s *story) {
		s.press("L")
		s.shows("LIVE ON PRODUCTION", "asks for the name of the target")
		s.press("d")
		s.next("starts the drill on practice")
		s.press("esc") // there is nothing below: the program ends
		s.over()
	})
	walks(t, runbook.Drill, two, func(s *story) {
		before := len(s.w.log)
		s.press("L")
		s.shows("DRILL (exercise)")
		s.wrote(before)
	})
}

// TestNowhereLive: without a target a live run can't begin, and it is said what is
// missing.
func TestNowhereLive(t *testing.T) {
	o := run(runbook.Live, two)
	o.change = func(w *world) { w.targets[runbook.Live] = nil }
	tell(t, o, func(s *story) {
		s.shows("nowhere yet: lifeboat.yaml names no target")
		s.press("enter")
		s.shows("name a target in lifeboat.yaml")
		if len(s.w.log) > 0 {
			t.Error("a run was opened")
		}
	})
}

// heads are three runs of before.
func heads(now time.Time) []runbook.Head {
	at := func(d time.Duration) time.Time { return now.Add(-d).UTC() }
	return []runbook.Head{
		{Run: "01JHEAD0000000000000OPENED", Mode: runbook.Live, Target: "production", Books: []string{"shop"}, Title: "Restore the shop", Opened: at(50 * time.Minute), State: "open", Done: 2, Of: 6},
		{
			Run: "01JHEAD0000000000000DR1LL2", Mode: runbook.Drill, Target: "practice", Books: []string{"shop"}, Title: "Restore the shop", Opened: at(90 * 24 * time.Hour), Ended: at(90*24*time.Hour - 52*time.Minute),
			State: "recovered", Done: 6, Of: 6, Objectives: map[string]runbook.Verdict{"critical": runbook.Met, "downtime": runbook.Missed},
		},
		{Run: "01JHEAD0000000000000FA11ED", Mode: runbook.Drill, Target: "staging", Books: []string{"guide"}, Title: "Guide", Opened: at(200 * 24 * time.Hour), Ended: at(200*24*time.Hour - time.Hour), State: "failed", Done: 1, Of: 4},
	}
}

// TestHome: what is open stands first, a filter narrows, and every row has its key.
func TestHome(t *testing.T) {
	o := setting{shelf: []shelved{{"shop", shop}, {"guide", foreign}, {"broken", ""}}, change: func(w *world) {
		w.heads = heads(time.Now())
	}}
	tell(t, o, func(s *story) {
		s.shows("OPEN", "RUNBOOKS", "HISTORY", "2 of 6 steps, open for 50 min", "can't be read", "recovered 52:00, downtime missed")
		s.next("goes on with this run where it stopped")
		s.press("j")
		s.next(`briefs you for a drill of "Restore the shop"`)
		s.press("j", "j")
		s.shows("it can't be read: runbooks/broken.md: permission denied")
		s.press("enter", "j")
		s.next("shows how this run went")
		s.press("/")
		s.types("guide drill")
		s.shows("only: guide drill", "Guide")
		s.lacks("Restore the shop")
		s.press("/")
		s.types(" and nothing")
		s.shows("nothing holds these words; esc shows all")
		s.press("enter", "esc", "h", "pgdown", "pgup", "k")
		s.shows("Restore the shop")
		s.press("q")
		s.over()
	})
}

// TestHome_older: the first frame has the newest runs, the others follow.
func TestHome_older(t *testing.T) {
	change := func(w *world) {
		for range FirstRuns + 50 {
			w.heads = append(w.heads, heads(time.Now())[1])
		}
	}
	tell(t, setting{shelf: []shelved{{"shop", shop}}, change: change}, func(s *story) {
		s.shows("250 runs")
		s.lacks("newest")
	})
	broken := func(w *world) {
		change(w)
		w.answers("Home", nil)
	}
	tell(t, setting{shelf: []shelved{{"shop", shop}}, change: broken}, func(s *story) {
		s.Send(envelope{s.app.top(), home.Read(home.Contents{}, errors.New("the disk is gone"))})
		s.shows("the older runs can't be read: the disk is gone")
	})
}

// TestStationFails: what can't be begun ends the program with its error; anywhere
// else it is said, with its hint, and the screen is still there.
func TestStationFails(t *testing.T) {
	tell(t, setting{begin: ui.Brief{Book: "nothing", Mode: runbook.Drill}}, func(s *story) {
		s.over()
		if err := s.app.Fault(); err == nil || err.Error() != `no runbook is called "nothing"` {
			t.Errorf("its fault is %v", err)
		}
	})
	o := setting{shelf: []shelved{{"book", two}}, change: func(w *world) { w.heads = heads(time.Now())[1:] }}
	tell(t, o, func(s *story) {
		s.w.answers("Brief", hinted{errors.New("the book is locked")})
		s.press("d")
		s.shows("the book is locked", "hint: free some space", "RUNBOOKS")
		s.w.answers("Past", errors.New("the log is locked"))
		s.press("h", "enter")
		s.shows("the log is locked", "RUNBOOKS")
		s.w.answers("Past", &runbook.Refusal{Reason: "the run is another's", Hint: "ask for it"})
		s.press("enter")
		s.shows("the run is another's", "hint: ask for it", "RUNBOOKS")
	})
}
