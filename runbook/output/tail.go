package output

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

const (
	blockMost = 128 << 10 // what a zstd block decodes to at most
	zstdMagic = 0xfd2fb528
	skipMagic = 0x184d2a50 // and the fifteen after it
)

// A Reader reads a kept file, also while it is being written: the screen and
// `watch` read the same way. It holds one block of output and one window of
// the decoder, about 2 MB, whatever the file's size. It is for one goroutine.
type Reader struct {
	file  *os.File
	dec   *zstd.Decoder
	feed  feed
	pos   int64  // in the file: the next thing that wasn't decoded
	off   int64  // in the output: the next byte that Read gives
	left  []byte // decoded, not read
	buf   []byte
	raw   []byte
	head  []byte // a frame's header, until its first block is there
	in    bool   // inside a frame
	check int    // bytes of checksum after its last block
}

// feed hands the decoder whole blocks, so that it never sees the end of a
// file that is still growing.
type feed struct{ b []byte }

func (f *feed) Read(p []byte) (int, error) {
	if len(f.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.b)
	f.b = f.b[n:]
	return n, nil
}

// Open opens a kept file at offset 0.
func Open(path string) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("kept output: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("kept output: %w", err)
	}
	return &Reader{file: file, dec: dec, buf: make([]byte, blockMost)}, nil
}

// Close closes the file.
func (r *Reader) Close() error {
	r.dec.Close()
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
	for len(r.left) == 0 && len(p) > 0 {
		if err := r.step(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.left)
	r.left, r.off = r.left[n:], r.off+int64(n)
	return n, nil
}

// step decodes the next block, if all of it is there.
func (r *Reader) step() error {
	unit, err := r.next()
	if err != nil {
		return err
	}
	if unit.block == nil {
		return nil
	}
	if unit.first {
		r.feed.b = nil
		if err := r.dec.Reset(&r.feed); err != nil {
			return r.damaged(err)
		}
	}
	if !unit.last && unit.empty && !unit.first {
		return nil // the decoder would ask for the block after it
	}
	r.feed.b = unit.block
	n, err := r.dec.Read(r.buf)
	if err != nil && (!errors.Is(err, io.EOF) || !unit.last) {
		return r.damaged(err)
	}
	r.left = r.buf[:n]
	return nil
}

func (r *Reader) damaged(err error) error {
	return fmt.Errorf("kept output: %s is damaged at byte %d: %w", r.file.Name(), r.pos, err)
}

// A unit is a block with what belongs to it, or a mark (block nil).
type unit struct {
	block       []byte
	first, last bool
	empty       bool
	mark        []byte
}

// next reads one whole unit and steps over it, or gives io.EOF and stays.
func (r *Reader) next() (u unit, err error) {
	if !r.in {
		if skipped, mark, err := r.header(); err != nil || skipped {
			return unit{mark: mark}, err
		}
		u.first = true
	}
	at := r.pos + int64(len(r.head))
	var h [3]byte
	if err := r.at(h[:], at); err != nil {
		return unit{}, err
	}
	v := uint32(h[0]) | uint32(h[1])<<8 | uint32(h[2])<<16
	u.last, u.empty = v&1 == 1, v>>3 == 0
	size := int(v >> 3)
	if size > blockMost {
		return unit{}, r.damaged(errors.New("block too large"))
	}
	if v>>1&3 == 1 {
		size = 1 // one byte, repeated
	}
	size += 3
	if u.last {
		size += r.check
	}
	r.raw = append(r.raw[:0], r.head...)
	r.raw = append(r.raw, make([]byte, size)...)
	if err := r.at(r.raw[len(r.head):], at); err != nil {
		return unit{}, err
	}
	u.block = r.raw
	r.pos += int64(len(r.raw))
	r.head, r.in = nil, !u.last
	return u, nil
}

// header reads what a frame begins with. A frame to be skipped is stepped
// over, if all of it is there.
func (r *Reader) header() (skipped bool, mark []byte, err error) {
	r.head = nil
	var b [zstd.HeaderMaxSize]byte
	n, err := r.file.ReadAt(b[:], r.pos)
	if err != nil && err != io.EOF {
		return false, nil, fmt.Errorf("kept output: %w", err)
	}
	if n < 8 {
		return false, nil, io.EOF // the smallest frame has more
	}
	magic := binary.LittleEndian.Uint32(b[:])
	if magic&^0xf == skipMagic {
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		st, err := r.file.Stat()
		if err != nil {
			return false, nil, fmt.Errorf("kept output: %w", err)
		}
		if r.pos+8+size > st.Size() {
			return false, nil, io.EOF
		}
		if magic == markMagic && size == markSize-8 {
			mark = make([]byte, size)
			if err := r.at(mark, r.pos+8); err != nil {
				return false, nil, err
			}
		}
		r.pos += 8 + size
		return true, mark, nil
	}
	var h zstd.Header
	if err := h.Decode(b[:n]); err != nil || magic != zstdMagic {
		if err == nil {
			err = errors.New("no zstd frame")
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return false, nil, io.EOF
		}
		return false, nil, r.damaged(err)
	}
	r.head, r.check = append([]byte(nil), b[:h.HeaderSize]...), 0
	if h.HasCheckSum {
		r.check = 4
	}
	return false, nil, nil
}

// at fills b from the file; io.EOF: it isn't all there yet.
func (r *Reader) at(b []byte, off int64) error {
	_, err := r.file.ReadAt(b, off)
	if err != nil && err != io.EOF {
		return fmt.Errorf("kept output: %w", err)
	}
	return err
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
