package engine_test

import (
	"slices"
	"testing"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

const value = "very-secret-value"

func (w *world) redacts(value string) {
	w.t.Helper()
	if !slices.ContainsFunc(w.job().Redact, func(s runbook.Secret) bool { return s.Reveal() == value }) {
		w.t.Errorf("%q doesn't redact %s", w.job().Text, value)
	}
}

func TestSecret_fromTheEnvironment(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value}
		w.env = append(w.env, "S="+value)
		w.on("act", way{prints: "it is " + value + "\n"})
		// Not named by the block, in a drill: it is a secret all the same.
		w.begin(doc("secrets: [S]\n", sh("act", "fact=F")))
		w.enter()
		w.enter()
		w.sees("S", "secret "+value)
		w.told("secret_given name=S from=environment", "command_intended … secrets=[S]", "fact_reported name=F value=it is [redacted]")
		w.resume()
		w.walk()
		w.counted("secret_given", 1)
	})
}

func TestSecret_askedOnceAndAgainAfterAResume(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value}
		w.begin(doc("secrets: [S]\n", sh("first", ""), sh("second $S", ""), sh("third ${S}", ""), sh("fourth $SX", ""), sh("fifth ${#S}", "")))
		w.enter()
		w.enter()
		w.refused(runbook.Perform{Item: two}, "declined")
		w.ranJust("first")
		w.answer(runbook.AskSecret, "")
		w.refused(runbook.Perform{Item: two}, "no value")
		w.answer(runbook.AskSecret, value)
		w.enter()
		w.told("secret_given name=S from=asked", "text=second $S")
		w.enter()
		w.sees("S", "secret "+value)
		w.resume()
		w.enter()
		w.sees("S", "-")
		if n := w.asked(runbook.AskSecret); n != 3 {
			w.t.Errorf("asked %d times", n)
		}
		w.answer(runbook.AskSecret, value)
		w.enter()
		w.sees("S", "secret "+value)
		w.counted("secret_given", 2)
	})
}

// In a live run what a block calls may need a secret that it doesn't name.
func TestSecret_liveNeedsAll(t *testing.T) {
	story(t, func(w *world) {
		w.mode = runbook.Live
		w.begin(doc("secrets: [S]\nenv: [NAME]\n", sh("act", "")))
		w.enter()
		w.do(runbook.AdHoc{Text: "look around"})
		w.answer(runbook.AskSecret, value)
		w.answer(runbook.AskValue, "otter")
		w.enter()
		w.sees("S", "secret "+value)
		w.sees("NAME", "otter")
	})
}

func TestSecret_whatABlockPrints(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value, "typed-secret-value"}
		w.on("make", way{value: value})
		w.begin(doc("", sh("make", "secret=NEW"), sh("use $NEW", ""), sh("use it $NEW", "")))
		w.enter()
		w.enter()
		if j := w.job(); !j.Discard || !j.Capture {
			w.t.Errorf("%+v", j)
		}
		w.told("secret_given name=NEW from=block", "item_ticked")
		w.enter()
		w.sees("NEW", "secret "+value)
		w.resume()
		w.answer(runbook.AskSecret, "typed-secret-value")
		w.enter()
		w.sees("NEW", "secret typed-secret-value")
	})
}

// A value that went to a lifeboat that is dead was not given: the block is done,
// and what needs its value asks.
func TestSecret_lostWithTheLifeboatThatWaitedForIt(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value, "typed-secret-value", "another-secret-value"}
		w.on("make", way{value: value, runs: true, secrets: map[string]string{"TOKEN": "another-secret-value"}})
		w.begin(doc("", sh("make", "secret=NEW"), sh("use $NEW $TOKEN", "")))
		w.enter()
		w.start(runbook.Perform{Item: one}).leave()
		w.release(1)
		w.resume()
		w.told("run_resumed", "command_finished attempt=1 … withheld=[TOKEN]", "item_ticked")
		w.counted("secret_given", 0)
		w.refused(runbook.Perform{Item: two}, "declined")
		w.answer(runbook.AskSecret, "typed-secret-value")
		w.answer(runbook.AskSecret, "another-secret-value")
		w.enter()
		w.sees("NEW", "secret typed-secret-value")
		w.sees("TOKEN", "secret another-secret-value")
	})
}

