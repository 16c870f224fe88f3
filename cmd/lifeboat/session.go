package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/runbook/shell"
	"lifeboat/store"
	"lifeboat/tui/plain"
	"lifeboat/tui/words"
)

// A front is what a walk is shown on, and who answers the engine's questions.
type front interface {
	engine.Asker
	// Watch is told of every record once it is on disk.
	Watch(records []runbook.Record)
	// Aside gives the terminal away for a command that has it to itself, until
	// back is called. The context that comes back ends when it is wanted back.
	Aside(ctx context.Context) (until context.Context, back func(), err error)
}

// A walk is one run on its way through the commands drill, run and resume.
type walk struct {
	e      *env
	o      *walkOptions
	conf   config
	policy *engine.Policy // nil: somebody is there
	run    string
	lock   *os.File
	log    *store.Log
	front  front
	taken  []string // remarks on the variables that a drill is not given
	shell  *shell.Shell
	ports  engine.Ports
	around engine.Surroundings
	eng    *engine.Engine
	cancel context.CancelFunc
}

// prepare checks everything that can be checked before a run exists.
func (e *env) prepare(o *walkOptions, conf config, book *runbook.Book, target engine.Target) (*walk, error) {
	w := &walk{e: e, o: o, conf: conf}
	w.around = engine.Surroundings{Who: e.who(o), Cwd: e.cwd}
	w.around.Env, w.taken = conf.environ(o.mode, e.environ)
	if o.auto {
		var err error
		if w.policy, err = o.policy(); err != nil {
			return nil, err
		}
		if err := w.unattended(book, target); err != nil {
			return nil, err
		}
	}
	log, err := e.openLog()
	if err != nil {
		return nil, err
	}
	w.log, w.run = log, newRunID(e.now())
	return w, nil
}

// unattended refuses what --auto can't bring to an end.
func (w *walk) unattended(book *runbook.Book, target engine.Target) error {
	if w.o.mode == runbook.Live && !book.Unattended {
		return fail(exitUsage, book.Name+" may not run live with nobody there",
			"unattended: true in its front matter allows it, but for a danger")
	}
	known := func(name string) bool {
		for _, kv := range slices.Concat(w.around.Env, target.Env) {
			if value, ok := strings.CutPrefix(kv, name+"="); ok && value != "" {
				return true
			}
		}
		return false
	}
	if missing := engine.Missing(book, w.o.mode, w.policy, known); len(missing) > 0 {
		return fail(exitUsage, "nobody is there to give: "+strings.Join(missing, ", "),
			"questions and placeholders: --set NAME=value; variables and secrets: the environment, or the target's env_file")
	}
	return nil
}

func newRunID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}

// onLines has the walk shown line by line.
func (w *walk) onLines(ctx context.Context) *lines {
	ctx, w.cancel = context.WithCancel(ctx)
	p := &lines{Plain: w.e.newPlain(ctx, w.run, w.scrub)}
	w.front = p
	return p
}

// lines is a walk line by line.
type lines struct {
	*plain.Plain
	begun bool
	early []runbook.Record // written before there was an engine to ask about them
}

func (l *lines) Watch(records []runbook.Record) {
	if !l.begun {
		l.early = append(l.early, records...)
		return
	}
	l.Plain.Watch(records)
}

// begin shows what there is already.
func (l *lines) begin(eng *engine.Engine) {
	l.begun = true
	l.Attach(eng)
	l.Header()
	l.Watch(l.early)
}

// Aside has nothing to give away: the terminal is as it was.
func (l *lines) Aside(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, nil
}

// scrub masks the secrets that the walk knows.
func (w *walk) scrub(text string) string {
	if w.eng == nil {
		return text
	}
	return w.eng.Scrub(text)
}

// open makes the run's folder, takes its lock and puts the engine's ports
// together. What it is shown on is there by then.
func (w *walk) open() error {
	run, dir := w.run, w.e.runDir(w.run)
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o700); err != nil {
		return because(exitFailed, err, "lifeboat writes beside its log; --db puts it elsewhere")
	}
	if err := w.takeLock(dir); err != nil {
		return err
	}
	link := filepath.Join(dir, "bin", "lifeboat")
	if _, err := os.Lstat(link); err != nil {
		if err := os.Symlink(w.e.self, link); err != nil {
			return because(exitFailed, err)
		}
	}
	w.shell = &shell.Shell{Self: w.e.self, RunDir: dir}
	w.shell.Ready()
	w.ports = engine.Ports{
		Log: &runLog{log: w.log, run: run}, Clock: clock{w.e.now}, Asker: w.front, Output: kept{dir},
		Shell:   commands{sh: w.shell, aside: w.front.Aside},
		Library: w.e.library(), Secrecy: &secrecy{}, Targets: w.conf.target, Watch: w.front.Watch,
	}
	if w.policy != nil {
		w.ports.Asker = w.policy
	}
	return nil
}

