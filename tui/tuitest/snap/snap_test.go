package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/image/font/gofont/gomono"

	"lifeboat/tui/tuitest/picture"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// playScript plays a script on a shell program, and gives the folder of the pictures.
func playScript(t *testing.T, program string, args ...string) (folder string, err error) {
	t.Helper()
	fonts, err := picture.LoadFonts(gomono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	o, err := parse(append(append([]string{"-o", folder}, args...), "--", "sh", "-c", program), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	tool := &tool{ctx: t.Context()}
	defer tool.end(&err)
	return folder, play(tool, o, fonts)
}

func TestPlay(t *testing.T) {
	folder, err := playScript(t, `stty -echo; echo "hello $NAME"; read -r x; printf '\033[2J\033[Hgot %s' "$x"; read -r x`,
		"-size", "20x3", "-env", "NAME=you", "-script", "wait:hello you; shot:one; type:abc; key:enter; gone:hello; wait:got abc; shot:two; resize:30x4; sleep:1")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"one.txt": "hello you\n\n\n", "two.txt": "got abc\n\n\n",
		"one.svg": ">hello you</text>", "two.svg": ">got abc</text>", "one.png": "\x89PNG", "two.png": "\x89PNG",
		"session.svg": "<use href=",
	} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Contains(data, []byte(want)) {
			t.Errorf("%s: %v, %.200q", name, err, data)
		}
		if strings.HasSuffix(name, ".txt") && string(data) != want {
			t.Errorf("%s: %q, want %q", name, data, want)
		}
	}
}

// What the terminal answers is what it looks like.
func TestPlay_theme(t *testing.T) {
	const ask = `stty raw -echo; printf '\033]11;?\a'; dd bs=1 count=23 2>/dev/null | tr -d '\033\a'; cat`
	for theme, want := range map[string]string{"dark": "rgb:1616/1818/1d1d", "light": "rgb:ffff/ffff/ffff"} {
		folder, err := playScript(t, ask, "-theme", theme, "-size", "40x2", "-script", "wait:"+want+";shot:it")
		if err != nil {
			t.Errorf("%s: %v", theme, err)
			continue
		}
		svg, err := os.ReadFile(filepath.Join(folder, "it.svg"))
		if fill := map[string]string{"dark": "#16181d", "light": "#ffffff"}[theme]; err != nil || !strings.Contains(string(svg), `fill="`+fill+`"`) {
			t.Errorf("%s: %v, %s", theme, err, svg)
		}
	}
}

func TestPlay_fails(t *testing.T) {
	_, err := playScript(t, "echo hello; exit 4", "-script", "wait:nothing;shot:it")
	if err == nil || !strings.Contains(err.Error(), `without showing "nothing": it ended with status 4`+"\nhello") {
		t.Errorf("%v", err)
	}
	_, err = playScript(t, "cat", "-script", "key:entr")
	if err == nil || !strings.Contains(err.Error(), `no key is called "entr"`) {
		t.Errorf("%v", err)
	}
}

func TestTool_otherPanics(t *testing.T) {
	cleaned := false
	defer func() {
		if recover() != "else" || !cleaned {
			t.Errorf("a panic was swallowed, or nothing was cleaned up: %v", cleaned)
		}
	}()
	tool := &tool{ctx: t.Context()}
	tool.Cleanup(func() { cleaned = true })
	defer tool.end(new(error))
	panic("else")
}

func TestParse_mistakes(t *testing.T) {
	for args, want := range map[string]string{
		"":                              "which program?",
		"-size 80 -- sh":                "is no size",
		"-size 0x4 -- sh":               "is no size",
		"-theme blue -- sh":             "it is dark or light",
		"-script wat:x -- sh":           `step "wat:x"`,
		"-script wait -- sh":            `step "wait"`,
		"-script key: -- sh":            `step "key:"`,
		"-script wait:x;resize:9 -- sh": `step "resize:9"`,
		"-script sleep:soon -- sh":      `step "sleep:soon"`,
		"-script shot:../x -- sh":       "no name of a file",
		"-nonsense":                     "not defined",
	} {
		if _, err := parse(strings.Fields(args), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
