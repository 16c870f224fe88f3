package tuitest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// plainKeys are the keys that have a sequence of their own and, with a modifier, the
// form CSI code ; modifiers u.
var plainKeys = map[string]struct {
	bytes string
	code  int
}{
	"enter":     {"\r", 13},
	"tab":       {"\t", 9},
	"esc":       {"\x1b", 27},
	"space":     {" ", 32},
	"backspace": {"\x7f", 127},
}

// letterKeys end in a letter: CSI letter, or CSI 1 ; modifiers letter.
var letterKeys = map[string]string{
	"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H",
	"f1": "P", "f2": "Q", "f4": "S",
}

// numberKeys have a number: CSI number ~, or CSI number ; modifiers ~.
var numberKeys = map[string]int{
	"insert": 2, "delete": 3, "pgup": 5, "pgdown": 6,
	"f3": 13, "f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24,
}

// modifiers are the bits that a terminal adds to 1.
var modifiers = map[string]int{"shift": 1, "alt": 2, "ctrl": 4}

// encode is what a terminal sends for a key by the name that Bubble Tea gives it:
// "j", "enter", "ctrl+c", "alt+x", "shift+tab", "ctrl+left". Escape, and alt with a
// character, have a form that leaves no doubt if it is asked for, as terminals with
// the Kitty protocol send it; after a bare escape a program has to wait for what
// follows.
func encode(name string, disambiguate bool) (string, error) {
	base, bits := name, 0
	for {
		prefix, rest, found := strings.Cut(base, "+")
		bit, known := modifiers[prefix]
		if !found || !known || rest == "" {
			break
		}
		base, bits = rest, bits|bit
	}
	mods := strconv.Itoa(1 + bits)
	switch letter, number := letterKeys[base], numberKeys[base]; {
	case letter != "" && bits == 0 && strings.HasPrefix(base, "f"):
		return "\x1bO" + letter, nil
	case letter != "" && bits == 0:
		return "\x1b[" + letter, nil
	case letter != "":
		return "\x1b[1;" + mods + letter, nil
	case number != 0 && bits == 0:
		return fmt.Sprintf("\x1b[%d~", number), nil
	case number != 0:
		return fmt.Sprintf("\x1b[%d;%s~", number, mods), nil
	}
	if key, found := plainKeys[base]; found {
		switch {
		case bits == 0 && (base != "esc" || !disambiguate):
			return key.bytes, nil
		case base == "tab" && bits == modifiers["shift"]:
			return "\x1b[Z", nil
		}
		return fmt.Sprintf("\x1b[%d;%su", key.code, mods), nil
	}
	return encodeRune(name, base, bits, disambiguate)
}

// encodeRune is a key that stands for a character.
func encodeRune(name, base string, bits int, disambiguate bool) (string, error) {
	r, size := utf8.DecodeRuneInString(base)
	if base == "" || size != len(base) || r == utf8.RuneError || r < ' ' {
		return "", fmt.Errorf("no key is called %q", name)
	}
	switch {
	case bits == 0:
		return base, nil
	case bits == modifiers["ctrl"] && r >= 'a' && r <= 'z' && !strings.ContainsRune("him", r):
		return string(r & 0x1f), nil
	case bits == modifiers["alt"] && !disambiguate && r < 0x7f && !strings.ContainsRune("[]OP^_X", r):
		return "\x1b" + base, nil
	}
	// ctrl+i, ctrl+m and ctrl+h have the byte of another key, and some characters after
	// an escape begin a sequence.
	return fmt.Sprintf("\x1b[%d;%du", r, 1+bits), nil
}

// click is what a terminal sends for a click of the left button on a cell, if the
// program asked for the mouse.
func click(x, y int) string {
	return fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x+1, y+1, x+1, y+1)
}

// pasted is what a terminal sends for a text that is pasted.
func (s *Screen) pasted(text string) string {
	if !s.Mode(ansi.ModeBracketedPaste) {
		return text
	}
	return ansi.BracketedPasteStart + text + ansi.BracketedPasteEnd
}
