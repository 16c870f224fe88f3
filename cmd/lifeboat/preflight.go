package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"lifeboat/runbook"
)

// mostVersion is how long a command may take to tell its version.
const mostVersion = 5 * time.Second

var versionNumber = regexp.MustCompile(`\d+(\.\d+)+|\d+`)

// preflight looks at what a book needs before it starts: commands and their
// versions, variables. What is missing is said and recorded; it stops nothing.
func (e *env) preflight(ctx context.Context, b *runbook.Book, environ []string) []runbook.PreflightChecked {
	checks := make([]runbook.PreflightChecked, len(b.Needs))
	var group sync.WaitGroup
	for i, need := range b.Needs {
		group.Go(func() { checks[i] = e.checkNeed(ctx, need) })
	}
	group.Wait()
	set := map[string]bool{}
	for _, kv := range environ {
		if name, value, _ := strings.Cut(kv, "="); value != "" {
			set[name] = true
		}
	}
	for _, name := range b.Env {
		checks = append(checks, runbook.PreflightChecked{Check: "variable " + name, OK: set[name], Found: map[bool]string{true: "set", false: "not set"}[set[name]]})
	}
	for _, name := range b.Secrets {
		checks = append(checks, runbook.PreflightChecked{
			Check: "secret " + name, OK: true, Found: map[bool]string{true: "set", false: "asked for when it is needed"}[set[name]],
		})
	}
	return checks
}

func (e *env) checkNeed(ctx context.Context, need runbook.Need) runbook.PreflightChecked {
	check := runbook.PreflightChecked{Check: "command " + need.Command}
	if need.AtLeast != "" {
		check.Check += " " + need.AtLeast + " or newer"
	}
	if need.Command == "lifeboat" {
		check.OK, check.Found = true, version()
		return check
	}
	path, err := exec.LookPath(need.Command)
	if err != nil {
		check.Found = "not on the PATH"
		return check
	}
	if need.AtLeast == "" {
		check.OK, check.Found = true, "there"
		return check
	}
	ctx, cancel := context.WithTimeout(ctx, mostVersion)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	found := versionNumber.FindString(string(out))
	switch {
	case found == "" && err != nil:
		check.Found = fmt.Sprintf("its version is unknown: %v", err)
	case found == "":
		check.Found = "it tells no version"
	default:
		check.OK, check.Found = !older(found, need.AtLeast), found
	}
	return check
}

// older compares versions number by number: 2.9 is older than 2.30.
func older(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range bs {
		want, err := strconv.Atoi(bs[i])
		if err != nil {
			return false
		}
		have := 0
		if i < len(as) {
			if have, err = strconv.Atoi(as[i]); err != nil {
				return false
			}
		}
		if have != want {
			return have < want
		}
	}
	return false
}
