package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/runbooks"
)

// shippedSource is how the source of a book that is inside the program begins.
const shippedSource = "shipped:"

// library finds books: a path, or a name in ./runbooks, in the configuration
// folder, or among the shipped ones, in this order.
type library struct {
	folders []string
	cwd     string
}

func (e *env) library() library {
	return library{cwd: e.cwd, folders: []string{filepath.Join(e.cwd, "runbooks"), filepath.Join(e.configDir(), "runbooks")}}
}

// A found is a book's text with where it came from.
type found struct {
	source string
	text   []byte
}

// find reads a book's text by name or path.
func (l library) find(name string) (found, error) {
	if strings.ContainsRune(name, '/') || strings.HasSuffix(name, ".md") || exists(l.abs(name)) {
		text, err := readBook(l.abs(name))
		return found{l.abs(name), text}, err
	}
	for _, dir := range l.folders {
		if path := filepath.Join(dir, name+".md"); exists(path) {
			text, err := readBook(path)
			return found{path, text}, err
		}
	}
	text, err := runbooks.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return found{}, fail(exitUsage, fmt.Sprintf("no runbook %q", name),
			"lifeboat list shows the names; a path to any Markdown file works too")
	}
	return found{shippedSource + name + ".md", text}, err
}

func (l library) abs(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.cwd, name)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// readBook reads a file that may be anything. What is too large is refused
// before it is read.
func readBook(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fail(exitUsage, "no file "+path, "lifeboat list shows the runbooks that have a name")
		}
		return nil, because(exitUsage, err)
	}
	switch {
	case st.IsDir():
		return nil, fail(exitUsage, path+" is a directory, not a runbook", "name one of the Markdown files in it")
	case !st.Mode().IsRegular():
		return nil, fail(exitUsage, path+" is no regular file")
	case st.Size() > markdown.Largest:
		return nil, fail(exitUsage, fmt.Sprintf("%s has %d MB; a runbook has at most %d", path, st.Size()>>20, markdown.Largest>>20),
			"split it, or check that this is the file you mean")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, because(exitUsage, err)
	}
	return text, nil
}

// open finds and parses a book. Messages are what the parser told of it.
func (l library) open(name string) (*runbook.Book, []markdown.Message, error) {
	f, err := l.find(name)
	if err != nil {
		return nil, nil, err
	}
	return l.parse(f)
}

func (l library) parse(f found) (*runbook.Book, []markdown.Message, error) {
	book, messages, err := markdown.Parse(l.shown(f.source), f.text)
	if err != nil {
		return nil, nil, because(exitUsage, err)
	}
	book.Source = f.source
	return book, messages, nil
}

// shown is a source as people see it: relative to where they are, if it is
// below.
func (l library) shown(source string) string {
	if rel, err := filepath.Rel(l.cwd, source); err == nil && !strings.HasPrefix(rel, "..") && filepath.IsAbs(source) {
		return rel
	}
	return strings.TrimPrefix(source, shippedSource)
}

// Open finds a book that another one links to: beside it, or by name.
func (l library) Open(link string, from *runbook.Book) (*runbook.Book, error) {
	f, err := l.linked(link, from)
	if err != nil {
		return nil, err
	}
	book, _, err := l.parse(f)
	return book, err
}

// linked finds the text that a link leads to. A shipped book's links lead to
// shipped books.
func (l library) linked(link string, from *runbook.Book) (found, error) {
	if from != nil && from.Source != "" && !strings.HasPrefix(from.Source, shippedSource) {
		if path := filepath.Join(filepath.Dir(l.abs(from.Source)), filepath.FromSlash(link)); exists(path) {
			text, err := readBook(path)
			return found{path, text}, err
		}
	}
	return l.find(runbook.LinkName(link))
}

// Parse reads a text that the log kept.
func (l library) Parse(name string, text []byte) (*runbook.Book, error) {
	book, _, err := markdown.Parse(name, text)
	if err != nil {
		return nil, because(exitUsage, err)
	}
	book.Source = name
	return book, nil
}

// A listed is a book that has a name here.
type listed struct {
	Name   string
	Source string
	Book   *runbook.Book
	Err    error
}

// list finds every book that has a name. One that hides another of its name
// stands first.
func (l library) list() []listed {
	var out []listed
	seen := map[string]bool{}
	add := func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		item := listed{Name: name}
		f, err := l.find(name)
		if err == nil {
			item.Source = l.shown(f.source)
			if strings.HasPrefix(f.source, shippedSource) {
				item.Source = "shipped"
			}
			item.Book, _, err = l.parse(f)
		}
		item.Err = err
		out = append(out, item)
	}
	for _, dir := range l.folders {
		paths, err := filepath.Glob(filepath.Join(dir, "*.md"))
		if err != nil {
			continue
		}
		slices.Sort(paths)
		for _, path := range paths {
			add(strings.TrimSuffix(filepath.Base(path), ".md"))
		}
	}
	for _, name := range runbooks.Names() {
		add(name)
	}
	return out
}
