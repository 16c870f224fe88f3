package markdown

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write what comes out as what is expected")

// dashes separate a document from what is expected of it.
const dashes = "----------\n"

// golden runs f over the documents of a folder.
func golden(t *testing.T, dir string, f func(text []byte) string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents in testdata/%s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, want, ok := strings.Cut(string(raw), "\n"+dashes)
			if !ok {
				t.Fatalf("%s has no line of dashes", file)
			}
			text += "\n"
			got := f([]byte(text))
			if *update {
				if err := os.WriteFile(file, []byte(text+dashes+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// Each row of the format and each attribute, as a document and what it becomes.
func TestParse_golden(t *testing.T) {
	golden(t, "parse", func(text []byte) string {
		b, ms, err := Parse("book.md", text)
		if err != nil {
			return err.Error() + "\n"
		}
		return listing(b, ms)
	})
}

// Each rule of the linter.
func TestLint_golden(t *testing.T) {
	opts := LintOptions{
		Today: time.Date(2026, 11, 23, 21, 0, 0, 0, time.UTC),
		Book: func(path string) ([]string, bool) {
			return []string{"start"}, path == "other.md"
		},
	}
	golden(t, "lint", func(text []byte) string {
		b, _, err := Parse("book.md", text)
		if err != nil {
			t.Fatal(err)
		}
		var w strings.Builder
		for _, m := range Lint(b, nil, opts) {
			w.WriteString(m.String() + "\n")
		}
		return w.String()
	})
}
