package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

// A rawTerminal has a program on it, and draws nothing: it takes the time of what
// comes, and answers what is asked, as a terminal with synchronized output does.
type rawTerminal struct {
	b      *testing.B
	cmd    *exec.Cmd
	master *os.File
	began  time.Time  // just before the program was started
	pieces chan piece // closed at the end of what comes
	ahead  []byte     // has come, and is no whole frame yet
	frames []frame
	ended  bool
}

// A piece is what one read gave.
type piece struct {
	at   time.Time
	text []byte
}

// A frame is what a program drew at once. Its time is that of its last byte.
type frame piece

// answers are what the terminal says to what is asked.
var answers = map[string]string{
	ansi.RequestModeSynchronizedOutput: "\x1b[?2026;2$y",
	ansi.RequestModeUnicodeCore:        "\x1b[?2027;0$y",
	ansi.RequestBackgroundColor:        "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
	ansi.RequestKittyKeyboard:          "\x1b[?0u",
}

// onTerminal starts a program on a terminal of 120 by 40 cells.
func onTerminal(b *testing.B, dir string, env []string, argv ...string) *rawTerminal {
	b.Helper()
	// What comes must not have to wait until somebody takes what came before.
	t := &rawTerminal{b: b, pieces: make(chan piece, 1<<16)}
	t.cmd = exec.CommandContext(b.Context(), argv[0], argv[1:]...)
	t.cmd.Dir, t.cmd.Env = dir, env
	t.began = time.Now()
	var err error
	if t.master, err = pty.StartWithSize(t.cmd, &pty.Winsize{Rows: 40, Cols: 120}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = t.cmd.Process.Kill(); t.wait() })
	go t.read()
	return t
}

// read takes what comes, until nobody has the terminal any more.
func (t *rawTerminal) read() {
	defer close(t.pieces)
	buf := make([]byte, 64<<10)
	for {
		n, err := t.master.Read(buf)
		at := time.Now()
		if err != nil {
			return
		}
		for ask, say := range answers {
			if bytes.Contains(buf[:n], []byte(ask)) {
				_, _ = t.master.WriteString(say)
			}
		}
		t.pieces <- piece{at, bytes.Clone(buf[:n])}
	}
}

// until waits until some texts have come, and gives the moment.
func (t *rawTerminal) until(texts ...string) time.Time {
	t.b.Helper()
	var all []byte
	for p := range t.pieces {
		t.take(p)
		all = append(all, p.text...)
		if !slices.ContainsFunc(texts, func(text string) bool { return !bytes.Contains(all, []byte(text)) }) {
			return p.at
		}
	}
	t.b.Fatalf("the program ended without %q:\n%q", texts, all)
	return time.Time{}
}

// take takes a piece, and says whether a frame ends with it.
func (t *rawTerminal) take(p piece) bool {
	t.ahead = append(t.ahead, p.text...)
	if !bytes.HasSuffix(t.ahead, []byte(ansi.ResetModeSynchronizedOutput)) {
		return false
	}
	from := max(0, bytes.Index(t.ahead, []byte(ansi.SetModeSynchronizedOutput)))
	t.frames = append(t.frames, frame{p.at, t.ahead[from:]})
	t.ahead = nil
	return true
}

// catchUp takes the frames that have come already.
func (t *rawTerminal) catchUp() {
	for len(t.pieces) > 0 {
		t.take(<-t.pieces)
	}
}

// next waits for a frame.
func (t *rawTerminal) next() *frame {
	t.b.Helper()
	for p := range t.pieces {
		if t.take(p) {
			return &t.frames[len(t.frames)-1]
		}
	}
	t.b.Fatalf("the program ended:\n%q", t.ahead)
	return nil
}

// press sends a key, and waits for the frame with a text that it changes.
func (t *rawTerminal) press(key, text string) (time.Duration, *frame) {
	t.b.Helper()
	t.catchUp()
	start := time.Now()
	t.send(key)
	f := t.next()
	for !bytes.Contains(f.text, []byte(text)) {
		f = t.next()
	}
	return f.at.Sub(start), f
}

// said says whether a frame had a text.
func (t *rawTerminal) said(text string) bool {
	return slices.ContainsFunc(t.frames, func(f frame) bool { return bytes.Contains(f.text, []byte(text)) })
}

func (t *rawTerminal) send(keys string) {
	t.b.Helper()
	if _, err := t.master.WriteString(keys); err != nil {
		t.b.Fatal(err)
	}
}

// quit presses q and waits for the end.
func (t *rawTerminal) quit() {
	t.b.Helper()
	t.send("q")
	t.wait()
}

func (t *rawTerminal) wait() {
	if t.ended {
		return
	}
	t.ended = true
	for range t.pieces { // until nobody has the terminal any more
	}
	_ = t.cmd.Wait()
	_ = t.master.Close()
}

// A typist presses j and k in turn, in several programs one after the other, at
// any moment between two frames: people don't wait for those.
type typist struct {
	rng *rand.Rand
	n   int
}

func newTypist() *typist { return &typist{rng: rand.New(rand.NewPCG(1, 2))} }

// press gives how long it took until the sign that the key moves was drawn, and
// the frame.
func (y *typist) press(t *rawTerminal, sign string) (float64, *frame) {
	t.b.Helper()
	<-time.After(time.Duration(y.rng.Int64N(int64(20 * time.Millisecond))))
	d, f := t.press(string("jk"[y.n/2%2]), sign)
	y.n++
	return ms(d), f
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// part is what that part of a list is at most.
func part(list []float64, p float64) float64 {
	slices.Sort(list)
	return list[min(len(list)-1, int(p*float64(len(list))))]
}
