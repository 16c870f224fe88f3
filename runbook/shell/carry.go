package shell

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"lifeboat/runbook/output"
)

// carries tells whether a block's state can be had back from this shell.
func carries(shell string) bool { return shell == "sh" || shell == "bash" }

// wrapper is what sh and bash are given with -c. It holds paths alone. The
// block's state is saved by a trap on EXIT, and by a last line for a block
// that sets a trap of its own.
func wrapper(shell, self, fifo, block string) string {
	pipefail := ""
	if shell == "bash" {
		pipefail = "set -o pipefail\n"
	}
	return `__lifeboat_save() { [ -n "${__lifeboat_done-}" ] || { __lifeboat_done=1; ` + saving(self, fifo) + `; }; }
trap '{ __lifeboat_rc=$?; set +x; } 2>/dev/null; trap - EXIT; __lifeboat_save $__lifeboat_rc; exit $__lifeboat_rc' EXIT
trap 'exit 143' TERM; trap 'exit 129' HUP; trap 'exit 130' INT
set -ea
` + pipefail + `. ` + quote(block) + `
{ __lifeboat_rc=$?; set +x; } 2>/dev/null; __lifeboat_save $__lifeboat_rc
exit $__lifeboat_rc
`
}

const (
	stateBegins = "__lifeboat_begin\n"
	stateEnds   = "\x00__lifeboat_end\n"
	stateDir    = "__lifeboat_pwd="
)

// saving is the command that writes a block's state into the FIFO. Dump does it
// everywhere. Where the system's env can, it goes first: it starts in a third of
// the time, and every step waits for it. The FIFO is opened to read and write,
// so that a block whose keeper is gone doesn't wait for a reader.
func saving(self, fifo string) string {
	dump := quote(self) + ` __dump ` + quote(fifo) + ` "$1" >/dev/null 2>&1 || :`
	if envTool == "" {
		return dump
	}
	return `{ command echo __lifeboat_begin && __lifeboat_pwd="${PWD-}" ` + quote(envTool) +
		` -0 && command echo __lifeboat_end; } 1<>` + quote(fifo) + ` 2>/dev/null || ` + dump
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// Dump is what a block runs at its end: it writes its own environment and
// directory, which are the block's, into a FIFO. Its arguments are the FIFO
// and the block's exit code. It never fails loudly: the block's state is then
// not captured.
func Dump(args []string) int {
	if len(args) != 2 {
		return 2
	}
	// With nobody reading, opening must not wait for ever.
	fd, err := syscall.Open(args[0], syscall.O_WRONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 1
	}
	if err := syscall.SetNonblock(fd, false); err != nil {
		return 1
	}
	dir, err := os.Getwd()
	if err != nil {
		dir = os.Getenv("PWD") // the directory was deleted
	}
	b := append(make([]byte, 0, 16<<10), stateBegins...)
	b = append(append(b, stateDir...), dir...)
	for _, e := range os.Environ() {
		b = append(append(b, 0), e...)
	}
	b = append(b, stateEnds...)
	for len(b) > 0 {
		n, err := syscall.Write(fd, b)
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return 1
		}
		b = b[n:]
	}
	return 0
}

const carryMost = 16 << 20

// A fifo is the reading end of a block's state.
type fifo struct {
	path string
	r, w *os.File // w is held so that the end of one writer is not the end of all
	got  chan []byte
}

