package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// A Row binds keys to a screen of type S. A table of rows is all there is to a
// key: dispatch, footer, help, palette and the reference are made of it.
type Row[S any] struct {
	Keys  []string // as Bubble Tea names them; the first is the one that is shown. None: in the palette alone
	Name  string   // a word or two, for the footer and the palette
	Help  string   // what it does, as a sentence without a full stop
	Group string   // where it stands in the help
	Foot  int      // its place in the footer, from 1; 0: none
	Off   func(S) string
	Say   func(S) string // what it does here; nil: Help
	Do    func(S) tea.Cmd
	Press func(S, string) tea.Cmd // instead of Do, where it matters which of the keys was pressed
}

// A Binding is a row bound to its screen, as it stands now.
type Binding struct {
	Keys  []string
	Name  string
	Help  string
	Group string
	Foot  int
	Off   string // why it does nothing now; "": it is live
	Do    func(key string) tea.Cmd
}

// Hidden is the Off of what makes no sense here: it is not even listed.
const Hidden = "-"

// Only is the Off of what makes sense only at times.
func Only(live bool) string {
	if live {
		return ""
	}
	return Hidden
}

// Bind gives the bindings of a table on its screen.
func Bind[S any](rows []Row[S], s S) []Binding {
	out := make([]Binding, len(rows))
	for i, r := range rows {
		b := Binding{Keys: r.Keys, Name: r.Name, Help: r.Help, Group: r.Group, Foot: r.Foot}
		if b.Do = func(key string) tea.Cmd { return r.Press(s, key) }; r.Press == nil {
			b.Do = func(string) tea.Cmd { return r.Do(s) }
		}
		if r.Off != nil {
			b.Off = r.Off(s)
		}
		if r.Say != nil && b.Off == "" {
			if say := r.Say(s); say != "" {
				b.Help = say
			}
		}
		out[i] = b
	}
	return out
}

// Reference gives what a table says of its keys wherever it stands.
func Reference[S any](rows []Row[S]) []Binding {
	out := make([]Binding, len(rows))
	for i, r := range rows {
		out[i] = Binding{Keys: r.Keys, Name: r.Name, Help: r.Help, Group: r.Group, Foot: r.Foot}
	}
	return out
}

// Find gives the live binding of a key. Of those that are off it gives the
// first that says why; ok is false when there is none at all.
func Find(list []Binding, key string) (b Binding, ok bool) {
	for _, c := range list {
		if !slices.Contains(c.Keys, key) || c.Off == Hidden {
			continue
		}
		if c.Off == "" {
			return c, true
		}
		if !ok {
			b, ok = c, true
		}
	}
	return b, ok
}

// Collisions names the keys that two live bindings share.
func Collisions(list []Binding) []string {
	var out []string
	seen := map[string]string{}
	for _, b := range list {
		if b.Off != "" {
			continue
		}
		for _, k := range b.Keys {
			if other, taken := seen[k]; taken {
				out = append(out, fmt.Sprintf("%s: %s and %s", k, other, b.Name))
			}
			seen[k] = b.Name
		}
	}
	return out
}

// KeyName is a key as people read it.
func KeyName(key string) string {
	switch key {
	case "enter":
		return "Enter"
	case "down":
		return "↓"
	case "up":
		return "↑"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgdown":
		return "PgDn"
	case "pgup":
		return "PgUp"
	}
	return key
}

// Always is the Foot of what stands in every footer, at its end: help, and the
// way out.
const Always = 90

// Footer puts the keys that belong there on lines of at most width cells, the
// most important first; what there is no room for is left to the help.
func Footer(t *Theme, list []Binding, width, lines int) []string {
	var foot []Binding
	for _, b := range list {
		if b.Foot > 0 && b.Off == "" && len(b.Keys) > 0 {
			foot = append(foot, b)
		}
	}
	slices.SortStableFunc(foot, func(a, b Binding) int { return a.Foot - b.Foot })
	for drop := len(foot) - 1; drop >= 0 && len(pack(foot, width)) > lines; drop-- {
		if foot[drop].Foot < Always {
			foot = slices.Delete(foot, drop, drop+1)
		}
	}
	var out []string
	for _, row := range pack(foot, width) {
		cells := make([]string, len(row))
		for i, b := range row {
			cells[i] = t.Paint(Here, KeyName(b.Keys[0])) + " " + t.Paint(Faint, b.Name)
		}
		out = append(out, strings.Join(cells, "   "))
	}
	return out
}

// pack puts bindings on lines of at most width cells.
func pack(list []Binding, width int) [][]Binding {
	out, used := [][]Binding{nil}, 0
	for _, b := range list {
		wide := Width(KeyName(b.Keys[0]) + " " + b.Name)
		if used > 0 && used+3+wide > width {
			out, used = append(out, nil), 0
		}
		if used > 0 {
			used += 3
		}
		used += wide
		out[len(out)-1] = append(out[len(out)-1], b)
	}
	return out
}

// HelpLines lists the bindings by group, those that are off with the reason.
func HelpLines(t *Theme, list []Binding, width int) []string {
	var groups []string
	for _, b := range list {
		if !slices.Contains(groups, b.Group) {
			groups = append(groups, b.Group)
		}
	}
	var out []string
	for _, g := range groups {
		var lines []string
		for _, b := range list {
			if b.Group == g && b.Off != Hidden {
				lines = append(lines, helpLine(t, b, width)...)
			}
		}
		if len(lines) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(append(out, t.Paint(Heading, g)), lines...)
	}
	return out
}

// keyColumn is how wide the column of keys is.
const keyColumn = 18

func helpLine(t *Theme, b Binding, width int) []string {
	names := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		names[i] = KeyName(k)
	}
	keys, text, role := strings.Join(names, " "), b.Help, Plain
	if b.Off != "" {
		text, role = text+" (not now: "+b.Off+")", Faint
	}
	if len(b.Keys) == 0 {
		keys = "ctrl+p"
	}
	var out []string
	for i, line := range Wrap(text, width-keyColumn-1, 2) {
		head := ""
		if i == 0 {
			head = keys
		}
		out = append(out, t.Paint(Here, Fit(head, keyColumn))+" "+t.Paint(role, line))
	}
	return out
}
