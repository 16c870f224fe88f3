package plain

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/runbook/output"
)

// A world is a walker without an engine: intents become events by the real
// rules, commands print and end as the test says, and the log is in memory.
type world struct {
	t     *testing.T
	p     *Plain
	dir   string
	books runbook.Books
	run   *runbook.Run
	log   []runbook.Record
	past  int             // records of an earlier process
	plays map[string]play // by the first line of a command
	given map[string]bool // secrets that were asked for

	mu     sync.Mutex
	failDo error           // what Do answers
	failUp error           // what CatchUp answers
	others []runbook.Event // written elsewhere, not yet taken in
	stop   chan struct{}   // of the command in the foreground; nil: none
	live   map[int]*live
}

// A play is how a command goes.
type play struct {
	out      string
	takes    time.Duration
	exit     int
	expected string // met, missed
	after    string // what it prints at its end
	withheld []string
	fact     runbook.Fact
	stubborn bool // it doesn't end when it is stopped
	pause    bool // nothing is in the foreground: the walker waits between two tries
}

// live is a command that runs.
type live struct {
	play
	keep  *output.Keep
	ends  time.Time
	began time.Time
}

func newWorld(t *testing.T, name, text string) *world {
	t.Helper()
	w := &world{
		t: t, dir: t.TempDir(), books: runbook.Books{}, run: runbook.NewRun(), plays: map[string]play{},
		given: map[string]bool{}, live: map[int]*live{},
	}
	w.book(name, text)
	return w
}

func (w *world) book(name, text string) *runbook.Book {
	w.t.Helper()
	b, messages, err := markdown.Parse(name, []byte(text))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range messages {
		w.t.Log(m)
	}
	w.books[b.Name] = b
	return b
}

// open begins the run with the only book.
func (w *world) open(opened runbook.RunOpened, more ...runbook.Event) {
	for _, b := range w.books {
		opened.Run = "01JDRILL00000000000ABCDEF"
		w.append(append([]runbook.Event{
			opened,
			runbook.BookOpened{Book: b.Name, Version: b.Version, Hash: b.Hash, Foreign: b.Foreign, Why: "start"},
			runbook.MomentSet{Name: "began", Moment: time.Now().UTC()},
		}, more...)...)
	}
}

// append writes events as one, and shows them.
func (w *world) append(events ...runbook.Event) {
	w.appendAt(time.Time{}, "ann", events...)
}

func (w *world) appendAt(at time.Time, actor string, events ...runbook.Event) {
	var batch []runbook.Record
	for _, e := range events {
		rec := runbook.Record{
			Seq: uint64(len(w.log) + 1), Time: time.Now().UTC(), Meta: runbook.Meta{Actor: actor, At: at}, Event: e,
		}
		if err := w.run.Apply(rec); err != nil {
			w.t.Errorf("%T: %v", e, err)
		}
		w.log, batch = append(w.log, rec), append(batch, rec)
	}
	if w.p != nil {
		w.p.Watch(batch)
	}
}

func (w *world) Run() *runbook.Run               { return w.run }
func (w *world) Books() runbook.Books            { return w.books }
func (w *world) Next() runbook.Move              { return runbook.Next(w.books, w.run) }
func (w *world) Pace(*runbook.Book) runbook.Pace { return runbook.Pace{End: time.Now().Add(time.Hour)} }

func (w *world) kept(n int) string { return filepath.Join(w.dir, strconv.Itoa(n)+".zst") }

func (w *world) elsewhere(events ...runbook.Event) {
	w.mu.Lock()
	w.others = append(w.others, events...)
	w.mu.Unlock()
}

// CatchUp takes in what was written elsewhere.
func (w *world) CatchUp(context.Context) error {
	w.mu.Lock()
	events, err := w.others, w.failUp
	w.others = nil
	w.mu.Unlock()
	if len(events) > 0 {
		w.appendAt(time.Time{}, "zoe", events...)
	}
	return err
}

// fails sets what Do and CatchUp answer from now on.
func (w *world) fails(do, up error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failDo, w.failUp = do, up
}

// Collect ends what ran in the background and is over.
func (w *world) Collect(context.Context) error {
	for _, a := range w.run.Running() {
		n := a.CommandIntended.Attempt
		if l := w.live[n]; l != nil && a.Background && !time.Now().Before(l.ends) {
			w.finish(n, runbook.Exited)
		}
	}
	return nil
}

// Interrupt stops the command in the foreground. As an engine's, it may be
// called again.
func (w *world) Interrupt() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop == nil {
		return false
	}
	select {
	case w.stop <- struct{}{}:
	default: // it knows already
	}
	return true
}

var errLeft = fmt.Errorf("left: %w", context.Canceled)

