package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
)

const everyBook = `---
lifeboat: 1
objectives: {critical: 1h}
---
# Book

## First

- [ ] Look
- [ ] Since: ____ (UTC)

` + "```sh {name=try rollback=undo expect=/good|fine/}\ntry it\nand more\n```\n\n```sh {name=undo}\nundo it\n```" + `

## Second (optional)

- [ ] Last
`

// at is the moment of the tests.
var at = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// everyEvent is each event there is for people, in each of its forms, in an
// order in which a run can take them in. The hash is the one of try's block.
func everyEvent(hash string) [][]runbook.Event {
	step, look, since, try := runbook.Ref("book/first"), runbook.Ref("book/first/1"), runbook.Ref("book/first/2"), runbook.Ref("book/first/3")
	attempt := func(n int, more ...runbook.Event) []runbook.Event {
		return append([]runbook.Event{runbook.CommandIntended{Attempt: n, Item: try, Text: "try it\nand more", Shell: "sh", Terminal: true}}, more...)
	}
	ended := func(n int, f runbook.CommandFinished) []runbook.Event {
		f.Attempt, f.Elapsed, f.Why = n, 12*time.Second, max(f.Why, runbook.Exited)
		return attempt(n, f)
	}
	return [][]runbook.Event{
		{runbook.RunOpened{Run: "01JABCDEF", Mode: runbook.Live, Target: "eu", Production: true}},
		{runbook.BookOpened{Book: "book", Version: "1.0.0", Hash: "0123456789abcdef", Why: "start"}},
		{runbook.BookOpened{Book: "book", Hash: "0123456789abcdef", Why: "link", Foreign: true}},
		{runbook.BookOpened{Book: "book", Hash: "0123456789abcdef", Why: "edited"}},
		{runbook.MomentSet{Name: "began", Moment: at.Add(-time.Hour), Latest: at, Reason: "the first alert"}},
		{runbook.PreflightChecked{Check: "git", OK: true, Found: "2.40"}, runbook.PreflightChecked{Check: "node", Found: "not there"}},
		{runbook.RoleTaken{Name: "commander", Person: "ann"}},
		{runbook.CommandPassed{From: "ann", To: "bob", Summary: "half done"}, runbook.CommandAccepted{From: "ann", To: "bob"}},
		{runbook.RunLeft{Why: "asked"}, runbook.RunLeft{Why: "input"}, runbook.RunLeft{Why: "hangup"}, runbook.RunLeft{Why: "signal"}, runbook.RunLeft{Why: "panic"}},
		{runbook.RunResumed{Away: 90 * time.Second}},
		{runbook.StepEntered{Step: step, By: "next"}, runbook.StepEntered{Step: "book/gone", By: "jump"}},
		{runbook.ItemTicked{Item: look, As: "confirmed"}, runbook.ItemTicked{Item: look, As: "confirmed", Value: "7"}},
		{runbook.ItemTicked{Item: look, As: "confirmed", Different: "it was open"}, runbook.ItemTicked{Item: try, As: "by_hand"}},
		{runbook.ItemTicked{Item: look, As: "not_exercised"}, runbook.ItemTicked{Item: look, As: runbook.Unattended}},
		{runbook.QuestionAnswered{Item: since, Value: "2000-01-01T00:30:00Z"}, runbook.QuestionAnswered{Item: since, Value: "who knows", As: runbook.Unattended}},
		{runbook.BlockEdited{Item: try, Text: "try less\nthen more", Reason: "too much"}},
		{runbook.BlankFilled{Item: try, Name: "<host>", Value: "db1"}, runbook.BlockArmed{Item: try, Hash: hash}},
		ended(1, runbook.CommandFinished{Output: runbook.Kept{File: "x", Lines: 1}}),
		ended(2, runbook.CommandFinished{Exit: 4, Output: runbook.Kept{File: "x", Lines: 12345}, Survivors: true}),
		ended(3, runbook.CommandFinished{Exit: 1, Again: true}),
		ended(4, runbook.CommandFinished{Expected: "missed", Output: runbook.Kept{File: "x"}}),
		ended(5, runbook.CommandFinished{Exit: -1, Signal: "KILL", Withheld: []string{"TOKEN"}}),
		ended(6, runbook.CommandFinished{Exit: -1, Why: runbook.Timeout}),
		ended(7, runbook.CommandFinished{Exit: -1, Fault: "no such shell"}),
		attempt(8, runbook.OutcomeUnknown{Attempt: 8, Seen: "gone"}),
		attempt(9, runbook.OutcomeUnknown{Attempt: 9, Seen: "running"}),
		attempt(10, runbook.OutcomeUnknown{Attempt: 10, Seen: "not_started"}),
		{runbook.HoldReleased{Item: try, How: "skipped", Reason: "no time"}, runbook.HoldReleased{Item: try, How: "counts_as_done", Reason: "I looked"}},
		{runbook.HoldReleased{Item: try, How: "anyway", Reason: "no matter"}, runbook.HoldReleased{Item: try, How: "rolled_back"}, runbook.HoldReleased{Item: try, How: "again"}},
		{runbook.CommandIntended{Attempt: 11, Item: try, For: "identify", Text: "who", Target: "staging"}, runbook.TargetIdentified{Attempt: 11, Item: try, Answer: "otter"}},
		{runbook.TargetIdentified{Attempt: 11, Item: try, Answer: "weasel", Expected: "otter"}},
		{runbook.CommandIntended{Attempt: 12, For: "adhoc", Text: "ls"}, runbook.CommandIntended{Attempt: 13, Item: try, For: "rollback", Text: "undo it"}},
		{runbook.DangerConfirmed{Item: try, Target: "otter"}, runbook.DangerConfirmed{Item: try, Target: "otter", Preview: 3, Count: 1000}, runbook.DangerConfirmed{Target: "otter", As: runbook.Unattended}},
		{runbook.FactReported{Name: "rows", Value: "12"}, runbook.SecretGiven{Name: "KEY", From: "asked"}, runbook.SecretGiven{Name: "KEY", From: "block"}},
		{runbook.StepFinished{Step: step, Person: "bob"}, runbook.StepFinished{Step: step, Alone: "nobody awake"}, runbook.StepFinished{Step: step, Alone: runbook.Unattended}},
		{runbook.StepFinished{Step: "book/second-optional", NotExercised: true}},
		{runbook.StepSkipped{Step: step, Reason: "not needed", Alone: "nobody awake"}, runbook.StepReopened{Step: step, Reason: "it failed later"}},
		{runbook.ChoiceMade{Step: step, Item: look, Option: 1, Text: "It spreads", To: "book/second-optional"}},
		{runbook.ObjectiveReached{Objective: "critical", Step: step}, runbook.ObjectiveLost{Objective: "critical", Reason: "down again"}},
		{runbook.NoteTaken{Text: "two\nlines", Tag: "decision"}, runbook.Corrected{Seq: 3, Text: "it was later"}},
		{runbook.ClockPaused{Reason: "lunch"}, runbook.ClockResumed{}},
		{runbook.ClockJumped{Delta: -time.Minute, Clock: "step"}, runbook.ClockJumped{Delta: time.Minute, Clock: "step"}, runbook.ClockJumped{Delta: time.Minute, Clock: "suspend"}},
		{runbook.WarningGiven{Objective: "critical", Of: "75"}, runbook.WarningGiven{Objective: "critical", Of: "100"}, runbook.WarningGiven{Objective: "noncritical", Of: "latest_start"}},
		{runbook.WrittenLate{From: at, To: at.Add(time.Minute), Why: "no space"}, runbook.SignedOff{Person: "eve", As: "auditor", Text: "seen"}},
		{runbook.CommandIntended{Attempt: 14, Item: try, Text: "dump it", Background: true}, runbook.CommandStarted{Attempt: 14}},
		{runbook.CommandFinished{Attempt: 14, Exit: 1, Why: runbook.Exited, Fault: "the disk is full", Note: "its end is missing"}},
		{runbook.ItemTicked{Item: try, As: "succeeded"}, runbook.NoteTaken{Text: "no tag"}, runbook.RunLeft{Why: "fire"}},
		{runbook.RunEnded{State: "failed", Reason: "no backup"}, runbook.Unknown{Kind: "newer_kind", Data: []byte(`{"a":1}`)}},
	}
}

