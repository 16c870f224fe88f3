package shell

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"

	"lifeboat/runbook"
)

// A record is attempt.json: an outcome without anything secret.
type record struct {
	V         int            `json:"v"` // 1
	Attempt   int            `json:"attempt"`
	Exit      int            `json:"exit"`
	Signal    string         `json:"signal,omitempty"`
	Why       runbook.Why    `json:"why"`
	Fault     string         `json:"fault,omitempty"`
	Started   time.Time      `json:"started"`
	Ended     time.Time      `json:"ended"`
	Elapsed   time.Duration  `json:"elapsed"` // nanoseconds
	File      string         `json:"file,omitempty"`
	Bytes     int64          `json:"bytes"`
	Lines     int64          `json:"lines"`
	Digest    string         `json:"digest,omitempty"`
	Captured  bool           `json:"captured"`
	Dir       raw            `json:"dir,omitempty"`
	Set       map[string]raw `json:"set,omitempty"`
	Unset     []string       `json:"unset,omitempty"`
	Withheld  []string       `json:"withheld,omitempty"`
	Facts     []runbook.Fact `json:"facts,omitempty"`
	Survivors bool           `json:"survivors,omitempty"`
}

// raw is text that need not be UTF-8: a string in JSON, or {"base64": …}.
type raw string

type rawBytes struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON keeps every byte.
func (r raw) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(r)) {
		return json.Marshal(string(r))
	}
	return json.Marshal(rawBytes{[]byte(r)})
}

// UnmarshalJSON is the reverse of MarshalJSON.
func (r *raw) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(r))
	}
	var v rawBytes
	err := json.Unmarshal(b, &v)
	*r = raw(v.Base64)
	return err
}

// outcome turns an ending into the noun. A withheld variable whose value was
// lost has an empty Secret.
func (e ending) outcome() runbook.Outcome {
	r := e.Record
	o := runbook.Outcome{
		Exit: r.Exit, Signal: r.Signal, Why: r.Why, Fault: r.Fault, Started: r.Started, Ended: r.Ended, Elapsed: r.Elapsed,
		Output: runbook.Kept{File: r.File, Bytes: r.Bytes, Lines: r.Lines, Digest: r.Digest},
		Dir:    string(r.Dir), Unset: r.Unset, Captured: r.Captured, Facts: r.Facts, Survivors: r.Survivors,
		Value: runbook.NewSecret(string(e.Value)),
	}
	if r.Captured {
		o.Set, o.Withheld = map[string]string{}, map[string]runbook.Secret{}
	}
	for name, v := range r.Set {
		o.Set[name] = string(v)
	}
	for _, name := range r.Withheld {
		o.Withheld[name] = runbook.NewSecret(string(e.Withheld[name]))
	}
	return o
}

func readRecord(folder string) (record, error) {
	var r record
	b, err := os.ReadFile(filepath.Join(folder, "attempt.json"))
	if err != nil {
		return r, fmt.Errorf("attempt: %w", err)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("attempt: %s: %w", filepath.Join(folder, "attempt.json"), err)
	}
	if r.V != 1 {
		return r, fmt.Errorf("attempt: %s: version %d is newer than this lifeboat", filepath.Join(folder, "attempt.json"), r.V)
	}
	return r, nil
}

// recordRoom is set aside before a command starts, so that its end can be
// written when it has filled the disk.
const recordRoom = 64 << 10

func reserveRecord(folder string) error {
	f, err := os.OpenFile(filepath.Join(folder, "attempt.new"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("attempt: %w", plain(err))
	}
	defer f.Close()
	if err := reserve(f, recordRoom); err != nil {
		return fmt.Errorf("attempt: %w", plain(err))
	}
	return nil
}

// writeRecord makes the outcome last: synced, renamed, its folder synced.
func writeRecord(folder string, r record) error {
	slices.Sort(r.Unset)
	slices.Sort(r.Withheld)
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("attempt: %w", err)
	}
	b = append(b, '\n')
	tmp := filepath.Join(folder, "attempt.new")
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("attempt: %w", plain(err))
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Truncate(int64(len(b)))
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, filepath.Join(folder, "attempt.json"))
	}
	if err == nil {
		err = syncFolder(folder)
	}
	if err != nil {
		return fmt.Errorf("attempt: %w", plain(err))
	}
	return nil
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// writeStarted lets Attach know the process even if lifeboat died before it
// could write it down. It need not outlast a power cut: nor does the process.
func writeStarted(folder string, s runbook.Started) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("attempt: %w", err)
	}
	tmp := filepath.Join(folder, "started.new")
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return fmt.Errorf("attempt: %w", plain(err))
	}
	return os.Rename(tmp, filepath.Join(folder, "started.json"))
}

func readStarted(folder string) (s runbook.Started) {
	if b, err := os.ReadFile(filepath.Join(folder, "started.json")); err == nil {
		_ = json.Unmarshal(b, &s)
	}
	return s
}

// plain takes the path out of an error: it is the attempt's folder, which the
// reader knows.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", filepath.Base(p.Path), p.Err)
	}
	return err
}
