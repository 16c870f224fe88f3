package report

import (
	"testing"
	"time"

	rb "lifeboat/runbook"
)

// linked goes from one book to another and fails: a choice, a book that was
// edited on the way, another machine than before, a time-out, one person alone.
func linked(t *testing.T) *story {
	t.Helper()
	other := &rb.Book{
		Name: "breach", Title: "Security breach", Version: "0.3", Hash: "b7", Named: map[string]*rb.Block{},
		Objectives: []rb.Objective{{Name: "notify", Limit: 72 * time.Hour}},
		Steps: []rb.Step{{ID: "rotate", Title: "Rotate the keys", Witness: true, Items: []rb.Item{
			{ID: "rotate/1", Kind: rb.Command, Text: "rotate --all", Blocks: []*rb.Block{{Lang: "sh", Text: "rotate --all"}}},
		}}},
	}
	s := begin(t, "03:00:00", corruption(), other)
	s.add(rb.RunOpened{Run: "01J5LINK", Mode: rb.Live, Target: "production", Production: true, Zone: "America/New_York"},
		opened(s.books["corruption"]), enter("stop-the-writes", "next"))
	who := intend(1, "stop-the-writes/1", "lifeboat convex info --name")
	who.For = "identify"
	s.ran(who, 1, rb.CommandFinished{})
	s.add(rb.TargetIdentified{Attempt: 1, Item: ref("stop-the-writes/1"), Answer: "sad-otter-9", Expected: "happy-otter-123"})
	s.ran(intend(2, "stop-the-writes/1", "lifeboat convex pause"), 600, rb.CommandFinished{Exit: -1, Signal: "KILL", Why: rb.Timeout})
	s.add(rb.HoldReleased{Item: ref("stop-the-writes/1"), How: "anyway", Reason: "the console says paused"}, rb.StepFinished{Step: ref("stop-the-writes")})
	s.at("03:15:00").add(rb.BookOpened{Book: "corruption", Version: "1.2.1", Hash: "c1", Why: "edited"}, rb.BookOpened{Book: "breach", Version: "0.3", Hash: "b7", Why: "link"},
		rb.ChoiceMade{
			Step: ref("keep-the-damage"), Item: ref("keep-the-damage/2"), Option: 2, Text: "Somebody did this on purpose", To: "breach/rotate",
			NotTaken: []rb.Ref{ref("choose-the-snapshot"), ref("restore")},
		},
		rb.StepEntered{Step: "breach/rotate", By: "choice"},
		rb.ChoiceMade{Step: "breach/rotate", Item: "breach/rotate/1", Option: 1, Text: "look there first", To: ref("reconcile"), Detour: true},
		enter("reconcile", "detour"), rb.StepEntered{Step: "breach/rotate", By: "back"},
		rb.MomentSet{Name: "restored", Moment: instantOf(t, "03:20:00")}, rb.MomentSet{Name: "service_back", Moment: instantOf(t, "03:10:00")})
	s.ran(rb.CommandIntended{Attempt: 3, Item: "breach/rotate/1", Text: "rotate --all", Shell: "bash", Background: true}, 5,
		rb.CommandFinished{Expected: "missed", Again: true})
	s.add(rb.ClockJumped{Delta: 20 * time.Minute, Clock: "suspend"}, rb.WarningGiven{Objective: "critical", Of: "latest_start"},
		rb.WarningGiven{Objective: "noncritical", Of: "75"}, rb.ClockPaused{Reason: "lunch"}, rb.RunLeft{Why: "hangup"})
	s.at("03:40:00").add(rb.RunResumed{PID: 7, Away: 25 * time.Minute}, rb.StepEntered{Step: "corruption/old-step", By: "jump"},
		rb.StepFinished{Step: "breach/rotate", Alone: "it is a holiday"},
		rb.CommandPassed{From: "ada", To: "bert"}, rb.NoteTaken{Text: "1. first\n\n# not a heading\n- not a list", Tag: "said"},
		rb.RunEnded{State: "failed", Reason: "the keys are out"}, rb.SignedOff{Person: "eve", Head: "not-a-hash"})
	return s
}
