// Package syntax is the Markdown that runbooks are written in: CommonMark, the
// boxes of tasks, remarks in the dialects that people use, and tables for those
// who ask for them.
//
// It promises that whoever reads a document for what it means and whoever shows
// it see the same blocks, tables aside, take the same fences for commands and the
// same links for ways on, and that no input exhausts the stack or makes goldmark
// take quadratic time over containers, links and tables. What else a block means,
// and what it looks like, is for others to say: it needs nothing of ours.
package syntax
