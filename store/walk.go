package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// walker reads every page in use, each once, and goes on after damage.
type walker struct {
	src  io.ReaderAt
	high uint64
	seen []uint32 // one bit for each page; set by several goroutines
}

// claim marks a page and its overflow pages. A page that is claimed twice is
// damage, and what also ends a walk over pages that point in a circle.
func (w *walker) claim(id uint64, size int) error {
	for n := range uint64(size / pageSize) {
		at := id + n
		if atomic.OrUint32(&w.seen[at/32], 1<<(at%32))&(1<<(at%32)) != 0 {
			return badPage(at, "it is used twice")
		}
	}
	return nil
}

// page reads, claims and checks a page whose keys lie from lo up to hi.
func (w *walker) page(id uint64, lo, hi, buf []byte) (page, error) {
	buf, err := readPage(w.src, id, w.high, buf)
	if err != nil {
		return page{}, err
	}
	if err := w.claim(id, len(buf)); err != nil {
		return page{}, err
	}
	p, err := parsePage(id, buf)
	if err != nil || p.count == 0 {
		return p, err
	}
	if bytes.Compare(p.key(0), lo) < 0 || hi != nil && bytes.Compare(p.key(p.count-1), hi) >= 0 {
		return p, badPage(id, "its keys belong to another page")
	}
	return p, nil
}

// node is a subtree and the bounds of its keys.
type node struct {
	id     uint64
	lo, hi []byte
}

func (p page) node(i int, hi []byte) node {
	if i+1 < p.count {
		hi = p.key(i + 1)
	}
	return node{p.child(i), p.key(i), hi}
}

// each visits all elements of a bucket, and bad all damage to its pages.
func (w *walker) each(b bucket, f func(p page, i int), bad func(error)) {
	if b.root == 0 {
		for i := range b.inline.count {
			f(b.inline, i)
		}
		return
	}
	w.eachIn(node{id: b.root}, new(buffers), 0, f, bad)
}

// buffers has one page for each level of a tree, so that a walk allocates nothing.
type buffers [maxDepth][]byte

func (b *buffers) at(depth int) []byte {
	if b[depth] == nil {
		b[depth] = make([]byte, pageSize)
	}
	return b[depth]
}

func (w *walker) eachIn(n node, bufs *buffers, depth int, f func(p page, i int), bad func(error)) {
	if depth == maxDepth {
		bad(badPage(n.id, "too deep"))
		return
	}
	p, err := w.page(n.id, n.lo, n.hi, bufs.at(depth))
	if err != nil {
		bad(err)
		return
	}
	for i := range p.count {
		if p.leaf {
			f(p, i)
			continue
		}
		w.eachIn(p.node(i, n.hi), bufs, depth+1, f, bad)
	}
}

// part is a piece of a stream that one goroutine follows.
type part struct {
	chain
	node   node
	inline page
}

// enough parts keep all processors busy without many of them being idle at the end.
const enough = 64

// parts cuts a stream at its branches.
func (w *walker) parts(stream string, b bucket) []*part {
	if b.root == 0 {
		return []*part{{chain: chain{stream: stream}, inline: b.inline}}
	}
	nodes := []node{{id: b.root}}
	var out []*part
	for depth := 0; depth < maxDepth && len(nodes) < enough; depth++ {
		next, ok := w.expand(nodes)
		if !ok {
			break
		}
		nodes = next
	}
	for _, n := range nodes {
		out = append(out, &part{chain: chain{stream: stream}, node: n})
	}
	return out
}

// expand gives the children of nodes, unless a node is a leaf or damaged: that is
// left for who follows it. It claims only pages it takes apart.
func (w *walker) expand(nodes []node) (next []node, ok bool) {
	var pages []page
	for _, n := range nodes {
		buf, err := readPage(w.src, n.id, w.high, make([]byte, pageSize))
		if err != nil {
			return nil, false
		}
		p, err := parsePage(n.id, buf)
		if err != nil || p.leaf || bytes.Compare(p.key(0), n.lo) < 0 ||
			n.hi != nil && bytes.Compare(p.key(p.count-1), n.hi) >= 0 {
			return nil, false
		}
		pages = append(pages, p)
	}
	for i, p := range pages {
		if w.claim(p.id, len(p.buf)) != nil {
			// It was followed elsewhere. Say so where it would be read again.
			next = append(next, nodes[i])
			continue
		}
		for j := range p.count {
			next = append(next, p.node(j, nodes[i].hi))
		}
	}
	return next, true
}

// follow runs all parts on all processors.
func (w *walker) follow(parts []*part) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		all.Go(func() {
			bufs, scratch := new(buffers), []byte(nil)
			for i := next.Add(1) - 1; i < int64(len(parts)); i = next.Add(1) - 1 {
				scratch = w.part(parts[i], bufs, scratch)
			}
		})
	}
	all.Wait()
}

// part checks the hash of each record of one part.
func (w *walker) part(p *part, bufs *buffers, scratch []byte) []byte {
	record := func(pg page, i int) {
		k := pg.key(i)
		v, nested := pg.value(i)
		if len(k) != 8 || nested {
			p.gap(Problem{Page: pg.id, InPage: true, Text: "a key that is not a number stands between the records"})
			return
		}
		seq := binary.BigEndian.Uint64(k)
		scratch = hashPrefix(scratch[:0], p.stream, seq)
		var prev, hash [32]byte
		good := false
		if n := len(v) - hashSize; n >= 0 {
			scratch = append(scratch, v[:n]...)
			hash = [32]byte(v[n:])
			good = sha256.Sum256(scratch) == hash && shapely(v[:n])
			if n >= hashSize {
				prev = [32]byte(v[n-hashSize:])
			}
		}
		p.add(seq, prev, hash, good)
	}
	if p.node.id == 0 {
		for i := range p.inline.count {
			record(p.inline, i)
		}
		return scratch
	}
	w.eachIn(p.node, bufs, 0, record, func(err error) { p.gap(problemOf(err)) })
	return scratch
}

// shapely tells whether stored bytes without their hash are five fields.
func shapely(b []byte) bool {
	sizes := [5]int{8, -1, 4, -1, hashSize}
	for _, want := range sizes {
		f, rest, ok := cutField(b)
		if !ok || want >= 0 && len(f) != want {
			return false
		}
		b = rest
	}
	return len(b) == 0
}
