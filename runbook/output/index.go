package output

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sort"
)

// place is where a frame begins: in the file, in the output, and how many line
// breaks stand before it.
type place struct{ pos, off, lines int64 }

// index knows where a file's frames begin, and goes on looking from where it
// got to: each block's header, 3 bytes in up to 128 KiB of output, is looked at
// once.
type index struct {
	frames
	places []place // in order; the first is the file's beginning
	size   int64   // of the file when it was looked at last
	near   []byte  // of the file, from the byte `from` on
	from   int64
}

// nearMost is how much of the file is read for a header: a command that prints
// little at a time leaves many small blocks.
const nearMost = 4 << 10

// grow takes in what was written since.
func (x *index) grow() error {
	st, err := x.file.Stat()
	if err != nil {
		return fmt.Errorf("kept output: %w", err)
	}
	x.size = st.Size()
	if x.pos > x.size {
		x.cutBack()
	}
	for {
		at := x.pos
		mark, err := x.hop()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if mark == nil {
			continue
		}
		p := place{x.pos, int64(binary.LittleEndian.Uint64(mark)), int64(binary.LittleEndian.Uint64(mark[8:]))}
		if last := x.last(); p.off < last.off || p.lines < last.lines {
			x.pos = at // the next look finds it again
			return x.damaged(errors.New("a mark is out of order"))
		}
		x.places = append(x.places, p)
	}
}

// cutBack forgets what is no longer there: when the disk is full, a file is cut
// back to what was flushed last.
func (x *index) cutBack() {
	n := sort.Search(len(x.places), func(i int) bool { return x.places[i].pos > x.size })
	x.places = x.places[:n] // the file's beginning is always there
	x.pos, x.head, x.in = x.last().pos, nil, false
	x.near = x.near[:0]
}

// hop steps over a block or mark, if all of it is there, without reading the
// block.
func (x *index) hop() (mark []byte, err error) {
	if !x.in {
		skipped, mark, err := x.header()
		if err != nil || skipped {
			return mark, err
		}
	}
	at := x.pos + int64(len(x.head))
	h, err := x.block(at)
	if err != nil {
		return nil, err
	}
	_, size, last := x.measure(h)
	if at+int64(size) > x.size {
		return nil, io.EOF
	}
	x.pos, x.head, x.in = at+int64(size), nil, !last
	return nil, nil
}

// block gives a block's header.
func (x *index) block(at int64) ([]byte, error) {
	i := at - x.from
	if i < 0 || i+3 > int64(len(x.near)) {
		if x.near == nil {
			x.near = make([]byte, 0, nearMost)
		}
		n, err := x.file.ReadAt(x.near[:nearMost], at)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("kept output: %w", err)
		}
		if x.near, x.from, i = x.near[:n], at, 0; n < 3 {
			return nil, io.EOF
		}
	}
	return x.near[i : i+3], nil
}

func (x *index) last() place { return x.places[len(x.places)-1] }

// before gives the newest place that stands in an earlier line, or not behind
// an offset: it may be the only one, the file's beginning.
func (x *index) before(line, off int64) place {
	n := sort.Search(len(x.places), func(i int) bool { return x.places[i].lines >= line && x.places[i].off > off })
	return x.places[max(0, n-1)]
}
