// Package doc lays a runbook's text out for a screen: what its author wrote,
// folded to a width, with the items as places where something can be done.
//
// It promises that every word of a step is on the screen once and in order;
// that no command is cut, only folded, where a sign says so; that no line is
// wider than asked, on any terminal, and that each is complete in itself; and
// that every item has one line at which its state can be shown. The only escape
// sequences in what it gives are those of the theme. A theme's signs and a
// mask of secrets come from its caller.
//
// It reads Markdown for its looks alone. What a step or an item is, it is told
// by offsets; it never decides it. It opens no file, follows no link, and takes
// no time worth mentioning for any document that runbook/markdown accepts.
package doc
