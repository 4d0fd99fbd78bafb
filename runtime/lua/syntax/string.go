package syntax

// string reads a quoted string. Messages show what was read of it so far, with
// the finished escapes already replaced, so the opening quote goes into buf too.
func (l *lexer) string(t *token, quote byte) {
	t.kind = tkString
	l.at++
	for i := l.at; i < len(l.src); i++ { // most strings have no escape
		c := l.src[i]
		if c == quote {
			t.str = l.src[l.at:i]
			l.at = i + 1
			return
		}
		if c == '\\' || c == '\n' || c == '\r' {
			break
		}
	}
	l.buf = append(l.buf[:0], quote)
	for {
		c := l.peek()
		switch c {
		case -1:
			l.fail("unfinished string", "<eof>", l.at)
		case '\n', '\r':
			l.fail("unfinished string", quoted(string(l.buf)), t.start)
		case '\\':
			l.escape()
		default:
			l.at++
			if byte(c) == quote {
				t.str = string(l.buf[1:])
				return
			}
			l.buf = append(l.buf, byte(c))
		}
	}
}

// escape reads one escape sequence (manual §3.1).
func (l *lexer) escape() {
	start := l.at
	l.at++
	c := l.peek()
	var plain int
	switch c {
	case 'a':
		plain = '\a'
	case 'b':
		plain = '\b'
	case 'f':
		plain = '\f'
	case 'n':
		plain = '\n'
	case 'r':
		plain = '\r'
	case 't':
		plain = '\t'
	case 'v':
		plain = '\v'
	case '\\', '"', '\'':
		plain = c
	case 'x':
		l.hexEscape(start)
		return
	case 'u':
		l.unicodeEscape(start)
		return
	case '\n', '\r':
		l.newline()
		l.buf = append(l.buf, '\n')
		return
	case 'z':
		l.at++
		for l.is(isSpace) {
			if c := l.src[l.at]; c == '\n' || c == '\r' {
				l.newline()
			} else {
				l.at++
			}
		}
		return
	case -1:
		return // the caller finds the end of the text
	default:
		l.decimalEscape(start)
		return
	}
	l.at++
	l.buf = append(l.buf, byte(plain))
}

// badEscape raises an error that shows the escape up to and with the current byte.
func (l *lexer) badEscape(start int, message string) {
	if l.at < len(l.src) {
		l.at++
	}
	l.fail(message, quoted(string(l.buf)+l.src[start:l.at]), start)
}

func (l *lexer) hexEscape(start int) {
	value := 0
	for range 2 {
		l.at++
		if !l.is(isHex) {
			l.badEscape(start, "hexadecimal digit expected")
		}
		value = value<<4 | hexValue(l.src[l.at])
	}
	l.at++
	l.buf = append(l.buf, byte(value))
}

func (l *lexer) decimalEscape(start int) {
	value, digits := 0, 0
	for digits < 3 && l.is(isDigit) {
		value = value*10 + int(l.src[l.at]-'0')
		l.at++
		digits++
	}
	if digits == 0 {
		l.badEscape(start, "invalid escape sequence")
	}
	if value > 255 {
		l.badEscape(start, "decimal escape too large")
	}
	l.buf = append(l.buf, byte(value))
}

func (l *lexer) unicodeEscape(start int) {
	l.at++
	if l.peek() != '{' {
		l.badEscape(start, "missing '{'")
	}
	l.at++
	if !l.is(isHex) {
		l.badEscape(start, "hexadecimal digit expected")
	}
	value := uint32(0)
	for l.is(isHex) {
		if value > 0x7FFFFFFF>>4 {
			l.badEscape(start, "UTF-8 value too large")
		}
		value = value<<4 | uint32(hexValue(l.src[l.at]))
		l.at++
	}
	if l.peek() != '}' {
		l.badEscape(start, "missing '}'")
	}
	l.at++
	l.buf = appendUTF8(l.buf, value)
}

// appendUTF8 appends the original UTF-8 form of up to six bytes, which Lua
// keeps for values above U+10FFFF and for surrogates.
func appendUTF8(b []byte, x uint32) []byte {
	if x < 0x80 {
		return append(b, byte(x))
	}
	more := 1 // bytes after the first
	for limit := uint32(0x800); more < 5 && x >= limit; limit <<= 5 {
		more++
	}
	b = append(b, byte(int(0xFF00)>>(more+1))|byte(x>>(6*more)))
	for more--; more >= 0; more-- {
		b = append(b, 0x80|byte(x>>(6*more))&0x3F)
	}
	return b
}
