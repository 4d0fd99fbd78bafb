package mail

import (
	"errors"
	"strconv"
	"strings"
)

// ErrNoTransactions is the cause of the error for input without any document.
var ErrNoTransactions = errors.New("no transactions")

// ErrTooLarge is the cause of the error for a document beyond the size limit.
var ErrTooLarge = errors.New("document too large")

// FormatError says what is wrong with a transaction document, and where.
type FormatError struct {
	File   string // as given to NewReader
	Line   int    // counted from 1; 0 when the whole input is meant
	Column int    // in bytes, counted from 1; 0 when unknown
	// Field is the path of the field that is wrong or missing, such as
	// events[0].uid or mailboxes["a b"].status.messages; "" for the document.
	Field   string
	Message string // what is wrong
	Hint    string // what to do about it, or ""
	Cause   error  // nil when the content is at fault
}

// Error returns one line: "file:line: field: what is wrong; what to do".
func (e *FormatError) Error() string {
	var b strings.Builder
	b.WriteString(oneLine(e.File))
	if e.Line > 0 {
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(e.Line))
	}
	b.WriteString(": ")
	if e.Field != "" {
		b.WriteString(e.Field)
		b.WriteString(": ")
	}
	b.WriteString(oneLine(e.Message))
	if e.Hint != "" {
		b.WriteString("; ")
		b.WriteString(e.Hint)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *FormatError) Unwrap() error { return e.Cause }

// oneLine keeps a name or a foreign error text from breaking the line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}

// quoteShort quotes s, cut after some 60 bytes.
func quoteShort(s string) string {
	if len(s) > 60 {
		return strconv.Quote(s[:60]) + "…"
	}
	return strconv.Quote(s)
}

// fieldPath writes a JSON pointer as a path. isArray says of the level that a
// reference token is looked up in (the document is level 0) whether it is an
// array.
func fieldPath(pointer string, isArray func(level int, token string) bool) string {
	if pointer == "" {
		return ""
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	var path []byte
	for level, token := range strings.Split(pointer[1:], "/") {
		if len(path) > 200 { // deep nesting is never ours
			return string(append(path, "…"...))
		}
		token = unescape.Replace(token)
		switch {
		case isArray(level, token):
			path = append(append(append(path, '['), token...), ']')
		case plainName(token):
			if len(path) > 0 {
				path = append(path, '.')
			}
			path = append(path, token...)
		default:
			path = append(append(append(path, '['), quoteShort(token)...), ']')
		}
	}
	return string(path)
}

func plainName(s string) bool {
	if s == "" || len(s) > 60 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
