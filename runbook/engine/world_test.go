package engine_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/runbook/markdown"
)

// A world is a walk with everything around it, on the clock of testing/synctest:
// what a test doesn't say takes no time and goes well.
type world struct {
	*fakeLog
	*fakeShell
	*fakeClock
	*fakeAsker
	t       *testing.T
	mode    runbook.Mode
	shelf   map[string]*runbook.Book
	targets map[string]engine.Target
	env     []string
	cwd     string
	eng     *engine.Engine
	roles   map[string]string
	secret  []string                 // values that must not stand in any record
	usual   map[string]time.Duration // of steps, from earlier runs
	tweak   func(b *runbook.Book)    // what no document says
	mark    int                      // records that a test has looked at
}

// story tells a test in a bubble of fake time. It ends with the integrity check.
func story(t *testing.T, tell func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		clock := newFakeClock()
		w := &world{
			t: t, mode: runbook.Drill, fakeClock: clock, fakeShell: newFakeShell(clock), fakeLog: newFakeLog(clock),
			fakeAsker: &fakeAsker{}, shelf: map[string]*runbook.Book{}, cwd: "/work", env: []string{"PATH=/usr/bin", "HOME=/home/ann"},
			targets: map[string]engine.Target{"practice": {Name: "practice"}, "prod": {Name: "prod", Production: true}},
		}
		w.fakeShell.log = w.fakeLog
		tell(w)
		w.check()
	})
}

// book parses a document and puts it on the shelf; own: with front matter.
func (w *world) book(name, text string) *runbook.Book {
	w.t.Helper()
	b, messages, err := markdown.Parse("/books/"+name+".md", []byte(strings.ReplaceAll(text, "\n\t\t", "\n")))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, m := range messages {
		if m.Level == markdown.Fault && !strings.Contains(text, "malformed") {
			w.t.Fatal(m)
		}
	}
	w.shelf[name] = b
	return b
}

func (w *world) ports() engine.Ports {
	return engine.Ports{
		Log: w.fakeLog, Shell: w.fakeShell, Clock: w.fakeClock, Asker: w.fakeAsker, Output: w.fakeShell,
		Library: w, Secrecy: masks{}, Targets: w.target,
		Usual: func(_ *runbook.Book, s *runbook.Step) (runbook.Usual, bool) {
			d, ok := w.usual[s.ID]
			return runbook.Usual{Median: d, P90: d, N: 3}, ok
		},
	}
}

func (w *world) surroundings() engine.Surroundings {
	return engine.Surroundings{Who: engine.Who{Name: "ann", Role: "operator", Host: "laptop"}, Env: w.env, Cwd: w.cwd}
}

func (w *world) target(name string) (engine.Target, error) {
	t, ok := w.targets[name]
	if !ok {
		return t, fmt.Errorf("no target %q", name)
	}
	return t, nil
}

// Open and Parse make the world a library.
func (w *world) Open(link string, _ *runbook.Book) (*runbook.Book, error) {
	if b := w.shelf[runbook.LinkName(link)]; b != nil {
		return b, nil
	}
	return nil, fmt.Errorf("no book %q", link)
}

func (w *world) Parse(name string, text []byte) (*runbook.Book, error) {
	b, _, err := markdown.Parse(name, text)
	return b, err
}

// begin opens a run of a document.
func (w *world) begin(text string) {
	w.t.Helper()
	if err := w.tryBegin(text); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) tryBegin(text string) (err error) {
	b := w.book("book", text)
	if w.tweak != nil {
		w.tweak(b)
	}
	target := map[runbook.Mode]string{runbook.Drill: "practice", runbook.Live: "prod"}[w.mode]
	w.eng, err = engine.Begin(w.t.Context(), w.ports(), w.surroundings(), engine.Opening{
		Run:  runbook.RunOpened{Run: "01RUN", Mode: w.mode, Target: target, Production: w.mode == runbook.Live},
		Book: b, Roles: w.roles,
	})
	return err
}

// resume takes the run up in a process that knows nothing of the one before.
func (w *world) resume() {
	w.t.Helper()
	w.die()
	var err error
	w.eng, err = engine.Resume(w.t.Context(), w.ports(), w.surroundings(), nil, runbook.RunResumed{PID: 2})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) run() *runbook.Run { return w.eng.Run() }

func (w *world) do(in runbook.Intent) {
	w.t.Helper()
	if err := w.eng.Do(w.t.Context(), in); err != nil {
		w.t.Fatalf("%#v: %v", in, err)
	}
}

// refused demands that an intent is refused, with a reason that holds want, and
// that no record comes of it.
func (w *world) refused(in runbook.Intent, want string) {
	w.t.Helper()
	w.refusal(w.eng.Do(w.t.Context(), in), want)
}

func (w *world) refusal(err error, want string) {
	w.t.Helper()
	var refused *runbook.Refusal
	if !errors.As(err, &refused) || !strings.Contains(refused.Reason, want) {
		w.t.Fatalf("refused with %q? %v", want, err)
	}
}

// enter does what Enter does.
func (w *world) enter() {
	w.t.Helper()
	m := w.eng.Next()
	if m.Do == nil || m.Needs != "" {
		w.t.Fatalf("enter does nothing: %s", m.Say)
	}
	w.do(m.Do)
}

