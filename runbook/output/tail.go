package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// A Reader reads a kept file, also while it is being written: the screen and
// `watch` read the same way. It holds one block of output and one window of
// the decoder, about 2 MB, and as much again after the first Page; what Tail
// and Page need to know about a file is 24 bytes for each of its frames. Tail
// keeps half a megabyte of the newest output, and up to 8 MiB where lines are
// very long. It is for one goroutine.
type Reader struct {
	cursor
	index index
	text  []byte // the newest output that Tail decoded ...
	end   int64  // ... up to this offset
	full  int    // how long text may be until it is looked through for what can go
	pages *cursor
	bounds
}

// bounds are sizes in bytes of output. They are fields so that a test can try
// small ones.
type bounds struct {
	most int // what Tail and Page give
	keep int // what Tail keeps of the newest output, if that many lines don't take more
	leap int // what Tail doesn't decode if the frames after it will do
}

// Open opens a kept file at offset 0.
func Open(path string) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("kept output: %w", err)
	}
	r := &Reader{bounds: bounds{most: 4 << 20, keep: 256 << 10, leap: 1 << 20}}
	if err := r.attach(file); err != nil {
		_ = file.Close()
		return nil, err
	}
	r.index = index{frames: frames{file: file}, places: []place{{}}}
	return r, nil
}

// Close closes the file.
func (r *Reader) Close() error {
	r.dec.Close()
	if r.pages != nil {
		r.pages.dec.Close()
	}
	return r.file.Close()
}

// Offset is the place in the redacted output of the next byte that Read gives.
func (r *Reader) Offset() int64 { return r.off }

// Cut tells whether the file, as far as it was read, ends inside a frame: of a
// command that has ended, it means that its keeper was killed or the disk was
// full, and that what was flushed last is all there is.
func (r *Reader) Cut() bool {
	st, err := r.file.Stat()
	return err != nil || r.in || st.Size() > r.pos
}

// Read gives output that was flushed. io.EOF means that there is no more for
// now: after more was written, Read goes on. Any other error is for good: the
// file is damaged.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := r.fill(math.MaxInt64); err != nil {
		return 0, err
	}
	n := copy(p, r.left)
	r.pass(n)
	return n, nil
}

// Follow gives fn all output from here on, waiting for wake when there is no
// more for now. It ends when wake is closed and all was read, or with the
// error of fn, of ctx, or of a damaged file.
func (r *Reader) Follow(ctx context.Context, wake <-chan struct{}, fn func([]byte) error) error {
	buf := make([]byte, blockMost)
	for more := true; ; {
		n, err := r.Read(buf)
		if err == nil {
			err = fn(buf[:n])
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, io.EOF) {
			return err
		}
		if !more {
			return nil
		}
		select {
		case _, more = <-wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
