package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

const (
	maxStream = 100
	maxKind   = 64
	maxData   = 16 << 20
	hashSize  = sha256.Size
	runPrefix = "run/"
)

// A Record is what the log keeps. Data must not be changed by who reads it.
type Record struct {
	Station string // the log it was written to: 32 hex digits
	Stream  string
	Seq     uint64    // from 1, without gaps; the only order there is
	Time    time.Time // UTC, when it was written; may jump with the clock
	Kind    string
	V       int // version of the kind
	Data    []byte
	Prev    [32]byte // hash of the record before; of the first one: SHA-256(station ‖ stream)
	Hash    [32]byte // SHA-256 over all the others but Station, see FORMAT.md
}

// Run is the id of the run the record's stream belongs to, "" if to none.
func (r Record) Run() string { return runOf(r.Stream) }

// Check tells whether the hash is that of the fields.
func (r Record) Check() bool {
	full := r.encode()
	return r.Hash == hashOf(r.Stream, r.Seq, full[:len(full)-hashSize])
}

// An Entry is a record to be.
type Entry struct {
	Kind string // 1 to 64 of A-Z a-z 0-9 . _ -
	V    int    // from 0
	Data []byte // up to 16 MiB
	Time time.Time
	// Time is when the entry is written. Leave it zero: then the log's clock
	// tells. It is for copying records from elsewhere.
}

func (e Entry) valid() error {
	switch {
	case len(e.Kind) > maxKind || !plain(e.Kind, ""):
		return fmt.Errorf("kind %q is not 1 to %d of A-Z a-z 0-9 . _ -", e.Kind, maxKind)
	case e.V < 0 || int64(e.V) > 1<<31-1:
		return fmt.Errorf("version %d of kind %s is out of range", e.V, e.Kind)
	case len(e.Data) > maxData:
		return fmt.Errorf("data of kind %s has %d bytes, at most %d are kept", e.Kind, len(e.Data), maxData)
	case !e.Time.IsZero() && (e.Time.Year() < 1970 || e.Time.Year() > 2261):
		return fmt.Errorf("time %s of kind %s is out of range", e.Time, e.Kind)
	}
	return nil
}

func validStream(s string) error {
	if len(s) > maxStream || !plain(s, "/") {
		return fmt.Errorf("stream %q is not 1 to %d of A-Z a-z 0-9 . _ - /", s, maxStream)
	}
	return nil
}

// plain tells whether s is not empty and has only letters, digits, . _ - and more.
func plain(s, more string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		case more != "" && c == more[0]:
		default:
			return false
		}
	}
	return s != ""
}

func runOf(stream string) string {
	if len(stream) > len(runPrefix) && stream[:len(runPrefix)] == runPrefix {
		return stream[len(runPrefix):]
	}
	return ""
}

// firstPrev is what a stream's first record has for the hash of the one before.
func firstPrev(station, stream string) [32]byte { return sha256.Sum256([]byte(station + stream)) }

func appendField(dst, field []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(field)))
	return append(dst, field...)
}

// hashPrefix is the part of what is hashed that is not stored.
func hashPrefix(dst []byte, stream string, seq uint64) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(stream)))
	dst = append(dst, stream...)
	dst = binary.BigEndian.AppendUint32(dst, 8)
	return binary.BigEndian.AppendUint64(dst, seq)
}

func hashOf(stream string, seq uint64, stored []byte) [32]byte {
	buf := make([]byte, 0, 16+len(stream)+len(stored))
	return sha256.Sum256(append(hashPrefix(buf, stream, seq), stored...))
}

// encode gives the stored bytes, the hash at their end as r has it.
func (r Record) encode() []byte {
	b := make([]byte, 0, 20+8+12+len(r.Kind)+len(r.Data)+2*hashSize)
	b = binary.BigEndian.AppendUint32(b, 8)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Time.UnixNano()))
	b = appendField(b, []byte(r.Kind))
	b = binary.BigEndian.AppendUint32(b, 4)
	b = binary.BigEndian.AppendUint32(b, uint32(r.V))
	b = appendField(b, r.Data)
	b = appendField(b, r.Prev[:])
	return append(b, r.Hash[:]...)
}

// seal sets the hash and gives the stored bytes.
func (r *Record) seal() []byte {
	b := r.encode()
	r.Hash = hashOf(r.Stream, r.Seq, b[:len(b)-hashSize])
	copy(b[len(b)-hashSize:], r.Hash[:])
	return b
}

var errShape = errors.New("its fields can't be told apart")

// decodeRecord reads stored bytes and checks their hash. Data shares memory with b.
func decodeRecord(station, stream string, seq uint64, b []byte) (Record, error) {
	r := Record{Station: station, Stream: stream, Seq: seq}
	bad := func(err error) (Record, error) {
		return r, &recordError{stream, seq, err.Error()}
	}
	if len(b) < hashSize {
		return bad(errShape)
	}
	body := b[:len(b)-hashSize]
	copy(r.Hash[:], b[len(body):])
	if hashOf(stream, seq, body) != r.Hash {
		return bad(errors.New("its hash is not that of its bytes"))
	}
	var f [5][]byte
	for i := range f {
		var ok bool
		if f[i], body, ok = cutField(body); !ok {
			return bad(errShape)
		}
	}
	if len(body) != 0 || len(f[0]) != 8 || len(f[2]) != 4 || len(f[4]) != hashSize {
		return bad(errShape)
	}
	r.Time = time.Unix(0, int64(binary.BigEndian.Uint64(f[0]))).UTC()
	r.Kind = string(f[1])
	r.V = int(binary.BigEndian.Uint32(f[2]))
	r.Data = f[3]
	copy(r.Prev[:], f[4])
	return r, nil
}

// cutField takes one length-prefixed field off b.
func cutField(b []byte) (field, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := uint64(binary.BigEndian.Uint32(b))
	if n > uint64(len(b)-4) {
		return nil, nil, false
	}
	return b[4 : 4+n : 4+n], b[4+n:], true
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }
