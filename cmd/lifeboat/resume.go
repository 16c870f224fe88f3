package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/runbook/shell"
)

func (e *env) resumeCommand() *cobra.Command {
	o := &walkOptions{}
	cmd := &cobra.Command{
		Use:   "resume [RUN]",
		Short: "Go on where a run stopped: a crash, a lost line, a hand-over",
		Long: "Go on where a run stopped. A command that was running is found again, or its\n" +
			"outcome; where nobody knows how it ended, that is said and asked about.\n" +
			"Without RUN: the newest one that is open.",
		Example: "lifeboat resume\nlifeboat resume k3v9q2",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.resume(cmd.Context(), o, strings.Join(args, ""))
		},
	}
	o.walkFlags(cmd)
	cmd.Flags().BoolVar(&o.edited, "edited", false, "follow the runbook's file as it is now, not as it was")
	return cmd
}

// resume takes an open run up again.
func (e *env) resume(ctx context.Context, o *walkOptions, name string) error {
	log, err := e.openLog()
	if err != nil {
		return err
	}
	run, err := e.findRun(ctx, log, name, true)
	if err != nil {
		return err
	}
	conf, err := e.config()
	if err != nil {
		return err
	}
	w := &walk{e: e, o: o, conf: conf, log: log}
	w.around = engine.Surroundings{Who: e.who(o), Env: e.environ, Cwd: e.cwd}
	if o.auto {
		if w.policy, err = o.policy(); err != nil {
			return err
		}
	}
	if err := w.open(ctx, run); err != nil {
		return err
	}
	defer w.close()
	state, books, records, err := engine.Fold(ctx, w.ports.Log, w.ports.Library)
	if err != nil {
		return because(exitFailed, err)
	}
	w.ports.Shell = commands{sh: w.shell, boots: bootsOf(records)}
	if state.Mode == runbook.Drill {
		w.around.Env, _ = conf.guardDrill(e.environ)
	}
	w.o.mode = state.Mode
	if len(state.Books) > 0 && books[state.Books[0].Book] != nil {
		w.ports.Usual = e.usual(ctx, log, books[state.Books[0].Book], state.Mode)
	}
	resumed := runbook.RunResumed{PID: os.Getpid(), Boot: shell.Boot(), Tool: version()}
	eng, err := engine.Resume(ctx, w.ports, w.around, nil, resumed)
	if err != nil {
		return because(exitFailed, err)
	}
	w.eng = eng
	if err := w.offerEdited(ctx); err != nil {
		return err
	}
	return w.walk(ctx)
}

// bootsOf tells in which start of the machine each attempt was meant to run.
func bootsOf(records []runbook.Record) map[int]string {
	boots, boot := map[int]string{}, ""
	for _, rec := range records {
		switch e := rec.Event.(type) {
		case runbook.RunOpened:
			boot = e.Boot
		case runbook.RunResumed:
			boot = e.Boot
		case runbook.CommandIntended:
			boots[e.Attempt] = boot
		}
	}
	return boots
}

// offerEdited says when a book's file has changed since the run follows it, and
// follows the new text if that was asked for.
func (w *walk) offerEdited(ctx context.Context) error {
	for name := range w.eng.Books() {
		followed, _ := w.eng.Run().Book(name)
		now, _, err := w.e.library().open(strings.TrimSuffix(strings.TrimPrefix(followed.Source, shippedSource), shippedSuffix(followed.Source)))
		if err != nil || now.Hash == followed.Hash {
			continue
		}
		if !w.o.edited {
			fmt.Fprintf(w.e.err, "%s has changed since; the run follows it as it was. lifeboat resume --edited follows the new text\n", followed.Source)
			continue
		}
		now.Name = name
		if err := w.eng.Adopt(ctx, now); err != nil {
			return because(exitFailed, err)
		}
	}
	return nil
}

// shippedSuffix is what has to go from a shipped book's source to get its name.
func shippedSuffix(source string) string {
	if strings.HasPrefix(source, shippedSource) {
		return ".md"
	}
	return ""
}
