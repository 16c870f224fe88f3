package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"
)

// keyed is the message of a key.
func keyed(name string) tea.KeyPressMsg {
	codes := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "tab": tea.KeyTab, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "left": tea.KeyLeft}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(letter[0]), Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// press gives keys to a dialog until it answers.
func press(d Dialog, keys ...string) Action {
	for _, k := range keys {
		if a, _ := d.Update(keyed(k)); a != nil {
			return a
		}
	}
	return nil
}

func typed(text string) []string { return strings.Split(text, "") }

// shown is a dialog as text.
func shown(t *testing.T, d Dialog, width, height int) string {
	t.Helper()
	lines, cursor := d.View(plainTheme(t), width, height)
	for _, line := range lines {
		if Width(line) != Width(lines[0]) || Width(line) > width {
			t.Errorf("%q is %d wide of %d", line, Width(line), width)
		}
	}
	if len(lines) > height {
		t.Errorf("%d lines, and room for %d", len(lines), height)
	}
	if cursor != nil && (cursor.X < 0 || cursor.X >= Width(lines[0]) || cursor.Y < 0 || cursor.Y >= len(lines)) {
		t.Errorf("the cursor is at %d,%d", cursor.X, cursor.Y)
	}
	return strings.Join(lines, "\n")
}

func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		d    Ask
		keys []string
		want Action
	}{
		"an answer":             {Ask{}, append(typed(" yes "), "enter"), Answered{"yes"}},
		"nothing":               {Ask{}, []string{"enter"}, nil},
		"nothing, allowed":      {Ask{Empty: true}, []string{"enter"}, Answered{""}},
		"what stood there":      {Ask{Value: "now"}, []string{"enter"}, Answered{"now"}},
		"given up":              {Ask{Value: "now"}, []string{"esc"}, Closed{}},
		"the wanted":            {Ask{Want: "it"}, append(typed("it"), "enter"), Answered{"it"}},
		"not the wanted":        {Ask{Want: "it"}, append(typed("IT"), "enter"), nil},
		"wanted, on its second": {Ask{Want: "it"}, []string{"x", "enter", "i", "t", "enter"}, Answered{"it"}},
	} {
		if got := press(&c.d, c.keys...); got != c.want {
			t.Errorf("%s: %#v, want %#v", name, got, c.want)
		}
	}
}

// TestAsk_secret: what is typed is given as it is, blanks included, and shows nowhere.
func TestAsk_secret(t *testing.T) {
	d := &Ask{Secret: true, Text: "Its value?"}
	press(d, typed(" s3cret ")...)
	if text := shown(t, d, 60, 10); strings.Contains(text, "s3cret") || !strings.Contains(text, "********") {
		t.Errorf("it shows:\n%s", text)
	}
	got, ok := press(d, "enter").(Given)
	if !ok || got.Value.Reveal() != " s3cret " {
		t.Errorf("%#v", got)
	}
}

// TestAsk_secretPaste: a pasted secret keeps its blanks and loses the line break it was
// copied with.
func TestAsk_secretPaste(t *testing.T) {
	d := &Ask{Secret: true, Text: "Its value?"}
	d.Update(tea.PasteMsg{Content: "s3  cret \r\n"})
	if got, ok := press(d, "enter").(Given); !ok || got.Value.Reveal() != "s3  cret " {
		t.Errorf("%#v", got)
	}
}

// TestAsk_paste: a paste is one line, and where something must be typed it is none.
func TestAsk_paste(t *testing.T) {
	d := &Ask{}
	d.Update(tea.PasteMsg{Content: "one\n two\x1b[2J"})
	if got := press(d, "enter"); got != (Answered{"one two[2J"}) {
		t.Errorf("%#v", got)
	}
	d = &Ask{Typed: true, Want: "it", DeafFor: time.Second}
	d.Update(tea.PasteMsg{Content: "it"})
	if got := press(d, "enter"); got != nil || d.Deaf() != time.Second {
		t.Errorf("%#v", got)
	}
}

// TestAsk_long: the question is in sight however much stands above it, which can be
// scrolled.
func TestAsk_long(t *testing.T) {
	d := &Ask{Text: "Sure?", Hint: "a hint", Lines: func(*Theme, int) []string { return strings.Split(strings.Repeat("line\n", 30)+"last", "\n") }}
	text := shown(t, d, 60, 12)
	if !strings.Contains(text, "Sure?") || !strings.Contains(text, "PgDn PgUp more") || strings.Contains(text, "last") {
		t.Errorf("got\n%s", text)
	}
	for range 10 {
		press(d, "pgdown")
		text = shown(t, d, 60, 12)
	}
	if !strings.Contains(text, "Sure?") || !strings.Contains(text, "last") {
		t.Errorf("scrolled:\n%s", text)
	}
	press(d, "pgup")
	if text := shown(t, d, 60, 12); strings.Contains(text, "last") {
		t.Errorf("scrolled back:\n%s", text)
	}
}

func TestNote(t *testing.T) {
	d := &Note{}
	if got := press(d, "enter"); got != nil {
		t.Errorf("an empty note is %#v", got)
	}
	if text := shown(t, d, 80, 20); !strings.Contains(text, "[note]") || !strings.Contains(text, "nothing is written yet") {
		t.Errorf("got\n%s", text)
	}
	press(d, "h", "i", "tab", "tab", "ctrl+j", "!")
	if text := shown(t, d, 80, 20); !strings.Contains(text, "[said]") {
		t.Errorf("got\n%s", text)
	}
	if got := press(d, "enter"); got != (Noted{"hi\n!", "said"}) {
		t.Errorf("%#v", got)
	}
	if got := press(&Note{}, "x", "esc"); got != (Closed{}) {
		t.Errorf("given up: %#v", got)
	}
}

