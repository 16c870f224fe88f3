package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

const (
	slotSize    = 256
	anchorMagic = "lifeboat-anchor"
	aheadSuffix = ".ahead"
)

// anchor is how far a stream has come, as kept outside of the log.
type anchor struct {
	stream string
	seq    uint64
	hash   [32]byte
}

// encode gives a slot. It is written after each commit, hence without fmt.
func (a anchor) encode() []byte {
	b := append(make([]byte, 0, 2*slotSize), anchorMagic+" 1 "...)
	b = append(append(b, a.stream...), ' ')
	seq := strconv.AppendUint(make([]byte, 0, seqDigits), a.seq, 10)
	b = append(append(b, zeros[:seqDigits-len(seq)]...), seq...)
	b = hex.AppendEncode(append(b, ' '), a.hash[:])
	check := anchorCheck(b)
	b = append(append(b, ' '), check[:]...)
	return append(blank(b, slotSize-1), '\n')
}

const (
	seqDigits = 20
	zeros     = "00000000000000000000"
)

// blank fills up with blanks to n bytes.
func blank(b []byte, n int) []byte {
	for len(b) < n {
		b = append(b, ' ')
	}
	return b
}

func anchorCheck(b []byte) (digits [16]byte) {
	sum := sha256.Sum256(b)
	hex.Encode(digits[:], sum[:8])
	return digits
}

func parseSlot(b []byte) (a anchor, ok bool) {
	b = bytes.TrimRight(b, " \n")
	at := bytes.LastIndexByte(b, ' ')
	if at < 0 {
		return a, false
	}
	if check := anchorCheck(b[:at]); string(check[:]) != string(b[at+1:]) {
		return a, false
	}
	rest, known := bytes.CutPrefix(b[:at], []byte(anchorMagic+" 1 "))
	stream, rest, ok1 := bytes.Cut(rest, []byte{' '})
	digits, hash, ok2 := bytes.Cut(rest, []byte{' '})
	seq, err := strconv.ParseUint(string(digits), 10, 64)
	if !known || !ok1 || !ok2 || err != nil || len(hash) != 2*hashSize {
		return a, false
	}
	a = anchor{stream: string(stream), seq: seq}
	_, err = hex.Decode(a.hash[:], hash)
	return a, err == nil
}

// parseAnchor gives the slot that counts. ok is false if none is valid.
func parseAnchor(b []byte) (best anchor, slot int, ok bool) {
	for i := range 2 {
		if len(b) < (i+1)*slotSize {
			break
		}
		a, valid := parseSlot(b[i*slotSize : (i+1)*slotSize])
		if valid && (!ok || a.seq > best.seq) {
			best, slot, ok = a, i, true
		}
	}
	return best, slot, ok
}

// writeAnchors runs under the log's lock, so that anchors of one stream follow
// each other. A record is not lost for want of an anchor: trouble is a warning.
func (l *Log) writeAnchors(p *plan) []*os.File {
	var files []*os.File
	for stream, last := range p.last {
		path := l.anchor(stream)
		if path == "" || last.Seq == p.first[stream].Seq {
			continue
		}
		f, err := l.writeAnchor(path, p.first[stream], last)
		l.warn(err)
		if f != nil {
			files = append(files, f)
		}
	}
	return files
}

func (l *Log) closeAnchors(files []*os.File, sync bool) {
	for _, f := range files {
		if sync && !l.noSync {
			l.warn(f.Sync())
		}
		l.warn(f.Close())
	}
}

// writeAnchor moves the anchor from before to last. One that does not stand at
// before or behind it is evidence of a stream that was rolled back, and is kept.
func (l *Log) writeAnchor(path string, before, last Record) (*os.File, error) {
	f, err := openFile(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("anchor of %s: %w", last.Stream, err)
	}
	var b [2 * slotSize]byte
	n, err := f.ReadAt(b[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(fmt.Errorf("anchor of %s: %w", last.Stream, err), f.Close())
	}
	a, slot, ok := parseAnchor(b[:n])
	if ok && (a.stream != last.Stream || a.seq > before.Seq || a.seq == before.Seq && a.hash != before.Hash) {
		_ = f.Close()
		return l.keepAnchor(path, a, before, last)
	}
	out, at := anchor{last.Stream, last.Seq, last.Hash}.encode(), int64(0)
	switch {
	case !ok:
		out = append(blank(out, 2*slotSize-1), '\n')
	case slot == 0:
		at = slotSize
	}
	if _, err := f.WriteAt(out, at); err != nil {
		return nil, errors.Join(fmt.Errorf("anchor of %s: %w", last.Stream, err), f.Close())
	}
	return f, nil
}

// keepAnchor sets an anchor that is ahead aside, unless one is kept already, and
// begins a new one.
func (l *Log) keepAnchor(path string, a anchor, before, last Record) (*os.File, error) {
	l.warn(fmt.Errorf("%w: %s stood at record %d when record %d was written, its anchor %s at %d of %s",
		ErrRolledBack, last.Stream, before.Seq, last.Seq, path, a.seq, a.stream))
	err := publish(path, path+aheadSuffix)
	if errors.Is(err, os.ErrExist) {
		err = os.Remove(path)
	}
	if err != nil {
		return nil, fmt.Errorf("anchor of %s: %w", last.Stream, err)
	}
	return l.writeAnchor(path, before, last)
}

// readAnchor gives ok false for a file that was never finished.
func readAnchor(path string) (a anchor, ok bool, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return a, false, err
	}
	a, _, ok = parseAnchor(b)
	return a, ok, nil
}

// anchors compares the streams with what was kept outside.
func (v *verifier) anchors(t *tree, paths []string) {
	for _, path := range paths {
		v.anchor(t, path, true)
		v.anchor(t, path+aheadSuffix, false)
	}
}

func (v *verifier) anchor(t *tree, path string, expected bool) {
	a, ok, err := readAnchor(path)
	switch {
	case missing(err) && !expected:
	case err != nil:
		v.note("anchor %s can't be read: %v", path, cause(err))
	case !ok:
		v.note("anchor %s was never finished or is damaged", path)
	default:
		v.compare(t, a, path)
	}
}

func (v *verifier) compare(t *tree, a anchor, path string) {
	last := uint64(0)
	if c := v.chains[a.stream]; c != nil {
		last = c.next - 1
		if c.lost && last < a.seq {
			return // the damage that hides it is reported
		}
	}
	if last < a.seq {
		v.problem(Problem{
			Stream: a.stream, Seq: a.seq,
			Text: fmt.Sprintf("%v %s: record %d is the last one left", ErrRolledBack, path, last),
		})
		return
	}
	val, ok, err := t.record(a.stream, a.seq)
	if err != nil || !ok {
		return // reported by the walk
	}
	if string(val[max(0, len(val)-hashSize):]) != string(a.hash[:]) {
		v.problem(Problem{
			Stream: a.stream, Seq: a.seq,
			Text: fmt.Sprintf("%v %s: it was rolled back and another record written in its place", ErrRolledBack, path),
		})
	}
}
