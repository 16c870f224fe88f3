// Package brief is the screen before a run: what will be done, where, within
// which limits, and whether this machine has what it takes. It promises that a
// live run starts only once its target's name was typed. It opens no run itself,
// and looks at nothing: what it shows it was given.
package brief

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// A Brief is what has to be known before a run.
type Brief struct {
	Name     string // of the runbook, as it was asked for
	Book     *runbook.Book
	Mode     runbook.Mode
	Targets  []Target // where it can act in this mode; the first is taken unless another is chosen
	At       int      // of Targets
	Operator string
	Roles    map[string]string
	Began    runbook.MomentSet // zero Moment: not said yet, which means now
	Checks   []runbook.PreflightChecked
	Last     *runbook.Head // the newest run of this runbook; nil: none
	Redlines int           // deviations of that run which the runbook doesn't have yet
	Usual    func(*runbook.Book, *runbook.Step) (runbook.Usual, bool)
	Remarks  []string // what the parser said
}

// A Target is where a run can act.
type Target struct {
	Name       string
	Production bool
	Remark     string // what is told of it
}

// kind says in words what is at stake there.
func (t Target) kind() string {
	if t.Production {
		return "PRODUCTION"
	}
	return "not production"
}

// Order is what is asked for as things stand.
func (b *Brief) Order() Order {
	return Order{Brief: b, Target: b.Targets[b.At].Name, Began: b.Began, Operator: b.Operator, Roles: b.Roles}
}

// An Order asks for a run.
type Order struct {
	Brief    *Brief
	Target   string
	Began    runbook.MomentSet
	Operator string
	Roles    map[string]string
}

// The requests of this screen.
type (
	// Start opens the run.
	Start struct{ Order Order }
	// Check looks at what the runbook needs. The answer is Checked.
	Check struct {
		Brief *Brief
		For   ui.Screen
	}
	// Checked is what was found.
	Checked struct{ Checks []runbook.PreflightChecked }
)

// Request makes it a ui.Request.
func (Start) Request() {}

// Request makes it a ui.Request.
func (Check) Request() {}

// A Screen is a briefing.
type Screen struct {
	host ui.Host
	b    *Brief
	top  int
	most int
}

// New makes the screen.
func New(host ui.Host, b *Brief) *Screen { return &Screen{host: host, b: b} }

// Start has the needs looked at.
func (s *Screen) Start() tea.Cmd { return s.host.Ask(Check{Brief: s.b, For: s}) }

// Status names the mode that is about to begin.
func (s *Screen) Status() ui.Status {
	t := s.target()
	return ui.Status{Mode: s.b.Mode, Production: t.Production, Target: words.Clean(t.Name), Title: words.Clean(s.b.Book.Title)}
}

func (s *Screen) target() Target {
	if len(s.b.Targets) == 0 {
		return Target{}
	}
	return s.b.Targets[s.b.At]
}

// Update takes what was found.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case Checked:
		s.b.Checks = msg.Checks
	case tea.MouseWheelMsg:
		s.scroll(ui.Wheel(msg))
	}
	return nil
}

func (s *Screen) scroll(n int) { s.top = max(0, min(s.top+n, s.most)) }

// Rows are the keys of the briefing.
func Rows() []ui.Row[*Screen] {
	return []ui.Row[*Screen]{
		{Keys: []string{"enter"}, Name: "start", Group: group, Help: "start the run; a live one has its target's name typed first", Do: (*Screen).start},
		{Keys: []string{"b"}, Name: "when it began", Group: group, Foot: 1, Help: "say when the disruption began: all clocks run from there", Do: func(s *Screen) tea.Cmd { s.began(nil); return nil }},
		{Keys: []string{"g"}, Name: "target", Group: group, Foot: 2, Help: "choose where the run acts", Off: (*Screen).oneTarget, Do: (*Screen).choose},
		{Keys: []string{"o"}, Name: "operator", Group: group, Foot: 3, Help: "say who is at the keys", Do: (*Screen).operator},
		{Keys: []string{"r"}, Name: "roles", Group: group, Foot: 4, Help: "say who holds a role", Off: (*Screen).noRoles, Do: (*Screen).roles},
		{
			Keys: []string{"L"}, Name: "make it live", Group: group, Foot: 6, Help: "brief for a live run instead", Off: offIn(runbook.Live),
			Do: func(s *Screen) tea.Cmd { return s.again(runbook.Live) },
		},
		{
			Keys: []string{"d"}, Name: "make it a drill", Group: group, Foot: 6, Help: "brief for a drill instead", Off: offIn(runbook.Drill),
			Do: func(s *Screen) tea.Cmd { return s.again(runbook.Drill) },
		},
		{Keys: []string{"j", "down", "pgdown", "space"}, Name: "scroll", Group: group, Help: "scroll on", Do: func(s *Screen) tea.Cmd { s.scroll(3); return nil }},
		{Keys: []string{"k", "up", "pgup"}, Name: "scroll back", Group: group, Help: "scroll back", Do: func(s *Screen) tea.Cmd { s.scroll(-3); return nil }},
		{Keys: []string{"esc", "q"}, Name: "back", Group: group, Foot: ui.Always + 1, Help: "go back; nothing has started", Do: func(s *Screen) tea.Cmd { return s.host.Pop() }},
	}
}

const group = "Before a run"

func offIn(mode runbook.Mode) func(*Screen) string {
	return func(s *Screen) string { return ui.Only(s.b.Mode != mode) }
}

func (s *Screen) oneTarget() string { return ui.Only(len(s.b.Targets) > 1) }

