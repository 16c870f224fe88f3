package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// VerifyOptions may all be left zero.
type VerifyOptions struct {
	Wait time.Duration // for the lock; 0 is DefaultWait
	// Anchors are files that the log is compared with, each with its kept .ahead.
	// One that is missing or was never finished is a note.
	Anchors []string
	// Progress is told how many bytes were read. It must return at once.
	Progress func(done, total int64)
}

// Verify reads the whole log at path and checks every byte in use: the hash and
// place of every record, the pages they lie on, heads, books, and the anchors. It
// goes on after damage and needs no intact log. The error tells that it could not
// look at all: no such file, locked, newer, cancelled. What it found is in the
// report.
//
// It first reads the file once from front to back without a lock, which makes a
// log that is not in memory ten times faster, and then holds a shared lock for
// less than a second for each million records. Writers wait that long.
func Verify(ctx context.Context, path string, o VerifyOptions) (Report, error) {
	if o.Wait == 0 {
		o.Wait = DefaultWait
	}
	if err := readAhead(ctx, path, o.Progress); err != nil {
		return Report{}, wrap("verify", path, err)
	}
	f, err := openLocked(ctx, path, false, time.Now().Add(o.Wait))
	if err != nil {
		return Report{}, wrap("verify", path, err)
	}
	defer f.Close()
	v := &verifier{}
	t, err := newestTree(f)
	if err != nil {
		if !errors.Is(err, ErrDamaged) {
			return v.r, wrap("verify", path, err)
		}
		v.damage(err)
		return v.r, nil
	}
	if err := v.file(t); err != nil {
		return v.r, wrap("verify", path, err)
	}
	v.tree(t)
	v.anchors(t, o.Anchors)
	v.once()
	return v.r, nil
}

