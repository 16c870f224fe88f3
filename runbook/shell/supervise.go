package shell

import (
	"syscall"
	"time"

	"lifeboat/runbook"
)

// supervise waits for the command's end, and brings it about when its time is
// up or the operator asks. A command that ends by itself may leave others
// running; one that is ended takes its group with it.
func (k *keeper) supervise(pid int) {
	status, reaped := make(chan syscall.WaitStatus, 1), make(chan struct{}, 1)
	go reap(pid, status, reaped)
	var timeout, grace <-chan time.Time
	if k.o.Timeout > 0 {
		timeout = time.After(k.o.Timeout)
	}
	exited, killed := false, false
	kill := func() {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		grace, killed = nil, true
	}
	end := func(why runbook.Why) {
		if k.rec.Why != runbook.Exited {
			kill() // asked twice
			return
		}
		k.rec.Why, timeout, grace = why, nil, time.After(k.o.Grace)
		_ = syscall.Kill(-pid, syscall.SIGTERM)
		_ = syscall.Kill(-pid, syscall.SIGCONT) // what is stopped hears nothing else
	}
	for !exited || k.rec.Why != runbook.Exited && !killed && !groupGone(pid) {
		select {
		case ws := <-status:
			exited = true
			k.rec.end(ws)
		case <-reaped:
		case <-timeout:
			end(runbook.Timeout)
		case <-grace:
			kill()
		case s := <-k.stop:
			if s == syscall.SIGUSR1 {
				end(runbook.Stopped)
			}
		}
	}
}

// reap collects every child: the shell, and what it left to its keeper.
func reap(shell int, status chan<- syscall.WaitStatus, reaped chan<- struct{}) {
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return // no child is left
		}
		if pid == shell {
			status <- ws
		}
		select {
		case reaped <- struct{}{}:
		default:
		}
	}
}

// groupGone tells whether no process of a group is left.
func groupGone(pgid int) bool { return syscall.Kill(-pgid, 0) == syscall.ESRCH }
