package engine

import (
	"context"
	"time"

	"lifeboat/runbook"
)

// Ports are everything that an engine needs from the world.
type Ports struct {
	Log     Log
	Shell   Shell
	Clock   Clock
	Asker   Asker
	Output  Output
	Library Library
	Secrecy Secrecy
	Targets func(name string) (Target, error)                        // an unknown name is an error
	Usual   func(*runbook.Book, *runbook.Step) (runbook.Usual, bool) // what earlier runs tell; nil: nothing
	Watch   func([]runbook.Record)                                   // told of every record once it is on disk, in order; nil: nobody watches
}

// An Entry is an event on its way into the log.
type Entry struct {
	runbook.Meta
	Event runbook.Event
}

// A Batch is appended whole or not at all.
type Batch struct {
	Entries []Entry
	Books   [][]byte // texts that the entries refer to by hash
	StepEnd bool     // what is outside of the log about its end is made durable too

	// Station gives what is appended to the station in the same transaction: it
	// is told the batch's last record. nil: nothing.
	Station func(last runbook.Record) []Entry
}

// Log is one run's stream, and the station's. Others may append facts to both.
type Log interface {
	// Append returns when the batch is on disk, with the records that it made.
	// After an error nothing of it is, as far as can be known.
	Append(ctx context.Context, b Batch) ([]runbook.Record, error)
	// Read gives the run's records after a sequence number, oldest first.
	Read(ctx context.Context, after uint64) ([]runbook.Record, error)
	// Book gives the text that was followed under a hash.
	Book(ctx context.Context, hash string) ([]byte, error)
	// PutHead stores a summary of the run as it is.
	PutHead(ctx context.Context, h runbook.Head) error
}

// Shell runs commands that outlive this process.
type Shell interface {
	// Folder is where an attempt keeps its files.
	Folder(attempt int) string
	// Exists says whether a directory is there, for a command to run in.
	Exists(dir string) bool
	// Start returns when the command runs.
	Start(ctx context.Context, job runbook.Job) (Process, error)
	// Attach finds an attempt of an earlier process.
	Attach(ctx context.Context, attempt int, started *runbook.Started) (Process, Found, error)
}

// Found is what became of a command while nobody looked.
type Found string

// What Attach can find.
const (
	FoundRunning    Found = "running"     // kept: the process can be waited for
	FoundEnded      Found = "ended"       // its outcome is there: Wait gives it at once
	FoundAlive      Found = "alive"       // it runs, but nobody keeps its output
	FoundGone       Found = "gone"        // it started, and left no outcome
	FoundNotStarted Found = "not_started" // it certainly never started
)

// A Process is a command that was started.
type Process interface {
	Started() runbook.Started
	// Done is closed when the outcome is there.
	Done() <-chan struct{}
	// Outcome waits for it.
	Outcome(ctx context.Context) (runbook.Outcome, error)
	// Stop ends its process group: first politely, then not.
	Stop() error
}

// Clock tells time three ways, so that jumps and sleep can be told apart.
type Clock interface {
	Now() time.Time       // wall time
	Boot() time.Duration  // since some start, the machine's sleep included
	Awake() time.Duration // the same without its sleep
	After(d time.Duration) <-chan time.Time
}

// Asker puts questions to a person. An error means that there is no answer, and
// that what it was asked for does not happen.
type Asker interface {
	Ask(ctx context.Context, p runbook.Prompt) (runbook.Reply, error)
}

// Output reads what commands printed: redacted text.
type Output interface {
	// Lines gives the first lines that aren't blank, made harmless, and how many
	// such lines there are.
	Lines(file string, most int) (lines []string, count int, err error)
	// Text gives the output, trimmed; more than most bytes is an error.
	Text(file string, most int) (string, error)
	// Matches says whether the output holds what was expected.
	Matches(file string, e runbook.Expect) (bool, error)
}

// Library finds the books that a book links to.
type Library interface {
	Open(link string, from *runbook.Book) (*runbook.Book, error)
	Parse(name string, text []byte) (*runbook.Book, error)
}

// Secrecy keeps values of secrets out of what people type.
type Secrecy interface {
	// Scrub replaces every form of the values.
	Scrub(text string, secrets []runbook.Named) string
	// Holds names the secret whose value a text holds; "": none.
	Holds(text string, secrets []runbook.Named) string
	// Looks says whether a variable of this name is treated as a secret.
	Looks(name string) bool
}

// A Target is where a run acts.
type Target struct {
	Name       string
	Production bool
	Env        []string // NAME=value, over the environment of the shell
	Identify   string   // shell text; "": what the book says
}
