// Command screen is the floor under any full-screen program that is made with
// Bubble Tea: a few lines, one of which a key moves a sign on, and a clock.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

type tick struct{}

func next() tea.Cmd { return tea.Every(time.Second, func(time.Time) tea.Msg { return tick{} }) }

type model struct{ at int }

func (m model) Init() tea.Cmd { return next() }

func (m model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "q":
			return m, tea.Quit
		case "j", "k":
			m.at = 1 - m.at
		}
	case tick:
		return m, next()
	}
	return m, nil
}

func (m model) View() tea.View {
	signs := []string{" ", " "}
	signs[m.at] = "▶"
	v := tea.NewView(strings.Join([]string{time.Now().Format("15:04:05"), signs[0] + " one", signs[1] + " two", "q quit"}, "\n"))
	v.AltScreen = true
	return v
}

func main() {
	if _, err := tea.NewProgram(model{}, tea.WithFPS(100)).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
