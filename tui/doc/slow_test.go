package doc_test

import (
	"strings"
	"testing"
	"time"

	"lifeboat/runbook"
	"lifeboat/runbook/markdown"
	"lifeboat/tui/doc"
)

func TestSlow(t *testing.T) {
	const size = 8 << 20
	rep := func(s string) string { return strings.Repeat(s, size/len(s)) }
	para := func(s string) string { return rep(strings.Repeat(s, 16000/len(s)) + "\n\n") }
	for name, text := range map[string]string{
		"brackets": rep("["), "emph": rep("*a **a "), "emphp": para("*a **a "), "under": para("_a __a "), "nested": rep(strings.Repeat(">", 200) + "\n"),
		"ticks": para("`a``b```c"), "links": para("[a](b"), "linksp": para("![a]("), "html": para("<a href='"), "comments": para("<!-- "), "proc": para("<? "), "lists": rep("- a\n"),
		"deep": rep(strings.Repeat("- ", 100) + "a\n"), "ordered": rep("1. a\n"), "table": "|a|b|\n|-|-|\n" + rep("|a|b|\n"), "tables": rep("|a|b|\n|-|-|\n|x|y|\n\n"), "wide": rep("|a") + "\n" + "|-|\n",
		"zalgo": "a" + rep("\u0301"), "zalgos": para("\u0301"), "code": "```\n" + rep("x") + "\n```", "codes": "```\n" + rep("x\n") + "\n```", "fences": rep("```{note}\na\n```\n"), "boxes": rep("!!! note\n    "),
		"colons": rep(":::note\n"), "refs": rep("[a]: b\n"), "ents": para("&amp;&#1;&foo;"), "cjk": rep("数据"), "spaces": "a" + rep(" ") + "b", "codespan": "`" + strings.Repeat(" a", 8000) + "`", "heads": rep("# a\n"),
		"amps": para("&"), "back": para("\\"), "delim": para("*_"), "tilde": para("a*b*_c_"), "tabs": rep("\t"), "fence directive": "````{note}\n" + rep("- a\n") + "````\n", "cells": rep("|a|\n|-|\n"), "autolink": para("<http:"), "img": para("![") , "dirs": rep("~~~{note}\n```{note}\n"), "onelinewide": rep("|"),
		"th": strings.Repeat("|a", 1000) + "\n" + strings.Repeat("|-", 1000) + "\n" + rep("|\n"),
	} {
		t1 := time.Now()
		b, _, err := markdown.Parse("a.md", []byte(text))
		d0 := time.Since(t1)
		if err != nil {
			t.Log(name, err)
		}
		t1 = time.Now()
		d := doc.Parse(&runbook.Book{Text: []byte(text)})
		d1 := time.Since(t1)
		t1 = time.Now()
		n := len(d.Layout(doc.Options{From: 0, To: len(text), Width: 74, Theme: theme(t, "dark"), Clean: clean}))
		d2 := time.Since(t1)
		t1 = time.Now()
		var d3 time.Duration
		if b != nil && len(b.Steps) > 0 {
			o := doc.Section(&b.Steps[0])
			o.Width, o.Theme = 74, theme(t, "dark")
			d.Layout(o)
			d3 = time.Since(t1)
		}
		t.Logf("%-20s markdown %v parse %v layout %v with marks %v, %d lines", name, d0.Round(time.Millisecond), d1.Round(time.Millisecond), d2.Round(time.Millisecond), d3.Round(time.Millisecond), n)
	}
}
