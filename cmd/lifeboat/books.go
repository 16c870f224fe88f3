package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

func (e *env) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the runbooks that have a name",
		Long:    "List the runbooks that have a name: those in ./runbooks, in the configuration folder\nand inside the program. Any other Markdown file is opened by its path.",
		Example: "lifeboat list",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			list := e.library().list()
			if asJSON {
				return printJSONLines(e, bookLines(list))
			}
			for _, b := range bookLines(list) {
				fmt.Fprintln(e.out, strings.TrimRight(fmt.Sprintf("%-26s %-10s %s", b.Name, b.Source, b.Title), " "))
				if b.Summary != "" {
					fmt.Fprintf(e.out, "%-37s %s\n", "", b.Summary)
				}
				if b.Error != "" {
					fmt.Fprintf(e.out, "%-37s can't be read: %s\n", "", b.Error)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	return cmd
}

// bookLine is a runbook as list prints it.
type bookLine struct {
	Name     string `json:"name"`
	Source   string `json:"source"`
	Title    string `json:"title,omitempty"`
	Summary  string `json:"summary,omitempty"`
	Version  string `json:"version,omitempty"`
	Exercise string `json:"exercise,omitempty"`
	Steps    int    `json:"steps"`
	Error    string `json:"error,omitempty"`
}

func bookLines(list []listed) []bookLine {
	out := make([]bookLine, 0, len(list))
	for _, l := range list {
		line := bookLine{Name: l.Name, Source: l.Source}
		if l.Err != nil {
			line.Error = l.Err.Error()
		} else {
			line.Title, line.Summary, line.Version = l.Book.Title, l.Book.Summary, l.Book.Version
			line.Exercise, line.Steps = l.Book.Exercise, len(l.Book.Steps)
		}
		out = append(out, line)
	}
	return out
}

func (e *env) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show RUNBOOK",
		Short:   "Show what a document asks for, and why each item is what it is",
		Example: "lifeboat show data-corruption\nlifeboat show docs/restore.md --json | jq '.steps[].title'",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			book, messages, err := e.library().open(args[0])
			if err != nil {
				return err
			}
			for _, m := range messages {
				fmt.Fprintln(e.err, m)
			}
			if asJSON {
				enc := json.NewEncoder(e.out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(shownBook(book))
			}
			e.show(book)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the steps and items as one JSON object")
	return cmd
}

// show prints a book as a reader of the parser's mind.
func (e *env) show(b *runbook.Book) {
	kind := "own"
	if b.Foreign {
		kind = "foreign: its commands run only when armed"
	}
	fmt.Fprintf(e.out, "%s  (%s, %s)\n", b.Title, b.Name, kind)
	if b.Summary != "" {
		fmt.Fprintln(e.out, b.Summary)
	}
	for _, o := range b.Objectives {
		fmt.Fprintf(e.out, "objective  %s %s\n", words.Objective(o.Name), runbook.Short(o.Limit))
	}
	phase := ""
	for i := range b.Steps {
		s := &b.Steps[i]
		if s.Phase != phase {
			phase = s.Phase
			for _, p := range b.Phases {
				if p.ID == phase && p.Title != "" {
					fmt.Fprintf(e.out, "\n%s  (line %d)\n", p.Title, p.Line)
				}
			}
		}
		fmt.Fprintf(e.out, "\n  %s  [%s, line %d]  %s\n", s.Title, s.ID, s.Line, s.Why)
		if marks := stepMarks(s); marks != "" {
			fmt.Fprintf(e.out, "    %s\n", marks)
		}
		for j := range s.Items {
			it := &s.Items[j]
			fmt.Fprintf(e.out, "    %4d %-9s %s\n%*s%s\n", it.Line, it.Kind, itemLine(it), 19, "", it.Why)
			if it.Kind == runbook.Check {
				for _, bl := range it.Blocks {
					fmt.Fprintf(e.out, "%*s$ %s\n", 19, "", firstLine(bl.Text))
				}
			}
		}
	}
}

func firstLine(text string) string {
	line, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if more {
		line += " …"
	}
	return line
}

// stepMarks are a step's attributes in words.
func stepMarks(s *runbook.Step) string {
	var out []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	add(len(s.Reached) > 0, "stops the clocks of %s", strings.Join(s.Reached, ", "))
	add(len(s.Moments) > 0, "sets %s", strings.Join(s.Moments, ", "))
	add(s.When != "", "only in a %s", s.When)
	add(s.On != "", "on %s", s.On)
	add(s.Role != "", "for the %s", s.Role)
	add(s.Optional, "optional")
	add(s.Witness, "needs a second person")
	add(s.Takes > 0, "takes %s", runbook.Short(s.Takes))
	return strings.Join(out, "; ")
}

func itemLine(it *runbook.Item) string {
	text := it.Text
	switch {
	case it.Kind == runbook.Command:
		text = "$ " + text
	case it.Ask != nil && it.Ask.Name != "":
		text += " -> $" + it.Ask.Name
	}
	if it.Label != "" {
		text = it.Label + " / " + text
	}
	return text
}

// The JSON of show is a contract: fields may be added, none changes its
// meaning.
type (
	bookJSON struct {
		Name       string              `json:"name"`
		Title      string              `json:"title"`
		Summary    string              `json:"summary,omitempty"`
		Version    string              `json:"version,omitempty"`
		Hash       string              `json:"hash"`
		Foreign    bool                `json:"foreign"`
		Objectives []runbook.Objective `json:"objectives,omitempty"`
		Phases     []phaseJSON         `json:"phases"`
		Steps      []stepJSON          `json:"steps"`
	}
	phaseJSON struct {
		ID    string   `json:"id"`
		Title string   `json:"title"`
		Line  int      `json:"line"`
		Steps []string `json:"steps"`
	}
	stepJSON struct {
		ID      string     `json:"id"`
		Title   string     `json:"title"`
		Phase   string     `json:"phase"`
		Line    int        `json:"line"`
		Why     string     `json:"why"`
		Reached []string   `json:"reached,omitempty"`
		When    string     `json:"when,omitempty"`
		Items   []itemJSON `json:"items"`
	}
	itemJSON struct {
		ID       string   `json:"id"`
		Kind     string   `json:"kind"`
		Text     string   `json:"text"`
		Line     int      `json:"line"`
		Why      string   `json:"why"`
		Label    string   `json:"label,omitempty"`
		Name     string   `json:"name,omitempty"`     // of a question: what it exports
		Options  []string `json:"options,omitempty"`  // of a choice
		Commands []string `json:"commands,omitempty"` // texts of its blocks, in order
		Danger   bool     `json:"danger,omitempty"`
	}
)

func shownBook(b *runbook.Book) bookJSON {
	out := bookJSON{
		Name: b.Name, Title: b.Title, Summary: b.Summary, Version: b.Version, Hash: b.Hash, Foreign: b.Foreign,
		Objectives: b.Objectives, Phases: []phaseJSON{}, Steps: []stepJSON{},
	}
	for _, p := range b.Phases {
		out.Phases = append(out.Phases, phaseJSON(p))
	}
	for i := range b.Steps {
		s := &b.Steps[i]
		step := stepJSON{ID: s.ID, Title: s.Title, Phase: s.Phase, Line: s.Line, Why: s.Why, Reached: s.Reached, When: string(s.When), Items: []itemJSON{}}
		for j := range s.Items {
			it := &s.Items[j]
			item := itemJSON{ID: it.ID, Kind: string(it.Kind), Text: it.Text, Line: it.Line, Why: it.Why, Label: it.Label}
			if it.Ask != nil {
				item.Name = it.Ask.Name
			}
			for _, o := range it.Options {
				item.Options = append(item.Options, o.Text)
			}
			for _, bl := range it.Blocks {
				item.Danger = item.Danger || bl.Danger
				item.Commands = append(item.Commands, bl.Text)
			}
			step.Items = append(step.Items, item)
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}
