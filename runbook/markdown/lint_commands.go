package markdown

import (
	"fmt"
	"slices"
	"strings"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown/syntax"
)

// A scripted is a block as a linter reads it.
type scripted struct {
	b     *runbook.Block
	calls []call
	text  int // line of the document on which its text begins; 0: prompts were removed
}

// blocks are all blocks of the document that can run, in its order, previews
// and rollbacks included.
func (l *linter) blocks() []scripted {
	var out []scripted
	for b, s := range l.spans {
		if b.Lang != "" {
			line, _ := l.place(s.body)
			if s.body < s.close && string(l.src[s.body:min(len(l.src), s.body+2)]) == "$ " {
				line = 0
			}
			out = append(out, scripted{b: b, text: line})
		}
	}
	slices.SortFunc(out, func(a, b scripted) int {
		if a.b.Line != b.b.Line {
			return a.b.Line - b.b.Line
		}
		return a.b.Col - b.b.Col
	})
	for i := range out {
		out[i].calls = calls(out[i].b.Text)
	}
	return out
}

func (l *linter) sayAt(s scripted, c call, level Level, text, hint string) {
	line := s.b.Line
	if s.text > 0 {
		line = s.text + c.line
	}
	l.say(level, line, s.b.Col, text, hint)
}

// commands looks at what the blocks do.
func (l *linter) commands() {
	vars := l.newVariables()
	l.secretVars = map[string]bool{}
	for _, n := range l.book.Secrets {
		l.secretVars[n] = true
	}
	for b := range l.spans {
		if b.Secret != "" {
			l.secretVars[b.Secret] = true
		}
	}
	for _, s := range l.blocks() {
		if s.b.Lang != "fish" && s.b.Lang != "pwsh" {
			vars.block(s)
			for _, c := range s.calls {
				l.secrets(s, c)
			}
		}
		l.destroys(s)
		if !l.foreign {
			l.unfinished(s)
			if p := placeholders(s.b.Text); len(p) > 0 {
				l.say(Warning, s.b.Line, s.b.Col, fmt.Sprintf("the placeholder %s is left in a command", p[0]), "ask for it: - [ ] Name (`NAME`): ____")
			}
		}
	}
}

// destroys tells of commands that look destructive in a block without danger.
func (l *linter) destroys(s scripted) {
	if s.b.Danger {
		return
	}
	for _, c := range s.calls {
		if what := destructive(c); what != "" {
			l.sayAt(s, c, Warning, fmt.Sprintf("%s looks destructive, and the block is no danger", what), "add danger, or preview and danger; or show that it only reads with probe")
			return
		}
	}
}

// unfinished tells of transcripts whose commands go on in lines that are taken
// for output.
func (l *linter) unfinished(s scripted) {
	if s.text > 0 {
		return
	}
	for _, c := range strings.Split(s.b.Text, "\n") {
		t := strings.TrimSpace(c)
		for _, end := range []string{" do", " then", " {", "|", "&&", "||", " else"} {
			if strings.HasSuffix(t, end) {
				l.say(Warning, s.b.Line, s.b.Col, fmt.Sprintf("a prompt whose command goes on after %q: the next line is taken for output", strings.TrimSpace(end)), `end the line with \, or leave out the prompts`)
				return
			}
		}
	}
}

var secretFlag = syntax.Pattern(`(?i)^--?(?:password|passwd|pass|token|secret|api-?key|admin-key|access-key|secret-key|auth-token|client-secret)(=.*)?$`)

var (
	secretName  = syntax.Pattern(`(?i)(?:password|passwd|secret|token|api_?key|admin_?key|secret_?key|private_?key)$`)
	bearer      = syntax.Pattern(`(?i)authorization:\s*(?:bearer|basic|convex)\s+\S`)
	awsKey      = syntax.Pattern(`\bAKIA[0-9A-Z]{16}\b`)
	urlPassword = syntax.Pattern(`://[^/\s:@]+:[^/\s@]+@`)
)

// innocent are commands inside the shell: nobody else sees their arguments.
var innocent = map[string]bool{
	"echo": true, "printf": true, "export": true, "declare": true, "typeset": true, "local": true, "readonly": true,
	"test": true, "[": true, "[[": true, ":": true, "read": true, "unset": true, "set": true, "eval": true, "case": true,
	"for": true, "return": true, "exit": true, "true": true, "false": true,
}

// secrets tells of secrets among the arguments of a command, where every
// process of the machine can read them, and of secrets written into the book.
func (l *linter) secrets(s scripted, c call) {
	const hint = "give it on stdin or leave it in the environment: every block has the book's secrets as variables"
	for _, w := range c.env {
		name, val, _ := strings.Cut(w.text, "=")
		if secretName().MatchString(name) && literal(val, w) {
			l.sayAt(s, c, Fault, "a secret is written into the command: "+name, "list it under secrets:")
			return
		}
	}
	if len(c.words) == 0 || innocent[c.words[0].text] {
		return
	}
	for i, w := range c.words {
		if w.redir {
			continue
		}
		for _, r := range w.reads {
			if l.secretVars[r] || secretName().MatchString(r) {
				l.sayAt(s, c, Fault, fmt.Sprintf("the secret %s stands on a command line", r), hint)
				return
			}
		}
		value := ""
		if m := secretFlag().FindStringSubmatch(w.text); m != nil {
			if value = strings.TrimPrefix(m[1], "="); m[1] == "" && i+1 < len(c.words) && !c.words[i+1].redir {
				value = c.words[i+1].text
			}
			if strings.HasPrefix(value, "-") || value == "true" || value == "false" {
				value = ""
			}
		}
		if value != "" || bearer().MatchString(w.text) || awsKey().MatchString(w.text) || urlPassword().MatchString(w.text) {
			l.sayAt(s, c, Fault, "a secret on a command line", hint)
			return
		}
	}
}

// literal reports whether a value is written out, and no placeholder.
func literal(val string, w shellWord) bool {
	return val != "" && len(w.reads) == 0 && !strings.Contains(val, "$") && len(placeholders(val)) == 0
}

var (
	restoring = syntax.Pattern(`\b(?:restore|import)\b`)
	exporting = syntax.Pattern(`\b(?:export|back-?up|dump|pg_dump|mysqldump|mongodump|snapshot (?:save|create)|evidence)\b`)
)

// restores tells of a dangerous restore that nothing was exported before.
func (l *linter) restores() {
	if l.foreign {
		return
	}
	inner := map[string]bool{}
	for _, r := range l.refs {
		if r.key == "rollback" {
			inner[r.name] = true
		}
	}
	for _, s := range l.blocks() {
		if exporting().MatchString(s.b.Text) && !s.b.Danger {
			return
		}
		if s.b.Danger && restoring().MatchString(s.b.Text) && (s.b.Name == "" || !inner[s.b.Name]) {
			l.say(Warning, s.b.Line, s.b.Col, "a restore with no export before it: what is there now will be gone", "export it first, as evidence and for what was written since")
			return
		}
	}
}
