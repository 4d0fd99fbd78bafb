package jsoncore

import (
	"fmt"
	"strings"

	vm "github.com/yuin/gopher-lua"
)

// quoted reads a string. One that does not end, or contains a bad character, is no string at all; a wrong escape is
// an error at once.
func (l *lenientLexer) quoted() (vm.LValue, bool, error) {
	quote := l.text[l.at]
	if quote != '"' && (quote != '\'' || l.StrictQuotes) {
		return nil, false, nil
	}
	at := l.at + 1
	// Most strings have nothing in them that needs a closer look.
	if end := strings.IndexByte(l.text[at:], quote); end >= 0 && l.BadChars == "" && strings.IndexByte(l.text[at:at+end], '\\') < 0 {
		l.at = at + end + 1
		return vm.LString(l.text[at : at+end]), true, nil
	}
	var out strings.Builder
	for at < len(l.text) {
		c := l.text[at]
		switch {
		case c == quote:
			l.at = at + 1
			return vm.LString(out.String()), true, nil
		case c == '\\':
			piece, length, err := l.escape(at + 1)
			if err != nil {
				return nil, false, err
			}
			if length == 0 {
				return nil, false, nil
			}
			out.WriteString(piece)
			at += 1 + length
		case strings.IndexByte(l.BadChars, c) >= 0:
			return nil, false, nil
		default:
			out.WriteByte(c)
			at++
		}
	}
	// The last backslash of a text escapes nothing.
	return nil, false, nil
}

// escape reads what follows a backslash and returns its meaning and length; length 0 is none.
func (l *lenientLexer) escape(at int) (piece string, length int, err error) {
	if at >= len(l.text) || l.Escapes != "" && strings.IndexByte(l.Escapes, l.text[at]) < 0 {
		if l.Escapes == "" {
			return "", 0, nil
		}
		return "", 0, l.badEscape("Illegal escape", at)
	}
	c := l.text[at]
	if i := strings.IndexByte(`'"\/bfnrtv`, c); i >= 0 {
		return "'\"\\/\b\f\n\r\t\v"[i : i+1], 1, nil
	}
	digits := l.text[at+1:]
	switch c {
	case 'z':
		return "", 1, nil
	case 'x':
		if !hexPair(digits) {
			return "", 0, l.badEscape("Illegal hex escape", at+1)
		}
		return string([]byte{hexValue(digits[0])<<4 | hexValue(digits[1])}), 3, nil
	case 'u':
		if !hexPair(digits) || !hexPair(digits[2:]) {
			return "", 0, l.badEscape("Illegal unicode escape", at+1)
		}
		if l.DecodeUnicode != nil {
			return l.DecodeUnicode(digits[:2], digits[2:4]), 5, nil
		}
		return twoBytes(hexValue(digits[0])<<4|hexValue(digits[1]), hexValue(digits[2])<<4|hexValue(digits[3])), 5, nil
	}
	return "", 0, nil
}

func hexPair(text string) bool {
	return len(text) >= 2 && isHexDigit(text[0]) && isHexDigit(text[1])
}

// twoBytes is UTF-8 for a number below 65536, halves of surrogate pairs included.
func twoBytes(high, low byte) string {
	code := int(high)<<8 | int(low)
	switch {
	case code < 0x80:
		return string([]byte{byte(code)})
	case code < 0x800:
		return string([]byte{0xc0 | byte(code>>6), 0x80 | byte(code&0x3f)})
	}
	return string([]byte{0xe0 | byte(code>>12), 0x80 | byte(code>>6&0x3f), 0x80 | byte(code&0x3f)})
}

// place describes a position, 0-based in at, as lua-json does: the number of line feeds up to it, the length of the
// line so far, the byte there, and the line. A line of a single byte brings the whole text along.
func (l *lenientLexer) place(at int) (line, column int, bad, last string) {
	seen := l.text[:min(at+1, len(l.text))]
	if at < len(l.text) {
		bad = l.text[at : at+1]
	}
	last = seen
	if seen != "" {
		if feed := strings.LastIndexByte(seen[:len(seen)-1], '\n'); feed >= 0 && len(seen)-feed > 2 {
			last = seen[feed+1:]
		}
	}
	return strings.Count(seen, "\n"), len(last), bad, last
}

func (l *lenientLexer) report(problem string, at int) error {
	line, column, bad, last := l.place(at)
	return fmt.Errorf("%s @ character: %d %d:%d [%s] line:\n%s", problem, at+1, line, column, bad, last)
}

func (l *lenientLexer) denied(item, option string, at int) error {
	problem := "'" + item + "' denied"
	if option != "" {
		problem += " by option set '" + option + "'"
	}
	return l.report(problem, at)
}

func (l *lenientLexer) badEscape(problem string, at int) error {
	line, column, bad, _ := l.place(at)
	return fmt.Errorf("%s in string [%s] @ %d:%d", problem, quoteByte(bad), line, column)
}

// quoteByte is string.format's %q for at most one byte.
func quoteByte(text string) string {
	switch {
	case text == `"` || text == `\` || text == "\n":
		text = `\` + text
	case text != "" && (text[0] < 0x20 || text[0] == 0x7f):
		text = fmt.Sprintf(`\%d`, text[0])
	}
	return `"` + text + `"`
}
