package tui

import (
	"fmt"
	"testing"
	"time"

	"lifeboat/runbook"
)

// A scene is a screen that is compared with the one that was read and found good:
// in both modes, on the smallest terminal that everything is made for and on a wide
// one.
type scene struct {
	name   string
	only   runbook.Mode // "": both
	text   string       // "": the shop's
	began  string       // how long ago it began; "": now
	wide   bool         // also where there is room for output beside the page
	change func(*world)
	play   func(*story) // from the first frame of the walk
}

// ahead goes to a step of the shop's book, where nothing was done before.
func ahead(step string) func(*story) {
	return func(s *story) {
		s.press("/")
		s.types(step)
		s.press("enter")
	}
}

// declared answers what the shop's first step asks before its command.
func declared(s *story) {
	s.press("enter", "enter")
	s.types("orders of today are gone")
	s.press("enter")
	s.types("-40m")
	s.press("enter")
	s.types("no")
}

// scenes are all that are compared.
var scenes = []scene{
	{name: "walk_idle", began: "-12m", play: func(s *story) { s.press("enter") }},
	{name: "walk_question", play: func(s *story) { s.press("enter", "enter"); s.Type("orders of today are go") }},
	{name: "walk_running", wide: true, play: func(s *story) { declared(s); s.press("enter"); s.passes(3 * time.Second) }},
	{
		name: "walk_failed", wide: true, change: func(w *world) {
			w.Plays[`./look.sh --database "$SHOP_DB" \`] = play{Out: "connecting\ncould not connect: timeout expired\n", Exit: 2, Takes: 5 * time.Second}
		},
		play: func(s *story) { declared(s); s.press("enter"); s.passes(6 * time.Second) },
	},
	{
		name: "walk_failed_undo", change: func(w *world) {
			w.Plays[`./restore.sh --database "$SHOP_DB" \`] = play{Out: "reading backups/last-good.dump\nERROR: relation \"orders\" is locked\n", Exit: 1, Takes: 2 * time.Second}
		},
		play: func(s *story) {
			ahead("put the backup")(s)
			s.w.at = s.w.at.Add(-time.Hour)
			s.press("enter")
			s.ready()
			s.types("happy-otter-123")
			s.ready()
			s.types("3")
			s.passes(3 * time.Second)
		},
	},
	{name: "walk_choice", play: func(s *story) { ahead("which way")(s); s.press("1") }},
	{name: "walk_danger", play: func(s *story) { ahead("put the backup")(s) }},
	{name: "walk_danger_look", only: runbook.Live, play: func(s *story) { ahead("put the backup")(s); s.press("enter"); s.ready() }},
	{name: "walk_danger_target", play: func(s *story) { s.danger(); s.Type("happy-ott") }},
	{name: "walk_danger_wrong", play: func(s *story) { s.danger(); s.types("production") }},
	{name: "walk_danger_count", play: func(s *story) { s.danger(); s.types("happy-otter-123"); s.ready() }},
	{
		name: "walk_danger_many", change: func(w *world) { w.Plays[`./tables.sh "$SHOP_DB"`] = play{Out: lines(1, 1234)} },
		play: func(s *story) { s.danger() },
	},
	{
		name: "walk_unknown", play: func(s *story) {
			declared(s)
			s.press("enter")
			s.passes(2 * time.Second)
			s.press("q", "down", "enter")
			s.gone(1)
			s.passes(5 * time.Minute)
			s.press("enter")
		},
	},
	{name: "walk_background", play: func(s *story) { ahead("keep the proof")(s); s.press("enter", "enter"); s.passes(3 * time.Second) }},
	{
		name: "walk_background_failed", change: func(w *world) {
			w.Plays["./export.sh --to evidence/shop.dump"] = play{Out: "no space left on device\n", Exit: 1, Takes: 2 * time.Second}
		},
		play: func(s *story) { ahead("keep the proof")(s); s.press("enter", "enter"); s.passes(3 * time.Second) },
	},
	{name: "walk_second", play: func(s *story) { s.second() }},
	{name: "walk_alone", play: func(s *story) { s.second(); s.types("alone"); s.ready() }},
	{name: "walk_thinking", only: runbook.Live, play: func(s *story) {
		s.second()
		s.types("alone")
		s.ready()
		s.types("they sleep")
		s.passes(10 * time.Second)
	}},
	{name: "walk_secret", text: secretive, play: func(s *story) { s.press("enter"); s.ready(); s.Type("hunter2") }},
	{name: "walk_blank", text: foreign, play: func(s *story) { s.press("a", "enter"); s.ready() }},
	{name: "walk_foreign", text: foreign, play: func(*story) {}},
	{name: "walk_looking", play: func(s *story) { s.press("J", "J") }},
	{name: "walk_offered", play: func(s *story) { s.press("w"); s.types("zoe") }},
	{name: "walk_error", play: func(s *story) { s.w.answers("Do", hinted{fmt.Errorf("no space left on device")}); s.press("enter") }},
	{name: "note", play: func(s *story) { s.press("n", "tab"); s.Type("We stop the shop, whatever it costs") }},
	{
		name: "timeline", play: func(s *story) {
			declared(s)
			s.press("enter")
			s.passes(9 * time.Second)
			s.press("n")
			s.types("the phone rings all the time")
			s.press("t")
		},
	},
	{name: "output", change: func(w *world) {
		w.Plays[`./look.sh --database "$SHOP_DB" \`] = play{Out: lines(1, 100), Takes: time.Second}
	}, play: func(s *story) {
		declared(s)
		s.press("enter")
		s.passes(2 * time.Second)
		s.press("o", "pgup")
		s.passes(time.Second)
	}},
	{name: "help", play: func(s *story) { s.press("?") }},
	{name: "palette", play: func(s *story) { s.press("ctrl+p"); s.Type("clock") }},
	{name: "find", play: func(s *story) { s.press("/"); s.Type("customer") }},
	{name: "steps", play: func(s *story) { declared(s); s.press("g") }},
	{name: "adhoc", play: func(s *story) { s.press("!"); s.Type("df -h /var/lib/postgresql") }},
	{name: "hand_over", began: "-12m", play: func(s *story) { declared(s); s.press("w"); s.Type("zoe") }},
	{name: "clocks", began: "-12m", play: func(s *story) { s.press("c") }},
	{name: "edit", play: func(s *story) {
		ahead("put the backup")(s)
		s.press("e", "ctrl+end", "ctrl+s")
		s.Type("the newest backup is broken")
	}},
	{name: "mark", play: func(s *story) { s.palette("mark a moment"); s.press("enter") }},
	{name: "end", play: func(s *story) { s.press("E") }},
	{name: "alarm_75", began: "-11m14s", play: func(s *story) { s.passes(3 * time.Second) }},
	{name: "alarm_100", began: "-61m", play: func(s *story) { s.passes(3 * time.Second) }},
	{
		name: "alarm_latest_start", began: "-30m", change: func(w *world) {
			w.usual = map[string]time.Duration{"declare-the-incident": 5 * time.Minute, "which-way": time.Minute, "stop-the-writes": 2 * time.Minute, "keep-the-proof": 5 * time.Minute, "put-the-backup-back": 25 * time.Minute, "tell-everybody-optional": 5 * time.Minute}
		},
		play: func(s *story) { s.press("v", "v"); s.passes(3 * time.Second); s.press("v", "v") },
	},
	{name: "debrief", began: "-12m", play: func(s *story) { s.walkThrough() }},
	{name: "suspended_clocks", only: runbook.Drill, play: func(s *story) { s.palette("pause the clocks"); s.types("the fire alarm is real") }},
}

// danger goes to the question before the shop's danger, an hour after the walk began.
func (s *story) danger() {
	ahead("put the backup")(s)
	s.w.at = s.w.at.Add(-time.Hour)
	s.press("enter")
	s.ready()
}

// second goes to where a second person is asked for.
func (s *story) second() {
	ahead("stop the writes")(s)
	s.press("enter", "enter")
	s.types("Sorry, we are closed")
	s.press("enter")
	s.ready()
}

// walkThrough walks the shop's book to its end, with a deviation and a lesson.
func (s *story) walkThrough() {
	declared(s)
	s.press("enter")
	s.passes(9 * time.Second)
	s.press("2", "enter")
	s.press("enter", "enter")
	s.w.at = s.w.at.Add(-time.Hour)
	s.press("e", "ctrl+end")
	s.Type("-of-march")
	s.press("ctrl+s")
	s.types("the newest backup is broken")
	s.press("enter")
	s.ready()
	s.types("happy-otter-123")
	s.ready()
	s.types("3")
	s.passes(45 * time.Second)
	s.press("enter", "enter")
	s.types("thank you")
	s.press("S", "enter", "n")
	s.types("check the backups every week")
}

// TestGolden compares every scene. What is wrong in a new one somebody has to see who
// reads it: nothing else can tell that words are missing.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		for mode, key := range map[runbook.Mode]string{runbook.Drill: "d", runbook.Live: "L"} {
			if sc.only != "" && sc.only != mode {
				continue
			}
			t.Run(sc.name+"."+string(mode), func(t *testing.T) {
				t.Parallel()
				tell(t, sc.setting(), func(s *story) {
					s.loose = true // the last frame is looked at
					s.press(key)
					if sc.name == "walk_idle" {
						s.goldens("brief." + string(mode))
					}
					s.begins(sc.began)
					sc.play(s)
					if sc.wide {
						s.golden(sc.name+"."+string(mode), 180, 50)
					}
					s.goldens(sc.name + "." + string(mode))
					if sc.name == "debrief" {
						s.press("h")
						s.goldens("history." + string(mode))
					}
				})
			})
		}
	}
}

// goldens compares the screen on the small terminal and on the wide one.
func (s *story) goldens(name string) {
	s.t.Helper()
	s.golden(name, 120, 40)
	s.golden(name, 80, 24)
}

// golden compares the screen on a terminal of a size.
func (s *story) golden(name string, w, h int) {
	s.t.Helper()
	s.Resize(w, h)
	// What is shown a second later has been read for this size. In the middle of a
	// second, a step more or less before doesn't change what the clocks say.
	now := time.Now()
	s.After(now.Truncate(time.Second).Add(1500 * time.Millisecond).Sub(now))
	s.loose = false
	s.check()
	s.loose = true
	s.Golden(s.t, fmt.Sprintf("%s.%dx%d", name, w, h))
}

func (sc *scene) setting() setting {
	text := sc.text
	if text == "" {
		text = shop
	}
	return setting{shelf: []shelved{{"shop", text}}, change: func(w *world) {
		shopPlays(w)
		w.roles = map[string]string{"commander": "zoe", "operator": "ann"}
		w.checks = []runbook.PreflightChecked{{Check: "git>=2.30", OK: true, Found: "2.39.5"}, {Check: "psql", OK: true, Found: "15.4"}, {Check: "SHOP_DB", Found: "not set"}}
		w.heads = heads(time.Now())[1:]
		if sc.change != nil {
			sc.change(w)
		}
	}}
}

// begins starts the run of a briefing that began so long ago.
func (s *story) begins(ago string) {
	s.t.Helper()
	if ago != "" {
		s.press("b")
		s.clearNow()
		s.types(ago)
	}
	s.start()
}

// TestGolden_home compares the first screen: for somebody who comes for the first
// time, with an open run, and narrowed.
func TestGolden_home(t *testing.T) {
	shelf := []shelved{{"shop", shop}, {"guide", foreign}, {"broken", ""}, {"steps", steps}}
	tell(t, setting{shelf: shelf}, func(s *story) { s.goldens("home_first") })
	o := setting{shelf: shelf, change: func(w *world) { w.heads = heads(time.Now()) }}
	tell(t, o, func(s *story) {
		s.goldens("home_open")
		s.press("j", "j")
		s.goldens("home_book")
		s.press("/")
		s.Type("drill shop")
		s.goldens("home_filter")
		s.press("enter")
		s.goldens("home_filtered")
		s.press("?")
		s.goldens("home_help")
	})
}

// TestGolden_small compares what is left where there is no room, and what there is on
// the smallest terminal that can be worked on.
func TestGolden_small(t *testing.T) {
	for _, mode := range []runbook.Mode{runbook.Drill, runbook.Live} {
		walks(t, mode, shop, func(s *story) {
			shopPlays(s.w)
			s.Resize(60, 15)
			s.check()
			s.Golden(t, "smallest."+string(mode))
			s.danger()
			s.Golden(t, "smallest_danger."+string(mode))
			s.press("esc", "q")
			s.over()
		})
		walks(t, mode, shop, func(s *story) {
			s.Resize(20, 5)
			s.Golden(t, "too_small."+string(mode))
		})
	}
}
