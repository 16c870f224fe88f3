package plain

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
)

const two = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n- [ ] First\n- [ ] Last\n"

// TestInterruptTwice: at the prompt, ctrl+c is explained once and leaves the
// second time; a line in between takes the first one back.
func TestInterruptTwice(t *testing.T) {
	tell(t, two, drill, nil, func(s *story) {
		s.signal(Interrupt)
		s.shows("ctrl+c again leaves; the run stays open\n", "Enter: tick \"First\"")
		s.types("n still here")
		s.shows("still here (ann)")
		s.signal(Interrupt)
		s.shows("ctrl+c again leaves", "> ")
		s.signal(Interrupt)
		if err := s.over(); err != nil {
			t.Error(err)
		}
		s.shows("left      by ctrl+c or a signal", "left: the run is open", "lifeboat resume abcdef")
		if s.w.run.Left != "signal" {
			t.Errorf("left: %q", s.w.run.Left)
		}
	})
}

// TestLeaving: every way out is in the log, with its reason.
func TestLeaving(t *testing.T) {
	for why, leave := range map[string]func(*story){
		"asked":  func(s *story) { s.types("q") },
		"hangup": func(s *story) { s.signal(Hangup) },
		"signal": func(s *story) { s.signal(Terminate) },
		"input":  func(s *story) { _ = s.in.Close() },
	} {
		t.Run(why, func(t *testing.T) {
			tell(t, two, drill, nil, func(s *story) {
				leave(s)
				s.left(why)
				s.shows("\nleft: the run is open", "lifeboat resume abcdef\n")
			})
		})
	}
}

// TestQuestionGivenUp: ctrl+c at a question of the walk's own goes back to the
// prompt, the end of the input and the other signals leave.
func TestQuestionGivenUp(t *testing.T) {
	tell(t, two, drill, nil, func(s *story) {
		s.types("s")
		s.shows("why: ")
		s.signal(Interrupt)
		s.shows("\n  refused: no answer was given, so nothing was done\n", "Enter: tick \"First\"")
		s.types("n")
		s.passes(90 * time.Second) // the note has the time of its key, not of its text
		s.w.elsewhere(runbook.NoteTaken{Text: "from elsewhere", Tag: "note"})
		s.passes(time.Second)
		s.shows("note: ", "from elsewhere (zoe)", "note: ")
		s.types("a thought")
		s.shows("00:00:00Z note      a thought (ann)")
		s.types("s")
		s.signal(Hangup)
		s.left("hangup")
	})
}

const slow = "---\nlifeboat: 1\n---\n# Book\n\n## Step\n\n```sh\nwork\n```\n\n- [ ] Last\n"

// TestInterruptCommand: the first ctrl+c stops the command, which then holds;
// the walk goes on.
func TestInterruptCommand(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Out: "part one\n", Takes: time.Hour}
		s.types("")
		s.passes(10 * time.Second)
		s.shows("| part one\n")
		s.signal(Interrupt)
		s.shows("stopping it: TERM now", "FAILED    stopped after 0:10, 1 line", "HOLD: it failed (stopped): $ work")
	})
}

// TestInterruptCommand_twice: the second ctrl+c leaves a command that doesn't
// end; it goes on and that is said.
func TestInterruptCommand_twice(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Takes: time.Hour, Stubborn: true}
		s.types("")
		s.signal(Interrupt)
		s.shows("stopping it: TERM now")
		s.signal(Interrupt)
		s.left("signal")
		s.shows("left: the run is open", "still running, and kept: work", "lifeboat resume")
	})
}

// TestHangupDuringCommand: a lost line leaves at once, and stops nothing.
func TestHangupDuringCommand(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Takes: time.Hour}
		s.types("")
		s.signal(Hangup)
		s.left("hangup")
		if len(s.w.run.Running()) != 1 {
			t.Error("the command was stopped")
		}
	})
}

// TestAbandonedQuestion: a line that is typed after ctrl+c at an engine's
// question is neither lost nor taken as its answer.
func TestAbandonedQuestion(t *testing.T) {
	const book = "# Guide\n\n## Step\n\n```sh\ndo <it>\n```\n\n- [ ] Last\n"
	tell(t, book, drill, nil, func(s *story) {
		s.types("a", "")
		s.shows("what stands for <it>? (Enter gives up): ")
		s.signal(Interrupt)
		s.shows("refused: no answer", "Enter: run $ do <it>")
		s.types("n not an answer")
		s.shows("not an answer (ann)")
		if st := s.w.run.Item("book/step/1"); len(st.Filled) > 0 {
			t.Errorf("filled: %v", st.Filled)
		}
		s.types("", "that", "")
		s.shows("<it> = that", "run       $ do that")
	})
}

