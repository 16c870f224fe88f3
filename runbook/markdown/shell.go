package markdown

import (
	"strings"
)

// A call is one simple command of a shell script, seen with a linter's eyes:
// what it is called with, which variables it reads, and what it is fed.
type call struct {
	words []shellWord // keywords and leading assignments left out
	sets  []string    // variables that the command before it assigned, or it assigns by itself
	env   []shellWord // assignments that hold for this command alone
	reads []string    // all variables in it, here-documents included
	here  string      // text of its here-documents
	line  int         // within the script, from 0
}

type shellWord struct {
	text  string // without quotes; variables as written
	reads []string
	redir bool // a file or a text that it is fed, which other processes don't see
}

// A scanner splits a script into calls. It knows quotes, substitutions,
// comments and here-documents; arithmetic and patterns are text to it.
type scanner struct {
	s     string
	i     int
	line  int
	calls []call

	cur   call
	word  strings.Builder
	open  bool // a word has begun, even if it is empty
	reads []string
	redir bool
	heres []hereDoc
}

type hereDoc struct {
	end    string
	quoted bool
}

// deepestScript bounds substitutions inside substitutions.
const deepestScript = 16

// calls reads a script. It never fails: what it can't make out is a word.
func calls(script string) []call { return scan(script, 0, 0) }

func scan(script string, line, depth int) []call {
	c := &scanner{s: script, line: line}
	c.cur.line = line
	for c.i < len(c.s) {
		c.next(depth)
	}
	c.endCall()
	return c.calls
}

func (c *scanner) next(depth int) {
	ch := c.s[c.i]
	switch {
	case ch == '\\' && c.i+1 < len(c.s):
		if c.s[c.i+1] == '\n' {
			c.line++
		} else {
			c.put(c.s[c.i+1 : c.i+2])
		}
		c.i += 2
	case ch == '\'':
		c.quoted()
	case ch == '"':
		c.doubleQuoted(depth)
	case ch == '$' || ch == '`':
		c.dollar(depth)
	case ch == '#' && !c.open:
		for c.i < len(c.s) && c.s[c.i] != '\n' {
			c.i++
		}
	case ch == '\n':
		c.endCall()
		c.line++
		c.i++
		c.hereBodies(depth)
		c.cur.line = c.line
	case ch == ' ' || ch == '\t' || ch == '\r':
		c.endWord()
		c.i++
	case ch == '<' || ch == '>':
		c.redirection()
	case ch == '&' && strings.HasPrefix(c.s[c.i:], "&>"):
		c.endWord()
		c.i++
	case strings.IndexByte(";|&()", ch) >= 0:
		c.endCall()
		c.i++
	default:
		c.put(c.s[c.i : c.i+1])
		c.i++
	}
}

func (c *scanner) put(s string) {
	c.open = true
	c.word.WriteString(s)
}

func (c *scanner) quoted() {
	c.open = true
	stop := strings.IndexByte(c.s[c.i+1:], '\'')
	if stop < 0 {
		stop = len(c.s) - c.i - 1
	}
	text := c.s[c.i+1 : c.i+1+stop]
	c.line += strings.Count(text, "\n")
	c.put(text)
	c.i = min(c.i+stop+2, len(c.s))
}

func (c *scanner) doubleQuoted(depth int) {
	c.open = true
	for c.i++; c.i < len(c.s) && c.s[c.i] != '"'; {
		switch ch := c.s[c.i]; {
		case ch == '\\' && c.i+1 < len(c.s):
			c.put(c.s[c.i+1 : c.i+2])
			c.i += 2
		case ch == '$' || ch == '`':
			c.dollar(depth)
		default:
			if ch == '\n' {
				c.line++
			}
			c.put(c.s[c.i : c.i+1])
			c.i++
		}
	}
	c.i++
}

// dollar reads what a dollar sign or a backquote begins.
func (c *scanner) dollar(depth int) {
	rest := c.s[c.i:]
	c.open = true
	switch {
	case strings.HasPrefix(rest, "$(("):
		n := closing(rest, 1)
		c.put(rest[:n])
		c.i += n
	case strings.HasPrefix(rest, "$("):
		n := closing(rest, 1)
		c.inner(rest[2:max(2, n-1)], depth)
		c.put("$()")
		c.line += strings.Count(rest[:n], "\n")
		c.i += n
	case rest[0] == '`':
		n := strings.IndexByte(rest[1:], '`')
		if n < 0 {
			n = len(rest) - 1
		}
		c.inner(rest[1:1+n], depth)
		c.put("$()")
		c.i += min(n+2, len(rest))
	case strings.HasPrefix(rest, "${"):
		n := strings.IndexByte(rest, '}') + 1
		if n == 0 {
			n = len(rest)
		}
		c.parameter(rest[2:max(2, n-1)])
		c.put(rest[:n])
		c.i += n
	default:
		n := 1 + nameLength(rest[1:])
		if n > 1 {
			c.reads = append(c.reads, rest[1:n])
		}
		c.put(rest[:n])
		c.i += n
	}
}

// inner reads the commands of a substitution: they come before the call that
// they are part of.
func (c *scanner) inner(script string, depth int) {
	if depth < deepestScript {
		c.calls = append(c.calls, scan(script, c.line, depth+1)...)
	}
}

