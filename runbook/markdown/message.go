package markdown

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Level says how bad a message is.
type Level string

// The two levels. An error makes `lifeboat lint` fail; a block that has one
// does not run.
const (
	Fault   Level = "error"
	Warning Level = "warning"
)

// A Message is something to tell the author, at a place in the file.
type Message struct {
	File  string // as it was given to Parse
	Line  int    // from 1
	Col   int    // from 1, in characters; a tab is one
	Level Level
	Text  string // one line, lower case
	Hint  string // what to do about it; "": nothing to add
}

// String is the message as compilers write it: file:line:col: level: text.
func (m Message) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", m.File, m.Line, m.Col, m.Level, m.Text)
}

// An Unreadable is the error of Parse for input that is no document.
type Unreadable struct {
	File string
	Line int // 0: the whole file
	Col  int
	Text string
	hint string
}

// Error is one line that says what is wrong, and where.
func (u *Unreadable) Error() string {
	if u.Line == 0 {
		return fmt.Sprintf("%s: %s", u.File, u.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", u.File, u.Line, u.Col, u.Text)
}

// Hint says what to do about it.
func (u *Unreadable) Hint() string { return u.hint }

// mostMessages keeps a hostile file from costing more than a document.
const mostMessages = 1000

// place turns a byte offset into line and column.
func (d *doc) place(at int) (line, col int) {
	at = min(max(at, 0), len(d.src))
	n, found := slices.BinarySearch(d.lines, at)
	if !found {
		n--
	}
	return n + 1, utf8.RuneCount(d.src[d.lines[n]:at]) + 1
}

func (d *doc) message(l Level, at int, text, hint string) Message {
	line, col := d.place(at)
	return Message{File: d.name, Line: line, Col: col, Level: l, Text: oneLine(text), Hint: hint}
}

// fault tells the author of an error.
func (d *doc) fault(at int, text, hint string) Message {
	m := d.message(Fault, at, text, hint)
	if len(d.msgs) < mostMessages {
		d.msgs = append(d.msgs, m)
	}
	return m
}

// warn tells the author of something that Parse itself noticed.
func (d *doc) warn(at int, text, hint string) {
	if len(d.msgs) < mostMessages {
		d.msgs = append(d.msgs, d.message(Warning, at, text, hint))
	}
}

// advise keeps a warning that only Lint tells.
func (d *doc) advise(at int, text, hint string) {
	if len(d.advice) < mostMessages {
		d.advice = append(d.advice, d.message(Warning, at, text, hint))
	}
}

// sortMessages puts messages in the order of the file, and drops repetitions.
func sortMessages(ms []Message) []Message {
	slices.SortStableFunc(ms, func(a, b Message) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Col != b.Col {
			return a.Col - b.Col
		}
		return strings.Compare(a.Text, b.Text)
	})
	return slices.Compact(ms)
}

// oneLine makes text that was taken from a file fit for one line of output.
func oneLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
	if len(clean) <= 300 {
		return clean
	}
	cut := 300
	for !utf8.RuneStart(clean[cut]) {
		cut--
	}
	return clean[:cut] + "…"
}
