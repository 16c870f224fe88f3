package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lifeboat/runbook"
)

// TestSignals_home: where nothing is walked a signal ends lifeboat, and there is nothing
// to say.
func TestSignals_home(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		d := newStation(t).show()
		d.WaitText("Enter  starts a drill of")
		d.hears()
		d.Signal(sig)
		if out := d.ends(exitOK); out != "" {
			t.Errorf("%v: it says\n%s", sig, out)
		}
	}
}

const dangerBook = `---
lifeboat: 1
identify: echo practice
---
# Danger

## Step

~~~sh {danger}
echo destroyed > proof
~~~
`

// TestSignals_question: a signal answers no question. What was asked about has not
// happened, and is asked again.
func TestSignals_question(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.write("danger.md", dangerBook)
	d := s.show("drill", "danger.md")
	d.enterAt("Enter  starts the drill")
	d.WaitText("Enter  ")
	d.enterAt("echo destroyed")
	d.WaitText("nothing has run yet")
	d.Signal(syscall.SIGTERM)
	d.ends(exitOpen)
	s.wasLeft("signal")
	for _, rec := range s.records() {
		if e, ok := rec.Event.(runbook.CommandIntended); ok && e.For == "" {
			t.Errorf("it was about to run: %+v", e)
		}
	}
	d = s.show("resume")
	d.enterAt(`you are at "Step"`)
	d.WaitText("nothing has run yet")
	d.types("practice")
	d.Press("enter")
	d.WaitText("Enter  end the run")
	if s.read("proof") != "destroyed\n" {
		t.Error("the command did something else")
	}
	d.Press("q")
	d.ends(exitOpen)
}

// TestFault_screens: a log that can't be read is told where the command line was, in one
// line with a hint, and no screen is left.
func TestFault_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	if err := os.MkdirAll(filepath.Join(s.dir, "state", "lifeboat"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.write("state/lifeboat/log.db", strings.Repeat("this is no log\n", 1000))
	for _, args := range [][]string{nil, {"resume"}} {
		d := s.show(args...)
		out := d.ends(exitFailed)
		if !strings.HasPrefix(out, "lifeboat: ") || strings.Count(out, "lifeboat: ") != 1 {
			t.Errorf("%q says\n%s", args, out)
		}
	}
}

// TestNoLog_screens: where no log can be written nothing begins, and why is said on the
// screen that stays.
func TestNoLog_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.write("state", "a file, where a folder has to be")
	d := s.show()
	d.enterAt("Enter  starts a drill of")
	d.WaitText("log.db: not a")
	d.WaitText("Enter  starts a drill of")
	d.Press("q")
	d.ends(exitOK)
}

// TestAgain_screens: one program walks, leaves, takes up again and ends runs, and its
// exit code is that of the last one.
func TestAgain_screens(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	if err := os.Mkdir(filepath.Join(s.dir, "runbooks"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.write("runbooks/short.md", shortBook)
	d := s.show("drill", "short")
	d.enterAt("Enter  starts the drill")
	d.WaitText(`Enter  tick "First"`)
	d.Press("q")
	d.ends(exitOpen)

	d = s.show()
	d.WaitText("Enter  goes on with this run where it stopped")
	for range 2 {
		d.Press("enter")
		d.WaitText(`you are at "Step"`)
		d.WaitText(`Enter  tick "First"`)
		d.Press("q")
		d.WaitText("Enter  goes on with this run where it stopped")
	}
	d.Press("enter")
	d.WaitText(`Enter  tick "First"`)
	d.walkShort()
	d.Press("esc")
	d.WaitText("HISTORY")
	d.Press("q")
	if out := d.ends(exitOK); strings.Count(out, "recovered · run ") != 1 || strings.Contains(out, "left:") {
		t.Errorf("it says\n%s", out)
	}
	s.verify()
}
