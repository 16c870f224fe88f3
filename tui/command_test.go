package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lifeboat/runbook"
)

// early is how long a danger in a live run asks for one more look.
const early = 3 * time.Minute

// Guard asks what stands before a danger, in an engine's words and order.
func (w walker) Guard(ctx context.Context, b *runbook.Book, ref runbook.Ref, bl *runbook.Block, text string) error {
	answer, err := w.aside(ctx, runbook.CommandIntended{Item: ref, For: "identify", Text: b.Identify})
	if err != nil {
		return err
	}
	w.Write(runbook.TargetIdentified{Attempt: len(w.run.Attempts), Item: ref, Answer: answer[0]})
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
		w.Write(runbook.DangerConfirmed{Item: ref, Target: answer[0], Count: count, Preview: len(w.run.Attempts)})
	}
	return err
}

// aside runs what identifies or previews, and gives the lines that it printed.
func (w walker) aside(ctx context.Context, e runbook.CommandIntended) ([]string, error) {
	if err := w.Command(ctx, e); err != nil {
		return nil, err
	}
	a := w.run.Attempt(len(w.run.Attempts))
	lines := strings.Split(strings.TrimSpace(w.Play(e.Text).Out), "\n")
	if !a.OK() {
		return nil, &runbook.Refusal{Reason: fmt.Sprintf("%s failed: %s", e.For, a.How()), Hint: "nothing else was run; see its output"}
	}
	return lines, nil
}
