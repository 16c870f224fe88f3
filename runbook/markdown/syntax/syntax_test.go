package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	extended "github.com/yuin/goldmark/extension/ast"

	"lifeboat/runbook/markdown/syntax"
)

// outline lists the blocks of a document, each within its container.
func outline(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil && c.Type() == ast.TypeBlock; c = c.NextSibling() {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(c.Kind().String())
		if box, ok := c.(*syntax.Box); ok {
			fmt.Fprintf(&b, "<%s|%s|%s>", box.Word, box.Title, box.Rest)
		}
		if inner := outline(c); inner != "" {
			b.WriteString("(" + inner + ")")
		}
	}
	return b.String()
}

func TestRead_boxes(t *testing.T) {
	for text, want := range map[string]string{
		"!!! note\n    a\n\n    - b\n\nc\n":             "Box<note||>(Paragraph List(ListItem(TextBlock))) Paragraph",
		"!!! Danger inline \"Stop\"\n    a\n\nb\n":      "Box<Danger|Stop|inline \"Stop>(Paragraph) Paragraph",
		"???+ tip \"Half\n\n    a\n":                    "Box<tip||Half>(Paragraph)",
		":::warning Mind\na\n\n# b\n:::\nc\n":           "Box<warning|Mind|Mind>(Paragraph Heading) Paragraph",
		":::: {.Note} [Mind]\na\n:::\nb\n:::::\nc\n":    "Box<Note|Mind|Mind>(Paragraph) Paragraph",
		"a\n:::caution\n> b\n":                          "Paragraph Box<caution||>(Blockquote(Paragraph))",
		":::columns\na\n:::\n":                          "Paragraph",
		"!!!note\n    a\n":                              "Paragraph",
		"- a\n\n  !!! bug\n      b\n\n  c\n":            "List(ListItem(Paragraph Box<bug||>(Paragraph) Paragraph))",
		"!!! note\r\n    a\r\n:::tip T\r\nb\r\n:::\r\n": "Box<note||>(Paragraph) Box<tip|T|T>(Paragraph)",
	} {
		if got := outline(syntax.New().Read([]byte(text)).Root); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestRead_tables: a table stands where a paragraph stood, and nothing else
// changes.
func TestRead_tables(t *testing.T) {
	text := "# a\n\n| b | c |\n|---|---|\n| d | e |\n\n> | f |\n> |---|\n\n- g | h\n"
	for want, p := range map[string]*syntax.Parser{
		"Heading Paragraph Blockquote(Paragraph) List(ListItem(TextBlock))": syntax.New(),
		"Heading Table(TableHeader(TableCell TableCell) TableRow(TableCell TableCell)) " +
			"Blockquote(Table(TableHeader(TableCell))) List(ListItem(TextBlock))": syntax.New(syntax.Tables()),
	} {
		if got := outline(p.Read([]byte(text)).Root); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestRead_nested(t *testing.T) {
	for text, want := range map[string]bool{
		"# a\n\nb\n===\n":           false,
		"- # a\n":                   true,
		"> a\n> ---\n":              true,
		"!!! tip\n    # a\n\n# b\n": true,
		"> a\n---\n":                false,
	} {
		if got := syntax.New().Read([]byte(text)).Nested; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestRead_bounds: what lies beyond a limit is text, and one paragraph's
// brackets are not held against the next.
func TestRead_bounds(t *testing.T) {
	p := syntax.New(syntax.Tables())
	depth := 0
	for n := p.Read([]byte(strings.Repeat("> ", 1000) + "a\n")).Root.FirstChild(); n.Kind() == ast.KindBlockquote; n = n.FirstChild() {
		depth++
	}
	if depth != 32 {
		t.Errorf("%d quotations inside one another", depth)
	}
	wide := strings.Repeat("| a ", 300) + "|\n" + strings.Repeat("|---", 300) + "|\n"
	if k := p.Read([]byte(wide + "|b|\n")).Root.FirstChild().Kind(); k != extended.KindTable {
		t.Errorf("a wide table is a %s", k)
	}
	if k := p.Read([]byte(wide + strings.Repeat("|b|\n", 300))).Root.FirstChild().Kind(); k != ast.KindParagraph {
		t.Errorf("a table of 90,000 cells is a %s", k)
	}
	d := p.Read([]byte("[x]: y\n\n" + strings.Repeat("a\n", 1000) + "[z]: y\n"))
	for text, want := range map[string]bool{
		"[x]":                              true,
		"[z]":                              false,
		strings.Repeat("[a] ", 60) + "[x]": true,
		strings.Repeat("[a] ", 70) + "[x]": false,
		"[x](y)":                           true,
	} {
		if got := d.Inlines([]byte(text)).FirstChild().LastChild().Kind() == ast.KindLink; got != want {
			t.Errorf("%.20q ends with a link: %v", text, got)
		}
	}
}

// TestInlines_fresh: no text is read in the light of another.
func TestInlines_fresh(t *testing.T) {
	d := syntax.New().Read([]byte("a\n"))
	for _, text := range []string{"a <!-- b", "<!-- a --> b", "a <!-- b"} {
		n := d.Inlines([]byte(text)).FirstChild().FirstChild()
		if got := n.Kind() == ast.KindRawHTML; got != strings.Contains(text, "-->") {
			t.Errorf("%q begins with a comment: %v", text, got)
		}
	}
}

// TestAlert_directive: what says of a quotation or a fence that it is a remark.
func TestAlert_directive(t *testing.T) {
	for _, c := range []struct {
		read       func(string) (string, string, bool)
		text, want string
	}{
		{syntax.Alert, "[!NOTE]\nMind", "NOTE|Mind|true"},
		{syntax.Alert, "[!danger]- Mind\nand", "danger|Mind\nand|true"},
		{syntax.Alert, "[!] Mind", "|[!] Mind|false"},
		{syntax.Alert, "Mind [!NOTE]", "|Mind [!NOTE]|false"},
		{syntax.Directive, "{note} Mind *this*", "note|Mind *this*|true"},
		{syntax.Directive, "{warning}", "warning||true"},
		{syntax.Directive, "{code-block} sh", "||false"},
		{syntax.Directive, "{python} x", "||false"},
		{syntax.Directive, "note", "||false"},
		{syntax.Directive, "", "||false"},
	} {
		word, rest, ok := c.read(c.text)
		if got := fmt.Sprintf("%s|%s|%v", word, rest, ok); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestUntick(t *testing.T) {
	for text, want := range map[string]string{
		"[ ] a": "[ ]| a", "[x]\ta": "[x]|\ta", "[X]\nb": "[X]|\nb", "[x]": "[x]|",
		"[x](y)": "|[x](y)", "[y] a": "|[y] a", "[]": "|[]", " [x] a": "| [x] a", "": "|",
	} {
		box, rest := syntax.Untick([]byte(text))
		if got := string(box) + "|" + string(rest); got != want || (box == nil) != (want[0] == '|') {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestUnescape: what was resolved is text, and isn't resolved again.
func TestUnescape(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                       "plain",
		`\*a\* \a \\* \`:              `*a* \a \* \`,
		"&lt;&#42;&#x2a; &copy;":      "<** ©",
		"a & b &nope; &; &#;":         "a & b &nope; &; &#;",
		`\&lt; \\&lt;`:                `&lt; \<`,
		"&amp;lt; &#38;lt;":           "&lt; &lt;",
		`&#92;*`:                      `\*`,
		`a & b\_c & d\; &amp; \e`:     `a & b_c & d; & \e`,
		strings.Repeat("&", 70) + ";": strings.Repeat("&", 70) + ";",
	} {
		if got := string(syntax.Unescape([]byte(text))); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	for text, want := range map[string]string{
		"```\na\r\n\n  b\n\n```\n": "a\n\n  b\n",
		"- ```\n\ta\n  b\n":        "  a\nb",
		"    a\n\n\tb\n":           "a\n\nb",
		"```\n```\n":               "",
	} {
		n := syntax.New().Read([]byte(text)).Root.FirstChild()
		for n.Kind() == ast.KindList || n.Kind() == ast.KindListItem {
			n = n.FirstChild()
		}
		if got := syntax.Code([]byte(text), n); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
