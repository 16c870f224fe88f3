package engine_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// A way is how a command goes. The zero value ends well at once.
type way struct {
	prints  string
	exit    int
	why     runbook.Why
	runs    bool // until it is released or stopped
	refuses error
	set     map[string]string
	unset   []string
	secrets map[string]string // withheld variables
	value   string            // what a block with secret= prints
	facts   []runbook.Fact
	dir     string
}

// A fakeShell starts commands that go as the test says, by their text.
type fakeShell struct {
	mu     sync.Mutex
	clock  *fakeClock
	log    *fakeLog
	ways   map[string][]way
	procs  map[int]*proc
	jobs   []runbook.Job
	output map[string]string
	found  map[int]engine.Found // what Attach says instead
	gone   map[string]bool      // directories
	faults []string
}

func newFakeShell(c *fakeClock) *fakeShell {
	return &fakeShell{
		clock: c, ways: map[string][]way{}, procs: map[int]*proc{}, output: map[string]string{},
		found: map[int]engine.Found{}, gone: map[string]bool{},
	}
}

// on says how commands with a text go, one after the other; the last way is
// that of all further ones.
func (s *fakeShell) on(text string, ways ...way) { s.ways[text] = ways }

func (s *fakeShell) Folder(n int) string    { return fmt.Sprintf("/state/01RUN/attempts/%04d", n) }
func (s *fakeShell) Exists(dir string) bool { return !s.gone[dir] }

func (s *fakeShell) Start(_ context.Context, j runbook.Job) (engine.Process, error) {
	if !s.log.intends(j.Attempt) {
		s.faults = append(s.faults, fmt.Sprintf("attempt %d was started before its intent was on disk", j.Attempt))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs = append(s.jobs, j)
	var how way
	if ways := s.ways[strings.TrimSpace(j.Text)]; len(ways) > 0 {
		how = ways[0]
		if len(ways) > 1 {
			s.ways[strings.TrimSpace(j.Text)] = ways[1:]
		}
	}
	if how.refuses != nil {
		return nil, how.refuses
	}
	now := s.clock.Now()
	p := &proc{
		shell: s, job: j, how: how, done: make(chan struct{}),
		start: runbook.Started{PID: 100 + j.Attempt, Process: "1", Boot: "b", Keeper: 200 + j.Attempt, Time: now},
	}
	s.procs[j.Attempt] = p
	if !how.runs {
		p.end(how.why)
	}
	return p, nil
}

func (s *fakeShell) Attach(_ context.Context, n int, _ *runbook.Started) (engine.Process, engine.Found, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.procs[n]
	if found, said := s.found[n]; said {
		return p, found, nil
	}
	switch {
	case p == nil:
		return nil, engine.FoundNotStarted, nil
	case p.ended:
		return p, engine.FoundEnded, nil
	}
	return p, engine.FoundRunning, nil
}

// finds says what Attach finds of a command; "": what is true.
func (s *fakeShell) finds(n int, found engine.Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found[n] = found; found == "" {
		delete(s.found, n)
	}
}

// die is what the death of lifeboat takes with it: values in memory.
func (s *fakeShell) die() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.procs {
		p.orphaned = true
	}
}

// release lets a running command end as it would.
func (s *fakeShell) release(n int) { s.finish(n, "") }

func (s *fakeShell) finish(n int, why runbook.Why) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.procs[n]; !p.ended {
		p.end(why)
	}
}

// kill takes the keeper away: nobody will know how the command ended.
func (s *fakeShell) kill(n int, found engine.Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found[n] = found
	p := s.procs[n]
	p.err = errors.New("the keeper of the command is gone: its outcome is unknown")
	p.ended = true
	close(p.done)
}

// A proc is a command. Its fields belong to its shell's mutex.
type proc struct {
	shell    *fakeShell
	job      runbook.Job
	how      way
	start    runbook.Started
	done     chan struct{}
	ended    bool
	orphaned bool
	stops    int
	outcome  runbook.Outcome
	err      error
}

