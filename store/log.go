package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// DefaultWait is how long an operation waits for the lock if Options don't say.
const DefaultWait = 10 * time.Second

// Options may all be left zero.
type Options struct {
	// Now tells the time of records. nil: time.Now.
	Now func() time.Time
	// Wait is how long an operation waits for the lock, besides its context.
	Wait time.Duration
	// Anchor names the file that keeps a stream's last seq and hash outside of
	// the log, "" for none. Its folder must exist. nil: no anchors.
	Anchor func(stream string) string

	noSync bool // for the tests that show what a missing sync loses
}

// A Log is a path and what is known about the file there. It holds no lock between
// calls, and an open file only for the first tenth of a second after a commit: for
// so long its file system can't be unmounted. It needs no closing, and may be used
// by many goroutines at once.
type Log struct {
	path    string
	station string
	wait    time.Duration
	now     func() time.Time
	anchor  func(stream string) string
	noSync  bool

	kept kept

	mu        sync.Mutex
	warnings  []error
	noReserve bool // the reserve has to be made again
}

// Open makes the log if there is none: its folder with mode 0700, the file with
// 0600. It fails with ErrNewer or ErrDamaged if there is one that can't be used.
// A file that can only be read opens; then only Commit fails, with ErrReadOnly.
func Open(path string, o Options) (*Log, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, wrap("open", path, err)
	}
	l := &Log{path: path, wait: o.Wait, now: o.Now, anchor: o.Anchor, noSync: o.noSync}
	if l.wait == 0 {
		l.wait = DefaultWait
	}
	if l.now == nil {
		l.now = time.Now
	}
	if l.anchor == nil {
		l.anchor = func(string) string { return "" }
	}
	if _, err := os.Stat(path); missing(err) {
		if err := create(path, o.noSync); err != nil {
			return nil, wrap("create", path, err)
		}
	}
	err = l.view(context.Background(), "open", func(t *tree) error {
		_, l.station, err = t.identity()
		return err
	})
	if err != nil {
		return nil, err
	}
	if fs := networkFS(filepath.Dir(path)); fs != "" {
		l.warn(fmt.Errorf("%s lies on %s, where locks can't be trusted: let one machine alone use it", path, fs))
	}
	l.noReserve = !hasReserve(path) && writable(path) == nil
	l.keepReserve()
	return l, nil
}

// Path is the file's absolute path.
func (l *Log) Path() string { return l.path }

// Station is the id that was drawn when the file was made: 32 hex digits.
func (l *Log) Station() string { return l.station }

// Warnings gives what went wrong since the last call without making an operation
// fail: a network file system, an anchor that can't be written, an anchor ahead of
// its stream (ErrRolledBack), a commit that landed although its sync failed.
func (l *Log) Warnings() []error {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.warnings
	l.warnings = nil
	return w
}

// warn keeps the first 20 that nobody has asked for.
func (l *Log) warn(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil && len(l.warnings) < 20 {
		l.warnings = append(l.warnings, err)
	}
}

// A Signature is that of one state of the file. Two that are equal mean that
// nothing was written between.
type Signature [sha256.Size]byte

// Signature reads the first two pages of the file, of which every commit changes
// one. It takes no lock and never waits, so a watcher costs writers nothing. One
// that is read while a commit writes may be of neither state; the next one is not.
func (l *Log) Signature() (Signature, error) {
	f, err := os.Open(l.path)
	if err != nil {
		return Signature{}, wrap("watch", l.path, err)
	}
	defer f.Close()
	var b [2 * pageSize]byte
	n, err := f.ReadAt(b[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Signature{}, wrap("watch", l.path, err)
	}
	return sha256.Sum256(b[:n]), nil
}
