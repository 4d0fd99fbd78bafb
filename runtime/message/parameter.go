package message

import (
	"cmp"
	"mime"
	"slices"
	"strconv"
	"strings"
)

// maxParameters is how many parameters of one field are looked at.
const maxParameters = 1000

// parameters reads a structured field such as Content-Type: the word before the
// first semicolon in lower case, and the parameters by their names in lower case,
// decoded to UTF-8. The first of two that have the same name counts. Package mime
// would give nothing at all for many fields that are in use: with a name twice,
// with blanks in a word, with a charset that is not UTF-8.
func parameters(value string) (word string, params map[string]string) {
	s := scanner{text: value}
	word = strings.ToLower(s.word())
	var pieces []piece
	for range maxParameters {
		name, text, ok := s.parameter()
		if !ok {
			break
		}
		pieces = append(pieces, newPiece(strings.ToLower(name), text))
	}
	if len(pieces) == 0 {
		return word, nil
	}
	// Continuations come in any order, and a value of RFC 2231 is better than the
	// plain one that old programs write beside it.
	slices.SortStableFunc(pieces, func(a, b piece) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.number, b.number))
	})
	params = map[string]string{}
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[n].name == pieces[0].name {
			n++
		}
		params[pieces[0].name] = joined(pieces[:n])
		pieces = pieces[n:]
	}
	return word, params
}

// piece is a parameter or a piece of one: name*number*=value (RFC 2231 §3, §4).
type piece struct {
	name, value string
	number      int
	// extended tells that the value has escapes.
	extended bool
}

// plain and whole are the numbers of parameters without a number: a plain one,
// and one of RFC 2231 in one piece.
const (
	whole = -1
	plain = 1 << 30
)

func newPiece(name, value string) piece {
	p := piece{value: value, number: plain}
	p.name, p.extended = strings.CutSuffix(name, "*")
	if p.extended {
		p.number = whole
	}
	if base, digits, ok := strings.Cut(p.name, "*"); ok {
		if n, err := strconv.Atoi(digits); err == nil && n >= 0 && n < plain {
			p.name, p.number = base, n
		}
	}
	return p
}

// joined makes the value of all pieces of a name, in the order of their numbers.
func joined(pieces []piece) string {
	first := pieces[0]
	switch first.number {
	case plain:
		return decodeWords(first.value)
	case whole:
		return extended(first.value)
	}
	var b strings.Builder
	charset := ""
	for i, p := range pieces {
		if p.number == plain || i > 0 && p.number == pieces[i-1].number {
			continue
		}
		value := p.value
		if p.extended {
			if i == 0 {
				charset, value = charsetOf(value)
			}
			value = unescape(value)
		}
		b.WriteString(value)
	}
	return toUTF8(charset, b.String())
}

// extended decodes charset'language'text.
func extended(value string) string {
	charset, text := charsetOf(value)
	return toUTF8(charset, unescape(text))
}

func charsetOf(value string) (charset, text string) {
	charset, rest, ok := strings.Cut(value, "'")
	if !ok {
		return "", value
	}
	_, text, ok = strings.Cut(rest, "'")
	if !ok {
		return "", value
	}
	return charset, text
}

// unescape decodes %XX, and leaves what is none.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// decodeWords decodes encoded words (RFC 2047), which do not belong into
// parameters but are common there.
func decodeWords(s string) string {
	if strings.Contains(s, "=?") {
		decoder := mime.WordDecoder{CharsetReader: charsetReader}
		if decoded, err := decoder.DecodeHeader(s); err == nil {
			s = decoded
		}
	}
	return toUTF8("", s)
}
