package report

import "time"

// Step is a step of a book that the run followed.
type Step struct {
	Ref     string    `json:"ref"`
	Title   string    `json:"title"`
	Phase   string    `json:"phase,omitempty"`
	Status  string    `json:"status"` // done, skipped, not taken, not exercised, open, not reached
	Round   int       `json:"round"`  // 0: never entered; 2 and more: done again
	Entered time.Time `json:"entered,omitzero"`
	Closed  time.Time `json:"closed,omitzero"`
	Spent   Duration  `json:"spent_ms"`                   // while the walk stood on it, over all rounds
	Machine Duration  `json:"machine_ms"`                 // its commands' running time, those in the background left out
	Waiting Duration  `json:"waiting_ms"`                 // Spent less Machine: people
	Away    Duration  `json:"away_ms"`                    // of Spent, in the newest round, while nobody walked the run
	Paused  Duration  `json:"paused_ms"`                  // of Spent, in the newest round, while a drill's clocks stood
	AtLeast bool      `json:"machine_at_least,omitempty"` // a command of it has no end on record, so Machine may be too little and Waiting too much
	Usual   *Usual    `json:"usual,omitempty"`
	Compare string    `json:"compare,omitempty"` // in words
	By      string    `json:"by,omitempty"`      // who closed it
	Person  string    `json:"second_person,omitempty"`
	Alone   string    `json:"alone,omitempty"`  // why there was no second person
	Reason  string    `json:"reason,omitempty"` // for a skip, or for not being taken or exercised
	Gone    bool      `json:"gone,omitempty"`   // the book has no such step any more
}

// Usual is how long a step took in earlier runs of the same mode.
type Usual struct {
	Median Duration `json:"median_ms"`
	P90    Duration `json:"p90_ms"`
	N      int      `json:"n"` // runs; 0: the author's guess
}

// Coverage says what a drill tried. The counts are commands.
type Coverage struct {
	Steps    map[string]int `json:"steps"`    // how many of each status; JSON sorts them by name
	Commands map[string]int `json:"commands"` // how many of each state; see Covered
	List     []Covered      `json:"list,omitempty"`
	Words    string         `json:"words"`
}

// Covered is one command of a book.
type Covered struct {
	Item  string `json:"item"`
	Block int    `json:"block"` // place within the item, from 1
	Text  string `json:"text"`  // its first line
	State string `json:"state"` // exercised, failed, unknown, by hand, not exercised, skipped, not taken, not reached
	Why   string `json:"why,omitempty"`
}

// Attempt is one command on its way.
type Attempt struct {
	Number     int       `json:"attempt"` // from 1, within the run
	Seq        uint64    `json:"seq"`
	Item       string    `json:"item,omitempty"` // absent: ad hoc
	Step       string    `json:"step,omitempty"` // its title
	For        string    `json:"for,omitempty"`  // identify, preview, rollback, probe, adhoc; absent: the step's command itself
	Actor      string    `json:"actor,omitempty"`
	Text       string    `json:"text"` // as the shell was given it, redacted
	Shell      string    `json:"shell,omitempty"`
	Dir        string    `json:"dir,omitempty"`
	Target     string    `json:"target,omitempty"` // when it isn't the run's
	Identity   string    `json:"identity,omitempty"`
	Same       bool      `json:"same_identity,omitempty"` // it was the expected one
	Secrets    []string  `json:"secrets,omitempty"`       // names
	Background bool      `json:"background,omitempty"`
	Terminal   bool      `json:"interactive,omitempty"` // it had the terminal to itself
	Intended   time.Time `json:"intended"`
	Started    time.Time `json:"started,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`
	Elapsed    *Duration `json:"elapsed_ms,omitempty"` // on a clock that doesn't jump
	Result     string    `json:"result"`               // in a few words
	OK         bool      `json:"ok"`
	Exit       *int      `json:"exit,omitempty"` // absent: it did not exit by itself, or nobody knows
	Signal     string    `json:"signal,omitempty"`
	Why        string    `json:"why,omitempty"`      // exited, timeout, stopped
	Fault      string    `json:"fault,omitempty"`    // why it never started, or why nobody can tell that it went well
	Note       string    `json:"note,omitempty"`     // what the record lacks of one that ended well
	Expected   string    `json:"expected,omitempty"` // met, missed; absent: nothing was expected
	Output     *Output   `json:"output,omitempty"`
	NoOutput   string    `json:"no_output,omitempty"` // why there is none
	Survivors  bool      `json:"survivors,omitempty"` // something that it started went on running
	Again      bool      `json:"tried_again,omitempty"`
	Unknown    *Unknown  `json:"unknown,omitempty"`
}

