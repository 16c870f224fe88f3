// Package markdown reads a runbook: bytes go in, a runbook.Book comes out. It
// is the only package that parses Markdown for meaning. The grammar it reads is
// written down in ../FORMAT.md.
//
// It promises that the same bytes always give the same Book, that every offset
// lies inside the text, that ids are unique, and that no input makes it panic
// or takes more than a few seconds: input that could is refused, or read as
// prose. What it can't make sense of it says, with file, line and column, and
// what it is unsure of it never makes runnable.
//
// It never opens a file, runs a command or writes to the document. Lint is told
// today's date and which other files exist; Redline returns a patch, and who
// applies it is no concern of this package.
package markdown
