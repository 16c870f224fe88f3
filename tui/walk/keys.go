package walk

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// The groups of the help.
const (
	groupWalk  = "Walk"
	groupItem  = "This item"
	groupHold  = "After a failure"
	groupLook  = "Look"
	groupWrite = "Write down"
	groupRun   = "The run"
)

type keyRow = ui.Row[*Walk]

// Rows is every key of the walk, as data. Those that carry out a way on are
// live only where runbook.Next offers it.
func Rows() []ui.Row[*Walk] {
	return slices.Concat(walkRows(), itemRows(), holdRows(), lookRows(), writeRows(), runRows())
}

func walkRows() []keyRow {
	return []keyRow{
		{Keys: []string{"enter"}, Name: "next", Group: groupWalk, Help: "do what the line above the footer says", Do: (*Walk).enter},
		{Keys: []string{"j", "down"}, Name: "down", Group: groupWalk, Help: "look at the next item; nothing happens to it", Do: moves(1)},
		{Keys: []string{"k", "up"}, Name: "up", Group: groupWalk, Help: "look at the item before", Do: moves(-1)},
		{Keys: []string{"J", "]"}, Name: "next step", Group: groupWalk, Help: "look at the next step", Do: strides(1)},
		{Keys: []string{"K", "["}, Name: "step before", Group: groupWalk, Help: "look at the step before", Do: strides(-1)},
		{Keys: []string{"pgdown", "space", "ctrl+d"}, Name: "scroll", Group: groupWalk, Help: "scroll the text on", Do: scrolls(8)},
		{Keys: []string{"pgup", "ctrl+u"}, Name: "scroll back", Group: groupWalk, Help: "scroll the text back", Do: scrolls(-8)},
		{
			Keys: []string{"esc"}, Name: "back", Group: groupWalk, Foot: 1, Help: "go back to what is next",
			Off: func(w *Walk) string { return ui.Only(w.cursor != "" || w.free) }, Do: func(w *Walk) tea.Cmd { w.back(); return nil },
		},
		{
			Keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, Name: "choose", Group: groupWalk, Foot: 2,
			Help: "choose where it goes on; Enter then takes it", Off: (*Walk).noChoice, Press: (*Walk).choose,
		},
		{Keys: []string{"/"}, Name: "find", Group: groupWalk, Foot: 12, Help: "find a word in any step, and look there", Do: (*Walk).find},
		{Keys: []string{"g", "l"}, Name: "steps", Group: groupWalk, Help: "list the steps, and look at one", Do: (*Walk).list},
	}
}

func itemRows() []keyRow {
	return []keyRow{
		way("d", "different", "not as expected", 3, groupItem, "it is done, but not as expected: say what was found"),
		way("a", "arm", "let it run", 3, groupItem, "let this command of a foreign file run here"),
		way("h", "by-hand", "done by hand", 5, groupItem, "the command was run by hand, elsewhere"),
		{
			Keys: []string{"e"}, Name: "change it", Group: groupItem, Foot: 6, Help: "change the command for this run, before it runs",
			Off: func(w *Walk) string { return w.noWayIn("edit", false) }, Do: (*Walk).edit,
		},
		way("f", "section", "open section", 4, groupItem, "open the section that the item links to, and come back"),
		way("x", "stop", "stop it", 3, groupItem, "stop the command that still runs"),
		way("s", "skip", "leave it out", 7, groupItem, "leave this item out"),
		way("S", "skip-step", "leave the step out", 9, groupItem, "leave the whole step out"),
		{
			Keys: []string{"b"}, Name: "undo it", Group: groupItem, Help: "run the block that undoes what the item ran",
			Off: (*Walk).noUndo, Do: func(w *Walk) tea.Cmd { return w.carry(runbook.RollBack{Item: w.here()}) },
		},
		{
			Keys: []string{"y"}, Name: "copy", Group: groupItem, Foot: 14, Help: "copy the command, or the item's text, to your clipboard",
			Do: (*Walk).copy,
		},
		{
			Keys: []string{"u"}, Name: "again", Group: groupItem, Help: "open the step again that is looked at, and do it once more",
			Off: func(w *Walk) string { return ui.Only(w.closed()) }, Do: (*Walk).reopen,
		},
	}
}

