package tuitest

import (
	"strings"
	"testing"
)

// draw makes a screen of w columns that shows rows.
func draw(t *testing.T, w int, rows ...string) *Screen {
	t.Helper()
	s := NewScreen(t, w, len(rows))
	write(t, s, strings.Join(rows, "\r\n"))
	return s
}

func TestStraight_goodFrames(t *testing.T) {
	for name, rows := range map[string][]string{
		"one": {
			"╭─ Steps ────╮",
			"│ one        │",
			"│ two        │",
			"╰────────────╯",
		},
		"wide characters": {
			"┌────────────┐",
			"│ 日本語      │",
			"│ déjà vu    │",
			"└────────────┘",
		},
		"side by side, shared edges": {
			"┌─────┬──────┐",
			"│ a   │ b    │",
			"├─────┼──────┤",
			"│ c   │ d    │",
			"└─────┴──────┘",
		},
		"nested": {
			"╔════════════╗",
			"║ ┌────────┐ ║",
			"║ │ inner  │ ║",
			"║ └────────┘ ║",
			"╚════════════╝",
		},
		"a dialog over the right border and the lower edge": {
			"┌────────┐    ",
			"│ a  ╔═══════╗",
			"│    ║ sure? ║",
			"└────║       ║",
			"     ╚═══════╝",
		},
		"a dialog over an upper corner": {
			"╔═══════╗──┐  ",
			"║ sure? ║  │  ",
			"╚═══════╝  │  ",
			"│ a        │  ",
			"└──────────┘  ",
		},
		"a dialog over both lower corners": {
			"  ┌──────┐    ",
			"  │ a    │    ",
			"╔════════════╗",
			"║ sure?      ║",
			"╚════════════╝",
			"plain text    ",
		},
		"a dialog in the middle": {
			"┌────────────┐",
			"│ ╔════════╗ │",
			"│ ║ sure?  ║ │",
			"│ ╚════════╝ │",
			"└────────────┘",
		},
		"ASCII": {
			"+- Steps ----+",
			"| one + two  |",
			"+-----+------+",
			"| a   | b    |",
			"+-----+------+",
		},
		"a tree is no box": {
			"top           ",
			"├── one       ",
			"│   └── two   ",
			"└── three     ",
			"a | b, 1 + 2  ",
		},
	} {
		if err := draw(t, 14, rows...).Straight(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStraight_brokenFrames(t *testing.T) {
	for name, c := range map[string]struct {
		rows []string
		want string
	}{
		"a border that moved": {
			[]string{
				"┌──────────┐  ",
				"│ one      │  ",
				"│ two       │ ",
				"└──────────┘  ",
			},
			`row 2 has ' ' in column 11`,
		},
		"a wide character that was not counted": {
			[]string{
				"┌──────────┐  ",
				"│ 日本       │",
				"└──────────┘  ",
			},
			`row 1 has ' ' in column 11`,
		},
		"a left border that moved": {
			[]string{
				"┌──────────┐  ",
				" │ one     │  ",
				"└──────────┘  ",
			},
			`row 1 has ' ' in column 0`,
		},
		"no corner": {
			[]string{
				"┌──────────   ",
				"│ one      │  ",
				"└──────────┘  ",
			},
			"its upper edge has no other corner",
		},
		"no lower edge": {
			[]string{
				"┌──────────┐  ",
				"│ one      │  ",
				"│ two      │  ",
			},
			"has no lower corner",
		},
		"two lower edges": {
			[]string{
				"┌──────────┐  ",
				"└──────────│  ",
				"           ┘  ",
			},
			"one border ends in row 1 and the other in row 2",
		},
		"inside of a whole one": {
			[]string{
				"╔════════════╗",
				"║ ┌────────┐ ║",
				"║ │ inner │  ║",
				"║ └────────┘ ║",
				"╚════════════╝",
			},
			`row 2 has ' ' in column 11`,
		},
		"beside a dialog that hides nothing of the row": {
			[]string{
				"┌────────┐    ",
				"│ a  ╔═══════╗",
				"│    ║ sure? ║",
				"│    ╚═══════╝",
				"│ b       │   ",
				"└────────┘    ",
			},
			// Where the dialog ends the frame could end as well, but the left border says
			// that it does not.
			"one border ends in row 5 and the other in row 1",
		},
		"right of a dialog over its first corner": {
			[]string{
				"╔═══════╗──┐  ",
				"║ sure? ║  │  ",
				"╚═══════╝  │  ",
				"│ a         │ ",
				"└──────────┘  ",
			},
			`row 3 has ' ' in column 11`,
		},
		"ASCII": {
			[]string{
				"+----------+  ",
				"| one      |  ",
				"| two     |   ",
				"+----------+  ",
			},
			`row 2 has ' ' in column 11`,
		},
	} {
		err := draw(t, 14, c.rows...).Straight()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestStraight_saysItOnce(t *testing.T) {
	s := draw(t, 8, "┌────┐", "│     │", "└────┘")
	if err := s.Straight(); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("one broken box: %v", err)
	}
}

func TestStraight_scrollBar(t *testing.T) {
	s := draw(t, 8, "┌────┐", "│    █", "│    ░", "└────┘")
	if err := s.Straight(); err == nil {
		t.Error("a block in the border was taken for one without having been named")
	}
	if err := s.Straight('█', '░'); err != nil {
		t.Error(err)
	}
}