// close lets go of what the walk held, and says what went wrong with the log
// without making anything fail.
func (w *walk) close() {
	for _, warning := range w.log.Warnings() {
		fmt.Fprintln(w.e.err, "warning: "+warning.Error())
	}
	w.letGo()
}

// letGo lets go of what the walk held, once.
func (w *walk) letGo() {
	if w.cancel != nil {
		w.cancel()
	}
	if w.shell != nil {
		w.shell.Close()
		w.shell = nil
	}
	if w.lock != nil {
		unlockFile(w.lock)
		w.lock = nil
	}
}

// begin opens the run: it is on disk when this returns.
func (w *walk) begin(ctx context.Context, book *runbook.Book, target engine.Target, began runbook.MomentSet, checks []runbook.PreflightChecked) error {
	opening := engine.Opening{
		Run: runbook.RunOpened{
			Run: w.run, Mode: w.o.mode, Target: target.Name, Production: target.Production, Auto: w.o.auto,
			Tool: version(), Zone: w.e.zone(), Boot: shell.Boot(), Exercise: w.o.exercise,
		},
		Book: book, Began: began, Roles: w.o.holders(), Checks: checks,
	}
	w.ports.Usual = w.e.usual(ctx, w.log, book, w.o.mode)
	eng, err := engine.Begin(ctx, w.ports, w.around, opening)
	if err != nil {
		return because(exitFailed, err)
	}
	w.eng = eng
	return nil
}

// confirmLive has the target's name typed before a live run exists.
func (w *walk) confirmLive(p *plain.Plain, target engine.Target) error {
	if w.o.mode != runbook.Live || w.policy != nil {
		return nil
	}
	kind := "production"
	if !target.Production {
		kind = "not production"
	}
	line, err := p.Line(fmt.Sprintf("LIVE run on %s (%s). Type the target's name to start: ", target.Name, kind))
	if err != nil || strings.TrimSpace(line) != target.Name {
		return fail(exitUsage, "not started: the target's name was not typed", "lifeboat drill rehearses without a target")
	}
	return nil
}

// askBegan asks when the disruption began, where that matters and was not said.
func (w *walk) askBegan(p *plain.Plain, book *runbook.Book) (runbook.MomentSet, error) {
	if w.o.mode != runbook.Live || w.policy != nil || len(book.Objectives) == 0 {
		return runbook.MomentSet{}, nil
	}
	line, err := p.Line("When did the disruption begin? 03:10 is here, -20m, A..B [now]: ")
	if err != nil {
		return runbook.MomentSet{}, fail(exitOpen, "not started: the input ended")
	}
	return w.e.began(line)
}

// walk goes through the run with somebody, or with nobody, and gives its exit
// code.
func (w *walk) walk(ctx context.Context, p *lines) error {
	p.begin(w.eng)
	if w.policy == nil {
		if err := p.Walk(ctx); err != nil {
			return because(exitFailed, err)
		}
		return w.result()
	}
	return w.unwatched(ctx, p)
}

// unwatched goes through the run with nobody there. Any signal leaves it: a
// command that runs then goes on under its keeper.
func (w *walk) unwatched(ctx context.Context, p *lines) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	why := make(chan string, 1)
	go func() {
		select {
		case s := <-p.Stopped():
			why <- s.Why()
			cancel()
		case <-inner.Done():
		}
	}()
	err := w.eng.Auto(inner, w.policy)
	p.Finish()
	nobody, ok := errors.AsType[*engine.ErrNobody](err)
	switch {
	case ok:
		return w.leave(ctx, "unattended", nobody.Reason)
	case errors.Is(err, context.Canceled):
		return w.leave(ctx, <-why, "stopped by a signal")
	case err != nil:
		return because(exitFailed, err)
	}
	return w.result()
}

// leave writes that nobody walks the run any more, and says how to go on.
func (w *walk) leave(ctx context.Context, why, reason string) error {
	if err := w.eng.Do(ctx, runbook.Leave{Why: why}); err != nil {
		return because(exitFailed, err)
	}
	return fail(exitOpen, reason, "lifeboat resume "+words.Tail(w.run)+" goes on with somebody there")
}

// result is the run's exit code.
func (w *walk) result() error {
	r := w.eng.Run()
	code := exitOK
	if book := w.eng.Books().First(r); book != nil {
		code = runbook.Exit(runbook.Clocks(book, r, w.e.now()), r)
	}
	if code == exitOK {
		return nil
	}
	return &ended{code}
}
