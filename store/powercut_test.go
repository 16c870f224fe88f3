//go:build linux

package store_test

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lifeboat/store"
	"lifeboat/store/storetest"
)

// op is one thing a victim asked of the disk.
type op struct {
	kind string // write, cut, sync, create, rename, remove, syncdir, ack
	file int    // which file, by when it was first seen
	name string // rename: from
	to   string
	at   int64
	data []byte
	ack  ack
}

// recording is what a victim did, in order.
type recording struct {
	ops  []op
	dir  string
	open map[string]int    // file by descriptor; -1 is the folder
	path map[string]string // path by descriptor
	file map[string]int    // file by name, as it is at this point of the recording
	next int
}

var (
	openCall  = regexp.MustCompile(`^openat\([^,]+, "([^"]*)", ([A-Z_|]+)[^=]*= (\d+)$`)
	writeCall = regexp.MustCompile(`^pwrite64\((\d+), "([^"]*)", \d+, (\d+)\)\s+= (\d+)$`)
	plainCall = regexp.MustCompile(`^write\((\d+), "([^"]*)", \d+\)\s+= (\d+)$`)
	cutCall   = regexp.MustCompile(`^ftruncate\((\d+), (\d+)\)\s+= 0$`)
	syncCall  = regexp.MustCompile(`^f(?:data)?sync\((\d+)\)\s+= 0$`)
	closeCall = regexp.MustCompile(`^close\((\d+)\)\s+= 0$`)
	moveCall  = regexp.MustCompile(`^renameat2?\([^,]+, "([^"]*)", [^,]+, "([^"]*)".*= 0$`)
	dropCall  = regexp.MustCompile(`^unlinkat\([^,]+, "([^"]*)".*= 0$`)
	resumed   = regexp.MustCompile(`^<\.\.\. \w+ resumed>(.*)$`)
)

// record runs a victim on dir/log.db under strace.
func record(t *testing.T, args ...string) *recording {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed: nothing can tell what is written when")
	}
	dir := t.TempDir()
	log := filepath.Join(t.TempDir(), "trace")
	args = append([]string{args[0], filepath.Join(dir, "log.db")}, args[1:]...)
	c := command(t, args...)
	c.Args = append([]string{
		"strace", "-f", "-qq", "-xx", "-s", "2000000", "-o", log,
		"-e", "trace=openat,pwrite64,write,ftruncate,fdatasync,fsync,close,rename,renameat,renameat2,unlinkat", c.Path,
	}, c.Args[1:]...)
	c.Path, _ = exec.LookPath("strace")
	if out, err := c.Output(); err != nil {
		t.Skipf("strace can't trace here: %v %s", err, out)
	}
	f, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := &recording{dir: dir, open: map[string]int{}, path: map[string]string{}, file: map[string]int{}}
	begun := map[string]string{}
	in := bufio.NewScanner(f)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		pid, call, _ := strings.Cut(in.Text(), " ")
		call = strings.TrimSpace(call)
		if m := resumed.FindStringSubmatch(call); m != nil {
			call = begun[pid] + m[1]
		} else if before, ok := strings.CutSuffix(call, " <unfinished ...>"); ok {
			begun[pid] = before
			continue
		}
		r.call(t, call)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// text undoes -xx.
func text(s string) string {
	b, _ := hex.DecodeString(strings.ReplaceAll(s, `\x`, ""))
	return string(b)
}

func (r *recording) add(o op) { r.ops = append(r.ops, o) }

