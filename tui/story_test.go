package tui

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"lifeboat/runbook"
	"lifeboat/tui/tuitest"
	"lifeboat/tui/ui"
	"lifeboat/tui/walk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A story is the whole program on an emulated terminal, in a bubble of its own:
// time passes when everybody waits.
type story struct {
	*tuitest.Term
	t     *testing.T
	w     *world
	app   *App
	loose bool // frames are not looked at: the story does what no frame has room for
}

// A guarded program lets the race detector know that it does nothing while the test
// looks at it: when time is the only thing that wakes it, nothing else tells.
type guarded struct {
	*App
	w *world
}

func (g guarded) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	g.w.Pass()
	_, cmd := g.App.Update(msg)
	return g, cmd
}

func (g guarded) View() tea.View {
	g.w.Pass()
	return g.App.View()
}

// What lets the program go on is told to it first. See guarded.

func (s *story) Press(keys ...string) { s.w.Pass(); s.Term.Press(keys...) }
func (s *story) Type(text string)     { s.w.Pass(); s.Term.Type(text) }
func (s *story) Paste(text string)    { s.w.Pass(); s.Term.Paste(text) }
func (s *story) Click(x, y int)       { s.w.Pass(); s.Term.Click(x, y) }
func (s *story) Send(msg tea.Msg)     { s.w.Pass(); s.Term.Send(msg) }
func (s *story) Resize(w, h int)      { s.w.Pass(); s.Term.Resize(w, h) }
func (s *story) After(d time.Duration) {
	s.w.Pass()
	s.Term.After(d)
}

// A setting is where a story begins.
type setting struct {
	shelf  []shelved
	begin  ui.Request // nil: home
	w, h   int        // 0: 80 by 24
	theme  string
	signs  ui.Signs
	term   tuitest.Options
	change func(*world)               // before the program starts
	first  func(*world) *walk.Session // what is walked from the first frame on; nil: begin says
}

// tell tells a story.
func tell(t *testing.T, o setting, do func(*story)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { do(open(t, o)) })
}

// open begins a story in the bubble of a test.
func open(t *testing.T, o setting) *story {
	t.Helper()
	w := newWorld(t, o.shelf...)
	if o.change != nil {
		o.change(w)
	}
	if o.w == 0 {
		o.w, o.h = 80, 24
	}
	if o.begin == nil {
		o.begin = ui.Home{}
	}
	app, err := New(Options{Station: w, Now: w.now, After: time.After, Theme: o.theme, Signs: o.signs})
	if err != nil {
		t.Fatal(err)
	}
	if app.Begin(o.begin); o.first != nil {
		app.Walk(o.first(w))
	}
	s := &story{t: t, w: w, app: app}
	s.loose = o.signs == ui.ASCII
	s.Term = tuitest.Open(t, guarded{app, w}, o.w, o.h, o.term)
	t.Cleanup(s.close)
	s.check()
	return s
}

// close ends everything that waits for a screen, as the end of a process does.
func (s *story) close() {
	s.After(0)
	s.w.end()
	for _, screen := range s.app.stack {
		if c, ok := screen.(interface{ Close() }); ok {
			c.Close()
		}
	}
	s.After(0)
	s.w.Close()
}

// run is a setting that begins with the briefing of a book.
func run(mode runbook.Mode, text string) setting {
	return setting{shelf: []shelved{{"book", text}}, begin: ui.Brief{Book: "book", Mode: mode}}
}

// walks tells a story that begins on the walk of a book.
func walks(t *testing.T, mode runbook.Mode, text string, do func(*story)) {
	t.Helper()
	tell(t, run(mode, text), func(s *story) {
		s.start()
		do(s)
	})
}

// start starts the run of a briefing, and passes its questions.
func (s *story) start() {
	s.t.Helper()
	s.press("enter")
	if s.app.status().Mode == runbook.Live {
		if s.has("When did the disruption begin?") {
			s.press("enter")
		}
		s.types("production")
	}
	if s.app.walking() == nil {
		s.t.Fatalf("no run was opened:\n%s", s.Text())
	}
}

// press presses keys, and looks at every frame.
func (s *story) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		s.Press(k)
		s.check()
	}
}

// types types a text and Enter.
func (s *story) types(text string) {
	s.t.Helper()
	s.Type(text)
	s.press("enter")
}

// passes lets time go by.
func (s *story) passes(d time.Duration) {
	s.t.Helper()
	s.After(d)
	s.check()
}

// ready waits until a question that opened by itself hears what is typed.
func (s *story) ready() {
	s.t.Helper()
	s.passes(time.Second)
}

func (s *story) has(text string) bool { return strings.Contains(s.flat(), text) }

// flat is what the screen says, without borders and folds: the words of a sentence
// stand beside each other wherever a line ends.
func (s *story) flat() string {
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune("│║|", r) {
			return ' '
		}
		return r
	}, s.Text())
	return strings.Join(strings.Fields(text), " ")
}

