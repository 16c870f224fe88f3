package output

import (
	"bytes"
	"errors"
	"io"
)

// A Tail is the end of the output as it stands.
type Tail struct {
	Text  []byte // the last lines, with their line breaks
	First int64  // the number of the first line in Text; the output's first is 0
	Cut   bool   // Text begins inside its first line: there was more than 4 MiB
	Open  bool   // the output's last line lacks its line break
	Lines int64  // line breaks in all of the output
	Bytes int64  // of output
}

// Last gives the last n lines of what is there, at most 4 MiB of them, and
// leaves the reader at the end. The last line may lack its line break.
func (r *Reader) Last(n int) ([]byte, error) {
	t, err := r.Tail(n)
	return t.Text, err
}

// Tail gives the last n lines of what is there, at most the last 4 MiB of them,
// and leaves the reader at the end. The last line may lack its line break, and
// counts. Asked again, it decodes what came since, or the newest frame if that
// is less; the frame before, too, if the newest has less than n lines.
func (r *Reader) Tail(n int) (Tail, error) {
	if err := r.index.grow(); err != nil {
		return Tail{}, err
	}
	n = max(n, 0)
	last := r.index.last()
	if r.off != r.end || r.pos > r.index.size || last.off-r.off >= int64(r.leap) {
		r.restart(last)
	}
	if err := r.drain(n); err != nil {
		return Tail{}, err
	}
	if !r.enough(n) {
		r.restart(r.index.before(r.lines-int64(n), r.off-int64(r.most)-1))
		if err := r.drain(n); err != nil {
			return Tail{}, err
		}
	}
	t := Tail{Lines: r.lines, Bytes: r.off, Open: r.open()}
	text := lastLines(r.text, n, r.most)
	t.First = r.lines - int64(bytes.Count(text, []byte{'\n'}))
	if len(text) > 0 {
		at := len(r.text) - len(text)
		t.Cut = at > 0 && r.text[at-1] != '\n'
		t.Text = bytes.Clone(text)
	}
	return t, nil
}

// restart goes to a frame's beginning, from where text begins anew.
func (r *Reader) restart(p place) {
	r.rewind(p)
	r.text, r.end = r.text[:0], p.off
}

// drain decodes to the end of what is there, and keeps what n lines may need.
func (r *Reader) drain(n int) error {
	for {
		err := r.fill(r.index.size)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.text = append(r.text, r.left...)
		r.pass(len(r.left))
		r.end = r.off
		r.trim(n)
	}
}

// trim forgets the beginning of text, once it is more than twice what is kept.
func (r *Reader) trim(n int) {
	if len(r.text) < max(r.full, 2*r.keep) {
		return
	}
	// With the byte before, to know that a line begins there.
	keep := max(r.keep, len(lastLines(r.text, n, r.most))+1)
	r.full = 2 * keep
	if len(r.text) >= r.full {
		r.text = append(r.text[:0], r.text[len(r.text)-keep:]...)
	}
}

// enough tells whether text has n lines. It takes some text for none, too:
// without, nobody knows whether the last line has its line break.
func (r *Reader) enough(n int) bool {
	if int64(len(r.text)) == r.off || len(r.text) > r.most {
		return true
	}
	breaks := bytes.Count(r.text, []byte{'\n'})
	if !r.open() {
		breaks--
	}
	return breaks >= n
}

// open tells whether text ends inside a line.
func (r *Reader) open() bool { return len(r.text) > 0 && r.text[len(r.text)-1] != '\n' }

// lastLines gives the last n lines of b, or its last bytes.
func lastLines(b []byte, n, most int) []byte {
	b = b[max(0, len(b)-most):]
	if n <= 0 {
		return nil
	}
	if bytes.Count(b, []byte{'\n'}) < n {
		return b // counting is ten times as fast as looking for the last
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

// Page gives n lines from line number first on, where the output's first is 0;
// more tells whether output follows. It gives fewer lines at the end of what is
// there, where the last one may lack its line break, and nothing beyond. It
// gives at most 4 MiB, and the rest of what was asked is left out: when more
// follows text that doesn't end in a line break, its last line is cut.
//
// It decodes at most a frame or two besides what it gives: none when it goes on
// from the last Page. It has its own place, and leaves Read's alone.
func (r *Reader) Page(first int64, n int) (text []byte, more bool, err error) {
	if n <= 0 {
		return nil, false, nil
	}
	if err := r.index.grow(); err != nil {
		return nil, false, err
	}
	if r.pages == nil {
		c := &cursor{}
		if err := c.attach(r.file); err != nil {
			return nil, false, err
		}
		r.pages = c
	}
	c, first := r.pages, max(first, 0)
	from := r.index.before(first, 0)
	reached := c.lines < first || c.lines == first && c.fresh
	if !reached || c.off < from.off || c.pos > r.index.size {
		c.rewind(from)
	}
	text, err = c.page(first, n, r.most, r.index.size)
	if err == nil {
		err = c.fill(r.index.size)
	}
	if errors.Is(err, io.EOF) {
		return text, false, nil
	}
	return text, err == nil, err
}

// page goes to a line that begins here or later, and gives n from there on.
// io.EOF: no more is there for now.
func (c *cursor) page(first int64, n, most int, limit int64) (text []byte, err error) {
	for c.lines < first {
		if err := c.fill(limit); err != nil {
			return nil, err
		}
		c.pass(linesEnd(c.left, first-c.lines))
	}
	for want := c.lines + int64(n); c.lines < want && len(text) < most; {
		if err := c.fill(limit); err != nil {
			return text, err
		}
		m := min(linesEnd(c.left, want-c.lines), most-len(text))
		text = append(text, c.left[:m]...)
		c.pass(m)
	}
	return text, nil
}

// linesEnd is where n lines of b end; if b has fewer, where b ends.
func linesEnd(b []byte, n int64) int {
	if int64(bytes.Count(b, []byte{'\n'})) < n {
		return len(b)
	}
	at := 0
	for ; n > 0; n-- {
		at += bytes.IndexByte(b[at:], '\n') + 1
	}
	return at
}
