package doveadm

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The values of JSON, but with strings as the bytes that came, which Dovecot does
// not always make UTF-8. Arrays are []any, objects
// []member in their order, strings text, and numbers, true, false and null
// literal.
type (
	text    string
	literal string
	member  struct {
		name  string
		value any
	}
)

// maxDepth bounds nesting; doveadm's answers have five levels.
const maxDepth = 32

// reader reads JSON from memory.
type reader struct {
	data []byte
	at   int
}

func (r *reader) wrong(what string) error {
	return fmt.Errorf("at byte %d: %s", r.at, what)
}

func (r *reader) blank() {
	for r.at < len(r.data) && strings.IndexByte(" \t\r\n", r.data[r.at]) >= 0 {
		r.at++
	}
}

// token takes the character if it comes next.
func (r *reader) token(c byte) bool {
	r.blank()
	if r.at < len(r.data) && r.data[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *reader) value(depth int) (any, error) {
	r.blank()
	if r.at == len(r.data) {
		return nil, r.wrong("the answer is cut off")
	}
	if depth > maxDepth {
		return nil, r.wrong("nested too deep")
	}
	switch c := r.data[r.at]; {
	case c == '[':
		return r.array(depth)
	case c == '{':
		return r.object(depth)
	case c == '"':
		s, err := r.string()
		return text(s), err
	case c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z':
		return r.literal()
	}
	return nil, r.wrong("a value was expected")
}

func (r *reader) array(depth int) (any, error) {
	r.at++
	list := []any{}
	if r.token(']') {
		return list, nil
	}
	for {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if r.token(']') {
			return list, nil
		}
		if !r.token(',') {
			return nil, r.wrong("a comma or the end of an array was expected")
		}
	}
}

func (r *reader) object(depth int) (any, error) {
	r.at++
	list := []member{}
	if r.token('}') {
		return list, nil
	}
	for {
		if r.blank(); r.at == len(r.data) || r.data[r.at] != '"' {
			return nil, r.wrong("a name was expected")
		}
		name, err := r.string()
		if err != nil {
			return nil, err
		}
		if !r.token(':') {
			return nil, r.wrong("a colon was expected")
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, member{name, v})
		if r.token('}') {
			return list, nil
		}
		if !r.token(',') {
			return nil, r.wrong("a comma or the end of an object was expected")
		}
	}
}

func (r *reader) literal() (any, error) {
	start := r.at
	for r.at < len(r.data) {
		c := r.data[r.at]
		if c < '+' || c == ',' || c == ':' || c == '[' || c == ']' || c > 'z' {
			break
		}
		r.at++
	}
	s := string(r.data[start:r.at])
	switch s {
	case "true", "false", "null":
		return literal(s), nil
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		r.at = start
		return nil, r.wrong("a value was expected")
	}
	return literal(s), nil
}

// string reads a string, whose quote comes next.
func (r *reader) string() (string, error) {
	r.at++
	var b strings.Builder
	for start := r.at; r.at < len(r.data); {
		switch r.data[r.at] {
		case '"':
			b.Write(r.data[start:r.at])
			r.at++
			return b.String(), nil
		case '\\':
			b.Write(r.data[start:r.at])
			if err := r.escape(&b); err != nil {
				return "", err
			}
			start = r.at
		default:
			r.at++
		}
	}
	return "", r.wrong("the answer is cut off")
}

const (
	shortEscapes = `"\/bfnrt`
	shortMeaning = "\"\\/\b\f\n\r\t"
)

// escape reads an escape, whose backslash comes next.
func (r *reader) escape(b *strings.Builder) error {
	if r.at+1 == len(r.data) {
		return r.wrong("the answer is cut off")
	}
	if i := strings.IndexByte(shortEscapes, r.data[r.at+1]); i >= 0 {
		b.WriteByte(shortMeaning[i])
		r.at += 2
		return nil
	}
	high, ok := r.hex()
	if !ok {
		return r.wrong("an unknown escape")
	}
	if !utf16.IsSurrogate(high) {
		b.WriteRune(high)
		return nil
	}
	after := r.at
	if low, ok := r.hex(); ok {
		if both := utf16.DecodeRune(high, low); both != utf8.RuneError {
			b.WriteRune(both)
			return nil
		}
		r.at = after
	}
	b.WriteRune(utf8.RuneError)
	return nil
}

// hex takes \uXXXX, if it comes next.
func (r *reader) hex() (rune, bool) {
	if len(r.data)-r.at < 6 || r.data[r.at] != '\\' || r.data[r.at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(r.data[r.at+2:r.at+6]), 16, 16)
	if err != nil {
		return 0, false
	}
	r.at += 6
	return rune(n), true
}
