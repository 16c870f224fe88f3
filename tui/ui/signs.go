package ui

import "strings"

// Signs are the characters that a terminal can show.
type Signs int

// The sets of signs. Whatever is drawn is drawn with those of Unicode, each one
// cell wide, and put into the others at the very end: one sign for one sign, so
// that nothing moves.
const (
	Unicode Signs = iota
	Console       // what the fonts of a Linux console have
	ASCII
)

// The signs of states, each with a meaning of its own, so that no colour is
// needed.
const (
	SignDone    = "✓"
	SignFailed  = "✗"
	SignHere    = "▶"
	SignOpen    = "○"
	SignRunning = "◇"
	SignGone    = "–" // left out, not taken, not exercised
	SignUnsure  = "?"
	Dot         = "·"
	More        = "…"
	SignLive    = "●"
	SignDrill   = "○"
	SignBar     = "│" // before what a command printed
	SignFold    = "↳" // before what is folded of a command
)

type replacer = strings.Replacer

func (s Signs) replacer() *replacer {
	switch s {
	case Console:
		return strings.NewReplacer(
			SignDone, "√", SignFailed, "x", SignHere, "►", SignRunning, "*", SignGone, "-", More, "~", SignLive, "■", SignFold, "\\",
			"▉", "█", "▊", "█", "▋", "▌", "▍", "▌", "▎", "▌", "▏", " ",
		)
	case ASCII:
		return strings.NewReplacer(
			SignDone, "v", SignFailed, "x", SignHere, ">", SignOpen, "o", SignRunning, "*", SignGone, "-", Dot, ".", More, "~", SignLive, "#", SignFold, "\\",
			"│", "|", "─", "-", "┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+", "┬", "+", "┴", "+",
			"║", "|", "═", "=", "╔", "#", "╗", "#", "╚", "#", "╝", "#", "╦", "#", "╩", "#",
			"█", "#", "▉", "#", "▊", "#", "▋", "#", "▌", "#", "▍", "=", "▎", "=", "▏", "-", "░", ".",
			"↓", "v", "↑", "^", "←", "<", "→", ">",
		)
	case Unicode:
	}
	return nil
}

// Signs puts a frame into the signs that the terminal has.
func (t *Theme) Signs(frame string) string {
	if t.glyphs == nil {
		return frame
	}
	return t.glyphs.Replace(frame)
}