// parameter reads the inside of ${…}. A name with a default, or one that must
// be set, is looked after by its author.
func (c *scanner) parameter(s string) {
	s = strings.TrimPrefix(s, "!")
	s = strings.TrimPrefix(s, "#")
	n := nameLength(s)
	if n == 0 {
		return
	}
	rest := strings.TrimPrefix(s[n:], ":")
	if rest != "" && strings.IndexByte("-+?", rest[0]) >= 0 && (len(s) == n+len(rest)+1 || s[n] != ':') {
		return
	}
	if strings.HasPrefix(rest, "=") {
		c.cur.sets = append(c.cur.sets, s[:n])
		return
	}
	c.reads = append(c.reads, s[:n])
}

// nameLength is the length of the variable name that s begins with.
func nameLength(s string) int {
	for i := range len(s) {
		ch := s[i]
		letter := ch == '_' || ch|0x20 >= 'a' && ch|0x20 <= 'z'
		if !letter && (i == 0 || ch < '0' || ch > '9') {
			return i
		}
	}
	return len(s)
}

// closing is the length of a text up to the parenthesis that closes the one at
// from. Quoted ones don't count.
func closing(s string, from int) int {
	depth := 0
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '\'':
			n := strings.IndexByte(s[i+1:], '\'')
			if n < 0 {
				return len(s)
			}
			i += n + 1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// redirection ends a word, and marks the next one as no argument.
func (c *scanner) redirection() {
	if w := c.word.String(); c.open && strings.Trim(w, "0123456789") == "" {
		c.word.Reset()
		c.open = false
	}
	c.endWord()
	rest := c.s[c.i:]
	switch {
	case strings.HasPrefix(rest, "<<<"):
		c.i += 3
	case strings.HasPrefix(rest, "<<"):
		c.i += 2
		if strings.HasPrefix(c.s[c.i:], "-") {
			c.i++
		}
		c.hereWord()
		return
	case strings.HasPrefix(rest, "<(") || strings.HasPrefix(rest, ">("):
		c.i++
		return
	default:
		c.i++
		for c.i < len(c.s) && strings.IndexByte(">&|", c.s[c.i]) >= 0 {
			c.i++
		}
	}
	c.redir = true
}

func (c *scanner) hereWord() {
	for c.i < len(c.s) && (c.s[c.i] == ' ' || c.s[c.i] == '\t') {
		c.i++
	}
	from := c.i
	for c.i < len(c.s) && strings.IndexByte(" \t\n;|&<>()", c.s[c.i]) < 0 {
		c.i++
	}
	raw := c.s[from:c.i]
	end := strings.Trim(raw, `"'\`)
	if end != "" {
		c.heres = append(c.heres, hereDoc{end: end, quoted: end != raw})
	}
}

// hereBodies reads the here-documents of the line before.
func (c *scanner) hereBodies(depth int) {
	for _, h := range c.heres {
		from := c.i
		for c.i < len(c.s) {
			l, _, _ := strings.Cut(c.s[c.i:], "\n")
			at := c.i
			c.i = min(c.i+len(l)+1, len(c.s))
			c.line++
			if strings.TrimLeft(l, "\t") == h.end {
				c.hereText(c.s[from:at], h.quoted, depth)
				break
			}
		}
	}
	c.heres = nil
}

func (c *scanner) hereText(text string, quoted bool, depth int) {
	if len(c.calls) == 0 {
		return
	}
	last := &c.calls[len(c.calls)-1]
	last.here += text
	if quoted || depth >= deepestScript {
		return
	}
	in := &scanner{s: strings.ReplaceAll(text, `"`, " ") + `"`}
	in.i = -1
	in.doubleQuoted(depth + 1)
	last.reads = append(last.reads, in.reads...)
}

func (c *scanner) endWord() {
	if !c.open {
		return
	}
	w := shellWord{text: c.word.String(), reads: c.reads, redir: c.redir}
	c.cur.reads = append(c.cur.reads, c.reads...)
	c.word.Reset()
	c.open, c.reads, c.redir = false, nil, false
	if n := nameLength(w.text); len(c.cur.words) == 0 && n > 0 && !w.redir && strings.HasPrefix(strings.TrimPrefix(w.text[n:], "+"), "=") {
		c.cur.env = append(c.cur.env, w)
		return
	}
	if len(c.cur.words) == 0 && keywords[w.text] {
		return
	}
	c.cur.words = append(c.cur.words, w)
}

var keywords = map[string]bool{
	"if": true, "then": true, "else": true, "elif": true, "fi": true, "do": true, "done": true, "while": true,
	"until": true, "esac": true, "{": true, "}": true, "!": true, "time": true,
}

func (c *scanner) endCall() {
	c.endWord()
	if len(c.cur.words) == 0 { // assignments alone stay
		for _, w := range c.cur.env {
			c.cur.sets = append(c.cur.sets, w.text[:nameLength(w.text)])
		}
	}
	if len(c.cur.words)+len(c.cur.env)+len(c.cur.sets)+len(c.cur.reads) > 0 {
		c.calls = append(c.calls, c.cur)
	}
	c.cur = call{line: c.line}
	c.redir = false
}
