package words

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// texts are drawn from what is known to be measured in more than one way, from
// what terminals obey, and from all the rest.
var texts = rapid.Custom(func(t *rapid.T) string {
	return strings.Join(rapid.SliceOf(rapid.OneOf(
		rapid.SampledFrom([]string{
			"\u200d", "\ufe0f", "\ufe0e", "\u200c", "\u20e3", "\U0001f3fd", "👩", "🚒", "🏴", "❤", "1", "\U0001f1e9", "\U0001f1ea",
			"\u1100", "\u1161", "\u11a8", "\uac00", "\ua960", "\ud7b0", "e", "\u0301", "ก", "\u0e33", "\u0e49", "ນ", "\u0eb3",
			"क", "\u094d", "ष", "\u093f", "\u0903", "\u0d4e", "\u0cf3", "\U0001d165", "\u1acf", "ｶ", "\uff9e", "你", "\ufffd",
			"\n", "\r", "\t", "\x1b[31m", "\x00", "\u0085", "\u202e", "\xff", "^", " ",
		}),
		rapid.StringN(0, 3, -1),
	)).Draw(t, "parts"), "")
})

// TestStable: what everybody measures alike stays, and of the rest all that can
// be read.
func TestStable(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "",
		"plain\n":                              "plain\n",
		"你好 é e\u0301 … ─ ★":                   "你好 é e\u0301 … ─ ★",
		"👩\u200d🚒 on the way":                  "👩🚒 on the way",
		"👨\u200d👩\u200d👧":                      "👨👩👧",
		"🏴\u200d☠\ufe0f":                       "🏴☠",
		"👍🏽":                                   "👍",
		"⚠\ufe0f danger":                       "⚠ danger",
		"⚠\ufe0e text":                         "⚠\ufe0e text",
		"1\ufe0f\u20e3":                        "1\u20e3",
		"🇩🇪":                                   "🇩🇪",
		"🇩🇪🇫":                                  "🇩🇪F",
		"🇩\u200d🇪":                             "DE",
		"\u1112\u1161\u11ab\u1100\u1173\u11af": "한글",
		"\ua960\u1161":                         "\ua960\u200b\u1161", // an old letter, with which no syllable is made
		"น้ำ":                                  "น้\u0e4d\u0e32",
		"ນ\u0eb3":                              "ນ\u0ecd\u0eb2",
		"ที่นี่":                               "ที่นี่",
		"कि":                                   "क\u200b\u093f",
		"नमस्ते":                               "नमस्\u200bते",
		"தமிழ்":                                "தம\u200bிழ்",
		"ｶ\uff9e":                              "ｶ\u200b\uff9e",
		"\u0d4eക":                              "\u0d4e\u200bക",
		"\u0d4e\ufe0fA":                        "\u0d4e\u200bA",               // what kept them apart is left out
		"\u093fA\n\u093f":                      "\u200b\u093fA\n\u200b\u093f", // or it would join the border that stands before it
		"\U0001d165":                           "\ufffd",                      // a stem of a note, without its head
	} {
		if got := Stable(text); got != want {
			t.Errorf("Stable(%q) = %q (%s), want %q", text, got, got, want)
		}
	}
}

// TestStable_everybodyMeasuresAlike: each column of the result is the same one
// for everybody, and a second time changes nothing.
func TestStable_everybodyMeasuresAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Visible(texts.Draw(t, "text"))
		got := Stable(text)
		for rest := got; rest != ""; {
			cluster := first(rest)
			if rest = rest[len(cluster):]; !agreed(cluster) {
				t.Fatalf("%q became %q, and %q has %d columns or %d", text, got, cluster, ansi.StringWidth(cluster), ansi.StringWidthWc(cluster))
			}
		}
		if !agreed(got) {
			t.Fatalf("%q became %q, which has %d columns or %d", text, got, ansi.StringWidth(got), ansi.StringWidthWc(got))
		}
		if again := Stable(got); again != got {
			t.Fatalf("%q became %q and then %q", text, got, again)
		}
	})
}

// TestStable_everyCharacter: no character alone has two widths, and one that can
// be read is still there, as itself or as a letter.
func TestStable_everyCharacter(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if !utf8.ValidRune(r) || r < 0x20 {
			continue
		}
		text := "a" + Visible(string(r)) + "b"
		got := Stable(text)
		if !agreed(got) || !strings.HasPrefix(got, "a") || !strings.HasSuffix(got, "b") {
			t.Fatalf("%q became %q", text, got)
		}
		if unicode.IsLetter(r) && !strings.ContainsRune(got, r) && am.Replace(string(r)) == string(r) {
			t.Errorf("%q is lost: %q", r, got)
		}
	}
}

func FuzzStable(f *testing.F) {
	for _, s := range []string{"👩\u200d🚒", "🇩🇪🇫", "1\ufe0f\u20e3", "\u1100\u1161\u11a8", "น้ำ", "नमस्ते"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := Stable(Visible(text)); !agreed(got) || Stable(got) != got {
			t.Errorf("Stable(%q) = %q", text, got)
		}
	})
}
