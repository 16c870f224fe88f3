package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/tui/ui"
)

// What screens can ask for: see ui.Host.

var _ ui.Host = (*App)(nil)

// Open puts a dialog before everything.
func (a *App) Open(d ui.Dialog, then func(ui.Action) tea.Cmd) {
	a.dialogs = append(a.dialogs, opened{d, then, a.o.Now()})
}

// Push shows a screen.
func (a *App) Push(s ui.Screen) tea.Cmd {
	a.stack = append(a.stack, s)
	if starts, ok := s.(interface{ Start() tea.Cmd }); ok {
		return starts.Start()
	}
	return nil
}

// Pop goes back. The last screen is left by leaving the program.
func (a *App) Pop() tea.Cmd {
	if len(a.stack) < 2 {
		return a.leave("asked")
	}
	a.drop()
	return nil
}

// drop takes the screen on top away.
func (a *App) drop() {
	top := a.stack[len(a.stack)-1]
	a.stack = a.stack[:len(a.stack)-1]
	if closes, ok := top.(interface{ Close() }); ok {
		closes.Close()
	}
}

// Say shows a line until the next key.
func (a *App) Say(role ui.Role, text string) { a.said = append(a.said, note{role, text}) }

// Shows says whether a screen is the one that is seen.
func (a *App) Shows(s ui.Screen) bool { return a.top() == s }

// Own addresses what a command comes back with to a screen.
func (a *App) Own(s ui.Screen, cmd tea.Cmd) tea.Cmd {
	return func() tea.Msg {
		if msg := cmd(); msg != nil {
			return envelope{s, msg}
		}
		return nil
	}
}

// Theme is the look of now.
func (a *App) Theme() *ui.Theme { return a.theme }

// After gives a value once a while has passed.
func (a *App) After(d time.Duration) <-chan time.Time { return a.o.After(d) }
