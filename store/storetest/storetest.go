// Package storetest gives tests a log of their own that has to be whole when they
// end.
package storetest

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/store"
)

// Open makes a log in a folder that goes with the test, each stream with an anchor
// beside it. When the test ends, every byte of the log is verified.
func Open(t testing.TB, options ...func(*store.Options)) *store.Log {
	t.Helper()
	dir := t.TempDir()
	o := store.Options{Anchor: func(stream string) string { return AnchorPath(dir, stream) }}
	for _, f := range options {
		f(&o)
	}
	l, err := store.Open(filepath.Join(dir, "log.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Verify(t, l.Path()) })
	return l
}

// AnchorPath is where Open puts a stream's anchor.
func AnchorPath(dir, stream string) string {
	return filepath.Join(dir, strings.ReplaceAll(stream, "/", "_")+".anchor")
}

// Anchors are those that lie beside the log.
func Anchors(t testing.TB, path string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.anchor"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// Verify fails the test unless the log and its anchors are whole.
func Verify(t testing.TB, path string) store.Report {
	t.Helper()
	r, err := store.Verify(context.Background(), path, store.VerifyOptions{Anchors: Anchors(t, path)})
	if err != nil {
		t.Error(err)
	}
	for _, p := range r.Problems {
		t.Errorf("%s: %s", path, p)
	}
	for _, n := range r.Notes {
		t.Errorf("%s: note: %s", path, n)
	}
	return r
}
