package runbook

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Head is what lists need of a run without folding it. It is a cache: one
// whose Seq is behind the run's last record is made again from the records.
type Head struct {
	Run        string              `json:"run"`
	Seq        uint64              `json:"seq"`
	Mode       Mode                `json:"mode"`
	Target     string              `json:"target"`
	Books      []string            `json:"books"`
	Title      string              `json:"title,omitempty"`
	Operator   string              `json:"operator,omitempty"`
	Opened     time.Time           `json:"opened"`
	Ended      time.Time           `json:"ended,omitzero"`
	State      string              `json:"state"` // open, recovered, failed, abandoned
	Exit       int                 `json:"exit"`
	Auto       bool                `json:"auto,omitempty"`
	Done       int                 `json:"done"`
	Of         int                 `json:"of"`
	Deviations int                 `json:"deviations,omitempty"`
	Objectives map[string]Verdict  `json:"objectives,omitempty"`
	Spent      map[string]StepTime `json:"spent,omitempty"` // by step reference
}

// A StepTime is how long a step took, and of which text.
type StepTime struct {
	Hash    string        `json:"hash"`
	Spent   time.Duration `json:"spent"`   // nanoseconds
	Machine time.Duration `json:"machine"` // of it, while a command ran
}

// HeadOf sums a run up.
func HeadOf(bs Books, r *Run, now time.Time) Head {
	h := Head{
		Run: r.ID(), Seq: r.Seq, Mode: r.Mode, Target: r.Target, Operator: r.Operator, Opened: r.Opened,
		State: "open", Auto: r.Auto, Deviations: len(r.Deviations), Exit: Exit(nil, r),
		Objectives: map[string]Verdict{}, Spent: map[string]StepTime{},
	}
	h.Done, h.Of = Progress(bs, r)
	if r.Ended != nil {
		h.State, h.Ended = r.Ended.State, r.Ended.At
	}
	for _, f := range r.Books {
		if slices.Contains(h.Books, f.Book) {
			continue // opened again after an edit
		}
		h.Books = append(h.Books, f.Book)
		b := bs[f.Book]
		if b == nil {
			continue
		}
		if h.Title == "" {
			h.Title = b.Title
			clocks := Clocks(b, r, now)
			h.Exit = Exit(clocks, r)
			for _, c := range clocks {
				h.Objectives[c.Name] = c.Verdict
			}
		}
		for i := range b.Steps {
			ref := At(b.Name, b.Steps[i].ID)
			if s := r.Step(ref); s.Status == Finished && !s.NotExercised {
				h.Spent[string(ref)] = StepTime{Hash: b.Steps[i].Hash, Spent: s.Spent, Machine: r.MachineTime(ref)}
			}
		}
	}
	return h
}

// ID is the run's id.
func (r *Run) ID() string { return r.RunOpened.Run }

// Encode is the head as stored.
func (h Head) Encode() ([]byte, error) { return compact(h) }

// DecodeHead reads a stored head.
func DecodeHead(data []byte) (Head, error) {
	var h Head
	if err := json.Unmarshal(data, &h); err != nil {
		return h, fmt.Errorf("decode a run's head: %w", err)
	}
	return h, nil
}

// Usuals gathers what earlier runs tell of each step, drills and live runs
// apart. A step counts only with the text that it has now.
func Usuals(heads []Head, mode Mode) func(b *Book, s *Step) (Usual, bool) {
	type key struct{ ref, hash string }
	times := map[key][]time.Duration{}
	for _, h := range heads {
		if h.Mode != mode || h.Auto {
			continue
		}
		for ref, t := range h.Spent {
			k := key{ref, t.Hash}
			times[k] = append(times[k], t.Spent)
		}
	}
	return func(b *Book, s *Step) (Usual, bool) {
		return UsualOf(times[key{string(At(b.Name, s.ID)), s.Hash}])
	}
}
