package runbook

import "fmt"

// Redacted is what stands where a secret stood.
const Redacted = "[redacted]"

// A Secret is a value that can be handed on, but not printed: every way in
// which Go formats or encodes a value gives Redacted.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal is the value itself. Each call is a place to look at in a review: it
// may go to a child's environment or standard input, and nowhere else.
func (s Secret) Reveal() string { return s.value }

// Format writes Redacted for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// String is Redacted.
func (s Secret) String() string { return Redacted }

// GoString is Redacted.
func (s Secret) GoString() string { return Redacted }

// MarshalText gives Redacted, so that no encoder sees the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Redacted), nil }
