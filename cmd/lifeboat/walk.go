package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// walkOptions are the flags of drill, run and resume.
type walkOptions struct {
	mode        runbook.Mode
	target      string
	auto        bool
	arm         bool
	set         []string
	choose      []string
	began       string
	operator    string
	facilitator string
	roles       []string
	exercise    string
	edited      bool
}

// flags are those of a new run.
func (o *walkOptions) flags(cmd *cobra.Command) {
	o.walkFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.target, "target", "", "`NAME` of a target in lifeboat.yaml: where the run acts")
	f.StringVar(&o.began, "began", "", "`TIME` at which the disruption began: 03:10, 03:10 UTC, -20m, A..B")
	f.StringVar(&o.facilitator, "facilitator", "", "`NAME` of the drill's facilitator")
	f.StringArrayVar(&o.roles, "role", nil, "who holds a role: `ROLE=NAME`; may be repeated")
	f.StringVar(&o.exercise, "exercise", "", "`KIND` of a drill: walkthrough, tabletop, functional or full-scale")
}

// walkFlags are those of every walk, new or resumed.
func (o *walkOptions) walkFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.auto, "auto", false, "nobody is there: run every command, tick every check as unattended")
	f.BoolVar(&o.arm, "arm", false, "with --auto: run the commands of a foreign file too")
	f.StringArrayVar(&o.set, "set", nil, "with --auto, an answer, placeholder or variable: `NAME=value`; may be repeated")
	f.StringArrayVar(&o.choose, "choose", nil, "with --auto, the option of a choice: `STEP=NUMBER`; may be repeated")
	f.StringVar(&o.operator, "operator", "", "`NAME` of the operator; else the login's")
}

func (e *env) drillCommand() *cobra.Command {
	o := &walkOptions{mode: runbook.Drill}
	cmd := &cobra.Command{
		Use:   "drill RUNBOOK",
		Short: "Rehearse a runbook",
		Long: "Rehearse a runbook. A drill can't reach a target that is production, and what is\n" +
			"marked for live runs alone is counted as not exercised.",
		Example: "lifeboat drill data-corruption\nlifeboat drill docs/restore.md --auto --set SNAPSHOT=backup.zip",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.start(cmd.Context(), o, args) },
	}
	o.flags(cmd)
	return cmd
}

func (e *env) runCommand() *cobra.Command {
	o := &walkOptions{mode: runbook.Live}
	cmd := &cobra.Command{
		Use:     "run RUNBOOK --target NAME",
		Short:   "Recover: walk a runbook live",
		Long:    "Recover: walk a runbook live. A target that lifeboat.yaml doesn't mark otherwise is\nproduction, and its name is typed before anything starts.",
		Example: "lifeboat run data-corruption --target production --began 03:10",
		Args:    cobra.MaximumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.start(cmd.Context(), o, args) },
	}
	o.flags(cmd)
	return cmd
}

// holders are who holds which role.
func (o *walkOptions) holders() map[string]string {
	out := map[string]string{}
	for _, kv := range o.roles {
		role, person, _ := strings.Cut(kv, "=")
		out[role] = person
	}
	if o.facilitator != "" {
		out["facilitator"] = o.facilitator
	}
	return out
}

