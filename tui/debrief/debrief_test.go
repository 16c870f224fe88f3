package debrief

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lifeboat/runbook"
	"lifeboat/tui/look"
	"lifeboat/tui/ui"
)

// TestNotExercised: what a drill left out is counted once, also in a book that was
// edited meanwhile, and with the steps that are for the other kind of run.
func TestNotExercised(t *testing.T) {
	theme, err := ui.NewTheme("none", ui.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	book := &runbook.Book{Name: "book", Steps: []runbook.Step{
		{ID: "a", Title: "Look", Items: []runbook.Item{{Blocks: []*runbook.Block{{}, {When: runbook.Live}}}}},
		{ID: "b", Title: "Restore", When: runbook.Live, Items: []runbook.Item{{Blocks: []*runbook.Block{{}, {When: runbook.Live}}}}},
	}}
	run := runbook.NewRun()
	run.Mode = runbook.Drill
	run.Books = []runbook.Followed{{BookOpened: runbook.BookOpened{Book: "book", Why: "start"}}, {BookOpened: runbook.BookOpened{Book: "book", Why: "edited"}}}
	run.Steps["book/b"] = &runbook.StepState{NotExercised: true}
	p := &page{t: theme, d: New(nil, &look.Story{Run: run, Books: runbook.Books{"book": book}}), width: 60}
	p.notExercised()
	want := "Not exercised\n– Restore\n– 3 commands for the other kind of run"
	if got := ansi.Strip(strings.Join(p.lines, "\n")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
