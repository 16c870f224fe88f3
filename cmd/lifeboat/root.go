package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	mango "github.com/muesli/mango-cobra"
	"github.com/muesli/roff"
	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/tui/words"
)

// version is what the build says of itself.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "1.0.0-dev"
}

// run carries one command line out and gives its exit code.
func run(e *env, args []string) int {
	if len(args) == 1 && args[0] == "--version" { // nothing else is built for it
		fmt.Fprintln(e.out, "lifeboat "+version())
		return exitOK
	}
	root := e.rootCommand()
	root.SetArgs(args)
	root.SetOut(e.out)
	root.SetErr(e.err)
	return explain(e.err, usage(root.ExecuteContext(context.Background())))
}

// usage marks the errors of the command line itself as wrong usage: cobra gives
// them as plain text.
func usage(err error) error {
	if err == nil {
		return nil
	}
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "requires ", "invalid argument", "flag needs an argument", "required flag"} {
		if strings.HasPrefix(err.Error(), start) {
			return fail(exitUsage, err.Error(), "lifeboat --help shows the commands, lifeboat COMMAND --help an example of each")
		}
	}
	return err
}

func (e *env) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "lifeboat",
		Short: "Walk through a disaster-recovery runbook, and record everything",
		Long: "lifeboat walks you through a disaster-recovery runbook, runs its commands, keeps the\n" +
			"recovery clocks and records everything, so that the report is finished when the\n" +
			"incident is. The same runbooks are rehearsed as drills.",
		Example:       "lifeboat drill data-corruption\nlifeboat run data-corruption --target production\nlifeboat resume",
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return e.home(cmd.Context()) },

		PersistentPreRunE: e.knownTheme,
	}
	f := root.PersistentFlags()
	f.StringVar(&e.db, "db", "", "`FILE` of the log; else $XDG_STATE_HOME/lifeboat/log.db")
	f.BoolVar(&e.plain, "plain", false, "line by line, nothing repainted")
	f.BoolVar(&e.noColor, "no-color", false, "no colours")
	f.StringVar(&e.theme, "theme", "auto", "`NAME` of the look: auto, dark, light, 16 or none")
	root.AddCommand(
		e.drillCommand(), e.runCommand(), e.resumeCommand(),
		e.listCommand(), e.showCommand(), e.lintCommand(),
		e.runsCommand(), e.reportCommand(), e.watchCommand(), e.noteCommand(), e.markCommand(), e.redlinesCommand(), e.logCommand(),
		e.manCommand(),
	)
	root.SetVersionTemplate("lifeboat {{.Version}}\n")
	indentExamples(root)
	return root
}

// indentExamples sets every command's example in, as the rest of its help is.
func indentExamples(cmd *cobra.Command) {
	cmd.Example = "  " + strings.ReplaceAll(cmd.Example, "\n", "\n  ")
	for _, sub := range cmd.Commands() {
		indentExamples(sub)
	}
}

func (e *env) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Write the manual page",
		Example: "lifeboat man > lifeboat.1",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := mango.NewManPage(1, cmd.Root())
			if err != nil {
				return because(exitFailed, err)
			}
			fmt.Fprint(e.out, strings.ReplaceAll(page.Build(roff.NewDocument()), "`", ""))
			return nil
		},
	}
}

// home says what is going on and what can be done: what is open first.
func (e *env) home(ctx context.Context) error {
	if o := (&walkOptions{}); e.onScreens(o) {
		conf, err := e.config()
		if err != nil {
			return err
		}
		return e.screens(o, conf).home(ctx)
	}
	if exists(e.dbPath()) {
		log, err := e.openLog()
		if err != nil {
			return err
		}
		heads, err := e.heads(ctx, log, "", 200)
		if err != nil {
			return err
		}
		var open []runbook.Head
		for _, h := range heads {
			if h.State == "open" {
				open = append(open, h)
			}
		}
		for _, h := range open {
			fmt.Fprintf(e.out, "open: %s on %s, %d of %d steps: lifeboat resume %s\n", h.Title, h.Target, h.Done, h.Of, words.Tail(h.Run))
		}
		if len(open) > 0 {
			fmt.Fprintln(e.out)
		}
	}
	fmt.Fprintln(e.out, "Runbooks:")
	for _, b := range bookLines(e.library().list()) {
		fmt.Fprintln(e.out, strings.TrimRight(fmt.Sprintf("  %-26s %s", b.Name, b.Title), " "))
	}
	fmt.Fprintln(e.out, "\nRehearse one:    lifeboat drill data-corruption")
	fmt.Fprintln(e.out, "Recover:         lifeboat run data-corruption --target NAME")
	fmt.Fprintln(e.out, "Any Markdown:    lifeboat drill path/to/file.md")
	fmt.Fprintln(e.out, "Everything else: lifeboat --help")
	return nil
}
