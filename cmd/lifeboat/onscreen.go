package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	onscreen "lifeboat/tui/walk"
)

// A stage is a walk on the screens: its records and questions go to a feed, and
// what the screens want comes back as intents.
type stage struct {
	*onscreen.Feed
	s     *screens
	w     *walk
	books runbook.Books // opened so far, by hash

	ctx  context.Context    // ends with the walk on the screens
	stop context.CancelFunc // ends it
	mu   sync.Mutex         // one intent at a time
	over bool               // none any more
}

// onScreen has the walk shown on the screens.
func (w *walk) onScreen(s *screens) *stage {
	st := &stage{s: s, w: w, books: runbook.Books{}}
	st.ctx, st.stop = context.WithCancel(context.Background())
	st.Feed = &onscreen.Feed{After: time.After, Heed: st.heed}
	w.front, w.cancel = st, st.stop
	return st
}

// session is the walk as the screens have it, from what was on record before.
func (w *walk) session(st *stage, p past) *onscreen.Session {
	story := st.s.story(w.run, w.scrub)
	story.Usual = w.ports.Usual
	s := &onscreen.Session{Story: *story, Walker: st, Feed: st.Feed, Person: w.around.Who.Name, Shell: w.e.shell()}
	_ = s.Take(p.records, p.books) // they were folded a moment ago
	s.Close = w.letGo              // what there is to say is said when the screens are gone
	return s
}

// shell is what somebody sits in.
func (e *env) shell() string { return cmp.Or(e.get("SHELL"), "sh") }

// Watch hands records on, with the books that they open: what the screens are
// told of, they can show.
func (st *stage) Watch(records []runbook.Record) {
	opened := runbook.Books{}
	for _, rec := range records {
		e, ok := rec.Event.(runbook.BookOpened)
		if !ok {
			continue
		}
		if b := st.books[e.Hash]; b != nil {
			opened[e.Book] = b
		} else if b, err := engine.BookOf(st.ctx, st.w.ports.Log, st.w.ports.Library, e); err == nil {
			opened[e.Book] = b
		}
	}
	st.Feed.Watch(records, opened)
}

// heed looks at the clocks while a question waits. It is called by whoever
// carries the intent out that asks.
func (st *stage) heed(ctx context.Context) {
	if st.w.eng != nil {
		_ = st.w.eng.CatchUp(ctx) // what can't be written waits
	}
}

// Do carries an intent out.
func (st *stage) Do(ctx context.Context, in runbook.Intent) error {
	return st.with(ctx, func(ctx context.Context) error { return st.w.eng.Do(ctx, in) })
}

// Tend looks at what others wrote, at the clocks, and at what ended in the
// background.
func (st *stage) Tend(ctx context.Context) error {
	return st.with(ctx, func(ctx context.Context) error {
		if err := st.w.eng.Collect(ctx); err != nil {
			return err
		}
		return st.w.eng.CatchUp(ctx)
	})
}

// with calls the engine, alone, and gives up when the screens are gone.
func (st *stage) with(ctx context.Context, call func(context.Context) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.over {
		return context.Canceled
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(st.ctx, cancel)()
	return call(ctx)
}

// Add appends a fact beside what the engine is about, through the log, as
// another process does.
func (st *stage) Add(ctx context.Context, in runbook.Intent) error {
	ports := st.w.ports
	ports.Log, ports.Watch = &runLog{log: st.w.log, run: st.w.run}, nil
	return engine.Add(ctx, ports, st.w.around, scrubbed(in, st.w.eng.Scrub))
}

// scrubbed masks secrets in what is added beside the engine.
func scrubbed(in runbook.Intent, scrub func(string) string) runbook.Intent {
	switch in := in.(type) {
	case runbook.Write:
		in.Text = scrub(in.Text)
		return in
	case runbook.Mark:
		in.Reason = scrub(in.Reason)
		return in
	case runbook.Pass:
		in.Summary = scrub(in.Summary)
		return in
	}
	return in
}

// Interrupt stops what runs in the foreground.
func (st *stage) Interrupt() bool { return st.w.eng.Interrupt() }

// Aside gives the terminal away for a command that has it to itself. Before the
// screens come back, what it left can be read, unless the terminal is wanted back.
func (st *stage) Aside(ctx context.Context) (context.Context, func(), error) {
	ctx, want := context.WithCancel(ctx)
	st.s.lend(&loan{st, want})
	if err := st.s.program.ReleaseTerminal(); err != nil {
		st.s.lend(nil)
		want()
		return nil, nil, err
	}
	st.s.guard.Rest()
	run := st.w.eng.Run()
	fmt.Fprintf(st.w.e.out, "\nlifeboat: %s on %s. The terminal is the command's until it ends; what it prints is not recorded.\n\n", run.Mode, run.Target)
	return ctx, func() {
		defer want()
		st.pressed(ctx)
		st.s.guard.Mind()
		_ = st.s.program.RestoreTerminal() // a screen that is gone stops nothing: the log has it all
		st.s.lend(nil)
	}, nil
}

// pressed waits until somebody has read what a command left on the terminal.
func (st *stage) pressed(ctx context.Context) {
	fmt.Fprint(st.w.e.out, "\nlifeboat: it has ended. Enter goes back to the screen: ")
	enter := make(chan struct{})
	go func() {
		defer close(enter)
		_, _ = bufio.NewReaderSize(st.w.e.in, 16).ReadString('\n')
	}()
	select {
	case <-enter:
	case <-ctx.Done():
	}
}

// end sees to it that nothing is under way any more, and that the log knows
// that the run was left, if it was.
func (st *stage) end(ctx context.Context, why string) error {
	st.stop()
	st.mu.Lock()
	defer st.mu.Unlock()
	st.over = true
	if run := st.w.eng.Run(); run.Ended != nil || run.Left != "" {
		return nil
	}
	return st.w.eng.Do(ctx, runbook.Leave{Why: why})
}

// tell says how the walk ended, or how to go on, where the screens were, and gives
// its exit code. left is what went wrong when it was left.
func (st *stage) tell(ctx context.Context, left error) error {
	w := st.w
	w.close()
	if left != nil {
		return because(exitFailed, left, "lifeboat resume goes on")
	}
	p := w.e.newPlain(ctx, w.run, w.scrub)
	p.Attach(w.eng)
	if w.eng.Run().Ended == nil {
		p.Goodbye()
	} else {
		p.Finish()
	}
	return w.result()
}
