package shell

import (
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"lifeboat/runbook"
)

// adopt does nothing: what a command leaves behind belongs to the system, and
// after a stop its group is given the whole grace.
func adopt() {}

func pipe(fds []int) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Pipe(fds); err != nil {
		return err
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	return nil
}

// setPipeSize does nothing: pipes grow by themselves.
func setPipeSize(int, int) {}

// reserve does nothing: the file system can't be asked.
func reserve(*os.File, int64) error { return nil }

// Boot is the id of this boot; "": unknown.
func Boot() string {
	id, err := unix.Sysctl("kern.bootsessionuuid")
	if err != nil {
		return ""
	}
	return id
}

// processStart is when a process started, in microseconds; "": there is none.
func processStart(pid int) string {
	p, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(p.Proc.P_pid) != pid {
		return ""
	}
	t := p.Proc.P_starttime
	return strconv.FormatInt(t.Sec*1e6+int64(t.Usec), 10)
}

// alive tells whether the command's shell runs, or its group still has
// members. A group's number isn't given away while it has.
func alive(s runbook.Started) bool {
	if s.PID <= 0 || s.Boot != Boot() {
		return false
	}
	if p := processStart(s.PID); p != "" {
		return p == s.Process
	}
	return !groupGone(s.PID)
}

// envTool is empty: not every env here can end its lines with NUL.
const envTool = ""
