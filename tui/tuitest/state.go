package tuitest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"image/color"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// A state is what a program switched on a terminal, as far as a terminal keeps it
// after the program has ended.
type state struct {
	modes      map[ansi.Mode]bool // those that were switched
	kitty      map[bool][]int     // flags that were pushed, by whether it was the alternate screen
	otherKeys  int                // xterm's modifyOtherKeys
	foreground color.Color        // by default
	background color.Color
}

func newState() state {
	return state{modes: map[ansi.Mode]bool{}, kitty: map[bool][]int{}}
}

// usual are the modes that are on in a terminal that nobody touched.
var usual = map[ansi.Mode]bool{ansi.ModeAutoWrap: true, ansi.ModeTextCursorEnable: true}

// on says whether a mode is set.
func (s *state) on(m ansi.Mode) bool {
	if on, switched := s.modes[m]; switched {
		return on
	}
	return usual[m]
}

// cursorShown goes by the mode. The emulator keeps a cursor for each screen, and
// would forgive a program that leaves the alternate screen with a hidden one.
func (s *state) cursorShown() bool { return s.on(ansi.ModeTextCursorEnable) }

// listen registers what the emulator doesn't do by itself.
func (s *Screen) listen() {
	title := func(data []byte) bool { // the emulator's drops titles with a semicolon
		s.title = payload(data)
		return true
	}
	s.emu.RegisterOscHandler(0, title)
	s.emu.RegisterOscHandler(2, title)
	s.emu.RegisterOscHandler(52, func(data []byte) bool {
		_, encoded, _ := strings.Cut(payload(data), ";")
		if text, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			s.clipboard = string(text)
		}
		return true
	})
	for _, number := range []int{9, 99, 777, 7501} {
		s.emu.RegisterOscHandler(number, func(data []byte) bool {
			s.reports[number] = append(s.reports[number], payload(data))
			return true
		})
	}
	s.emu.RegisterCsiHandler(ansi.Command('?', '$', 'p'), func(params ansi.Params) bool {
		if number, _, _ := params.Param(0, 0); number != ansi.ModeSynchronizedOutput.Mode() {
			return false
		}
		setting := ansi.ModeReset
		if s.halfway() {
			setting = ansi.ModeSet
		}
		_, _ = io.WriteString(s.emu.InputPipe(), ansi.ReportMode(ansi.ModeSynchronizedOutput, setting))
		return true
	})
	s.emu.RegisterEscHandler('c', func() bool { // a full reset
		s.state.kitty, s.state.otherKeys = map[bool][]int{}, 0
		return false
	})
	s.listenForKeyboard()
}

// payload is what follows the number of an OSC sequence.
func payload(data []byte) string {
	_, text, _ := strings.Cut(string(data), ";")
	return text
}

// listenForKeyboard follows how keys are to be reported. The Kitty protocol has a
// stack for each of the two screens; modifyOtherKeys is one number.
func (s *Screen) listenForKeyboard() {
	s.emu.RegisterCsiHandler(ansi.Command('>', 0, 'u'), func(params ansi.Params) bool {
		flags, _, _ := params.Param(0, 0)
		s.state.kitty[s.emu.IsAltScreen()] = append(s.state.kitty[s.emu.IsAltScreen()], flags)
		return true
	})
	s.emu.RegisterCsiHandler(ansi.Command('<', 0, 'u'), func(params ansi.Params) bool {
		n, _, _ := params.Param(0, 1)
		stack := s.state.kitty[s.emu.IsAltScreen()]
		s.state.kitty[s.emu.IsAltScreen()] = stack[:max(0, len(stack)-max(n, 1))]
		return true
	})
	s.emu.RegisterCsiHandler(ansi.Command('=', 0, 'u'), func(params ansi.Params) bool {
		flags, _, _ := params.Param(0, 0)
		how, _, _ := params.Param(1, 1)
		stack := s.state.kitty[s.emu.IsAltScreen()]
		if len(stack) == 0 {
			stack = []int{0}
		}
		switch top := &stack[len(stack)-1]; how {
		case 2:
			*top |= flags
		case 3:
			*top &^= flags
		default:
			*top = flags
		}
		s.state.kitty[s.emu.IsAltScreen()] = stack
		return true
	})
	s.emu.RegisterCsiHandler(ansi.Command('>', 0, 'm'), func(params ansi.Params) bool {
		if resource, _, _ := params.Param(0, 0); resource == 4 {
			s.state.otherKeys, _, _ = params.Param(1, 0)
		}
		return true
	})
}

// Mode says whether a mode is set.
func (s *Screen) Mode(m ansi.Mode) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.on(m)
}

// AltScreen says whether the alternate screen is shown.
func (s *Screen) AltScreen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.IsAltScreen()
}

// Cursor is where the cursor stands, and whether it shows.
func (s *Screen) Cursor() (x, y int, shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.emu.CursorPosition()
	return at.X, at.Y, s.state.cursorShown()
}

// disambiguates says whether keys are to be reported so that Escape by itself is
// told from the beginning of another key.
func (s *Screen) disambiguates() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.state.kitty[s.emu.IsAltScreen()]
	return len(stack) > 0 && stack[len(stack)-1]&ansi.KittyDisambiguateEscapeCodes != 0
}

// names are for the modes that a full-screen program is likely to leave behind.
var names = map[ansi.Mode]string{
	ansi.ModeAltScreen:           "the alternate screen",
	ansi.ModeAltScreenSaveCursor: "the alternate screen",
	ansi.ModeMouseNormal:         "the mouse",
	ansi.ModeMouseButtonEvent:    "the mouse",
	ansi.ModeMouseAnyEvent:       "the mouse",
	ansi.ModeMouseExtSgr:         "the mouse's coordinates",
	ansi.ModeBracketedPaste:      "bracketed paste",
	ansi.ModeFocusEvent:          "reports of focus",
	ansi.ModeSynchronizedOutput:  "synchronized output",
	ansi.ModeUnicodeCore:         "grapheme widths",
	ansi.ModeTextCursorEnable:    "the cursor",
	ansi.ModeAutoWrap:            "wrapping",
}

// Leftovers say what isn't as in a terminal that nobody touched. It is empty
// before a full-screen program starts, and has to be when it has ended.
func (s *Screen) Leftovers() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []string
	add := func(format string, args ...any) { left = append(left, fmt.Sprintf(format, args...)) }
	if s.emu.IsAltScreen() {
		add("the alternate screen is shown")
	}
	byNumber := func(a, b ansi.Mode) int { return a.Mode() - b.Mode() }
	for _, m := range slices.SortedFunc(maps.Keys(s.state.modes), byNumber) {
		if s.state.on(m) == usual[m] {
			continue
		}
		add("%s is %s (mode %d)", cmp.Or(names[m], "a mode"), map[bool]string{true: "on", false: "off"}[s.state.on(m)], m.Mode())
	}
	for _, alt := range []bool{false, true} {
		if flags := s.state.kitty[alt]; len(flags) > 0 && slices.Max(flags) > 0 {
			add("Kitty keyboard flags %v are on the stack of the %s screen", flags, map[bool]string{true: "alternate", false: "main"}[alt])
		}
	}
	if s.state.otherKeys != 0 {
		add("modifyOtherKeys is %d", s.state.otherKeys)
	}
	if style, blinks := s.emu.CursorStyle(); style != vt.CursorBlock || !blinks {
		add("the cursor has another shape")
	}
	if s.emu.ForegroundColor() != s.state.foreground || s.emu.BackgroundColor() != s.state.background {
		add("the default colours are others")
	}
	return left
}
