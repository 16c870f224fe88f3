package report

import (
	"fmt"
	"slices"
	"time"

	"lifeboat/runbook"
)

// An Input is what a report is made from. Nothing else goes into it.
type Input struct {
	Books   runbook.Books    // as parsed from the texts in the log; one may be missing
	Run     *runbook.Run     // the fold of Records
	Records []runbook.Record // of the run, from the first, in order
	// Usual tells what earlier runs of the same mode know of a step, as
	// runbook.Usuals gives it; nil: nothing is known.
	Usual   func(*runbook.Book, *runbook.Step) (runbook.Usual, bool)
	Now     time.Time // what an open run is measured up to; zero: its last record
	Newest  Head      // the run's last record in the log
	Station Head      // the last record of the station
}

// Build makes the report. It changes nothing that it is given, and keeps none
// of it but strings.
func Build(in Input) *Report {
	if in.Run == nil {
		in.Run = runbook.NewRun()
	}
	b := &builder{Input: in, rep: &Report{Format: Format, Drill: in.Run.Mode == runbook.Drill}}
	if b.Now.IsZero() {
		b.Now = in.Run.Last
	}
	b.now = utc(b.Now)
	b.name = b.bookNames()
	b.main = b.mainBook()
	b.identity()
	b.people()
	b.documents()
	b.moments()
	b.objectives()
	b.downtime()
	b.timings()
	b.loss()
	b.trouble()
	b.steps()
	b.attempts()
	b.deviations()
	b.words()
	b.coverage()
	b.standing()
	b.timeline()
	b.log()
	b.judge()
	return b.rep
}

// A builder is one call of Build on its way. Its methods each fill their part
// of the report from the input; judge and the summary read the other parts.
type builder struct {
	Input
	rep  *Report
	now  time.Time
	name []string      // of the books followed, each once, in the order of opening
	main *runbook.Book // whose objectives decide; an empty book if none is at hand
}

func (b *builder) bookNames() []string {
	var out []string
	for _, f := range b.Run.Books {
		if !slices.Contains(out, f.Book) {
			out = append(out, f.Book)
		}
	}
	return out
}

func (b *builder) mainBook() *runbook.Book {
	for _, name := range b.name {
		if bk := b.Books[name]; bk != nil {
			return bk
		}
	}
	return &runbook.Book{}
}

func (b *builder) identity() {
	r, rep := b.Run, b.rep
	rep.Made, rep.Open = b.now, r.Ended == nil
	rep.Title = b.main.Title
	if rep.Title == "" && len(b.name) > 0 {
		rep.Title = b.name[0]
	}
	rep.Run = Identity{
		ID: r.ID(), Mode: r.Mode, Target: r.Target, Production: r.Production, Auto: r.Auto, Exercise: r.Exercise,
		Scope: r.Scope, Criteria: r.Criteria, Tool: r.Tool, Operator: r.Operator, State: "open", ReadOnly: r.ReadOnly,
	}
	if len(b.Records) > 0 {
		rep.Run.Host = b.Records[0].Host
	}
	for _, target := range sortedKeys(r.Identity) {
		rep.Run.Identities = append(rep.Run.Identities, Proof{target, r.Identity[target]})
	}
	rep.When = When{Opened: utc(r.Opened), Last: utc(r.Last), Zone: r.Zone}
	until := b.now
	if r.Ended != nil {
		rep.Run.State, rep.Run.Reason = r.Ended.State, r.Ended.Reason
		rep.When.Ended, until = utc(r.Ended.At), utc(r.Ended.At)
	}
	rep.When.Duration = Duration(max(0, until.Sub(rep.When.Opened)))
	rep.Away = stretches(r.Away, until)
	rep.Pauses = stretches(r.Pauses, until)
	rep.When.Away, rep.When.Paused = total(rep.Away), total(rep.Pauses)
}

