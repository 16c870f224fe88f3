package markdown

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// sharedFolder is where documents lie that do not belong to the project.
func sharedFolder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("LIFEBOAT_SHARED")
	if dir == "" {
		t.Skip("LIFEBOAT_SHARED does not say where the marked documents are")
	}
	return dir
}

// marks says of one document, by line, what a person read in it.
type marks struct {
	Steps    []int `json:"steps"`     // headings that ask for something
	Either   []int `json:"either"`    // headings where both are right
	NotItems []int `json:"not_items"` // lines that ask for nothing
}

// Other teams' runbooks, marked by hand: at least 98 of 100 asking headings are
// found, and at most one item in eight asks for nothing.
func TestParse_marked_documents(t *testing.T) {
	dir := sharedFolder(t)
	raw, err := os.ReadFile(filepath.Join(dir, "corpus", "marks.json"))
	if err != nil {
		t.Fatal(err)
	}
	var marked map[string]marks
	if err := json.Unmarshal(raw, &marked); err != nil {
		t.Fatal(err)
	}
	asking, found, items, wrong := 0, 0, 0, 0
	for name, m := range marked {
		file := filepath.Join(dir, "corpus", name)
		if _, err := os.Stat(file); err != nil {
			file = filepath.Join(dir, "domain", name)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b, ms, err := Parse(name, text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Logf("%s", listing(b, ms))
		heads := map[int]bool{}
		for _, s := range b.Steps {
			heads[s.Line] = true
			items += len(s.Items)
			for _, it := range s.Items {
				for _, l := range m.NotItems {
					if it.Line == l {
						wrong++
						t.Logf("false item: %s:%d: %s", name, it.Line, it.Text)
					}
				}
			}
		}
		for _, p := range b.Phases {
			heads[p.Line] = true
		}
		for _, l := range m.Steps {
			asking++
			if heads[l] {
				found++
			} else {
				t.Logf("not found: %s:%d", name, l)
			}
		}
	}
	t.Logf("%d of %d asking headings found; %d of %d items false", found, asking, wrong, items)
	if found*100 < asking*98 {
		t.Errorf("%d of %d asking headings found, want 98 of 100", found, asking)
	}
	if wrong*8 > items {
		t.Errorf("%d of %d items are none, want at most one in eight", wrong, items)
	}
}

// The runbooks that were written in the format while it was designed have no
// errors, and neither do those that are shipped.
func TestParse_drafts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedFolder(t), "corpus", "drafts", "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no drafts: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b, ms, err := Parse(filepath.Base(file), text)
		if err != nil {
			t.Fatal(err)
		}
		if b.Foreign || len(b.Steps) == 0 {
			t.Errorf("%s: foreign or without steps", file)
		}
		t.Logf("%s", listing(b, ms))
		for _, m := range Lint(b, nil, LintOptions{}) {
			t.Log(m)
			if m.Level == Fault {
				t.Error(m)
			}
		}
	}
}

// The guide's complete loss and its three scenarios come out as lists of what
// to do, under the words that its author put above them.
func TestParse_guide(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(sharedFolder(t), "domain", "backup-and-recovery-guide.md"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := mustParse(t, string(text))
	for id, want := range map[string]map[string][]string{
		"complete-data-loss": {"Immediate Actions": {"Stop all operations", "Document what was lost", "Assess recovery options"}},
		"scenarios": {
			"Complete System Failure": {"Restore from Convex backups", "Redeploy application", "Verify functionality"},
			"Data Corruption":         {"Restore from point-in-time backup", "Verify data integrity", "Test application"},
			"Security Breach":         {"Rotate all secrets", "Restore from clean backup", "Review access logs", "Notify affected users"},
		},
	} {
		s, ok := b.Step(id)
		if !ok {
			t.Fatalf("no step %s", id)
		}
		got := map[string][]string{}
		for _, it := range s.Items {
			got[it.Label] = append(got[it.Label], it.Text)
		}
		for label, items := range want {
			if !slices.Equal(got[label], items) {
				t.Errorf("%s, %s: got %q, want %q", id, label, got[label], items)
			}
		}
	}
}
