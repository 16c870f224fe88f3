package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"lifeboat/runbook"
)

// The exit codes of lifeboat.
const (
	exitOK     = 0   // recovered within every objective; or the answer is good
	exitFailed = 1   // failed or abandoned; or the answer is bad
	exitUsage  = 2   // wrong usage, or a runbook that can't be read
	exitMissed = 3   // recovered, an objective missed
	exitOpen   = 130 // left open, resumable
)

// A failure is an error with what to do about it and the code to exit with.
type failure struct {
	text  string
	hints []string
	code  int
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }
func (f *failure) Hint() string  { return strings.Join(f.hints, "; ") }

// fail makes a failure; hints are whole lines.
func fail(code int, text string, hints ...string) error {
	return &failure{text: text, hints: hints, code: code}
}

// because makes a failure of an error that something else gave.
func because(code int, err error, hints ...string) error {
	return &failure{text: err.Error(), hints: append(hints, hintsOf(err)...), code: code, cause: err}
}

// An ended is how a walk ended, as an exit code that needs no message.
type ended struct{ code int }

func (e *ended) Error() string { return fmt.Sprintf("exit %d", e.code) }

// hintsOf collects the advice that an error carries.
func hintsOf(err error) []string {
	if hint := runbook.HintOf(err); hint != "" {
		return []string{hint}
	}
	return nil
}

// explain prints an error as one line and its hints as lines of their own, and
// gives the exit code.
func explain(w io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	if e, ok := errors.AsType[*ended](err); ok {
		return e.code
	}
	code, text, hints := exitFailed, err.Error(), hintsOf(err)
	if f, ok := errors.AsType[*failure](err); ok {
		code, hints = f.code, f.hints
	}
	fmt.Fprintln(w, "lifeboat: "+strings.ReplaceAll(strings.TrimSpace(text), "\n", " "))
	for _, h := range hints {
		fmt.Fprintln(w, "hint: "+h)
	}
	return code
}
