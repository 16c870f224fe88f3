// Package output is what a command printed, from its pipe to the screen:
// redacted (Redactor), kept on disk (Keep), read back while it is still being
// written (Reader), made harmless to a terminal (Lines), and shown in rows, by
// its end or page by page (View).
//
// It promises that the kept bytes hold no secret that the Redactor was given,
// in any of the forms that it names; that what was flushed can be read back
// even if the process that wrote it was killed; and that memory stays bounded,
// however much is printed. It never holds output back longer than a secret
// could still be beginning, never looks at output before redaction except to
// redact it, and knows nothing of runs or commands.
//
// What it cannot see: a secret that was encrypted, compressed, encoded twice,
// spelled with characters between (a colour code inside it stays in the kept
// file, and is caught by Lines), in base32, in UTF-16, or dumped as hex with
// spaces; and values under Least bytes, which Redactor.Short names.
package output
