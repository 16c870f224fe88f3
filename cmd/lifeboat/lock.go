package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"lifeboat/tui/words"
)

// takeLock makes this process the one that walks the run. The kernel drops the
// lock when the process dies.
func (w *walk) takeLock(dir string) error {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return because(exitFailed, err)
	}
	if pid, err := lockFile(f, mostDying); err != nil {
		_ = f.Close()
		return fail(exitFailed, fmt.Sprintf("run %s is being walked by process %d", words.Tail(w.run), pid),
			"lifeboat watch follows it; lifeboat note adds to it")
	}
	w.lock = f
	if err := f.Truncate(0); err != nil {
		return because(exitFailed, err)
	}
	_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// mostDying is how long the lock of a process that is dead may still be held.
const mostDying = 3 * time.Second

// lockFile takes a lock file, or names the process that holds it. One that was
// killed while it started a program leaves the lock with the child for the
// moment until that has become the program: the lock of the dead is waited for.
func lockFile(f *os.File, most time.Duration) (pid int, err error) {
	for waited := time.Duration(0); ; waited += 5 * time.Millisecond {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return 0, nil
		}
		text, readErr := os.ReadFile(f.Name())
		if readErr != nil {
			return 0, readErr
		}
		pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		alive := pid == 0 || syscall.Kill(pid, 0) == nil || errors.Is(syscall.Kill(pid, 0), syscall.EPERM)
		if alive || waited > most {
			return pid, err
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// unlockFile lets go of a lock file. Closing it is not enough: a program that is being
// started has it still, for a moment.
func unlockFile(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close()
}
