package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/runbook/shell"
	"lifeboat/store"
	"lifeboat/tui/plain"
)

// walkOptions are the flags of drill, run and resume.
type walkOptions struct {
	mode        runbook.Mode
	target      string
	auto        bool
	arm         bool
	set         []string
	choose      []string
	began       string
	operator    string
	facilitator string
	roles       []string
	exercise    string
	edited      bool
}

func (o *walkOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.target, "target", "", "where the run acts: a target of lifeboat.yaml")
	f.BoolVar(&o.auto, "auto", false, "nobody is there: run every command, tick every check as unattended")
	f.BoolVar(&o.arm, "arm", false, "with --auto: run the commands of a foreign file too")
	f.StringArrayVar(&o.set, "set", nil, "with --auto, NAME=value: an answer, placeholder or variable; may be repeated")
	f.StringArrayVar(&o.choose, "choose", nil, "with --auto, STEP=NUMBER: the option of a choice; may be repeated")
	f.StringVar(&o.began, "began", "", "when the disruption began: 03:10, 03:10 UTC, -20m, A..B")
	f.StringVar(&o.operator, "operator", "", "the operator's name; else the login's")
	f.StringVar(&o.facilitator, "facilitator", "", "the drill's facilitator")
	f.StringArrayVar(&o.roles, "role", nil, "ROLE=NAME: who holds a role; may be repeated")
	f.StringVar(&o.exercise, "exercise", "", "kind of a drill: walkthrough, tabletop, functional or full-scale")
}

func (e *env) drillCommand() *cobra.Command {
	o := &walkOptions{mode: runbook.Drill}
	cmd := &cobra.Command{
		Use:   "drill RUNBOOK",
		Short: "Rehearse a runbook",
		Long: "Rehearse a runbook. A drill can't reach a target that is production, and what is\n" +
			"marked for live runs alone is counted as not exercised.",
		Example: "lifeboat drill data-corruption\nlifeboat drill docs/restore.md --auto --set SNAPSHOT=backup.zip",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.start(cmd.Context(), o, args) },
	}
	o.flags(cmd)
	return cmd
}

func (e *env) runCommand() *cobra.Command {
	o := &walkOptions{mode: runbook.Live}
	cmd := &cobra.Command{
		Use:     "run RUNBOOK --target NAME",
		Short:   "Recover: walk a runbook live",
		Long:    "Recover: walk a runbook live. A target that lifeboat.yaml doesn't mark otherwise is\nproduction, and its name is typed before anything starts.",
		Example: "lifeboat run data-corruption --target production --began 03:10",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.start(cmd.Context(), o, args) },
	}
	o.flags(cmd)
	return cmd
}

// start opens a run and walks it.
func (e *env) start(ctx context.Context, o *walkOptions, args []string) error {
	if len(args) == 0 {
		var names []string
		for _, l := range e.library().list() {
			names = append(names, l.Name)
		}
		return fail(exitUsage, "no runbook was named", "one of "+strings.Join(names, ", ")+", or the path of any Markdown file")
	}
	began, err := e.began(o.began)
	if err != nil {
		return err
	}
	book, messages, err := e.library().open(args[0])
	if err != nil {
		return err
	}
	for _, m := range messages {
		fmt.Fprintln(e.err, m)
	}
	conf, err := e.config()
	if err != nil {
		return err
	}
	target, err := e.chooseTarget(o, conf)
	if err != nil {
		return err
	}
	w, err := e.prepare(ctx, o, conf, book, target)
	if err != nil {
		return err
	}
	defer w.close()
	return w.begin(ctx, book, target, began)
}

// began reads when the disruption began; the zero value if nothing was said.
func (e *env) began(text string) (runbook.MomentSet, error) {
	if strings.TrimSpace(text) == "" {
		return runbook.MomentSet{}, nil
	}
	now := e.now()
	at, latest, err := runbook.ReadInterval(text, now.Location(), now)
	if err != nil {
		return runbook.MomentSet{}, fail(exitUsage, "the beginning of the disruption: "+err.Error(), timeHint)
	}
	if at.After(now) || latest.After(now) {
		return runbook.MomentSet{}, fail(exitUsage, fmt.Sprintf("the disruption can't begin in the future (%s)", at.Format(time.RFC3339)), timeHint)
	}
	return runbook.MomentSet{Moment: at, Latest: latest, Source: "operator"}, nil
}

