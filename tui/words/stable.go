package words

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Clean makes a text of a book, a command or a person fit for a column of the
// screen: all of it shows, and it is as wide everywhere.
func Clean(text string) string { return Stable(Visible(text)) }

// Stable rewrites what terminals don't agree on how wide it is, so that a line
// ends in the same column wherever it is shown. Some give a column or two to
// what readers take for one character: a firefighter emoji, or a letter with
// its vowel sign. Others add up code points, and come to more. Here each code
// point that has a width stands alone, with the marks above and below it; what
// only joins others, or changes how they look, is left out. Texts go through
// Visible first. What comes out is for looking at, not for copying: it may hold
// spaces without width.
func Stable(text string) string {
	if ascii(text) {
		return text
	}
	var b strings.Builder
	before, changed := "", false // the last character that was written; "": a line begins
	for text != "" {
		cluster := first(text)
		text = text[len(cluster):]
		shown, same := cluster, agreed(cluster)
		if !same {
			shown = settle(cluster)
		}
		switch {
		case shown == "":
		case before == "" && ansi.StringWidth(" "+shown) != 1+ansi.StringWidth(shown): // it would join what stands before the line
			b.WriteString(apart)
		case before != "" && (changed || !same) && first(before+shown) != before:
			b.WriteString(apart)
		}
		b.WriteString(shown)
		switch changed = !same; {
		case cluster == "\n":
			before = ""
		case shown != "":
			before = last(shown)
		}
	}
	return b.String()
}

// last is what readers take for the last character of a text.
func last(text string) string {
	for {
		cluster := first(text)
		if len(cluster) == len(text) {
			return cluster
		}
		text = text[len(cluster):]
	}
}

// apart keeps two characters from being taken for one.
const apart = "\u200b"

// settle takes a cluster apart where it has more than one width.
func settle(cluster string) string {
	var parts []string
	for _, r := range compose(am.Replace(cluster)) {
		switch {
		case looksOnly(r):
		case len(parts) == 0 || ansi.StringWidthWc(string(r)) > 0:
			parts = append(parts, string(r))
		default:
			parts[len(parts)-1] += string(r)
		}
	}
	var b strings.Builder
	before := ""
	for _, part := range parts {
		if !agreed(part) {
			part = standIn(part)
		}
		if before != "" && first(before+part) != before {
			b.WriteString(apart)
		}
		b.WriteString(part)
		before = part
	}
	return b.String()
}

// standIn is what stands for a single character that has no one width: half a
// flag is a letter.
func standIn(part string) string {
	const a, z = '\U0001f1e6', '\U0001f1ff'
	if r, _ := utf8.DecodeRuneInString(part); r >= a && r <= z {
		return string('A' + r - a)
	}
	return string(utf8.RuneError)
}

// looksOnly says that a code point has nothing to read: it joins, selects a
// shape, or is a colour of skin.
func looksOnly(r rune) bool {
	const joiner = 0x200d
	return r == joiner || r >= 0xfe00 && r <= 0xfe0f || r >= 0x1f3fb && r <= 0x1f3ff
}

// am writes the Thai and Lao vowel am as the mark and the letter that it is.
var am = strings.NewReplacer("\u0e33", "\u0e4d\u0e32", "\u0eb3", "\u0ecd\u0eb2")

// compose makes syllables of Korean letters, as Unicode computes them: other
// systems write file names in letters.
func compose(text string) string {
	const (
		lead, vowel, tail, syllable = 0x1100, 0x1161, 0x11a7, 0xac00
		leads, vowels, tails        = 19, 21, 28
	)
	var out []rune
	for _, r := range text {
		var last rune
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case last >= lead && last < lead+leads && r >= vowel && r < vowel+vowels:
			out[len(out)-1] = syllable + ((last-lead)*vowels+r-vowel)*tails
		case last >= syllable && last < syllable+leads*vowels*tails && (last-syllable)%tails == 0 && r > tail && r < tail+tails:
			out[len(out)-1] = last + r - tail
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

// agreed says that everybody comes to the same width.
func agreed(text string) bool { return ansi.StringWidth(text) == ansi.StringWidthWc(text) }

// first is what readers take for the first character of a text.
func first(text string) string {
	cluster, _ := ansi.FirstGraphemeCluster(text, ansi.GraphemeWidth)
	return cluster
}

func ascii(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
