package strip

import (
	"encoding/base64"
	"strings"
)

// piece is a part of a text: what is written, and what a reader sees of it. The
// words of a text go across its pieces.
type piece struct {
	raw string
	// view is what is seen, as UTF-8.
	view string
	// write gives what is written for another view of the same length; ok is false
	// if that cannot be. nil is the view itself.
	write func(view string) (raw string, ok bool)
	// fixed is written as it is, whatever is seen.
	fixed bool
	// codec is that of the charset; nil is UTF-8.
	codec *codec
}

// fixedPiece is written as it is; it parts words if it is seen as a blank.
func fixedPiece(raw, view string) piece { return piece{raw: raw, view: view, fixed: true} }

// join replaces the words of the pieces.
func (s *Stripper) join(pieces []piece, m manner) string {
	var view strings.Builder
	codecs := m.codecs
	for i := range pieces {
		view.WriteString(pieces[i].view)
		if c := pieces[i].codec; c != nil {
			codecs = append(codecs, c)
		}
	}
	m.accept = acceptedBy(codecs)
	masked := s.text(view.String(), m)
	var out strings.Builder
	at := 0
	for i := range pieces {
		p := &pieces[i]
		own := masked[at : at+len(p.view)]
		at += len(p.view)
		switch {
		case p.fixed:
			out.WriteString(p.raw)
			continue
		case p.write == nil:
			out.WriteString(own)
			continue
		}
		written, ok := p.write(own)
		if !ok || len(written) != len(p.raw) {
			m.accept = nil
			written = s.text(p.raw, m)
		}
		out.WriteString(written)
	}
	return out.String()
}

// literal adds the pieces of a text without whole encoded words: the beginnings of
// broken ones, and percent escapes.
func literal(pieces []piece, in string) []piece {
	for {
		start, end := brokenWord(in)
		if end == 0 {
			return percents(pieces, in)
		}
		pieces = percents(pieces, in[:start])
		pieces = append(pieces, fixedPiece(in[start:end], " "))
		in = in[end:]
	}
}

// brokenWord finds what begins an encoded word, up to its text; 0 and 0 if there
// is nothing.
func brokenWord(in string) (start, end int) {
	for from := 0; ; {
		at := strings.Index(in[from:], "=?")
		if at < 0 {
			return 0, 0
		}
		start = from + at
		head := in[start+2 : min(len(in), start+2+longestTerm)]
		charset, rest, ok := strings.Cut(head, "?")
		if ok && charset != "" && isCharset(charset) && len(rest) >= 2 && rest[1] == '?' && strings.IndexByte("bBqQ", rest[0]) >= 0 {
			return start, start + 2 + len(charset) + 3
		}
		from = start + 2
	}
}

