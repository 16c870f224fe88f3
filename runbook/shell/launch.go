package shell

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"lifeboat/runbook/output"
)

// A launch is a command that is ready to start.
type launch struct {
	path string
	argv []string
	env  []string
	dir  string
	fifo *fifo // nil: nothing is carried back
}

// ready checks what the command needs and writes its files. Its error is one
// line for the operator: why the command can't start.
func (o *order) ready(r *output.Redactor) (*launch, error) {
	if r.Holds(string(o.Text)) {
		return nil, errors.New("the block's text holds a secret: give it by a variable")
	}
	l := &launch{env: o.environ(), dir: string(o.Dir)}
	if st, err := os.Stat(l.dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("working directory %s isn't there", r.String(l.dir))
	}
	shell := o.Shell
	switch shell {
	case "shell", "console", "":
		shell = "bash"
	}
	var err error
	if l.path, err = look(shell, environment(l.env)["PATH"]); err != nil {
		return nil, err
	}
	block := filepath.Join(o.Folder, "block")
	if shell == "pwsh" {
		block += ".ps1" // it reads nothing else
	}
	text := bytes.ReplaceAll(o.Text, []byte("\r\n"), []byte("\n"))
	if err := os.WriteFile(block, text, 0o600); err != nil {
		return nil, fmt.Errorf("block: %w", plain(err))
	}
	if environment(l.env)["LIFEBOAT_FACTS"] == filepath.Join(o.Folder, "facts") {
		if err := os.WriteFile(filepath.Join(o.Folder, "facts"), nil, 0o600); err != nil {
			return nil, fmt.Errorf("facts: %w", plain(err))
		}
	}
	switch {
	case carries(shell):
		if l.fifo, err = newFifo(o.Folder); err != nil {
			return nil, err
		}
		l.argv = []string{shell, "-c", wrapper(shell, o.Self, l.fifo.path, block)}
	case shell == "zsh":
		l.argv = []string{shell, "-e", block}
	case shell == "pwsh":
		l.argv = []string{shell, "-NoLogo", "-NonInteractive", "-File", block}
	default:
		l.argv = []string{shell, block}
	}
	return l, nil
}

// look finds a program on the block's own PATH, or where systems keep theirs:
// a block may have emptied PATH for those after it.
func look(name, path string) (string, error) {
	if strings.Contains(name, "/") {
		if runs(name) {
			return name, nil
		}
		return "", fmt.Errorf("%s isn't there", name)
	}
	for _, dir := range append(filepath.SplitList(path), "/bin", "/usr/bin", "/usr/local/bin") {
		if p := filepath.Join(dir, name); filepath.IsAbs(dir) && runs(p) {
			return p, nil
		}
	}
	return "", fmt.Errorf("%s isn't there: not on the PATH", name)
}

func runs(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
}

// start starts the command as leader of a group of its own.
func (l *launch) start(stdin, stdout, stderr uintptr) (pid int, err error) {
	return l.startWith(&syscall.SysProcAttr{Setpgid: true}, stdin, stdout, stderr)
}

func (l *launch) startWith(attr *syscall.SysProcAttr, files ...uintptr) (pid int, err error) {
	pid, err = syscall.ForkExec(l.path, l.argv, &syscall.ProcAttr{Dir: l.dir, Env: l.env, Files: files, Sys: attr})
	if errors.Is(err, syscall.E2BIG) {
		return 0, errors.New("the environment is too large for a command")
	}
	if err != nil {
		return 0, fmt.Errorf("%s doesn't start: %w", l.path, err)
	}
	return pid, nil
}

// end puts into a record how a process ended.
func (r *record) end(ws syscall.WaitStatus) {
	r.Exit = ws.ExitStatus()
	if ws.Signaled() {
		r.Exit, r.Signal = -1, signalName(ws.Signal())
	}
}

// fault adds to what is wrong with a record.
func (r *record) fault(s string) {
	if s != "" && r.Fault != "" {
		r.Fault += "; "
	}
	r.Fault += s
}

// carryBack puts into a record what the block left of its state.
func (r *record) carryBack(l *launch, red *output.Redactor) (withheld map[string][]byte) {
	if l.fifo == nil {
		return nil
	}
	dir, env, ok := lastState(l.fifo.take())
	if !ok {
		return nil
	}
	c := diff(l.env, env, dir, red)
	r.Captured, r.Dir, r.Set, r.Unset = true, raw(c.dir), c.set, c.unset
	for name := range c.withheld {
		r.Withheld = append(r.Withheld, name)
	}
	r.fault(c.note)
	return c.withheld
}