// readAhead brings the file into memory in the order it has on the disk.
func readAhead(ctx context.Context, path string, progress func(done, total int64)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	buf := make([]byte, 1<<20)
	for done := int64(0); ; {
		n, err := f.Read(buf)
		done += int64(n)
		if progress != nil {
			progress(done, max(done, st.Size()))
		}
		if err != nil || n == 0 {
			return ctx.Err() // what can't be read is found again, with its page
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

type verifier struct {
	r Report
	w *walker

	chains  map[string]*chain
	onHeads map[[2]string]bool // run and book
	onShelf map[[2]string]bool
	heads   []Head
	unsure  bool // of the station id, so that first records can't be checked
}

// once drops what was found twice, on different ways to the same page.
func (v *verifier) once() {
	seen := map[Problem]bool{}
	v.r.Problems = slices.DeleteFunc(v.r.Problems, func(p Problem) bool {
		was := seen[p]
		seen[p] = true
		return was
	})
}

func (v *verifier) damage(err error)  { v.problem(problemOf(err)) }
func (v *verifier) problem(p Problem) { v.r.Problems = append(v.r.Problems, p) }
func (v *verifier) wrong(format string, args ...any) {
	v.problem(Problem{Text: fmt.Sprintf(format, args...)})
}

func (v *verifier) note(format string, args ...any) {
	v.r.Notes = append(v.r.Notes, fmt.Sprintf(format, args...))
}
func (v *verifier) onPage(id uint64, text string) { v.damage(badPage(id, "%s", text)) }

// inPage is a problem of a value on a page. A small bucket lies inside another's
// value, so that it has no page of its own: its id is 0.
func (v *verifier) inPage(id uint64, text string) {
	if id == 0 {
		v.wrong("%s", text)
		return
	}
	v.onPage(id, text)
}

// file checks what is true of the file as a whole.
func (v *verifier) file(t *tree) error {
	version, station, err := t.identity()
	if err != nil && !errors.Is(err, ErrDamaged) {
		return err
	}
	if err != nil {
		v.damage(err)
		v.unsure = true
	}
	v.r.Schema, v.r.Station, v.r.Pages = version, station, int(t.meta.high)
	for _, id := range t.hurt {
		v.note("page %d, one of the two that say where the log begins, is not valid: "+
			"a write was cut off, or the last one is lost, which only an anchor can tell", id)
	}
	if len(t.hurt) == 0 {
		v.metaHeaders(t)
	}
	if err := t.checkWhole(); err != nil {
		v.damage(err)
	}
	return nil
}

// metaHeaders checks the bytes before what a meta page's checksum covers.
func (v *verifier) metaHeaders(t *tree) {
	for id := range uint64(2) {
		var b [headerSize]byte
		if _, err := t.src.ReadAt(b[:], int64(id)*pageSize); err != nil {
			v.damage(unreadable(id, err))
			continue
		}
		var want [headerSize]byte
		want[0], want[8] = byte(id), 4
		if b != want {
			v.onPage(id, "its header was changed")
		}
	}
}

// tree walks all buckets.
func (v *verifier) tree(t *tree) {
	v.w = &walker{src: t.src, high: t.meta.high, seen: make([]uint32, t.meta.high/32+1)}
	v.chains, v.onHeads, v.onShelf = map[string]*chain{}, map[[2]string]bool{}, map[[2]string]bool{}
	found := map[string]bucket{}
	var order []string
	v.w.each(t.rootBucket(), func(p page, i int) {
		val, nested := p.value(i)
		if !nested {
			v.onPage(p.id, fmt.Sprintf("%q should be a bucket", p.key(i)))
			return
		}
		b, err := parseBucket(p.id, slices.Clone(val))
		if err != nil {
			v.damage(err)
			return
		}
		name := string(p.key(i))
		found[name], order = b, append(order, name)
	}, v.damage)
	known := []string{bucketBooks, bucketHeads, bucketMeta, bucketShelf, bucketStreams}
	if !slices.Equal(order, known) {
		v.wrong("the log's parts are %q, they should be %q", order, known)
	}
	for _, name := range order {
		v.bucket(name, found[name])
	}
	v.shelf()
	v.pages(t)
}

func (v *verifier) bucket(name string, b bucket) {
	switch name {
	case bucketStreams:
		v.streams(b)
	case bucketHeads:
		v.plain(b, v.head)
	case bucketBooks:
		v.plain(b, v.book)
	case bucketMeta:
		n := 0
		v.plain(b, func(uint64, []byte, []byte) { n++ })
		if n != 3 {
			v.wrong("the log says %d things about itself, it should be 3", n)
		}
	case bucketShelf:
		v.nested(b, func(book string, b bucket) {
			v.plain(b, func(at uint64, run, val []byte) {
				v.onShelf[[2]string{string(run), book}] = true
				if string(val) != "\x01" {
					v.inPage(at, fmt.Sprintf("run %q stands under book %q in a wrong way", run, book))
				}
			})
		})
	}
}

// plain visits a bucket that has no buckets in it.
func (v *verifier) plain(b bucket, f func(at uint64, key, val []byte)) {
	v.w.each(b, func(p page, i int) {
		val, nested := p.value(i)
		if nested {
			v.onPage(p.id, fmt.Sprintf("%q should not be a bucket", p.key(i)))
			return
		}
		f(p.id, p.key(i), val)
	}, v.damage)
}

// nested visits a bucket that has only buckets in it.
func (v *verifier) nested(b bucket, f func(name string, b bucket)) {
	v.w.each(b, func(p page, i int) {
		val, nested := p.value(i)
		if !nested {
			v.onPage(p.id, fmt.Sprintf("%q should be a bucket", p.key(i)))
			return
		}
		// What is inside outlives the page's buffer.
		c, err := parseBucket(p.id, slices.Clone(val))
		if err != nil {
			q := problemOf(err)
			q.Stream = string(p.key(i))
			v.problem(q)
			return
		}
		f(string(p.key(i)), c)
	}, v.damage)
}

// streams follows all of them, cut into parts.
func (v *verifier) streams(b bucket) {
	var parts []*part
	var names []string
	v.nested(b, func(name string, b bucket) {
		names = append(names, name)
		if err := validStream(name); err != nil {
			v.damage(err)
		}
		parts = append(parts, v.w.parts(name, b)...)
	})
	v.w.follow(parts)
	for _, name := range names {
		c := &chain{stream: name, next: 1, hash: firstPrev(v.r.Station, name), known: !v.unsure}
		for len(parts) > 0 && parts[0].stream == name {
			c.join(&parts[0].chain)
			parts = parts[1:]
		}
		if c.n == 0 && len(c.problems) == 0 {
			c.problem(Problem{Text: "it is empty, and no stream begins empty"})
		}
		v.chains[name] = c
		v.r.Problems = append(v.r.Problems, c.problems...)
		v.r.Records += c.n
		v.r.Streams = append(v.r.Streams, StreamReport{Name: name, Records: c.n, First: 1, Last: c.next - 1, Hash: c.hash})
	}
}

func (v *verifier) head(at uint64, run, val []byte) {
	v.r.Heads++
	h, err := decodeHead(string(run), val)
	if err != nil {
		v.inPage(at, fmt.Sprintf("the head of run %q: %v", run, err))
		return
	}
	for _, book := range h.Books {
		v.onHeads[[2]string{h.Run, book}] = true
	}
	v.heads = append(v.heads, Head{Run: h.Run, Seq: h.Seq})
}

func (v *verifier) book(at uint64, key, text []byte) {
	v.r.Books++
	if sum := sha256.Sum256(text); string(sum[:]) != string(key) {
		v.inPage(at, fmt.Sprintf("book %x is not the text it was", key))
	}
}

// shelf compares heads with streams and with the books they stand under.
func (v *verifier) shelf() {
	for _, h := range v.heads {
		if c := v.chains[runPrefix+h.Run]; c == nil || !c.lost && h.Seq >= c.next {
			v.problem(Problem{Stream: runPrefix + h.Run, Seq: h.Seq, Text: "it is missing, and the run's head was made with it"})
		}
	}
	for _, k := range sortedPairs(v.onShelf, v.onHeads) {
		v.note("run %q stands under book %q, but its head does not name it: an earlier one was damaged", k[0], k[1])
	}
	for _, k := range sortedPairs(v.onHeads, v.onShelf) {
		v.wrong("run %q does not stand under book %q, which its head names", k[0], k[1])
	}
}

// sortedPairs gives what is in a and not in b.
func sortedPairs(a, b map[[2]string]bool) (out [][2]string) {
	for k := range a {
		if !b[k] {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(x, y [2]string) int { return strings.Compare(x[0]+"\n"+x[1], y[0]+"\n"+y[1]) })
	return out
}

// pages compares what was reached with the list of free pages: each page is
// either in use, or free, or one of those that are always there.
func (v *verifier) pages(t *tree) {
	w := v.w
	if id := t.meta.freelist; id != noFreelist && id >= 2 && id < w.high {
		if buf, err := t.read(id); err == nil {
			if err := w.claim(id, len(buf)); err != nil {
				v.damage(err)
			}
		}
	}
	for _, id := range t.free {
		if err := w.claim(id, pageSize); err != nil {
			v.onPage(id, "it is in use and on the list of free pages")
		}
	}
	if !v.r.OK() {
		return // what can't be reached any more is not news
	}
	for id := uint64(2); id < w.high; id++ {
		if w.seen[id/32]&(1<<(id%32)) == 0 {
			v.onPage(id, "it is neither in use nor free: something was lost")
			return
		}
	}
}

// record gives one record's stored bytes.
func (t *tree) record(stream string, seq uint64) ([]byte, bool, error) {
	b, ok, err := t.bucket(bucketStreams, stream)
	if err != nil || !ok {
		return nil, false, err
	}
	v, _, ok, _, err := t.get(b, binary.BigEndian.AppendUint64(nil, seq))
	return v, ok, err
}
