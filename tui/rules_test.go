package tui

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"lifeboat/runbook"
	"lifeboat/tui/ui"
)

// The fifteen rules for people who are tired and afraid, and what holds the screens
// to each of them:
//
//	 1 mode shown in many ways     TestRules_1_modeOnEveryScreen, TestModeIsChosenOnce, TestTooSmall, frameProblems
//	 2 a drill can't reach prod    runbook/engine (TestAdHoc and others: "a drill can't reach it"); here nothing decides it
//	 3 the target, and how old     TestDanger ("It answers", "ago"), golden walk_danger_target; another answer: runbook/engine (danger_test.go)
//	 4 effort as great as harm     TestDanger, TestDanger_wrong, TestLiveStart; one key for what harms nothing: TestNewcomer
//	 5 no dangerous default        TestRules_5_enterNeverDestroys, TestDanger_deaf, TestDanger_held, TestLeave (stay stands first)
//	 6 values, not ticks           TestQuestion, TestDifferent; the count is typed: TestDanger
//	 7 one step, place in sight    TestRules_7_placeInSight, golden walk_unknown (where the walk was taken up again)
//	 8 a step says it is complete  TestRules_8_completion, golden timeline; how many items: runbook/markdown (lint)
//	 9 never colour alone          TestRules_9_legibleWithoutColour, TestThemes, TestRules_9_contrast, ui.TestContrast
//	10 clocks answer a question    TestClocks, TestAlarm, TestAlarm_latestStart; TestRules_10_nothingBlinks
//	11 few alarms, each with a way TestAlarm, TestAlarm_over (one by one), TestAlarm_elsewhere (the bell rings once)
//	12 what the machine does       TestRunning, TestFailure, TestTerminal, golden walk_running (usual time), TestLeave (it goes on)
//	13 a way back on every screen  TestRules_13_wayBack; undo: TestFailure/rollback, golden walk_failed_undo
//	14 cheap notes                 TestNote (the key's time), TestRules_14_noteFromAnywhere, TestHandOver
//	15 the worst terminal, person  every golden at 80x24, TestGolden_small, TestMouse (not needed), tui/plain; TestDanger_look (first minutes)

// everywhere goes to every screen and dialog that a run has, from its briefing to
// after its end.
func (s *story) everywhere(at func(name string)) {
	s.t.Helper()
	live := s.app.status().Mode == runbook.Live
	dialog := func(name string, keys ...string) {
		s.t.Helper()
		s.press(keys...)
		if len(s.app.dialogs) == 0 {
			s.t.Fatalf("%q opened nothing:\n%s", keys, s.Text())
		}
		at(name)
		s.press("esc")
	}
	at("briefing")
	for _, k := range []string{"b", "g", "o", "?", ":"} {
		dialog("briefing "+k, k)
	}
	if live {
		dialog("briefing began", "enter")
		s.press("enter", "enter")
		at("briefing target")
		s.types("production")
	} else {
		s.press("enter")
	}
	at("walk")
	for _, k := range []string{"n", "?", ":", "/", "g", "!", "w", "E", "c", "e", "s"} {
		dialog("walk "+k, k)
	}
	s.w.at = s.w.at.Add(-time.Hour)
	s.press("enter")
	s.ready()
	at("danger")
	s.types("happy-otter-123")
	s.ready()
	at("danger count")
	s.press("esc")
	for _, k := range []string{"t", "o"} {
		s.press(k)
		at("walk " + k)
		dialog("walk "+k+" ?", "?")
		s.press("esc")
	}
	s.press("E", "enter")
	s.types("it was a test")
	at("debrief")
	for _, k := range []string{"n", "S", "?", ":"} {
		dialog("debrief "+k, k)
	}
	for _, k := range []string{"t", "o"} {
		s.press(k)
		at("debrief " + k)
		s.press("esc")
	}
}

// rules tells a story for everywhere.
func rules(t *testing.T, mode runbook.Mode, o setting, do func(*story)) {
	t.Helper()
	o.shelf, o.begin = []shelved{{"book", strings.Replace(dangerous, "lifeboat: 1", "lifeboat: 1\nobjectives: {critical: 1h}", 1)}}, ui.Brief{Book: "book", Mode: mode}
	o.change = func(w *world) {
		w.Plays["who is it"] = play{Out: "happy-otter-123\n"}
		w.Plays["list it"] = play{Out: "table a\ntable b\n"}
	}
	tell(t, o, func(s *story) {
		s.loose = true // frames are looked at by the first rule
		do(s)
	})
}

// modeSigns are the ways in which a frame says what it is.
type modeSigns struct {
	word, glyph, frame, title string
	colour                    color.Color
}

