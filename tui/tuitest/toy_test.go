package tuitest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"go.uber.org/goleak"
)

// TestMain is also the program that the tests of real processes start.
func TestMain(m *testing.M) {
	if os.Getenv("TUITEST_TOY") == "" {
		goleak.VerifyTestMain(m)
		return
	}
	if _, err := tea.NewProgram(newToy()).Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	fmt.Println("farewell")
}

// A toy counts seconds, takes a text and shows both in a box. It uses everything
// that a terminal has to be given back.
type toy struct {
	width   int
	seconds int
	text    string
	keys    []string
	light   string
	mouse   string
	wait    <-chan string // nil: nothing comes from outside
}

type (
	tick time.Time
	news string
)

func newToy() *toy { return &toy{width: 30, light: "?"} }

func (m *toy) tick() tea.Cmd {
	return tea.Tick(time.Second, func(t time.Time) tea.Msg { return tick(t) })
}

func (m *toy) listen() tea.Cmd {
	if m.wait == nil {
		return nil
	}
	return func() tea.Msg { return news(<-m.wait) }
}

func (m *toy) Init() tea.Cmd {
	return tea.Batch(m.tick(), m.listen(), tea.RequestBackgroundColor)
}

func (m *toy) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width = msg.Width
	case tea.BackgroundColorMsg:
		m.light = map[bool]string{true: "dark", false: "light"}[msg.IsDark()]
	case tick:
		m.seconds++
		return m, m.tick()
	case news:
		m.text += string(msg)
		return m, m.listen()
	case tea.PasteMsg:
		m.text += "[" + msg.Content + "]"
	case tea.MouseClickMsg:
		m.mouse = fmt.Sprintf(" click %d,%d", msg.X, msg.Y)
	case tea.KeyPressMsg:
		return m, m.press(msg)
	}
	return m, nil
}

func (m *toy) press(msg tea.KeyPressMsg) tea.Cmd {
	m.keys = append(m.keys, msg.String())
	switch msg.String() {
	case "ctrl+q":
		return tea.Quit
	case "ctrl+c":
		return tea.Interrupt
	case "ctrl+z":
		return tea.Suspend
	case "ctrl+y":
		return tea.SetClipboard(m.text)
	case "ctrl+g":
		return tea.Raw("\a")
	case "ctrl+p":
		panic("out of cheese")
	}
	m.text += msg.Text
	return nil
}

func (m *toy) View() tea.View {
	title := lipgloss.NewStyle().Bold(true).Render("Toy 玩具")
	color := lipgloss.NewStyle().Foreground(lipgloss.Color("#ff8800")).Render("colour")
	body := fmt.Sprintf("%s  %s %s\n%d s%s\n> %s", title, color, m.light, m.seconds, m.mouse, m.text)
	box := lipgloss.NewStyle().Border(lipgloss.RoundedBorder()).Width(m.width).Render(body)
	v := tea.NewView(box)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.ReportFocus = true
	v.WindowTitle = fmt.Sprintf("toy; %d s", m.seconds)
	v.ProgressBar = tea.NewProgressBar(tea.ProgressBarDefault, m.seconds)
	if !strings.Contains(m.text, "hide") {
		v.Cursor = tea.NewCursor(3+len(m.text), 3)
		v.Cursor.Shape = tea.CursorBar
	}
	return v
}
