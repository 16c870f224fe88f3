package engine_test

import (
	"slices"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

func TestTarget_on(t *testing.T) {
	story(t, func(w *world) {
		w.targets["staging"] = engine.Target{Name: "staging", Env: []string{"URL=https://staging", "ADMIN=staging-admin-value"}}
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"URL=https://practice", "ADMIN=practice-admin-value"}}
		w.secret = []string{"staging-admin-value", "practice-admin-value"}
		w.begin(doc("secrets: [ADMIN]\n", sh("first $ADMIN", "on=staging"), sh("second", ""), sh("third", "on=staging"), sh("fourth", "on=prod")))
		w.enter()
		w.enter()
		w.sees("URL", "https://staging")
		w.sees("ADMIN", "secret staging-admin-value")
		w.sees("LIFEBOAT_TARGET", "staging")
		w.told("secret_given name=ADMIN from=target", "command_intended … target=staging")
		w.enter()
		w.sees("URL", "https://practice")
		w.sees("ADMIN", "secret practice-admin-value")
		w.enter()
		w.sees("ADMIN", "secret staging-admin-value")
		w.refused(runbook.Perform{Item: "book/step/4"}, "a drill can't reach it")
		w.counted("secret_given", 1)
		// What one target's secret was stays hidden while another's is in use.
		if !slices.ContainsFunc(w.job().Redact, func(s runbook.Secret) bool { return s.Reveal() == "practice-admin-value" }) {
			w.t.Error("the other target's value isn't redacted")
		}
	})
}

func TestTarget_unknownIsNoEnd(t *testing.T) {
	story(t, func(w *world) {
		w.begin(doc("", sh("act", "on=nowhere")))
		w.enter()
		if err := w.eng.Do(w.t.Context(), runbook.Perform{Item: one}); err == nil {
			w.t.Fatal("it ran")
		}
		w.do(runbook.Tick{Item: one, As: "by_hand"})
		w.walk()
		w.ended("recovered")
	})
}

func TestDir_gone(t *testing.T) {
	story(t, func(w *world) {
		w.on("cd", way{dir: "/tmp/x"})
		w.begin(doc("", sh("cd", ""), sh("act", "")))
		w.enter()
		w.enter()
		w.gone["/tmp/x"] = true
		w.refused(runbook.Perform{Item: two}, "/tmp/x is not there")
		w.counted("command_intended", 1)
		w.on("mkdir", way{dir: "/tmp/x"})
		w.do(runbook.AdHoc{Text: "mkdir"})
		if w.job().Dir != "/work" {
			w.t.Errorf("typed command ran in %s", w.job().Dir)
		}
		w.gone["/tmp/x"] = false
		w.walk()
		w.ended("recovered")
		if w.job().Dir != "/tmp/x" {
			w.t.Errorf("ran in %s", w.job().Dir)
		}
	})
}

func TestDir_resumedElsewhere(t *testing.T) {
	story(t, func(w *world) {
		w.on("act", way{exit: 1}, way{})
		w.begin(doc("", sh("act", "cwd=/opt"), sh("more", "")))
		w.enter()
		w.enter()
		w.do(runbook.Release{Item: one, How: "anyway", Reason: "why not"})
		w.on("more", way{exit: 1}, way{})
		w.enter()
		w.cwd = "/home/bob"
		w.resume()
		w.do(runbook.Perform{Item: two})
		if w.job().Dir != "/work" {
			w.t.Errorf("ran in %s", w.job().Dir)
		}
	})
}

func TestEnvironment(t *testing.T) {
	story(t, func(w *world) {
		w.env = []string{"PATH=/usr/bin", "LIFEBOAT_BOOK_DIR=/old", "A=process", "B=process", "C=process"}
		w.targets["practice"] = engine.Target{Name: "practice", Env: []string{"B=target", "C=target"}}
		w.on("act", way{set: map[string]string{"C": "block", "PATH": "/opt/bin:/state/01RUN/bin:/usr/bin"}, unset: []string{"A"}})
		w.begin(doc("", sh("act", ""), sh("look", "timeout=5s")))
		w.enter()
		w.enter()
		for name, want := range map[string]string{
			"A": "process", "B": "target", "C": "target", "PATH": "/state/01RUN/bin:/usr/bin",
			"LIFEBOAT_RUN": "01RUN", "LIFEBOAT_MODE": "drill", "LIFEBOAT_TARGET": "practice", "LIFEBOAT_DIR": "/state/01RUN",
			"LIFEBOAT_STEP": "book/step", "LIFEBOAT_FACTS": "/state/01RUN/attempts/0001/facts", "LIFEBOAT_BOOK_DIR": "/books",
		} {
			w.sees(name, want)
		}
		w.enter()
		for name, want := range map[string]string{"A": "-", "B": "target", "C": "block", "PATH": "/state/01RUN/bin:/opt/bin:/usr/bin"} {
			w.sees(name, want)
		}
		if w.job().Timeout != 5*time.Second {
			w.t.Errorf("timeout %s", w.job().Timeout)
		}
	})
}

func TestEnvironment_shippedBook(t *testing.T) {
	story(t, func(w *world) {
		w.env = append(w.env, "LIFEBOAT_BOOK_DIR=/old")
		w.tweak = func(b *runbook.Book) { b.Source = "shipped:book.md" }
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.enter()
		w.sees("LIFEBOAT_BOOK_DIR", "-")
	})
}

func TestEnvironment_emptyPathIsNotTheDirectory(t *testing.T) {
	story(t, func(w *world) {
		w.env = nil
		w.begin(doc("", sh("act", "")))
		w.enter()
		w.enter()
		w.sees("PATH", "/state/01RUN/bin")
	})
}
