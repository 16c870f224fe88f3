package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lifeboat/runbook"
)

// judge writes the verdict, what somebody has to look at, and the summary. It
// comes last: it reads the rest of the report.
func (b *builder) judge() {
	rep := b.rep
	rep.Exit = runbook.Exit(runbook.Clocks(b.main, b.Run, b.now), b.Run)
	rep.Verdict = b.verdict()
	rep.Findings = b.findings()
	if rep.Drill {
		rep.Conclusion = b.conclusion()
	}
	rep.Summary = b.summary()
}

func (b *builder) verdict() string {
	var limits, missed, doubtful int
	for _, o := range b.rep.Objectives {
		if !o.Decides {
			continue
		}
		limits++
		switch o.Verdict {
		case runbook.Missed:
			missed++
		case runbook.Indeterminate, runbook.NotClean, runbook.NotRecorded:
			doubtful++
		case runbook.Pending:
			if o.Judged.Min >= o.Limit {
				missed++
			}
		case runbook.Met:
		}
	}
	of := fmt.Sprintf("of %s", counted(limits, "objective"))
	state := b.rep.Run.State
	sep := ", but"
	if state != "recovered" {
		sep = ";"
	}
	if reason := b.rep.Run.Reason; reason != "" {
		state += " (" + reason + ")"
	}
	switch {
	case b.rep.Open && missed > 0:
		return fmt.Sprintf("still open, %d %s missed already", missed, of)
	case b.rep.Open:
		return "still open"
	case limits == 0:
		return state + "; no objective was set"
	case missed > 0 && doubtful > 0:
		return fmt.Sprintf("%s%s %d %s missed and %d can't be told", state, sep, missed, of, doubtful)
	case missed > 0:
		return fmt.Sprintf("%s%s %d %s missed", state, sep, missed, of)
	case doubtful > 0:
		return fmt.Sprintf("%s%s %d %s can't be told", state, sep, doubtful, of)
	}
	if b.rep.Run.State != "recovered" {
		return fmt.Sprintf("%s; %d %s met", state, limits, of)
	}
	return fmt.Sprintf("%s within every objective (%d of %d met)", state, limits, limits)
}

// conclusion is a drill's result in an auditor's words.
func (b *builder) conclusion() string {
	switch {
	case b.rep.Open:
		return "incomplete"
	case b.rep.Exit != 0:
		return "fail"
	case len(b.rep.Findings) > 0:
		return "pass with findings"
	}
	return "pass"
}

// findings are the sentences that a reader must not miss, most serious first.
func (b *builder) findings() []string {
	rep := b.rep
	var out []string
	add := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	add(rep.Run.ReadOnly != "", "This report is incomplete: %s.", rep.Run.ReadOnly)
	add(rep.Log.Gap != "", "This report does not cover the whole log: %s.", rep.Log.Gap)
	for _, name := range b.name {
		add(b.Books[name] == nil, "The text of the runbook “%s” is not at hand: its steps and objectives are not told.", name)
	}
	for _, bk := range rep.Books {
		add(bk.Why == "edited", "The runbook “%s” was changed during the run (record %d): steps are told by its newest text.", bk.Name, bk.Seq)
	}
	for _, o := range rep.Objectives {
		bad := o.Verdict != runbook.Met && (o.Verdict != runbook.Pending || o.Judged.Max >= o.Limit)
		add(bad, "Objective %s: %s.", objectiveName(o.Name), o.Words)
	}
	add(rep.Loss.Contaminated && !b.limits(runbook.DataLoss), "Data loss: %s.", rep.Loss.Words)
	for _, a := range rep.Attempts {
		add(a.Unknown != nil && a.Unknown.Settled == "", "Nobody knows how attempt %d ended, and nobody decided on it.", a.Number)
		add(a.Identity != "" && !a.Same, "Attempt %d: the target did not answer as it had before (“%s”).", a.Number, a.Identity)
		add(a.Survivors, "Attempt %d ended, but something that it started went on running.", a.Number)
	}
	for _, p := range rep.Preflight {
		add(!p.OK, "A check before the start failed: %s.", because(p.Check, p.Found))
	}
	b.timeFindings(add)
	b.walkFindings(add)
	return out
}

