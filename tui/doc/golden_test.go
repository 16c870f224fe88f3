package doc_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/runbooks"
	"lifeboat/tui/doc"
	"lifeboat/tui/tuitest"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// clean is what screens do with text, but for secrets.
func clean(text string) string { return words.Stable(words.Visible(text)) }

func theme(t testing.TB, kind string) *ui.Theme {
	t.Helper()
	th, err := ui.NewTheme(kind, ui.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func book(t testing.TB, name string, text []byte) *runbook.Book {
	t.Helper()
	b, _, err := markdown.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shippedText is the text of a shipped book.
func shippedText(t testing.TB, name string) []byte {
	t.Helper()
	text, err := fs.ReadFile(runbooks.Files(), name+".md")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func shipped(t testing.TB, name string) *runbook.Book {
	t.Helper()
	return book(t, name+".md", shippedText(t, name))
}

// gutter draws lines with a sign before each first line of an item, as a screen
// does.
func gutter(lines []doc.Line) string {
	var b strings.Builder
	for _, l := range lines {
		sign := "  "
		switch {
		case l.First:
			sign = "▶ "
		case l.Mark >= 0:
			sign = "∙ "
		}
		b.WriteString(strings.TrimRight(sign+ansi.Strip(l.Text), " ") + "\n")
	}
	return b.String()
}

// TestLayout_golden: whole steps as a screen shows them.
func TestLayout_golden(t *testing.T) {
	all, err := os.ReadFile(filepath.Join("testdata", "all.md"))
	if err != nil {
		t.Fatal(err)
	}
	everything := book(t, "all.md", all)
	type step struct {
		book *runbook.Book
		id   string
	}
	corruption := shipped(t, "data-corruption")
	steps := []step{
		{corruption, "declare-the-incident"},
		{corruption, "prove-where-you-are"},
		{corruption, "stop-the-writes"},
		{corruption, "keep-the-damaged-data"},
		{corruption, "keep-the-traces"},
		{corruption, "find-the-writer"},
		{shipped(t, "security-breach"), "choose-how-to-cut-them-off"},
	}
	for i := range everything.Steps {
		steps = append(steps, step{everything, everything.Steps[i].ID})
	}
	for _, s := range steps {
		for _, width := range []int{74, 50, 20} {
			if width == 20 && s.book != everything {
				continue
			}
			name := fmt.Sprintf("%s.%s.%d", s.book.Name, s.id, width)
			t.Run(name, func(t *testing.T) {
				st, ok := s.book.Step(s.id)
				if !ok {
					t.Fatalf("no step %s", s.id)
				}
				o := doc.Section(st)
				o.Width, o.Theme, o.Clean = width, theme(t, "none"), clean
				got := gutter(doc.Parse(s.book).Layout(o))
				file := filepath.Join("testdata", name+".txt")
				if want, ok := tuitest.Expected(t, file, got); ok && got != want {
					t.Errorf("got:\n%s\nwant:\n%s", got, want)
				}
			})
		}
	}
}
