package report

import (
	"time"

	"lifeboat/runbook"
)

// Objective is a limit and what became of it.
type Objective struct {
	Book       string          `json:"book"`
	Decides    bool            `json:"decides"` // it counts for the result: an objective of the first book
	Name       string          `json:"name"`    // downtime, critical, noncritical, full, data_loss, notify
	Limit      Duration        `json:"limit_ms"`
	Verdict    runbook.Verdict `json:"verdict"`              // met, missed, indeterminate, contaminated, running, not recorded
	Words      string          `json:"words"`                // the verdict with its numbers
	Judged     *Range          `json:"judged,omitempty"`     // what the verdict is about
	Raw        *Range          `json:"raw,omitempty"`        // as the wall clock tells it
	Paused     Duration        `json:"paused_ms"`            // of Raw, by a drill's facilitator
	PauseShare float64         `json:"pause_share"`          // of Raw, 0 to 1; above 0.2 the timing is not representative
	Jumped     Duration        `json:"jumped_ms"`            // what confirmed changes of the wall clock added to Raw; negative: took away
	From       time.Time       `json:"from,omitzero"`        // the beginning, or its early end
	Latest     time.Time       `json:"from_latest,omitzero"` // its late end, of an interval
	Stop       time.Time       `json:"stop,omitzero"`        // absent: it never stopped
	By         string          `json:"stopped_by,omitempty"` // step, "end of the run", "recovery point"
	ByTitle    string          `json:"stopped_by_title,omitempty"`
	Detected   *Range          `json:"since_detected,omitempty"` // to Stop, from detection; told, not judged
	Declared   *Range          `json:"since_declared,omitempty"` // to Stop, from the declaration; told, not judged
	History    []Turn          `json:"history,omitempty"`
}

// Turn is a time when an objective was reached or lost.
type Turn struct {
	Seq    uint64    `json:"seq"`
	At     time.Time `json:"at"`
	What   string    `json:"what"` // reached, lost
	Step   string    `json:"step,omitempty"`
	Title  string    `json:"title,omitempty"` // of that step
	Reason string    `json:"reason,omitempty"`
}

// Downtime is how long the service was out, in all its outages.
type Downtime struct {
	Total   *Range   `json:"total,omitempty"` // absent: no disruption is on record
	Open    bool     `json:"open"`            // it still goes on
	Outages []Outage `json:"outages,omitempty"`
	Words   string   `json:"words"`
}

// Outage is one stretch of downtime.
type Outage struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"`        // absent: it goes on, or the run ended before it was over
	By     string    `json:"ended_by,omitempty"` // the step
	Reason string    `json:"reason,omitempty"`   // why it began, if the service failed again
}

// Timing is the time between two moments of the recovery. One run has a time
// to recover, not a mean time.
type Timing struct {
	Name  string `json:"name"` // "time to detect", "time to recover", ...: see runbook.Timings
	From  string `json:"from"` // the moment that it counts from
	To    string `json:"to"`
	Took  *Range `json:"took,omitempty"`  // raw wall-clock time; absent: not recorded
	Lacks string `json:"lacks,omitempty"` // the moment that is not on record
}

// Moment is an instant that somebody put on record.
type Moment struct {
	Seq       uint64    `json:"seq"`
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
	Latest    time.Time `json:"latest,omitzero"` // of an interval
	Certainty string    `json:"certainty,omitempty"`
	Source    string    `json:"source,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Actor     string    `json:"actor,omitempty"`
	Holds     bool      `json:"holds"` // false: a later record replaced it
}

// Loss is the data that is gone, with its evidence.
type Loss struct {
	Point        *Moment `json:"recovery_point,omitempty"`
	Fact         uint64  `json:"fact_seq,omitempty"`  // the record of the fact that named the point
	Attempt      int     `json:"attempt,omitempty"`   // the command that reported that fact
	Command      string  `json:"command,omitempty"`   // its first line
	Reported     []Fact  `json:"reported,omitempty"`  // what else that command reported
	Window       *Range  `json:"window,omitempty"`    // beginning of the disruption minus recovery point
	Discarded    *Range  `json:"discarded,omitempty"` // writes stopped minus recovery point: written, and gone with a whole restore
	Contaminated bool    `json:"contaminated"`        // the point is later than the first damage
	Settled      string  `json:"settled,omitempty"`   // the reason for going on with a contaminated point
	Words        string  `json:"words"`
}

// Stretch is a pause, or a time when nobody walked the run.
type Stretch struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"` // absent: it goes on
	Took   Duration  `json:"took_ms"`
	Reason string    `json:"reason,omitempty"`
}

// Jump is a change of wall time that no passing of time explains.
type Jump struct {
	Seq       uint64    `json:"seq"`
	At        time.Time `json:"at"`
	Delta     Duration  `json:"delta_ms"`  // negative: set back
	Clock     string    `json:"clock"`     // step: the clock was set; suspend: the machine slept, which counts as time
	Confirmed bool      `json:"confirmed"` // an operator said that the clock was wrong: judged times leave it out
}

// Warning is what the operator was told about an objective.
type Warning struct {
	Seq       uint64    `json:"seq"`
	At        time.Time `json:"at"`
	Objective string    `json:"objective"`
	Of        string    `json:"of"` // 75, 100 (per cent of the limit), latest_start
}

// Late is a time in which facts could not be written when they happened.
type Late struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why,omitempty"`
}
