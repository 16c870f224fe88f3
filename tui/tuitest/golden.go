package tuitest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The flag is registered here, before the variables of a package that imports this
// one, so a test that has golden files of its own asks Updating instead of
// registering it again.
var _ = registerUpdate()

func registerUpdate() bool {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "write the golden files anew; read the difference before you commit it")
	}
	return true
}

// Updating says whether golden files are to be written: go test -update.
func Updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

// Golden compares the screen with testdata/golden/NAME.txt in the folder of the
// package under test. The file has one line for each row.
func (s *Screen) Golden(t testing.TB, name string) {
	t.Helper()
	if !filepath.IsLocal(name) {
		t.Fatalf("%q is no name for a golden file", name)
	}
	compareGolden(t, filepath.Join("testdata", "golden", name+".txt"), s.Lines())
}

func compareGolden(t testing.TB, file string, lines []string) {
	t.Helper()
	got := strings.Join(lines, "\n") + "\n"
	if want, ok := Expected(t, file, got); ok && got != want {
		t.Errorf("%s is another screen (- what it has, + what is shown; `go test -update` writes it):\n%s",
			file, diff(strings.Split(strings.TrimSuffix(want, "\n"), "\n"), lines))
	}
}

// Expected is what a golden file holds, which -update makes what the test got.
// Where there is none the test has failed.
func Expected(t testing.TB, file, got string) (want string, ok bool) {
	t.Helper()
	if Updating() {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return got, true
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v\nafter `go test -update` it would be:\n%s", err, got)
		return "", false
	}
	return string(data), true
}

// diff is the screen, row by row, with those that differ marked.
func diff(want, got []string) string {
	var b strings.Builder
	line := func(rows []string, y int) string {
		if y < len(rows) {
			return rows[y] + "¶" // so that a blank at the end can be seen
		}
		return "no such row"
	}
	for y := range max(len(want), len(got)) {
		if line(want, y) == line(got, y) {
			fmt.Fprintf(&b, "%3d   %s\n", y+1, want[y])
			continue
		}
		fmt.Fprintf(&b, "%3d - %s\n    + %s\n", y+1, line(want, y), line(got, y))
	}
	return b.String()
}
