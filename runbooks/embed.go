// Package runbooks holds the runbooks that are shipped inside the program, so
// that they can be followed when nothing else is left: no checkout, no network.
//
// A shipped runbook is an ordinary Markdown file. It is opened by its name,
// which is the file's name without the extension, and may be copied out,
// changed and followed from a file like any other.
package runbooks

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

const extension = ".md"

//go:embed *.md
var files embed.FS

// Files are the shipped runbooks as a file system with one flat folder, so that
// a link from one of them to another is found beside it.
func Files() fs.FS { return files }

// Names lists the shipped runbooks in alphabetical order.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		// The root of an embedded file system can always be read.
		panic(fmt.Sprintf("runbooks: %v", err))
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), extension))
	}
	slices.Sort(names)
	return names
}

// Open returns the text of a shipped runbook, byte for byte. The error of a name
// that is not shipped is fs.ErrNotExist.
func Open(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("no shipped runbook is named %q: %w", name, fs.ErrNotExist)
	}
	return files.ReadFile(name + extension)
}
