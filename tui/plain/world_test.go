package plain

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/tui/walktest"
)

// A world is a walker without an engine: intents become events by the real
// rules, commands print and end as the test says, and the log is in memory.
type world struct {
	*walktest.Commands
	t     *testing.T
	p     *Plain
	books runbook.Books
	run   *runbook.Run
	log   []runbook.Record
	past  int // records of an earlier process

	mu     sync.Mutex
	failDo error           // what Do answers
	failUp error           // what CatchUp answers
	others []runbook.Event // written elsewhere, not yet taken in
}

var (
	_ Walker         = (*world)(nil)
	_ walktest.World = (*world)(nil)
)

type play = walktest.Play

func newWorld(t *testing.T, name, text string) *world {
	t.Helper()
	w := &world{t: t, books: runbook.Books{}, run: runbook.NewRun()}
	w.Commands = walktest.New(w, t.TempDir())
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
		w.Write(append([]runbook.Event{
			opened,
			runbook.BookOpened{Book: b.Name, Version: b.Version, Hash: b.Hash, Foreign: b.Foreign, Why: "start"},
			runbook.MomentSet{Name: "began", Moment: time.Now().UTC()},
		}, more...)...)
	}
}

// Write writes events of the operator as one, and shows them.
func (w *world) Write(events ...runbook.Event) {
	w.append(time.Time{}, "ann", events...)
}

// append writes events as one, and shows them.
func (w *world) append(at time.Time, actor string, events ...runbook.Event) {
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
		w.append(time.Time{}, "zoe", events...)
	}
	return err
}

// Heed takes in what was written elsewhere while a command is waited for.
func (w *world) Heed(ctx context.Context) error { return w.CatchUp(ctx) }

// Ask asks whoever reads the transcript.
func (w *world) Ask(ctx context.Context, p runbook.Prompt) (runbook.Reply, error) {
	return w.p.Ask(ctx, p)
}

// fails sets what Do and CatchUp answer from now on.
func (w *world) fails(do, up error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failDo, w.failUp = do, up
}

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
		if a := w.run.Attempt(in.Attempt); a == nil || w.Live[in.Attempt] == nil {
			return &runbook.Refusal{Reason: "it doesn't run"}
		}
		return w.Wait(ctx, in.Attempt)
	case runbook.Stop:
		w.Finish(in.Attempt, runbook.Stopped)
		return nil
	case runbook.AdHoc:
		return w.Command(ctx, runbook.CommandIntended{For: "adhoc", Text: in.Text})
	}
	var second runbook.Second
	if finish, ok := in.(runbook.Finish); ok {
		if _, s, _ := w.books.Step(finish.Step); s.Witness {
			reply, err := w.Ask(ctx, runbook.Prompt{Kind: runbook.AskWitness, Item: finish.Step, Text: "type the name of a second person"})
			if err != nil {
				return err
			}
			second.Person = reply.Text
		}
	}
	events, err := runbook.Decide(w.books, w.run, in, second, time.Now().UTC())
	switch {
	case errors.Is(err, runbook.ErrActs):
		return w.Act(ctx, in)
	case err != nil:
		return err
	}
	at := time.Time{}
	if note, ok := in.(runbook.Write); ok {
		at = note.At.UTC()
	}
	w.append(at, "ann", events...)
	return nil
}

// Guard asks what stands before a danger.
func (w *world) Guard(ctx context.Context, b *runbook.Book, ref runbook.Ref, bl *runbook.Block, text string) error {
	if err := w.Command(ctx, runbook.CommandIntended{Item: ref, For: "identify", Text: b.Identify}); err != nil {
		return err
	}
	w.Write(runbook.TargetIdentified{Attempt: len(w.run.Attempts), Item: ref, Answer: "happy-otter-123"})
	lines := []string{"$ " + text}
	if bl.Preview != "" {
		if err := w.Command(ctx, runbook.CommandIntended{Item: ref, For: "preview", Text: b.Named[bl.Preview].Text}); err != nil {
			return err
		}
		lines = append(lines, "table a", "table \x1b[2Jb")
	}
	if _, err := w.Ask(ctx, runbook.Prompt{
		Kind: runbook.AskTarget, Item: ref, Text: "type where this will act", Want: "happy-otter-123", Lines: lines, More: 1234,
	}); err != nil {
		return err
	}
	if _, err := w.Ask(ctx, runbook.Prompt{Kind: runbook.AskCount, Item: ref, Text: "type how many it will touch", Want: "1236"}); err != nil {
		return err
	}
	w.Write(runbook.DangerConfirmed{Item: ref, Target: "happy-otter-123", Count: 1236, Preview: len(w.run.Attempts)})
	return nil
}
