package message

import "strings"

// Part is a part of a message, or the message itself as the first part.
type Part struct {
	header  Header
	content string
	depth   int
	// usual is the type that a part has which names none.
	usual string

	mediaType, boundary string
	hasBoundary         bool
	params              map[string]string
	encoding            string
}

// maxBoundary is where Dovecot cuts a boundary off.
const maxBoundary = 80

// read finds what the tree depends on.
func (p *Part) read() {
	p.mediaType = p.usual
	if value, ok := p.header.First("Content-Type"); ok {
		kind, params := parameters(value)
		if strings.Contains(kind, "/") {
			p.mediaType = kind
		}
		p.params = params
	}
	if strings.HasPrefix(p.mediaType, "multipart/") {
		p.boundary, p.hasBoundary = p.params["boundary"]
		p.boundary = p.boundary[:min(len(p.boundary), maxBoundary)]
	}
	p.encoding = "7bit"
	if value, ok := p.header.First("Content-Transfer-Encoding"); ok {
		if name, _ := parameters(value); name != "" {
			p.encoding = name
		}
	}
}

// Header is the header of the part.
func (p *Part) Header() Header { return p.header }

// Depth is 0 for the message itself, 1 for the parts in it, and so on.
func (p *Part) Depth() int { return p.depth }

// Type is the media type in lower case, such as "text/calendar". A part without
// one, or with one that cannot be read, is "text/plain", or "message/rfc822" in
// a multipart/digest (RFC 2045 §5.2, RFC 2046 §5.1.5). What has parts that are not
// followed any more is "application/octet-stream".
func (p *Part) Type() string { return p.mediaType }

// Parameter gives a parameter of the Content-Type, such as "charset" or "name",
// decoded to UTF-8. Names are in lower case.
func (p *Part) Parameter(name string) (value string, found bool) {
	value, found = p.params[name]
	return value, found
}

// Disposition is the Content-Disposition in lower case, "inline" or
// "attachment", "" for none; filename is its parameter, decoded to UTF-8 from
// every form in use: RFC 2231 with and without continuation, encoded words, and
// 8-bit text.
func (p *Part) Disposition() (disposition, filename string, hasFilename bool) {
	value, ok := p.header.First("Content-Disposition")
	if !ok {
		return "", "", false
	}
	disposition, params := parameters(value)
	filename, hasFilename = params["filename"]
	return disposition, filename, hasFilename
}

// Encoding is the Content-Transfer-Encoding in lower case, "7bit" for none.
func (p *Part) Encoding() string { return p.encoding }

// Raw is the content as it stands in the message, without the header.
func (p *Part) Raw() string { return p.content }

// isText tells that the content has a charset.
func (p *Part) isText() bool { return strings.HasPrefix(p.mediaType, "text/") }

// isContainer tells that the content is other parts, which have encodings of
// their own (RFC 2045 §6.4).
func (p *Part) isContainer() bool {
	return strings.HasPrefix(p.mediaType, "multipart/") || strings.HasPrefix(p.mediaType, "message/")
}