func (p *proc) end(why runbook.Why) {
	if why == "" {
		why = runbook.Exited
	}
	now := p.shell.clock.Now()
	p.outcome = runbook.Outcome{
		Exit: p.how.exit, Why: why, Started: p.start.Time, Ended: now, Elapsed: now.Sub(p.start.Time),
		Captured: true, Dir: p.job.Dir, Set: p.how.set, Unset: p.how.unset, Facts: p.how.facts,
		Withheld: map[string]runbook.Secret{}, Value: runbook.NewSecret(p.how.value),
	}
	if p.how.dir != "" {
		p.outcome.Dir = p.how.dir
	}
	if why != runbook.Exited {
		p.outcome.Exit, p.outcome.Signal = -1, "TERM"
	}
	for name, value := range p.how.secrets {
		p.outcome.Withheld[name] = runbook.NewSecret(value)
	}
	if !p.job.Discard && !p.job.Terminal {
		file := fmt.Sprintf("attempts/%04d/output", p.job.Attempt)
		p.outcome.Output = runbook.Kept{File: file, Bytes: int64(len(p.how.prints))}
		text := p.how.prints
		for _, s := range p.job.Secrets {
			text = masks{}.Scrub(text, []runbook.Named{s})
		}
		for _, s := range p.job.Redact {
			text = masks{}.Scrub(text, []runbook.Named{{Value: s}})
		}
		p.shell.output[file] = text
	}
	p.ended = true
	close(p.done)
}

func (p *proc) Started() runbook.Started { return p.start }
func (p *proc) Done() <-chan struct{}    { return p.done }

func (p *proc) Outcome(ctx context.Context) (runbook.Outcome, error) {
	select {
	case <-p.done:
	case <-ctx.Done():
		return runbook.Outcome{}, ctx.Err()
	}
	p.shell.mu.Lock()
	defer p.shell.mu.Unlock()
	o := p.outcome
	if p.orphaned { // values go to the lifeboat that started it, or nowhere
		o.Value = runbook.Secret{}
		o.Withheld = map[string]runbook.Secret{}
		for name := range p.outcome.Withheld {
			o.Withheld[name] = runbook.Secret{}
		}
	}
	return o, p.err
}

func (p *proc) Stop() error {
	p.shell.mu.Lock()
	defer p.shell.mu.Unlock()
	p.stops++
	if !p.ended {
		p.end(runbook.Stopped)
	} else if p.shell.found[p.job.Attempt] == engine.FoundAlive {
		p.shell.found[p.job.Attempt] = engine.FoundGone
	}
	return nil
}

// Lines, Text and Matches make the shell the place where output is kept.
func (s *fakeShell) Lines(file string, most int) (lines []string, count int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.SplitSeq(s.output[file], "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if count++; count <= most {
			lines = append(lines, line)
		}
	}
	return lines, count, nil
}

func (s *fakeShell) Text(file string, most int) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.TrimSpace(s.output[file])
	if len(text) > most {
		return "", fmt.Errorf("the output is longer than %d bytes", most)
	}
	return text, nil
}

func (s *fakeShell) Matches(file string, e runbook.Expect) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !e.Regex {
		return strings.Contains(s.output[file], e.Text), nil
	}
	return regexp.MatchString(strings.Trim(e.Text, "/"), s.output[file])
}

// job is what the newest command was given.
func (w *world) job() runbook.Job {
	w.t.Helper()
	if len(w.jobs) == 0 {
		w.t.Fatal("nothing was started")
	}
	return w.jobs[len(w.jobs)-1]
}

// ran lists the texts of what was started.
func (w *world) ran() []string {
	var out []string
	for _, j := range w.jobs {
		out = append(out, strings.TrimSpace(j.Text))
	}
	return out
}

func (w *world) ranJust(want ...string) {
	w.t.Helper()
	if got := w.ran(); !slices.Equal(got, want) {
		w.t.Fatalf("ran %q, want %q", got, want)
	}
}

// sees is a variable as a command was given it, secret or not.
func sees(j runbook.Job, name string) string {
	for _, s := range j.Secrets {
		if s.Name == name {
			return "secret " + s.Value.Reveal()
		}
	}
	for _, kv := range j.Env {
		if value, ok := strings.CutPrefix(kv, name+"="); ok {
			return value
		}
	}
	return "-"
}

func (w *world) sees(name, want string) {
	w.t.Helper()
	if got := sees(w.job(), name); got != want {
		w.t.Fatalf("%s is %q for %q, want %q", name, got, w.job().Text, want)
	}
}
