package deliver

import "strings"

// DecodeHeader returns the text of a field's value with its encoded words (RFC
// 2047) decoded, as UTF-8. White space between two of them goes, other folding
// stays; words that make no sense stay as they are; what is no UTF-8 becomes
// U+FFFD (dovecot.md §2.3).
func DecodeHeader(value string) string {
	value = cstring(value)
	out := make([]byte, 0, len(value))
	rest := 0 // where what is not yet written begins
	for i := 0; ; {
		j := strings.Index(value[i:], "=?")
		if j < 0 {
			break
		}
		i += j
		if between := value[rest:i]; strings.Trim(between, " \t\r\n") != "" {
			out = appendValid(out, []byte(between))
		}
		charset, text, n := encodedWord(value[i+2:])
		if n == 0 {
			rest = i
			i += 2
			continue
		}
		if len(text) > 0 {
			out = appendText(out, charset, text)
		}
		i += 2 + n
		rest = i
	}
	return string(appendValid(out, []byte(value[rest:])))
}

// encodedWord reads "charset?encoding?text?=" and returns how long that is, or 0.
func encodedWord(s string) (charset string, text []byte, n int) {
	a := strings.IndexByte(s, '?')
	if a < 0 {
		return "", nil, 0
	}
	b := strings.IndexByte(s[a+1:], '?')
	if b < 0 {
		return "", nil, 0
	}
	b += a + 1
	c := strings.IndexByte(s[b+1:], '?')
	if c < 0 {
		return "", nil, 0
	}
	c += b + 1
	if c+1 >= len(s) || s[c+1] != '=' {
		return "", nil, 0
	}
	// Only the first letter of the encoding counts.
	switch s[a+1] {
	case 'q', 'Q':
		text = decodeQ(s[b+1 : c])
	case 'b', 'B':
		text = decodeBase64(s[b+1 : c])
	default:
		return "", nil, 0
	}
	return s[:a], text, c + 2
}

// decodeQ undoes the Q encoding; what is no code stays.
func decodeQ(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '_':
			out = append(out, ' ')
		case s[i] == '=' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, hexValue(s[i+1])<<4|hexValue(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return out
}

// appendText appends text of a charset as UTF-8. A charset nobody knows is taken
// for UTF-8.
func appendText(dst []byte, charset string, text []byte) []byte {
	c := newCharset(charset)
	if c == nil || c.utf8 && !c.iconv {
		return appendValid(dst, text)
	}
	return c.decode(dst, text)
}
