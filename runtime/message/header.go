package message

import (
	"iter"
	"strings"
)

// Header is the text of a header: all lines up to the empty one, with their line
// ends. Every method reads it anew, so it takes no memory of its own.
type Header string

// Field is one field of a header.
type Field struct {
	// Name is what stands before the colon, without the blanks between them.
	Name string
	// Value is what Dovecot gives for the raw field: everything behind the colon
	// and the blanks that follow it, up to the field's last line end. Lines are
	// folded as they are, but with LF for CR LF; blanks at the end stay. NUL is
	// U+FFFD.
	Value string
}

// ParseHeader takes the header off a message; body is what follows the empty
// line, "" if there is no such line.
func ParseHeader(raw string) (header Header, body string) { return split(raw) }

// First is the value of the first field of a name, in any case.
func (h Header) First(name string) (value string, found bool) {
	for f := range h.named(name) {
		return f, true
	}
	return "", false
}

// All are the values of all fields of a name, in any case, in their order.
func (h Header) All(name string) []string {
	var list []string
	for f := range h.named(name) {
		list = append(list, f)
	}
	return list
}

// Fields gives all fields in their order. Lines without a colon are no fields.
func (h Header) Fields() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for name, value := range h.fields() {
			if !yield(Field{name, clean(value)}) {
				return
			}
		}
	}
}

// named gives the values of a name.
func (h Header) named(want string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name, value := range h.fields() {
			if len(name) == len(want) && strings.EqualFold(name, want) && !yield(clean(value)) {
				return
			}
		}
	}
}

// fields gives names, and values as they stand in the text.
func (h Header) fields() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for rest := string(h); rest != ""; {
			var field string
			field, rest = cutField(rest)
			first, _, _ := strings.Cut(field, "\n")
			name, _, ok := strings.Cut(first, ":")
			if !ok {
				continue
			}
			value := strings.TrimLeft(field[len(name)+1:], " \t")
			if name = strings.TrimRight(name, " \t"); name != "" && !yield(name, value) {
				return
			}
		}
	}
}

// cutField cuts off the first field: a line, and those after it that begin with
// a blank.
func cutField(text string) (field, rest string) {
	end := 0
	for {
		i := strings.IndexByte(text[end:], '\n')
		if i < 0 {
			return text, ""
		}
		end += i + 1
		if end == len(text) || text[end] != ' ' && text[end] != '\t' {
			return text[:end], text[end:]
		}
	}
}

// clean makes a value of a field's text.
func clean(value string) string {
	value = strings.TrimSuffix(value, "\n")
	value = strings.TrimSuffix(value, "\r")
	if strings.Contains(value, "\r\n") {
		value = strings.ReplaceAll(value, "\r\n", "\n")
	}
	if strings.IndexByte(value, 0) >= 0 {
		value = strings.ReplaceAll(value, "\x00", "\uFFFD")
	}
	return value
}

// split divides a text at its first empty line.
func split(raw string) (Header, string) {
	for end := 0; ; {
		rest := raw[end:]
		switch {
		case strings.HasPrefix(rest, "\n"):
			return Header(raw[:end]), rest[1:]
		case strings.HasPrefix(rest, "\r\n"):
			return Header(raw[:end]), rest[2:]
		}
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			return Header(raw), ""
		}
		end += i + 1
	}
}