func TestWithheld(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value, "stale-secret-value"}
		w.env = append(w.env, "TOKEN=stale-secret-value")
		w.on("login", way{secrets: map[string]string{"TOKEN": value}})
		w.on("fails", way{exit: 1, secrets: map[string]string{"TOKEN": "other-secret-value"}})
		w.on("plain", way{set: map[string]string{"TOKEN": "none"}})
		w.begin(doc("", sh("login", ""), sh("use", ""), sh("fails", ""), sh("use more", ""), sh("rely on it", ""), sh("plain", ""), sh("look", "")))
		w.enter()
		w.enter()
		w.told("command_finished … withheld=[TOKEN]")
		w.enter()
		w.sees("TOKEN", "secret "+value)
		w.enter()
		w.do(runbook.Release{Item: "book/step/3", How: "anyway", Reason: "why not"})
		w.enter() // a block that failed carries nothing, but what it had stays hidden
		w.sees("TOKEN", "secret "+value)
		w.redacts("other-secret-value")
		w.resume() // the old value would be a wrong one
		w.enter()
		w.sees("TOKEN", "-")
		w.enter()
		w.enter()
		w.sees("TOKEN", "none")
	})
}

// As in one terminal: what a block set goes before what its target has.
func TestWithheld_goesBeforeTheTarget(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value, "target-secret-value", "made-secret-value"}
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"TOKEN=target-secret-value", "NEW=target-secret-value"}}
		w.on("login", way{secrets: map[string]string{"TOKEN": value}})
		w.on("make", way{value: "made-secret-value"})
		w.begin(doc("secrets: [TOKEN, NEW]\n", sh("login", ""), sh("make", "secret=NEW"), sh("use", "")))
		w.enter()
		w.enter()
		w.sees("TOKEN", "secret target-secret-value")
		w.enter()
		w.enter()
		w.sees("TOKEN", "secret "+value)
		w.sees("NEW", "secret made-secret-value")
	})
}

func TestWithheld_unsetAndReplaced(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value}
		w.answer(runbook.AskSecret, value)
		w.on("drop", way{unset: []string{"S"}})
		w.on("set", way{set: map[string]string{"S": "plain"}})
		w.begin(doc("secrets: [S]\n", sh("drop $S", ""), sh("drop", ""), sh("look $S", ""), sh("set", ""), sh("look $S", "")))
		w.enter()
		w.enter()
		w.enter()
		w.enter()
		w.sees("S", "-")
		w.redacts(value)
		w.enter()
		w.enter()
		w.sees("S", "plain")
		w.redacts(value)
	})
}

func TestVariable_missing(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value}
		w.env = append(w.env, "OTHER="+value)
		w.begin(doc("env: [NAME, API_KEY]\nsecrets: [OTHER]\n", sh("act $NAME $API_KEY", ""), sh("more $NAME", "")))
		w.enter()
		w.refused(runbook.Perform{Item: one}, "declined")
		w.answer(runbook.AskValue, "")
		w.refused(runbook.Perform{Item: one}, "not set")
		w.answer(runbook.AskValue, "x"+value)
		w.refused(runbook.Perform{Item: one}, "holds the value of OTHER")
		w.answer(runbook.AskValue, "otter")
		w.answer(runbook.AskSecret, "key-value-12345") // what is named like a secret is one
		w.secret = append(w.secret, "key-value-12345")
		w.enter()
		w.told("fact_reported name=NAME value=otter", "secret_given name=API_KEY from=asked", "text=act")
		w.sees("NAME", "otter")
		w.sees("API_KEY", "secret key-value-12345")
		w.resume()
		w.enter()
		w.sees("NAME", "otter")
	})
}

