package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"
)

const (
	// Every is the longest that kept output waits for its flush while more
	// output flows: two frames of a screen.
	Every = 33 * time.Millisecond

	frameSize = 4 << 20 // of redacted output: what reading at an offset decodes at most for nothing
	window    = 1 << 20
	markMagic = 0x184d2a51 // a skippable frame: decoders pass over it
	markSize  = 24
)

// Kept says what stands in a kept file.
type Kept struct {
	Bytes  int64  // of redacted output, before compression
	Lines  int64  // a last line without its line break counts
	Digest string // SHA-256 of the redacted output, lower-case hex
	Fault  error  // why the file doesn't hold all that was printed; nil: it does
}

// A Keep writes output to a file: redacted, digested, compressed with zstd,
// flushed. The first output after a pause is flushed at once, further output
// every Every; what was flushed can be read back whatever happens to this
// process. The file is a series of zstd frames that any zstd decodes, with a
// mark between frames that says where the next one stands in the output.
//
// When the file can't be written, for want of space or otherwise, it is cut
// back to what was flushed last and nothing more is written; Write goes on
// taking output, so that nobody is held up, and Close says what was lost.
// Methods may be called from several goroutines.
type Keep struct {
	mu      sync.Mutex
	file    *os.File
	flushed func()
	red     *Redactor
	in      *Writer
	enc     *zstd.Encoder
	sum     hash.Hash
	now     Kept
	open    bool // the last line lacks its line break
	frame   int  // bytes in the frame being written
	written int64
	refused error // what ended the writing

	fault error
	sure  Kept // at the last flush ...
	size  int64
	state hash.Hash

	last  time.Time
	timer *time.Timer
	dirty bool
}

// NewKeep keeps output in file, which it takes over, empty. After each flush
// it calls flushed, if that isn't nil, from whatever goroutine flushes; it
// must not block or call back.
func NewKeep(file *os.File, r *Redactor, flushed func()) (*Keep, error) {
	k := &Keep{file: file, flushed: flushed, red: r, sum: sha256.New()}
	enc, err := zstd.NewWriter(fileWriter{k}, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(window),
		zstd.WithEncoderConcurrency(2), zstd.WithZeroFrames(true))
	if err != nil {
		return nil, fmt.Errorf("keep output: %w", err)
	}
	k.enc, k.in = enc, r.Writer(sink{k})
	k.note()
	return k, nil
}

// Write keeps p. It never fails.
func (k *Keep) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.take(k.in, p)
	return len(p), nil
}

// Stream gives a second way in, for output that arrives beside Write's: each
// is redacted by itself, so that neither breaks up a secret of the other. It
// must be closed before the Keep is.
func (k *Keep) Stream() io.WriteCloser { return &stream{k, k.red.Writer(sink{k})} }

type stream struct {
	k  *Keep
	in *Writer
}

func (s *stream) Write(p []byte) (int, error) {
	s.k.mu.Lock()
	defer s.k.mu.Unlock()
	s.k.take(s.in, p)
	return len(p), nil
}

func (s *stream) Close() error {
	s.k.mu.Lock()
	defer s.k.mu.Unlock()
	return s.in.Close()
}

// take redacts p and sees to the next flush.
func (k *Keep) take(in *Writer, p []byte) {
	_, _ = in.Write(p) // the sink never fails
	if k.timer != nil || !k.dirty {
		return
	}
	if wait := Every - time.Since(k.last); wait > 0 {
		k.timer = time.AfterFunc(wait, func() { _ = k.Flush() })
		return
	}
	k.flush()
}

// sink is what lies below the redaction.
type sink struct{ k *Keep }

func (s sink) Write(p []byte) (int, error) {
	k := s.k
	k.sum.Write(p)
	k.now.Bytes += int64(len(p))
	k.now.Lines += int64(bytes.Count(p, []byte{'\n'}))
	k.open = len(p) > 0 && p[len(p)-1] != '\n'
	k.dirty = true
	for rest := p; len(rest) > 0 && k.fault == nil; {
		n := min(len(rest), frameSize-k.frame)
		_, err := k.enc.Write(rest[:n])
		k.fail(err)
		rest, k.frame = rest[n:], k.frame+n
		if k.frame == frameSize && k.fault == nil {
			k.mark(k.now.Bytes-int64(len(rest)), k.now.Lines-int64(bytes.Count(rest, []byte{'\n'})))
		}
	}
	return len(p), nil
}

// mark ends a frame and says where the next one begins.
func (k *Keep) mark(offset, lines int64) {
	k.fail(k.enc.Close())
	if k.fault != nil {
		return
	}
	m := make([]byte, 0, markSize)
	m = binary.LittleEndian.AppendUint32(m, markMagic)
	m = binary.LittleEndian.AppendUint32(m, markSize-8)
	m = binary.LittleEndian.AppendUint64(m, uint64(offset))
	m = binary.LittleEndian.AppendUint64(m, uint64(lines))
	_, err := fileWriter{k}.Write(m)
	k.fail(err)
	k.enc.Reset(fileWriter{k})
	k.frame = 0
}

// Flush makes everything that was written so far readable, but for what could
// be the start of a secret. It gives the error that stopped the keeping.
func (k *Keep) Flush() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.flush()
	return k.fault
}

func (k *Keep) flush() {
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
	k.last = time.Now()
	if !k.dirty || k.fault != nil {
		return
	}
	k.fail(k.enc.Flush())
	if k.fault != nil {
		return
	}
	k.dirty = false
	k.note()
	if k.flushed != nil {
		k.flushed()
	}
}

// note remembers what is safe.
func (k *Keep) note() {
	k.sure, k.size = k.now, k.written
	if k.open {
		k.sure.Lines++
	}
	k.state, _ = k.sum.(hash.Cloner).Clone() //nolint:errcheck // SHA-256 can be cloned
}

// fail cuts the file back to the last flush at the first error. The space that
// this frees isn't used again: what came between would be missing.
func (k *Keep) fail(err error) {
	if err == nil || k.fault != nil {
		return
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		err = errno
	}
	k.fault = fmt.Errorf("output cut at %d bytes: %w", k.sure.Bytes, err)
	_ = k.file.Truncate(k.size)
}

// Close flushes, syncs and closes the file, and says what it holds.
func (k *Keep) Close() Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = k.in.Close()
	k.dirty = false
	k.flush() // stops the timer
	if k.fault == nil {
		k.fail(k.enc.Close())
	}
	if k.fault == nil {
		k.note()
	}
	if err := k.file.Sync(); err != nil && k.fault == nil {
		k.fault = fmt.Errorf("output of %d bytes may not last: %w", k.sure.Bytes, err)
	}
	if err := k.file.Close(); err != nil && k.fault == nil {
		k.fault = fmt.Errorf("output of %d bytes may not last: %w", k.sure.Bytes, err)
	}
	out := k.sure
	out.Digest, out.Fault = hex.EncodeToString(k.state.Sum(nil)), k.fault
	k.timer, k.flushed = nil, nil
	return out
}

// fileWriter counts what reaches the file. Of writes that the encoder makes
// beside its caller none comes after one that failed: the file is cut then.
type fileWriter struct{ k *Keep }

func (f fileWriter) Write(p []byte) (int, error) {
	if f.k.refused != nil {
		return 0, f.k.refused
	}
	n, err := f.k.file.Write(p)
	f.k.refused = err
	f.k.written += int64(n)
	return n, err
}
