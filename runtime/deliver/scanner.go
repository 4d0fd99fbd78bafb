package deliver

// outcome is how a step of the scanner ended. Dovecot looks at all three, and
// so do its oddities.
type outcome int8

const (
	broken outcome = iota - 1 // not what was looked for, or cut off in the middle
	ended                     // fine, and nothing is left
	more                      // fine, and pos is at something else
)

// scanner reads RFC 822 structures as leniently as Dovecot does, never looking
// back over what it has passed.
type scanner struct {
	data string
	pos  int
	// comment is the text of the last comment passed. Nested brackets stay in
	// it, backslashes do not.
	comment []byte
}

// Classes of characters. Bytes above 0x7f count as letters.
const (
	classAtext   = 1 << iota // may be in an atom
	classToken               // may be in a MIME token: an atom less '/', '?' and '='
	classNewline             // part of folding white space
)

var classes = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= 0x80:
			t[c] = classAtext | classToken
		}
	}
	for _, c := range "!#$%&'*+-^_`{|}~" {
		t[c] = classAtext | classToken
	}
	for _, c := range "/=?" {
		t[c] = classAtext
	}
	for _, c := range " \t\r\n" {
		t[c] = classNewline
	}
	return t
}()

func isAtext(c byte) bool { return classes[c]&classAtext != 0 }

func (s *scanner) atEnd() bool { return s.pos >= len(s.data) }

// at reports whether the next byte is c.
func (s *scanner) at(c byte) bool { return s.pos < len(s.data) && s.data[s.pos] == c }

func (s *scanner) left() outcome {
	if s.atEnd() {
		return ended
	}
	return more
}

// skipSpace passes white space and comments.
func (s *scanner) skipSpace() outcome {
	for !s.atEnd() {
		switch c := s.data[s.pos]; {
		case classes[c]&classNewline != 0:
			s.pos++
		case c == '(':
			if s.skipComment() == broken {
				return broken
			}
		default:
			return more
		}
	}
	return ended
}

// skipComment passes the comment that begins here. One that never ends takes
// everything, but only what it has before its last line end or backslash is its
// text. Line ends are left out.
func (s *scanner) skipComment() outcome {
	s.comment = s.comment[:0]
	s.pos++
	kept := 0
	for level := 1; !s.atEnd(); s.pos++ {
		switch s.data[s.pos] {
		case '(':
			level++
		case ')':
			if level--; level == 0 {
				s.pos++
				return s.left()
			}
		case '\n':
			if n := len(s.comment); n > 0 && s.comment[n-1] == '\r' {
				s.comment = s.comment[:n-1]
			}
			kept = len(s.comment)
			continue
		case '\\':
			if s.escaped() {
				kept = len(s.comment)
				s.pos++
			} else if s.atEnd() {
				s.comment = s.comment[:kept]
				return broken
			}
		}
		s.comment = append(s.comment, s.data[s.pos])
	}
	s.comment = s.comment[:kept]
	return broken
}

// while takes bytes of a class, and '.' where dots is set.
func (s *scanner) while(class uint8, dots bool) string {
	start := s.pos
	for !s.atEnd() {
		if c := s.data[s.pos]; classes[c]&class == 0 && (!dots || c != '.') {
			break
		}
		s.pos++
	}
	return s.data[start:s.pos]
}

// spaceAfter passes the white space after something, which is fine whatever it
// is followed by.
func (s *scanner) spaceAfter() outcome {
	if s.atEnd() {
		return ended
	}
	return s.skipSpace()
}

// atom reads letters, digits and the like, and the space after them.
func (s *scanner) atom() (string, outcome) {
	a := s.while(classAtext, false)
	if a == "" {
		return "", broken
	}
	return a, s.spaceAfter()
}

