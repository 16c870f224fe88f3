package runbook

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Encode turns an event and what goes with it into the kind, version and data
// of a log record. Data is one compact JSON object; strings are not escaped for
// HTML, so that a log reads as it was written.
func Encode(m Meta, e Event) (kind string, v int, data []byte, err error) {
	kind, v = KindOf(e)
	if kind == "" {
		return "", 0, nil, fmt.Errorf("encode an event: %T is not in the closed set", e)
	}
	if u, ok := e.(Unknown); ok {
		return u.Kind, u.V, u.Data, nil
	}
	m.At = m.At.UTC()
	head, err := compact(m)
	if err != nil {
		return "", 0, nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	body, err := compact(e)
	if err != nil {
		return "", 0, nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	return kind, v, join(head, body), nil
}

// Decode is the inverse of Encode. A kind or version from a newer lifeboat
// gives an Unknown event; data that is no JSON object of its kind is an error.
func Decode(kind string, v int, data []byte) (Meta, Event, error) {
	var m Meta
	if !json.Valid(data) || !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		return m, nil, fmt.Errorf("decode %q: data is no JSON object", kind)
	}
	if kind == "" || v < 1 {
		return m, nil, fmt.Errorf("decode %q: there is no version %d of it", kind, v)
	}
	metaErr := json.Unmarshal(data, &m)
	m.At = m.At.UTC()
	known, read := decoder(kind)
	if read == nil || v > known {
		// What a newer lifeboat means by these names is not ours to judge.
		return m, Unknown{Kind: kind, V: v, Data: bytes.Clone(data)}, nil
	}
	if metaErr != nil {
		return Meta{}, nil, fmt.Errorf("decode %q: %w", kind, metaErr)
	}
	e, err := read(data)
	if err != nil {
		return m, nil, fmt.Errorf("decode %q: %w", kind, err)
	}
	return m, e, nil
}

// compact is JSON without HTML escapes and without a line break at its end.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// join makes one JSON object of two.
func join(a, b []byte) []byte {
	switch {
	case len(a) == 2:
		return b
	case len(b) == 2:
		return a
	}
	out := append(bytes.Clone(a[:len(a)-1]), ',')
	return append(out, b[1:]...)
}

func into[E Event](data []byte) (Event, error) {
	var e E
	err := json.Unmarshal(data, &e)
	return e, err
}
