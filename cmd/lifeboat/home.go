package main

import (
	"context"
	"sync"
	"time"

	"lifeboat/tui"
	"lifeboat/tui/home"
)

// everyHead is more runs than anybody has.
const everyHead = 1 << 30

// An early is something that is asked for before it is needed. get waits for it,
// and panics if that did.
type early[T any] struct {
	get  func() T
	done <-chan struct{}
}

// beside begins to do something beside everything else.
func beside[T any](f func() T) early[T] {
	done := make(chan struct{})
	get := sync.OnceValue(f)
	go func() {
		defer close(done)
		defer func() { _ = recover() }() // here nobody can tell of it
		get()
	}()
	return early[T]{get, done}
}

// A reading is what Home gives.
type reading struct {
	c   home.Contents
	err error
}

// readAhead begins to read what home begins with, while the terminal is made
// ready for it.
func (s *screens) readAhead(ctx context.Context) {
	ahead := beside(func() reading {
		c, err := s.contents(ctx, tui.FirstRuns)
		return reading{c, err}
	})
	s.ahead = &ahead
}

// startGuard starts the guard when the first frame is read, or after a while:
// starting a program takes as long as that.
func (s *screens) startGuard(first *early[reading]) {
	if first != nil {
		select {
		case <-first.done:
		case <-time.After(100 * time.Millisecond):
		}
	}
	_ = s.guard.Start(s.e.self) // without it the screens work as well
}

// Home gives the runbooks and the runs.
func (s *screens) Home(ctx context.Context, most int) (home.Contents, error) {
	s.mu.Lock()
	ahead := s.ahead
	s.ahead = nil
	s.mu.Unlock()
	if ahead != nil {
		r := ahead.get()
		return r.c, r.err
	}
	return s.contents(ctx, most)
}

// contents reads the runbooks and, beside them, the runs. With all runs come the
// runbooks that were found with the newest ones, a moment ago.
func (s *screens) contents(ctx context.Context, most int) (home.Contents, error) {
	books := beside(func() []home.Book { return s.books(most == 0) })
	c, err := s.runs(ctx, most)
	c.Books = books.get()
	return c, err
}

func (s *screens) books(again bool) []home.Book {
	s.mu.Lock()
	known := s.shelf
	s.mu.Unlock()
	if again && known != nil {
		return known
	}
	var out []home.Book
	for _, l := range s.e.library().list() {
		out = append(out, bookOf(l))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf = out
	return out
}

func (s *screens) runs(ctx context.Context, most int) (c home.Contents, err error) {
	if !exists(s.e.dbPath()) {
		return home.Contents{All: true}, nil
	}
	log, err := s.e.openLog()
	if err != nil {
		return c, err
	}
	n := most
	if n == 0 {
		n = everyHead
	}
	c.Heads, err = s.e.heads(ctx, log, "", n+1)
	if c.All = len(c.Heads) <= n; !c.All {
		c.Heads = c.Heads[:n]
	}
	return c, err
}