// dotAtom reads atoms with dots between them, and appends them to dst without
// the white space that may stand around the dots.
func (s *scanner) dotAtom(dst []byte) ([]byte, outcome) {
	if s.atEnd() || !isAtext(s.data[s.pos]) {
		return dst, broken
	}
	for {
		dst = append(dst, s.while(classAtext, false)...)
		if o := s.spaceAfter(); o != more {
			return dst, o
		}
		if s.data[s.pos] != '.' {
			return dst, more
		}
		s.pos++
		dst = append(dst, '.')
		if o := s.skipSpace(); o == broken || s.atEnd() || !isAtext(s.data[s.pos]) {
			return dst, broken
		}
	}
}

// looseAtom is dotAtom for the local part of an address, where dots may stand
// anywhere.
func (s *scanner) looseAtom(dst []byte) (_ []byte, o outcome) {
	o = broken
	for {
		for s.at('.') {
			dst = append(dst, '.')
			s.pos++
			o = more
		}
		if s.atEnd() {
			return dst, ended
		}
		if s.data[s.pos] == '@' {
			return dst, o
		}
		var a string
		a, o = s.atom()
		dst = append(dst, a...)
		if o != more || s.data[s.pos] != '.' {
			return dst, o
		}
	}
}

// token reads a MIME token, which may be empty, and the space after it.
func (s *scanner) token() (string, outcome) {
	t := s.while(classToken, true)
	return t, s.spaceAfter()
}

// escaped reports whether the backslash at pos escapes what follows it: it does
// not before the end of a line, and stands for itself there. At the end of all it
// moves on.
func (s *scanner) escaped() bool {
	if s.pos+1 >= len(s.data) {
		s.pos++
		return false
	}
	c := s.data[s.pos+1]
	return c != '\n' && c != '\r'
}

// quoted reads the quoted string that begins here and the space after it. Line
// ends within are left out, the white space after them stays. Of one that never
// ends there is what it has before its last line end or backslash.
func (s *scanner) quoted(dst []byte) ([]byte, outcome) {
	s.pos++
	kept := len(dst)
	for start := kept; !s.atEnd(); s.pos++ {
		switch c := s.data[s.pos]; c {
		case '"':
			s.pos++
			return dst, s.skipSpace()
		case '\n':
			if n := len(dst); n > start && dst[n-1] == '\r' && s.data[s.pos-1] == '\r' {
				dst = dst[:n-1]
			}
			kept = len(dst)
		case '\\':
			if s.escaped() {
				kept = len(dst)
				s.pos++
			} else if s.atEnd() {
				return dst[:kept], broken
			}
			dst = append(dst, s.data[s.pos])
		default:
			dst = append(dst, c)
		}
	}
	return dst[:kept], broken
}

// phrase reads words, quoted strings and dots, with one blank between them.
func (s *scanner) phrase(dst []byte) ([]byte, outcome) {
	if s.atEnd() {
		return dst, ended
	}
	if s.data[s.pos] == '.' {
		return dst, broken
	}
	for {
		var o outcome
		if s.data[s.pos] == '"' {
			dst, o = s.quoted(dst)
		} else {
			dst = append(dst, s.while(classAtext, true)...)
			o = s.spaceAfter()
		}
		if o != more {
			return dst, o
		}
		if c := s.data[s.pos]; !isAtext(c) && c != '"' && c != '.' {
			return dst, more
		}
		dst = append(dst, ' ')
	}
}

// domain reads what follows the '@' here: atoms with dots, or [an address].
func (s *scanner) domain(dst []byte) ([]byte, outcome) {
	s.pos++
	if s.skipSpace() != more {
		return dst, broken
	}
	if s.data[s.pos] != '[' {
		return s.dotAtom(dst)
	}
	kept := len(dst)
	dst = append(dst, '[')
	for s.pos++; !s.atEnd(); s.pos++ {
		c := s.data[s.pos]
		switch {
		case c == '\n':
			continue
		case c == '[':
			return dst[:kept], broken
		case c == ']':
			s.pos++
			return append(dst, c), s.spaceAfter()
		case c == '\\' && s.escaped():
			dst = append(dst, c)
			s.pos++
			c = s.data[s.pos]
		}
		dst = append(dst, c)
	}
	return dst[:kept], broken
}
