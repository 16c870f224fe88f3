package look

import (
	"context"
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"lifeboat/runbook"
	"lifeboat/runbook/output"
	"lifeboat/tui/ui"
	"lifeboat/tui/words"
)

// often is how soon the output of a command that runs is looked at again.
const often = 100 * time.Millisecond

// An Output shows all that one command printed, also while it runs: its end is
// followed until somebody scrolls away from there. Only what is on the screen
// is in memory.
type Output struct {
	pager
	s       *Story
	ctx     context.Context
	stop    context.CancelFunc
	attempt int

	view  *output.View
	rows  output.Rows
	err   error
	busy  bool // a read is under way
	again bool // what is shown has moved since it began
}

type readMsg struct {
	attempt int
	rows    output.Rows
	err     error
}

// NewOutput makes the screen of one attempt.
func NewOutput(host ui.Host, s *Story, attempt int) *Output {
	ctx, stop := context.WithCancel(context.Background())
	v := &Output{pager: pager{host: host}, s: s, ctx: ctx, stop: stop}
	v.open(attempt)
	return v
}

// Close ends what the screen waits for.
func (v *Output) Close() { v.stop() }

func (v *Output) open(attempt int) {
	v.attempt, v.rows, v.err, v.again = attempt, output.Rows{}, nil, true
	v.total, v.first, v.end = 0, 0, true
	v.view = output.NewView(v.s.Kept(attempt))
}

// OutputRows are the keys of the screen.
func OutputRows() []ui.Row[*Output] {
	rows := scrollRows[*Output]("Output")
	for i := range rows { // what is shown has to be read
		do := rows[i].Do
		rows[i].Do = func(v *Output) tea.Cmd { return tea.Batch(do(v), v.read(false)) }
	}
	other := func(n int) func(*Output) tea.Cmd {
		return func(v *Output) tea.Cmd {
			if v.s.Run.Attempt(v.attempt+n) != nil {
				v.open(v.attempt + n)
			}
			return v.read(false)
		}
	}
	return append(rows,
		ui.Row[*Output]{Keys: []string{"[", "left"}, Name: "command before", Group: "Output", Foot: 7, Help: "the command before", Do: other(-1)},
		ui.Row[*Output]{Keys: []string{"]", "right"}, Name: "command after", Group: "Output", Foot: 8, Help: "the command after", Do: other(1)},
		ui.Row[*Output]{
			Keys: []string{"y"}, Name: "copy path", Group: "Output", Help: "copy the path of the file that keeps it, zstd-compressed, to your clipboard",
			Do: func(v *Output) tea.Cmd {
				path := v.s.Kept(v.attempt)
				v.host.Say(ui.Faint, "copied, where the terminal allows it: "+path)
				return tea.SetClipboard(path)
			},
		},
	)
}

// Status is that of the run.
func (v *Output) Status() ui.Status { return v.s.Status() }

// Bindings are the keys as they stand.
func (v *Output) Bindings() []ui.Binding { return ui.Bind(OutputRows(), v) }

// Next has nothing to do but to go back.
func (v *Output) Next() ui.Next { return ui.Next{Key: "Enter", Text: "goes back", Role: ui.Faint} }

// Start begins to read.
func (v *Output) Start() tea.Cmd { return v.read(false) }

// Update takes what was read.
func (v *Output) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		v.busy = false
		if msg.attempt == v.attempt {
			v.rows, v.err, v.total = msg.rows, msg.err, msg.rows.Total
		}
		a := v.s.Run.Attempt(v.attempt)
		if v.again || a != nil && a.Open() {
			return v.read(!v.again)
		}
	case ui.Tick:
		return v.read(false)
	case tea.MouseWheelMsg:
		v.scroll(ui.Wheel(msg))
		return v.read(false)
	}
	return nil
}

// read reads what is to be shown, in a command of its own.
func (v *Output) read(wait bool) tea.Cmd {
	if v.busy {
		v.again = true
		return nil
	}
	v.busy, v.again = true, false
	view, n, first, end, high, ctx, after := v.view, v.attempt, v.first, v.end, max(1, v.high), v.ctx, v.host.After
	return v.host.Own(v, func() tea.Msg {
		if wait {
			select {
			case <-after(often):
			case <-ctx.Done():
				return nil
			}
		}
		var rows output.Rows
		var err error
		if end {
			rows, err = view.Tail(high)
		} else {
			rows, err = view.Page(first, high)
		}
		return readMsg{n, rows, err}
	})
}

// View draws the page.
func (v *Output) View(width, height int) []string {
	t := v.host.Theme()
	inner, high := ui.Inner(width, height)
	v.high = high
	f := ui.Frame{Mode: v.s.Run.Mode, Title: "Output of command " + strconv.Itoa(v.attempt)}
	a := v.s.Run.Attempt(v.attempt)
	if a != nil {
		f.Title = v.s.Clean("$ " + a.Head())
		f.Foot = v.s.Clean(how(a))
	}
	f.Right = words.Number(int(v.total)) + " lines"
	var lines []string
	switch {
	case v.err != nil:
		lines = ui.Wrap("it can't be read back: "+v.s.Clean(v.err.Error()), inner, 2)
	case a != nil && a.Terminal:
		lines = []string{t.Paint(ui.Faint, "it had the terminal to itself: its output is not recorded")}
	case len(v.rows.Text) == 0 && !v.busy:
		lines = []string{t.Paint(ui.Faint, "nothing was printed")}
	}
	for _, line := range v.rows.Text {
		lines = append(lines, t.Paint(ui.Output, ui.Cut(v.s.Clean(line), inner)))
	}
	if n := len(v.rows.Text); n > 0 {
		f.Side = fmt.Sprintf("lines %s to %s", words.Number(int(v.rows.First)+1), words.Number(int(v.rows.First)+n))
	}
	return f.Draw(t, lines, width, height)
}

func how(a *runbook.Attempt) string {
	if a.Open() {
		return "it runs: the end is followed"
	}
	return a.How()
}
