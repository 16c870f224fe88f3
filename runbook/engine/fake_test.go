package engine_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// A fakeClock can be set and put to sleep; otherwise it is the bubble's.
type fakeClock struct {
	mu              sync.Mutex
	start           time.Time
	ahead, suspends time.Duration
}

func newFakeClock() *fakeClock { return &fakeClock{start: time.Now()} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Round(0).Add(c.ahead + c.suspends)
}

func (c *fakeClock) Boot() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.start) + c.suspends
}

func (c *fakeClock) Awake() time.Duration                   { return time.Since(c.start) }
func (c *fakeClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// set moves the wall clock alone; suspend is time in which the machine slept.
func (c *fakeClock) set(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

func (c *fakeClock) suspend(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.suspends += d
}

// A fate is what becomes of an append.
type fate int

const (
	lands       fate = iota
	fails            // nothing is written
	landsUnsaid      // it is written, and an error is given
	diesBefore       // the process dies before it is written
	diesAfter        // the process dies when it is written
)

// died is the panic of a process that is killed within an append.
type died struct{}

var errFull = errors.New("no space left on device")

// A fakeLog is a log in memory. Every event passes through the codec.
type fakeLog struct {
	mu      sync.Mutex
	clock   *fakeClock
	records []runbook.Record
	books   map[string][]byte
	station []runbook.Event
	heads   []runbook.Head
	appends int
	fate    func(n int, b engine.Batch) fate // of the nth append, from 1; nil: it lands
	between func()                           // called once, before the next append
	deaf    error                            // what reading gives
}

func newFakeLog(c *fakeClock) *fakeLog { return &fakeLog{clock: c, books: map[string][]byte{}} }

func (l *fakeLog) Append(ctx context.Context, b engine.Batch) ([]runbook.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	between := l.between
	l.between = nil
	l.mu.Unlock()
	if between != nil {
		between()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.appends++
	what := lands
	if l.fate != nil {
		what = l.fate(l.appends, b)
	}
	switch what {
	case fails:
		return nil, errFull
	case diesBefore:
		panic(died{})
	case lands, landsUnsaid, diesAfter:
	}
	records, err := l.write(b)
	switch {
	case err != nil:
		return nil, err
	case what == landsUnsaid:
		return nil, errFull
	case what == diesAfter:
		panic(died{})
	}
	return records, nil
}

func (l *fakeLog) write(b engine.Batch) ([]runbook.Record, error) {
	var out []runbook.Record
	for _, en := range b.Entries {
		rec, err := l.record(en.Meta, en.Event, len(l.records)+len(out)+1)
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
	if b.Station != nil {
		for _, en := range b.Station(out[len(out)-1]) {
			l.station = append(l.station, en.Event)
		}
	}
	for _, text := range b.Books {
		sum := sha256.Sum256(text)
		l.books[hex.EncodeToString(sum[:])] = text
	}
	l.records = append(l.records, out...)
	return out, nil
}

func (l *fakeLog) record(m runbook.Meta, ev runbook.Event, seq int) (runbook.Record, error) {
	kind, v, data, err := runbook.Encode(m, ev)
	if err != nil {
		return runbook.Record{}, err
	}
	meta, event, err := runbook.Decode(kind, v, data)
	return runbook.Record{Seq: uint64(seq), Time: l.clock.Now(), Kind: kind, Meta: meta, Event: event, Hash: fmt.Sprintf("%04x", seq)}, err
}

func (l *fakeLog) Read(ctx context.Context, after uint64) ([]runbook.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deaf != nil {
		return nil, l.deaf
	}
	return slices.Clone(l.records[min(int(after), len(l.records)):]), nil
}

func (l *fakeLog) Book(_ context.Context, hash string) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, ok := l.books[hash]
	if !ok {
		return nil, fmt.Errorf("the log has no book with hash %s", hash)
	}
	return text, nil
}

func (l *fakeLog) PutHead(_ context.Context, h runbook.Head) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heads = append(l.heads, h)
	return nil
}

// full makes every append fail, until it is called with false.
func (l *fakeLog) full(yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fate = nil
	if yes {
		l.fate = func(int, engine.Batch) fate { return fails }
	}
}

func (l *fakeLog) sentences() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]string, len(l.records))
	for i, rec := range l.records {
		out[i] = sentence(rec)
	}
	return out
}

// intends says whether an attempt's intent is on disk.
func (l *fakeLog) intends(attempt int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.records, func(rec runbook.Record) bool {
		intended, ok := rec.Event.(runbook.CommandIntended)
		return ok && intended.Attempt == attempt
	})
}

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

// An answer is what somebody says when they are asked for a kind of thing.
type answer struct {
	kind runbook.PromptKind
	text string
	err  error
}

// A fakeAsker gives answers in the order in which they were put in. Whoever isn't
// answered is declined.
type fakeAsker struct {
	answers []answer
	prompts []runbook.Prompt
	shown   []string
	willing bool // whatever is asked is answered rightly
}

var errDeclined = &runbook.Refusal{Reason: "declined"}

func (a *fakeAsker) Ask(_ context.Context, p runbook.Prompt) (runbook.Reply, error) {
	a.prompts = append(a.prompts, p)
	a.shown = append(append(a.shown, p.Text), p.Lines...)
	if a.willing {
		switch p.Kind {
		case runbook.AskTarget, runbook.AskCount:
			return runbook.Reply{Text: p.Want}, nil
		case runbook.AskSecret:
			return runbook.Reply{Value: runbook.NewSecret("a-secret-value")}, nil
		case runbook.AskWitness, runbook.AskReason, runbook.AskBlank, runbook.AskValue:
		}
		return runbook.Reply{Text: "bob"}, nil
	}
	if len(a.answers) == 0 || a.answers[0].kind != p.Kind {
		return runbook.Reply{}, errDeclined
	}
	got := a.answers[0]
	a.answers = a.answers[1:]
	if got.err != nil {
		return runbook.Reply{}, got.err
	}
	if p.Kind == runbook.AskSecret {
		return runbook.Reply{Value: runbook.NewSecret(got.text)}, nil
	}
	return runbook.Reply{Text: got.text}, nil
}

func (a *fakeAsker) answer(kind runbook.PromptKind, text string) {
	a.answers = append(a.answers, answer{kind: kind, text: text})
}

// asked is how often somebody was asked for a kind of thing.
func (a *fakeAsker) asked(kind runbook.PromptKind) int {
	n := 0
	for _, p := range a.prompts {
		if p.Kind == kind {
			n++
		}
	}
	return n
}

// masks really masks values, as they stand.
type masks struct{}

func (masks) Scrub(text string, secrets []runbook.Named) string {
	for _, n := range secrets {
		if value := n.Value.Reveal(); len(value) >= 8 {
			text = strings.ReplaceAll(text, value, runbook.Redacted)
		}
	}
	return text
}

func (masks) Holds(text string, secrets []runbook.Named) string {
	for _, n := range secrets {
		if value := n.Value.Reveal(); len(value) >= 8 && strings.Contains(text, value) {
			return n.Name
		}
	}
	return ""
}

func (masks) Looks(name string) bool {
	return strings.Contains(name, "KEY") || strings.Contains(name, "TOKEN") || strings.Contains(name, "PASSWORD")
}
