package output

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fold breaks s into lines as base64(1) and xxd do.
func fold(s string, width int, br string) string {
	var out []string
	for len(s) > width {
		out, s = append(out, s[:width]), s[width:]
	}
	return strings.Join(append(out, s), br)
}

func jsonText(v string, html bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(html)
	_ = e.Encode(v)
	s := strings.TrimSpace(b.String())
	return s[1 : len(s)-1]
}

// shown lists ways in which programs print a value; written apart from the
// code that it tests.
func shown(v string) map[string]string {
	var x bytes.Buffer
	_ = xml.EscapeText(&x, []byte(v))
	std, web := base64.StdEncoding.EncodeToString, base64.URLEncoding.EncodeToString
	out := map[string]string{
		"raw": v, "base64": std([]byte(v)), "base64 url": web([]byte(v)), "hex": hex.EncodeToString([]byte(v)),
		"HEX": strings.ToUpper(hex.EncodeToString([]byte(v))), "query": url.QueryEscape(v), "path": url.PathEscape(v),
		"query 20": strings.ReplaceAll(url.QueryEscape(v), "+", "%20"),
		"json":     jsonText(v, true), "json plain": jsonText(v, false),
		"json slash": strings.ReplaceAll(jsonText(v, false), "/", `\/`),
		"shell":      strings.ReplaceAll(v, "'", `'\''`), "xml": x.String(), "html": html.EscapeString(v),
		"hex 60": fold(hex.EncodeToString([]byte(v)), 60, "\n"),
	}
	for _, before := range []string{"", "u", "us", "user:", strings.Repeat("x", 40), strings.Repeat("y", 41), strings.Repeat("z", 56)} {
		for _, after := range []string{"", "\n", "ab", " and more"} {
			e := std([]byte(before + v + after))
			out["base64 in "+before+after] = e
			out["base64 url in "+before+after] = web([]byte(before + v + after))
			out["base64 76 "+before+after] = fold(e, 76, "\n")
			out["base64 64 crlf "+before+after] = fold(e, 64, "\r\n")
			out["base64 76 indented "+before+after] = fold(e, 76, "\n    ")
		}
	}
	return out
}

var awkward = []string{
	"hunter2pass", "correct horse/battery & <staple>", `p'q"z\w$x` + "`!", "admin|01a2b3c4d5e6f708192a3b4c5d6e7f80",
	"naïve-日本語-😀-key", strings.Repeat("long+secret/", 30), "12345678",
}

// left names a form of v that is left in out.
func left(out, v string) string {
	for name, s := range shown(v) {
		if strings.Contains(out, s) {
			return name
		}
	}
	return ""
}

func TestRedactor_everyForm(t *testing.T) {
	for _, v := range awkward {
		r := NewRedactor(v)
		for name, s := range shown(v) {
			for _, around := range []string{"", " ", "\"", "\n"} {
				in := "before" + around + s + around + "after"
				out := r.String(in)
				if !strings.Contains(out, Mask) || strings.Contains(out, s) {
					t.Errorf("%q as %s: %q", v, name, out)
				}
				// Of a wrapped core, 3 characters at a line's edge may stay.
				if n := len(strings.ReplaceAll(out, Mask, "")); strings.HasPrefix(name, "raw") && n != len(in)-len(s) {
					t.Errorf("%q as %s: more or less than the secret went: %q", v, name, out)
				}
			}
		}
	}
}

func TestRedactor_linesOfASecret(t *testing.T) {
	r := NewRedactor("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nshort\nhkiG9w0BAQEFAASC\n-----END KEY-----\n")
	out := r.String("a MIIEvQIBADANBgkq b hkiG9w0BAQEFAASC c\n-----BEGIN KEY----- short")
	if want := "a [redacted] b [redacted] c\n-----BEGIN KEY----- short"; out != want {
		t.Fatalf("got %q, want %q", out, want)
	}
}

func TestRedactor_shortSecretsAreNamed(t *testing.T) {
	r := NewRedactor("longenough", "1234", "", "seven77")
	if got := r.Short(); !slices.Equal(got, []int{1, 3}) {
		t.Fatalf("Short() = %v", got)
	}
	if got := r.String("pin 1234 of 12345"); got != "pin 1234 of 12345" {
		t.Fatalf("a short secret was taken out of other text: %q", got)
	}
	if got := r.String(" 1234\n"); got != Mask || !r.Holds("1234") {
		t.Fatalf("a short secret on its own stayed: %q", got)
	}
}

func TestRedactor_overlapsAreOneMask(t *testing.T) {
	r := NewRedactor("abcdefghij", "ghijklmnop", "abcdefgh")
	if got := r.String("<abcdefghijklmnop>"); got != "<[redacted]>" {
		t.Fatalf("got %q", got)
	}
	if got := r.String("<abcdefgh>"); got != "<[redacted]>" {
		t.Fatalf("got %q", got)
	}
}

