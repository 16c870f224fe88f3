package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"lifeboat/tui/tuitest"
)

// byLeader is what tuitest's shell tells through the terminal.
var byLeader = regexp.MustCompile(`(\x1b\\)?\x1b\]7777;[^\x1b]*\x1b\\`)

// recorded is a terminal with a tape of what is written to it.
func recorded(t *testing.T, w, h int) (*tuitest.Screen, *tape) {
	t.Helper()
	screen, written := tuitest.NewScreen(t, w, h), &tape{}
	screen.Tap(written)
	return screen, written
}

// TestPlain_terminal: where no full screen can be used, or none is wanted, everything is
// said line by line, without a single escape sequence.
func TestPlain_terminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env    []string
		script string
		flags  []string
	}{
		"dumb":     {[]string{"TERM=dumb"}, `exec "$@"`, nil},
		"no TERM":  {[]string{"TERM="}, `exec "$@"`, nil},
		"readable": {[]string{"ACCESSIBLE=1"}, `exec "$@"`, nil},
		"asked":    {nil, `exec "$@"`, []string{"--plain"}},
		"a pipe":   {nil, `"$@" | cat`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			s.write("short.md", shortBook)
			start := func(args ...string) (*display, *tape) {
				screen, written := recorded(t, 80, 24)
				return s.showBy(screen, c.env, c.script, append(args, c.flags...)...), written
			}
			home, said := start()
			home.ends(exitOK)
			unescaped(t, said, "Rehearse one:    lifeboat drill data-corruption")

			walk, said := start("drill", "short.md")
			walk.WaitText(`tick "First"`)
			walk.Type("\r")
			walk.WaitText(`tick "Last"`)
			walk.Type("q\r")
			walk.Wait()
			unescaped(t, said, "lifeboat resume ")

			resumed, said := start("resume")
			resumed.WaitText(`tick "Last"`)
			resumed.Type("\r")
			resumed.WaitText("end the run")
			resumed.Type("\r")
			resumed.ends(exitOK)
			unescaped(t, said, "recovered")
		})
	}
}

// unescaped demands that a text was said, and nothing that moves or paints.
func unescaped(t *testing.T, said *tape, text string) {
	t.Helper()
	all := byLeader.ReplaceAll(said.bytes(), nil)
	if !bytes.Contains(all, []byte(text)) {
		t.Errorf("it doesn't say %q:\n%s", text, all)
	}
	if i := bytes.IndexByte(all, 0x1b); i >= 0 {
		t.Errorf("there is an escape sequence: %q", all[i:min(len(all), i+40)])
	}
}

var paints = regexp.MustCompile(`\x1b\[([0-9;:]*)m`)

// colours are the colours among what was written: their kinds.
func colours(said *tape) map[string]bool {
	kinds := map[string]bool{}
	for _, m := range paints.FindAllStringSubmatch(string(said.bytes()), -1) {
		p := strings.FieldsFunc(m[1], func(r rune) bool { return r == ';' || r == ':' })
		for i := 0; i < len(p); i++ {
			switch n := p[i]; {
			case (n == "38" || n == "48") && i+1 < len(p) && p[i+1] == "2":
				kinds["true"] = true
				i += 4
			case n == "38" || n == "48":
				kinds["256"] = true
				i += 2
			case len(n) == 2 && (n[0] == '3' || n[0] == '4') && n[1] < '8', len(n) == 2 && n[0] == '9' && n[1] < '8', len(n) == 3 && n[:2] == "10" && n[2] < '8':
				kinds["16"] = true
			}
		}
	}
	if bytes.Contains(said.bytes(), []byte("\x1b]11;")) || bytes.Contains(said.bytes(), []byte("\x1b]10;")) {
		kinds["asked"] = true
	}
	return kinds
}

