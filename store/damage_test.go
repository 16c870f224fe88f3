package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

const pageSize = 4096

// specimen is a small log with one of everything: streams inside an element and of
// several levels, values over several pages, heads, books, free pages, anchors.
func specimen(t *testing.T) *store.Log {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	l := storetest.Open(t, store.NoSync, func(o *store.Options) {
		o.Now = func() time.Time { at = at.Add(time.Second); return at }
	})
	for i := range 60 {
		b := &store.Batch{}
		run := fmt.Sprintf("R%02d", i%5)
		size := rnd.IntN(400)
		if i%20 == 7 {
			size = 9000
		}
		b.Append("run/"+run, note(`{"text":"%s"}`, strings.Repeat("w", size)))
		b.Append("run/long", note("%d", i), note("%0300d", i), note("%0200d", i))
		if i%5 == 0 {
			b.Append("station", note("%d", i))
		}
		b.Head(store.Head{
			Run: run, Books: []string{b.Book(fmt.Appendf(nil, "# Book %d\n", i%3)), "dc"}, Seq: uint64(i/5) + 1,
			Data: bytes.Repeat([]byte{'h'}, rnd.IntN(200)),
		})
		if _, err := l.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// content is all records of a log as text, stream by stream; an error ends a stream.
func content(ctx context.Context, l *store.Log, names []string) (map[string][]string, error) {
	var all []error
	out := map[string][]string{}
	for _, name := range names {
		for r, err := range l.Read(ctx, name, 0) {
			if err != nil {
				all = append(all, err)
				break
			}
			out[name] = append(out[name], string(r.AppendJSON(nil)))
		}
	}
	return out, errors.Join(all...)
}

// mutants are the ways to damage a file. Each changes b or returns a part of it.
var mutants = []struct {
	name string
	do   func(r *rand.Rand, b []byte) []byte
}{
	{"bit", func(r *rand.Rand, b []byte) []byte { b[r.IntN(len(b))] ^= 1 << r.IntN(8); return b }},
	{"byte of a used page", func(r *rand.Rand, b []byte) []byte {
		for {
			if p := somePage(r, b, 0); len(bytes.Trim(p, "\x00")) > 0 {
				p[r.IntN(pageSize)] = byte(r.Uint32())
				return b
			}
		}
	}},
	{"zeroed page", func(r *rand.Rand, b []byte) []byte { clear(somePage(r, b, 0)); return b }},
	{"cut at a page", func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b)/pageSize)*pageSize] }},
	{"cut at a byte", func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] }},
	{"swapped pages", func(r *rand.Rand, b []byte) []byte {
		p, q := somePage(r, b, 2), somePage(r, b, 2)
		old := bytes.Clone(p)
		copy(p, q)
		copy(q, old)
		return b
	}},
	{"copied page", func(r *rand.Rand, b []byte) []byte { copy(somePage(r, b, 2), somePage(r, b, 2)); return b }},
	{"one meta", func(r *rand.Rand, b []byte) []byte {
		p := somePage(r, b[:2*pageSize], 0)
		for range 8 {
			p[r.IntN(80)] = byte(r.Uint32())
		}
		return b
	}},
	{"both metas", func(r *rand.Rand, b []byte) []byte {
		b[16+r.IntN(64)] ^= 0xff
		b[pageSize+16+r.IntN(64)] ^= 0xff
		return b
	}},
	{"page header", func(r *rand.Rand, b []byte) []byte {
		somePage(r, b, 2)[r.IntN(16)] = byte(r.Uint32())
		return b
	}},
}

func somePage(r *rand.Rand, b []byte, from int) []byte {
	n := from + r.IntN(len(b)/pageSize-from)
	return b[n*pageSize : (n+1)*pageSize]
}

