package shell

import (
	"testing"

	"golang.org/x/sys/unix"
)

// watchEnd gives a function that waits until a process, not a child, is gone.
func watchEnd(t *testing.T, pid int) func() {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		defer unix.Close(fd)
		for {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
			if err == unix.EINTR {
				continue
			}
			if err != nil || n != 1 {
				t.Fatal(err)
			}
			return
		}
	}
}
