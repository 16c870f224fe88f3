package look

import (
	"time"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// A Story is a run as it is told: the records, and what they fold to. It
// belongs to one screen at a time, and changes when Take is given more.
type Story struct {
	Run   *runbook.Run
	Books runbook.Books
	Told  []Told
	Zone  *time.Location           // the operator's
	Kept  func(attempt int) string // path of what an attempt printed
	Scrub func(text string) string // masks secrets; nil: there are none
	Usual func(*runbook.Book, *runbook.Step) (runbook.Usual, bool)
}

// A Told is a record with the words for it, as they were when it happened.
type Told struct {
	runbook.Record
	Word, Text string // "": another record tells it
}

// Take adds records, oldest first, with the books that they opened.
func (s *Story) Take(records []runbook.Record, opened runbook.Books) error {
	for name, b := range opened {
		s.Books[name] = b
	}
	for _, rec := range records {
		if err := s.Run.Apply(rec); err != nil {
			return err
		}
		word, text := s.Words().Event(rec)
		s.Told = append(s.Told, Told{rec, word, text})
	}
	return nil
}

// Clean makes a text fit to be shown: secrets masked, nothing hidden, the same
// width everywhere.
func (s *Story) Clean(text string) string {
	return words.Clean(s.Mask(text))
}

// Mask leaves no secret in a text.
func (s *Story) Mask(text string) string {
	if s.Scrub == nil {
		return text
	}
	return s.Scrub(text)
}

// Dialog is the frame of a dialog about the run: it names mode and target.
func (s *Story) Dialog(title string) ui.Frame {
	return ui.Frame{Mode: s.Run.Mode, Title: s.Clean(title), Right: s.Clean(words.Place(s.Run))}
}

// Words tells the story's events.
func (s *Story) Words() words.Teller {
	return words.Teller{Run: s.Run, Books: s.Books, Zone: s.Zone}
}

// First is the book that the run was begun with; nil: it is not known yet.
func (s *Story) First() *runbook.Book { return s.Books.First(s.Run) }

// Clocks tells every objective at a moment.
func (s *Story) Clocks(now time.Time) []runbook.Clock { return s.Words().Clocks(now) }

// Pace says when the run will end if it goes on as earlier ones did.
func (s *Story) Pace(now time.Time) runbook.Pace {
	b := s.First()
	if b == nil {
		return runbook.Pace{}
	}
	usual := func(step *runbook.Step) (runbook.Usual, bool) {
		if s.Usual == nil {
			return runbook.Usual{}, false
		}
		return s.Usual(b, step)
	}
	return runbook.PaceOf(b, s.Run, usual, now)
}
