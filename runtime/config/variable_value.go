package config

import (
	"errors"
	"strings"
	"syscall"
)

// maxExpanded bounds what all $variables of a configuration may grow to, in bytes.
const maxExpanded = 16 << 20

// valueReader makes the value of a setting from its line.
type valueReader struct {
	reader   *reader
	getenv   func(string) string
	expanded int
}

// file returns the content of a <file, which ends at a NUL byte as all values do. key is the setting's full name for the
// message.
func (v *valueReader) file(l line, key string) (string, error) {
	name := relativeTo(l.last.File, l.value)
	text, err := v.reader.read(name)
	if err == nil {
		text, _, _ = strings.Cut(text, "\x00")
		return text, nil
	}
	if errors.Is(err, ErrFileLimit) {
		return "", err
	}
	failed := "Can't open file " + name + ": " + reason(err)
	if errors.Is(err, syscall.EISDIR) {
		failed = "read(" + name + ") failed: Is a directory"
	}
	return "", &FileError{Origin: l.last, Setting: l.key, Text: key + ": " + failed, cause: errors.Join(ErrInclude, err)}
}

// words replaces the words that are variables, as lookup answers for them. Runs of blanks become one.
func (v *valueReader) words(l line, lookup func(word string) (string, error)) (string, error) {
	var out strings.Builder
	for rest := l.value; ; {
		word, after, more := strings.Cut(rest, " ")
		if strings.HasPrefix(word, "$") {
			value, err := lookup(word)
			if err != nil {
				return "", err
			}
			word = value
		}
		out.WriteString(word)
		v.expanded += len(word)
		if v.expanded > maxExpanded {
			return "", &FileError{Origin: l.last, Setting: l.key, Text: "the values of variables are too long",
				Hint: "luapush expands 16 MiB", cause: ErrFileLimit}
		}
		if !more {
			return out.String(), nil
		}
		out.WriteByte(' ')
		rest = v.reader.grammar.trimLeft(after)
	}
}

// environment answers $ENV:NAME.
func (v *valueReader) environment(word string) (string, bool) {
	name, ok := strings.CutPrefix(word, "$ENV:")
	if !ok {
		return "", false
	}
	return v.getenv(name), true
}
