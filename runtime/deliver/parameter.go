package deliver

import (
	"sort"
	"strings"
)

// contentType reads a Content-Type field's type, "text/html", and leaves s at its
// parameters. One that is broken is "application/octet-stream" and not ok; a
// single word is not broken to Dovecot.
func (s *scanner) contentType() (mediaType string, ok bool) {
	const unreadable = "application/octet-stream"
	if s.skipSpace() != more {
		return unreadable, false
	}
	main, o := s.token()
	if o == ended {
		return main, true
	}
	if o == broken || s.data[s.pos] != '/' {
		return unreadable, false
	}
	s.pos++
	if s.skipSpace() != more {
		return unreadable, false
	}
	sub, o := s.token()
	if sub == "" || o == broken || !s.atEnd() && s.data[s.pos] != ';' {
		return unreadable, false
	}
	return main + "/" + sub, true
}

// piece is a parameter whose name has an RFC 2231 star.
type piece struct {
	name, value string
	index       uint32
	encoded     bool // name*0*=
}

// parameter returns the value of the parameter called name among those that s is
// at. Broken ones are passed over. A value in pieces (name*0=…; name*1=…) is put
// together, if no piece is missing or has a charset (RFC 2231 §3); a whole one
// goes before it.
func (s *scanner) parameter(name string) (string, bool) {
	var pieces []piece
	for {
		key, value, o := s.nextParameter()
		if o == ended {
			break
		}
		if o == broken {
			if s.atEnd() {
				break
			}
			s.pos++
			continue
		}
		if p, ok := asPiece(key, value); ok {
			pieces = append(pieces, p)
		} else if strings.EqualFold(key, name) {
			return value, true
		}
	}
	return join(pieces, name)
}

// nextParameter reads one "; key=value".
func (s *scanner) nextParameter() (key, value string, o outcome) {
	if s.atEnd() {
		return "", "", ended
	}
	if s.data[s.pos] != ';' {
		return "", "", broken
	}
	s.pos++
	if s.skipSpace() != more {
		return "", "", broken
	}
	if key, o = s.token(); o != more || s.data[s.pos] != '=' {
		return "", "", broken
	}
	s.pos++
	switch o = s.skipSpace(); {
	case o != more:
	case s.data[s.pos] == '"':
		var q []byte
		q, o = s.quoted(nil)
		value = string(q)
	case s.data[s.pos] == '=':
		// name==?utf-8?b?…?=: an encoded word, where none may be.
		start := s.pos
		for !s.atEnd() && s.data[s.pos] != ';' && classes[s.data[s.pos]]&classNewline == 0 {
			s.pos++
		}
		value = s.data[start:s.pos]
	default:
		value, o = s.token()
	}
	if o == broken {
		return "", "", broken
	}
	return key, value, more
}

// asPiece takes name*, name*N and name*N* apart.
func asPiece(key, value string) (piece, bool) {
	name, rest, ok := strings.Cut(key, "*")
	if !ok {
		return piece{}, false
	}
	p := piece{name: name, value: value}
	if rest == "" {
		p.encoded = true
		return p, true
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	for _, c := range rest[:digits] {
		p.index = p.index*10 + uint32(c-'0')
	}
	switch rest[digits:] {
	case "":
		return p, true
	case "*":
		p.encoded = true
		return p, true
	}
	return piece{}, false
}

// join puts the pieces of one parameter together. Values with a charset are
// another parameter to Dovecot, "name*", which nobody asks for.
func join(pieces []piece, name string) (string, bool) {
	sort.SliceStable(pieces, func(i, j int) bool {
		if pieces[i].name != pieces[j].name {
			return pieces[i].name < pieces[j].name
		}
		return pieces[i].index < pieces[j].index
	})
	for i := 0; i < len(pieces); {
		var value strings.Builder
		whole := true
		j := i
		for ; j < len(pieces) && strings.EqualFold(pieces[j].name, pieces[i].name); j++ {
			whole = whole && pieces[j].index == uint32(j-i) && !pieces[j].encoded
			value.WriteString(pieces[j].value)
		}
		if whole && strings.EqualFold(pieces[i].name, name) {
			return value.String(), true
		}
		i = j
	}
	return "", false
}
