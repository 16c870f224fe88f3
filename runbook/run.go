package runbook

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// A Run is where an incident or a drill stands after some prefix of its log.
// Screens, commands and reports all read this value. Its maps and pointers
// belong to it: they change when the next record is applied.
type Run struct {
	RunOpened
	Seq      uint64    // of the last record
	Hash     string    // of the last record
	Opened   time.Time // when the run was declared
	Last     time.Time // when the last record was written
	Operator string    // who holds the command
	ReadOnly string    // why the walk can't go on with this lifeboat; "": it can

	Books   []Followed // in the order in which they were opened
	Walked  []string   // of them, those that the run has to come through: the first, and where choices led
	Current Ref        // the step that the walk stands on; "": none yet
	Steps   map[Ref]*StepState
	Items   map[Ref]*ItemState
	Detours []Detour

	Attempts []*Attempt        // every command; attempt n stands at n-1
	Dir      string            // the directory that carries over; "": where the walk was started
	Set      map[string]string // variables that carry over: answers and facts among them
	Unset    map[string]bool
	Withheld map[string]int // variables in memory only, with the attempt that set them
	Facts    []Reported
	Answers  map[string]string // what questions exported
	Given    map[string]string // secrets that were given: name to where from
	Identity map[string]string // target to what identify answered first

	Moments map[string]Moment
	Reaches map[string]*Reach
	Pauses  []Span
	Jumps   []Jump
	Warned  map[string]bool // "critical 75"

	Roles      map[string]string // role to person
	Offered    *CommandPassed    // a hand-over that nobody accepted yet
	Notes      []Note
	Preflight  []PreflightChecked
	Left       string // why nobody walks it; "": somebody does
	Away       []Span // while nobody did
	Ended      *Ended
	Signed     []Signature
	Late       []WrittenLate
	Deviations []Deviation

	since time.Time // from when the current step's time is counted
}

// Followed is a book that the run follows.
type Followed struct {
	BookOpened
	Seq  uint64
	Time time.Time
}

// Status is where a step stands.
type Status string

// The states of a step.
const (
	Waiting  Status = ""
	Entered  Status = "entered"
	Finished Status = "finished"
	Skipped  Status = "skipped"
	NotTaken Status = "not taken"
)

// StepState is where a step stands in its newest round.
type StepState struct {
	Status       Status
	Round        int // 1, and one more each time it is opened again
	Entered      time.Time
	Closed       time.Time     // finished or skipped
	Spent        time.Duration // while the walk stood on it, over all rounds
	Person       string        // the second person
	Alone        string
	Reason       string // for the skip
	NotExercised bool
}

// A Hold is why an item can't simply go on.
type Hold string

// The kinds of holds.
const (
	NoHold       Hold = ""
	Failed       Hold = "failed"       // a command failed
	Unexpected   Hold = "unexpected"   // its output lacks what was expected
	Unsure       Hold = "unknown"      // nobody knows how it ended
	Contaminated Hold = "contaminated" // the recovery point is later than the first damage
)

// ItemState is where an item stands in the newest round of its step.
type ItemState struct {
	Done      bool
	As        string // see ItemTicked; "answered" and "chosen" for the other kinds
	Value     string
	Different string
	At        time.Time
	Hold      Hold
	Why       string // of the hold, one line
	Attempts  []int  // of its blocks, previews and rollbacks, oldest first
	Next      int    // place of the block that is next, or that is held
	Chosen    *ChoiceMade

	// What was decided about it holds over all rounds.
	Armed  map[string]bool // hashes of blocks
	Filled map[string]string
	Edited map[int]BlockEdited
	Danger *DangerConfirmed // since the last time its block ended
}

// LeftOut says that an item counts as done though nobody did it.
func (it ItemState) LeftOut() bool {
	return it.As == "skipped" || it.As == "anyway" || it.As == "not_exercised"
}

// A Detour is a way out of a section that comes back.
type Detour struct {
	Item    Ref
	Section []Ref // where it may go before it comes back
}

// An Attempt is one command: intended, then started, then ended or unknown.
type Attempt struct {
	CommandIntended
	Seq       uint64
	Intended  time.Time
	By        string
	Run       *CommandStarted
	RunAt     time.Time
	End       *CommandFinished
	EndAt     time.Time
	Lost      *OutcomeUnknown
	Settled   bool // a lost outcome that somebody decided on
	Answer    string
	Identical bool // the answer was the expected one
}

// Open says that its outcome isn't on record yet.
func (a *Attempt) Open() bool { return a.End == nil && a.Lost == nil }

// Aside says whether a command only looks at the target for the question that
// follows it: what it prints stands there.
func (e CommandIntended) Aside() bool { return e.For == "identify" || e.For == "preview" }

// lives says that it was last seen running by somebody who could not wait for
// it, and that nobody decided on it since.
func (a *Attempt) lives() bool { return a.Lost != nil && a.Lost.Seen == "running" && !a.Settled }

// missed says that it ended well, but did not show what was expected.
func (a *Attempt) missed() bool {
	e := a.End
	return e != nil && e.Exit == 0 && e.Why == Exited && e.Fault == "" && e.Expected == "missed"
}

// OK says that it ended well and showed what was expected.
func (a *Attempt) OK() bool {
	return a.End != nil && a.End.Exit == 0 && a.End.Why == Exited && a.End.Fault == "" && a.End.Expected != "missed"
}

// Reported is a fact with where it came from.
type Reported struct {
	FactReported
	Seq uint64
	At  time.Time
}

