package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/store"
	"lifeboat/tui/words"
)

// mostHeads is how many earlier runs tell the usual times.
const mostHeads = 50

// heads gives the newest n runs, newest first: of a book, or of all. Summaries
// that are behind their records are made again.
func (e *env) heads(ctx context.Context, log *store.Log, book string, n int) ([]runbook.Head, error) {
	stored, err := log.Heads(ctx, book, n)
	if err != nil {
		return nil, because(exitFailed, err)
	}
	out := decodeHeads(stored)
	for i, s := range stored {
		if out[i], err = e.freshHead(ctx, log, s, out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// decodeHeads reads stored summaries, on every processor: they can be many.
func decodeHeads(stored []store.Head) []runbook.Head {
	out := make([]runbook.Head, len(stored))
	var all sync.WaitGroup
	part := max(1, (len(stored)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < len(stored); from += part {
		all.Go(func() {
			for i := from; i < min(from+part, len(stored)); i++ {
				out[i] = decodeHead(stored[i])
			}
		})
	}
	all.Wait()
	return out
}

// decodeHead reads a stored summary; one that can't be read is empty.
func decodeHead(s store.Head) runbook.Head {
	head, err := runbook.DecodeHead(s.Data)
	if err != nil {
		return runbook.Head{}
	}
	return head
}

// freshHead is a stored summary as it was read, made again if it is behind its
// records or empty.
func (e *env) freshHead(ctx context.Context, log *store.Log, s store.Head, head runbook.Head) (runbook.Head, error) {
	if head.Run == "" || s.Seq != s.Last {
		return e.foldHead(ctx, log, s.Run)
	}
	return head, nil
}

// foldHead makes a run's summary from its records.
func (e *env) foldHead(ctx context.Context, log *store.Log, run string) (runbook.Head, error) {
	state, books, _, err := engine.Fold(ctx, &runLog{log: log, run: run}, e.library())
	if err != nil {
		return runbook.Head{}, because(exitFailed, err)
	}
	return runbook.HeadOf(books, state, e.now()), nil
}

// usual tells how long a book's steps took in earlier runs of its mode.
func (e *env) usual(ctx context.Context, log *store.Log, book *runbook.Book, mode runbook.Mode) func(*runbook.Book, *runbook.Step) (runbook.Usual, bool) {
	stored, err := log.Heads(ctx, book.Name, mostHeads)
	if err != nil {
		return nil // the walk is possible without it
	}
	var heads []runbook.Head
	for _, s := range stored {
		if head, err := runbook.DecodeHead(s.Data); err == nil {
			heads = append(heads, head)
		}
	}
	return runbook.Usuals(heads, mode)
}

// runs lists the ids of all runs, oldest first: ids sort by time.
func runs(ctx context.Context, log *store.Log) ([]string, error) {
	streams, err := log.Streams(ctx, "run/")
	if err != nil {
		return nil, because(exitFailed, err)
	}
	for i := range streams {
		streams[i] = strings.TrimPrefix(streams[i], "run/")
	}
	return streams, nil
}

// findRun finds a run by its id, the beginning of it, or its short tail. No name
// is the newest; open leaves out those that have ended.
func (e *env) findRun(ctx context.Context, log *store.Log, name string, open bool) (string, error) {
	ids, err := runs(ctx, log)
	if err != nil {
		return "", err
	}
	if name == "" {
		return e.newestRun(ctx, log, ids, open)
	}
	var hits []string
	for _, id := range ids {
		if strings.HasPrefix(id, strings.ToUpper(name)) || strings.HasSuffix(id, strings.ToUpper(name)) {
			hits = append(hits, id)
		}
	}
	switch len(hits) {
	case 0:
		return "", fail(exitUsage, fmt.Sprintf("no run %q", name), "lifeboat runs lists them")
	case 1:
		return hits[0], nil
	}
	return "", fail(exitUsage, fmt.Sprintf("%q is the id of %d runs", name, len(hits)), "give more of it; lifeboat runs --json has the whole ids")
}

func (e *env) newestRun(ctx context.Context, log *store.Log, ids []string, open bool) (string, error) {
	for i := len(ids) - 1; i >= 0; i-- {
		if !open {
			return ids[i], nil
		}
		stored, ok, err := log.Head(ctx, ids[i])
		if err != nil || !ok {
			stored = store.Head{Run: ids[i]} // made at no record: it is folded
		}
		head, err := e.freshHead(ctx, log, stored, decodeHead(stored))
		if err != nil {
			return "", err
		}
		if head.State == "open" {
			return ids[i], nil
		}
	}
	if open {
		return "", fail(exitUsage, "no run is open", "lifeboat runs lists the ended ones; lifeboat drill starts one")
	}
	return "", fail(exitUsage, "there is no run yet", "lifeboat drill RUNBOOK starts the first")
}

func (e *env) runsCommand() *cobra.Command {
	var asJSON bool
	var most int
	cmd := &cobra.Command{
		Use:     "runs",
		Short:   "List the runs, newest first",
		Example: "lifeboat runs\nlifeboat runs --json | jq -r 'select(.state==\"open\").run'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := e.openLog()
			if err != nil {
				return err
			}
			heads, err := e.heads(cmd.Context(), log, "", most)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSONLines(e, heads)
			}
			for _, h := range heads {
				fmt.Fprintln(e.out, headLine(h))
			}
			if len(heads) == 0 {
				fmt.Fprintln(e.out, "no runs yet: lifeboat drill RUNBOOK starts the first")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().IntVar(&most, "most", 20, "how many")
	return cmd
}

// headLine is a run on one line.
func headLine(h runbook.Head) string {
	state := h.State
	if h.State == "open" {
		state = fmt.Sprintf("open, %d of %d steps", h.Done, h.Of)
	}
	took := ""
	if !h.Ended.IsZero() {
		took = runbook.Short(h.Ended.Sub(h.Opened))
	}
	missed := ""
	for _, name := range sortedKeys(h.Objectives) {
		switch h.Objectives[name] {
		case runbook.Missed, runbook.Indeterminate, runbook.NotClean:
			missed += fmt.Sprintf(", %s %s", words.Objective(name), h.Objectives[name])
		case runbook.Met, runbook.Pending, runbook.NotRecorded:
		}
	}
	return strings.TrimRight(fmt.Sprintf("%s  %s  %-5s  %-12s  %-24s  %8s  %s%s",
		words.Tail(h.Run), h.Opened.UTC().Format("2006-01-02 15:04Z"), h.Mode, h.Target, strings.Join(h.Books, " "), took, state, missed), " ")
}

func printJSONLines[T any](e *env, list []T) error {
	enc := json.NewEncoder(e.out)
	enc.SetEscapeHTML(false)
	for _, item := range list {
		if err := enc.Encode(item); err != nil {
			return err
		}
	}
	return nil
}