// signs reads them off the screen.
func (s *story) signs() modeSigns {
	top := strings.TrimSpace(s.Lines()[0])
	out := modeSigns{glyph: top[:strings.IndexByte(top, ' ')], colour: s.Cell(0, 0).Style.Bg}
	for _, word := range []string{"LIVE", "DRILL"} {
		if strings.Contains(top, word) {
			out.word += word
		}
		if strings.HasPrefix(s.Title(), word+" ") {
			out.title += word
		}
	}
	for _, corner := range []string{"┌", "╔"} {
		if strings.Contains(s.Text(), corner) {
			out.frame += corner
		}
	}
	return out
}

// TestRules_1_modeOnEveryScreen: a live run and a drill differ in a word, a sign, the
// frames, a colour and the window's title, on every screen and in every dialog.
func TestRules_1_modeOnEveryScreen(t *testing.T) {
	t.Parallel()
	seen := map[runbook.Mode]map[string]modeSigns{runbook.Live: {}, runbook.Drill: {}}
	for mode, want := range map[runbook.Mode]modeSigns{
		runbook.Live:  {word: "LIVE", glyph: ui.SignLive, frame: "╔", title: "LIVE"},
		runbook.Drill: {word: "DRILL", glyph: ui.SignDrill, frame: "┌", title: "DRILL"},
	} {
		rules(t, mode, setting{theme: "dark"}, func(s *story) {
			s.loose = false
			s.everywhere(func(name string) {
				got := s.signs()
				want.colour = got.colour
				seen[mode][name] = got
				if got != want {
					t.Errorf("%s: %+v, want %+v\n%s", name, got, want, s.Text())
				}
				if n := strings.Count(s.Text(), want.word); len(s.app.dialogs) > 0 && n < 2 {
					t.Errorf("the dialog of %s doesn't say %s:\n%s", name, want.word, s.Text())
				}
			})
		})
	}
	if len(seen[runbook.Live]) < 25 {
		t.Errorf("only %d places were looked at", len(seen[runbook.Live]))
	}
	for name, live := range seen[runbook.Live] {
		drill, both := seen[runbook.Drill][name]
		if both && (live.colour == nil || drill.colour == nil || live.colour == drill.colour) {
			t.Errorf("%s: the colour is %v and %v", name, live.colour, drill.colour)
		}
	}
}

// TestRules_5_enterNeverDestroys: however long somebody leans on Enter, nothing
// destructive runs, and no live run begins.
func TestRules_5_enterNeverDestroys(t *testing.T) {
	t.Parallel()
	for _, mode := range []runbook.Mode{runbook.Live, runbook.Drill} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			o := run(mode, shop)
			o.change = shopPlays
			tell(t, o, func(s *story) {
				s.loose = true
				lean := func() {
					for i := range 40 {
						s.press("enter")
						s.passes(time.Duration(i%4) * 300 * time.Millisecond)
					}
				}
				lean()
				if mode == runbook.Live {
					if len(s.w.log) > 0 {
						t.Fatal("a live run was opened")
					}
					s.types("production")
				}
				lean() // into the first question
				for len(s.app.dialogs) > 0 {
					s.press("esc")
				}
				ahead("put the backup")(s)
				lean()
				if s.ran("./restore.sh") || count[runbook.DangerConfirmed](s) > 0 {
					t.Errorf("it ran:\n%s", s.Text())
				}
			})
		})
	}
}

// TestRules_7_placeInSight: whatever step is looked at, it is said which one it is, of
// how many, in which phase, what was before and what comes next.
func TestRules_7_placeInSight(t *testing.T) {
	t.Parallel()
	walks(t, runbook.Drill, shop, func(s *story) {
		titles := []string{"Declare the incident", "Which way?", "Stop the writes", "Keep the proof", "Put the backup back", "Tell everybody"}
		phases := []string{"1/4 Begin", "2/4 Contain", "2/4 Contain", "3/4 Repair", "3/4 Repair", "4/4 Close"}
		for i, title := range titles {
			s.shows(fmt.Sprintf("%s · step %d of 6", phases[i], i+1), title)
			if i > 0 {
				s.shows(titles[i-1])
			}
			if i+1 < len(titles) {
				s.shows("next: " + titles[i+1])
			}
			s.press("J")
		}
	})
}

// TestRules_8_completion: the end of a step is on record, with how long it took.
func TestRules_8_completion(t *testing.T) {
	t.Parallel()
	walks(t, runbook.Drill, steps, func(s *story) {
		s.press("enter")
		s.shows("✓ One 0:0")
		s.press("t")
		s.shows("finished One: complete, in")
	})
}

