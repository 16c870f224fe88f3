package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares both forms of every story's report with what was read and
// approved.
func TestGolden(t *testing.T) {
	for _, name := range sortedKeys(stories) {
		t.Run(name, func(t *testing.T) {
			rep := stories[name](t).report()
			golden(t, name+".md", markdown(t, rep))
			golden(t, name+".json", asJSON(t, rep))
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		t.Errorf("%s differs at byte %d (run with -update and read the diff):\n got …%s\nwant …%s", name, at, near(got, at), near(want, at))
	}
}

func near(text []byte, at int) []byte { return text[max(0, at-80):min(len(text), at+160)] }

func markdown(t *testing.T, rep *Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := rep.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJSON(t *testing.T, rep *Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := rep.JSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestJSON_readsBack: the contract can be read by the type that documents it,
// with nothing lost but what is finer than a millisecond.
func TestJSON_readsBack(t *testing.T) {
	for _, name := range sortedKeys(stories) {
		first := asJSON(t, stories[name](t).report())
		var back Report
		dec := json.NewDecoder(bytes.NewReader(first))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&back); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if again := asJSON(t, &back); !reflect.DeepEqual(anything(t, first), anything(t, again)) {
			t.Errorf("%s: read back and written again it differs", name)
		}
	}
}

// TestBuild_leavesItsInputAlone: the same input gives the same report twice.
func TestBuild_leavesItsInputAlone(t *testing.T) {
	for _, name := range sortedKeys(stories) {
		s := stories[name](t)
		in := s.input(len(s.records))
		first, second := Build(in), Build(in)
		if !reflect.DeepEqual(first, second) {
			t.Errorf("%s: a second report differs from the first", name)
		}
		if fresh := s.input(len(s.records)); !reflect.DeepEqual(in.Run, fresh.Run) {
			t.Errorf("%s: building a report changed the run", name)
		}
	}
}

func anything(t *testing.T, data []byte) any {
	t.Helper()
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
