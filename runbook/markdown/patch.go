package markdown

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// An Edit is something that a run found wrong with its runbook.
type Edit struct {
	Item  string // id of the item; "": Name says which block
	Block int    // which of the item's blocks, from 0
	Name  string // of a block that is no item: a preview or a rollback

	Command string // the command as it was edited; "": unchanged
	Remark  string // what else to tell the author: "skipped: …", "different: …"; "": nothing
}

// Redline writes edits as a unified diff of the book's Markdown, which `git
// apply` and `patch -p1` take. An edited command replaces the lines of its
// block, in the block's own style: its indentation, its prompts, its line
// ends. A remark becomes an HTML comment at its item, which no reader shows.
// The path is the file's, relative to where the patch will be applied. No
// edits, or edits that change nothing, are an empty patch.
func Redline(b *runbook.Book, path string, edits []Edit) ([]byte, error) {
	d, err := parse(b.Source, b.Text)
	if err != nil {
		return nil, err
	}
	var cs []change
	for _, e := range edits {
		bl, n, err := d.edited(e)
		if err != nil {
			return nil, err
		}
		if e.Command != "" {
			if bl == nil {
				return nil, fmt.Errorf("item %s has no command to edit", e.Item)
			}
			if e.Command = strings.TrimRight(e.Command, "\r\n"); e.Command != bl.Text {
				c, err := d.rewrite(bl, e.Command)
				if err != nil {
					return nil, err
				}
				cs = append(cs, c)
			}
		}
		if r := strings.TrimSpace(e.Remark); r != "" {
			cs = append(cs, d.remarkAt(bl, n, r))
		}
	}
	slices.SortStableFunc(cs, func(a, b change) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	for i := 1; i < len(cs); i++ {
		if cs[i].from < cs[i-1].to {
			return nil, fmt.Errorf("two edits of the command in line %d", cs[i].from+1)
		}
	}
	return d.unified(path, cs), nil
}

// A change replaces the lines from up to to, counted from 0.
type change struct {
	from, to int
	lines    []string // without line ends
	eol      string
}

// edited finds the block and the node that an edit is about; the block is nil
// for an item without commands.
func (d *doc) edited(e Edit) (*runbook.Block, ast.Node, error) {
	if e.Item == "" {
		bl, ok := d.book.Named[e.Name]
		if !ok {
			return nil, nil, fmt.Errorf("no block is named %q", e.Name)
		}
		return bl, nil, nil
	}
	for _, s := range d.sections {
		if s.step < 0 {
			continue
		}
		for _, it := range s.items {
			if it.ID != e.Item {
				continue
			}
			if e.Block < 0 || e.Block > 0 && e.Block >= len(it.Blocks) {
				return nil, nil, fmt.Errorf("item %s has no block %d", e.Item, e.Block)
			}
			if len(it.Blocks) == 0 {
				return nil, it.node, nil
			}
			return it.Blocks[e.Block], it.node, nil
		}
	}
	return nil, nil, fmt.Errorf("no item is %q", e.Item)
}

// rewrite replaces the lines of a block. What it writes is read back: the block
// then holds exactly the new command.
func (d *doc) rewrite(b *runbook.Block, command string) (change, error) {
	s := d.spans[b]
	first, _ := d.place(s.open)
	prefix := d.container(s.open)
	c := change{from: first - 1, eol: d.eol(s.open)}
	last, _ := d.place(max(s.end, s.open))
	c.to = last
	old := strings.Split(syntax.Code(d.body, s.node), "\n")
	body := strings.Split(command, "\n")
	if b.Lang != "" && strings.HasPrefix(strings.TrimLeft(strings.Join(old, "\n"), " \t\n"), "$ ") {
		body = prompted(old, command)
	} else if got, _ := unprompt(command); b.Lang != "" && got != command {
		body = allPrompted(body)
	}
	if got, _ := unprompt(strings.Join(body, "\n")); b.Lang != "" && got != command {
		return c, fmt.Errorf("the command in line %d can't be written as a fence", first)
	}
	fence := strings.Repeat(string(s.mark), max(s.run, longestRun(body, s.mark)+1))
	opening := string(bytes.TrimRight(d.src[d.lines[first-1]:d.lineStop(s.open)], "\r"))
	at := s.open - d.lines[first-1]
	c.lines = append(c.lines, opening[:at]+fence+opening[at+s.run:])
	for _, l := range body {
		if l == "" {
			c.lines = append(c.lines, strings.TrimRight(prefix, " \t"))
		} else {
			c.lines = append(c.lines, prefix+l)
		}
	}
	closing := prefix + fence
	if s.closed && len(fence) == s.run {
		closing = string(bytes.TrimRight(d.src[s.close:d.lineStop(s.close)], "\r"))
	}
	c.lines = append(c.lines, closing)
	return c, nil
}

// longestRun is the longest run of a fence character that begins a line.
func longestRun(lines []string, mark byte) int {
	n := 0
	for _, l := range lines {
		n = max(n, run([]byte(strings.TrimLeft(l, " \t")), mark))
	}
	return n
}

// prompted writes a command as a transcript. If it has as many commands as the
// old one, the sample output stays where it is; otherwise it follows them all.
func prompted(old []string, command string) []string {
	fresh := allPrompted(strings.Split(command, "\n"))
	groups := func(ls []line) (cmds, out [][]string) {
		out = append(out, nil)
		for _, l := range ls {
			switch {
			case l.prompt:
				cmds, out = append(cmds, []string{l.text}), append(out, nil)
			case l.command:
				cmds[len(cmds)-1] = append(cmds[len(cmds)-1], l.text)
			default:
				out[len(out)-1] = append(out[len(out)-1], l.text)
			}
		}
		return cmds, out
	}
	was, sample := groups(transcript(old))
	now, _ := groups(transcript(fresh))
	lines := sample[0]
	for i, g := range now {
		lines = append(lines, g...)
		if len(was) == len(now) {
			lines = append(lines, sample[i+1]...)
		}
	}
	if len(was) != len(now) {
		for _, s := range sample[1:] {
			lines = append(lines, s...)
		}
	}
	if got, _ := unprompt(strings.Join(lines, "\n")); got != command {
		return fresh
	}
	return lines
}

// allPrompted puts a prompt before each line, but for those that the line
// before continues, and those of here-documents.
func allPrompted(lines []string) []string {
	last := map[string]int{}
	for i, l := range lines {
		last[strings.TrimLeft(l, "\t")] = i
	}
	out := make([]string, len(lines))
	open := false
	var ends []string
	for i, l := range lines {
		out[i] = l
		switch {
		case len(ends) > 0:
			if strings.TrimLeft(l, "\t") == ends[0] {
				ends = ends[1:]
			}
			if len(ends) > 0 {
				continue
			}
		case open:
			open = goesOn(l)
		default:
			out[i] = "$ " + l
			open = goesOn(l)
		}
		if !open {
			ends = hereDocuments(l, i, last)
		}
	}
	return out
}

// container is what stands before at in its line, with the markers of lists as
// blanks: what a further line of the same block begins with.
func (d *doc) container(at int) string {
	line, _ := d.place(at)
	return strings.Map(func(r rune) rune {
		if r == '>' || r == '\t' {
			return r
		}
		return ' '
	}, string(d.src[d.lines[line-1]:at]))
}

// eol is the line end that the file has where at is.
func (d *doc) eol(at int) string {
	if stop := d.lineStop(at); stop > 0 && d.src[stop-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

var commentSafe = strings.NewReplacer("-->", "-- >", "--!>", "--! >", "<!--", "< !--")

// remarkAt is a comment after the block, the heading or the first paragraph of
// an item; before a block whose fence is never closed.
func (d *doc) remarkAt(b *runbook.Block, n ast.Node, remark string) change {
	text := "<!-- redline: " + commentSafe.Replace(strings.Join(strings.Fields(clean(remark)), " ")) + " -->"
	at, after := 0, 0
	var prefix string
	switch {
	case b != nil && !hasOwnText(n):
		s := d.spans[b]
		at, after, prefix = s.open, s.end, d.container(s.open)
		if !s.closed {
			line, _ := d.place(s.open)
			return change{from: line - 1, to: line - 1, lines: []string{prefix + text}, eol: d.eol(s.open)}
		}
	case n == nil: // a document without headings: at its beginning
		line, _ := d.place(d.from)
		return change{from: line - 1, to: line - 1, lines: []string{text, ""}, eol: d.eol(d.from)}
	default:
		at, after, prefix = d.inItem(n)
	}
	line, _ := d.place(after)
	return change{from: line, to: line, lines: []string{prefix + text}, eol: d.eol(at)}
}

// hasOwnText reports whether an item says something besides its command.
func hasOwnText(n ast.Node) bool {
	if n == nil || n.Kind() != ast.KindListItem {
		return false
	}
	c := n.FirstChild()
	return c != nil && (c.Kind() == ast.KindParagraph || c.Kind() == ast.KindTextBlock)
}

// inItem is where an item's own text begins and ends, and what a further line
// of it begins with.
func (d *doc) inItem(n ast.Node) (at, after int, prefix string) {
	switch n := n.(type) {
	case *ast.Heading:
		at = syntax.Start(n)
		return at, d.headingEnd(n, at), ""
	case *ast.List:
		return d.inItem(n.LastChild())
	}
	if c := n.FirstChild(); c != nil && c.Lines() != nil && c.Lines().Len() > 0 {
		l := c.Lines()
		at = l.At(0).Start
		return at, d.lineEnd(l.At(l.Len() - 1).Stop), d.container(at)
	}
	at = syntax.Start(n)
	return at, d.lineEnd(at), d.container(at) + "  "
}

// clean drops what no comment should hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
