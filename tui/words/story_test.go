package words

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/tui/tuitest"
)

// A story is a run to which something happens, and what is said of it.
type story struct {
	Teller
	t *testing.T
}

func newStory(t *testing.T, text string) *story {
	t.Helper()
	b, _, err := markdown.Parse("book.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &story{t: t, Teller: Teller{Run: runbook.NewRun(), Books: runbook.Books{b.Name: b}}}
}

// opened begins a story with a drill.
func opened(t *testing.T, text string) *story {
	t.Helper()
	s := newStory(t, text)
	s.happens(at,
		runbook.RunOpened{Run: "01JABCDEF", Mode: runbook.Drill, Target: "practice"}, runbook.BookOpened{Book: "book", Why: "start"})
	return s
}

// happens has events happen at a moment, and gives the last one's record.
func (s *story) happens(at time.Time, events ...runbook.Event) (rec runbook.Record) {
	s.t.Helper()
	for _, e := range events {
		rec = runbook.Record{Seq: s.Run.Seq + 1, Time: at, Meta: runbook.Meta{Actor: "ann"}, Event: e}
		if err := s.Run.Apply(rec); err != nil {
			s.t.Fatalf("%#v: %v", e, err)
		}
	}
	return rec
}

// does has the intents decided that run nothing.
func (s *story) does(in ...runbook.Intent) {
	s.t.Helper()
	for _, in := range in {
		events, err := runbook.Decide(s.Books, s.Run, in, runbook.Second{}, at)
		if err != nil {
			s.t.Fatalf("%#v: %v", in, err)
		}
		s.happens(at, events...)
	}
}

// golden compares a text with the one that was read and found good.
func golden(t *testing.T, got string) {
	t.Helper()
	file := filepath.Join("testdata", t.Name()+".golden")
	data, ok := tuitest.Expected(t, file, got)
	if !ok {
		return
	}
	want, lines := strings.Split(data, "\n"), strings.Split(got, "\n")
	for i := range max(len(want), len(lines)) {
		if i >= len(want) || i >= len(lines) || want[i] != lines[i] {
			t.Fatalf("%s, line %d\nwant: %q\n got: %q", file, i+1, want[min(i, len(want)):], lines[min(i, len(lines)):])
		}
	}
}
