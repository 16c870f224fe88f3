package report

import (
	"fmt"
	"strings"
	"unicode"
)

// visible makes every character one that can be seen: control characters
// become their pictures (ESC is ␛), those that turn or hide text become their
// code points, and bytes that are no UTF-8 become U+FFFD. keep lists the control
// characters that stay.
func visible(text, keep string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var out strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune(keep, r):
			out.WriteRune(r)
		case r < 0x20:
			out.WriteRune(0x2400 + r)
		case r == 0x7f:
			out.WriteRune('␡')
		case r == 0x2028 || r == 0x2029 || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) && r != 0x200d:
			fmt.Fprintf(&out, "(U+%04X)", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// inline escapes text so that Markdown shows it as it is, on one line and with
// no meaning of its own: no markup, no HTML, no end of a table's cell. A line
// break becomes ⏎. Underscores within a word are left alone, since they mean
// nothing there and names are full of them.
func inline(text string) string {
	text = strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n")
	runes := []rune(visible(text, "\n"))
	var out strings.Builder
	for i, r := range runes {
		switch r {
		case '\n':
			out.WriteString(" ⏎ ")
			continue
		case '\\', '`', '*', '[', ']', '<', '>', '|', '~', '$', '&':
			out.WriteByte('\\')
		case '_':
			if !wordAt(runes, i-1) || !wordAt(runes, i+1) {
				out.WriteByte('\\')
			}
		}
		out.WriteRune(r)
	}
	return out.String()
}

func wordAt(runes []rune, i int) bool {
	return i >= 0 && i < len(runes) && (runes[i] == '_' || unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i]))
}

// opening is inline for text that begins a line, where a heading, a list, a
// quotation or a rule could begin.
func opening(text string) string {
	text = inline(text)
	if text == "" {
		return text
	}
	if strings.ContainsRune("#-+=:", rune(text[0])) {
		return `\` + text
	}
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if digits > 0 && digits < len(text) && (text[digits] == '.' || text[digits] == ')') {
		return text[:digits] + `\` + text[digits:]
	}
	return text
}

// fence puts text in a fenced block whose fence is longer than any run of
// backticks within it.
func fence(text string) string {
	text = visible(strings.ReplaceAll(text, "\r\n", "\n"), "\n\t")
	longest, run := 2, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	bar := strings.Repeat("`", longest+1)
	return bar + "text\n" + strings.TrimRight(text, "\n") + "\n" + bar + "\n"
}

// width is how many columns of a terminal a text takes, near enough to line up
// a table's columns in plain text.
func width(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r) || r == 0x200d || r >= 0xfe00 && r <= 0xfe0f:
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff,
		r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0xffe0 && r <= 0xffe6,
		r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return true
	}
	return false
}
