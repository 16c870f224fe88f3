package tui

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

// TestSecretsAreMasked: whatever is shown or copied passes the mask: the document,
// questions, notes, answers, output, errors, the window's title.
func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	const value = "s3cr3t"
	text := "---\nlifeboat: 1\nidentify: who " + value + "\nobjectives: {critical: 1h}\n---\n# Book " + value + "\n\nProse " + value + ".\n\n## Step " + value + "\n\n- [ ] Say " + value +
		"\n- [ ] What " + value + ": ____ (" + value + ")\n\n```sh\nrun " + value + "\n```\n\n> [!CAUTION]\n> Mind " + value + "\n\n```sh {danger}\nwipe " + value + "\n```\n\n## Other " + value + "\n<!-- lifeboat: witness -->\n\n- [ ] Last\n"
	o := run(runbook.Live, text)
	o.w, o.h = 120, 40
	o.change = func(w *world) {
		w.scrub = func(text string) string { return strings.ReplaceAll(text, value, "[redacted]") }
		w.targets[runbook.Live][0].Name = "production"
		w.Plays["run "+value] = play{Out: "out " + value + "\nand s3\x1b[31mcr3t\n", Exit: 1}
		w.Plays["who "+value] = play{Out: value + "\n"}
	}
	tell(t, o, func(s *story) {
		s.start() // what is asked before a run knows no secret of it
		hidden := func() {
			t.Helper()
			for what, text := range map[string]string{"screen": s.Text(), "title": s.Title(), "clipboard": s.Clipboard()} {
				if strings.Contains(text, value) {
					t.Errorf("the %s holds it: %q\n%s", what, text, s.Text())
				}
			}
		}
		look := func(keys ...string) {
			t.Helper()
			for _, k := range keys {
				s.press(k)
				hidden()
			}
		}
		hidden()
		look("/", "esc", "g", "esc", "y", "w", "esc", "d", "esc", "enter", "enter")
		s.types("it is " + value)
		look("y", "enter")
		s.passes(time.Second)
		look("o", "esc", "e")
		s.shows("it holds the value of a secret")
		look("n")
		s.Type("note " + value)
		s.press("enter")
		look("t", "g", "esc", "p")
		s.types("because " + value)
		s.w.elsewhere(runbook.CommandPassed{From: value, To: value, Summary: value})
		s.passes(2 * time.Second)
		look("i", "esc", "enter")
		s.ready()
		look("esc")
		s.w.answers("Do", errors.New("broken: "+value))
		look("enter")
		s.w.answers("Do", nil)
		look("J", "enter", "enter", "enter")
		s.ready()
		look("esc", "E", "enter")
		s.types("over " + value)
		look("t", "esc", "o", "esc", "S", "esc")
		if !s.has("[redacted]") {
			t.Errorf("nothing was masked:\n%s", s.Text())
		}
	})
}

// TestHostileText: a document, an output and a note can neither steer the terminal nor
// its title, and what can't be seen shows.
func TestHostileText(t *testing.T) {
	text := "# Bad \x1b[31mtitle\x1b]0;owned\a\n\n## St\x1b[2Jep \u202e one\n\n- [ ] check \x1b[1m\b\b red\u200b\n\n```sh\nrm -rf /\x1b[2K\recho hello\n```\n\n- [ ] Last\n"
	walks(t, runbook.Drill, text, func(s *story) {
		clean := func() {
			t.Helper()
			s.check()
			if strings.HasPrefix(s.Title(), "owned") || strings.IndexFunc(s.Title(), unicode.IsControl) >= 0 {
				t.Errorf("the title is %q", s.Title())
			}
			s.rang(0)
		}
		clean()
		s.shows("^[[2J", "^[[1m^H^H red")
		s.w.elsewhere(runbook.NoteTaken{Text: "harmless\n03:00:00 ended recovered\r\x1b[1A\a", Tag: "note"})
		s.w.Plays["rm -rf /\x1b[2K\recho hello"] = play{Out: "\x1b]0;owned\a\x1b[2J\x1b[31mgone\x1b[?1049l\n", Exit: 1}
		s.passes(2 * time.Second)
		s.press("t")
		clean()
		s.shows("harmless", "^[[1A^G")
		s.press("esc", "enter", "a", "enter")
		s.passes(time.Second)
		clean()
		if !s.AltScreen() {
			t.Error("it left its screen")
		}
		s.press("o", "esc", "e")
		clean()
		s.press("esc", "/")
		clean()
	})
}

// TestPastRuns: a run that nobody walks here can be looked at; one that is open says so.
func TestPastRuns(t *testing.T) {
	tell(t, setting{shelf: []shelved{{"book", slow}}}, func(s *story) {
		s.w.Plays["work"] = play{Out: "part one\n", Takes: time.Hour}
		s.press("L")
		s.start()
		s.press("enter", "q", "down", "enter", "t")
		s.shows("Open: nobody walks it here", "LIVE ON PRODUCTION", "○ Step")
		before := len(s.w.log)
		s.press("n")
		s.types("seen from here")
		s.wrote(before, "NoteTaken")
		s.w.answers("Station.Add", errors.New("the log is locked"))
		s.press("n")
		s.types("lost")
		s.shows("the log is locked")
		s.w.answers("Save", errors.New("no room"))
		s.press("enter")
		s.shows("no room")
		s.press("o", "esc", "esc")
		s.shows("OPEN")
	})
}

// TestNotExercised: what a drill could not rehearse is told after it.
func TestNotExercised(t *testing.T) {
	text := "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n- [ ] First\n\n```sh {name=go when=live}\ngo\n```\n\n## Only live\n<!-- lifeboat: when=live -->\n\n- [ ] Second\n"
	walks(t, runbook.Drill, text, func(s *story) {
		s.press("enter", "enter", "enter")
		s.shows("recovered after", "Not exercised", "– Only live", "– 1 command for the other kind of run")
	})
}

// TestWorking: while the station is at work on one thing, that is said, and another is
// not begun.
func TestWorking(t *testing.T) {
	tell(t, setting{shelf: []shelved{{"book", two}}}, func(s *story) {
		s.app.working = "reading the runbook"
		s.Send(ui.Tick{})
		s.shows("reading the runbook")
		s.press("d")
		s.shows("Welcome")
		s.app.working = ""
		s.press("d")
		s.shows("Before you start")
	})
}
