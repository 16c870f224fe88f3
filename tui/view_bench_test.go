package tui

import (
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/runbooks"
	"lifeboat/tui/look"
	"lifeboat/tui/walk"
)

// BenchmarkView: one frame of a walk through a shipped runbook, ten steps on, with
// every clock. A frame is drawn for each message, so this bounds what a key costs.
func BenchmarkView(b *testing.B) {
	text, err := runbooks.Open("data-corruption")
	if err != nil {
		b.Fatal(err)
	}
	book, _, err := markdown.Parse("data-corruption.md", text)
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC)
	app, err := New(Options{Now: func() time.Time { return at }, After: time.After, Theme: "dark"})
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	story := look.Story{
		Run: runbook.NewRun(), Books: runbook.Books{book.Name: book}, Zone: time.UTC,
		Kept: func(int) string { return filepath.Join(dir, "none") },
		Usual: func(*runbook.Book, *runbook.Step) (runbook.Usual, bool) {
			return runbook.Usual{Median: time.Minute, P90: 2 * time.Minute, N: 3}, true
		},
	}
	events := []runbook.Event{
		runbook.RunOpened{Run: "01JRUN00000000000000ABCDEF", Mode: runbook.Live, Target: "production", Production: true},
		runbook.BookOpened{Book: book.Name, Hash: book.Hash, Why: "start"},
		runbook.MomentSet{Name: "began", Moment: at.Add(-time.Hour)},
	}
	for i := range book.Steps[:10] {
		step := runbook.At(book.Name, book.Steps[i].ID)
		events = append(events, runbook.StepEntered{Step: step, By: "next"}, runbook.StepFinished{Step: step})
	}
	events = append(events, runbook.StepEntered{Step: runbook.At(book.Name, book.Steps[10].ID), By: "next"})
	records := make([]runbook.Record, len(events))
	for i, e := range events {
		records[i] = runbook.Record{Seq: uint64(i + 1), Time: at.Add(-time.Hour).Add(time.Duration(i) * time.Minute), Event: e}
	}
	if err := story.Take(records, nil); err != nil {
		b.Fatal(err)
	}
	app.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	app.Push(walk.New(app, &walk.Session{Story: story, Feed: &walk.Feed{After: time.After}}))
	b.ReportAllocs()
	for b.Loop() {
		if v := app.View(); v.Content == "" {
			b.Fatal("nothing is drawn")
		}
	}
}