// Do carries an intent out as an engine does, as far as a screen can tell.
func (w *world) Do(ctx context.Context, in runbook.Intent) error {
	if err := w.CatchUp(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	err := w.failDo
	w.mu.Unlock()
	if err != nil {
		return err
	}
	switch in := in.(type) {
	case runbook.Await:
		if a := w.run.Attempt(in.Attempt); a == nil || w.live[in.Attempt] == nil {
			return &runbook.Refusal{Reason: "it doesn't run"}
		}
		return w.wait(ctx, in.Attempt)
	case runbook.Stop:
		w.finish(in.Attempt, runbook.Stopped)
		return nil
	case runbook.AdHoc:
		return w.command(ctx, runbook.CommandIntended{For: "adhoc", Text: in.Text})
	}
	var second runbook.Second
	if finish, ok := in.(runbook.Finish); ok {
		if _, s, _ := w.books.Step(finish.Step); s.Witness {
			reply, err := w.p.Ask(ctx, runbook.Prompt{Kind: runbook.AskWitness, Item: finish.Step, Text: "type the name of a second person"})
			if err != nil {
				return err
			}
			second.Person = reply.Text
		}
	}
	events, err := runbook.Decide(w.books, w.run, in, second, time.Now().UTC())
	switch {
	case errors.Is(err, runbook.ErrActs):
		return w.acts(ctx, in)
	case err != nil:
		return err
	}
	at := time.Time{}
	if note, ok := in.(runbook.Write); ok {
		at = note.At.UTC()
	}
	w.appendAt(at, "ann", events...)
	return nil
}

// acts carries out what runs a block.
func (w *world) acts(ctx context.Context, in runbook.Intent) error {
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
	b, _, it, _ := w.books.Item(ref)
	bl, place := w.run.NextBlock(it, ref)
	if intended.For == "rollback" {
		bl = b.Named[it.Blocks[place].Rollback]
	}
	if filled, err := w.fill(ctx, ref, bl); filled || err != nil {
		return err
	}
	if err := w.secrets(ctx, b, ref); err != nil {
		return err
	}
	if bl.Danger {
		if err := w.guard(ctx, b, ref, bl); err != nil {
			return err
		}
	}
	if w.run.Item(ref).Hold != runbook.NoHold && intended.For == "" {
		w.append(runbook.HoldReleased{Item: ref, How: "again"})
	}
	intended.Item, intended.Block, intended.Probe, intended.Terminal = ref, place, bl.Probe, bl.Interactive
	intended.Background = bl.Background && intended.For == ""
	if intended.Text = bl.Text; intended.For == "" {
		intended.Text = w.run.Text(it, ref, place)
	}
	return w.command(ctx, intended)
}

func (w *world) fill(ctx context.Context, ref runbook.Ref, bl *runbook.Block) (filled bool, err error) {
	for _, name := range bl.Placeholders {
		if _, ok := w.run.Item(ref).Filled[name]; ok {
			continue
		}
		reply, err := w.p.Ask(ctx, runbook.Prompt{Kind: runbook.AskBlank, Item: ref, Name: name, Text: "what stands for " + name + "?", Lines: []string{"$ " + bl.Text}})
		if err != nil {
			return false, err
		}
		w.append(runbook.BlankFilled{Item: ref, Name: name, Value: reply.Text})
		filled = true
	}
	return filled, nil
}

func (w *world) secrets(ctx context.Context, b *runbook.Book, ref runbook.Ref) error {
	for _, name := range b.Secrets {
		if w.given[name] {
			continue
		}
		reply, err := w.p.Ask(ctx, runbook.Prompt{Kind: runbook.AskSecret, Item: ref, Name: name, Text: name + ": its value"})
		if err != nil {
			return err
		}
		if reply.Value.Reveal() != "hunter2-hunter2" {
			return &runbook.Refusal{Reason: fmt.Sprintf("the value has %d characters", len(reply.Value.Reveal()))}
		}
		w.given[name] = true
		w.append(runbook.SecretGiven{Name: name, From: "asked"})
	}
	return nil
}

// guard asks what stands before a danger.
func (w *world) guard(ctx context.Context, b *runbook.Book, ref runbook.Ref, bl *runbook.Block) error {
	if err := w.command(ctx, runbook.CommandIntended{Item: ref, For: "identify", Text: b.Identify}); err != nil {
		return err
	}
	w.append(runbook.TargetIdentified{Attempt: len(w.run.Attempts), Item: ref, Answer: "happy-otter-123"})
	lines := []string{"$ " + bl.Text}
	if bl.Preview != "" {
		if err := w.command(ctx, runbook.CommandIntended{Item: ref, For: "preview", Text: b.Named[bl.Preview].Text}); err != nil {
			return err
		}
		lines = append(lines, "table a", "table \x1b[2Jb")
	}
	if _, err := w.p.Ask(ctx, runbook.Prompt{
		Kind: runbook.AskTarget, Item: ref, Text: "type where this will act", Want: "happy-otter-123", Lines: lines, More: 1234,
	}); err != nil {
		return err
	}
	if _, err := w.p.Ask(ctx, runbook.Prompt{Kind: runbook.AskCount, Item: ref, Text: "type how many it will touch", Want: "1236"}); err != nil {
		return err
	}
	w.append(runbook.DangerConfirmed{Item: ref, Target: "happy-otter-123", Count: 1236, Preview: len(w.run.Attempts)})
	return nil
}
