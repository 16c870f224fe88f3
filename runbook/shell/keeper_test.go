package shell

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

func TestStart_recordsWhatHappened(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", "echo out; echo err >&2; cat; exit 3")
	proc := p.start(j)
	o, err := proc.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := "out\nerr\n"
	sum := sha256.Sum256([]byte(want))
	if kept(t, j.Folder) != want || o.Output != (runbook.Kept{File: filepath.Base(j.Folder) + "/output.zst", Bytes: 8, Lines: 2, Digest: hex.EncodeToString(sum[:])}) {
		t.Errorf("kept %q: %+v", kept(t, j.Folder), o.Output)
	}
	if o.Exit != 3 || o.Signal != "" || o.Why != runbook.Exited || o.Fault != "" || o.Survivors {
		t.Errorf("%+v", o)
	}
	if o.Elapsed <= 0 || o.Ended.Before(o.Started) || o.Started.Location() != time.UTC {
		t.Errorf("times: %v to %v, %v", o.Started, o.Ended, o.Elapsed)
	}
	st := proc.Started()
	if st.PID == 0 || st.Process == "" || st.Boot != Boot() || st.Boot == "" || st.Keeper == 0 || !st.Time.Equal(o.Started) {
		t.Errorf("started: %+v", st)
	}
	p2, state, err := p.s.Attach(t.Context(), j.Folder, st, Boot())
	if err != nil || state != Finished {
		t.Fatalf("%v, %v", state, err)
	}
	again, err := p2.Wait(t.Context())
	if err != nil || fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", o) {
		t.Errorf("attempt.json says\n%+v\nnot\n%+v: %v", again, o, err)
	}
	err = filepath.Walk(p.s.RunDir, func(path string, st os.FileInfo, err error) error {
		if err == nil && st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, st.Mode())
		}
		switch name := filepath.Base(path); name {
		case "carry", "facts", "attempt.new", "started.new":
			t.Errorf("%s is left behind", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestStart_otherShells(t *testing.T) {
	p := newPlace(t)
	script := filepath.Join(p.dir, "interp")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho \"$# $(cat \"$1\") $KEEP\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	j := p.job(script, "some text")
	if o := p.run(j); o.Exit != 0 || o.Captured || o.Dir != "" || kept(t, j.Folder) != "1 some text old\n" {
		t.Fatalf("%+v: %q", o, kept(t, j.Folder))
	}
}

func TestStart_whatIsntThere(t *testing.T) {
	p := newPlace(t)
	broken := filepath.Join(p.dir, "broken")
	if err := os.WriteFile(broken, []byte("#!/no/such/program\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	cases := map[string]func(*runbook.Job){
		"nosuchshell isn't there: not on the PATH":           func(j *runbook.Job) { j.Shell = "nosuchshell" },
		"/no/such isn't there":                               func(j *runbook.Job) { j.Shell = "/no/such" },
		broken + " doesn't start: no such file or directory": func(j *runbook.Job) { j.Shell = broken },
		"working directory /no/such isn't there":             func(j *runbook.Job) { j.Dir = "/no/such" },
		"the environment is too large for a command":         func(j *runbook.Job) { j.Env = append(j.Env, "A="+strings.Repeat("x", 200_000)) },
		"the block's text holds a secret: give it by a variable": func(j *runbook.Job) {
			j.Text, j.Redact = "echo hunter2pass", []runbook.Secret{runbook.NewSecret("hunter2pass")}
		},
	}
	for want, change := range cases {
		j := p.job("sh", "echo ran")
		change(&j)
		proc := p.start(j)
		o, err := proc.Wait(t.Context())
		if err != nil || o.Fault != want || o.Exit != -1 || proc.Started().PID != 0 {
			t.Errorf("%+v, %v, want %q", o, err, want)
		}
		if _, state, err := p.s.Attach(t.Context(), j.Folder, proc.Started(), Boot()); state != Finished || err != nil {
			t.Errorf("%s: %v, %v", want, state, err)
		}
	}
	s := &Shell{Self: "/no/such", RunDir: p.s.RunDir}
	if _, err := s.Start(t.Context(), p.job("sh", "")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no keeper: %v", err)
	}
	s.Self = "/bin/true" // ends without a word
	if _, err := s.Start(t.Context(), p.job("sh", "")); err == nil {
		t.Error("no error of a keeper that says nothing")
	}
}

// TestReady starts keepers ahead of time: the command gets one that waits, also
// when somebody has ended it meanwhile, and none is left after Close.
func TestReady(t *testing.T) {
	p := newPlace(t)
	for _, ended := range []bool{false, true} {
		p.s.Ready()
		p.s.Ready() // one is enough
		if ended {
			r := <-p.s.next
			if r.err != nil {
				t.Fatal(r.err)
			}
			if err := r.hand.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if _, err := r.hand.cmd.Process.Wait(); err != nil {
				t.Fatal(err)
			}
			p.s.next <- r
		}
		j := p.job("sh", "echo from a keeper that waited; A=1")
		o := p.run(j)
		if o.Exit != 0 || o.Set["A"] != "1" || kept(t, j.Folder) != "from a keeper that waited\n" {
			t.Errorf("ended before: %v: %+v", ended, o)
		}
	}
	p.s.Ready()
	r := <-p.s.next
	p.s.next <- r
	p.s.Close()
	p.s.Ready() // no more
	if r.hand.cmd.ProcessState == nil || r.hand.cmd.ProcessState.ExitCode() != 0 || p.s.next != nil {
		t.Errorf("dismissed: %v", r.hand.cmd.ProcessState)
	}
}

// TestAttach_unstarted: a lifeboat that died before its keeper had the order
// leaves a command that certainly never started, unless the machine was started
// anew since.
func TestAttach_unstarted(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", "echo never")
	lock, err := lockFolder(j.Folder)
	if err != nil {
		t.Fatal(err)
	}
	h, err := p.s.hire()
	if err != nil {
		t.Fatal(err)
	}
	h.dismiss()
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	for boot, want := range map[string]State{Boot(): Unstarted, "another boot": Gone, "": Gone} {
		if _, state, err := p.s.Attach(t.Context(), j.Folder, runbook.Started{}, boot); state != want || err != nil {
			t.Errorf("boot %q: %v, %v", boot, state, err)
		}
	}
	if err := os.WriteFile(filepath.Join(j.Folder, "block"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, state, err := p.s.Attach(t.Context(), j.Folder, runbook.Started{}, Boot()); state != Gone || err != nil {
		t.Errorf("its keeper was at work: %v, %v", state, err)
	}
	if _, state, err := p.s.Attach(t.Context(), filepath.Join(p.dir, "none"), runbook.Started{}, Boot()); state != Unstarted || err != nil {
		t.Errorf("it has no folder: %v, %v", state, err)
	}
}

func TestStart_aFolderIsUsedOnce(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, filepath.Join(p.dir, "gate"))
	j := p.job("sh", g.wait())
	proc := p.start(j)
	if _, err := p.s.Start(t.Context(), j); !errors.Is(err, syscall.EWOULDBLOCK) {
		t.Errorf("a second start: %v", err)
	}
	g.reached()
	g.open()
	if o, err := proc.Wait(t.Context()); err != nil || o.Exit != 0 {
		t.Fatalf("%+v, %v", o, err)
	}
}

// TestKeeper_outlivesLifeboat: killed, hung up or stopped, the command runs to
// its own end, and the next lifeboat finds it running and then its outcome.
func TestKeeper_outlivesLifeboat(t *testing.T) {
	for name, sig := range map[string]syscall.Signal{"KILL": syscall.SIGKILL, "HUP": syscall.SIGHUP, "STOP": syscall.SIGSTOP, "INT": syscall.SIGINT} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			g := newGate(t, filepath.Join(p.dir, "gate"))
			j := p.job("sh", g.wait()+"yes 0123456789 | head -c 3000000\nMINE=1\nNEW_TOKEN=abc\nexit 3")
			st, cmd := p.orphan(j, sig)
			g.reached()
			for _, known := range []runbook.Started{st, {}} {
				proc, state, err := p.s.Attach(t.Context(), j.Folder, known, Boot())
				if err != nil || state != Running || proc.Started().PID != st.PID {
					t.Fatalf("%v, %v: %+v", state, err, proc.Started())
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := proc.Wait(ctx); !errors.Is(err, context.Canceled) {
					t.Fatalf("it ended before it could: %v", err)
				}
				defer func() { <-proc.Done() }()
			}
			proc, _, err := p.s.Attach(t.Context(), j.Folder, st, Boot())
			if err != nil {
				t.Fatal(err)
			}
			g.open()
			o, err := proc.Wait(t.Context())
			if err != nil || o.Exit != 3 || o.Output.Bytes != 3_000_000 || !o.Captured || o.Set["MINE"] != "1" {
				t.Fatalf("%+v, %v", o, err)
			}
			if v, ok := o.Withheld["NEW_TOKEN"]; !ok || v.Reveal() != "" {
				t.Fatalf("withheld: %v, %q", ok, v.Reveal())
			}
			if sig == syscall.SIGSTOP {
				_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
				_ = cmd.Wait()
			}
		})
	}
}

func TestKeeper_timeout(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", "A=1; echo begun; sleep 1000")
	j.Timeout = 50 * time.Millisecond
	if o := p.run(j); o.Why != runbook.Timeout || o.Exit != 143 || !o.Captured || !strings.HasPrefix(kept(t, j.Folder), "begun\n") {
		t.Fatalf("%+v", o)
	}
	p.s.Grace = 50 * time.Millisecond
	j = p.job("sh", "trap '' TERM; echo begun; (sleep 1000; :); (sleep 1000; :)")
	j.Timeout = 50 * time.Millisecond
	if o := p.run(j); o.Why != runbook.Timeout || o.Signal != "KILL" || o.Exit != -1 || o.Captured || o.Survivors {
		t.Fatalf("%+v", o)
	}
}

// TestStop_takesTheGroup: also of a shell that goes quietly and leaves a child
// that doesn't.
func TestStop_takesTheGroup(t *testing.T) {
	p := newPlace(t)
	p.s.Grace = 50 * time.Millisecond
	g := newGate(t, filepath.Join(p.dir, "gate"))
	j := p.job("sh", "(trap '' TERM; "+g.wait()+") & wait")
	proc := p.start(j)
	g.reached()
	if err := proc.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	o, err := proc.Wait(t.Context())
	if err != nil || o.Why != runbook.Stopped || o.Survivors || !groupGone(proc.Started().PID) {
		t.Fatalf("%+v, %v", o, err)
	}
	if err := proc.Stop(t.Context()); err != nil {
		t.Fatalf("stopping what has ended: %v", err)
	}
}

func TestStop_twiceKillsAtOnce(t *testing.T) {
	p := newPlace(t)
	p.s.Grace = time.Hour
	g := newGate(t, filepath.Join(p.dir, "gate"))
	second := newGate(t, filepath.Join(p.dir, "second"))
	proc := p.start(p.job("sh", "trap "+quote(second.wait())+" TERM; "+g.wait()))
	g.reached()
	if err := proc.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	second.reached()
	if err := proc.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o, err := proc.Wait(t.Context()); err != nil || o.Signal != "KILL" || o.Why != runbook.Stopped {
		t.Fatalf("%+v, %v", o, err)
	}
}

// TestKeeper_survivors: what a block leaves running doesn't hold up its
// outcome, is told, and isn't killed for writing on.
func TestKeeper_survivors(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, filepath.Join(p.dir, "gate"))
	j := p.job("sh", "(trap '' PIPE; "+g.wait()+"yes | head -c 3000000; echo \"wrote $?\" >"+quote(p.dir+"/second.out")+") &\necho done\nA=1")
	if err := syscall.Mkfifo(p.dir+"/second.out", 0o600); err != nil {
		t.Fatal(err)
	}
	proc := p.start(j)
	g.reached()
	o, err := proc.Wait(t.Context())
	if err != nil || !o.Survivors || o.Exit != 0 || !o.Captured || kept(t, j.Folder) != "done\n" {
		t.Fatalf("%+v, %v", o, err)
	}
	if _, state, err := p.s.Attach(t.Context(), j.Folder, proc.Started(), Boot()); state != Finished || err != nil {
		t.Errorf("while it still writes: %v, %v", state, err)
	}
	g.open()
	if b, err := os.ReadFile(p.dir + "/second.out"); err != nil || string(b) != "wrote 0\n" {
		t.Fatalf("%q, %v", b, err)
	}
}

// TestPump_takesWhatIsInThePipe: however late it is, what was written before
// the command's end is taken, and nothing after it.
func TestPump_takesWhatIsInThePipe(t *testing.T) {
	var got []byte
	p, err := newPump(func(b []byte) { got = append(got, b...) })
	if err != nil {
		t.Fatal(err)
	}
	w := os.NewFile(uintptr(p.w), "command")
	want := strings.Repeat("0123456789", 6000) // a pipe of the smallest size holds it
	if _, err := w.WriteString(want); err != nil {
		t.Fatal(err)
	}
	if err := p.r.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	go p.run()
	if !<-p.drained {
		t.Error("who holds the pipe isn't noticed")
	}
	if string(got) != want {
		t.Errorf("%d bytes of %d", len(got), len(want))
	}
	if _, err := w.WriteString("later"); err != nil {
		t.Errorf("a survivor can't write: %v", err)
	}
	_ = w.Close()
	<-p.empty
	if string(got) != want {
		t.Error("what came later was taken")
	}
}

func TestKeeper_aDaemonIsNoSurvivor(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, filepath.Join(p.dir, "gate"))
	o := p.run(p.job("sh", "("+g.wait()+") >/dev/null 2>&1 &\necho done"))
	if o.Survivors || o.Fault != "" {
		t.Fatalf("%+v", o)
	}
	g.reached()
	g.open()
}

