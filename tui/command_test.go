package tui

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

// A play is how a command goes.
type play struct {
	out      string
	takes    time.Duration
	exit     int
	expected string // met, missed
	after    string // what it prints at its end
	fact     runbook.Fact
	stubborn bool // it doesn't end when it is stopped
}

// live is a command that runs.
type live struct {
	play
	keep  *output.Keep
	ends  time.Time
	began time.Time
}

// early is how long a danger in a live run asks for one more look.
const early = 3 * time.Minute

// acts carries out what runs a block.
func (w walker) acts(ctx context.Context, in runbook.Intent) error {
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
	if intended.Text = w.run.Text(it, ref, place); intended.For == "rollback" {
		bl, place = w.run.UndoBlock(b, ref)
		intended.Text = bl.Text
	}
	if filled, err := w.fill(ctx, ref, bl); filled || err != nil {
		return err
	}
	if err := w.secrets(ctx, b, ref); err != nil {
		return err
	}
	if bl.Danger {
		if err := w.guard(ctx, b, ref, bl, intended.Text); err != nil {
			return err
		}
	}
	if w.run.Item(ref).Hold != runbook.NoHold && intended.For == "" {
		w.append(time.Time{}, "ann", runbook.HoldReleased{Item: ref, How: "again"})
	}
	intended.Item, intended.Block, intended.Probe, intended.Terminal = ref, place, bl.Probe, bl.Interactive
	intended.Background = bl.Background && intended.For == ""
	return w.command(ctx, intended)
}

func (w walker) fill(ctx context.Context, ref runbook.Ref, bl *runbook.Block) (filled bool, err error) {
	for _, name := range bl.Placeholders {
		if _, ok := w.run.Item(ref).Filled[name]; ok {
			continue
		}
		reply, err := w.feed.Ask(ctx, runbook.Prompt{Kind: runbook.AskBlank, Item: ref, Name: name, Text: "what stands for " + name + "?", Lines: []string{"$ " + bl.Text}})
		if err != nil {
			return false, err
		}
		w.append(time.Time{}, "ann", runbook.BlankFilled{Item: ref, Name: name, Value: reply.Text})
		filled = true
	}
	return filled, nil
}

func (w walker) secrets(ctx context.Context, b *runbook.Book, ref runbook.Ref) error {
	for _, name := range b.Secrets {
		if w.given[name] {
			continue
		}
		reply, err := w.feed.Ask(ctx, runbook.Prompt{Kind: runbook.AskSecret, Item: ref, Name: name, Text: "secret " + name + ": its value (not shown, not stored)"})
		if err != nil {
			return err
		}
		if value := reply.Value.Reveal(); w.scrub == nil && value != "hunter2-hunter2" {
			return &runbook.Refusal{Reason: fmt.Sprintf("the value has %d characters", len(value))}
		}
		w.given[name] = true
		w.append(time.Time{}, "ann", runbook.SecretGiven{Name: name, From: "asked"})
	}
	return nil
}

