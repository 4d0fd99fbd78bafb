package deliver

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"
)

// htmlText turns HTML into text, piece by piece, as Dovecot does (dovecot.md
// §2.4): with a blank for each tag, and "> " before what is in a blockquote. It
// knows no other element than script, style and blockquote.
type htmlText struct {
	state  htmlState
	quotes int    // blockquotes around
	block  bool   // the tag is one of those
	held   []byte // the end of the last piece, where it needs more to be understood
	last   int    // what the text so far ends in; nothing if it has not begun
}

// forget lets the text begin anew: Dovecot looks at what its last character was
// within one block only.
func (h *htmlText) forget() { h.last = nothing }

// nothing is no byte.
const nothing = -1

func newHTMLText() *htmlText { return &htmlText{last: nothing} }

type htmlState uint8

const (
	inText htmlState = iota
	inTag
	inDoubleQuotes
	inSingleQuotes
	afterDoubleBackslash
	afterSingleBackslash
	inComment
	inCommentEnd // after "--"
	inScript
	inStyle
	inCDATA
)

func isHTMLSpace(c byte) bool { return classes[c]&classNewline != 0 }

// decode appends the text of src to dst.
func (h *htmlText) decode(dst, src []byte) []byte {
	data := src
	if len(h.held) > 0 {
		data = slices.Concat(h.held, src)
	}
	i := 0
	for i < len(data) {
		var n int
		before := len(dst)
		if dst, n = h.step(dst, data[i:]); n == 0 {
			break
		}
		if len(dst) > before {
			h.last = int(dst[len(dst)-1])
		}
		i += n
	}
	h.held = slices.Clone(data[i:])
	return dst
}

// step takes what data begins with, and returns how much that was; 0 is too little
// to tell.
func (h *htmlText) step(dst, data []byte) ([]byte, int) {
	c := data[0]
	switch h.state {
	case inText:
		return h.text(dst, data)
	case inTag:
		switch c {
		case '"':
			h.state = inDoubleQuotes
		case '\'':
			h.state = inSingleQuotes
		case '>':
			h.state = inText
			dst = h.tagEnd(dst)
		}
	case inDoubleQuotes:
		h.state = within(c, '"', inDoubleQuotes, afterDoubleBackslash)
	case inSingleQuotes:
		h.state = within(c, '\'', inSingleQuotes, afterSingleBackslash)
	case afterDoubleBackslash:
		h.state = inDoubleQuotes
	case afterSingleBackslash:
		h.state = inSingleQuotes
	case inComment:
		if c == '-' {
			if len(data) == 1 {
				return dst, 0
			}
			if data[1] == '-' {
				h.state = inCommentEnd
				return dst, 2
			}
		}
	case inCommentEnd:
		if c == '>' {
			h.state = inText
		} else if !isHTMLSpace(c) {
			h.state = inComment
		}
	case inScript:
		return h.until(dst, data, "</script>")
	case inStyle:
		return h.until(dst, data, "</style>")
	case inCDATA:
		if n := min(len(data), 3); string(data[:n]) != "]]>"[:n] {
			return append(dst, c), 1
		}
		if len(data) < 3 {
			return dst, 0
		}
		h.state = inText
		return dst, 3
	}
	return dst, 1
}

func within(c, end byte, stay, escaped htmlState) htmlState {
	switch c {
	case end:
		return inTag
	case '\\':
		return escaped
	}
	return stay
}

func (h *htmlText) text(dst, data []byte) ([]byte, int) {
	switch data[0] {
	case '<':
		n := h.tag(data[1:])
		return dst, n
	case '&':
		return entity(dst, data)
	}
	n := bytes.IndexAny(data, "<&")
	if n < 0 {
		n = len(data)
	}
	return append(dst, data[:n]...), n
}

// hasName reports whether data begins with the name of an element, in any case,
// and something that ends the name.
func hasName(data []byte, name string) bool {
	return len(data) > len(name) && bytes.EqualFold(data[:len(name)], []byte(name)) &&
		(isHTMLSpace(data[len(name)]) || data[len(name)] == '>')
}

// tag takes what comes after '<', as far as it tells what it is.
func (h *htmlText) tag(data []byte) int {
	h.block = false
	switch {
	case bytes.HasPrefix(data, []byte("!--")):
		h.state = inComment
		return 1 + 3
	case hasName(data, "script"):
		h.state = inScript
		return 1 + 7
	case hasName(data, "style"):
		h.state = inStyle
		return 1 + 6
	case len(data) >= 8 && bytes.EqualFold(data[:8], []byte("![CDATA[")):
		h.state = inCDATA
		return 1 + 8
	case hasName(data, "blockquote"):
		h.quotes++
		h.block = true
	case h.quotes > 0 && len(data) >= 12 && bytes.EqualFold(data[:12], []byte("/blockquote>")):
		h.quotes--
		h.block = true
	case len(data) < 12 && !bytes.ContainsAny(data, " \t\r\n>"):
		return 0
	}
	h.state = inTag
	return 1
}

// tagEnd writes what a tag is in the text.
func (h *htmlText) tagEnd(dst []byte) []byte {
	if !h.block && h.quotes == 0 {
		return h.blankUnlessOne(dst)
	}
	if h.last != nothing && h.last != '\n' {
		dst = append(dst, '\n')
	}
	if h.quotes > 0 {
		dst = append(dst, "> "...)
	}
	return dst
}

func (h *htmlText) blankUnlessOne(dst []byte) []byte {
	if h.last != nothing && h.last != ' ' && h.last != '\n' {
		return append(dst, ' ')
	}
	return dst
}

// until drops everything up to and including an end tag.
func (h *htmlText) until(dst, data []byte, tag string) ([]byte, int) {
	i := bytes.IndexByte(data, '<')
	switch {
	case i < 0:
		return dst, len(data)
	case i > 0:
		return dst, i
	}
	n := min(len(data), len(tag))
	if !bytes.EqualFold(data[:n], []byte(tag[:n])) {
		return dst, 1
	}
	if n < len(tag) {
		return dst, 0
	}
	h.state = inText
	return h.blankUnlessOne(dst), n
}

// maxEntity is the length of the longest name of a character Dovecot looks for.
const maxEntity = 9

// entity takes "&name;", "&#65;" or "&#x41;". One nobody knows goes; an ampersand
// that begins none goes, too, and what follows it stays.
func entity(dst, data []byte) ([]byte, int) {
	for i, c := range data[1:] {
		if isHTMLSpace(c) || i > maxEntity {
			return dst, 1
		}
		if c == ';' {
			return appendEntity(dst, cstring(string(data[1:1+i]))), i + 2
		}
	}
	return dst, 0
}

func appendEntity(dst []byte, name string) []byte {
	if r, ok := entities[name]; ok {
		return utf8.AppendRune(dst, r)
	}
	if len(name) < 2 || name[0] != '#' {
		return dst
	}
	number, base := name[1:], 10
	if number[0] == 'x' {
		number, base = number[1:], 16
	}
	for i := range len(number) {
		if !isHex(number[i]) {
			return dst
		}
	}
	n, err := strconv.ParseUint(number, base, 32)
	if err != nil || !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
		return dst
	}
	return utf8.AppendRune(dst, rune(n))
}
