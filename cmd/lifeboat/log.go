package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/store"
)

func (e *env) logCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "log [RUN]",
		Short: "Print a run's records, for machines",
		Long: "Print a run's records as JSON Lines, each with its hash and the one before, so\n" +
			"that what was printed can be verified on its own. Without RUN: the newest run.",
		Example: "lifeboat log | jq -r '[.seq,.kind] | @tsv'\nlifeboat log --all > journal.jsonl",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.printLog(cmd.Context(), strings.Join(args, ""), all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "every run, and the station's own records")
	cmd.Flags().Bool("json", true, "JSON Lines: there is no other form")
	cmd.AddCommand(e.verifyCommand())
	return cmd
}

// printLog writes records as they are read: the log is not locked meanwhile.
func (e *env) printLog(ctx context.Context, name string, all bool) error {
	log, err := e.openLog()
	if err != nil {
		return err
	}
	var streams []string
	if all {
		if streams, err = log.Streams(ctx, ""); err != nil {
			return because(exitFailed, err)
		}
	} else {
		run, err := e.findRun(ctx, log, name, false)
		if err != nil {
			return err
		}
		streams = []string{stream(run)}
	}
	out := bufio.NewWriterSize(e.out, 64<<10)
	var line []byte
	for _, s := range streams {
		for r, err := range log.Read(ctx, s, 0) {
			if err != nil {
				return errors.Join(because(exitFailed, err), out.Flush())
			}
			line = append(r.AppendJSON(line[:0]), '\n')
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func (e *env) verifyCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify [JOURNAL]",
		Short: "Check every hash of the log, or of an exported journal",
		Long: "Check every byte of the log that is in use: the chain of each run, the pages, the\n" +
			"books, and that no run was removed or cut short. With JOURNAL: the records that\n" +
			"`lifeboat log` printed, with nothing but that file. Exit 1 if anything is wrong.",
		Example: "lifeboat log verify\nlifeboat log --all > journal.jsonl && lifeboat log verify journal.jsonl",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return e.verifyJournal(args[0], asJSON)
			}
			return e.verifyLog(cmd.Context(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the findings as one JSON object")
	return cmd
}

func (e *env) verifyJournal(path string, asJSON bool) error {
	f, err := os.Open(path)
	if err != nil {
		return because(exitUsage, err)
	}
	defer f.Close()
	report, err := store.VerifyJournal(f)
	if err != nil {
		return because(exitFailed, err)
	}
	return e.verdict(findings{Path: path, Records: report.Records, Streams: len(report.Streams), Problems: problems(report), Notes: report.Notes}, asJSON)
}

// verifyLog checks the log, its anchors, and that the station's list of runs
// agrees with the runs that are there.
func (e *env) verifyLog(ctx context.Context, asJSON bool) error {
	if !exists(e.dbPath()) {
		return fail(exitUsage, "there is no log at "+e.dbPath(), "lifeboat drill RUNBOOK starts the first run; --db names another log")
	}
	anchors, err := filepath.Glob(filepath.Join(filepath.Dir(e.dbPath()), "runs", "*", "anchor"))
	if err != nil {
		return because(exitFailed, err)
	}
	if own := e.anchor(station); exists(own) {
		anchors = append(anchors, own)
	}
	report, err := store.Verify(ctx, e.dbPath(), store.VerifyOptions{Anchors: anchors})
	if err != nil {
		return because(exitFailed, err)
	}
	f := findings{Path: e.dbPath(), Records: report.Records, Streams: len(report.Streams), Problems: problems(report), Notes: report.Notes}
	if len(f.Problems) == 0 {
		more, err := e.census(ctx, report)
		if err != nil {
			f.Problems = append(f.Problems, err.Error())
		}
		f.Problems = append(f.Problems, more...)
	}
	return e.verdict(f, asJSON)
}

// census compares the runs that are there with those that the station knows: one
// that was removed, added or cut short is found.
func (e *env) census(ctx context.Context, report store.Report) ([]string, error) {
	log, err := e.openLog()
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, s := range report.Streams {
		if run, ok := strings.CutPrefix(s.Name, "run/"); ok {
			there[run] = true
		}
	}
	var out []string
	registered := map[string]bool{}
	check := func(run string, seq uint64, hash, what string) {
		if !there[run] {
			out = append(out, fmt.Sprintf("run %s: it is %s in the station, and has no records", run, what))
			return
		}
		if got, err := hashAt(ctx, log, run, seq); err != nil || got != hash {
			out = append(out, fmt.Sprintf("run %s: record %d is not the one that was %s", run, seq, what))
		}
	}
	for r, err := range log.Read(ctx, station, 0) {
		if err != nil {
			return out, err
		}
		rec, err := decode(r)
		if err != nil {
			return out, err
		}
		switch ev := rec.Event.(type) {
		case runbook.RunRegistered:
			registered[ev.Run] = true
			check(ev.Run, ev.Seq, ev.Hash, "registered")
		case runbook.RunSealed:
			check(ev.Run, ev.Seq, ev.Hash, "sealed")
		}
	}
	for _, run := range sortedKeys(there) {
		if !registered[run] {
			out = append(out, fmt.Sprintf("run %s: it was never registered in the station", run))
		}
	}
	return out, nil
}

func hashAt(ctx context.Context, log *store.Log, run string, seq uint64) (string, error) {
	for r, err := range log.Read(ctx, stream(run), seq-1) {
		return fmt.Sprintf("%x", r.Hash), err
	}
	return "", fs.ErrNotExist
}

// findings are what verify says.
type findings struct {
	Path     string   `json:"path"`
	OK       bool     `json:"ok"`
	Streams  int      `json:"streams"`
	Records  int      `json:"records"`
	Problems []string `json:"problems,omitempty"`
	Notes    []string `json:"notes,omitempty"`
}

func problems(r store.Report) []string {
	out := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		out[i] = p.String()
	}
	return out
}

func (e *env) verdict(f findings, asJSON bool) error {
	f.OK = len(f.Problems) == 0
	if asJSON {
		if err := printJSONLines(e, []findings{f}); err != nil {
			return err
		}
	} else {
		for _, p := range f.Problems {
			fmt.Fprintln(e.out, p)
		}
		for _, n := range f.Notes {
			fmt.Fprintln(e.out, "note: "+n)
		}
		if f.OK {
			fmt.Fprintf(e.out, "good: %d records of %d streams, every hash is right\n", f.Records, f.Streams)
		}
	}
	if f.OK {
		return nil
	}
	return fail(exitFailed, fmt.Sprintf("%s: %d problems", f.Path, len(f.Problems)),
		"keep a copy of the file before anything else; what is not named is good and can be printed with lifeboat log")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
