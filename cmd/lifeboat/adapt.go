package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/runbook/output"
	"lifeboat/runbook/shell"
	"lifeboat/store"
)

const (
	keptName = "output.zst"
	station  = "station"
)

func stream(run string) string { return "run/" + run }

// runLog is one run's stream of the store, in the engine's words.
type runLog struct {
	log  *store.Log
	run  string
	seen store.Signature // of the file when it was last read to its end
	last uint64
}

func (l *runLog) Append(ctx context.Context, b engine.Batch) ([]runbook.Record, error) {
	var batch store.Batch
	for _, text := range b.Books {
		batch.Book(text)
	}
	entries, err := encode(b.Entries)
	if err != nil {
		return nil, err
	}
	batch.Append(stream(l.run), entries...)
	if b.Station != nil {
		batch.AppendFunc(station, func(done []store.Record) ([]store.Entry, error) {
			last, err := decode(done[len(done)-1])
			if err != nil {
				return nil, err
			}
			return encode(b.Station(last))
		})
	}
	batch.SyncAnchors = b.StepEnd
	records, err := l.log.Commit(ctx, &batch)
	if err != nil {
		return nil, err
	}
	var out []runbook.Record
	for _, r := range records {
		if r.Stream != stream(l.run) {
			continue
		}
		rec, err := decode(r)
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
	return out, nil
}

// Read skips the file when nothing in it changed since it was last read.
func (l *runLog) Read(ctx context.Context, after uint64) ([]runbook.Record, error) {
	now, err := l.log.Signature()
	if err == nil && now == l.seen && after >= l.last {
		return nil, nil
	}
	var out []runbook.Record
	l.last = after
	for r, readErr := range l.log.Read(ctx, stream(l.run), after) {
		if readErr != nil {
			return nil, readErr
		}
		rec, decodeErr := decode(r)
		if decodeErr != nil {
			return nil, decodeErr
		}
		out = append(out, rec)
		l.last = rec.Seq
	}
	if err == nil {
		l.seen = now
	}
	return out, nil
}

func (l *runLog) Book(ctx context.Context, hash string) ([]byte, error) {
	text, ok, err := l.log.Book(ctx, hash)
	if err == nil && !ok {
		err = fmt.Errorf("the log has no book with hash %s", hash)
	}
	return text, err
}

func (l *runLog) PutHead(ctx context.Context, h runbook.Head) error {
	data, err := h.Encode()
	if err != nil {
		return err
	}
	var batch store.Batch
	batch.Head(store.Head{Run: l.run, Books: h.Books, Seq: h.Seq, Data: data})
	_, err = l.log.Commit(ctx, &batch)
	return err
}

func encode(entries []engine.Entry) ([]store.Entry, error) {
	out := make([]store.Entry, len(entries))
	for i, en := range entries {
		kind, v, data, err := runbook.Encode(en.Meta, en.Event)
		if err != nil {
			return nil, err
		}
		out[i] = store.Entry{Kind: kind, V: v, Data: data}
	}
	return out, nil
}

func decode(r store.Record) (runbook.Record, error) {
	meta, event, err := runbook.Decode(r.Kind, r.V, r.Data)
	if err != nil {
		return runbook.Record{}, fmt.Errorf("%s, record %d: %w", r.Stream, r.Seq, err)
	}
	return runbook.Record{Seq: r.Seq, Time: r.Time, Kind: r.Kind, Meta: meta, Event: event, Hash: fmt.Sprintf("%x", r.Hash)}, nil
}

// attemptDir is the folder of an attempt.
func attemptDir(runDir string, n int) string {
	return filepath.Join(runDir, "attempts", fmt.Sprintf("%04d", n))
}

// commands starts jobs under keepers, in the engine's words.
type commands struct {
	sh    *shell.Shell
	aside func(context.Context) (until context.Context, back func(), err error) // gives the terminal away; see front
	boots map[int]string                                                        // of the machine when each attempt of an earlier walk was meant to start
}

func (c commands) Folder(n int) string { return attemptDir(c.sh.RunDir, n) }

func (c commands) Exists(dir string) bool {
	st, err := os.Stat(dir)
	return err == nil && st.IsDir()
}

func (c commands) Start(ctx context.Context, job runbook.Job) (engine.Process, error) {
	if err := os.MkdirAll(job.Folder, 0o700); err != nil {
		return nil, err
	}
	if job.Terminal {
		return c.terminal(ctx, job)
	}
	p, err := c.sh.Start(ctx, job)
	if err != nil {
		return nil, err
	}
	c.sh.Ready() // for the next one, while this one runs
	return process{p}, nil
}

func (c commands) Attach(ctx context.Context, n int, started *runbook.Started) (engine.Process, engine.Found, error) {
	folder := c.Folder(n)
	var was runbook.Started
	if started != nil {
		was = *started
	}
	p, state, err := c.sh.Attach(ctx, folder, was, c.boots[n])
	if err != nil {
		return nil, "", err
	}
	found := map[shell.State]engine.Found{
		shell.Running: engine.FoundRunning, shell.Finished: engine.FoundEnded,
		shell.Orphaned: engine.FoundAlive, shell.Gone: engine.FoundGone, shell.Unstarted: engine.FoundNotStarted,
	}[state]
	return process{p}, found, nil
}

// terminal runs an interactive job. It has the terminal to itself, so it can't
// outlive this process.
func (c commands) terminal(ctx context.Context, job runbook.Job) (engine.Process, error) {
	until, back, err := c.aside(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(until)
	t := &interactive{done: make(chan struct{}), cancel: cancel}
	began := make(chan struct{})
	var once sync.Once
	go func() {
		defer close(t.done)
		defer back()
		t.outcome, t.err = c.sh.Terminal(ctx, job, func(s runbook.Started) { t.started = s; once.Do(func() { close(began) }) })
		once.Do(func() { close(began) })
	}()
	<-began
	return t, nil
}

// process is a kept command, in the engine's words.
type process struct{ *shell.Process }

func (p process) Outcome(ctx context.Context) (runbook.Outcome, error) { return p.Wait(ctx) }
func (p process) Stop() error                                          { return p.Process.Stop(context.Background()) }

// interactive is a command that has the terminal.
type interactive struct {
	started runbook.Started
	done    chan struct{}
	cancel  context.CancelFunc
	outcome runbook.Outcome
	err     error
}

func (t *interactive) Started() runbook.Started { return t.started }
func (t *interactive) Done() <-chan struct{}    { return t.done }
func (t *interactive) Stop() error              { t.cancel(); return nil }

func (t *interactive) Outcome(ctx context.Context) (runbook.Outcome, error) {
	select {
	case <-t.done:
		return t.outcome, t.err
	case <-ctx.Done():
		return runbook.Outcome{}, ctx.Err()
	}
}

// kept reads what commands printed.
type kept struct{ runDir string }

func (k kept) path(file string) string { return filepath.Join(k.runDir, file) }

func (k kept) Lines(file string, most int) (lines []string, count int, err error) {
	r, err := output.Open(k.path(file))
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	clean := output.NewLines(output.NewRedactor())
	take := func(line string) {
		if strings.TrimSpace(line) == "" {
			return
		}
		if count++; count <= most {
			lines = append(lines, line)
		}
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		clean.Feed(buf[:n], take)
		if errors.Is(err, io.EOF) {
			clean.Close(take)
			return lines, count, nil
		}
		if err != nil {
			return nil, 0, err
		}
	}
}

func (k kept) Text(file string, most int) (string, error) {
	r, err := output.Open(k.path(file))
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return "", err
	}
	if len(text) > most {
		return "", fmt.Errorf("the output is longer than %d bytes", most)
	}
	return strings.ToValidUTF8(strings.TrimSpace(string(text)), "\uFFFD"), nil
}

func (k kept) Matches(file string, e runbook.Expect) (bool, error) {
	if !e.Regex {
		return output.Contains(k.path(file), e.Text)
	}
	re, err := regexp.Compile(strings.TrimSuffix(strings.TrimPrefix(e.Text, "/"), "/"))
	if err != nil {
		return false, err
	}
	return output.Matches(k.path(file), re)
}

// secrecy masks values in text. It keeps the last redactor: values change
// seldom, and lines are many.
type secrecy struct {
	mu     sync.Mutex
	values []string
	last   *output.Redactor
}

func (s *secrecy) redactor(secrets []runbook.Named) *output.Redactor {
	values := make([]string, len(secrets))
	for i, n := range secrets {
		values[i] = n.Value.Reveal()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || strings.Join(values, "\x00") != strings.Join(s.values, "\x00") {
		s.values, s.last = values, output.NewRedactor(values...)
	}
	return s.last
}

func (s *secrecy) Scrub(text string, secrets []runbook.Named) string {
	return s.redactor(secrets).String(text)
}

func (s *secrecy) Holds(text string, secrets []runbook.Named) string {
	if !s.redactor(secrets).Holds(text) {
		return ""
	}
	for _, n := range secrets {
		if output.NewRedactor(n.Value.Reveal()).Holds(text) {
			return n.Name
		}
	}
	return "a secret"
}

func (s *secrecy) Looks(name string) bool { return shell.SecretName(name) }

// clock is the machine's, read three ways.
type clock struct{ now func() time.Time }

func (c clock) Now() time.Time                         { return c.now() }
func (c clock) Boot() time.Duration                    { return bootTime() }
func (c clock) Awake() time.Duration                   { return awakeTime() }
func (c clock) After(d time.Duration) <-chan time.Time { return time.After(d) }