func TestWriter_promptsAreNotHeldBack(t *testing.T) {
	var out bytes.Buffer
	w := NewRedactor(awkward...).Writer(&out)
	_, _ = w.Write([]byte("Continue? [y/N] "))
	if out.String() != "Continue? [y/N] " {
		t.Fatalf("a prompt waits: %q", out.String())
	}
	_, _ = w.Write([]byte("hunter2"))
	if out.String() != "Continue? [y/N] " {
		t.Fatalf("the start of a secret got out: %q", out.String())
	}
	_, _ = w.Write([]byte("!"))
	if out.String() != "Continue? [y/N] hunter2!" {
		t.Fatalf("got %q", out.String())
	}
}

// split writes in through a Writer, cut at the given places.
func split(r *Redactor, in string, cuts []int) string {
	var out bytes.Buffer
	w := r.Writer(&out)
	for _, c := range cuts {
		n := min(c, len(in))
		_, _ = w.Write([]byte(in[:n]))
		in = in[n:]
	}
	_, _ = w.Write([]byte(in))
	_ = w.Close()
	return out.String()
}

func TestWriter_anySplitGivesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.OneOf(rapid.SampledFrom(awkward), rapid.StringMatching(`[ab]{8,12}`), rapid.StringMatching(`[ -~]{8,60}`))
		secrets := rapid.SliceOfN(secret, 1, 4).Draw(t, "secrets")
		r := NewRedactor(secrets...)
		part := rapid.Custom(func(t *rapid.T) string {
			v := rapid.SampledFrom(secrets).Draw(t, "of")
			all := shown(v)
			names := make([]string, 0, len(all))
			for n := range all {
				names = append(names, n)
			}
			slices.Sort(names)
			s := all[rapid.SampledFrom(names).Draw(t, "form")]
			switch rapid.IntRange(0, 3).Draw(t, "part") {
			case 0:
				return s[:rapid.IntRange(0, len(s)).Draw(t, "to")]
			case 1:
				return rapid.SampledFrom([]string{"\n", "\r\n", "a", "b", "ab", " log line\n"}).Draw(t, "text")
			}
			return s
		})
		in := strings.Join(rapid.SliceOfN(part, 0, 8).Draw(t, "in"), "")
		whole := split(r, in, nil)
		cut := split(r, in, rapid.SliceOfN(rapid.IntRange(0, 90), 0, 40).Draw(t, "cuts"))
		if whole != cut {
			t.Fatalf("whole %q\ncut   %q", whole, cut)
		}
		for _, v := range secrets {
			if f := left(whole, strings.TrimRight(v, "\r\n")); f != "" && !strings.Contains(Mask, v) {
				t.Fatalf("%s of %q is left in %q", f, v, whole)
			}
		}
	})
}

func TestWriter_otherTextIsUntouched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := NewRedactor("hunter2pass", "s3cr3t-token-abcdef0123456789")
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-z0-9=+/]{50,70}\r?\n)*`)).Draw(t, "in")
		if out := split(r, in, rapid.SliceOfN(rapid.IntRange(0, 20), 0, 20).Draw(t, "cuts")); out != in {
			t.Fatalf("in %q\nout %q", in, out)
		}
	})
}

func FuzzRedactor(f *testing.F) {
	f.Add("hunter2pass", "xx hunter2pass aHVudGVyMnBhc3M=", uint8(5))
	f.Add("aaaaaaaa", strings.Repeat("a", 30), uint8(3))
	f.Fuzz(func(t *testing.T, secret, in string, step uint8) {
		secret = strings.TrimRight(secret, "\r\n")
		r := NewRedactor(secret)
		var cuts []int
		for n := 0; n < len(in); n += int(step) + 1 {
			cuts = append(cuts, int(step)+1)
		}
		out := split(r, in, cuts)
		if whole := split(r, in, nil); whole != out {
			t.Fatalf("whole %q, cut %q", whole, out)
		}
		// A mask beside what is left could spell a secret that holds the mask.
		if len(secret) >= Least && strings.Contains(strings.ReplaceAll(out, Mask, "\x00"), secret) {
			t.Fatalf("%q is left in %q", secret, out)
		}
	})
}

func BenchmarkRedactor(b *testing.B) {
	chunk := logLike(256 << 10)
	w := NewRedactor(benchSecrets...).Writer(discard{})
	b.SetBytes(int64(len(chunk)))
	for b.Loop() {
		_, _ = w.Write(chunk)
	}
}

func BenchmarkNewRedactor(b *testing.B) {
	for b.Loop() {
		NewRedactor(benchSecrets...)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

var benchSecrets = []string{"hunter2pass", "correct horse battery", "s3cr3t-token-abcdef0123456789", "AKIAABCDEFGHIJKLMNOP", "ghp_0123456789abcdefghijklmnop"}
