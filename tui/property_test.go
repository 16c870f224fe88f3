package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

// odd are texts that terminals don't agree on: wide, joined, from right to left, with
// marks above and below, with what can't be seen, and with what steers a terminal.
var odd = []string{
	"数据损坏的恢复", "消防员👩🏽‍🚒到了", "👨‍👩‍👧‍👦 all", "🇩🇪🇯🇵 flags", "שלום עולם", "مرحبا بالعالم", "e\u0301\u0323\u0302 marks", "नमस्ते क्षि", "ภาษาไทยที่นี่",
	"각각 jamo", "a\u200bb\u200dc\ufe0f", "\u202eturned", "tab\there", "\x1b[31mred\x1b[2J", "\x1b]0;owned\a", "1\r2\b3", "½ ☃ ♥️ ⚠️", strings.Repeat("字", 120), strings.Repeat("w", 300), "plain",
}

// oddBook is a book of such texts.
func oddBook() string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\nlifeboat: 1\nobjectives: {critical: 1h}\n---\n# %s\n\n%s\n\n## %s\n\n", odd[0], odd[4], odd[1])
	fmt.Fprintf(&b, "- [ ] %s\n- [ ] %s (`NAME`): ____\n\n```sh\nsay %s\n```\n\n> [!WARNING]\n> %s\n\n", odd[2], odd[6], odd[8], odd[7])
	fmt.Fprintf(&b, "| %s | %s |\n|---|---|\n| %s | %s |\n\n- [ ] %s\n\n", odd[3], odd[5], odd[9], odd[10], odd[17])
	fmt.Fprintf(&b, "## %s\n\n- [%s](#end): %s\n- [%s](#end-1)\n\n## End\n\n- [ ] %s\n\n## End\n\n```sh\nbreak\n```\n", odd[7], odd[4], odd[1], odd[12], odd[11])
	return b.String()
}

// A deed is one thing that somebody does: which, and with what.
type deed struct{ kind, with int }

// TestAnyKeys: whatever is pressed, in whatever order and size, every frame keeps its
// promises (see frameProblems), and looking asks for nothing.
func TestAnyKeys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		mode := rapid.SampledFrom([]runbook.Mode{runbook.Live, runbook.Drill}).Draw(rt, "mode")
		text := rapid.SampledFrom([]string{oddBook(), oddBook(), shop, failing, forked}).Draw(rt, "book")
		deeds := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) deed {
			return deed{rapid.IntRange(0, 19).Draw(rt, "kind"), rapid.IntRange(0, 1<<20).Draw(rt, "with")}
		}), 1, 14).Draw(rt, "deeds")
		var problem string
		synctest.Test(t, func(t *testing.T) { problem = anyKeys(t, mode, text, deeds) })
		if problem != "" {
			rt.Fatal(problem)
		}
	})
}

// anyKeys does what was drawn, and says what went wrong.
func anyKeys(t *testing.T, mode runbook.Mode, text string, deeds []deed) string {
	t.Helper()
	s := open(t, setting{shelf: []shelved{{"book", text}}, begin: ui.Brief{Book: "book", Mode: mode}, change: func(w *world) {
		shopPlays(w)
		w.Plays["say "+odd[8]] = play{Out: strings.Join(odd, "\n"), Takes: 2 * time.Second}
		w.Plays["break"] = play{Out: odd[17] + "\n" + odd[13], Exit: 1}
		w.Plays["try it"] = play{Out: odd[0], Exit: 3}
	}})
	s.loose = true // it is looked at here
	s.start()
	var done []string
	for _, d := range deeds {
		asked := s.asked()
		what, looks := s.does(d)
		done = append(done, what)
		if !s.Running() {
			if _, err := s.Result(); err != nil {
				return fmt.Sprintf("%v\nafter %q", err, done)
			}
			return ""
		}
		problems := frameProblems(s)
		if looks && s.asked() != asked {
			problems = append(problems, fmt.Sprintf("it asked for something that was not said: %q", s.w.told))
		}
		if len(problems) > 0 {
			return fmt.Sprintf("%s\nafter %q:\n%s", strings.Join(problems, "\n"), done, s.Text())
		}
	}
	return ""
}

