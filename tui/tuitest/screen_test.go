package tuitest

import (
	"image/color"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

func write(t *testing.T, s *Screen, text string) {
	t.Helper()
	if _, err := io.WriteString(s, text); err != nil {
		t.Fatal(err)
	}
}

func TestScreen_text(t *testing.T) {
	s := NewScreen(t, 12, 3)
	write(t, s, "日本 text  \r\n\x1b[1mbo\x1b[31mld\x1b[m x\x1b[1m  \x1b[mn")
	if got, want := s.Text(), "日本 text\nbold x  n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for text, want := range map[string][3]int{
		"日本": {0, 0, 1}, "本": {2, 0, 1}, "text": {5, 0, 1}, "x  n": {5, 1, 1}, "": {0, 0, 0}, "xn": {0, 0, 0},
	} {
		x, y, found := s.Find(text)
		if x != want[0] || y != want[1] || found != (want[2] == 1) {
			t.Errorf("%q is at %d,%d: %v", text, x, y, found)
		}
	}
	if got := s.Bold(); !slices.Equal(got, []string{"bold"}) {
		t.Errorf("bold: %q", got)
	}
	if c := s.Cell(2, 1); c.Content != "l" || c.Style.Fg != ansi.Red {
		t.Errorf("cell %+v", c)
	}
	if c := s.Cell(99, 99); !c.IsZero() {
		t.Errorf("there is a cell outside of the screen: %+v", c)
	}
}

func TestScreen_runs(t *testing.T) {
	s := NewScreen(t, 12, 2)
	write(t, s, "a\x1b[7m 本b \x1b[mc\x1b[7md\x1b[m\r\n\x1b[7me\x1b[m \x1b[7mlast")
	if got, want := s.Reversed(), []string{"本b", "d", "e", "last"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	all := s.Runs(func(uv.Cell) bool { return true })
	if want := []string{"a 本b cd", "e last"}; !slices.Equal(all, want) {
		t.Errorf("got %q, want %q", all, want)
	}
}

func TestScreen_reports(t *testing.T) {
	s := NewScreen(t, 10, 2)
	write(t, s, "\x1b]2;a; b\a\x1b]9;done\x1b\\\x1b]9;4;1;50\a\x1b]777;notify;x;y\a\a\a\x1b]52;c;aGVsbG8=\a\x1b]52;c;?\a")
	if s.Title() != "a; b" || s.Bells() != 2 || s.Clipboard() != "hello" {
		t.Errorf("title %q, %d bells, clipboard %q", s.Title(), s.Bells(), s.Clipboard())
	}
	if got := s.Reports(9); !slices.Equal(got, []string{"done", "4;1;50"}) {
		t.Errorf("OSC 9: %q", got)
	}
	if got := s.Reports(777); !slices.Equal(got, []string{"notify;x;y"}) {
		t.Errorf("OSC 777: %q", got)
	}
}

func TestScreen_answers(t *testing.T) {
	s := NewScreen(t, 10, 2)
	s.Colors(color.Black, color.White)
	write(t, s, ansi.RequestBackgroundColor+"\x1b[?2026$p\x1b[?2026h\x1b[?2026$p\x1b[?2027$p\x1b[6n")
	want := "\x1b]11;rgb:ffff/ffff/ffff\a\x1b[?2026;2$y\x1b[?2026;1$y\x1b[?2027;0$y\x1b[1;1R"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(s.in, got); err != nil || string(got) != want {
		t.Errorf("got %q, want %q: %v", got, want, err)
	}
}

func TestScreen_leftovers(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"\x1b[?25l":                      "the cursor is off",
		"\x1b[?1002h\x1b[?1006h":         "the mouse is on",
		"\x1b[?2004h":                    "bracketed paste is on",
		"\x1b[?1004h":                    "reports of focus is on",
		"\x1b[?7l":                       "wrapping is off",
		"\x1b[?9999h":                    "a mode is on (mode 9999)",
		"\x1b[?1049h":                    "the alternate screen is shown",
		"\x1b[>1u":                       "flags [1] are on the stack of the main screen",
		"\x1b[?1049h\x1b[>1u\x1b[?1049l": "flags [1] are on the stack of the alternate screen",
		"\x1b[=5u":                       "flags [5]",
		"\x1b[>1u\x1b[=2;2u":             "flags [3]",
		"\x1b[>4;2m":                     "modifyOtherKeys is 2",
		"\x1b[5 q":                       "the cursor has another shape",
		"\x1b]11;#123456\a":              "the default colours are others",

		"\x1b[?25l\x1b[?25h\x1b[?7l\x1b[?7h\x1b[?2004h\x1b[?2004l\x1b[?1049h\x1b[?1049l": "",
		"\x1b[>1u\x1b[>3u\x1b[<2u\x1b[=1u\x1b[=1;3u":                                     "",
		"\x1b[>1u\x1b[<9u\x1b[>4;2m\x1b[>4m\x1b[>0u\x1b[5 q\x1b[0 q":                     "",
		"\x1b]11;#123456\a\x1b]111\a":                                                    "",
		"\x1b[?25l\x1b[>1u\x1b[>4;2m\x1b[?1002h\x1bc":                                    "", // a full reset
	} {
		s := NewScreen(t, 10, 2)
		write(t, s, text)
		left := strings.Join(s.Leftovers(), "; ")
		if want == "" && left != "" || !strings.Contains(left, want) {
			t.Errorf("%q leaves %q, want %q", text, left, want)
		}
	}
}