func holdRows() []keyRow {
	return []keyRow{
		way("r", "again", "run it again", 1, groupHold, "run it again"),
		{
			Keys: []string{"e"}, Name: "change it", Group: groupHold, Help: "change the command, then run it",
			Off: func(w *Walk) string { return w.noWayIn("edit", true) }, Do: (*Walk).edit,
		},
		way("b", "rollback", "undo it", 2, groupHold, "run the block that undoes it"),
		way("D", "done", "count it as done", 2, groupHold, "it counts as done"),
		way("p", "anyway", "go on anyway", 3, groupHold, "go on past it anyway"),
		{
			Keys: []string{"s"}, Name: "leave it out", Group: groupHold, Help: "leave it out",
			Off: func(w *Walk) string { return w.noWayIn("skip", true) }, Do: takes("skip"),
		},
		{
			Keys: []string{"x"}, Name: "stop it", Group: groupHold, Help: "stop the command that still runs",
			Off: func(w *Walk) string { return w.noWayIn("stop", true) }, Do: takes("stop"),
		},
		{
			Keys: []string{"$"}, Name: "shell", Group: groupRun, Help: "open a shell with the run's variables, and come back; its time is recorded, not what it prints",
			Off: (*Walk).noShell, Do: (*Walk).shell,
		},
		way("B", "held", "what failed", 2, groupRun, "go to the command in the background that failed"),
	}
}

func lookRows() []keyRow {
	return []keyRow{
		{
			Keys: []string{"o"}, Name: "output", Group: groupLook, Foot: 10, Help: "open all that a command printed",
			Off: (*Walk).noOutput, Do: (*Walk).output,
		},
		{Keys: []string{"t"}, Name: "timeline", Group: groupLook, Foot: 11, Help: "show everything that happened, with its time", Do: (*Walk).timeline},
		{Keys: []string{"c"}, Name: "clocks", Group: groupLook, Help: "show every clock in words", Do: (*Walk).clocks},
		{
			Keys: []string{"v"}, Name: "seen", Group: groupLook, Foot: 1, Help: "the alarm was seen: take it off the screen",
			Off: func(w *Walk) string { return ui.Only(len(w.alarms) > 0) }, Do: func(w *Walk) tea.Cmd { w.alarms = w.alarms[1:]; return nil },
		},
	}
}

func writeRows() []keyRow {
	return []keyRow{
		{Keys: []string{"n"}, Name: "note", Group: groupWrite, Foot: 8, Help: "write a note, with the time of this key", Do: (*Walk).Note},
		{Name: "mark a moment", Group: groupWrite, Help: "set when it began, was detected, was back, or any other moment", Do: (*Walk).mark},
		{
			Name: "objective lost", Group: groupWrite, Help: "the service failed again: an objective's clock goes on",
			Off: (*Walk).nothingReached, Do: (*Walk).lost,
		},
		{
			Name: "pause the clocks", Group: groupWrite, Help: "let a drill's clocks stand, with a reason",
			Off: func(w *Walk) string { return w.noPause(false) }, Do: (*Walk).pause,
		},
		{
			Name: "resume the clocks", Group: groupWrite, Help: "let a drill's clocks run again",
			Off: func(w *Walk) string { return w.noPause(true) }, Do: func(w *Walk) tea.Cmd { return w.act(runbook.Mark{Name: "resume"}) },
		},
	}
}

