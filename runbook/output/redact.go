package output

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// Mask stands where a secret stood.
const Mask = "[redacted]"

// Least is the number of bytes from which a value is looked for inside other
// text. A shorter one would take ordinary words and numbers with it.
const Least = 8

const (
	headLeast  = 4  // characters of an encoded secret that must stand before its first line break
	lineLeast  = 16 // and between two of them
	indentMost = 16 // blanks after a line break that are stepped over
	headMost   = 256
)

// A Redactor finds secrets in bytes, in one pass whose cost doesn't grow with
// their number: a table of two-byte pairs tells how far the search may jump.
// It is made once, never changes, and may be used by many goroutines.
//
// It finds each value raw, each line of it from Least bytes on, in base64
// (both alphabets, at every offset within something longer), in hex, both also
// broken into lines, and as URLs, JSON, shells and XML escape it. Whatever any
// form covers is masked; forms that overlap become one mask.
type Redactor struct {
	pats    [][]byte
	wrap    []bool // whether pats[i] may be broken into lines
	least   int    // length of the shortest pattern
	longest int    // most bytes that a match can take, line breaks included
	shift   []uint8
	ends    map[uint16][]int32 // patterns by the pair that ends their first `least` bytes
	begins  map[uint16][]int32 // patterns by their first pair
	first   [256]bool
	joins   []join  // chained by the pair around a line break
	chains  []int32 // by a hash of the pair: 1 + the first join
	short   []string
	which   []int
}

// A join is a place in a pattern where its first line break may stand.
type join struct {
	pat, at, next int32
	pair          uint16
}

func chain(pair uint16) int { return int(uint32(pair) * 40503 & 0xffff >> 4) }

type span struct{ from, to int }

// NewRedactor looks for values. Line breaks at their ends don't count. Empty
// ones are left out; those under Least bytes are named by Short.
func NewRedactor(values ...string) *Redactor {
	r := &Redactor{}
	seen := map[string]bool{}
	for i, v := range values {
		v = strings.TrimRight(v, "\r\n")
		if len(v) < Least {
			if v != "" {
				r.short, r.which = append(r.short, v), append(r.which, i)
			}
			continue
		}
		plain, cores := forms(v)
		for _, p := range plain {
			r.add(seen, p, false)
		}
		for _, c := range cores {
			r.add(seen, c, true)
		}
	}
	r.index()
	return r
}

// Short gives the places, in NewRedactor's arguments, of values too short to
// be looked for. They are not redacted inside other text; String and Holds
// know them only as a whole.
func (r *Redactor) Short() []int { return slices.Clone(r.which) }

// add takes a pattern in. A core may be broken into lines, and the break may
// come so near to its end that only the rest of it can be found.
func (r *Redactor) add(seen map[string]bool, p string, wrap bool) {
	if wrap {
		cut := headLeast - 1
		if len(p)-cut >= Least-1 {
			r.put(seen, p[cut:], true)
			r.put(seen, p[:len(p)-cut], true)
		}
		if len(p) > lineLeast+2*cut {
			r.put(seen, p[cut:len(p)-cut], true)
		}
	}
	r.put(seen, p, wrap)
}

func (r *Redactor) put(seen map[string]bool, p string, wrap bool) {
	key := p
	if wrap {
		key = "\n" + p // no pattern begins with a line break
	}
	if len(p) < 2 || seen[key] {
		return
	}
	seen[key] = true
	r.pats, r.wrap = append(r.pats, []byte(p)), append(r.wrap, wrap)
}