func (s *Screen) noRoles() string { return ui.Only(len(s.b.Book.Roles) > 0) }

// Bindings are the keys as they stand.
func (s *Screen) Bindings() []ui.Binding { return ui.Bind(Rows(), s) }

// Next says what Enter starts, and where.
func (s *Screen) Next() ui.Next {
	t := s.target()
	switch {
	case t.Name == "":
		return ui.Next{Text: "there is nowhere to run it live: lifeboat.yaml names no target", Role: ui.Warn}
	case s.b.Mode == runbook.Drill:
		return ui.Next{Key: "Enter", Text: fmt.Sprintf("starts the drill on %s. It is given nothing of production", words.Clean(t.Name)), Role: ui.Here}
	}
	return ui.Next{Key: "Enter", Text: fmt.Sprintf("asks for the name of the target, then opens a LIVE run on %s (%s)", words.Clean(t.Name), t.kind()), Role: ui.Bad}
}

// again asks for the briefing of the other mode, which takes this one's place.
func (s *Screen) again(mode runbook.Mode) tea.Cmd {
	return s.host.Ask(ui.Brief{Book: s.b.Name, Mode: mode})
}

// start opens the run, once all is said that has to be.
func (s *Screen) start() tea.Cmd {
	t := s.target()
	switch {
	case t.Name == "":
		s.host.Say(ui.Warn, "name a target in lifeboat.yaml, or start with: lifeboat run "+s.b.Name+" --target NAME")
		return nil
	case s.b.Mode == runbook.Drill:
		return s.host.Ask(Start{s.b.Order()})
	case s.b.Began.Moment.IsZero() && len(s.b.Book.Objectives) > 0:
		s.began(s.live)
		return nil
	}
	return s.live()
}

// live has the target's name typed before a live run exists.
func (s *Screen) live() tea.Cmd {
	t := s.target()
	d := &ui.Ask{
		Frame: s.frame("LIVE run"), Text: fmt.Sprintf("Type the target's name to start: %s (%s)", words.Clean(t.Name), strings.ToLower(t.kind())), Want: t.Name, Typed: true,
		Hint: "this is no drill: what it runs, runs there",
	}
	d.Frame.Role = ui.Bad
	s.host.Open(d, func(a ui.Action) tea.Cmd {
		if _, ok := a.(ui.Answered); ok {
			return s.host.Ask(Start{s.b.Order()})
		}
		s.host.Say(ui.Warn, "not started: the target's name was not typed")
		return nil
	})
	return nil
}

func (s *Screen) frame(title string) ui.Frame {
	t := s.target()
	return ui.Frame{Mode: s.b.Mode, Title: title, Right: strings.ToUpper(string(s.b.Mode)) + " " + words.Clean(t.Name)}
}

// began asks when the disruption began; then what follows.
func (s *Screen) began(then func() tea.Cmd) {
	value := "now"
	d := &ui.Ask{Frame: s.frame("When it began"), Text: "When did the disruption begin?", Value: value, Hint: "now, -20m, 03:10 (here), 03:10 UTC, or A..B for an interval"}
	s.host.Open(d, ui.On(func(typed ui.Answered) tea.Cmd {
		now := s.host.Zoned()
		at, latest, err := runbook.ReadInterval(typed.Text, now.Location(), now)
		if err == nil && (at.After(now) || latest.After(now)) {
			err = fmt.Errorf("the disruption can't begin in the future (%s)", words.Stamp(at))
		}
		if err != nil {
			s.host.Say(ui.Warn, words.Clean(err.Error()))
			s.began(then)
			return nil
		}
		s.b.Began = runbook.MomentSet{Moment: at, Latest: latest, Source: "operator"}
		if then == nil {
			return nil
		}
		return then()
	}))
}

func (s *Screen) choose() tea.Cmd {
	items := make([]ui.Choice, len(s.b.Targets))
	for i, t := range s.b.Targets {
		items[i] = ui.Choice{Text: words.Clean(t.Name), Side: t.kind()}
	}
	s.host.Open(&ui.Pick{Frame: s.frame("Target"), Prompt: "act on", Items: items, At: s.b.At}, ui.On(func(p ui.Picked) tea.Cmd {
		s.b.At = p.Index
		return nil
	}))
	return nil
}

func (s *Screen) operator() tea.Cmd {
	s.host.Open(&ui.Ask{Frame: s.frame("Operator"), Text: "Who is at the keys?", Value: s.b.Operator}, ui.On(func(typed ui.Answered) tea.Cmd {
		s.b.Operator = typed.Text
		return nil
	}))
	return nil
}

func (s *Screen) roles() tea.Cmd {
	items := make([]ui.Choice, len(s.b.Book.Roles))
	for i, role := range s.b.Book.Roles {
		items[i] = ui.Choice{Text: words.Clean(role), Side: words.Clean(s.b.Roles[role])}
	}
	s.host.Open(&ui.Pick{Frame: s.frame("Roles"), Prompt: "role", Items: items}, ui.On(func(p ui.Picked) tea.Cmd {
		role := s.b.Book.Roles[p.Index]
		s.host.Open(&ui.Ask{Frame: s.frame("Roles"), Text: "Who is the " + words.Clean(role) + "?", Value: s.b.Roles[role]}, ui.On(func(typed ui.Answered) tea.Cmd {
			if s.b.Roles == nil {
				s.b.Roles = map[string]string{}
			}
			s.b.Roles[role] = typed.Text
			return nil
		}))
		return nil
	}))
	return nil
}
