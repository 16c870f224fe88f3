package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells a line takes. Text that people wrote goes through
// words.Clean first, so that every terminal agrees.
func Width(line string) int {
	for i := range len(line) {
		if c := line[i]; c < ' ' || c > '~' {
			return ansi.StringWidth(line)
		}
	}
	return len(line) // most lines are as plain as that
}

// Cut shortens a line to a width; what is cut shows as an ellipsis.
func Cut(line string, width int) string {
	if width <= 0 {
		return ""
	}
	if Width(line) <= width {
		return line
	}
	return ansi.Truncate(line, width, More)
}

// Fit makes a line exactly as wide as asked: cut, or filled with blanks.
func Fit(line string, width int) string {
	wide := Width(line)
	if wide > width {
		line = Cut(line, width)
		wide = Width(line)
	}
	return line + strings.Repeat(" ", max(0, width-wide))
}

// Right puts a text at the right end of its width.
func Right(line string, width int) string {
	line = Cut(line, width)
	return strings.Repeat(" ", max(0, width-Width(line))) + line
}

// Wrap folds plain text between words into lines of at most width cells; a word
// that is longer is broken. Nothing else is: a hyphen may be part of a name that
// is to be typed. Further lines are indented by hang.
func Wrap(text string, width, hang int) []string {
	width = max(width, 1)
	if hang >= width/2 {
		hang = 0
	}
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		first, rest := breakAt(line, width)
		out = append(out, first)
		for rest != "" {
			first, rest = breakAt(rest, width-hang)
			out = append(out, strings.Repeat(" ", hang)+first)
		}
	}
	return out
}

// Fold breaks a command into lines of at most width cells, with a sign before
// what goes on, so that all of it can be read and nothing is taken for a line of
// its own.
func Fold(line string, width int) []string {
	const sign = SignFold + " "
	first, rest := breakAt(line, max(width, 1))
	out := []string{first}
	for rest != "" {
		first, rest = breakAt(rest, max(width-Width(sign), 1))
		out = append(out, sign+first)
	}
	return out
}

// breakAt cuts a line before the first word that doesn't fit, or in it if it is
// the only one.
func breakAt(line string, width int) (first, rest string) {
	if Width(line) <= width {
		return line, ""
	}
	fits := ansi.Truncate(line, width, "")
	if fits == "" { // not even one character: it has to go somewhere
		_, size := utf8.DecodeRuneInString(line)
		return line[:size], line[size:]
	}
	if line[len(fits)] == ' ' {
		return strings.TrimRight(fits, " "), strings.TrimLeft(line[len(fits):], " ")
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if at := strings.LastIndexByte(fits, ' '); at >= indent && at > 0 {
		return strings.TrimRight(line[:at], " "), line[at+1:]
	}
	return fits, line[len(fits):]
}

// Beside puts one text at the left and one at the right end of a line. When
// there isn't room for both, the left one is cut.
func Beside(left, right string, width int) string {
	if right == "" {
		return Fit(left, width)
	}
	right = Cut(right, width)
	return Fit(Cut(left, width-Width(right)-1), width-Width(right)) + right
}

// Beyond says how many lines are hidden above and below what is shown; "": none.
func Beyond(above, below int) string {
	switch {
	case above > 0 && below > 0:
		return fmt.Sprintf("%s above, %d below", lines(above), below)
	case above > 0:
		return lines(above) + " above"
	case below > 0:
		return lines(below) + " below"
	}
	return ""
}

func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}

// Window gives at most height lines around a place, and how many are hidden
// before it: the place stays in sight, from wherever the view stood.
func Window(total, height, top, from, to int) int {
	if to >= top+height {
		top = to - height + 1
	}
	if from < top {
		top = from
	}
	return max(0, min(top, total-height))
}
