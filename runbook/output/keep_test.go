package output

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func create(t testing.TB, r *Redactor, flushed func()) (*Keep, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "output.zst")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKeep(f, r, flushed)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func readAll(t testing.TB, path string) string {
	t.Helper()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func digest(s string) string {
	d := sha256.Sum256([]byte(s))
	return hex.EncodeToString(d[:])
}

func TestKeep_keepsWhatWasRedacted(t *testing.T) {
	for _, in := range []string{"", "one\ntwo", "one\ntwo\n", "a hunter2pass b\n", strings.Repeat("line of it\n", 1<<20)} {
		k, path := create(t, NewRedactor("hunter2pass"), nil)
		for rest := in; rest != ""; {
			n := min(len(rest), 300_007)
			_, _ = k.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		kept := k.Close()
		want := strings.ReplaceAll(in, "hunter2pass", Mask)
		lines := int64(strings.Count(want, "\n"))
		if want != "" && !strings.HasSuffix(want, "\n") {
			lines++
		}
		if kept.Fault != nil || kept.Bytes != int64(len(want)) || kept.Lines != lines || kept.Digest != digest(want) {
			t.Errorf("%.20q: %+v", in, kept)
		}
		if got := readAll(t, path); got != want {
			t.Errorf("%.20q: read back %d bytes of %d", in, len(got), len(want))
		}
		// Any zstd reads it: one frame after the other, marks between.
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		dec, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(dec)
		if err != nil || string(plain) != want {
			t.Errorf("%.20q: a plain decoder reads %d bytes of %d: %v", in, len(plain), len(want), err)
		}
		dec.Close()
		_ = f.Close()
	}
}

func TestKeep_streamsAreRedactedApart(t *testing.T) {
	k, path := create(t, NewRedactor("hunter2pass"), nil)
	s := k.Stream()
	_, _ = k.Write([]byte("hunter"))
	_, _ = s.Write([]byte("[note]"))
	_, _ = k.Write([]byte("2pass"))
	_ = s.Close()
	k.Close()
	if got := readAll(t, path); got != "[note]"+Mask {
		t.Fatalf("got %q", got)
	}
}

// TestKeep_flushes: the first output after a pause at once, further output
// after Every, with nobody asking.
func TestKeep_flushes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{}, 10)
		k, path := create(t, NewRedactor(), func() { wake <- struct{}{} })
		start := time.Now()
		_, _ = k.Write([]byte("at once\n"))
		<-wake
		if d := time.Since(start); d != 0 {
			t.Fatalf("the first line took %v", d)
		}
		_, _ = k.Write([]byte("soon\n"))
		_, _ = k.Write([]byte("after\n"))
		if got := readAll(t, path); got != "at once\n" {
			t.Fatalf("flushed line by line: %q", got)
		}
		<-wake
		if d := time.Since(start); d != Every {
			t.Fatalf("the second flush came after %v", d)
		}
		if got := readAll(t, path); got != "at once\nsoon\nafter\n" {
			t.Fatalf("got %q", got)
		}
		k.Close()
	})
}

func TestReader_followsAFileThatIsWritten(t *testing.T) {
	wake := make(chan struct{}, 1)
	k, path := create(t, NewRedactor(), func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	var want bytes.Buffer
	go func() {
		log := logLike(3 * frameSize)
		for i := 0; len(log) > 0; i++ {
			n := min(len(log), 1+i*i*97%200_000)
			_, _ = k.Write(log[:n])
			if i%3 == 0 {
				_ = k.Flush()
			}
			want.Write(log[:n])
			log = log[n:]
		}
		k.Close()
		close(wake)
	}()
	r := open(t, path)
	var got bytes.Buffer
	if err := r.Follow(t.Context(), wake, func(b []byte) error { got.Write(b); return nil }); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) || r.Offset() != int64(want.Len()) || r.Cut() {
		t.Fatalf("followed %d bytes of %d, cut %v", got.Len(), want.Len(), r.Cut())
	}
}

