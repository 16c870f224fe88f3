package runbook

import "time"

// An Objective is a limit that a recovery must stay under. Its clock runs from
// when the disruption began, and stops at the step that is marked as reaching
// it. Reaching it at exactly the limit is too late.
type Objective struct {
	Name  string        `json:"name"`  // downtime, critical, noncritical, full, data_loss, notify
	Limit time.Duration `json:"limit"` // in JSON: nanoseconds
}