// TestNotesFromElsewhere: what others write is shown at once, and the prompt
// stands below it again, whether the walk waits or a command runs.
func TestNotesFromElsewhere(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Out: "one\n", After: "two\n", Takes: 10 * time.Second}
		s.passes(time.Minute) // nothing happens, so nothing is printed again
		if n := strings.Count(s.out.text(), "Enter: run"); n != 1 {
			t.Errorf("the prompt stands there %d times", n)
		}
		s.w.elsewhere(runbook.NoteTaken{Text: "the phone rings", Tag: "said"})
		s.passes(time.Second)
		s.types("")
		s.passes(3 * time.Second)
		s.w.elsewhere(runbook.CommandPassed{From: "ann", To: "zoe", Summary: "tired"})
		s.passes(20 * time.Second)
		s.types("?", "i")
		s.golden()
	})
}

const background = "---\nlifeboat: 1\n---\n# Book\n\n## One\n\n```sh {name=copy background}\ncopy\n```\n\n- [ ] Meanwhile\n\n```sh {after=copy}\nuse\n```\n\n## Two\n\n- [ ] Last\n"

// TestBackground: the walk goes on, waiting is offered and shows the output,
// and the end is told where the walk stands.
func TestBackground(t *testing.T) {
	tell(t, background, drill, nil, func(s *story) {
		s.w.Plays["copy"] = play{Out: "copying\n", After: "copied\n", Takes: 50 * time.Second}
		s.types("", "", "o", "")
		s.passes(2 * time.Minute)
		s.types("", "q")
		s.golden()
	})
}

// TestBackground_stopped: ctrl+c while the walk waits for it stops it, and so
// does x at the prompt.
func TestBackground_stopped(t *testing.T) {
	for _, how := range []string{"ctrl+c", "x"} {
		t.Run(how, func(t *testing.T) {
			tell(t, background, drill, nil, func(s *story) {
				s.w.Plays["copy"] = play{Out: "copying\n", Takes: time.Hour}
				s.types("", "")
				s.shows("Enter: wait for \"copy\"")
				if how == "x" {
					// The way is offered where the walk stands on the command itself.
					s.types("g 1", "")
				} else {
					s.types("")
				}
				s.signal(Interrupt)
				s.shows("stopping it", "FAILED    stopped", "$ copy")
			})
		})
	}
}

// TestBackground_fails: a command that fails while the walk is elsewhere is
// told with its last lines, and there is a key that leads to it.
func TestBackground_fails(t *testing.T) {
	const book = "---\nlifeboat: 1\n---\n# Book\n\n## One\n\n```sh {background}\ncopy\n```\n\n## Two\n\n- [ ] Here\n- [ ] There\n"
	tell(t, book, drill, nil, func(s *story) {
		s.w.Plays["copy"] = play{Out: "1\n2\n3\n4\n5\n6\nno space\n", Exit: 1, Takes: time.Minute}
		s.types("")
		s.shows("started   in the background")
		s.types("", "")
		s.passes(2 * time.Minute)
		s.types("j")
		s.golden()
		if s.w.run.Current != "book/one" {
			t.Errorf("at %s", s.w.run.Current)
		}
	})
}

// TestPromptChanges: what is typed at the moment at which the prompt changes by
// itself was meant for the one before, so it does nothing.
func TestPromptChanges(t *testing.T) {
	tell(t, background, drill, nil, func(s *story) {
		s.w.Plays["copy"] = play{Takes: time.Minute}
		s.types("", "")
		s.shows("Enter: wait for \"copy\"")
		s.passes(60*time.Second + calm/2)
		s.shows("ok        after 1:00", "Enter: run $ use")
		s.types("")
		s.shows("not used: the prompt has just changed", "Enter: run $ use")
		if n := len(s.w.run.Attempts); n != 1 {
			t.Fatalf("%d commands ran", n)
		}
		s.passes(2 * time.Second)
		s.types("")
		s.shows("run       $ use")
	})
}

// TestTypedTooEarly: lines that were typed while a command ran are not answers
// to what comes after it, and that is said.
func TestTypedTooEarly(t *testing.T) {
	early := ""
	change := func(o *Options, _ *world) {
		o.Discard = func() string {
			defer func() { early = "" }()
			return early
		}
	}
	tell(t, dangerous, drill, change, func(s *story) {
		early = "\n\n"
		s.types("")
		s.shows("type where this will act")
		s.lacks("typed before")
		early = "happy-otter-123\n"
		s.types("")
		s.shows("typed before the question was there, so not used: happy-otter-123", "Enter: prove the target")
		early = "practice"
		s.types("")
		s.shows("not used: practice", "DANGER on DRILL practice", "type where this will act")
	})
}

// TestLogCantBeWritten: nothing is done by itself over and over, each problem
// is said once, and the walk goes on when it is over.
func TestLogCantBeWritten(t *testing.T) {
	full := errors.New("no space left on device")
	tell(t, two, drill, func(_ *Options, w *world) { w.fails(full, nil) }, func(s *story) {
		s.shows("ERROR: no space left on device", "hint: ", "Enter: begin with \"Step\"")
		s.w.fails(full, errors.New("the log is locked"))
		s.passes(time.Minute)
		s.shows("ERROR: the log is locked", "Enter: begin with")
		if n := strings.Count(s.out.text(), "ERROR"); n != 2 {
			t.Errorf("%d errors were shown:\n%s", n, s.out.text())
		}
		s.types("")
		s.w.fails(full, nil)
		s.types("")
		s.shows("ERROR: no space left", "Enter: begin with")
		s.w.fails(nil, nil)
		s.types("", "")
		s.shows("1. Step", "done      First")
		s.w.fails(full, nil)
		s.types("q")
		if err := s.over(); !errors.Is(err, full) {
			t.Errorf("left with %v", err)
		}
		s.shows("ERROR: no space left", "left: the run is open", "lifeboat resume abcdef")
	})
}

