package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is how long all threads of another process have run: its CPU clock,
// as clock_getcpuclockid names it.
func cpuTime(pid int) (time.Duration, error) {
	var t unix.Timespec
	err := unix.ClockGettime(int32(^pid<<3|2), &t) //nolint:gosec // a process number is a small one
	return time.Duration(t.Nano()), err
}
