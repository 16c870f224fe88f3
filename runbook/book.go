package runbook

import (
	"iter"
	"slices"
	"time"
)

// A Book is what a document asks for: phases, steps and items, in the order of
// the document. It is made by a parser and never changed afterwards; steps and
// items are addressed by id, so that a run can outlive an edit of the file.
type Book struct {
	Name    string // file name without .md: what `book_opened` and heads are filed under
	Source  string // where the text came from, as the operator named it; for people only
	Hash    string // SHA-256 of the text, lower-case hex
	Text    []byte // the document, byte for byte
	Foreign bool   // no `lifeboat: 1` in the front matter: its commands are copy-only until armed

	Title   string
	Summary string
	Version string

	Reviewed   time.Time // last_reviewed_on; zero: not said
	ReviewIn   string    // as written: "3 months"
	Objectives []Objective
	Exercise   string // weekly, monthly, quarterly, yearly, after-change; "": none
	Needs      []Need
	Env        []string // names that must be set before the first command
	Secrets    []string // names; given to every block of the book, never stored
	Identify   string   // shell text that says where a run acts; "": the target's name is asked instead
	Roles      []string
	Practice   string // the damage that a drill does to its practice deployment; "" or "none"
	Unattended bool   // may run with nobody there, but for a live danger

	Phases []Phase
	Steps  []Step // every step of every phase, in document order

	Named map[string]*Block // every block that has a name, those that are no items included
}

// A Need is a command that must be on the PATH, with the least version if one
// was given ("git>=2.30").
type Need struct {
	Command string
	AtLeast string // "": any
}

// A Phase is a heading with steps below it. ID and Title are empty for steps
// that stand under no such heading. A phase that one within it interrupts is
// listed again, under the same ID, where it goes on: the steps of all phases,
// one after the other, are the steps of the book.
type Phase struct {
	ID    string
	Title string
	Line  int      // 1-based; 0 for a phase without a heading
	Steps []string // ids, in order
}

// A Step is a section that asks for something.
type Step struct {
	ID    string // GitHub's slug of the heading, made unique as GitHub does
	Title string // plain text, without "(optional)"
	Phase string // id of its phase; "": none
	Line  int    // of the heading, 1-based
	Level int    // of the heading, 1 to 6; 0: no heading
	From  int    // byte offsets into Book.Text: the section, prose of its phase included, ...
	To    int    // ... up to the next step's section
	Hash  string // short digest of the section's text: usual times survive edits elsewhere
	Why   string // why the parser made it a step, for `show`

	Items  []Item
	Fences []*Block // unlabelled fences that stand between the items: text, until armed

	Reached  []string // objectives whose clocks stop when the step is finished
	Moments  []string // moments that are set when the step is finished
	Takes    time.Duration
	When     Mode // "": in both
	On       string
	Role     string
	Optional bool
	Witness  bool
}

// ItemKind says what an item asks for.
type ItemKind string

// The four kinds of items.
const (
	Check    ItemKind = "check"
	Question ItemKind = "question"
	Command  ItemKind = "command"
	Choice   ItemKind = "choice"
)

// An Item is one thing to do inside a step.
type Item struct {
	ID    string // step id, "/", place within the step from 1: "export-evidence/2"
	Kind  ItemKind
	Text  string // plain text of a check, question or choice; first line of a command
	Line  int
	Col   int
	From  int // byte offsets into Book.Text
	To    int
	Depth int    // 0 outer, 1 nested
	Label string // the label ("Recovery Steps") above a nested item; "": none
	Why   string // why the parser made it this kind, for `show`

	Warnings []string // plain text of the warnings that stand right before it
	Note     string   // plain text kept with the item: expected results, remarks
	Reading  bool     // a reading stop of a foreign file: skipped without a reason

	Ask     *Ask     // of a question
	Blocks  []*Block // of a command; of a check: the fences inside it, in order
	Options []Option // of a choice, or the one link that a check begins with
}

// An Ask is what a question wants to know.
type Ask struct {
	Name    string   // exported to later blocks under this name; "": not exported
	Type    string   // "time", "choice" or "text"
	Allowed []string // of a choice: one of these
	Hint    string   // the remark after the blank
}

// An Option is a place where the walk can go on.
type Option struct {
	Text string // the link's text
	Rest string // what stands after the link
	Step string // id of a step in this book, or in Book when that is set; "": the first
	Book string // another runbook file as linked; "": this one

	// Section lists the steps under the linked heading, Step first: what is not
	// taken when another option is picked, and where a detour may go before it
	// comes back. Empty for another book.
	Section []string
	Line    int
}

// A Block is a command as written, with its attributes.
type Block struct {
	Name  string // from name=; "": none
	Lang  string // first word of the info string: sh, bash, zsh, shell, console, fish, pwsh; "": unlabelled, can be armed
	Text  string // what the shell is given: prompts and sample output removed
	Line  int    // of the fence
	Col   int
	Hash  string // SHA-256 of Text, short: what "armed" and usual times refer to
	Wrong string // why it can't run: a malformed attribute, file:line:col included; "": it can

	Interpreter string // path or name; "": from Lang
	Cwd         string
	Interactive bool
	Background  bool
	After       string // name of a background block whose success is awaited

	Timeout    time.Duration // 0: none
	Takes      time.Duration // 0: not said
	Expect     *Expect
	Probe      bool
	RetryTimes int           // tries in all; 0: not said
	RetryFor   time.Duration // every 5 s for so long
	Danger     bool
	Preview    string // name of the block that lists what will be touched
	Max        int    // most lines of the preview; 0: no limit
	HasMax     bool
	Rollback   string
	Fact       string
	Secret     string
	When       Mode
	On         string

	Placeholders []string // of a foreign file: "<name>", "CHANGEME", "[old-user]", in order, each once
}

// An Expect is what a block's output must hold.
type Expect struct {
	Text  string // as written, slashes of a regular expression included
	Regex bool
}

// Mode is what a run is for.
type Mode string

// The two modes of a run. They are never mixed in one average.
const (
	Live  Mode = "live"
	Drill Mode = "drill"
)

// Place is the place of a step in the book, from 0; -1: it has no such step.
func (b *Book) Place(id string) int {
	return slices.IndexFunc(b.Steps, func(s Step) bool { return s.ID == id })
}

// Step finds a step by id.
func (b *Book) Step(id string) (*Step, bool) {
	if i := b.Place(id); i >= 0 {
		return &b.Steps[i], true
	}
	return nil, false
}

// Item finds an item by id.
func (b *Book) Item(id string) (*Step, *Item, bool) {
	for i := range b.Steps {
		for j := range b.Steps[i].Items {
			if b.Steps[i].Items[j].ID == id {
				return &b.Steps[i], &b.Steps[i].Items[j], true
			}
		}
	}
	return nil, nil, false
}

// Blocks are those of all items, in the order of the document, with whether a
// run in a mode has them: its steps and its blocks may be for the other one.
func (b *Book) Blocks(mode Mode) iter.Seq2[*Block, bool] {
	return func(yield func(*Block, bool) bool) {
		for i := range b.Steps {
			for j := range b.Steps[i].Items {
				for _, bl := range b.Steps[i].Items[j].Blocks {
					if !yield(bl, b.Steps[i].When.Applies(mode) && bl.When.Applies(mode)) {
						return
					}
				}
			}
		}
	}
}

// Block finds a named block, also one that is no item of its own (a preview or
// a rollback).
func (b *Book) Block(name string) (*Block, bool) {
	bl, ok := b.Named[name]
	return bl, ok
}