func pair(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

// index builds the tables of the search.
func (r *Redactor) index() {
	if len(r.pats) == 0 {
		return
	}
	r.least = len(r.pats[0])
	places := 0
	for i, p := range r.pats {
		r.least = min(r.least, len(p))
		n := len(p)
		if r.wrap[i] {
			places += min(n, headMost)
			n += (len(p)/lineLeast + 2) * (indentMost + 2)
		}
		r.longest = max(r.longest, n)
	}
	m := r.least
	r.shift = bytes.Repeat([]byte{uint8(min(m-1, 255))}, 1<<16)
	r.ends, r.begins = map[uint16][]int32{}, map[uint16][]int32{}
	r.chains, r.joins = make([]int32, 1<<12), make([]join, 0, places)
	for i, p := range r.pats {
		for j := 0; j+1 < m; j++ {
			k := pair(p[j], p[j+1])
			r.shift[k] = min(r.shift[k], uint8(min(m-2-j, 255)))
		}
		end, begin := pair(p[m-2], p[m-1]), pair(p[0], p[1])
		r.ends[end] = append(r.ends[end], int32(i))
		r.begins[begin] = append(r.begins[begin], int32(i))
		r.first[p[0]] = true
		for j := headLeast; r.wrap[i] && j < min(len(p), headMost); j++ {
			k := pair(p[j-1], p[j])
			c := &r.chains[chain(k)]
			r.joins = append(r.joins, join{int32(i), int32(j), *c, k})
			*c = int32(len(r.joins))
		}
	}
}

// find gives every place in b that a pattern covers, in order of its start.
func (r *Redactor) find(b []byte, spans []span) []span {
	if r.least == 0 {
		return spans
	}
	m := r.least
	for i := m - 2; i+1 < len(b); {
		k := pair(b[i], b[i+1])
		if s := r.shift[k]; s > 0 {
			i += int(s)
			continue
		}
		from, most := i-(m-2), 0
		for _, c := range r.ends[k] {
			if p := r.pats[c]; len(p) > most && bytes.HasPrefix(b[from:], p) {
				most = len(p)
			}
		}
		if most > 0 {
			spans = append(spans, span{from, from + most})
		}
		i++
	}
	n := len(spans)
	spans = r.findBroken(b, spans)
	if len(spans) > n {
		slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	}
	return spans
}

// findBroken looks at each line break for a pattern that goes on after it.
func (r *Redactor) findBroken(b []byte, spans []span) []span {
	for at := 0; len(r.joins) > 0; {
		nl := bytes.IndexByte(b[at:], '\n')
		if nl < 0 {
			break
		}
		nl += at
		at = nl + 1
		end := nl
		if end > 0 && b[end-1] == '\r' {
			end--
		}
		next := nl + 1 + blanks(b[nl+1:])
		if end == 0 || next >= len(b) {
			continue
		}
		k := pair(b[end-1], b[next])
		for c := r.chains[chain(k)]; c > 0; c = r.joins[c-1].next {
			j := r.joins[c-1]
			from := end - int(j.at)
			if j.pair != k || from < 0 || !bytes.Equal(b[from:end], r.pats[j.pat][:j.at]) {
				continue
			}
			if n, whole := follow(b[from:], r.pats[j.pat]); whole {
				spans = append(spans, span{from, from + n})
			}
		}
	}
	return spans
}

func blanks(b []byte) int {
	n := 0
	for n < len(b) && n < indentMost && (b[n] == ' ' || b[n] == '\t') {
		n++
	}
	return n
}

// follow matches p against the start of b and steps over line breaks. It gives
// the bytes of b that it used, and whether p was whole; when all of b was used
// and p wasn't whole, more of b could still complete it.
func follow(b, p []byte) (n int, whole bool) {
	run, least := 0, headLeast
	for k := 0; k < len(p); {
		switch {
		case n == len(b):
			return n, false
		case b[n] == p[k]:
			n, k, run = n+1, k+1, run+1
			continue
		case run < least:
			return -1, false
		}
		rest := b[n:]
		if len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n' {
			n++
		} else if len(rest) == 1 && rest[0] == '\r' {
			return len(b), false
		} else if rest[0] != '\n' {
			return -1, false
		}
		n++
		n += blanks(b[n:])
		run, least = 0, lineLeast
	}
	return n, true
}

// pending is where the tail of b begins that could still become a match.
func (r *Redactor) pending(b []byte) int {
	if r.least == 0 {
		return len(b)
	}
	for s := max(0, len(b)-r.longest); s < len(b); s++ {
		if !r.first[b[s]] {
			continue
		}
		if s == len(b)-1 {
			return s
		}
		rest := b[s:]
		for _, c := range r.begins[pair(rest[0], rest[1])] {
			p := r.pats[c]
			if len(rest) < len(p) && bytes.HasPrefix(p, rest) {
				return s
			}
			if r.wrap[c] {
				if n, whole := follow(rest, p); !whole && n == len(rest) {
					return s
				}
			}
		}
	}
	return len(b)
}

// Holds tells whether s holds a secret in any form, or is a short one.
func (r *Redactor) Holds(s string) bool {
	return slices.Contains(r.short, strings.TrimSpace(s)) || len(r.find([]byte(s), nil)) > 0
}

// String gives s with every secret masked. Text that is a short secret and
// nothing else is masked too.
func (r *Redactor) String(s string) string {
	if !r.Holds(s) {
		return s
	}
	if slices.Contains(r.short, strings.TrimSpace(s)) {
		return Mask
	}
	var b strings.Builder
	w := r.Writer(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// Writer gives a stream into w. Close it to get the last bytes out.
func (r *Redactor) Writer(w io.Writer) *Writer { return &Writer{r: r, w: w} }

// A Writer redacts a stream. The bytes that come out are the same however the
// stream was cut into writes. Only a tail that could be the start of a secret
// is held back. It is for one goroutine.
type Writer struct {
	r       *Redactor
	w       io.Writer
	held    []byte
	covered int // bytes at the start of held that stand behind a mask already written
	spans   []span
}

// Write passes on what can no longer be part of a secret. Its error is the
// one of the writer below; some of p may have reached it.
func (w *Writer) Write(p []byte) (int, error) {
	const piece = 1 << 20
	for done := 0; done < len(p); done += piece {
		if err := w.write(p[done:min(len(p), done+piece)]); err != nil {
			return done, err
		}
	}
	return len(p), nil
}

func (w *Writer) write(p []byte) error {
	b := p
	if len(w.held) > 0 {
		w.held = append(w.held, p...)
		b = w.held
	}
	hold := w.r.pending(b)
	err := w.emit(b, hold)
	w.held = append(w.held[:0], b[hold:]...)
	return err
}

// Close writes what was held back: no whole secret. It leaves the writer below
// open.
func (w *Writer) Close() error {
	b := w.held
	w.held = nil
	return w.emit(b, len(b))
}

// emit writes b up to hold, with a mask for each run of spans that overlap.
func (w *Writer) emit(b []byte, hold int) error {
	w.spans = w.r.find(b, w.spans[:0])
	at := w.covered // all before it is written, or stands behind a mask
	for _, s := range w.spans {
		if s.from >= hold {
			break
		}
		if s.from < at {
			at = max(at, s.to)
			continue
		}
		if err := w.put(b[at:s.from]); err != nil {
			return err
		}
		if err := w.put([]byte(Mask)); err != nil {
			return err
		}
		at = s.to
	}
	if at < hold {
		if err := w.put(b[at:hold]); err != nil {
			return err
		}
		at = hold
	}
	w.covered = at - hold
	return nil
}

func (w *Writer) put(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	_, err := w.w.Write(p)
	return err
}
