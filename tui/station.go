package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/brief"
	"lifeboat/tui/debrief"
	"lifeboat/tui/home"
	"lifeboat/tui/look"
	"lifeboat/tui/ui"
	"lifeboat/tui/walk"
)

// A Station is where runs are found, begun and taken up. Its methods do I/O, and
// are called in commands of their own.
type Station interface {
	// Home gives the runbooks that have a name, and the newest runs: so many, or
	// all for 0.
	Home(ctx context.Context, most int) (home.Contents, error)
	// Brief gives what has to be known before a run.
	Brief(ctx context.Context, book string, mode runbook.Mode) (*brief.Brief, error)
	// Check looks whether what a runbook needs is there.
	Check(ctx context.Context, b *brief.Brief) []runbook.PreflightChecked
	// Begin opens a run: it is on disk when this returns.
	Begin(ctx context.Context, o brief.Order) (*walk.Session, error)
	// Resume takes an open run up again.
	Resume(ctx context.Context, run string) (*walk.Session, error)
	// Past reads a run that nobody walks here.
	Past(ctx context.Context, run string) (*look.Story, error)
	// Save writes a run's report, and says where.
	Save(ctx context.Context, run string) (path string, err error)
	// Add appends a fact to a run that has ended. Its record comes back.
	Add(ctx context.Context, run string, in runbook.Intent) ([]runbook.Record, error)
}

// stationMsg is what the station answered: take puts it to use.
type stationMsg struct {
	take func() tea.Cmd
	err  error
}

// call asks the station for something, and says what for meanwhile.
func call[T any](a *App, what string, ask func(context.Context) (T, error), take func(T) tea.Cmd) tea.Cmd {
	a.working = what
	return func() tea.Msg {
		got, err := ask(context.Background())
		return stationMsg{func() tea.Cmd { return take(got) }, err}
	}
}

func (a *App) answered(msg stationMsg) tea.Cmd {
	a.working = ""
	if msg.err != nil {
		return a.failed(msg.err)
	}
	return msg.take()
}

// failed says what went wrong. Where there is nothing to go back to, the program
// ends with it.
func (a *App) failed(err error) tea.Cmd {
	if len(a.stack) == 0 {
		a.fault = err
		return a.end()
	}
	a.Say(ui.Bad, err.Error())
	if hint := runbook.HintOf(err); hint != "" {
		a.Say(ui.Faint, "hint: "+hint)
	}
	return nil
}

// Ask does what no screen can do by itself. While the station is at work on one
// thing, another is not begun.
func (a *App) Ask(r ui.Request) tea.Cmd {
	if _, leave := r.(ui.Leave); a.working != "" && !leave {
		a.Say(ui.Faint, a.working)
		return nil
	}
	switch r := r.(type) {
	case ui.Home:
		return a.goHome()
	case ui.Brief:
		return call(a, "reading the runbook", func(ctx context.Context) (*brief.Brief, error) { return a.o.Station.Brief(ctx, r.Book, r.Mode) },
			a.briefed)
	case home.Drill:
		return a.drillNow(r.Book)
	case brief.Check:
		return a.Own(r.For, func() tea.Msg { return brief.Checked{Checks: a.o.Station.Check(context.Background(), r.Brief)} })
	case brief.Start:
		return call(a, "opening the run", func(ctx context.Context) (*walk.Session, error) { return a.o.Station.Begin(ctx, r.Order) }, a.walkOn)
	case ui.Resume:
		return call(a, "taking the run up again", func(ctx context.Context) (*walk.Session, error) { return a.o.Station.Resume(ctx, r.Run) }, a.walkOn)
	case ui.Look:
		return call(a, "reading the run", func(ctx context.Context) (*look.Story, error) { return a.o.Station.Past(ctx, r.Run) },
			func(s *look.Story) tea.Cmd { return a.Push(debrief.New(a, s)) })
	case home.All:
		return a.Own(r.For, func() tea.Msg { return home.Read(a.o.Station.Home(context.Background(), 0)) })
	case debrief.Save:
		return call(a, "writing the report", func(ctx context.Context) (string, error) { return a.o.Station.Save(ctx, r.Run) },
			func(path string) tea.Cmd { a.Say(ui.Good, "the report is in "+path); return nil })
	case debrief.Add:
		return call(a, "writing it down", func(ctx context.Context) ([]runbook.Record, error) { return a.o.Station.Add(ctx, r.Run, r.Intent) },
			func(records []runbook.Record) tea.Cmd { a.complain(r.Story.Take(records, nil)); return nil })
	case ui.Leave:
		return a.leaveAsked()
	}
	return nil
}