func TestEdit(t *testing.T) {
	d := &Edit{Text: "one\ntwo"}
	if got := press(d, append([]string{"ctrl+s"}, append(typed("because"), "enter")...)...); got != (Changed{"one\ntwo", "because"}) {
		t.Errorf("%#v", got)
	}
	d = &Edit{Text: "x"}
	if got := press(d, "backspace", "ctrl+s"); got != nil || !strings.Contains(shown(t, d, 60, 12), "an empty command does nothing") {
		t.Errorf("empty: %#v", got)
	}
	d = &Edit{Text: "x"}
	if got := press(d, "ctrl+s", "ctrl+s"); got != nil || !strings.Contains(shown(t, d, 60, 12), "say why") {
		t.Errorf("for no reason: %#v", got)
	}
	if got := press(d, "esc"); got != nil {
		t.Errorf("esc leaves the reason first, and not %#v", got)
	}
	if got := press(d, "esc"); got != (Closed{}) {
		t.Errorf("given up: %#v", got)
	}
}

func TestPick(t *testing.T) {
	items := []Choice{{Text: "apple", Side: "red"}, {Text: "pear", Side: "green"}, {Text: "plum"}}
	for name, c := range map[string]struct {
		at   int
		keys []string
		want Action
	}{
		"the first":       {0, []string{"enter"}, Picked{0}},
		"where it stands": {2, []string{"enter"}, Picked{2}},
		"down":            {0, []string{"down", "enter"}, Picked{1}},
		"no further":      {0, []string{"down", "down", "down", "down", "enter"}, Picked{2}},
		"up":              {2, []string{"up", "enter"}, Picked{1}},
		"no further up":   {0, []string{"up", "enter"}, Picked{0}},
		"by a word":       {0, []string{"u", "m", "enter"}, Picked{2}},
		"by its side":     {0, []string{"g", "r", "e", "enter"}, Picked{1}},
		"by none":         {0, []string{"z", "down", "up", "enter"}, nil},
		"given up":        {0, []string{"z", "esc"}, Closed{}},
	} {
		d := &Pick{Items: items, At: c.at}
		if got := press(d, c.keys...); got != c.want {
			t.Errorf("%s: %#v, want %#v", name, got, c.want)
		}
	}
	d := &Pick{}
	if got := press(d, "down", "enter"); got != nil || !strings.Contains(shown(t, d, 60, 12), "nothing holds these words") {
		t.Errorf("an empty list: %#v", got)
	}
}

// TestPick_long: what is chosen is in sight.
func TestPick_long(t *testing.T) {
	d := &Pick{}
	for i := range 100 {
		d.Items = append(d.Items, Choice{Text: strings.Repeat("x", i%7+1)})
	}
	for range 50 {
		press(d, "down")
		if text := shown(t, d, 40, 10); !strings.Contains(text, SignHere) {
			t.Fatalf("what is chosen is out of sight:\n%s", text)
		}
	}
}

func TestShow(t *testing.T) {
	d := &Show{Lines: func(int) []string { return strings.Split("first\n"+strings.Repeat("line\n", 40)+"last", "\n") }}
	has := func(want string) {
		t.Helper()
		if text := shown(t, d, 40, 10); !strings.Contains(text, want) {
			t.Errorf("%q doesn't show:\n%s", want, text)
		}
	}
	has("first")
	press(d, "up", "k")
	has("first")
	press(d, "G")
	has("last")
	press(d, "down", "j", "pgdown")
	has("last")
	press(d, "g")
	has("first")
	d.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	press(d, "pgdown", "pgup", "ctrl+d", "ctrl+u")
	d.Update(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	has("first")
	for _, k := range []string{"esc", "enter", "q", "?"} {
		if got := press(d, k); got != (Closed{}) {
			t.Errorf("%s: %#v", k, got)
		}
	}
}

// TestFields_anyText: what is typed or pasted shows the same on every terminal, with
// its cursor inside, and is kept as it is.
func TestFields_anyText(t *testing.T) {
	odd := rapid.StringOf(rapid.SampledFrom([]rune("ab 数é👍👩\u200d🚒\u0301क्षि한ᄀ\u202e\u200b🇩🇪")))
	rapid.Check(t, func(rt *rapid.T) {
		text, width := odd.Draw(rt, "text"), rapid.IntRange(30, 80).Draw(rt, "width")
		for _, d := range []Dialog{&Ask{Text: "Which?"}, &Note{}, &Edit{Text: text}, &Pick{Prompt: "for"}} {
			d.Update(tea.PasteMsg{Content: text})
			for range rapid.IntRange(0, 5).Draw(rt, "back") {
				d.Update(keyed("left"))
			}
			lines, cursor := d.View(plainTheme(t), width, 20)
			for _, line := range lines {
				if Width(line) != Width(lines[0]) {
					rt.Fatalf("%T: %q is %d wide, not %d", d, line, Width(line), Width(lines[0]))
				}
			}
			if cursor.X >= Width(lines[0]) || cursor.Y >= len(lines) {
				rt.Fatalf("%T: the cursor is at %d,%d", d, cursor.X, cursor.Y)
			}
		}
		d := &Ask{}
		d.Update(tea.PasteMsg{Content: text})
		if want := strings.Join(strings.Fields(text), " "); want != "" && press(d, "enter") != (Answered{want}) {
			rt.Fatalf("%q is not kept as it is", text)
		}
	})
}
