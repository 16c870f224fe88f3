package store

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzDecodeRecord gives any bytes their right hash: what is then taken for a
// record is written again as the same bytes.
func FuzzDecodeRecord(f *testing.F) {
	r := example()
	b := r.encode()
	f.Add(b[:len(b)-hashSize])
	f.Add([]byte{0, 0, 0, 8})
	f.Fuzz(func(t *testing.T, body []byte) {
		h := hashOf("s", 1, body)
		stored := append(bytes.Clone(body), h[:]...)
		r, err := decodeRecord("", "s", 1, stored)
		if err == nil && !bytes.Equal(r.encode(), stored) {
			t.Errorf("%x is written as %x", stored, r.encode())
		}
		if (err == nil) != shapely(body) {
			t.Errorf("reading says %v, verifying %v", err, shapely(body))
		}
		if err == nil && !r.Check() {
			t.Error("a record that was read fails its own check")
		}
	})
}

// FuzzPage goes through whatever passes for a page.
func FuzzPage(f *testing.F) {
	p := make([]byte, pageSize)
	binary.LittleEndian.PutUint64(p, 5)
	p[8], p[10], p[16+4], p[16+8], p[16+12] = leafPage, 1, 16, 1, 40
	f.Add(p)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, id := range []uint64{0, 5} {
			p, err := parsePage(id, b)
			if err != nil {
				continue
			}
			for i := range p.count {
				k := p.key(i)
				if at, ok := p.search(k); at != i || !ok {
					t.Errorf("key %d is found at %d", i, at)
				}
				if !p.leaf {
					p.child(i)
				} else if v, nested := p.value(i); nested {
					_, _ = parseBucket(id, v)
				}
			}
		}
		if len(b) >= pageSize {
			_, _ = parseFreelist(5, b, 100)
			_, _, _ = pickMeta(b)
		}
		_, _ = decodeHead("A", b)
		parseAnchor(b)
	})
}
