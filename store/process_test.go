package store_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// TestProcesses_shareOneLog lets four processes make and fill a log at once. Then:
//  1. they all wrote into the same log;
//  2. whatever one was told to be written is there, where it was told;
//  3. the shared stream has the records of all, and nobody's twice;
//  4. someone who reads meanwhile sees a prefix of what comes to be.
func TestProcesses_shareOneLog(t *testing.T) {
	const each, writers = 40, 4
	dir := t.TempDir()
	path := filepath.Join(dir, "new", "log.db")
	outs := make([]bytes.Buffer, writers)
	var cmds []*exec.Cmd
	for i := range writers {
		c := command(t, "append", path, fmt.Sprint(each), "shared", fmt.Sprintf("run/own%d", i))
		c.Stdout = &outs[i]
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, c)
	}
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	early := readAll(t, l, "shared", 0)
	for i, c := range cmds {
		if err := c.Wait(); err != nil {
			t.Errorf("writer %d: %v: %s", i, err, outs[i].String())
		}
	}
	all := recordsByPlace(t, l)
	told := map[ack]bool{}
	for i := range outs {
		for line := range strings.Lines(outs[i].String()) {
			a := parseAck(t, line)
			if !all[a] || told[a] {
				t.Errorf("writer %d was told of %v: there %v, told before %v", i, a, all[a], told[a])
			}
			told[a] = true
		}
	}
	if len(told) != 2*each*writers || len(all) != len(told) {
		t.Errorf("%d records, %d were told, want %d", len(all), len(told), 2*each*writers)
	}
	if late := readAll(t, l, "shared", 0); len(late) != each*writers || !sameRecords(early, late[:len(early)]) {
		t.Errorf("%d shared records, or the first %d have changed", len(late), len(early))
	}
	storetest.Verify(t, path)
}

// TestProcesses_noteGetsIn takes notes while another process appends as fast as it
// can, which no run does. That one leaves the lock alone for a moment between two
// records, and this is enough.
func TestProcesses_noteGetsIn(t *testing.T) {
	l := storetest.Open(t)
	c := command(t, "append", l.Path(), "0", "run/A")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(out)
	if !in.Scan() {
		t.Fatal("the other process wrote nothing")
	}
	acks := 0
	var reader sync.WaitGroup
	reader.Go(func() {
		for ; in.Scan(); acks++ {
		}
	})
	for i := range 20 {
		time.Sleep(5 * time.Millisecond)
		start := time.Now()
		mustAppend(t, l, "station", note("%d", i))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("note %d took %v", i, took)
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Error(err)
	}
	reader.Wait()
	_ = c.Wait() // it was killed
	if acks == 0 {
		t.Error("the other process wrote nothing meanwhile")
	}
}

// TestGoroutines_shareOneLog is the same inside of one process.
func TestGoroutines_shareOneLog(t *testing.T) {
	l := storetest.Open(t)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			for n := range 15 {
				if _, err := l.Append(context.Background(), "shared", note("%d %d", i, n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := readAll(t, l, "shared", 0); len(got) != 90 {
		t.Errorf("%d records, want 90", len(got))
	}
}

// TestKill_losesNothingAcknowledged kills a writer with SIGKILL, wherever it is
// after a random number of records, and lets the next one go on.
func TestKill_losesNothingAcknowledged(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: 40 processes are killed")
	}
	path := filepath.Join(t.TempDir(), "log.db")
	told := map[ack]bool{}
	for range 40 {
		c := command(t, "append", path, "0", "run/A", "station")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewScanner(out)
		for range 1 + rand.IntN(12) {
			if !in.Scan() {
				t.Fatal("the victim died by itself")
			}
			told[parseAck(t, in.Text())] = true
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for in.Scan() { // what it was told before it died counts as well
			told[parseAck(t, in.Text())] = true
		}
		if err := c.Wait(); err == nil {
			t.Fatal("the victim was not killed")
		}
	}
	l, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := recordsByPlace(t, l)
	for a := range told {
		if !all[a] {
			t.Errorf("%v was acknowledged and is not there", a)
		}
	}
	if len(told) < 40 {
		t.Errorf("only %d records were acknowledged", len(told))
	}
	storetest.Verify(t, path)
}
