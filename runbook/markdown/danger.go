package markdown

import (
	"path"
	"slices"
	"strings"

	"lifeboat/runbook/markdown/syntax"
)

// wrappers are commands that run the command behind them.
var wrappers = map[string]bool{
	"sudo": true, "doas": true, "env": true, "nohup": true, "command": true, "exec": true, "xargs": true,
	"time": true, "nice": true, "ionice": true, "timeout": true, "stdbuf": true, "setsid": true,
}

// readers are commands whose arguments are only searched for or shown.
var readers = map[string]bool{
	"grep": true, "egrep": true, "rg": true, "echo": true, "printf": true, "awk": true, "sed": true, "less": true,
	"man": true, "test": true, "[": true, "[[": true,
}

// destroyers are commands that destroy whatever they are called with.
var destroyers = map[string]bool{
	"shred": true, "wipefs": true, "dropdb": true, "dropuser": true, "lvremove": true, "vgremove": true,
	"pvremove": true, "mke2fs": true, "blkdiscard": true, "userdel": true, "groupdel": true,
	"reboot": true, "shutdown": true, "halt": true, "poweroff": true,
}

// subcommands are what destroys when a command is called with all of these
// words, in this order. A flag may come anywhere.
var subcommands = map[string][][]string{
	"kubectl":   {{"delete"}, {"drain"}, {"replace", "--force"}},
	"oc":        {{"delete"}},
	"helm":      {{"uninstall"}, {"delete"}, {"rollback"}},
	"terraform": {{"destroy"}, {"apply", "-auto-approve"}, {"apply", "-destroy"}, {"state", "rm"}},
	"tofu":      {{"destroy"}, {"apply", "-auto-approve"}},
	"pulumi":    {{"destroy"}},
	"git":       {{"push", "--force"}, {"push", "-f"}, {"push", "--mirror"}, {"push", "--delete"}, {"reset", "--hard"}, {"clean", "-f"}, {"branch", "-D"}},
	"docker":    {{"system", "prune"}, {"volume", "rm"}, {"volume", "prune"}, {"rm", "-f"}, {"rmi"}, {"down", "-v"}, {"down", "--volumes"}},
	"podman":    {{"system", "prune"}, {"volume", "rm"}, {"volume", "prune"}},
	"aws":       {{"s3", "rm"}, {"s3", "rb"}, {"s3", "sync", "--delete"}, {"ec2", "terminate-instances"}},
	"gsutil":    {{"rm"}, {"rb"}},
	"gcloud":    {{"delete"}},
	"az":        {{"delete"}, {"purge"}},
	"zfs":       {{"destroy"}, {"rollback"}},
	"zpool":     {{"destroy"}, {"labelclear"}},
	"btrfs":     {{"subvolume", "delete"}},
	"redis-cli": {{"FLUSHALL"}, {"FLUSHDB"}, {"flushall"}, {"flushdb"}},
	"etcdctl":   {{"del"}},
	"rsync":     {{"--delete"}, {"--delete-after"}},
	"find":      {{"-delete"}},
	"truncate":  {{"-s"}},
	"crontab":   {{"-r"}},
	"iptables":  {{"-F"}, {"--flush"}},
	"sgdisk":    {{"--zap-all"}, {"-Z"}},
	"restic":    {{"forget", "--prune"}, {"prune"}},
	"pgbackrest": {
		{"--delta", "restore"}, {"stanza-delete"},
	},
	"pg_restore": {{"--clean"}, {"-c"}},
	"kops":       {{"delete"}, {"distrust"}},
	"vault":      {{"delete"}, {"destroy"}},
}

var sqlDestroys = syntax.Pattern(`(?i)\b(?:drop\s+(?:table|database|schema|index|view|user|role|owned)|truncate\s+(?:table\s+)?[a-z_"]|delete\s+from|dropDatabase\(|deleteMany\(\s*\{\s*\}\s*\))`)

// destructive names what makes a call look destructive; "" if nothing does.
func destructive(c call) string {
	words := unwrapped(c.words)
	if len(words) == 0 {
		return ""
	}
	name := path.Base(words[0])
	args := words[1:]
	if slices.Contains(args, "--dry-run") || slices.Contains(args, "--help") || slices.Contains(args, "--dry-run=client") ||
		slices.Contains(args, "--dry-run=server") {
		return ""
	}
	if readers[name] {
		return ""
	}
	for _, a := range append(slices.Clone(args), c.here) {
		if m := sqlDestroys().FindString(a); m != "" {
			return strings.ToUpper(strings.Join(strings.Fields(m), " "))
		}
		if a == "--replace-all" {
			return "--replace-all"
		}
	}
	switch {
	case destroyers[name] || strings.HasPrefix(name, "mkfs"):
		return name
	case name == "rm" && (hasFlag(args, 'r', "--recursive") || hasFlag(args, 'R', "--recursive")):
		return "rm -r"
	case name == "dd" && slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "of=") && a != "of=/dev/null" }):
		return "dd of="
	case name == "git" && has(args, []string{"push"}) && slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--force") || len(a) > 1 && a[0] == '+' }):
		return "git push --force"
	case name == "git" && has(args, []string{"clean"}) && hasFlag(args, 'f', "--force"):
		return "git clean -f"
	case name == "convex" || name == "lifeboat" || name == "npx":
		if has(args, []string{"import"}) && slices.Contains(args, "--replace") {
			return "import --replace"
		}
	}
	for _, sub := range subcommands[name] {
		if has(args, sub) {
			return name + " " + strings.Join(sub, " ")
		}
	}
	return ""
}

// unwrapped is a command line without sudo and the like.
func unwrapped(ws []shellWord) []string {
	var words []string
	for _, w := range ws {
		if !w.redir {
			words = append(words, w.text)
		}
	}
	for len(words) > 1 && wrappers[path.Base(words[0])] {
		i := 1
		for i < len(words) && (strings.HasPrefix(words[i], "-") || strings.Contains(words[i], "=") || isNumber(words[i]) || words[i] == "{}") {
			i++
		}
		words = words[min(i, len(words)):]
	}
	return words
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789smhd.") == ""
}

// has reports whether args hold the words of sub in order; flags in any place.
func has(args, sub []string) bool {
	i := 0
	for _, want := range sub {
		if strings.HasPrefix(want, "-") {
			if !slices.Contains(args, want) {
				return false
			}
			continue
		}
		n := slices.Index(args[i:], want)
		if n < 0 {
			return false
		}
		i += n + 1
	}
	return true
}

// hasFlag reports whether a short flag stands alone or among others, or the
// long one does.
func hasFlag(args []string, short rune, long string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		return a == long || len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.ContainsRune(a, short)
	})
}