// shows demands that the screen says each text.
func (s *story) shows(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !s.has(text) {
			s.t.Errorf("%q is not shown:\n%s", text, s.Text())
		}
	}
}

// lacks demands that the screen says none of the texts.
func (s *story) lacks(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if s.has(text) {
			s.t.Errorf("%q is shown:\n%s", text, s.Text())
		}
	}
}

// next demands what Enter does.
func (s *story) next(text string) {
	s.t.Helper()
	s.shows("Enter " + text)
}

// wrote demands the kinds of events that were written since a moment, which is how
// many there were; notes and commands that tell more than their kind are looked at
// in the log.
func (s *story) wrote(after int, kinds ...string) {
	s.t.Helper()
	if got := s.w.kinds(after); !slices.Equal(got, kinds) {
		s.t.Errorf("written: %q, want %q\n%s", got, kinds, s.Text())
	}
}

// rang demands how often the bell has rung.
func (s *story) rang(times int) {
	s.t.Helper()
	if n := s.Bells(); n != times {
		s.t.Errorf("the bell rang %d times, want %d", n, times)
	}
}

// last is the newest event of a kind; it fails where there is none.
func last[E runbook.Event](s *story) E {
	s.t.Helper()
	for _, rec := range slices.Backward(s.w.log) {
		if e, ok := rec.Event.(E); ok {
			return e
		}
	}
	var none E
	s.t.Errorf("nothing on record is a %T: %q", none, s.w.kinds(0))
	return none
}

// count is how many events of a kind there are.
func count[E runbook.Event](s *story) int {
	n := 0
	for _, rec := range s.w.log {
		if _, ok := rec.Event.(E); ok {
			n++
		}
	}
	return n
}

// ran says whether a command that begins so was ever started.
func (s *story) ran(head string) bool {
	return slices.ContainsFunc(s.w.run.Attempts, func(a *runbook.Attempt) bool { return strings.HasPrefix(a.Text, head) && a.For == "" })
}

// over demands that the program has ended by itself, and well.
func (s *story) over() {
	s.t.Helper()
	if s.Running() {
		s.t.Fatalf("the program goes on:\n%s", s.Text())
	}
	if _, err := s.Result(); err != nil {
		s.t.Error(err)
	}
}

// left demands that the program has ended, why the run was left, and how many commands
// go on.
func (s *story) left(why string, running int) {
	s.t.Helper()
	s.over()
	if n := len(s.w.run.Running()); s.w.run.Left != why || n != running {
		s.t.Errorf("left: %q, %d run, want %q and %d", s.w.run.Left, n, why, running)
	}
}

// signal is a signal that reaches the process.
func (s *story) signal(why string) {
	s.t.Helper()
	s.Send(Signal{Why: why})
}

// check looks at what every frame promises.
func (s *story) check() {
	s.t.Helper()
	if s.loose || !s.Running() {
		return
	}
	for _, problem := range frameProblems(s) {
		s.t.Errorf("%s:\n%s", problem, s.Text())
	}
}

// frameProblems says what is wrong with a frame, whatever it shows.
func frameProblems(s *story) []string {
	var out []string
	say := func(ok bool, problem string) {
		if !ok {
			out = append(out, problem)
		}
	}
	w, h := s.Size()
	view := s.app.View()
	lines := strings.Split(view.Content, "\n")
	say(len(lines) == h, "the frame has another height than the terminal")
	for _, line := range lines {
		say(ui.Width(line) == w, "a line has another width than the terminal: "+line)
	}
	if err := s.Straight('├', '┤'); err != nil {
		out = append(out, err.Error())
	}
	bold := s.Bold()
	say(len(bold) <= 1, "more than one thing is bold: "+strings.Join(bold, " | "))
	goes := map[bool]string{true: ">", false: "Enter"}[len(s.app.dialogs) > 0]
	say(len(bold) == 0 || bold[0] == goes, "what is bold is not the key that goes on: "+strings.Join(bold, " | "))
	st := s.app.status()
	top := s.Lines()[0]
	switch st.Mode {
	case runbook.Live:
		say(strings.Contains(top, "LIVE") && strings.HasPrefix(view.WindowTitle, "LIVE "), "the frame doesn't say LIVE")
	case runbook.Drill:
		say(strings.Contains(top, "DRILL") && strings.HasPrefix(view.WindowTitle, "DRILL "), "the frame doesn't say DRILL")
	}
	say(st.Mode == "" || strings.Contains(strings.ToLower(s.Text()), strings.ToLower(st.Target)), "the frame doesn't name the target")
	for _, c := range ui.Collisions(s.app.bindings()) {
		out = append(out, "two bindings share a key: "+c)
	}
	return out
}
