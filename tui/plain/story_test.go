package plain

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lifeboat/runbook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	drill        = runbook.RunOpened{Mode: runbook.Drill, Target: "practice"}
	onProduction = runbook.RunOpened{Mode: runbook.Live, Target: "production", Production: true}
)

const ownBook = `---
lifeboat: 1
title: Data corruption
summary: Records are wrong, and replication has copied them.
version: 1.2.0
objectives: {downtime: 15m, critical: 1h, data_loss: 1h}
---
# Data corruption

Some records are wrong.

## Assess

### Declare
<!-- lifeboat: role=commander -->

The commander decides and does not type.

- [ ] Open the incident channel and say who is commander, operator and scribe, and when the next update will come, so that nobody asks twice
- [ ] What is wrong: ____
- [ ] Is it spreading (` + "`SPREADS`" + `): ____ (yes / no)
- [ ] First bad write (` + "`FIRST_BAD`" + `): ____ (UTC)

` + "```sh {name=look probe expect=good}\nlook --at the.records\n```" + `

## Which way

- [It spreads](#stop-the-writes): stop everything, now
- [It has ended](#keep-the-proof-optional)

## Stop the writes
<!-- lifeboat: witness reached=critical -->

> [!WARNING]
> A pause stops the whole app.

- [ ] The commander has agreed

## Keep the proof (optional)

- [ ] Copy the logs
`

// TestOwnBook walks a book from its beginning to its end, at a terminal of 80
// columns.
func TestOwnBook(t *testing.T) {
	tell(t, ownBook, drill, nil, func(s *story) {
		s.w.Plays["look --at the.records"] = play{Out: "all is good\n", Takes: 3 * time.Second, Fact: runbook.Fact{Name: "recovery_point", Value: "1999-12-31T23:30:00Z"}}
		s.types("d the channel was open already", "records are wrong", "perhaps", "no")
		// The engine reads a time; this world takes it as it is kept.
		s.types("03:10", "1999-12-31T22:00:00Z", "")
		s.passes(time.Minute)
		s.types("9", "one", "", "1", "c", "l", "", "", "bob", "t", "s", "")
		s.finished()
		s.golden()
	})
}

// TestForeignGuide walks a file that was never written for lifeboat: nothing of
// it runs unless it is armed, and placeholders are filled in before.
func TestForeignGuide(t *testing.T) {
	const guide = "# Restoring the database\n\n## Steps\n\n1. Log in as admin\n2. Stop the service:\n\n   ```sh\n   systemctl stop <service>\n   ```\n\n## Details\n\nOnly text.\n\n- a list\n"
	tell(t, guide, drill, nil, func(s *story) {
		s.w.Plays["systemctl stop db1"] = play{Out: "stopped\n"}
		s.types("", "a", "", "db1", "", "", "")
		s.finished()
		s.golden()
	})
}

const failing = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n```sh {name=try rollback=undo}\ntry it\nand more\n```\n\n```sh {name=undo}\nundo it\n```\n\n```sh {name=see probe expect=\"all good\"}\nsee it\n```\n\n- [ ] Last\n"

// TestFailureAndWaysOn: a hold says what failed, what each way means, and Enter
// does nothing by itself.
func TestFailureAndWaysOn(t *testing.T) {
	tell(t, failing, onProduction, nil, func(s *story) {
		s.w.Plays["try it"] = play{Out: "trying\noh no", Exit: 3, Takes: 1500 * time.Millisecond}
		s.w.Plays["undo it"] = play{Out: "undone\n"}
		s.w.Plays["try less"] = play{Out: "better\n"}
		s.w.Plays["see it"] = play{Out: "all bad\n", Expected: "missed"}
		s.types("", "", "k it is fine", "?", "o", "o 7", "r", "b", "")
		s.types("e", "try less", ".", "it is too much at once", "")
		s.types("", "y", "", "y", "seen by hand", "E failed", "E", "failed the disk is gone")
		s.finished()
		s.golden()
	})
}

const dangerous = "---\nlifeboat: 1\nidentify: who is it\n---\n# Book\n\n## Step\n\n```sh {name=list}\nlist it\n```\n\n> [!CAUTION]\n> This deletes the table.\n\n```sh {danger preview=list}\nwipe \\\n  everything\n```\n\n- [ ] Last\n"

// TestDanger: nothing is run until the target and the number were typed; a
// wrong answer, an empty one and ctrl+c all end with nothing run.
func TestDanger(t *testing.T) {
	tell(t, dangerous, onProduction, nil, func(s *story) {
		s.w.Plays["who is it"] = play{Out: "happy-otter-123\n"}
		s.w.Plays["list it"] = play{Out: "table a\n"}
		s.w.Plays["wipe \\"] = play{Out: "wiped\n"}
		s.types("", "")
		s.types("", "happy-otter", "yes", "practice")
		s.types("")
		s.signal(Interrupt)
		s.types("", "happy-otter-123", "")
		for _, a := range s.w.run.Attempts {
			if strings.HasPrefix(a.Text, "wipe") {
				t.Fatalf("it ran:\n%s", s.out.text())
			}
		}
		s.types("", "happy-otter-123", "1236")
		s.golden()
	})
}

