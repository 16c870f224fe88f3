package doc

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"lifeboat/tui/ui"
)

// A part of a text is one line of it.
type part struct{ from, to int }

// character is the length and the width of what a reader takes for one
// character.
func character(s string, at int) (bytes, cells int) {
	if s[at] < utf8.RuneSelf && (at+1 == len(s) || s[at+1] < utf8.RuneSelf) {
		if s[at] < ' ' {
			return 1, 0
		}
		return 1, 1
	}
	c, cells := ansi.FirstGraphemeCluster(s[at:], ansi.GraphemeWidth)
	return len(c), cells
}

// fold cuts text into lines of at most width cells, between words where it can,
// and where its author did. Blanks at the ends of lines are no part of them.
func fold(s string, width int) []part {
	var out []part
	from, cells := 0, 0
	end, next, after := -1, 0, 0 // the last place to fold at: where the line would end, the next one begin, and the cells up to there
	last := rune(0)
	cut := func(to, begin, left int) {
		out = append(out, part{from, to})
		from, cells, end = begin, left, -1
	}
	for i := 0; i < len(s); {
		n, w := character(s, i)
		r, _ := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n':
			cut(i, i+1, 0)
			w, r = 0, 0
		case r == ' ' && n == 1:
			if i == from && len(out) > 0 && s[i-1] != '\n' { // more blanks than one, in code
				from, w = i+1, 0
				break
			}
			if last != ' ' {
				end = i
			}
			next, after = i+1, cells+1
		case i > from && last != ' ' && breaks(last, r):
			end, next, after = i, i, cells
		}
		for r != ' ' && r != 0 && cells+w > width && i > from {
			if end > from {
				cut(end, next, cells-after)
			} else {
				cut(i, i, 0)
			}
		}
		cells += w
		i += n
		last = r
	}
	if from < len(s) {
		to := len(strings.TrimRight(s, " "))
		if to > from {
			cut(to, len(s), 0)
		}
	}
	return out
}

// Scripts that are written without blanks are folded between any two of their
// characters, but for a few that no line begins or ends with.
const (
	noStart = "。、，．：；！？）」』】〉》〕ー々…·％"
	noEnd   = "（「『【〈《〔"
)

func breaks(before, after rune) bool {
	if before < 0x2e80 && after < 0x2e80 || strings.ContainsRune(noStart, after) || strings.ContainsRune(noEnd, before) {
		return false
	}
	return solid(before) || solid(after)
}

func solid(r rune) bool {
	return r >= 0x2e80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || strings.ContainsRune(noStart+noEnd, r))
}

// foldCode cuts a line of code into parts that make it up again without a
// character lost. There is room for a sign before all but the first. It cuts
// behind a blank if one is near, else where the width ends.
func foldCode(s string, width int) []part {
	var out []part
	from, cells, blank, upTo := 0, 0, 0, 0
	for i := 0; i < len(s); {
		n, w := character(s, i)
		if cells+w > width && i > from {
			to, have := i, cells
			if blank > from && upTo > width/2 {
				to, have = blank, upTo
			}
			out = append(out, part{from, to})
			if len(out) == 1 {
				width -= 2
			}
			from, cells = to, cells-have
			continue
		}
		i, cells = i+n, cells+w
		if n == 1 && s[i-1] == ' ' {
			blank, upTo = i, cells
		}
	}
	return append(out, part{from, len(s)})
}

// anchor keeps the first character of a line from being taken for a part of
// what stands before the line.
func anchor(line string) string {
	if line == "" || line[0] < utf8.RuneSelf {
		return ""
	}
	if c, _ := ansi.FirstGraphemeCluster(" "+line[:min(len(line), 64)], ansi.GraphemeWidth); c != " " {
		return string(utf8.RuneError)
	}
	return ""
}

// A look is what a theme puts around text in one role.
type look struct {
	before, after string
}

// paint gives text the look of a role.
func (l *layout) paint(r ui.Role, text string) string {
	if text == "" || r == ui.Plain || l.o.Theme == nil {
		return text
	}
	k, ok := l.looks[r]
	if !ok {
		k.before, k.after, _ = strings.Cut(l.o.Theme.Paint(r, "x"), "x")
		l.looks[r] = k
	}
	return k.before + text + k.after
}

// painted is a part of a text with the looks of its roles.
func (l *layout) painted(s styled, p part) string {
	var b strings.Builder
	from := p.from
	first := sort.Search(len(s.spans), func(i int) bool { return s.spans[i].end > from })
	for _, sp := range s.spans[first:] {
		if from >= p.to {
			break
		}
		to := max(from, min(sp.end, p.to))
		b.WriteString(l.paint(sp.role, s.text[from:to]))
		from = to
	}
	b.WriteString(s.text[from:p.to])
	return b.String()
}

// clean makes text fit to be shown, line breaks apart: by what the caller wants
// done with it, and then by what has to be done with any text.
func (l *layout) clean(text string) string {
	if l.o.Clean != nil {
		text = l.o.Clean(text)
	}
	return tame(text)
}

// tame lets no control character through.
func tame(text string) string {
	if i := strings.IndexFunc(text, wild); i < 0 && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	col := 0
	for _, r := range strings.ToValidUTF8(text, string(utf8.RuneError)) {
		switch {
		case r == '\n':
			col = -1
			b.WriteByte('\n')
		case r == '\t':
			blanks := 8 - col%8
			col += blanks - 1
			b.WriteString(strings.Repeat(" ", blanks))
		case wild(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
		col++
	}
	return b.String()
}

func wild(r rune) bool { return unicode.IsControl(r) && r != '\n' }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
