package doc_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/runbooks"
	"lifeboat/tui/doc"
	"lifeboat/tui/ui"
)

// FuzzLayout: whatever the text, the range and the marks are, no line is wider
// than asked or holds a control character or a sequence that isn't the theme's,
// and each mark has one first line, in order.
func FuzzLayout(f *testing.F) {
	seed := func(text []byte) {
		f.Add(text, 0, len(text), 74, 10, 20, 15, 18, true)
		f.Add(text, len(text)/3, len(text), 20, len(text)/2, len(text), len(text)/2, len(text)/2, false)
	}
	for _, name := range runbooks.Names() {
		for part := range bytes.SplitSeq(shippedText(f, name), []byte("\n## ")) { // smaller ones are tried more often
			seed(part)
		}
	}
	files, err := filepath.Glob("../../runbook/markdown/testdata/*/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, file := range append(files, filepath.Join("testdata", "all.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		seed(text)
	}
	seed([]byte("\u0301a\n\n\u200d\n\n| \u0600 | b |\n|-|-|\n| \u0301 | \U0001f1e6\U0001f1e8 |\n\n\x1b[1m\n\n\tx\u0301\x9b\n"))
	f.Fuzz(func(t *testing.T, text []byte, from, to, width, a, b, c, d int, dark bool) {
		o := doc.Options{From: from, To: to, Width: width % 200, Theme: theme(t, "none")}
		o.Marks = []doc.Mark{{From: a, To: b}, {From: c, To: d, Hide: d%2 == 1}}
		if dark {
			o.Theme = theme(t, "dark")
		}
		p := doc.Parse(&runbook.Book{Text: text})
		sound(t, p, o)
		o.Clean = clean
		sound(t, p, o)
		if book, _, err := markdown.Parse("a.md", text); err == nil {
			p := doc.Parse(book)
			for i := range min(len(book.Steps), 20) {
				o := doc.Section(&book.Steps[i])
				o.Width, o.Theme, o.Clean = width%200, theme(t, "none"), clean
				sound(t, p, o)
			}
		}
	})
}

func sound(t *testing.T, d *doc.Doc, o doc.Options) {
	t.Helper()
	lines := d.Layout(o)
	if again := d.Layout(o); !reflect.DeepEqual(lines, again) {
		t.Fatal("laid out twice, two results")
	}
	next, theme := 0, looks(t, o.Theme)
	for _, l := range lines {
		if w := ui.Width(l.Text); w > max(o.Width, doc.Narrowest) {
			t.Errorf("%d cells at width %d: %q", w, o.Width, l.Text)
		}
		if strings.ContainsFunc(theme.Replace(l.Text), unicode.IsControl) {
			t.Errorf("a control character: %q", l.Text)
		}
		switch {
		case l.Mark < -1 || l.Mark >= len(o.Marks):
			t.Errorf("mark %d of %d", l.Mark, len(o.Marks))
		case l.First:
			if l.Mark != next {
				t.Errorf("mark %d begins, want %d", l.Mark, next)
			}
			next++
		case l.Mark >= next:
			t.Errorf("a line of mark %d before its first", l.Mark)
		}
	}
	last := make([]int, len(o.Marks))
	for _, l := range lines {
		if l.Mark >= 0 && last[l.Mark] > 0 {
			t.Errorf("a line of mark %d after its last", l.Mark)
		}
		if l.Last {
			last[l.Mark]++
		}
	}
	if next != len(o.Marks) || slices.Contains(last, 0) {
		t.Errorf("%d of %d marks have a first line; last ones: %v", next, len(o.Marks), last)
	}
	if n := len(lines); n > 0 && (lines[n-1] == doc.Line{Mark: -1} || lines[0] == doc.Line{Mark: -1}) {
		t.Errorf("a blank line at an end of %d", n)
	}
}

// looks takes away what a theme puts around text.
func looks(t testing.TB, th *ui.Theme) *strings.Replacer {
	t.Helper()
	var pairs []string
	for r := ui.Plain; r <= ui.CalmBar; r++ {
		for part := range strings.SplitSeq(th.Paint(r, "x"), "x") {
			if part != "" {
				pairs = append(pairs, part, "")
			}
		}
	}
	return strings.NewReplacer(pairs...)
}

// BenchmarkLayout lays out the longest step of a shipped book.
func BenchmarkLayout(b *testing.B) {
	book := shipped(b, "security-breach")
	longest := &book.Steps[0]
	for i := range book.Steps {
		if s := &book.Steps[i]; s.To-s.From > longest.To-longest.From {
			longest = s
		}
	}
	d := doc.Parse(book)
	o := doc.Section(longest)
	o.Width, o.Theme, o.Clean = 74, theme(b, "dark"), clean
	b.SetBytes(int64(longest.To - longest.From))
	b.ReportAllocs()
	for b.Loop() {
		d.Layout(o)
	}
}

// BenchmarkParse reads a shipped book.
func BenchmarkParse(b *testing.B) {
	book := shipped(b, "security-breach")
	b.SetBytes(int64(len(book.Text)))
	for b.Loop() {
		doc.Parse(book)
	}
}
