package store

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// example is the record that FORMAT.md shows.
func example() Record {
	r := Record{
		Station: "00112233445566778899aabbccddeeff", Stream: "run/01JDEXAMPLE", Seq: 1,
		Time: time.Date(2026, 11, 23, 3, 12, 20, 500e6, time.UTC),
		Kind: "note_taken", V: 1, Data: []byte(`{"text":"writes stopped"}`),
	}
	r.Prev = firstPrev(r.Station, r.Stream)
	r.seal()
	return r
}

// TestFormat_workedExample keeps the document true: the bytes in it are those that
// the code writes.
func TestFormat_workedExample(t *testing.T) {
	doc, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	r := example()
	prefix := hashPrefix(nil, r.Stream, r.Seq)
	stored := r.encode()
	want := []string{
		fmt.Sprintf("%-7s%x", "stream", prefix[:19]), fmt.Sprintf("%-7s%x", "seq", prefix[19:]),
		fmt.Sprintf("%-7s%x", "time", stored[:12]), fmt.Sprintf("%-7s%x", "kind", stored[12:26]),
		fmt.Sprintf("%-7s%x", "v", stored[26:34]), fmt.Sprintf("%-7s%x", "data", stored[34:63]),
		fmt.Sprintf("%-7s%x", "prev", stored[63:99]), fmt.Sprintf("%-7s%x", "hash", stored[99:]),
	}
	for _, w := range []string{strings.Join(want, "\n"), string(r.AppendJSON(nil))} {
		if !strings.Contains(string(doc), "```\n"+w+"\n```") {
			t.Errorf("FORMAT.md does not show\n%s", w)
		}
	}
	back, err := decodeRecord(r.Station, r.Stream, r.Seq, stored)
	if err != nil || string(back.encode()) != string(stored) {
		t.Errorf("the example reads back as %+v, %v", back, err)
	}
}

func TestAnchor_oneTornSlotSparesTheOther(t *testing.T) {
	old, cur := anchor{"s", 4, [32]byte{1}}, anchor{"s", 5, [32]byte{2}}
	file := append(old.encode(), cur.encode()...)
	if len(file) != 2*slotSize {
		t.Fatalf("an anchor has %d bytes, want %d", len(file), 2*slotSize)
	}
	if got, slot, ok := parseAnchor(file); got != cur || slot != 1 || !ok {
		t.Errorf("anchor %+v in slot %d %v", got, slot, ok)
	}
	file[slotSize+60] ^= 1
	if got, slot, ok := parseAnchor(file); got != old || slot != 0 || !ok {
		t.Errorf("with a torn slot: %+v in slot %d %v", got, slot, ok)
	}
	if _, _, ok := parseAnchor(file[:slotSize-1]); ok {
		t.Error("half a slot counts")
	}
}
