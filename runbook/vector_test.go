package runbook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A line is one record of a frozen log.
type line struct {
	Kind string          `json:"kind"`
	V    int             `json:"v"`
	Time time.Time       `json:"time"`
	Data json.RawMessage `json:"data"`
}

func readVector(t *testing.T, file string) []line {
	t.Helper()
	data, err := os.ReadFile(file)
	must(t, err)
	var out []line
	for text := range bytes.Lines(data) {
		var l line
		must(t, json.Unmarshal(text, &l))
		out = append(out, l)
	}
	return out
}

// TestVectors folds the frozen logs: each must give what it gave when it was
// written, for ever. With -update, a state that doesn't exist yet is written;
// one that does is never changed (see the README there).
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/vectors/*/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		lines := readVector(t, file)
		run := NewRun()
		station := strings.HasSuffix(file, "station.jsonl")
		for i, l := range lines {
			seen[l.Kind] = true
			m, e, err := Decode(l.Kind, l.V, l.Data)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
			kind, v, data, err := Encode(m, e)
			if err != nil || kind != l.Kind || v != l.V || !bytes.Equal(data, l.Data) {
				t.Errorf("%s:%d: written again it is %s %d %s (%v)", file, i+1, kind, v, data, err)
			}
			if station {
				continue
			}
			rec := Record{Seq: uint64(i + 1), Time: l.Time, Kind: l.Kind, Meta: m, Event: e, Hash: fmt.Sprintf("%04x", i+1)}
			if err := run.Apply(rec); err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
		}
		if station {
			continue
		}
		state := strings.TrimSuffix(file, ".jsonl") + ".state"
		got := dump(run)
		want, err := os.ReadFile(state)
		if os.IsNotExist(err) && *update {
			must(t, os.WriteFile(state, []byte(got), 0o644))
			continue
		}
		must(t, err)
		if got != string(want) {
			t.Errorf("%s folds to another state than when it was written:\n%s", file, difference(string(want), got))
		}
	}
	for _, e := range kinds {
		if kind, _ := KindOf(e); !seen[kind] {
			t.Errorf("no vector has a %s", kind)
		}
	}
}

// dump writes down what a frozen log folds to. It names what it shows, so that
// what a later version adds to a Run changes nothing here.
func dump(r *Run) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("run %s %s target=%s production=%v auto=%v tool=%s zone=%s boot=%s exercise=%s/%s/%s", r.ID(), r.Mode, r.Target, r.Production, r.Auto,
		r.Tool, r.Zone, r.Boot, r.Exercise, r.Scope, r.Criteria)
	say("seq %d opened %s operator %s at %s left %q read only %q", r.Seq, stamp(r.Opened), r.Operator, r.Current, r.Left, r.ReadOnly)
	for _, f := range r.Books {
		say("book %s %s %s %s foreign=%v %s seq %d", f.Book, f.Version, f.Hash, f.Source, f.Foreign, f.Why, f.Seq)
	}
	for _, ref := range slices.Sorted(maps.Keys(r.Steps)) {
		s := r.Step(ref)
		say("step %s %q round %d entered %s closed %s spent %s person %q alone %q reason %q not exercised %v",
			ref, s.Status, s.Round, stamp(s.Entered), stamp(s.Closed), s.Spent, s.Person, s.Alone, s.Reason, s.NotExercised)
	}
	for _, ref := range slices.Sorted(maps.Keys(r.Items)) {
		it := r.Item(ref)
		say("item %s done %v as %q value %q different %q hold %q why %q attempts %v next %d armed %v filled %v edited %d",
			ref, it.Done, it.As, it.Value, it.Different, it.Hold, it.Why, it.Attempts, it.Next,
			slices.Sorted(maps.Keys(it.Armed)), sorted(it.Filled), len(it.Edited))
	}
	for _, d := range r.Detours {
		say("detour %s %v", d.Item, d.Section)
	}
	dumpCommands(r, say)
	dumpRest(r, say)
	return b.String()
}

func dumpCommands(r *Run, say func(string, ...any)) {
	for i, a := range r.Attempts {
		say("attempt %d %s/%d for %q %q %s: %s, open %v, ok %v, settled %v, answer %q", i+1, a.Item, a.Block, a.For, a.Text, a.Shell, a.How(), a.Open(), a.OK(), a.Settled, a.Answer)
	}
	say("dir %s set %v unset %v withheld %v answers %v given %v identity %v", r.Dir, sorted(r.Set), slices.Sorted(maps.Keys(r.Unset)),
		slices.Sorted(maps.Keys(r.Withheld)), sorted(r.Answers), sorted(r.Given), sorted(r.Identity))
	for _, f := range r.Facts {
		say("fact %s=%s attempt %d seq %d", f.Name, f.Value, f.Attempt, f.Seq)
	}
}

func dumpRest(r *Run, say func(string, ...any)) {
	for _, name := range slices.Sorted(maps.Keys(r.Moments)) {
		m := r.Moments[name]
		say("moment %s %s to %s source %q seq %d", name, stamp(m.Moment), stamp(m.Latest), m.Source, m.Seq)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Reaches)) {
		h := r.Reaches[name]
		say("objective %s by %s stops %v losses %v", name, h.Step, stamps(h.Stops), stamps(h.Losses))
	}
	for _, s := range r.Pauses {
		say("pause %s to %s %s", stamp(s.From), stamp(s.To), s.Reason)
	}
	for _, s := range r.Away {
		say("away %s to %s %s", stamp(s.From), stamp(s.To), s.Reason)
	}
	for _, j := range r.Jumps {
		say("jump %s %s confirmed %v", j.Delta, j.Clock, j.Confirmed)
	}
	say("warned %v roles %v preflight %v late %d", slices.Sorted(maps.Keys(r.Warned)), sorted(r.Roles), r.Preflight, len(r.Late))
	if r.Offered != nil {
		say("offered to %s", r.Offered.To)
	}
	for _, n := range r.Notes {
		say("note %d %s %s %q fixed %q at %s", n.Seq, n.Actor, n.Tag, n.Text, n.Fixed, stamp(n.At))
	}
	for _, d := range r.Deviations {
		say("deviation %d %s %s %q %q by %s", d.Seq, d.Kind, d.Ref, d.Text, d.Reason, d.Actor)
	}
	if r.Ended != nil {
		say("ended %s %q %s", r.Ended.State, r.Ended.Reason, stamp(r.Ended.At))
	}
	for _, s := range r.Signed {
		say("signed %s as %s head %s", s.Person, s.As, s.Head)
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func stamps(times []time.Time) []string {
	out := make([]string, len(times))
	for i, t := range times {
		out[i] = stamp(t)
	}
	return out
}

func sorted(m map[string]string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, name+"="+m[name])
	}
	return out
}