// walk presses Enter until something else is wanted, or the run ends.
func (w *world) walk() {
	w.t.Helper()
	for range 100 {
		m := w.eng.Next()
		if w.run().Ended != nil || m.Do == nil || m.Needs != "" {
			return
		}
		w.do(m.Do)
	}
	w.t.Fatalf("the walk doesn't end: %s", w.eng.Next().Say)
}

// next demands what Enter would do.
func (w *world) next(want string) {
	w.t.Helper()
	if m := w.eng.Next(); !strings.Contains(m.Say, want) {
		w.t.Fatalf("enter would %q, want %q", m.Say, want)
	}
}

// ended demands that the run has ended so.
func (w *world) ended(state string) {
	w.t.Helper()
	if w.run().Ended == nil || w.run().Ended.State != state {
		w.t.Fatalf("ended %s? %+v; enter would %q", state, w.run().Ended, w.eng.Next().Say)
	}
}

// A doing is an intent that is being carried out by a goroutine.
type doing struct {
	w      *world
	done   chan struct{}
	err    error
	cancel context.CancelFunc
}

// start carries an intent out beside the test, up to where it waits.
func (w *world) start(in runbook.Intent) *doing {
	ctx, cancel := context.WithCancel(w.t.Context())
	d := &doing{w: w, done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(d.done)
		d.err = w.eng.Do(ctx, in)
	}()
	synctest.Wait()
	return d
}

func (d *doing) wait() error {
	<-d.done
	d.cancel()
	return d.err
}

func (d *doing) ok() {
	d.w.t.Helper()
	if err := d.wait(); err != nil {
		d.w.t.Fatal(err)
	}
}

// leave loses the line: the walk is given up while the command goes on.
func (d *doing) leave() {
	d.w.t.Helper()
	d.cancel()
	if err := d.wait(); !errors.Is(err, engine.ErrLeft) {
		d.w.t.Fatalf("left? %v", err)
	}
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	time.Sleep(d) // of the bubble
	synctest.Wait()
}

var keys = regexp.MustCompile(`"(\w+)":`)

// sentence is a record on one line.
func sentence(rec runbook.Record) string {
	kind, _, data, err := runbook.Encode(runbook.Meta{}, rec.Event)
	if err != nil {
		return err.Error()
	}
	text := keys.ReplaceAllString(strings.Trim(string(data), "{}"), "$1=")
	text = strings.NewReplacer(`,`, ` `, `\"`, `'`, `"`, ``).Replace(text)
	return strings.TrimSpace(kind + " " + text)
}

// told demands records that hold these texts, in this order, among those since
// the last time.
func (w *world) told(want ...string) {
	w.t.Helper()
	got, i, from := w.sentences(), 0, w.mark
	for n := from; n < len(got) && i < len(want); n++ {
		if holdsAll(got[n], want[i]) {
			i, w.mark = i+1, n+1
		}
	}
	if i < len(want) {
		w.t.Fatalf("not told: %s\namong\n%s", want[i], strings.Join(got[from:], "\n"))
	}
}

// holdsAll says whether a line holds every part of a text that is cut by "…".
func holdsAll(line, parts string) bool {
	for part := range strings.SplitSeq(parts, "…") {
		if !strings.Contains(line, strings.TrimSpace(part)) {
			return false
		}
	}
	return true
}

// count says how many records hold a text.
func (w *world) count(text string) int {
	n := 0
	for _, line := range w.sentences() {
		if holdsAll(line, text) {
			n++
		}
	}
	return n
}

func (w *world) counted(text string, want int) {
	w.t.Helper()
	if n := w.count(text); n != want {
		w.t.Fatalf("%d records of %q, want %d:\n%s", n, text, want, strings.Join(w.sentences(), "\n"))
	}
}

// check is the integrity check that every story leaves through: the log folds to
// the state that the engine has, every command had its intent on disk before it
// was started and has one outcome at most, and no secret stands anywhere.
func (w *world) check() {
	w.t.Helper()
	if w.eng == nil {
		return
	}
	records, err := w.Read(w.t.Context(), 0)
	if err != nil {
		w.t.Fatal(err)
	}
	if n := int(w.run().Seq); n < len(records) {
		if err := w.eng.CatchUp(w.t.Context()); err != nil {
			w.t.Logf("the engine can't catch up: %v", err)
		}
	}
	folded := runbook.NewRun()
	ends := map[int]int{}
	for _, rec := range records {
		if err := folded.Apply(rec); err != nil {
			w.t.Fatal(err)
		}
		if f, ok := rec.Event.(runbook.CommandFinished); ok {
			ends[f.Attempt]++
		}
	}
	if int(w.run().Seq) == len(records) && !reflect.DeepEqual(folded, w.run()) {
		w.t.Errorf("folding the log gives another run:\n%+v\n%+v", folded, w.run())
	}
	for n, times := range ends {
		if times > 1 {
			w.t.Errorf("attempt %d ended %d times", n, times)
		}
	}
	for _, fault := range w.faults {
		w.t.Error(fault)
	}
	for _, line := range append(w.sentences(), w.shown...) {
		for _, value := range w.secret {
			if strings.Contains(line, value) {
				w.t.Errorf("a secret stands in %s", line)
			}
		}
	}
	if len(w.answers) > 0 {
		w.t.Errorf("never asked: %+v", w.answers)
	}
}
