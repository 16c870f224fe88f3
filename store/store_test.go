package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

func note(format string, args ...any) store.Entry {
	return store.Entry{Kind: "note_taken", V: 1, Data: fmt.Appendf(nil, format, args...)}
}

func mustAppend(t testing.TB, l *store.Log, stream string, e ...store.Entry) []store.Record {
	t.Helper()
	r, err := l.Append(context.Background(), stream, e...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatal(args ...any)
	Context() context.Context
}

func readAll(t failer, l *store.Log, stream string, after uint64) []store.Record {
	t.Helper()
	var out []store.Record
	for r, err := range l.Read(t.Context(), stream, after) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func sameRecords(a, b []store.Record) bool {
	return slices.EqualFunc(a, b, func(x, y store.Record) bool {
		return string(x.AppendJSON(nil)) == string(y.AppendJSON(nil))
	})
}

func TestRead_givesWhatWasAppended(t *testing.T) {
	l := storetest.Open(t)
	var want []store.Record
	for i := range 30 { // over several portions, and from inline to several pages
		var some []store.Entry
		for j := range i {
			some = append(some, note(`{"text":%q}`, strings.Repeat("x", 17*i+j)))
		}
		want = append(want, mustAppend(t, l, "run/A", some...)...)
	}
	for _, after := range []int{0, 1, 255, 256, 257, len(want) - 1, len(want)} {
		if got := readAll(t, l, "run/A", uint64(after)); !sameRecords(got, want[after:]) {
			t.Errorf("after %d: %d records, want %d", after, len(got), len(want)-after)
		}
	}
	tail, ok, err := l.Tail(t.Context(), "run/A")
	if err != nil || !ok || !sameRecords([]store.Record{tail}, want[len(want)-1:]) {
		t.Errorf("tail %d %v %v", tail.Seq, ok, err)
	}
	if _, ok, err := l.Tail(t.Context(), "run/B"); ok || err != nil {
		t.Errorf("a stream that does not exist has a tail: %v %v", ok, err)
	}
	if r := storetest.Verify(t, l.Path()); r.Records != len(want) || r.Streams[0].Hash != tail.Hash {
		t.Errorf("report %+v", r)
	}
}

func TestRead_letsTheCallerAppend(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "s", note("1"))
	n := 0
	for r, err := range l.Read(t.Context(), "s", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n < 10 {
			mustAppend(t, l, "s", note("%d", r.Seq+1)) // would wait for ever for a held lock
		}
	}
	if n != 10 {
		t.Errorf("saw %d records, want 10", n)
	}
}

func TestCommit_isOneTransactionOverStreams(t *testing.T) {
	l := storetest.Open(t)
	b := &store.Batch{SyncAnchors: true}
	b.Append("run/A", note("1"), note("2"))
	b.AppendFunc("station", func(done []store.Record) ([]store.Entry, error) {
		return []store.Entry{{Kind: "run_registered", V: 1, Data: fmt.Appendf(nil, `{"hash":"%x"}`, done[0].Hash)}}, nil
	})
	name := b.Book([]byte("# Restore\n"))
	b.Head(store.Head{Run: "A", Books: []string{name, "dc"}, Seq: 2, Data: []byte("two")})
	b.Expect("run/A", 0)
	recs, err := l.Commit(t.Context(), b)
	if err != nil || len(recs) != 3 {
		t.Fatal(recs, err)
	}
	if want := fmt.Sprintf(`{"hash":"%x"}`, recs[0].Hash); string(recs[2].Data) != want {
		t.Errorf("station record %s, want %s", recs[2].Data, want)
	}
	if text, ok, err := l.Book(t.Context(), name); string(text) != "# Restore\n" || !ok || err != nil {
		t.Errorf("book %q %v %v", text, ok, err)
	}
	for _, book := range []string{"", "dc", name} {
		heads, err := l.Heads(t.Context(), book, 5)
		if err != nil || len(heads) != 1 || heads[0].Seq != 2 || heads[0].Last != 2 || string(heads[0].Data) != "two" {
			t.Errorf("heads of %q: %+v %v", book, heads, err)
		}
	}

	bad := errors.New("no")
	b = &store.Batch{}
	b.Append("run/A", note("3"))
	b.AppendFunc("station", func([]store.Record) ([]store.Entry, error) { return nil, bad })
	if _, err := l.Commit(t.Context(), b); !errors.Is(err, bad) {
		t.Errorf("error %v, want that of the function", err)
	}
	if got := readAll(t, l, "run/A", 0); len(got) != 2 {
		t.Errorf("half a batch was written: %d records", len(got))
	}
}

func TestCommit_conflict(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "run/A", note("1"))
	b := &store.Batch{}
	b.Expect("run/A", 0)
	b.Append("run/A", note("2"))
	_, err := l.Commit(t.Context(), b)
	if !errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), "run/A ends at record 1, not 0") {
		t.Errorf("error %v", err)
	}
}

