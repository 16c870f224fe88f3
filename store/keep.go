package store

import (
	"context"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
)

// keepFor is how long the file stays open after a commit, for the next one: to open
// and map it anew takes more than half as long as a sync. It is no longer than that
// because an open file keeps its file system from being unmounted, and a file that
// was removed from giving its room back.
const keepFor = 100 * time.Millisecond

// handle is the file, open for writing. It is used by one operation at a time,
// which holds its lock, and may be kept without the lock between two of them.
type handle struct {
	f    *os.File
	info fileInfo
	// db is nil until something is written. What it holds in memory is what bbolt
	// reads when it opens a file: the newest meta page and the list of free pages.
	// meta and free are these as db left them in the file. While the file has them,
	// db is as good as one opened anew; when it has not, db is of no use.
	db   *bolt.DB
	meta metaPage
	free []uint64
	used time.Time
}

// begin opens and locks the file for writing, or takes the one that was kept, and
// checks what bbolt takes for granted. It gives the file's newest state. A handle
// that comes with an error is for its caller to close.
func (l *Log) begin(ctx context.Context) (*handle, *tree, error) {
	end := time.Now().Add(l.wait)
	if h := l.kept.take(); h != nil {
		t, err := h.resume(ctx, l.path, end)
		if t != nil || err != nil {
			return h, t, err
		}
		l.warn(h.close())
	}
	f, err := openLocked(ctx, l.path, true, end)
	if err != nil {
		return nil, nil, err
	}
	h := &handle{f: f}
	if h.info, err = statFile(f); err != nil {
		return h, nil, err
	}
	t, err := wholeTree(f, h.info)
	return h, t, err
}

// resume locks a kept file again and checks it as if it had just been opened. It
// gives no tree if its name belongs to another file by now, or if somebody else has
// written to it.
func (h *handle) resume(ctx context.Context, path string, end time.Time) (*tree, error) {
	if _, err := lock(ctx, h.f, syscall.LOCK_EX, end); err != nil {
		return nil, err
	}
	info, err := statPath(path)
	if err != nil || !info.sameFile(h.info) {
		return nil, nil
	}
	t, err := wholeTree(h.f, info)
	if err != nil || t.meta != h.meta || !slices.Equal(t.free, h.free) {
		return nil, err
	}
	return t, nil
}

// open lets bbolt map the file. bbolt takes over h.f.
func (h *handle) open(path string, noSync bool) (err error) {
	h.db, err = bolt.Open(path, 0o600, &bolt.Options{
		Timeout: 1, FreelistType: bolt.FreelistMapType, NoStatistics: true,
		NoSync: noSync, NoGrowSync: noSync,
		OpenFile: func(string, int, os.FileMode) (*os.File, error) { return h.f, nil },
	})
	if err != nil {
		return err // h.f is closed
	}
	h.db.AllocSize = growBy
	return nil
}

// written notes what db knows. It runs after a commit, still under the lock.
func (h *handle) written() error {
	buf := make([]byte, bothMetas)
	m, _, err := readMeta(h.f, buf)
	if err != nil {
		return err
	}
	if buf, err = readPage(h.f, m.freelist, m.high, buf); err != nil {
		return err
	}
	h.meta = m
	h.free, err = parseFreelist(m.freelist, buf, m.high)
	return err
}

// close also gives the lock back.
func (h *handle) close() error {
	if h.db != nil {
		return h.db.Close()
	}
	return h.f.Close()
}

// abandon is for when bbolt has panicked. Its own Close may then wait for ever for
// what the panic left locked. The mapping stays until the process ends, so the
// lock, which would stay with it, is dropped by hand.
func (h *handle) abandon() {
	_ = syscall.Flock(int(h.f.Fd()), syscall.LOCK_UN)
	_ = h.f.Close()
}

// kept is the handle that waits for the next commit. It has no lock.
type kept struct {
	mu      sync.Mutex
	h       *handle
	pending bool // a timer will call expire
}

// take gives the handle to its caller, nil if there is none or someone has it.
func (k *kept) take() *handle {
	k.mu.Lock()
	defer k.mu.Unlock()
	h := k.h
	k.h = nil
	return h
}

// put unlocks and keeps a handle for keepFor. While another one is kept already,
// as when two goroutines write at once, it closes it.
func (k *kept) put(h *handle) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.h != nil {
		return h.close()
	}
	if err := syscall.Flock(int(h.f.Fd()), syscall.LOCK_UN); err != nil {
		_ = h.close()
		return err
	}
	h.used = time.Now()
	k.h = h
	if !k.pending {
		k.pending = true
		time.AfterFunc(keepFor, k.expire)
	}
	return nil
}

// expire closes a handle that nobody has used for keepFor.
func (k *kept) expire() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pending = false
	if k.h == nil {
		return
	}
	if rest := keepFor - time.Since(k.h.used); rest > 0 {
		k.pending = true
		time.AfterFunc(rest, k.expire)
		return
	}
	_ = k.h.close()
	k.h = nil
}
