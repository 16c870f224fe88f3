package main

import (
	"path/filepath"
	"testing"

	"lifeboat/store"
	"lifeboat/tui"
)

// TestHome_runs: so many of the newest runs, or all, and whether they are all.
func TestHome_runs(t *testing.T) {
	e := newEnv()
	e.db = filepath.Join(t.TempDir(), "log.db")
	e.cwd = t.TempDir()
	s := e.screens(&walkOptions{}, config{})
	if c, err := s.Home(t.Context(), 2); err != nil || !c.All || len(c.Heads) > 0 || len(c.Books) < 3 {
		t.Errorf("without a log: %d runs, all: %v, %d runbooks, %v", len(c.Heads), c.All, len(c.Books), err)
	}
	fillRuns(t, e.db, 3)
	for _, want := range []struct {
		most, runs int
		all        bool
	}{{2, 2, false}, {3, 3, true}, {4, 3, true}, {0, 3, true}} {
		c, err := s.Home(t.Context(), want.most)
		if err != nil || len(c.Heads) != want.runs || c.All != want.all || len(c.Books) < 3 {
			t.Errorf("%d at most: %d runs, all: %v, %d runbooks, %v", want.most, len(c.Heads), c.All, len(c.Books), err)
		}
	}
}

// TestHome_ahead: what was read ahead is what home begins with, once.
func TestHome_ahead(t *testing.T) {
	e := newEnv()
	e.db = filepath.Join(t.TempDir(), "log.db")
	s := e.screens(&walkOptions{}, config{})
	s.readAhead(t.Context())
	<-s.ahead.done
	fillRuns(t, e.db, 1)
	for _, want := range []int{0, 1} {
		if c, err := s.Home(t.Context(), tui.FirstRuns); err != nil || len(c.Heads) != want {
			t.Errorf("%d runs, want %d, %v", len(c.Heads), want, err)
		}
	}
}

// TestHeads_stale: a summary that is behind its records, or isn't one, is made
// again.
func TestHeads_stale(t *testing.T) {
	e := newEnv()
	e.db = filepath.Join(t.TempDir(), "log.db")
	fillRuns(t, e.db, 3)
	log, err := e.openLog()
	if err != nil {
		t.Fatal(err)
	}
	before, err := e.heads(t.Context(), log, "", 3)
	if err != nil {
		t.Fatal(err)
	}
	var batch store.Batch
	batch.Head(store.Head{Run: before[1].Run, Books: before[1].Books, Seq: before[1].Seq, Data: []byte(`{"run":"` + before[1].Run + `","done":"all"}`)})
	if _, err := log.Commit(t.Context(), &batch); err != nil {
		t.Fatal(err)
	}
	after, err := e.heads(t.Context(), log, "", 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range before {
		if after[i].Run != before[i].Run || after[i].State != "abandoned" || after[i].Done != before[i].Done {
			t.Errorf("run %d is %+v, and was %+v", i, after[i], before[i])
		}
	}
}
