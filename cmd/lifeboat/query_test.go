package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// query looks a value up in JSON that a command printed: query FILE PATH WANT,
// where PATH is names and numbers with dots between them ("steps.0.items.2.kind")
// and FILE may be stdout. With JSON Lines the first part is the line's number.
func query(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: query FILE PATH WANT")
	}
	var values []any
	for dec := json.NewDecoder(bytes.NewReader([]byte(ts.ReadFile(args[0])))); dec.More(); {
		var v any
		ts.Check(dec.Decode(&v))
		values = append(values, v)
	}
	var at any = values
	if len(values) == 1 {
		at = values[0]
	}
	for part := range strings.SplitSeq(args[1], ".") {
		at = enter(ts, at, part)
	}
	if got := fmt.Sprint(at); (got == args[2]) == neg {
		ts.Fatalf("%s is %q", args[1], got)
	}
}

func enter(ts *testscript.TestScript, at any, part string) any {
	switch v := at.(type) {
	case map[string]any:
		inner, ok := v[part]
		if !ok {
			ts.Fatalf("no %q there", part)
		}
		return inner
	case []any:
		var n int
		if part == "len" {
			return len(v)
		}
		if _, err := fmt.Sscan(part, &n); err != nil || n >= len(v) {
			ts.Fatalf("no place %q in a list of %d", part, len(v))
		}
		return v[n]
	}
	ts.Fatalf("%q is in nothing", part)
	return nil
}
