package runbook

import "time"

// A Job is one block on its way to a shell, with everything that it may
// see. Values of secrets stand in Secrets alone.
type Job struct {
	Attempt  int           // number within the run, from 1: names its folder
	Folder   string        // of this attempt, made by whoever runs it, 0700
	Text     string        // what the shell reads, placeholders filled
	Shell    string        // sh, bash, zsh, fish, pwsh, or the path of an interpreter
	Dir      string        // working directory
	Env      []string      // "NAME=value", complete, without secrets
	Secrets  []Named       // exported to the block, and redacted from all that it prints
	Redact   []Secret      // redacted, not exported
	Timeout  time.Duration // 0: none. Its group is sent TERM, after 10 s KILL
	Discard  bool          // keep no output: it is a secret
	Capture  bool          // hand the output, trimmed, back as Outcome.Captured, in memory only
	Terminal bool          // interactive: it has the terminal to itself; nothing is kept
}

// Named is a secret with the name under which it is exported.
type Named struct {
	Name  string
	Value Secret
}

// Why a command ended.
type Why string

// The ways in which a command ends.
const (
	Exited  Why = "exited"
	Timeout Why = "timeout" // its time ran out
	Stopped Why = "stopped" // the operator stopped it
)

// Started is what is known of a command that runs.
type Started struct {
	PID     int    // of the shell
	Process string // its start time as the kernel tells it, so that a reused pid is noticed
	Boot    string // id of this boot; "": unknown
	Keeper  int    // pid of the process that keeps its output; 0: none
	Time    time.Time
}

// Outcome is how a command ended. Everything in it may be logged, except
// Captured and Withheld values.
type Outcome struct {
	Exit      int    // -1 when a signal ended it or it never started
	Signal    string // "KILL"; "": none
	Why       Why
	Fault     string // why it never started, or why this record is incomplete; "": all is known
	Started   time.Time
	Ended     time.Time
	Elapsed   time.Duration // on a clock that doesn't jump
	Output    Kept
	Dir       string            // directory at the end; "": not captured
	Set       map[string]string // variables that changed
	Unset     []string
	Withheld  map[string]Secret // changed variables that hold a secret or are named like one: memory only
	Captured  bool              // whether the state at its end is known (Dir, Set, Unset, Withheld)
	Facts     []Fact            // what it wrote to LIFEBOAT_FACTS, redacted
	Value     Secret            // its output, trimmed, when Job.Capture asked for it
	Survivors bool              // something it started still runs and holds its output open
}

// Kept is a command's output as it stands on disk: redacted, compressed.
type Kept struct {
	File   string `json:"file,omitempty"`  // relative to the run's folder; "": not recorded
	Bytes  int64  `json:"bytes,omitempty"` // of the redacted output, before compression
	Lines  int64  `json:"lines,omitempty"`
	Digest string `json:"digest,omitempty"` // SHA-256 of the redacted output, lower-case hex
}

// A Fact is a named value that a command reported.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
