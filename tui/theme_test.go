package tui

import (
	"image/color"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"lifeboat/runbook"
	"lifeboat/tui/tuitest"
	"lifeboat/tui/ui"
)

// TestThemes: each theme and each set of signs can show a busy screen, and what is
// shown with ASCII is ASCII.
func TestThemes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"dark", "light", "16", "none"} {
		for name, signs := range map[string]ui.Signs{"unicode": ui.Unicode, "console": ui.Console, "ascii": ui.ASCII} {
			if kind != "dark" && kind != "none" && signs != ui.Unicode {
				continue // signs are put in at the very end, whatever the colours
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				o := setting{shelf: []shelved{{"shop", shop}}, theme: kind, signs: signs, term: tuitest.Options{Light: kind == "light"}}
				o.change = func(w *world) { shopPlays(w); w.roles = map[string]string{"commander": "zoe"} }
				tell(t, o, func(s *story) {
					s.loose = true // "+ Title" is no corner of a box for who checks them
					s.press("d")
					s.begins("-12m")
					declared(s)
					s.press("enter")
					s.passes(3 * time.Second)
					s.w.elsewhere(runbook.CommandPassed{From: "ann", To: "zoe"})
					s.loose = signs == ui.ASCII
					s.passes(3 * time.Second)
					if kind == "none" || kind == "dark" && signs != ui.Unicode {
						s.Golden(t, "busy."+kind+"."+name)
					}
					want := map[string]color.Color{"16": ansi.Cyan}[kind]
					if kind == "dark" || kind == "light" {
						want = color.RGBA{0x0f, 0x5f, 0x66, 0xff}
					}
					if got := s.Cell(0, 0).Style.Bg; got != want {
						t.Errorf("the bar of a drill is on %v, want %v", got, want)
					}
					for _, r := range s.Text() {
						if signs == ui.ASCII && r > 0x7e {
							t.Errorf("%q is no ASCII", r)
						}
					}
				})
			})
		}
	}
}

// TestThemes_ascii: on every screen all that is lifeboat's own is ASCII.
func TestThemes_ascii(t *testing.T) {
	t.Parallel()
	rules(t, runbook.Live, setting{signs: ui.ASCII}, func(s *story) {
		s.everywhere(func(name string) {
			for _, r := range s.Text() {
				if r > 0x7e {
					t.Errorf("%s shows %q", name, r)
				}
			}
		})
	})
}

// TestThemes_auto: the theme follows what the terminal says of itself.
func TestThemes_auto(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o    tuitest.Options
		want string
	}{
		{tuitest.Options{}, "dark"},
		{tuitest.Options{Light: true}, "light"},
		{tuitest.Options{Profile: colorprofile.ANSI}, "16"},
		{tuitest.Options{Profile: colorprofile.ASCII}, "none"},
	} {
		tell(t, setting{shelf: []shelved{{"book", two}}, term: c.o}, func(s *story) {
			if got := s.app.Theme().Kind; got != c.want {
				t.Errorf("the theme is %q, want %q", got, c.want)
			}
		})
	}
}