// Output is what a command printed, as it is kept beside the log.
type Output struct {
	File   string `json:"file"`  // relative to the run's folder
	Bytes  int64  `json:"bytes"` // of the redacted text, before compression
	Lines  int64  `json:"lines"`
	Digest string `json:"digest,omitempty"` // SHA-256 of the redacted text, hex
}

// Unknown is an outcome that nobody knew, and how that was settled.
type Unknown struct {
	Seq     uint64  `json:"seq"`
	Seen    string  `json:"seen"` // running, gone, not_started
	Output  *Output `json:"output,omitempty"`
	Settled string  `json:"settled,omitempty"` // in words; absent: not settled
	By      uint64  `json:"settled_by,omitempty"`
}

// Deviation is a place where the run left the document.
type Deviation struct {
	Seq      uint64    `json:"seq"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor,omitempty"`
	Kind     string    `json:"kind"` // skipped, edited, different, released, alone, contaminated
	Ref      string    `json:"ref"`
	Where    string    `json:"where"` // the step's title, and the item
	What     string    `json:"what"`
	Reason   string    `json:"reason,omitempty"`
	Original string    `json:"original,omitempty"` // of an edited command
	Text     string    `json:"text,omitempty"`     // as edited, or as found
}

// Fact is a named value that a command reported.
type Fact struct {
	Seq     uint64    `json:"seq"`
	At      time.Time `json:"at"`
	Name    string    `json:"name"`
	Value   string    `json:"value"`
	Attempt int       `json:"attempt,omitempty"`
}

// Answer is a question and what was answered.
type Answer struct {
	Seq      uint64    `json:"seq"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor,omitempty"`
	Item     string    `json:"item"`
	Question string    `json:"question"`
	Name     string    `json:"name,omitempty"` // exported under this name
	Value    string    `json:"value"`
	As       string    `json:"as,omitempty"` // unattended
}

// SecretName says that a secret was given; its value is never on record.
type SecretName struct {
	Seq  uint64    `json:"seq"`
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	From string    `json:"from"` // asked, environment, target, block
}

// Note is what somebody wrote down.
type Note struct {
	Seq   uint64    `json:"seq"`
	At    time.Time `json:"at"`
	Actor string    `json:"actor,omitempty"`
	Tag   string    `json:"tag"`             // note, decision, said, observation, lesson
	Step  string    `json:"step,omitempty"`  // the title of the step that the walk stood on
	Text  string    `json:"text"`            // as corrected
	First string    `json:"first,omitempty"` // before it was corrected
}

// Handover is the passing of the command of the run.
type Handover struct {
	Seq      uint64    `json:"seq"`
	Offered  time.Time `json:"offered"`
	From     string    `json:"from"`
	To       string    `json:"to"` // who was asked, then who accepted
	Summary  string    `json:"summary,omitempty"`
	Accepted time.Time `json:"accepted,omitzero"` // absent: nobody did
}

// Signature is somebody's word on the record.
type Signature struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Person string    `json:"person"`
	As     string    `json:"as,omitempty"`
	Text   string    `json:"text,omitempty"`
	Head   string    `json:"head,omitempty"`   // hash of the record that it covers everything up to
	Covers uint64    `json:"covers,omitempty"` // that record's seq; absent: no record has this hash
}
