package walk

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/doc"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// A Walk is the screen of one session. It is for the goroutine that handles
// messages.
type Walk struct {
	drive
	host ui.Host
	s    *Session
	ctx  context.Context // ends with the screen
	stop context.CancelFunc

	cursor runbook.Ref // the item or step that is looked at; "": what is next
	from   runbook.Ref // where the cursor stood when what is under way was asked for
	free   bool        // the page was scrolled by hand
	top    int         // first line of the page that is shown
	option int         // of a choice: the one that Enter takes, from 1; 0: none

	docs    map[string]*doc.Doc // parsed texts, by hash
	laid    layout
	tails   map[int]*tail
	polling bool
	alarms  []string

	// Where the page was drawn last, for clicks.
	pageTop, pageLeft int
	shown             []runbook.Ref
}

// New makes the screen of a session. Start begins it.
func New(host ui.Host, s *Session) *Walk {
	ctx, stop := context.WithCancel(context.Background())
	return &Walk{host: host, s: s, ctx: ctx, stop: stop, docs: map[string]*doc.Doc{}, tails: map[int]*tail{}}
}

// Start takes in what is there already, and begins to listen.
func (w *Walk) Start() tea.Cmd {
	for _, remark := range w.s.Remarks {
		w.host.Say(ui.Faint, w.s.Clean(remark))
	}
	last, again := w.s.Run.Last, w.s.Run.Current != ""
	news := w.drain() // how what ran then has ended
	if again {
		w.host.Say(ui.Here, w.s.Clean(w.whereabouts(last)))
	}
	return tea.Batch(news, w.listen(), w.onward())
}

// whereabouts is where a walk stands that is taken up again: what was done last,
// and how long ago.
func (w *Walk) whereabouts(last time.Time) string {
	r := w.s.Run
	text := fmt.Sprintf("taken up again after %s; you are at %q", runbook.Short(w.now().Sub(last)), w.s.Words().Title(r.Current))
	if n := len(r.Attempts); n > 0 {
		a := r.Attempts[n-1]
		text += fmt.Sprintf("; the last command was $ %s: %s", words.Cut(a.Head(), 40), a.How())
	}
	return text
}

// Close ends everything that waits for the screen. It carries nothing out.
func (w *Walk) Close() {
	if w.cancel != nil {
		w.cancel()
	}
	w.stop()
}

// Session is what is walked.
func (w *Walk) Session() *Session { return w.s }

// Over says that the run has ended, or was left: there is nothing to walk.
func (w *Walk) Over() bool { return w.left || w.s.Run.Ended != nil && !w.busy() }

// Left says that the walk was left, and the run stays open.
func (w *Walk) Left() bool { return w.left }

// Leave says goodbye in the log. A wait for a command is cut short; the command
// goes on.
func (w *Walk) Leave(why string) tea.Cmd {
	if w.leaving || w.s.Run.Ended != nil {
		return nil
	}
	w.leaving = true
	w.queue = []runbook.Intent{runbook.Leave{Why: why}}
	if w.busy() {
		if w.cancel != nil {
			w.cut = true
			w.cancel()
		}
		return nil
	}
	return w.onward()
}

// Status is the top line.
func (w *Walk) Status() ui.Status { return w.s.Status() }

// Update takes what is no key.
func (w *Walk) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case ui.Tick:
		return tea.Batch(w.tend(), w.poll())
	case fedMsg:
		return tea.Batch(w.drain(), w.listen(), w.poll())
	case doneMsg:
		return tea.Batch(w.done(msg), w.poll())
	case tendedMsg:
		return tea.Batch(w.tended(msg), w.poll())
	case addedMsg:
		if msg.err != nil {
			w.own = 0
			w.complain(msg.err)
		}
		return w.drain()
	case tailMsg:
		return w.tailed(msg)
	case tea.MouseWheelMsg:
		w.scroll(ui.Wheel(msg))
	}
	return nil
}

// settle lets go of a cursor that what is next has come to.
func (w *Walk) settle() {
	if w.cursor != "" && w.cursor == runbook.Next(w.s.Books, w.s.Run).Item {
		w.cursor = ""
	}
}

// heard is what a record means for the screen, besides what it changes.
func (w *Walk) heard(rec runbook.Record) tea.Cmd {
	switch e := rec.Event.(type) {
	case runbook.WarningGiven:
		w.alarms = append(w.alarms, words.Warning(e))
		return tea.Raw("\a") // once for each alarm, never again
	case runbook.NoteTaken:
		if w.own > 0 { // it was written here
			w.own--
			break
		}
		if !w.host.Shows(w) {
			break // the timeline shows it by itself
		}
		w.host.Say(ui.Here, w.s.Clean(fmt.Sprintf("%s from elsewhere: %s (%s)", e.Tag, words.Flat(e.Text), rec.Actor)))
	case runbook.StepEntered:
		w.top, w.option = 0, 0
		if w.doing != nil {
			w.free = false
		}
	case runbook.CommandFinished:
		if tl := w.tails[e.Attempt]; tl != nil {
			tl.final = false // it is read once more, to its end
		}
	}
	return nil
}
