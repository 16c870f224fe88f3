package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/walk"
	"lifeboat/tui/walktest"
)

// A walker walks the world's run as an engine does, as far as a screen can tell.
type walker struct{ *world }

var (
	_ walk.Walker    = walker{}
	_ walktest.World = walker{}
)

// enter sees to it that the walker does one thing at a time.
func (w walker) enter() func() {
	w.Pass()
	if w.inside.Add(1) > 1 {
		w.t.Error("the walker was asked for a second thing while it did the first")
	}
	return func() { w.inside.Add(-1) }
}

// Add writes a fact beside what the walker is about: it sees it when it looks next.
func (w walker) Add(_ context.Context, in runbook.Intent) error {
	if err := w.answer("Add"); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch in := in.(type) {
	case runbook.Write:
		w.others = append(w.others, fact{in.At.UTC(), "ann", runbook.NoteTaken{Text: in.Text, Tag: in.Tag}})
	case runbook.Pass:
		w.others = append(w.others, fact{time.Time{}, "ann", runbook.CommandPassed{From: "ann", To: in.To, Summary: in.Summary}})
	case runbook.Mark:
		w.others = append(w.others, fact{time.Time{}, "ann", runbook.MomentSet{Name: in.Name, Moment: in.At.UTC(), Latest: in.Latest.UTC(), Source: "operator"}})
	default:
		return fmt.Errorf("%T: not in this world", in)
	}
	return nil
}

// Tend takes in what others wrote, and ends what ran in the background and is over.
func (w walker) Tend(ctx context.Context) error {
	defer w.enter()()
	if err := w.answer("Tend"); err != nil {
		return err
	}
	return w.Heed(ctx)
}

// Heed ends what is over and takes in the rest.
func (w walker) Heed(ctx context.Context) error {
	w.Pass()
	if err := w.Collect(ctx); err != nil {
		return err
	}
	return w.catchUp(ctx)
}

// Ask asks whoever is at the screen.
func (w walker) Ask(ctx context.Context, p runbook.Prompt) (runbook.Reply, error) {
	return w.feed.Ask(ctx, p)
}

// Do carries an intent out.
func (w walker) Do(ctx context.Context, in runbook.Intent) error {
	defer w.enter()()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.ctx, cancel)()
	w.told = append(w.told, strings.TrimPrefix(fmt.Sprintf("%T", in), "runbook."))
	if err := w.answer("Do"); err != nil {
		return err
	}
	if err := w.Heed(ctx); err != nil {
		return err
	}
	switch in := in.(type) {
	case runbook.Await:
		if w.Live[in.Attempt] == nil {
			return nil // it ended a moment ago
		}
		return w.Wait(ctx, in.Attempt)
	case runbook.Stop:
		w.Finish(in.Attempt, runbook.Stopped)
		return nil
	case runbook.AdHoc:
		return w.Command(ctx, runbook.CommandIntended{For: "adhoc", Text: in.Text, Terminal: in.Terminal})
	case runbook.Answer:
		return w.decide(ctx, w.timed(in))
	}
	return w.decide(ctx, in)
}

// timed reads the time that a question was answered with.
func (w walker) timed(in runbook.Answer) runbook.Answer {
	if _, _, it, ok := w.books.Item(in.Item); ok && it.Ask != nil && it.Ask.Type == "time" {
		if at, err := runbook.ReadTime(in.Value, w.zone, w.now()); err == nil {
			in.Value = at.Format(time.RFC3339)
		}
	}
	return in
}

// decide turns an intent into events, as the rules say.
func (w walker) decide(ctx context.Context, in runbook.Intent) error {
	second := runbook.Second{Alone: "not asked yet"}
	events, err := runbook.Decide(w.books, w.run, in, second, time.Now().UTC())
	var before []runbook.Event
	if needs, ok := errors.AsType[*runbook.ErrBook](err); ok {
		b, _, missing := w.book(runbook.LinkName(needs.Link))
		if missing != nil {
			return missing
		}
		w.books[b.Name] = b
		before = []runbook.Event{runbook.BookOpened{Book: b.Name, Hash: b.Hash, Why: "link"}}
		events, err = runbook.Decide(w.books, w.run, in, second, time.Now().UTC())
	}
	switch {
	case errors.Is(err, runbook.ErrActs):
		return w.Act(ctx, in)
	case err != nil:
		return err
	}
	if runbook.NeedsSecond(w.books, w.run, in) {
		if second, err = w.second(ctx, in); err != nil {
			return err
		}
		if events, err = runbook.Decide(w.books, w.run, in, second, time.Now().UTC()); err != nil {
			return err
		}
	}
	at := time.Time{}
	if note, ok := in.(runbook.Write); ok {
		at = note.At.UTC()
	}
	w.append(at, "ann", append(before, events...)...)
	return nil
}

// thinking is how long somebody waits in a live run who has no second person.
const thinking = 60 * time.Second

// second asks for the second person, in an engine's words.
func (w walker) second(ctx context.Context, in runbook.Intent) (runbook.Second, error) {
	ref := w.run.Current
	if skip, ok := in.(runbook.Skip); ok {
		ref = skip.Step
	}
	_, s, _ := w.books.Step(ref)
	reply, err := w.feed.Ask(ctx, runbook.Prompt{Kind: runbook.AskWitness, Item: ref, Text: fmt.Sprintf("%q asks for a second person: type their name, or \"alone\"", s.Title)})
	if err != nil || !strings.EqualFold(reply.Text, "alone") {
		return runbook.Second{Person: reply.Text}, err
	}
	text := "why is nobody else there?"
	if w.run.Mode == runbook.Live {
		text += " (then 60 s to think)"
	}
	why, err := w.feed.Ask(ctx, runbook.Prompt{Kind: runbook.AskReason, Item: ref, Text: text})
	if err != nil || w.run.Mode != runbook.Live {
		return runbook.Second{Alone: why.Text}, err
	}
	whole, err := w.pause(ctx, thinking)
	if err == nil && !whole {
		err = &runbook.Refusal{Reason: "not confirmed: the time to think was cut short"}
	}
	return runbook.Second{Alone: why.Text}, err
}

// pause waits, and heeds the rest meanwhile. Interrupt cuts it short.
func (w walker) pause(ctx context.Context, d time.Duration) (whole bool, err error) {
	stop, done := w.Stoppable()
	defer done()
	for ; d > 0; d -= time.Second {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-stop:
			return false, nil
		case <-time.After(time.Second):
			_ = w.Heed(ctx)
		}
	}
	return true, nil
}
