package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/tui/tuitest"
	"lifeboat/tui/tuitest/picture"
)

// hold is how long a recording rests on its last frame.
const hold = 3 * time.Second

// A step is one order of a script.
type step struct{ verb, arg string }

var verbs = []string{"wait", "gone", "key", "type", "paste", "resize", "sleep", "shot"}

// parseScript reads steps, so that a mistake in the last is found before the first is
// played.
func parseScript(script string) ([]step, error) {
	var steps []step
	for _, text := range strings.FieldsFunc(script, func(r rune) bool { return r == ';' || r == '\n' }) {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		verb, arg, found := strings.Cut(text, ":")
		if !found || arg == "" || !slices.Contains(verbs, verb) {
			return nil, fmt.Errorf("step %q: it is VERB:ARGUMENT, with one of %s", text, strings.Join(verbs, ", "))
		}
		var err error
		switch verb {
		case "resize":
			_, _, err = parseSize(arg)
		case "sleep":
			_, err = strconv.ParseUint(arg, 10, 31)
		case "shot":
			if !filepath.IsLocal(arg) || filepath.Base(arg) != arg {
				err = fmt.Errorf("%q is no name of a file", arg)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("step %q: %w", text, err)
		}
		steps = append(steps, step{verb, arg})
	}
	return steps, nil
}

func parseSize(text string) (w, h int, err error) {
	a, b, _ := strings.Cut(text, "x")
	if w, err = strconv.Atoi(a); err == nil {
		h, err = strconv.Atoi(b)
	}
	if err != nil || w < 1 || h < 1 || w > 1000 || h > 1000 {
		return 0, 0, fmt.Errorf("%q is no size: it is like 80x24", text)
	}
	return w, h, nil
}

// A stage is a program that is played on.
type stage struct {
	options
	proc  *tuitest.Proc
	fonts *picture.Fonts
}

func play(t *tool, o options, fonts *picture.Fonts) error {
	screen := tuitest.NewScreen(t, o.width, o.height)
	screen.Colors(o.theme.Foreground, o.theme.Background)
	var movie picture.Movie
	began := time.Now()
	screen.Watch(func(s tuitest.Snapshot) { movie.Add(time.Since(began), o.draw(s)) })
	p := &stage{options: o, fonts: fonts, proc: tuitest.StartOn(t, screen, o.env, o.argv...)}
	for _, s := range o.steps {
		if err := p.step(s); err != nil {
			return err
		}
	}
	screen.Watch(nil)
	if movie.Frames() == 0 {
		return nil
	}
	return p.write("session.svg", []byte(movie.SVG(hold)))
}

func (o options) draw(s tuitest.Snapshot) *picture.Picture {
	return picture.New(s.Cells, s.X, s.Y, o.theme)
}

func (p *stage) step(s step) error {
	switch s.verb {
	case "wait":
		p.proc.WaitText(s.arg)
	case "gone":
		p.proc.WaitGone(s.arg)
	case "key":
		p.proc.Press(s.arg)
	case "type":
		p.proc.Type(s.arg)
	case "paste":
		p.proc.Paste(s.arg)
	case "resize":
		w, h, _ := parseSize(s.arg)
		p.proc.Resize(w, h)
	case "sleep":
		ms, _ := strconv.Atoi(s.arg)
		time.Sleep(time.Duration(ms) * time.Millisecond)
	case "shot":
		return p.shoot(s.arg)
	}
	return nil
}

func (p *stage) shoot(name string) error {
	shown := p.proc.Snapshot()
	shot := p.draw(shown)
	var img bytes.Buffer
	if err := shot.PNG(&img, p.fonts, p.size); err != nil {
		return err
	}
	for ext, data := range map[string][]byte{
		".png": img.Bytes(), ".svg": []byte(shot.SVG()), ".txt": []byte(strings.Join(shown.Rows(), "\n") + "\n"),
	} {
		if err := p.write(name+ext, data); err != nil {
			return err
		}
	}
	return nil
}

func (p *stage) write(name string, data []byte) error {
	return os.WriteFile(filepath.Join(p.folder, name), data, 0o644)
}
