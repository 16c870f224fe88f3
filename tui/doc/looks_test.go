package doc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"lifeboat/runbook"
	"lifeboat/tui/doc"
	"lifeboat/tui/ui"
)

// lay lays out the first step of a book with the text.
func lay(t *testing.T, text string, change func(o *doc.Options)) []doc.Line {
	t.Helper()
	b := book(t, "book.md", []byte(text))
	o := doc.Section(&b.Steps[0])
	o.Width, o.Theme = 60, theme(t, "dark")
	if change != nil {
		change(&o)
	}
	return doc.Parse(b).Layout(o)
}

func texts(lines []doc.Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, ansi.Strip(l.Text))
	}
	return out
}

const own = "---\nlifeboat: 1\n---\n# Book\n\n"

// TestLayout_roles: each thing has the role that is meant for it, and nothing
// is bold.
func TestLayout_roles(t *testing.T) {
	lines := lay(t, own+"Some **stress**, `code` and a [link](https://a.org/b).\n\n"+
		"> [!WARNING]\n> Careful.\n\n> [!NOTE]\n> Mind.\n\n> Said.\n\n"+
		"1. Do:\n   ```console\n   $ run it \\\n     twice\n   went well\n   ```\n\n"+
		"```yaml\ntext: here\n```\n\n```sh\n"+strings.Repeat("long ", 20)+"\n```\n\n| Head |\n|--|\n| cell |\n", nil)
	all := ""
	for _, l := range lines {
		all += l.Text + "\n"
		if strings.Contains(l.Text, "\x1b[1m") || strings.Contains(l.Text, ";1m") || strings.Contains(l.Text, "[1;") {
			t.Errorf("bold: %q", l.Text)
		}
	}
	th := theme(t, "dark")
	for text, role := range map[string]ui.Role{
		"stress": ui.Strong, "code": ui.Code, "link": ui.Link, " (https://a.org/b)": ui.Faint,
		"WARNING": ui.Warn, "NOTE": ui.Heading, "$ run it \\": ui.Code, "  twice": ui.Code, "went well": ui.Output,
		"text: here": ui.Output, "Head": ui.Heading, ui.SignFold: ui.Faint,
	} {
		before, after, _ := strings.Cut(th.Paint(role, "x"), "x")
		if !strings.Contains(all, before+text+after) {
			t.Errorf("%q has another role than %d in\n%q", text, role, all)
		}
	}
	for text, role := range map[string]ui.Role{"Careful.": ui.Warn, "Mind.": ui.Edge, "Said.": ui.Edge} {
		if !strings.Contains(all, th.Paint(role, ui.SignBar)+" "+text) {
			t.Errorf("%q has another bar than %d", text, role)
		}
	}
}

