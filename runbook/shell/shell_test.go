package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/runbook"
	"lifeboat/runbook/output"

	"go.uber.org/goleak"
)

// TestMain lets the test program be lifeboat: its keeper, its dump, and a
// lifeboat that starts a job and is killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "__keeper":
			os.Exit(Keeper(os.Stdin))
		case "__dump":
			os.Exit(Dump(os.Args[2:]))
		case "__victim":
			os.Exit(victim(os.Args[2:]))
		case "__terminal":
			os.Exit(interactive(os.Args[2:]))
		}
	}
	goleak.VerifyTestMain(m)
}

func self(t testing.TB) string {
	t.Helper()
	p, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// place is where jobs are run.
type place struct {
	t   testing.TB
	s   *Shell
	dir string // of work
	n   int
}

func newPlace(t testing.TB) *place {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, s: &Shell{Self: self(t), RunDir: filepath.Join(root, "it's a run")}, dir: filepath.Join(root, "work")}
	for _, d := range []string{p.s.RunDir, p.dir} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// job makes a job with a folder of its own.
func (p *place) job(shell, text string) runbook.Job {
	p.t.Helper()
	p.n++
	folder := filepath.Join(p.s.RunDir, "attempt-"+string(rune('a'+p.n%26))+strings.Repeat("x", p.n/26))
	if err := os.Mkdir(folder, 0o700); err != nil {
		p.t.Fatal(err)
	}
	return runbook.Job{
		Attempt: p.n, Folder: folder, Text: text, Shell: shell, Dir: p.dir,
		Env: []string{
			"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + p.dir, "KEEP=old", "GONE=bye", "LIFEBOAT_RUN=r1",
			"LIFEBOAT_FACTS=" + filepath.Join(folder, "facts"),
		},
	}
}

func (p *place) start(j runbook.Job) *Process {
	p.t.Helper()
	proc, err := p.s.Start(p.t.Context(), j)
	if err != nil {
		p.t.Fatal(err)
	}
	return proc
}

func (p *place) run(j runbook.Job) runbook.Outcome {
	p.t.Helper()
	o, err := p.start(j).Wait(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return o
}

// output reads what was kept.
func kept(t testing.TB, folder string) string {
	t.Helper()
	r, err := output.Open(filepath.Join(folder, "output.zst"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b strings.Builder
	wake := make(chan struct{})
	close(wake)
	if err := r.Follow(t.Context(), wake, func(p []byte) error { b.Write(p); return nil }); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
