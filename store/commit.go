package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"syscall"

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
	f, err := l.openLocked(ctx, true)
	if err != nil {
		return nil, wrap("append", l.path, err)
	}
	p, err := l.prepare(f, b)
	if err != nil || len(p.puts) == 0 {
		return nil, wrap("append", l.path, errors.Join(err, f.Close()))
	}
	var anchors []*os.File
	err = l.apply(f, p.puts, func() { anchors = l.writeAnchors(p) })
	l.closeAnchors(anchors, b.SyncAnchors)
	if err != nil {
		return l.afterFailure(p, err)
	}
	l.keepReserve()
	return p.records, nil
}

// prepare checks all that the transaction will touch. A panic in a function of the
// batch is the caller's, but must not leave the lock behind.
func (l *Log) prepare(f *os.File, b *Batch) (*plan, error) {
	done := false
	defer func() {
		if !done {
			f.Close()
		}
	}()
	p, err := l.planOn(f, b)
	done = true
	return p, err
}

func (l *Log) planOn(f *os.File, b *Batch) (*plan, error) {
	t, err := newestTree(f)
	if err == nil {
		err = t.checkWhole()
	}
	if err == nil {
		err = l.same(t)
	}
	if err != nil {
		return nil, err
	}
	return l.plan(t, b)
}

// apply writes the keys through bbolt. It takes over f, which is locked, and
// closes it. committed runs after the commit, still under the lock.
//
// bbolt maps the file. The pages it will read were checked a moment ago, but the
// file may be cut short by someone who knows nothing of locks, so a fault becomes
// a panic here and a panic an error.
func (l *Log) apply(f *os.File, puts []put, committed func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			// bbolt's own Close may wait for ever for what the panic left locked.
			// The mapping stays until the process ends, so the lock, which would
			// stay with it, is dropped by hand.
			syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
			f.Close()
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	db, err := bolt.Open(l.path, 0o600, &bolt.Options{
		Timeout: 1, FreelistType: bolt.FreelistMapType, NoStatistics: true,
		NoSync: l.noSync, NoGrowSync: l.noSync,
		OpenFile: func(string, int, os.FileMode) (*os.File, error) { return f, nil },
	})
	if err != nil {
		return err // f is closed
	}
	db.AllocSize = growBy
	if err := db.Update(func(tx *bolt.Tx) error { return putAll(tx, puts) }); err != nil {
		return errors.Join(err, db.Close())
	}
	committed()
	l.warn(db.Close())
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
