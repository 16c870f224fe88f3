package report

import (
	"fmt"
	"slices"

	"lifeboat/runbook"
)

func (b *builder) attempts() {
	for _, a := range b.Run.Attempts {
		b.rep.Attempts = append(b.rep.Attempts, b.attempt(a))
	}
}

func (b *builder) attempt(a *runbook.Attempt) Attempt {
	out := Attempt{
		Number: a.CommandIntended.Attempt, Seq: a.Seq, Item: string(a.Item), For: a.For, Actor: a.By, Text: a.Text,
		Shell: a.Shell, Dir: a.Dir, Target: a.Target, Identity: a.Answer, Same: a.Answer != "" && a.Identical,
		Secrets: slices.Clone(a.Secrets), Background: a.Background, Terminal: a.Terminal, Intended: utc(a.Intended),
		Result: a.How(), OK: a.OK(),
	}
	if a.Item != "" {
		out.Step = b.stepTitle(a.Item)
	}
	if a.Run != nil {
		out.Started = utc(a.RunAt)
	}
	if a.End != nil {
		b.outcome(&out, a)
	}
	out.Unknown = b.unknown(a)
	if out.Output == nil {
		out.NoOutput = noOutput(a)
	}
	return out
}

// outcome takes over how an attempt ended. The times that its keeper measured
// win over those at which the records were written.
func (b *builder) outcome(out *Attempt, a *runbook.Attempt) {
	e := a.End
	out.Ended = utc(a.EndAt)
	if !e.Started.IsZero() {
		out.Started = utc(e.Started)
	}
	if !e.Ended.IsZero() {
		out.Ended = utc(e.Ended)
	}
	if a.Run != nil || !e.Started.IsZero() {
		d := Duration(e.Elapsed)
		out.Elapsed = &d
	}
	if e.Why == runbook.Exited && e.Signal == "" && e.Exit >= 0 {
		exit := e.Exit
		out.Exit = &exit
	}
	out.Signal, out.Why, out.Fault, out.Note, out.Expected = e.Signal, string(e.Why), e.Fault, e.Note, e.Expected
	out.Output, out.Survivors, out.Again = kept(e.Output), e.Survivors, e.Again
}

func kept(k runbook.Kept) *Output {
	if k.File == "" {
		return nil
	}
	return &Output{k.File, k.Bytes, k.Lines, k.Digest}
}

func noOutput(a *runbook.Attempt) string {
	switch {
	case a.Terminal:
		return "interactive: it had the terminal to itself"
	case a.Open() && a.Run != nil:
		return "it still runs"
	case a.Run == nil:
		return "no start is on record"
	}
	return ""
}

// unknown finds the record that says that nobody knew how an attempt ended, and
// the first one after it that decides something about it. The fold forgets the
// former once a result is found; the reader must not.
func (b *builder) unknown(a *runbook.Attempt) *Unknown {
	var out *Unknown
	n := a.CommandIntended.Attempt
	for _, rec := range b.Records {
		if e, ok := rec.Event.(runbook.OutcomeUnknown); ok && e.Attempt == n {
			out = &Unknown{Seq: rec.Seq, Seen: e.Seen, Output: kept(e.Output)}
			continue
		}
		if out == nil || out.Settled != "" {
			continue
		}
		if out.Settled = settles(rec, a, n); out.Settled != "" {
			out.By = rec.Seq
		}
	}
	return out
}

func settles(rec runbook.Record, a *runbook.Attempt, n int) string {
	switch e := rec.Event.(type) {
	case runbook.CommandFinished:
		if e.Attempt == n {
			return "its result was found afterwards"
		}
	case runbook.HoldReleased:
		if a.Item != "" && e.Item == a.Item {
			return because(releaseWords(e.How), e.Reason)
		}
	case runbook.CommandIntended:
		switch {
		case a.Item == "" || e.Item != a.Item:
		case e.For == "rollback":
			return fmt.Sprintf("undone by attempt %d", e.Attempt)
		case e.For == "" && e.Block == a.Block:
			return fmt.Sprintf("run again as attempt %d", e.Attempt)
		}
	case runbook.ItemTicked:
		if a.Item != "" && e.Item == a.Item {
			return "its item was ticked " + tickWords(e.As)
		}
	case runbook.StepSkipped:
		if a.Item != "" && e.Step == a.Item.Step() {
			return because("its step was skipped", e.Reason)
		}
	}
	return ""
}
