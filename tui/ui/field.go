package ui

import (
	"strings"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lifeboat/tui/words"
)

// mostTyped bounds what is typed or pasted into a field, in characters.
const mostTyped = 16 << 10

// A field is one line that is typed. Its cursor is the terminal's own: screen
// readers and input methods follow that.
type field struct{ in textinput.Model }

func newField(hidden bool) field {
	in := textinput.New()
	in.Prompt, in.CharLimit = "", mostTyped
	in.SetVirtualCursor(false)
	in.SetStyles(textinput.Styles{})
	if hidden {
		in.EchoMode = textinput.EchoPassword
		in.EchoCharacter = '*'
	}
	in.Focus()
	return field{in}
}

// update takes a key or a paste. What the field asks for in return is dropped: it
// would read the clipboard by a program of its own.
func (f *field) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if f.in.EchoMode == textinput.EchoPassword {
			// The blanks of a secret are part of it; the line break it was copied with isn't.
			msg.Content = strings.NewReplacer("\r", "", "\n", "").Replace(msg.Content)
		} else {
			msg.Content = strings.Join(strings.Fields(msg.Content), " ") // one line
		}
		f.in, _ = f.in.Update(msg)
	case tea.KeyPressMsg:
		f.in, _ = f.in.Update(msg)
	}
}

func (f *field) value() string    { return f.in.Value() }
func (f *field) set(value string) { f.in.SetValue(value) }
func (f *field) empty() bool      { return strings.TrimSpace(f.in.Value()) == "" }
func (f *field) clear()           { f.in.Reset() }

// view draws the field, and says where its cursor is.
func (f *field) view(width int) (text string, x int) {
	f.in.SetWidth(max(1, width-1))
	if c := f.in.Cursor(); c != nil {
		x = c.Position.X
	}
	text, x = steady(f.in.View(), x)
	return Cut(text, width), min(x, width-1)
}

// steady is a line that is typed as every terminal shows it alike, with the cell
// of its cursor. What is typed stays as it is.
func steady(line string, x int) (text string, at int) {
	clean := func(part string) string { return words.Clean(ansi.Strip(part)) }
	return clean(line), Width(clean(ansi.Cut(line, 0, x)))
}

// A sheet is several lines that are typed.
type sheet struct{ in textarea.Model }

func newSheet(text string) sheet {
	in := textarea.New()
	in.Prompt, in.CharLimit, in.ShowLineNumbers, in.EndOfBufferCharacter = "", mostTyped, false, ' '
	in.SetVirtualCursor(false)
	plain := textarea.StyleState{Base: lipgloss.NewStyle()}
	in.SetStyles(textarea.Styles{Focused: plain, Blurred: plain})
	in.SetValue(text)
	in.Focus()
	return sheet{in}
}

func (s *sheet) update(msg tea.Msg) {
	switch msg.(type) {
	case tea.PasteMsg, tea.KeyPressMsg:
		s.in, _ = s.in.Update(msg)
	}
}

func (s *sheet) view(width, height int) (lines []string, x, y int) {
	s.in.SetWidth(width)
	s.in.SetHeight(height)
	if c := s.in.Cursor(); c != nil {
		x, y = c.Position.X, c.Position.Y
	}
	for line := range strings.SplitSeq(s.in.View(), "\n") {
		text, at := steady(line, x)
		if len(lines) == y {
			x = min(at, width-1)
		}
		lines = append(lines, Cut(text, width))
	}
	return lines, x, y
}
