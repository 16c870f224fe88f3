package runbook

import "testing"

func TestWithReason(t *testing.T) {
	for _, c := range []struct{ in, want Intent }{
		{SkipItem{Item: "b/s/1"}, SkipItem{Item: "b/s/1", Reason: "why"}},
		{Skip{Step: "b/s"}, Skip{Step: "b/s", Reason: "why"}},
		{Release{How: "anyway"}, Release{How: "anyway", Reason: "why"}},
		{Edit{Text: "ls"}, Edit{Text: "ls", Reason: "why"}},
		{Tick{}, Tick{Different: "why"}},
		{Tick{As: "by_hand"}, Tick{As: "by_hand"}}, // nothing was expected of it
		{Perform{}, Perform{}},
	} {
		if got := WithReason(c.in, "why"); got != c.want {
			t.Errorf("%#v became %#v, want %#v", c.in, got, c.want)
		}
	}
}