// guard asks what stands before a danger, in an engine's words and order.
func (w walker) guard(ctx context.Context, b *runbook.Book, ref runbook.Ref, bl *runbook.Block, text string) error {
	answer, err := w.aside(ctx, runbook.CommandIntended{Item: ref, For: "identify", Text: b.Identify})
	if err != nil {
		return err
	}
	w.append(time.Time{}, "ann", runbook.TargetIdentified{Attempt: len(w.run.Attempts), Item: ref, Answer: answer[0]})
	shown := strings.Split("$ "+strings.TrimRight(text, "\n"), "\n")
	var touched []string
	if bl.Preview != "" {
		if touched, err = w.aside(ctx, runbook.CommandIntended{Item: ref, For: "preview", Text: b.Named[bl.Preview].Text}); err != nil {
			return err
		}
	}
	count := len(touched)
	ask := func(p runbook.Prompt) {
		var reply runbook.Reply
		if p.Item = ref; err != nil {
			return
		}
		if reply, err = w.feed.Ask(ctx, p); err == nil && reply.Text != p.Want {
			err = &runbook.Refusal{Reason: fmt.Sprintf("not confirmed: %q was typed, not %q", reply.Text, p.Want), Hint: "nothing was run"}
		}
	}
	if since := time.Since(w.at); w.run.Mode == runbook.Live && since < early {
		lines := []string{fmt.Sprintf("target   %s, it answers %q", w.run.Target, answer[0])}
		if bl.Preview != "" {
			lines = append(lines, fmt.Sprintf("touches  %d", count))
		}
		ask(runbook.Prompt{
			Kind: runbook.AskLook, Want: "looked", Lines: append(lines, shown...),
			Text: fmt.Sprintf("you are at this run for %s only: is this the right place and the right command? Look once more, then type", runbook.Short(since)),
		})
	}
	first := touched[:min(count, 12)]
	ask(runbook.Prompt{Kind: runbook.AskTarget, Text: "type where this will act", Want: answer[0], Lines: append(shown, first...), More: count - len(first)})
	if bl.Preview != "" {
		ask(runbook.Prompt{Kind: runbook.AskCount, Text: "type how many it will touch", Want: fmt.Sprint(count)})
	}
	if err == nil {
		w.append(time.Time{}, "ann", runbook.DangerConfirmed{Item: ref, Target: answer[0], Count: count, Preview: len(w.run.Attempts)})
	}
	return err
}

// aside runs what identifies or previews, and gives the lines that it printed.
func (w walker) aside(ctx context.Context, e runbook.CommandIntended) ([]string, error) {
	if err := w.command(ctx, e); err != nil {
		return nil, err
	}
	a := w.run.Attempt(len(w.run.Attempts))
	lines := strings.Split(strings.TrimSpace(w.plays[first(e.Text)].out), "\n")
	if !a.OK() {
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("%s failed: %s", e.For, a.How()), Hint: "nothing else was run; see its output"}
	}
	return lines, nil
}

func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// command starts a command and, unless it runs in the background, waits for it.
func (w walker) command(ctx context.Context, e runbook.CommandIntended) error {
	n := len(w.run.Attempts) + 1
	e.Attempt, e.Shell = n, "sh"
	w.append(time.Time{}, "ann", e)
	l := &live{play: w.plays[first(e.Text)], began: time.Now()}
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
	w.append(time.Time{}, "ann", runbook.CommandStarted{Attempt: n, PID: 100 + n})
	if e.Background {
		w.append(time.Time{}, "ann", runbook.InBackground(w.books, w.run, e.Item, time.Now().UTC())...)
		return nil
	}
	return w.wait(ctx, n)
}

// wait waits for the end of a command, heeding the rest.
func (w walker) wait(ctx context.Context, n int) error {
	l := w.live[n]
	stop, done := w.stoppable()
	defer done()
	for {
		select {
		case <-ctx.Done():
			return errLeft
		case <-stop:
			if !l.stubborn {
				w.finish(n, runbook.Stopped)
				return nil
			}
		case <-time.After(min(max(0, time.Until(l.ends)), time.Second)):
			if !time.Now().Before(l.ends) {
				w.finish(n, runbook.Exited)
				return nil
			}
			_ = w.ready(ctx)
		}
	}
}

// finish writes how a command ended, and what follows from it.
func (w walker) finish(n int, why runbook.Why) {
	w.pass()
	l, a := w.live[n], w.run.Attempt(n)
	delete(w.live, n)
	if why == runbook.Exited {
		_, _ = l.keep.Write([]byte(l.after))
	}
	kept := l.keep.Close()
	f := runbook.CommandFinished{
		Attempt: n, Exit: l.exit, Why: why, Elapsed: time.Since(l.began), Expected: l.expected,
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
	w.append(time.Time{}, "ann", events...)
}
