package output

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"regexp"
)

// lastMost bounds what Last gives.
const lastMost = 4 << 20

// place is where a frame begins.
type place struct{ pos, off, lines int64 }

// SeekTo goes to an offset of the redacted output, or to the end of what is
// there if that comes first. It reads the headers of the blocks before, 3
// bytes in 128 KiB, and decodes at most one frame.
func (r *Reader) SeekTo(off int64) error {
	best := place{}
	err := r.places(func(p place) {
		if p.off <= off {
			best = p
		}
	})
	if err != nil {
		return err
	}
	return r.skip(best, off)
}

// places calls fn with every frame's beginning, in order.
func (r *Reader) places(fn func(place)) error {
	r.rewind(place{})
	fn(place{})
	for {
		mark, err := r.hop()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if mark != nil {
			fn(place{r.pos, int64(binary.LittleEndian.Uint64(mark)), int64(binary.LittleEndian.Uint64(mark[8:]))})
		}
	}
}

// hop steps over a block or mark without reading the block.
func (r *Reader) hop() (mark []byte, err error) {
	if !r.in {
		skipped, mark, err := r.header()
		if err != nil || skipped {
			return mark, err
		}
	}
	at := r.pos + int64(len(r.head))
	var h [3]byte
	if err := r.at(h[:], at); err != nil {
		return nil, err
	}
	size := int64(h[0])>>3 | int64(h[1])<<5 | int64(h[2])<<13
	if h[0]>>1&3 == 1 {
		size = 1
	}
	last := h[0]&1 == 1
	if last {
		size += int64(r.check)
	}
	r.pos, r.head, r.in = at+3+size, nil, !last
	return nil, nil
}

func (r *Reader) rewind(p place) {
	r.pos, r.off, r.left, r.head, r.in = p.pos, p.off, nil, nil, false
}

// skip decodes from a frame's beginning up to an offset.
func (r *Reader) skip(from place, off int64) error {
	r.rewind(from)
	for r.off < off {
		if len(r.left) == 0 {
			if err := r.step(); err != nil {
				if errors.Is(err, io.EOF) {
					return nil
				}
				return err
			}
		}
		n := min(int64(len(r.left)), off-r.off)
		r.left, r.off = r.left[n:], r.off+n
	}
	return nil
}

// Last gives the last n lines of what is there, at most 4 MiB of them, and
// leaves the reader at the end. The last line may lack its line break.
func (r *Reader) Last(n int) ([]byte, error) {
	var all []place
	err := r.places(func(p place) {
		all = append(all, p)
		for len(all) > 1 && p.lines-all[1].lines > int64(n) {
			all = all[1:]
		}
	})
	if err != nil {
		return nil, err
	}
	r.rewind(all[0])
	var buf []byte
	piece := make([]byte, blockMost)
	for {
		m, err := r.Read(piece)
		buf = append(buf, piece[:m]...)
		if len(buf) > 2*lastMost {
			buf = append(buf[:0], buf[len(buf)-lastMost:]...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	return lastLines(buf, n), nil
}

func lastLines(b []byte, n int) []byte {
	b = b[max(0, len(b)-lastMost):]
	if n <= 0 {
		return nil
	}
	at := len(b)
	if at > 0 && b[at-1] == '\n' {
		at--
	}
	for ; n > 0 && at >= 0; n-- {
		at = bytes.LastIndexByte(b[:at], '\n')
	}
	return b[at+1:]
}

// Contains tells whether a kept file holds text. It reads until it finds it.
func Contains(path, text string) (bool, error) {
	r, err := Open(path)
	if err != nil {
		return false, err
	}
	defer r.Close()
	want := []byte(text)
	buf := make([]byte, 0, blockMost+len(want))
	for {
		if bytes.Contains(buf, want) {
			return true, nil
		}
		keep := min(len(buf), max(0, len(want)-1))
		buf = append(buf[:0], buf[len(buf)-keep:]...)
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// Matches tells whether a kept file holds a match of re, which sees it as one
// text: (?m) makes ^ and $ mean lines. It reads until it finds one, and keeps
// nothing of what it read.
func Matches(path string, re *regexp.Regexp) (bool, error) {
	r, err := Open(path)
	if err != nil {
		return false, err
	}
	defer r.Close()
	f := &failing{r: r}
	found := re.MatchReader(bufio.NewReaderSize(f, blockMost))
	return found, f.err
}

// failing remembers an error that its user takes for the end.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}
