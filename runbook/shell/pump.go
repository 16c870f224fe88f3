package shell

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// linger is how long, after a shell has ended, its output may stay open
// before what holds it is called a survivor.
const linger = 100 * time.Millisecond

const (
	pipeSize = 1 << 20
	readSize = 256 << 10
)

// A pump reads a pipe to its end. Once the command has ended, what it wrote is
// read in any case, and then whatever something that it left behind writes is
// thrown away, so that this isn't killed for writing.
type pump struct {
	r       *os.File
	w       int // the command's end
	take    func([]byte)
	drained chan bool     // one value: whether something still holds the pipe
	empty   chan struct{} // closed when nobody does
}

func newPump(take func([]byte)) (*pump, error) {
	var fds [2]int
	if err := pipe(fds[:]); err != nil {
		return nil, err
	}
	setPipeSize(fds[1], pipeSize)
	// Only our end is non-blocking: the command's is a file of its own.
	if err := syscall.SetNonblock(fds[0], true); err != nil {
		return nil, err
	}
	return &pump{
		r: os.NewFile(uintptr(fds[0]), "output"), w: fds[1], take: take,
		drained: make(chan bool, 1), empty: make(chan struct{}),
	}, nil
}

// run reads until the end. The command's end must be closed here before.
func (p *pump) run() {
	defer p.r.Close()
	defer close(p.empty)
	buf := make([]byte, readSize)
	for {
		n, err := p.r.Read(buf)
		if n > 0 {
			p.take(buf[:n])
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			p.drained <- false
			return
		}
	}
	_ = p.r.SetReadDeadline(time.Time{})
	p.rest(buf)
	p.drained <- true
	buf = buf[:32<<10]
	for {
		if _, err := p.r.Read(buf); err != nil {
			return
		}
	}
}

// rest takes what is in the pipe now. What the command wrote last is at most
// as much as a pipe holds.
func (p *pump) rest(buf []byte) {
	conn, err := p.r.SyscallConn()
	if err != nil {
		return
	}
	for total := 0; total < pipeSize; {
		var n int
		var readErr error
		if err := conn.Read(func(fd uintptr) bool {
			n, readErr = syscall.Read(int(fd), buf)
			return true
		}); err != nil {
			return
		}
		if readErr == syscall.EINTR {
			continue
		}
		if n <= 0 || readErr != nil {
			return
		}
		p.take(buf[:n])
		total += n
	}
}

// finish tells the pump that the command has ended, and waits until its
// output is taken. It tells whether something still holds the pipe.
func (p *pump) finish() bool {
	_ = p.r.SetReadDeadline(time.Now().Add(linger))
	return <-p.drained
}
