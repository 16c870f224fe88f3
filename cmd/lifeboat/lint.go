package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/runbook/markdown"
)

func (e *env) lintCommand() *cobra.Command {
	var strict, asJSON bool
	cmd := &cobra.Command{
		Use:     "lint FILE...",
		Short:   "Tell the author what is wrong with a runbook",
		Long:    "Tell the author what is wrong with a runbook, as file:line:col: level: text.\nErrors exit 1; warnings exit 0, or 1 with --strict.",
		Example: "lifeboat lint runbooks/*.md\nlifeboat lint --strict data-corruption",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return e.lint(args, strict, asJSON)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "warnings exit 1 too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a message")
	return cmd
}

// lintLine is a message as lint --json prints it.
type lintLine struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Col   int    `json:"col"`
	Level string `json:"level"`
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"`
}

func (e *env) lint(names []string, strict, asJSON bool) error {
	lines := []lintLine{}
	bad := false
	for _, name := range names {
		messages, err := e.lintOne(name)
		if err != nil {
			return err
		}
		for _, m := range messages {
			bad = bad || strict || m.Level == markdown.Fault
			lines = append(lines, lintLine{m.File, m.Line, m.Col, string(m.Level), m.Text, m.Hint})
			if !asJSON {
				fmt.Fprintln(e.out, m)
				if m.Hint != "" {
					fmt.Fprintln(e.out, "hint: "+m.Hint)
				}
			}
		}
	}
	if asJSON {
		if err := printJSONLines(e, lines); err != nil {
			return err
		}
	}
	if bad {
		return &ended{exitFailed}
	}
	return nil
}

// lintOne tells everything about one file. A link to another runbook is looked
// for where a walk would.
func (e *env) lintOne(name string) ([]markdown.Message, error) {
	lib := e.library()
	f, err := lib.find(name)
	if err != nil {
		return nil, err
	}
	book, _, err := markdown.Parse(lib.shown(f.source), f.text)
	if err != nil {
		return nil, because(exitUsage, err)
	}
	return markdown.Lint(book, nil, markdown.LintOptions{
		Today: e.now(),
		Book: func(path string) (ids []string, ok bool) {
			other, err := lib.linked(path, &runbook.Book{Source: f.source})
			if err != nil {
				return nil, false
			}
			ids, err = markdown.Headings(path, other.text)
			return ids, err == nil
		},
	}), nil
}

func (e *env) redlinesCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "redlines [RUN]",
		Short: "Print a run's deviations as a patch against its runbook",
		Long: "Print a run's deviations as a patch against the Markdown: edited commands replace\n" +
			"the old ones, every other deviation becomes a comment at its item.",
		Example: "lifeboat redlines | git apply\nlifeboat redlines k3v9q2 -o redlines.patch",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			patch, err := e.redlines(cmd.Context(), strings.Join(args, ""))
			if err != nil {
				return err
			}
			if out != "" {
				return writeWhole(out, string(patch))
			}
			_, err = e.out.Write(patch)
			return err
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write to")
	return cmd
}

// redlines makes one patch of the deviations in all books of a run, each against
// the text that the run followed.
func (e *env) redlines(ctx context.Context, name string) ([]byte, error) {
	log, err := e.openLog()
	if err != nil {
		return nil, err
	}
	run, err := e.findRun(ctx, log, name, false)
	if err != nil {
		return nil, err
	}
	state, books, _, err := engine.Fold(ctx, &runLog{log: log, run: run}, e.library())
	if err != nil {
		return nil, because(exitFailed, err)
	}
	var patch []byte
	for _, f := range state.Books {
		book := books[f.Book]
		if book == nil {
			continue
		}
		one, err := markdown.Redline(book, e.patchPath(book), edits(state, book))
		if err != nil {
			return nil, because(exitFailed, err)
		}
		patch = append(patch, one...)
		books[f.Book] = nil // an edited text is followed under the same name: once is enough
	}
	if len(patch) == 0 {
		fmt.Fprintln(e.err, "the run followed its runbook: there is nothing to change")
	}
	return patch, nil
}

// patchPath is the path under which a patch names a book: relative to where we
// are, so that git apply finds it.
func (e *env) patchPath(b *runbook.Book) string {
	if name, shipped := strings.CutPrefix(b.Source, shippedSource); shipped {
		return name
	}
	if rel, err := filepath.Rel(e.cwd, b.Source); err == nil && !strings.HasPrefix(rel, ".."+string(os.PathSeparator)) {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(b.Source)
}

// edits are a run's deviations from one book.
func edits(r *runbook.Run, b *runbook.Book) []markdown.Edit {
	var out []markdown.Edit
	for _, d := range r.Deviations {
		if d.Ref.Book() != b.Name {
			continue
		}
		edit := markdown.Edit{Item: d.Ref.ID(), Block: d.Block}
		if _, _, ok := b.Item(edit.Item); !ok { // a step: the remark goes to its first item
			s, found := b.Step(edit.Item)
			if !found || len(s.Items) == 0 {
				continue
			}
			edit.Item = s.Items[0].ID
		}
		if d.Kind == "edited" {
			edit.Command, edit.Remark = d.Text, d.Reason
		} else {
			edit.Remark = strings.Join(notEmpty(d.Kind, d.Text, d.Reason), ": ")
		}
		out = append(out, edit)
	}
	return out
}

// notEmpty drops what is empty, and what only repeats the word before it.
func notEmpty(words ...string) []string {
	var out []string
	for _, w := range words {
		if w != "" && (len(out) == 0 || out[len(out)-1] != w) {
			out = append(out, w)
		}
	}
	return out
}
