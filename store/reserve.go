package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const (
	reserveSize = 64 << 10
	// roomForReserve is how much has to be free before the reserve is made anew,
	// lest it take the room that was just made for records.
	roomForReserve = 256 << 10
)

func reservePath(path string) string { return path + ".reserve" }

func hasReserve(path string) bool {
	st, err := os.Stat(reservePath(path))
	return err == nil && st.Size() == reserveSize
}

// giveReserve frees the room for one more commit.
func (l *Log) giveReserve() {
	l.mu.Lock()
	l.noReserve = true
	l.mu.Unlock()
	if err := os.Remove(reservePath(l.path)); err == nil {
		l.warn(syncDir(filepath.Dir(l.path)))
	}
}

// keepReserve makes the reserve again if it is gone and there is room. That this
// fails is no news: the disk was full a moment ago.
func (l *Log) keepReserve() {
	l.mu.Lock()
	gone := l.noReserve
	l.mu.Unlock()
	if !gone || freeBytes(filepath.Dir(l.path)) < roomForReserve {
		return
	}
	if err := writeReserve(reservePath(l.path)); err != nil {
		_ = os.Remove(reservePath(l.path))
		return
	}
	l.mu.Lock()
	l.noReserve = false
	l.mu.Unlock()
}

// writeReserve fills the file with something, since a file system may keep zeros
// without giving them room.
func writeReserve(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(bytes.Repeat([]byte("room to say that the disk is full\n"), reserveSize/34+1)[:reserveSize])
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func freeBytes(dir string) uint64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0
	}
	return uint64(s.Bavail) * uint64(s.Bsize) //nolint:unconvert // their types differ between systems
}
