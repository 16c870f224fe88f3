// Snap plays a script on a program in an emulated terminal, and takes pictures of it:
//
//	go run ./tui/tuitest/snap -size 80x24 -o DIR -theme dark -script STEPS -- PROGRAM ARGS...
//
// STEPS are separated by semicolons or line breaks: wait:TEXT until the screen shows a
// text, gone:TEXT until it doesn't, key:NAME, type:TEXT, paste:TEXT, resize:WxH,
// sleep:MS for the eyes of who watches the recording, and shot:NAME. A shot writes
// NAME.png, NAME.svg and NAME.txt into DIR; at the end session.svg is the recording.
// A step that never comes true fails, and shows the screen.
//
// It is a tool for the README's pictures, and no part of lifeboat.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"lifeboat/tui/tuitest"
	"lifeboat/tui/tuitest/picture"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "snap:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	width, height int
	folder        string
	theme         picture.Theme
	steps         []step
	size          float64
	patience      time.Duration
	env           []string
	argv          []string
}

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	var extra list
	flags := flag.NewFlagSet("snap", flag.ContinueOnError)
	flags.SetOutput(errs)
	size := flags.String("size", "80x24", "columns and rows of the terminal")
	theme := flags.String("theme", "dark", "dark or light, which is also what the terminal answers when it is asked")
	script := flags.String("script", "", "steps: wait:TEXT;gone:TEXT;key:NAME;type:TEXT;paste:TEXT;resize:WxH;sleep:MS;shot:NAME")
	flags.StringVar(&o.folder, "o", ".", "folder for the pictures")
	flags.Float64Var(&o.size, "font", 18, "size of the letters of a PNG, in pixels")
	flags.DurationVar(&o.patience, "patience", time.Minute, "how long all of it may take")
	flags.Var(&extra, "env", "NAME=VALUE for the program, besides this one's environment; may be repeated")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch *theme {
	case "dark":
		o.theme = picture.Dark()
	case "light":
		o.theme = picture.Light()
	default:
		return o, fmt.Errorf("-theme %s: it is dark or light", *theme)
	}
	var err error
	if o.width, o.height, err = parseSize(*size); err != nil {
		return o, err
	}
	if o.steps, err = parseScript(*script); err != nil {
		return o, err
	}
	o.env, o.argv = append(tuitest.Environ(), extra...), flags.Args()
	if len(o.argv) == 0 {
		return o, errors.New("which program? Its name comes after --")
	}
	return o, nil
}

// A list is a flag that may be repeated.
type list []string

func (l *list) String() string { return fmt.Sprint(*l) }

func (l *list) Set(v string) error {
	*l = append(*l, v)
	return nil
}

func run(args []string, errs io.Writer) (err error) {
	o, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	fonts, err := picture.FindFonts()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.folder, 0o755); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), o.patience)
	defer cancel()
	t := &tool{ctx: ctx}
	defer t.end(&err)
	return play(t, o, fonts)
}

// A tool is what tuitest has in a test: something that fails, and cleans up.
type tool struct {
	ctx      context.Context
	cleanups []func()
}

// A failure is a panic that end turns into an error.
type failure struct{ error }

func (*tool) Helper() {}

func (t *tool) Context() context.Context { return t.ctx }

func (t *tool) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

// Fatalf leaves play from wherever it was called.
func (*tool) Fatalf(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// end cleans up, last things first.
func (t *tool) end(err *error) {
	r := recover()
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
	if f, failed := r.(failure); failed {
		*err = f.error
	} else if r != nil {
		panic(r)
	}
}
