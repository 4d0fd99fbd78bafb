package strip

import "strings"

// maxDepth is how many levels of MIME parts are told apart, as in Dovecot; what is
// deeper is text.
const maxDepth = 100

// message replaces what is personal in a message, or in one of its parts. Its
// structure, encodings and length stay.
func (s *Stripper) message(raw string) string {
	var out strings.Builder
	out.Grow(len(raw))
	s.entity(&out, raw, "text/plain", 0)
	return out.String()
}

// entity replaces a header and the body that belongs to it. defaultType is the
// media type if the header has none.
func (s *Stripper) entity(out *strings.Builder, raw, defaultType string, depth int) {
	contentType, encoding, body := s.header(out, raw)
	b := bodyOf(contentType, encoding)
	if b.mediaType == "" {
		b.mediaType = defaultType
	}
	plain := b.encoding != "base64" && b.encoding != "quoted-printable"
	switch {
	case depth >= maxDepth:
		out.WriteString(s.text(body, manner{}))
	case strings.HasPrefix(b.mediaType, "multipart/") && b.boundary != "":
		s.multipart(out, body, b, depth)
	case plain && (b.mediaType == "message/rfc822" || b.mediaType == "message/global"):
		s.entity(out, body, "text/plain", depth+1)
	case plain && (strings.HasPrefix(b.mediaType, "message/") || b.mediaType == "text/rfc822-headers"):
		s.reports(out, body)
	default:
		s.leaf(out, body, b)
	}
}

// bodyKind is what a header says of its body.
type bodyKind struct {
	mediaType, charset, boundary string
	encoding                     string // in lower case
}

func bodyOf(contentType, encoding string) bodyKind {
	b := bodyKind{encoding: strings.ToLower(firstToken(encoding))}
	b.mediaType = strings.ToLower(firstToken(contentType))
	parameters := joinParameters(contentType)
	b.charset, b.boundary = parameters["charset"].value, parameters["boundary"].value
	return b
}

// firstToken is the first word of a field's value, behind comments (RFC 5322
// §3.2.2).
func firstToken(value string) string {
	depth, start := 0, -1
	for i := range len(value) {
		switch c := value[i]; {
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
			continue
		case depth > 0:
			continue
		case c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ';':
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			return value[start:i]
		}
	}
	if start < 0 {
		return ""
	}
	return value[start:]
}

// multipart replaces parts and what is around them.
func (s *Stripper) multipart(out *strings.Builder, body string, b bodyKind, depth int) {
	partType := "text/plain"
	if b.mediaType == "multipart/digest" {
		partType = "message/rfc822"
	}
	delimiter := "--" + b.boundary
	replaced := "--" + s.text(b.boundary, manner{})
	within := false // a part
	// Dovecot takes a longer line for the delimiter, too; but of two boundaries the
	// one that fits.
	exact := delimiterIn(body, delimiter, true) >= 0
	for {
		at := delimiterIn(body, delimiter, exact)
		part := body
		if at >= 0 {
			part = body[:at]
		}
		if within {
			s.entity(out, part, partType, depth+1)
		} else {
			out.WriteString(s.text(part, manner{}))
		}
		if at < 0 {
			return
		}
		line := lineOf(body[at:])
		body = body[at+len(line):]
		rest := line[len(delimiter):]
		out.WriteString(replaced)
		out.WriteString(s.text(rest, manner{}))
		within = !strings.HasPrefix(rest, "--")
	}
}

// delimiterIn finds a line that begins with the delimiter; exact wants nothing but
// -- or blanks behind it.
func delimiterIn(body, delimiter string, exact bool) int {
	for from := 0; ; {
		at := strings.Index(body[from:], delimiter)
		if at < 0 {
			return -1
		}
		at += from
		rest := body[at+len(delimiter):]
		if (at == 0 || body[at-1] == '\n') &&
			(!exact || rest == "" || strings.IndexByte(" \t\r\n", rest[0]) >= 0 || strings.HasPrefix(rest, "--")) {
			return at
		}
		from = at + 1
	}
}

