package markdown

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// A shape is where the parts of a fence lie.
type shape struct {
	node   *ast.FencedCodeBlock
	open   int // of the first fence character
	mark   byte
	run    int    // how many of them
	info   string // the info string, trimmed
	infoAt int
	body   int // start of the first line inside
	close  int // start of the closing line, or where the block stops without one
	closed bool
	end    int // of the last line, without its line break
}

// fence measures n. A fence that its container ends has no closing line.
func (d *doc) fence(n *ast.FencedCodeBlock) shape {
	s := shape{node: n, open: syntax.Start(n)}
	for s.open < len(d.src) && d.src[s.open] != '`' && d.src[s.open] != '~' {
		s.open++
	}
	for i := s.open; i < len(d.src) && d.src[i] == d.src[s.open]; i++ {
		s.mark = d.src[i]
		s.run++
	}
	if n.Info != nil {
		s.info, s.infoAt = string(n.Info.Segment.Value(d.src)), n.Info.Segment.Start
	}
	s.end = d.trimEnd(d.lineStop(s.open))
	s.body = d.nextLine(s.end)
	s.close = s.body
	if l := n.Lines(); l.Len() > 0 {
		last := l.At(l.Len() - 1).Stop
		s.end = max(s.end, d.lineEnd(last))
		s.close = max(s.close, d.nextLine(s.end))
	}
	line := bytes.TrimLeft(d.src[s.close:max(s.close, d.lineStop(s.close))], " \t>")
	if bare := bytes.TrimRight(line, " \t\r"); len(bare) >= s.run && len(bare) > 0 && len(bytes.Trim(bare, string(s.mark))) == 0 {
		s.closed = true
		s.end = d.trimEnd(d.lineStop(s.close))
	}
	return s
}

// nextLine is the start of the line after the one that ends at at.
func (d *doc) nextLine(at int) int {
	if i := bytes.IndexByte(d.src[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(d.src)
}

// lineStop is where the line that begins at at stops, line break left out.
func (d *doc) lineStop(at int) int {
	if i := bytes.IndexByte(d.src[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(d.src)
}

// trimEnd leaves out the carriage return before a line break.
func (d *doc) trimEnd(at int) int {
	if at > 0 && d.src[at-1] == '\r' {
		at--
	}
	return at
}

// block makes a Block of a fence, with the attributes of its info string and of
// the comment above it, if there is one. It reports whether the fence can run
// at all: now, or once it is armed.
func (d *doc) block(n *ast.FencedCodeBlock, above *comment) (*runbook.Block, bool) {
	s := d.fence(n)
	lang, runnable := syntax.Language(s.info)
	if lang != "" && !runnable {
		d.idle(above, "a fence in "+lang+" is text: its attributes do nothing")
		return nil, false
	}
	text := syntax.Code(d.body, n)
	if strings.TrimSpace(text) == "" {
		d.idle(above, "an empty fence never runs: its attributes do nothing")
		return nil, false
	}
	b := &runbook.Block{Lang: lang}
	b.Line, b.Col = d.place(s.open)
	b.Text = text
	if runnable {
		b.Text, _ = unprompt(text)
	}
	b.Hash = short([]byte(b.Text))
	d.blockAttributes(b, s, above)
	if d.foreign {
		b.Placeholders = placeholders(b.Text)
	}
	if b.Name != "" {
		d.register(b, s.open)
	}
	d.spans[b] = s
	return b, true
}

// short is a short digest: the first 16 hex digits of SHA-256.
func short(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// unprompt takes the commands out of a transcript: if the first line that is
// not blank begins with "$ ", the lines with that prompt and what continues
// them. The rest comes back as sample output. Text without prompts comes back
// as it is.
func unprompt(text string) (command, sample string) {
	if !strings.HasPrefix(strings.TrimLeft(text, " \t\n"), "$ ") {
		return text, ""
	}
	var cmd, out []string
	for _, l := range transcript(strings.Split(text, "\n")) {
		switch {
		case l.prompt:
			cmd = append(cmd, strings.TrimLeft(l.text, " \t")[2:])
		case l.command:
			cmd = append(cmd, l.text)
		default:
			out = append(out, l.text)
		}
	}
	return strings.Join(cmd, "\n"), strings.Trim(strings.Join(out, "\n"), "\n")
}

// A line of a transcript.
type line struct {
	text    string
	prompt  bool // begins with "$ "
	command bool // part of a command
}

// transcript says of each line whether it is a command or output.
func transcript(lines []string) []line {
	out := make([]line, len(lines))
	last := map[string]int{} // where a text stands alone in a line for the last time
	if strings.Contains(strings.Join(lines, "\n"), "<<") {
		for i, t := range lines {
			last[strings.TrimLeft(t, "\t")] = i
		}
	}
	open := false // the line before ends in a backslash
	var ends []string
	for i, t := range lines {
		l := line{text: t}
		switch {
		case len(ends) > 0:
			l.command = true
			if strings.TrimLeft(t, "\t") == ends[0] {
				ends = ends[1:]
			}
		case open:
			l.command = true
			open = goesOn(t)
		case strings.HasPrefix(strings.TrimLeft(t, " \t"), "$ "):
			l.prompt, l.command = true, true
			open = goesOn(t)
		}
		if l.command && len(ends) == 0 && !open {
			ends = hereDocuments(t, i, last)
		}
		out[i] = l
	}
	return out
}

// goesOn reports whether a line ends in a backslash that is not escaped.
func goesOn(s string) bool {
	n := len(s) - len(strings.TrimRight(s, `\`))
	return n%2 == 1
}

var hereDocument = syntax.Pattern(`(?:^|[^<])<<-?[ \t]*["'\\]?([A-Za-z_][A-Za-z0-9_]*)["']?`)

// hereDocuments names the words that end the here-documents that s begins, if
// each of them does come. A `<<` in a quoted text then costs nothing.
func hereDocuments(s string, at int, last map[string]int) []string {
	if !strings.Contains(s, "<<") {
		return nil
	}
	var ends []string
	for _, m := range hereDocument().FindAllStringSubmatch(s, 4) {
		if last[m[1]] <= at {
			break
		}
		ends = append(ends, m[1])
	}
	return ends
}

var placeholder = syntax.Pattern(
	`<[A-Za-z][A-Za-z0-9_.\-]*(?: [A-Za-z0-9_.\-]+)*>|\bCHANGE[_-]?ME\b|\[[A-Za-z]{2,}(?:-[A-Za-z]{2,})+\]`)

// placeholders are the blanks that an author left in a command, each once.
func placeholders(text string) []string {
	if !strings.ContainsAny(text, "<[") && !strings.Contains(text, "CHANGE") {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, at := range placeholder().FindAllStringIndex(text, -1) {
		p := text[at[0]:at[1]]
		if seen[p] || at[0] > 0 && text[at[0]-1] == '<' { // <<EOF>file begins a here-document
			continue
		}
		seen[p] = true
		out = append(out, p)
	}
	return out
}

// firstLine is the first line of a command that is not blank.
func firstLine(text string) string {
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			return l
		}
	}
	return ""
}
