package markdown

import (
	"fmt"
	"maps"
	"strings"

	"lifeboat/runbook/markdown/syntax"
)

// usual are variables that a terminal has, and that shells set.
var usual = map[string]bool{
	"HOME": true, "PATH": true, "USER": true, "LOGNAME": true, "SHELL": true, "PWD": true, "OLDPWD": true, "TMPDIR": true,
	"TERM": true, "LANG": true, "LANGUAGE": true, "TZ": true, "EDITOR": true, "VISUAL": true, "PAGER": true, "HOSTNAME": true,
	"UID": true, "EUID": true, "PPID": true, "RANDOM": true, "SRANDOM": true, "SECONDS": true, "LINENO": true, "IFS": true,
	"OPTARG": true, "OPTIND": true, "OPTERR": true, "REPLY": true, "PIPESTATUS": true, "FUNCNAME": true, "BASHPID": true,
	"EPOCHSECONDS": true, "EPOCHREALTIME": true, "SHLVL": true, "COLUMNS": true, "LINES": true, "HOSTTYPE": true,
	"MACHTYPE": true, "OSTYPE": true, "_": true, "DISPLAY": true, "NO_COLOR": true,
}

// usually reports whether a variable can be counted on.
func usually(name string) bool {
	return usual[name] || strings.HasPrefix(name, "LIFEBOAT_") || strings.HasPrefix(name, "LC_") ||
		strings.HasPrefix(name, "XDG_") || strings.HasPrefix(name, "BASH_") || strings.HasPrefix(name, "SSH_")
}

// variables follows what is set, block by block.
type variables struct {
	l      *linter
	set    map[string]bool
	told   map[string]bool
	asks   []ask // questions that export, in document order
	opaque bool  // a file was sourced: anything may be set
}

type ask struct {
	line int
	name string
}

func (l *linter) newVariables() *variables {
	v := &variables{l: l, set: map[string]bool{}, told: map[string]bool{}}
	for _, n := range l.book.Env {
		v.set[n] = true
	}
	for _, n := range l.book.Secrets {
		v.set[n] = true
	}
	for i := range l.book.Steps {
		for _, it := range l.book.Steps[i].Items {
			if it.Ask != nil && it.Ask.Name != "" {
				v.asks = append(v.asks, ask{it.Line, it.Ask.Name})
			}
		}
	}
	return v
}

var factWritten = syntax.Pattern(`(?m)(?:^|["'\s])([A-Za-z_][A-Za-z0-9_]*)(?:=|<<)`)

// block follows one block: what it reads must have been set before.
func (v *variables) block(s scripted) {
	for len(v.asks) > 0 && v.asks[0].line < s.b.Line {
		v.set[v.asks[0].name] = true
		v.asks = v.asks[1:]
	}
	set := v.set
	if s.b.Lang == "zsh" { // it gives nothing back
		set = maps.Clone(v.set)
	}
	for _, c := range s.calls {
		v.call(s, c, set)
	}
	if strings.Contains(s.b.Text, "LIFEBOAT_FACTS") {
		for _, m := range factWritten().FindAllStringSubmatch(s.b.Text, -1) {
			v.set[m[1]] = true
		}
	}
	if s.b.Fact != "" {
		v.set[s.b.Fact] = true
	}
	if s.b.Secret != "" {
		v.set[s.b.Secret] = true
	}
}

func (v *variables) call(s scripted, c call, set map[string]bool) {
	name := ""
	if len(c.words) > 0 {
		name = c.words[0].text
	}
	if name == "for" || name == "select" {
		setWords(set, c.words[1:min(2, len(c.words))])
	}
	own := map[string]bool{}
	for _, w := range c.env {
		own[w.text[:nameLength(w.text)]] = true
	}
	for _, r := range c.reads {
		if v.opaque || v.l.foreign || set[r] || own[r] || v.told[r] || usually(r) {
			continue
		}
		v.told[r] = true
		v.l.sayAt(s, c, Warning, fmt.Sprintf("the variable %s is used before anything sets it", r), "list it under env:, ask for it, or set it in a command before")
	}
	for _, n := range c.sets {
		set[n] = true
	}
	switch name {
	case "export", "declare", "typeset", "local", "readonly", "read", "let", "mapfile", "readarray":
		setWords(set, c.words[1:])
	case "getopts":
		setWords(set, c.words[min(2, len(c.words)):])
	case "printf":
		if len(c.words) > 2 && c.words[1].text == "-v" {
			setWords(set, c.words[2:3])
		}
	case ".", "source", "eval":
		v.opaque = true
	}
}

func setWords(set map[string]bool, words []shellWord) {
	for _, w := range words {
		if n := nameLength(w.text); n > 0 && !w.redir {
			set[w.text[:n]] = true
		}
	}
}
