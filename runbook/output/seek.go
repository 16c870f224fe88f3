package output

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"regexp"
)

// SeekTo goes to an offset of the redacted output, or to the end of what is
// there if that comes first. It reads the headers of the blocks, 3 bytes in
// 128 KiB, that weren't looked at before, and decodes at most one frame.
func (r *Reader) SeekTo(off int64) error {
	if err := r.index.grow(); err != nil {
		return err
	}
	r.rewind(r.index.before(0, off))
	for r.off < off {
		if err := r.fill(r.index.size); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		r.pass(int(min(int64(len(r.left)), off-r.off)))
	}
	return nil
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
