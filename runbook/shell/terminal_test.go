package shell

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"

	"lifeboat/runbook"
)

// TestTerminal: an interactive block has the terminal, comes back from ctrl+z,
// and leaves the terminal as it was and its state behind.
func TestTerminal(t *testing.T) {
	p := newPlace(t)
	j := p.job("bash", "stty -echo; echo ready; read -r ANSWER; kill -STOP $$; tty; echo \"got $ANSWER\"; MY_TOKEN=abcdefgh\necho a=1 >>\"$LIFEBOAT_FACTS\"")
	j.Terminal = true
	order, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(p.s.Self, "__terminal", p.s.RunDir, string(order))
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	if _, err := tty.WriteString("forty two\n"); err != nil {
		t.Fatal(err)
	}
	screen, _ := io.ReadAll(tty) // ends with EIO when nobody has the terminal
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %q", err, screen)
	}
	b, err := os.ReadFile(filepath.Join(j.Folder, "seen"))
	if err != nil {
		t.Fatal(err)
	}
	var got seen
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(screen), "got forty two") || !got.Began || !got.Same {
		t.Errorf("%+v: %q", got, screen)
	}
	want := `exit 0 , exited, fault "", output "", captured true, set map["ANSWER":"forty two"], facts [{"a" "1"}]`
	if got.Outcome != want || got.Token != "abcdefgh" {
		t.Errorf("%s, want %s; token %q; %q", got.Outcome, want, got.Token, screen)
	}
	if _, state, err := p.s.Attach(t.Context(), j.Folder, runbook.Started{}, Boot()); state != Finished || err != nil {
		t.Errorf("%v, %v", state, err)
	}
	if _, err := os.Stat(filepath.Join(j.Folder, "output.zst")); err == nil {
		t.Error("output is kept")
	}
}
