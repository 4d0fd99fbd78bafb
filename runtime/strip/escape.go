package strip

import "strings"

// escapes is a way to write bytes as a mark and two hexadecimal digits.
type escapes struct {
	mark byte
	// underscores are blanks (RFC 2047 §4.2).
	underscores bool
	// soft line breaks are not seen (RFC 2045 §6.7).
	soft bool
	// refused are bytes that cannot stand for themselves.
	refused string
}

var (
	percent  = escapes{mark: '%'}
	encodedQ = escapes{mark: '=', underscores: true, refused: "=?_ \t\r\n"}
	quoted   = escapes{mark: '=', soft: true, refused: "=\r\n"}
)

// isEscape tells whether a text begins with an escape, whatever its mark.
func isEscape(in string) bool { return len(in) >= 3 && isHex(in[1]) && isHex(in[2]) }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func hexValue(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// next gives the byte that is seen at the beginning of the text, and how long it
// is written; seen is false for what is not seen.
func (e escapes) next(in string) (b byte, size int, seen bool) {
	c := in[0]
	switch {
	case e.underscores && c == '_':
		return ' ', 1, true
	case c != e.mark:
		return c, 1, true
	case isEscape(in):
		return hexValue(in[1])<<4 | hexValue(in[2]), 3, true
	case e.soft:
		n := 1
		for n < len(in) && (in[n] == ' ' || in[n] == '\t') {
			n++
		}
		if n < len(in) && in[n] == '\r' {
			n++
		}
		if n < len(in) && in[n] == '\n' {
			return 0, n + 1, false
		}
	}
	return c, 1, true
}

// decode gives what is seen.
func (e escapes) decode(raw string) string {
	if strings.IndexByte(raw, e.mark) < 0 && !e.underscores {
		return raw
	}
	var out strings.Builder
	out.Grow(len(raw))
	for raw != "" {
		b, size, seen := e.next(raw)
		if seen {
			out.WriteByte(b)
		}
		raw = raw[size:]
	}
	return out.String()
}

// encode writes other bytes as those of raw are written.
func (e escapes) encode(raw, text string) (string, bool) {
	var out strings.Builder
	out.Grow(len(raw))
	at := 0
	for raw != "" {
		b, size, seen := e.next(raw)
		switch {
		case !seen:
			out.WriteString(raw[:size])
		case at == len(text):
			return "", false
		case text[at] == b:
			out.WriteString(raw[:size])
		case size == 3:
			out.WriteByte(e.mark)
			hex := "0123456789ABCDEF"
			if raw[1] >= 'a' || raw[2] >= 'a' {
				hex = "0123456789abcdef"
			}
			out.WriteByte(hex[text[at]>>4])
			out.WriteByte(hex[text[at]&15])
		case strings.IndexByte(e.refused, text[at]) >= 0, text[at] >= 0x80 && b < 0x80:
			return "", false
		default:
			out.WriteByte(text[at])
		}
		if seen {
			at++
		}
		raw = raw[size:]
	}
	return out.String(), at == len(text)
}

// escapedPiece is text with escapes.
func escapedPiece(raw string, e escapes, charset string) piece {
	text := e.decode(raw)
	p := piece{raw: raw, write: func(text string) (string, bool) { return e.encode(raw, text) }}
	charsetView(&p, text, charset)
	return p
}
