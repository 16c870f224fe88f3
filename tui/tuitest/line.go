package tuitest

import "io"

// WaitLast waits until the screen shows a text, whether the program has ended or not:
// something else may write it.
func (p *Proc) WaitLast(text string) {
	p.t.Helper()
	if err := p.await(func() bool { return shows(p.snapshot().Rows(), text) }); err != nil {
		p.t.Fatalf("without showing %q: %v\n%s", text, err, p.shown())
	}
}

// Hangup cuts the line, as a network does: the terminal is gone for all that have it.
// What becomes of the program can't be seen there any more.
func (p *Proc) Hangup() {
	p.t.Helper()
	pid := p.Pid()
	err := p.master.Close()
	if err == nil {
		_, err = p.tty.Write([]byte{0}) // it is closed once the read returns that is under way
	}
	if err != nil {
		p.t.Fatalf("cutting the line to process %d: %v", pid, err)
	}
	<-p.gone
}

// Tap has every byte that is written to the terminal from now on written to w too,
// before it is shown.
func (s *Screen) Tap(w io.Writer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tap = w
}
