package ui

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells a line takes. Text that people wrote goes through
// words.Visible and words.Stable first, so that every terminal agrees.
func Width(line string) int { return ansi.StringWidth(line) }

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
	line = Cut(line, width)
	return line + strings.Repeat(" ", max(0, width-Width(line)))
}

// Right puts a text at the right end of its width.
func Right(line string, width int) string {
	line = Cut(line, width)
	return strings.Repeat(" ", max(0, width-Width(line))) + line
}

// Wrap folds text between words into lines of at most width cells; a word that
// is longer is broken. Further lines are indented by hang.
func Wrap(text string, width, hang int) []string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, wrapLine(line, max(width, 1), hang)...)
	}
	return out
}

func wrapLine(line string, width, hang int) []string {
	if Width(line) <= width {
		return []string{line}
	}
	if hang >= width/2 {
		hang = 0
	}
	out := strings.Split(lipgloss.Wrap(line, width-hang, ""), "\n")
	for i := range out[1:] {
		out[i+1] = strings.Repeat(" ", hang) + out[i+1]
	}
	return out
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
		return fmt.Sprintf("%d lines above, %d below", above, below)
	case above > 0:
		return fmt.Sprintf("%d lines above", above)
	case below > 0:
		return fmt.Sprintf("%d lines below", below)
	}
	return ""
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
