package shell

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"lifeboat/runbook"
)

// An order is what a keeper reads on its standard input. Bytes stand where a
// value need not be UTF-8.
type order struct {
	Self, RunDir, Folder, Shell string
	Attempt                     int
	Text, Dir                   []byte
	Env                         [][]byte
	Secrets                     []secret
	Redact                      [][]byte
	Timeout, Grace              time.Duration
	Discard, Capture            bool
}

type secret struct {
	Name  string
	Value []byte
}

func newOrder(s *Shell, j runbook.Job) *order {
	o := &order{
		Self: s.Self, RunDir: s.RunDir, Folder: j.Folder, Shell: j.Shell, Attempt: j.Attempt,
		Text: []byte(j.Text), Dir: []byte(j.Dir), Timeout: j.Timeout, Grace: s.grace(),
		Discard: j.Discard, Capture: j.Capture,
	}
	for _, e := range j.Env {
		o.Env = append(o.Env, []byte(e))
	}
	for _, n := range j.Secrets {
		o.Secrets = append(o.Secrets, secret{n.Name, []byte(n.Value.Reveal())})
	}
	for _, v := range j.Redact {
		o.Redact = append(o.Redact, []byte(v.Reveal()))
	}
	return o
}

// values lists every secret that the order holds.
func (o *order) values() (out []string) {
	for _, s := range o.Secrets {
		out = append(out, string(s.Value))
	}
	for _, v := range o.Redact {
		out = append(out, string(v))
	}
	return out
}

// environ is what the shell is given: a secret stands before a variable of
// the same name, and the last of several variables of one name counts.
func (o *order) environ() []string {
	at := map[string]int{}
	var out []string
	set := func(e string) {
		name, _, ok := strings.Cut(e, "=")
		if !ok || name == "" || strings.Contains(e, "\x00") {
			return
		}
		if i, ok := at[name]; ok {
			out[i] = e
			return
		}
		at[name] = len(out)
		out = append(out, e)
	}
	for _, e := range o.Env {
		set(string(e))
	}
	for _, s := range o.Secrets {
		set(s.Name + "=" + string(s.Value))
	}
	return out
}

// What a keeper tells over its pipe: a letter, a length of 4 bytes, JSON.
const (
	tellStarted = 's' // runbook.Started
	tellFlushed = 'f' // nothing: there is more output to read
	tellOutcome = 'o' // ending
)

// An ending is an outcome with what must not be on disk.
type ending struct {
	Record   record
	Withheld map[string][]byte
	Value    []byte
}

const tellMost = 64 << 20

func tell(w io.Writer, kind byte, v any) error {
	var data []byte
	if v != nil {
		var err error
		if data, err = json.Marshal(v); err != nil {
			return fmt.Errorf("tell lifeboat: %w", err)
		}
	}
	b := append(make([]byte, 0, len(data)+5), kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	_, err := w.Write(append(b, data...))
	return err
}

func hear(r io.Reader) (kind byte, data []byte, err error) {
	var h [5]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, nil, err
	}
	n := binary.LittleEndian.Uint32(h[1:])
	if n > tellMost {
		return 0, nil, fmt.Errorf("keeper: message of %d bytes", n)
	}
	data = make([]byte, n)
	_, err = io.ReadFull(r, data)
	return h[0], data, err
}
