// A program with nothing but the keeper and the dump in it, as small as the
// one that dispatches them first is meant to be.
package main

import (
	"os"

	"lifeboat/runbook/shell"
)

func main() {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "__keeper":
		os.Exit(shell.Keeper(os.Stdin))
	case len(os.Args) > 1 && os.Args[1] == "__dump":
		os.Exit(shell.Dump(os.Args[2:]))
	}
}
