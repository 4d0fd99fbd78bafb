package message

import "strings"

// parser walks a message once from its beginning to its end.
type parser struct {
	raw string
	// boundaries are those of the multiparts around the current position, the
	// innermost last, each with the "--" in front of it.
	boundaries []string
	parts      []*Part
}

// line is a boundary line that the parser met.
type line struct {
	// level is the index of the boundary, end that it closes its multipart.
	level int
	end   bool
	// start is where the line begins, next where the following one does.
	start, next int
}

func parse(raw string) []*Part {
	p := &parser{raw: raw}
	p.entity(0, 0, "text/plain")
	return p.parts
}

// entity reads a header and its content from a position on. It gives the content's
// end, and the boundary line that ended it; nil is the end of the text.
func (p *parser) entity(start, depth int, usual string) (end int, at *line) {
	part := &Part{usual: usual, depth: depth}
	p.parts = append(p.parts, part)
	body, ended := p.header(start)
	part.header = Header(p.raw[start:body])
	if ended == nil {
		// The empty line belongs to neither header nor content.
		part.header, _ = split(string(part.header))
	}
	part.read()
	if ended != nil {
		return ended.start, ended
	}
	isMessage := part.mediaType == "message/rfc822"
	switch {
	case depth == MaxDepth-1 && (isMessage || part.hasBoundary):
		part.mediaType = "application/octet-stream"
		at = p.next(body)
		end = p.contentEnd(body, at)
	case isMessage && !p.full():
		// The line end before a boundary may be one of the inner header.
		end, at = p.entity(body, depth+1, "text/plain")
	case part.hasBoundary:
		at = p.multipart(part, body, depth)
		end = p.contentEnd(body, at)
	default:
		at = p.next(body)
		end = p.contentEnd(body, at)
	}
	part.content = p.raw[body:end]
	return end, at
}

// full tells that no part may be added.
func (p *parser) full() bool { return len(p.parts) >= MaxParts }

// contentEnd is where content ends that began at a position and that a boundary
// line ended: the line end before the boundary belongs to the boundary.
func (p *parser) contentEnd(body int, at *line) int {
	if at == nil {
		return len(p.raw)
	}
	end := at.start
	if end > body && p.raw[end-1] == '\n' {
		end--
		if end > body && p.raw[end-1] == '\r' {
			end--
		}
	}
	return end
}

// multipart reads the children of a part.
func (p *parser) multipart(part *Part, body, depth int) *line {
	level := len(p.boundaries)
	p.boundaries = append(p.boundaries, "--"+part.boundary)
	usual := "text/plain"
	if part.mediaType == "multipart/digest" {
		usual = "message/rfc822"
	}
	at := p.next(body)
	for at != nil && at.level == level && !at.end && !p.full() {
		_, at = p.entity(at.next, depth+1, usual)
	}
	p.boundaries = p.boundaries[:level]
	if at != nil && at.level >= level {
		// The rest belongs to nobody, up to a boundary of those around.
		at = p.next(at.next)
	}
	return at
}

// header finds the end of a header, behind its empty line. A boundary line ends
// it, too.
func (p *parser) header(start int) (body int, ended *line) {
	for at := start; at < len(p.raw); {
		if l := p.boundary(at); l != nil {
			return at, l
		}
		i := strings.IndexByte(p.raw[at:], '\n')
		if i < 0 {
			break
		}
		if i == 0 || i == 1 && p.raw[at] == '\r' {
			return at + i + 1, nil
		}
		at += i + 1
	}
	return len(p.raw), nil
}

// next finds the next boundary line from the beginning of a line on.
func (p *parser) next(at int) *line {
	if len(p.boundaries) == 0 {
		return nil
	}
	for {
		if l := p.boundary(at); l != nil {
			return l
		}
		i := strings.Index(p.raw[at:], "\n--")
		if i < 0 {
			return nil
		}
		at += i + 1
	}
}

// boundary tells whether a boundary line begins at a position. A boundary need
// only begin the line (RFC 2046 §5.1.1); of two that do, it is the longer, and
// of two that are the same the inner one.
func (p *parser) boundary(at int) *line {
	rest := p.raw[at:]
	if !strings.HasPrefix(rest, "--") {
		return nil
	}
	best := -1
	for i := len(p.boundaries) - 1; i >= 0; i-- {
		if b := p.boundaries[i]; strings.HasPrefix(rest, b) && (best < 0 || len(b) > len(p.boundaries[best])) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	l := &line{level: best, start: at, next: len(p.raw)}
	l.end = strings.HasPrefix(rest[len(p.boundaries[best]):], "--")
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		l.next = at + i + 1
	}
	return l
}
