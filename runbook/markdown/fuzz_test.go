package markdown

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"lifeboat/runbook"
)

// seeds are the documents of the golden tests.
func seeds(f *testing.F) {
	f.Helper()
	for _, dir := range []string{"parse", "lint"} {
		files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
		if err != nil || len(files) == 0 {
			f.Fatalf("no seeds in %s: %v", dir, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Add([]byte(patched))
	f.Add([]byte("1."))
	f.Add([]byte("#\n```sh"))
}

// FuzzParse: Parse never panics and always says the same; offsets lie inside
// the text and in its order; sections lie end to end; ids are unique, and what
// an item, a choice or a block refers to is there.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		b, ms, err := Parse("a.md", text)
		again, ms2, err2 := Parse("a.md", text)
		if !reflect.DeepEqual(b, again) || !reflect.DeepEqual(ms, ms2) || !reflect.DeepEqual(err, err2) {
			t.Fatal("parsed twice, two results")
		}
		if err != nil {
			return
		}
		sound(t, b)
		for _, m := range append(ms, Lint(b, nil, LintOptions{})...) {
			if m.Line < 1 || m.Col < 1 || m.Text == "" {
				t.Errorf("message %+v", m)
			}
		}
	})
}

func sound(t *testing.T, b *runbook.Book) {
	t.Helper()
	ids := map[string]bool{}
	end := -1
	for i, s := range b.Steps {
		if ids[s.ID] || s.ID == "" && s.Level == 0 {
			t.Errorf("step id %q twice or empty", s.ID)
		}
		ids[s.ID] = true
		if s.From < 0 || s.From > s.To || s.To > len(b.Text) || end >= 0 && s.From != end {
			t.Errorf("step %d lies at %d to %d, after %d", i, s.From, s.To, end)
		}
		end = s.To
		if len(s.Items) == 0 {
			t.Errorf("step %q has no items", s.ID)
		}
		last := s.From
		for _, it := range s.Items {
			if ids[it.ID] {
				t.Errorf("item id %q twice", it.ID)
			}
			ids[it.ID] = true
			if it.From < last || it.From > it.To || it.To > s.To {
				t.Errorf("item %s lies at %d to %d, in %d to %d", it.ID, it.From, it.To, last, s.To)
			}
			last = it.From
			if it.Line < 1 || it.Col < 1 || it.Why == "" {
				t.Errorf("item %+v", it)
			}
			if (it.Kind == runbook.Question) != (it.Ask != nil) || it.Kind == runbook.Command && len(it.Blocks) != 1 {
				t.Errorf("item %s is a %s without what makes it one", it.ID, it.Kind)
			}
			for _, o := range it.Options {
				if _, ok := b.Step(o.Step); !ok && o.Book == "" {
					t.Errorf("item %s leads to %q", it.ID, o.Step)
				}
			}
		}
	}
	if end >= 0 && end != len(b.Text) {
		t.Errorf("the last step ends at %d of %d", end, len(b.Text))
	}
	var listed []string
	for _, p := range b.Phases {
		listed = append(listed, p.Steps...)
	}
	for i, id := range listed {
		if i >= len(b.Steps) || b.Steps[i].ID != id {
			t.Fatalf("the phases list %q", listed)
		}
	}
}

// FuzzRedline: no edits are an empty patch; a remark or an edit of any item
// applies back, and the command then is the edited one.
func FuzzRedline(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		b, _, err := Parse("a.md", text)
		if err != nil {
			return
		}
		if p, err := Redline(b, "a.md", nil); err != nil || len(p) > 0 {
			t.Fatalf("no edits: %q, %v", p, err)
		}
		for i, s := range b.Steps {
			for j, it := range s.Items {
				if i+j > 20 {
					return
				}
				edit := Edit{Item: it.ID, Remark: "skipped: no pager"}
				if len(it.Blocks) > 0 {
					edit = Edit{Item: it.ID, Command: "first \\\n  second\n\nthird"}
				}
				p, err := Redline(b, "a.md", []Edit{edit})
				if err != nil {
					t.Fatal(err)
				}
				after, _, err := Parse("a.md", []byte(apply(t, string(text), p)))
				if err != nil {
					t.Fatal(err)
				}
				if edit.Command == "" {
					continue
				}
				_, now, ok := after.Item(it.ID)
				if !ok || len(now.Blocks) == 0 || now.Blocks[0].Text != edit.Command {
					t.Fatalf("item %s is %+v after\n%s", it.ID, now, p)
				}
			}
		}
	})
}
