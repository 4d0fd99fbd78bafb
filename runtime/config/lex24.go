package config

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxProgram24 is the longest format Dovecot 2.4 accepts.
const maxProgram24 = 8192

// tokenKind names a token as Dovecot's messages name it.
type tokenKind string

const (
	tokenEnd      tokenKind = "end of file"
	tokenInvalid  tokenKind = "invalid token"
	tokenOpen     tokenKind = "OCBRACE"
	tokenClose    tokenKind = "CCBRACE"
	tokenPipe     tokenKind = "PIPE"
	tokenParen    tokenKind = "OBRACE"
	tokenEndParen tokenKind = "CBRACE"
	tokenComma    tokenKind = "COMMA"
	tokenEqual    tokenKind = "EQ"
	tokenPlus     tokenKind = "PLUS"
	tokenMinus    tokenKind = "MINUS"
	tokenStar     tokenKind = "STAR"
	tokenSlash    tokenKind = "SLASH"
	tokenPercent  tokenKind = "PERC"
	tokenName     tokenKind = "NAME"
	tokenValue    tokenKind = "VALUE"
	tokenNumber   tokenKind = "NUMBER"
)

type token24 struct {
	kind tokenKind
	text string
}

var (
	errEscape24 = errors.New("Invalid character escape")
	errUTF824   = errors.New("Invalid UTF-8 string")
)

// lexer24 cuts a format into tokens: text outside braces, an expression's parts inside.
type lexer24 struct {
	text   string
	at     int
	inside bool
}

func (l *lexer24) next() (token24, error) {
	if !l.inside {
		return l.outside(), nil
	}
	for l.at < len(l.text) && (l.text[l.at] == ' ' || l.text[l.at] == '\t') {
		l.at++
	}
	if l.at >= len(l.text) {
		return token24{kind: tokenEnd}, nil
	}
	c := l.text[l.at]
	switch {
	case isDigit(c):
		return token24{tokenNumber, l.run(isDigit)}, nil
	case isNameStart24(c):
		name := l.run(isName24)
		if !utf8.ValidString(name) {
			return token24{}, errUTF824
		}
		return token24{tokenName, name}, nil
	case c == '\'' || c == '"':
		return l.quoted(c)
	}
	l.at++
	switch c {
	case '}':
		l.inside = false
		return token24{kind: tokenClose}, nil
	case '|':
		return token24{kind: tokenPipe}, nil
	case '(':
		return token24{kind: tokenParen}, nil
	case ')':
		return token24{kind: tokenEndParen}, nil
	case ',':
		return token24{kind: tokenComma}, nil
	case '=':
		return token24{kind: tokenEqual}, nil
	case '+':
		return token24{kind: tokenPlus}, nil
	case '-':
		return token24{kind: tokenMinus}, nil
	case '*':
		return token24{kind: tokenStar}, nil
	case '/':
		return token24{kind: tokenSlash}, nil
	case '%':
		return token24{kind: tokenPercent}, nil
	}
	return token24{kind: tokenInvalid}, nil
}

// outside reads text up to the next percent sign, a lone percent sign, %%{ (which stands for %{) or %{.
func (l *lexer24) outside() token24 {
	rest := l.text[l.at:]
	switch {
	case rest == "":
		return token24{kind: tokenEnd}
	case strings.HasPrefix(rest, "%%{"):
		l.at += 3
		return token24{tokenValue, "%{"}
	case strings.HasPrefix(rest, "%{"):
		l.at += 2
		l.inside = true
		return token24{kind: tokenOpen}
	case rest[0] == '%':
		l.at++
		return token24{tokenValue, "%"}
	}
	end := strings.IndexByte(rest, '%')
	if end < 0 {
		end = len(rest)
	}
	l.at += end
	return token24{tokenValue, rest[:end]}
}

func (l *lexer24) run(accepts func(byte) bool) string {
	start := l.at
	for l.at < len(l.text) && accepts(l.text[l.at]) {
		l.at++
	}
	return l.text[start:l.at]
}

func isNameStart24(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

func isName24(c byte) bool {
	return isNameStart24(c) || isDigit(c) || strings.IndexByte("_/;:.-", c) >= 0
}

// quoted reads a string in single or double quotes. Only the escapes may make bytes that are not UTF-8.
func (l *lexer24) quoted(quote byte) (token24, error) {
	var out strings.Builder
	l.at++
	for {
		start := l.at
		for l.at < len(l.text) && l.text[l.at] != quote && l.text[l.at] != '\\' {
			l.at++
		}
		if !utf8.ValidString(l.text[start:l.at]) {
			return token24{}, errUTF824
		}
		out.WriteString(l.text[start:l.at])
		if l.at >= len(l.text) {
			return token24{kind: tokenEnd}, nil
		}
		l.at++
		if l.text[l.at-1] == quote {
			return token24{tokenValue, out.String()}, nil
		}
		c, err := l.escape()
		if err != nil {
			return token24{}, err
		}
		out.WriteByte(c)
	}
}

// escape reads what follows a backslash: \xHH, up to three octal digits, \t \r \n, a backslash or a quote.
func (l *lexer24) escape() (byte, error) {
	if l.at >= len(l.text) {
		return 0, errEscape24
	}
	c := l.text[l.at]
	if isDigit(c) {
		end := l.at + 1
		for end < len(l.text) && end < l.at+3 && isDigit(l.text[end]) {
			end++
		}
		code, err := strconv.ParseUint(l.text[l.at:end], 8, 8)
		l.at = end
		if err != nil {
			return 0, errEscape24
		}
		return byte(code), nil
	}
	l.at++
	switch c {
	case '\\', '"', '\'':
		return c, nil
	case 't':
		return '\t', nil
	case 'r':
		return '\r', nil
	case 'n':
		return '\n', nil
	case 'x':
		if l.at+2 <= len(l.text) {
			if code, err := strconv.ParseUint(l.text[l.at:l.at+2], 16, 8); err == nil {
				l.at += 2
				return byte(code), nil
			}
		}
	}
	return 0, errEscape24
}
