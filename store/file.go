package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"syscall"
	"time"
)

// openLocked opens the file and takes its lock: shared for reading, exclusive for
// writing. The lock belongs to the returned file and goes when that is closed or
// the process dies.
func openLocked(ctx context.Context, path string, write bool, end time.Time) (*os.File, error) {
	for {
		f, err := openSame(ctx, path, write, end)
		if f != nil || err != nil {
			return f, err
		}
	}
}

// openSame gives nil if the file was replaced by another while it waited for the
// lock, as when a backup is moved into its place.
func openSame(ctx context.Context, path string, write bool, end time.Time) (*os.File, error) {
	flag, how := os.O_RDONLY, syscall.LOCK_SH
	if write {
		flag, how = os.O_RDWR, syscall.LOCK_EX
	}
	f, err := openFile(path, flag)
	if err != nil {
		return nil, err
	}
	waited, err := lock(ctx, f, how, end)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !waited {
		return f, nil
	}
	mine, err := statFile(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if now, err := statPath(path); err == nil && now.sameFile(mine) {
		return f, nil
	}
	return nil, f.Close()
}

// openFile is os.OpenFile without the five system calls by which that finds out
// that a file on a disk can't be polled. They would be a tenth of an append.
func openFile(path string, flag int) (*os.File, error) {
	for {
		fd, err := syscall.Open(path, flag|syscall.O_CLOEXEC, 0o600)
		switch {
		case err == nil:
			return os.NewFile(uintptr(fd), path), nil
		case !errors.Is(err, syscall.EINTR):
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

// lock never waits in the kernel. It tries again every 1 to 4 ms: often enough for
// someone who takes a note, and at random, so that no two processes keep step.
func lock(ctx context.Context, f *os.File, how int, end time.Time) (waited bool, err error) {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case err == nil:
			return waited, nil
		case errors.Is(err, syscall.EINTR):
			continue
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return waited, fmt.Errorf("lock: %w", err)
		case !time.Now().Before(end):
			return waited, lockedBy(f)
		}
		waited = true
		t := time.NewTimer(time.Millisecond + rand.N(3*time.Millisecond))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return waited, fmt.Errorf("%w (%w)", lockedBy(f), ctx.Err())
		}
	}
}

// lockedBy names who holds the lock, where the system tells.
func lockedBy(f *os.File) error {
	if who := holder(f); who != "" {
		return fmt.Errorf("%w by %s", ErrLocked, who)
	}
	return ErrLocked
}

// view runs fn on the newest state of the file, under a shared lock. fn must not
// wait for anything.
func (l *Log) view(ctx context.Context, op string, fn func(*tree) error) error {
	if err := ctx.Err(); err != nil {
		return wrap(op, l.path, err)
	}
	f, err := openLocked(ctx, l.path, false, time.Now().Add(l.wait))
	if err != nil {
		return wrap(op, l.path, err)
	}
	defer f.Close()
	t, err := newestTree(f)
	if err == nil {
		err = l.same(t)
	}
	if err == nil {
		err = fn(t)
	}
	return wrap(op, l.path, err)
}

// same tells whether the file is still this program's to use, and still the log
// that was opened: while a run goes on for hours, a newer program may have raised
// the schema, or someone may have put another file there.
func (l *Log) same(t *tree) error {
	_, station, err := t.identity()
	if err == nil && l.station != "" && station != l.station {
		err = fmt.Errorf("the log of another station, %s, lies here now", station)
	}
	return err
}

func newestTree(f *os.File) (*tree, error) {
	info, err := statFile(f)
	if err != nil {
		return nil, err
	}
	return treeOf(f, info)
}

func treeOf(f *os.File, info fileInfo) (*tree, error) {
	if !info.regular {
		return nil, errors.New("it is not a file")
	}
	return openTree(f, info.size)
}

// wholeTree is for who goes on to write.
func wholeTree(f *os.File, info fileInfo) (*tree, error) {
	t, err := treeOf(f, info)
	if err == nil {
		err = t.checkWhole()
	}
	return t, err
}

// fileInfo is what tells a file from another, and how long it is.
type fileInfo struct {
	dev, ino uint64
	size     int64
	regular  bool
}

func (i fileInfo) sameFile(other fileInfo) bool { return i.dev == other.dev && i.ino == other.ino }

func plainStat(st fs.FileInfo, err error) (fileInfo, error) {
	if err != nil {
		return fileInfo{}, err
	}
	info := fileInfo{size: st.Size(), regular: st.Mode().IsRegular()}
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		info.dev, info.ino = uint64(sys.Dev), sys.Ino //nolint:unconvert // it is an int32 on macOS
	}
	return info, nil
}

// writable tells a file that can't be opened for writing from one that is missing.
func writable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// syncDir makes names in a folder durable. Some file systems can't sync a folder;
// they have nothing to lose by it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, d.Close())
}

func missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
