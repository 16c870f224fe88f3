package shell

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"lifeboat/runbook"
)

var fiveSecrets = []string{"hunter2pass", "correct horse battery", "s3cr3t-token-abcdef0123456789", "AKIAABCDEFGHIJKLMNOP", "ghp_0123456789abcdefghijklmnop"}

// small builds a program that is only the keeper: the test program takes long
// to begin.
func small(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "lifeboat")
	if out, err := exec.Command("go", "build", "-o", path, "./testdata/lifeboat").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return path
}

// BenchmarkStep: a step through keeper and carry-over beside a bare fork and
// exec of the same shell, in turn. Also beside it: the start of the keeper's
// program, of which a step needs two.
func BenchmarkStep(b *testing.B) {
	me := small(b)
	for _, shell := range []string{"sh", "bash"} {
		b.Run(shell, func(b *testing.B) {
			p := newPlace(b)
			p.s.Self = me
			var bare, empty, step []time.Duration
			for b.Loop() {
				at := time.Now()
				if err := exec.Command(shell, "-c", "true").Run(); err != nil {
					b.Fatal(err)
				}
				bare = append(bare, time.Since(at))
				at = time.Now()
				if err := exec.Command(me).Run(); err != nil {
					b.Fatal(err)
				}
				empty = append(empty, time.Since(at))
				j := p.job(shell, "true")
				for i, v := range fiveSecrets {
					j.Secrets = append(j.Secrets, runbook.Named{Name: fmt.Sprintf("S%d", i), Value: runbook.NewSecret(v)})
				}
				at = time.Now()
				if o := p.run(j); !o.Captured || o.Exit != 0 {
					b.Fatalf("%+v", o)
				}
				step = append(step, time.Since(at))
			}
			floor, got := median(bare), median(step)
			b.ReportMetric(float64(floor.Microseconds())/1000, "bare-ms")
			b.ReportMetric(float64(median(empty).Microseconds())/1000, "program-ms")
			b.ReportMetric(float64((got-floor).Microseconds())/1000, "over-ms")
			b.ReportMetric(float64(got)/float64(floor), "x-bare")
		})
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchmarkOutput: log-like output with everything on beside cat | tee.
// LIFEBOAT_BENCH_BYTES sets how much, by default 256 MiB.
func BenchmarkOutput(b *testing.B) {
	size := benchBytes(b)
	p := newPlace(b)
	in, out := filepath.Join(p.dir, "in"), filepath.Join(p.dir, "out")
	writeLog(b, in, size)
	var floor, got []time.Duration
	b.SetBytes(size)
	for b.Loop() {
		cmd := exec.Command("sh", "-c", "cat in | tee out >/dev/null")
		cmd.Dir = p.dir
		at := time.Now()
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		floor = append(floor, time.Since(at))
		_ = os.Remove(out)
		j := p.job("sh", "cat in")
		for i, v := range fiveSecrets {
			j.Secrets = append(j.Secrets, runbook.Named{Name: fmt.Sprintf("S%d", i), Value: runbook.NewSecret(v)})
		}
		at = time.Now()
		o := p.run(j)
		got = append(got, time.Since(at))
		if o.Output.Bytes != size {
			b.Fatalf("%+v", o)
		}
		st, err := os.Stat(filepath.Join(j.Folder, "output.zst"))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(100*float64(st.Size())/float64(size), "%kept")
		_ = os.RemoveAll(j.Folder)
	}
	b.ReportMetric(median(floor).Seconds(), "tee-s")
	b.ReportMetric(median(got).Seconds()/median(floor).Seconds(), "x-tee")
}

// BenchmarkMemory: the most that a keeper uses for a little and for a lot.
func BenchmarkMemory(b *testing.B) {
	size := benchBytes(b)
	p := newPlace(b)
	writeLog(b, filepath.Join(p.dir, "in"), size)
	use := func(n int64) int {
		g := newGate(b, filepath.Join(p.dir, fmt.Sprintf("gate%d", p.n)))
		j := p.job("sh", fmt.Sprintf("head -c %d in\n(%s) &", n, g.wait()))
		for i, v := range fiveSecrets {
			j.Secrets = append(j.Secrets, runbook.Named{Name: fmt.Sprintf("S%d", i), Value: runbook.NewSecret(v)})
		}
		proc := p.start(j)
		g.reached()
		if o, err := proc.Wait(b.Context()); err != nil || o.Output.Bytes != n {
			b.Fatalf("%+v, %v", o, err)
		}
		defer g.open()
		return peak(b, proc.Started().Keeper)
	}
	var little, lot int
	for b.Loop() {
		little, lot = use(1<<20), use(size)
	}
	b.ReportMetric(float64(lot)/1024, "MiB-peak")
	b.ReportMetric(float64(lot-little)/1024, "MiB-growth")
}

func benchBytes(b *testing.B) int64 {
	b.Helper()
	if s := os.Getenv("LIFEBOAT_BENCH_BYTES"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 256 << 20
}

// writeLog makes a file that looks like a server's log.
func writeLog(b *testing.B, path string, size int64) {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	words := []string{"replaying", "segment", "connected", "vacuum", "checkpoint", "redo", "done", "index", "backend", "request", "timeout"}
	var piece []byte
	for i := 0; len(piece) < 8<<20; i++ {
		piece = fmt.Appendf(piece, "2026-11-23T21:%02d:%02d.%06dZ %s[%d]: %s %s id=%d lat=%dms\n", i/60%60, i%60, rng.IntN(1e6),
			words[rng.IntN(len(words))], 1000+rng.IntN(100), words[rng.IntN(len(words))], words[rng.IntN(len(words))], rng.IntN(1e6), rng.IntN(900))
	}
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for left := size; left > 0; left -= int64(len(piece)) {
		if _, err := f.Write(piece[:min(left, int64(len(piece)))]); err != nil {
			b.Fatal(err)
		}
	}
}