func newFifo(folder string) (*fifo, error) {
	f := &fifo{path: filepath.Join(folder, "carry"), got: make(chan []byte, 1)}
	if err := syscall.Mkfifo(f.path, 0o600); err != nil {
		return nil, fmt.Errorf("carry: %w", err)
	}
	var err error
	if f.r, err = os.OpenFile(f.path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
		f.w, err = os.OpenFile(f.path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
	}
	if err != nil {
		return nil, fmt.Errorf("carry: %w", plain(err))
	}
	go func() {
		b, _ := io.ReadAll(io.LimitReader(f.r, carryMost))
		f.got <- b
	}()
	return f, nil
}

// take gives what was written, after the block's end: all of it is in the
// FIFO by then, and only a process that it left behind can keep it open.
func (f *fifo) take() []byte {
	_ = f.w.Close()
	_ = f.r.SetReadDeadline(time.Now().Add(linger))
	b := <-f.got
	_ = f.r.Close()
	_ = os.Remove(f.path)
	return b
}

// lastState gives the last whole state in what came through a FIFO.
func lastState(b []byte) (dir string, env []string, ok bool) {
	text := string(b)
	end := strings.LastIndex(text, stateEnds)
	if end < 0 {
		return "", nil, false
	}
	begin := strings.LastIndex(text[:end], stateBegins)
	if begin < 0 {
		return "", nil, false
	}
	for e := range strings.SplitSeq(text[begin+len(stateBegins):end], "\x00") {
		if d, is := strings.CutPrefix(e, stateDir); is {
			dir = d
			continue
		}
		env = append(env, e)
	}
	return dir, env, true
}

// A change is what a block did to its environment.
type change struct {
	dir      string
	set      map[string]raw
	unset    []string
	withheld map[string][]byte
	note     string
}

// diff compares a block's environment before and after. What holds a secret or
// is named like one is withheld. A name that holds a secret is left out.
func diff(before, after []string, dir string, r *output.Redactor) change {
	c := change{dir: dir, set: map[string]raw{}, withheld: map[string][]byte{}}
	if r.Holds(dir) {
		c.dir, c.note = "", "directory left out: it holds a secret"
	}
	was := environment(before)
	is := environment(after)
	for name, v := range is {
		old, had := was[name]
		switch {
		case had && old == v || ours(name):
		case r.Holds(name):
			c.note = "a variable left out: its name holds a secret"
		case v != "" && (secretName(name) || secretShape(v) || r.Holds(v)):
			c.withheld[name] = []byte(v)
		default:
			c.set[name] = raw(v)
		}
	}
	for name := range was {
		if _, ok := is[name]; !ok && !ours(name) && !r.Holds(name) {
			c.unset = append(c.unset, name)
		}
	}
	slices.Sort(c.unset)
	return c
}

func environment(list []string) map[string]string {
	m := make(map[string]string, len(list))
	for _, e := range list {
		if name, v, ok := strings.Cut(e, "="); ok && name != "" {
			m[name] = v
		}
	}
	return m
}

// ours tells whether a variable belongs to the shell or to lifeboat, not to
// the block.
func ours(name string) bool {
	switch name {
	case "_", "SHLVL", "PWD", "OLDPWD":
		return true
	}
	return strings.HasPrefix(name, "__lifeboat") || strings.HasPrefix(name, "LIFEBOAT_") ||
		strings.HasPrefix(name, "BASH_FUNC___lifeboat")
}

// SecretName tells whether a variable is treated as a secret because of its
// name: it is kept out of the log and redacted.
func SecretName(name string) bool { return !ours(name) && secretName(name) }

// secretName tells whether a variable is named like a secret. Long words count
// anywhere in the name. KEY, AUTH, DSN and PASS are parts of ordinary names
// (KEYBOARD, AUTHOR, PASSENGER), so they count as a word of their own or at
// the end of one (APIKEY, OAUTH). MONKEY then is withheld too: a value kept
// back by mistake costs one block to be run again, a value in the log can't be
// taken back.
func secretName(name string) bool {
	n := strings.ToUpper(name)
	if n == "SSH_AUTH_SOCK" || strings.HasPrefix(n, "BASH_FUNC_") {
		return false // a path; a function's text, which goes by its value
	}
	for _, w := range []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "AUTHORIZATION"} {
		if strings.Contains(n, w) {
			return true
		}
	}
	words := strings.FieldsFunc(n, func(c rune) bool { return c < 'A' || c > 'Z' })
	for _, w := range words {
		for _, end := range []string{"KEY", "KEYS", "AUTH", "DSN", "PASS", "PWD"} {
			if strings.HasSuffix(w, end) {
				return true
			}
		}
	}
	return false
}

// secretShape tells whether a value is one that holds a secret by its form: an
// address with a password in it, or a private key.
func secretShape(v string) bool {
	if strings.Contains(v, "PRIVATE KEY-----") {
		return true
	}
	for rest := v; ; {
		_, after, ok := strings.Cut(rest, "://")
		if !ok {
			return false
		}
		host := after
		if i := strings.IndexAny(after, "/?# \n"); i >= 0 {
			host = after[:i]
		}
		if i := strings.LastIndexByte(host, '@'); i > 0 {
			if _, pass, ok := strings.Cut(host[:i], ":"); ok && pass != "" {
				return true
			}
		}
		rest = after
	}
}
