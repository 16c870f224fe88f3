package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/runbook/report"
	"lifeboat/store"
	"lifeboat/tui/plain"
)

func (e *env) reportCommand() *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use:     "report [RUN]",
		Short:   "Write a run's report: from the log alone, at any time",
		Example: "lifeboat report\nlifeboat report k3v9q2 --format json -o drill.json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.report(cmd.Context(), strings.Join(args, ""), format, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "markdown", "`FORMAT`: markdown or json")
	f.Bool("json", false, "the same as --format json")
	f.StringVarP(&out, "output", "o", "", "`FILE` to write to")
	inner := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if asJSON, err := cmd.Flags().GetBool("json"); err == nil && asJSON {
			format = "json"
		}
		return inner(cmd, args)
	}
	return cmd
}

func (e *env) report(ctx context.Context, name, format, out string) error {
	if format != "markdown" && format != "json" {
		return fail(exitUsage, fmt.Sprintf("no format %q", format), "--format markdown or json")
	}
	log, err := e.openLog()
	if err != nil {
		return err
	}
	run, err := e.findRun(ctx, log, name, false)
	if err != nil {
		return err
	}
	in, err := e.reportInput(ctx, log, run)
	if err != nil {
		return err
	}
	var text strings.Builder
	write := report.Build(in).Markdown
	if format == "json" {
		write = report.Build(in).JSON
	}
	if err := write(&text); err != nil {
		return because(exitFailed, err)
	}
	if out == "" {
		_, err = io.WriteString(e.out, text.String())
		return err
	}
	return writeWhole(out, text.String())
}

// writeWhole writes a file so that it is there as a whole or not at all.
func writeWhole(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".lifeboat-*")
	if err != nil {
		return because(exitFailed, err)
	}
	defer os.Remove(f.Name())
	if _, err = f.WriteString(text); err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return because(exitFailed, err)
	}
	return nil
}

// reportInput collects what a report is made from.
func (e *env) reportInput(ctx context.Context, log *store.Log, run string) (report.Input, error) {
	state, books, records, err := engine.Fold(ctx, &runLog{log: log, run: run}, e.library())
	if err != nil {
		return report.Input{}, because(exitFailed, err)
	}
	in := report.Input{Books: books, Run: state, Records: records, Now: e.now()}
	for _, f := range state.Books {
		if b := books[f.Book]; b != nil {
			in.Usual = e.usual(ctx, log, b, state.Mode)
			break
		}
	}
	for _, at := range []struct {
		stream string
		head   *report.Head
	}{{stream(run), &in.Newest}, {station, &in.Station}} {
		last, ok, err := log.Tail(ctx, at.stream)
		if err != nil {
			return in, because(exitFailed, err)
		}
		if ok {
			*at.head = report.Head{Seq: last.Seq, Hash: fmt.Sprintf("%x", last.Hash)}
		}
	}
	return in, nil
}

func (e *env) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "watch [RUN]",
		Short:   "Follow a run that somebody walks, from here or over SSH",
		Long:    "Follow a run that somebody walks: every record as a line, and what its commands\nprint. It only reads. Without RUN: the newest.",
		Example: "lifeboat watch\nssh oncall@host lifeboat watch",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.watch(cmd.Context(), strings.Join(args, ""))
		},
	}
}

// often is how soon a watcher looks for something new.
const often = 200 * time.Millisecond

// watch prints a run as it goes on, until it ends.
func (e *env) watch(ctx context.Context, name string) error {
	log, err := e.openLog()
	if err != nil {
		return err
	}
	run, err := e.findRun(ctx, log, name, false)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	v := &viewer{run: runbook.NewRun(), books: runbook.Books{}, log: &runLog{log: log, run: run}, lib: e.library()}
	p := e.newPlain(ctx, run, nil)
	p.Attach(v)
	for {
		records, err := v.log.Read(ctx, v.run.Seq)
		if err != nil {
			return because(exitFailed, err)
		}
		for _, rec := range records {
			if err := v.take(ctx, rec); err != nil {
				return because(exitFailed, err)
			}
			p.Watch([]runbook.Record{rec})
		}
		if v.run.Ended != nil {
			p.Finish()
			return nil
		}
		select {
		case <-p.Stopped():
			return &ended{exitOpen}
		case <-time.After(often):
		}
	}
}

// A viewer is a walker that only looks.
type viewer struct {
	run   *runbook.Run
	books runbook.Books
	log   *runLog
	lib   library
}

// take applies a record, and opens the book that it names.
func (v *viewer) take(ctx context.Context, rec runbook.Record) error {
	if err := v.run.Apply(rec); err != nil {
		return err
	}
	opened, ok := rec.Event.(runbook.BookOpened)
	if !ok {
		return nil
	}
	book, err := engine.BookOf(ctx, v.log, v.lib, opened)
	if err != nil {
		return err
	}
	v.books[opened.Book] = book
	return nil
}

func (v *viewer) Run() *runbook.Run    { return v.run }
func (v *viewer) Books() runbook.Books { return v.books }
func (v *viewer) Next() runbook.Move   { return runbook.Next(v.books, v.run) }

func (v *viewer) Do(context.Context, runbook.Intent) error {
	return &runbook.Refusal{Reason: "watching changes nothing", Hint: "lifeboat note adds to the run"}
}
func (v *viewer) CatchUp(context.Context) error   { return nil }
func (v *viewer) Collect(context.Context) error   { return nil }
func (v *viewer) Interrupt() bool                 { return false }
func (v *viewer) Pace(*runbook.Book) runbook.Pace { return runbook.Pace{} }

var _ plain.Walker = (*viewer)(nil)
