package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lifeboat/runbook"
)

type carryCase struct {
	name, text string
	exit       int
	signal     string
	dir        string // relative to the work directory; "": it stayed
	set        map[string]string
	unset      []string
	lost       bool // the state isn't captured
	timeout    bool // ended from outside by TERM
	only       string
}

type vars = map[string]string

var carryCases = []carryCase{
	{name: "nothing", text: ``},
	{name: "a comment alone", text: "# nothing to do\n"},
	{name: "export", text: `export A=1 B="two words"`, set: vars{"A": "1", "B": "two words"}},
	{name: "a plain variable", text: `DIR=/x`, set: vars{"DIR": "/x"}},
	{name: "a changed variable", text: `KEEP=new`, set: vars{"KEEP": "new"}},
	{name: "an emptied variable", text: `KEEP=`, set: vars{"KEEP": ""}},
	{name: "unset", text: `unset GONE`, unset: []string{"GONE"}},
	{name: "set and unset", text: `A=1; unset A`},
	{name: "read", text: "read A B <<EOF\none two\nEOF", set: vars{"A": "one", "B": "two"}},
	{name: "a loop's variable", text: `for I in 1 2 3; do :; done`, set: vars{"I": "3"}},
	{name: "arithmetic", text: `N=$((6 * 7))`, set: vars{"N": "42"}},
	{name: "cd", text: `cd sub`, dir: "sub"},
	{name: "cd to a link", text: `cd link`, dir: "link"},
	{name: "cd to a name with blanks and a line break", text: "cd 'odd \n dir'", dir: "odd \n dir"},
	{name: "a deleted directory", text: `mkdir gone; cd gone; rmdir ../gone; A=1`, dir: "gone", set: vars{"A": "1"}},
	{name: "cd in a subshell", text: `(cd sub; A=1)`},
	{name: "exit 0", text: `A=1; exit 0; A=2`, set: vars{"A": "1"}},
	{name: "exit 7", text: `A=1; exit 7`, exit: 7, set: vars{"A": "1"}},
	{name: "a command that fails", text: "A=1\nfalse\nA=2", exit: 1, set: vars{"A": "1"}},
	{name: "a command that fails in a function", text: "f() { A=1; false; A=2; }\nf", exit: 1, set: vars{"A": "1"}},
	{name: "a command that isn't there", text: "A=1\nno-such-program-here", exit: 127, set: vars{"A": "1"}},
	{name: "a failure that is looked at", text: "false || A=1\nif false; then :; fi", set: vars{"A": "1"}},
	{name: "set +e, last command fails", text: "set +e\nA=1\nfalse", exit: 1, set: vars{"A": "1"}},
	{name: "set -u", text: "set -u\nA=1\necho $NOT_THERE", exit: -100, set: vars{"A": "1"}},
	{name: "set -x", text: "set -x\nA=1", set: vars{"A": "1"}},
	{name: "syntax error", text: "if then fi", exit: -100},
	{name: "an open quote", text: "echo 'open", exit: -100},
	{name: "return", text: "A=1\nreturn 0\nA=2", set: vars{"A": "1"}},
	{name: "return 3", text: "A=1\nreturn 3", exit: 3, set: vars{"A": "1"}},
	{name: "TERM from outside", text: "A=1\nsh -c 'echo ready; exec sleep 1000'", exit: 143, set: vars{"A": "1"}, timeout: true},
	{name: "TERM to itself", text: "A=1\nkill -TERM $$\nsleep 1000", exit: 143, set: vars{"A": "1"}},
	{name: "HUP to itself", text: "A=1\nkill -HUP $$\nsleep 1000", exit: 129, set: vars{"A": "1"}},
	{name: "its own trap on EXIT", text: "trap 'echo bye' EXIT\nA=1", set: vars{"A": "1"}},
	{name: "its own trap on TERM", text: "trap 'A=trapped' TERM\nkill -TERM $$\n:", set: vars{"A": "trapped"}},
	{name: "its own trap on EXIT, and exit", text: "trap 'echo bye' EXIT\nA=1\nexit 4", exit: 4, lost: true},
	{name: "a line break", text: "A='one\ntwo\n'", set: vars{"A": "one\ntwo\n"}},
	{name: "bytes that are no UTF-8", text: "A=$(printf 'a\\377b')", set: vars{"A": "a\xffb"}},
	{name: "quotes and dollars", text: `A='"$HOME" '"'"'\ ` + "`x`'", set: vars{"A": `"$HOME" '\ ` + "`x`"}},
	{name: "an equals sign", text: `A='b=c=d'`, set: vars{"A": "b=c=d"}},
	{name: "120 KB", text: `A=$(head -c 120000 /dev/zero | tr '\0' x)`, set: vars{"A": strings.Repeat("x", 120000)}},
	{
		name: "1 MB in ten", text: "for i in 0 1 2 3 4 5 6 7 8 9; do eval \"V$i=$(head -c 100000 /dev/zero | tr '\\0' y)\"; done; unset i",
		set: vars{"V0": strings.Repeat("y", 100000), "V9": strings.Repeat("y", 100000)},
	},
	{name: "200 KB", text: `A=$(head -c 200000 /dev/zero | tr '\0' x)`, lost: true},
	{name: "readonly", text: "readonly A=1", set: vars{"A": "1"}},
	{name: "PATH wiped", text: "PATH=\nA=1", set: vars{"A": "1", "PATH": ""}},
	{name: "PATH unset", text: "unset PATH", unset: []string{"PATH"}},
	{name: "every descriptor closed", text: "A=1\nexec 0<&- 1>&- 2>&- 3>&- 4>&-", set: vars{"A": "1"}},
	{name: "output redirected", text: "exec >log 2>&1\nA=1", set: vars{"A": "1"}},
	{name: "descriptors taken", text: "exec 3>f3 4>f4 5>f5 6>f6\nA=1", set: vars{"A": "1"}},
	{name: "a background child", text: "sleep 0.3 &\nA=1", set: vars{"A": "1"}},
	{name: "a pipe", text: "echo x | cat >/dev/null\nA=1", set: vars{"A": "1"}},
	{name: "a pipe that fails", text: "false | cat\nA=1", exit: 1, only: "bash"},
	{name: "a pipe that fails, in sh", text: "false | cat\nA=1", set: vars{"A": "1"}, only: "sh"},
	{name: "here-document", text: "cat >f <<'EOF'\n$A `x`\nEOF\nA=$(cat f)", set: vars{"A": "$A `x`"}},
	{name: "DOS line ends", text: "A=1\r\nif true; then\r\n  B=2\r\nfi\r\n", set: vars{"A": "1", "B": "2"}},
	{name: "exec", text: "A=1\nexec true", lost: true},
	{name: "kill -9", text: "A=1\nkill -9 $$", exit: -1, signal: "KILL", lost: true},
	{name: "our function redefined", text: "__lifeboat_save() { :; }\nA=1", lost: true},
	{name: "a function of bash", text: "f() { echo hi; }", set: vars{"BASH_FUNC_f%%": "() {  echo hi\n}"}, only: "bash"},
	{name: "an array of bash", text: "A=(1 2); B=1", set: vars{"B": "1"}, only: "bash"},
	{name: "variables of ours", text: "LIFEBOAT_RUN=evil\nLIFEBOAT_X=1\n__lifeboat_y=2\nSHLVL=9"},
}