// TestEveryEvent shows the words of each event. Those without any are told by
// another one.
func TestEveryEvent(t *testing.T) {
	s := newStory(t, everyBook)
	s.Zone = time.FixedZone("CET", 3600)
	var b strings.Builder
	for _, events := range everyEvent(s.Books["book"].Steps[0].Items[2].Blocks[0].Hash) {
		for _, e := range events {
			rec := s.happens(at, e)
			word, text := s.Event(rec)
			if word == "" {
				continue
			}
			head := fmt.Sprintf("%4d %s %-9s ", rec.Seq, rec.Time.Format("15:04:05Z"), word)
			b.WriteString(head + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", len(head))) + "\n")
		}
	}
	golden(t, b.String())
}

// TestEveryKind: every kind of event that is for people has words, and the
// station's have none.
func TestEveryKind(t *testing.T) {
	s := newStory(t, everyBook)
	said := map[string]bool{}
	for _, events := range everyEvent("") {
		for _, e := range events {
			if word, text := s.Event(s.happens(at, e)); word != "" && text != "" {
				said[reflect.TypeOf(e).Name()] = true
			}
		}
	}
	for _, kind := range kinds(t) {
		station := kind == "RunRegistered" || kind == "RunSealed"
		if said[kind] == station {
			t.Errorf("%s has words: %t", kind, said[kind])
		}
	}
}

// kinds is the closed set of events, from the source that closes it.
func kinds(t *testing.T) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "runbook", "kind.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == "event" {
			name, ok := fn.Recv.List[0].Type.(*ast.Ident)
			if !ok {
				t.Fatalf("%v is no name of a kind", fn.Recv.List[0].Type)
			}
			out = append(out, name.Name)
		}
	}
	if len(out) < 40 {
		t.Fatalf("only %d kinds: %s", len(out), out)
	}
	return out
}