type hinted struct{ error }

func (hinted) Hint() string { return "free some space" }

func TestErrorsHint(t *testing.T) {
	tell(t, two, drill, func(_ *Options, w *world) { w.fails(fmt.Errorf("log: %w", hinted{errors.New("full")}), nil) }, func(s *story) {
		s.shows("ERROR: log: full", "hint: free some space")
		s.w.fails(nil, nil)
	})
}

// TestResume: after a crash it is said where the walk stands, what was running,
// that nobody knows how it ended, and what it printed last.
func TestResume(t *testing.T) {
	change := func(_ *Options, w *world) {
		w.Plays["work"] = play{Out: "part one\npart two", Takes: time.Hour}
		w.open(onProduction)
		w.Write(runbook.StepEntered{Step: "book/step", By: "next"})
		if err := w.Command(t.Context(), runbook.CommandIntended{Item: "book/step/1", Text: "work", Background: true}); err != nil {
			t.Error(err)
		}
		w.Live[1].Keep.Close()
		time.Sleep(5 * time.Minute)
		w.past = len(w.log)
		w.Write(runbook.RunResumed{Away: 5 * time.Minute}, runbook.OutcomeUnknown{Attempt: 1, Seen: "gone"})
	}
	tell(t, slow, onProduction, change, func(s *story) {
		s.types("", "k", "the restore is there, I looked", "")
		s.golden()
		if st := s.w.run.Item("book/step/1"); !st.Done || st.As != "counts_as_done" {
			t.Errorf("%+v", st)
		}
	})
}

// TestLine: before there is a walk, ctrl+c and the end of the input are errors.
func TestLine(t *testing.T) {
	for name, act := range map[string]func(*story){
		"interrupt": func(s *story) { s.signal(Interrupt) },
		"hangup":    func(s *story) { s.signal(Hangup) },
		"end":       func(s *story) { _ = s.in.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			ask(t, func(s *story, got func() (string, error)) {
				act(s)
				if line, err := got(); err == nil {
					t.Errorf("got %q", line)
				}
				s.shows("which target: \n")
			})
		})
	}
	ask(t, func(s *story, got func() (string, error)) {
		s.types("production")
		if line, err := got(); err != nil || line != "production" {
			t.Errorf("got %q, %v", line, err)
		}
		s.shows("which target: production\n")
	})
}

// TestNoLongerWaiting: where the walker only waits and nothing can be stopped,
// ctrl+c goes back to the prompt.
func TestNoLongerWaiting(t *testing.T) {
	tell(t, slow, drill, nil, func(s *story) {
		s.w.Plays["work"] = play{Out: "first\n", Takes: time.Hour, Pause: true}
		s.types("")
		s.signal(Interrupt)
		s.shows("no longer waiting, and what runs goes on", "Enter: wait for \"work\"")
		s.types("")
		s.signal(Interrupt)
		s.signal(Interrupt)
		s.shows("ctrl+c again leaves; the run stays open, and what runs goes on")
		if n := strings.Count(s.out.text(), "| first"); n != 1 {
			t.Errorf("what it printed was shown %d times", n)
		}
	})
}

// TestCancelled: the end of the context leaves, at the prompt, at a question
// and while a command runs.
func TestCancelled(t *testing.T) {
	for name, before := range map[string][]string{"prompt": nil, "question": {"s"}, "command": {""}} {
		t.Run(name, func(t *testing.T) {
			tell(t, slow, drill, nil, func(s *story) {
				s.w.Plays["work"] = play{Takes: time.Hour}
				s.types(before...)
				s.cancel()
				s.left("signal")
			})
		})
	}
}

// TestOtherKeys: what may be done at any time, with and without what it needs.
func TestOtherKeys(t *testing.T) {
	const book = "---\nlifeboat: 1\nobjectives: {critical: 1h}\n---\n# Book\n\n## One\n\nText of one.\n\n- [ ] First\n\nAfter it.\n\n## Two (optional)\n\n- [ ] Second\n\n## Three\n\n- [ ] Third\n"
	staging := runbook.RunOpened{Mode: runbook.Live, Target: "staging"}
	tell(t, book, staging, nil, func(s *story) {
		s.w.Plays["ls"] = play{Out: "a file\n"}
		s.types("!ls", "!", "v", "g 2", "g nine", "g 9", "S", "g 1", "S", "", "S no time", "u 1", "", "u 1 more came", "l")
		s.types("w", "w bob", "i", "what", "/n slash or not", "x", "c")
		s.passes(time.Hour)
		s.types("c", "q")
		s.golden()
	})
}