func (r *recording) call(t *testing.T, s string) {
	t.Helper()
	if m := openCall.FindStringSubmatch(s); m != nil {
		r.opened(text(m[1]), m[2], m[3])
	} else if m := writeCall.FindStringSubmatch(s); m != nil {
		at, _ := strconv.ParseInt(m[3], 10, 64)
		if file, ok := r.open[m[1]]; ok && file >= 0 {
			r.add(op{kind: "write", file: file, at: at, data: []byte(text(m[2]))})
		}
	} else if m := plainCall.FindStringSubmatch(s); m != nil {
		if out := text(m[2]); m[1] == "1" && strings.HasPrefix(out, "ack ") {
			r.add(op{kind: "ack", ack: parseAck(t, strings.TrimSpace(out))})
		}
	} else if m := cutCall.FindStringSubmatch(s); m != nil {
		at, _ := strconv.ParseInt(m[2], 10, 64)
		if file, ok := r.open[m[1]]; ok {
			r.add(op{kind: "cut", file: file, at: at})
		}
	} else if m := syncCall.FindStringSubmatch(s); m != nil {
		if file, ok := r.open[m[1]]; ok && file < 0 {
			r.add(op{kind: "syncdir"})
		} else if ok {
			r.add(op{kind: "sync", file: file})
		}
	} else if m := closeCall.FindStringSubmatch(s); m != nil {
		delete(r.open, m[1])
	} else if m := moveCall.FindStringSubmatch(s); m != nil {
		from, to := filepath.Base(text(m[1])), filepath.Base(text(m[2]))
		r.file[to] = r.file[from]
		delete(r.file, from)
		r.add(op{kind: "rename", name: from, to: to})
	} else if m := dropCall.FindStringSubmatch(s); m != nil {
		delete(r.file, filepath.Base(text(m[1])))
		r.add(op{kind: "remove", name: filepath.Base(text(m[1]))})
	}
}

func (r *recording) opened(path, flags, fd string) {
	delete(r.open, fd)
	name, inside := strings.CutPrefix(path, r.dir)
	switch name = strings.TrimPrefix(name, "/"); {
	case !inside || strings.HasSuffix(name, ".reserve"):
		return
	case name == "":
		r.open[fd] = -1
		return
	}
	file, ok := r.file[name]
	if !ok && strings.Contains(flags, "O_CREAT") {
		file = r.next
		r.next++
		r.file[name] = file
		r.add(op{kind: "create", file: file, name: name})
		ok = true
	}
	if ok {
		r.open[fd] = file
	}
}

