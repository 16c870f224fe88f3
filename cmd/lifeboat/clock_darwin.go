package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// bootTime goes on while the machine sleeps: on macOS the monotonic clock does.
func bootTime() time.Duration { return read(unix.CLOCK_MONOTONIC) }

// awakeTime stands while the machine sleeps.
func awakeTime() time.Duration { return read(unix.CLOCK_UPTIME_RAW) }

func read(id int32) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(id, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