func TestCommit_leavesOutAHeadThatKnowsTooLittle(t *testing.T) {
	l := storetest.Open(t)
	mustAppend(t, l, "run/A", note("1"), note("2"))
	for _, seq := range []uint64{0, 2, 4} { // the stream ends at 3 after the batch
		b := &store.Batch{}
		b.Head(store.Head{Run: "A", Seq: seq})
		if seq == 2 {
			b.Append("run/A", note("3"))
		}
		if _, err := l.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := l.Head(t.Context(), "A"); ok || err != nil {
			t.Errorf("head at %d was written: %v", seq, err)
		}
	}
}

func TestHeads_newestFirst(t *testing.T) {
	l := storetest.Open(t)
	for i := range 40 {
		b := &store.Batch{}
		run := fmt.Sprintf("R%03d", i)
		b.Append("run/"+run, note("%d", i))
		b.Head(store.Head{Run: run, Books: []string{fmt.Sprint(i % 2)}, Seq: 1, Data: make([]byte, 300)})
		if _, err := l.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	mustAppend(t, l, "run/R038", note("late"))
	heads, err := l.Heads(t.Context(), "0", 3)
	var got []string
	for _, h := range heads {
		got = append(got, fmt.Sprintf("%s %d/%d", h.Run, h.Seq, h.Last))
	}
	if want := []string{"R038 1/2", "R036 1/1", "R034 1/1"}; !slices.Equal(got, want) || err != nil {
		t.Errorf("heads %v, want %v; %v", got, want, err)
	}
	names, err := l.Streams(t.Context(), "run/R00")
	if err != nil || len(names) != 10 || names[9] != "run/R009" {
		t.Errorf("streams %v %v", names, err)
	}
}

func TestAppend_refusesWhatItCouldNotRead(t *testing.T) {
	l := storetest.Open(t)
	far := time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		stream string
		e      store.Entry
	}{
		{"", note("1")},
		{"a b", note("1")},
		{strings.Repeat("s", 101), note("1")},
		{"s\n", note("1")},
		{"s", store.Entry{}},
		{"s", store.Entry{Kind: `"`}},
		{"s", store.Entry{Kind: "k", V: -1}},
		{"s", store.Entry{Kind: "k", Time: far}},
		{"s", store.Entry{Kind: "k", Data: make([]byte, 16<<20+1)}},
	} {
		if _, err := l.Append(t.Context(), c.stream, c.e); err == nil {
			t.Errorf("stream %q took an entry of kind %q", c.stream, c.e.Kind)
		}
	}
}

func TestSignature_changesWithEachCommit(t *testing.T) {
	l := storetest.Open(t)
	seen := map[store.Signature]bool{}
	for range 10 {
		mustAppend(t, l, "s", note("1"))
		a, err := l.Signature()
		b, err2 := l.Signature()
		if err != nil || err2 != nil || a != b || seen[a] {
			t.Fatal("signature is not that of the state", err, err2)
		}
		seen[a] = true
	}
}

func TestHeads_manyInOneCall(t *testing.T) {
	l := storetest.Open(t, store.NoSync, func(o *store.Options) { o.Anchor = nil })
	const n = 3000
	for i := 0; i < n; i += 500 {
		b := &store.Batch{}
		for j := range 500 {
			run := fmt.Sprintf("01JD%022d", i+j)
			b.Append("run/"+run, note("{}"))
			b.Head(store.Head{Run: run, Books: []string{"dc"}, Seq: 1, Data: make([]byte, 300)})
		}
		if _, err := l.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	heads, err := l.Heads(t.Context(), "dc", n+1)
	if err != nil || len(heads) != n || heads[0].Run != fmt.Sprintf("01JD%022d", n-1) || heads[n-1].Last != 1 {
		t.Errorf("%d heads, want %d: %v", len(heads), n, err)
	}
}
