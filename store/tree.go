package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	maxDepth  = 32  // a log that fills every disk is ten pages deep
	cachedMax = 512 // pages kept during one operation
)

// tree reads buckets from the pages of one state of the file. It is used under the
// file's lock by one goroutine, and what it returns is valid for as long as the
// caller keeps it: nothing is mapped.
//
// It can't run for ever on damaged pages: a path has at most maxDepth pages, and
// a walk visits at most as many as there are.
type tree struct {
	src   io.ReaderAt
	meta  metaPage
	hurt  []uint64 // meta pages that are not valid
	size  int64    // of the file
	free  []uint64 // known only to who writes
	cache map[uint64]page
	left  uint64 // pages that this walk may still visit
	room  []byte // for pages to come
}

// openTree reads both meta pages.
func openTree(src io.ReaderAt, size int64) (*tree, error) {
	if size == 0 {
		return nil, fmt.Errorf("%w: the file is empty", ErrDamaged)
	}
	m, hurt, err := readMeta(src, make([]byte, bothMetas))
	if err != nil {
		return nil, err
	}
	return &tree{src: src, meta: m, hurt: hurt, size: size, cache: map[uint64]page{}}, nil
}

// bothMetas is how much of the file both meta pages take, up to their last byte
// that means something.
const bothMetas = pageSize + headerSize + metaSize

// readMeta uses buf, of bothMetas bytes.
func readMeta(src io.ReaderAt, buf []byte) (m metaPage, hurt []uint64, err error) {
	n, err := src.ReadAt(buf, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return m, nil, err
	}
	return pickMeta(buf[:n])
}

// checkWhole tells whether the file is as long as it says and its list of free
// pages is sound: what bbolt takes for granted when it maps and writes the file.
func (t *tree) checkWhole() error {
	if uint64(t.size) < t.meta.high*pageSize {
		return fmt.Errorf("%w: the file has %d bytes, its newest state needs %d: it was cut short",
			ErrDamaged, t.size, t.meta.high*pageSize)
	}
	if t.meta.freelist == noFreelist {
		return fmt.Errorf("%w: another program wrote it without a list of free pages", ErrDamaged)
	}
	buf, err := t.read(t.meta.freelist)
	if err != nil {
		return err
	}
	t.free, err = parseFreelist(t.meta.freelist, buf, t.meta.high)
	return err
}

// read gives the bytes of a page and of its overflow pages. The first pages of an
// operation come from one allocation; most need no more.
func (t *tree) read(id uint64) ([]byte, error) {
	if len(t.room) == 0 {
		t.room = make([]byte, 6*pageSize)
	}
	buf := t.room[:pageSize:pageSize]
	t.room = t.room[pageSize:]
	return readPage(t.src, id, t.meta.high, buf)
}

// readPage reads into buf, or into a larger one if the page has overflow pages.
func readPage(src io.ReaderAt, id, high uint64, buf []byte) ([]byte, error) {
	if id < 2 || id >= high {
		return nil, badPage(id, "a page points here, outside of the %d pages in use", high)
	}
	buf = buf[:pageSize]
	if _, err := src.ReadAt(buf, int64(id)*pageSize); err != nil {
		return nil, unreadable(id, err)
	}
	more := uint64(binary.LittleEndian.Uint32(buf[12:]))
	if more == 0 {
		return buf, nil
	}
	if more >= high-id {
		return nil, badPage(id, "it can't go on over %d more pages", more)
	}
	if more > 5*maxData/pageSize+high/512+2 { // four values share a page at most
		return nil, badPage(id, "%d more pages are more than any page has", more)
	}
	long := make([]byte, (more+1)*pageSize)
	if _, err := src.ReadAt(long, int64(id)*pageSize); err != nil {
		return nil, unreadable(id, err)
	}
	return long, nil
}

// unreadable tells a page beyond the end of the file from one the disk can't give.
func unreadable(id uint64, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return badPage(id, "it lies beyond the end of the file")
	}
	return badPage(id, "it can't be read: %v", cause(err))
}

func (t *tree) page(id uint64) (page, error) {
	if t.left == 0 {
		return page{}, badPage(id, "pages point at each other in a circle")
	}
	t.left--
	if p, ok := t.cache[id]; ok {
		return p, nil
	}
	if _, free := slices.BinarySearch(t.free, id); free {
		return page{}, badPage(id, "it is in use and on the list of free pages")
	}
	buf, err := t.read(id)
	if err != nil {
		return page{}, err
	}
	p, err := parsePage(id, buf)
	if err != nil {
		return p, err
	}
	if len(t.cache) == cachedMax { // the next pages are near to this one, not to the first
		clear(t.cache)
	}
	t.cache[id] = p
	return p, nil
}

