package look

import (
	tea "charm.land/bubbletea/v2"

	"lifeboat/tui/ui"
)

// A pager is where a screen that is only read stands in its lines.
type pager struct {
	host  ui.Host
	total int64 // lines that there are
	first int64 // the line that the page begins with
	end   bool  // the end is followed
	high  int   // lines of a page
}

func (p *pager) self() *pager { return p }

// most is the last line that a page can begin with.
func (p *pager) most() int64 { return max(0, p.total-int64(p.high)) }

func (p *pager) scroll(n int) {
	switch n {
	case page:
		n = max(1, p.high-1)
	case -page:
		n = -max(1, p.high-1)
	}
	if p.end {
		p.first = p.most()
	}
	p.first = max(0, min(p.first+int64(n), p.most()))
	p.end = p.first == p.most()
}

// page stands for as many lines as are shown.
const page = 1 << 20

// scrollRows are the keys of a screen with a pager.
func scrollRows[S interface{ self() *pager }](group string) []ui.Row[S] {
	scrolls := func(n int) func(S) tea.Cmd { return func(s S) tea.Cmd { s.self().scroll(n); return nil } }
	jumps := func(end bool) func(S) tea.Cmd {
		return func(s S) tea.Cmd { s.self().first, s.self().end = 0, end; return nil }
	}
	return []ui.Row[S]{
		{Keys: []string{"esc", "q", "enter"}, Name: "back", Group: group, Foot: 1, Help: "go back", Do: func(s S) tea.Cmd { return s.self().host.Pop() }},
		{Keys: []string{"j", "down"}, Name: "down", Group: group, Foot: 2, Help: "a line on", Do: scrolls(1)},
		{Keys: []string{"k", "up"}, Name: "up", Group: group, Foot: 3, Help: "a line back", Do: scrolls(-1)},
		{Keys: []string{"pgdown", "space", "ctrl+d"}, Name: "page", Group: group, Foot: 4, Help: "a page on", Do: scrolls(page)},
		{Keys: []string{"pgup", "ctrl+u"}, Name: "page back", Group: group, Help: "a page back", Do: scrolls(-page)},
		{Keys: []string{"g", "home"}, Name: "start", Group: group, Foot: 5, Help: "to the beginning", Do: jumps(false)},
		{Keys: []string{"G", "end"}, Name: "end", Group: group, Foot: 6, Help: "to the end, and follow it", Do: jumps(true)},
	}
}
