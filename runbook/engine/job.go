package engine

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lifeboat/runbook"
)

// fillBlanks asks for the placeholders that are open. The text that comes of it
// is shown before it runs, so nothing runs by the same key.
func (e *Engine) fillBlanks(ctx context.Context, t *task) (filled bool, err error) {
	st := e.run.Item(t.item)
	if _, edited := st.Edited[t.place]; edited {
		return false, nil
	}
	for _, name := range t.block.Placeholders {
		if _, ok := st.Filled[name]; ok {
			continue
		}
		reply, err := e.ports.Asker.Ask(ctx, runbook.Prompt{
			Kind: runbook.AskBlank, Item: t.item, Name: name, Text: "what stands for " + name + "?", Lines: []string{"$ " + t.text},
		})
		if err != nil {
			return false, err
		}
		if strings.TrimSpace(reply.Text) == "" {
			return false, &runbook.Refusal{Reason: fmt.Sprintf("placeholder %s is still open", name)}
		}
		if err := e.decide(ctx, runbook.Fill{Item: t.item, Name: name, Value: strings.TrimSpace(reply.Text)}); err != nil {
			return false, err
		}
		filled = true
	}
	return filled, nil
}

// gather sees to it that the variables and secrets that a block needs are
// there. What an earlier process held in memory is asked for again, when it is
// needed.
func (e *Engine) gather(ctx context.Context, t *task) error {
	have := environ(e.env)
	maps.Copy(have, environ(t.target.Env))
	for _, name := range t.book.Secrets {
		if _, known := e.secrets[name]; known || !e.needs(t, name) {
			continue
		}
		if value := have[name]; value != "" {
			if err := e.give(ctx, name, runbook.NewSecret(value), "environment"); err != nil {
				return err
			}
			continue
		}
		if err := e.askSecret(ctx, t, name, name+" is a secret of this runbook: its value (not shown, not stored)"); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.run.Withheld)) {
		if _, known := e.secrets[name]; known || !mentions(t.text, name) {
			continue
		}
		text := fmt.Sprintf("%s was set by attempt %d and lost when lifeboat stopped: its value", name, e.run.Withheld[name])
		if err := e.askSecret(ctx, t, name, text); err != nil {
			return err
		}
	}
	for _, name := range t.book.Env {
		if have[name] == "" && e.run.Set[name] == "" && e.needs(t, name) {
			if err := e.askValue(ctx, t, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// needs says whether a block can't do without a variable of its book. In a live
// run each may be used by what the block calls, so all are needed; a drill
// rehearses with what it has, and asks only for what the block names.
func (e *Engine) needs(t *task, name string) bool {
	if e.run.Mode == runbook.Live || mentions(t.text, name) {
		return true
	}
	bl, ok := t.book.Block(t.block.Preview)
	return ok && mentions(bl.Text, name)
}

func (e *Engine) askSecret(ctx context.Context, t *task, name, text string) error {
	reply, err := e.ports.Asker.Ask(ctx, runbook.Prompt{Kind: runbook.AskSecret, Item: t.item, Name: name, Text: text})
	if err != nil {
		return err
	}
	if reply.Value.Reveal() == "" {
		return &runbook.Refusal{Reason: fmt.Sprintf("secret %s has no value", name), Hint: "set it in the environment, or type it when asked"}
	}
	return e.give(ctx, name, reply.Value, "asked")
}

func (e *Engine) give(ctx context.Context, name string, value runbook.Secret, from string) error {
	e.secrets[name] = value
	return e.append(ctx, []runbook.Event{runbook.SecretGiven{Name: name, From: from}})
}

// askValue asks for a variable that the book needs. The answer is a fact of the
// run, so that it is there after a resume too.
func (e *Engine) askValue(ctx context.Context, t *task, name string) error {
	reply, err := e.ports.Asker.Ask(ctx, runbook.Prompt{
		Kind: runbook.AskValue, Item: t.item, Name: name, Text: fmt.Sprintf("variable %s is not set: its value", name),
	})
	if err != nil {
		return err
	}
	if reply.Text == "" {
		return &runbook.Refusal{Reason: fmt.Sprintf("variable %s is not set", name), Hint: "set it in the shell, or in the target's env_file"}
	}
	if err := e.holdsNone(reply.Text); err != nil {
		return err
	}
	return e.append(ctx, []runbook.Event{runbook.FactReported{Name: name, Value: reply.Text}})
}

// mentions says whether a shell text uses a variable.
func mentions(text, name string) bool {
	ok, err := regexp.MatchString(`\$\{?`+regexp.QuoteMeta(name)+`\b`, text)
	return ok && err == nil
}

// job is what the shell is given for an attempt.
func (e *Engine) job(n int, t *task) (runbook.Job, error) {
	folder := e.ports.Shell.Folder(n)
	env := environ(e.env)
	maps.Copy(env, environ(t.target.Env))
	maps.Copy(env, e.run.Set)
	for name := range e.run.Unset {
		delete(env, name)
	}
	j := runbook.Job{
		Attempt: n, Folder: folder, Text: t.text, Shell: t.shell, Dir: e.dir(t), Timeout: t.block.Timeout,
		Discard: t.block.Secret != "", Capture: t.block.Secret != "", Terminal: t.block.Interactive && t.purpose == "",
	}
	for _, name := range slices.Sorted(maps.Keys(e.secrets)) {
		if e.run.Unset[name] {
			continue
		}
		j.Secrets = append(j.Secrets, runbook.Named{Name: name, Value: e.secrets[name]})
		delete(env, name)
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if e.ports.Secrecy.Looks(name) {
			j.Redact = append(j.Redact, runbook.NewSecret(env[name]))
		}
	}
	runDir := filepath.Dir(filepath.Dir(folder))
	env["PATH"] = filepath.Join(runDir, "bin") + string(filepath.ListSeparator) + env["PATH"]
	env["LIFEBOAT_RUN"] = e.run.ID()
	env["LIFEBOAT_MODE"] = string(e.run.Mode)
	env["LIFEBOAT_TARGET"] = t.target.Name
	env["LIFEBOAT_DIR"] = runDir
	env["LIFEBOAT_STEP"] = string(t.item.Step())
	env["LIFEBOAT_FACTS"] = filepath.Join(folder, "facts")
	if t.book != nil && t.book.Source != "" {
		env["LIFEBOAT_BOOK_DIR"] = filepath.Dir(t.book.Source)
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		j.Env = append(j.Env, name+"="+env[name])
	}
	return j, nil
}

// dir is the working directory of a block: its own cwd, under the one that
// carries over.
func (e *Engine) dir(t *task) string {
	dir := e.run.Dir
	if dir == "" {
		dir = e.cwd
	}
	switch {
	case t.block.Cwd == "":
		return dir
	case filepath.IsAbs(t.block.Cwd):
		return t.block.Cwd
	}
	return filepath.Join(dir, t.block.Cwd)
}

func environ(list []string) map[string]string {
	out := make(map[string]string, len(list))
	for _, kv := range list {
		if name, value, ok := strings.Cut(kv, "="); ok {
			out[name] = value
		}
	}
	return out
}

// named are the known secrets, for whoever keeps them out of a text.
func (e *Engine) named() []runbook.Named {
	out := make([]runbook.Named, 0, len(e.secrets))
	for _, name := range slices.Sorted(maps.Keys(e.secrets)) {
		out = append(out, runbook.Named{Name: name, Value: e.secrets[name]})
	}
	return out
}
