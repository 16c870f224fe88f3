package output

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func view(t testing.TB, path string) *View {
	t.Helper()
	v := NewView(path)
	t.Cleanup(func() { v.Close() })
	return v
}

// keep makes a file that holds text.
func keep(t testing.TB, text string) string {
	t.Helper()
	k, path := create(t, NewRedactor(), nil)
	_, _ = k.Write([]byte(text))
	if kept := k.Close(); kept.Fault != nil {
		t.Fatal(kept.Fault)
	}
	return path
}

func TestView_rows(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
		open bool
	}{
		"nothing":                      {"", nil, false},
		"one line":                     {"one\n", []string{"one"}, false},
		"empty lines":                  {"\n\na\n\n", []string{"", "", "a", ""}, false},
		"a prompt":                     {"one\nContinue? [y/N] ", []string{"one", "Continue? [y/N] "}, true},
		"progress":                     {"10%\r 50%\r 90%", []string{" 90%"}, true},
		"progress, done":               {"10%\r100%\nnext", []string{"100%", "next"}, true},
		"progress, erased":             {"working\r\x1b[K", []string{""}, true},
		"dos line ends":                {"a\r\nb\r\n", []string{"a", "b"}, false},
		"colours":                      {"\x1b[31mred\nstill\x1b[0m\n", []string{"red", "still"}, false},
		"a title that never ends":      {"\x1b]0;title\nnext\n", []string{"", "next"}, false},
		"half a sequence":              {"a\x1b[3", []string{"a"}, true},
		"half a character":             {"a\xe2\x82", []string{"a"}, true},
		"half a character, line ends":  {"a\xe2\x82\n", []string{"a\ufffd\ufffd"}, false},
		"no line breaks, but row ends": {"a\fb\u2028c\v\n", []string{"a b c"}, false},
		"a lone escape":                {"\x1b\na", []string{"", "a"}, true},
		"a long line":                  {strings.Repeat("x", LineMost+5) + "\n", []string{strings.Repeat("x", LineMost) + " [5 more characters]"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			v := view(t, keep(t, c.in))
			want := Rows{Text: c.want, Total: int64(len(c.want)), Bytes: int64(len(c.in)), Open: c.open}
			if got, err := v.Tail(100); err != nil || !same(got, want) {
				t.Errorf("tail: %+v, want %+v, %v", got, want, err)
			}
			if got, err := v.Page(0, 100); err != nil || !same(got, want) {
				t.Errorf("page: %+v, want %+v, %v", got, want, err)
			}
		})
	}
}

func same(a, b Rows) bool {
	return slices.Equal(a.Text, b.Text) && a.First == b.First && a.Total == b.Total && a.Bytes == b.Bytes && a.Open == b.Open
}

