package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
)

func TestParseFacts(t *testing.T) {
	long := strings.Repeat("x", factMost+1)
	for in, want := range map[string]struct {
		facts []runbook.Fact
		note  string
	}{
		"":                                     {},
		"a=1\n":                                {facts: []runbook.Fact{{Name: "a", Value: "1"}}},
		"a=1\r\n\r\nb=2":                       {facts: []runbook.Fact{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}},
		"a=1\nb=\na=x=y \n":                    {facts: []runbook.Fact{{Name: "a", Value: "x=y "}, {Name: "b"}}},
		"doc<<EOF\none\n\ntwo=2\nEOF\nz-1.x=9": {facts: []runbook.Fact{{Name: "doc", Value: "one\n\ntwo=2"}, {Name: "z-1.x", Value: "9"}}},
		"e<<EOF\nEOF":                          {facts: []runbook.Fact{{Name: "e"}}},
		"no fact\na=1":                         {facts: []runbook.Fact{{Name: "a", Value: "1"}}, note: "facts left out: line 1: not name=value"},
		"1a=1":                                 {note: "facts left out: line 1: not name=value"},
		"=1":                                   {note: "facts left out: line 1: not name=value"},
		"a<<\nx":                               {note: "facts left out: line 1: not name=value, line 2: not name=value"},
		"b=1\na<<END\nx\ny":                    {facts: []runbook.Fact{{Name: "b", Value: "1"}}, note: `facts left out: line 2: no line "END" ends it`},
		"a=" + long + "\nb=1":                  {facts: []runbook.Fact{{Name: "b", Value: "1"}}, note: "facts left out: line 1: over 65536 bytes"},
		"-\n-\n-\n-\n-":                        {note: "facts left out: line 1: not name=value, line 2: not name=value, line 3: not name=value, and 2 more"},
	} {
		facts, note := parseFacts(in)
		if !reflect.DeepEqual(facts, want.facts) || note != want.note {
			t.Errorf("%.40q: %.200q, %q", in, facts, note)
		}
	}
	var many strings.Builder
	for i := range factCount + 5 {
		fmt.Fprintf(&many, "f%d=1\n", i)
	}
	if facts, note := parseFacts(many.String()); len(facts) != factCount || !strings.Contains(note, "over 1000 facts") {
		t.Errorf("%d facts, %q", len(facts), note)
	}
}

func FuzzParseFacts(f *testing.F) {
	f.Add("a=1\nb<<E\nx\nE\n")
	f.Fuzz(func(t *testing.T, in string) {
		facts, _ := parseFacts(in)
		for _, x := range facts {
			if x.Name == "" || nameLen(x.Name) != len(x.Name) || !strings.Contains(strings.ReplaceAll(in, "\r\n", "\n"), x.Value) {
				t.Fatalf("%q", x)
			}
		}
	})
}

func TestTakeFacts_whatIsNoFile(t *testing.T) {
	r := output.NewRedactor()
	dir := t.TempDir()
	path := filepath.Join(dir, "facts")
	if facts, note := takeFacts(dir, r); facts != nil || note != "" {
		t.Errorf("no file: %v, %q", facts, note)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, note := takeFacts(dir, r); note != "facts not read: no regular file" {
		t.Errorf("a FIFO: %q", note)
	}
	if err := os.Symlink("/etc/hostname", path); err != nil {
		t.Fatal(err)
	}
	if facts, note := takeFacts(dir, r); facts != nil || note == "" {
		t.Errorf("a link: %v, %q", facts, note)
	}
	if err := os.WriteFile(path, make([]byte, factsMost+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, note := takeFacts(dir, r); note != "facts not read: over 1048576 bytes" {
		t.Errorf("a large file: %q", note)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("it is left: %v", err)
	}
}
