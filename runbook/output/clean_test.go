package output

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// lines feeds in cut into pieces of the given size.
func lines(r *Redactor, in string, size int) (out []string) {
	l := NewLines(r)
	add := func(s string) { out = append(out, s) }
	for b := []byte(in); len(b) > 0; {
		n := min(size, len(b))
		l.Feed(b[:n], add)
		b = b[n:]
	}
	l.Close(add)
	return out
}

func TestLines(t *testing.T) {
	r := NewRedactor("hunter2pass")
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"plain":                    {"one\ntwo", []string{"one", "two"}},
		"empty lines":              {"\n\na\n", []string{"", "", "a"}},
		"dos line ends":            {"a\r\nb\r\n", []string{"a", "b"}},
		"colour":                   {"\x1b[1;31mred\x1b[0m text", []string{"red text"}},
		"a secret with a colour":   {"x hun\x1b[0mter2pass y", []string{"x [redacted] y"}},
		"a secret, typed over":     {"hunterX\b2pass", []string{"[redacted]"}},
		"a secret, no-width space": {"hunter\u200b2pass", []string{"[redacted]"}},
		"window title":             {"\x1b]0;pwned\x07text", []string{"text"}},
		"window title, ST":         {"\x1b]2;pwned\x1b\\text", []string{"text"}},
		"window title, C1":         {"\u009d0;pwned\u009ctext", []string{"text"}},
		"clipboard":                {"\x1b]52;c;cHduZWQ=\x07text", []string{"text"}},
		"device control":           {"\x1bP1$r0m\x1b\\text", []string{"text"}},
		"CSI as C1":                {"\u009b31mred", []string{"red"}},
		"CSI as a raw byte":        {"\x9b31mred", []string{"\ufffd31mred"}},
		"charset and keypad":       {"\x1b(B\x1b=\x1b>text", []string{"text"}},
		"full reset":               {"a\x1bcb", []string{"ab"}},
		"bell and nul":             {"a\a\x00b\x7f", []string{"ab"}},
		"cursor up is no way out":  {"a\n\x1b[5A\x1b[2Jb", []string{"a", "b"}},
		"progress":                 {"10%\r 50%\r100%\n", []string{"100%"}},
		"progress, shorter":        {"working\rdone\x1b[K\n", []string{"done"}},
		"progress, erased":         {"working\x1b[2K\rdone\n", []string{"done"}},
		"spinner":                  {"wait |\b/\b-\b\\", []string{"wait \\"}},
		"backspace at the edge":    {"\b\b\ba", []string{"a"}},
		"tab":                      {"a\tb\t\tc", []string{"a       b               c"}},
		"columns":                  {"abc\x1b[1GX\x1b[5GY", []string{"Xbc Y"}},
		"invalid UTF-8":            {"a\xffb\xc3(", []string{"a\ufffdb\ufffd("}},
		"half a character":         {"a\xe2\x82", []string{"a\ufffd"}},
		"turned text":              {"a\u202eb", []string{"a\ufffdb"}},
		"line separator":           {"a\u2028b", []string{"a", "b"}},
		"a title that never ends":  {"\x1b]0;title\nnext", []string{"", "next"}},
		"a sequence in a sequence": {"\x1b[3\x1b[31mred", []string{"red"}},
		"cancelled":                {"\x1b[3\x18red", []string{"red"}},
		"return inside a sequence": {"abc\x1b[\r31mX", []string{"Xbc"}},
		"wide text":                {"日本語\n", []string{"日本語"}},
		"half a sequence":          {"a\x1b[3", []string{"a"}},
	} {
		for _, size := range []int{1, 2, 3, 1000} {
			if got := lines(r, c.in, size); !slices.Equal(got, c.want) {
				t.Errorf("%s, pieces of %d: %q, want %q", name, size, got, c.want)
			}
		}
	}
}

func TestLines_partialIsThePromptAsItStands(t *testing.T) {
	l := NewLines(NewRedactor())
	l.Feed([]byte("old\rContinue? [y/N] \x1b["), nil)
	if got := l.Partial(); got != "Continue? [y/N] " {
		t.Fatalf("got %q", got)
	}
}

func TestLines_longLinesAreCutAndSaySo(t *testing.T) {
	got := lines(NewRedactor(), strings.Repeat("x", LineMost+1234)+"\nnext\n", 777)
	want := []string{strings.Repeat("x", LineMost) + " [1234 more characters]", "next"}
	if !slices.Equal(got, want) {
		t.Fatalf("%d lines, the first of %d bytes, ends in %q", len(got), len(got[0]), got[0][len(got[0])-30:])
	}
}

// TestLines_nothingReachesTheTerminal: whatever goes in, in whatever pieces,
// no control character comes out, and no secret.
func TestLines_nothingReachesTheTerminal(t *testing.T) {
	r := NewRedactor("hunter2pass")
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.SampledFrom([]string{"\x1b", "\x1b[", "\x1b]", "\u009b", "\x9d", "\x1bP", "\r", "\b", "\n", "hunter", "2pass", "\x1b[31m", "\x07", "\x1b\\", "\xe2", "\x82"}),
			rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 9), func(b []byte) string { return string(b) }))
		in := strings.Join(rapid.SliceOf(part).Draw(t, "in"), "")
		whole := lines(r, in, len(in)+1)
		if cut := lines(r, in, rapid.IntRange(1, 5).Draw(t, "size")); !slices.Equal(whole, cut) {
			t.Fatalf("whole %q\ncut   %q", whole, cut)
		}
		for _, l := range whole {
			for _, c := range l {
				if c < 0x20 || c >= 0x7f && c < 0xa0 {
					t.Fatalf("%U in %q", c, l)
				}
			}
			if strings.Contains(l, "hunter2pass") || !utf8.ValidString(l) {
				t.Fatalf("got %q", l)
			}
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\x1b[31mb\r\n\x1b]0;t\x07"), uint8(1))
	r := NewRedactor("hunter2pass")
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		whole, cut := lines(r, string(in), len(in)+1), lines(r, string(in), int(size)+1)
		if !slices.Equal(whole, cut) {
			t.Fatalf("whole %q\ncut   %q", whole, cut)
		}
		if s := strings.Join(whole, ""); strings.ContainsAny(s, "\x1b\x07\u009b\u009d\u0090") {
			t.Fatalf("got %q", s)
		}
	})
}

func BenchmarkLines(b *testing.B) {
	log := logLike(1 << 20)
	l := NewLines(NewRedactor(benchSecrets...))
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		l.Feed(log, func(string) {})
	}
}

func ExampleLines() {
	l := NewLines(NewRedactor("hunter2pass"))
	l.Feed([]byte("10%\r100%\n\x1b[32mlogin hunter2pass\x1b[0m\n"), func(s string) { fmt.Println(s) })
	// Output:
	// 100%
	// login [redacted]
}
