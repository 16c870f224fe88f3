package ui

import (
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lifeboat/tui/tuitest"
)

// colour reads a colour of a palette.
func colour(t *testing.T, name string) color.Color {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(name, "#"), 16, 32)
	if err != nil || len(name) != 7 {
		t.Fatalf("%q is no colour", name)
	}
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 0xff}
}

// contrast is that of two colours, from 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	return tuitest.Contrast(colour(t, a), colour(t, b))
}

// TestContrast: whatever has a colour can be read on what it stands on: its own
// background, or that of the terminals that the theme is for.
func TestContrast(t *testing.T) {
	if got := contrast(t, "#000000", "#ffffff"); math.Abs(got-21) > 0.01 {
		t.Fatalf("black on white has a contrast of %.2f", got)
	}
	if got := contrast(t, "#777777", "#ffffff"); got < 4.4 || got > 4.5 {
		t.Fatalf("the well-known grey has a contrast of %.2f", got)
	}
	for kind, terminals := range map[string][]string{"dark": {"#000000", "#0c0c0c", "#121212", "#1e1e1e"}, "light": {"#ffffff"}} {
		for role := range roles {
			l := palettes[kind][role]
			if l.fg == "" {
				if l.bg != "" {
					t.Errorf("%s: role %d has a background, and leaves what stands on it to chance", kind, role)
				}
				continue
			}
			on := terminals
			if l.bg != "" {
				on = []string{l.bg}
			}
			for _, bg := range on {
				if got := contrast(t, l.fg, bg); got < 4.5 {
					t.Errorf("%s: role %d, %s on %s, has a contrast of %.2f", kind, role, l.fg, bg, got)
				}
			}
		}
	}
}

// coloured finds a sequence that sets a colour.
var coloured = regexp.MustCompile(`[\[;](3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]`)

// TestThemes_roles: every theme of colours tells the roles apart that mean something,
// one role alone is bold, and the theme without colours has none.
func TestThemes_roles(t *testing.T) {
	for _, kind := range Kinds()[1:] {
		theme, err := NewTheme(kind, Unicode)
		if err != nil {
			t.Fatal(err)
		}
		for role := Plain + 1; role < roles; role++ {
			text := theme.Paint(role, "x")
			if Width(text) != 1 {
				t.Errorf("%s: role %d is %q", kind, role, text)
			}
			if bold := strings.Contains(text, "\x1b[1m") || strings.Contains(text, "\x1b[1;"); bold != (role == Bold) {
				t.Errorf("%s: role %d is %q", kind, role, text)
			}
			if kind == "none" && coloured.MatchString(text) {
				t.Errorf("none: role %d has a colour: %q", role, text)
			}
		}
		if theme.Paint(LiveBar, "x") == theme.Paint(DrillBar, "x") {
			t.Errorf("%s: live and drill look alike", kind)
		}
		if kind != "none" && (theme.Paint(Good, "x") == theme.Paint(Bad, "x") || theme.Paint(Warn, "x") == theme.Paint(Bad, "x")) {
			t.Errorf("%s: good, warning and bad look alike", kind)
		}
	}
	if _, err := NewTheme("pink", Unicode); err == nil {
		t.Error("there is a pink theme")
	}
	if _, err := NewTheme("auto", Unicode); err == nil {
		t.Error("auto is a look of its own")
	}
	if !Known("auto") || Known("pink") {
		t.Error("the names of themes are others")
	}
}

// TestSigns: each sign has one of the same width in every set, those of different
// states stay different, and ASCII has none of its own.
func TestSigns(t *testing.T) {
	states := []string{SignDone, SignFailed, SignHere, SignOpen, SignRunning, SignGone, SignUnsure, "!"}
	all := strings.Join(states, "") + Dot + More + SignLive + SignDrill + SignBar + SignFold + "─│┌┐└┘═║╔╗╚╝█▉▊▋▌▍▎▏░↓↑←→"
	for _, signs := range []Signs{Unicode, Console, ASCII} {
		theme, err := NewTheme("none", signs)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for _, sign := range states {
			shown := theme.Signs(sign)
			if other, taken := seen[shown]; taken {
				t.Errorf("set %d shows %s and %s as %s", signs, sign, other, shown)
			}
			seen[shown] = sign
		}
		if theme.Signs(SignLive) == theme.Signs(SignDrill) {
			t.Errorf("set %d: live and drill have one sign", signs)
		}
		for _, r := range all {
			shown := theme.Signs(string(r))
			if Width(shown) != 1 || signs == ASCII && shown[0] > 0x7e {
				t.Errorf("set %d shows %q as %q", signs, r, shown)
			}
		}
	}
}
