package plain

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"

	"lifeboat/runbook"
)

// ask has a line asked for before there is a walk.
func ask(t *testing.T, do func(s *story, got func() (string, error))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		s := &story{t: t, in: typed, out: &screen{}, signals: make(chan Signal), done: make(chan error, 1)}
		s.p = New(Options{In: in, Out: s.out, Echo: true, Signals: s.signals, Now: time.Now, After: time.After})
		var line string
		go func() {
			var err error
			line, err = s.p.Line("which target: ")
			s.done <- err
		}()
		do(s, func() (string, error) { err := s.over(); return line, err })
		_ = typed.Close()
	})
}

// TestLay: folding loses no word and adds none, and a line is over the width
// only where a single word is.
func TestLay(t *testing.T) {
	word := rapid.SampledFrom([]string{"a", "of", "word", "database", "你好", "https://example.com/a/very/long/address/that/nobody/should/break", "é"})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(word, 1, 40).Draw(t, "words")
		width := rapid.IntRange(0, 120).Draw(t, "width")
		hang := rapid.IntRange(0, 12).Draw(t, "hang")
		text := strings.Join(words, " ")
		if rapid.Bool().Draw(t, "indented") {
			text = "    " + text
		}
		got := lay(text, hang, hang, width)
		if strings.Join(strings.Fields(got), " ") != strings.Join(words, " ") {
			t.Fatalf("%q became %q", text, got)
		}
		for i, line := range strings.Split(got, "\n") {
			if i > 0 && !strings.HasPrefix(line, strings.Repeat(" ", hang)) {
				t.Fatalf("line %d hangs wrong: %q", i, got)
			}
			if width >= narrowest && displaywidth.String(line) > width && len(strings.Fields(line)) > 1 {
				t.Fatalf("width %d: %q", width, line)
			}
			if (width == 0 || width < narrowest) && i > 0 {
				t.Fatalf("width %d folds: %q", width, got)
			}
		}
	})
	if got := lay("one\ntwo", 3, 5, 0); got != "one\n   two" {
		t.Errorf("%q", got)
	}
}

// TestKeys: each key is there once, every way that Next can offer has one, and
// no key is a number or looks like one.
func TestKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range keys() {
		for _, name := range []string{k.letter, k.word} {
			if name == "" || seen[name] && k.letter != k.word || strings.ContainsAny(name, "0123456789 /") {
				t.Errorf("key %q of %q", name, k.word)
			}
			seen[name] = true
		}
	}
	for _, way := range []string{
		"skip", "edit", "again", "anyway", "rollback", "by-hand", "arm", "done", "different", "section", "held", "stop", "skip-step",
	} {
		k := keyOf(runbook.Way{Name: way})
		if k.word != way || len(k.letter) != 1 {
			t.Errorf("way %q has key %q", way, k.letter)
		}
	}
}

// TestHelpFits: the keys and the prompt below them fit on the smallest screen.
func TestHelpFits(t *testing.T) {
	tell(t, ownBook, drill, nil, func(s *story) {
		s.shows("? keys\n> ")
		s.types("?")
		lines := strings.Split(s.out.news(), "\n")
		if len(lines) > 24 {
			t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
		}
		for _, line := range lines {
			if displaywidth.String(line) > 80 {
				t.Errorf("too wide: %s", line)
			}
		}
	})
}

// TestPlace: the mode and the target at each prompt can't be mistaken.
func TestPlace(t *testing.T) {
	for want, opened := range map[string]runbook.RunOpened{
		"[DRILL practice]":     {Mode: runbook.Drill, Target: "practice"},
		"[LIVE staging]":       {Mode: runbook.Live, Target: "staging"},
		"[LIVE PRODUCTION]":    {Mode: runbook.Live, Target: "production", Production: true},
		"[LIVE PRODUCTION eu]": {Mode: runbook.Live, Target: "eu", Production: true},
	} {
		t.Run(opened.Target, func(t *testing.T) {
			tell(t, two, opened, nil, func(s *story) { s.shows("\n" + want + " Enter: tick \"First\"\n") })
		})
	}
}
