package main

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"lifeboat/tui/tuitest"
)

// A display is a real process of lifeboat that has a real terminal, full-screen.
type display struct {
	*tuitest.Proc
	t *testing.T
}

// show starts lifeboat on a terminal of 80 by 24 cells.
func (s *stationDir) show(args ...string) *display {
	s.t.Helper()
	return s.showOn(tuitest.NewScreen(s.t, 80, 24), nil, args...)
}

// showOn starts lifeboat on a terminal, with variables besides the station's.
func (s *stationDir) showOn(screen *tuitest.Screen, env []string, args ...string) *display {
	s.t.Helper()
	return s.startOn(screen, env, s.bin, args...)
}

// startOn starts a program on a terminal, in the station's directory.
func (s *stationDir) startOn(screen *tuitest.Screen, env []string, bin string, args ...string) *display {
	s.t.Helper()
	all := slices.Concat(s.env, []string{"TERM=xterm-256color", "COLORTERM=truecolor", "SHELL=/bin/sh"}, env)
	argv := append([]string{"/bin/sh", "-c", `cd "$0" && exec "$@"`, s.dir, bin}, args...)
	return &display{tuitest.StartOn(s.t, screen, all, argv...), s.t}
}

// hears waits until the program has heard what it asked the terminal: keys come after.
func (d *display) hears() {
	d.t.Helper()
	d.Press("?")
	d.WaitText("show the keys that work here")
	d.Press("esc")
	d.WaitGone("show the keys that work here")
}

// enterAt presses Enter as soon as a text is shown: for each text, one after the other.
func (d *display) enterAt(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		d.WaitText(text)
		d.Press("enter")
	}
}

// ends waits until the program has ended with a status, and demands that the
// terminal is as it was before.
func (d *display) ends(status int) string {
	d.t.Helper()
	if got := d.Wait(); got != status {
		d.t.Errorf("exit %d, want %d\n%s", got, status, d.Text())
	}
	if err := d.Whole(); err != nil {
		d.t.Errorf("left behind: %v", err)
	}
	return strings.TrimSpace(d.Text())
}

// A watcher looks at every frame from when it is made until it is stopped.
type watcher struct {
	d      *display
	mu     sync.Mutex
	frames int
	wrong  string // the first frame that isn't as it has to be
}

// watch demands something of every frame.
func (d *display) watch(good func(rows []string) bool) *watcher {
	w := &watcher{d: d}
	d.Watch(func(s tuitest.Snapshot) {
		rows := s.Rows()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.frames++
		if w.wrong == "" && !good(rows) {
			w.wrong = strings.Join(rows, "\n")
		}
	})
	return w
}

// stop ends the watch, and fails the test if a frame was wrong.
func (w *watcher) stop(what string) {
	w.d.t.Helper()
	w.d.Watch(nil)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.wrong != "" {
		w.d.t.Errorf("a frame doesn't have %s:\n%s", what, w.wrong)
	}
	if w.frames == 0 {
		w.d.t.Error("there were no frames")
	}
}

var passing = regexp.MustCompile(`\d+(:\d\d)+|\b\d+(\.\d+)? ?(ms|s|min|m|h)\b`)

// still is what the screen shows but for what time alone changes: the status line,
// the clocks, durations.
func still(rows []string) string {
	from := max(0, slices.IndexFunc(rows, func(row string) bool { return strings.HasPrefix(row, "┌") }))
	return passing.ReplaceAllString(strings.Join(rows[from:], "\n"), "")
}

// next is what the last lines say that Enter does; "": nothing now.
func next(rows []string) string {
	for _, row := range slices.Backward(rows) {
		if text, ok := strings.CutPrefix(row, " Enter  "); ok {
			return text
		}
	}
	return ""
}

var (
	numbered = regexp.MustCompile(`press 1 to \d+ to choose`)
	typing   = regexp.MustCompile(`^.*[│║] > (.*?) *[│║].*$`)
)

// byEnter walks to the debrief by Enter and answers alone, and gives what was
// answered and pressed.
func (d *display) byEnter(answer func(rows []string) string) []string {
	d.t.Helper()
	var did []string
	for len(did) < 1000 {
		var rows []string
		d.WaitFor("anything to do", func(lines []string) bool {
			rows = lines
			return next(lines) != "" || asks(lines) || slices.ContainsFunc(lines, numbered.MatchString)
		})
		before := still(rows)
		switch {
		case asks(rows):
			text := answer(rows)
			did = append(did, text)
			before = d.types(text)
			d.Press("enter")
		case next(rows) == "":
			did = append(did, "1")
			d.Press("1")
		case strings.HasPrefix(next(rows), "writes the report"):
			return did
		default:
			did = append(did, next(rows))
			d.Press("enter")
		}
		d.WaitFor("an effect of "+did[len(did)-1], func(lines []string) bool { return still(lines) != before })
	}
	d.t.Fatalf("it doesn't come to an end: %q\n%s", did[len(did)-10:], d.Text())
	return nil
}

// types types into the question that stands on the screen, and gives what is shown
// then. A question that opened by itself is deaf at first: as long as a frame doesn't
// show the text, it is typed again.
func (d *display) types(text string) (shown string) {
	d.t.Helper()
	for {
		before := d.Lines()
		d.Type("\x15" + text)
		d.WaitFor("what is typed, or the next frame", func(rows []string) bool {
			shown = still(rows)
			return rows[0] != before[0] || typed(rows) == text
		})
		if typed(d.Lines()) == text {
			return still(d.Lines())
		}
	}
}

// typed is what stands in the line that is typed.
func typed(rows []string) string {
	for _, row := range rows {
		if m := typing.FindStringSubmatch(row); m != nil {
			return m[1]
		}
	}
	return ""
}

// asks says whether a question stands on the screen.
func asks(rows []string) bool { return slices.ContainsFunc(rows, typing.MatchString) }
