package shell

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// A hand is a keeper that runs and has no order yet. Its standard input is a
// socket, so that it can be handed the lock of an attempt's folder with its
// order: there is no moment in which a command could start unseen. When this
// process dies first, the hand sees its input end and ends too.
type hand struct {
	cmd    *exec.Cmd
	order  *os.File
	report *os.File
}

// hire starts a keeper.
func (s *Shell) hire() (*hand, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("start: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "order"), os.NewFile(uintptr(fds[1]), "order")
	defer theirs.Close()
	report, told, err := os.Pipe()
	if err != nil {
		_ = ours.Close()
		return nil, fmt.Errorf("start: %w", err)
	}
	defer told.Close()
	cmd := exec.Command(s.Self, "__keeper") //nolint:noctx // a keeper outlives every context
	// It lives briefly or holds little: collecting while it starts would cost a
	// tenth of a step.
	cmd.Env, cmd.Dir = []string{"GOGC=400"}, "/"
	cmd.Stdin, cmd.ExtraFiles = theirs, []*os.File{told}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		_, _ = ours.Close(), report.Close()
		return nil, fmt.Errorf("start: %w", err)
	}
	return &hand{cmd: cmd, order: ours, report: report}, nil
}

// give hands over an order and the folder's lock.
func (h *hand) give(data []byte, lock *os.File) error {
	rights := syscall.UnixRights(int(lock.Fd()))
	for {
		err := syscall.Sendmsg(int(h.order.Fd()), data[:1], rights, nil, 0)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		break
	}
	_, err := h.order.Write(data[1:])
	return errors.Join(err, h.order.Close())
}

// dismiss lets a hand go that has no order, or could not take it.
func (h *hand) dismiss() {
	_, _ = h.order.Close(), h.report.Close()
	_ = h.cmd.Wait()
}

// take hears the order and gets the lock, in the keeper. No data: it was
// dismissed.
func take(stdin *os.File) (data []byte, lock *os.File, err error) {
	first, oob := make([]byte, 1), make([]byte, syscall.CmsgSpace(4))
	var n, oobn int
	for {
		n, oobn, _, _, err = syscall.Recvmsg(int(stdin.Fd()), first, oob, 0)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil || n == 0 {
		return nil, nil, err
	}
	messages, err := syscall.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(messages) != 1 {
		return nil, nil, fmt.Errorf("keeper: an order without its lock: %w", err)
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return nil, nil, fmt.Errorf("keeper: an order without its lock: %w", err)
	}
	syscall.CloseOnExec(fds[0])
	rest, err := io.ReadAll(stdin)
	return append(first, rest...), os.NewFile(uintptr(fds[0]), "lock"), err
}

// hand gives a keeper that is ready, or starts one.
func (s *Shell) hand() (*hand, error) {
	s.mu.Lock()
	next := s.next
	s.next = nil
	s.mu.Unlock()
	if next == nil {
		return s.hire()
	}
	r := <-next
	if r.err != nil {
		return s.hire()
	}
	return r.hand, nil
}

type hired struct {
	hand *hand
	err  error
}

// Ready starts the keeper of the next command ahead of time: starting a program
// is most of what a step costs, and can be done while somebody reads, or while
// the command before runs. It returns at once. Without Close such a keeper ends
// with this process.
func (s *Shell) Ready() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil || s.closed {
		return
	}
	next := make(chan hired, 1)
	s.next = next
	go func() {
		h, err := s.hire()
		next <- hired{h, err}
	}()
}

// Close ends a keeper that waits for an order, and keeps Ready from starting
// one. Commands that run are not touched.
func (s *Shell) Close() {
	s.mu.Lock()
	next := s.next
	s.next, s.closed = nil, true
	s.mu.Unlock()
	if next == nil {
		return
	}
	if r := <-next; r.err == nil {
		r.hand.dismiss()
	}
}