func stretches(spans []runbook.Span, until time.Time) []Stretch {
	var out []Stretch
	for _, s := range spans {
		end := utc(s.To)
		if end.IsZero() {
			end = until
		}
		out = append(out, Stretch{utc(s.From), utc(s.To), Duration(max(0, end.Sub(s.From))), s.Reason})
	}
	return out
}

func total(spans []Stretch) Duration {
	var sum Duration
	for _, s := range spans {
		sum += s.Took
	}
	return sum
}

func (b *builder) documents() {
	for _, f := range b.Run.Books {
		book := Book{
			Seq: f.Seq, At: utc(f.Time), Name: f.Book, Version: f.Version, Hash: f.Hash, Source: f.Source,
			Foreign: f.Foreign, Why: f.Why,
		}
		if bk := b.Books[f.Book]; bk != nil {
			book.Title = bk.Title
		}
		b.rep.Books = append(b.rep.Books, book)
	}
}

// standing says what stands where in a run that is still open.
func (b *builder) standing() {
	r := b.Run
	if r.Ended != nil {
		return
	}
	move := runbook.Next(b.Books, r)
	if len(b.Books) == 0 {
		move.Say = "not known: no runbook is at hand"
	}
	s := &Standing{Step: string(r.Current), Next: move.Say, Hold: move.Why, Left: r.Left}
	if r.Current != "" {
		s.Title = b.stepTitle(r.Current)
	}
	for _, a := range r.Running() {
		s.Running = append(s.Running, a.CommandIntended.Attempt)
	}
	if r.Offered != nil {
		s.Offered = r.Offered.To
	}
	s.Done, s.Of = runbook.Progress(b.Books, r)
	if bk := b.Books[r.Current.Book()]; bk != nil {
		usual := func(s *runbook.Step) (runbook.Usual, bool) { return b.usual(bk, s) }
		s.ExpectedEnd = utc(runbook.PaceOf(bk, r, usual, b.now).End)
	}
	b.rep.Standing = s
}

func (b *builder) usual(bk *runbook.Book, s *runbook.Step) (runbook.Usual, bool) {
	if b.Usual == nil {
		return runbook.Usual{}, false
	}
	return b.Usual(bk, s)
}

func (b *builder) log() {
	r := b.Run
	l := Log{Records: len(b.Records), Run: Head{r.Seq, r.Hash}, Newest: b.Newest, Station: b.Station}
	switch {
	case uint64(len(b.Records)) != r.Seq:
		l.Gap = fmt.Sprintf("%d records are at hand, but the state is that after record %d", len(b.Records), r.Seq)
	case b.Newest.Seq > r.Seq:
		l.Gap = fmt.Sprintf("the log has gone on to record %d", b.Newest.Seq)
	case b.Newest.Seq != 0 && (b.Newest.Seq != r.Seq || b.Newest.Hash != r.Hash):
		l.Gap = fmt.Sprintf("the log says that its last record is %d with another hash or place", b.Newest.Seq)
	}
	b.rep.Log = l
}

// record is the record with a seq; ok is false if it isn't at hand.
func (b *builder) record(seq uint64) (runbook.Record, bool) {
	if seq < 1 || seq > uint64(len(b.Records)) {
		return runbook.Record{}, false
	}
	return b.Records[seq-1], true
}

// stepTitle names a step for people: its title, or its reference where the book
// doesn't have it.
func (b *builder) stepTitle(ref runbook.Ref) string {
	if _, s, ok := b.Books.Step(ref.Step()); ok && s.Title != "" {
		return s.Title
	}
	return string(ref.Step())
}

// itemText names an item for people.
func (b *builder) itemText(ref runbook.Ref) string {
	if _, _, it, ok := b.Books.Item(ref); ok && it.Text != "" {
		return it.Text
	}
	return string(ref)
}

// where names an item with its step.
func (b *builder) where(ref runbook.Ref) string {
	if ref == "" {
		return "no step"
	}
	if ref.Step() == ref {
		return b.stepTitle(ref)
	}
	return b.stepTitle(ref) + ": " + b.itemText(ref)
}
