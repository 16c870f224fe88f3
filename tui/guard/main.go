package guard

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"lifeboat/runbook/output"
)

const linesMost = 200 // of a crash that are printed: it says first what it is

const farewell = "lifeboat: it ended without saying goodbye; nothing that was shown is lost\r\n" +
	"hint: lifeboat resume goes on\r\n"

// A watch is the guard's side.
type watch struct {
	words io.Reader
	tty   *os.File
	saved unix.Termios
	rests bool
}

// Main is the program that Start starts: words is what it is told, a socket,
// and tty the terminal. It returns when lifeboat has said goodbye or has
// ended, and gives the exit code for the process.
func Main(words, tty *os.File) int {
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGTSTP, syscall.SIGTTOU)
	if info, err := words.Stat(); err != nil || info.Mode()&os.ModeSocket == 0 {
		return 2 // not started by Start
	}
	w := &watch{words: words, tty: tty}
	if err := binary.Read(words, binary.NativeEndian, &w.saved); err != nil {
		return 2
	}
	if w.run() != nil {
		return 1 // the terminal is gone, and what was to be said with it
	}
	return 0
}

// run listens to the end, and does what is left to do then.
func (w *watch) run() error {
	first, bye := w.listen()
	if bye {
		return nil
	}
	var crash []string
	if first != 0 {
		// lifeboat waits until this is done and its text is read. A shell may
		// take the line settings that it finds then for those it had.
		if !w.rests {
			_ = w.restore()
		}
		crash = lines(io.MultiReader(strings.NewReader(string(first)), w.words))
	}
	if w.rests {
		return nil
	}
	if err := w.restore(); err != nil {
		return err
	}
	// One write, so that a shell's prompt comes before or after, not between.
	_, err := w.tty.WriteString(whole + strings.Join(append(crash, farewell), "\r\n"))
	return err
}

// listen hears words, until goodbye, the first byte of a crash, or the end of
// lifeboat, which is neither. It takes one byte at a time: what it takes makes
// room for more.
func (w *watch) listen() (first byte, bye bool) {
	var b [1]byte
	for {
		if _, err := io.ReadFull(w.words, b[:]); err != nil {
			return 0, false
		}
		switch b[0] {
		case wordBye:
			return 0, true
		case wordRest:
			w.rests = true
		case wordMind:
			w.rests = false
		default:
			return b[0], false
		}
	}
}

// restore sets the line settings back, and drops what was typed at the screen
// that has ended: a shell would take it for commands. If a shell edits a line
// already, it has set them itself, and is let be.
func (w *watch) restore() error {
	fd := int(w.tty.Fd())
	t, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil || edits(t) {
		return err
	}
	if err := unix.IoctlSetTermios(fd, setTermios, &w.saved); err != nil {
		return err
	}
	return flushInput(fd)
}

// edits says that a line editor has the terminal: it reads key by key, but
// lets line breaks be translated, which no full screen does.
func edits(t *unix.Termios) bool {
	return t.Lflag&unix.ICANON == 0 && t.Oflag&unix.OPOST != 0
}

// lines reads the text of a crash to its end. A message in it may hold
// whatever the world sent, so it is made harmless.
func lines(r io.Reader) []string {
	var list []string
	more := 0
	add := func(s string) {
		if len(list) < linesMost {
			list = append(list, s)
		} else {
			more++
		}
	}
	text := output.NewLines(output.NewRedactor())
	_, _ = io.Copy(feeder(func(b []byte) { text.Feed(b, add) }), r)
	text.Close(add)
	if more > 0 {
		list = append(list, fmt.Sprintf("[%d more lines]", more))
	}
	return list
}

// A feeder is a Writer that can't fail.
type feeder func([]byte)

func (f feeder) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}
