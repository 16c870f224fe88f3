package shell

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

const (
	factsMost = 1 << 20  // bytes of the file of facts
	factMost  = 64 << 10 // bytes of one value
	factCount = 1000
)

// parseFacts reads what a block wrote to LIFEBOAT_FACTS: lines name=value, or
// name<<END with the value on the lines up to one that is END. A name is
// letters, digits, _, - and ., and begins with a letter or _. Of one name the
// last counts. What can't be read is left out, and the note says which line.
func parseFacts(text string) (facts []runbook.Fact, note string) {
	var bad []string
	at := map[string]int{}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		no, line := i+1, lines[i]
		if strings.TrimSpace(line) == "" {
			continue
		}
		n := nameLen(line)
		name, rest := line[:n], line[n:]
		var value string
		switch end, here := strings.CutPrefix(rest, "<<"); {
		case n > 0 && here && end != "":
			stop := i + 1
			for stop < len(lines) && lines[stop] != end {
				stop++
			}
			if stop == len(lines) {
				bad = append(bad, fmt.Sprintf("line %d: no line %q ends it", no, end))
				i = stop
				continue
			}
			value, i = strings.Join(lines[i+1:stop], "\n"), stop
		case n > 0 && strings.HasPrefix(rest, "="):
			value = rest[1:]
		default:
			bad = append(bad, fmt.Sprintf("line %d: not name=value", no))
			continue
		}
		if len(value) > factMost {
			bad = append(bad, fmt.Sprintf("line %d: over %d bytes", no, factMost))
			continue
		}
		if had, ok := at[name]; ok {
			facts[had].Value = value
			continue
		}
		if len(facts) == factCount {
			bad = append(bad, fmt.Sprintf("line %d: over %d facts", no, factCount))
			break
		}
		at[name] = len(facts)
		facts = append(facts, runbook.Fact{Name: name, Value: value})
	}
	if len(bad) > 0 {
		more := ""
		if len(bad) > 3 {
			more = fmt.Sprintf(", and %d more", len(bad)-3)
		}
		note = "facts left out: " + strings.Join(bad[:min(3, len(bad))], ", ") + more
	}
	return facts, note
}

func nameLen(s string) int {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return i
		}
	}
	return len(s)
}

// takeFacts parses the attempt's file of facts, redacts their values and
// removes the file.
func takeFacts(folder string, r *output.Redactor) (facts []runbook.Fact, note string) {
	path := filepath.Join(folder, "facts")
	defer os.Remove(path)
	// A block may have put anything there: a link is not followed, a FIFO not waited for.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, ""
		}
		return nil, fmt.Sprintf("facts not read: %v", plain(err))
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, "facts not read: no regular file"
	}
	b, err := io.ReadAll(io.LimitReader(f, factsMost+1))
	if err != nil {
		return nil, fmt.Sprintf("facts not read: %v", plain(err))
	}
	if len(b) > factsMost {
		return nil, fmt.Sprintf("facts not read: over %d bytes", factsMost)
	}
	parsed, note := parseFacts(strings.ToValidUTF8(string(b), "\ufffd"))
	for _, f := range parsed {
		if r.Holds(f.Name) {
			continue
		}
		f.Value = r.String(f.Value)
		facts = append(facts, f)
	}
	return facts, r.String(note)
}
