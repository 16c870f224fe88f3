package markdown

import (
	"regexp"
	"sync"
)

// An expression is a regular expression that is compiled when it is first used:
// every command of a runbook starts this program anew, and most of its starts
// parse nothing.
type expression func() *regexp.Regexp

func pattern(text string) expression {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
