package transport

import (
	"fmt"
	"strings"
)

// fieldReader reads header lines byte by byte up to the empty line, of a head or a trailer (RFC 9112 §5), as lenient as
// Dovecot: lines may end in LF alone, and control characters are left out of values.
type fieldReader struct {
	state       fieldState
	name, value []byte
}

type fieldState int

const (
	lineStart fieldState = iota
	inName
	beforeValue
	inValue
	afterValueCR
	afterLine
	endCR
)

// feed takes a byte. It gives a line when the byte shows that it is whole, end when it was the last of the empty line,
// and what is wrong.
func (r *fieldReader) feed(c byte) (line *HeaderLine, end bool, fault string) {
	if r.state == afterLine {
		if isBlank(c) { // the line goes on
			r.value = append(r.value, ' ')
			r.state = beforeValue
			return nil, false, ""
		}
		line = &HeaderLine{string(r.name), strings.TrimRight(string(r.value), " \t")}
		r.name, r.value, r.state = r.name[:0], r.value[:0], lineStart
	}
	end, fault = r.next(c)
	return line, end, fault
}

func (r *fieldReader) next(c byte) (end bool, fault string) {
	switch r.state {
	case lineStart:
		switch c {
		case '\n':
			return true, ""
		case '\r':
			r.state = endCR
			return false, ""
		}
		r.state = inName
		return r.nameByte(c)
	case inName:
		return r.nameByte(c)
	case beforeValue:
		if isBlank(c) {
			return false, ""
		}
		r.state = inValue
		r.valueByte(c)
	case inValue:
		r.valueByte(c)
	case afterValueCR:
		if c != '\n' {
			return false, fmt.Sprintf("Expected LF after CR at end of header field '%s', but found %s", r.name, found(c))
		}
		r.state = afterLine
	case endCR:
		if c != '\n' {
			return false, "Encountered stray CR at beginning of header line, followed by " + found(c)
		}
		return true, ""
	}
	return false, ""
}

func (r *fieldReader) nameByte(c byte) (end bool, fault string) {
	switch {
	case isTokenByte(c):
		r.name = append(r.name, c)
	case len(r.name) == 0:
		return false, "Empty header field name"
	case c != ':':
		return false, fmt.Sprintf("Expected ':' after header field name '%s', but found %s", r.name, found(c))
	default:
		r.state = beforeValue
	}
	return false, ""
}

func (r *fieldReader) valueByte(c byte) {
	switch {
	case c == '\r':
		r.state = afterValueCR
	case c == '\n':
		r.state = afterLine
	case isText(c):
		r.value = append(r.value, c)
	}
}

// tokens reads a list of tokens with at least one (RFC 9110 §5.6.1).
func tokens(value string) (list []string, ok bool) {
	for part := range strings.SplitSeq(value, ",") {
		part = strings.Trim(part, " \t")
		if part == "" {
			continue
		}
		if !isToken(part) {
			return nil, false
		}
		list = append(list, part)
	}
	return list, len(list) > 0
}

// coding is a transfer coding, with the name of its first parameter that has a value.
type coding struct{ name, parameter string }

// codings reads the value of Transfer-Encoding.
func codings(value string) (list []coding, ok bool) {
	for part := range strings.SplitSeq(value, ",") {
		part = strings.Trim(part, " \t")
		if part == "" {
			continue
		}
		name, parameters, _ := strings.Cut(part, ";")
		c := coding{name: strings.TrimRight(name, " \t")}
		if !isToken(c.name) {
			return nil, false
		}
		if parameter, _, has := strings.Cut(parameters, "="); has {
			c.parameter = strings.Trim(parameter, " \t")
		}
		list = append(list, c)
	}
	return list, len(list) > 0
}

// found names a byte that was not expected.
func found(c byte) string {
	if c < ' ' || c >= 0x7f {
		return fmt.Sprintf("0x%02x", c)
	}
	return "'" + string(rune(c)) + "'"
}

// Quote writes the first bytes of a malformed answer as Dovecot does: printable runs in quotes, the rest by name.
func Quote(data string) string {
	const most = 20
	var b strings.Builder
	quoted := false
	quotes := func(on bool) {
		switch {
		case on && !quoted:
			b.WriteByte('`')
		case quoted && !on:
			b.WriteByte('\'')
		}
		quoted = on
	}
	for i := 0; i < min(len(data), most); i++ {
		c := data[i]
		quotes(c >= ' ' && c < 0x7f)
		switch {
		case quoted:
			b.WriteByte(c)
		case c == '\r':
			b.WriteString("<CR>")
		case c == '\n':
			b.WriteString("<LF>")
		default:
			fmt.Fprintf(&b, "<0x%02x>", c)
		}
	}
	quotes(false)
	return b.String()
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isText is what a reason or a header value may have.
func isText(c byte) bool { return c >= ' ' && c != 0x7f || c == '\t' }

// isTokenByte follows RFC 9110 §5.6.2.
func isTokenByte(c byte) bool {
	return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}
