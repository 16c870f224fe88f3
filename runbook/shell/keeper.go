package shell

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

const (
	reportFD = 3 // of a keeper: where it tells lifeboat

	valueMost = 1 << 20 // of output that is taken as a value
)

// A keeper runs one command.
type keeper struct {
	o       *order
	report  *os.File
	lock    *os.File
	red     *output.Redactor
	keep    *output.Keep // nil: the output is not kept
	launch  *launch
	pumps   []*pump
	value   []byte
	long    bool // the value is over valueMost
	stop    chan os.Signal
	started runbook.Started
	begin   time.Time
	rec     record
}

// Keeper is the program that Start starts: it reads an order from stdin, a
// socket, runs its command to the end, and writes how it ended. It gives the exit code for
// the process: 0 if the outcome is written, whatever the command's was.
func Keeper(stdin *os.File) int {
	k := &keeper{stop: make(chan os.Signal, 4)}
	// Caught, not ignored: what is ignored stays so in the command.
	signal.Notify(k.stop, syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	syscall.CloseOnExec(reportFD)
	if err := syscall.SetNonblock(reportFD, true); err != nil {
		return 2 // not started by Start
	}
	k.report = os.NewFile(reportFD, "report")
	data, lock, err := take(stdin)
	if err == nil && data == nil {
		return 0 // dismissed
	}
	if err == nil {
		err = json.Unmarshal(data, &k.o)
	}
	if err != nil || k.o == nil {
		return 2
	}
	k.lock = lock
	adopt()
	code := k.run()
	k.idle()
	return code
}

// run runs the command and tells how it ended.
func (k *keeper) run() int {
	k.red = output.NewRedactor(k.o.values()...)
	k.began()
	out := ending{}
	ended := false
	if pid, err := k.start(); err != nil {
		k.rec.fault(err.Error())
	} else {
		k.supervise(pid)
		ended = true
	}
	now := time.Now()
	k.rec.Ended, k.rec.Elapsed = now.UTC().Round(0), now.Sub(k.begin)
	k.output(ended)
	red := k.red
	if k.o.Capture {
		out.Value = k.takeValue()
		if k.o.Discard { // it is a secret from here on
			red = output.NewRedactor(append(k.o.values(), string(out.Value))...)
		}
	}
	if k.launch != nil {
		out.Withheld = k.rec.carryBack(k.launch, red)
	}
	facts, note := takeFacts(k.o.Folder, red)
	k.rec.Facts = facts
	k.rec.fault(note)
	code := 0
	if err := writeRecord(k.o.Folder, k.rec); err != nil {
		k.rec.fault(err.Error())
		code = 1
	}
	_ = syscall.Flock(int(k.lock.Fd()), syscall.LOCK_UN)
	out.Record = k.rec
	_ = tell(k.report, tellOutcome, out) // lifeboat may be dead: its names stand in attempt.json
	_ = k.report.Close()
	return code
}

func (k *keeper) began() {
	k.begin = time.Now()
	k.rec = record{V: 1, Attempt: k.o.Attempt, Exit: -1, Why: runbook.Exited, Started: k.begin.UTC().Round(0)}
}

// start starts the command and says so.
func (k *keeper) start() (pid int, err error) {
	if err := reserveRecord(k.o.Folder); err != nil {
		return 0, err
	}
	if k.launch, err = k.o.ready(k.red); err != nil {
		return 0, err
	}
	if !k.o.Discard {
		f, err := os.OpenFile(filepath.Join(k.o.Folder, "output.zst"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return 0, fmt.Errorf("output: %w", plain(err))
		}
		if k.keep, err = output.NewKeep(f, k.red, k.flushed); err != nil {
			return 0, err
		}
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	main, err := newPump(k.kept())
	if err != nil {
		return 0, fmt.Errorf("pipe: %w", err)
	}
	k.pumps = []*pump{main}
	stdout := main.w
	if k.o.Capture {
		p, err := newPump(k.captured())
		if err != nil {
			return 0, fmt.Errorf("pipe: %w", err)
		}
		k.pumps = append(k.pumps, p)
		stdout = p.w
	}
	k.began()
	pid, err = k.launch.start(null.Fd(), uintptr(stdout), uintptr(main.w))
	for _, p := range k.pumps {
		_ = syscall.Close(p.w)
	}
	if err != nil {
		k.pumps = nil
		return 0, err
	}
	k.started = runbook.Started{PID: pid, Process: processStart(pid), Boot: Boot(), Keeper: os.Getpid(), Time: k.begin.UTC().Round(0)}
	if err := writeStarted(k.o.Folder, k.started); err != nil {
		k.rec.fault(err.Error()) // a full disk is no reason to end what has begun
	}
	_ = tell(k.report, tellStarted, k.started)
	for _, p := range k.pumps {
		go p.run()
	}
	return pid, nil
}

// kept takes what goes to the kept file.
func (k *keeper) kept() func([]byte) {
	return func(b []byte) {
		if k.keep != nil {
			_, _ = k.keep.Write(b)
		}
	}
}

// captured takes standard output when it is wanted as a value: apart from
// standard error, whose warnings are no part of it.
func (k *keeper) captured() func([]byte) {
	var beside io.Writer
	beside = io.Discard
	if k.keep != nil {
		beside = k.keep.Stream()
	}
	return func(b []byte) {
		if room := valueMost - len(k.value); len(b) <= room {
			k.value = append(k.value, b...)
		} else {
			k.long = true
		}
		if b == nil {
			if c, ok := beside.(io.Closer); ok {
				_ = c.Close()
			}
			return
		}
		_, _ = beside.Write(b)
	}
}

func (k *keeper) takeValue() []byte {
	if k.long {
		k.rec.fault(fmt.Sprintf("output over %d bytes isn't taken as a value", valueMost))
		return nil
	}
	return []byte(strings.TrimSpace(string(k.value)))
}

// flushed tells lifeboat that there is more to read. If it doesn't listen,
// stopped or dead, nobody waits for it.
func (k *keeper) flushed() {
	conn, err := k.report.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Write(func(fd uintptr) bool {
		_, _ = syscall.Write(int(fd), []byte{tellFlushed, 0, 0, 0, 0})
		return true
	})
}

// output ends the keeping, and says what was kept.
func (k *keeper) output(ended bool) {
	for i, p := range k.pumps {
		if ended && p.finish() {
			k.rec.Survivors = true
		}
		if i == 1 {
			p.take(nil)
		}
	}
	if k.keep == nil {
		return
	}
	kept := k.keep.Close()
	path := filepath.Join(k.o.Folder, "output.zst")
	if rel, err := filepath.Rel(k.o.RunDir, path); err == nil {
		path = rel
	}
	k.rec.File, k.rec.Bytes, k.rec.Lines, k.rec.Digest = path, kept.Bytes, kept.Lines, kept.Digest
	if kept.Fault != nil {
		k.rec.fault(kept.Fault.Error())
	}
}

// idle stays while something that the command left behind still writes.
func (k *keeper) idle() {
	if !k.rec.Survivors {
		return
	}
	k.keep, k.value = nil, nil
	debug.FreeOSMemory()
	for _, p := range k.pumps {
		<-p.empty
	}
}
