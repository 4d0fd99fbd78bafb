package deliver

import (
	"bytes"
	"strings"
)

// lineEnd returns where the line at pos ends, without its LF or CRLF, and where
// the next begins. A CR that the data ends in counts as a line end, too.
func lineEnd(data []byte, pos int) (end, next int) {
	end, next = len(data), len(data)
	if i := bytes.IndexByte(data[pos:], '\n'); i >= 0 {
		end, next = pos+i, pos+i+1
	}
	if end > pos && data[end-1] == '\r' {
		end--
	}
	return end, next
}

// blankLine reports whether the line at pos is empty, which ends a header.
func blankLine(data []byte, pos int) bool {
	rest := data[pos:]
	return len(rest) > 0 && rest[0] == '\n' || len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n'
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// field is a header field as it stands in the message.
type field struct {
	name  string // without the blanks before the colon, and only up to a NUL
	size  int    // of the whole name
	colon bool
	// value is what follows the colon and blanks, lines joined by LF, as the
	// folding has them. It is a part of the message where there is one line.
	value []byte
}

func (f field) is(name string) bool { return f.colon && strings.EqualFold(f.name, name) }

// isExactly is is, but for a name with a NUL in it.
func (f field) isExactly(name string) bool { return f.size == len(name) && f.is(name) }

// readField reads the field at pos, which is not a blank line, and returns where
// the next one is.
func readField(data []byte, pos int) (f field, next int) {
	end, next := lineEnd(data, pos)
	line := data[pos:end]
	name := line
	if i := bytes.IndexByte(line, ':'); i >= 0 {
		name, f.value, f.colon = line[:i], line[i+1:], true
		for len(name) > 0 && isBlank(name[len(name)-1]) {
			name = name[:len(name)-1]
		}
		for len(f.value) > 0 && isBlank(f.value[0]) {
			f.value = f.value[1:]
		}
	}
	f.name, f.size = cstring(string(name[:min(len(name), 64)])), len(name)
	if next >= len(data) || !isBlank(data[next]) {
		return f, next
	}
	var joined []byte
	if f.colon {
		joined = append(joined, f.value...)
	}
	for next < len(data) && isBlank(data[next]) {
		start := next
		end, next = lineEnd(data, start)
		if f.colon {
			joined = append(append(joined, '\n'), data[start:end]...)
		}
	}
	f.value = joined
	return f, next
}

// header is what is asked of a message's own header: the first of each.
type header struct {
	from, to, subject, date, messageID *string
}

// readHeader reads the fields up to the blank line.
func readHeader(data []byte) header {
	var h header
	wanted := []struct {
		name string
		to   **string
	}{
		{"From", &h.from}, {"To", &h.to}, {"Subject", &h.subject}, {"Date", &h.date}, {"Message-ID", &h.messageID},
	}
	for pos := 0; pos < len(data) && !blankLine(data, pos); {
		var f field
		f, pos = readField(data, pos)
		for _, w := range wanted {
			if *w.to == nil && f.is(w.name) {
				v := string(withoutNULs(f.value))
				*w.to = &v
			}
		}
	}
	return h
}

// withoutNULs gives value as Dovecot shows it to scripts.
func withoutNULs(value []byte) []byte {
	if bytes.IndexByte(value, 0) < 0 {
		return value
	}
	return bytes.ReplaceAll(value, []byte{0}, []byte(replacement))
}

// replacement is U+FFFD in UTF-8.
const replacement = "\xef\xbf\xbd"
