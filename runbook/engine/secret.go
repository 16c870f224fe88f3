package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"lifeboat/runbook"
)

// A known secret: its value, and where it came from: asked, environment, block,
// withheld. Those of a target are read from it each time, since another target
// has another value.
type known struct {
	value runbook.Secret
	from  string
}

// carried says whether a command set it: then it goes before what a target has.
func (k known) carried() bool { return k.from == "block" || k.from == "withheld" }

func (e *Engine) know(name string, k known) {
	e.forget(name)
	e.secrets[name] = k
	e.hide()
}

// forget stops handing a value on. It must still not be seen.
func (e *Engine) forget(name string) {
	if k, ok := e.secrets[name]; ok {
		e.masked = append(e.masked, runbook.Named{Name: name, Value: k.value})
		delete(e.secrets, name)
	}
}

// hide collects every value that must not be seen: what blocks are given or
// were, and what the environment and the targets hold under a name that is
// declared as a secret's or looks like one.
func (e *Engine) hide() {
	var out []runbook.Named
	seen := map[string]bool{}
	add := func(name, value string) {
		if value != "" && !seen[value] {
			seen[value] = true
			out = append(out, runbook.Named{Name: name, Value: runbook.NewSecret(value)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.secrets)) {
		add(name, e.secrets[name].value.Reveal())
	}
	for _, n := range e.masked {
		add(n.Name, n.Value.Reveal())
	}
	declared := e.declared()
	lists := [][]string{e.env}
	for _, name := range slices.Sorted(maps.Keys(e.targets)) {
		lists = append(lists, e.targets[name].Env)
	}
	for _, list := range lists {
		for _, kv := range list {
			name, value, _ := strings.Cut(kv, "=")
			if e.ports.Secrecy.Looks(name) || slices.Contains(declared, name) || e.run.Given[name] != "" {
				add(name, value)
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hidden = out
}

// declared are the secrets of every book that is open.
func (e *Engine) declared() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(e.books)) {
		out = append(out, e.books[name].Secrets...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (e *Engine) hiddenNow() []runbook.Named {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hidden
}

// Scrub masks every secret that the walk knows. It may be called from any
// goroutine.
func (e *Engine) Scrub(text string) string { return e.ports.Secrecy.Scrub(text, e.hiddenNow()) }

// given are the secrets that a text may not hold: of one that somebody typed,
// all; of one that stands in the book, those that are handed to its blocks.
func (e *Engine) given(typed bool) []runbook.Named {
	if typed {
		return e.hiddenNow()
	}
	out := make([]runbook.Named, 0, len(e.secrets))
	for _, name := range slices.Sorted(maps.Keys(e.secrets)) {
		out = append(out, runbook.Named{Name: name, Value: e.secrets[name].value})
	}
	return out
}

// holdsNone refuses a text with a secret's value in it.
func (e *Engine) holdsNone(what, text string, secrets []runbook.Named) error {
	if name := e.ports.Secrecy.Holds(text, secrets); name != "" {
		return &runbook.Refusal{
			Reason: fmt.Sprintf("%s holds the value of %s", what, name),
			Hint:   fmt.Sprintf("write $%s instead: what runs stands in the log", name),
		}
	}
	return nil
}

// exported are the secrets that a block is given: in one terminal, what an
// earlier block set goes before what its target has, and that before what was
// asked for or stood in the environment.
func (e *Engine) exported(t *task) map[string]runbook.Secret {
	out := map[string]runbook.Secret{}
	for name, k := range e.secrets {
		out[name] = k.value
	}
	target := environ(t.target.Env)
	for _, name := range append(e.declared(), slices.Collect(maps.Keys(e.secrets))...) {
		if value := target[name]; value != "" && !e.secrets[name].carried() && !e.replaced(name) {
			out[name] = runbook.NewSecret(value)
		}
	}
	return out
}

// replaced says whether a command took the place of what the surroundings have
// under a name: it set it, unset it, or set it to what can't be written down.
func (e *Engine) replaced(name string) bool {
	_, set := e.run.Set[name]
	_, withheld := e.run.Withheld[name]
	return set || withheld || e.run.Unset[name]
}

// gather sees to it that the variables and secrets that a block needs are
// there. What an earlier process held in memory is asked for again, when it is
// needed.
func (e *Engine) gather(ctx context.Context, t *task) error {
	target, env := environ(t.target.Env), environ(e.env)
	for _, name := range e.declared() {
		_, have := e.secrets[name]
		var err error
		switch {
		case e.replaced(name):
		case target[name] != "":
			err = e.say(ctx, name, "target")
		case have:
		case env[name] != "":
			e.know(name, known{runbook.NewSecret(env[name]), "environment"})
			err = e.say(ctx, name, "environment")
		case slices.Contains(t.book.Secrets, name) && e.needs(t, name):
			err = e.askSecret(ctx, t, name, name+" is a secret of this runbook: its value (not shown, not stored)", "asked")
		}
		if err != nil {
			return err
		}
	}
	lost := e.lost()
	for _, name := range slices.Sorted(maps.Keys(lost)) {
		if _, have := e.secrets[name]; have || !e.names(t, name) {
			continue
		}
		text := fmt.Sprintf("%s was set by attempt %d and lost when lifeboat stopped: its value", name, lost[name])
		if err := e.askSecret(ctx, t, name, text, "withheld"); err != nil {
			return err
		}
	}
	for _, name := range t.book.Env {
		_, have := e.secrets[name]
		if have || cmp.Or(target[name], env[name]) != "" || e.replaced(name) || !e.needs(t, name) {
			continue
		}
		if err := e.askValue(ctx, t, name); err != nil {
			return err
		}
	}
	return nil
}

// lost are the names whose values commands left in memory alone, with the
// attempt that did: variables that were withheld, and the output of secret=.
func (e *Engine) lost() map[string]int {
	out := maps.Clone(e.run.Withheld)
	for _, a := range e.run.Attempts {
		if _, _, it, ok := e.books.Item(a.Item); ok && a.For == "" && a.OK() && a.Block < len(it.Blocks) {
			name := it.Blocks[a.Block].Secret
			if _, set := e.run.Set[name]; name != "" && !set && !e.run.Unset[name] {
				out[name] = a.CommandIntended.Attempt
			}
		}
	}
	return out
}

// needs says whether a block can't do without a variable of its book. In a live
// run each may be used by what the block calls, so all are needed; a drill
// rehearses with what it has, and asks only for what the block names. So does
// a command that somebody typed.
func (e *Engine) needs(t *task, name string) bool {
	return e.run.Mode == runbook.Live && t.purpose != "adhoc" || e.names(t, name)
}

// names says whether a block mentions a variable, or what guards the block does.
func (e *Engine) names(t *task, name string) bool {
	if mentions(t.text, name) || t.block.Danger && mentions(t.target.Identify, name) {
		return true
	}
	bl, ok := t.book.Block(t.block.Preview)
	return ok && mentions(bl.Text, name)
}

func (e *Engine) askSecret(ctx context.Context, t *task, name, text, from string) error {
	reply, err := e.ports.Asker.Ask(ctx, runbook.Prompt{Kind: runbook.AskSecret, Item: t.item, Name: name, Text: text})
	if err != nil {
		return err
	}
	if reply.Value.Reveal() == "" {
		return &runbook.Refusal{Reason: fmt.Sprintf("secret %s has no value", name), Hint: "set it in the environment, or type it when asked"}
	}
	e.know(name, known{reply.Value, from})
	return e.append(ctx, []runbook.Event{runbook.SecretGiven{Name: name, From: "asked"}})
}

// say records where a secret came from, once.
func (e *Engine) say(ctx context.Context, name, from string) error {
	if e.run.Given[name] == from {
		return nil
	}
	return e.append(ctx, []runbook.Event{runbook.SecretGiven{Name: name, From: from}})
}

// askValue asks for a variable that the book needs. The answer is a fact of the
// run, so that it is there after a resume too, unless it is named like a secret.
func (e *Engine) askValue(ctx context.Context, t *task, name string) error {
	text := fmt.Sprintf("variable %s is not set: its value", name)
	if e.ports.Secrecy.Looks(name) {
		return e.askSecret(ctx, t, name, text+" (not shown, not stored)", "asked")
	}
	reply, err := e.ports.Asker.Ask(ctx, runbook.Prompt{Kind: runbook.AskValue, Item: t.item, Name: name, Text: text})
	if err != nil {
		return err
	}
	if reply.Text == "" {
		return &runbook.Refusal{Reason: fmt.Sprintf("variable %s is not set", name), Hint: "set it in the shell, or in the target's env_file"}
	}
	if err := e.holdsNone("the value", reply.Text, e.hiddenNow()); err != nil {
		return err
	}
	return e.append(ctx, []runbook.Event{runbook.FactReported{Name: name, Value: reply.Text}})
}

// mentions says whether a shell text uses a variable: $NAME, ${NAME...},
// ${#NAME}, ${!NAME}, and $env:NAME as pwsh writes it.
func mentions(text, name string) bool {
	ok, err := regexp.MatchString(`\$(\{[#!]?|\{?env:)?`+regexp.QuoteMeta(name)+`\b`, text)
	return ok && err == nil
}
