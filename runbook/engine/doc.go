// Package engine carries a run out: it asks runbook what may happen next, puts
// the intent in the log, acts, and puts the outcome in the log.
//
// It promises that nothing is started before its intent is on disk, and that an
// intent without an outcome is shown as unknown and never repeated by itself.
// It reaches the world through the interfaces of ports.go alone: it opens no
// file, starts no process and reads no clock.
package engine
