package output

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// linesOf gives the lines of text, with their line breaks.
func linesOf(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// tailOf is what Tail says of a whole output.
func tailOf(all string, n, most int) Tail {
	end := all[max(0, len(all)-most):]
	lines := linesOf(end)
	text := strings.Join(lines[max(0, len(lines)-n):], "")
	before := all[:len(all)-len(text)]
	return Tail{
		Text:  []byte(text),
		First: int64(strings.Count(before, "\n")),
		Cut:   text != "" && before != "" && !strings.HasSuffix(before, "\n"),
		Open:  all != "" && !strings.HasSuffix(all, "\n"),
		Lines: int64(strings.Count(all, "\n")),
		Bytes: int64(len(all)),
	}
}

// pageOf is what Page says of a whole output.
func pageOf(all string, first, n, most int) (string, bool) {
	lines := linesOf(all)
	first = min(max(first, 0), len(lines))
	to := min(first+max(n, 0), len(lines))
	text := strings.Join(lines[first:to], "")
	if len(text) > most {
		return text[:most], true
	}
	return text, n > 0 && first < len(lines) && to < len(lines)
}

func sameTail(a, b Tail) bool {
	same := bytes.Equal(a.Text, b.Text)
	a.Text, b.Text = nil, nil
	return same && fmt.Sprint(a) == fmt.Sprint(b)
}

// brief shows a tail without all of its text.
func brief(t Tail) string {
	s := fmt.Sprintf("%d bytes of text, %.30q...", len(t.Text), t.Text)
	t.Text = nil
	return s + fmt.Sprintf(" %+v", t)
}

// TestReader_saysWhatAWholeReadingSays: whatever is asked, in whatever order
// and between whatever writes, the answers are those that are made of all of
// the output at once, also after the file was cut back.
func TestReader_saysWhatAWholeReadingSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k, path := create(t, NewRedactor(), nil)
		defer k.Close()
		r, err := Open(path)
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Close()
		r.bounds = bounds{
			most: rapid.IntRange(20, 400).Draw(rt, "most"),
			keep: rapid.IntRange(1, 200).Draw(rt, "keep"),
			leap: rapid.IntRange(0, 200).Draw(rt, "leap"),
		}
		all, at := "", 0
		const lost = -1 // the file was cut back to before where Read stands
		write := func(rt *rapid.T) {
			text := rapid.StringOfN(rapid.RuneFrom([]rune("ab\n\n")), 0, 100, -1).Draw(rt, "text")
			if rapid.IntRange(0, 4).Draw(rt, "long") == 0 {
				text += strings.Repeat("long ", rapid.IntRange(1, 200).Draw(rt, "times"))
			}
			// A new frame soon, or with the next text, or never.
			switch soon := rapid.IntRange(-50, 150).Draw(rt, "frame ends after"); {
			case soon > 0:
				k.frame = frameSize - soon
			case soon < 0:
				k.frame = frameSize - max(1, len(text))
			}
			_, _ = k.Write([]byte(text))
			if k.fault == nil {
				all += text
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"write": func(rt *rapid.T) {
				write(rt)
				_ = k.Flush()
			},
			"the disk is full": func(rt *rapid.T) {
				write(rt)
				_, _ = r.Tail(rapid.IntRange(0, 5).Draw(rt, "n")) // sees what isn't there for long
				_, _, _ = r.Page(rapid.Int64Range(0, 50).Draw(rt, "first"), 10)
				k.mu.Lock()
				k.refused = io.ErrShortWrite
				k.fail(k.refused)
				all = all[:k.sure.Bytes]
				k.mu.Unlock()
				at = lost
			},
			"last": func(rt *rapid.T) {
				n := rapid.IntRange(-1, 60).Draw(rt, "n")
				if got, err := r.Last(n); err != nil || string(got) != string(tailOf(all, max(n, 0), r.most).Text) {
					rt.Fatalf("last %d: %q, %v", n, got, err)
				}
				at = len(all)
			},
			"tail": func(rt *rapid.T) {
				n := rapid.IntRange(0, 60).Draw(rt, "n")
				if got, err := r.Tail(n); err != nil || !sameTail(got, tailOf(all, n, r.most)) {
					rt.Fatalf("tail %d: %+v, want %+v, %v", n, got, tailOf(all, n, r.most), err)
				}
				at = len(all)
			},
			"count": func(rt *rapid.T) {
				got, err := r.Tail(0)
				if want := tailOf(all, 0, 0); err != nil || got.Lines != want.Lines || got.Bytes != want.Bytes {
					rt.Fatalf("%d lines, %d bytes, want %+v, %v", got.Lines, got.Bytes, want, err)
				}
				at = len(all)
			},
			"page": func(rt *rapid.T) {
				first, n := rapid.IntRange(-1, 100).Draw(rt, "first"), rapid.IntRange(-1, 20).Draw(rt, "n")
				want, follows := pageOf(all, first, n, r.most)
				if got, more, err := r.Page(int64(first), n); err != nil || string(got) != want || more != follows {
					rt.Fatalf("page of %d from %d: %q, more %v, want %q, %v, %v", n, first, got, more, want, follows, err)
				}
			},
			"seek": func(rt *rapid.T) {
				off := rapid.IntRange(-1, len(all)+1).Draw(rt, "off")
				if err := r.SeekTo(int64(off)); err != nil {
					rt.Fatal(err)
				}
				at = min(max(off, 0), len(all))
			},
			"read": func(rt *rapid.T) {
				if at == lost {
					rt.Skip("there is nothing to read")
				}
				b := make([]byte, rapid.IntRange(0, 300).Draw(rt, "most"))
				n, err := r.Read(b)
				if err != nil && (!errors.Is(err, io.EOF) || at < len(all)) || !strings.HasPrefix(all[at:], string(b[:n])) {
					rt.Fatalf("read %q, %v at %d", b[:n], err, at)
				}
				at += n
			},
			"": func(rt *rapid.T) {
				if at != lost && r.Offset() != int64(at) {
					rt.Fatalf("at %d, want %d", r.Offset(), at)
				}
			},
		})
	})
}