// start opens a run and walks it.
func (e *env) start(ctx context.Context, o *walkOptions, args []string) error {
	if len(args) == 0 && e.onScreens(o) {
		return e.home(ctx)
	}
	if len(args) == 0 {
		var names []string
		for _, l := range e.library().list() {
			names = append(names, l.Name)
		}
		return fail(exitUsage, "no runbook was named", "one of "+strings.Join(names, ", ")+", or the path of any Markdown file")
	}
	began, err := e.began(o.began)
	if err != nil {
		return err
	}
	book, messages, err := e.library().open(args[0])
	if err != nil {
		return err
	}
	conf, err := e.config()
	if err != nil {
		return err
	}
	target, err := e.chooseTarget(o, conf)
	if err != nil {
		return err
	}
	if e.onScreens(o) {
		return e.screens(o, conf).begin(ctx, args[0], began)
	}
	for _, m := range messages {
		fmt.Fprintln(e.err, m)
	}
	w, err := e.prepare(o, conf, book, target)
	if err != nil {
		return err
	}
	defer w.close()
	for _, what := range w.taken {
		fmt.Fprintln(e.err, what)
	}
	p := w.onLines(ctx)
	if err := w.open(); err != nil {
		return err
	}
	if err := w.confirmLive(p.Plain, target); err != nil {
		return err
	}
	if began.Moment.IsZero() {
		if began, err = w.askBegan(p.Plain, book); err != nil {
			return err
		}
	}
	checks := e.preflight(ctx, book, slices.Concat(w.around.Env, target.Env))
	if err := w.begin(ctx, book, target, began, checks); err != nil {
		return err
	}
	return w.walk(ctx, p)
}

// began reads when the disruption began; the zero value if nothing was said.
func (e *env) began(text string) (runbook.MomentSet, error) {
	if strings.TrimSpace(text) == "" {
		return runbook.MomentSet{}, nil
	}
	now := e.now()
	at, latest, err := runbook.ReadInterval(text, now.Location(), now)
	if err != nil {
		return runbook.MomentSet{}, fail(exitUsage, "the beginning of the disruption: "+err.Error(), timeHint)
	}
	if at.After(now) || latest.After(now) {
		return runbook.MomentSet{}, fail(exitUsage, fmt.Sprintf("the disruption can't begin in the future (%s)", at.Format(time.RFC3339)), timeHint)
	}
	return runbook.MomentSet{Moment: at, Latest: latest, Source: "operator"}, nil
}

const timeHint = "write 03:10, 03:10 UTC, 2026-11-23 03:10, -20m, or A..B for an interval"

// chooseTarget finds where the run acts, and refuses what must not be.
func (e *env) chooseTarget(o *walkOptions, conf config) (engine.Target, error) {
	name := o.target
	switch {
	case name == "" && o.mode == runbook.Live:
		hint := "name it: --target NAME; lifeboat.yaml says what it is"
		if known := conf.known(); len(known) > 0 {
			hint = "lifeboat.yaml has " + strings.Join(known, ", ")
		}
		return engine.Target{}, fail(exitUsage, "a live run needs a target", hint)
	case name == "":
		name = practiceTarget
	}
	t, err := conf.target(name)
	if err != nil {
		return t, err
	}
	if o.mode == runbook.Drill && t.Production {
		return t, fail(exitUsage, fmt.Sprintf("target %s is production: a drill can't reach it", name),
			"mark it production: false in lifeboat.yaml if it isn't, or leave --target out")
	}
	return t, nil
}

// policy reads --set and --choose.
func (o *walkOptions) policy() (*engine.Policy, error) {
	p := &engine.Policy{Set: map[string]string{}, Choose: map[string]int{}, Arm: o.arm}
	for _, kv := range o.set {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || name == "" {
			return nil, fail(exitUsage, fmt.Sprintf("--set %q is not NAME=value", kv))
		}
		p.Set[name] = value
	}
	for _, kv := range o.choose {
		step, option, ok := strings.Cut(kv, "=")
		n, err := strconv.Atoi(option)
		if !ok || err != nil || n < 1 {
			return nil, fail(exitUsage, fmt.Sprintf("--choose %q is not STEP=NUMBER", kv), "lifeboat show names the steps")
		}
		p.Choose[step] = n
	}
	return p, nil
}

// who is at the keys.
func (e *env) who(o *walkOptions) engine.Who {
	w := engine.Who{Name: o.operator, Role: "operator"}
	if w.Name == "" {
		w.Name = e.get("USER")
	}
	if w.Name == "" {
		if u, err := user.Current(); err == nil {
			w.Name = u.Username
		}
	}
	if host, err := os.Hostname(); err == nil {
		w.Host = host
	}
	return w
}
