package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible makes every character show, line breaks apart: a control character
// as ^ and a letter, one that has no width or turns the direction of text as
// U+FFFD, a tab as blanks. Nothing is obeyed and nothing vanishes, since what
// is shown of a command must be what runs.
func Visible(text string) string {
	if plainText(text) {
		return text
	}
	var b strings.Builder
	col := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		switch {
		case r == '\r' && i < len(text) && text[i] == '\n': // a line break of another system
		case r == '\n':
			b.WriteByte('\n')
			col = -1
		case r == '\t':
			blanks := 8 - col%8
			b.WriteString(strings.Repeat(" ", blanks))
			col += blanks - 1
		case r < 0x20 || r == 0x7f:
			b.WriteByte('^')
			b.WriteByte(byte(r) ^ 0x40)
			col++
		case r >= 0x80 && r < 0xa0, hidden(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
		col++
	}
	return b.String()
}

// plainText says that there is nothing to make visible: most lines.
func plainText(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0x7f || c < 0x20 && c != '\n' {
			return false
		}
	}
	return true
}

// hidden says whether a character can't be seen, or changes how others are
// seen. What joins characters is not among them: scripts and emoji need it.
func hidden(r rune) bool {
	const nonJoiner, joiner = 0x200c, 0x200d
	return r != nonJoiner && r != joiner && unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