// TestRules_9_legibleWithoutColour: without colours every state has a sign of its own,
// and what is chosen has one as well.
func TestRules_9_legibleWithoutColour(t *testing.T) {
	t.Parallel()
	text := "---\nlifeboat: 1\nobjectives: {critical: 1h}\n---\n# Book\n\n## Step\n\n- [ ] done\n- [ ] other\n- [ ] out\n\n```sh {name=go when=live}\nlive only\n```\n\n```sh {background}\nruns\n```\n\n```sh\nbreaks\n```\n\n- [ ] open\n"
	o := run(runbook.Drill, text)
	o.theme, o.w, o.h = "none", 80, 40
	o.change = func(w *world) {
		w.Plays["runs"], w.Plays["breaks"] = play{Out: "at work\n", Takes: time.Hour}, play{Out: "broken\n", Exit: 1}
	}
	tell(t, o, func(s *story) {
		s.press("enter", "enter", "d")
		s.types("red")
		s.press("s")
		s.types("no time")
		s.press("enter", "enter")
		s.passes(time.Second)
		signs := map[string]string{}
		for _, state := range []string{"done", "other", "out", "live only", "runs", "breaks", "open"} {
			i := slices.IndexFunc(s.Lines(), func(l string) bool { return strings.HasSuffix(strings.Trim(l, "│ "), " "+state) })
			if i < 0 {
				t.Fatalf("%q is not shown:\n%s", state, s.Text())
			}
			signs[state], _, _ = strings.Cut(strings.Trim(s.Lines()[i], "│▶ "), " ")
		}
		want := map[string]string{"done": "✓", "other": "!", "out": "–", "live only": "–", "runs": "◇", "breaks": "✗", "open": "○"}
		for state, sign := range want {
			if signs[state] != sign {
				t.Errorf("%q has the sign %q, want %q", state, signs[state], sign)
			}
		}
		s.shows("not as expected: red", "left out: no time", "for a live run only", "running", "exit 1", "it failed")
		if got := s.Runs(func(c uv.Cell) bool { return c.Style.Fg != nil || c.Style.Bg != nil }); len(got) > 0 {
			t.Errorf("there is colour: %q", got)
		}
		s.press("g")
		for _, row := range s.Reversed() {
			if !strings.HasPrefix(row, ui.SignHere) && !strings.Contains(row, "DRILL") {
				t.Errorf("only its look says that %q is chosen", row)
			}
		}
	})
}

// TestRules_9_sameWords: a theme changes colours, and no word.
func TestRules_9_sameWords(t *testing.T) {
	t.Parallel()
	words := map[string][]string{}
	for _, kind := range []string{"dark", "light", "16", "none"} {
		rules(t, runbook.Live, setting{theme: kind}, func(s *story) {
			s.everywhere(func(name string) { words[kind] = append(words[kind], name+"\n"+s.Text()) })
		})
	}
	for kind, frames := range words {
		for i, frame := range frames {
			if frame != words["none"][i] {
				t.Errorf("%s says something else than none:\n%s\nnone:\n%s", kind, frame, words["none"][i])
			}
		}
	}
}

// TestRules_10_nothingBlinks, on any screen; nor is anything in italics or struck out,
// which many terminals can't show.
func TestRules_10_nothingBlinks(t *testing.T) {
	t.Parallel()
	rules(t, runbook.Live, setting{}, func(s *story) {
		s.everywhere(func(name string) {
			got := s.Runs(func(c uv.Cell) bool {
				return c.Style.Attrs&(uv.AttrBlink|uv.AttrRapidBlink|uv.AttrItalic|uv.AttrStrikethrough|uv.AttrConceal) != 0
			})
			if len(got) > 0 {
				t.Errorf("%s: %q", name, got)
			}
		})
	})
}

// TestRules_13_wayBack: every screen names the key that goes back, and in every dialog
// that is esc, which does nothing else.
func TestRules_13_wayBack(t *testing.T) {
	t.Parallel()
	rules(t, runbook.Live, setting{}, func(s *story) {
		s.everywhere(func(name string) {
			switch {
			case len(s.app.dialogs) > 0 && !strings.Contains(s.Text(), "esc "):
				t.Errorf("%s names no way back:\n%s", name, s.Text())
			case len(s.app.dialogs) == 0 && !s.has("esc back") && !s.has("q leave") && !s.has("q quit"):
				t.Errorf("%s names no way back:\n%s", name, s.Text())
			}
		})
	})
}

// TestRules_14_noteFromAnywhere: wherever somebody is, one key takes a note.
func TestRules_14_noteFromAnywhere(t *testing.T) {
	t.Parallel()
	walks(t, runbook.Live, two, func(s *story) {
		s.w.Plays["ls"] = play{}
		s.press("!")
		s.types("ls")
		for i, key := range []string{"j", "J", "t", "o"} {
			before := count[runbook.NoteTaken](s)
			s.press(key, "n")
			s.types(fmt.Sprintf("note %d", i))
			s.passes(time.Second)
			if count[runbook.NoteTaken](s) != before+1 {
				t.Errorf("no note was taken after %q:\n%s", key, s.Text())
			}
			s.press("esc")
		}
	})
}
