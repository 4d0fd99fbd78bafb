package strip

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/luapush/luapush/runtime/mail"
)

// values replaces the values of settings, userdb fields or metadata entries. Their
// names stay: scripts ask for them. setting tells settings from what users have.
func (s *Stripper) values(m mail.Map[string], named numbers, setting bool) mail.Map[string] {
	if m == nil {
		return nil
	}
	out := make(mail.Map[string], len(m))
	for i, e := range m {
		out[i] = e
		if !s.excepted(e.Key) {
			out[i].Value = s.value(e.Value, named, setting)
		}
	}
	return out
}

func (s *Stripper) value(v string, named numbers, setting bool) string {
	trimmed := strings.TrimSpace(v)
	if isOption(trimmed) || setting && isQuantity(trimmed) {
		return v
	}
	if trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') {
		if jsontext.Value(trimmed).IsValid() {
			return strings.Replace(v, trimmed, s.json(trimmed), 1)
		}
	}
	var pieces []piece
	start := 0
	for i := 0; i < len(v); {
		if !isOptionByte(v[i]) {
			i++
			continue
		}
		end := i
		for end < len(v) && isOptionByte(v[end]) {
			end++
		}
		if w := v[i:end]; isOption(w) && (strings.IndexByte(w, '_') > 0 || opensValue(v[end:])) && !touchesWord(v, i, end) {
			if setting {
				end += assigned(v[end:])
			}
			pieces = s.phrase(pieces, v[start:i])
			pieces = append(pieces, fixedPiece(v[i:end], " "))
			start = end
		}
		i = end
	}
	return s.join(s.phrase(pieces, v[start:]), manner{digits: named.namedBy(v)})
}

func isOptionByte(c byte) bool { return isASCIIWord(c) || c == '_' || c == '-' }

// opensValue tells whether what follows a word makes it the name of an option, or
// the driver that options are for.
func opensValue(rest string) bool {
	if rest == "" {
		return false
	}
	return rest[0] == '=' || rest[0] == ':' && !strings.HasPrefix(rest, "://")
}

// assigned is how much of the text is = and a number.
func assigned(rest string) int {
	if !strings.HasPrefix(rest, "=") {
		return 0
	}
	n := 1
	for n < len(rest) && isDigit(rest[n]) {
		n++
	}
	if n == 1 || n > 1+longestQuantity || n < len(rest) && (isOptionByte(rest[n]) || rest[n] == '.' || rest[n] >= 0x80) {
		return 0
	}
	return n
}

// longestQuantity is how many digits a number in a setting has that says how
// long or how much, and not whose.
const longestQuantity = 8

// isOption tells whether a word is one of settings' own, or put together of them.
func isOption(w string) bool {
	if w == "" || len(w) > 2*longestTerm {
		return false
	}
	for part := range strings.FieldsFuncSeq(w, func(r rune) bool { return r == '_' || r == '-' }) {
		if !settingWords.has(part) {
			return false
		}
	}
	return strings.Trim(w, "_-") != ""
}

// isQuantity tells whether a value is a number, a time, or a size.
func isQuantity(v string) bool {
	v = strings.TrimPrefix(v, "-")
	n := 0
	for n < len(v) && (isDigit(v[n]) || v[n] == '.') {
		n++
	}
	unit := strings.TrimSpace(v[n:])
	return n > 0 && n <= longestQuantity && isDigit(v[0]) && (unit == "" || unit == "%" || unitWords.has(unit))
}
