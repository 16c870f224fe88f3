package markdown

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/runbook"
)

func mustParse(t testing.TB, text string) (*runbook.Book, []Message) {
	t.Helper()
	b, ms, err := Parse("dir/book.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b, ms
}

// What is no document is refused in one line that says where, with a hint.
func TestParse_refuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "a.md: the file is empty"},
		{"blank", "\ufeff \n\t\n", "a.md: the file is empty"},
		{"binary", "# Do\n\nab\x00c", "a.md:3:3: a binary file: it holds a NUL byte"},
		{"not UTF-8", "# Größe\n\nä\xffb", "a.md:3:2: not UTF-8: byte 0xff"},
		{"UTF-16", "\xff\xfe#\x00", "a.md:1:1: not UTF-8 but UTF-16"},
		{"large", strings.Repeat("a", 50<<20), "a.md: too large for a runbook: 50 MiB, at most 8"},
	} {
		_, _, err := Parse("a.md", []byte(c.text))
		var u *Unreadable
		if !errors.As(err, &u) {
			t.Fatalf("%s: %v is no *Unreadable", c.name, err)
		}
		if u.Error() != c.want || strings.ContainsAny(u.Error(), "\n") {
			t.Errorf("%s: got %q, want %q", c.name, u, c.want)
		}
		if u.Hint() == "" {
			t.Errorf("%s: no hint", c.name)
		}
	}
}

// Every key of the front matter reaches its field.
func TestParse_front_matter(t *testing.T) {
	b, ms := mustParse(t, `---
lifeboat: 1
title: Data corruption
summary: >
  Two
  lines
version: 1.0
last_reviewed_on: 2026-11-23
review_in: 3 months
objectives: {downtime: 15m, critical: 1h, full: 1d12h, notify: 72h}
exercise: after-change
needs: [lifeboat, git>=2.30]
env: [A_URL]
secrets: A_KEY
identify: lifeboat convex info --name
roles: [commander, operator]
practice: none
unattended: true
owner: "#team"
---
# Book

- [ ] Do
`)
	if len(ms) > 0 {
		t.Fatal(ms)
	}
	got := *b
	got.Text, got.Hash, got.Phases, got.Steps, got.Named = nil, "", nil, nil, nil
	want := runbook.Book{
		Name: "book", Source: "dir/book.md", Title: "Data corruption", Summary: "Two lines", Version: "1.0",
		Reviewed: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), ReviewIn: "3 months",
		Objectives: []runbook.Objective{
			{Name: "downtime", Limit: 15 * time.Minute},
			{Name: "critical", Limit: time.Hour},
			{Name: "full", Limit: 36 * time.Hour},
			{Name: "notify", Limit: 72 * time.Hour},
		},
		Exercise: "after-change", Needs: []runbook.Need{{Command: "lifeboat"}, {Command: "git", AtLeast: "2.30"}},
		Env: []string{"A_URL"}, Secrets: []string{"A_KEY"}, Identify: "lifeboat convex info --name",
		Roles: []string{"commander", "operator"}, Practice: "none", Unattended: true,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// Line ends, a byte order mark and tabs change nothing but offsets.
func TestParse_bytes(t *testing.T) {
	text := "---\nlifeboat: 1\n---\n# Book\n\n## Do\n\n1. One:\n\n   ```sh {name=a}\n   ls \\\n     -l\n   ```\n2. Ask (`A`): ____ (UTC)\n\n> [!NOTE]\n> Two\n> lines\n\n- [ ] Three\n"
	plain, ms := mustParse(t, text)
	want := listing(plain, ms)
	for name, other := range map[string]string{
		"CRLF": strings.ReplaceAll(text, "\n", "\r\n"),
		"BOM":  "\ufeff" + text,
		"both": "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"),
		"tabs": strings.NewReplacer("1. One", "1.\tOne", "\n   ", "\n\t").Replace(text),
	} {
		b, ms := mustParse(t, other)
		got := listing(b, ms)
		if name == "tabs" {
			got = strings.ReplaceAll(strings.ReplaceAll(got, "10:2 ", "10:4 "), `\t  -l`, `  -l`)
		}
		if got != want {
			t.Errorf("%s: got:\n%s\nwant:\n%s", name, got, want)
		}
		for i, s := range b.Steps {
			for j, it := range s.Items {
				p := plain.Steps[i].Items[j]
				a := strings.ReplaceAll(string(b.Text[it.From:it.To]), "\r", "")
				if name != "tabs" && a != string(plain.Text[p.From:p.To]) {
					t.Errorf("%s: item %s is %q, want %q", name, it.ID, a, plain.Text[p.From:p.To])
				}
			}
			if name == "CRLF" && s.Hash != plain.Steps[i].Hash {
				t.Errorf("CRLF: the hash of step %s differs", s.ID)
			}
		}
	}
}

