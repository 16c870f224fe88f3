//go:build linux

package store_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// TestFault_everyCallFailsOnce lets each write, sync and growth of a run of appends
// fail once. Whatever fails: what the victim was told is written is there, and what
// it was told is not written is not. A failed sync is never tried again.
func TestFault_everyCallFailsOnce(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed: no call can be made to fail")
	}
	failed, every, want := 0, 1, 10
	if testing.Short() {
		every, want = 4, 1
	}
	for _, fault := range []string{"fdatasync:error=EIO", "pwrite64:error=ENOSPC", "pwrite64:error=EIO", "ftruncate:error=EIO", "mmap:error=ENOMEM"} {
		call, _, _ := strings.Cut(fault, ":")
		from, step := 1, 1
		if strings.HasPrefix(fault, "mmap") {
			from, step = 20, 4 // the first ones are the program's own
		}
		for when := from; when < from+12*step; when += every * step {
			path := filepath.Join(t.TempDir(), "log.db")
			if _, err := store.Open(path, store.Options{}); err != nil {
				t.Fatal(err)
			}
			c := command(t, "append", path, "3", "s")
			c.Args = append([]string{
				"strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call,
				"-e", fmt.Sprintf("inject=%s:when=%d", fault, when), c.Path,
			}, c.Args[1:]...)
			c.Path, c.Stderr = strace, nil
			out, err := c.Output()
			if faultRound(t, fmt.Sprintf("%s:when=%d", fault, when), path, string(out), err) {
				failed++
			}
		}
	}
	if failed < want {
		t.Errorf("only %d faults reached a victim", failed)
	}
}

// faultRound compares what a victim said with what is there, and tells whether it
// met its fault.
func faultRound(t *testing.T, name, path, out string, err error) (met bool) {
	t.Helper()
	l, openErr := store.Open(path, store.Options{})
	if openErr != nil {
		t.Fatalf("%s: %v", name, openErr)
	}
	all, acks := recordsByPlace(t, l), 0
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "error") {
			met = true
			continue
		}
		if a := parseAck(t, line); !all[a] {
			t.Errorf("%s: %v was acknowledged and is not there", name, a)
		}
		acks++
	}
	if len(all) != acks && (met || err == nil) {
		t.Errorf("%s: %d records are there, the victim knows of %d: %s", name, len(all), acks, out)
	}
	if !met && err == nil && acks != 3 {
		t.Errorf("%s: %d records, want 3: %s", name, acks, out)
	}
	storetest.Verify(t, path)
	return met
}