// cut writes into dir what a power cut before op n could leave on the disk: what
// was synced, and of everything later any part. A page of 4 KiB is written, or not,
// or torn into sectors of 512 bytes. Names change in order, since file systems keep
// a journal of them, but may stop anywhere after the last sync of the folder.
func (r *recording) cut(t *testing.T, rnd *rand.Rand, n int, dir string) {
	t.Helper()
	synced, named := map[int]int{}, 0
	for i, o := range r.ops[:n] {
		switch o.kind {
		case "sync":
			synced[o.file] = i
		case "syncdir":
			named = i
		}
	}
	named += rnd.IntN(n - named + 1)
	files, names := map[int][]byte{}, map[string]int{}
	for i, o := range r.ops[:n] {
		switch o.kind {
		case "create", "rename", "remove":
			if i < named {
				o.rename(names)
			}
		case "cut":
			if i < synced[o.file] || rnd.IntN(10) < 7 {
				files[o.file] = resize(files[o.file], o.at)
			}
		case "write":
			for p := 0; p < len(o.data); p += 4096 {
				page := o.data[p:min(p+4096, len(o.data))]
				files[o.file] = land(rnd, files[o.file], o.at+int64(p), page, i < synced[o.file])
			}
		}
	}
	for name, file := range names {
		if err := os.WriteFile(filepath.Join(dir, name), files[file], 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func (o op) rename(names map[string]int) {
	switch o.kind {
	case "create":
		names[o.name] = o.file
	case "rename":
		names[o.to] = names[o.name]
		delete(names, o.name)
	case "remove":
		delete(names, o.name)
	}
}

// land puts a page of a write where the cut lets it.
func land(rnd *rand.Rand, f []byte, at int64, page []byte, synced bool) []byte {
	dice := rnd.IntN(100)
	if !synced && dice >= 60 {
		return f
	}
	f = resize(f, max(int64(len(f)), at+int64(len(page))))
	for s := 0; s < len(page); s += 512 {
		if synced || dice < 45 || rnd.IntN(2) == 0 {
			copy(f[at+int64(s):], page[s:min(s+512, len(page))])
		}
	}
	return f
}

func resize(f []byte, n int64) []byte {
	if int64(len(f)) >= n {
		return f[:n]
	}
	return append(f, make([]byte, n-int64(len(f)))...)
}

// examine tells what is wrong with a log after a cut: not readable, or a record
// that was acknowledged is gone, or one is there that nobody wrote.
func (r *recording) examine(t *testing.T, n int, dir string) error {
	t.Helper()
	path := filepath.Join(dir, "log.db")
	acked := map[string]ack{}
	sent := map[string]uint64{}
	for i, o := range r.ops {
		if o.kind != "ack" {
			continue
		}
		if i < n {
			acked[o.ack.stream] = o.ack
		}
		sent[o.ack.stream] = max(sent[o.ack.stream], o.ack.seq)
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) && len(acked) == 0 {
		return nil
	}
	report, err := store.Verify(t.Context(), path, store.VerifyOptions{Anchors: storetest.Anchors(t, path)})
	if err == nil && !report.OK() {
		err = fmt.Errorf("%v", report.Problems)
	}
	if err != nil {
		return err
	}
	if a, ok := acked["station"]; ok && a.seq == 0 && report.Station != a.hash {
		return errors.New("the log is another one")
	}
	there := map[string]store.StreamReport{}
	for _, s := range report.Streams {
		there[s.Name] = s
		if s.Last > sent[s.Name] {
			return fmt.Errorf("record %d of %s was never written", s.Last, s.Name)
		}
	}
	for name, a := range acked {
		if a.seq > 0 && there[name].Last < a.seq {
			return fmt.Errorf("record %d of %s was acknowledged, %d is the last one there", a.seq, name, there[name].Last)
		}
	}
	return nil
}

// cuts makes n images of cuts between the ops from and to, and gives how many fail.
func (r *recording) cuts(t *testing.T, n, from, to int) (bad int, first error) {
	t.Helper()
	root := t.TempDir()
	for i := range n {
		rnd := rand.New(rand.NewPCG(27, uint64(i)))
		dir := filepath.Join(root, strconv.Itoa(i))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		at := from + rnd.IntN(to-from+1)
		r.cut(t, rnd, at, dir)
		if err := r.examine(t, at, dir); err != nil {
			bad++
			if first == nil {
				first = fmt.Errorf("cut %d before op %d of %d: %w", i, at, len(r.ops), err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	return bad, first
}

func (r *recording) kinds() (kinds []string) {
	for _, o := range r.ops {
		kinds = append(kinds, o.kind)
	}
	return kinds
}

func (r *recording) firstAck() int {
	for i, o := range r.ops {
		if o.kind == "ack" {
			return i + 1
		}
	}
	return len(r.ops)
}

// TestPowerCut_losesNothingAcknowledged cuts the power while records are appended.
// The same harness must find the loss when nothing is synced.
func TestPowerCut_losesNothingAcknowledged(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 100
	}
	r := record(t, "append", "40", "run/A", "station")
	if acks := strings.Count(fmt.Sprint(r.kinds()), "ack"); acks != 80 {
		t.Fatalf("%d records were acknowledged, want 80", acks)
	}
	if bad, err := r.cuts(t, n, r.firstAck(), len(r.ops)); bad > 0 {
		t.Errorf("%d of %d cuts lost something: %v", bad, n, err)
	}
	r = record(t, "append", "40", "run/A", "station", "nosync")
	if bad, err := r.cuts(t, n/10, r.firstAck(), len(r.ops)); bad < n/20 {
		t.Errorf("without a sync only %d of %d cuts lost something: %v", bad, n/10, err)
	}
}

// TestPowerCut_leavesNoHalfMadeLog cuts the power while a log is made. bbolt alone,
// under the final name, must fail the same harness.
func TestPowerCut_leavesNoHalfMadeLog(t *testing.T) {
	n := 600
	if testing.Short() {
		n = 100
	}
	r := record(t, "create")
	if bad, err := r.cuts(t, n, 0, len(r.ops)); bad > 0 {
		t.Errorf("%d of %d cuts left a log that can't be used: %v", bad, n, err)
	}
	r = record(t, "create", "plain")
	if bad, err := r.cuts(t, n, 0, len(r.ops)); bad == 0 {
		t.Errorf("made in place, not one of %d cuts left a bad log: %v", n, err)
	}
}
