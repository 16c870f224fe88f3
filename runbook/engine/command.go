package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
)

const (
	// quick is how long a command may take for its start and its end to be
	// written as one: most do, and a commit costs more than they do.
	quick = 40 * time.Millisecond
	// between is the time from one try of a probe to the next.
	between = 5 * time.Second
	// mostValue is the longest output that can become a fact, in bytes.
	mostValue = 64 << 10
)

// A task is a block on its way: what to run and what its end means.
type task struct {
	item    runbook.Ref
	place   int // of the block within the item
	block   *runbook.Block
	purpose string // "" for the block itself; see CommandIntended.For
	text    string
	shell   string
	book    *runbook.Book
	target  Target
	before  []runbook.Event // written with the intent
}

// perform runs the next block of an item.
func (e *Engine) perform(ctx context.Context, in runbook.Perform) error {
	t, err := e.task(in.Item)
	if err != nil {
		return err
	}
	if filled, err := e.fillBlanks(ctx, t); filled || err != nil {
		return err
	}
	if err := e.holdsNone(t.text); err != nil {
		return err
	}
	if err := e.gather(ctx, t); err != nil {
		return err
	}
	if t.block.Danger {
		if err := e.guard(ctx, t); err != nil {
			return err
		}
	}
	if e.run.Item(in.Item).Hold != runbook.NoHold {
		t.before = append([]runbook.Event{runbook.HoldReleased{Item: in.Item, How: "again"}}, t.before...)
	}
	if t.block.Probe && (t.block.RetryTimes > 0 || t.block.RetryFor > 0) {
		return e.retry(ctx, t)
	}
	_, err = e.attempt(ctx, t, false)
	return err
}

// task finds what Perform means, and why it can't be done.
func (e *Engine) task(ref runbook.Ref) (*task, error) {
	b, _, it, ok := e.books.Item(ref)
	switch {
	case e.run.Ended != nil:
		return nil, &runbook.Refusal{Reason: "the run has ended"}
	case e.run.ReadOnly != "":
		return nil, &runbook.Refusal{Reason: "the run is read only: " + e.run.ReadOnly}
	case !ok:
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("item %s is in no book that is open", ref)}
	}
	bl, place := e.run.NextBlock(it, ref)
	st := e.run.Item(ref)
	switch {
	case bl == nil:
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("%s has no command left to run", ref)}
	case st.Done:
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("%s is done", ref), Hint: "open its step again to repeat it"}
	case bl.Wrong != "":
		return nil, &runbook.Refusal{Reason: "it can't run: " + bl.Wrong, Hint: "mend the runbook, or do it by hand"}
	case b.Foreign && !st.Armed[bl.Hash]:
		return nil, &runbook.Refusal{Reason: "a command of a foreign file runs only when it is armed", Hint: "arm it first"}
	case e.openAttempt(st) != nil:
		return nil, &runbook.Refusal{Reason: "it runs already", Hint: "wait for it, or stop it"}
	case bl.Background && e.inBackground() != nil:
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("%s still runs in the background", e.inBackground().Head()), Hint: "wait for it, or stop it"}
	}
	t := &task{item: ref, place: place, block: bl, text: e.run.Text(it, ref, place), shell: shellOf(bl), book: b}
	var err error
	t.target, err = e.target(bl, b, ref)
	return t, err
}

func (e *Engine) openAttempt(st runbook.ItemState) *runbook.Attempt {
	for _, n := range st.Attempts {
		if a := e.run.Attempt(n); a.Open() {
			return a
		}
	}
	return nil
}

func (e *Engine) inBackground() *runbook.Attempt {
	for _, a := range e.run.Running() {
		if a.Background {
			return a
		}
	}
	return nil
}

// shellOf is the shell of a block. A console or an unlabelled block that was
// armed is bash.
func shellOf(b *runbook.Block) string {
	switch {
	case b.Interpreter != "":
		return b.Interpreter
	case b.Lang == "", b.Lang == "shell", b.Lang == "console":
		return "bash"
	}
	return b.Lang
}

// target is where a block acts: what on= says of it or of its step, else the
// run's.
func (e *Engine) target(bl *runbook.Block, b *runbook.Book, ref runbook.Ref) (Target, error) {
	name := bl.On
	if _, s, ok := e.books.Step(ref.Step()); ok && name == "" {
		name = s.On
	}
	if name == "" || name == e.run.Target {
		name = e.run.Target
	}
	t, err := e.ports.Targets(name)
	if err != nil {
		return t, err
	}
	if e.run.Mode == runbook.Drill && t.Production {
		return t, &runbook.Refusal{Reason: fmt.Sprintf("target %s is production: a drill can't reach it", name)}
	}
	if t.Identify == "" {
		t.Identify = b.Identify
	}
	return t, nil
}

