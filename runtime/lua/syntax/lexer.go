package syntax

import (
	"strconv"
	"strings"
)

// lexer cuts a source text into tokens. Faults leave it as a panic with an
// *Error, which Parse turns into its result.
type lexer struct {
	src       string
	file      string
	at        int   // offset of the next byte
	line      int32 // current line
	lineStart int   // offset of the first byte of that line
	buf       []byte

	namesEq, namesOrder, namesAdd bool // __eq, or __lt or __le, or __add was seen
}

// The classes of bytes, as in the C locale.
const (
	isAlpha uint8 = 1 << iota // letter or underscore
	isDigit
	isHex
	isSpace
)

var class = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= '0' && c <= '9':
			t[c] = isDigit | isHex
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			t[c] = isAlpha | isHex
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
			t[c] = isAlpha
		case c == ' ', c >= '\t' && c <= '\r':
			t[c] = isSpace
		}
	}
	return t
}()

// peek gives the next byte, or -1 at the end.
func (l *lexer) peek() int {
	if l.at < len(l.src) {
		return int(l.src[l.at])
	}
	return -1
}

func (l *lexer) is(mask uint8) bool { return l.at < len(l.src) && class[l.src[l.at]]&mask != 0 }

// newline steps over one end of line: \n, \r, \r\n or \n\r.
func (l *lexer) newline() {
	first := l.src[l.at]
	l.at++
	if l.at < len(l.src) {
		if c := l.src[l.at]; (c == '\n' || c == '\r') && c != first {
			l.at++
		}
	}
	l.line++
	l.lineStart = l.at
}

// fail raises an error on the current line; near is the token as printed, and
// at the offset the caret shall stand under.
func (l *lexer) fail(message, near string, at int) {
	column := at - l.lineStart + 1
	if column < 1 {
		column = 1
	}
	end := l.lineStart
	for end < len(l.src) && l.src[end] != '\n' && l.src[end] != '\r' {
		end++
	}
	panic(&Error{
		File: l.file, Line: int(l.line), Column: column, Message: message, Near: near,
		SourceLine: l.src[l.lineStart:end],
	})
}

// quoted prints token text as PUC Lua does: as a C string, between quotes.
func quoted(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	return "'" + s + "'"
}

// text is a token as messages print it.
func (l *lexer) text(t *token) string {
	switch t.kind {
	case 0:
		return "" // a zero byte is not shown
	case tkName, tkNumber:
		return quoted(l.src[t.start:t.end])
	case tkString:
		open := l.src[t.start]
		if open != '[' {
			return quoted(string(open) + t.str + string(open))
		}
		level := strings.IndexByte(l.src[t.start+1:], '[')
		equals := l.src[t.start+1 : t.start+1+level]
		return quoted("[" + equals + "[" + t.str + "]" + equals + "]")
	}
	return t.kind.String()
}

// next reads one token.
func (l *lexer) next(t *token) {
	l.blank()
	t.start = l.at
	t.pos = Pos{l.line, int32(l.at - l.lineStart + 1)}
	if l.at >= len(l.src) {
		t.kind = tkEOF
		t.end = l.at
		return
	}
	c := l.src[l.at]
	switch {
	case class[c]&isAlpha != 0:
		end := l.at + 1
		for end < len(l.src) && class[l.src[end]]&(isAlpha|isDigit) != 0 {
			end++
		}
		l.at = end
		t.str = l.src[t.start:end]
		t.kind = keyword(t.str)
	case class[c]&isDigit != 0:
		l.number(t)
	case c == '"' || c == '\'':
		l.string(t, c)
	default:
		l.symbol(t, c)
	}
	t.end = l.at
	if n := len(t.str); (n == 4 || n == 5) && t.str[0] == '_' && (t.kind == tkName || t.kind == tkString) {
		l.noteMetamethod(t.str)
	}
}

func (l *lexer) noteMetamethod(name string) {
	switch name {
	case "__eq":
		l.namesEq = true
	case "__lt", "__le":
		l.namesOrder = true
	case "__add":
		l.namesAdd = true
	}
}

// blank steps over white space and comments.
func (l *lexer) blank() {
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case c == '\n' || c == '\r':
			l.newline()
		case class[c]&isSpace != 0:
			l.at++
		case c == '-' && l.at+1 < len(l.src) && l.src[l.at+1] == '-':
			l.comment()
		default:
			return
		}
	}
}