// asked is how often the walker was asked for something, but for what goes on by
// itself.
func (s *story) asked() int {
	return len(slices.DeleteFunc(slices.Clone(s.w.told), func(what string) bool { return what == "Await" }))
}

// looking are the bindings that change nothing, by their names.
var looking = []string{"down", "up", "next step", "step before", "scroll", "scroll back", "back", "choose", "find", "steps", "output", "timeline", "clocks", "help", "commands", "mouse", "page", "page back", "start", "end", "copy"}

// does does a deed. It says what it was, and whether that was only looking.
func (s *story) does(d deed) (what string, looks bool) {
	switch d.kind {
	case 0, 1:
		w, h := 60+d.with%60, 15+(d.with>>8)%20
		switch d.with % 7 {
		case 0: // wide ones take their time
			w, h = 60+d.with%141, 15+(d.with>>8)%46
		case 1:
			w, h = leastWide, leastHigh
		}
		s.Resize(w, h)
		return fmt.Sprintf("resize %d by %d", w, h), true
	case 2:
		s.After(time.Duration(d.with%5000) * time.Millisecond)
		return "wait", false
	case 3:
		s.w.elsewhere(runbook.NoteTaken{Text: odd[d.with%len(odd)], Tag: "note"})
		return "a note from elsewhere", false
	case 4:
		s.Paste(odd[d.with%len(odd)])
		return "paste " + odd[d.with%len(odd)], false
	case 5, 6:
		if len(s.app.dialogs) > 0 {
			text := odd[d.with%len(odd)]
			s.Type(strings.Map(printable, text))
			return "type " + text, false
		}
	case 7, 8, 9:
		promised := len(s.app.dialogs) > 0 || s.app.top().Next().Key != ""
		s.Press("enter")
		return "enter", !promised // what isn't said isn't done
	}
	if len(s.app.dialogs) > 0 {
		key := []string{"enter", "esc", "down", "up", "tab", "backspace", "pgdown", "pgup", "ctrl+s", "left", "home", "end", "alt+enter"}[d.with%13]
		s.Press(key)
		return key, false
	}
	live := slices.DeleteFunc(s.app.bindings(), func(b ui.Binding) bool {
		return b.Off != "" || len(b.Keys) == 0 || slices.Contains([]string{"suspend", "stop", "leave", "quit", "shell"}, b.Name)
	})
	b := live[d.with%len(live)]
	key := b.Keys[(d.with>>10)%len(b.Keys)]
	quiet := s.app.walking() == nil || !s.app.walking().Running()
	s.Press(key)
	return key, quiet && slices.Contains(looking, b.Name)
}

// printable leaves out what no key types.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// TestBindings: on every screen each key has one meaning, and each binding a sentence
// for the help: what it does, without a full stop, as the others.
func TestBindings(t *testing.T) {
	t.Parallel()
	for _, mode := range []runbook.Mode{runbook.Live, runbook.Drill} {
		rules(t, mode, setting{}, func(s *story) {
			s.everywhere(func(name string) {
				list := s.app.bindings()
				for _, c := range ui.Collisions(list) {
					t.Errorf("%s: two bindings share a key: %s", name, c)
				}
				for _, b := range list {
					first := []rune(b.Help + " ")[0]
					if b.Name == "" || b.Group == "" || len(b.Help) < 6 || strings.HasSuffix(b.Help, ".") || first < 'a' || first > 'z' {
						t.Errorf("%s: %q has the help %q in %q", name, b.Name, b.Help, b.Group)
					}
					if b.Foot == 0 && len(b.Keys) == 0 && b.Do == nil {
						t.Errorf("%s: nothing leads to %q", name, b.Name)
					}
				}
			})
		})
	}
}
