package output

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"
)

// forms gives the texts in which a value can show up: plain ones, and cores,
// which a program may break into lines. A core of base64 is the part that is
// the same whatever stands before and after the value.
func forms(v string) (plain, cores []string) {
	plain = append(plain, v)
	for l := range strings.SplitSeq(v, "\n") {
		l = strings.TrimSpace(l)
		if len(l) >= Least && !strings.HasPrefix(l, "-----BEGIN ") && !strings.HasPrefix(l, "-----END ") {
			plain = append(plain, l)
		}
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		plain = append(plain, enc.EncodeToString([]byte(v)))
		for off := range 3 {
			e := enc.EncodeToString([]byte("\x00\x00\x00"[:off] + v))
			cores = append(cores, e[(off*8+5)/6:(off+len(v))*8/6])
		}
	}
	h := hex.EncodeToString([]byte(v))
	cores = append(cores, h, strings.ToUpper(h))
	if strings.IndexFunc(v, func(c rune) bool { return c > 0x7f || !alphanumeric(byte(c)) && c != '-' && c != '_' && c != '.' }) < 0 {
		return plain, cores // no encoder changes it
	}
	plain = append(plain, urlForms(v)...)
	if strings.IndexFunc(v, func(c rune) bool { return c < 0x20 || c > 0x7e || strings.ContainsRune("\"\\/<>&'+", c) }) >= 0 {
		plain = append(plain, jsonForms(v)...)
	}
	plain = append(plain, shellForms(v)...)
	if strings.ContainsAny(v, "<>&'\"") {
		plain = append(plain, xmlForms(v)...)
	}
	return plain, cores
}

// urlSafe lists what encoders leave as it is beside letters and digits: Go's
// queries and paths, JavaScript, Python, HTML forms.
var urlSafe = []string{"-_.~", "-_.~$&+=:@", "-_.!~*'()", "-_.~/", "*-._"}

func urlForms(v string) (out []string) {
	for _, safe := range urlSafe {
		for _, digits := range []string{"%%%02X", "%%%02x"} {
			for _, space := range []string{"%20", "+"} {
				var b strings.Builder
				for i := range len(v) {
					c := v[i]
					switch {
					case c == ' ':
						b.WriteString(space)
					case alphanumeric(c) || strings.IndexByte(safe, c) >= 0:
						b.WriteByte(c)
					default:
						fmt.Fprintf(&b, digits, c)
					}
				}
				out = append(out, b.String())
			}
		}
	}
	return out
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func jsonForms(v string) (out []string) {
	for _, html := range []string{"", "<>&", "<>&'", "<>&'+"} {
		for _, ascii := range []bool{false, true} {
			for _, slash := range []string{"/", `\/`} {
				for _, digits := range []string{`\u%04x`, `\u%04X`} {
					out = append(out, jsonForm(v, html, ascii, slash, digits))
				}
			}
		}
	}
	return out
}

func jsonForm(v, html string, ascii bool, slash, digits string) string {
	var b strings.Builder
	for i := 0; i < len(v); {
		c, n := utf8.DecodeRuneInString(v[i:])
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '/':
			b.WriteString(slash)
		case c < 0x20 && strings.ContainsRune("\n\r\t\b\f", c):
			b.WriteString(map[rune]string{'\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}[c])
		case c < 0x20 || strings.ContainsRune(html, c) || ascii && c > 0x7e && c < 0x10000 && n > 1:
			fmt.Fprintf(&b, digits, c)
		case ascii && c >= 0x10000:
			c -= 0x10000
			fmt.Fprintf(&b, digits+digits, 0xd800+c>>10, 0xdc00+c&0x3ff)
		default:
			b.WriteString(v[i : i+n])
		}
		i += n
	}
	return b.String()
}

func shellForms(v string) []string {
	quoted := strings.ReplaceAll(v, "'", `'\''`)
	doubled := strings.ReplaceAll(v, "'", `'"'"'`)
	var inner, bare strings.Builder
	for i := range len(v) {
		c := v[i]
		if strings.IndexByte("\"\\$`", c) >= 0 {
			inner.WriteByte('\\')
		}
		if c < 0x80 && c > 0x1f && !alphanumeric(c) && strings.IndexByte("-_./:=@%+", c) < 0 {
			bare.WriteByte('\\')
		}
		inner.WriteByte(c)
		bare.WriteByte(c)
	}
	return []string{quoted, doubled, inner.String(), bare.String()}
}

func xmlForms(v string) (out []string) {
	base := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(v)
	out = append(out, base)
	for _, double := range []string{`"`, "&quot;", "&#34;", "&#x22;"} {
		for _, single := range []string{"'", "&apos;", "&#39;", "&#x27;"} {
			out = append(out, strings.NewReplacer(`"`, double, "'", single).Replace(base))
		}
	}
	return out
}
