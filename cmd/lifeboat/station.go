package main

import (
	"context"
	"path/filepath"
	"slices"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
	"lifeboat/tui"
	"lifeboat/tui/brief"
	"lifeboat/tui/home"
	"lifeboat/tui/look"
	onscreen "lifeboat/tui/walk"
	"lifeboat/tui/words"
)

// The screens' station: what they ask for, from the log, the library and the
// engine.
var _ tui.Station = (*screens)(nil)

func bookOf(l listed) home.Book {
	b := home.Book{Name: l.Name, Source: l.Source}
	if l.Err != nil {
		b.Wrong = l.Err.Error()
		return b
	}
	b.Title, b.Summary, b.Exercise, b.Objectives, b.Steps = l.Book.Title, l.Book.Summary, l.Book.Exercise, l.Book.Objectives, len(l.Book.Steps)
	return b
}

// Brief gives what has to be known before a run.
func (s *screens) Brief(ctx context.Context, name string, mode runbook.Mode) (*brief.Brief, error) {
	book, messages, err := s.e.library().open(name)
	if err != nil {
		return nil, err
	}
	b := &brief.Brief{Name: name, Book: book, Mode: mode, Operator: s.e.who(s.o).Name, Roles: s.o.holders(), Began: s.start}
	for _, m := range messages {
		b.Remarks = append(b.Remarks, m.String())
	}
	for _, name := range s.targets(mode) {
		t, err := s.conf.target(name)
		if err != nil {
			return nil, err
		}
		b.Targets = append(b.Targets, brief.Target{Name: name, Production: t.Production})
	}
	_, taken := s.conf.environ(mode, s.e.environ)
	b.Remarks = append(b.Remarks, taken...)
	s.history(ctx, b)
	return b, nil
}

// history adds what earlier runs tell. A briefing is possible without it.
func (s *screens) history(ctx context.Context, b *brief.Brief) {
	if !exists(s.e.dbPath()) {
		return
	}
	log, err := s.e.openLog()
	if err != nil {
		return
	}
	b.Usual = s.e.usual(ctx, log, b.Book, b.Mode)
	heads, err := s.e.heads(ctx, log, b.Book.Name, 1)
	if err != nil || len(heads) == 0 {
		return
	}
	b.Last = &heads[0]
	if b.Last.Deviations == 0 {
		return
	}
	state, books, _, err := engine.Fold(ctx, &runLog{log: log, run: b.Last.Run}, s.e.library())
	if then := books[b.Book.Name]; err == nil && then != nil && then.Hash == b.Book.Hash {
		b.Redlines = len(edits(state, then)) // nobody has changed the text since
	}
}

// Check looks whether what a runbook needs is there.
func (s *screens) Check(ctx context.Context, b *brief.Brief) []runbook.PreflightChecked {
	environ, _ := s.conf.environ(b.Mode, s.e.environ)
	if len(b.Targets) > 0 {
		if t, err := s.conf.target(b.Targets[b.At].Name); err == nil {
			environ = slices.Concat(environ, t.Env)
		}
	}
	return s.e.preflight(ctx, b.Book, environ)
}

// Begin opens a run.
func (s *screens) Begin(ctx context.Context, order brief.Order) (*onscreen.Session, error) {
	b := order.Brief
	o := *s.o
	o.mode, o.target, o.operator = b.Mode, order.Target, order.Operator
	o.roles, o.facilitator = nil, ""
	for role, person := range order.Roles {
		o.roles = append(o.roles, role+"="+person)
	}
	target, err := s.e.chooseTarget(&o, s.conf)
	if err != nil {
		return nil, err
	}
	w, err := s.e.prepare(&o, s.conf, b.Book, target)
	if err != nil {
		return nil, err
	}
	scr := w.onScreen(s)
	scr.books[b.Book.Hash] = b.Book
	if err := w.open(); err != nil {
		return nil, err
	}
	if err := w.begin(ctx, b.Book, target, order.Began, b.Checks); err != nil {
		w.close()
		return nil, err
	}
	s.walks(scr)
	return w.session(scr, past{}), nil
}

// Resume takes an open run up again.
func (s *screens) Resume(ctx context.Context, run string) (*onscreen.Session, error) {
	log, err := s.e.openLog()
	if err != nil {
		return nil, err
	}
	o := *s.o
	w, err := s.e.reopen(&o, s.conf, log, run)
	if err != nil {
		return nil, err
	}
	scr := w.onScreen(s)
	p, err := w.takeUp(ctx)
	if err != nil {
		w.close()
		return nil, err
	}
	changed, err := w.offerEdited(ctx)
	if err != nil {
		w.close()
		return nil, err
	}
	s.walks(scr)
	session := w.session(scr, p)
	session.Remarks = changed
	return session, nil
}

// Past reads a run that nobody walks here.
func (s *screens) Past(ctx context.Context, run string) (*look.Story, error) {
	log, err := s.e.openLog()
	if err != nil {
		return nil, err
	}
	state, books, records, err := engine.Fold(ctx, &runLog{log: log, run: run}, s.e.library())
	if err != nil {
		return nil, because(exitFailed, err)
	}
	story := s.story(run, nil)
	if b := books.First(state); b != nil {
		story.Usual = s.e.usual(ctx, log, b, state.Mode)
	}
	return story, story.Take(records, books)
}

// story is an empty one.
func (s *screens) story(run string, scrub func(string) string) *look.Story {
	return &look.Story{Run: runbook.NewRun(), Books: runbook.Books{}, Zone: s.e.now().Location(), Scrub: scrub, Kept: s.e.outputs(run)}
}

// Save writes a run's report.
func (s *screens) Save(ctx context.Context, run string) (string, error) {
	path := filepath.Join(s.e.cwd, "lifeboat-"+words.Tail(run)+".md")
	return path, s.e.report(ctx, run, "markdown", path)
}

// Add appends a fact to a run that nobody walks here.
func (s *screens) Add(ctx context.Context, run string, in runbook.Intent) ([]runbook.Record, error) {
	log, err := s.e.openLog()
	if err != nil {
		return nil, err
	}
	before, _, err := log.Tail(ctx, stream(run))
	if err != nil {
		return nil, err
	}
	if st := s.walked(); st != nil && st.w.run == run {
		in = scrubbed(in, st.w.eng.Scrub) // whoever only adds knows no secrets
	}
	if err := s.e.addTo(ctx, log, run, s.o.operator, in); err != nil {
		return nil, err
	}
	return (&runLog{log: log, run: run}).Read(ctx, before.Seq)
}
