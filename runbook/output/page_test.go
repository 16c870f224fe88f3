package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

func open(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestReader_lastKeepsWhatItGave(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	defer k.Close()
	r := open(t, path)
	r.keep = 1
	var given [][]byte
	for i := range 50 {
		_, _ = k.Write(fmt.Appendf(nil, "line %d\n", i))
		_ = k.Flush()
		got, err := r.Last(1)
		if err != nil {
			t.Fatal(err)
		}
		given = append(given, got)
	}
	for i, got := range given {
		if want := fmt.Sprintf("line %d\n", i); string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// spoil overwrites a part of the file, so that a reader that looks at it fails.
func spoil(t *testing.T, path string, from, to int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, int(to-from)), from); err != nil {
		t.Fatal(err)
	}
}

// inside is a part of a frame's first block, behind its header: a reader may
// step over the frame, but not decode it.
func inside(p place) (from, to int64) { return p.pos + 30, p.pos + 200 }

// TestReader_tailGoesOnFromWhereItGotTo: what it has seen can be taken away.
func TestReader_tailGoesOnFromWhereItGotTo(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	defer k.Close()
	log := logLike(7*frameSize/2 + 100_000)
	start := 7 * frameSize / 2
	_, _ = k.Write(log[:start])
	_ = k.Flush()
	r := open(t, path)
	if _, err := r.Tail(40); err != nil {
		t.Fatal(err)
	}
	for at := start; at < len(log); at += 10_000 {
		spoil(t, path, 0, r.pos)
		_, _ = k.Write(log[at : at+10_000])
		_ = k.Flush()
		all := string(log[:at+10_000])
		if got, err := r.Tail(40); err != nil || !sameTail(got, tailOf(all, 40, r.most)) {
			t.Fatalf("%s, want %s, %v", brief(got), brief(tailOf(all, 40, r.most)), err)
		}
		if got, err := r.Tail(0); err != nil || got.Bytes != int64(len(all)) || got.Lines != int64(strings.Count(all, "\n")) {
			t.Fatalf("%d lines, %d bytes, %v", got.Lines, got.Bytes, err)
		}
	}
	if _, err := open(t, path).Tail(40); err == nil {
		t.Fatal("a spoiled file isn't seen to be one")
	}
}

// TestReader_decodesTheFramesThatItNeeds: the others can be spoiled.
func TestReader_decodesTheFramesThatItNeeds(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	log := logLike(9 * frameSize / 2)
	_, _ = k.Write(log)
	k.Close()
	all := string(log)
	r := open(t, path)
	if _, err := r.Tail(0); err != nil {
		t.Fatal(err)
	}
	places := r.index.places
	if len(places) != 5 {
		t.Fatalf("%d frames", len(places))
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := func(r *Reader, first, n int) error {
		want, follows := pageOf(all, first, n, r.most)
		if got, more, err := r.Page(int64(first), n); err != nil || string(got) != want || more != follows {
			return fmt.Errorf("page of %d from %d: %d bytes, want %d, more %v, %w", n, first, len(got), len(want), more, err)
		}
		return nil
	}
	pageAt := func(first, n int) func(*Reader) error {
		return func(r *Reader) error { return page(r, first, n) }
	}
	for name, c := range map[string]struct {
		need []int
		ask  func(*Reader) error
	}{
		"the end": {[]int{4}, func(r *Reader) error {
			if got, err := r.Tail(1000); err != nil || !sameTail(got, tailOf(all, 1000, r.most)) {
				return fmt.Errorf("%s, %w", brief(got), err)
			}
			return nil
		}},
		"the first page":       {[]int{0}, pageAt(0, 100)},
		"a page in the middle": {[]int{2}, pageAt(int(places[2].lines)+10, 100)},
		"over an edge":         {[]int{1, 2}, pageAt(int(places[2].lines)-1, 100)},
		"the last page":        {[]int{4}, pageAt(strings.Count(all, "\n")-5, 100)},
		"beyond the end":       {[]int{4}, pageAt(1<<40, 100)},
		"an offset": {[]int{3}, func(r *Reader) error {
			b := make([]byte, 10)
			if err := r.SeekTo(3*frameSize + 5); err != nil {
				return err
			}
			if _, err := io.ReadFull(r, b); err != nil || string(b) != all[3*frameSize+5:3*frameSize+15] {
				return fmt.Errorf("%q, %w", b, err)
			}
			return nil
		}},
		"down, a page at a time": {[]int{1}, func(r *Reader) error {
			first := int(places[1].lines) + 1
			err := page(r, first, 50)
			from, _ := inside(places[1])
			spoil(t, path, from, r.pages.pos) // what was decoded once
			for i := range 20 {
				err = errors.Join(err, page(r, first+50*(i+1), 50))
			}
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			for i, p := range places {
				if from, to := inside(p); !slices.Contains(c.need, i) {
					spoil(t, path, from, to)
				}
			}
			if _, err := io.Copy(io.Discard, open(t, path)); err == nil {
				t.Fatal("spoiling does nothing")
			}
			if err := c.ask(open(t, path)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestReader_longLinesStayBounded: a line of several frames, in the middle.
func TestReader_longLinesStayBounded(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	long := "<" + strings.ReplaceAll(string(logLike(3*frameSize)), "\n", " ") + ">\n"
	all := "a\n" + long + "b\n" + long + "end"
	_, _ = k.Write([]byte(all))
	k.Close()
	r := open(t, path)
	for _, n := range []int{0, 1, 2, 3, 100} {
		if got, err := r.Tail(n); err != nil || !sameTail(got, tailOf(all, n, 4<<20)) {
			t.Errorf("tail %d: %s, %v", n, brief(got), err)
		}
		if cap(r.text) > 12<<20 {
			t.Errorf("holds %d bytes", cap(r.text))
		}
	}
	for _, first := range []int{0, 1, 2, 3, 4, 1, 5} {
		for _, n := range []int{1, 3} {
			want, follows := pageOf(all, first, n, 4<<20)
			if got, more, err := r.Page(int64(first), n); err != nil || string(got) != want || more != follows {
				t.Errorf("page of %d from %d: %d bytes, more %v, want %d, %v, %v", n, first, len(got), more, len(want), follows, err)
			}
		}
	}
	// The middle of the line isn't decoded for either end.
	from, to := inside(r.index.places[2])
	spoil(t, path, from, to)
	r = open(t, path)
	if got, err := r.Tail(4); err != nil || !sameTail(got, tailOf(all, 4, 4<<20)) {
		t.Errorf("tail: %s, %v", brief(got), err)
	}
	if got, more, err := r.Page(1, 1); err != nil || string(got) != long[:4<<20] || !more {
		t.Errorf("page: %d bytes, more %v, %v", len(got), more, err)
	}
}

// TestReader_aFrameEndsAnywhere: what a frame begins with says nothing of what
// stands before.
func TestReader_aFrameEndsAnywhere(t *testing.T) {
	for _, c := range []struct{ before, after string }{
		{"a\nb\n", ""},
		{"a\nb", ""},
		{"a\nb", "\n"},
		{"a\nb", "cdef"},
		{"a\nb\n", "cdef"},
		{"\n", "\n"},
		{"abc", ""},
	} {
		k, path := create(t, NewRedactor(), nil)
		defer k.Close()
		k.frame = frameSize - len(c.before)
		_, _ = k.Write([]byte(c.before + c.after))
		_ = k.Flush()
		all := c.before + c.after
		for n := range 4 {
			r := open(t, path)
			r.bounds = bounds{most: 4, keep: 1}
			if n == 2 {
				_ = r.SeekTo(int64(len(all)))
			}
			if got, err := r.Tail(n); err != nil || !sameTail(got, tailOf(all, n, r.most)) {
				t.Errorf("%q|%q: tail %d: %+v, want %+v, %v", c.before, c.after, n, got, tailOf(all, n, r.most), err)
			}
			for _, first := range []int{5, 0, 1, 2, n} {
				want, follows := pageOf(all, first, 2, r.most)
				if got, more, err := r.Page(int64(first), 2); err != nil || string(got) != want || more != follows {
					t.Errorf("%q|%q: page from %d: %q, more %v, want %q, %v, %v", c.before, c.after, first, got, more, want, follows, err)
				}
			}
		}
	}
}

// TestReader_goesBackWithTheFile: a full disk cuts it back to the last flush,
// also when more was seen.
func TestReader_goesBackWithTheFile(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	log := string(logLike(3*frameSize + 100_000))
	_, _ = k.Write([]byte(log))
	k.Close()
	r := open(t, path)
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{st.Size(), st.Size() - 1, st.Size() - 20_000, st.Size() / 2, st.Size() / 10, 30, 3, 0} {
		// What was given before, and what is there now.
		if _, err := r.Tail(40); err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.Page(1<<40, 1); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		all := readAll(t, path)
		if got, err := r.Tail(40); err != nil || !sameTail(got, tailOf(all, 40, r.most)) {
			t.Errorf("cut at %d: %s, want %s, %v", size, brief(got), brief(tailOf(all, 40, r.most)), err)
		}
		first := max(0, strings.Count(all, "\n")-5)
		want, _ := pageOf(all, first, 40, r.most)
		if got, more, err := r.Page(int64(first), 40); err != nil || string(got) != want || more {
			t.Errorf("cut at %d: page from %d: %d bytes, want %d, more %v, %v", size, first, len(got), len(want), more, err)
		}
		if r.index.pos > size || r.index.last().pos > size {
			t.Errorf("cut at %d: looked up to %d", size, r.index.pos)
		}
	}
}

// TestReader_aPageGoesBackWithTheFile: what it has decoded and not given isn't
// there any more.
func TestReader_aPageGoesBackWithTheFile(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	_, _ = k.Write([]byte("one\ntwo\n"))
	k.Close()
	r := open(t, path)
	if got, more, err := r.Page(0, 1); err != nil || string(got) != "one\n" || !more {
		t.Fatalf("%q, %v, %v", got, more, err)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if got, more, err := r.Page(1, 1); err != nil || len(got) > 0 || more {
		t.Fatalf("%q, %v, %v", got, more, err)
	}
}

// TestReader_keepsLittle: of ordinary lines, Tail holds far less than a frame.
func TestReader_keepsLittle(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	_, _ = k.Write(logLike(frameSize - 1))
	k.Close()
	r := open(t, path)
	if _, err := r.Tail(40); err != nil || cap(r.text) > 1<<20 {
		t.Fatalf("holds %d bytes, %v", cap(r.text), err)
	}
}

func TestReader_aMarkOutOfOrderIsDamage(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	for range 3 {
		k.frame = frameSize - 100
		_, _ = k.Write(logLike(200))
	}
	k.Close()
	r := open(t, path)
	if _, err := r.Last(1); err != nil {
		t.Fatal(err)
	}
	p := r.index.last()
	spoil(t, path, p.pos-16, p.pos) // an offset and a number of lines of -1
	r = open(t, path)
	for range 2 { // it stays so
		if _, err := r.Last(1); err == nil || !strings.Contains(err.Error(), "out of order") {
			t.Fatalf("got %v", err)
		}
	}
}

// TestReader_doesNotChaseAWriter: what is written during a call is for the next.
func TestReader_doesNotChaseAWriter(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	defer k.Close()
	_, _ = k.Write([]byte("one\n"))
	_ = k.Flush()
	r := open(t, path)
	if err := r.index.grow(); err != nil {
		t.Fatal(err)
	}
	_, _ = k.Write([]byte("two\n"))
	_ = k.Flush()
	if err := r.drain(5); err != nil || string(r.text) != "one\n" {
		t.Fatalf("%q, %v", r.text, err)
	}
	if got, err := r.Last(5); err != nil || string(got) != "one\ntwo\n" {
		t.Fatalf("%q, %v", got, err)
	}
}
