package brief

import (
	"testing"
	"time"

	"lifeboat/runbook"
)

func TestCount(t *testing.T) {
	b := &runbook.Book{Steps: []runbook.Step{{Items: []runbook.Item{
		{Blocks: []*runbook.Block{{Danger: true}, {}}},
		{Blocks: []*runbook.Block{{Danger: true, When: runbook.Live}, {When: runbook.Drill}}},
		{},
	}}}}
	for mode, want := range map[runbook.Mode][2]int{runbook.Live: {2, 1}, runbook.Drill: {1, 1}} {
		if dangers, other := count(b, mode); dangers != want[0] || other != want[1] {
			t.Errorf("%s: %d dangers and %d for the other mode, want %v", mode, dangers, other, want)
		}
	}
}

// TestCount_step: in a step for the other mode every command is.
func TestCount_step(t *testing.T) {
	b := &runbook.Book{Steps: []runbook.Step{{When: runbook.Live, Items: []runbook.Item{{Blocks: []*runbook.Block{{Danger: true}, {When: runbook.Live}}}}}}}
	for mode, want := range map[runbook.Mode][2]int{runbook.Live: {1, 0}, runbook.Drill: {0, 2}} {
		if dangers, other := count(b, mode); dangers != want[0] || other != want[1] {
			t.Errorf("%s: %d dangers and %d for the other mode, want %v", mode, dangers, other, want)
		}
	}
}

// TestSteps: what is not known of a step is not passed off as no time.
func TestSteps(t *testing.T) {
	b := &runbook.Book{Steps: []runbook.Step{{ID: "a", Items: make([]runbook.Item, 1)}, {ID: "b", Items: make([]runbook.Item, 1)}, {ID: "c", When: runbook.Live, Items: make([]runbook.Item, 1)}}}
	for name, c := range map[string]struct {
		known map[string]time.Duration
		want  string
	}{
		"nothing": {nil, "3; no earlier run tells how long they take"},
		"some":    {map[string]time.Duration{"a": time.Minute}, "3; 1 of them usually take 1:00"},
		"all":     {map[string]time.Duration{"a": time.Minute, "b": time.Hour}, "3, usually 1:01:00"},
	} {
		s := New(nil, &Brief{Book: b, Mode: runbook.Drill, Usual: func(_ *runbook.Book, s *runbook.Step) (runbook.Usual, bool) {
			d, ok := c.known[s.ID]
			return runbook.Usual{Median: d}, ok
		}})
		if got := s.steps(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestOrder: what is asked for is what the briefing shows.
func TestOrder(t *testing.T) {
	b := &Brief{Targets: []Target{{Name: "practice"}, {Name: "staging"}}, At: 1, Operator: "ann", Roles: map[string]string{"scribe": "bob"}, Began: runbook.MomentSet{Source: "operator"}}
	o := b.Order()
	if o.Brief != b || o.Target != "staging" || o.Operator != "ann" || o.Roles["scribe"] != "bob" || o.Began.Source != "operator" {
		t.Errorf("%+v", o)
	}
}
