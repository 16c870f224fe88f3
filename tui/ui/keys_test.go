package ui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

type counter struct {
	n    int
	last string
	off  string
}

func counterRows() []Row[*counter] {
	return []Row[*counter]{
		{Keys: []string{"enter"}, Name: "add", Help: "add one", Group: "Count", Do: func(c *counter) tea.Cmd { c.n++; return nil }},
		{Keys: []string{"1", "2"}, Name: "set", Help: "set it", Group: "Count", Foot: 2, Press: func(c *counter, key string) tea.Cmd { c.last = key; return nil }},
		{
			Keys: []string{"x", "pgdown"}, Name: "undo", Help: "take one away", Group: "Undo", Foot: 1, Off: func(c *counter) string { return c.off },
			Say: func(c *counter) string { return map[bool]string{true: "take the last one away"}[c.n == 1] }, Do: func(c *counter) tea.Cmd { c.n--; return nil },
		},
		{Keys: []string{"q"}, Name: "quit", Help: "end it", Group: "Undo", Foot: Always, Do: func(*counter) tea.Cmd { return tea.Quit }},
		{Name: "reset", Help: "begin anew", Group: "Undo", Do: func(c *counter) tea.Cmd { c.n = 0; return nil }},
	}
}

func TestBind(t *testing.T) {
	c := &counter{}
	list := Bind(counterRows(), c)
	for _, key := range []string{"enter", "2", "x"} {
		b, ok := Find(list, key)
		if !ok {
			t.Fatalf("nothing is bound to %q", key)
		}
		b.Do(key)
	}
	if c.n != 0 || c.last != "2" {
		t.Errorf("%+v", c)
	}
	if _, ok := Find(list, "y"); ok {
		t.Error("y is bound")
	}
	c.n = 1
	if b, _ := Find(Bind(counterRows(), c), "x"); b.Help != "take the last one away" {
		t.Errorf("its help is %q", b.Help)
	}
	c.off = "there is nothing"
	if b, ok := Find(Bind(counterRows(), c), "x"); !ok || b.Off != c.off || b.Help != "take one away" {
		t.Errorf("%+v", b)
	}
	c.off = Hidden
	if _, ok := Find(Bind(counterRows(), c), "x"); ok {
		t.Error("what is hidden is found")
	}
}

// TestFind_live: of two bindings of one key the live one counts, else the first that
// says why not.
func TestFind_live(t *testing.T) {
	list := []Binding{{Keys: []string{"a"}, Name: "one", Off: "not now"}, {Keys: []string{"a"}, Name: "two", Off: "never"}, {Keys: []string{"a"}, Name: "three"}}
	if b, _ := Find(list, "a"); b.Name != "three" {
		t.Errorf("found %q", b.Name)
	}
	if b, ok := Find(list[:2], "a"); !ok || b.Name != "one" {
		t.Errorf("found %q", b.Name)
	}
}

func TestCollisions(t *testing.T) {
	list := []Binding{{Keys: []string{"a", "b"}, Name: "one"}, {Keys: []string{"b"}, Name: "two"}, {Keys: []string{"a"}, Name: "three", Off: "not now"}}
	if got, want := Collisions(list), []string{"b: one and two"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestFooter: the most important keys come first, what has no room is left out, and
// the way out never is.
func TestFooter(t *testing.T) {
	theme, c := plainTheme(t), &counter{}
	for width, want := range map[int]string{40: "x undo   1 set   q quit", 20: "x undo   q quit", 8: "q quit"} {
		if got := strings.Join(Footer(theme, Bind(counterRows(), c), width, 1), "/"); got != want {
			t.Errorf("%d: %q, want %q", width, got, want)
		}
	}
	if got := Footer(theme, Bind(counterRows(), c), 8, 3); strings.Join(got, "/") != "x undo/1 set/q quit" {
		t.Errorf("three lines: %q", got)
	}
	c.off = "there is nothing"
	if got := Footer(theme, Bind(counterRows(), c), 40, 1); got[0] != "1 set   q quit" {
		t.Errorf("what is off: %q", got)
	}
}

func TestHelpLines(t *testing.T) {
	c := &counter{off: "there is nothing"}
	got := strings.Join(HelpLines(plainTheme(t), Bind(counterRows(), c), 44), "\n")
	for _, want := range []string{"Enter  ", "1 2  ", "x PgDn", "(not now:\n", "there is nothing)", "\nq  ", "\nctrl+p  ", "\n\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the help lacks %q:\n%s", want, got)
		}
	}
	c.off = Hidden
	if got := strings.Join(HelpLines(plainTheme(t), Bind(counterRows(), c), 44), "\n"); strings.Contains(got, "take one away") {
		t.Errorf("what is hidden shows:\n%s", got)
	}
}

func TestReference(t *testing.T) {
	got := Reference(counterRows())
	if len(got) != len(counterRows()) || got[2].Help != "take one away" || got[2].Off != "" {
		t.Errorf("%+v", got)
	}
}

func TestKeyName(t *testing.T) {
	for key, want := range map[string]string{"enter": "Enter", "down": "↓", "up": "↑", "left": "←", "right": "→", "pgdown": "PgDn", "pgup": "PgUp", "ctrl+p": "ctrl+p", "a": "a"} {
		if got := KeyName(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}
