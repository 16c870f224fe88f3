package output

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// LineMost is the number of characters of a line that Lines shows.
const LineMost = 8192

const sequenceMost = 4096 // bytes of a control sequence; what is longer is none

// Lines turns output into the lines that a terminal would be left with, as
// plain text: colours, titles, bells and every other control sequence are
// gone; a carriage return, backspace or erased line shows as its last state; a
// tab is blanks up to the next eighth column; bytes that are no UTF-8, and
// characters that turn the direction of text, show as U+FFFD. Each line is
// redacted once more, since a colour may have stood inside a secret. It moves
// nothing up or down. A line over LineMost is cut, and says how much is left
// out. It is for one goroutine.
type Lines struct {
	r     *Redactor
	line  []rune
	col   int
	over  int64 // characters that didn't fit
	state state
	seq   []byte // parameters of a CSI sequence
	used  int    // bytes of the sequence
	part  []byte // the beginning of a character
}

type state uint8

const (
	ground state = iota
	escape
	escapeMore // ESC and an intermediate byte
	csi
	text       // inside OSC, DCS, SOS, PM or APC
	textEscape // ESC inside it: the terminator, or a new sequence
)

// NewLines makes lines of output that r redacts.
func NewLines(r *Redactor) *Lines { return &Lines{r: r} }

// Feed takes output in, cut anywhere, and calls line with each finished one.
func (l *Lines) Feed(p []byte, line func(string)) {
	for i := 0; i < len(p); {
		if l.state == ground && len(l.part) == 0 {
			n := printable(p[i:])
			if l.idle() && i+n < len(p) && p[i+n] == '\n' && n <= LineMost {
				line(l.r.String(string(p[i : i+n])))
				i += n + 1
				continue
			}
			for _, c := range p[i : i+n] {
				l.put(rune(c))
			}
			if i += n; i == len(p) {
				return
			}
		}
		i += l.one(p[i:], line)
	}
}

// Partial is the unfinished line as it stands: a prompt, or progress.
func (l *Lines) Partial() string {
	s := l.r.String(string(l.line))
	if l.over > 0 {
		s += fmt.Sprintf(" [%d more characters]", l.over)
	}
	return s
}

// Close ends the last line, if it has anything.
func (l *Lines) Close(line func(string)) {
	if len(l.part) > 0 {
		l.part = nil
		l.put(utf8.RuneError)
	}
	l.state = ground
	if !l.idle() {
		l.end(line)
	}
}

func (l *Lines) idle() bool { return len(l.line) == 0 && l.col == 0 && l.over == 0 }

func (l *Lines) end(line func(string)) {
	line(l.Partial())
	l.line, l.col, l.over = l.line[:0], 0, 0
}

func printable(p []byte) int {
	n := 0
	for n < len(p) && p[n] >= 0x20 && p[n] < 0x7f {
		n++
	}
	return n
}

// one takes the next character or byte and gives how many bytes that was.
func (l *Lines) one(p []byte, line func(string)) int {
	c, n, ok := l.decode(p)
	if !ok {
		return n
	}
	if l.state == ground || !l.sequence(c) {
		l.ground(c, line)
	}
	return n
}

// decode gives the next character; not ok: more bytes are needed.
func (l *Lines) decode(p []byte) (c rune, n int, ok bool) {
	if len(l.part) == 0 && p[0] < utf8.RuneSelf {
		return rune(p[0]), 1, true
	}
	had := len(l.part)
	l.part = append(l.part, p[:min(len(p), utf8.UTFMax-had)]...)
	if !utf8.FullRune(l.part) {
		return 0, len(l.part) - had, false
	}
	c, size := utf8.DecodeRune(l.part)
	if size < had { // what was held is no character: its bytes come one by one
		l.part = append(l.part[:0], l.part[size:had]...)
		return c, 0, true
	}
	l.part = l.part[:0]
	return c, size - had, true
}

// ground takes a character outside of any sequence.
func (l *Lines) ground(c rune, line func(string)) {
	switch {
	case c == '\n' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029:
		l.end(line)
	case c == '\r':
		l.col, l.over = 0, 0
	case c == '\b':
		l.col = max(0, l.col-1)
	case c == '\t':
		for n := 8 - l.col%8; n > 0; n-- {
			l.put(' ')
		}
	case c == 0x1b:
		l.begin(escape)
	case c == 0x9b:
		l.begin(csi)
	case c == 0x90 || c == 0x98 || c >= 0x9d && c <= 0x9f:
		l.begin(text)
	case c < 0x20 || c >= 0x7f && c < 0xa0: // bells, and what no terminal shows
	case c == 0x200b || c == 0x2060 || c == 0xfeff || c == 0xad: // no width: could stand inside a secret
	case c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x200e || c == 0x200f || c == 0x61c:
		l.put(utf8.RuneError)
	default:
		l.put(c)
	}
}

func (l *Lines) begin(s state) { l.state, l.seq, l.used = s, l.seq[:0], 0 }

// sequence takes a character inside a control sequence. False: it ended before
// this character, which stands for itself.
func (l *Lines) sequence(c rune) bool {
	l.used++
	switch {
	case c == 0x18 || c == 0x1a: // cancelled
		l.state = ground
		return true
	case c == '\n' || l.used > sequenceMost: // nobody meant to hide a line
		l.state = ground
		return false
	}
	switch l.state {
	case ground: // no sequence is open
	case escape, escapeMore:
		switch {
		case l.state == escape && c == '[':
			l.begin(csi)
		case l.state == escape && strings.ContainsRune("]PX^_", c):
			l.begin(text)
		case c >= 0x20 && c < 0x30:
			l.state = escapeMore
		case c == 0x1b:
			l.begin(escape)
		default:
			l.state = ground
			return c >= 0x30 && c < 0x7f
		}
	case csi:
		switch {
		case c >= 0x40 && c < 0x7f:
			l.state = ground
			l.move(byte(c))
		case c >= 0x20 && c < 0x40:
			l.seq = append(l.seq, byte(c))
		case c == 0x1b:
			l.begin(escape)
		case c == '\r' || c == '\b' || c == '\t':
			l.ground(c, nil) // a terminal obeys these inside a sequence
		case c >= 0x20:
			l.state = ground
			return false
		}
	case text:
		switch c {
		case 0x07, 0x9c:
			l.state = ground
		case 0x1b:
			l.state = textEscape
		}
	case textEscape:
		l.begin(escape)
		if c == '\\' {
			l.state = ground
			return true
		}
		return l.sequence(c)
	}
	return true
}

// move obeys the sequences that change a line in place.
func (l *Lines) move(final byte) {
	n := 0
	for _, c := range l.seq {
		if c < '0' || c > '9' {
			n = 0
			break
		}
		n = min(n*10+int(c-'0'), LineMost)
	}
	switch final {
	case 'K':
		switch n {
		case 0:
			l.line = l.line[:min(l.col, len(l.line))]
		case 1:
			for i := range min(l.col+1, len(l.line)) {
				l.line[i] = ' '
			}
		case 2:
			l.line = l.line[:0]
		}
		l.over = 0
	case 'G':
		l.col = max(0, n-1)
	case 'C':
		l.col = min(l.col+max(1, n), LineMost)
	case 'D':
		l.col = max(0, l.col-max(1, n))
	}
}

// put writes a character where the cursor stands.
func (l *Lines) put(c rune) {
	if l.col >= LineMost {
		l.over++
		return
	}
	for len(l.line) < l.col {
		l.line = append(l.line, ' ')
	}
	if l.col == len(l.line) {
		l.line = append(l.line, c)
	} else {
		l.line[l.col] = c
	}
	l.col++
}
