// Package walktest carries out the commands of a walk for tests of who shows it:
// nothing runs, each command prints into a real kept file and ends as the test
// says, and what it leaves on record is what an engine would write. Time is that of
// the bubble in which the test lives.
package walktest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

// A Play is how a command goes.
type Play struct {
	Out      string
	Takes    time.Duration
	Exit     int
	Expected string // met, missed
	After    string // what it prints at its end
	Withheld []string
	Fact     runbook.Fact
	Stubborn bool // it doesn't end when it is stopped
	Pause    bool // nothing is in the foreground: the walker waits between two tries
}

// Live is a command that runs.
type Live struct {
	Play
	Keep        *output.Keep
	began, ends time.Time
}

func (l *Live) over() bool { return !time.Now().Before(l.ends) }

// A World is the run that commands belong to, and the walker that carries them out.
type World interface {
	Run() *runbook.Run
	Books() runbook.Books
	// Write writes events of the operator as one.
	Write(events ...runbook.Event)
	Ask(ctx context.Context, p runbook.Prompt) (runbook.Reply, error)
	// Heed is called at least every second while a command is waited for.
	Heed(ctx context.Context) error
	// Guard asks what stands before a danger, whose text is as it will run.
	Guard(ctx context.Context, b *runbook.Book, ref runbook.Ref, bl *runbook.Block, text string) error
}

// Commands are those of a world.
type Commands struct {
	World World
	Dir   string          // of the kept files
	Plays map[string]Play // by the first line of a command
	Given map[string]bool // secrets that were asked for
	Live  map[int]*Live   // by attempt

	gate sync.Mutex // see Pass
	mu   sync.Mutex
	stop chan struct{} // of what waits in the foreground; nil: nothing does
}

// New makes the commands of a world, of which none has run yet.
func New(w World, dir string) *Commands {
	return &Commands{World: w, Dir: dir, Plays: map[string]Play{}, Given: map[string]bool{}, Live: map[int]*Live{}}
}

// Close closes the files of what runs still.
func (c *Commands) Close() {
	for _, l := range c.Live {
		l.Keep.Close()
	}
}

// Pass is called by whoever goes on after a while: what the test looked at before is
// looked at, and what it set is set. Nothing but the race detector needs it.
func (c *Commands) Pass() {
	c.gate.Lock()
	defer c.gate.Unlock()
}

// Kept is where the output of an attempt is.
func (c *Commands) Kept(n int) string { return filepath.Join(c.Dir, strconv.Itoa(n)+".zst") }

// Play is how a command goes that has this text.
func (c *Commands) Play(text string) Play {
	first, _, _ := strings.Cut(text, "\n")
	return c.Plays[first]
}

// Interrupt stops what is waited for. As an engine's, it may be called again.
func (c *Commands) Interrupt() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop == nil {
		return false
	}
	select {
	case c.stop <- struct{}{}:
	default: // it knows already
	}
	return true
}

