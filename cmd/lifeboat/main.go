// Command lifeboat walks an on-call engineer through a disaster-recovery
// runbook, runs its commands, keeps the recovery clocks and records everything.
//
// This package is the only place where the rooms of the program meet: one file
// for each family of commands, env.go to put things together, adapt.go for what
// fits one room's words to another's. It decides nothing about a run: that is
// runbook's, and acting is the engine's.
package main

import (
	"os"

	"lifeboat/runbook/shell"
	"lifeboat/tui/guard"
)

func main() {
	// The keeper of a command, the dump of its variables and the guard of the
	// terminal are this program too. They come first: they are started for every
	// step, or beside the first frame.
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "__keeper":
			os.Exit(shell.Keeper(os.Stdin))
		case "__dump":
			os.Exit(shell.Dump(os.Args[2:]))
		case "__guard":
			os.Exit(guard.Main(os.Stdin, os.Stdout))
		}
	}
	os.Exit(run(newEnv(), os.Args[1:]))
}
