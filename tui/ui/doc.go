// Package ui is what the screens are made of: a theme of named roles, keys as
// data, frames, dialogs that answer with typed actions, and a document laid out
// as lines.
//
// It promises that nothing it draws is wider than it was asked to be, on any
// terminal; that every state has a glyph and a word beside its colour; and that
// one table of keys serves dispatch, footer, help, palette and reference. It
// knows how to draw and to ask, and never what a run is about: it starts
// nothing, reads no file, and takes the time from its caller.
package ui
