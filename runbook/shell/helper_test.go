package shell

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"reflect"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"lifeboat/runbook"
)

// victim is a lifeboat that starts a job and waits, until somebody kills it.
// Its arguments are the run's folder and the job.
func victim(args []string) int {
	signal.Reset()
	me, err := os.Executable()
	if err != nil {
		return 1
	}
	var j runbook.Job
	if json.Unmarshal([]byte(args[1]), &j) != nil {
		return 1
	}
	s := &Shell{Self: me, RunDir: args[0]}
	p, err := s.Start(context.Background(), j)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	out, _ := json.Marshal(p.Started())
	fmt.Printf("%s\n", out)
	_, _ = p.Wait(context.Background())
	return 0
}

// orphan starts a job in a lifeboat of its own, sends that a signal once the
// command runs, and waits for its end, unless it is only stopped.
func (p *place) orphan(j runbook.Job, sig syscall.Signal) (runbook.Started, *exec.Cmd) {
	p.t.Helper()
	order, err := json.Marshal(j)
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.Command(p.s.Self, "__victim", p.s.RunDir, string(order))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	var st runbook.Started
	if err := json.NewDecoder(out).Decode(&st); err != nil {
		p.t.Fatal(err)
	}
	if err := syscall.Kill(-cmd.Process.Pid, sig); err != nil {
		p.t.Fatal(err)
	}
	if sig != syscall.SIGSTOP {
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
	}
	return st, cmd
}

// gate is a FIFO at which a command waits, and tells that it does.
type gate struct {
	t    testing.TB
	path string
}

func newGate(t testing.TB, path string) gate {
	t.Helper()
	for _, end := range []string{".in", ".out"} {
		if err := syscall.Mkfifo(path+end, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return gate{t, path}
}

// wait is what the command says.
func (g gate) wait() string {
	return "echo here >" + quote(g.path+".out") + "; read _x <" + quote(g.path+".in") + "; "
}

// reached waits until the command stands at the gate.
func (g gate) reached() {
	g.t.Helper()
	if _, err := os.ReadFile(g.path + ".out"); err != nil {
		g.t.Fatal(err)
	}
}

func (g gate) open() {
	g.t.Helper()
	if err := os.WriteFile(g.path+".in", []byte("go\n"), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// interactive runs a job in the terminal that it was started on, and writes
// the outcome, and whether the terminal is as it was, into the job's folder.
func interactive(args []string) int {
	me, err := os.Executable()
	if err != nil {
		return 1
	}
	var j runbook.Job
	if json.Unmarshal([]byte(args[1]), &j) != nil {
		return 1
	}
	was, err := term.GetState(0)
	if err != nil {
		return 1
	}
	s := &Shell{Self: me, RunDir: args[0]}
	var end seen
	o, err := s.Terminal(context.Background(), j, func(st runbook.Started) { end.Began = st.PID > 0 && st.Keeper == 0 })
	if err != nil {
		return 1
	}
	is, err := term.GetState(0)
	group, _ := unix.IoctlGetInt(0, unix.TIOCGPGRP)
	end.Same = err == nil && reflect.DeepEqual(was, is) && group == syscall.Getpgrp()
	end.Token, o.Withheld = o.Withheld["MY_TOKEN"].Reveal(), nil
	end.Outcome = fmt.Sprintf("exit %d %s, %s, fault %q, output %q, captured %v, set %q, facts %q", o.Exit, o.Signal, o.Why, o.Fault,
		o.Output.File, o.Captured, o.Set, o.Facts)
	out, _ := json.Marshal(end)
	if os.WriteFile(j.Folder+"/seen", out, 0o600) != nil {
		return 1
	}
	return 0
}

type seen struct {
	Outcome, Token string
	Began, Same    bool
}