func runRows() []keyRow {
	return []keyRow{
		{Keys: []string{"!"}, Name: "command", Group: groupRun, Help: "run a command that no book has; it is recorded", Do: (*Walk).adHoc},
		{Keys: []string{"w"}, Name: "hand over", Group: groupRun, Help: "offer the command of the run to somebody", Do: (*Walk).handOver},
		{
			Keys: []string{"i"}, Name: "take over", Group: groupRun, Foot: 2, Help: "take the command of the run",
			Off: func(w *Walk) string { return ui.Only(w.s.Run.Offered != nil) }, Do: (*Walk).accept,
		},
		{Keys: []string{"E"}, Name: "end", Group: groupRun, Help: "end the run as failed or abandoned", Do: (*Walk).end},
		{Keys: []string{"q"}, Name: "leave", Group: groupRun, Foot: ui.Always + 1, Help: "stop walking: the run stays open, and its clocks go on", Do: (*Walk).quit},
	}
}

// Bindings are the keys as they stand.
func (w *Walk) Bindings() []ui.Binding {
	list := ui.Bind(Rows(), w)
	for i := range list {
		if list[i].Name == "choose" && list[i].Off == "" { // as many digits as there are options
			list[i].Keys = list[i].Keys[:min(len(list[i].Keys), w.optionCount(w.next()))]
		}
	}
	return list
}

func moves(n int) func(*Walk) tea.Cmd { return func(w *Walk) tea.Cmd { w.move(n); return w.poll() } }

func strides(n int) func(*Walk) tea.Cmd {
	return func(w *Walk) tea.Cmd { w.stride(n); return w.poll() }
}
func scrolls(n int) func(*Walk) tea.Cmd { return func(w *Walk) tea.Cmd { w.scroll(n); return nil } }
func takes(name string) func(*Walk) tea.Cmd {
	return func(w *Walk) tea.Cmd { return w.take(name) }
}

// way is the row of a way on that runbook.Next offers.
func way(key, name, short string, foot int, group, help string) keyRow {
	return keyRow{
		Keys: []string{key}, Name: short, Group: group, Foot: foot, Help: help,
		Off: func(w *Walk) string { return w.noWayIn(name, group == groupHold) },
		Say: func(w *Walk) string {
			if v, ok := w.offered(name); ok && (group == groupHold || name == "section" || name == "held") {
				return words.Flat(v.Say)
			}
			return ""
		},
		Do: takes(name),
	}
}

// offered finds a way on by its name.
func (w *Walk) offered(name string) (runbook.Way, bool) { return wayOf(w.next(), name) }

func wayOf(m runbook.Move, name string) (runbook.Way, bool) {
	if i := slices.IndexFunc(m.Ways, func(v runbook.Way) bool { return v.Name == name }); i >= 0 {
		return m.Ways[i], true
	}
	return runbook.Way{}, false
}

// noWayIn says why a way isn't there. The ways on from a failure stand in a
// group of their own, and only there.
func (w *Walk) noWayIn(name string, hold bool) string {
	m := w.next()
	_, ok := wayOf(m, name)
	if !ok || name != "held" && hold != (m.Hold != runbook.NoHold) {
		return ui.Hidden
	}
	if w.doing != nil && name != "stop" {
		return w.activity()
	}
	return ""
}

// noUndo says why what an item ran can't be undone. After a failure that is one
// of the ways on.
func (w *Walk) noUndo() string {
	b, _, _, ok := w.s.Books.Item(w.here())
	if !ok || w.next().Hold != runbook.NoHold {
		return ui.Hidden
	}
	undo, _ := w.s.Run.UndoBlock(b, w.here())
	switch {
	case undo == nil:
		return ui.Hidden
	case w.doing != nil:
		return w.activity()
	}
	return ""
}

func (w *Walk) noChoice() string { return ui.Only(w.next().Needs == "option") }

func (w *Walk) noOutput() string {
	if len(w.s.Run.Attempts) == 0 {
		return "no command has run yet"
	}
	return ""
}

func (w *Walk) noShell() string {
	switch {
	case w.s.Shell == "":
		return ui.Hidden
	case w.doing != nil:
		return w.activity()
	}
	return ""
}

func (w *Walk) nothingReached() string { return ui.Only(len(w.reached()) > 0) }

func (w *Walk) noPause(paused bool) string {
	return ui.Only(w.s.Run.Mode == runbook.Drill && w.s.Run.Paused() == paused)
}
