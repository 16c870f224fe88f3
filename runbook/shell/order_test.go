package shell

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"lifeboat/runbook"

	"pgregory.net/rapid"
)

func TestOrder_environ(t *testing.T) {
	o := newOrder(&Shell{}, runbook.Job{
		Env:     []string{"A=1", "B=2", "A=3", "broken", "=x", "N=a\x00b", "S=plain", "E="},
		Secrets: []runbook.Named{{Name: "S", Value: runbook.NewSecret("secret")}},
	})
	if got, want := o.environ(), []string{"A=3", "B=2", "S=secret", "E="}; !slices.Equal(got, want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// TestRaw: any bytes survive attempt.json, and text stays readable in it.
func TestRaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := raw(rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "in"))
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out raw
		if err := json.Unmarshal(b, &out); err != nil || out != in {
			t.Fatalf("%q became %q by %s: %v", in, out, b, err)
		}
	})
	if b, _ := json.Marshal(raw("a b")); string(b) != `"a b"` {
		t.Errorf("text is %s", b)
	}
}

func TestDiff_leavesOutNamesThatHoldASecret(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", `export "x_$S=1"; A=2`)
	j.Env = append(j.Env, "S=hunter2pass")
	j.Redact = []runbook.Secret{runbook.NewSecret("hunter2pass")}
	out := p.run(j)
	if len(out.Set) != 1 || out.Set["A"] != "2" || !strings.Contains(out.Fault, "its name holds a secret") {
		t.Fatalf("%+v", out)
	}
	if found, _ := search(t, p.s.RunDir, []string{"hunter2pass"}); len(found) > 0 {
		t.Fatal(found)
	}
}
