package plain

import (
	"io"
	"strings"
	"sync"

	"github.com/clipperhouse/displaywidth"

	"lifeboat/tui/words"
)

// narrowest is the least room that text is folded into: on a screen that is
// narrower still, the terminal breaks the lines.
const narrowest = 40

// A printer writes whole lines. A prompt that is waiting is left standing, and
// what comes after begins on a line of its own. Whatever it is given, it writes
// visible text and line breaks only, with secrets masked. It may be used from
// several goroutines: lines don't mix.
type printer struct {
	mu      sync.Mutex
	w       io.Writer
	scrub   func(string) string
	width   func() int
	echo    bool // what is typed is not on the screen: show it
	waiting bool // a prompt stands at the end of the last line
	lines   int
}

// line writes text as it is: commands and output, which are never folded, so
// that they can be copied.
func (p *printer) line(text string) { p.put(p.scrub(words.Visible(text))) }

// say writes a sentence, folded between words; its further lines are indented
// by hang.
func (p *printer) say(hang int, text string) {
	p.put(lay(p.scrub(words.Visible(text)), hang, hang, p.width()))
}

// entry writes a text in a column of its own, right of a head. Only heads begin
// at the left edge, so that no text can pass for a line of the log.
func (p *printer) entry(head, text string) {
	width := p.width()
	if width > 0 {
		width = max(width-len(head), narrowest)
	}
	text = lay(p.scrub(words.Visible(text)), 0, 0, width)
	p.put(head + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", len(head))))
}

// under writes each line of a text behind a prefix.
func (p *printer) under(prefix, text string) {
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.line(prefix + line)
	}
}

func (p *printer) put(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		text = "\n" + text
		p.waiting = false
	}
	p.lines++
	_, _ = io.WriteString(p.w, text+"\n") // a screen that is gone stops nothing: the log has it all
}

// prompt writes text and leaves its last line open.
func (p *printer) prompt(text string) {
	text = lay(p.scrub(words.Visible(text)), 0, 2, p.width())
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		text = "\n" + text
	}
	_, _ = io.WriteString(p.w, text)
	p.waiting = true
}

// answered says that the operator ended the prompt's line, with what; hidden:
// it is not on the screen, and doesn't get there.
func (p *printer) answered(text string, hidden bool) {
	if p.echo && !hidden {
		text = p.scrub(words.Visible(text))
	} else {
		text = ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.echo || hidden {
		_, _ = io.WriteString(p.w, text+"\n")
	}
	p.waiting = false
}

// abandon ends the line of a prompt that nobody answered.
func (p *printer) abandon() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting {
		_, _ = io.WriteString(p.w, "\n")
	}
	p.waiting = false
}

// count is how many times something was written, besides prompts.
func (p *printer) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lines
}

// lay folds each line of a text between words so that it fits into width, if
// it can. Lines of the text but the first are indented by hang, and what is
// folded by fold. Width 0, or one that is too narrow: nothing is folded.
func lay(text string, hang, fold, width int) string {
	if width < narrowest {
		width = 0
	}
	var out []string
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			line = strings.Repeat(" ", hang) + line
		}
		head, rest := breakAt(line, width)
		out = append(out, head)
		for rest != "" {
			head, rest = breakAt(strings.Repeat(" ", fold)+rest, width)
			out = append(out, head)
		}
	}
	return strings.Join(out, "\n")
}

// breakAt cuts a line before the first word that doesn't fit. A word that is
// longer than the line stays whole, so that an address can be copied.
func breakAt(line string, width int) (head, rest string) {
	if width == 0 || displaywidth.String(line) <= width {
		return line, ""
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	cut, used, last := -1, 0, 0
	for i := indent; i < len(line); i++ {
		if line[i] != ' ' {
			continue
		}
		used += displaywidth.String(line[last:i])
		last = i
		if used > width && cut >= 0 {
			break
		}
		cut = i
		if used > width {
			break
		}
	}
	if cut < 0 {
		return line, ""
	}
	return strings.TrimRight(line[:cut], " "), strings.TrimLeft(line[cut:], " ")
}