func TestView_nothingIsThereBeforeTheFirstOutput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "output.zst")
	v := view(t, path)
	for range 2 {
		if got, err := v.Tail(5); err != nil || !same(got, Rows{}) {
			t.Fatalf("%+v, %v", got, err)
		}
		if got, err := v.Page(0, 5); err != nil || !same(got, Rows{}) {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKeep(f, NewRedactor(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if got, err := v.Tail(5); err != nil || !same(got, Rows{}) {
		t.Fatalf("an empty file: %+v, %v", got, err)
	}
	_, _ = k.Write([]byte("one\ntw"))
	_ = k.Flush()
	if got, err := v.Tail(5); err != nil || !same(got, Rows{Text: []string{"one", "tw"}, Total: 2, Bytes: 6, Open: true}) {
		t.Fatalf("%+v, %v", got, err)
	}
	_, _ = k.Write([]byte("o\nthree\n"))
	_ = k.Flush()
	if got, err := v.Tail(2); err != nil || !same(got, Rows{Text: []string{"two", "three"}, First: 1, Total: 3, Bytes: 14}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := v.Page(1, 1); err != nil || !same(got, Rows{Text: []string{"two"}, First: 1, Total: 3, Bytes: 14}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := v.Page(3, 1); err != nil || !same(got, Rows{First: 3, Total: 3, Bytes: 14}) {
		t.Fatalf("beyond the end: %+v, %v", got, err)
	}
}

func TestView_saysWhyItCannotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "output.zst")
	if err := os.WriteFile(path, []byte("this is no zstd file"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := view(t, path)
	if _, err := v.Tail(5); err == nil {
		t.Error("no error")
	}
	if _, err := v.Page(0, 5); err == nil {
		t.Error("no error")
	}
	if _, err := view(t, filepath.Join(path, "x")).Tail(5); err == nil {
		t.Error("no error from a path that can't be")
	}
}

// TestView_aLineLooksTheSameEverywhere: each page is a piece of the whole, and
// so is each tail, while the output grows.
func TestView_aLineLooksTheSameEverywhere(t *testing.T) {
	part := rapid.SampledFrom([]string{"\n", "\n", "\r", "\x1b[31m", "\x1b]0;t", "\x07", "\x1b[", "\f", "\u2028", "\xe2", "é", "text ", "\t", "\b", "\x1b[K"})
	rapid.Check(t, func(rt *rapid.T) {
		k, path := create(t, NewRedactor(), nil)
		defer k.Close()
		v := NewView(path)
		defer v.Close()
		var all string
		for range rapid.IntRange(1, 5).Draw(rt, "writes") {
			if soon := rapid.IntRange(0, 100).Draw(rt, "frame ends after"); soon > 0 {
				k.frame = frameSize - soon
			}
			text := strings.Join(rapid.SliceOf(part).Draw(rt, "text"), "")
			_, _ = k.Write([]byte(text))
			_ = k.Flush()
			all += text
			other := NewView(path)
			whole, err := other.Page(0, 1<<20)
			other.Close()
			if err != nil || len(whole.Text) != len(linesOf(all)) || whole.Total != int64(len(whole.Text)) {
				rt.Fatalf("%d rows of %d: %v", len(whole.Text), len(linesOf(all)), err)
			}
			n := rapid.IntRange(0, 20).Draw(rt, "n")
			first := rapid.IntRange(0, len(whole.Text)).Draw(rt, "first")
			want := whole
			want.First, want.Text = int64(first), whole.Text[first:min(first+n, len(whole.Text))]
			if got, err := v.Page(int64(first), n); err != nil || !same(got, want) {
				rt.Fatalf("page %+v, want %+v, %v", got, want, err)
			}
			from := max(0, len(whole.Text)-n)
			want.First, want.Text = int64(from), whole.Text[from:]
			if n == 0 {
				want.First = int64(strings.Count(all, "\n"))
			}
			if got, err := v.Tail(n); err != nil || !same(got, want) {
				rt.Fatalf("tail %+v, want %+v, %v", got, want, err)
			}
		}
	})
}

func TestView_saysWhatItLeavesOutOfALongLine(t *testing.T) {
	long := strings.Repeat("0123456789", frameSize/10*3/2) // six MiB
	v := view(t, keep(t, "a\n"+long+"\nb\n"+long+"\r99%"))
	got, err := v.Page(0, 10)
	if err != nil || len(got.Text) != 4 || got.Total != 4 {
		t.Fatalf("%d rows of %d, %v", len(got.Text), got.Total, err)
	}
	if !strings.HasPrefix(got.Text[1], "0123") || !strings.HasSuffix(got.Text[1], " [it goes on]") || got.Text[0]+got.Text[2] != "ab" {
		t.Errorf("the page ends in %q", got.Text[1][LineMost:])
	}
	got, err = v.Tail(10)
	if err != nil || got.First != 3 || len(got.Text) != 1 || !got.Open {
		t.Fatalf("%d rows, %v", len(got.Text), err)
	}
	if !strings.HasPrefix(got.Text[0], "[its beginning is left out] 99%") {
		t.Errorf("the tail begins with %.50q", got.Text[0])
	}
}

// TestView_pagesOfManyBytesAreShorter, but going on from each gives every line.
func TestView_pagesOfManyBytesAreShorter(t *testing.T) {
	var text strings.Builder
	for i := range 30 {
		text.WriteString(strconv.Itoa(i) + strings.Repeat(" ", 1<<20) + "\n")
	}
	v := view(t, keep(t, text.String()))
	seen, pages := 0, 0
	for seen < 30 {
		got, err := v.Page(int64(seen), 30)
		if err != nil || len(got.Text) == 0 || got.First != int64(seen) {
			t.Fatalf("at %d: %d rows from %d, %v", seen, len(got.Text), got.First, err)
		}
		for _, row := range got.Text {
			if n, _, _ := strings.Cut(row, " "); n != strconv.Itoa(seen) || strings.HasSuffix(row, cutAfter) {
				t.Fatalf("line %d shows as %.20q … %q", seen, row, row[len(row)-20:])
			}
			seen++
		}
		pages++
	}
	if pages < 2 {
		t.Errorf("%d page", pages)
	}
}

func ExampleView() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "output.zst")
	v := NewView(path) // nothing is there yet
	defer v.Close()

	f, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	k, err := NewKeep(f, NewRedactor(), nil)
	if err != nil {
		panic(err)
	}
	_, _ = k.Write([]byte("begin\n\x1b[32mdone\x1b[0m 10%\rdone 20%"))
	_ = k.Flush()
	rows, err := v.Tail(40)
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.Join(rows.Text, "\n"))
	k.Close()
	// Output:
	// begin
	// done 20%
}
