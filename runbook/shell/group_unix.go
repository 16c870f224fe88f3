package shell

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// signalName is a signal without SIG: "KILL".
func signalName(s syscall.Signal) string {
	if n := unix.SignalName(s); n != "" {
		return strings.TrimPrefix(n, "SIG")
	}
	return s.String()
}