// reports replaces text that is made of headers: delivery status and the like.
func (s *Stripper) reports(out *strings.Builder, body string) {
	for body != "" {
		_, _, body = s.header(out, body)
	}
}

// leaf replaces the content of a part that has none in it.
func (s *Stripper) leaf(out *strings.Builder, body string, b bodyKind) {
	isText := strings.HasPrefix(b.mediaType, "text/") || strings.HasPrefix(b.mediaType, "message/") || !strings.Contains(b.mediaType, "/") ||
		b.mediaType == "application/ics" || b.mediaType == "application/json" || strings.HasSuffix(b.mediaType, "xml")
	switch b.encoding {
	case "base64":
		end := endOfBase64(body)
		if isText {
			out.WriteString(s.content(base64Piece(body[:end], b.charset), b.mediaType))
		} else {
			out.WriteString(s.binary(body[:end]))
		}
		out.WriteString(s.text(body[end:], manner{}))
	case "quoted-printable":
		out.WriteString(s.content(escapedPiece(body, quoted, b.charset), b.mediaType))
	default:
		p := piece{raw: body}
		charsetView(&p, body, b.charset)
		out.WriteString(s.content(p, b.mediaType))
	}
}

// endOfBase64 is where the padding ends, or what is no base64 begins: mailing lists
// write their text there.
func endOfBase64(body string) int {
	for i := range len(body) {
		switch c := body[i]; {
		case c == '=':
			return len(body) - len(strings.TrimLeft(body[i:], "="))
		case !isBase64(c) && c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return i
		}
	}
	return len(body)
}

// content replaces the text of a part.
func (s *Stripper) content(p piece, mediaType string) string {
	m := manner{}
	if p.codec != nil {
		m.codecs = []*codec{p.codec}
	}
	var pieces []piece
	switch mediaType {
	case "text/html", "application/xhtml+xml":
		pieces = s.markup(p.view)
	case "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "application/ics":
		pieces = s.calendar(p.view)
	default:
		pieces = s.phrase(nil, p.view)
	}
	view := s.join(pieces, m)
	if p.write == nil {
		return view
	}
	if written, ok := p.write(view); ok && len(written) == len(p.raw) {
		return written
	}
	return s.text(p.raw, manner{})
}

// binary replaces the content of a part that is no text.
func (s *Stripper) binary(raw string) string {
	content, places := unbase64(raw)
	numbers := s.key.stream("binary", content)
	other := make([]byte, len(content))
	for i := range other {
		other[i] = numbers.byte()
	}
	if out, ok := rebase64(raw, string(other), places); ok {
		return out
	}
	return s.text(raw, manner{})
}

// calendar keeps the words that calendars and cards are made of, and their
// times.
func (s *Stripper) calendar(view string) []piece {
	var pieces []piece
	start := 0
	for i := 0; i < len(view); {
		if !isASCIIWord(view[i]) {
			i++
			continue
		}
		end := i
		for end < len(view) && isASCIIWord(view[end]) {
			end++
		}
		if w := view[i:end]; isCalendarTerm(w) && !touchesWord(view, i, end) {
			pieces = s.phrase(pieces, view[start:i])
			pieces = append(pieces, fixedPiece(w, " "))
			start = end
		}
		i = end
	}
	return s.phrase(pieces, view[start:])
}

// touchesWord tells whether a letter beyond ASCII is next to a word.
func touchesWord(view string, start, end int) bool {
	return start > 0 && view[start-1] >= 0x80 || end < len(view) && view[end] >= 0x80
}

// isCalendarTerm tells whether a word is one in capitals, or a date with or without
// a time (RFC 5545 §3.3.5).
func isCalendarTerm(w string) bool {
	if !isDigit(w[0]) {
		return len(w) <= longestTerm && strings.ToUpper(w) == w && calendarWords.has(w)
	}
	if len(w) < 8 || !isNumber(w[:8]) || w[0] != '1' && w[0] != '2' {
		return false
	}
	rest := strings.TrimSuffix(w[8:], "Z")
	return rest == "" || len(rest) == 7 && rest[0] == 'T' && isNumber(rest[1:])
}
