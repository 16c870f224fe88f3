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
)

// A walk is one run on its way through the commands drill, run and resume.
type walk struct {
	e      *env
	o      *walkOptions
	conf   config
	policy *engine.Policy // nil: somebody is there
	run    string
	lock   *os.File
	log    *store.Log
	plain  *plain.Plain
	shell  *shell.Shell
	ports  engine.Ports
	around engine.Surroundings
	eng    *engine.Engine
	early  []runbook.Record // written before there was an engine
	cancel context.CancelFunc
}

// prepare checks everything that can be checked before a run exists.
func (e *env) prepare(ctx context.Context, o *walkOptions, conf config, book *runbook.Book, target engine.Target) (*walk, error) {
	w := &walk{e: e, o: o, conf: conf}
	w.around = engine.Surroundings{Who: e.who(o), Env: e.environ, Cwd: e.cwd}
	if o.mode == runbook.Drill {
		var taken []string
		w.around.Env, taken = conf.guardDrill(e.environ)
		for _, what := range taken {
			fmt.Fprintln(e.err, "not handed to the drill: "+what)
		}
	}
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
	w.log = log
	return w, w.open(ctx, newRunID(e.now()))
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

// open makes the run's folder, takes its lock and puts the engine's ports
// together.
func (w *walk) open(ctx context.Context, run string) error {
	w.run = run
	dir := w.e.runDir(run)
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
	ctx, w.cancel = context.WithCancel(ctx)
	secrets := &secrecy{}
	w.plain = w.e.newPlain(ctx, run, func(text string) string {
		if w.eng == nil {
			return text
		}
		return w.eng.Scrub(text)
	})
	w.shell = &shell.Shell{Self: w.e.self, RunDir: dir}
	w.shell.Ready()
	w.ports = engine.Ports{
		Log: &runLog{log: w.log, run: run}, Clock: clock{w.e.now}, Asker: w.plain, Output: kept{dir},
		Shell:   commands{sh: w.shell},
		Library: w.e.library(), Secrecy: secrets, Targets: w.conf.target, Watch: w.watch,
	}
	if w.policy != nil {
		w.ports.Asker = w.policy
	}
	return nil
}

// watch shows records. The first arrive before there is an engine to ask about
// them.
func (w *walk) watch(records []runbook.Record) {
	if w.eng == nil {
		w.early = append(w.early, records...)
		return
	}
	w.plain.Watch(records)
}

// close lets go of what the walk held, and says what went wrong with the log
// without making anything fail.
func (w *walk) close() {
	for _, warning := range w.log.Warnings() {
		fmt.Fprintln(w.e.err, "warning: "+warning.Error())
	}
	if w.cancel != nil {
		w.cancel()
	}
	if w.shell != nil {
		w.shell.Close()
	}
	if w.lock != nil {
		_ = w.lock.Close()
	}
}

// begin opens the run and walks it.
func (w *walk) begin(ctx context.Context, book *runbook.Book, target engine.Target, began runbook.MomentSet) error {
	if err := w.confirmLive(target); err != nil {
		return err
	}
	if began.Moment.IsZero() {
		var err error
		if began, err = w.askBegan(book); err != nil {
			return err
		}
	}
	opening := engine.Opening{
		Run: runbook.RunOpened{
			Run: w.run, Mode: w.o.mode, Target: target.Name, Production: target.Production, Auto: w.o.auto,
			Tool: version(), Zone: w.e.zone(), Boot: shell.Boot(), Exercise: w.o.exercise,
		},
		Book: book, Began: began, Roles: map[string]string{}, Checks: w.e.preflight(ctx, book, slices.Concat(w.around.Env, target.Env)),
	}
	for _, kv := range w.o.roles {
		role, person, _ := strings.Cut(kv, "=")
		opening.Roles[role] = person
	}
	if w.o.facilitator != "" {
		opening.Roles["facilitator"] = w.o.facilitator
	}
	w.ports.Usual = w.e.usual(ctx, w.log, book, w.o.mode)
	eng, err := engine.Begin(ctx, w.ports, w.around, opening)
	if err != nil {
		return because(exitFailed, err)
	}
	w.eng = eng
	return w.walk(ctx)
}

// confirmLive has the target's name typed before a live run exists.
func (w *walk) confirmLive(target engine.Target) error {
	if w.o.mode != runbook.Live || w.policy != nil {
		return nil
	}
	kind := "production"
	if !target.Production {
		kind = "not production"
	}
	line, err := w.plain.Line(fmt.Sprintf("LIVE run on %s (%s). Type the target's name to start: ", target.Name, kind))
	if err != nil || strings.TrimSpace(line) != target.Name {
		return fail(exitUsage, "not started: the target's name was not typed", "lifeboat drill rehearses without a target")
	}
	return nil
}

// askBegan asks when the disruption began, where that matters and was not said.
func (w *walk) askBegan(book *runbook.Book) (runbook.MomentSet, error) {
	if w.o.mode != runbook.Live || w.policy != nil || len(book.Objectives) == 0 {
		return runbook.MomentSet{}, nil
	}
	line, err := w.plain.Line("When did the disruption begin? 03:10 is here, -20m, A..B [now]: ")
	if err != nil {
		return runbook.MomentSet{}, fail(exitOpen, "not started: the input ended")
	}
	return w.e.began(line)
}

// walk goes through the run with somebody, or with nobody, and gives its exit
// code.
func (w *walk) walk(ctx context.Context) error {
	w.plain.Attach(w.eng)
	w.plain.Header()
	w.plain.Watch(w.early)
	w.early = nil
	if w.policy == nil {
		if err := w.plain.Walk(ctx); err != nil {
			return because(exitFailed, err)
		}
		return w.result()
	}
	return w.unwatched(ctx)
}

// unwatched goes through the run with nobody there. Any signal leaves it: a
// command that runs then goes on under its keeper.
func (w *walk) unwatched(ctx context.Context) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	why := make(chan string, 1)
	go func() {
		select {
		case s := <-w.plain.Stopped():
			why <- map[plain.Signal]string{plain.Interrupt: "signal", plain.Terminate: "signal", plain.Hangup: "hangup"}[s]
			cancel()
		case <-inner.Done():
		}
	}()
	err := w.eng.Auto(inner, w.policy)
	w.plain.Finish()
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
	return fail(exitOpen, reason, "lifeboat resume "+plain.Tail(w.run)+" goes on with somebody there")
}

// result is the run's exit code.
func (w *walk) result() error {
	r := w.eng.Run()
	code := exitOK
	if book := w.eng.Books()[r.Books[0].Book]; book != nil {
		code = runbook.Exit(runbook.Clocks(book, r, w.e.now()), r)
	}
	if code == exitOK {
		return nil
	}
	return &ended{code}
}
