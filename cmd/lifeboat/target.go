package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	yaml "github.com/goccy/go-yaml"

	"lifeboat/runbook"
	"lifeboat/runbook/engine"
)

// practiceTarget is where a drill acts that names no target.
const practiceTarget = "practice"

// A config is lifeboat.yaml: where runs can act. It holds no secret values.
type config struct {
	Targets map[string]targetConfig `yaml:"targets"`
	path    string
}

type targetConfig struct {
	EnvFile    string `yaml:"env_file"`
	Production *bool  `yaml:"production"` // not said: production
	Identify   string `yaml:"identify"`
	Deploy     string `yaml:"deploy"`
}

// config reads lifeboat.yaml in the working directory, else in the configuration
// folder. None is no error.
func (e *env) config() (config, error) {
	for _, dir := range []string{e.cwd, e.configDir()} {
		path := filepath.Join(dir, "lifeboat.yaml")
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return config{}, because(exitUsage, err)
		}
		c := config{path: path}
		if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c); err != nil && len(bytes.TrimSpace(text)) > 0 {
			return config{}, fail(exitUsage, yamlError(path, err), "it holds targets: {NAME: {env_file, production, identify, deploy}}")
		}
		return c, nil
	}
	return config{}, nil
}

// yamlError is a parser's error as file:line:col: text.
func yamlError(path string, err error) string {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return fmt.Sprintf("%s:%d:%d: %s", path, at.GetToken().Position.Line, at.GetToken().Position.Column, at.GetMessage())
	}
	return path + ": " + err.Error()
}

// target finds a target by name. One that lifeboat.yaml doesn't know is
// production, with the variables of this shell.
func (c config) target(name string) (engine.Target, error) {
	t, ok := c.Targets[name]
	if !ok {
		return engine.Target{Name: name, Production: name != practiceTarget}, nil
	}
	out := engine.Target{Name: name, Identify: t.Identify, Production: t.Production == nil || *t.Production}
	if t.EnvFile != "" {
		path := t.EnvFile
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(c.path), path)
		}
		vars, err := readEnvFile(path)
		if err != nil {
			return out, err
		}
		out.Env = vars
	}
	if t.Deploy != "" {
		out.Env = append(out.Env, "DEPLOY_COMMAND="+t.Deploy)
	}
	return out, nil
}

// known lists the targets' names.
func (c config) known() []string {
	names := make([]string, 0, len(c.Targets))
	for name := range c.Targets {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readEnvFile reads NAME=value lines: comments, `export` and quotes as shells
// have them, but nothing is expanded. A value never stands in an error.
func readEnvFile(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, because(exitUsage, err, "env_file of the target names it")
	}
	var out []string
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "export "))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || !isName(name) {
			return nil, fail(exitUsage, fmt.Sprintf("%s:%d:1: not NAME=value", path, n))
		}
		out = append(out, name+"="+unquote(value))
	}
	return out, lines.Err()
}

func unquote(value string) string {
	value = strings.TrimSpace(value)
	if n := len(value); n >= 2 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		return value[1 : n-1]
	}
	if i := strings.Index(value, " #"); i >= 0 {
		return strings.TrimSpace(value[:i])
	}
	return value
}

func isName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// environ is what a run is given of an environment. Variables of production
// targets are taken out of a drill's, by value: what the operator's shell has
// must not lead a drill there. What was taken is said.
func (c config) environ(mode runbook.Mode, environ []string) (clean, taken []string) {
	if mode != runbook.Drill {
		return environ, nil
	}
	forbidden := map[string]string{}
	for _, name := range c.known() {
		t, err := c.target(name)
		if err != nil || !t.Production {
			continue
		}
		for _, kv := range t.Env {
			if _, value, _ := strings.Cut(kv, "="); len(value) >= 8 {
				forbidden[value] = name
			}
		}
	}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if target, found := forbidden[value]; found {
			taken = append(taken, fmt.Sprintf("not handed to the drill: %s (of target %s)", name, target))
			continue
		}
		clean = append(clean, kv)
	}
	return clean, taken
}