const timeHint = "write 03:10, 03:10 UTC, 2026-11-23 03:10, -20m, or A..B for an interval"

// chooseTarget finds where the run acts, and refuses what must not be.
func (e *env) chooseTarget(o *walkOptions, conf config) (engine.Target, error) {
	name := o.target
	switch {
	case name == "" && o.mode == runbook.Live:
		hint := "name it: --target NAME; lifeboat.yaml says what it is"
		if known := conf.known(); len(known) > 0 {
			hint = "lifeboat.yaml has " + strings.Join(known, ", ")
		}
		return engine.Target{}, fail(exitUsage, "a live run needs a target", hint)
	case name == "":
		name = practiceTarget
	}
	t, err := conf.target(name)
	if err != nil {
		return t, err
	}
	if o.mode == runbook.Drill && t.Production {
		return t, fail(exitUsage, fmt.Sprintf("target %s is production: a drill can't reach it", name),
			"mark it production: false in lifeboat.yaml if it isn't, or leave --target out")
	}
	return t, nil
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

// policy reads --set and --choose.
func (o *walkOptions) policy() (*engine.Policy, error) {
	p := &engine.Policy{Set: map[string]string{}, Choose: map[string]int{}, Arm: o.arm}
	for _, kv := range o.set {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || name == "" {
			return nil, fail(exitUsage, fmt.Sprintf("--set %q is not NAME=value", kv))
		}
		p.Set[name] = value
	}
	for _, kv := range o.choose {
		step, option, ok := strings.Cut(kv, "=")
		n, err := strconv.Atoi(option)
		if !ok || err != nil || n < 1 {
			return nil, fail(exitUsage, fmt.Sprintf("--choose %q is not STEP=NUMBER", kv), "lifeboat show names the steps")
		}
		p.Choose[step] = n
	}
	return p, nil
}

// who is at the keys.
func (e *env) who(o *walkOptions) engine.Who {
	w := engine.Who{Name: o.operator, Role: "operator"}
	if w.Name == "" {
		w.Name = e.get("USER")
	}
	if w.Name == "" {
		if u, err := user.Current(); err == nil {
			w.Name = u.Username
		}
	}
	if host, err := os.Hostname(); err == nil {
		w.Host = host
	}
	return w
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

// takeLock makes this process the one that walks the run. The kernel drops the
// lock when the process dies.
func (w *walk) takeLock(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return because(exitFailed, err)
	}
	if pid, err := lockFile(f, mostDying); err != nil {
		_ = f.Close()
		return fail(exitFailed, fmt.Sprintf("run %s is being walked by process %d", plain.Tail(w.run), pid),
			"lifeboat watch follows it; lifeboat note adds to it")
	}
	w.lock = f
	if err := f.Truncate(0); err != nil {
		return because(exitFailed, err)
	}
	_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// mostDying is how long the lock of a process that is dead may still be held.
const mostDying = 3 * time.Second

// lockFile takes a lock file, or names the process that holds it. One that was
// killed while it started a program leaves the lock with the child for the
// moment until that has become the program: the lock of the dead is waited for.
func lockFile(f *os.File, most time.Duration) (pid int, err error) {
	for waited := time.Duration(0); ; waited += 5 * time.Millisecond {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return 0, nil
		}
		text, readErr := os.ReadFile(f.Name())
		if readErr != nil {
			return 0, readErr
		}
		pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		alive := pid == 0 || syscall.Kill(pid, 0) == nil || errors.Is(syscall.Kill(pid, 0), syscall.EPERM)
		if alive || waited > most {
			return pid, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (w *walk) close() {
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
	err := w.eng.Auto(ctx, w.policy)
	w.plain.Finish()
	if nobody, ok := errors.AsType[*engine.ErrNobody](err); ok {
		if leaveErr := w.eng.Do(ctx, runbook.Leave{Why: "unattended"}); leaveErr != nil {
			return because(exitFailed, leaveErr)
		}
		return fail(exitOpen, nobody.Reason, "lifeboat resume "+plain.Tail(w.run)+" goes on with somebody there")
	}
	if err != nil {
		return because(exitFailed, err)
	}
	return w.result()
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