// bucket is where a bucket's keys are: under a page of its own, or, while it is
// small, in the element that names it.
type bucket struct {
	root   uint64
	inline page
}

func (t *tree) rootBucket() bucket { return bucket{root: t.meta.root} }

// parseBucket reads the element of a bucket. at is the page that holds it.
func parseBucket(at uint64, v []byte) (bucket, error) {
	if n := binary.LittleEndian.Uint64(v[8:]); n != 0 {
		return bucket{}, badPage(at, "a bucket counts to %d, and none counts here", n)
	}
	if root := binary.LittleEndian.Uint64(v); root != 0 {
		if len(v) != headerSize {
			return bucket{}, badPage(at, "a bucket of it has %d bytes too many", len(v)-headerSize)
		}
		return bucket{root: root}, nil
	}
	p, err := parsePage(0, v[headerSize:])
	if err != nil {
		return bucket{}, badPage(at, "in a small bucket of it: %s", problemOf(err).Text)
	}
	if !p.leaf {
		return bucket{}, badPage(at, "a small bucket of it has branches")
	}
	for i := range p.count {
		if _, nested := p.value(i); nested {
			return bucket{}, badPage(at, "a small bucket of it has buckets")
		}
	}
	return bucket{inline: p}, nil
}

// top begins a walk, which can visit no more pages than the file has.
func (t *tree) top(b bucket) (page, error) {
	t.left = t.meta.high + maxDepth
	if b.root == 0 {
		return b.inline, nil
	}
	return t.page(b.root)
}

// get finds one key. at is the page where it is, or would be.
func (t *tree) get(b bucket, key []byte) (v []byte, nested, ok bool, at uint64, err error) {
	p, err := t.top(b)
	for depth := 0; err == nil && !p.leaf; depth++ {
		if depth == maxDepth {
			return nil, false, false, 0, badPage(p.id, "too deep")
		}
		p, err = t.page(p.child(p.below(key)))
	}
	if err != nil {
		return nil, false, false, 0, err
	}
	i, ok := p.search(key)
	if !ok {
		return nil, false, false, p.id, nil
	}
	v, nested = p.value(i)
	return v, nested, true, p.id, nil
}

// bucket follows names down from the root. A bucket that is not there is no error.
func (t *tree) bucket(names ...string) (b bucket, ok bool, err error) {
	b = t.rootBucket()
	for _, name := range names {
		v, nested, ok, at, err := t.get(b, []byte(name))
		if err != nil || !ok {
			return bucket{}, false, err
		}
		if !nested {
			return bucket{}, false, badPage(at, "%q should be a bucket", name)
		}
		if b, err = parseBucket(at, v); err != nil {
			return bucket{}, false, err
		}
	}
	return b, true, nil
}

// value is a key's value in the bucket of that name.
func (t *tree) value(name, key string) (v []byte, ok bool, err error) {
	b, ok, err := t.bucket(name)
	if err != nil || !ok {
		return nil, false, err
	}
	v, nested, ok, at, err := t.get(b, []byte(key))
	if ok && nested {
		err = badPage(at, "%q should not be a bucket", key)
	}
	return v, ok && err == nil, err
}

// visit is told of one element. It returns false to stop.
type visit func(key, value []byte, nested bool) bool

// ascend visits the keys from from on, upwards.
func (t *tree) ascend(b bucket, from []byte, f visit) error {
	p, err := t.top(b)
	if err == nil {
		_, err = t.walkUp(p, from, f, 0)
	}
	return err
}

func (t *tree) walkUp(p page, from []byte, f visit, depth int) (bool, error) {
	if p.leaf {
		i, _ := p.search(from)
		for ; i < p.count; i++ {
			if v, nested := p.value(i); !f(p.key(i), v, nested) {
				return false, nil
			}
		}
		return true, nil
	}
	if depth == maxDepth {
		return false, badPage(p.id, "too deep")
	}
	for i := p.below(from); i < p.count; i++ {
		c, err := t.page(p.child(i))
		if err != nil {
			return false, err
		}
		if more, err := t.walkUp(c, from, f, depth+1); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// descend visits all keys, downwards from the last.
func (t *tree) descend(b bucket, f visit) error {
	p, err := t.top(b)
	if err == nil {
		_, err = t.walkDown(p, f, 0)
	}
	return err
}

func (t *tree) walkDown(p page, f visit, depth int) (bool, error) {
	if depth == maxDepth {
		return false, badPage(p.id, "too deep")
	}
	for i := p.count - 1; i >= 0; i-- {
		if p.leaf {
			if v, nested := p.value(i); !f(p.key(i), v, nested) {
				return false, nil
			}
			continue
		}
		c, err := t.page(p.child(i))
		if err != nil {
			return false, err
		}
		if more, err := t.walkDown(c, f, depth+1); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}
