package tuitest

import (
	"bytes"
	"image/color"
	"io"
	"sync"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// A Screen is an emulated terminal. Its methods may be called by any goroutine,
// and see it between two writes.
//
// It offers synchronized output (mode 2026), so that a program can say where a
// frame begins and ends, and no other extension: widths are those of a plain
// terminal, and the Kitty keyboard protocol is followed but not announced.
type Screen struct {
	in *queue // what a program on this terminal reads: answers and keys

	mu        sync.Mutex // vt.SafeEmulator leaves some methods unlocked
	emu       *vt.Emulator
	cooked    bool          // there is no kernel that makes LF a CRLF
	changed   chan struct{} // closed at the next write
	watch     func(Snapshot)
	tap       io.Writer // gets what is written as well; nil: nobody does
	bytes     int
	bells     int
	title     string
	clipboard string
	reports   map[int][]string // what OSC sequences said, by their number
	state     state
}

// The colours of a terminal that is light on black, and of one that is dark on white.
var (
	darkForeground  = color.RGBA{0xdd, 0xdd, 0xdd, 0xff}
	darkBackground  = color.RGBA{0x00, 0x00, 0x00, 0xff}
	lightForeground = color.RGBA{0x22, 0x22, 0x22, 0xff}
	lightBackground = color.RGBA{0xff, 0xff, 0xff, 0xff}
)

// NewScreen makes an empty terminal of w by h cells, light on black, that lasts
// until the test ends.
func NewScreen(t T, w, h int) *Screen {
	s := &Screen{
		in:      newQueue(),
		emu:     vt.NewEmulator(w, h),
		changed: make(chan struct{}),
		reports: map[int][]string{},
		state:   newState(),
	}
	s.emu.SetCallbacks(vt.Callbacks{
		Bell:        func() { s.bells++ },
		EnableMode:  func(m ansi.Mode) { s.state.modes[m] = true },
		DisableMode: func(m ansi.Mode) { s.state.modes[m] = false },
	})
	s.listen()
	s.Colors(darkForeground, darkBackground)
	// The emulator answers into a pipe without a buffer, under our lock, so its
	// answers are always taken at once.
	go func() { _, _ = io.Copy(s.in, s.emu) }()
	t.Cleanup(s.close)
	return s
}

// close ends the goroutine that takes the emulator's answers, and the program's
// input. Not by Emulator.Close: that sets, in x/vt v0.1.0, a field that Read reads.
func (s *Screen) close() {
	if c, ok := s.emu.InputPipe().(io.Closer); ok {
		_ = c.Close()
	}
	s.in.close()
}

// Write shows what a program wrote.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += len(p)
	if s.tap != nil {
		if _, err := s.tap.Write(p); err != nil {
			return 0, err
		}
	}
	shown := p
	if s.cooked {
		shown = bytes.ReplaceAll(p, []byte{'\n'}, []byte("\r\n"))
	}
	if _, err := s.emu.Write(shown); err != nil {
		return 0, err
	}
	if s.watch != nil && !s.halfway() {
		s.watch(s.snapshot())
	}
	close(s.changed)
	s.changed = make(chan struct{})
	return len(p), nil
}

// halfway says whether a program is between the beginning and the end of a
// frame. The lock is held.
func (s *Screen) halfway() bool { return s.state.modes[ansi.ModeSynchronizedOutput] }

// Colors sets what the terminal shows where a program sets no colour, and what
// it answers when it is asked.
func (s *Screen) Colors(foreground, background color.Color) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.foreground, s.state.background = foreground, background
	s.emu.SetDefaultForegroundColor(foreground)
	s.emu.SetDefaultBackgroundColor(background)
}

// Resize makes the terminal w by h cells. A program is told by Term.Resize and
// Proc.Resize.
func (s *Screen) Resize(w, h int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emu.Resize(w, h)
}

// Size is the terminal's width and height in cells.
func (s *Screen) Size() (w, h int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.Width(), s.emu.Height()
}

// A Snapshot is a screen as it was.
type Snapshot struct {
	Cells [][]uv.Cell // rows; the second cell of a wide character has the width 0
	X, Y  int         // the cursor; -1, -1: hidden
}

// Snapshot copies the screen.
func (s *Screen) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot()
}

func (s *Screen) snapshot() Snapshot {
	shot := Snapshot{Cells: make([][]uv.Cell, s.emu.Height()), X: -1, Y: -1}
	for y := range shot.Cells {
		shot.Cells[y] = make([]uv.Cell, s.emu.Width())
		for x := range shot.Cells[y] {
			if c := s.emu.CellAt(x, y); c != nil {
				shot.Cells[y][x] = *c
			}
		}
	}
	if s.state.cursorShown() {
		at := s.emu.CursorPosition()
		shot.X, shot.Y = at.X, at.Y
	}
	return shot
}

// Watch calls f after every write that leaves a whole frame. The screen is locked
// meanwhile, so f must not call it.
func (s *Screen) Watch(f func(Snapshot)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = f
}

// Bytes is how many bytes were written since the last ResetBytes.
func (s *Screen) Bytes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// ResetBytes makes Bytes count from 0.
func (s *Screen) ResetBytes() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes = 0
}

// Bells is how often the bell rang.
func (s *Screen) Bells() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bells
}

// Title is the window's title.
func (s *Screen) Title() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

// Clipboard is what was copied last (OSC 52).
func (s *Screen) Clipboard() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clipboard
}

// Reports are what a program told the terminal with an OSC sequence of a number,
// all of it, oldest first: 9 for notifications and, behind "4;", progress; 99 and
// 777 for other ways to notify; 7501 for its status.
func (s *Screen) Reports(number int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.reports[number]...)
}
