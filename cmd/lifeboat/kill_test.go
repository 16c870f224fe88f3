package main

import (
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
)

const killBook = `---
lifeboat: 1
objectives: {critical: 1h}
---
# Kill me

## One

- [ ] Look
- [ ] Where: ____

~~~sh
KEPT="from one"
~~~

## Two

~~~sh
seq 200000
~~~

- [ ] Look again

~~~sh
echo "$KEPT"
~~~

## Three
<!-- lifeboat: reached=critical -->

~~~bash
for i in 1 2 3; do echo "part $i"; sleep 0.02; done
~~~

1. Say it is over

   ~~~sh
   echo over
   ~~~
`

// TestKilledAnywhere kills a walk 200 times at random moments: at a prompt,
// between an intent and its outcome, while output floods. After each kill every
// record that had been shown is in the log, nothing that was in it has changed,
// and it verifies. Resume stands on the same step; a command that was running
// is found, or its outcome, or it is asked for; none is repeated by itself.
func TestKilledAnywhere(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	if text := os.Getenv("LIFEBOAT_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("LIFEBOAT_SEED=%d repeats the moments", seed)
	k := &killer{
		t: t, s: newStation(t), seen: map[string]int{}, hashes: map[uint64]string{},
		rand: rand.New(rand.NewPCG(seed, 1)), //nolint:gosec // it must be repeatable
	}
	book := k.s.write("kill-me.md", killBook)
	open := false
	for k.killed < kills {
		if open {
			k.walk("resume", "--plain")
		} else {
			k.runs++
			k.run = ""
			clear(k.hashes)
			k.walk("drill", book, "--plain")
		}
		open = k.check()
	}
	t.Logf("%d kills in %d runs; commands without an outcome were found %v", k.killed, k.runs, k.seen)
}

type killer struct {
	t      *testing.T
	s      *stationDir
	rand   *rand.Rand
	killed int
	runs   int

	run    string            // id, once a record was shown
	where  string            // title of the step at which resume said that it stands
	shown  uint64            // last record that was on the screen
	hashes map[uint64]string // of the run's records, as they were after the last kill
	seen   map[string]int    // how commands without an outcome were found
}

// walk starts a process, answers it, and kills it after a random time unless it
// has ended by then.
func (k *killer) walk(args ...string) {
	cmd := k.s.command(k.t.Context(), args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	var complaint strings.Builder
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	after := time.Duration(k.rand.Int64N(int64(160 * time.Millisecond)))
	if k.rand.IntN(4) == 0 {
		after /= 8
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	k.shown, k.where = 0, ""
	k.answer(in, out)
	_ = in.Close()
	err = cmd.Wait()
	timer.Stop()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == -1 {
		k.killed++
	} else if err != nil {
		k.t.Fatalf("%v: %v\n%s", args, err, complaint.String())
	}
}

var (
	shownRecord = regexp.MustCompile(`(?m)^ *(\d+) \d\d:\d\d:\d\dZ `)
	whereLine   = regexp.MustCompile(`(?m)^you are at: (.*)$`)
)

// answer reads what the walk prints until it ends, and types what is asked for.
func (k *killer) answer(in io.Writer, out io.Reader) {
	var text strings.Builder
	buf := make([]byte, 32<<10)
	from := 0
	for {
		n, err := out.Read(buf)
		text.Write(buf[:n])
		if pending := text.String()[from:]; strings.HasSuffix(pending, "\n> ") {
			from = text.Len()
			k.look(pending)
			_, _ = io.WriteString(in, reply(pending)+"\n")
		}
		if err != nil {
			k.look(text.String()[from:])
			return
		}
	}
}

// look notes what was on the screen.
func (k *killer) look(text string) {
	for _, m := range shownRecord.FindAllStringSubmatch(text, -1) {
		seq, err := strconv.ParseUint(m[1], 10, 64)
		if err != nil {
			k.t.Fatal(err)
		}
		k.shown = max(k.shown, seq)
	}
	if m := whereLine.FindStringSubmatch(text); m != nil {
		k.where = m[1]
	}
}

// reply is what a careful operator types at a prompt.
func reply(prompt string) string {
	switch last := prompt[strings.LastIndex(strings.TrimSuffix(prompt, "\n> "), "\n")+1:]; {
	case strings.Contains(prompt, "never started"), strings.Contains(prompt, "still runs"):
		return ""
	case strings.Contains(prompt, "HOLD"):
		return "k it was seen to be done"
	case strings.Contains(last, "answer"), strings.Contains(prompt, "type the answer"):
		return "/n a note\n" + "here"
	}
	return ""
}

// check looks at the log after a walk, and says whether the run is still open.
func (k *killer) check() bool {
	k.t.Helper()
	if out, code := k.s.run("log", "verify"); code != 0 {
		if code == 2 && strings.Contains(out, "no log at") {
			return false // killed before there was one
		}
		k.t.Fatalf("log verify: exit %d\n%s", code, out)
	}
	out, code := k.s.run("log")
	if code != 0 {
		if strings.Contains(out, "no run yet") {
			return false
		}
		k.t.Fatalf("log: exit %d\n%s", code, out)
	}
	run, killed := runbook.NewRun(), uint64(len(k.hashes))
	stands := map[string]bool{}
	settling := true
	for _, rec := range logged(k.t, out) {
		k.record(run, rec)
		// Where the walk stood when it was killed, and where the outcomes that
		// resume found have moved it.
		if run.Seq >= killed && settling {
			stands[titles[run.Current]] = true
			settling = run.Seq <= killed+1 || settles(rec.Kind)
		}
	}
	if k.where != "" && !stands[k.where] {
		k.t.Errorf("resumed at %q, it was killed at one of %v", k.where, stands)
	}
	if run.Seq < k.shown {
		k.t.Fatalf("record %d was on the screen, the log ends at %d", k.shown, run.Seq)
	}
	if n := uint64(len(k.hashes)); run.Seq < n {
		k.t.Fatalf("the log had %d records of this run, it has %d", n, run.Seq)
	}
	k.repeats(run)
	return run.Ended == nil
}

var titles = map[runbook.Ref]string{"kill-me/one": "One", "kill-me/two": "Two", "kill-me/three": "Three"}

// settles says whether a record is part of the outcome of a command.
func settles(kind string) bool {
	switch kind {
	case "run_resumed", "command_started", "command_finished", "outcome_unknown", "item_ticked", "step_finished", "objective_reached", "step_entered":
		return true
	}
	return false
}

func (k *killer) record(run *runbook.Run, rec runbook.Record) {
	if err := run.Apply(rec); err != nil {
		k.t.Fatal(err)
	}
	if k.run == "" {
		k.run = run.ID()
	}
	if run.ID() != k.run {
		k.run = run.ID() // the one before was killed before its first record
		clear(k.hashes)
	}
	before, known := k.hashes[rec.Seq]
	if known && before != rec.Hash {
		k.t.Fatalf("record %d has changed", rec.Seq)
	}
	k.hashes[rec.Seq] = rec.Hash
	if lost, ok := rec.Event.(runbook.OutcomeUnknown); ok && !known {
		k.seen[lost.Seen]++
	}
	if done, ok := rec.Event.(runbook.CommandFinished); ok && !known && done.Fault != "" {
		data, err := json.Marshal(done)
		k.t.Errorf("a command ended in a fault: %s %v", data, err)
	}
}

// repeats demands that no block was run twice, unless it had never started.
func (k *killer) repeats(run *runbook.Run) {
	last := map[string]*runbook.Attempt{}
	for _, a := range run.Attempts {
		key := string(a.Item) + " " + strconv.Itoa(a.Block)
		if before := last[key]; before != nil && (before.Lost == nil || before.Lost.Seen != "not_started") {
			k.t.Fatalf("%s ran a second time by itself: attempts %d and %d", key, before.CommandIntended.Attempt, a.CommandIntended.Attempt)
		}
		last[key] = a
	}
}