// TestDamage_isNeverCalledGood damages a log in 1,800 ways. Whatever is done to it:
// nothing crashes or hangs, also not an append; a reader gets a record as it was
// written or an error; and Verify calls a file good only if every record is there.
// Two kinds can only be seen from outside: a log set back to an earlier commit, and
// that one the anchors show.
func TestDamage_isNeverCalledGood(t *testing.T) {
	l := specimen(t)
	healthy, err := os.ReadFile(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	names, err := l.Streams(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	want, err := content(t.Context(), l, names)
	if err != nil {
		t.Fatal(err)
	}
	anchors := storetest.Anchors(t, l.Path())
	path := filepath.Join(t.TempDir(), "log.db")
	n := 1800
	if testing.Short() {
		n = 300
	}
	found, rolledBack := 0, 0
	for i := range n {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		m := mutants[i%len(mutants)]
		hurt := m.do(r, bytes.Clone(healthy))
		if bytes.Equal(hurt, healthy) {
			continue
		}
		if err := os.WriteFile(path, hurt, 0o600); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("mutant %d (%s)", i, m.name)
		d := damaged{t: t, name: name, path: path, names: names, want: want}
		alone, inside := d.verify(nil), d.read()
		seen := d.verify(anchors)
		switch {
		case !alone:
			found++
		case inside:
		case seen:
			t.Errorf("%s: a changed or missing record is called good", name)
		default:
			rolledBack++
		}
		d.append()
	}
	t.Logf("%d found inside, %d rolled back and found by their anchor", found, rolledBack)
	if found == 0 || rolledBack == 0 {
		t.Errorf("the damage done proves nothing: %d found, %d rolled back", found, rolledBack)
	}
}

type damaged struct {
	t          *testing.T
	name, path string
	names      []string
	want       map[string][]string
}

// verify tells whether the file is called good.
func (d damaged) verify(anchors []string) bool {
	r, err := store.Verify(d.t.Context(), d.path, store.VerifyOptions{Anchors: anchors})
	return err == nil && r.OK()
}

// read tells whether all records are there. None may be another.
func (d damaged) read() bool {
	l, err := store.Open(d.path, store.Options{})
	if err != nil {
		return false
	}
	got, err := content(d.t.Context(), l, d.names)
	whole := err == nil
	for name, recs := range got {
		if n := min(len(recs), len(d.want[name])); !slices.Equal(recs, d.want[name][:n]) || n < len(recs) {
			d.t.Errorf("%s: stream %s has records that were never written", d.name, name)
		}
	}
	for name, recs := range d.want {
		whole = whole && len(got[name]) == len(recs)
	}
	return whole
}

// append only has to come back.
func (d damaged) append() {
	o := store.Options{}
	store.NoSync(&o)
	l, err := store.Open(d.path, o)
	if err != nil {
		return
	}
	b := &store.Batch{}
	for _, name := range d.names {
		b.Append(name, note("after the damage"))
	}
	b.Book([]byte("new"))
	if _, err := l.Commit(d.t.Context(), b); err != nil {
		if s := err.Error(); strings.Contains(s, "\n") {
			d.t.Errorf("%s: the error has several lines: %s", d.name, s)
		}
	}
}

// TestDamage_everyByteOfARecordNamesIt changes each byte that a record has in the
// file, one at a time.
func TestDamage_everyByteOfARecordNamesIt(t *testing.T) {
	l := storetest.Open(t, store.NoSync)
	var recs []store.Record
	for i := range 12 {
		recs = append(recs, mustAppend(t, l, "run/inside", note("%d", i))...)
		recs = append(recs, mustAppend(t, l, "run/paged", note("%0300d", i))...)
	}
	healthy, err := os.ReadFile(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "log.db")
	if err := os.WriteFile(path, healthy, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	flipped := 0
	for _, r := range []store.Record{recs[0], recs[1], recs[14], recs[15], recs[22], recs[23]} {
		stored := store.Stored(r)
		for n := range stored {
			for _, at := range everywhere(healthy, stored) { // also where it is no longer in use
				if _, err := f.WriteAt([]byte{stored[n] ^ byte(1+n%255)}, int64(at+n)); err != nil {
					t.Fatal(err)
				}
			}
			flipped++
			report, err := store.Verify(t.Context(), path, store.VerifyOptions{})
			if err != nil || !names(report, r) {
				t.Errorf("byte %d of record %d of %s: %v %v", n, r.Seq, r.Stream, report.Problems, err)
			}
			for _, at := range everywhere(healthy, stored) {
				if _, err := f.WriteAt(stored, int64(at)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if flipped < 600 {
		t.Errorf("only %d bytes were changed", flipped)
	}
}

func names(report store.Report, r store.Record) bool {
	return slices.ContainsFunc(report.Problems, func(p store.Problem) bool { return p.Stream == r.Stream && p.Seq == r.Seq })
}

func everywhere(b, sub []byte) (at []int) {
	for from := 0; ; {
		i := bytes.Index(b[from:], sub)
		if i < 0 {
			return at
		}
		at = append(at, from+i)
		from += i + 1
	}
}

func TestDamage_ofTheStationIDIsOneProblem(t *testing.T) {
	l := storetest.Open(t, store.NoSync)
	mustAppend(t, l, "run/A", note("1"))
	mustAppend(t, l, "run/B", note("1"))
	station := l.Station()
	change(t, l.Path(), "meta", "station", strings.Repeat("0", 32))
	r, err := store.Verify(t.Context(), l.Path(), store.VerifyOptions{})
	if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Text, "fails its checksum") {
		t.Errorf("problems %v %v", r.Problems, err)
	}
	if _, err := store.Open(l.Path(), store.Options{}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("open: %v", err)
	}
	change(t, l.Path(), "meta", "station", station)
}

// TestDamage_inOneStreamLeavesTheOthersReadable: what is whole can be read, written
// and verified.
func TestDamage_inOneStreamLeavesTheOthersReadable(t *testing.T) {
	l := specimen(t)
	recs := readAll(t, l, "run/long", 0)
	stored := store.Stored(recs[100])
	b, err := os.ReadFile(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "log.db")
	for _, at := range everywhere(b, stored) {
		clear(b[at/pageSize*pageSize:][:16]) // the header of its page
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	hurt, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, hurt, "run/R00", note("goes on"))
	mustAppend(t, hurt, "run/long", note("goes on"))
	r, err := store.Verify(t.Context(), path, store.VerifyOptions{})
	if err != nil || len(r.Problems) != 1 || r.Problems[0].Stream != "run/long" || !r.Problems[0].InPage {
		t.Errorf("problems %v %v, want one page of run/long", r.Problems, err)
	}
	n := 0
	for _, err := range hurt.Read(t.Context(), "run/long", 0) {
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) {
				t.Error(err)
			}
			break
		}
		n++
	}
	if n == 0 || n > 100 {
		t.Errorf("%d records came before the damage, want up to 100", n)
	}
}

// TestDamage_pagesInACircle makes each branch point at itself, at every element.
func TestDamage_pagesInACircle(t *testing.T) {
	l := specimen(t)
	path := filepath.Join(t.TempDir(), "log.db")
	b, err := os.ReadFile(l.Path())
	if err != nil {
		t.Fatal(err)
	}
	branches := 0
	for at := 2 * pageSize; at < len(b); at += pageSize {
		p := b[at : at+pageSize]
		if p[8] != 1 || p[9] != 0 {
			continue
		}
		branches++
		for i := range int(p[10]) {
			copy(p[16+16*i+8:][:8], p[:8])
		}
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := store.Verify(t.Context(), path, store.VerifyOptions{})
	if err != nil || r.OK() || branches == 0 {
		t.Errorf("%d branches: %v", branches, err)
	}
	hurt, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := content(t.Context(), hurt, []string{"run/long"}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("read: %v", err)
	}
	if _, err := hurt.Append(t.Context(), "run/long", note("1")); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("append: %v", err)
	}
}
