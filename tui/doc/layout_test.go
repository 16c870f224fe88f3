package doc_test

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extended "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/runbooks"
	"lifeboat/tui/doc"
	"lifeboat/tui/ui"
)

// books are all books at hand: those that are shipped, the documents that the
// grammar is tested with, and other people's, where they are.
func books(t *testing.T) []*runbook.Book {
	t.Helper()
	var out []*runbook.Book
	add := func(name string, text []byte) {
		if b, _, err := markdown.Parse(name, text); err == nil && len(b.Steps) > 0 {
			out = append(out, b)
		}
	}
	for _, name := range runbooks.Names() {
		add(name, shippedText(t, name))
	}
	globs := []string{"testdata/*.md", "../../runbook/markdown/testdata/*/*.txt"}
	if dir := os.Getenv("LIFEBOAT_SHARED"); dir != "" {
		globs = append(globs, dir+"/corpus/*.md", dir+"/corpus/drafts/*.md", dir+"/domain/*.md")
	}
	for _, glob := range globs {
		files, err := filepath.Glob(glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("no books in %s: %v", glob, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, _, _ := strings.Cut(string(text), "\n----------\n")
			add(filepath.Base(file), []byte(doc))
		}
	}
	return out
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// wide is a width at which nothing is folded.
const wide = 1 << 16

// TestLayout_items: each item of each step begins at one line, in order, and the
// lines of an item say what it asks for.
func TestLayout_items(t *testing.T) {
	items := 0
	for _, b := range books(t) {
		d := doc.Parse(b)
		for i := range b.Steps {
			s := &b.Steps[i]
			o := doc.Section(s)
			o.Width, o.Theme = wide, theme(t, "none")
			said := make([]string, len(s.Items))
			next := 0
			for _, l := range d.Layout(o) {
				if l.First {
					if l.Mark != next {
						t.Errorf("%s %s: item %d begins, want %d", b.Name, s.ID, l.Mark, next)
					}
					next++
					if l.Text == "" && !o.Marks[l.Mark].Hide {
						t.Errorf("%s %s: an empty line", b.Source, s.Items[l.Mark].ID)
					}
				}
				if l.Mark >= next {
					t.Fatalf("%s %s: a line of item %d before its first", b.Name, s.ID, l.Mark)
				}
				if l.Mark >= 0 {
					said[l.Mark] += " " + l.Text
				}
			}
			if next != len(s.Items) {
				t.Errorf("%s %s: %d of %d items have a first line", b.Name, s.ID, next, len(s.Items))
			}
			for j, it := range s.Items {
				items++
				got, want := wordsOf(ansi.Strip(said[j])), wordsOf(it.Text)
				if it.Kind != runbook.Choice && !holds(got, want) {
					t.Errorf("%s: got %q, want %q", it.ID, got, want)
				}
			}
		}
	}
	t.Logf("%d items", items)
}

// holds says whether words come in another text, in order. Where a link leads,
// and tags, may stand between them.
func holds(text, words []string) bool {
	for _, w := range text {
		if len(words) > 0 && w == words[0] {
			words = words[1:]
		}
	}
	return len(words) == 0
}

// TestLayout_everyWord: the steps of a book hold every word of it once, in
// order. What a reader sees is gathered by another way through the document.
func TestLayout_everyWord(t *testing.T) {
	for _, b := range books(t) {
		d := doc.Parse(b)
		var out strings.Builder
		for i := range b.Steps {
			o := doc.Section(&b.Steps[i])
			o.Width, o.Theme, o.SkipTitle = wide, theme(t, "none"), false
			for j := range o.Marks {
				o.Marks[j].Hide = false
			}
			for _, l := range d.Layout(o) {
				out.WriteString(untick.ReplaceAllString(ansi.Strip(l.Text), "") + "\n")
			}
		}
		got, want := wordsOf(out.String()), seen(b)
		if bytes.Contains(b.Text, []byte("<br")) { // what stands beside it in a table comes earlier
			slices.Sort(got)
			slices.Sort(want)
		}
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("%s: after %q comes %q, want %q", b.Name, got[max(0, i-6):i], got[i:min(len(got), i+6)], want[i:min(len(want), i+6)])
				break
			}
		}
		if n := min(len(got), len(want)); !slices.Equal(got[n:], want[n:]) {
			t.Errorf("%s: %d words, want %d", b.Name, len(got), len(want))
		}
	}
}

var (
	untick  = regexp.MustCompile(`\[[ xX]\]`)
	comment = regexp.MustCompile(`(?s)<!--.*?(?:-->|\z)`)
	anID    = regexp.MustCompile(`\s*\{:?\s*#[\w.:-]+\s*\}\s*$`)
	inBox   = regexp.MustCompile("(?m)^:(?:class|name):.*$")
	remark  = regexp.MustCompile(`^\{[a-z]+\}`)
	aBook   = regexp.MustCompile(`(?i)^(?:#|[^:#?]+\.(?:md|markdown)(?:#|$))`)
)

