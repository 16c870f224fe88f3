// Package store keeps streams of opaque records in one local file that is meant
// to survive anything: kill -9, a power cut, a full disk, flipped bits, several
// processes at once.
//
// What it promises:
//
//   - A record that was appended without an error is on the disk, synced, chained
//     by SHA-256 to the one before, and is read back as it was written or not at
//     all: every read checks the hash.
//   - A transaction is there as a whole or not at all, also across streams.
//   - Damage is an error that wraps ErrDamaged. It never ends the process, never
//     hangs it, and never passes as good; see Verify.
//   - No lock is held between calls, nor while a caller works on what it read. So
//     any number of processes may read and write the same log. What a commit leaves
//     for the next one is the open file, for a tenth of a second and without its
//     lock; what is in the file is checked again each time (keep.go).
//
// What it never does: change or remove a record, look into a record's data, retry
// a sync that failed, start a goroutine that outlives a call (but for a timer that
// closes the file), or tell a record's time from anything but Options.Now.
//
// What can be lost: the end of the log, when the storage itself forgets what it
// had confirmed. A chain can't show that; an anchor outside the file does.
//
// Writing goes through bbolt. Reading does not: the pages are read with pread and
// checked before use (pages.go, tree.go), because a mapped file that is damaged or
// cut short kills the process that touches it. FORMAT.md describes every byte.
package store
