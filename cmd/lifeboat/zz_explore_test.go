package main

import (
	"testing"

	"lifeboat/tui/tuitest"
)

func TestExplore(t *testing.T) {
	s := newStation(t)
	env := append(s.env, "TERM=xterm-256color", "COLORTERM=truecolor")
	p := tuitest.Start(t, 80, 24, env, "sh", "-c", `cd "$0" && exec "$@"`, s.dir, s.bin)
	p.WaitText("Welcome")
	t.Log("\n" + p.Text())
	p.Press("enter")
	p.WaitText("DRILL")
	p.WaitText("Enter")
	t.Log("\n" + p.Text())
	p.Press("enter")
	p.WaitText("2 of")
	t.Log("\n" + p.Text())
	p.Press("q")
	t.Log(p.Wait())
	t.Log("\n" + p.Text())
	t.Log(p.Whole())
}
