package store_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// freeze writes the vector of a new schema. It is used once for each, and never to
// make a failing test pass: logs like the vector lie on people's disks.
var freeze = flag.Bool("freeze", false, "write testdata/v1 if it is not there")

func freezeV1(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	l, err := store.Open(filepath.Join(dir, "log.db"), store.Options{
		Now:    func() time.Time { at = at.Add(1234567891 * time.Nanosecond); return at },
		Anchor: func(s string) string { return storetest.AnchorPath(dir, s) },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		b := &store.Batch{SyncAnchors: true}
		b.Append("run/01JD0000000000000000000000", note(`{"text":"%d"}`, i), note("%0*d", 50*i, i))
		if i%4 == 0 {
			b.Append("station", store.Entry{Kind: "run_registered", V: 3, Data: []byte("\x00 no JSON \xff")})
		}
		name := b.Book([]byte("# Restore\n"))
		b.Head(store.Head{Run: "01JD0000000000000000000000", Books: []string{name, "dc"}, Seq: uint64(2*i + 2), Data: []byte("head")})
		if _, err := l.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	journal := journalOf(t, l, 0, "run/01JD0000000000000000000000", "station")
	if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), journal, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestFrozen_v1 reads a log that the first release wrote. It must read, verify and
// take new records for ever.
func TestFrozen_v1(t *testing.T) {
	from := filepath.Join("testdata", "v1")
	if _, err := os.Stat(from); *freeze && os.IsNotExist(err) {
		freezeV1(t, from)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "log.db")
	if r := storetest.Verify(t, path); r.Records != 27 || r.Heads != 1 || r.Books != 1 || r.Schema != 1 {
		t.Errorf("report %+v", r)
	}
	want, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if r := problems(t, want); !r.OK() || r.Records != 27 {
		t.Errorf("the journal: %+v", r)
	}
	l, err := store.Open(path, store.Options{Anchor: func(s string) string { return storetest.AnchorPath(dir, s) }})
	if err != nil {
		t.Fatal(err)
	}
	if got := journalOf(t, l, 0, "run/01JD0000000000000000000000", "station"); !bytes.Equal(got, want) {
		t.Errorf("the records read as\n%s", got)
	}
	heads, err := l.Heads(t.Context(), "dc", 9)
	if err != nil || len(heads) != 1 || string(heads[0].Data) != "head" || heads[0].Seq != 24 {
		t.Errorf("heads %+v %v", heads, err)
	}
	if text, ok, err := l.Book(t.Context(), heads[0].Books[0]); string(text) != "# Restore\n" || !ok || err != nil {
		t.Errorf("book %q %v %v", text, ok, err)
	}
	mustAppend(t, l, "station", note("later"))
	storetest.Verify(t, path)
}

// TestBolt_agrees asks bbolt for a second opinion: its own check finds nothing in
// our file, and it reads the same bytes.
func TestBolt_agrees(t *testing.T) {
	l := specimen(t)
	db, err := bolt.Open(l.Path(), 0, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			t.Error(err)
		}
		return tx.Bucket([]byte("streams")).ForEachBucket(func(name []byte) error {
			recs, i := readAll(t, l, string(name), 0), 0
			err := tx.Bucket([]byte("streams")).Bucket(name).ForEach(func(k, v []byte) error {
				if want := fmt.Sprintf("%016x", recs[i].Seq); hex.EncodeToString(k) != want || !bytes.Equal(v, store.Stored(recs[i])) {
					t.Errorf("%s: key %x holds another record than %s", name, k, want)
				}
				i++
				return nil
			})
			if i != len(recs) {
				t.Errorf("%s: bbolt has %d records, we read %d", name, i, len(recs))
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
