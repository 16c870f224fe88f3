package shell

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/runbook"
)

// canaryForms is how a canary could be found on disk; written apart from the
// redactor that must prevent it.
func canaryForms(v string) map[string]string {
	h := hex.EncodeToString([]byte(v))
	out := map[string]string{
		"raw": v, "hex": h, "HEX": strings.ToUpper(h), "query": url.QueryEscape(v), "path": url.PathEscape(v),
		"shell": strings.ReplaceAll(v, "'", `'\''`),
	}
	j, _ := json.Marshal(v)
	out["json"] = string(j[1 : len(j)-1])
	for off := range 3 {
		e := base64.StdEncoding.EncodeToString([]byte("xxx"[:off] + v + "yyy"))
		out[fmt.Sprintf("base64 at %d", off)] = e[off+2 : off+(len(v)*4/3)-4]
	}
	return out
}

// search looks into every file below a folder for a form of a secret. Line
// breaks don't hide any. It gives how many files it read.
func search(t *testing.T, root string, secrets []string) (found []string, files int) {
	t.Helper()
	err := filepath.Walk(root, func(path string, st os.FileInfo, err error) error {
		if err != nil || st.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".zst") {
			b = append(b, kept(t, filepath.Dir(path))...)
		}
		joined := bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\n"), nil), []byte("\r"), nil)
		for _, v := range secrets {
			for form, s := range canaryForms(v) {
				if bytes.Contains(b, []byte(s)) || bytes.Contains(joined, []byte(s)) {
					found = append(found, fmt.Sprintf("%s of %q in %s", form, v, filepath.Base(path)))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, files
}

// canaryBlock prints, exports and reports $ONE, $TWO and $THREE.
const canaryBlock = `
cmdline() { tr '\0' '\n' </proc/$$/cmdline; tr '\0' '\n' </proc/$PPID/cmdline; }
for v in "$ONE" "$TWO" "$THREE"; do
  echo "raw $v"
  printf '%s' "$v" | base64 -w0; echo
  printf 'x%s' "$v" | base64 -w0; echo
  printf 'xx%s' "$v" | base64 -w0; echo
  printf 'user:password-before-it-%s-and-after' "$v" | base64 -w76
  printf 'a longer text before it, so that lines break %s' "$v" | base64 -w64 | sed 's/$/\r/'
  printf '%s' "$v" | od -An -v -tx1 | tr -d ' \n'; echo
  printf '%s' "$v" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; echo
  half=${v%????????????}; printf '%s' "$half"; sleep 0.05; printf '%s\n' "${v#"$half"}"
  echo "fact_raw=$v" >>"$LIFEBOAT_FACTS"
  echo "fact64=$(printf 'u:%s' "$v" | base64 -w0)" >>"$LIFEBOAT_FACTS"
  printf 'fact_doc<<END\nfirst\n%s\nEND\n' "$v" >>"$LIFEBOAT_FACTS"
done
printf '%s\n' "$JSON" "$QUERY"
cmdline
export COPY="$ONE" INSIDE="before $TWO after" CODED="$(printf '%s' "$THREE" | base64 -w0)"
MY_TOKEN=undeclared-$((6 * 7))-of-a-token
DATABASE_URL=postgres://app:undeclared-$((6 * 7))-pass@db/x
unset TWO
mkdir -p "$TWO_DIR"; cd "$TWO_DIR"
set -x; : "$ONE"; set +x
false
`

// TestCanaries gives a job secrets in every way, has it print and export and
// report them in every way, and then looks for them in every file of the run.
func TestCanaries(t *testing.T) {
	canaries := []string{"canary-One/with&odd 'chars'\"<x>", "CANARYtwoPlainToken0123456789", "third$canary|" + strings.Repeat("long", 40)}
	p := newPlace(t)
	j := p.job("bash", canaryBlock)
	j.Secrets = []runbook.Named{{Name: "ONE", Value: runbook.NewSecret(canaries[0])}, {Name: "TWO", Value: runbook.NewSecret(canaries[1])}}
	j.Redact = []runbook.Secret{runbook.NewSecret(canaries[2])}
	asJSON, err := json.Marshal(canaries)
	if err != nil {
		t.Fatal(err)
	}
	// What a target's own variables hold isn't lifeboat's doing, but is redacted all the same.
	j.Env = append(j.Env, "THREE="+canaries[2], "JSON="+string(asJSON), "QUERY="+url.QueryEscape(canaries[0])+"&"+url.PathEscape(canaries[0]),
		"TWO_DIR="+filepath.Join(p.dir, "d-"+canaries[1]))
	proc := p.start(j)
	o, err := proc.Wait(t.Context())
	if err != nil || o.Exit != 1 || !o.Captured {
		t.Fatalf("%+v, %v: %s", o, err, kept(t, j.Folder))
	}
	all := append(canaries, "undeclared-42-of-a-token", "undeclared-42-pass")
	found, files := search(t, p.s.RunDir, all)
	if len(found) > 0 || files < 5 {
		t.Errorf("%d files, found %s", files, strings.Join(found, "\n"))
	}
	for name, want := range map[string]string{
		"COPY": canaries[0], "INSIDE": "before " + canaries[1] + " after", "MY_TOKEN": "undeclared-42-of-a-token",
		"CODED": base64.StdEncoding.EncodeToString([]byte(canaries[2])), "DATABASE_URL": "postgres://app:undeclared-42-pass@db/x",
	} {
		if got := o.Withheld[name].Reveal(); got != want {
			t.Errorf("withheld %s is %q", name, got)
		}
		if _, ok := o.Set[name]; ok {
			t.Errorf("%s is in the record", name)
		}
	}
	if len(o.Facts) != 3 || o.Facts[0].Name != "fact_raw" || o.Facts[0].Value != "[redacted]" || o.Facts[2].Value != "first\n[redacted]" {
		t.Errorf("facts: %q", o.Facts)
	}
	if o.Dir != "" {
		t.Errorf("a directory that holds a secret: %q", o.Dir)
	}
	if n := strings.Count(kept(t, j.Folder), "[redacted]"); n < 3*9 {
		t.Errorf("%d masks in\n%s", n, kept(t, j.Folder))
	}
}

// TestCanaries_theSearchFinds: the search above isn't blind.
func TestCanaries_theSearchFinds(t *testing.T) {
	p := newPlace(t)
	p.run(p.job("sh", `echo visible-canary-value; printf 'ab%s' visible-canary-value | base64; printf visible-canary-value | od -An -v -tx1 | tr -d ' \n'; V=visible-canary-value`))
	found, _ := search(t, p.s.RunDir, []string{"visible-canary-value"})
	all := strings.Join(found, "\n")
	for _, want := range []string{"raw", "base64 at 2", "hex", "attempt.json", "block", "output.zst"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s isn't found: %s", want, all)
		}
	}
}

// TestCapture: a block's output as a value, kept for a fact, nowhere for a
// secret; what the block says beside it on standard error is no part of it.
func TestCapture(t *testing.T) {
	p := newPlace(t)
	j := p.job("sh", "echo '  a value '; echo warning >&2")
	j.Capture = true
	if o := p.run(j); o.Value.Reveal() != "a value" || !strings.Contains(kept(t, j.Folder), "a value") || !strings.Contains(kept(t, j.Folder), "warning") {
		t.Errorf("%q, kept %q", o.Value.Reveal(), kept(t, j.Folder))
	}
	j = p.job("bash", "echo fresh-$((6 * 7))-generated | tee copy; X=$(cat copy); echo warning $X >&2; echo f=$X >>\"$LIFEBOAT_FACTS\"")
	j.Capture, j.Discard = true, true
	o := p.run(j)
	if o.Value.Reveal() != "fresh-42-generated" || o.Output.File != "" || o.Withheld["X"].Reveal() != "fresh-42-generated" ||
		o.Exit != 0 || len(o.Facts) != 1 || o.Facts[0].Value != "[redacted]" {
		t.Errorf("%q: %+v", o.Value.Reveal(), o)
	}
	if _, err := os.Stat(filepath.Join(j.Folder, "output.zst")); err == nil {
		t.Error("the output is kept")
	}
	if found, _ := search(t, p.s.RunDir, []string{"fresh-42-generated"}); len(found) > 0 {
		t.Errorf("found %s", strings.Join(found, "\n"))
	}
	j = p.job("sh", "head -c 1100000 /dev/zero")
	j.Capture = true
	if o := p.run(j); o.Value.Reveal() != "" || o.Fault != "output over 1048576 bytes isn't taken as a value" {
		t.Errorf("%d bytes, %q", len(o.Value.Reveal()), o.Fault)
	}
}
