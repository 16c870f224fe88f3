package plain

import (
	"errors"
	"io"
	"os"
	"strconv"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
	"lifeboat/tui/words"
)

const (
	again  = 100 * time.Millisecond // how long a follower waits for more output
	atEnd  = 5                      // of the last lines that are shown of a long output
	quiet  = time.Minute            // without output, until it is said that the command still runs ...
	silent = 10 * time.Minute       // ... and the longest until it is said again
)

// A follower shows a command's output while it comes, read back from where it
// is kept: nothing is shown that isn't on disk. After so many lines it stops
// and shows the last ones at the end; everything is kept. Its methods are for
// one goroutine; what it shows comes from another.
type follower struct {
	o       *Options
	out     *printer
	showing *shown
	count   map[int]int // lines that were shown of each attempt
}

// start follows an attempt's output, from where it was shown before; the one
// before is finished first.
func (f *follower) start(attempt int) {
	f.finish(0)
	if f.count == nil {
		f.count = map[int]int{}
	}
	f.showing = &shown{
		o: f.o, out: f.out, attempt: attempt, skip: f.count[attempt], since: f.o.Now(),
		lines: output.NewLines(output.NewRedactor()), buf: make([]byte, 32<<10), stop: make(chan int64, 1), done: make(chan struct{}),
	}
	go f.showing.run()
}

// following says whether an attempt's output is shown, or was.
func (f *follower) following(attempt int) bool {
	_, was := f.count[attempt]
	return was || f.showing != nil && f.showing.attempt == attempt
}

// finish shows what is left and stops. of is how many lines the whole output
// has; 0: nobody knows, the command may go on.
func (f *follower) finish(of int64) {
	s := f.showing
	if s == nil {
		return
	}
	f.showing = nil
	s.stop <- of
	<-s.done
	f.count[s.attempt] = s.count
}

// shown is what was shown of one command. It belongs to the goroutine of run
// until done is closed.
type shown struct {
	o       *Options
	out     *printer
	attempt int
	skip    int // lines that an earlier follower has shown
	lines   *output.Lines
	buf     []byte
	count   int
	over    bool // enough was shown
	broken  bool // it can't be read back; over is set too
	since   time.Time
	said    time.Duration // for how long no output came when that was said last
	stop    chan int64
	done    chan struct{}
}

// run shows output until it is told that the command has ended, and then the
// rest.
func (s *shown) run() {
	defer close(s.done)
	var r *output.Reader
	defer func() {
		if r != nil {
			_ = r.Close() // it was only read
		}
	}()
	for {
		r = s.look(r)
		wait := again
		if s.over {
			wait = quiet
		}
		select {
		case of := <-s.stop:
			if r = s.look(r); r != nil && !s.broken {
				s.end(r, of)
			}
			return
		case <-s.o.After(wait):
			s.patience()
		}
	}
}

// look shows what is there now. Nothing is there before the first output.
func (s *shown) look(r *output.Reader) *output.Reader {
	if r == nil && !s.over {
		var err error
		if r, err = output.Open(s.o.Kept(s.attempt)); err != nil {
			if !errors.Is(err, os.ErrNotExist) {
				s.unreadable(err)
			}
			return nil
		}
	}
	for !s.over {
		n, err := r.Read(s.buf)
		s.lines.Feed(s.buf[:n], s.line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.unreadable(err)
		}
	}
	return r
}

func (s *shown) unreadable(err error) {
	s.out.line("  | (its output can't be read back: " + err.Error() + ")")
	s.over, s.broken = true, true
}

func (s *shown) line(text string) {
	if s.count++; s.count <= s.skip {
		return
	}
	s.since, s.said = s.o.Now(), 0
	if s.count > s.skip+s.o.Shown {
		if !s.over {
			s.out.line("  | … more comes: all of it is kept, and its end is shown")
		}
		s.over = true
		return
	}
	s.out.line("  | " + text)
}

// patience says that a silent command still runs: after a minute, then ever
// less often. Silence looks like a hang to somebody who waits.
func (s *shown) patience() {
	d := s.o.Now().Sub(s.since)
	next := max(quiet, min(2*s.said, s.said+silent))
	if d < next {
		return
	}
	s.said = next
	text := "  . it still runs; no new line for " + runbook.Short(next)
	if s.over {
		text = "  . it still runs"
	} else if part := s.lines.Partial(); part != "" {
		text += ". So far: " + part
	}
	s.out.say(4, text)
}

// end shows the last line without a line break, or the last lines of an output
// that was too long.
func (s *shown) end(r *output.Reader, of int64) {
	if !s.over {
		s.lines.Close(s.line)
		return
	}
	left := int(of) - s.skip - s.o.Shown
	if of == 0 || left > atEnd {
		left = atEnd
	}
	tail, err := r.Last(max(left, 1))
	if err != nil {
		s.unreadable(err)
		return
	}
	if n := int(of) - s.skip - s.o.Shown - left; n > 0 {
		s.out.line("  | … (" + words.Lines(int64(n)) + " left out; o " + strconv.Itoa(s.attempt) + " shows all)")
	}
	printLines(s.out, tail)
}

// printLines shows kept output.
func printLines(out *printer, text []byte) {
	lines := output.NewLines(output.NewRedactor())
	show := func(text string) { out.line("  | " + text) }
	lines.Feed(text, show)
	lines.Close(show)
}

// printTail shows the last lines that a command printed, if there are any.
func (p *Plain) printTail(attempt int) {
	r, err := output.Open(p.o.Kept(attempt))
	if err != nil {
		return // it printed nothing, or o tells what is wrong with it
	}
	defer r.Close()
	if tail, err := r.Last(atEnd); err == nil && len(tail) > 0 {
		p.out.say(4, "  the last that command "+strconv.Itoa(attempt)+" printed:")
		printLines(p.out, tail)
	}
}

// printOutput shows a command's kept output from its beginning, whole.
func (p *Plain) printOutput(attempt int) error {
	r, err := output.Open(p.o.Kept(attempt))
	if errors.Is(err, os.ErrNotExist) {
		p.out.line("  command " + strconv.Itoa(attempt) + " has printed nothing that was kept")
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
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