func TestScreen_resize(t *testing.T) {
	s := NewScreen(t, 4, 2)
	write(t, s, "abcd\r\nef")
	s.Resize(6, 3)
	if got, want := s.Text(), "abcd\nef\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if shot := s.Snapshot(); len(shot.Cells) != 3 || len(shot.Cells[0]) != 6 || shot.X != 2 || shot.Y != 1 {
		t.Errorf("%d by %d, cursor at %d,%d", len(shot.Cells[0]), len(shot.Cells), shot.X, shot.Y)
	}
}

func TestGolden(t *testing.T) {
	t.Chdir(t.TempDir())
	s := NewScreen(t, 6, 3)
	write(t, s, "one\r\n  two\r\n")
	var failed []string
	f := &fake{TB: t, fail: func(text string) { failed = append(failed, text) }}
	s.Golden(f, "shot")
	if !Updating() && (len(failed) != 1 || !strings.Contains(failed[0], "no such file") || !strings.Contains(failed[0], "  two\n")) {
		t.Errorf("without a file: %q", failed)
	}
	file := filepath.Join("testdata", "golden", "shot.txt")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"one\n  two\n\n":       "",
		"one\n  two \n\n":      "  1   one\n  2 -   two ¶\n    +   two¶\n  3   \n",
		"one\n  two\n":         "  1   one\n  2     two\n  3 - no such row\n    + ¶\n",
		"one\n  two\n\nfour\n": "  4 - four¶\n    + no such row\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		failed = nil
		s.Golden(f, "shot")
		if Updating() {
			continue
		}
		if want == "" && failed != nil || want != "" && (len(failed) != 1 || !strings.Contains(failed[0], want)) {
			t.Errorf("with %q: %q, want %q", text, failed, want)
		}
	}
	f.catch(func() { s.Golden(f, "../shot") })
	if n := len(failed) - 1; n < 0 || !strings.Contains(failed[n], "no name") {
		t.Errorf("a file elsewhere: %q", failed)
	}
}

func TestQueue(t *testing.T) {
	q := newQueue()
	_, _ = q.Write([]byte("abc"))
	_, _ = q.Write([]byte("def"))
	p := make([]byte, 4)
	n, err := q.Read(p)
	if string(p[:n]) != "abcd" || err != nil {
		t.Errorf("%q, %v", p[:n], err)
	}
	read := make(chan string)
	go func() {
		rest, _ := io.ReadAll(q)
		read <- string(rest)
	}()
	_, _ = q.Write([]byte("g"))
	q.close()
	_, _ = q.Write([]byte("late"))
	if rest := <-read; rest != "efg" {
		t.Errorf("the rest is %q", rest)
	}
}