func TestReader_followEndsWithItsContext(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	defer k.Close()
	r := open(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Follow(ctx, make(chan struct{}), nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

// TestReader_aCutFileReadsToItsLastFlush cuts the file everywhere around each
// flush: what was flushed before the cut is there, and nothing else.
func TestReader_aCutFileReadsToItsLastFlush(t *testing.T) {
	type point struct{ size, bytes int64 }
	var points []point
	k, path := create(t, NewRedactor(), nil)
	k.frame = frameSize - 100_000 // a new frame soon
	log := logLike(400_000)
	for i := 0; i < len(log); i += 25_000 {
		_, _ = k.Write(log[i : i+25_000])
		_ = k.Flush()
		points = append(points, point{k.size, k.sure.Bytes})
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k.Close()
	cut := filepath.Join(t.TempDir(), "cut.zst")
	for _, p := range points {
		for _, d := range []int64{-50, -1, 0, 1, 2, 3, 7, 30} {
			size := min(p.size+d, int64(len(whole)))
			if err := os.WriteFile(cut, whole[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			var least int64
			for _, q := range points {
				if q.size <= size {
					least = q.bytes
				}
			}
			got := readAll(t, cut)
			if int64(len(got)) < least || got != string(log[:len(got)]) {
				t.Fatalf("cut at %d: %d bytes, %d were flushed", size, len(got), least)
			}
		}
	}
}

func TestReader_seeksAndGivesTheLastLines(t *testing.T) {
	k, path := create(t, NewRedactor(), nil)
	log := logLike(5 * frameSize / 2)
	_, _ = k.Write(log)
	k.Close()
	r := open(t, path)
	for _, off := range []int64{0, 1, frameSize - 1, frameSize, frameSize + 1, 2*frameSize + 5, 77, int64(len(log)) - 3, int64(len(log))} {
		if err := r.SeekTo(off); err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(io.LimitReader(r, 100))
		if err != nil || string(b) != string(log[off:min(off+100, int64(len(log)))]) {
			t.Fatalf("at %d: %q, %v", off, b, err)
		}
	}
	if err := r.SeekTo(1 << 40); err != nil || r.Offset() != int64(len(log)) {
		t.Fatalf("beyond the end: at %d, %v", r.Offset(), err)
	}
	lines := strings.SplitAfter(string(log), "\n")
	for _, n := range []int{0, 1, 2, 100, 10_000} {
		got, err := r.Last(n)
		want := strings.Join(lines[len(lines)-n:], "")
		if err != nil || string(got) != want {
			t.Fatalf("last %d lines: %d bytes, want %d: %v", n, len(got), len(want), err)
		}
	}
}

func TestContainsAndMatches(t *testing.T) {
	k, path := create(t, NewRedactor("hunter2pass"), nil)
	log := logLike(3 * blockMost)
	copy(log[blockMost-4:], "RESTORED ok") // over the edge of a block
	_, _ = k.Write(log)
	_, _ = k.Write([]byte("\nhunter2pass\n"))
	k.Close()
	for text, want := range map[string]bool{"RESTORED ok": true, "RESTORED  ok": false, "": true, Mask: true, "hunter2pass": false} {
		if got, err := Contains(path, text); err != nil || got != want {
			t.Errorf("Contains(%q) = %v, %v", text, got, err)
		}
	}
	for re, want := range map[string]bool{`REST\w+ ok`: true, `REST\d+ ok`: false, `(?m)^\[redacted\]$`: true, `^\[redacted\]$`: false} {
		if got, err := Matches(path, regexp.MustCompile(re)); err != nil || got != want {
			t.Errorf("Matches(%q) = %v, %v", re, got, err)
		}
	}
	if _, err := Matches(path+"x", regexp.MustCompile("a")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that isn't there: %v", err)
	}
}

func TestMatches_saysThatAFileIsDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.zst")
	if err := os.WriteFile(path, []byte("this is no zstd file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Matches(path, regexp.MustCompile("a")); err == nil {
		t.Fatal("no error")
	}
}

// TestKeep_aFullDiskIsTold: writing goes on, the file ends at a flush, and
// digest and length are those of what can be read back.
func TestKeep_aFullDiskIsTold(t *testing.T) {
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	k, path := create(t, NewRedactor(), nil)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 200_000, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	log := logLike(4 << 20)
	for i := 0; i < len(log); i += 64 << 10 {
		if n, err := k.Write(log[i : i+64<<10]); n != 64<<10 || err != nil {
			t.Errorf("the writer was held up: %d, %v", n, err)
		}
		_ = k.Flush()
	}
	kept := k.Close()
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Size() != k.size {
		t.Errorf("the file isn't cut back to its last flush: %d bytes, %d at the flush, %v", st.Size(), k.size, err)
	}
	got := readAll(t, path)
	if kept.Fault == nil || kept.Fault.Error() != fmt.Sprintf("output cut at %d bytes: file too large", kept.Bytes) {
		t.Fatalf("fault: %v", kept.Fault)
	}
	if kept.Bytes == 0 || int64(len(got)) != kept.Bytes || got != string(log[:len(got)]) || kept.Digest != digest(got) {
		t.Fatalf("%d bytes read back, %+v", len(got), kept)
	}
}

func BenchmarkKeep(b *testing.B) {
	k, _ := create(b, NewRedactor(benchSecrets...), nil)
	log := logLike(8 << 20)
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		for i := 0; i < len(log); i += 256 << 10 {
			_, _ = k.Write(log[i : i+256<<10])
		}
	}
	k.Close()
}
