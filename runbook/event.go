package runbook

import "time"

// An Event is a fact about a run, in the past tense. The set is closed: codec.go
// lists every kind. Once a kind is in a release its meaning never changes; a
// field may be added, and its absence means what it meant before.
type Event interface{ event() }

// A Meta is what every event carries beside its own data.
type Meta struct {
	At    time.Time `json:"at,omitzero"` // when it happened, if not when it was written: the key press, not the save
	Actor string    `json:"actor,omitempty"`
	Role  string    `json:"role,omitempty"`
	Host  string    `json:"host,omitempty"`
	Mono  int64     `json:"mono,omitempty"` // boot-time nanoseconds: goes on while the machine sleeps
}

// A Record is an event with its place in the log. Order is Seq, never time.
type Record struct {
	Seq  uint64
	Time time.Time // when it was written, UTC
	Kind string
	Meta
	Event Event
	Hash  string // of the record in the log, lower-case hex; "": not known
}

// When is the moment at which the event happened.
func (r Record) When() time.Time {
	if !r.At.IsZero() {
		return r.At
	}
	return r.Time
}

// A Ref names a book's step or item within a run: "book/step" or
// "book/step/2".
type Ref string

// The run.
type (
	// RunOpened declares an incident or starts a drill. It is always the first.
	RunOpened struct {
		Run        string `json:"run"`
		Mode       Mode   `json:"mode"`
		Target     string `json:"target"`
		Production bool   `json:"production,omitempty"`
		Auto       bool   `json:"auto,omitempty"`
		Tool       string `json:"tool,omitempty"` // version of lifeboat
		Zone       string `json:"zone,omitempty"` // the operator's time zone, for the report
		Boot       string `json:"boot,omitempty"`
		Exercise   string `json:"exercise,omitempty"` // walkthrough, tabletop, functional, full-scale
		Scope      string `json:"scope,omitempty"`
		Criteria   string `json:"criteria,omitempty"`
	}
	// BookOpened says which text is followed from here on.
	BookOpened struct {
		Book    string `json:"book"`
		Version string `json:"version,omitempty"`
		Hash    string `json:"hash"`
		Source  string `json:"source,omitempty"`
		Foreign bool   `json:"foreign,omitempty"`
		Why     string `json:"why"` // start, link, edited
	}
	// MomentSet fixes a moment; the last one set holds.
	MomentSet struct {
		Name      string    `json:"name"` // began, detected, acknowledged, recovery_point, writes_stopped, restored, service_back, …
		Moment    time.Time `json:"moment"`
		Latest    time.Time `json:"latest,omitzero"` // of an interval
		Certainty string    `json:"certainty,omitempty"`
		Source    string    `json:"source,omitempty"`
		Reason    string    `json:"reason,omitempty"`
	}
	// PreflightChecked is the answer to one question asked before the start.
	PreflightChecked struct {
		Check string `json:"check"`
		OK    bool   `json:"ok"`
		Found string `json:"found,omitempty"`
	}
	// RoleTaken says who holds a role.
	RoleTaken struct {
		Name   string `json:"name"`
		Person string `json:"person"`
	}
	// CommandPassed offers the command of the run to somebody else.
	CommandPassed struct {
		From    string `json:"from"`
		To      string `json:"to"`
		Summary string `json:"summary,omitempty"`
	}
	// CommandAccepted completes a hand-over.
	CommandAccepted struct {
		From    string `json:"from"`
		To      string `json:"to"`
		Summary string `json:"summary,omitempty"`
	}
	// RunLeft says that nobody walks the run any more. It stays open.
	RunLeft struct {
		Why string `json:"why"` // asked, hangup, signal, panic, input
	}
	// RunResumed says that somebody walks it again.
	RunResumed struct {
		PID  int           `json:"pid"`
		Boot string        `json:"boot,omitempty"`
		Away time.Duration `json:"away,omitempty"` // nanoseconds since the record before
		Tool string        `json:"tool,omitempty"`
	}
	// RunEnded closes the walk; facts may still be added.
	RunEnded struct {
		State  string `json:"state"` // recovered, failed, abandoned
		Reason string `json:"reason,omitempty"`
	}
	// SignedOff is a person's word that the record is right.
	SignedOff struct {
		Person string `json:"person"`
		As     string `json:"as,omitempty"`
		Text   string `json:"text,omitempty"`
		Head   string `json:"head,omitempty"` // hash of the record before
	}
)

