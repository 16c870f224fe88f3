package report

import (
	"encoding/json"
	"time"

	"lifeboat/runbook"
)

// Format names the JSON contract. Fields may be added under the same name; a
// meaning never changes.
const Format = "lifeboat-report/1"

// A Duration is a stretch of time. In JSON it is a whole number of
// milliseconds, cut off, and its name ends in _ms.
type Duration time.Duration

// MarshalJSON writes milliseconds.
func (d Duration) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(d).Milliseconds())
}

// UnmarshalJSON reads milliseconds.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var ms int64
	if err := json.Unmarshal(data, &ms); err != nil {
		return err
	}
	*d = Duration(time.Duration(ms) * time.Millisecond)
	return nil
}

// A Range is a duration that is known between two bounds; they are equal when
// it is exact.
type Range struct {
	Min Duration `json:"min_ms"`
	Max Duration `json:"max_ms"`
}

// A Report is everything that is told about a run. Times are UTC (RFC 3339 with
// Z). A field that is absent from the JSON was not recorded; a list that is
// absent has no entries. References (`step`, `item`) are "book/step" and
// "book/step/place"; `seq` is a record's place in the log of the run.
type Report struct {
	Format     string          `json:"format"`
	Made       time.Time       `json:"made"`                 // the moment that the report is about
	Title      string          `json:"title"`                // of the first book; its name if the book is not at hand
	Drill      bool            `json:"drill"`                // an exercise: never counted with live runs
	Open       bool            `json:"open"`                 // the run has not ended
	Verdict    string          `json:"verdict"`              // one sentence
	Conclusion string          `json:"conclusion,omitempty"` // of a drill: pass, pass with findings, fail, incomplete
	Exit       int             `json:"exit"`                 // 0 within every objective, 1 failed or abandoned, 3 an objective missed or not told, 130 open
	Summary    []string        `json:"summary"`              // at most five lines
	Findings   []string        `json:"findings,omitempty"`   // what somebody has to look at, one sentence each
	Run        Identity        `json:"run"`
	When       When            `json:"when"`
	Standing   *Standing       `json:"standing,omitempty"` // where an open run stands
	People     []Person        `json:"people,omitempty"`
	Roles      []RoleHeld      `json:"roles,omitempty"`
	Books      []Book          `json:"books,omitempty"`
	Preflight  []Preflight     `json:"preflight,omitempty"`
	Objectives []Objective     `json:"objectives,omitempty"`
	Downtime   Downtime        `json:"downtime"`
	Timings    []Timing        `json:"timings"`
	Moments    []Moment        `json:"moments,omitempty"`
	Disorder   []string        `json:"disorder,omitempty"` // moments in an order that can't be, one sentence each
	Loss       Loss            `json:"data_loss"`
	Pauses     []Stretch       `json:"pauses,omitempty"` // of a drill's clocks
	Away       []Stretch       `json:"away,omitempty"`   // while nobody walked the run
	Jumps      []Jump          `json:"clock_jumps,omitempty"`
	Warnings   []Warning       `json:"warnings,omitempty"`
	Late       []Late          `json:"written_late,omitempty"`
	Steps      []Step          `json:"steps,omitempty"`
	Coverage   *Coverage       `json:"coverage,omitempty"` // of a drill
	Attempts   []Attempt       `json:"attempts,omitempty"`
	Deviations []Deviation     `json:"deviations,omitempty"`
	Facts      []Fact          `json:"facts,omitempty"`
	Answers    []Answer        `json:"answers,omitempty"`
	Secrets    []SecretName    `json:"secrets,omitempty"`
	Notes      []Note          `json:"notes,omitempty"`
	Handovers  []Handover      `json:"handovers,omitempty"`
	Signatures []Signature     `json:"signatures,omitempty"`
	Timeline   []Entry         `json:"timeline"`
	Omitted    []OmittedByRule `json:"omitted,omitempty"`
	Log        Log             `json:"log"`
}

// Identity says which run it is.
type Identity struct {
	ID         string       `json:"id"`
	Mode       runbook.Mode `json:"mode"` // live, drill
	Target     string       `json:"target,omitempty"`
	Production bool         `json:"production"`
	Auto       bool         `json:"auto"`               // nobody was there: every check was ticked by the program
	Exercise   string       `json:"exercise,omitempty"` // walkthrough, tabletop, functional, full-scale
	Scope      string       `json:"scope,omitempty"`
	Criteria   string       `json:"criteria,omitempty"` // of success, as fixed before the start
	Tool       string       `json:"tool,omitempty"`     // version of lifeboat that opened the run
	Operator   string       `json:"operator,omitempty"` // who holds the command now, or held it last
	Host       string       `json:"host,omitempty"`     // on which it was opened
	State      string       `json:"state"`              // open, recovered, failed, abandoned
	Reason     string       `json:"reason,omitempty"`   // for that end
	ReadOnly   string       `json:"read_only,omitempty"`
	Identities []Proof      `json:"identities,omitempty"` // what each target answered when it was asked who it is
}

