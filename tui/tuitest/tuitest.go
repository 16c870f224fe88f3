// Package tuitest runs a whole Bubble Tea program on an emulated terminal, and
// reads its screen as cells. It is for tests, and for the pictures of the README.
//
// There are two rings around one Screen. Run and Open run a model in a bubble of
// testing/synctest, with Bubble Tea's own renderer and a clock that starts at
// 2000-01-01 00:00 UTC: a test never polls, since when Settle returns everything
// that was due has happened and is drawn. Start runs a real process on a real
// pseudo-terminal, under a shell that has job control, for what only a process
// has: raw mode, signals, ctrl+z, the state in which it leaves the terminal. It
// waits for what the screen shows, never for time.
//
// A channel that a model waits on must belong to the bubble, or the clock stands
// still: make the model inside of it and use Open, unless it has no goroutines.
//
// The package imports nothing of ours, and no program imports it.
package tuitest

import (
	"context"
	"io"
	"sync"
)

// A T is what the package needs of a *testing.T. A program that is no test may
// bring its own.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(f func())
	Context() context.Context
}

// A queue is what was written and not read yet. Writing never blocks: a terminal
// that waited for its program to read an answer, while the program waits for the
// terminal to take its output, would wait for ever.
type queue struct {
	mu     sync.Mutex
	bytes  []byte
	closed bool
	more   chan struct{} // has one element if there may be something to read
}

func newQueue() *queue { return &queue{more: make(chan struct{}, 1)} }

// Write appends to the queue. What comes after the end is dropped.
func (q *queue) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.bytes = append(q.bytes, p...)
		q.wake()
	}
	return len(p), nil
}

// Read takes what is there, and waits if that is nothing.
func (q *queue) Read(p []byte) (int, error) {
	for {
		if n, err := q.take(p); n > 0 || err != nil {
			return n, err
		}
		<-q.more
	}
}

func (q *queue) take(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := copy(p, q.bytes)
	q.bytes = q.bytes[n:]
	if len(q.bytes) > 0 || q.closed {
		q.wake() // the next Read need not wait
	}
	if n == 0 && q.closed {
		return 0, io.EOF
	}
	return n, nil
}

// close ends the queue for its reader, who still gets what was written.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}
