package store

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
)

// The pages of a bbolt file, format 2, as far as reading needs them. Everything
// is little-endian, as on every machine this runs on. A page is checked as a
// whole when it is read; after that no access to it can go out of bounds.

const (
	pageSize   = 4096
	headerSize = 16
	elemSize   = 16
	metaSize   = 64

	boltMagic   = 0xED0CDAED
	boltVersion = 2
	noFreelist  = ^uint64(0)

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10

	isBucket = 0x01 // flag of a leaf's element
)

// metaPage is where everything begins: two of them lie at the file's start, and
// the valid one with the higher txid counts.
type metaPage struct {
	root     uint64 // page of the root bucket
	freelist uint64
	high     uint64 // first page that was never used
	txid     uint64
}

func parseMeta(b []byte) (m metaPage, ok bool) {
	if len(b) < headerSize+metaSize {
		return m, false
	}
	b = b[headerSize : headerSize+metaSize]
	u32, u64 := binary.LittleEndian.Uint32, binary.LittleEndian.Uint64
	sum := fnv.New64a()
	sum.Write(b[:56])
	if u32(b) != boltMagic || u32(b[4:]) != boltVersion || u32(b[8:]) != pageSize || u64(b[56:]) != sum.Sum64() {
		return m, false
	}
	m = metaPage{root: u64(b[16:]), freelist: u64(b[32:]), high: u64(b[40:]), txid: u64(b[48:])}
	return m, m.root >= 2 && m.root < m.high && m.high < 1<<48
}

// pickMeta chooses from the file's first two pages. hurt tells which are not valid.
func pickMeta(b []byte) (m metaPage, hurt []uint64, err error) {
	found := false
	for i := range uint64(2) {
		c, ok := metaPage{}, false
		if off := int(i) * pageSize; off < len(b) {
			c, ok = parseMeta(b[off:])
		}
		switch {
		case !ok:
			hurt = append(hurt, i)
		case !found || c.txid > m.txid:
			m, found = c, true
		}
	}
	if !found {
		return m, hurt, badPage(0, "neither this page nor page 1 says where the log begins")
	}
	return m, hurt, nil
}

// page is a checked leaf or branch, with its overflow pages behind it.
type page struct {
	id    uint64 // 0 for one that lies inside a bucket's element
	buf   []byte
	leaf  bool
	count int
}

// parsePage checks a page's header and every element of it.
func parsePage(id uint64, buf []byte) (page, error) {
	if len(buf) < headerSize {
		return page{}, badPage(id, "too short for a page")
	}
	if got := binary.LittleEndian.Uint64(buf); got != id {
		return page{}, badPage(id, "it says that it is page %d", got)
	}
	flags := binary.LittleEndian.Uint16(buf[8:])
	p := page{id: id, buf: buf, leaf: flags == leafPage, count: int(binary.LittleEndian.Uint16(buf[10:]))}
	if flags != leafPage && flags != branchPage {
		return page{}, badPage(id, "neither leaf nor branch: type %#x", flags)
	}
	if headerSize+p.count*elemSize > len(buf) || (!p.leaf && p.count == 0) {
		return page{}, badPage(id, "it can't have %d elements", p.count)
	}
	var before []byte
	end := uint64(headerSize + p.count*elemSize)
	for i := range p.count {
		var ok bool
		if end, ok = p.next(i, end); !ok {
			return page{}, badPage(id, "element %d is not where it belongs", i)
		}
		key := p.key(i)
		if i > 0 && bytes.Compare(before, key) >= 0 {
			return page{}, badPage(id, "element %d is out of order", i)
		}
		before = key
	}
	if p.count == 0 && len(bytes.Trim(buf[headerSize:], "\x00")) > 0 {
		return page{}, badPage(id, "it says that it is empty and is not")
	}
	if id == 0 && (end != uint64(len(buf)) || binary.LittleEndian.Uint32(buf[12:]) != 0) {
		return page{}, badPage(id, "it does not end where it should")
	}
	return p, nil
}

// next checks one element and gives where its bytes end. bbolt puts the bytes of
// all elements behind the last element's header, one after the other and without
// gaps. To insist on it is what shows that a count was changed.
func (p page) next(i int, from uint64) (end uint64, ok bool) {
	at := headerSize + i*elemSize
	e := p.buf[at : at+elemSize]
	u32 := func(n int) uint64 { return uint64(binary.LittleEndian.Uint32(e[n:])) }
	flags, pos, ksize, vsize := uint64(0), u32(0), u32(4), uint64(0)
	if p.leaf {
		flags, pos, ksize, vsize = pos, ksize, u32(8), u32(12)
	}
	end = from + ksize + vsize
	ok = uint64(at)+pos == from && ksize > 0 && end <= uint64(len(p.buf)) &&
		flags <= isBucket && (flags == 0 || vsize >= headerSize)
	return end, ok
}

func (p page) key(i int) []byte {
	at := headerSize + i*elemSize
	e := p.buf[at:]
	if p.leaf {
		e = e[4:]
	}
	from := at + int(binary.LittleEndian.Uint32(e))
	return p.buf[from : from+int(binary.LittleEndian.Uint32(e[4:]))]
}

// value is that of a leaf's element. bucket tells that it describes a bucket.
func (p page) value(i int) (v []byte, bucket bool) {
	at := headerSize + i*elemSize
	e := p.buf[at:]
	from := at + int(binary.LittleEndian.Uint32(e[4:])) + int(binary.LittleEndian.Uint32(e[8:]))
	to := from + int(binary.LittleEndian.Uint32(e[12:]))
	return p.buf[from:to:to], e[0] == isBucket
}

// child is the page under a branch's element.
func (p page) child(i int) uint64 {
	return binary.LittleEndian.Uint64(p.buf[headerSize+i*elemSize+8:])
}

// search gives the first element whose key is not below key.
func (p page) search(key []byte) (int, bool) {
	lo, hi := 0, p.count
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		switch bytes.Compare(p.key(mid), key) {
		case -1:
			lo = mid + 1
		case 0:
			return mid, true
		default:
			hi = mid
		}
	}
	return lo, false
}

// below is the branch element under which key would be.
func (p page) below(key []byte) int {
	i, exact := p.search(key)
	if !exact && i > 0 {
		i--
	}
	return i
}

// parseFreelist gives the free pages, in ascending order.
func parseFreelist(id uint64, buf []byte, high uint64) ([]uint64, error) {
	if binary.LittleEndian.Uint64(buf) != id || binary.LittleEndian.Uint16(buf[8:]) != freelistPage {
		return nil, badPage(id, "it is not the list of free pages")
	}
	n, rest := uint64(binary.LittleEndian.Uint16(buf[10:])), buf[headerSize:]
	if n == 0xFFFF {
		n, rest = binary.LittleEndian.Uint64(rest), rest[8:]
	}
	if n > uint64(len(rest))/8 {
		return nil, badPage(id, "it can't hold %d free pages", n)
	}
	free := make([]uint64, n)
	last := uint64(1)
	for i := range free {
		free[i] = binary.LittleEndian.Uint64(rest[8*i:])
		if free[i] <= last || free[i] >= high {
			return nil, badPage(id, "free page %d is out of order or out of range", free[i])
		}
		last = free[i]
	}
	return free, nil
}