// Proof is a target's first answer to the question who it is.
type Proof struct {
	Target string `json:"target"`
	Answer string `json:"answer"`
}

// When says when the run was walked. The judged clocks start at the beginning
// of the disruption, not here.
type When struct {
	Opened   time.Time `json:"opened"`         // the declaration
	Ended    time.Time `json:"ended,omitzero"` // of the walk
	Last     time.Time `json:"last_record"`    // when the last record was written
	Duration Duration  `json:"duration_ms"`    // from Opened to Ended, or to Made while it is open
	Zone     string    `json:"zone,omitempty"` // the operators' time zone
	Away     Duration  `json:"away_ms"`        // while nobody walked it
	Paused   Duration  `json:"paused_ms"`      // a drill's pauses
}

// Standing is where an open run stands.
type Standing struct {
	Step        string    `json:"step,omitempty"`
	Title       string    `json:"title,omitempty"`
	Next        string    `json:"next"`                  // the one next thing
	Hold        string    `json:"hold,omitempty"`        // why it can't simply go on
	Left        string    `json:"left,omitempty"`        // why nobody walks it; absent: somebody does
	Running     []int     `json:"running,omitempty"`     // attempts without an outcome
	Offered     string    `json:"offered,omitempty"`     // to whom a hand-over is on offer
	Done        int       `json:"steps_done"`            // of the book that the walk stands in
	Of          int       `json:"steps_of"`              // of it, without what is not taken
	ExpectedEnd time.Time `json:"expected_end,omitzero"` // by medians of earlier runs, or the author's guesses
}

// A Person is somebody whom the log names.
type Person struct {
	Name     string   `json:"name"`
	As       []string `json:"as,omitempty"` // operator, the roles held, second person, signer, ...
	Steps    int      `json:"steps"`        // closed by them
	Commands int      `json:"commands"`     // run by them
	Records  int      `json:"records"`      // written under their name
}

// RoleHeld is a role and who took it; the last one holds it.
type RoleHeld struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	Role   string    `json:"role"`
	Person string    `json:"person"`
}

// Book is a text that the run followed.
type Book struct {
	Seq     uint64    `json:"seq"`
	At      time.Time `json:"at"`
	Name    string    `json:"name"`
	Title   string    `json:"title,omitempty"`
	Version string    `json:"version,omitempty"`
	Hash    string    `json:"hash"` // SHA-256 of the text, hex
	Source  string    `json:"source,omitempty"`
	Foreign bool      `json:"foreign"` // not written for lifeboat
	Why     string    `json:"why"`     // start, link, edited
}

// Preflight is a question that was asked before the start.
type Preflight struct {
	Seq   uint64 `json:"seq"`
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	Found string `json:"found,omitempty"`
}

// Entry is one record as a sentence. Entries stand in the order of the log.
type Entry struct {
	Seq         uint64    `json:"seq"`
	Kind        string    `json:"kind"`
	At          time.Time `json:"at"`             // when it happened
	Recorded    time.Time `json:"recorded"`       // when it was written
	Late        bool      `json:"late,omitempty"` // the two differ by a second or more
	Actor       string    `json:"actor,omitempty"`
	Role        string    `json:"role,omitempty"`
	Text        string    `json:"text"`
	Corrects    uint64    `json:"corrects,omitempty"`     // the record that this one corrects
	CorrectedBy []uint64  `json:"corrected_by,omitempty"` // the records that correct this one
}

// OmittedByRule lists records that the timeline leaves out, and why.
type OmittedByRule struct {
	Kind string   `json:"kind"`
	Rule string   `json:"rule"`
	Seqs []uint64 `json:"seqs"`
}

// Log says what the report was made from, so that whoever holds it notices a
// log that was changed or cut short later.
type Log struct {
	Records int    `json:"records"`       // that the report was made from
	Run     Head   `json:"run"`           // the last of them
	Newest  Head   `json:"newest"`        // the run's last record in the log when the report was made; seq 0: not given
	Station Head   `json:"station"`       // the last record of the station; seq 0: not given
	Gap     string `json:"gap,omitempty"` // why the report doesn't cover the whole log
}

// Head is a record's place and its hash.
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash,omitempty"` // SHA-256, hex
}