func (b *builder) limits(name string) bool {
	return slices.ContainsFunc(b.rep.Objectives, func(o Objective) bool { return o.Name == name })
}

func (b *builder) timeFindings(add func(bool, string, ...any)) {
	rep := b.rep
	for _, d := range rep.Disorder {
		add(true, "Moments are out of order and must be explained: %s.", d)
	}
	share := 0.0
	for _, o := range rep.Objectives {
		share = max(share, o.PauseShare)
	}
	add(share > 0.2, "Timing not representative: the clocks were paused for %d %% of the elapsed time.", int(share*100))
	for _, j := range rep.Jumps {
		add(j.Clock == "step" && !j.Confirmed, "The wall clock was %s (record %d), and nobody confirmed it: the times count as they were written.",
			jumpWords(time.Duration(j.Delta)), j.Seq)
	}
}

func (b *builder) walkFindings(add func(bool, string, ...any)) {
	rep := b.rep
	add(rep.Run.Auto, "Nobody was there (--auto): checks were ticked unattended.")
	var skipped, idle int
	for _, s := range rep.Steps {
		switch s.Status {
		case "skipped":
			skipped++
		case "not exercised":
			idle++
		}
	}
	for _, a := range rep.Away {
		add(a.Reason != "asked", "Nobody walked the run for %s: %s.", a.Took, leftWords(a.Reason))
	}
	add(len(rep.Deviations) > 0, "%s from the runbook.", counted(len(rep.Deviations), "deviation"))
	add(skipped > 0, "%s skipped.", counted(skipped, "step"))
	add(idle > 0, "%s not exercised.", counted(idle, "step"))
	if rep.Coverage != nil {
		n := len(rep.Coverage.List) - rep.Coverage.Commands["exercised"] - rep.Coverage.Commands["not taken"]
		add(n > 0, "Not every command was seen to work: %s.", rep.Coverage.Words)
	}
	for _, h := range rep.Handovers {
		add(h.Accepted.IsZero(), "%s offered the command to %s, and nobody accepted on record.", orNot(h.From), orNot(h.To))
	}
	for _, s := range rep.Signatures {
		add(s.Head != "" && s.Covers == 0, "The signature of %s names a record that is not in this log.", s.Person)
	}
}

// operators names those who held the command of the run, in their order.
func (b *builder) operators() string {
	names := []string{b.rep.Run.Operator}
	if len(b.Records) > 0 {
		names[0] = b.Records[0].Actor
	}
	for _, h := range b.rep.Handovers {
		if !h.Accepted.IsZero() {
			names = append(names, h.To)
		}
	}
	return strings.Join(names, ", then ")
}

// summary is for whoever reads nothing else: at most five lines.
func (b *builder) summary() []string {
	rep := b.rep
	kind := "Live recovery"
	if rep.Drill {
		kind = "EXERCISE (drill)"
	}
	target := orNot(rep.Run.Target)
	if rep.Run.Production {
		target = "production target " + target
	}
	until := "to " + stamp(rep.When.Ended)
	if rep.Open {
		until = "and still open at " + stamp(rep.Made)
	}
	what := fmt.Sprintf("%s: %s on %s, from %s %s (%s), by %s.", kind, orNot(rep.Title), target,
		stamp(rep.When.Opened), until, rep.When.Duration, orNot(b.operators()))
	verdict := rep.Verdict
	if rep.Conclusion != "" {
		verdict += "; conclusion: " + rep.Conclusion
	}
	deviations := fmt.Sprintf("%d from the runbook", len(rep.Deviations))
	var open int
	for _, a := range rep.Attempts {
		if a.Unknown != nil && a.Unknown.Settled == "" {
			open++
		}
	}
	if open > 0 {
		deviations += "; the outcome of " + counted(open, "command") + " is unknown"
	}
	return []string{
		what, "Result: " + verdict + ".", "Downtime: " + rep.Downtime.Words + ".",
		"Data loss: " + rep.Loss.Words + ".", "Deviations: " + deviations + ".",
	}
}