// retry runs a probe until it succeeds or its tries are used up. Each try is an
// attempt of its own.
func (e *Engine) retry(ctx context.Context, t *task) error {
	started := e.ports.Clock.Boot()
	for try := 1; ; try++ {
		last := try >= t.block.RetryTimes
		if t.block.RetryFor > 0 {
			last = e.ports.Clock.Boot()-started+between > t.block.RetryFor
		}
		a, err := e.attempt(ctx, t, !last)
		if err != nil || a.OK() || last || a.End == nil || a.End.Why == runbook.Stopped {
			return err
		}
		t.before = nil
		select {
		case <-ctx.Done():
			return ErrLeft
		case <-e.ports.Clock.After(between):
		}
	}
}

// attempt is one try: intent on disk, start, outcome on disk. again says that a
// failure is followed by another try.
func (e *Engine) attempt(ctx context.Context, t *task, again bool) (*runbook.Attempt, error) {
	n := len(e.run.Attempts) + 1
	job, err := e.job(n, t)
	if err != nil {
		return nil, err
	}
	intended := runbook.CommandIntended{
		Attempt: n, Item: t.item, Block: t.place, For: t.purpose, Text: t.text, Shell: t.shell, Dir: job.Dir,
		Background: t.block.Background && t.purpose == "", Probe: t.block.Probe, Terminal: job.Terminal,
	}
	if t.target.Name != e.run.Target {
		intended.Target = t.target.Name
	}
	for _, s := range job.Secrets {
		intended.Secrets = append(intended.Secrets, s.Name)
	}
	if err := e.append(ctx, append(t.before, intended)); err != nil {
		return nil, err
	}
	p, err := e.ports.Shell.Start(ctx, job)
	if err != nil {
		now := e.ports.Clock.Now().UTC()
		failed := runbook.CommandFinished{Attempt: n, Exit: -1, Why: runbook.Exited, Fault: err.Error(), Started: now, Ended: now}
		return e.run.Attempt(n), e.appendFact(ctx, e.entries([]runbook.Event{failed}))
	}
	e.mu.Lock()
	e.live[n] = p
	e.mu.Unlock()
	if intended.Background {
		return e.run.Attempt(n), e.leaveRunning(ctx, t, n, p)
	}
	return e.run.Attempt(n), e.follow(ctx, n, p, t, again)
}

// leaveRunning writes the start of a background command and moves the walk on.
func (e *Engine) leaveRunning(ctx context.Context, t *task, n int, p Process) error {
	if err := e.appendFact(ctx, []Entry{e.startedEntry(n, p.Started())}); err != nil {
		return err
	}
	return e.append(ctx, runbook.InBackground(e.books, e.run, t.item, e.ports.Clock.Now().UTC()))
}

// follow waits for a command in the foreground and writes how it went.
func (e *Engine) follow(ctx context.Context, n int, p Process, t *task, again bool) error {
	e.setFore(n)
	defer e.setFore(0)
	var first []Entry
	if a := e.run.Attempt(n); a.Run == nil {
		first = []Entry{e.startedEntry(n, p.Started())}
	}
	select {
	case <-p.Done():
	case <-e.ports.Clock.After(quick):
		if err := e.appendFact(ctx, first); err != nil && !errors.Is(err, context.Canceled) {
			_ = err // it waits in memory; the command runs, so its end must still be awaited
		}
		first = nil
		if err := e.watch(ctx, p); err != nil {
			return err
		}
	}
	return e.conclude(ctx, n, p, t, first, again)
}

// watch waits for the end of a command and looks at the clocks meanwhile.
func (e *Engine) watch(ctx context.Context, p Process) error {
	for {
		select {
		case <-p.Done():
			return nil
		case <-ctx.Done():
			return ErrLeft
		case <-e.ports.Clock.After(time.Second):
			if len(e.late) == 0 {
				if err := e.CatchUp(ctx); err != nil && ctx.Err() == nil {
					e.lateWhy = err.Error() // the log may be locked or full: the end of the command will tell
				}
			}
		}
	}
}

func (e *Engine) startedEntry(n int, s runbook.Started) Entry {
	en := e.entry(runbook.CommandStarted{Attempt: n, PID: s.PID, Process: s.Process, Boot: s.Boot, Keeper: s.Keeper})
	en.At = s.Time.UTC()
	return en
}

