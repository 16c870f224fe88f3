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
	"lifeboat/store"
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
	if e.onScreens(o) {
		return e.screens(o, conf).resume(ctx, run)
	}
	w, err := e.reopen(o, conf, log, run)
	if err != nil {
		return err
	}
	defer w.close()
	p := w.onLines(ctx)
	if _, err := w.takeUp(ctx); err != nil {
		return err
	}
	changed, err := w.offerEdited(ctx)
	if err != nil {
		return err
	}
	for _, remark := range changed {
		fmt.Fprintln(e.err, remark)
	}
	return w.walk(ctx, p)
}

// A past is what the log has of a run.
type past struct {
	books   runbook.Books
	records []runbook.Record
}

// reopen gets ready to take a run up again.
func (e *env) reopen(o *walkOptions, conf config, log *store.Log, run string) (*walk, error) {
	w := &walk{e: e, o: o, conf: conf, log: log, run: run}
	w.around = engine.Surroundings{Who: e.who(o), Cwd: e.cwd} // its variables follow from the run's mode
	if !o.auto {
		return w, nil
	}
	var err error
	w.policy, err = o.policy()
	return w, err
}

// takeUp makes this process the one that walks the run, and gives what was on
// record by then. What the walk is shown on is there already.
func (w *walk) takeUp(ctx context.Context) (past, error) {
	if err := w.open(); err != nil {
		return past{}, err
	}
	run, books, records, err := engine.Fold(ctx, w.ports.Log, w.ports.Library)
	if err != nil {
		return past{}, because(exitFailed, err)
	}
	w.ports.Shell = commands{sh: w.shell, aside: w.front.Aside, boots: bootsOf(records)}
	w.around.Env, _ = w.conf.environ(run.Mode, w.e.environ)
	w.o.mode = run.Mode
	if book := books.First(run); book != nil {
		w.ports.Usual = w.e.usual(ctx, w.log, book, run.Mode)
	}
	resumed := runbook.RunResumed{PID: os.Getpid(), Boot: shell.Boot(), Tool: version()}
	eng, err := engine.Resume(ctx, w.ports, w.around, nil, resumed)
	if err != nil {
		return past{}, because(exitFailed, err)
	}
	w.eng = eng
	return past{books, records}, nil
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

// offerEdited says which books' files have changed since the run follows them,
// and follows the new texts if that was asked for.
func (w *walk) offerEdited(ctx context.Context) (changed []string, err error) {
	for name := range w.eng.Books() {
		followed, _ := w.eng.Run().Book(name)
		now, _, err := w.e.library().open(strings.TrimSuffix(strings.TrimPrefix(followed.Source, shippedSource), shippedSuffix(followed.Source)))
		if err != nil || now.Hash == followed.Hash {
			continue
		}
		if !w.o.edited {
			changed = append(changed, followed.Source+" has changed since; the run follows it as it was. lifeboat resume --edited follows the new text")
			continue
		}
		now.Name = name
		if err := w.eng.Adopt(ctx, now); err != nil {
			return changed, because(exitFailed, err)
		}
	}
	return changed, nil
}

// shippedSuffix is what has to go from a shipped book's source to get its name.
func shippedSuffix(source string) string {
	if strings.HasPrefix(source, shippedSource) {
		return ".md"
	}
	return ""
}
