// Package guard makes the terminal whole again when lifeboat could not do so
// itself: it was killed, or a panic or os.Exit went past the screen.
//
// The guard is this program, as a process in a session of its own. It holds
// the terminal, the line settings from before the screen came up, and one end
// of a socket whose other end lifeboat has. Should that close without a
// goodbye, the guard sets the line settings back, turns off what a screen
// turns on, and prints why lifeboat crashed, if it did.
//
// It promises that after a panic the line settings are right before lifeboat
// has ended, so that no shell takes the broken ones for its own; that keys
// which were meant for the dead screen don't reach that shell; that nothing in
// the text that it prints acts on the terminal; and that it ends when lifeboat
// does. It never touches the terminal while lifeboat lives and doesn't crash,
// after Done, or while Rest says that the terminal is somebody else's. It
// never writes to disk, and holds nothing of lifeboat's but the terminal.
//
// What it doesn't undo: colours of the terminal that a screen changed with OSC
// 10, 11 or 12, since what they were before can't be known. After SIGKILL and
// os.Exit the shell and the guard start at the same moment. A prompt that comes
// first stands on the screen that the guard leaves, and is gone with it. After
// os.Exit, which looks like success, bash keeps the line settings of the screen
// if it is first, so main calls Done before; after SIGKILL it sets its own.
package guard

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// What lifeboat says to the guard, after the line settings: single bytes that
// no text of a crash begins with. From the first other byte on, all is text.
const (
	wordBye  = 0x04 // all is well
	wordRest = 0x0e // the terminal is somebody else's
	wordMind = 0x0f // the terminal is lifeboat's
)

// room is how many bytes of a crash may wait for the guard. It is far less than
// a crash has to say, so that lifeboat, crashing, has to wait until the guard
// listens, which it does after the line settings are right.
const room = 1024

// A Guard is lifeboat's side of it. A nil Guard guards nothing, and all of its
// methods may be called. They may be called from several goroutines.
type Guard struct {
	tty   *os.File
	saved unix.Termios

	mu     sync.Mutex
	rests  bool
	done   bool
	socket *os.File // nil: there is no process
	child  *exec.Cmd
}

// Save notes the line settings of a terminal that can be written to. It must
// come before anything changes them: before the screen is started. It fails if
// tty is no terminal. Give it os.Stdout rather than /dev/tty, which on macOS is
// nothing to a process of another session.
func Save(tty *os.File) (*Guard, error) {
	t, err := unix.IoctlGetTermios(int(tty.Fd()), getTermios)
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	return &Guard{tty: tty, saved: *t}, nil
}

// Start starts the process, for which self is the path of this program, and
// doesn't wait until it is ready: from here on the end of lifeboat is noticed.
// It takes about a millisecond, and may be called in a goroutine after the
// first frame. From here to Done the text of a crash goes to the guard too, by
// debug.SetCrashOutput. Without Save, after Done and a second time it does
// nothing.
func (g *Guard) Start(self string) error {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.done || g.socket != nil {
		return nil
	}
	ours, theirs, err := pair()
	if err != nil {
		return fmt.Errorf("guard: %w", err)
	}
	defer theirs.Close()
	cmd := exec.Command(self, "__guard") //nolint:noctx // it outlives every context
	// Its input is what it is told, its output the terminal, and no more than
	// that: no environment, no folder, no standard error.
	cmd.Env, cmd.Dir = []string{}, "/"
	cmd.Stdin, cmd.Stdout = theirs, g.tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	// All that it must know waits for it, whatever becomes of this process.
	if _, err = ours.Write(order(g.saved, g.rests)); err == nil {
		err = cmd.Start()
	}
	if err != nil {
		_ = ours.Close()
		return fmt.Errorf("guard: %w", err)
	}
	g.socket, g.child = ours, cmd
	_ = debug.SetCrashOutput(ours, debug.CrashOptions{}) // without it the text is missing, and no more
	return nil
}

// Rest says that the terminal isn't lifeboat's for now, and is as it was when
// it was saved: an interactive command has it, or a shell, after ctrl+z. If
// lifeboat dies meanwhile the guard touches nothing. Call it after the screen
// has let go of the terminal.
func (g *Guard) Rest() { g.tell(true) }

// Mind says that the terminal is lifeboat's again. Call it before the screen
// takes the terminal back.
func (g *Guard) Mind() { g.tell(false) }

func (g *Guard) tell(rests bool) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rests = rests
	if g.socket != nil {
		_, _ = g.socket.Write([]byte{word(rests)}) // if the guard is dead, nobody can help
	}
}

// Done says that the terminal is whole, and waits for the end of the process,
// which touches nothing any more. Call it last, after the screen has ended.
func (g *Guard) Done() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.done = true
	if g.socket == nil {
		return
	}
	_, _ = g.socket.Write([]byte{wordBye})
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{})
	_ = g.socket.Close()
	_ = g.child.Wait()
	g.socket, g.child = nil, nil
}

// order is what the guard hears first.
func order(saved unix.Termios, rests bool) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.NativeEndian, saved) // numbers of fixed size, to memory
	b.WriteByte(word(rests))
	return b.Bytes()
}

func word(rests bool) byte {
	if rests {
		return wordRest
	}
	return wordMind
}

// pair makes the socket. No other program that this one starts gets its ends:
// while one of them has ours, the guard can't see that lifeboat has ended.
func pair() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	_ = unix.SetsockoptInt(fds[0], unix.SOL_SOCKET, unix.SO_SNDBUF, room) // with more, a crash ends a little earlier
	return os.NewFile(uintptr(fds[0]), "guard"), os.NewFile(uintptr(fds[1]), "guard"), nil
}
