// Package runbook holds the nouns and the rules of lifeboat: what a document
// asks for (Book), what happened (Event), where a run stands (Run, a fold of
// its events), what may happen next (Next), and what the clocks say.
//
// It promises that the same events always give the same Run, and that the
// meaning of an event never changes. It never touches a file, the network, a
// clock or a source of randomness, and holds no state of its own: times, ids
// and what the world answered come in as arguments or as recorded facts. It
// imports the standard library alone.
package runbook