// TestLayout_masks: a secret is masked wherever it stands, and however Markdown
// cuts it up.
func TestLayout_masks(t *testing.T) {
	for name, c := range map[string]struct{ secret, text string }{
		"in a word":           {"hunter2", "It is hunter2.\n"},
		"in code":             {"hunter2", "It is `--password=hunter2`.\n"},
		"over two lines":      {"correct horse", "It is correct\nhorse.\n"},
		"partly stressed":     {"hunter2", "It is hunt**er2**.\n"},
		"taken for markup":    {"hu*nt*er_2_", "It is hu*nt*er_2_.\n"},
		"escaped":             {"hu_nter", "It is hu\\_nter.\n"},
		"as a reference":      {"hunter2", "It is h&#117;nter2.\n"},
		"where a link leads":  {"hunter2", "It is [here](https://a.org/hunter2).\n"},
		"in a table":          {"hunter2", "| a | b |\n|-|-|\n| x | hunter2 |\n"},
		"in a block":          {"hun\nter2", "```sh\nhun\nter2\n```\n"},
		"in HTML":             {"hunter2", "<div>hunter2</div>\n"},
		"in a remark's title": {"hunter2", "!!! note \"hunter2\"\n    text\n"},
		"in a directive":      {"hunter2", "```{note}\nhunter2\n```\n"},
		"folded":              {"hunter2-" + strings.Repeat("x", 90), "It is hunter2-" + strings.Repeat("x", 90) + ".\n"},
	} {
		lines := lay(t, own+c.text+"\n- [ ] look\n", func(o *doc.Options) {
			o.Clean = func(s string) string { return strings.ReplaceAll(s, c.secret, "[redacted]") }
		})
		got := strings.Join(texts(lines), " ")
		if !strings.Contains(got, "[redacted]") || strings.Contains(got, "unt") || strings.Contains(got, "horse") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestLayout_harmless: nothing in a document is obeyed by a terminal, mask or no
// mask.
func TestLayout_harmless(t *testing.T) {
	lines := lay(t, own+"a \x1b[31mred\x1b[0m &#27;[2J `\x07` \u009b1m\n\n```sh\necho \x1b]0;title\x07\n```\n\n- [ ] look\n", nil)
	none := looks(t, theme(t, "dark"))
	for _, l := range lines {
		if s := none.Replace(l.Text); strings.ContainsAny(s, "\x1b\x07\u009b") {
			t.Errorf("%q", s)
		}
	}
}

// TestLayout_title: the heading of a step is left out where its reader has just
// seen it.
func TestLayout_title(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"of a step":              {"## Step\n\nText.\n\n- [ ] a\n", []string{"Text.", "", "a"}},
		"below a phase":          {"## Phase\n\n### Step\n\n- [ ] a\n", []string{"Phase", "", "a"}},
		"below a phase of words": {"## Phase\n\nText.\n\n### Step\n\n- [ ] a\n", []string{"Phase", "", "Text.", "", "Step", "", "a"}},
		"before another":         {own + "## Step\n\n- [ ] a\n\n## Context\n\nText.\n", []string{"Book", "", "a", "", "Context", "", "Text."}},
		"of a reading stop":      {"## Read this\n\nText.\n", []string{"Read this", "", "Text."}},
		"no heading":             {"Text.\n\n- [ ] a\n", []string{"Text.", "", "a"}},
	} {
		if got := texts(lay(t, c.text, nil)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestLayout_places: what has no text of its own has a line all the same.
func TestLayout_places(t *testing.T) {
	at := func(lines []doc.Line) []string {
		var out []string
		for _, l := range lines {
			if l.First {
				out = append(out, l.Text)
			}
		}
		return out
	}
	// Nothing is asked for, and there is no heading: all of it is to be read.
	lines := lay(t, "Some words.\nAnd more.\n", nil)
	if got := at(lines); !slices.Equal(got, []string{"Some words. And more."}) {
		t.Errorf("a place: %q", got)
	}
	text := "## A\n\n- [a](#a)\n- [b](#b)\n\n## B\n\n- [ ] b\n"
	if got := texts(lay(t, text, nil)); !slices.Equal(got, []string{""}) {
		t.Errorf("a hidden choice: %q", got)
	}
	show := func(o *doc.Options) { o.Marks[0].Hide = false }
	if got := texts(lay(t, text, show)); !slices.Equal(got, []string{"· a", "· b"}) {
		t.Errorf("a choice that shows: %q", got)
	}
	d := doc.Parse(&runbook.Book{Text: []byte("one\n\ntwo\n")})
	lines = d.Layout(doc.Options{To: 9, Marks: []doc.Mark{{From: 0, To: 3}, {From: 1, To: 2}, {From: 50, To: 60}}})
	want := []doc.Line{
		{Text: "one", First: true, Last: true},
		{Mark: -1},
		{Mark: 1, First: true, Last: true},
		{Text: "two", Mark: -1},
		{Mark: 2, First: true, Last: true},
	}
	if len(lines) != len(want) {
		t.Fatalf("got %+v", lines)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("line %d: got %+v, want %+v", i, lines[i], want[i])
		}
	}
}

// TestLayout_again: what was looked for in one paragraph does not change how the
// next one is read.
func TestLayout_again(t *testing.T) {
	lines := lay(t, own+"A paragraph that begins a comment <!-- and does not end it.\n\nText <!-- hidden -->.\n\n- [ ] look\n", nil)
	if got := strings.Join(texts(lines), "\n"); strings.Contains(got, "hidden") {
		t.Error(got)
	}
}
