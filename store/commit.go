package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
)

// growBy is how much the file grows at a time.
const growBy = 1 << 20

// Append writes entries at the end of one stream. See Commit.
func (l *Log) Append(ctx context.Context, stream string, entries ...Entry) ([]Record, error) {
	b := &Batch{}
	b.Append(stream, entries...)
	return l.Commit(ctx, b)
}

// PutBook keeps a text and gives its name: the hex digits of its SHA-256.
func (l *Log) PutBook(ctx context.Context, text []byte) (string, error) {
	b := &Batch{}
	name := b.Book(text)
	_, err := l.Commit(ctx, b)
	return name, err
}

// Commit writes a batch in one transaction and gives its records, in the order of
// the batch. When it returns without an error they are on the disk. When it
// returns one, nothing was written: where bbolt or the system left that open, the
// file was read again to find out. The one exception is an error that says it is
// not known, which happens if the file can't be read either.
//
// ctx and Options.Wait end the wait for the lock (ErrLocked); once writing has
// begun it is not given up.
func (l *Log) Commit(ctx context.Context, b *Batch) ([]Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, wrap("append", l.path, err)
	}
	h, p, err := l.prepare(ctx, b)
	if err != nil {
		return nil, wrap("append", l.path, err)
	}
	if len(p.puts) == 0 {
		return nil, wrap("append", l.path, h.close())
	}
	var anchors []*os.File
	err = l.apply(h, p.puts, func() { anchors = l.writeAnchors(p) })
	l.closeAnchors(anchors, b.SyncAnchors)
	if err != nil {
		return l.afterFailure(p, err)
	}
	l.keepReserve()
	return p.records, nil
}

// prepare locks the file and checks all that the transaction will touch. A panic
// in a function of the batch is the caller's, but must not leave the lock behind.
func (l *Log) prepare(ctx context.Context, b *Batch) (*handle, *plan, error) {
	h, t, err := l.begin(ctx)
	if h == nil {
		return nil, nil, err
	}
	good := false
	defer func() {
		if !good {
			_ = h.close()
		}
	}()
	if err == nil {
		err = l.same(t)
	}
	if err != nil {
		return nil, nil, err
	}
	p, err := l.plan(t, b)
	good = err == nil
	return h, p, err
}

// apply writes the keys through bbolt. It takes over h, which is locked, and keeps
// it or closes it. committed runs after the commit, still under the lock.
//
// bbolt maps the file. The pages it will read were checked a moment ago, but the
// file may be cut short by someone who knows nothing of locks, so a fault becomes
// a panic here and a panic an error.
func (l *Log) apply(h *handle, puts []put, committed func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			h.abandon()
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	if h.db == nil {
		if err := h.open(l.path, l.noSync); err != nil {
			return err
		}
	}
	if err := h.db.Update(func(tx *bolt.Tx) error { return putAll(tx, puts) }); err != nil {
		return errors.Join(err, h.close())
	}
	committed()
	if h.written() != nil {
		l.warn(h.close())
	} else {
		l.warn(l.kept.put(h))
	}
	return nil
}

func putAll(tx *bolt.Tx, puts []put) error {
	for _, p := range puts {
		b, err := tx.CreateBucketIfNotExists([]byte(p.bucket[0]))
		for _, name := range p.bucket[1:] {
			if err != nil {
				break
			}
			b.FillPercent = 1
			b, err = b.CreateBucketIfNotExists([]byte(name))
		}
		if err != nil {
			return fmt.Errorf("bucket %q: %w", p.bucket, err)
		}
		b.FillPercent = p.fill
		if err := b.Put(p.key, p.val); err != nil {
			return fmt.Errorf("key %x in %q: %w", p.key, p.bucket, err)
		}
	}
	return nil
}

// afterFailure reads the file again to learn whether a failed commit is in it:
// when only the last sync failed it is, and everyone reads it. It never syncs
// again, since the system may have dropped the pages and called them clean.
func (l *Log) afterFailure(p *plan, err error) ([]Record, error) {
	err = wrap("append", l.path, err)
	if errors.Is(err, ErrDiskFull) {
		l.giveReserve()
	}
	var there bool
	again := l.view(context.Background(), "append", func(t *tree) (err error) {
		there, err = p.landed(t)
		return err
	})
	switch {
	case again != nil:
		return nil, fmt.Errorf("%w (whether it was written is not known: %w)", err, again)
	case there:
		l.warn(fmt.Errorf("written, but a power cut may take it: %w", err))
		return p.records, nil
	}
	return nil, err
}
