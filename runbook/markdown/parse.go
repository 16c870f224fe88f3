package markdown

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	yaml "github.com/goccy/go-yaml/ast"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// Largest is the size in bytes up to which a document is read.
const Largest = 8 << 20

// Parse reads a runbook. The name is how the operator called the file: it
// stands in messages and becomes the Source of the Book, its last part without
// .md the Name. Messages come in the order of the file; those of Lint are not
// among them. The error is an *Unreadable: text that is no document at all.
// The Book keeps a copy of text.
func Parse(name string, text []byte) (*runbook.Book, []Message, error) {
	d, err := parse(name, text)
	if err != nil {
		return nil, nil, err
	}
	return d.book, d.msgs, nil
}

// A doc is a document while it is read, and what Lint and Redline need to know
// of it besides the Book.
type doc struct {
	name  string
	src   []byte
	body  []byte // src with the front matter blanked: offsets stay the same
	from  int    // where the document proper begins
	lines []int  // offsets at which lines begin

	md   *syntax.Document
	text []byte // of the block whose inline nodes are looked at
	buf  []byte

	book    *runbook.Book
	foreign bool
	msgs    []Message
	advice  []Message // what only Lint says

	sections  []*section
	slugs     map[string]*section
	pending   []string // warnings that wait for an item
	warnedAt  int      // where the newest of them stands
	asked     int      // items so far
	refs      []reference
	links     []*link
	following []int // of each section: the step at or after it; -1: none
	spans     map[*runbook.Block]shape

	reviewed  yaml.Node // value of last_reviewed_on
	frontLine int
}

// A reference is an attribute that names another block.
type reference struct {
	from *runbook.Block
	key  string
	name string
	at   int
}

func parse(name string, src []byte) (*doc, error) {
	if err := readable(name, src); err != nil {
		return nil, err
	}
	d := &doc{
		name: name, src: bytes.Clone(src),
		spans: map[*runbook.Block]shape{},
	}
	d.lines = append(make([]int, 0, len(src)/32+1), 0)
	for i := 0; ; {
		n := bytes.IndexByte(d.src[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		d.lines = append(d.lines, i)
	}
	sum := sha256.Sum256(d.src)
	d.book = &runbook.Book{
		Name: bookName(name), Source: name, Hash: hex.EncodeToString(sum[:]), Text: d.src,
		Named: map[string]*runbook.Block{},
	}
	if bytes.HasPrefix(d.src, []byte("\ufeff")) {
		d.from = len("\ufeff")
	}
	d.from = d.front(d.from)
	d.foreign = d.book.Foreign
	d.body = d.src
	if d.from > 0 {
		d.body = bytes.Clone(d.src)
		for i := range d.from {
			d.body[i] = '\n'
		}
	}
	d.md = syntax.New().Read(d.body)
	d.outline()
	for _, s := range d.sections {
		d.section(s)
	}
	d.crossReferences()
	d.steps()
	d.goals()
	d.msgs = sortMessages(d.msgs)
	return d, nil
}

// readable refuses what is no document.
func readable(name string, text []byte) error {
	bad := func(at int, what, hint string) error {
		u := &Unreadable{File: name, Text: what, hint: hint}
		if at >= 0 {
			u.Line = bytes.Count(text[:at], []byte("\n")) + 1
			u.Col = utf8.RuneCount(text[bytes.LastIndexByte(text[:at], '\n')+1:at]) + 1
		}
		return u
	}
	if len(text) > Largest {
		return bad(-1, fmt.Sprintf("too large for a runbook: %d MiB, at most %d", (len(text)+1<<20-1)>>20, Largest>>20),
			"split it into several books that link to each other")
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))) == 0 {
		return bad(-1, "the file is empty", "a runbook is Markdown: a heading, and below it what is to be done")
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return bad(0, "not UTF-8 but UTF-16", "save it as UTF-8")
	}
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return bad(i, "a binary file: it holds a NUL byte", "a runbook is a Markdown file")
	}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return bad(i, fmt.Sprintf("not UTF-8: byte 0x%02x", text[i]), "save it as UTF-8")
		}
		i += n
	}
	return nil
}

// bookName is the last part of a path, without the extension of Markdown.
func bookName(name string) string {
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	for _, ext := range []string{".md", ".markdown", ".MD"} {
		if cut, ok := strings.CutSuffix(base, ext); ok && cut != "" {
			return cut
		}
	}
	return base
}

// register files a block by its name.
func (d *doc) register(b *runbook.Block, at int) {
	if first, taken := d.book.Named[b.Name]; taken {
		d.wrong(b, d.fault(at, fmt.Sprintf("the name %q is taken by line %d", b.Name, first.Line), "name each block once"))
		return
	}
	d.book.Named[b.Name] = b
}

// crossReferences finds what previews, rollbacks and waits refer to, and takes
// previews and rollbacks out of the items.
func (d *doc) crossReferences() {
	inner := map[*runbook.Block]bool{}
	for _, r := range d.refs {
		to, ok := d.book.Named[r.name]
		why := ""
		switch {
		case !ok:
			why = fmt.Sprintf("%s: no block is named %q", r.key, r.name)
		case to == r.from:
			why = fmt.Sprintf("%s: the block names itself", r.key)
		case to.Lang == "":
			why = fmt.Sprintf("%s: %q has no language, so it can't run", r.key, r.name)
		case r.key == "after" && !to.Background:
			why = fmt.Sprintf("after: %q does not run in the background", r.name)
		}
		if why != "" {
			d.wrong(r.from, d.fault(r.at, why, ""))
		} else if r.key != "after" {
			inner[to] = true
		}
	}
	if len(inner) == 0 {
		return
	}
	for _, s := range d.sections {
		kept := s.items[:0]
		for _, it := range s.items {
			blocks := it.Blocks[:0]
			for _, b := range it.Blocks {
				if !inner[b] {
					blocks = append(blocks, b)
				}
			}
			it.Blocks = blocks
			if it.Kind != runbook.Command || len(blocks) > 0 {
				kept = append(kept, it)
			}
		}
		s.items = kept
	}
}
