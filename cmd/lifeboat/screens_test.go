package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
)

const shortBook = `---
lifeboat: 1
---
# Short

## Step

- [ ] First
- [ ] Last
`

// inShort starts a drill of shortBook and waits for its first item.
func (s *stationDir) inShort() *display {
	s.t.Helper()
	s.write("short.md", shortBook)
	d := s.show("drill", "short.md")
	d.enterAt("Enter  starts the drill")
	d.WaitText(`Enter  tick "First"`)
	return d
}

// TestTwoTerminals_screens: what somebody writes elsewhere shows by itself, and nobody
// else walks the run meanwhile.
func TestTwoTerminals_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d := s.inShort()
	d.Press("t")
	d.WaitText("Timeline")
	if out, code := s.run("note", "the", "phone", "rings"); code != 0 {
		t.Fatalf("note: exit %d\n%s", code, out)
	}
	d.WaitText("the phone rings") // without a key
	second := s.show("resume")
	out := second.ends(exitFailed)
	refused := fmt.Sprintf("is being walked by process %d", d.Pid())
	if !strings.HasPrefix(out, "lifeboat: run ") || !strings.Contains(strings.ReplaceAll(out, "\n", ""), refused) || !strings.Contains(out, "\nhint: lifeboat watch follows it") {
		t.Errorf("the second one says\n%s", out)
	}
	third := s.show()
	third.WaitText("Enter  goes on with this run where it stopped")
	before := len(s.records())
	third.Press("enter")
	third.WaitText("is being walked by process")
	third.WaitText("Enter  goes on with this run where it stopped")
	third.Press("q")
	third.ends(exitOK)
	if after := len(s.records()); after != before {
		t.Errorf("the log had %d records of the run, and has %d", before, after)
	}
	d.Press("esc")
	d.WaitText(`Enter  tick "First"`)
	d.Press("q")
	d.ends(exitOpen)
}

// TestTarget_screens: a live run starts when its target's name was typed, and not
// before: until then there is nothing in the log. What the command line said of the
// beginning is taken over.
func TestTarget_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.write("short.md", strings.Replace(shortBook, "lifeboat: 1\n", "lifeboat: 1\nobjectives: {critical: 1h}\n", 1))
	s.write("lifeboat.yaml", "targets:\n  staging: {production: false}\n")
	d := s.show("run", "short.md", "--target", "staging", "--began", "-20m")
	d.enterAt("Enter  asks for the name of the target, then opens a LIVE run on staging")
	d.WaitText("Type the target's name to start: staging (not production)")
	d.types("production")
	d.Press("enter")
	d.WaitText("that is not it")
	d.Press("esc")
	d.WaitText("not started: the target's name was not typed")
	if out, code := s.run("runs"); strings.Contains(out, "Short") {
		t.Errorf("there is a run: exit %d\n%s", code, out)
	}
	d.Press("enter")
	d.WaitText("Type the target's name to start")
	d.types("staging")
	d.Press("enter")
	d.WaitText(`Enter  tick "First"`)
	if rows := d.Lines(); !strings.Contains(rows[0], "LIVE") || inDrill(rows) || !strings.Contains(d.Text(), "╔") {
		t.Errorf("it doesn't say that it is live:\n%s", d.Text())
	}
	d.WaitText("39:") // of an hour, after twenty minutes
	d.Press("q")
	d.ends(exitOpen)
	began := 0
	for _, rec := range s.records() {
		e, ok := rec.Event.(runbook.MomentSet)
		if !ok || e.Name != "began" {
			continue
		}
		if began++; e.Source != "operator" || rec.When().Sub(e.Moment) < 20*time.Minute {
			t.Errorf("at %v the log says that it began at %v, as the %s says", rec.When(), e.Moment, e.Source)
		}
	}
	if began != 1 {
		t.Errorf("the log says %d times when it began", began)
	}
}