// TestKeeper_flood: not a byte is missing, and the digest is that of the bytes.
func TestKeeper_flood(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", `yes "secret: $S, and other text" | head -c 67108864`)
	j.Secrets = []runbook.Named{{Name: "S", Value: runbook.NewSecret("hunter2pass")}}
	o := p.run(j)
	in := strings.Repeat("secret: hunter2pass, and other text\n", 64<<20/36+1)[:64<<20]
	want := strings.ReplaceAll(in, "hunter2pass", output.Mask)
	sum := sha256.Sum256([]byte(want))
	if o.Output.Bytes != int64(len(want)) || o.Output.Digest != hex.EncodeToString(sum[:]) || kept(t, j.Folder) != want {
		t.Fatalf("%d bytes of %d: %+v", o.Output.Bytes, len(want), o.Output)
	}
}

// TestKeeper_memory: 256 MiB pass through a keeper that a survivor then keeps
// alive, so that the kernel can be asked for the most that it ever used.
func TestKeeper_memory(t *testing.T) {
	p := newPlace(t)
	g := newGate(t, filepath.Join(p.dir, "gate"))
	j := p.job("sh", "head -c 268435456 /dev/zero | tr '\\0' x\n("+g.wait()+") &")
	for i := range 5 {
		j.Secrets = append(j.Secrets, runbook.Named{Name: fmt.Sprintf("S%d", i), Value: runbook.NewSecret(fmt.Sprintf("secret value %d", i))})
	}
	proc := p.start(j)
	g.reached()
	o, err := proc.Wait(t.Context())
	if err != nil || o.Output.Bytes != 256<<20 {
		t.Fatalf("%+v, %v", o, err)
	}
	if kb := peak(t, proc.Started().Keeper); kb == 0 || kb > 100_000 {
		t.Errorf("the keeper used up to %d KB", kb)
	} else {
		t.Logf("the keeper used up to %d KB", kb)
	}
	g.open()
}

