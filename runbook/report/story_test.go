package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"lifeboat/runbook"
)

// A story is a log that is written by hand, one event a line.
type story struct {
	t       *testing.T
	books   runbook.Books
	now     time.Time
	actor   string
	role    string
	records []runbook.Record
	usual   map[string]runbook.Usual // by step id
}

func begin(t *testing.T, at string, books ...*runbook.Book) *story {
	t.Helper()
	s := &story{t: t, books: runbook.Books{}, now: instantOf(t, at), actor: "ada"}
	for _, b := range books {
		s.books[b.Name] = b
	}
	return s
}

func instantOf(t *testing.T, at string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339Nano, "2026-08-22T"+at+"Z")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// at moves the clock to a time of the day of the story.
func (s *story) at(clock string) *story {
	s.now = instantOf(s.t, clock)
	return s
}

// add writes events now. Each goes through the codec, as it would in a log.
func (s *story) add(events ...runbook.Event) *story {
	for _, e := range events {
		s.late(s.now, e)
	}
	return s
}

// late writes an event now that happened at another moment.
func (s *story) late(happened time.Time, e runbook.Event) {
	s.t.Helper()
	m := runbook.Meta{Actor: s.actor, Role: s.role, Host: "bastion-1", Mono: s.now.UnixNano()}
	if !happened.Equal(s.now) {
		m.At = happened
	}
	kind, v, data, err := runbook.Encode(m, e)
	if err != nil {
		s.t.Fatal(err)
	}
	m, e, err = runbook.Decode(kind, v, data)
	if err != nil {
		s.t.Fatal(err)
	}
	seq := uint64(len(s.records) + 1)
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", seq, kind, data))
	s.records = append(s.records, runbook.Record{
		Seq: seq, Time: s.now, Kind: kind, Meta: m, Event: e, Hash: hex.EncodeToString(sum[:]),
	})
}

// seq is the place of the newest record.
func (s *story) seq() uint64 { return uint64(len(s.records)) }

// ran writes a command from its intent to its end, in so many seconds.
func (s *story) ran(c runbook.CommandIntended, seconds int, end runbook.CommandFinished) {
	s.add(c, runbook.CommandStarted{Attempt: c.Attempt, PID: 4000 + c.Attempt})
	from := s.now
	s.now = s.now.Add(time.Duration(seconds) * time.Second)
	end.Attempt, end.Started, end.Ended, end.Elapsed = c.Attempt, from, s.now, s.now.Sub(from)
	if end.Why == "" {
		end.Why = runbook.Exited
	}
	if end.Output.File == "" && !c.Terminal {
		end.Output = runbook.Kept{
			File: fmt.Sprintf("attempts/%d/output.zst", c.Attempt), Bytes: 1200, Lines: 14, Digest: fmt.Sprintf("%064x", c.Attempt),
		}
	}
	s.add(end)
}

// input is the story up to record n, as a report is made from it.
func (s *story) input(n int) Input {
	s.t.Helper()
	run := runbook.NewRun()
	for _, rec := range s.records[:n] {
		if err := run.Apply(rec); err != nil {
			s.t.Fatal(err)
		}
	}
	in := Input{Books: s.books, Run: run, Records: s.records[:n], Now: run.Last.Add(90 * time.Second)}
	in.Newest = Head{run.Seq, run.Hash}
	in.Station = Head{71, "5e" + fmt.Sprintf("%062x", 71)}
	in.Usual = func(_ *runbook.Book, st *runbook.Step) (runbook.Usual, bool) {
		u, ok := s.usual[st.ID]
		return u, ok
	}
	return in
}

func (s *story) report() *Report { return Build(s.input(len(s.records))) }

// corruption is the book of most stories.
func corruption() *runbook.Book {
	b := &runbook.Book{
		Name: "corruption", Title: "Data corruption", Version: "1.2.0", Hash: fmt.Sprintf("%064x", 0xc0ffee),
		Source: "runbooks/corruption.md",
		Objectives: []runbook.Objective{
			{Name: "downtime", Limit: 15 * time.Minute},
			{Name: "critical", Limit: time.Hour},
			{Name: "full", Limit: 24 * time.Hour},
			{Name: "data_loss", Limit: time.Hour},
		},
		Phases: []runbook.Phase{{ID: "contain", Title: "Contain"}, {ID: "restore", Title: "Restore"}},
		Named:  map[string]*runbook.Block{},
	}
	add := func(phase, id, title string, items ...runbook.Item) *runbook.Step {
		for i := range items {
			items[i].ID = fmt.Sprintf("%s/%d", id, i+1)
		}
		b.Steps = append(b.Steps, runbook.Step{ID: id, Title: title, Phase: phase, Hash: "h-" + id, Items: items})
		return &b.Steps[len(b.Steps)-1]
	}
	add("contain", "stop-the-writes", "Stop the writes", command("lifeboat convex pause", "")).Moments = []string{"writes_stopped"}
	add("contain", "keep-the-damage", "Keep the damaged data", command("lifeboat convex export --path \"$EVIDENCE/damaged.zip\"", ""),
		check("The archive lists every table"))
	add("restore", "choose-the-snapshot", "Choose the snapshot", command("lifeboat snapshot list | newest-clean", ""),
		runbook.Item{Kind: runbook.Question, Text: "Restore to", Ask: &runbook.Ask{Name: "RESTORE_TO", Type: "time"}})
	add("restore", "try-it", "Try it on staging", check("Staging shows the newest order")).Optional = true
	add("restore", "restore", "Restore production", command("lifeboat convex import --replace-all \"$SNAPSHOT\"", "")).Witness = true
	add("restore", "resume-service", "Resume the service", command("lifeboat convex unpause", ""), check("A customer can place an order")).Reached = []string{"critical"}
	add("restore", "tell-the-customers", "Tell the customers", command("post-status resolved", "live"))
	add("restore", "reconcile", "Reconcile what was discarded", check("Every discarded order is on the list")).Reached = []string{"full"}
	return b
}

func command(text string, when runbook.Mode) runbook.Item {
	return runbook.Item{Kind: runbook.Command, Text: text, Blocks: []*runbook.Block{{Lang: "sh", Text: text, When: when, Hash: text}}}
}

func check(text string) runbook.Item { return runbook.Item{Kind: runbook.Check, Text: text} }

func opened(b *runbook.Book) runbook.BookOpened {
	return runbook.BookOpened{Book: b.Name, Version: b.Version, Hash: b.Hash, Source: b.Source, Foreign: b.Foreign, Why: "start"}
}

func ref(id string) runbook.Ref { return runbook.At("corruption", id) }

func enter(id, by string) runbook.StepEntered { return runbook.StepEntered{Step: ref(id), By: by} }

func intend(n int, item, text string) runbook.CommandIntended {
	return runbook.CommandIntended{Attempt: n, Item: ref(item), Text: text, Shell: "bash", Dir: "/srv/shop"}
}

func ticked(item, as string) runbook.ItemTicked { return runbook.ItemTicked{Item: ref(item), As: as} }
