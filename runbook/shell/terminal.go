package shell

import (
	"context"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

// Terminal runs an interactive job with the terminal of this process to
// itself and waits for its end. There is no keeper and nothing is kept of what
// it prints; times, exit and the state it leaves are known as ever. When
// lifeboat dies the command is on its own, and its outcome unknown. began, if
// not nil, is called once it runs. The end of ctx stops it, as the timeout
// does. The caller must have given up the terminal: no raw mode, no reader.
func (s *Shell) Terminal(ctx context.Context, job runbook.Job, began func(runbook.Started)) (runbook.Outcome, error) {
	o := newOrder(s, job)
	red := output.NewRedactor(o.values()...)
	rec := record{V: 1, Attempt: o.Attempt, Exit: -1, Why: runbook.Exited}
	begin := time.Now()
	l, err := o.ready(red)
	if err == nil {
		err = l.terminal(ctx, o, &rec, began)
	}
	if err != nil {
		rec.fault(err.Error())
	}
	end := time.Now()
	rec.Started, rec.Ended, rec.Elapsed = begin.UTC().Round(0), end.UTC().Round(0), end.Sub(begin)
	out := ending{}
	if l != nil {
		out.Withheld = rec.carryBack(l, red)
	}
	facts, note := takeFacts(o.Folder, red)
	rec.Facts = facts
	rec.fault(note)
	err = writeRecord(o.Folder, rec)
	out.Record = rec
	return out.outcome(), err
}

// terminal runs the command in the foreground.
func (l *launch) terminal(ctx context.Context, o *order, rec *record, began func(runbook.Started)) error {
	attr := &syscall.SysProcAttr{Setpgid: true}
	_, err := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	tty := err == nil
	if tty {
		attr.Foreground, attr.Ctty = true, 0
		if was, err := term.GetState(0); err == nil {
			defer func() { _ = term.Restore(0, was) }()
		}
		defer foreground()
	}
	pid, err := l.startWith(attr, 0, 1, 2)
	if err != nil {
		return err
	}
	started := runbook.Started{PID: pid, Process: processStart(pid), Boot: Boot(), Time: time.Now().UTC().Round(0)}
	if err := writeStarted(o.Folder, started); err != nil {
		rec.fault(err.Error())
	}
	if began != nil {
		began(started)
	}
	status := make(chan syscall.WaitStatus, 1)
	go func() { status <- await(pid) }()
	var timeout, grace <-chan time.Time
	if o.Timeout > 0 {
		timeout = time.After(o.Timeout)
	}
	end := func(why runbook.Why) {
		if rec.Why != runbook.Exited {
			return
		}
		rec.Why, timeout, grace = why, nil, time.After(o.Grace)
		_ = syscall.Kill(-pid, syscall.SIGTERM)
		_ = syscall.Kill(-pid, syscall.SIGCONT)
	}
	for done := ctx.Done(); ; {
		select {
		case ws := <-status:
			rec.end(ws)
			return nil
		case <-timeout:
			end(runbook.Timeout)
		case <-done:
			done = nil
			end(runbook.Stopped)
		case <-grace:
			_ = syscall.Kill(-pid, syscall.SIGKILL)
		}
	}
}

// await waits for a process's end. One that is stopped (ctrl+z) goes on: there
// is no shell around it that could bring it back.
func await(pid int) syscall.WaitStatus {
	for {
		var ws syscall.WaitStatus
		_, err := syscall.Wait4(pid, &ws, syscall.WUNTRACED, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return ws
		case ws.Stopped():
			_ = syscall.Kill(-pid, syscall.SIGCONT)
		default:
			return ws
		}
	}
}

// foreground takes the terminal back. Whoever isn't in the foreground is
// stopped for asking, unless it ignores that.
func foreground() {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	_ = unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, syscall.Getpgrp())
}
