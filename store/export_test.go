package store

// NoSync leaves out every sync. Logs that need not survive their test are made so,
// and the control of the power-cut tests.
func NoSync(o *Options) { o.noSync = true }

// Stored gives the bytes that a record has in the file.
func Stored(r Record) []byte { return r.encode() }

// CreateInPlace makes a log as bbolt alone would, under its final name.
func CreateInPlace(path string) error { return fill(path, false) }
