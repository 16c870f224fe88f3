package words

import (
	"slices"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// TestVisible: nothing that is printed can be obeyed by a terminal, and nothing
// vanishes.
func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"plain":                             "plain",
		"two\nlines\n":                      "two\nlines\n",
		"dos\r\nlines\r\n":                  "dos\nlines\n",
		"lone\rreturn":                      "lone^Mreturn",
		"a\tb\n1234567\t8\tx":               "a       b\n1234567 8       x",
		"\x1b[31mred\x07\x00":               "^[[31mred^G^@",
		"del\x7f":                           "del^?",
		"c1 \u009b2J":                       "c1 \ufffd2J",
		"turned \u202egnp.exe":              "turned \ufffdgnp.exe",
		"no\u200bwidth\ufeff":               "no\ufffdwidth\ufffd",
		"line\u2028par\u2029":               "line\ufffdpar\ufffd",
		"bad \xff\xfe utf-8":                "bad \ufffd\ufffd utf-8",
		"wide 你好 é":                         "wide 你好 é",
		"family \U0001f468\u200d\U0001f469": "family \U0001f468\u200d\U0001f469",
		"tag \U000e0041":                    "tag \ufffd",
	} {
		if got := Visible(text); got != want {
			t.Errorf("Visible(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"a\x1b[2Jb", "\r\n\r", "\tx\u202e\n", "\xc3\x28"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Visible(text)
		for _, r := range got {
			if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || hidden(r) {
				t.Fatalf("Visible(%q) = %q", text, got)
			}
		}
		if Visible(got) != got {
			t.Errorf("%q changes again: %q", got, Visible(got))
		}
	})
}

// TestVisible_keepsWhatShows: no control character comes through, and what can
// be read stays, in its order.
func TestVisible_keepsWhatShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts.Draw(t, "text")
		got := Visible(text)
		rest := []rune(got)
		for _, r := range text {
			if !unicode.IsPrint(r) {
				continue
			}
			i := slices.Index(rest, r)
			if i < 0 {
				t.Fatalf("%q lost %q: %q", text, r, got)
			}
			rest = rest[i+1:]
		}
		for _, r := range got {
			if r != '\n' && unicode.IsControl(r) || hidden(r) {
				t.Fatalf("%q let %q through: %q", text, r, got)
			}
		}
	})
}