// FirstRuns is how many runs the first frame of home has; the others follow.
const FirstRuns = 200

// goHome reads what home begins with. Meanwhile nothing else is begun: it would be
// gone when home comes.
func (a *App) goHome() tea.Cmd {
	what := ""
	if len(a.stack) > 0 {
		what = "reading the runs"
	}
	return call(a, what, func(ctx context.Context) (home.Contents, error) { return a.o.Station.Home(ctx, FirstRuns) },
		func(c home.Contents) tea.Cmd {
			for len(a.stack) > 0 {
				a.drop()
			}
			return a.Push(home.New(a, c))
		})
}

// briefed shows a briefing, instead of that of the other mode.
func (a *App) briefed(b *brief.Brief) tea.Cmd {
	if _, other := a.top().(*brief.Screen); other {
		a.drop()
	}
	return a.Push(brief.New(a, b))
}

// drillNow starts a drill without a briefing: the first one, by one key.
func (a *App) drillNow(book string) tea.Cmd {
	return call(a, "starting the drill", func(ctx context.Context) (*walk.Session, error) {
		b, err := a.o.Station.Brief(ctx, book, runbook.Drill)
		if err != nil {
			return nil, err
		}
		b.Checks = a.o.Station.Check(ctx, b)
		return a.o.Station.Begin(ctx, b.Order())
	}, a.walkOn)
}

// walkOn makes a session the screen. A briefing before it is over.
func (a *App) walkOn(s *walk.Session) tea.Cmd {
	for len(a.stack) > 0 {
		if _, isHome := a.top().(*home.Home); isHome {
			break
		}
		a.drop()
	}
	return a.Push(walk.New(a, s))
}

// after does what follows from what a walk has come to.
func (a *App) after() tea.Cmd {
	w := a.walking()
	switch {
	case w == nil || !w.Over():
		return nil
	case w.Left():
		a.closeWalk(w)
		if a.ending || len(a.stack) == 0 {
			return a.end()
		}
		return a.goHome()
	}
	story := &w.Session().Story
	a.closeWalk(w)
	return a.Push(debrief.New(a, story))
}

// closeWalk lets go of a walk, and of every screen and dialog above it.
func (a *App) closeWalk(w *walk.Walk) {
	for len(a.dialogs) > 0 {
		a.close(ui.Closed{})
	}
	for len(a.stack) > 0 {
		top := a.top()
		a.drop()
		if top == ui.Screen(w) {
			break
		}
	}
	if w.Session().Close != nil {
		w.Session().Close()
	}
}

// leaveAsked is q: it leaves the run, or the program where there is none.
func (a *App) leaveAsked() tea.Cmd {
	w := a.walking()
	if w == nil {
		return a.end()
	}
	if n := len(w.Session().Run.Running()); n > 0 {
		items := []ui.Choice{{Text: "stay"}, {Text: "leave", Side: "what runs goes on, and is recorded"}}
		a.Open(&ui.Pick{Frame: a.frame("A command still runs"), Prompt: "", Items: items}, func(action ui.Action) tea.Cmd {
			if p, ok := action.(ui.Picked); ok && p.Index == 1 {
				return w.Leave("asked")
			}
			return nil
		})
		return nil
	}
	return w.Leave("asked")
}

// leave leaves the run and then the program, as ctrl+c and signals do. A second
// call doesn't wait for the first.
func (a *App) leave(why string) tea.Cmd {
	w := a.walking()
	if a.why == "" {
		a.why = why
	}
	if w == nil || a.ending {
		return a.end()
	}
	a.ending = true
	for len(a.dialogs) > 0 {
		a.close(ui.Closed{})
	}
	return tea.Batch(w.Leave(why), a.after())
}

const (
	answerMost = time.Second            // no answer of the terminal takes longer
	answerWait = 150 * time.Millisecond // how long the end waits for one
)

// end ends the program. What a terminal answers after that is taken for something
// typed, so a program that has only begun waits for it a moment.
func (a *App) end() tea.Cmd {
	if a.quits || a.asked.IsZero() || a.o.Now().Sub(a.asked) >= answerMost {
		return tea.Quit
	}
	a.quits = true
	after := a.o.After(answerWait)
	return func() tea.Msg {
		<-after
		return tea.QuitMsg{}
	}
}
