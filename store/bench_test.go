package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lifeboat/store"
)

// The figures are ratios to a floor that is measured in the same run, round by
// round in turn, since disks and neighbours differ and change.

// BenchmarkAppend compares a durable record, with its head and anchor, to writing
// the bytes of the record to a growing file and syncing that.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{0, 100_000} {
		b.Run(fmt.Sprintf("after%d", size), func(b *testing.B) {
			l := filled(b, size, 1000)
			raw, err := os.Create(filepath.Join(b.TempDir(), "raw"))
			if err != nil {
				b.Fatal(err)
			}
			defer raw.Close()
			data := fmt.Appendf(nil, `{"text":"%0400d"}`, 1)
			var ours, floor []time.Duration
			for b.Loop() {
				start := time.Now()
				recs, err := l.Append(b.Context(), "run/A", store.Entry{Kind: "note_taken", V: 1, Data: data})
				if err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(start))
				stored := store.Stored(recs[0])
				start = time.Now()
				if _, err := raw.Write(stored); err != nil {
					b.Fatal(err)
				}
				if err := dataSync(raw); err != nil {
					b.Fatal(err)
				}
				floor = append(floor, time.Since(start))
			}
			b.ReportMetric(float64(median(ours))/float64(median(floor)), "x-raw")
			b.ReportMetric(float64(median(floor).Microseconds()), "raw-us")
			b.ReportMetric(float64(median(ours).Microseconds()), "ours-us")
		})
	}
}

func median(d []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(d))
	return s[len(s)/2]
}

// filled is a log with n records in one stream, written batch at a time.
func filled(b *testing.B, n, batch int) *store.Log {
	b.Helper()
	dir := b.TempDir()
	o := store.Options{Anchor: func(s string) string { return filepath.Join(dir, "anchor") }}
	store.NoSync(&o)
	path := filepath.Join(dir, "log.db")
	l, err := store.Open(path, o)
	if err != nil {
		b.Fatal(err)
	}
	entries := make([]store.Entry, batch)
	for i := range entries {
		entries[i] = store.Entry{Kind: "note_taken", V: 1, Data: fmt.Appendf(nil, `{"text":"%0200d"}`, i)}
	}
	for done := 0; done < n; done += batch {
		if _, err := l.Append(context.Background(), "run/A", entries...); err != nil {
			b.Fatal(err)
		}
	}
	if l, err = store.Open(path, store.Options{Anchor: o.Anchor}); err != nil {
		b.Fatal(err)
	}
	return l
}

// BenchmarkVerify compares a verify of a million records to a SHA-256 of the file.
func BenchmarkVerify(b *testing.B) {
	l := filled(b, 1_000_000, 10_000)
	openssl, _ := exec.LookPath("openssl")
	var ours, inGo, ssl []time.Duration
	for b.Loop() {
		start := time.Now()
		r, err := store.Verify(b.Context(), l.Path(), store.VerifyOptions{})
		if err != nil || !r.OK() || r.Records != 1_000_000 {
			b.Fatal(r.Problems, err)
		}
		ours = append(ours, time.Since(start))
		start = time.Now()
		sumFile(b, l.Path())
		inGo = append(inGo, time.Since(start))
		if openssl != "" {
			start = time.Now()
			if out, err := exec.Command(openssl, "dgst", "-sha256", l.Path()).CombinedOutput(); err != nil {
				b.Fatal(err, string(out))
			}
			ssl = append(ssl, time.Since(start))
		}
	}
	b.ReportMetric(float64(median(ours))/float64(median(inGo)), "x-go-sha256")
	if openssl != "" {
		b.ReportMetric(float64(median(ours))/float64(median(ssl)), "x-openssl")
	}
}

func sumFile(b *testing.B, path string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := io.CopyBuffer(sha256.New(), struct{ io.Reader }{f}, make([]byte, 1<<20)); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpenAndTail has to cost the same whatever the log's size.
func BenchmarkOpenAndTail(b *testing.B) {
	for _, n := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := filled(b, n, min(n, 10_000))
			for b.Loop() {
				l, err := store.Open(l.Path(), store.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if r, ok, err := l.Tail(b.Context(), "run/A"); !ok || err != nil || r.Seq != uint64(n) {
					b.Fatal(r.Seq, err)
				}
			}
		})
	}
}

// BenchmarkRead reads a whole stream, every hash checked, and as a floor hashes as
// many bytes.
func BenchmarkRead(b *testing.B) {
	const n = 100_000
	l := filled(b, n, 1000)
	var ours, floor []time.Duration
	for b.Loop() {
		start, size := time.Now(), 0
		for r, err := range l.Read(b.Context(), "run/A", 0) {
			if err != nil {
				b.Fatal(err)
			}
			size += len(store.Stored(r))
		}
		ours = append(ours, time.Since(start))
		all := bytes.Repeat([]byte{1}, size)
		start = time.Now()
		sha256.Sum256(all)
		floor = append(floor, time.Since(start))
	}
	b.ReportMetric(float64(median(ours))/float64(median(floor)), "x-sha256")
}

// BenchmarkHeads reads what the home screen shows first.
func BenchmarkHeads(b *testing.B) {
	dir := b.TempDir()
	o := store.Options{}
	store.NoSync(&o)
	l, err := store.Open(filepath.Join(dir, "log.db"), o)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < 10_000; i += 100 {
		t := &store.Batch{}
		for j := range 100 {
			run := fmt.Sprintf("01JD%022d", i+j)
			t.Append("run/"+run, store.Entry{Kind: "run_opened", Data: []byte("{}")})
			t.Head(store.Head{Run: run, Books: []string{"dc"}, Seq: 1, Data: make([]byte, 300)})
		}
		if _, err := l.Commit(b.Context(), t); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if heads, err := l.Heads(b.Context(), "dc", 200); err != nil || len(heads) != 200 {
			b.Fatal(len(heads), err)
		}
	}
}
