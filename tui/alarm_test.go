package tui

import (
	"testing"
	"time"

	"lifeboat/runbook"
)

// after tells a story that begins so long after the disruption.
func after(t *testing.T, began string, change func(*world), do func(*story)) {
	t.Helper()
	o := run(runbook.Live, clocked)
	o.change, o.term.FPS = change, 4 // much time goes by
	tell(t, o, func(s *story) {
		s.press("enter")
		s.clearNow()
		s.types(began)
		s.types("production")
		do(s)
	})
}

// TestAlarm: the bell rings once for each alarm; the line says what to do, and stays
// until it was seen.
func TestAlarm(t *testing.T) {
	t.Parallel()
	after(t, "-44m50s", nil, func(s *story) {
		s.lacks("three quarters")
		s.rang(0)
		s.passes(15 * time.Second)
		s.shows("! critical systems: three quarters of its time are over. Decide: go on, take a faster way, or get help (v: seen)", "left !")
		s.passes(time.Minute)
		s.press("j", "k", "n", "esc", "t", "esc")
		s.shows("three quarters of its time are over")
		s.rang(1)
		s.press("v")
		s.lacks("three quarters")
		s.rang(1)
		s.press("t")
		s.shows("WARNING")
	})
}

// TestAlarm_over: at the limit it is too late, and several alarms are seen one by one.
func TestAlarm_over(t *testing.T) {
	t.Parallel()
	after(t, "-59m40s", nil, func(s *story) {
		s.shows("three quarters of its time are over")
		s.passes(20 * time.Second)
		s.shows("three quarters of its time are over", "(v: seen; 1 more)", "OVER by 0:0")
		s.press("v")
		s.shows("critical systems: its time is over. Tell whoever commands, and go on (v: seen)")
		s.press("v")
		s.lacks("v: seen")
		s.rang(2)
	})
}

// TestAlarm_latestStart: what earlier runs took says when it is too late to begin.
func TestAlarm_latestStart(t *testing.T) {
	t.Parallel()
	change := func(w *world) { w.usual = map[string]time.Duration{"step": 30 * time.Minute, "after": 5 * time.Minute} }
	after(t, "-20m", change, func(s *story) {
		s.shows("critical latest start in 9:5")
		s.passes(time.Minute)
		s.rang(0)
	})
	after(t, "-31m", change, func(s *story) {
		s.passes(2 * time.Second)
		s.shows("critical systems: at the usual pace it can no longer be met. Tell whoever commands (v: seen)")
		s.lacks("latest start")
		s.rang(1)
	})
}

// TestAlarm_elsewhere: an alarm is heard on every screen, and while a question waits.
func TestAlarm_elsewhere(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"timeline": {"t"}, "help": {"?"}, "note": {"n"}, "command": {"enter"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := func(w *world) { w.Plays["work"] = play{Takes: time.Hour} }
			after(t, "-44m50s", change, func(s *story) {
				s.press(keys...)
				s.passes(15 * time.Second)
				s.rang(1)
				if name != "command" {
					s.press("esc")
				}
				s.shows("three quarters of its time are over")
			})
		})
	}
}

// TestDebrief_missed: what was missed is said after the run, and by how much.
func TestDebrief_missed(t *testing.T) {
	t.Parallel()
	after(t, "-70m", nil, func(s *story) {
		s.press("E", "enter")
		s.types("nothing helped")
		s.shows("failed after 0:0", ": nothing helped", "✗ critical systems: 1:10:0", "missed by 10:0", "○ Step 0:0", "full recovery: 1:10:0")
	})
}

// TestAlarm_resumed: an alarm of before the walk was left rings again for nobody.
func TestAlarm_resumed(t *testing.T) {
	t.Parallel()
	o := setting{shelf: []shelved{{"book", clocked}}}
	tell(t, o, func(s *story) {
		s.press("L", "enter")
		s.clearNow()
		s.types("-50m")
		s.types("production")
		s.passes(2 * time.Second)
		s.press("q", "enter")
		s.shows("Enter run $ work")
		s.rang(1)
	})
}
