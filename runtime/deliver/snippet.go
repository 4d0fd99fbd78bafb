package deliver

import (
	"strings"
)

// snippetText collects the beginning of a text, and of what it quotes.
type snippetText struct {
	own, quoted excerpt
	line        lineState
	blank       bool // white space since the last character of either
}

type lineState uint8

const (
	lineStart lineState = iota
	ownLine
	quotedLine
)

// excerpt is text with room for so many characters.
type excerpt struct {
	text []byte
	left int
}

func newSnippetText(limit int) *snippetText {
	return &snippetText{
		own:    excerpt{left: limit},
		quoted: excerpt{left: limit - 1}, // and '>'
	}
}

// add takes valid UTF-8 and reports whether there is need of more. A piece that is
// not the first begins in the line that the last one ended in.
func (s *snippetText) add(text []byte) bool {
	for i := 0; i < len(text); {
		if s.line == lineStart {
			s.line = ownLine
			if text[i] == '>' {
				s.line = quotedLine
				i++
				if i == len(text) {
					break
				}
			}
		}
		to := &s.own
		if s.line == quotedLine {
			to = &s.quoted
		}
		i += s.character(to, text[i:])
		if s.own.left == 0 {
			return false
		}
	}
	return true
}

// character takes the first one of text and returns its length.
func (s *snippetText) character(to *excerpt, text []byte) int {
	c := text[0]
	switch {
	case c == 0:
		return 1
	case len(text) >= 3 && text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf:
		return 3 // a byte order mark
	case c == ' ' || c >= '\t' && c <= '\r':
		if len(to.text) > 0 {
			s.blank = true
		}
		if c == '\n' {
			s.line = lineStart
		}
		return 1
	}
	if s.blank {
		s.blank = false
		if to.left < 2 {
			to.left = 0
			return 1
		}
		to.text = append(to.text, ' ')
		to.left--
	}
	if to.left == 0 {
		return 1
	}
	n := 1
	if c >= 0x80 {
		n = min(sequenceLength(c), len(text))
	}
	to.text = append(to.text, text[:n]...)
	to.left--
	return n
}

// String is the snippet: what is quoted only if there is nothing else.
func (s *snippetText) String() string {
	switch {
	case len(s.own.text) > 0:
		return strings.TrimLeft(string(s.own.text), " \t\r\n\v\f")
	case len(s.quoted.text) > 0:
		return ">" + strings.TrimLeft(string(s.quoted.text), " \t\r\n\v\f")
	}
	return ""
}

// blockSize is how much of a message Dovecot reads at a time.
const blockSize = 8192

// Snippet returns the beginning of a message's text as Dovecot 2.3.7 and later
// does, up to limit characters (dovecot.md §2.4). It reads the whole message to
// find the part, but no more text than it needs. Lines end in LF or CRLF.
func Snippet(message []byte, limit int) string { return snippet(withLF(message), limit, false) }

// snippet makes the snippet of a message with LF. blocks is for a message that
// stands alone in its file: a tag that begins a block of the file then gives no
// blank, as Dovecot does not see what is before it. With the header that a delivery
// puts before a message nobody knows where the blocks begin.
func snippet(message []byte, limit int, blocks bool) string {
	p := parseStructure(message).firstText()
	if p == nil {
		return ""
	}
	e := readEntity(message[p.start:p.end])
	var html *htmlText
	switch {
	case !e.hasType:
	case strings.EqualFold(e.mediaType, "text/html"):
		html = newHTMLText()
	case len(e.mediaType) < 5 || !strings.EqualFold(e.mediaType[:5], "text/"):
		return ""
	}
	if e.transfer == nil {
		return ""
	}
	s := newSnippetText(limit)
	var decoded, text, plain []byte
	for body := e.body; len(body) > 0; {
		n := min(len(body), blockSize-(p.end-len(body))%blockSize)
		decoded = e.transfer.decode(decoded[:0], body[:n])
		text = e.charset.decode(text[:0], decoded)
		body = body[n:]
		out := text
		if html != nil && len(text) > 0 {
			if blocks {
				html.forget()
			}
			plain = html.decode(plain[:0], text)
			out = plain
		}
		if !s.add(out) {
			break
		}
	}
	return s.String()
}

// entityHeader is what decides how a body is read.
type entityHeader struct {
	hasType   bool
	mediaType string
	transfer  transferDecoder // nil for an encoding nobody knows
	charset   *charset
	body      []byte
}

// readEntity reads the header of a part.
func readEntity(data []byte) entityHeader {
	e := entityHeader{transfer: plainDecoder{}}
	name := "UTF-8"
	pos := 0
	for pos < len(data) {
		if blankLine(data, pos) {
			_, pos = lineEnd(data, pos)
			break
		}
		var f field
		f, pos = readField(data, pos)
		switch {
		case f.isExactly("Content-Type") && !e.hasType:
			e.hasType = true
			s := scanner{data: string(f.value)}
			var ok bool
			if e.mediaType, ok = s.contentType(); ok {
				if c, ok := s.parameter("charset"); ok {
					name = c
				}
			}
		case f.isExactly("Content-Transfer-Encoding"):
			e.transfer = newTransferDecoder(string(f.value))
		}
	}
	e.body = data[pos:]
	if e.charset = newCharset(name); e.charset == nil {
		e.charset = newCharset("UTF-8")
	}
	return e
}

// newTransferDecoder returns the decoder for a Content-Transfer-Encoding, or nil.
func newTransferDecoder(value string) transferDecoder {
	s := scanner{data: value}
	s.skipSpace()
	name, _ := s.token()
	if !s.atEnd() && s.data[s.pos] != ';' {
		return nil
	}
	switch strings.ToLower(name) {
	case "7bit", "8bit", "binary":
		return plainDecoder{}
	case "base64":
		return &base64Decoder{}
	case "quoted-printable":
		return &quotedPrintableDecoder{}
	}
	return nil
}
