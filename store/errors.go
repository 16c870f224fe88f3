package store

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

// What a caller may want to tell apart. Every error of this package that is one
// of these wraps it.
var (
	// ErrLocked: another process kept the log locked for too long.
	ErrLocked = errors.New("the log is locked")
	// ErrNewer: the file has a higher schema than this program knows.
	ErrNewer = errors.New("the log was written by a newer version")
	// ErrDamaged: the bytes are not what was written. Verify tells more.
	ErrDamaged = errors.New("the log is damaged")
	// ErrDiskFull: nothing was written, and the reserve has been given up, so
	// that one more small append is likely to work.
	ErrDiskFull = errors.New("the disk is full")
	// ErrReadOnly: the file or its folder can't be written. Reading works.
	ErrReadOnly = errors.New("the log can't be written")
	// ErrConflict: a stream does not end where the batch expected it to.
	// Nothing was written.
	ErrConflict = errors.New("the stream has moved on")
	// ErrRolledBack: a stream ends before its anchor. It comes as a warning, and
	// as a problem of a Report.
	ErrRolledBack = errors.New("the stream ends before its anchor")
)

// An Error says which operation failed on which file. Its text is one line.
type Error struct {
	Op   string // "append", "read", …
	Path string
	Err  error
}

func (e *Error) Error() string {
	return strings.ReplaceAll(e.Op+" "+e.Path+": "+e.Err.Error(), "\n", "; ")
}

func (e *Error) Unwrap() error { return e.Err }

// Hint says what to do about the error, in one line; "" when there is no advice.
func (e *Error) Hint() string {
	switch {
	case errors.Is(e.Err, ErrLocked):
		return "if that process is stopped, continue it (fg) or end it; the lock goes with it"
	case errors.Is(e.Err, ErrNewer):
		return "use the newer program, or another log with --db"
	case errors.Is(e.Err, ErrDamaged):
		return "`lifeboat log verify` says what is hurt; go on at once with a new log: --db PATH"
	case errors.Is(e.Err, ErrDiskFull):
		return "make room on the disk; the next small record fits into the reserve"
	case errors.Is(e.Err, ErrReadOnly):
		return "make the file and its folder writable, or write to another log with --db"
	}
	return ""
}

// pageError is damage to the structure of the file.
type pageError struct {
	page uint64
	text string
}

func (e *pageError) Error() string { return fmt.Sprintf("%v: page %d: %s", ErrDamaged, e.page, e.text) }

func (e *pageError) Unwrap() error { return ErrDamaged }

func badPage(page uint64, format string, args ...any) error {
	return &pageError{page, fmt.Sprintf(format, args...)}
}

// recordError is damage to one record's own bytes.
type recordError struct {
	stream string
	seq    uint64
	text   string
}

func (e *recordError) Error() string {
	return fmt.Sprintf("%v: stream %s, record %d: %s", ErrDamaged, e.stream, e.seq, e.text)
}

func (e *recordError) Unwrap() error { return ErrDamaged }

// wrap gives err its operation and file, and turns what the system says into the
// sentinels above. It leaves an *Error as it is.
func wrap(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok && p.Path == path {
		err = p.Err
	}
	switch {
	case isFull(err):
		err = fmt.Errorf("%w: %w", ErrDiskFull, cause(err))
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		err = fmt.Errorf("%w: %w", ErrReadOnly, cause(err))
	}
	return &Error{Op: op, Path: path, Err: err}
}

// cause drops a path error's own operation and path, which wrap says already.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// isFull also looks at the text, since bbolt keeps only that of an error it met
// while it made the file grow. EFBIG is a limit on the size of files.
func isFull(err error) bool {
	for _, no := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, no) || strings.Contains(err.Error(), no.Error()) {
			return true
		}
	}
	return false
}
