package store

import (
	"errors"
	"fmt"
	"strings"
)

// A Report is what Verify found.
type Report struct {
	Station string // "" for a journal of several stations
	Schema  int
	Streams []StreamReport // sorted by name
	Records int
	Heads   int
	Books   int
	Pages   int // in use or free, of 4,096 bytes
	// Problems are changed or missing bytes that hold something. There are none in
	// a good log.
	Problems []Problem
	// Notes are worth knowing and no proof of damage.
	Notes []string
}

// OK tells that nothing is wrong.
func (r Report) OK() bool { return len(r.Problems) == 0 }

// A StreamReport is how far a stream could be followed.
type StreamReport struct {
	Name    string
	Records int
	First   uint64 // 1, but for a journal that begins later
	Last    uint64
	Hash    [32]byte // of record Last
}

// A Problem is one thing that is wrong, and where. What does not apply is zero.
type Problem struct {
	Stream string
	Seq    uint64
	Page   uint64 // of the file, with InPage
	InPage bool
	Line   int // of a journal, from 1
	Text   string
}

// String is one line: where, then what.
func (p Problem) String() string {
	var where []string
	add := func(is bool, format string, args ...any) {
		if is {
			where = append(where, fmt.Sprintf(format, args...))
		}
	}
	add(p.Line > 0, "line %d", p.Line)
	add(p.Stream != "", "stream %s", p.Stream)
	add(p.Seq > 0, "record %d", p.Seq)
	add(p.InPage, "page %d", p.Page)
	if len(where) == 0 {
		return p.Text
	}
	return strings.Join(where, ", ") + ": " + p.Text
}

// problemOf turns an error about damage into where it is and what.
func problemOf(err error) Problem {
	if e, ok := errors.AsType[*pageError](err); ok {
		return Problem{Page: e.page, InPage: true, Text: e.text}
	}
	if e, ok := errors.AsType[*recordError](err); ok {
		return Problem{Stream: e.stream, Seq: e.seq, Text: e.text}
	}
	return Problem{Text: err.Error()}
}

// chain follows one stream's records. It begins anywhere: next is 0 until the first
// record came. After a gap that has been reported, lost is true, and whatever comes
// next is taken.
type chain struct {
	stream string
	n      int
	first  uint64   // seq of the first record
	prev   [32]byte // and what it follows
	next   uint64
	hash   [32]byte // what the next one has to follow
	known  bool     // whether hash is known
	lost   bool

	lostFirst bool // something before the first record can't be read
	badFirst  bool // the first record's hash is wrong

	problems []Problem
}

func (c *chain) problem(p Problem) {
	p.Stream = c.stream
	c.problems = append(c.problems, p)
}

// gap is told of records that can't be read.
func (c *chain) gap(p Problem) {
	c.problem(p)
	c.lost, c.known = true, false
	c.lostFirst = c.lostFirst || c.n == 0
}

// add takes a record that comes next. good tells whether its hash is right.
func (c *chain) add(seq uint64, prev, hash [32]byte, good bool) {
	switch {
	case c.next == 0:
		c.first, c.prev, c.badFirst = seq, prev, !good
	case seq != c.next && !c.lost:
		text := fmt.Sprintf("it is missing, the next one is %d", seq)
		if seq < c.next {
			text = fmt.Sprintf("record %d comes in its place", seq)
		}
		c.problem(Problem{Seq: c.next, Text: text})
	case seq == c.next && good && c.known && prev != c.hash:
		c.problem(Problem{Seq: seq, Text: "it does not follow the record before it"})
	}
	if !good {
		c.problem(Problem{Seq: seq, Text: "its hash is not that of its bytes"})
	}
	c.n++
	c.next, c.hash, c.known, c.lost = seq+1, hash, good, false
}

// join takes the part of the stream that comes next, which was followed on its own.
func (c *chain) join(d *chain) {
	if d.n == 0 {
		c.problems = append(c.problems, d.problems...)
		if d.lost {
			c.lost, c.known = true, false
		}
		return
	}
	if d.lostFirst {
		c.lost = true
	}
	if d.lostFirst || d.badFirst {
		c.known = false
	}
	n := c.n
	c.add(d.first, d.prev, d.hash, true)
	c.n = n + d.n
	c.problems = append(c.problems, d.problems...)
	c.next, c.hash, c.known, c.lost = d.next, d.hash, d.known, d.lost
}