// percents adds the pieces of a text that may have percent escapes.
func percents(pieces []piece, in string) []piece {
	for in != "" {
		at := strings.IndexByte(in, '%')
		for at >= 0 && !isEscape(in[at:]) {
			next := strings.IndexByte(in[at+1:], '%')
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
		if at < 0 {
			return append(pieces, piece{raw: in, view: in})
		}
		if at > 0 {
			pieces = append(pieces, piece{raw: in[:at], view: in[:at]})
		}
		end := at
		for end < len(in) && isEscape(in[end:]) {
			end += 3
		}
		pieces = append(pieces, escapedPiece(in[at:end], percent, ""))
		in = in[end:]
	}
	return pieces
}

// phrase adds the pieces of a text that may have encoded words (RFC 2047). Blanks
// between two of them are not seen.
func (s *Stripper) phrase(pieces []piece, in string) []piece {
	after := false // an encoded word
	for in != "" {
		start, end, w := findEncodedWord(in)
		if w == nil {
			break
		}
		between := in[:start]
		if after && strings.Trim(between, " \t\r\n") == "" {
			pieces = append(pieces, fixedPiece(between, ""))
		} else {
			pieces = literal(pieces, between)
		}
		pieces = append(pieces, s.encodedWord(in[start:end], w))
		in, after = in[end:], true
	}
	return literal(pieces, in)
}

// encodedWord is an encoded word taken apart.
type encodedWord struct{ charset, encoding, text string }

// findEncodedWord finds the first encoded word; w is nil if there is none. As in
// Dovecot, lines may be folded inside one, and of the encoding only the first
// letter counts.
func findEncodedWord(in string) (start, end int, w *encodedWord) {
	for from := 0; ; {
		at := strings.Index(in[from:], "=?")
		if at < 0 {
			return 0, 0, nil
		}
		start = from + at
		rest := in[start+2 : min(len(in), start+2+longestWord)]
		charset, rest, _ := strings.Cut(rest, "?")
		encoding, rest, ok := strings.Cut(rest, "?")
		if ok && encoding != "" && strings.IndexByte("bBqQ", encoding[0]) >= 0 && !strings.ContainsAny(charset+encoding, " \t\r\n") {
			if n := strings.IndexByte(rest, '?'); n >= 0 && strings.HasPrefix(rest[n:], "?=") {
				w = &encodedWord{charset: charset, encoding: encoding, text: rest[:n]}
				return start, start + 2 + len(charset) + 1 + len(encoding) + 1 + n + 2, w
			}
		}
		from = start + 2
	}
}

// longestWord bounds where the end of an encoded word is looked for. RFC 2047 has
// 75.
const longestWord = 8 << 10

// encodedWord makes the piece of an encoded word.
func (s *Stripper) encodedWord(raw string, w *encodedWord) piece {
	charset, language, tagged := strings.Cut(w.charset, "*")
	head := "=?" + charset
	if !isCharset(charset) {
		head = "=?" + s.text(charset, manner{})
	}
	if tagged {
		head += "*" + s.text(language, manner{keep: languageWords.has})
	}
	head += "?" + w.encoding[:1] + s.text(w.encoding[1:], manner{}) + "?"
	var p piece
	if w.encoding[0]|0x20 == 'b' {
		p = base64Piece(w.text, charset)
	} else {
		p = escapedPiece(w.text, encodedQ, charset)
	}
	inner := p.write
	p.raw = raw
	p.write = func(view string) (string, bool) {
		text, ok := inner(view)
		if !ok || len(text) != len(w.text) {
			text = s.opaque(w.text)
		}
		return head + text + "?=", true
	}
	return p
}

// opaque replaces the letters and digits of something that has a form but could
// not be read.
func (s *Stripper) opaque(coded string) string {
	var out strings.Builder
	for i := 0; i < len(coded); {
		c := coded[i]
		if isDigit(c) || isLetter(c) {
			end := i
			for end < len(coded) && (isDigit(coded[end]) || isLetter(coded[end])) {
				end++
			}
			out.WriteString(s.word(coded[i:end], variant{}))
			i = end
			continue
		}
		out.WriteByte(c)
		i++
	}
	return out.String()
}

// charsetView adds what a charset makes of bytes to a piece whose write takes
// bytes.
func charsetView(p *piece, text, charset string) {
	c := newCodec(charset, text)
	if c == nil {
		p.view = text
		return
	}
	view, ok := c.decode(text)
	if !ok {
		p.view = text
		return
	}
	inner := p.write
	p.view, p.codec = view, c
	p.write = func(view string) (string, bool) {
		other, ok := c.encode(view)
		if !ok || inner == nil {
			// Half of a character must not end a line where none did.
			return other, ok && sameLines(text, other)
		}
		return inner(other)
	}
}

// sameLines tells whether two texts of the same length have the same ends of lines.
func sameLines(a, b string) bool {
	for i := 0; i < len(a) && i < len(b); i++ {
		if (a[i] == '\n') != (b[i] == '\n') || (a[i] == '\r') != (b[i] == '\r') {
			return false
		}
	}
	return true
}

// base64Piece is text in base64, of one line or more.
func base64Piece(raw, charset string) piece {
	text, places := unbase64(raw)
	p := piece{raw: raw, write: func(text string) (string, bool) { return rebase64(raw, text, places) }}
	charsetView(&p, text, charset)
	return p
}

// unbase64 decodes what can be decoded, up to the padding; places is how many
// characters of the alphabet that were. It is less than 0 for a text that is not
// in base64 at all.
func unbase64(raw string) (text string, places int) {
	var coded strings.Builder
	for i := 0; i < len(raw) && raw[i] != '='; i++ {
		if raw[i] >= 0x80 {
			return "", -1
		}
		if isBase64(raw[i]) {
			coded.WriteByte(raw[i])
		}
	}
	// Of a single character at the end nothing can be made.
	n := coded.Len()
	if n%4 == 1 {
		n--
	}
	decoded, err := base64.RawStdEncoding.DecodeString(coded.String()[:n])
	if err != nil {
		return "", -1
	}
	return string(decoded), n
}

// rebase64 puts other text of the same length into the places of a coded one.
func rebase64(raw, text string, places int) (string, bool) {
	coded := base64.RawStdEncoding.EncodeToString([]byte(text))
	if len(coded) != places {
		return "", false
	}
	out := []byte(raw)
	at := 0
	for i := range out {
		if !isBase64(out[i]) {
			continue
		}
		if at < places {
			out[i] = coded[at]
			at++
			continue
		}
		// Nothing is seen of what is behind the end.
		out[i] = 'x'
	}
	return string(out), true
}

func isBase64(c byte) bool { return isDigit(c) || isLetter(c) || c == '+' || c == '/' }
