package tui

import (
	"fmt"
	"strings"

	"lifeboat/tui/brief"
	"lifeboat/tui/debrief"
	"lifeboat/tui/home"
	"lifeboat/tui/look"
	"lifeboat/tui/ui"
	"lifeboat/tui/walk"
)

// Reference is the key reference as Markdown tables, made of the tables of keys
// themselves.
func Reference() string {
	var b strings.Builder
	for _, part := range []struct {
		title string
		keys  []ui.Binding
	}{
		{"On every screen", ui.Reference(Rows())},
		{"Home", ui.Reference(home.Rows())},
		{"Briefing", ui.Reference(brief.Rows())},
		{"Walk", ui.Reference(walk.Rows())},
		{"Timeline", ui.Reference(look.TimelineRows())},
		{"Output", ui.Reference(look.OutputRows())},
		{"Debrief", ui.Reference(debrief.Rows())},
	} {
		fmt.Fprintf(&b, "\n%s:\n\n| key | does |\n|---|---|\n", part.title)
		seen := map[string]bool{}
		for _, k := range part.keys {
			row := fmt.Sprintf("| %s | %s |\n", keyNames(k), k.Help)
			if !seen[row] {
				b.WriteString(row)
			}
			seen[row] = true
		}
	}
	return b.String()
}

// keyNames are the keys of a binding as code; what has none is in the palette.
func keyNames(b ui.Binding) string {
	if len(b.Keys) == 0 {
		return "`ctrl+p` " + b.Name
	}
	names := make([]string, len(b.Keys))
	for i, k := range b.Keys {
		names[i] = "`" + ui.KeyName(k) + "`"
	}
	if len(names) > 3 && b.Keys[0] == "1" {
		return names[0] + " to " + names[len(names)-1]
	}
	return strings.Join(names, " ")
}