// Stoppable gives a channel for Interrupt, until done is called.
func (c *Commands) Stoppable() (stop <-chan struct{}, done func()) {
	s := make(chan struct{}, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop = s
	return s, func() { c.mu.Lock(); c.stop = nil; c.mu.Unlock() }
}

// Collect ends what ran in the background and is over.
func (c *Commands) Collect(context.Context) error {
	for _, a := range c.World.Run().Running() {
		n := a.CommandIntended.Attempt
		if l := c.Live[n]; l != nil && a.Background && l.over() {
			c.Finish(n, runbook.Exited)
		}
	}
	return nil
}

// Act carries out an intent that runs a block, with all that is asked before it.
func (c *Commands) Act(ctx context.Context, in runbook.Intent) error {
	var ref runbook.Ref
	intended := runbook.CommandIntended{}
	switch in := in.(type) {
	case runbook.Perform:
		ref = in.Item
	case runbook.RollBack:
		ref, intended.For = in.Item, "rollback"
	default:
		return fmt.Errorf("%T: not in this world", in)
	}
	run := c.World.Run()
	b, _, it, _ := c.World.Books().Item(ref)
	bl, place := run.NextBlock(it, ref)
	if intended.Text = run.Text(it, ref, place); intended.For == "rollback" {
		bl, place = run.UndoBlock(b, ref)
		intended.Text = bl.Text
	}
	if filled, err := c.fill(ctx, ref, bl); filled || err != nil {
		return err
	}
	if err := c.secrets(ctx, b, ref); err != nil {
		return err
	}
	if bl.Danger {
		if err := c.World.Guard(ctx, b, ref, bl, intended.Text); err != nil {
			return err
		}
	}
	if run.Item(ref).Hold != runbook.NoHold && intended.For == "" {
		c.World.Write(runbook.HoldReleased{Item: ref, How: "again"})
	}
	intended.Item, intended.Block, intended.Probe, intended.Terminal = ref, place, bl.Probe, bl.Interactive
	intended.Background = bl.Background && intended.For == ""
	return c.Command(ctx, intended)
}

// fill asks what stands for the blanks of a block.
func (c *Commands) fill(ctx context.Context, ref runbook.Ref, bl *runbook.Block) (filled bool, err error) {
	for _, name := range bl.Placeholders {
		if _, ok := c.World.Run().Item(ref).Filled[name]; ok {
			continue
		}
		reply, err := c.World.Ask(ctx, runbook.Prompt{Kind: runbook.AskBlank, Item: ref, Name: name, Text: "what stands for " + name + "?", Lines: []string{"$ " + bl.Text}})
		if err != nil {
			return false, err
		}
		c.World.Write(runbook.BlankFilled{Item: ref, Name: name, Value: reply.Text})
		filled = true
	}
	return filled, nil
}

// secrets asks for the secrets of a book that were not given yet: one value is right
// for all of them.
func (c *Commands) secrets(ctx context.Context, b *runbook.Book, ref runbook.Ref) error {
	for _, name := range b.Secrets {
		if c.Given[name] {
			continue
		}
		reply, err := c.World.Ask(ctx, runbook.Prompt{Kind: runbook.AskSecret, Item: ref, Name: name, Text: "secret " + name + ": its value (not shown, not stored)"})
		if err != nil {
			return err
		}
		if value := reply.Value.Reveal(); value != "hunter2-hunter2" {
			return &runbook.Refusal{Reason: fmt.Sprintf("the value has %d characters", len(value))}
		}
		c.Given[name] = true
		c.World.Write(runbook.SecretGiven{Name: name, From: "asked"})
	}
	return nil
}

// Command starts a command and, unless it runs in the background, waits for it.
func (c *Commands) Command(ctx context.Context, e runbook.CommandIntended) error {
	run := c.World.Run()
	n := len(run.Attempts) + 1
	e.Attempt, e.Shell = n, "sh"
	c.World.Write(e)
	l := &Live{Play: c.Play(e.Text), began: time.Now()}
	l.ends = l.began.Add(l.Takes)
	file, err := os.Create(c.Kept(n))
	if err != nil {
		return err
	}
	if l.Keep, err = output.NewKeep(file, output.NewRedactor(), nil); err != nil {
		return err
	}
	_, _ = l.Keep.Write([]byte(l.Out))
	if err := l.Keep.Flush(); err != nil {
		return err
	}
	c.Live[n] = l
	c.World.Write(runbook.CommandStarted{Attempt: n, PID: 100 + n})
	if e.Background {
		c.World.Write(runbook.InBackground(c.World.Books(), run, e.Item, time.Now().UTC())...)
		return nil
	}
	return c.Wait(ctx, n)
}

// Wait waits for the end of a command, and heeds the rest meanwhile.
func (c *Commands) Wait(ctx context.Context, n int) error {
	l := c.Live[n]
	stop, done := c.Stoppable()
	defer done()
	if l.Pause {
		done()
	}
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("left: %w", context.Canceled)
		case <-stop:
			if !l.Stubborn {
				c.Finish(n, runbook.Stopped)
				return nil
			}
		case <-time.After(min(max(0, time.Until(l.ends)), time.Second)):
			if l.over() {
				c.Finish(n, runbook.Exited)
				return nil
			}
			if err := c.World.Heed(ctx); err != nil {
				return err
			}
		}
	}
}

// Finish writes how a command ended, and what follows from it.
func (c *Commands) Finish(n int, why runbook.Why) {
	c.Pass()
	run, books := c.World.Run(), c.World.Books()
	l, a := c.Live[n], run.Attempt(n)
	delete(c.Live, n)
	if why == runbook.Exited {
		_, _ = l.Keep.Write([]byte(l.After))
	}
	kept := l.Keep.Close()
	f := runbook.CommandFinished{
		Attempt: n, Exit: l.Exit, Why: why, Elapsed: time.Since(l.began), Expected: l.Expected, Withheld: l.Withheld,
		Output: runbook.Kept{File: c.Kept(n), Bytes: kept.Bytes, Lines: kept.Lines},
	}
	if a.Terminal {
		f.Output = runbook.Kept{}
	}
	events := []runbook.Event{f}
	if l.Fact.Name != "" {
		events = append(events, runbook.FactReported{Name: l.Fact.Name, Value: l.Fact.Value, Attempt: n})
	}
	ok := f.Exit == 0 && why == runbook.Exited && f.Expected != "missed"
	switch _, _, it, known := books.Item(a.Item); {
	case !known || !ok:
	case a.For == "rollback":
		events = append(events, runbook.HoldReleased{Item: a.Item, How: "rolled_back"})
	case a.For == "" && run.LastBlock(it, a.Item, a.Block):
		events = append(events, runbook.ItemTicked{Item: a.Item, As: "succeeded"})
		events = append(events, runbook.Done(books, run, a.Item, time.Now().UTC())...)
	}
	c.World.Write(events...)
}
