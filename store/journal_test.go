package store_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

func journalOf(t testing.TB, l *store.Log, after uint64, streams ...string) []byte {
	t.Helper()
	var out []byte
	for _, s := range streams {
		for r, err := range l.Read(context.Background(), s, after) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(r.AppendJSON(out), '\n')
		}
	}
	return out
}

func problems(t testing.TB, journal []byte) store.Report {
	t.Helper()
	r, err := store.VerifyJournal(bytes.NewReader(journal))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestJournal_isGoodAsExported(t *testing.T) {
	l := specimen(t)
	names, err := l.Streams(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	r := problems(t, journalOf(t, l, 0, names...))
	whole := storetest.Verify(t, l.Path())
	if !r.OK() || len(r.Notes) > 0 || r.Records != whole.Records || !slices.Equal(r.Streams, whole.Streams) || r.Station != l.Station() {
		t.Errorf("journal: %d records, %v %v; log: %d", r.Records, r.Problems, r.Notes, whole.Records)
	}
	if r := problems(t, journalOf(t, l, 5, "run/long")); !r.OK() || len(r.Notes) != 1 {
		t.Errorf("a journal from the middle: %v %v", r.Problems, r.Notes)
	}
}

func TestJournal_dataIsByteForByte(t *testing.T) {
	l := storetest.Open(t)
	for _, data := range []string{
		`{"at" :  1.0e0,"at":"<\u003c>"}`, `"text"`, `null`, ` {}`, "{\n}", "", "\xff", "no JSON", `"` + "\xff" + `"`, `{"prev":"x","hash":"y"}`,
	} {
		r := mustAppend(t, l, "s", store.Entry{Kind: "k", Data: []byte(data)})[0]
		line := r.AppendJSON(nil)
		back, err := store.ParseJSON(line)
		if err != nil || string(back.Data) != data || !back.Check() || bytes.ContainsRune(line, '\n') {
			t.Errorf("%q becomes %s, then %q: %v", data, line, back.Data, err)
		}
	}
	if line := string(readAll(t, l, "s", 0)[0].AppendJSON(nil)); !strings.Contains(line, `"data":{"at" :  1.0e0,"at":"<\u003c>"},`) {
		t.Errorf("line %s", line)
	}
}

// TestJournal_everyByteCounts changes each byte of a journal, one at a time.
func TestJournal_everyByteCounts(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "run/A", note(`{"n":1}`), note("2"), note(`{"n":3}`))
	good := journalOf(t, l, 0, "run/A")
	for i := range good {
		for _, x := range []byte{1, 0x20, 0x80} {
			bad := bytes.Clone(good)
			bad[i] ^= x
			if r := problems(t, bad); r.OK() {
				t.Errorf("byte %d xor %#x is not noticed", i, x)
			}
		}
	}
}

func TestJournal_namesWhatIsMissing(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "run/A", note("1"), note("2"), note("3"), note("4"))
	line := strings.SplitAfter(string(journalOf(t, l, 0, "run/A")), "\n")
	for _, c := range []struct{ name, journal, want string }{
		{"a line is missing", line[0] + line[1] + line[3], "line 3, stream run/A, record 3: it is missing, the next one is 4"},
		{"two lines are swapped", line[0] + line[2] + line[1] + line[3], "line 2, stream run/A, record 2: it is missing, the next one is 3"},
		{"a line comes twice", line[0] + line[1] + line[1], "line 3, stream run/A, record 3: record 2 comes in its place"},
		{"data was changed", strings.Replace(line[0], `"data":1`, `"data":9`, 1), "line 1, stream run/A, record 1: its hash is not that of its bytes"},
		{"an empty line", line[0] + "\n", "line 2: not a record: station is missing or wrong"},
		{"a cut line", line[0] + line[1][:50], "line 2: not a record: stream is missing or wrong"},
	} {
		r := problems(t, []byte(c.journal))
		if len(r.Problems) == 0 || r.Problems[0].String() != c.want {
			t.Errorf("%s: %v, want %s", c.name, r.Problems, c.want)
		}
	}
}

func FuzzParseJSON(f *testing.F) {
	r := store.Record{Station: strings.Repeat("0a", 16), Stream: "run/A", Seq: 3, Kind: "note_taken", V: 2, Data: []byte(`{"a":[1,"é"]}`)}
	f.Add(r.AppendJSON(nil))
	r.Data = []byte("\x00")
	f.Add(r.AppendJSON(nil))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := store.ParseJSON(line)
		if err == nil && !bytes.Equal(r.AppendJSON(nil), line) {
			t.Errorf("%q is written as %q", line, r.AppendJSON(nil))
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %v", err)
		}
		if _, err := store.VerifyJournal(bytes.NewReader(line)); err != nil {
			t.Error(err)
		}
	})
}
