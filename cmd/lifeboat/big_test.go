package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestGigabyteOfOutput has one command print 1 GiB. Every byte is kept, the walk
// and the keeper together stay under 100 MB of memory, and a note from another
// process is in the log before the command ends.
func TestGigabyteOfOutput(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("peak memory is read from /proc")
	}
	size := 1 << 30
	if testing.Short() {
		size = 64 << 20
	}
	s := newStation(t)
	// The shell's parent is the keeper; the keeper's parent is the walk.
	book := s.write("big.md", fmt.Sprintf(`---
lifeboat: 1
---
# Big

## Step

~~~sh {name=flood expect=/^peak keeper \d+$/}
yes '2026-11-23T03:26:41Z INFO restored table messages, 12400 documents in 00:00:41' | head -c %d
lifeboat note during the flood
echo
keeper=$PPID
walk=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$keeper/status)
echo "peak keeper $(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$keeper/status)"
echo "peak walk $(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$walk/status)"
~~~
`, size))
	out, code := s.run("drill", book, "--auto")
	if code != 1 && code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	total := 0
	for _, who := range []string{"keeper", "walk"} {
		m := regexp.MustCompile(`peak ` + who + ` (\d+)`).FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("no peak of the %s:\n%s", who, out)
		}
		kb, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("peak memory of the %s: %d kB", who, kb)
		total += kb
	}
	if total > 100_000 {
		t.Errorf("walk and keeper used %d kB together", total)
	}
	report, _ := s.run("report", "--format", "json")
	m := regexp.MustCompile(`"bytes": (\d+)`).FindStringSubmatch(report)
	if m == nil {
		t.Fatal(report)
	}
	if kept, err := strconv.Atoi(m[1]); err != nil || kept < size+40 || kept > size+200 {
		t.Errorf("%d bytes were printed, %s are kept", size, m[1])
	}
	if !regexp.MustCompile(`during the flood`).MatchString(report) {
		t.Error("the note is missing")
	}
}
