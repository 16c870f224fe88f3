package output

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// logLike makes n bytes that look like a server's log.
func logLike(n int) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	words := []string{"replaying", "segment", "connected", "vacuum", "checkpoint", "redo", "done", "index", "backend", "request", "timeout"}
	var b []byte
	for i := 0; len(b) < n; i++ {
		b = fmt.Appendf(b, "2026-11-23T21:%02d:%02d.%06dZ %s[%d]: %s %s id=%016x lat=%dms\n", i/60%60, i%60, rng.IntN(1e6),
			words[rng.IntN(len(words))], 1000+rng.IntN(100), words[rng.IntN(len(words))], words[rng.IntN(len(words))], rng.Uint64(), rng.IntN(900))
	}
	return b[:n]
}

// BenchmarkTail: the last 40 lines of 256 MiB, asked for again on the same
// reader, beside decoding one frame, in turn: when nothing came since, a few
// lines, or some frames.
func BenchmarkTail(b *testing.B) {
	log := logLike(16 << 20)
	for _, c := range []struct {
		name  string
		since int
	}{{"still", 0}, {"slow", 4000}, {"flood", 11 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			k, path := create(b, NewRedactor(), nil)
			defer k.Close()
			for range 16 {
				_, _ = k.Write(log)
			}
			_ = k.Flush()
			r, floor := open(b, path), open(b, path)
			if _, err := r.Tail(40); err != nil {
				b.Fatal(err)
			}
			if err := floor.index.grow(); err != nil {
				b.Fatal(err)
			}
			frame := func() {
				floor.rewind(floor.index.places[7])
				for end := floor.index.places[8].pos; ; floor.pass(len(floor.left)) {
					if err := floor.fill(end); errors.Is(err, io.EOF) {
						return
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
			var tails, frames []time.Duration
			for b.Loop() {
				_, _ = k.Write(log[:c.since])
				_ = k.Flush()
				at := time.Now()
				frame()
				frames = append(frames, time.Since(at))
				at = time.Now()
				if t, err := r.Tail(40); err != nil || len(t.Text) == 0 {
					b.Fatal(len(t.Text), err)
				}
				tails = append(tails, time.Since(at))
			}
			b.ReportMetric(float64(middle(tails).Microseconds())/1000, "tail-ms")
			b.ReportMetric(float64(middle(tails))/float64(middle(frames)), "x-frame")
		})
	}
}

func middle(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
