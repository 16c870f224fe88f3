package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/store"
)

// The figures of these benchmarks are ratios: the work and its floor are done in
// turn, and the median of the ratios is reported. Absolute times are for scale.

// pair does two things in turn, round after round, and reports the ratio of the
// first to the second.
func pair(b *testing.B, name string, rounds int, work, floor func() time.Duration) {
	b.Helper()
	var ratios, times, floors []float64
	for range rounds {
		w, f := work(), floor()
		ratios = append(ratios, float64(w)/float64(f))
		times, floors = append(times, ms(w)), append(floors, ms(f))
	}
	b.ReportMetric(median(ratios), name+"-ratio")
	b.ReportMetric(median(times), name+"-ms")
	b.ReportMetric(median(floors), name+"-floor-ms")
}

func median(list []float64) float64 { return part(list, 0.5) }

// timed runs a command to its end; its output is thrown away.
func timed(b *testing.B, env []string, name string, args ...string) time.Duration {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), name, args...)
	cmd.Env = env
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s %v: %v", name, args, err)
	}
	return time.Since(start)
}

func buildGo(b *testing.B, pkg string) string {
	b.Helper()
	bin := filepath.Join(b.TempDir(), "program")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", bin, pkg).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return bin
}

// BenchmarkStart: `lifeboat --version` against a Go program that prints a line.
func BenchmarkStart(b *testing.B) {
	lifeboat, hello := buildGo(b, "."), buildGo(b, "./testdata/hello")
	for b.Loop() {
		pair(b, "start", 41,
			func() time.Duration { return timed(b, nil, lifeboat, "--version") },
			func() time.Duration { return timed(b, nil, hello) })
	}
}

// stepsBook is a runbook of n steps, each one command.
func stepsBook(n int) string {
	var text strings.Builder
	text.WriteString("---\nlifeboat: 1\n---\n# Steps\n")
	for i := range n {
		fmt.Fprintf(&text, "\n## Step %d\n\n```bash\ntrue\n```\n", i+1)
	}
	return text.String()
}

// BenchmarkSteps: an unattended run of 100 steps, each recorded durably, against
// a bash loop that starts the same 100 shells and records nothing. Peers are
// measured where they are installed.
func BenchmarkSteps(b *testing.B) {
	const n = 100
	lifeboat, dir := buildGo(b, "."), b.TempDir()
	book := filepath.Join(dir, "steps.md")
	write(b, book, stepsBook(n))
	write(b, filepath.Join(dir, "Taskfile.yml"), "version: '3'\ntasks:\n  all:\n    silent: true\n    cmds:\n"+strings.Repeat("      - bash -c true\n", n))
	env := append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	loop := func() time.Duration {
		return timed(b, env, "bash", "-c", fmt.Sprintf("for ((i=0;i<%d;i++)); do bash -c true; done", n))
	}
	run := func() time.Duration { return timed(b, env, lifeboat, "drill", book, "--auto") }
	for b.Loop() {
		pair(b, "bash-loop", 7, run, loop)
	}
	var over []float64
	for range 7 {
		over = append(over, ms(run()-loop())/n)
	}
	b.ReportMetric(median(over), "ms/step-over-fork")
	if task, err := exec.LookPath("task"); err == nil {
		pair(b, "task", 5, run, func() time.Duration { return timed(b, env, task, "--dir", dir, "all") })
	}
	if runme, err := exec.LookPath("runme"); err == nil {
		pair(b, "runme", 1, run, func() time.Duration {
			return timed(b, env, runme, "run", "--all", "--skip-prompts", "--chdir", dir, "--filename", "steps.md")
		})
	}
}

func write(b *testing.B, path, text string) {
	b.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

// fillLog makes a log with many runs of 100 records each, and gives the id of
// one in the middle.
func fillLog(b *testing.B, e *env, records int) (*store.Log, string) {
	b.Helper()
	log, err := e.openLog()
	if err != nil {
		b.Fatal(err)
	}
	book := []byte(stepsBook(20))
	parsed, err := e.library().Parse("steps.md", book)
	if err != nil {
		b.Fatal(err)
	}
	var middle string
	begin := e.now()
	for i := 0; i < records/100; i++ {
		run := newRunID(begin.Add(time.Duration(i) * time.Minute))
		if i == records/200 {
			middle = run
		}
		events := []runbook.Event{
			runbook.RunOpened{Run: run, Mode: runbook.Drill, Target: "practice"},
			runbook.BookOpened{Book: "steps", Hash: parsed.Hash, Source: "steps.md", Why: "start"},
		}
		for len(events) < 100 {
			events = append(events, runbook.NoteTaken{Text: "a note of a usual length, as somebody writes it down", Tag: "note"})
		}
		entries := make([]engine.Entry, len(events))
		for j := range events {
			entries[j] = engine.Entry{Event: events[j], Meta: runbook.Meta{Actor: "operator", Host: "host"}}
		}
		list, err := encode(entries)
		if err != nil {
			b.Fatal(err)
		}
		var batch store.Batch
		batch.Book(book)
		batch.Append(stream(run), list...)
		if _, err := log.Commit(context.Background(), &batch); err != nil {
			b.Fatal(err)
		}
	}
	return log, middle
}

// BenchmarkHistory: taking one run of 100 records up again, from logs of very
// different sizes, and the newest heads. The ratio is to the smallest log.
func BenchmarkHistory(b *testing.B) {
	sizes := []int{100, 10_000, 1_000_000}
	if testing.Short() {
		sizes = sizes[:2]
	}
	type place struct {
		e   *env
		log *store.Log
		run string
	}
	var places []place
	for _, n := range sizes {
		e := newEnv()
		e.db = filepath.Join(b.TempDir(), "log.db")
		log, run := fillLog(b, e, n)
		places = append(places, place{e, log, run})
	}
	fold := func(p place) time.Duration {
		start := time.Now()
		if _, _, _, err := engine.Fold(b.Context(), &runLog{log: p.log, run: p.run}, p.e.library()); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	for b.Loop() {
		for i, p := range places {
			pair(b, fmt.Sprintf("fold-at-%d", sizes[i]), 51, func() time.Duration { return fold(p) }, func() time.Duration { return fold(places[0]) })
		}
	}
}