// conclude writes the outcome of a command and all that follows from it, as one.
func (e *Engine) conclude(ctx context.Context, n int, p Process, t *task, first []Entry, again bool) error {
	o, err := p.Outcome(context.WithoutCancel(ctx))
	if err != nil {
		o = runbook.Outcome{Exit: -1, Why: runbook.Exited, Fault: err.Error(), Ended: e.ports.Clock.Now().UTC()}
	}
	e.mu.Lock()
	delete(e.live, n)
	e.mu.Unlock()
	entries := append(first, e.outcome(n, o, t, again)...)
	return e.appendFact(ctx, entries)
}

// outcome turns an outcome into entries.
func (e *Engine) outcome(n int, o runbook.Outcome, t *task, again bool) []Entry {
	a := e.run.Attempt(n)
	f := finished(n, o)
	ok := f.Exit == 0 && f.Why == runbook.Exited && f.Fault == ""
	if t.block.Expect != nil && ok && t.purpose == "" {
		f.Expected = e.expected(&f, *t.block.Expect)
		ok = f.Expected == "met"
	}
	f.Again = again && !ok
	done := e.entry(f)
	done.At = o.Ended.UTC()
	out := []Entry{done}
	for name, value := range o.Withheld {
		e.secrets[name] = value
	}
	contaminated := false
	for _, fact := range e.facts(o, t, ok) {
		out = append(out, e.entry(runbook.FactReported{Name: fact.Name, Value: fact.Value, Attempt: n}))
		contaminated = contaminated || e.contaminates(fact)
	}
	if t.block.Secret != "" && ok && t.purpose == "" {
		e.secrets[t.block.Secret] = o.Value
		out = append(out, e.entry(runbook.SecretGiven{Name: t.block.Secret, From: "block"}))
	}
	if ok && t.purpose == "" && !contaminated && e.lastBlock(a) {
		now := e.ports.Clock.Now().UTC()
		out = append(out, e.entry(runbook.ItemTicked{Item: a.Item, As: "succeeded"}))
		out = append(out, e.entries(runbook.Done(e.books, e.run, a.Item, now))...)
	}
	return out
}

func finished(n int, o runbook.Outcome) runbook.CommandFinished {
	f := runbook.CommandFinished{
		Attempt: n, Exit: o.Exit, Signal: o.Signal, Why: o.Why, Fault: o.Fault, Started: o.Started.UTC(), Ended: o.Ended.UTC(),
		Elapsed: o.Elapsed, Output: o.Output, Dir: o.Dir, Set: o.Set, Unset: o.Unset, Captured: o.Captured, Survivors: o.Survivors,
	}
	for name := range o.Withheld {
		f.Withheld = append(f.Withheld, name)
	}
	return f
}

// expected compares the output as kept with what it must hold.
func (e *Engine) expected(f *runbook.CommandFinished, want runbook.Expect) string {
	if f.Output.File == "" {
		return "missed"
	}
	met, err := e.ports.Output.Matches(f.Output.File, want)
	if err != nil {
		f.Fault = "its output can't be read back: " + err.Error()
	}
	if !met {
		return "missed"
	}
	return "met"
}

// facts are what a command reported: in its file, and, with fact=, by its
// output. Those of a failed command count too, but for its output.
func (e *Engine) facts(o runbook.Outcome, t *task, ok bool) []runbook.Fact {
	facts := o.Facts
	if t.block.Fact == "" || !ok || t.purpose != "" || o.Output.File == "" {
		return facts
	}
	value, err := e.ports.Output.Text(o.Output.File, mostValue)
	if err != nil {
		value = ""
	}
	return append(facts, runbook.Fact{Name: t.block.Fact, Value: strings.TrimSpace(value)})
}

// contaminates says whether a fact is a recovery point after the damage began.
func (e *Engine) contaminates(f runbook.Fact) bool {
	if f.Name != "recovery_point" {
		return false
	}
	at, err := time.Parse(time.RFC3339Nano, f.Value)
	began, _ := e.run.Began()
	return err == nil && at.After(began)
}

// lastBlock says whether no block of the attempt's item is left after it.
func (e *Engine) lastBlock(a *runbook.Attempt) bool {
	_, _, it, ok := e.books.Item(a.Item)
	if !ok {
		return false
	}
	for _, b := range it.Blocks[min(a.Block+1, len(it.Blocks)):] {
		if b.When.Applies(e.run.Mode) {
			return false
		}
	}
	return true
}
