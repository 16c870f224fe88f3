package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lifeboat/runbooks"
)

// TestNewcomer: in an empty home somebody is in a drill after one key, which the
// screen told before it was pressed; and there it tells what the key does next.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	d := s.show()
	d.WaitText("Welcome")
	d.WaitText("Enter  starts a drill of")
	if !d.AltScreen() {
		t.Error("it is no full screen")
	}
	rows := d.Lines()
	title, _, ok := strings.Cut(strings.TrimPrefix(next(rows), `starts a drill of "`), `"`)
	if !ok || !strings.Contains(strings.Join(rows, "\n"), "▶ "+title) {
		t.Errorf("the line above the footer and the list don't agree:\n%s", d.Text())
	}
	d.Press("enter")
	d.WaitFor("a drill", func(rows []string) bool { return inDrill(rows) && next(rows) != "" })
	if !strings.Contains(d.Lines()[0], title) {
		t.Errorf("it is another drill than %q:\n%s", title, d.Text())
	}
	if got := next(d.Lines()); !strings.HasPrefix(got, "tick ") {
		t.Errorf("Enter %s", got)
	}
	d.Press("q")
	d.WaitText("Enter  goes on with this run where it stopped")
	d.Press("q")
	if out := d.ends(exitOpen); !strings.Contains(out, "lifeboat resume ") {
		t.Errorf("it doesn't say how to go on:\n%s", out)
	}
}

// inDrill says whether a frame says in words that this is a drill.
func inDrill(rows []string) bool { return strings.Contains(rows[0], "DRILL (exercise)") }

// TestShippedBooks_screens drills each shipped runbook to its end, full-screen.
func TestShippedBooks_screens(t *testing.T) {
	t.Parallel()
	for _, name := range runbooks.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drillByEnter(t, name)
		})
	}
}

// TestGuide_screens drills the guide that lifeboat grew from, as it stands.
func TestGuide_screens(t *testing.T) {
	t.Parallel()
	did := drillByEnter(t, filepath.Join(shared(t), "domain", "backup-and-recovery-guide.md"))
	if len(did) < 50 {
		t.Errorf("all that was pressed: %q", did)
	}
}

// drillByEnter drills a runbook by Enter and answers alone, from its briefing to its
// debrief. Every frame says that it is a drill.
func drillByEnter(t *testing.T, book string) []string {
	t.Helper()
	s := newStation(t)
	d := s.show("drill", book)
	d.WaitText("Before you start")
	w := d.watch(inDrill)
	did := d.byEnter(reasonable)
	w.stop("DRILL")
	if !strings.Contains(d.Text(), "┌ recovered after ") {
		t.Errorf("the debrief doesn't say that it recovered:\n%s", d.Text())
	}
	d.Press("q")
	out := d.ends(exitOK)
	if !strings.HasPrefix(out, "DRILL (exercise) · recovered") {
		t.Errorf("it ends with\n%s", out)
	}
	report, code := s.run("report")
	if code != 0 || !strings.Contains(report, "EXERCISE") || !strings.Contains(report, "recovered") {
		t.Errorf("report: exit %d\n%s", code, report)
	}
	s.verify()
	return did
}

var (
	exactly = regexp.MustCompile(`: (\S+) *[│║]`)
	choices = regexp.MustCompile(`[│║] (\S.*) / `)
)

// reasonable answers a question as somebody does who reads what may be typed.
func reasonable(rows []string) string {
	screen := strings.Join(rows, "\n")
	switch {
	case strings.Contains(screen, "a time: now"):
		return "now"
	case strings.Contains(screen, "nothing has run yet"): // what was looked at is to be typed
		return exactly.FindStringSubmatch(screen)[1]
	case choices.MatchString(screen):
		return strings.SplitN(choices.FindStringSubmatch(screen)[1], " / ", 2)[0]
	}
	return "1"
}
