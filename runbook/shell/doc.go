// Package shell runs one block, and makes sure that it runs to its end
// whatever becomes of lifeboat.
//
// A block runs under a keeper: the same program in a session of its own, one
// for each command. The keeper reads the output, redacts and keeps it, ends
// the command when its time is up, and writes how it ended to attempt.json in
// the attempt's folder. lifeboat may be killed, hung up or stopped meanwhile:
// Attach finds the command running, or its outcome.
//
// It promises, in this order: the output is synced before attempt.json is
// written, and that before Wait returns. No secret is in any argument, in any
// file or in attempt.json; values go to the keeper on its standard input, and
// come back over a pipe. If lifeboat is dead by then they are lost, and their
// names stand in attempt.json. The block's text reaches the shell as a file;
// nothing is interpolated into it.
//
// What a block writes into its own files is its own business. A block that
// failed is reported with the state it left, if that is known; whether that
// state counts is not decided here. Not captured, and said so: the state after
// exec, after a KILL, with a variable over 128 KiB, or with both a trap on
// EXIT and exit in one block.
//
// In an attempt's folder lie: block (the text), lock (held while it runs),
// started.json, output.zst, attempt.json; while it runs also carry, through
// which the block's state comes back, and facts.
package shell
