package runbook

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// However a secret is printed or encoded, alone or inside of something, its
// value doesn't come out.
func TestSecret_neverShows(t *testing.T) {
	const value = "hunter2hunter2"
	s := NewSecret(value)
	named := Named{Name: "KEY", Value: s}
	var out []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s", "%T"} {
		for _, v := range []any{s, &s, named, &named, []Secret{s}, map[string]Secret{"a": s}, Job{Secrets: []Named{named}}, Reply{Value: s}, map[Secret]int{s: 1}} {
			out = append(out, fmt.Sprintf(verb, v))
		}
	}
	for _, v := range []any{s, &s, named, Outcome{Value: s, Withheld: map[string]Secret{"A": s}}, map[Secret]int{s: 1}} {
		data, err := json.Marshal(v)
		must(t, err)
		out = append(out, string(data))
	}
	out = append(out, s.String(), s.GoString(), fmt.Sprint(s), fmt.Errorf("x: %v", s).Error())
	for _, text := range out {
		if strings.Contains(text, value) || strings.Contains(text, fmt.Sprintf("%x", value)) {
			t.Errorf("it shows in %s", text)
		}
	}
	if s.Reveal() != value {
		t.Error("the value is lost")
	}
}
