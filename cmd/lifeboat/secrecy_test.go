package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// The canaries: one for each way in which a secret can arrive.
const (
	canaryEnv    = "canary-env-Zq7/+&'x1"  // from the environment
	canaryTyped  = "canary-typed-Zq7/+&x2" // typed when asked for
	canaryBlock  = "canary-block-Zq7/+&x3" // printed by a block that is marked as one
	canaryExport = "canary-export-Zq7+&x4" // exported by a block under a name like one
	canaryTarget = "canary-target-Zq7+&x5" // from the target's file
)

const canaryBook = `---
lifeboat: 1
secrets: [FROM_ENV, FROM_KEYS, FROM_TARGET]
---
# Canaries

## Step

~~~sh
echo "$FROM_ENV" "$FROM_KEYS" "$FROM_TARGET"
printf %s "$FROM_ENV" | base64
printf %s "x$FROM_ENV" | base64
printf %s "xy$FROM_ENV" | base64
printf %s "user:$FROM_KEYS!" | base64 -w 20
printf %s "$FROM_KEYS" | od -An -v -tx1 | tr -d ' \n'; echo
printf %s "$FROM_KEYS" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; echo
printf '%s' "$FROM_ENV" | sed 's/&/\\u0026/g; s/^/{"v":"/; s/$/"}/'; echo
printf '\033[31m%s\033[0m\n' "$FROM_TARGET"
printf %s "${FROM_ENV%??????}"; sleep 0.05; echo "${FROM_ENV#"${FROM_ENV%??????}"}"
echo "fact=$FROM_ENV" >> "$LIFEBOAT_FACTS"
echo "$FROM_KEYS" >&2
~~~

~~~sh {secret=FROM_BLOCK}
echo 'canary-block-Zq7/+'"&x3"
~~~

~~~sh
API_TOKEN='canary-export-Zq7+'"&x4"
COPY="see $FROM_ENV"
~~~

~~~sh
echo "$FROM_BLOCK $API_TOKEN $COPY"
test ${#API_TOKEN} = 21 && test ${#FROM_BLOCK} = 21 && echo all there
~~~

- [ ] Anything else: ____

~~~sh
false
~~~
`

// forms are the ways in which a value could stand in a file.
func forms(value string) []string {
	quoted, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	out := []string{
		value, hex.EncodeToString([]byte(value)), strings.ToUpper(hex.EncodeToString([]byte(value))),
		url.QueryEscape(value), url.PathEscape(value), strings.Trim(string(quoted), `"`), strings.ReplaceAll(value, "'", `'\''`),
	}
	for pad := range 3 {
		core := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", pad) + value))
		out = append(out, core[(pad*8+5)/6:len(core)-4])
	}
	return out
}

// TestSecretsLeaveNoTrace gives secrets in every way, has them printed in every
// form, typed where they don't belong, and then looks for them in every byte
// that was shown or written.
func TestSecretsLeaveNoTrace(t *testing.T) {
	s := newStation(t, "FROM_ENV="+canaryEnv)
	book := s.write("canaries.md", canaryBook)
	s.write("lifeboat.yaml", "targets:\n  staging: {env_file: staging.env, production: false}\n")
	s.write("staging.env", "FROM_TARGET="+canaryTarget+"\n")
	walk := s.start("drill", book, "--plain", "--target", "staging")
	for _, line := range []string{
		"", canaryTyped, // the first block asks for the one that nobody gave
		"", "", "",
		"see " + canaryTyped, // an answer with a secret in it
		"!echo " + canaryEnv, // refused: it would stand in the log
		"n the password is " + canaryExport,
		"e", "curl -H " + canaryTyped, ".", "because of " + canaryBlock, // refused
		"", "y anyway, " + canaryEnv,
		"", "",
	} {
		walk.say(line)
	}
	if code := walk.end(); code != 0 {
		t.Fatalf("exit %d\n%s", code, walk.all.String())
	}
	screen := walk.all.String()
	for _, want := range []string{"all there", "[redacted]", "holds the value of FROM_ENV", "holds the value of FROM_KEYS"} {
		if !strings.Contains(screen, want) {
			t.Errorf("the walk doesn't show %q:\n%s", want, screen)
		}
	}
	all := map[string]string{"env": canaryEnv, "typed": canaryTyped, "block": canaryBlock, "export": canaryExport, "target": canaryTarget}
	s.traceless(all, "the screen", screen)
}

// holds says which value some bytes hold, in any form; "": none.
func holds(data []byte, values map[string]string) string {
	for name, value := range values {
		for _, form := range forms(value) {
			if i := bytes.Index(data, []byte(form)); i >= 0 {
				return fmt.Sprintf("the %s canary as %q: …%q…", name, form, data[max(0, i-40):min(len(data), i+len(form)+20)])
			}
		}
	}
	return ""
}

// traceless demands that none of the values is in what was shown, in what lifeboat
// tells of the run, or in any file below the station's state.
func (s *stationDir) traceless(values map[string]string, what, shown string) {
	s.t.Helper()
	report, _ := s.run("report")
	journal, _ := s.run("log", "--all")
	for name, text := range map[string]string{what: shown, "the report": report, "the journal": journal} {
		if found := holds([]byte(text), values); found != "" {
			s.t.Errorf("%s holds %s", name, found)
		}
	}
	files := 0
	s.files(func(path string, data []byte) {
		files++
		if found := holds(data, values); found != "" {
			s.t.Errorf("%s holds %s", path, found)
		}
		if !strings.HasSuffix(path, ".zst") {
			return
		}
		dec, err := zstd.NewReader(nil)
		if err != nil {
			s.t.Fatal(err)
		}
		defer dec.Close()
		plain, err := dec.DecodeAll(data, nil)
		if err != nil {
			s.t.Errorf("%s: %v", path, err)
		}
		if found := holds(plain, values); found != "" {
			s.t.Errorf("%s (decompressed) holds %s", path, found)
		}
	})
	if files < 10 {
		s.t.Errorf("only %d files were written", files)
	}
}
