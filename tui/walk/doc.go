// Package walk is the screen on which a runbook is walked: the document with
// its items as things to act on, the clocks, what runs, and what has to be
// decided.
//
// It promises that Enter does what the screen said before it was pressed, that
// everything shown is on disk already, and that a note can be taken at any
// moment, whatever runs. It decides nothing: what may happen comes from
// runbook.Next, and intents go to a Walker. It never touches a process, and
// reads the outputs of commands only in commands of its own.
package walk