// TestColours: as many colours as the terminal has, and none where none are wanted.
func TestColours(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env   []string
		flags []string
		want  []string
		signs string // some of those that must be shown
		none  string // none of these
	}{
		"true colour":     {nil, nil, []string{"true", "asked"}, "▶○", "►√"},
		"a theme":         {nil, []string{"--theme", "light"}, []string{"true"}, "▶○", "►√"},
		"sixteen asked":   {nil, []string{"--theme", "16"}, []string{"16"}, "▶○", "►√"},
		"NO_COLOR":        {[]string{"NO_COLOR=yes"}, nil, nil, "▶○", "►√"},
		"--no-color":      {nil, []string{"--no-color"}, nil, "▶○", "►√"},
		"a console":       {[]string{"TERM=linux", "COLORTERM="}, nil, []string{"16", "asked"}, "►○", "▶✓"},
		"C":               {[]string{"LANG=C"}, nil, []string{"true", "asked"}, ">o", "▶○┌─│·…"},
		"UTF-8 after all": {[]string{"LANG=C", "LC_ALL=en_US.UTF-8"}, nil, []string{"true", "asked"}, "▶○", "►√"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			s.write("short.md", shortBook)
			screen, written := recorded(t, 80, 24)
			d := s.showOn(screen, c.env, append([]string{"drill", "short.md"}, c.flags...)...)
			shown := ""
			w := d.watch(func(rows []string) bool {
				shown = strings.Join(rows, "\n")
				ascii := !strings.ContainsFunc(shown, func(r rune) bool { return r > '~' })
				return !strings.ContainsAny(shown, c.none) && (name != "C" || ascii)
			})
			d.enterAt("Enter  starts the drill")
			d.WaitText(`Enter  tick "First"`)
			for _, sign := range c.signs {
				d.WaitText(string(sign))
			}
			d.walkShort()
			w.stop("other signs than " + c.none)
			d.Press("q")
			d.ends(exitOK)
			got := colours(written)
			if len(got) != len(c.want) {
				t.Errorf("the colours are %v, want %v", got, c.want)
			}
			for _, kind := range c.want {
				if !got[kind] {
					t.Errorf("the colours are %v, want %v", got, c.want)
				}
			}
		})
	}
}

// TestTheme_wrong: a theme that there isn't is told with those that there are, and
// nothing has happened.
func TestTheme_wrong(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.write("short.md", shortBook)
	for _, args := range [][]string{nil, {"drill", "short.md"}, {"drill", "short.md", "--plain"}, {"drill", "short.md", "--auto"}, {"runs"}} {
		d := s.show(append(args, "--theme", "pink")...)
		if out := d.ends(exitUsage); !strings.HasPrefix(out, `lifeboat: no theme "pink"`) || !strings.Contains(out, "\nhint: --theme auto, dark, light, 16, none") {
			t.Errorf("%q says\n%s", args, out)
		}
	}
	open := s.inShort()
	open.Press("q")
	open.ends(exitOpen)
	before := len(s.records())
	s.show("resume", "--theme", "pink").ends(exitUsage)
	if after := len(s.records()); after != before {
		t.Errorf("the log had %d records of the run, and has %d", before, after)
	}
}

// TestSizes: it says so where there is no room, goes on as soon as there is, and uses
// all that there is.
func TestSizes(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.write("short.md", shortBook)
	d := s.showOn(tuitest.NewScreen(t, 20, 5), nil, "drill", "short.md")
	d.WaitText("too small")
	d.WaitText("DRILL (exercise)") // there too
	d.Resize(200, 60)
	d.enterAt("Enter  starts the drill")
	d.WaitText(`Enter  tick "First"`)
	if err := d.Straight(); err != nil {
		t.Errorf("at 200 by 60: %v\n%s", err, d.Text())
	}
	if rows := d.Lines(); len(rows) != 60 || strings.TrimSpace(rows[59]) == "" || !strings.HasSuffix(rows[0], "UTC") {
		t.Errorf("it doesn't use the room:\n%s", d.Text())
	}
	d.Resize(80, 24)
	d.WaitFor("all in 80 by 24", func(rows []string) bool { return next(rows) == `tick "First"` && strings.HasSuffix(rows[0], "UTC") })
	if err := d.Straight(); err != nil {
		t.Errorf("at 80 by 24: %v\n%s", err, d.Text())
	}
	d.Resize(20, 5)
	d.WaitText("too small")
	d.Press("ctrl+c", "ctrl+c")
	d.ends(exitOpen)

	d = s.showOn(tuitest.NewScreen(t, 200, 60), nil, "resume")
	d.WaitText(`Enter  tick "First"`)
	d.hears()
	if err := d.Straight(); err != nil {
		t.Errorf("begun at 200 by 60: %v\n%s", err, d.Text())
	}
	d.Press("q")
	d.ends(exitOpen)
}
