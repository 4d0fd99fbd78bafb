package config

import "strings"

// lineKind is what one line of a settings file says.
type lineKind int

const (
	lineSkip       lineKind = iota // nothing
	lineContinues                  // the setting goes on in the next line
	lineValue                      // key = value
	lineFile                       // key = <path
	lineVariable                   // key = words with $variables
	lineHeredoc                    // key = <<MARKER, and lines up to the marker (2.4)
	lineSection                    // key name {
	lineGroup                      // group @key name { (2.4)
	lineEnd                        // }
	lineInclude                    // !include value
	lineIncludeTry                 // !include_try value
	lineBad                        // value says why
)

// line is one logical line: what continuations joined, without comment and quotes.
type line struct {
	kind       lineKind
	key, value string
	// quoted tells a value (of a section: a name) in quotes from none.
	quoted bool
	// origin is where it began, last where it ended. Dovecot's messages name the latter.
	origin, last Origin
}

// grammar is the difference between the line syntax of the releases.
type grammar struct {
	is24 bool
}

func (g grammar) isWhite(c byte) bool {
	return c == ' ' || c == '\t' || g.is24 && isSpace(c)
}

func (g grammar) trimLeft(text string) string {
	for text != "" && g.isWhite(text[0]) {
		text = text[1:]
	}
	return text
}

func (g grammar) trimRight(text string) string {
	for text != "" && g.isWhite(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

// word cuts text at the first blank, or at stop where that comes first (0 is no byte of a line).
func (g grammar) word(text string, stop byte) (word, rest string) {
	for i := 0; i < len(text); i++ {
		if g.isWhite(text[i]) || stop != 0 && text[i] == stop {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// strip takes the blanks around a physical line away, and its comment. ambiguous tells that the comment's # follows
// directly on other text, where its author may have meant it as text.
func (g grammar) strip(text string) (stripped string, ambiguous bool) {
	text = g.trimLeft(text)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\'', '"':
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '#':
			ambiguous = i > 0 && !g.isWhite(text[i-1])
			return g.trimRight(text[:i]), ambiguous
		}
	}
	return g.trimRight(text), false
}

// parse reads a whole logical line that is stripped, not empty, and does not continue.
func (g grammar) parse(text string) line {
	key, rest := g.key(text)
	l := line{key: key, value: g.trimLeft(rest)}
	switch {
	case key == "!include":
		l.kind = lineInclude
	case key == "!include_try":
		l.kind = lineIncludeTry
	case strings.HasPrefix(l.value, "="):
		if key == "" {
			return bad(l, "Missing key name ('=' at the beginning of line)")
		}
		return g.assignment(l, g.trimLeft(l.value[1:]))
	case key == "}" && l.value == "":
		l.kind = lineEnd
	default:
		return g.section(l)
	}
	return l
}

// key cuts the first word off. Dovecot 2.4 allows quotes around it.
func (g grammar) key(text string) (key, rest string) {
	if !g.is24 || !strings.HasPrefix(text, `"`) {
		return g.word(text, '=')
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return unescape(text[1:i]), text[i+1:]
		}
	}
	return unescape(text[1:]), ""
}

func (g grammar) assignment(l line, value string) line {
	l.value = value
	quote := byte(0)
	if value != "" {
		quote = value[0]
	}
	inQuotes := quote == '"' || quote == '\''
	switch {
	case quote == '<':
		l.kind, l.value = lineFile, g.trimLeft(value[1:])
	case !inQuotes && strings.Contains(value, "$"):
		l.kind = lineVariable
	case inQuotes && value[len(value)-1] == quote:
		l.kind, l.quoted = lineValue, true
		l.value = unescape(value[1:max(1, len(value)-1)])
	default:
		l.kind = lineValue
	}
	return l
}

// section reads "kind {", "kind name {" and "group @label name {"; l.value is what follows the first word.
func (g grammar) section(l line) line {
	rest := l.value
	l.kind, l.value = lineSection, ""
	if g.is24 && l.key == "group" && !strings.HasPrefix(rest, "{") {
		l.kind = lineGroup
		l.key, rest = g.word(rest, 0)
		if rest == "" {
			return bad(l, "Expecting group name")
		}
		l.value, rest = g.word(g.trimLeft(rest), 0)
		rest = g.trimLeft(rest)
	} else if strings.HasPrefix(rest, `"`) {
		name, after, closed := strings.Cut(rest[1:], `"`)
		if !closed {
			return bad(l, "Expecting '{'")
		}
		l.value, l.quoted, rest = unescape(name), true, g.trimLeft(after)
	} else if !strings.HasPrefix(rest, "{") {
		l.value, rest = g.word(rest, 0)
		rest = g.trimLeft(rest)
	}
	if !strings.HasPrefix(rest, "{") {
		return bad(l, "Expecting '{'")
	}
	if rest != "{" {
		return bad(l, "Garbage after '{'")
	}
	return l
}

func bad(l line, why string) line {
	l.kind, l.value = lineBad, why
	return l
}

// unescape takes the backslashes away that protect the character after them.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
			if i == len(text) {
				break
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}
