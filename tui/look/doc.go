// Package look shows what is on record of a run: its timeline, what a command
// printed, the clocks, a document. It promises that what it shows is what the
// log and the kept files say, made harmless to a terminal. It changes nothing
// and decides nothing, and reads kept files only in commands of their own, never
// while something is drawn.
package look
