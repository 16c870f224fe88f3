package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/tui/ui"
)

const groupAll = "Everywhere"

// Rows are the keys that work on every screen.
func Rows() []ui.Row[*App] {
	return []ui.Row[*App]{
		{Keys: []string{"?"}, Name: "help", Group: groupAll, Foot: ui.Always, Help: "show the keys that work here", Do: (*App).help},
		{Keys: []string{"ctrl+p", ":"}, Name: "commands", Group: groupAll, Help: "list everything that can be done here, also what has no key", Do: (*App).palette},
		{
			Keys: []string{"m"}, Name: "mouse", Group: groupAll, Help: "let the mouse scroll and point, or leave it to the terminal again",
			Do: func(a *App) tea.Cmd {
				a.mouse = !a.mouse
				a.Say(ui.Faint, map[bool]string{true: "the mouse scrolls and points; shift+drag selects; m gives it back", false: "the mouse is the terminal's again"}[a.mouse])
				return nil
			},
		},
		{Keys: []string{"n"}, Name: "note", Group: groupAll, Foot: 8, Help: "write a note, with the time of this key", Off: (*App).noNote, Do: func(a *App) tea.Cmd { return a.walking().Note() }},
		{Keys: []string{"ctrl+z"}, Name: "suspend", Group: groupAll, Help: "go to the shell for a moment; fg comes back, commands go on", Do: (*App).suspend},
		{Keys: []string{"ctrl+c"}, Name: "stop", Group: groupAll, Help: "stop the command that runs; pressed again, leave", Do: (*App).interrupt},
	}
}

// noNote: the walk has a key for notes of its own, and so has the debrief. What
// covers a walk has this one.
func (a *App) noNote() string {
	w := a.walking()
	return ui.Only(w != nil && a.top() != ui.Screen(w))
}

// suspend gives the terminal to the shell. Commands go on under their keepers.
func (a *App) suspend() tea.Cmd {
	a.away(true)
	return tea.Suspend
}

// bindings are the keys of the screen on top, and those that work everywhere.
func (a *App) bindings() []ui.Binding {
	var list []ui.Binding
	if s := a.top(); s != nil {
		list = s.Bindings()
	}
	return append(list, ui.Bind(Rows(), a)...)
}

// key hands a key to whom it is for: the dialog on top, else the binding.
func (a *App) key(msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	if key != "ctrl+c" {
		a.once = false
	}
	a.said = nil
	switch {
	case a.quits:
		return nil
	case a.small() && key != "ctrl+c" && key != "ctrl+z":
		return nil // nobody presses a key for what can't be seen
	case key == "ctrl+c" && len(a.dialogs) > 0:
		return a.close(ui.Closed{})
	case len(a.dialogs) > 0:
		return a.toDialog(msg)
	}
	b, ok := ui.Find(a.bindings(), key)
	switch {
	case !ok:
		return nil
	case b.Off != "":
		a.Say(ui.Warn, ui.KeyName(key)+" ("+b.Name+") does nothing now: "+b.Off)
		return nil
	}
	return b.Do(key)
}

// toDialog hands a message to the dialog on top, unless that is deaf still.
func (a *App) toDialog(msg tea.Msg) tea.Cmd {
	top := a.dialogs[len(a.dialogs)-1]
	if u, ok := top.d.(ui.Unasked); ok && a.o.Now().Sub(top.since) < u.Deaf() {
		return nil
	}
	action, cmd := top.d.Update(msg)
	if action == nil {
		return cmd
	}
	return tea.Batch(cmd, a.close(action))
}

// close takes the dialog on top away, and tells who opened it.
func (a *App) close(action ui.Action) tea.Cmd {
	top := a.dialogs[len(a.dialogs)-1]
	a.dialogs = a.dialogs[:len(a.dialogs)-1]
	if len(a.dialogs) > 0 { // what comes to the front again was not asked for just now
		a.dialogs[len(a.dialogs)-1].since = a.o.Now()
	}
	if top.then == nil {
		return nil
	}
	return top.then(action)
}

// interrupt is ctrl+c: it stops what runs, once; pressed again, it leaves.
func (a *App) interrupt() tea.Cmd {
	w := a.walking()
	switch {
	case a.once || w == nil:
		return a.leave("signal")
	case w.Running():
		a.once = true
		a.Say(ui.Warn, "stopping it: TERM now, KILL after 10 s. ctrl+c again leaves without waiting for its end")
		return w.Interrupt()
	}
	a.once = true
	a.Say(ui.Warn, "ctrl+c again leaves; the run stays open, and what runs goes on")
	return nil
}

// help shows the keys as they are now.
func (a *App) help() tea.Cmd {
	list := a.bindings()
	a.Open(&ui.Show{Frame: a.frame("Keys"), Lines: func(width int) []string { return ui.HelpLines(a.theme, list, width) }}, nil)
	return nil
}

// palette lists what can be done, to be found by its words.
func (a *App) palette() tea.Cmd {
	var items []ui.Choice
	var live []ui.Binding
	for _, b := range a.bindings() {
		if b.Off != "" || b.Name == "choose" {
			continue
		}
		key := ""
		if len(b.Keys) > 0 {
			key = ui.KeyName(b.Keys[0])
		}
		items = append(items, ui.Choice{Text: b.Name + ": " + b.Help, Side: key})
		live = append(live, b)
	}
	a.Open(&ui.Pick{Frame: a.frame("Commands"), Prompt: "do", Items: items}, ui.On(func(p ui.Picked) tea.Cmd { return live[p.Index].Do("") }))
	return nil
}

func (a *App) frame(title string) ui.Frame {
	st := a.status()
	return ui.Frame{Mode: st.Mode, Title: title, Right: st.Place()}
}

// click points at what stands there.
func (a *App) click(msg tea.MouseClickMsg) tea.Cmd {
	m := msg.Mouse()
	if s, ok := a.top().(interface{ Click(x, y int) tea.Cmd }); ok && len(a.dialogs) == 0 && !a.small() && m.Button == tea.MouseLeft {
		return s.Click(m.X, m.Y-1) // below the status line
	}
	return nil
}

// Zoned is the time of now, in the operator's zone.
func (a *App) Zoned() time.Time { return a.o.Now() }