func TestCarry(t *testing.T) {
	for _, shell := range []string{"sh", "bash"} {
		p := newPlace(t)
		for _, d := range []string{"sub", "odd \n dir"} {
			if err := os.Mkdir(filepath.Join(p.dir, d), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Symlink("sub", filepath.Join(p.dir, "link")); err != nil {
			t.Fatal(err)
		}
		for _, c := range carryCases {
			if c.only != "" && c.only != shell {
				continue
			}
			t.Run(shell+"/"+c.name, func(t *testing.T) {
				p.t = t
				proc := p.start(p.job(shell, c.text))
				if c.timeout {
					<-proc.Flushed() // it says that it is ready
					if err := proc.Stop(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				o, err := proc.Wait(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if bad := c.differs(o, p.dir); bad != "" {
					t.Error(bad)
				}
			})
		}
	}
}

func (c carryCase) differs(o runbook.Outcome, work string) string {
	if o.Fault != "" {
		return "fault: " + o.Fault
	}
	if c.exit == -100 && o.Exit == 0 || c.exit != -100 && o.Exit != c.exit || o.Signal != c.signal {
		return fmt.Sprintf("exit %d %s, want %d %s", o.Exit, o.Signal, c.exit, c.signal)
	}
	if o.Captured == c.lost {
		return fmt.Sprintf("captured: %v", o.Captured)
	}
	if c.lost {
		if o.Dir != "" || len(o.Set)+len(o.Unset)+len(o.Withheld) > 0 {
			return fmt.Sprintf("not captured, and yet: %q %.200v %v", o.Dir, o.Set, o.Unset)
		}
		return ""
	}
	if want := filepath.Join(work, c.dir); o.Dir != want {
		return fmt.Sprintf("directory %q, want %q", o.Dir, want)
	}
	if !slices.Equal(o.Unset, c.unset) {
		return fmt.Sprintf("unset %q, want %q", o.Unset, c.unset)
	}
	for name, v := range c.set {
		if got, ok := o.Set[name]; !ok || got != v {
			return fmt.Sprintf("%s is %.100q, want %.100q; all: %.300q", name, got, v, o.Set)
		}
	}
	if _, asked := c.set["BASH_FUNC_f%%"]; !asked {
		delete(o.Set, "BASH_FUNC_f%%") // bash exports functions too
	}
	if len(o.Set) != len(c.set) && c.name != "1 MB in ten" {
		return fmt.Sprintf("set %.300q, want %.300q", o.Set, c.set)
	}
	return ""
}

// TestCarry_fromBlockToBlock: the blocks of one run behave like one terminal.
func TestCarry_fromBlockToBlock(t *testing.T) {
	p := newPlace(t)
	if err := os.Mkdir(filepath.Join(p.dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	one := p.run(p.job("bash", "cd sub\nDIR=/x\nf() { echo \"f of $DIR\"; }"))
	j := p.job("bash", "f; pwd")
	j.Dir = one.Dir
	for name, v := range one.Set {
		j.Env = append(j.Env, name+"="+v)
	}
	p.run(j)
	if got, want := kept(t, j.Folder), "f of /x\n"+p.dir+"/sub\n"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

func TestSecretName(t *testing.T) {
	for name, want := range map[string]bool{
		"API_TOKEN": true, "apitoken": true, "MY_SECRETS": true, "DB_PASSWORD": true, "passwd": true, "AWS_ACCESS_KEY_ID": true,
		"APIKEY": true, "DEPLOY_KEY": true, "KEYS": true, "OAUTH": true, "X_AUTH": true, "SENTRY_DSN": true, "MYSQL_PWD": true,
		"GOOGLE_APPLICATION_CREDENTIALS": true, "DB_PASS": true, "KEY2": true,
		"KEYBOARD": false, "KEYMAP": false, "GIT_AUTHOR_NAME": false, "AUTHORITY": false, "PASSENGER": false, "BYPASSED": false,
		"SSH_AUTH_SOCK": false, "PATH": false, "DSNAME": false, "BASH_FUNC_get_token%%": false, "SNAPSHOT": false,
	} {
		if got := secretName(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSecretShape(t *testing.T) {
	for v, want := range map[string]bool{
		"postgres://app:s3cret@db/x": true, "see https://a:b@c and more": true, "-----BEGIN RSA PRIVATE KEY-----\nMII": true,
		"https://example.com/a:b@c": false, "https://user@example.com": false, "ssh://git@host:22/x": false, "a:b@c": false, "": false,
		"http://x http://u:p@h": true,
	} {
		if got := secretShape(v); got != want {
			t.Errorf("%q: %v", v, got)
		}
	}
}