func peak(t testing.TB, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.SplitSeq(string(b), "\n") {
		if rest, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

// TestKeeper_aFullDisk: the command isn't held up, and the record says what is missing.
func TestKeeper_aFullDisk(t *testing.T) {
	p := newPlace(t)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	j := p.job("sh", "ulimit -f unlimited 2>/dev/null; head -c 3000000 /dev/urandom; echo end >"+quote(p.dir+"/end"))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	proc, err := p.s.Start(t.Context(), j)
	if e := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); e != nil || err != nil {
		t.Fatal(e, err)
	}
	o, err := proc.Wait(t.Context())
	if err != nil || o.Exit != 0 || o.Fault != fmt.Sprintf("output cut at %d bytes: file too large", o.Output.Bytes) {
		t.Fatalf("%+v, %v", o, err)
	}
	if got := kept(t, j.Folder); int64(len(got)) != o.Output.Bytes || len(got) == 3_000_000 {
		t.Errorf("%d bytes are kept of %d", len(got), o.Output.Bytes)
	}
	if _, err := os.Stat(p.dir + "/end"); err != nil {
		t.Error(err)
	}
}

// TestKeeper_aRecordThatCantBeWritten is told over the pipe.
func TestKeeper_aRecordThatCantBeWritten(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", "")
	j.Text = "rm " + quote(j.Folder+"/attempt.new") + "; mkdir " + quote(j.Folder+"/attempt.new") + "; A=1"
	proc := p.start(j)
	o, err := proc.Wait(t.Context())
	if err != nil || o.Fault != "attempt: attempt.new: is a directory" || o.Exit != 0 || o.Set["A"] != "1" {
		t.Fatalf("%+v, %v", o, err)
	}
	if _, state, err := p.s.Attach(t.Context(), j.Folder, proc.Started(), Boot()); state != Gone || err != nil {
		t.Errorf("%v, %v", state, err)
	}
}

func TestKeeper_bytesThatAreNoText(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", `printf 'half a character \342\202'; printf '\033]0;a title\007 \377'`)
	if o := p.run(j); o.Fault != "" || kept(t, j.Folder) != "half a character \xe2\x82\x1b]0;a title\a \xff" {
		t.Fatalf("%+v: %q", o, kept(t, j.Folder))
	}
}
