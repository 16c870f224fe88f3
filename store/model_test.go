package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// model is what a log should hold, kept the naive way.
type model struct {
	log     *store.Log
	at      time.Time
	streams map[string][]store.Record
	heads   map[string]store.Head
	books   map[string]string
}

// TestModel lets a log and a model do the same things in random order. What the
// log gives has to be what the model has, at any time.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{
			at:      time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC),
			streams: map[string][]store.Record{}, heads: map[string]store.Head{}, books: map[string]string{},
		}
		m.log = storetest.Open(t, store.NoSync, func(o *store.Options) {
			o.Now = func() time.Time { m.at = m.at.Add(time.Millisecond); return m.at }
		})
		rt.Repeat(map[string]func(*rapid.T){
			"commit": m.commit, "read": m.read, "tails": m.tails, "showHeads": m.showHeads, "showBooks": m.showBooks,
			"reopen": func(rt *rapid.T) {
				l, err := store.Open(m.log.Path(), store.Options{})
				if err != nil || l.Station() != m.log.Station() {
					rt.Fatal(err)
				}
			},
		})
	})
}

var (
	runs     = rapid.SampledFrom([]string{"A", "B", "C"})
	sizes    = rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 900), rapid.Just(6000))
	allBooks = []string{"x", "y"}
)

func (m *model) commit(rt *rapid.T) {
	b := &store.Batch{SyncAnchors: rapid.Bool().Draw(rt, "sync")}
	added := map[string]int{}
	for range rapid.IntRange(1, 3).Draw(rt, "steps") {
		stream := "run/" + runs.Draw(rt, "run")
		for range rapid.IntRange(1, 4).Draw(rt, "entries") {
			data := make([]byte, sizes.Draw(rt, "size"))
			b.Append(stream, store.Entry{Kind: "note_taken", V: 1, Data: data})
			added[stream]++
		}
	}
	text := fmt.Sprintf("# %d\n", rapid.IntRange(0, 5).Draw(rt, "text"))
	book := b.Book([]byte(text))
	var head store.Head
	if rapid.Bool().Draw(rt, "head") {
		run := runs.Draw(rt, "head's run")
		n := len(m.streams["run/"+run]) + added["run/"+run]
		head = store.Head{Run: run, Books: allBooks[:rapid.IntRange(0, 2).Draw(rt, "books")], Seq: uint64(n), Data: []byte(run)}
		b.Head(head)
	}
	guard := "run/" + runs.Draw(rt, "guard")
	off := rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(rt, "off")
	b.Expect(guard, uint64(len(m.streams[guard])+off))
	recs, err := m.log.Commit(rt.Context(), b)
	if (err != nil) != (off != 0) {
		rt.Fatalf("commit with a guard that is off by %d: %v", off, err)
	}
	if err != nil {
		return
	}
	for _, r := range recs {
		if r.Seq != uint64(len(m.streams[r.Stream])+1) {
			rt.Fatalf("record %d of %s comes after %d", r.Seq, r.Stream, len(m.streams[r.Stream]))
		}
		m.streams[r.Stream] = append(m.streams[r.Stream], r)
	}
	m.books[book] = text
	if head.Seq > 0 {
		if old := m.heads[head.Run].Books; len(old) > len(head.Books) {
			head.Books = old
		}
		m.heads[head.Run] = head
	}
}

func (m *model) read(rt *rapid.T) {
	stream := "run/" + runs.Draw(rt, "run")
	want := m.streams[stream]
	after := rapid.IntRange(0, len(want)+1).Draw(rt, "after")
	if got := readAll(rt, m.log, stream, uint64(after)); !sameRecords(got, want[min(after, len(want)):]) {
		rt.Fatalf("%s after %d: %d records of %d", stream, after, len(got), len(want))
	}
}

func (m *model) tails(rt *rapid.T) {
	names, err := m.log.Streams(rt.Context(), "run/")
	if err != nil || len(names) != len(m.streams) {
		rt.Fatalf("streams %v, want %d: %v", names, len(m.streams), err)
	}
	for _, name := range names {
		r, ok, err := m.log.Tail(rt.Context(), name)
		want := m.streams[name]
		if err != nil || !ok || !sameRecords([]store.Record{r}, want[len(want)-1:]) {
			rt.Fatalf("tail of %s is %d: %v", name, r.Seq, err)
		}
	}
}

func (m *model) showHeads(rt *rapid.T) {
	book := rapid.SampledFrom([]string{"", "x", "y"}).Draw(rt, "book")
	n := rapid.IntRange(1, 4).Draw(rt, "n")
	got, err := m.log.Heads(rt.Context(), book, n)
	if err != nil {
		rt.Fatal(err)
	}
	var want []string
	for _, run := range []string{"C", "B", "A"} {
		h, ok := m.heads[run]
		if ok && (book == "" || slices.Contains(h.Books, book)) && len(want) < n {
			want = append(want, fmt.Sprintf("%s %v %d %d %s", run, h.Books, h.Seq, len(m.streams["run/"+run]), h.Data))
		}
	}
	for i, h := range got {
		if s := fmt.Sprintf("%s %v %d %d %s", h.Run, h.Books, h.Seq, h.Last, h.Data); i >= len(want) || s != want[i] {
			rt.Fatalf("head %d of %q is %s, want %v", i, book, s, want)
		}
	}
	if len(got) != len(want) {
		rt.Fatalf("%d heads of %q, want %v", len(got), book, want)
	}
}

func (m *model) showBooks(rt *rapid.T) {
	for name, want := range m.books {
		if text, ok, err := m.log.Book(rt.Context(), name); string(text) != want || !ok || err != nil {
			rt.Fatalf("book %s is %q: %v", name, text, err)
		}
	}
}
