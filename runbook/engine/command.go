package engine

import (
	"context"
	"fmt"
	"time"

	"lifeboat/runbook"
)

const (
	// quick is how long a command may take for its start and its end to be
	// written as one: most do, and a commit costs more than they do.
	quick = 40 * time.Millisecond
	// between is the time from one try of a probe to the next.
	between = 5 * time.Second
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
	if err := e.gather(ctx, t); err != nil {
		return err
	}
	if err := e.holdsNone("the command", t.text, e.given(t.text != t.block.Text)); err != nil {
		return err
	}
	if t.block.Danger {
		if err := e.guard(ctx, t); err != nil {
			return err
		}
	}
	if e.run.Item(in.Item).Hold != runbook.NoHold {
		t.before = append([]runbook.Event{runbook.HoldReleased{Item: in.Item, How: e.again(t)}}, t.before...)
	}
	if t.block.Probe && (t.block.RetryTimes > 0 || t.block.RetryFor > 0) {
		return e.retry(ctx, t)
	}
	_, err = e.attempt(ctx, t, false)
	return err
}

// again says how a hold is left by running the block once more.
func (e *Engine) again(t *task) string {
	for n := len(e.run.Attempts); n > 0; n-- {
		if a := e.run.Attempt(n); a.Item == t.item && a.For == "" && a.Block == t.place {
			if a.Text != t.text {
				return "edited"
			}
			break
		}
	}
	return "again"
}

// task finds what a Perform that makes sense means.
func (e *Engine) task(ref runbook.Ref) (*task, error) {
	b, _, it, _ := e.books.Item(ref)
	bl, place := e.run.NextBlock(it, ref)
	if bl.Background {
		for _, a := range e.run.Running() {
			if a.Background {
				return nil, &runbook.Refusal{Reason: fmt.Sprintf("%s still runs in the background", a.Head()), Hint: "wait for it, or stop it"}
			}
		}
	}
	t := &task{item: ref, place: place, block: bl, text: e.run.Text(it, ref, place), shell: shellOf(bl), book: b}
	var err error
	t.target, err = e.target(bl, b, ref)
	return t, err
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
// run's. What a foreign file calls its identify is a command that nobody armed.
func (e *Engine) target(bl *runbook.Block, b *runbook.Book, ref runbook.Ref) (Target, error) {
	name := bl.On
	if _, s, ok := e.books.Step(ref.Step()); ok && name == "" {
		name = s.On
	}
	if name == "" {
		name = e.run.Target
	}
	t, err := e.ports.Targets(name)
	if err != nil {
		return t, err
	}
	if e.run.Mode == runbook.Drill && t.Production {
		return t, &runbook.Refusal{Reason: fmt.Sprintf("target %s is production: a drill can't reach it", name)}
	}
	if t.Identify == "" && !b.Foreign {
		t.Identify = b.Identify
	}
	e.targets[name] = t
	e.hide()
	return t, nil
}

// retry runs a probe until it succeeds or its tries are used up. Each try is an
// attempt of its own. Interrupt ends the wait between two: the item is then
// open, as after a try that is followed by another.
func (e *Engine) retry(ctx context.Context, t *task) error {
	started := e.ports.Clock.Boot()
	for try := 1; ; try++ {
		last := try >= t.block.RetryTimes
		if t.block.RetryFor > 0 {
			last = e.ports.Clock.Boot()-started+between > t.block.RetryFor
		}
		a, err := e.attempt(ctx, t, !last)
		if err != nil || a.End == nil || !a.End.Again {
			return err
		}
		t.before = nil
		if whole, err := e.pause(ctx, between); !whole {
			return err
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
	if err := e.append(ctx, append(t.before[:len(t.before):len(t.before)], intended)); err != nil {
		return nil, err
	}
	p, err := e.ports.Shell.Start(ctx, job)
	if err != nil {
		now := e.ports.Clock.Now().UTC()
		failed := runbook.CommandFinished{Attempt: n, Exit: -1, Why: runbook.Exited, Fault: err.Error(), Started: now, Ended: now}
		return e.run.Attempt(n), e.appendFact(ctx, fact{attempt: n, entries: e.entries([]runbook.Event{failed})})
	}
	e.keep(n, p, t)
	if intended.Background {
		return e.run.Attempt(n), e.leaveRunning(ctx, t, n, p)
	}
	return e.run.Attempt(n), e.follow(ctx, n, again)
}

// keep remembers a command that can be waited for, with the block as it is now:
// the book may be another one when it ends.
func (e *Engine) keep(n int, p Process, t *task) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.live[n] = running{p, t}
}

// leaveRunning writes the start of a background command and moves the walk on.
func (e *Engine) leaveRunning(ctx context.Context, t *task, n int, p Process) error {
	return e.appendFact(ctx, fact{
		entries: []Entry{e.startedEntry(n, p.Started())},
		then: func(at time.Time) []runbook.Event {
			return runbook.InBackground(e.books, e.run, t.item, at)
		},
	})
}

// follow waits for a command in the foreground and writes how it went. What
// can't be written on the way doesn't end the wait: the command runs.
func (e *Engine) follow(ctx context.Context, n int, again bool) error {
	p := e.process(n)
	e.setFore(n)
	defer e.setFore(0)
	first := e.firstOf(e.run.Attempt(n), p)
	select {
	case <-p.Done():
	case <-e.ports.Clock.After(quick):
		if first != nil {
			_ = e.appendFact(ctx, fact{entries: first})
			first = nil
		}
		if err := e.watch(ctx, p); err != nil {
			return err
		}
	}
	return e.conclude(ctx, n, first, again)
}

// watch waits for the end of a command, heeding the rest meanwhile. A command
// that has ended by the time the walk is left is not left.
func (e *Engine) watch(ctx context.Context, p Process) error {
	for {
		select {
		case <-p.Done():
			return nil
		case <-ctx.Done():
			select {
			case <-p.Done():
				return nil
			default:
				return ErrLeft
			}
		case <-e.ports.Clock.After(time.Second):
			e.heed(ctx)
		}
	}
}

func (e *Engine) startedEntry(n int, s runbook.Started) Entry {
	en := e.entry(runbook.CommandStarted{Attempt: n, PID: s.PID, Process: s.Process, Boot: s.Boot, Keeper: s.Keeper})
	en.At = s.Time.UTC()
	return en
}

func (e *Engine) process(n int) Process {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live[n].Process
}

func (e *Engine) setFore(n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fore = n
}

// Interrupt stops the command that the walk waits for, or the wait between two
// tries, and says whether there was one. It may be called from any goroutine.
func (e *Engine) Interrupt() bool {
	e.mu.Lock()
	p := e.live[e.fore].Process
	if p == nil {
		p = e.orphan
	}
	if p == nil && e.hush != nil {
		close(e.hush)
		e.hush = nil
		e.mu.Unlock()
		return true
	}
	e.mu.Unlock()
	return p != nil && p.Stop() == nil
}
