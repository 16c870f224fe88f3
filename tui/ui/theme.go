package ui

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// A Role says what a piece of text is, not how it looks.
type Role int

// The roles. Bold is the only bold one: a screen has one thing that is bold, the
// key to press next.
const (
	Plain    Role = iota
	Faint         // of less weight: labels, what is over
	Bold          // the key that goes on
	Heading       // of a document or a list
	Code          // commands and what stands in backticks
	Strong        // what an author stressed
	Link          // where a link leads
	Output        // what a command printed
	Good          // done, met
	Warn          // soon too late, different, unknown
	Bad           // failed, missed, over
	Here          // where the walk or the cursor stands
	Selected      // the row of a list that Enter takes
	Edge          // frames
	Alarm         // what has to be seen now
	LiveBar       // the status line of a live run ...
	DrillBar      // ... of a drill ...
	CalmBar       // ... and where nothing runs
	roles
)

// Kinds are the names of the themes, as --theme takes them. "auto" asks the
// terminal whether it is dark.
func Kinds() []string { return []string{"auto", "dark", "light", "16", "none"} }

// A Theme gives every role its look. It is not changed once it is made.
type Theme struct {
	Kind   string // dark, light, 16 or none
	paint  [roles]struct{ on, off string }
	glyphs *replacer
}

// NewTheme makes a theme of a kind other than auto. Signs says which characters
// the terminal can show.
func NewTheme(kind string, signs Signs) (*Theme, error) {
	t := &Theme{Kind: kind, glyphs: signs.replacer()}
	palette, ok := palettes[kind]
	if !ok {
		return nil, fmt.Errorf("no theme %q", kind)
	}
	for r := range roles {
		look := palette[r]
		s := lipgloss.NewStyle().Bold(r == Bold).Underline(r == Heading || r == Link).Reverse(look.reverse)
		if look.fg != "" {
			s = s.Foreground(hue(kind, look.fg))
		}
		if look.bg != "" {
			s = s.Background(hue(kind, look.bg))
		}
		// Painted once: lipgloss writes a sequence for each character of what is
		// underlined, which tears characters of several code points apart.
		t.paint[r].on, t.paint[r].off, _ = strings.Cut(s.Render("x"), "x")
	}
	return t, nil
}

// look is how a role looks: colours as "#rrggbb", or as a number of the
// terminal's own sixteen.
type look struct {
	fg, bg  string
	reverse bool
}

// Colours of the dark and the light theme have a contrast of at least 4.5 to 1
// to what they stand on (WCAG 1.4.3); a test holds them to it.
var palettes = map[string]map[Role]look{
	"dark": {
		Faint: {fg: "#9aa0a8"}, Bold: {fg: "#ffffff"}, Heading: {fg: "#d7dae0"}, Code: {fg: "#9cc4f5"}, Strong: {fg: "#ffffff"}, Link: {fg: "#8ab4f8"},
		Output: {fg: "#b6bcc6"}, Good: {fg: "#7fcf8f"}, Warn: {fg: "#e6c06c"}, Bad: {fg: "#ff8a80"}, Here: {fg: "#f2f4f8"}, Selected: {reverse: true},
		Edge: {fg: "#868c96"}, Alarm: {fg: "#1b1300", bg: "#e6c06c"},
		LiveBar: {fg: "#ffffff", bg: "#b3261e"}, DrillBar: {fg: "#ffffff", bg: "#0f5f66"}, CalmBar: {fg: "#e6e8ec", bg: "#3a3f47"},
	},
	"light": {
		Faint: {fg: "#5c6168"}, Bold: {fg: "#000000"}, Heading: {fg: "#1d1f23"}, Code: {fg: "#0b4fa8"}, Strong: {fg: "#000000"}, Link: {fg: "#0b57d0"},
		Output: {fg: "#454a52"}, Good: {fg: "#166b2d"}, Warn: {fg: "#7a4f00"}, Bad: {fg: "#a8201a"}, Here: {fg: "#000000"}, Selected: {reverse: true},
		Edge: {fg: "#6a6f77"}, Alarm: {fg: "#1b1300", bg: "#f0c04a"},
		LiveBar: {fg: "#ffffff", bg: "#b3261e"}, DrillBar: {fg: "#ffffff", bg: "#0f5f66"}, CalmBar: {fg: "#1d1f23", bg: "#d5d8dd"},
	},
	"16": {
		Code: {fg: "6"}, Link: {fg: "6"}, Good: {fg: "2"}, Warn: {fg: "3"}, Bad: {fg: "1"}, Selected: {reverse: true},
		Alarm: {fg: "0", bg: "3"}, LiveBar: {fg: "7", bg: "1"}, DrillBar: {fg: "0", bg: "6"}, CalmBar: {reverse: true},
	},
	"none": {
		Selected: {reverse: true}, Alarm: {reverse: true}, LiveBar: {reverse: true}, CalmBar: {},
	},
}

func hue(kind, name string) color.Color {
	if kind == "16" {
		return ansi.BasicColor(name[0] - '0')
	}
	return lipgloss.Color(name)
}

// Paint gives text the look of a role. Text has no line break.
func (t *Theme) Paint(r Role, text string) string {
	if r == Plain || text == "" {
		return text
	}
	return t.paint[r].on + text + t.paint[r].off
}

// Lines folds text between words, as Wrap does, and gives it the look of a role.
func (t *Theme) Lines(r Role, text string, width, hang int) []string {
	out := Wrap(text, width, hang)
	for i := range out {
		out[i] = t.Paint(r, out[i])
	}
	return out
}

// Known says whether a name is one of Kinds.
func Known(kind string) bool { return slices.Contains(Kinds(), kind) }
