package markdown

import (
	"bytes"
	"fmt"
	"strings"
)

// contextLines stand around each change of a patch.
const contextLines = 3

// unified writes changes, in order and apart, as a unified diff.
func (d *doc) unified(path string, cs []change) []byte {
	old := splitLines(d.src)
	var kept []change
	for _, c := range cs {
		if c = narrow(old, c); c.from < c.to || len(c.lines) > 0 {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	var b bytes.Buffer
	path = strings.TrimLeft(strings.TrimPrefix(strings.ReplaceAll(path, `\`, "/"), "./"), "/")
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", path, path)
	shift := 0
	for i := 0; i < len(kept); {
		j := i + 1
		for j < len(kept) && kept[j].from-kept[j-1].to <= 2*contextLines {
			j++
		}
		shift = hunk(&b, old, kept[i:j], shift)
		i = j
	}
	return b.Bytes()
}

// narrow leaves out lines that a change does not change.
func narrow(old []string, c change) change {
	for len(c.lines) > 0 && c.from < c.to && old[c.from] == c.lines[0]+c.eol {
		c.from++
		c.lines = c.lines[1:]
	}
	for len(c.lines) > 0 && c.from < c.to && old[c.to-1] == c.lines[len(c.lines)-1]+c.eol {
		c.to--
		c.lines = c.lines[:len(c.lines)-1]
	}
	return c
}

// splitLines keeps the ends of lines; the last one may have none.
func splitLines(b []byte) []string {
	lines := strings.SplitAfter(string(b), "\n")
	if n := len(lines); lines[n-1] == "" {
		lines = lines[:n-1]
	}
	return lines
}

// hunk writes one hunk, and returns how many lines the new file is ahead.
func hunk(b *bytes.Buffer, old []string, cs []change, shift int) int {
	from := max(cs[0].from-contextLines, 0)
	to := min(cs[len(cs)-1].to+contextLines, len(old))
	var body bytes.Buffer
	added, at := 0, from
	put := func(mark byte, l string) {
		body.WriteByte(mark)
		body.WriteString(l)
		if !strings.HasSuffix(l, "\n") {
			body.WriteString("\n\\ No newline at end of file\n")
		}
	}
	for i, c := range cs {
		for ; at < c.from; at++ {
			// what is added after a last line without an end gives it one
			if at == len(old)-1 && c.from == len(old) && !strings.HasSuffix(old[at], "\n") && len(c.lines) > 0 {
				put('-', old[at])
				put('+', old[at]+c.eol)
				continue
			}
			put(' ', old[at])
		}
		for ; at < c.to; at++ {
			put('-', old[at])
		}
		for k, l := range c.lines {
			end := c.eol
			if i == len(cs)-1 && k == len(c.lines)-1 && c.to == len(old) && len(old) > 0 && !strings.HasSuffix(old[len(old)-1], "\n") {
				end = "" // the file still ends without one
			}
			put('+', l+end)
			added++
		}
		added -= c.to - c.from
	}
	for ; at < to; at++ {
		put(' ', old[at])
	}
	start, count := from+1, to-from
	newStart, newCount := from+1+shift, count+added
	if count == 0 {
		start--
	}
	if newCount == 0 {
		newStart--
	}
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", start, count, newStart, newCount)
	b.Write(body.Bytes())
	return shift + added
}
