package tui

import (
	"image/color"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"

	"lifeboat/runbook"
	"lifeboat/tui/tuitest"
)

// contrast is that of a cell, on a terminal with its own two colours.
func contrast(c uv.Cell, foreground, background color.Color) float64 {
	fg, bg := c.Style.Fg, c.Style.Bg
	if fg == nil {
		fg = foreground
	}
	if bg == nil {
		bg = background
	}
	return tuitest.Contrast(fg, bg)
}

// TestRules_9_contrast: every character of every screen can be read, as it comes out
// at the terminal: on black and on the dark grey that many have, and on white.
func TestRules_9_contrast(t *testing.T) {
	t.Parallel()
	grey := func(v uint8) color.Color { return color.RGBA{v, v, v, 0xff} }
	for kind, terminals := range map[string][][2]color.Color{
		"dark":  {{grey(0xdd), grey(0x00)}, {grey(0xdd), grey(0x1e)}},
		"light": {{grey(0x22), grey(0xff)}},
	} {
		rules(t, runbook.Live, setting{theme: kind, term: tuitest.Options{Light: kind == "light"}}, func(s *story) {
			s.everywhere(func(name string) {
				for _, colours := range terminals {
					weak := s.Runs(func(c uv.Cell) bool { return c.Content != " " && contrast(c, colours[0], colours[1]) < 4.5 })
					if len(weak) > 0 {
						t.Errorf("%s, %s on %v: %q can't be read well", kind, name, colours[1], weak)
					}
				}
			})
		})
	}
}
