package message

import "strings"

// scanner reads the tokens of a structured field (RFC 822 §3.3, RFC 2045 §5.1),
// leniently.
type scanner struct{ text string }

// skip skips blanks, line ends and comments.
func (s *scanner) skip() {
	for {
		s.text = strings.TrimLeft(s.text, " \t\r\n")
		if !strings.HasPrefix(s.text, "(") {
			return
		}
		level, i := 0, 0
		for ; i < len(s.text); i++ {
			switch s.text[i] {
			case '\\':
				i++
			case '(':
				level++
			case ')':
				level--
			}
			if level == 0 {
				break
			}
		}
		s.text = s.text[min(i+1, len(s.text)):]
	}
}

// word reads what stands before the first semicolon: a token, or two with a slash
// between them; "" for anything else.
func (s *scanner) word() string {
	s.skip()
	word := s.token()
	before := s.text
	s.skip()
	if strings.HasPrefix(s.text, "/") {
		s.text = s.text[1:]
		s.skip()
		minor := s.token()
		if word == "" || minor == "" {
			return ""
		}
		word += "/" + minor
		before = s.text
	}
	if before != "" && !strings.ContainsRune(" \t\r\n(;", rune(before[0])) || strings.Contains(word, "\uFFFD") {
		return ""
	}
	return word
}

// token reads a token of RFC 2045; 8-bit bytes belong to it.
func (s *scanner) token() string {
	i := 0
	for i < len(s.text) && s.text[i] > ' ' && s.text[i] != 0x7f && !strings.ContainsRune(`()<>@,;:\"/[]?=`, rune(s.text[i])) {
		i++
	}
	token := s.text[:i]
	s.text = s.text[i:]
	return token
}

// parameter reads "; name=value" and passes over what is none.
func (s *scanner) parameter() (name, value string, ok bool) {
	for {
		i := strings.IndexByte(s.text, ';')
		if i < 0 {
			s.text = ""
			return "", "", false
		}
		s.text = s.text[i+1:]
		s.skip()
		name = s.token()
		s.skip()
		if name == "" || !strings.HasPrefix(s.text, "=") {
			continue
		}
		s.text = s.text[1:]
		s.skip()
		if strings.HasPrefix(s.text, `"`) {
			return name, s.quoted(), true
		}
		// Blanks in a value need quotes, which many programs forget.
		i = strings.IndexByte(s.text, ';')
		if i < 0 {
			i = len(s.text)
		}
		value = s.text[:i]
		s.text = s.text[i:]
		return name, uncommented(value), true
	}
}

// quoted reads a quoted string, or what there is of it. Line ends in it are the
// folding's, and nothing of the value.
func (s *scanner) quoted() string {
	var b strings.Builder
	i := 1
	for ; i < len(s.text) && s.text[i] != '"'; i++ {
		switch c := s.text[i]; {
		case c == '\\' && i+1 < len(s.text):
			i++
			b.WriteByte(s.text[i])
		case c != '\r' && c != '\n':
			b.WriteByte(c)
		}
	}
	s.text = s.text[min(i+1, len(s.text)):]
	return b.String()
}

// uncommented takes a comment and blanks off the end of an unquoted value.
func uncommented(value string) string {
	words := strings.FieldsFunc(value, func(c rune) bool { return c == '\r' || c == '\n' || c == '\t' || c == ' ' })
	value = strings.Join(words, " ")
	if i := strings.IndexByte(value, '('); i > 0 && strings.HasSuffix(value, ")") {
		value = strings.TrimRight(value[:i], " ")
	}
	return value
}