// Steps and items.
type (
	// StepEntered moves the walk to a step.
	StepEntered struct {
		Step Ref    `json:"step"`
		By   string `json:"by"` // next, jump, choice, back, detour
	}
	// StepFinished says that a step is complete. NotExercised: nothing in it
	// applies to this run's mode.
	StepFinished struct {
		Step         Ref    `json:"step"`
		Person       string `json:"person,omitempty"` // the second person
		Alone        string `json:"alone,omitempty"`  // the reason for having none
		NotExercised bool   `json:"not_exercised,omitempty"`
	}
	// StepSkipped leaves a step out. It stops no clock.
	StepSkipped struct {
		Step   Ref    `json:"step"`
		Reason string `json:"reason,omitempty"`
		Person string `json:"person,omitempty"`
		Alone  string `json:"alone,omitempty"`
	}
	// StepReopened starts a further attempt of a step; its items are open again.
	StepReopened struct {
		Step   Ref    `json:"step"`
		Reason string `json:"reason,omitempty"`
	}
	// ChoiceMade says where the walk goes on.
	ChoiceMade struct {
		Step     Ref    `json:"step"`
		Item     Ref    `json:"item"`
		Option   int    `json:"option"` // from 1
		Text     string `json:"text"`
		To       Ref    `json:"to"`
		NotTaken []Ref  `json:"not_taken,omitempty"`
		Detour   bool   `json:"detour,omitempty"`  // the walk comes back to Item
		Section  []Ref  `json:"section,omitempty"` // of a detour: where it may go before it comes back
	}
	// ItemTicked says that an item is done.
	ItemTicked struct {
		Item      Ref    `json:"item"`
		Value     string `json:"value,omitempty"`
		As        string `json:"as"`                  // seen, confirmed, by_hand, succeeded, unattended, not_exercised
		Different string `json:"different,omitempty"` // what was found instead of what was expected
	}
	// QuestionAnswered gives a question's value.
	QuestionAnswered struct {
		Item  Ref    `json:"item"`
		Name  string `json:"name,omitempty"` // exported under this name
		Value string `json:"value"`
		As    string `json:"as,omitempty"` // unattended
	}
	// BlockArmed lets a foreign file's block run.
	BlockArmed struct {
		Item Ref    `json:"item"`
		Hash string `json:"hash"`
	}
	// BlankFilled gives a placeholder's text for this run.
	BlankFilled struct {
		Item  Ref    `json:"item"`
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	// BlockEdited changes a block for this run: a deviation.
	BlockEdited struct {
		Item   Ref    `json:"item"`
		Block  int    `json:"block,omitempty"` // place within the item, from 0
		Text   string `json:"text"`
		Reason string `json:"reason,omitempty"`
	}
	// ObjectiveReached stops an objective's clock.
	ObjectiveReached struct {
		Objective string `json:"objective"`
		Step      Ref    `json:"step,omitempty"`
	}
	// ObjectiveLost starts it again: the service failed once more.
	ObjectiveLost struct {
		Objective string `json:"objective"`
		Reason    string `json:"reason,omitempty"`
	}
)

// Commands.
type (
	// CommandIntended is on disk before anything is started.
	CommandIntended struct {
		Attempt    int      `json:"attempt"` // from 1, unique within the run
		Item       Ref      `json:"item,omitempty"`
		Block      int      `json:"block,omitempty"`
		For        string   `json:"for,omitempty"` // identify, preview, rollback, probe, adhoc; "": the block itself
		Text       string   `json:"text"`
		Shell      string   `json:"shell"`
		Dir        string   `json:"dir,omitempty"`
		Target     string   `json:"target,omitempty"` // when it isn't the run's
		Background bool     `json:"background,omitempty"`
		Probe      bool     `json:"probe,omitempty"`
		Terminal   bool     `json:"terminal,omitempty"`
		Secrets    []string `json:"secrets,omitempty"` // names
	}
	// TargetIdentified says where the run would act.
	TargetIdentified struct {
		Attempt  int    `json:"attempt"`
		Item     Ref    `json:"item"`
		Answer   string `json:"answer"`
		Expected string `json:"expected,omitempty"` // the answer of before; another one stops the run
	}
	// DangerConfirmed says what was typed before something destructive.
	DangerConfirmed struct {
		Item    Ref    `json:"item"`
		Target  string `json:"target"`
		Count   int    `json:"count"`
		Preview int    `json:"preview,omitempty"` // attempt that listed what will be touched
		As      string `json:"as,omitempty"`      // unattended
	}
	// CommandStarted says that it runs.
	CommandStarted struct {
		Attempt int    `json:"attempt"`
		PID     int    `json:"pid"`
		Process string `json:"process,omitempty"`
		Boot    string `json:"boot,omitempty"`
		Keeper  int    `json:"keeper,omitempty"`
	}
	// CommandFinished says how it ended.
	CommandFinished struct {
		Attempt   int               `json:"attempt"`
		Exit      int               `json:"exit"`
		Signal    string            `json:"signal,omitempty"`
		Why       Why               `json:"why"`
		Fault     string            `json:"fault,omitempty"` // why it never started, or why nobody can tell that it went well
		Note      string            `json:"note,omitempty"`  // what the record lacks of a command that ended well
		Started   time.Time         `json:"started,omitzero"`
		Ended     time.Time         `json:"ended,omitzero"`
		Elapsed   time.Duration     `json:"elapsed,omitempty"` // nanoseconds
		Output    Kept              `json:"output,omitzero"`
		Expected  string            `json:"expected,omitempty"` // met, missed; "": nothing was expected
		Dir       string            `json:"dir,omitempty"`
		Set       map[string]string `json:"set,omitempty"`
		Unset     []string          `json:"unset,omitempty"`
		Withheld  []string          `json:"withheld,omitempty"`
		Captured  bool              `json:"captured,omitempty"`
		Survivors bool              `json:"survivors,omitempty"`
		Again     bool              `json:"again,omitempty"` // a failed try of a probe that is tried again
	}
	// OutcomeUnknown says that nobody knows how it ended: a fact to decide on.
	OutcomeUnknown struct {
		Attempt int    `json:"attempt"`
		Seen    string `json:"seen"` // running, gone, not_started
		Output  Kept   `json:"output,omitzero"`
	}
	// HoldReleased says how the walk went on after a hold.
	HoldReleased struct {
		Item   Ref    `json:"item"`
		How    string `json:"how"` // again, edited, skipped, rolled_back, counts_as_done, anyway
		Reason string `json:"reason,omitempty"`
		More   bool   `json:"more,omitempty"` // the item has blocks after the one that was held
	}
	// FactReported is a named value that a command reported.
	FactReported struct {
		Name    string `json:"name"`
		Value   string `json:"value"`
		Attempt int    `json:"attempt,omitempty"`
	}
)

// Words, secrets, time and trouble.
type (
	// NoteTaken is what somebody wrote down.
	NoteTaken struct {
		Text string `json:"text"`
		Tag  string `json:"tag,omitempty"` // note, decision, said, observation, lesson
		Step Ref    `json:"step,omitempty"`
	}
	// Corrected amends an earlier record, which stays as it is.
	Corrected struct {
		Seq   uint64 `json:"seq"`
		Text  string `json:"text,omitempty"`
		Value string `json:"value,omitempty"`
	}
	// SecretGiven says that a value arrived, never which.
	SecretGiven struct {
		Name string `json:"name"`
		From string `json:"from"` // asked, environment, target, block
	}
	// ClockPaused stops a drill's clocks; in a live run it has no effect.
	ClockPaused struct {
		Reason string `json:"reason"`
	}
	// ClockResumed lets them run again.
	ClockResumed struct{}
	// ClockJumped says that wall time moved without time passing, or that the
	// machine slept.
	ClockJumped struct {
		Delta time.Duration `json:"delta"` // nanoseconds; negative: set back
		Clock string        `json:"clock"` // step, suspend
	}
	// WarningGiven says that the operator was told once.
	WarningGiven struct {
		Objective string `json:"objective"`
		Of        string `json:"of"` // 75, 100, latest_start
	}
	// WrittenLate says that facts could not be written when they happened.
	WrittenLate struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
		Why  string    `json:"why"`
	}
)

// The station: what belongs to no run.
type (
	// RunRegistered is written with the batch that opens a run; Seq and Hash are
	// of the batch's last record.
	RunRegistered struct {
		Run  string `json:"run"`
		Book string `json:"book"`
		Seq  uint64 `json:"last"`
		Hash string `json:"hash"`
	}
	// RunSealed is written when a run ends.
	RunSealed struct {
		Run  string `json:"run"`
		Seq  uint64 `json:"last"`
		Hash string `json:"hash"`
	}
)

// Unknown is an event of a kind or version that this lifeboat doesn't know. It
// prints as it is and makes its run read-only.
type Unknown struct {
	Kind string
	V    int
	Data []byte
}
