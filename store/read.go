package store

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"
)

const (
	// A reader holds the lock for one portion at most.
	portionRecords = 256
	portionBytes   = 4 << 20
)

func keySeq(k []byte) uint64 { return binary.BigEndian.Uint64(k) }

// Read gives the records of a stream that come after seq, in order, as far as it
// goes when each portion of 256 is read. The lock is not held while the caller has
// a record, so the caller may take its time and may append.
//
// Every record's hash is checked, and that it follows the one before. At the first
// error the sequence gives that and ends. A stream that does not exist is empty.
func (l *Log) Read(ctx context.Context, stream string, after uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		last := Record{Stream: stream, Seq: after}
		if after == 0 {
			last.Hash = firstPrev(l.station, stream)
		}
		for {
			some, err := l.portion(ctx, last)
			for _, r := range some {
				if !yield(r, nil) {
					return
				}
				last = r
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			if len(some) == 0 {
				return
			}
		}
	}
}

// portion reads what comes after last. It gives what is good even if it fails.
func (l *Log) portion(ctx context.Context, last Record) (some []Record, err error) {
	if err := validStream(last.Stream); err != nil {
		return nil, wrap("read", l.path, err)
	}
	err = l.view(ctx, "read", func(t *tree) error {
		b, ok, err := t.bucket(bucketStreams, last.Stream)
		if err != nil || !ok {
			return err
		}
		var bad error
		size := 0
		err = t.ascend(b, seqKey(last.Seq+1), func(k, v []byte, nested bool) bool {
			var r Record
			if r, bad = follow(l.station, last, k, v, nested); bad != nil {
				return false
			}
			some, last = append(some, r), r
			size += len(v)
			return len(some) < portionRecords && size < portionBytes
		})
		if bad != nil {
			return bad
		}
		return err
	})
	return some, err
}

// follow decodes the record after last. The hash of the one before is not known
// to who begins in the middle; then last.Hash is zero.
func follow(station string, last Record, k, v []byte, nested bool) (Record, error) {
	want := last.Seq + 1
	bad := func(format string, args ...any) (Record, error) {
		return Record{}, &recordError{last.Stream, want, fmt.Sprintf(format, args...)}
	}
	if len(k) != 8 || nested {
		return bad("a key that is not a number stands in its place")
	}
	if got := keySeq(k); got != want {
		return bad("it is missing, the next one is %d", got)
	}
	r, err := decodeRecord(station, last.Stream, want, v)
	if err != nil {
		return r, err
	}
	if last.Hash != [32]byte{} && r.Prev != last.Hash {
		return bad("it does not follow the record before it")
	}
	return r, nil
}

// Tail gives a stream's last record; false if there is none.
func (l *Log) Tail(ctx context.Context, stream string) (r Record, ok bool, err error) {
	if err := validStream(stream); err != nil {
		return r, false, wrap("read", l.path, err)
	}
	err = l.view(ctx, "read", func(t *tree) (err error) {
		r, ok, err = t.tail(l.station, stream)
		return err
	})
	return r, ok, err
}

// Streams gives the names of the streams that begin with prefix, sorted.
func (l *Log) Streams(ctx context.Context, prefix string) (names []string, err error) {
	err = l.view(ctx, "read", func(t *tree) error {
		b, ok, err := t.bucket(bucketStreams)
		if err != nil || !ok {
			return err
		}
		return t.ascend(b, []byte(prefix), func(k, _ []byte, nested bool) bool {
			if !strings.HasPrefix(string(k), prefix) {
				return false
			}
			if nested {
				names = append(names, string(k))
			}
			return true
		})
	})
	return names, err
}

// Book gives a text by the name that PutBook gave it; false if there is none.
func (l *Log) Book(ctx context.Context, name string) (text []byte, ok bool, err error) {
	key, err := hex.DecodeString(name)
	if err != nil {
		return nil, false, wrap("read", l.path, fmt.Errorf("book %q is not named by hex digits", name))
	}
	err = l.view(ctx, "read", func(t *tree) (err error) {
		text, ok, err = t.value(bucketBooks, string(key))
		return err
	})
	if err == nil && ok && bookHash(text) != strings.ToLower(name) {
		return nil, false, wrap("read", l.path, fmt.Errorf("%w: book %s is not the text it was", ErrDamaged, name))
	}
	return text, ok, err
}

// Heads gives the newest n heads, newest first: of all runs, or of those that
// opened book. A damaged one comes without data, made at seq 0.
func (l *Log) Heads(ctx context.Context, book string, n int) (heads []Head, err error) {
	names := []string{bucketHeads}
	if book != "" {
		names = []string{bucketShelf, book}
	}
	err = l.view(ctx, "read", func(t *tree) error {
		heads = nil
		b, ok, err := t.bucket(names...)
		if err != nil || !ok || n <= 0 {
			return err
		}
		var values [][]byte
		err = t.descend(b, func(k, v []byte, nested bool) bool {
			if !nested {
				heads, values = append(heads, Head{Run: string(k)}), append(values, v)
			}
			return len(heads) < n
		})
		for i := 0; i < len(heads) && err == nil; i++ {
			if book != "" { // the shelf has names alone
				values[i], _, err = t.value(bucketHeads, heads[i].Run)
			}
			if err == nil {
				heads[i], err = t.head(heads[i].Run, values[i])
			}
		}
		return err
	})
	return heads, err
}

// Head gives one run's head; false if there is none.
func (l *Log) Head(ctx context.Context, run string) (h Head, ok bool, err error) {
	err = l.view(ctx, "read", func(t *tree) error {
		var v []byte
		if v, ok, err = t.value(bucketHeads, run); err != nil || !ok {
			return err
		}
		h, err = t.head(run, v)
		return err
	})
	return h, ok, err
}

// head decodes one head, and reads where its stream ends now.
func (t *tree) head(run string, v []byte) (Head, error) {
	h, _ := decodeHead(run, v) // a damaged one is made at seq 0
	b, ok, err := t.bucket(bucketStreams, runPrefix+run)
	if err != nil || !ok {
		return h, err
	}
	err = t.descend(b, func(k, _ []byte, _ bool) bool {
		if len(k) == 8 {
			h.Last = keySeq(k)
		}
		return false
	})
	return h, err
}
