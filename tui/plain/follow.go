package plain

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"lifeboat/runbook/output"
)

// again is how long a follower waits for more output.
const again = 100 * time.Millisecond

// atEnd is how many of the last lines are shown of a long output.
const atEnd = 5

// A follower shows a command's output while it comes, read back from where it
// is kept: nothing is shown that isn't on disk. After so many lines it stops
// and shows the last ones at the end; everything is kept.
type follower struct {
	o   *Options
	out *printer

	mu   sync.Mutex
	stop chan struct{}
	done chan struct{}
	n    int // the attempt that is followed
}

// start follows an attempt's output; the one before is finished first.
func (f *follower) start(attempt int) {
	f.finish()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop, f.done, f.n = make(chan struct{}), make(chan struct{}), attempt
	go f.run(attempt, f.stop, f.done)
}

// following says whether an attempt's output is shown already.
func (f *follower) following(attempt int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n == attempt
}

// finish shows what is left and stops.
func (f *follower) finish() {
	f.mu.Lock()
	stop, done := f.stop, f.done
	f.stop, f.done = nil, nil
	f.mu.Unlock()
	if stop != nil {
		close(stop)
		<-done
	}
}

// run shows output until it is told that the command has ended, and then the
// rest.
func (f *follower) run(attempt int, stop <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	s := shown{f: f, lines: output.NewLines(output.NewRedactor())}
	var r *output.Reader
	for last := false; ; {
		if r == nil {
			var err error
			if r, err = output.Open(f.o.Kept(attempt)); err != nil && !errors.Is(err, os.ErrNotExist) {
				f.out.line("  | (its output can't be read back: " + err.Error() + ")")
				return
			}
		}
		if r != nil && !s.drain(r) {
			break
		}
		if last {
			break
		}
		select {
		case <-stop:
			last = true
		case <-f.o.After(again):
		}
	}
	if r != nil {
		s.end(r)
		_ = r.Close()
	}
}

// shown is what was shown of one command.
type shown struct {
	f     *follower
	lines *output.Lines
	count int
	over  bool
}

// drain shows what is there now; false: enough was shown.
func (s *shown) drain(r *output.Reader) bool {
	buf := make([]byte, 32<<10)
	for !s.over {
		n, err := r.Read(buf)
		s.lines.Feed(buf[:n], s.line)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.f.out.line("  | (its output can't be read back: " + err.Error() + ")")
				s.over = true
			}
			return true
		}
	}
	return true
}

func (s *shown) line(text string) {
	if s.count++; s.count > s.f.o.Shown {
		if !s.over {
			s.f.out.line("  | … more output: it is kept, and its last lines follow at the end")
		}
		s.over = true
		return
	}
	s.f.out.line("  | " + text)
}

// end shows the last line without a line break, or the last lines of an output
// that was too long.
func (s *shown) end(r *output.Reader) {
	if !s.over {
		s.lines.Close(s.line)
		return
	}
	tail, err := r.Last(atEnd)
	if err != nil {
		s.f.out.line("  | (its end can't be read back: " + err.Error() + ")")
		return
	}
	lines := output.NewLines(output.NewRedactor())
	show := func(text string) { s.f.out.line("  | " + text) }
	lines.Feed(tail, show)
	lines.Close(show)
}

// printOutput shows a command's kept output from its beginning, whole.
func (p *Plain) printOutput(attempt int) error {
	r, err := output.Open(p.o.Kept(attempt))
	if errors.Is(err, os.ErrNotExist) {
		p.out.line("  nothing was recorded of attempt " + fmt.Sprint(attempt))
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // it was only read
	lines := output.NewLines(output.NewRedactor())
	show := func(text string) { p.out.line("  | " + text) }
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		lines.Feed(buf[:n], show)
		if errors.Is(err, io.EOF) {
			lines.Close(show)
			return nil
		}
		if err != nil {
			return err
		}
	}
}
