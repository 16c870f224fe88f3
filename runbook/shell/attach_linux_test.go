package shell

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"lifeboat/runbook"
)

func TestAttach_stopsWhatItFound(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, filepath.Join(p.dir, "gate"))
	j := p.job("sh", g.wait())
	st, _ := p.orphan(j, syscall.SIGKILL)
	g.reached()
	proc, _, err := p.s.Attach(t.Context(), j.Folder, st, Boot())
	if err != nil {
		t.Fatal(err)
	}
	if err := proc.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o, err := proc.Wait(t.Context()); err != nil || o.Why != runbook.Stopped || o.Exit != 143 {
		t.Fatalf("%+v, %v", o, err)
	}
}

// TestAttach_aKilledKeeper: what is left is found, and stopped; then nothing.
func TestAttach_aKilledKeeper(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, filepath.Join(p.dir, "gate"))
	j := p.job("sh", `echo raw=secretsecret >>"$LIFEBOAT_FACTS"`+"\necho said\n"+g.wait())
	proc := p.start(j)
	g.reached()
	<-proc.Flushed()
	st := proc.Started()
	if err := syscall.Kill(st.Keeper, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := proc.Wait(t.Context()); !errors.Is(err, ErrLost) {
		t.Fatalf("got %v", err)
	}
	found, state, err := p.s.Attach(t.Context(), j.Folder, st, Boot())
	if err != nil || state != Orphaned {
		t.Fatalf("%v, %v", state, err)
	}
	if _, err := found.Wait(t.Context()); !errors.Is(err, ErrLost) {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(j.Folder, "facts")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("raw facts are left: %v", err)
	}
	if got := kept(t, j.Folder); got != "said\n" {
		t.Errorf("kept %q", got)
	}
	// A process of the same number, started at another time or boot, is another one.
	for _, other := range []runbook.Started{{PID: st.PID, Process: "1", Boot: st.Boot, Keeper: 1}, {PID: st.PID, Process: st.Process, Boot: "other"}} {
		if _, state, err := p.s.Attach(t.Context(), j.Folder, other, Boot()); err != nil || state != Gone {
			t.Errorf("%+v: %v, %v", other, state, err)
		}
	}
	watch := watchEnd(t, st.PID)
	if err := found.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	watch()
	if _, state, err := p.s.Attach(t.Context(), j.Folder, st, Boot()); err != nil || state != Gone {
		t.Fatalf("%v, %v", state, err)
	}
}

func TestAttach_whatNeverStarted(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", "")
	proc, state, err := p.s.Attach(t.Context(), j.Folder, runbook.Started{}, Boot())
	if err != nil || state != Unstarted {
		t.Fatalf("%v, %v", state, err)
	}
	if _, err := proc.Wait(t.Context()); !errors.Is(err, ErrLost) {
		t.Fatal(err)
	}
}
