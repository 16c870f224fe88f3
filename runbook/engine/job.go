package engine

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
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

// job is what the shell is given for an attempt.
func (e *Engine) job(n int, t *task) (runbook.Job, error) {
	dir, err := e.dir(t)
	if err != nil {
		return runbook.Job{}, err
	}
	secret := t.block.Secret != "" && t.purpose == ""
	j := runbook.Job{
		Attempt: n, Folder: e.ports.Shell.Folder(n), Text: t.text, Shell: t.shell, Dir: dir, Timeout: t.block.Timeout,
		Discard: secret, Capture: secret, Terminal: t.block.Interactive && !runbook.CommandIntended{For: t.purpose}.Aside(),
	}
	env, secrets := e.environment(t, j.Folder), e.exported(t)
	for _, name := range slices.Sorted(maps.Keys(secrets)) {
		j.Secrets = append(j.Secrets, runbook.Named{Name: name, Value: secrets[name]})
		delete(env, name)
	}
	for _, n := range e.hiddenNow() {
		if secrets[n.Name] != n.Value {
			j.Redact = append(j.Redact, n.Value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		j.Env = append(j.Env, name+"="+env[name])
	}
	return j, nil
}

// environment is what a block sees besides secrets: what this process has,
// under what its target has, under what earlier blocks left.
func (e *Engine) environment(t *task, folder string) map[string]string {
	env := environ(e.env)
	maps.Copy(env, environ(t.target.Env))
	for name := range e.run.Withheld {
		delete(env, name) // a block replaced it: no value is better than the old one
	}
	maps.Copy(env, e.run.Set)
	for name := range e.run.Unset {
		delete(env, name)
	}
	runDir := filepath.Dir(filepath.Dir(folder))
	// lifeboat stands first, and once: a block that changed PATH hands it on. An
	// empty place would mean the working directory.
	bin := filepath.Join(runDir, "bin")
	path := slices.DeleteFunc(filepath.SplitList(env["PATH"]), func(dir string) bool { return dir == bin })
	env["PATH"] = strings.Join(append([]string{bin}, path...), string(filepath.ListSeparator))
	env["LIFEBOAT_RUN"] = e.run.ID()
	env["LIFEBOAT_MODE"] = string(e.run.Mode)
	env["LIFEBOAT_TARGET"] = t.target.Name
	env["LIFEBOAT_DIR"] = runDir
	env["LIFEBOAT_STEP"] = string(t.item.Step())
	env["LIFEBOAT_FACTS"] = filepath.Join(folder, "facts")
	delete(env, "LIFEBOAT_BOOK_DIR") // of the lifeboat around this one
	if filepath.IsAbs(t.book.Source) {
		env["LIFEBOAT_BOOK_DIR"] = filepath.Dir(t.book.Source)
	}
	return env
}

// dir is the working directory of a block: its own cwd, under the one that
// carries over. A block doesn't run in another than that; a command that
// somebody types does, so that what is missing can be made again.
func (e *Engine) dir(t *task) (string, error) {
	dir := e.run.Dir
	if dir == "" {
		dir = e.home()
	}
	if filepath.IsAbs(t.block.Cwd) {
		dir = t.block.Cwd
	} else if t.block.Cwd != "" {
		dir = filepath.Join(dir, t.block.Cwd)
	}
	switch {
	case e.ports.Shell.Exists(dir):
		return dir, nil
	case t.purpose == "adhoc":
		return e.cwd, nil
	}
	return "", &runbook.Refusal{
		Reason: fmt.Sprintf("its working directory %s is not there", dir),
		Hint:   fmt.Sprintf("make it again with an ad-hoc command: mkdir -p '%s' && cd '%s'", dir, dir),
	}
}

// home is where the walk was started: what the first command that had no
// directory of its own ran in, since a resumed walk may be started elsewhere.
func (e *Engine) home() string {
	for _, a := range e.run.Attempts {
		if (a.For == "" || a.For == "identify") && a.Dir != "" && e.taskOf(a).block.Cwd == "" {
			return a.Dir
		}
	}
	return e.cwd
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
