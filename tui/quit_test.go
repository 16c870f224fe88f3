package tui

import (
	"image/color"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/tui/home"
	"lifeboat/tui/ui"
)

// newApp is the program without a terminal.
func newApp(t *testing.T) *App {
	t.Helper()
	a, err := New(Options{Station: newWorld(t), Now: time.Now, After: time.After, Signs: ui.Unicode})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestQuit_answer: a program that ends as soon as it has begun waits for what it asked
// the terminal, which a shell would take for something typed; but not for long, and no
// key means anything meanwhile.
func TestQuit_answer(t *testing.T) {
	quits := func(cmd tea.Cmd) bool {
		if cmd == nil {
			return false
		}
		_, quits := cmd().(tea.QuitMsg)
		return quits
	}
	begin := func(t *testing.T) *App {
		t.Helper()
		a := newApp(t)
		a.Init()
		return a
	}
	synctest.Test(t, func(t *testing.T) {
		a, since := begin(t), time.Now()
		_, cmd := a.Update(Signal{"signal"})
		if _, key := a.Update(tea.KeyPressMsg{Code: '?', Text: "?"}); key != nil || len(a.dialogs) > 0 {
			t.Error("a key is heard at the end")
		}
		if _, answered := a.Update(tea.BackgroundColorMsg{Color: color.White}); !quits(answered) {
			t.Error("it doesn't end with the answer")
		}
		if !quits(cmd) || time.Since(since) != answerWait {
			t.Errorf("without an answer it ends after %v", time.Since(since))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		a, since := begin(t), time.Now()
		a.Update(tea.BackgroundColorMsg{Color: color.White})
		if _, cmd := a.Update(Signal{"signal"}); !quits(cmd) || time.Since(since) != 0 {
			t.Errorf("once it was answered it ends after %v", time.Since(since))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		a, since := begin(t), time.Now().Add(answerMost)
		time.Sleep(answerMost)
		if _, cmd := a.Update(Signal{"signal"}); !quits(cmd) || time.Since(since) != 0 {
			t.Errorf("when no answer can be expected any more it ends after %v", time.Since(since))
		}
	})
}

// TestHome_first: while home is read nothing is begun, which would be gone when home
// comes.
func TestHome_first(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t)
		a.Push(home.New(a, home.Contents{All: true}))
		read := a.goHome()
		if begun := a.Ask(ui.Resume{Run: "01JOLD0000000000000000000A"}); begun != nil {
			t.Error("a run is taken up meanwhile")
		}
		a.Update(read())
		if len(a.stack) != 1 || a.working != "" {
			t.Errorf("%d screens, at work on %q", len(a.stack), a.working)
		}
	})
}
