package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// victimEnv makes the test binary another program: one that uses a log and is
// killed, traced or refused for it.
const victimEnv = "STORE_TEST_VICTIM"

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		if err := victim(os.Args[1:]); err != nil {
			fmt.Println("error", strings.ReplaceAll(err.Error(), "\n", " "))
			os.Exit(3)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// victim is
//
//	append PATH N STREAM…  N records to each stream in turn, for ever if N is 0;
//	                       "ack STREAM SEQ HASH" when one is written
//	create PATH [plain]    makes a log, or lets bbolt alone make one; "ack station 0 ID"
//	limit PATH             fills a log until a limit on the size of files ends it
//
// With a last argument "nosync" it leaves out every sync.
func victim(args []string) error {
	dir := filepath.Dir(args[1])
	o := store.Options{Anchor: func(s string) string { return storetest.AnchorPath(dir, s) }}
	if n := len(args) - 1; args[n] == "nosync" {
		store.NoSync(&o)
		args = args[:n]
	}
	switch args[0] {
	case "create":
		if len(args) > 2 {
			return store.CreateInPlace(args[1])
		}
		l, err := store.Open(args[1], o)
		if err == nil {
			fmt.Println("ack station 0", l.Station())
		}
		return err
	case "limit":
		return limited(args[1], o)
	}
	l, err := store.Open(args[1], o)
	if err != nil {
		return err
	}
	times, err := strconv.Atoi(args[2])
	for i := 0; err == nil && (times == 0 || i < times); i++ {
		err = appendTo(l, args[3:], i)
	}
	return err
}

func appendTo(l *store.Log, streams []string, i int) error {
	for _, s := range streams {
		b := &store.Batch{SyncAnchors: i%8 == 0}
		b.Append(s, store.Entry{Kind: "note_taken", V: 1, Data: fmt.Appendf(nil, `{"pid":%d,"n":%d,"text":"%0*d"}`, os.Getpid(), i, 37*i%600, 0)})
		recs, err := l.Commit(context.Background(), b)
		if err != nil {
			return err
		}
		fmt.Printf("ack %s %d %x\n", s, recs[0].Seq, recs[0].Hash)
	}
	return nil
}

// command is the test binary as a victim.
func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), exe, args...)
	// With -race a process would else sleep for a second when it ends.
	c.Env = append(os.Environ(), victimEnv+"=1", "GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	c.Stderr = os.Stderr
	return c
}

// ack is what a victim said it had written.
type ack struct {
	stream string
	seq    uint64
	hash   string
}

func parseAck(t testing.TB, line string) ack {
	t.Helper()
	w := strings.Fields(line)
	if len(w) != 4 || w[0] != "ack" {
		t.Fatalf("the victim said %q", line)
	}
	seq, err := strconv.ParseUint(w[2], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return ack{w[1], seq, w[3]}
}

// recordsByPlace reads whole streams.
func recordsByPlace(t testing.TB, l *store.Log) map[ack]bool {
	t.Helper()
	names, err := l.Streams(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	all := map[ack]bool{}
	for _, name := range names {
		for _, r := range readAll(t, l, name, 0) {
			all[ack{name, r.Seq, fmt.Sprintf("%x", r.Hash)}] = true
		}
	}
	return all
}
