package runbook

import "time"

// An Intent is something that somebody wants to happen: imperative, where an
// event is in the past tense. Next says which make sense; Decide turns one into
// events, or says why not. Those that run a command are carried out by the
// engine.
type Intent interface{ intent() }

// Walking.
type (
	// Enter moves the walk to a step, ahead or back; nothing is skipped by it.
	Enter struct{ Step Ref }
	// Tick marks a check as done. Different says what was found instead of what
	// was expected; it makes the tick a deviation.
	Tick struct {
		Item      Ref
		Value     string
		As        string // "": confirmed
		Different string
	}
	// Answer gives a question's value.
	Answer struct {
		Item  Ref
		Value string
		As    string
	}
	// Choose takes an option, from 1, of a choice or of a check's link.
	Choose struct {
		Item   Ref
		Option int
	}
	// Finish completes a step whose items are done, where a second person must
	// be named.
	Finish struct{ Step Ref }
	// Skip leaves a step out.
	Skip struct {
		Step   Ref
		Reason string
	}
	// SkipItem leaves an item out.
	SkipItem struct {
		Item   Ref
		Reason string
	}
	// Reopen does a step again.
	Reopen struct {
		Step   Ref
		Reason string
	}
	// End closes the walk.
	End struct {
		State  string // recovered, failed, abandoned
		Reason string
	}
	// Leave stops walking; the run stays open.
	Leave struct{ Why string }
)

// Commands.
type (
	// Perform runs the next block of an item.
	Perform struct{ Item Ref }
	// Arm lets a foreign file's next block of an item run.
	Arm struct{ Item Ref }
	// Fill gives a placeholder's text.
	Fill struct {
		Item        Ref
		Name, Value string
	}
	// Edit changes the next block of an item for this run.
	Edit struct {
		Item         Ref
		Text, Reason string
	}
	// Release goes on after a hold, or after an outcome that nobody knows.
	Release struct {
		Item   Ref
		How    string // counts_as_done, anyway
		Reason string
	}
	// RollBack runs the block that undoes an item's.
	RollBack struct{ Item Ref }
	// Settle asks a probe, or the kernel, how a command ended whose outcome
	// isn't known.
	Settle struct{ Attempt int }
	// Await waits for a command that runs in the background, or that outlived
	// the lifeboat that started it.
	Await struct{ Attempt int }
	// Stop ends a command that runs.
	Stop struct{ Attempt int }
	// AdHoc runs a command that no book has, recorded like any other. With
	// Terminal it has the terminal to itself, as a shell that somebody sits in:
	// then its time is recorded, and not what it printed.
	AdHoc struct {
		Text     string
		Terminal bool
	}
)

// Facts that anybody may add at any time, also after the end.
type (
	// Write takes a note.
	Write struct {
		Text, Tag string
		At        time.Time // when its key was pressed; zero: now
	}
	// Mark sets a moment, or one of the marks of a drill: pause, resume,
	// objective_lost.
	Mark struct {
		Name       string
		At, Latest time.Time
		Objective  string // of objective_lost
		Reason     string
	}
	// TakeRole says who holds a role.
	TakeRole struct{ Name, Person string }
	// Pass offers the command of the run to somebody.
	Pass struct{ To, Summary string }
	// Accept takes it.
	Accept struct{ Person string }
	// Sign is somebody's word on the record.
	Sign struct{ Person, As, Text string }
	// Correct amends an earlier record.
	Correct struct {
		Seq         uint64
		Text, Value string
	}
)

func (Enter) intent()    {}
func (Tick) intent()     {}
func (Answer) intent()   {}
func (Choose) intent()   {}
func (Finish) intent()   {}
func (Skip) intent()     {}
func (SkipItem) intent() {}
func (Reopen) intent()   {}
func (End) intent()      {}
func (Leave) intent()    {}
func (Perform) intent()  {}
func (Arm) intent()      {}
func (Fill) intent()     {}
func (Edit) intent()     {}
func (Release) intent()  {}
func (RollBack) intent() {}
func (Settle) intent()   {}
func (Await) intent()    {}
func (Stop) intent()     {}
func (AdHoc) intent()    {}
func (Write) intent()    {}
func (Mark) intent()     {}
func (TakeRole) intent() {}
func (Pass) intent()     {}
func (Accept) intent()   {}
func (Sign) intent()     {}
func (Correct) intent()  {}

// WithReason puts a reason where an intent has room for one: why something is
// left out, changed or gone past, or what was found instead of what was
// expected.
func WithReason(in Intent, reason string) Intent {
	switch in := in.(type) {
	case SkipItem:
		in.Reason = reason
		return in
	case Skip:
		in.Reason = reason
		return in
	case Release:
		in.Reason = reason
		return in
	case Edit:
		in.Reason = reason
		return in
	case Tick:
		if in.As == "" {
			in.Different = reason
		}
		return in
	}
	return in
}