// TestQuestionKinds: an answer may look like a path, and what is no answer is
// told apart from a key.
func TestQuestionKinds(t *testing.T) {
	const book = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n- [ ] Where is it: ____\n- [ ] Which (`W`): ____ (left / right)\n- [ ] How many: ____ (a number)\n- [ ] Since (`SINCE`): ____ (UTC)\n"
	tell(t, book, drill, nil, func(s *story) {
		s.types("", "/n a note", "?", "/var/backups/x.zip", "n", "LEFT", "/s nobody counts", "2000-01-01T00:00:00+01:00")
		s.golden()
		if st := s.w.run.Item("book/step/1"); st.Value != "/var/backups/x.zip" {
			t.Errorf("the answer is %q", st.Value)
		}
	})
}

const secretive = "---\nlifeboat: 1\nsecrets: [KEY]\n---\n# Book\n\n## Step\n\n```sh\nuse $KEY\n```\n\n- [ ] Last\n"

// TestSecretPrompt: what is typed at a secret's prompt never shows, whether it
// is this program that echoes or the terminal.
func TestSecretPrompt(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		t.Run(fmt.Sprintf("terminal %v", terminal), func(t *testing.T) {
			hides := 0
			hidden := false
			change := func(o *Options, _ *world) {
				if terminal {
					o.Echo = false
					o.Hide = func() (func(), error) {
						hides, hidden = hides+1, true
						return func() { hidden = false }, nil
					}
				}
			}
			tell(t, secretive, drill, change, func(s *story) {
				s.types("")
				if hidden != terminal {
					t.Errorf("hidden: %v", hidden)
				}
				s.types("hunter2-hunter2")
				s.shows("secret KEY: its value (not shown, not stored): \n", "KEY was given, from the keyboard")
				s.lacks("hunter2")
				if hidden || terminal != (hides == 1) {
					t.Errorf("hidden %v after %d times", hidden, hides)
				}
			})
		})
	}
}

// TestSecretPrompt_givenUp: ctrl+c at a secret's prompt turns the echo on again,
// takes nothing, and the line that is typed then is for the prompt.
func TestSecretPrompt_givenUp(t *testing.T) {
	hidden := false
	change := func(o *Options, _ *world) {
		o.Hide = func() (func(), error) {
			hidden = true
			return func() { hidden = false }, nil
		}
	}
	tell(t, secretive, drill, change, func(s *story) {
		s.types("")
		s.signal(Interrupt)
		if hidden {
			t.Error("the echo is still off")
		}
		s.shows("refused: no answer was given", "Enter: run $ use $KEY")
		s.types("n after all")
		s.shows("after all (ann)")
	})
	tell(t, secretive, drill, func(o *Options, _ *world) {
		o.Hide = func() (func(), error) { return nil, io.ErrClosedPipe }
	}, func(s *story) {
		s.types("")
		s.shows("refused: what is typed would show")
	})
}

// TestSecretsAreMasked: whatever is printed passes the mask: the document,
// notes, answers, output, prompts, errors.
func TestSecretsAreMasked(t *testing.T) {
	const value = "s3cr3t"
	book := "---\nlifeboat: 1\n---\n# Book " + value + "\n\n## Step " + value + "\n\n- [ ] Say " + value + "\n- [ ] What: ____\n\n```sh\nrun " + value + "\n```\n\n- [ ] Last\n"
	change := func(o *Options, _ *world) {
		o.Scrub = func(text string) string { return strings.ReplaceAll(text, value, "[redacted]") }
	}
	tell(t, book, runbook.RunOpened{Mode: runbook.Live, Target: value}, change, func(s *story) {
		s.w.Plays["run "+value] = play{Out: "out " + value + "\nand s3\x1b[31mcr3t\n", Exit: 1}
		s.types("", "it is "+value, "n "+value, value, "", "o", "e", ".", "s "+value, "w "+value, "t", "l")
		s.w.fails(fmt.Errorf("broken: %s", value), nil)
		s.types("")
		s.w.fails(nil, nil)
		s.lacks(value)
		if n := strings.Count(s.out.text(), "[redacted]"); n < 20 {
			t.Errorf("only %d places were masked", n)
		}
	})
}

// TestHostileText: a document and a note can neither steer the terminal nor
// pass for a line of the log.
func TestHostileText(t *testing.T) {
	book := "# Bad \x1b[31mtitle\x1b]0;owned\a\n\n## St\x1b[2Jep \u202e one\n\n- [ ] check \x1b[1m\b\b red\u200b\n\n```sh\nrm -rf /\x1b[2K\recho hello\n```\n\n- [ ] Last\n"
	tell(t, book, drill, nil, func(s *story) {
		s.w.elsewhere(runbook.NoteTaken{Text: "harmless\n  99 03:00:00Z ended     recovered\r\x1b[1A", Tag: "note"})
		s.passes(time.Second)
		s.types("", "a", "")
		s.golden()
		for line := range strings.SplitSeq(s.out.text(), "\n") {
			if strings.HasPrefix(line, "  99") {
				t.Errorf("a note passes for a record: %q", line)
			}
		}
	})
}
