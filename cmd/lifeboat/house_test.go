package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/build"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// arrows says which rooms a room may import. What isn't named may import
// nothing of ours; cmd may import everything.
var arrows = map[string][]string{
	"lifeboat/tui":                     {"lifeboat/runbook", "lifeboat/tui/brief", "lifeboat/tui/debrief", "lifeboat/tui/home", "lifeboat/tui/look", "lifeboat/tui/ui", "lifeboat/tui/walk"},
	"lifeboat/tui/brief":               {"lifeboat/runbook", "lifeboat/tui/ui", "lifeboat/tui/words"},
	"lifeboat/tui/debrief":             {"lifeboat/runbook", "lifeboat/tui/look", "lifeboat/tui/ui", "lifeboat/tui/words"},
	"lifeboat/tui/doc":                 {"lifeboat/runbook", "lifeboat/runbook/markdown/syntax", "lifeboat/tui/ui"},
	"lifeboat/tui/guard":               {"lifeboat/runbook/output"},
	"lifeboat/tui/home":                {"lifeboat/runbook", "lifeboat/tui/ui", "lifeboat/tui/words"},
	"lifeboat/tui/look":                {"lifeboat/runbook", "lifeboat/runbook/output", "lifeboat/tui/ui", "lifeboat/tui/words"},
	"lifeboat/tui/ui":                  {"lifeboat/runbook", "lifeboat/tui/words"},
	"lifeboat/tui/walk":                {"lifeboat/runbook", "lifeboat/runbook/output", "lifeboat/tui/doc", "lifeboat/tui/look", "lifeboat/tui/ui", "lifeboat/tui/words"},
	"lifeboat/tui/plain":               {"lifeboat/runbook", "lifeboat/runbook/output", "lifeboat/tui/words"},
	"lifeboat/tui/walktest":            {"lifeboat/runbook", "lifeboat/runbook/output"},
	"lifeboat/tui/words":               {"lifeboat/runbook"},
	"lifeboat/tui/tuitest":             {},
	"lifeboat/tui/tuitest/picture":     {},
	"lifeboat/tui/tuitest/snap":        {"lifeboat/tui/tuitest", "lifeboat/tui/tuitest/picture"},
	"lifeboat/runbook/engine":          {"lifeboat/runbook"},
	"lifeboat/runbook/markdown":        {"lifeboat/runbook", "lifeboat/runbook/markdown/syntax"},
	"lifeboat/runbook/report":          {"lifeboat/runbook"},
	"lifeboat/runbook/shell":           {"lifeboat/runbook", "lifeboat/runbook/output"},
	"lifeboat/runbook":                 {},
	"lifeboat/runbook/markdown/syntax": {},
	"lifeboat/runbook/output":          {},
	"lifeboat/runbooks":                {},
	"lifeboat/store":                   {},
	"lifeboat/store/storetest":         {"lifeboat/store"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
	Doc        string
	Standard   bool
}

func listPackages(t *testing.T, args ...string) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Imports,Doc,Standard"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// TestHouse_arrowsPointDown holds the rooms of the house apart: a package
// imports what lies below it, and says in its doc comment what it promises.
func TestHouse_arrowsPointDown(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range listPackages(t, "./...") {
		seen[p.ImportPath] = true
		if p.Doc == "" {
			t.Errorf("%s has no doc comment", p.ImportPath)
		}
		if strings.HasPrefix(p.ImportPath, "lifeboat/cmd/") {
			continue
		}
		allowed, known := arrows[p.ImportPath]
		if !known {
			t.Errorf("%s is a new room: say in this test what it may import", p.ImportPath)
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, "lifeboat") && !slices.Contains(allowed, imp) {
				t.Errorf("%s imports %s", p.ImportPath, imp)
			}
		}
	}
	for room := range arrows {
		if !seen[room] {
			t.Errorf("%s is in this test, and not in the house", room)
		}
	}
}

// TestHouse_rulesArePure keeps the rules of a run free of everything but the
// standard library, and of all that touches the world.
func TestHouse_rulesArePure(t *testing.T) {
	forbidden := []string{"os", "os/exec", "net", "net/http", "log", "math/rand", "math/rand/v2", "crypto/rand", "io/ioutil", "syscall", "unsafe"}
	for _, p := range listPackages(t, "./runbook") {
		for _, imp := range p.Imports {
			pkg, err := build.Import(imp, "", build.FindOnly)
			if err != nil || !pkg.Goroot {
				t.Errorf("runbook imports %s, which is not the standard library", imp)
			}
			if slices.Contains(forbidden, imp) {
				t.Errorf("runbook imports %s: it decides, it doesn't act", imp)
			}
		}
	}
}

// TestHouse_worksWithoutConvex builds lifeboat without what knows Convex, and
// walks a runbook with what is left.
func TestHouse_worksWithoutConvex(t *testing.T) {
	for _, p := range listPackages(t, "-tags", "noconvex", "-deps", "./cmd/lifeboat") {
		if strings.HasPrefix(p.ImportPath, "lifeboat/runbook/convex") {
			t.Errorf("%s is linked with -tags noconvex", p.ImportPath)
		}
	}
	dir := t.TempDir()
	bin := filepath.Join(dir, "lifeboat")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "noconvex", "-o", bin, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	book := filepath.Join(dir, "book.md")
	text := "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n- [ ] look\n\n```sh\necho walked\n```\n"
	if err := os.WriteFile(book, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), bin, "drill", book, "--auto")
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "| walked") {
		t.Errorf("the walk: %v\n%s", err, out)
	}
}