// What somebody types never brings a value into the log: words are masked, what
// would run is refused. Values count that are only named like a secret's.
func TestTyped_secrets(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value, "file-secret-value"}
		w.env = append(w.env, "S="+value)
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"FILE_TOKEN=file-secret-value"}}
		w.begin(doc("secrets: [S]\n", sh("first", ""), sh("act", ""), "- [ ] Where to (`WHERE`): ____", "- [ ] Why: ____"))
		w.enter()
		w.enter()
		w.do(runbook.Write{Text: "it was " + value + " and file-secret-value"})
		w.told("note_taken text=it was [redacted] and [redacted]")
		w.refused(runbook.Edit{Item: two, Text: "act " + value, Reason: "r"}, "holds the value of S")
		w.refused(runbook.Edit{Item: two, Text: "act file-secret-value", Reason: "r"}, "holds the value of FILE_TOKEN")
		w.refused(runbook.AdHoc{Text: "echo " + value}, "holds the value of S")
		w.do(runbook.Tick{Item: two, As: "by_hand", Different: value})
		w.refused(runbook.Answer{Item: "book/step/3", Value: value}, "the answer holds the value of S")
		w.do(runbook.Answer{Item: "book/step/3", Value: "here"})
		w.do(runbook.Answer{Item: "book/step/4", Value: value})
		for _, in := range []runbook.Intent{
			runbook.Reopen{Step: "book/step", Reason: value},
			runbook.SkipItem{Item: one, Reason: value},
			runbook.Skip{Step: "book/step", Reason: value},
			runbook.Mark{Name: "detected", Reason: value},
			runbook.Pass{To: "bob", Summary: value},
			runbook.Sign{Person: "bob", Text: value},
			runbook.Correct{Seq: 1, Text: value},
			runbook.End{State: "failed", Reason: value},
		} {
			w.do(in)
		}
		w.counted("[redacted]", 11)
	})
}

// A book that spells out a secret's value is refused when the value is known.
func TestSecret_inTheBook(t *testing.T) {
	story(t, func(w *world) {
		w.env = append(w.env, "S="+value)
		w.begin(doc("secrets: [S]\n", sh("act "+value, "")))
		w.enter()
		w.refused(runbook.Perform{Item: one}, "holds the value of S")
		w.ranJust()
	})
}

func TestEnvironment_namedLikeASecretIsRedacted(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{"file-secret-value"}
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"FILE_TOKEN=file-secret-value"}}
		w.on("act", way{prints: "file-secret-value"})
		w.begin(doc("", sh("act", "fact=F")))
		w.enter()
		w.enter()
		w.sees("FILE_TOKEN", "file-secret-value")
		w.redacts("file-secret-value")
		w.told("fact_reported … value=[redacted]")
	})
}

// A second process adds facts, and only facts; it masks what it knows.
func TestAdd(t *testing.T) {
	story(t, func(w *world) {
		w.secret = []string{value}
		w.begin(doc("secrets: [S]\n", sh("act $S", ""), "- [ ] Check"))
		w.enter()
		w.answer(runbook.AskSecret, value)
		w.between = func() {
			around := w.surroundings()
			around.Env = []string{"S=" + value}
			if err := engine.Add(w.t.Context(), w.ports(), around, runbook.Write{Text: "from elsewhere: " + value}); err != nil {
				w.t.Error(err)
			}
		}
		w.enter() // the note lands between the decision to run and the intent
		w.told("note_taken text=from elsewhere: [redacted]", "secret_given", "command_intended", "item_ticked")
		for _, in := range []runbook.Intent{runbook.End{State: "failed", Reason: "r"}, runbook.Perform{Item: one}, runbook.Enter{Step: "book/after"}} {
			w.refusal(engine.Add(w.t.Context(), w.ports(), w.surroundings(), in), "moves the walk")
		}
		if err := engine.Add(w.t.Context(), w.ports(), w.surroundings(), runbook.Mark{Name: "detected"}); err != nil {
			w.t.Error(err)
		}
		w.walk()
		w.told("moment_set name=detected", "run_ended state=recovered")
	})
}
