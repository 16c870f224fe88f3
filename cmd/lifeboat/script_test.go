package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"lifeboat": main, "lifeboat-panics": panics})
}

// TestScripts runs the stories in testdata/script: commands as people type
// them, against the real program, in an empty home.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Setenv("USER", "operator")
			env.Setenv("TZ", "UTC")
			env.Setenv("DB", filepath.Join(env.WorkDir, "state", "lifeboat", "log.db"))
			return os.MkdirAll(home, 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"flip":  flip,
			"code":  code,
			"query": query,
		},
	})
}

// flip changes one bit wherever a pattern stands in a file: flip FILE PATTERN. A
// log holds old copies of its pages too, whose bytes are free.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE PATTERN")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	places := regexp.MustCompile(args[1]).FindAllIndex(data, -1)
	if places == nil {
		ts.Fatalf("%s does not hold %s", args[0], args[1])
	}
	for _, at := range places {
		data[at[0]] ^= 1
	}
	ts.Check(os.WriteFile(path, data, 0o600)) //nolint:gosec // a test's own file
}

// code runs lifeboat and demands an exit code: code N ARGS...
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
