// Package report tells the story of one run, for the people who have to answer
// for it: what happened, how long it took, what was lost, where the run left
// the document, and what nobody wrote down.
//
// It promises that a report is made from the log alone, at any time, also while
// the run goes on; that the same log gives the same bytes; that every record is
// told in the timeline or left out by a rule that the report states; and that
// no text in the log, whatever it holds, can change the structure of what is
// written. It never invents: what is not on record says "not recorded" in
// Markdown and is absent in JSON.
//
// It reads no file, no clock and no network. It doesn't check the chain of the
// log (the store does) and it doesn't redact: texts come redacted from the log.
// Durations are shown in whole seconds, cut off, so that a time under a limit
// is never shown as the limit; verdicts are reached before anything is cut.
package report
