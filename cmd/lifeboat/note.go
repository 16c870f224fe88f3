package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/store"
	"lifeboat/tui/words"
)

func (e *env) noteCommand() *cobra.Command {
	var run, tag, operator string
	cmd := &cobra.Command{
		Use:   "note TEXT",
		Short: "Write a note into a run, also while somebody else walks it",
		Example: "lifeboat note the status page is green, but every call fails\n" +
			"lifeboat note --tag decision --run k3v9q2 we restore the 03:00 snapshot",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := runbook.Write{Text: strings.Join(args, " "), Tag: tag, At: e.now()}
			return e.addFact(cmd.Context(), run, operator, in)
		},
	}
	cmd.Flags().StringVar(&run, "run", "", "`RUN` to write to; else the newest")
	cmd.Flags().StringVar(&tag, "tag", "note", "note, decision, said, observation or lesson")
	cmd.Flags().StringVar(&operator, "operator", "", "`NAME` of who writes; else the login's")
	return cmd
}

func (e *env) markCommand() *cobra.Command {
	var run, at, reason, operator, objective string
	cmd := &cobra.Command{
		Use:   "mark NAME",
		Short: "Set a moment of a run: when it began, was detected, was back",
		Long: "Set a moment of a run: began, detected, acknowledged, writes_stopped, recovery_point,\n" +
			"restored, service_back, or any other name. Further: objective_lost with --objective,\n" +
			"and, in drills, pause and resume.",
		Example: "lifeboat mark detected --at 03:12\nlifeboat mark began --at 02:50..03:05 --reason 'from the deploy log'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := runbook.Mark{Name: args[0], Objective: objective, Reason: reason}
			if at != "" {
				now := e.now()
				var err error
				if in.At, in.Latest, err = runbook.ReadInterval(at, now.Location(), now); err != nil {
					return fail(exitUsage, "--at: "+err.Error(), timeHint)
				}
			}
			return e.addFact(cmd.Context(), run, operator, in)
		},
	}
	f := cmd.Flags()
	f.StringVar(&run, "run", "", "`RUN` to write to; else the newest")
	f.StringVar(&at, "at", "", "`TIME` of it: 03:10, 03:10 UTC, -20m, A..B; else now")
	f.StringVar(&reason, "reason", "", "why")
	f.StringVar(&objective, "objective", "", "`NAME` of the objective, for objective_lost")
	f.StringVar(&operator, "operator", "", "`NAME` of who says so; else the login's")
	return cmd
}

// addFact appends what anybody may add to a run, whoever walks it.
func (e *env) addFact(ctx context.Context, name, operator string, in runbook.Intent) error {
	log, err := e.openLog()
	if err != nil {
		return err
	}
	run, err := e.findRun(ctx, log, name, false)
	if err != nil {
		return err
	}
	if err := e.addTo(ctx, log, run, operator, in); err != nil {
		if _, refused := errors.AsType[*runbook.Refusal](err); refused {
			return because(exitUsage, err)
		}
		return because(exitFailed, err)
	}
	fmt.Fprintf(e.out, "written to run %s\n", words.Tail(run))
	return nil
}

// addTo appends a fact to a run as somebody who doesn't walk it, and so has no role.
func (e *env) addTo(ctx context.Context, log *store.Log, run, operator string, in runbook.Intent) error {
	ports := engine.Ports{Log: &runLog{log: log, run: run}, Clock: clock{e.now}, Secrecy: &secrecy{}, Library: e.library()}
	around := engine.Surroundings{Who: e.who(&walkOptions{operator: operator}), Env: e.environ}
	around.Who.Role = ""
	return engine.Add(ctx, ports, around, in)
}
