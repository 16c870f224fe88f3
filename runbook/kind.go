package runbook

// This file is the closed set of events: each kind with its version. A meaning
// never changes; a new meaning is a new kind at the end of its group.

func (RunOpened) event()        {}
func (BookOpened) event()       {}
func (MomentSet) event()        {}
func (PreflightChecked) event() {}
func (RoleTaken) event()        {}
func (CommandPassed) event()    {}
func (CommandAccepted) event()  {}
func (RunLeft) event()          {}
func (RunResumed) event()       {}
func (RunEnded) event()         {}
func (SignedOff) event()        {}
func (StepEntered) event()      {}
func (StepFinished) event()     {}
func (StepSkipped) event()      {}
func (StepReopened) event()     {}
func (ChoiceMade) event()       {}
func (ItemTicked) event()       {}
func (QuestionAnswered) event() {}
func (BlockArmed) event()       {}
func (BlankFilled) event()      {}
func (BlockEdited) event()      {}
func (ObjectiveReached) event() {}
func (ObjectiveLost) event()    {}
func (CommandIntended) event()  {}
func (TargetIdentified) event() {}
func (DangerConfirmed) event()  {}
func (CommandStarted) event()   {}
func (CommandFinished) event()  {}
func (OutcomeUnknown) event()   {}
func (HoldReleased) event()     {}
func (FactReported) event()     {}
func (NoteTaken) event()        {}
func (Corrected) event()        {}
func (SecretGiven) event()      {}
func (ClockPaused) event()      {}
func (ClockResumed) event()     {}
func (ClockJumped) event()      {}
func (WarningGiven) event()     {}
func (WrittenLate) event()      {}
func (RunRegistered) event()    {}
func (RunSealed) event()        {}
func (Unknown) event()          {}

// KindOf is the name and version under which an event is logged; "" for one
// that is not in the set.
func KindOf(e Event) (kind string, v int) {
	switch e := e.(type) {
	case RunOpened:
		return "run_opened", 1
	case BookOpened:
		return "book_opened", 1
	case MomentSet:
		return "moment_set", 1
	case PreflightChecked:
		return "preflight_checked", 1
	case RoleTaken:
		return "role_taken", 1
	case CommandPassed:
		return "command_passed", 1
	case CommandAccepted:
		return "command_accepted", 1
	case RunLeft:
		return "run_left", 1
	case RunResumed:
		return "run_resumed", 1
	case RunEnded:
		return "run_ended", 1
	case SignedOff:
		return "signed_off", 1
	case StepEntered:
		return "step_entered", 1
	case StepFinished:
		return "step_finished", 1
	case StepSkipped:
		return "step_skipped", 1
	case StepReopened:
		return "step_reopened", 1
	case ChoiceMade:
		return "choice_made", 1
	case ItemTicked:
		return "item_ticked", 1
	case QuestionAnswered:
		return "question_answered", 1
	case BlockArmed:
		return "block_armed", 1
	case BlankFilled:
		return "blank_filled", 1
	case BlockEdited:
		return "block_edited", 1
	case ObjectiveReached:
		return "objective_reached", 1
	case ObjectiveLost:
		return "objective_lost", 1
	case CommandIntended:
		return "command_intended", 1
	case TargetIdentified:
		return "target_identified", 1
	case DangerConfirmed:
		return "danger_confirmed", 1
	case CommandStarted:
		return "command_started", 1
	case CommandFinished:
		return "command_finished", 1
	case OutcomeUnknown:
		return "outcome_unknown", 1
	case HoldReleased:
		return "hold_released", 1
	case FactReported:
		return "fact_reported", 1
	case NoteTaken:
		return "note_taken", 1
	case Corrected:
		return "corrected", 1
	case SecretGiven:
		return "secret_given", 1
	case ClockPaused:
		return "clock_paused", 1
	case ClockResumed:
		return "clock_resumed", 1
	case ClockJumped:
		return "clock_jumped", 1
	case WarningGiven:
		return "warning_given", 1
	case WrittenLate:
		return "written_late", 1
	case RunRegistered:
		return "run_registered", 1
	case RunSealed:
		return "run_sealed", 1
	case Unknown:
		return e.Kind, e.V
	}
	return "", 0
}

// decoder gives the newest known version of a kind and how its data is read.
func decoder(kind string) (int, func([]byte) (Event, error)) {
	switch kind {
	case "run_opened":
		return 1, into[RunOpened]
	case "book_opened":
		return 1, into[BookOpened]
	case "moment_set":
		return 1, into[MomentSet]
	case "preflight_checked":
		return 1, into[PreflightChecked]
	case "role_taken":
		return 1, into[RoleTaken]
	case "command_passed":
		return 1, into[CommandPassed]
	case "command_accepted":
		return 1, into[CommandAccepted]
	case "run_left":
		return 1, into[RunLeft]
	case "run_resumed":
		return 1, into[RunResumed]
	case "run_ended":
		return 1, into[RunEnded]
	case "signed_off":
		return 1, into[SignedOff]
	case "step_entered":
		return 1, into[StepEntered]
	case "step_finished":
		return 1, into[StepFinished]
	case "step_skipped":
		return 1, into[StepSkipped]
	case "step_reopened":
		return 1, into[StepReopened]
	case "choice_made":
		return 1, into[ChoiceMade]
	case "item_ticked":
		return 1, into[ItemTicked]
	case "question_answered":
		return 1, into[QuestionAnswered]
	case "block_armed":
		return 1, into[BlockArmed]
	case "blank_filled":
		return 1, into[BlankFilled]
	case "block_edited":
		return 1, into[BlockEdited]
	case "objective_reached":
		return 1, into[ObjectiveReached]
	case "objective_lost":
		return 1, into[ObjectiveLost]
	case "command_intended":
		return 1, into[CommandIntended]
	case "target_identified":
		return 1, into[TargetIdentified]
	case "danger_confirmed":
		return 1, into[DangerConfirmed]
	case "command_started":
		return 1, into[CommandStarted]
	case "command_finished":
		return 1, into[CommandFinished]
	case "outcome_unknown":
		return 1, into[OutcomeUnknown]
	case "hold_released":
		return 1, into[HoldReleased]
	case "fact_reported":
		return 1, into[FactReported]
	case "note_taken":
		return 1, into[NoteTaken]
	case "corrected":
		return 1, into[Corrected]
	case "secret_given":
		return 1, into[SecretGiven]
	case "clock_paused":
		return 1, into[ClockPaused]
	case "clock_resumed":
		return 1, into[ClockResumed]
	case "clock_jumped":
		return 1, into[ClockJumped]
	case "warning_given":
		return 1, into[WarningGiven]
	case "written_late":
		return 1, into[WrittenLate]
	case "run_registered":
		return 1, into[RunRegistered]
	case "run_sealed":
		return 1, into[RunSealed]
	}
	return 0, nil
}