// A Moment is an instant that clocks start or stop at; an interval if Latest
// is set.
type Moment struct {
	MomentSet
	Seq uint64
}

// A Reach is the history of one objective: reached, lost, reached again.
type Reach struct {
	Step   Ref
	Stops  []time.Time
	Losses []time.Time // Losses[i] is later than Stops[i]
}

// Stopped says whether its clock stands, and since when.
func (r *Reach) Stopped() (time.Time, bool) {
	if r == nil || len(r.Stops) == 0 || len(r.Losses) >= len(r.Stops) {
		return time.Time{}, false
	}
	return r.Stops[len(r.Stops)-1], true
}

// A Span is a stretch of time; To is zero while it goes on.
type Span struct {
	From, To time.Time
	Reason   string
}

// A Jump is a change of wall time that no passing of time explains.
type Jump struct {
	ClockJumped
	Seq       uint64
	At        time.Time
	Confirmed bool // an operator said that the clock, not the record, was wrong
}

// A Note is something that somebody wrote down.
type Note struct {
	NoteTaken
	Seq   uint64
	At    time.Time
	Actor string
	Fixed string // the text that corrects it; "": it stands
}

// Ended is how the walk ended.
type Ended struct {
	RunEnded
	At  time.Time
	Seq uint64
}

// A Signature is somebody's word on the record.
type Signature struct {
	SignedOff
	At time.Time
}

// A Deviation is a place where the run left the document.
type Deviation struct {
	Kind   string // skipped, edited, different, released, alone, contaminated
	Ref    Ref
	Block  int // place within the item of an edited block
	Text   string
	Reason string
	Seq    uint64
	At     time.Time
	Actor  string
}

// NewRun is the state before the first record.
func NewRun() *Run {
	return &Run{
		Steps: map[Ref]*StepState{}, Items: map[Ref]*ItemState{},
		Set: map[string]string{}, Unset: map[string]bool{}, Withheld: map[string]int{},
		Answers: map[string]string{}, Given: map[string]string{}, Identity: map[string]string{},
		Moments: map[string]Moment{}, Reaches: map[string]*Reach{}, Warned: map[string]bool{},
		Roles: map[string]string{},
	}
}

// Fold replays a run's records from the first.
func Fold(records iter.Seq2[Record, error]) (*Run, error) {
	r := NewRun()
	for rec, err := range records {
		if err != nil {
			return nil, err
		}
		if err := r.Apply(rec); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Step is the state of a step; the zero value if nothing happened there yet.
func (r *Run) Step(ref Ref) StepState {
	if s := r.Steps[ref]; s != nil {
		return *s
	}
	return StepState{}
}

// Item is the state of an item; the zero value if nothing happened there yet.
func (r *Run) Item(ref Ref) ItemState {
	if s := r.Items[ref]; s != nil {
		return *s
	}
	return ItemState{}
}

// Attempt finds an attempt by number; nil if there is none.
func (r *Run) Attempt(n int) *Attempt {
	if n < 1 || n > len(r.Attempts) {
		return nil
	}
	return r.Attempts[n-1]
}

// Running lists the attempts without an outcome, oldest first.
func (r *Run) Running() []*Attempt {
	var out []*Attempt
	for _, a := range r.Attempts {
		if a.Open() {
			out = append(out, a)
		}
	}
	return out
}

// Book is the newest text that is followed under a name.
func (r *Run) Book(name string) (Followed, bool) {
	for i := len(r.Books) - 1; i >= 0; i-- {
		if r.Books[i].Book == name {
			return r.Books[i], true
		}
	}
	return Followed{}, false
}

// Began is when the disruption began: the declaration, until somebody knew
// better. Latest is zero unless it is an interval.
func (r *Run) Began() (at, latest time.Time) {
	if m, ok := r.Moments["began"]; ok {
		return m.Moment, m.Latest
	}
	return r.Opened, time.Time{}
}

// Book is the name of the book that a reference is in.
func (f Ref) Book() string {
	book, _, _ := strings.Cut(string(f), "/")
	return book
}

// Step is the reference of the step that an item is in, or of the step itself.
func (f Ref) Step() Ref {
	parts := strings.SplitN(string(f), "/", 3)
	if len(parts) < 3 {
		return f
	}
	return Ref(parts[0] + "/" + parts[1])
}

// ID is the reference within its book: what Book.Step and Book.Item are asked.
func (f Ref) ID() string {
	_, id, _ := strings.Cut(string(f), "/")
	return id
}

// At is the reference of a step or item of a book.
func At(book, id string) Ref { return Ref(book + "/" + id) }

// Head is the attempt's one-line name, for people.
func (a *Attempt) Head() string {
	line, _, more := strings.Cut(strings.TrimSpace(a.Text), "\n")
	if more {
		line += " …"
	}
	return line
}

// How says in a few words how an attempt ended.
func (a *Attempt) How() string {
	switch e := a.End; {
	case a.Lost != nil:
		return "outcome unknown"
	case e == nil && a.Run == nil:
		return "intended"
	case e == nil:
		return "running"
	case e.Fault != "" && e.Exit <= 0:
		return e.Fault
	case e.Why == Timeout:
		return "ended by its timeout"
	case e.Why == Stopped:
		return "stopped"
	case e.Signal != "":
		return "killed by " + e.Signal
	case e.Exit != 0:
		return fmt.Sprintf("exit %d", e.Exit)
	case e.Expected == "missed":
		return "ended well, without the expected output"
	}
	return "ok"
}
