package markdown

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lifeboat/runbook"
)

const patched = `---
lifeboat: 1
---
# Book

## Run

` + "```sh {name=a}\nls\n```" + `

1. Scale down:

   ` + "```console\n   $ kubectl scale \\\n       --replicas=0\n   scaled\n   $ kubectl get\n   none\n   ```" + `
   - note
2. ` + "```sh\n   only\n   ```" + `

> Quoted

- [ ] A task
  over two lines
- [ ] Ask: ____

` + "~~~sh {danger preview=list}\nrm -r x\n~~~\n\n```sh {name=list}\nls x\n```" + `

## Where to?

- [Run](#run)
- [Last](#last)

## Last

` + "\t```\n\tindented, no fence\n\n```sh\nunclosed\n"

// apply is a patch program that takes nothing for granted: each line of
// context must be there.
func apply(t interface{ Fatalf(string, ...any) }, text string, patch []byte) string {
	if len(patch) == 0 {
		return text
	}
	old := splitLines([]byte(text))
	var out []string
	at := 0
	lines := strings.SplitAfter(string(patch), "\n")
	for i := 2; i < len(lines); i++ {
		l := lines[i]
		switch {
		case l == "":
		case strings.HasPrefix(l, "@@"):
			m := regexp.MustCompile(`^@@ -(\d+),(\d+) \+(\d+),(\d+) @@`).FindStringSubmatch(l)
			from, _ := strconv.Atoi(m[1])
			if n, _ := strconv.Atoi(m[2]); n > 0 {
				from--
			}
			to, _ := strconv.Atoi(m[3])
			out = append(out, old[at:from]...)
			at = from
			if n, _ := strconv.Atoi(m[4]); n > 0 && to-1 != len(out) {
				t.Fatalf("hunk %q begins at line %d of the new file", l, len(out)+1)
			}
		case l[0] == '\\':
		default:
			body := l[1:]
			if i+1 < len(lines) && strings.HasPrefix(lines[i+1], `\`) {
				body = strings.TrimSuffix(body, "\n")
			}
			if l[0] != '+' {
				if at >= len(old) || old[at] != body {
					t.Fatalf("line %d of the patch is not there: %q\n%s", i+1, l, patch)
				}
				at++
			}
			if l[0] != '-' {
				out = append(out, body)
			}
		}
	}
	return strings.Join(append(out, old[at:]...), "")
}

func redline(t interface{ Fatalf(string, ...any) }, text string, edits ...Edit) (patch []byte, after string) {
	b, _, err := Parse("book.md", []byte(text))
	if err != nil {
		t.Fatalf("%v", err)
	}
	patch, err = Redline(b, "runbooks/book.md", edits)
	if err != nil {
		t.Fatalf("%+v: %v", edits, err)
	}
	return patch, apply(t, text, patch)
}

// Edits in every place where a block can stand, and what the file then says.
func TestRedline(t *testing.T) {
	for _, c := range []struct {
		name string
		edit Edit
		want string // what the new text holds
	}{
		{"a fence", Edit{Item: "run/1", Command: "ls -a\n\nls -b"}, "```sh {name=a}\nls -a\n\nls -b\n```\n"},
		{"prompts in a list", Edit{Item: "run/2", Command: "kubectl scale x\nkubectl get x"}, "   ```console\n   $ kubectl scale x\n   scaled\n   $ kubectl get x\n   none\n   ```\n"},
		{"fewer prompts", Edit{Item: "run/2", Command: "kubectl \\\n  scale"}, "   $ kubectl \\\n     scale\n   scaled\n   none\n"},
		{"a fence on the marker's line", Edit{Item: "run/3", Command: "only\nthis"}, "2. ```sh\n   only\n   this\n   ```\n"},
		{"a block that is no item", Edit{Name: "list", Command: "ls -1 x"}, "```sh {name=list}\nls -1 x\n```\n"},
		{"a fence in the command", Edit{Item: "run/6", Command: "cat <<E\n~~~\nE"}, "~~~~sh {danger preview=list}\ncat <<E\n~~~\nE\n~~~~\n"},
		{"a remark on a task", Edit{Item: "run/4", Remark: "skipped: no\n--> pager"}, "  over two lines\n  <!-- redline: skipped: no -- > pager -->\n- [ ] Ask"},
		{"a remark on a check", Edit{Item: "run/2", Remark: "different"}, "1. Scale down:\n   <!-- redline: different -->\n"},
		{"a remark on a command", Edit{Item: "run/1", Remark: "slow"}, "ls\n```\n<!-- redline: slow -->\n"},
		{"a remark on a choice", Edit{Item: "where-to/1", Remark: "which?"}, "- [Last](#last)\n  <!-- redline: which? -->\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			patch, after := redline(t, patched, c.edit)
			if !strings.Contains(after, c.want) {
				t.Errorf("got:\n%s\nwant it to hold:\n%s", patch, c.want)
			}
			crlf, _ := redline(t, strings.ReplaceAll(patched, "\n", "\r\n"), c.edit)
			for _, l := range strings.SplitAfter(string(crlf), "\n")[2:] {
				if l != "" && l[0] != '@' && l[0] != '\\' && !strings.HasSuffix(l, "\r\n") {
					t.Errorf("in a CRLF file the patch says %q", l)
				}
			}
		})
	}
}

// What can't be meant is an error, and nothing is an empty patch.
func TestRedline_refuses(t *testing.T) {
	b, _ := mustParse(t, patched)
	for _, e := range []Edit{{Item: "gone/1"}, {Name: "gone"}, {Item: "run/4", Command: "ls"}, {Item: "run/1", Block: 3}} {
		if p, err := Redline(b, "book.md", []Edit{e}); err == nil {
			t.Errorf("%+v: no error, but %q", e, p)
		}
	}
	if _, err := Redline(b, "book.md", []Edit{{Item: "run/1", Command: "a"}, {Item: "run/1", Command: "b"}}); err == nil {
		t.Error("two edits of one command: no error")
	}
	if p, err := Redline(b, "book.md", nil); len(p) > 0 || err != nil {
		t.Errorf("no edits: %q, %v", p, err)
	}
	if p, err := Redline(b, "book.md", []Edit{{Item: "run/1", Command: "ls"}}); len(p) > 0 || err != nil {
		t.Errorf("an edit that changes nothing: %q, %v", p, err)
	}
}

// Any edits, applied, give a document that says exactly the new commands, with
// the same items; remarks are seen by no reader.
func TestRedline_applies(t *testing.T) {
	text := rapid.SampledFrom([]string{"ls", "a \\\n  b", "cat <<E\nx\nE", "  indented", "", "$ x", "```", "~~~~", "for i in 1; do\n  x\ndone", "ä\t-->", "- no list", "# no heading", "x \\"})
	rapid.Check(t, func(t *rapid.T) {
		src := patched
		if rapid.Bool().Draw(t, "crlf") {
			src = strings.ReplaceAll(src, "\n", "\r\n")
		}
		if rapid.Bool().Draw(t, "no end") {
			src = strings.TrimRight(src, "\r\n")
		}
		b, _, err := Parse("book.md", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		var edits []Edit
		want := map[string]string{}
		for _, s := range b.Steps {
			for _, it := range s.Items {
				e := Edit{Item: it.ID}
				if rapid.Bool().Draw(t, "remark") {
					e.Remark = "skipped: " + text.Draw(t, "reason")
				}
				if len(it.Blocks) > 0 {
					want[it.ID] = it.Blocks[0].Text
					c := strings.Join(rapid.SliceOfN(text, 1, 4).Draw(t, "command"), "\n")
					if rapid.Bool().Draw(t, "edit") && strings.TrimSpace(c) != "" && c == strings.TrimRight(c, "\n") {
						e.Command, want[it.ID] = c, c
					}
				}
				edits = append(edits, e)
			}
		}
		_, after := redline(t, src, edits...)
		same(t, b, after, want)
	})
}

// same checks that a document has the items of a book, with these commands.
func same(t *rapid.T, b *runbook.Book, text string, commands map[string]string) {
	after, ms, err := Parse("book.md", []byte(text))
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, m := range ms {
		t.Fatalf("%s\n%s", m, text)
	}
	var was, is []string
	for _, s := range b.Steps {
		for _, it := range s.Items {
			was = append(was, fmt.Sprint(it.ID, it.Kind, it.Label, it.Depth, commands[it.ID]))
		}
	}
	for _, s := range after.Steps {
		for _, it := range s.Items {
			c := ""
			if len(it.Blocks) > 0 {
				c = it.Blocks[0].Text
			}
			is = append(is, fmt.Sprint(it.ID, it.Kind, it.Label, it.Depth, c))
		}
	}
	if strings.Join(was, "\n") != strings.Join(is, "\n") {
		t.Fatalf("got:\n%q\nwant:\n%q\n%s", is, was, text)
	}
}

// git and patch take what Redline writes.
func TestRedline_git_and_patch(t *testing.T) {
	edits := []Edit{{Item: "run/1", Command: "ls -a"}, {Item: "run/2", Command: "kubectl get x"}, {Item: "run/4", Remark: "skipped: no pager"}, {Name: "list", Command: "x"}}
	for _, tool := range [][]string{{"git", "apply", "-p1"}, {"patch", "-p1"}} {
		t.Run(tool[0], func(t *testing.T) {
			if _, err := exec.LookPath(tool[0]); err != nil {
				t.Skip(err)
			}
			patch, want := redline(t, patched, edits...)
			dir := t.TempDir()
			file := filepath.Join(dir, "runbooks", "book.md")
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(patched), 0o644); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), tool[0], tool[1:]...)
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(string(patch))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s\n%s", err, out, patch)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
