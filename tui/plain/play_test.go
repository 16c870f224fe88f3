package plain

import (
	"context"
	"os"
	"strings"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

// command starts a command and, unless it runs in the background, waits for it.
func (w *world) command(ctx context.Context, e runbook.CommandIntended) error {
	n := len(w.run.Attempts) + 1
	e.Attempt, e.Shell = n, "sh"
	w.append(e)
	first, _, _ := strings.Cut(e.Text, "\n")
	l := &live{play: w.plays[first], began: time.Now()}
	l.ends = l.began.Add(l.takes)
	file, err := os.Create(w.kept(n))
	if err != nil {
		return err
	}
	if l.keep, err = output.NewKeep(file, output.NewRedactor(), nil); err != nil {
		return err
	}
	_, _ = l.keep.Write([]byte(l.out))
	if err := l.keep.Flush(); err != nil {
		return err
	}
	w.live[n] = l
	w.append(runbook.CommandStarted{Attempt: n, PID: 100 + n})
	if e.Background {
		w.append(runbook.InBackground(w.books, w.run, e.Item, time.Now().UTC())...)
		return nil
	}
	return w.wait(ctx, n)
}

// wait waits for the end of a command, taking in what others write.
func (w *world) wait(ctx context.Context, n int) error {
	l := w.live[n]
	stop := make(chan struct{}, 1)
	w.mu.Lock()
	if w.stop = stop; l.pause {
		w.stop = nil
	}
	w.mu.Unlock()
	defer func() { w.mu.Lock(); w.stop = nil; w.mu.Unlock() }()
	for {
		select {
		case <-ctx.Done():
			return errLeft
		case <-stop:
			if l.stubborn {
				continue
			}
			w.finish(n, runbook.Stopped)
			return nil
		case <-time.After(min(max(0, time.Until(l.ends)), time.Second)):
			if !time.Now().Before(l.ends) {
				w.finish(n, runbook.Exited)
				return nil
			}
			if err := w.CatchUp(ctx); err != nil {
				return err
			}
		}
	}
}

// finish writes how a command ended, and what follows from it.
func (w *world) finish(n int, why runbook.Why) {
	l, a := w.live[n], w.run.Attempt(n)
	delete(w.live, n)
	if why == runbook.Exited {
		_, _ = l.keep.Write([]byte(l.after))
	}
	kept := l.keep.Close()
	f := runbook.CommandFinished{
		Attempt: n, Exit: l.exit, Why: why, Elapsed: time.Since(l.began), Expected: l.expected, Withheld: l.withheld,
		Output: runbook.Kept{File: w.kept(n), Bytes: kept.Bytes, Lines: kept.Lines},
	}
	if a.Terminal {
		f.Output = runbook.Kept{}
	}
	events := []runbook.Event{f}
	if l.fact.Name != "" {
		events = append(events, runbook.FactReported{Name: l.fact.Name, Value: l.fact.Value, Attempt: n})
	}
	ok := f.Exit == 0 && why == runbook.Exited && f.Expected != "missed"
	switch _, _, it, known := w.books.Item(a.Item); {
	case !known || !ok:
	case a.For == "rollback":
		events = append(events, runbook.HoldReleased{Item: a.Item, How: "rolled_back"})
	case a.For == "" && w.run.LastBlock(it, a.Item, a.Block):
		events = append(events, runbook.ItemTicked{Item: a.Item, As: "succeeded"})
		events = append(events, runbook.Done(w.books, w.run, a.Item, time.Now().UTC())...)
	}
	w.append(events...)
}
