package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

const maxBookID = 200

// A Head is a run's summary, as its writer made it when the run's stream ended at
// Seq. It is a cache: when Last is above Seq, fold the stream again.
type Head struct {
	Run   string
	Books []string // the books the run opened; the head stands under each
	Seq   uint64   // 0 when the stored head was damaged; Books and Data are then empty
	Data  []byte
	Last  uint64 // on reading: where the stream ends now. Ignored on writing
}

func (h Head) valid() error {
	if err := validStream(runPrefix + h.Run); err != nil || h.Run == "" {
		return fmt.Errorf("run id %q of a head can't name a stream", h.Run)
	}
	for _, b := range h.Books {
		if b == "" || len(b) > maxBookID {
			return fmt.Errorf("book %q of the head of run %s is not 1 to %d bytes", b, h.Run, maxBookID)
		}
	}
	if len(h.Data) > maxData {
		return fmt.Errorf("head of run %s has %d bytes, at most %d are kept", h.Run, len(h.Data), maxData)
	}
	return nil
}

func headCheck(run string, b []byte) []byte {
	s := sha256.Sum256(append(appendField(nil, []byte(run)), b...))
	return s[:8]
}

func (h Head) encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, h.Seq)
	b = binary.BigEndian.AppendUint32(b, uint32(len(h.Books)))
	for _, book := range h.Books {
		b = appendField(b, []byte(book))
	}
	b = appendField(b, h.Data)
	return append(b, headCheck(h.Run, b)...)
}

var errHead = errors.New("its checksum is not that of its bytes")

// decodeHead allows for fields behind data, which a later version may add.
func decodeHead(run string, b []byte) (Head, error) {
	h := Head{Run: run}
	if len(b) < 20 || !bytes.Equal(headCheck(run, b[:len(b)-8]), b[len(b)-8:]) {
		return h, errHead
	}
	seq, n, b := binary.BigEndian.Uint64(b), binary.BigEndian.Uint32(b[8:]), b[12:len(b)-8]
	var books []string
	for range n {
		f, rest, ok := cutField(b)
		if !ok {
			return h, errHead
		}
		books, b = append(books, string(f)), rest
	}
	data, _, ok := cutField(b)
	if !ok {
		return h, errHead
	}
	h.Seq, h.Books, h.Data = seq, books, data
	return h, nil
}