// seen are the words of a book as goldmark reads it when nothing is added to it.
func seen(b *runbook.Book) []string {
	src := slices.Clone(b.Text)
	for i := range b.Steps[0].From {
		src[i] = ' '
	}
	var out strings.Builder
	code := func(n ast.Node) {
		for i := range n.Lines().Len() {
			seg := n.Lines().At(i)
			out.WriteString(inBox.ReplaceAllString(string(seg.Value(src)), ""))
		}
	}
	root := goldmark.New(goldmark.WithExtensions(extension.Table, extension.TaskList)).Parser().Parse(text.NewReader(src))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Type() == ast.TypeBlock || n.Kind() == extended.KindTableCell {
			out.WriteString("\n")
		}
		if !entering {
			if l, ok := n.(*ast.Link); ok {
				if to := string(l.Destination); !aBook.MatchString(to) && !strings.HasSuffix(out.String(), to) {
					out.WriteString(" " + to)
				}
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if t, ok := n.LastChild().(*ast.Text); ok {
				t.Segment.Stop -= len(anID.Find(t.Segment.Value(src)))
			}
		case *ast.ListItem:
			if l, ok := n.Parent().(*ast.List); ok && l.IsOrdered() {
				k := l.Start
				for c := l.FirstChild(); c != n; c = c.NextSibling() {
					k++
				}
				out.WriteString(" " + strconv.Itoa(k) + " ")
			}
		case *ast.Text:
			out.WriteString(html.UnescapeString(string(n.Segment.Value(src))))
			if n.SoftLineBreak() || n.HardLineBreak() {
				out.WriteString("\n")
			}
		case *ast.Image:
			out.WriteString(" image ")
		case *ast.AutoLink:
			out.WriteString(string(n.Label(src)))
		case *ast.RawHTML:
			var tag string
			for i := range n.Segments.Len() {
				seg := n.Segments.At(i)
				tag += string(seg.Value(src))
			}
			if strings.HasPrefix(tag, "<br") {
				tag = "\n"
			}
			out.WriteString(comment.ReplaceAllString(tag, ""))
		case *ast.HTMLBlock:
			var tags strings.Builder
			for i := range n.Lines().Len() {
				seg := n.Lines().At(i)
				tags.Write(seg.Value(src))
			}
			if n.HasClosure() {
				tags.Write(n.ClosureLine.Value(src))
			}
			out.WriteString(comment.ReplaceAllString(tags.String(), ""))
		case *ast.CodeBlock:
			code(n)
		case *ast.FencedCodeBlock:
			if n.Info != nil && remark.Match(n.Info.Segment.Value(src)) {
				out.WriteString(string(n.Info.Segment.Value(src)) + "\n")
			}
			code(n)
		}
		return ast.WalkContinue, nil
	})
	return wordsOf(out.String())
}

// TestLayout_widths: at any width the lines fit, nothing is cut, and a theme
// changes looks alone.
func TestLayout_widths(t *testing.T) {
	none, dark := theme(t, "none"), theme(t, "dark")
	for _, b := range books(t) {
		d := doc.Parse(b)
		for i := range b.Steps {
			o := doc.Section(&b.Steps[i])
			o.Theme, o.Width = none, wide
			want := letters(d.Layout(o))
			for _, width := range []int{20, 33, 50, 74} {
				o.Width, o.Theme = width, none
				plain := d.Layout(o)
				o.Theme = dark
				styled := d.Layout(o)
				for j, l := range plain {
					if w := ui.Width(l.Text); w > width {
						t.Errorf("%s: %d cells at width %d: %q", b.Steps[i].ID, w, width, l.Text)
					}
					if ansi.Strip(styled[j].Text) != ansi.Strip(l.Text) || styled[j].Mark != l.Mark || styled[j].First != l.First {
						t.Errorf("%s: %q looks like %q", b.Steps[i].ID, l.Text, styled[j].Text)
					}
					if at := strings.LastIndex(styled[j].Text, "\x1b"); at >= 0 && !strings.HasPrefix(styled[j].Text[at:], "\x1b[m") {
						t.Errorf("%s: a look isn't ended: %q", b.Steps[i].ID, styled[j].Text)
					}
				}
				got := letters(plain)
				for r, n := range want {
					// Where a table has no room, its head is repeated.
					if got[r] < n || got[r] > n && !strings.Contains(string(b.Text), "|") {
						t.Errorf("%s: %d times %q at width %d, want %d", b.Steps[i].ID, got[r], r, width, n)
					}
				}
			}
		}
	}
}

func letters(lines []doc.Line) map[rune]int {
	n := map[rune]int{}
	for _, l := range lines {
		for _, r := range ansi.Strip(l.Text) {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				n[r]++
			}
		}
	}
	return n
}
