package doveadm

import (
	"strconv"
	"strings"
)

// parameter is one of a command's, in the order they are sent. The value is a
// string, a bool or a list of strings.
type parameter struct {
	name  string
	value any
}

// requestTag is the name of the only command of a request.
const requestTag = "luapush"

// encode gives the body of a request. Strings go as the bytes they are: Dovecot
// takes those that are not UTF-8 unchanged. It takes no NUL.
func encode(command string, parameters []parameter) ([]byte, error) {
	refuse := func(detail string) ([]byte, error) {
		return nil, &Error{Kind: KindRefused, Command: command, Detail: detail}
	}
	b := appendString([]byte("[["), command)
	b = append(b, ",{"...)
	for i, p := range parameters {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, p.name), ':')
		var texts []string
		switch v := p.value.(type) {
		case string:
			texts = []string{v}
			b = appendString(b, v)
		case bool:
			b = strconv.AppendBool(b, v)
		case []string:
			texts = v
			b = append(b, '[')
			for i, s := range v {
				if i > 0 {
					b = append(b, ',')
				}
				b = appendString(b, s)
			}
			b = append(b, ']')
		}
		for _, s := range texts {
			if strings.IndexByte(s, 0) >= 0 {
				return refuse("the parameter " + p.name + " has a NUL, which Dovecot does not take")
			}
			// Dovecot takes a user with wildcards for all users that match.
			if p.name == "user" && (s == "" || strings.ContainsAny(s, "*?")) {
				return refuse("the user " + strconv.Quote(s) + " is not one user: Dovecot reads * and ? as wildcards")
			}
		}
	}
	b = append(b, "},"...)
	b = appendString(b, requestTag)
	return append(b, "]]"...), nil
}

const hexDigits = "0123456789abcdef"

// appendString appends a JSON string.
func appendString(to []byte, s string) []byte {
	to = append(to, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c < ' ' || c == 0x7f:
			to = append(to, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			to = append(to, c)
		}
	}
	return append(to, '"')
}
