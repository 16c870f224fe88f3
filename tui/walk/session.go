package walk

import (
	"context"
	"sync"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/look"
)

// A Walker carries intents out. Do and Tend are called by one goroutine at a
// time; Add and Interrupt may be called beside them.
type Walker interface {
	// Do carries an intent out, and returns when its outcome is on disk. When
	// ctx ends it returns early; a command that runs goes on.
	Do(ctx context.Context, in runbook.Intent) error
	// Tend takes in what others wrote, looks at the clocks, and writes down what
	// ended in the background. It is called every second while nothing else is.
	Tend(ctx context.Context) error
	// Add appends a fact, such as a note, whatever Do is about.
	Add(ctx context.Context, in runbook.Intent) error
	// Interrupt stops the command in the foreground, and says whether there was
	// one.
	Interrupt() bool
}

// A Session is a run that is walked here.
type Session struct {
	look.Story
	Walker Walker
	Feed   *Feed
	Close  func() // lets go of the run; called once, when nothing is under way
	Person string // who is at the keys
	Shell  string // what opens a shell; "": nothing does

	Remarks []string // said once, at the start
}

// A Feed brings what the log has, and what the engine asks, to the screen. All
// of its methods may be called from any goroutine; nothing is ever dropped.
type Feed struct {
	After func(time.Duration) <-chan time.Time
	Heed  func(ctx context.Context) // called every second while an answer is awaited, by whoever asks

	mu      sync.Mutex
	records []runbook.Record
	books   runbook.Books
	asked   []*asked
	wake    chan struct{}
	once    sync.Once
}

// asked is a question that waits for its answer.
type asked struct {
	prompt runbook.Prompt
	reply  chan answer // has room for one
	gone   <-chan struct{}
}

type answer struct {
	reply runbook.Reply
	err   error
}

func (f *Feed) signal() chan struct{} {
	f.once.Do(func() { f.wake = make(chan struct{}, 1) })
	return f.wake
}

func (f *Feed) ring() {
	select {
	case f.signal() <- struct{}{}:
	default: // it was rung, and nobody has come yet
	}
}

// Watch takes records that are on disk, in their order, with the books that
// they opened.
func (f *Feed) Watch(records []runbook.Record, opened runbook.Books) {
	f.mu.Lock()
	f.records = append(f.records, records...)
	for name, b := range opened {
		if f.books == nil {
			f.books = runbook.Books{}
		}
		f.books[name] = b
	}
	f.mu.Unlock()
	f.ring()
}

// Ask puts a question to whoever looks at the screen, and waits.
func (f *Feed) Ask(ctx context.Context, p runbook.Prompt) (runbook.Reply, error) {
	q := &asked{prompt: p, reply: make(chan answer, 1), gone: ctx.Done()}
	f.mu.Lock()
	f.asked = append(f.asked, q)
	f.mu.Unlock()
	f.ring()
	for {
		select {
		case a := <-q.reply:
			return a.reply, a.err
		case <-ctx.Done():
			return runbook.Reply{}, ctx.Err()
		case <-f.After(time.Second):
			if f.Heed != nil {
				f.Heed(ctx)
			}
		}
	}
}

// take empties the feed.
func (f *Feed) take() ([]runbook.Record, runbook.Books, []*asked) {
	f.mu.Lock()
	defer f.mu.Unlock()
	records, books, questions := f.records, f.books, f.asked
	f.records, f.books, f.asked = nil, nil, nil
	return records, books, questions
}

// errDeclined is the answer of somebody who gives none.
var errDeclined = &runbook.Refusal{Reason: "no answer was given, so nothing was done"}
