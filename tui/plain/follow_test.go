package plain

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// numbered gives lines 1 to n.
func numberedLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String()
}

// printed are the lines of output on the screen.
func (s *story) printed() []string {
	var out []string
	for line := range strings.SplitSeq(s.out.text(), "\n") {
		if text, ok := strings.CutPrefix(line, "  | "); ok {
			out = append(out, text)
		}
	}
	return out
}

// TestLongOutput: the first lines and the last five are shown, none twice, and
// how many are missing; the whole can be had.
func TestLongOutput(t *testing.T) {
	const shown = 20
	for n, want := range map[int][]string{
		20:  nil,
		21:  {"line 21"},
		25:  {"line 21", "line 22", "line 23", "line 24", "line 25"},
		26:  {"… (1 line left out; o 1 shows all)", "line 22", "line 23", "line 24", "line 25", "line 26"},
		999: {"… (974 lines left out; o 1 shows all)", "line 995", "line 996", "line 997", "line 998", "line 999"},
	} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			tell(t, slow, drill, func(o *Options, _ *world) { o.Shown = shown }, func(s *story) {
				s.w.Plays["work"] = play{Out: numberedLines(n), Takes: time.Second}
				s.types("")
				s.passes(2 * time.Second)
				got := s.printed()
				expect := strings.Split(strings.TrimSpace(numberedLines(shown)), "\n")
				if want != nil {
					expect = append(append(expect, "… more comes: all of it is kept, and its end is shown"), want...)
				}
				if strings.Join(got, "\n") != strings.Join(expect, "\n") {
					t.Errorf("got:\n%s", strings.Join(got, "\n"))
				}
				s.out.news()
				s.types("o 1")
				if whole := s.out.news(); strings.Count(whole, "  | line") != n {
					t.Errorf("o shows %d lines of %d", strings.Count(whole, "  | line"), n)
				}
			})
		})
	}
}

// TestOutputComes: lines are shown while the command runs, before the line that
// says how it ended; the last one needs no line break.
func TestOutputComes(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Out: "first\n\x1b[31mred\x1b[0m\nhalf", After: " a line", Takes: 10 * time.Second}
		s.types("")
		s.passes(time.Second)
		s.shows("  | first\n  | red\n")
		s.passes(10 * time.Second)
		s.shows("  | half a line\n", "ok        after 0:10, 3 lines")
	})
}

// TestSilence: a command without output is said to run still, ever less often,
// with the line that it has begun.
func TestSilence(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Out: "start\nat 45 %", Takes: 24 * time.Hour}
		s.types("")
		s.passes(59 * time.Second)
		s.lacks("still runs")
		s.passes(2 * time.Second)
		s.shows("  . it still runs; no new line for 1:00. So far: at 45 %\n")
		s.passes(2 * time.Minute)
		s.shows("no new line for 2:00")
		s.passes(30 * time.Minute)
		if n := strings.Count(s.out.text(), "still runs"); n != 6 { // after 1, 2, 4, 8, 16 and 26 minutes
			t.Errorf("said %d times in half an hour", n)
		}
		s.out.news()
		_, _ = s.w.Live[1].Keep.Write([]byte(" and more\n")) // patience begins anew
		s.passes(62 * time.Second)
		s.shows("| at 45 % and more\n", "no new line for 1:00\n")
	})
}

// TestOutputUnreadable: a damaged file is said once, and the walk goes on.
func TestOutputUnreadable(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Takes: 10 * time.Second}
		s.types("")
		if err := os.WriteFile(s.w.Kept(1), []byte("this is no output that anybody kept"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.passes(20 * time.Second)
		s.shows("(its output can't be read back: ", "ok        after 0:10")
		if n := strings.Count(s.out.text(), "can't be read back"); n != 1 {
			t.Errorf("said %d times", n)
		}
		s.types("o")
		s.shows("ERROR: kept output")
	})
	tell(t, slow, drill, nil, func(s *story) {
		s.types("o")
		s.shows("refused: no command has run yet")
		s.types("")
		_ = os.Remove(s.w.Kept(1))
		s.types("o")
		s.shows("command 1 has printed nothing that was kept")
	})
}

// TestInteractive: a command that has the terminal is not followed, and that
// its output is not recorded is said.
func TestInteractive(t *testing.T) {
	book := strings.Replace(slow, "```sh", "```sh {interactive}", 1)
	tell(t, book, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Out: "not for us\n", Takes: 5 * time.Second}
		s.types("")
		s.passes(10 * time.Second)
		s.shows("run       $ work", "it has the terminal until it ends", "ok        after 5.0 s, output not recorded", "tick \"Last\"")
		s.lacks("not for us")
	})
}

// TestWatch: somebody who only watches sees the same lines, with the whole text
// of each command.
func TestWatch(t *testing.T) {
	tell(t, failing, onProduction, nil, func(s *story) {
		s.w.Plays["try it"] = play{Out: "trying\n"}
		s.types("")
		out := &screen{}
		p := New(Options{Out: out, Now: time.Now, After: time.After, Kept: s.w.Kept})
		p.Attach(s.w)
		p.Watch(s.w.log)
		p.Finish()
		golden(t, out.text())
	})
}
