package syntax

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled when it is first used: every
// command of a runbook starts this program anew, and most of its starts parse
// nothing.
func Pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