// The sections of the steps lie end to end, each with the prose of its phase,
// and an item's offsets are those of what its author wrote.
func TestParse_offsets(t *testing.T) {
	b, _ := mustParse(t, "# Book\n\nIntro.\n\n## Phase\n\nProse.\n\n### A\n\n1. One\n   two\n   - note\n2. Three\n\n## Background\n\nContext.\n\n## Next\n\n### B\n\n```sh\nls\n```\n\nAfter.\n")
	var sections []string
	for _, s := range b.Steps {
		sections = append(sections, string(b.Text[s.From:s.To]))
	}
	if got := strings.Join(sections, ""); got != string(b.Text) {
		t.Errorf("sections make %q", got)
	}
	if !strings.HasPrefix(sections[1], "## Next") {
		t.Errorf("the second step begins with %q", sections[1])
	}
	want := []string{"1. One\n   two\n   - note", "2. Three", "```sh\nls\n```"}
	for i, it := range append(b.Steps[0].Items, b.Steps[1].Items...) {
		if got := string(b.Text[it.From:it.To]); got != want[i] {
			t.Errorf("item %s is %q, want %q", it.ID, got, want[i])
		}
	}
}

// A step's hash changes with its own section alone.
func TestParse_hash(t *testing.T) {
	a, _ := mustParse(t, "# Book\n\n## A\n\n1. One\n\n## B\n\n1. Two\n")
	b, _ := mustParse(t, "# Book\n\n## A\n\n1. One, edited\n\n## B\n\n1. Two\n\n\n")
	if a.Steps[0].Hash == b.Steps[0].Hash {
		t.Error("the edited step has the hash it had")
	}
	if a.Steps[1].Hash != b.Steps[1].Hash {
		t.Error("the other step has another hash")
	}
}

// No input takes long: what is quadratic in a Markdown parser is cut off.
func TestParse_hostile(t *testing.T) {
	size := 1 << 18
	if testing.Short() {
		size = 1 << 16
	}
	for _, unit := range []string{
		"[", "![", "](", "[a](", "[a](b", "[a](<b", "[a][b", "[a]: b\n", "> ", "- ", "1. a\n", "* ", "*a ", "_a", "a**b", "*a **b ",
		"`a", "`", "``a`", "<a ", "<!--", "<!-- lifeboat: ", "&a", "```\n", "~~~sh {a=", "# a\n", "a\n", "!!! note\n    ", ":::note\n",
		"- [ ] ____\n", "1. a:\n   - b\n", "$ a <<E\n", "| a ", "- [a](#a)\n", "{", "```sh {name=a}\nx\n```\n", "```sh\n${a\n```\n", "\\", "\t- ",
		"\n", "( ", "```sh\n$(\n", "***", "[x]: ", "<http://", "a\n===\n",
	} {
		hostile(t, "---\nlifeboat: 1\n---\n"+strings.Repeat(unit, size/len(unit)), unit)
		if !strings.Contains(unit, "```") {
			hostile(t, "# a\n```sh\n$ "+strings.Repeat(unit, size/len(unit)), "fenced "+unit)
		}
	}
	heads := strings.Repeat("# h\n", size/16)
	hostile(t, "# a\n"+strings.Repeat("1. [x](#h)\n", size/32)+heads, "links over headings")
	hostile(t, "# a\n"+strings.Repeat("1. restore the database\n", size/64)+strings.Repeat("## restore database\n", size/64), "outlines")
	var deep strings.Builder
	for i := range 1500 {
		deep.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	hostile(t, deep.String(), "a deep list")
	hostile(t, "---\nlifeboat: 1\na: "+strings.Repeat("[", 15000)+"\n---\n# a\n", "brackets in front")
	hostile(t, "---\nlifeboat: 1\na: "+strings.Repeat("- ", 7000)+"\n---\n# a\n", "dashes in front")
}

func hostile(t *testing.T, text, what string) {
	t.Helper()
	began := spent(t)
	b, _, err := Parse("a.md", []byte(text))
	if err != nil {
		t.Fatalf("%q: %v", what, err)
	}
	Lint(b, nil, LintOptions{})
	if took := spent(t) - began; took > 15*time.Second {
		t.Errorf("%q: %v for %d bytes", what, took, len(text))
	} else if took > 2*time.Second {
		t.Logf("%q: %v", what, took)
	}
}

// spent is the processor's time of this process: the clock on the wall also tells
// how busy the machine is.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// TestOption_section: an option names all steps under its heading, so that the
// ones that are not picked can be left out whole.
func TestOption_section(t *testing.T) {
	b, _ := mustParse(t, "---\nlifeboat: 1\n---\n# Book\n\n## Ask\n\n- [Big](#big)\n- [Small](#small)\n\n## Big\n\n### One\n\n- [ ] a\n\n### Two\n\n- [ ] b\n\n## Small\n\n- [ ] c\n\n## After\n\n- [ ] d\n")
	opts := b.Steps[0].Items[0].Options
	if len(opts) != 2 || opts[0].Step != "one" || !slices.Equal(opts[0].Section, []string{"one", "two"}) || !slices.Equal(opts[1].Section, []string{"small"}) {
		t.Errorf("%+v", opts)
	}
}