// TestPlaces_screens: where each command line leads, full-screen.
func TestPlaces_screens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"drill":      {[]string{"drill"}, []string{"┌ Welcome ─", "Enter  starts a drill of"}},
		"run":        {[]string{"run"}, []string{"┌ Welcome ─", "Enter  starts a drill of"}},
		"a briefing": {[]string{"drill", "data-corruption"}, []string{"┌ Before you start: Data corruption ─", "Enter  starts the drill on practice"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			d := s.show(c.args...)
			for _, text := range c.want {
				d.WaitText(text)
			}
			d.hears()
			d.Press("q")
			if out := d.ends(exitOK); out != "" {
				t.Errorf("it says\n%s", out)
			}
			if out, _ := s.run("runs"); strings.Contains(out, "open") {
				t.Errorf("there is a run:\n%s", out)
			}
		})
	}
}

// TestExit_screens: what a run has come to is the exit code, and what is said of it
// stands where the command line was.
func TestExit_screens(t *testing.T) {
	t.Parallel()
	missed := strings.Replace(shortBook, "lifeboat: 1\n", "lifeboat: 1\nobjectives: {critical: 1h}\n", 1)
	missed = strings.Replace(missed, "## Step\n", "## Step\n<!-- lifeboat: reached=critical -->\n", 1)
	for name, c := range map[string]struct {
		book  string
		flags []string
		walk  func(d *display)
		code  int
		says  []string
	}{
		"recovered": {shortBook, nil, (*display).walkShort, exitOK, []string{"DRILL (exercise) · recovered · run ", "lifeboat report "}},
		"missed":    {missed, []string{"--began", "-2h"}, (*display).walkShort, exitMissed, []string{"DRILL (exercise) · recovered · run ", "missed", "lifeboat report "}},
		"failed": {shortBook, nil, func(d *display) {
			d.Press("E")
			d.enterAt("End the run")
			d.WaitText("Why does the run end as failed?")
			d.types("no disk")
			d.Press("enter")
			d.WaitText(": no disk ")
		}, exitFailed, []string{"DRILL (exercise) · failed", "lifeboat report "}},
		"left by ctrl+c": {shortBook, nil, func(d *display) {
			d.Press("ctrl+c")
			d.WaitText("ctrl+c again leaves")
			d.Press("ctrl+c")
		}, exitOpen, []string{"left: the run is open, and its clocks go on", "lifeboat resume "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			s.write("short.md", c.book)
			d := s.show(append([]string{"drill", "short.md"}, c.flags...)...)
			d.enterAt("Enter  starts the drill")
			d.WaitText(`Enter  tick "First"`)
			c.walk(d)
			if c.code != exitOpen {
				d.Press("q")
			}
			out := d.ends(c.code)
			if !strings.HasPrefix(out, c.says[0]) {
				t.Errorf("it says first\n%s", out)
			}
			for _, text := range c.says {
				if !strings.Contains(out, text) {
					t.Errorf("it doesn't say %q:\n%s", text, out)
				}
			}
			if last := out[strings.LastIndex(out, "\n")+1:]; !strings.Contains(last, c.says[len(c.says)-1]) {
				t.Errorf("something comes after it:\n%s", out)
			}
		})
	}
}

// walkShort walks shortBook from its first item to its end.
func (d *display) walkShort() {
	d.t.Helper()
	for _, next := range []string{`Enter  tick "Last"`, "Enter  end the run", " recovered after "} {
		d.Press("enter")
		d.WaitText(next)
	}
}

// TestReport_screens: Enter in the debrief writes the report where it says.
func TestReport_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d := s.inShort()
	d.walkShort()
	name, ok := strings.CutPrefix(next(d.Lines()), "writes the report as ")
	d.Press("enter")
	d.WaitText("the report is in")
	if text := s.read(name); !ok || !strings.Contains(text, "EXERCISE") || !strings.Contains(text, "recovered") {
		t.Errorf("%s has\n%s", name, text)
	}
	d.Press("esc") // home
	d.WaitText("HISTORY")
	d.Press("h", "enter")
	d.WaitText("┌ recovered after ")
	d.Press("q")
	d.ends(exitOK)
	if _, err := os.Stat(name); err == nil {
		t.Error("it was written elsewhere too")
	}
}
