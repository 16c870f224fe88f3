package shell

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"lifeboat/runbook"
)

// adopt makes the keeper the parent of whatever the command leaves behind, so
// that it notices when the last of a group has ended.
func adopt() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

func pipe(fds []int) error { return unix.Pipe2(fds, unix.O_CLOEXEC) }

// setPipeSize enlarges a pipe. Where it isn't allowed, the usual size does.
func setPipeSize(fd, size int) { _, _ = unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, size) }

// reserve sets space on disk aside. A file system that can't do that is let be.
func reserve(f *os.File, size int64) error {
	err := unix.Fallocate(int(f.Fd()), 0, 0, size)
	if err == unix.EOPNOTSUPP || err == unix.ENOSYS {
		return nil
	}
	return err
}

// Boot is the id of this boot; "": unknown.
func Boot() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// processStart is when a process started, in ticks since boot; "": there is
// none.
func processStart(pid int) string {
	f := stat(strconv.Itoa(pid))
	if len(f) < 20 {
		return ""
	}
	return f[19]
}

// stat gives the fields of /proc/PID/stat after the name: state, parent,
// group, session …
func stat(pid string) []string {
	b, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil
	}
	s := string(b)
	return strings.Fields(s[strings.LastIndexByte(s, ')')+1:])
}

// alive tells whether the command's shell, or a process of its group, runs. A
// reused number is told apart by the start of the shell, and for the others by
// the session, which is the keeper's.
func alive(s runbook.Started) bool {
	if s.PID <= 0 || s.Boot != Boot() {
		return false
	}
	if p := processStart(s.PID); p != "" && p == s.Process && stat(strconv.Itoa(s.PID))[0] != "Z" {
		return true
	}
	all, err := os.ReadDir("/proc")
	if err != nil {
		return false
	}
	for _, e := range all {
		if c := e.Name()[0]; c < '0' || c > '9' {
			continue
		}
		f := stat(e.Name())
		if len(f) > 3 && f[0] != "Z" && f[2] == strconv.Itoa(s.PID) && f[3] == strconv.Itoa(s.Keeper) {
			return true
		}
	}
	return false
}

// envTool prints an environment with NUL bytes between; "": there is none.
var envTool = func() string {
	const path = "/usr/bin/env"
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}()
