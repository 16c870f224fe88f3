package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// A Batch is what Commit writes in one transaction. It may be used once.
type Batch struct {
	// SyncAnchors makes the anchors durable before Commit returns. Without it
	// they are written, and a power cut may set them back, which only makes them
	// notice less.
	SyncAnchors bool

	steps  []step
	expect map[string]uint64
	heads  []Head
	books  [][]byte
}

type step struct {
	stream string
	make   func(done []Record) ([]Entry, error)
}

// Append puts entries at the end of a stream.
func (b *Batch) Append(stream string, entries ...Entry) {
	b.AppendFunc(stream, func([]Record) ([]Entry, error) { return entries, nil })
}

// AppendFunc is for entries that need to know the records before them in the same
// batch, such as one that names another's hash. It is called once, under the lock:
// it must compute and return, and not use the log.
func (b *Batch) AppendFunc(stream string, make func(done []Record) ([]Entry, error)) {
	b.steps = append(b.steps, step{stream, make})
}

// Expect makes Commit fail with ErrConflict unless the stream ends at seq before
// the batch; 0 is a stream without records.
func (b *Batch) Expect(stream string, seq uint64) {
	if b.expect == nil {
		b.expect = map[string]uint64{}
	}
	b.expect[stream] = seq
}

// Head puts a run's summary. It is left out without a word if h.Seq is not where
// the run's stream ends after the batch: another process has appended what the
// summary does not know. Books that the run's head named before stay named.
func (b *Batch) Head(h Head) { b.heads = append(b.heads, h) }

// Book puts a text and gives the name under which it is found: the hex digits of
// its SHA-256. A text that is there already costs nothing.
func (b *Batch) Book(text []byte) string {
	b.books = append(b.books, text)
	return bookHash(text)
}

func bookHash(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// put is one key to write.
type put struct {
	bucket   []string
	key, val []byte
	fill     float64 // of the bucket's pages
}

// plan is a batch turned into keys and values against one state of the file. It
// is made with the checked reader, and it reads every path that bbolt will go, so
// bbolt meets no page that was not checked.
type plan struct {
	t       *tree
	log     *Log
	puts    []put
	records []Record
	first   map[string]Record // where each stream ended before
	last    map[string]Record // and where it ends after
}

func (l *Log) plan(t *tree, b *Batch) (*plan, error) {
	p := &plan{t: t, log: l, first: map[string]Record{}, last: map[string]Record{}}
	for stream, seq := range b.expect {
		tail, err := p.tail(stream)
		if err != nil {
			return nil, err
		}
		if tail.Seq != seq {
			return nil, fmt.Errorf("%w: %s ends at record %d, not %d", ErrConflict, stream, tail.Seq, seq)
		}
	}
	for _, s := range b.steps {
		entries, err := s.make(p.records)
		if err != nil {
			return nil, err
		}
		if err := p.append(s.stream, entries); err != nil {
			return nil, err
		}
	}
	for _, text := range b.books {
		if err := p.book(text); err != nil {
			return nil, err
		}
	}
	for _, h := range b.heads {
		if err := p.head(h); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// tail is the stream's last record as far as the plan has come; Seq 0 if none.
func (p *plan) tail(stream string) (Record, error) {
	if r, ok := p.last[stream]; ok {
		return r, nil
	}
	if err := validStream(stream); err != nil {
		return Record{}, err
	}
	r, _, err := p.t.tail(p.log.station, stream)
	if err != nil {
		return Record{}, err
	}
	if r.Seq == 0 {
		r.Hash = firstPrev(p.log.station, stream)
	}
	p.first[stream], p.last[stream] = r, r
	return r, nil
}

func (p *plan) append(stream string, entries []Entry) error {
	tail, err := p.tail(stream)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := e.valid(); err != nil {
			return err
		}
		if e.Time.IsZero() {
			e.Time = p.log.now()
		}
		r := Record{
			Station: p.log.station, Stream: stream, Seq: tail.Seq + 1, Time: e.Time.UTC().Round(0),
			Kind: e.Kind, V: e.V, Data: bytes.Clone(e.Data), Prev: tail.Hash,
		}
		stored := r.seal()
		// Keys only grow, so pages are filled up before the next one is begun.
		p.puts = append(p.puts, put{[]string{bucketStreams, stream}, seqKey(r.Seq), stored, 1})
		p.records = append(p.records, r)
		tail = r
	}
	p.last[stream] = tail
	return nil
}

// look reads a key for its value, and to check the pages on the way to it.
func (p *plan) look(key []byte, names ...string) ([]byte, bool, error) {
	b, ok, err := p.t.bucket(names...)
	if err != nil || !ok {
		return nil, false, err
	}
	v, nested, ok, at, err := p.t.get(b, key)
	if err == nil && nested {
		err = badPage(at, "%q should not be a bucket", key)
	}
	return v, ok, err
}

func (p *plan) book(text []byte) error {
	if len(text) > maxData {
		return fmt.Errorf("book has %d bytes, at most %d are kept", len(text), maxData)
	}
	key := sha256.Sum256(text)
	v, ok, err := p.look(key[:], bucketBooks)
	if err == nil && (!ok || !bytes.Equal(v, text)) {
		p.puts = append(p.puts, put{[]string{bucketBooks}, key[:], bytes.Clone(text), 0.5})
	}
	return err
}

func (p *plan) head(h Head) error {
	if err := h.valid(); err != nil {
		return err
	}
	tail, err := p.tail(runPrefix + h.Run)
	if err != nil || h.Seq == 0 || h.Seq != tail.Seq {
		return err
	}
	key := []byte(h.Run)
	was, ok, err := p.look(key, bucketHeads)
	if err != nil {
		return err
	}
	if old, err := decodeHead(h.Run, was); ok && err == nil {
		h.Books = union(old.Books, h.Books)
	}
	p.puts = append(p.puts, put{[]string{bucketHeads}, key, h.encode(), 0.8})
	for _, book := range h.Books {
		_, ok, err := p.look(key, bucketShelf, book)
		if err != nil {
			return err
		}
		if !ok {
			p.puts = append(p.puts, put{[]string{bucketShelf, book}, key, []byte{1}, 0.9})
		}
	}
	return nil
}

// union gives what is in a, then what only b has.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// landed tells whether the plan's first key has its value in t. All of them have
// it or none.
func (p *plan) landed(t *tree) (bool, error) {
	b, ok, err := t.bucket(p.puts[0].bucket...)
	if err != nil || !ok {
		return false, err
	}
	v, _, ok, _, err := t.get(b, p.puts[0].key)
	return ok && bytes.Equal(v, p.puts[0].val), err
}

// tail reads a stream's last record and checks it. There may be none.
func (t *tree) tail(station, stream string) (r Record, ok bool, err error) {
	b, ok, err := t.bucket(bucketStreams, stream)
	if err != nil || !ok {
		return Record{}, false, err
	}
	var key, val []byte
	err = t.descend(b, func(k, v []byte, nested bool) bool {
		if key, val = k, v; nested {
			key = nil
		}
		ok = false
		return false
	})
	switch {
	case err != nil:
		return Record{}, false, err
	case ok:
		return Record{}, false, nil // an empty bucket
	case len(key) != 8:
		return Record{}, false, &recordError{stream, 0, errors.New("the last key is not a number").Error()}
	}
	r, err = decodeRecord(station, stream, keySeq(key), val)
	return r, err == nil, err
}
