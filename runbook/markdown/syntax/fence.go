package syntax

import "strings"

// shells are the languages whose fences are commands.
var shells = map[string]bool{
	"sh": true, "bash": true, "zsh": true, "shell": true, "console": true, "fish": true, "pwsh": true,
}

// Language is the first word of an info string, lower case, and whether a fence
// in it is a command.
func Language(info string) (lang string, command bool) {
	if i := strings.IndexAny(info, " \t{,"); i >= 0 {
		info = info[:i]
	}
	lang = strings.ToLower(info)
	return lang, shells[lang]
}

var bookFile = Pattern(`(?i)^[^#?]+\.(?:md|markdown)(?:#|$)`)

// Within says whether the destination of a link is a heading, here or in another
// Markdown file: a walk can go there.
func Within(dest string) bool {
	if strings.Contains(dest, "://") || strings.HasPrefix(dest, "//") {
		return false
	}
	return dest == "" || dest[0] == '#' || bookFile().MatchString(dest)
}
