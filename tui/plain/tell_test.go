package plain

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/tuitest"
)

// A story is a walk in a bubble of its own: time passes when everybody waits,
// and a line is typed when the walk has nothing left to do.
type story struct {
	t       *testing.T
	w       *world
	p       *Plain
	in      *io.PipeWriter
	out     *screen
	signals chan Signal
	cancel  context.CancelFunc
	done    chan error
	ended   bool
}

// A screen is what was printed. What was read from it is behind a mark.
type screen struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	mark int
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// news is what was printed since it was last asked for.
func (s *screen) news() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.buf.String()[s.mark:]
	s.mark = s.buf.Len()
	return text
}

// tell tells a story: the walk of a book, with what the test does in it. It
// ends with the end of the input, and every goroutine must end with it.
func tell(t *testing.T, text string, opened runbook.RunOpened, change func(*Options, *world), do func(*story)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		s := &story{t: t, w: newWorld(t, "book.md", text), in: typed, out: &screen{}, signals: make(chan Signal), done: make(chan error, 1)}
		o := Options{
			In: in, Out: s.out, Echo: true, Signals: s.signals, Now: time.Now, After: time.After, Kept: s.w.Kept,
			Width: func() int { return 80 },
		}
		if change != nil {
			change(&o, s.w)
		}
		s.p = New(o)
		if s.w.run.Seq == 0 {
			s.w.open(opened)
		}
		s.w.p = s.p
		s.p.Attach(s.w)
		s.p.Header()
		s.p.Watch(s.w.log[s.w.past:])
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.cancel = cancel
		go func() {
			err := s.p.Walk(ctx)
			_ = in.Close()
			s.done <- err
		}()
		defer s.close()
		synctest.Wait()
		do(s)
	})
}

// types types lines, each when the walk waits for one.
func (s *story) types(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		synctest.Wait()
		if _, err := io.WriteString(s.in, line+"\n"); err != nil {
			s.t.Errorf("nobody reads %q: %v", line, err)
		}
	}
	synctest.Wait()
}

// signal sends a signal, which somebody must take.
func (s *story) signal(sig Signal) {
	s.t.Helper()
	synctest.Wait()
	select {
	case s.signals <- sig:
	default:
		s.t.Fatalf("nobody takes signal %d", sig)
	}
	synctest.Wait()
}

// passes lets time pass.
func (s *story) passes(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// over says that the walk has ended, and gives its error.
func (s *story) over() error {
	s.t.Helper()
	synctest.Wait()
	select {
	case err := <-s.done:
		s.ended = true
		return err
	default:
		s.t.Fatalf("the walk goes on:\n%s", s.out.text())
		return nil
	}
}

// left demands that the walk has ended well, and why the run was left.
func (s *story) left(why string) {
	s.t.Helper()
	if err := s.over(); err != nil || s.w.run.Left != why {
		s.t.Errorf("left: %q, %v, want %q", s.w.run.Left, err, why)
	}
}

// finished demands that the walk has ended well, and the run with it.
func (s *story) finished() {
	s.t.Helper()
	if err := s.over(); err != nil || s.w.run.Ended == nil {
		s.t.Errorf("ended %v, %v", s.w.run.Ended, err)
	}
}

// close ends the input, and with it the walk.
func (s *story) close() {
	_ = s.in.Close()
	if !s.ended {
		if err := <-s.done; err != nil {
			s.t.Errorf("the walk ended with %v", err)
		}
	}
	s.w.Close()
}

// shows demands that each text was printed since the last look, in this order.
func (s *story) shows(texts ...string) {
	s.t.Helper()
	synctest.Wait()
	news := s.out.news()
	rest := news
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			s.t.Errorf("%q was not shown, or not in this order:\n%s", text, news)
			return
		}
		rest = after
	}
}

// lacks demands that nothing that was ever printed holds a text.
func (s *story) lacks(text string) {
	s.t.Helper()
	synctest.Wait()
	if strings.Contains(s.out.text(), text) {
		s.t.Errorf("%q was shown:\n%s", text, s.out.text())
	}
}

// golden compares the transcript with the one that was read and found good.
func (s *story) golden() {
	s.t.Helper()
	synctest.Wait()
	text := s.out.text()
	for i, line := range strings.Split(text, "\n") {
		if strings.TrimFunc(line, func(r rune) bool { return r >= 0x20 && r != 0x7f }) != "" {
			s.t.Errorf("line %d holds a control character: %q", i+1, line)
		}
	}
	golden(s.t, strings.ReplaceAll(text, s.w.Dir, "DIR"))
}

func golden(t *testing.T, got string) {
	t.Helper()
	file := filepath.Join("testdata", strings.ReplaceAll(t.Name(), "/", "_")+".golden")
	want, ok := tuitest.Expected(t, file, got)
	if !ok || got == want {
		return
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	from := max(0, i-4)
	t.Errorf("%s, line %d\nwant:\n%s\ngot:\n%s", file, i+1,
		strings.Join(a[from:min(i+8, len(a))], "\n"), strings.Join(b[from:min(i+8, len(b))], "\n"))
}
