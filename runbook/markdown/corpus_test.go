package markdown

import (
	"encoding/json"
	"os"
	"path/filepath"
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
