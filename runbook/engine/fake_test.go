package engine_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
	reading func()                           // called once, at the next read
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
	reading := l.reading
	l.reading = nil
	l.mu.Unlock()
	if reading != nil {
		reading()
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

// atRead has something happen within the next read.
func (l *fakeLog) atRead(happens func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading = happens
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
		case runbook.AskTarget, runbook.AskCount, runbook.AskLook:
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
