package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/store"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// The floor of these benchmarks is testdata/screen, which is little more than
// Bubble Tea itself at the same frames a second. Both programs are on terminals
// of their own, and are measured in turn. Limits are in ARCHITECTURE.md.

// A stand is where a benchmark starts programs, each on a terminal.
type stand struct {
	b               *testing.B
	dir             string
	env             []string
	lifeboat, floor string
}

func newStand(b *testing.B) *stand {
	b.Helper()
	dir := b.TempDir()
	env := append(homeIn(dir), "TERM=xterm-256color", "COLORTERM=truecolor")
	return &stand{b, dir, env, buildGo(b, "."), buildGo(b, "./testdata/screen")}
}

func (s *stand) start(program string, args ...string) *rawTerminal {
	s.b.Helper()
	return onTerminal(s.b, s.dir, s.env, append([]string{program}, args...)...)
}

// both starts the floor, and a drill of a book of 24 steps with four clocks, whose
// commands run a script. The first of them is next.
func (s *stand) both(script string) (walk, floor *rawTerminal) {
	s.b.Helper()
	var text strings.Builder
	text.WriteString("---\nlifeboat: 1\nobjectives: {downtime: 30m, critical: 1h, full: 4h, data_loss: 1h}\n---\n# Restore the shop\n")
	for phase := range 4 {
		fmt.Fprintf(&text, "\n## Phase %d\n", phase+1)
		for step := range 6 {
			fmt.Fprintf(&text, "\n### Step %d of it\n\nWhat is wrong, and how far it goes. **Stop** if `status` says so.\n\n```sh {takes=5m}\n%s\n```\n\n", step+1, script)
			text.WriteString("- [ ] The status page says \"maintenance\"\n- [ ] Everybody who has to know was told, by telephone\n\n| Name | What it holds |\n|---|---|\n| `SHOP` | the shop |\n")
		}
	}
	write(s.b, filepath.Join(s.dir, "busy.md"), text.String())
	floor = s.start(s.floor)
	floor.until("q quit")
	walk = s.start(s.lifeboat, "drill", "busy.md")
	walk.until("starts the drill")
	walk.send("\r")
	walk.until("run $ ")
	return walk, floor
}

// leave leaves both.
func leave(walk, floor *rawTerminal) {
	walk.quit()
	floor.quit()
}

// latency is what keys took in a walk, beside the floor.
type latency struct {
	y                *typist
	walk, program    *rawTerminal
	got, floor, size []float64
}

// press presses one key in each.
func (l *latency) press() {
	d, f := l.y.press(l.walk, ui.SignHere)
	l.got, l.size = append(l.got, d), append(l.size, float64(len(f.text)))
	d, _ = l.y.press(l.program, ui.SignHere)
	l.floor = append(l.floor, d)
}

// measure presses as many keys as the benchmark wants, and no fewer than tell a p95.
func (l *latency) measure(b *testing.B) {
	b.Helper()
	for b.Loop() {
		for range 100 {
			l.press()
		}
	}
	for len(l.got) < 200 {
		l.press()
	}
}

func (l *latency) report(b *testing.B) {
	b.Helper()
	for _, p := range []struct {
		name string
		at   float64
	}{{"p50", 0.5}, {"p95", 0.95}} {
		got, floor := part(l.got, p.at), part(l.floor, p.at)
		b.ReportMetric(got, "key-"+p.name+"-ms")
		b.ReportMetric(floor, "key-"+p.name+"-floor-ms")
		b.ReportMetric(got/floor, "key-"+p.name+"-ratio")
	}
	reportBytes(b, "key", l.size)
}

func reportBytes(b *testing.B, what string, list []float64) {
	b.Helper()
	b.ReportMetric(median(list), what+"-bytes")
	b.ReportMetric(part(list, 1), what+"-most-bytes")
}

// sizes are those of frames.
func sizes(frames []frame) []float64 {
	var out []float64
	for _, f := range frames {
		out = append(out, float64(len(f.text)))
	}
	return out
}

// seconds are the bytes of frames in each whole second.
func seconds(frames []frame, began time.Time) []float64 {
	var out []float64
	for _, f := range frames {
		for n := int(f.at.Sub(began).Seconds()); n >= len(out); {
			out = append(out, 0)
		}
		out[len(out)-1] += float64(len(f.text))
	}
	return out[:max(1, len(out)-1)]
}

// BenchmarkScreenKeys: from a key to the last byte of the frame that it changes,
// on the screen of a walk, and the bytes of that frame.
func BenchmarkScreenKeys(b *testing.B) {
	walk, floor := newStand(b).both("true")
	l := &latency{y: newTypist(), walk: walk, program: floor}
	l.measure(b)
	l.report(b)
	leave(walk, floor)
}

// BenchmarkScreenFlood: the same while a command prints without end, which slows
// the floor down as well, and before it the bytes of each frame and each second
// while no key is pressed. LIFEBOAT_BENCH_BYTES sets how much is printed at least,
// by default 256 MiB.
func BenchmarkScreenFlood(b *testing.B) {
	const piece = 16 << 20
	s := newStand(b)
	writeLines(b, filepath.Join(s.dir, "flood.log"), piece)
	walk, floor := s.both(fmt.Sprintf("i=0; while [ $i -lt %d ] || [ ! -e stop ]; do cat flood.log; i=$((i+1)); done", benchBytes(b)/piece))
	walk.send("\r")
	began := walk.until("lines before")
	walk.frames = nil
	for walk.next().at.Sub(began) < 4*time.Second { // nobody presses a key
	}
	alone := walk.frames
	walk.frames = nil
	l := &latency{y: newTypist(), walk: walk, program: floor}
	l.measure(b)
	write(b, filepath.Join(s.dir, "stop"), "")
	for !walk.said("ok after") {
		l.press()
	}
	l.report(b)
	reportBytes(b, "second", seconds(alone, began))
	reportBytes(b, "frame", sizes(alone))
	leave(walk, floor)
}

