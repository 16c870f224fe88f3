package shell

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"lifeboat/runbook"
)

// ErrLost means that a command's keeper ended without saying how the command
// did: it was killed, or the power was cut. The outcome is unknown.
var ErrLost = errors.New("the keeper of the command is gone: its outcome is unknown")

// A Shell starts commands. Its exported fields are set once, before use.
type Shell struct {
	Self   string        // absolute path of the program that dispatches __keeper and __dump to Keeper and Dump
	RunDir string        // what Kept.File is relative to
	Grace  time.Duration // from TERM to KILL; 0: ten seconds

	mu     sync.Mutex
	next   chan hired // the keeper of the next command, on its way
	closed bool
}

func (s *Shell) grace() time.Duration {
	if s.Grace > 0 {
		return s.Grace
	}
	return 10 * time.Second
}

// A Process is a command that was started or found. Its methods may be called
// from several goroutines.
type Process struct {
	started runbook.Started
	flushed chan struct{}
	done    chan struct{}
	outcome runbook.Outcome // and err: written before done is closed
	err     error
	signal  func() error // tells the keeper to end the command
	orphan  func() error // ends a command without a keeper; written before done is closed
}

// Started is what is known of the command. PID is 0 if it never started: the
// outcome's Fault then says why.
func (p *Process) Started() runbook.Started { return p.started }

// Flushed gives a value after more output became readable in the kept file,
// and is closed when the command has ended: an output.Reader can follow it.
// Values may be merged. Of a process that Attach found, it is only closed.
func (p *Process) Flushed() <-chan struct{} { return p.flushed }

// Done is closed when the outcome is known, or known to be lost.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait gives the outcome, after attempt.json is on disk. When ctx ends first
// the command goes on. ErrLost: nobody knows how it ended.
func (p *Process) Wait(ctx context.Context) (runbook.Outcome, error) {
	select {
	case <-p.done:
		return p.outcome, p.err
	default:
	}
	select {
	case <-p.done:
		return p.outcome, p.err
	case <-ctx.Done():
		return runbook.Outcome{}, ctx.Err()
	}
}

// Stop ends the command: its group is sent TERM, and KILL after the grace, or
// at once if Stop is called again. It doesn't wait: Wait does. A command that
// has ended is left alone; an orphaned one is sent TERM by this process, and
// KILL if Stop is called again.
func (p *Process) Stop(context.Context) error {
	signal := p.signal
	select {
	case <-p.done:
		signal = p.orphan
	default:
	}
	if signal == nil {
		return nil
	}
	if err := signal(); err != nil && !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop: %w", err)
	}
	return nil
}

// end makes the outcome known.
func (p *Process) end(o runbook.Outcome, err error) {
	p.outcome, p.err = o, err
	close(p.done)
	close(p.flushed)
}

// Start runs a job under a keeper and returns when its shell has started, or
// could not: then too there is a Process, whose outcome has a Fault. An error
// means that nothing was started. The folder must exist and belong to this
// attempt alone. ctx counts only until the keeper is started: a command
// outlives every context.
func (s *Shell) Start(ctx context.Context, job runbook.Job) (*Process, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	data, err := json.Marshal(newOrder(s, job))
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	lock, err := lockFolder(job.Folder)
	if err != nil {
		return nil, err
	}
	defer lock.Close() // the keeper's copy goes on holding it
	h, err := s.handWith(data, lock)
	if err != nil {
		return nil, err
	}
	p := &Process{
		flushed: make(chan struct{}, 1), done: make(chan struct{}),
		signal: func() error { return h.cmd.Process.Signal(syscall.SIGUSR1) },
	}
	begun := make(chan runbook.Started, 1)
	go p.listen(h.cmd, h.report, job.Folder, begun)
	select {
	case p.started = <-begun:
		return p, nil
	case <-p.done: // it may have ended already
		select {
		case p.started = <-begun:
		default:
		}
		if p.err != nil && p.started.PID == 0 {
			return nil, fmt.Errorf("start: %w", p.err)
		}
		return p, nil
	}
}

// handWith gives a keeper its order. One that was ready may have been ended by
// somebody meanwhile: then a new one is started.
func (s *Shell) handWith(data []byte, lock *os.File) (*hand, error) {
	h, err := s.hand()
	if err != nil {
		return nil, err
	}
	if err = h.give(data, lock); err == nil {
		return h, nil
	}
	h.dismiss()
	if h, err = s.hire(); err != nil {
		return nil, err
	}
	if err = h.give(data, lock); err != nil {
		h.dismiss()
		return nil, fmt.Errorf("start: the keeper takes no order: %w", err)
	}
	return h, nil
}

// listen hears the keeper until it closes its pipe, then waits for its end, so
// that it leaves no zombie. While survivors write that may be long after the
// outcome.
func (p *Process) listen(cmd *exec.Cmd, report *os.File, folder string, begun chan<- runbook.Started) {
	r := bufio.NewReader(report)
	var out *ending
	for {
		kind, data, err := hear(r)
		if err != nil {
			break
		}
		switch kind {
		case tellStarted:
			var s runbook.Started
			if json.Unmarshal(data, &s) == nil {
				begun <- s
			}
		case tellFlushed:
			select {
			case p.flushed <- struct{}{}:
			default:
			}
		case tellOutcome:
			var e ending
			if json.Unmarshal(data, &e) == nil {
				out = &e
			}
		}
	}
	_ = report.Close()
	switch {
	case out != nil:
		p.end(out.outcome(), nil)
	default:
		rec, err := readRecord(folder)
		if err != nil {
			err = ErrLost
		}
		p.end(ending{Record: rec}.outcome(), err)
	}
	_ = cmd.Wait()
}

// lockFolder takes the lock that tells others that a keeper is at work. It is
// taken here and handed on, so that there is no moment in which a command
// could start unseen.
func lockFolder(folder string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("start: %s is at work already: %w", folder, err)
	}
	return f, nil
}