func (l *lexer) comment() {
	l.at += 2
	if l.peek() == '[' {
		if level, ok := l.longOpening(); ok {
			l.long(level, "comment")
			return
		}
	}
	for l.at < len(l.src) && l.src[l.at] != '\n' && l.src[l.at] != '\r' {
		l.at++
	}
}

// symbol reads an operator or any other byte, and long strings.
func (l *lexer) symbol(t *token, c byte) {
	l.at++
	t.kind = kind(c)
	follows := func(c byte, k kind) bool {
		if l.at < len(l.src) && l.src[l.at] == c {
			l.at++
			t.kind = k
			return true
		}
		return false
	}
	switch c {
	case '[':
		l.at--
		if level, ok := l.longOpening(); ok {
			t.str = l.long(level, "string")
			t.kind = tkString
		} else if level > 0 {
			l.fail("invalid long string delimiter", quoted(l.src[t.start:l.at]), t.start)
		} else {
			l.at = t.start + 1
		}
	case '=':
		follows('=', tkEq)
	case '<':
		_ = follows('=', tkLe) || follows('<', tkShl)
	case '>':
		_ = follows('=', tkGe) || follows('>', tkShr)
	case '/':
		follows('/', tkIDiv)
	case '~':
		follows('=', tkNe)
	case ':':
		follows(':', tkDoubleColon)
	case '.':
		if follows('.', tkConcat) {
			follows('.', tkDots)
		} else if l.is(isDigit) {
			l.at--
			l.number(t)
		}
	}
}

// longOpening tries to read "[==[". Where it is none it gives the number of
// equal signs seen, and has stepped over the bracket and over them.
func (l *lexer) longOpening() (level int, ok bool) {
	at := l.at + 1
	for at < len(l.src) && l.src[at] == '=' {
		at++
	}
	level = at - l.at - 1
	l.at = at
	if at < len(l.src) && l.src[at] == '[' {
		l.at++
		return level, true
	}
	return level, false
}

// long reads the rest of a long string or comment and gives its value.
func (l *lexer) long(level int, what string) string {
	startLine := l.line
	if c := l.peek(); c == '\n' || c == '\r' {
		l.newline()
	}
	from := l.at
	l.buf = l.buf[:0]
	for {
		switch l.peek() {
		case -1:
			l.fail("unfinished long "+what+" (starting at line "+strconv.Itoa(int(startLine))+")", "<eof>", l.at)
		case ']':
			at := l.at + 1
			for at < len(l.src) && l.src[at] == '=' {
				at++
			}
			if at-l.at-1 == level && at < len(l.src) && l.src[at] == ']' {
				rest := l.src[from:l.at]
				l.at = at + 1
				if len(l.buf) == 0 {
					return rest
				}
				return string(l.buf) + rest
			}
			l.at = at
		case '\n', '\r':
			// every end of line becomes a plain \n; the text is copied only where that changes it
			at := l.at
			l.newline()
			if l.at-at > 1 || l.src[at] == '\r' {
				l.buf = append(l.buf, l.src[from:at]...)
				l.buf = append(l.buf, '\n')
				from = l.at
			}
		default:
			l.at++
		}
	}
}

// number reads a numeral.
func (l *lexer) number(t *token) {
	first := l.src[l.at]
	l.at++
	exponent := byte('e')
	if c := l.peek(); first == '0' && (c == 'x' || c == 'X') {
		exponent = 'p'
		l.at++
	}
	for l.at < len(l.src) {
		c := l.src[l.at]
		if c|0x20 == exponent {
			l.at++
			if c := l.peek(); c == '+' || c == '-' {
				l.at++
			}
		} else if class[c]&isHex != 0 || c == '.' {
			l.at++
		} else {
			break
		}
	}
	if l.is(isAlpha) {
		l.at++ // PUC Lua takes one letter more, to make it wrong
	}
	n, ok := ParseNumber(l.src[t.start:l.at])
	if !ok {
		l.fail("malformed number", quoted(l.src[t.start:l.at]), t.start)
	}
	t.kind = tkNumber
	t.num = n
	t.num.Pos = t.pos
}
