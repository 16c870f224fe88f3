package shell

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"lifeboat/runbook"
)

// State is what became of a command while nobody looked.
type State string

// The states in which Attach finds a command.
const (
	Running   State = "running"   // its keeper is at work: Wait waits for it
	Finished  State = "finished"  // attempt.json says how
	Orphaned  State = "orphaned"  // its keeper is gone, but something of it still runs
	Unstarted State = "unstarted" // it certainly never started
	Gone      State = "gone"      // nothing is left of it, and nobody knows how it ended, or whether it began
)

// Attach finds a command that another process started, by its folder and what
// is recorded of its start; without a record (PID 0) what the keeper wrote
// down counts. boot is the start of the machine in which it was meant to run, as
// Boot told it then; "": not known. There is always a Process when err is nil: Wait waits for a
// running command, gives a finished one's outcome, and ErrLost for the others;
// Stop ends what still runs. It waits by a lock, without polling; a Wait that
// is given up leaves one goroutine that ends with the command.
//
// Secret values don't survive: Withheld variables have an empty Secret, and
// Value is empty. Of a command that is gone, a file of facts that it may have
// left is removed, since nobody redacted it.
func (s *Shell) Attach(_ context.Context, folder string, started runbook.Started, boot string) (*Process, State, error) {
	if started.PID == 0 {
		started = readStarted(folder)
	}
	p := &Process{started: started, flushed: make(chan struct{}, 1), done: make(chan struct{})}
	lock, err := os.Open(filepath.Join(folder, "lock"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		state := p.find(folder, boot)
		return p, state, nil
	case err != nil:
		return nil, "", fmt.Errorf("attach: %w", err)
	}
	err = flock(lock, syscall.LOCK_SH|syscall.LOCK_NB)
	if err == nil {
		state := p.find(folder, boot)
		return p, state, lock.Close()
	}
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		_ = lock.Close()
		return nil, "", fmt.Errorf("attach: %w", err)
	}
	if started.Keeper > 0 { // it holds the lock, so the number is still its own
		p.signal = func() error { return syscall.Kill(started.Keeper, syscall.SIGUSR1) }
	}
	go func() {
		_ = flock(lock, syscall.LOCK_SH)
		_ = lock.Close()
		p.find(folder, boot)
	}()
	return p, Running, nil
}

// find settles what became of a command that no keeper looks after.
func (p *Process) find(folder, boot string) State {
	rec, err := readRecord(folder)
	if err == nil {
		p.end(ending{Record: rec}.outcome(), nil)
		return Finished
	}
	for _, name := range []string{"facts", "carry"} {
		_ = os.Remove(filepath.Join(folder, name))
	}
	state := Gone
	switch {
	case p.started.PID == 0 && neverBegan(folder, boot):
		state = Unstarted
	case alive(p.started):
		state = Orphaned
		how := syscall.SIGTERM
		p.orphan = func() error {
			defer func() { how = syscall.SIGKILL }()
			err := syscall.Kill(-p.started.PID, how)
			_ = syscall.Kill(-p.started.PID, syscall.SIGCONT)
			return err
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrLost
	}
	p.end(runbook.Outcome{Exit: -1}, err)
	return state
}

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

// neverBegan tells whether a command certainly never started, when no keeper is
// at work: the keeper writes the block's text before it starts the shell. What
// is missing on disk proves that only if there was no power cut since, which the
// boot of when it was meant to start tells.
func neverBegan(folder, boot string) bool {
	if boot == "" || boot != Boot() {
		return false
	}
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	return err == nil && !slices.ContainsFunc(files, func(f os.DirEntry) bool { return strings.HasPrefix(f.Name(), "block") })
}
