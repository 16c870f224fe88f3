package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook/markdown"
	"lifeboat/runbooks"
)

// TestShippedBooks: each shipped runbook is an own file without a fault, every
// link in it leads somewhere, and a drill of it with nobody there comes to its
// end on a machine that has nothing.
func TestShippedBooks(t *testing.T) {
	e := newEnv()
	e.cwd, e.environ = t.TempDir(), []string{"HOME=" + t.TempDir()}
	e.now = func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }
	s := newStation(t)
	for _, name := range runbooks.Names() {
		t.Run(name, func(t *testing.T) {
			book, _, err := e.library().open(name)
			if err != nil {
				t.Fatal(err)
			}
			if book.Foreign || len(book.Steps) < 10 || len(book.Objectives) < 4 {
				t.Errorf("foreign %v, %d steps, %d objectives", book.Foreign, len(book.Steps), len(book.Objectives))
			}
			messages, err := e.lintOne(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range messages {
				// The figures are those of the guide that the books come from.
				if !strings.Contains(m.Text, "acceptable downtime") {
					t.Error(m)
				}
				if m.Level == markdown.Fault {
					t.Error(m)
				}
			}
			if out, code := s.run("drill", name, "--auto"); code != 0 {
				t.Errorf("exit %d\n%s", code, out)
			}
		})
	}
}

// shared is where data lies beside the project that is not ours to ship.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("LIFEBOAT_SHARED")
	if dir == "" {
		t.Skip("it needs data from beside the project: LIFEBOAT_SHARED says where")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestGuide walks the guide that lifeboat grew from, as it stands: a foreign
// document, by Enter alone and with nobody there.
func TestGuide(t *testing.T) {
	guide := filepath.Join(shared(t), "domain", "backup-and-recovery-guide.md")
	s := newStation(t)
	out, code := s.run("drill", guide, "--auto")
	if code != 0 {
		t.Fatalf("--auto: exit %d\n%s", code, out)
	}
	for _, want := range []string{"Stop all operations", "Document what was lost", "Assess recovery options", "Rotate all secrets"} {
		if !strings.Contains(out, want) {
			t.Errorf("--auto doesn't ask for %q", want)
		}
	}
	walk := s.start("drill", guide, "--plain")
	for {
		if _, ok := walk.until("\n> "); !ok {
			break
		}
		walk.say("")
	}
	if code := walk.end(); code != 0 || !strings.Contains(walk.all.String(), "recovered") {
		t.Errorf("by Enter: exit %d\n%s", code, walk.all.String())
	}
	report, code := s.run("report")
	if code != 0 || !strings.Contains(report, "Stop all operations") || !strings.Contains(report, "EXERCISE") {
		t.Errorf("report: exit %d\n%s", code, report)
	}
}