// writeLines makes a file that looks like a server's log.
func writeLines(b *testing.B, path string, size int) {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	terms := []string{"replaying", "segment", "connected", "vacuum", "checkpoint", "redo", "done", "index", "backend", "request", "timeout"}
	var text []byte
	for i := 0; len(text) < size; i++ {
		text = fmt.Appendf(text, "2026-11-23T21:%02d:%02d.%06dZ %s[%d]: %s %s id=%d lat=%dms\n", i/60%60, i%60, rng.IntN(1e6),
			terms[rng.IntN(len(terms))], 1000+rng.IntN(100), terms[rng.IntN(len(terms))], terms[rng.IntN(len(terms))], rng.IntN(1e6), rng.IntN(900))
	}
	write(b, path, string(text))
}

// benchBytes is how much commands print.
func benchBytes(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("LIFEBOAT_BENCH_BYTES"))
	if err != nil {
		return 256 << 20
	}
	return n
}

// BenchmarkScreenIdle: what a walk costs while nobody does anything, as a part of
// one core, and what the clocks write in each second.
func BenchmarkScreenIdle(b *testing.B) {
	walk, floor := newStand(b).both("true")
	// The first seconds are not idle: the next keeper starts, memory is given back.
	for range 3 {
		walk.next()
	}
	spent := func() (walking, least time.Duration) {
		b.Helper()
		walking, err := cpuTime(walk.cmd.Process.Pid)
		if err != nil {
			b.Skip(err)
		}
		if least, err = cpuTime(floor.cmd.Process.Pid); err != nil {
			b.Skip(err)
		}
		return walking, least
	}
	walk.catchUp()
	walk.frames = nil
	start := time.Now()
	before, beforeFloor := spent()
	for b.Loop() {
		<-time.After(5 * time.Second)
	}
	after, afterFloor := spent()
	took := time.Since(start)
	got, least := 100*(after-before).Seconds()/took.Seconds(), 100*(afterFloor-beforeFloor).Seconds()/took.Seconds()
	b.ReportMetric(got, "%core")
	b.ReportMetric(least, "%core-floor")
	b.ReportMetric(got/least, "core-ratio")
	walk.catchUp()
	reportBytes(b, "tick", sizes(walk.frames))
	leave(walk, floor)
}

// BenchmarkScreenStart: from the start of the process to the first whole frame of
// home, with the newest 200 runs on it, and until all runs are.
func BenchmarkScreenStart(b *testing.B) {
	for _, n := range []int{200, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newStand(b)
			fillRuns(b, filepath.Join(s.dir, "state", "lifeboat", "log.db"), n)
			var all []float64
			first := func() time.Duration {
				t := s.start(s.lifeboat)
				at := t.until("200 runs", "quit")
				if n > 200 {
					all = append(all, ms(t.until(words.Number(n)+" runs").Sub(t.began)))
				}
				t.quit()
				return at.Sub(t.began)
			}
			for b.Loop() {
				pair(b, "first-frame", 21, first, func() time.Duration {
					t := s.start(s.floor)
					at := t.until("q quit")
					t.quit()
					return at.Sub(t.began)
				})
			}
			if n > 200 {
				b.ReportMetric(median(all), "all-runs-ms")
			}
		})
	}
}

// fillRuns makes a log with runs that have ended, each with its head, as the
// engine leaves them.
func fillRuns(b testing.TB, path string, n int) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	now := time.Now().Add(-time.Duration(n) * time.Hour)
	log, err := store.Open(path, store.Options{Now: func() time.Time { return now }})
	if err != nil {
		b.Fatal(err)
	}
	book, _, err := newEnv().library().open("data-corruption")
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < n; {
		var batch store.Batch
		batch.Book(book.Text)
		for range min(100, n-i) {
			appendRun(b, &batch, book, now)
			now = now.Add(time.Hour)
			i++
		}
		if _, err := log.Commit(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
	}
}

// appendRun puts a run and its head into a batch.
func appendRun(b testing.TB, batch *store.Batch, book *runbook.Book, now time.Time) {
	b.Helper()
	id, step := newRunID(now), runbook.At(book.Name, book.Steps[0].ID)
	events := []runbook.Event{
		runbook.RunOpened{Run: id, Mode: runbook.Drill, Target: "practice", Tool: version(), Zone: "UTC"},
		runbook.BookOpened{Book: book.Name, Hash: book.Hash, Source: book.Source, Why: "start"},
		runbook.MomentSet{Name: "began", Moment: now},
		runbook.StepEntered{Step: step, By: "next"},
		runbook.StepFinished{Step: step},
		runbook.RunEnded{State: "abandoned", Reason: "it was no incident"},
	}
	run := runbook.NewRun()
	entries := make([]engine.Entry, len(events))
	for i, e := range events {
		meta := runbook.Meta{At: now.Add(time.Duration(i) * time.Minute), Actor: "operator", Role: "operator", Host: "host"}
		entries[i] = engine.Entry{Event: e, Meta: meta}
		if err := run.Apply(runbook.Record{Seq: uint64(i + 1), Time: now, Meta: meta, Event: e}); err != nil {
			b.Fatal(err)
		}
	}
	list, err := encode(entries)
	if err != nil {
		b.Fatal(err)
	}
	batch.Append(stream(id), list...)
	head := runbook.HeadOf(runbook.Books{book.Name: book}, run, now)
	data, err := head.Encode()
	if err != nil {
		b.Fatal(err)
	}
	batch.Head(store.Head{Run: id, Books: head.Books, Seq: head.Seq, Data: data})
}
