package output

import (
	"bytes"
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

// frames steps over a kept file's frames and the blocks in them.
type frames struct {
	file  *os.File
	pos   int64  // in the file: the next thing that wasn't stepped over
	head  []byte // a frame's header, until its first block is there
	in    bool   // inside a frame
	check int    // bytes of checksum after its last block
}

// A cursor is a place in the output, from where it is decoded.
type cursor struct {
	frames
	dec   *zstd.Decoder
	feed  feed
	off   int64  // in the output: the first byte of left
	lines int64  // line breaks before off
	fresh bool   // a line begins at off. At a frame's beginning nobody knows.
	left  []byte // decoded, not used
	buf   []byte
	raw   []byte
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

// attach makes a cursor at offset 0.
func (c *cursor) attach(file *os.File) error {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(8<<20))
	if err != nil {
		return fmt.Errorf("kept output: %w", err)
	}
	c.file, c.dec, c.buf = file, dec, make([]byte, blockMost)
	c.rewind(place{})
	return nil
}

// rewind goes to a frame's beginning.
func (c *cursor) rewind(p place) {
	c.pos, c.head, c.in = p.pos, nil, false
	c.off, c.lines, c.fresh, c.left = p.off, p.lines, p.off == 0, nil
}

// fill sees to it that something is left, decoding what begins before a byte of
// the file: who writes faster than this reads can't keep it busy for ever.
func (c *cursor) fill(limit int64) error {
	for len(c.left) == 0 {
		if c.pos >= limit {
			return io.EOF
		}
		if err := c.step(); err != nil {
			return err
		}
	}
	return nil
}

// pass steps over n bytes of what is left.
func (c *cursor) pass(n int) {
	if n == 0 {
		return
	}
	b := c.left[:n]
	c.left, c.off = c.left[n:], c.off+int64(n)
	c.lines += int64(bytes.Count(b, []byte{'\n'}))
	c.fresh = b[n-1] == '\n'
}

// step decodes the next block, if all of it is there.
func (c *cursor) step() error {
	unit, err := c.next()
	if err != nil {
		return err
	}
	if unit.block == nil {
		return nil
	}
	if unit.first {
		c.feed.b = nil
		if err := c.dec.Reset(&c.feed); err != nil {
			return c.damaged(err)
		}
	}
	if !unit.last && unit.empty && !unit.first {
		return nil // the decoder would ask for the block after it
	}
	c.feed.b = unit.block
	n, err := c.dec.Read(c.buf)
	if err != nil && (!errors.Is(err, io.EOF) || !unit.last) {
		return c.damaged(err)
	}
	c.left = c.buf[:n]
	return nil
}

// A unit is a block with what belongs to it, or a mark (block nil).
type unit struct {
	block       []byte
	first, last bool
	empty       bool
}

// next reads one whole unit and steps over it, or gives io.EOF and stays.
func (c *cursor) next() (u unit, err error) {
	if !c.in {
		if skipped, _, err := c.header(); err != nil || skipped {
			return unit{}, err
		}
		u.first = true
	}
	at := c.pos + int64(len(c.head))
	var h [3]byte
	if err := c.at(h[:], at); err != nil {
		return unit{}, err
	}
	says, size, last := c.measure(h[:])
	if says > blockMost {
		return unit{}, c.damaged(errors.New("block too large"))
	}
	u.last, u.empty = last, says == 0
	c.raw = append(c.raw[:0], c.head...)
	c.raw = append(c.raw, make([]byte, size)...)
	if err := c.at(c.raw[len(c.head):], at); err != nil {
		return unit{}, err
	}
	u.block = c.raw
	c.pos += int64(len(c.raw))
	c.head, c.in = nil, !u.last
	return u, nil
}

// header reads what a frame begins with. A frame to be skipped is stepped
// over, if all of it is there.
func (f *frames) header() (skipped bool, mark []byte, err error) {
	f.head = nil
	var b [zstd.HeaderMaxSize]byte
	n, err := f.file.ReadAt(b[:], f.pos)
	if err != nil && err != io.EOF {
		return false, nil, fmt.Errorf("kept output: %w", err)
	}
	if n < 8 {
		return false, nil, io.EOF // the smallest frame has more
	}
	magic := binary.LittleEndian.Uint32(b[:])
	if magic&^0xf == skipMagic {
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		st, err := f.file.Stat()
		if err != nil {
			return false, nil, fmt.Errorf("kept output: %w", err)
		}
		if f.pos+8+size > st.Size() {
			return false, nil, io.EOF
		}
		if magic == markMagic && size == markSize-8 {
			mark = make([]byte, size)
			if err := f.at(mark, f.pos+8); err != nil {
				return false, nil, err
			}
		}
		f.pos += 8 + size
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
		return false, nil, f.damaged(err)
	}
	f.head, f.check = append([]byte(nil), b[:h.HeaderSize]...), 0
	if h.HasCheckSum {
		f.check = 4
	}
	return false, nil, nil
}

// measure reads the three bytes that a block begins with: the size that they
// say, how much of the file the block takes with them and with the checksum
// behind a frame's last one, and whether it is that.
func (f *frames) measure(h []byte) (says, size int, last bool) {
	v := int(h[0]) | int(h[1])<<8 | int(h[2])<<16
	says, last = v>>3, v&1 == 1
	size = 3 + says
	if v>>1&3 == 1 {
		size = 3 + 1 // one byte, repeated
	}
	if last {
		size += f.check
	}
	return says, size, last
}

// at fills b from the file; io.EOF: it isn't all there yet.
func (f *frames) at(b []byte, off int64) error {
	_, err := f.file.ReadAt(b, off)
	if err != nil && err != io.EOF {
		return fmt.Errorf("kept output: %w", err)
	}
	return err
}

func (f *frames) damaged(err error) error {
	return fmt.Errorf("kept output: %s is damaged at byte %d: %w", f.file.Name(), f.pos, err)
}
