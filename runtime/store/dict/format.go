package dict

import (
	"fmt"
	"strings"
)

// Entry is a key, such as "priv/<mailbox GUID>/comment", and its value. Both
// may hold any bytes.
type Entry struct{ Key, Value string }

// MaxSize bounds the file, in bytes: metadata is small, and a larger file is
// not what it was taken for.
const MaxSize = 32 << 20

// FormatError is a file that is not a Dovecot dict file.
type FormatError struct {
	Path string
	// Line counts from 1.
	Line   int
	Reason string
}

// Error names file and line, and says what to do.
func (e *FormatError) Error() string {
	return fmt.Sprintf("%s:%d: not a Dovecot dict file: %s: nothing was changed; restore the file, or remove it to begin anew", e.Path, e.Line, e.Reason)
}

// Parse reads the content of a dict file: a line with a key and a line with its
// value, and so on. The entries keep their order. The path is for errors, which
// are of type *FormatError.
func Parse(data []byte, path string) ([]Entry, error) {
	var entries []Entry
	fail := func(line int, reason string) ([]Entry, error) {
		return nil, &FormatError{Path: path, Line: line, Reason: reason}
	}
	seen := map[string]int{}
	text, line := string(data), 0
	next := func() (string, string) {
		raw, rest, whole := strings.Cut(text, "\n")
		text, line = rest, line+1
		if !whole {
			return "", "the line has no end, so the rest of it may be missing"
		}
		return unescape(raw)
	}
	for text != "" {
		key, wrong := next()
		if wrong != "" {
			return fail(line, wrong)
		}
		at := line
		if !strings.HasPrefix(key, "priv/") && !strings.HasPrefix(key, "shared/") {
			return fail(at, "a key begins with priv/ or shared/")
		}
		if text == "" {
			return fail(at, "the key has no line with its value")
		}
		value, wrong := next()
		if wrong != "" {
			return fail(line, wrong)
		}
		if first, twice := seen[key]; twice {
			return fail(at, fmt.Sprintf("the key is already in line %d", first))
		}
		seen[key] = at
		entries = append(entries, Entry{key, value})
	}
	return entries, nil
}

// Append appends the entries in the form of the file.
func Append(to []byte, entries []Entry) []byte {
	for _, e := range entries {
		to = append(appendEscaped(to, e.Key), '\n')
		to = append(appendEscaped(to, e.Value), '\n')
	}
	return to
}
