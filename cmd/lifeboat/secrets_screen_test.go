package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A tape is what was written to a terminal.
type tape struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (p *tape) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.data.Write(b)
}

func (p *tape) bytes() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.data.Bytes())
}

// TestSecretsLeaveNoTrace_screens is TestSecretsLeaveNoTrace for the screens: what is
// typed into the dialog for a secret is nowhere, and no secret is on any frame, unless
// somebody types it where it doesn't belong. Then it is in no file.
func TestSecretsLeaveNoTrace_screens(t *testing.T) {
	t.Parallel()
	trace := filepath.Join(t.TempDir(), "trace")
	s := newStation(t, "FROM_ENV="+canaryEnv, "TEA_TRACE="+trace, "TEA_DEBUG=true")
	s.write("canaries.md", canaryBook)
	s.write("lifeboat.yaml", "targets:\n  staging: {env_file: staging.env, production: false}\n")
	s.write("staging.env", "FROM_TARGET="+canaryTarget+"\n")
	screen, written := recorded(t, 80, 24)
	d := s.showOn(screen, nil, "drill", "canaries.md", "--target", "staging")
	hidden := map[string]string{"typed": canaryTyped, "block": canaryBlock, "export": canaryExport, "target": canaryTarget}
	w := d.watch(func(rows []string) bool { return holds([]byte(strings.Join(rows, "\n")), hidden) == "" })
	d.canaries()
	w.stop("no canary")
	d.Press("q")
	out := d.ends(exitOK)
	if found := holds(written.bytes(), hidden); found != "" {
		t.Errorf("the terminal was sent %s", found)
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("every key stands in the trace that TEA_TRACE names")
	}
	hidden["env"] = canaryEnv
	s.traceless(hidden, "what it says last", out)
}

// canaries walks canaryBook to its end: every secret is given, used, and typed where it
// doesn't belong.
func (d *display) canaries() {
	d.t.Helper()
	d.enterAt("Enter  starts the drill", "Enter  run $ echo \"$FROM_ENV\"")
	d.WaitText("what you type doesn't show")
	d.secret(canaryTyped)
	d.Press("enter")
	d.WaitText("Enter  run $ echo 'canary") // the next block
	d.enterAt("[redacted]", "Enter  run $ API_TOKEN=", "Enter  run $ echo \"$FROM_BLOCK")
	d.WaitText("Enter  answer ")
	if !strings.Contains(d.Text(), "all there") {
		d.t.Errorf("the secrets didn't come to the command:\n%s", d.Text())
	}
	d.Press("enter")
	d.WaitText("│ >")
	d.types("see " + canaryEnv)
	d.Press("enter")
	d.WaitText("= [redacted]")
	d.Press("!")
	d.WaitText("Command:")
	d.types("echo " + canaryEnv)
	d.Press("enter")
	d.WaitText("holds the value of FROM_ENV")
	d.Press("n")
	d.WaitText("Note of")
	d.Type("it is " + canaryEnv)
	d.enterAt("it is " + canaryEnv)
	d.WaitGone("Note of")
	d.Press("enter")
	d.WaitText("it failed:")
	d.Press("p")
	d.WaitText("│ >")
	d.types("because of " + canaryEnv)
	d.Press("enter")
	d.enterAt("Enter  end the run")
	d.WaitText("┌ recovered after ")
}

// secret types into the dialog for a secret.
func (d *display) secret(text string) {
	d.t.Helper()
	for stars := strings.Repeat("*", len(text)); typed(d.Lines()) != stars; {
		before := d.Lines()
		d.Type("\x15" + text)
		d.WaitFor("stars, or the next frame", func(rows []string) bool { return rows[0] != before[0] || typed(rows) == stars })
	}
}
