package deliver

import (
	"bytes"
	"strings"
)

// Limits of Dovecot's message parser. What is beyond stays in the part around it.
const (
	maxParts       = 10000
	maxNestedParts = 100
	maxBoundary    = 80 // bytes; longer ones are cut
)

// part is a MIME part: data[start:end], its header first.
type part struct {
	start, end int
	// mediaType is the Content-Type as far as it makes sense: "text/html",
	// "text", "". hasType tells that there is a field at all.
	mediaType string
	hasType   bool

	parent   *part
	children []*part

	mime, multipart, digest, message bool
}

// split cuts the type at its slash.
func (p *part) split() (main, sub string, hasSub bool) { return strings.Cut(p.mediaType, "/") }

func (p *part) isText() bool {
	main, _, _ := p.split()
	return !p.hasType || strings.EqualFold(main, "text")
}

// firstText returns the part Dovecot makes the snippet of, or nil (dovecot.md
// §2.4): of an alternative text/plain, else text/html, else any text, looking at
// its direct children only; of other multiparts the first that has one.
func (p *part) firstText() *part {
	if p.isText() {
		return p
	}
	main, sub, _ := p.split()
	if !strings.EqualFold(main, "multipart") {
		return nil
	}
	if !strings.EqualFold(sub, "alternative") {
		for _, c := range p.children {
			if t := c.firstText(); t != nil {
				return t
			}
		}
		return nil
	}
	var html, other *part
	for _, c := range p.children {
		if !c.isText() {
			continue
		}
		_, sub, _ := c.split()
		switch {
		case !c.hasType, strings.EqualFold(sub, "plain"):
			return c
		case strings.EqualFold(sub, "html"):
			html = c
		default:
			other = c
		}
	}
	if html != nil {
		return html
	}
	return other
}

// boundary is a delimiter that is looked for, and the multipart it delimits.
type boundary struct {
	text string
	part *part
}

// structure reads a message into parts, in one pass.
type structure struct {
	data       []byte
	pos        int
	part       *part
	boundaries []boundary // innermost last
	parts      int
	depth      int
	done       bool
}

// parseStructure returns the message as its outermost part.
func parseStructure(data []byte) *part {
	root := &part{}
	s := &structure{data: data, part: root, parts: 1}
	for s.header(); !s.done; {
		s.body()
	}
	for p := s.part; p != nil; p = p.parent {
		p.end = len(data)
	}
	return root
}

// child begins a part within the current one.
func (s *structure) child() *part {
	p := &part{start: s.pos, parent: s.part}
	s.part.children = append(s.part.children, p)
	s.part = p
	s.parts++
	s.depth++
	return p
}

// header reads the header of the current part, and those of the messages that
// begin right after it; it ends where a body is to be searched.
func (s *structure) header() {
	for {
		delimiter, multipart := s.fields()
		p := s.part
		if !p.mime {
			p.multipart, p.message, p.digest = false, false, false
		}
		if (!p.hasType || !p.mime) && p.parent != nil && p.parent.digest {
			p.message = true
		}
		if multipart {
			s.boundaries = append(s.boundaries, boundary{delimiter, p})
			return
		}
		if !p.message || s.depth+1 >= maxNestedParts {
			return
		}
		s.child()
	}
}

// fields reads header fields up to and including the blank line. multipart tells
// that the body consists of parts that delimiter separates.
func (s *structure) fields() (delimiter string, multipart bool) {
	p := s.part
	found := false
	for s.pos < len(s.data) {
		if blankLine(s.data, s.pos) {
			_, s.pos = lineEnd(s.data, s.pos)
			if found && p.mime {
				if s.depth+1 >= maxNestedParts {
					p.multipart = false
					return "", false
				}
				return delimiter, true
			}
			return "", false
		}
		// A line that delimits a part around this one ends the header, too.
		if b, _ := s.find(s.pos); b >= 0 {
			return "", false
		}
		var f field
		f, s.pos = readField(s.data, s.pos)
		switch {
		case f.is("Mime-Version"):
			p.mime = true
		case f.is("Content-Type"):
			p.mime = true
			if !p.hasType {
				delimiter, found = p.setType(string(f.value))
			}
		}
	}
	return "", false
}

// setType takes a Content-Type, and returns the boundary of a multipart.
func (p *part) setType(value string) (delimiter string, ok bool) {
	p.hasType = true
	c := scanner{data: value}
	p.mediaType, ok = c.contentType()
	main, sub, hasSub := p.split()
	switch {
	case strings.EqualFold(p.mediaType, "message/rfc822"):
		p.message = true
	case hasSub && strings.EqualFold(main, "multipart"):
		p.multipart = true
		p.digest = strings.EqualFold(sub, "digest")
	}
	if !ok || !p.multipart {
		return "", false
	}
	delimiter, ok = c.parameter("boundary")
	delimiter = strings.ReplaceAll(delimiter, "\x00", replacement)
	return delimiter[:min(len(delimiter), maxBoundary)], ok
}

// find looks whether a delimiter stands at pos, the beginning of a line: the
// longest one that the line begins with, the innermost of equal ones. last tells
// that it ends its multipart. The result is an index of boundaries, or -1.
func (s *structure) find(pos int) (index int, last bool) {
	rest := s.data[pos:]
	if len(s.boundaries) == 0 || s.parts >= maxParts || len(rest) < 2 || rest[0] != '-' || rest[1] != '-' {
		return -1, false
	}
	line := rest[2:]
	if i := bytes.IndexByte(line[:min(len(line), maxBoundary+4)], '\n'); i >= 0 {
		line = bytes.TrimSuffix(line[:i], []byte{'\r'})
	} else {
		line = line[:min(len(line), maxBoundary+4)]
	}
	index = -1
	for i := len(s.boundaries) - 1; i >= 0; i-- {
		text := s.boundaries[i].text
		if len(text) > len(line) || string(line[:len(text)]) != text || index >= 0 && len(s.boundaries[index].text) >= len(text) {
			continue
		}
		index = i
		after := line[len(text):]
		if len(after) == 0 || string(after) == "--" {
			break
		}
	}
	if index < 0 {
		return -1, false
	}
	return index, bytes.HasPrefix(rest[2+len(s.boundaries[index].text):], []byte("--"))
}

// body looks for the next delimiter and begins what follows it.
func (s *structure) body() {
	if len(s.boundaries) == 0 {
		s.done = true
		return
	}
	content := s.pos
	index, last := s.find(s.pos)
	for index < 0 {
		i := bytes.Index(s.data[s.pos:], []byte("\n--"))
		if i < 0 {
			s.done = true
			return
		}
		content = s.pos + i
		s.pos = content + 1
		index, last = s.find(s.pos)
	}
	if content > 0 && content < s.pos && s.data[content-1] == '\r' {
		content--
	}
	s.delimited(index, last, content)
}

// delimited goes back to the part whose delimiter was found; content is where the
// text before it ends.
func (s *structure) delimited(index int, last bool, content int) {
	owner := s.boundaries[index].part
	for s.part != owner {
		s.part.end = max(content, s.part.start)
		s.part = s.part.parent
		s.depth--
	}
	if last {
		s.boundaries = s.boundaries[:index]
	} else {
		s.boundaries = s.boundaries[:index+1]
	}
	i := bytes.IndexByte(s.data[s.pos:], '\n')
	if i < 0 {
		s.done = true
		return
	}
	s.pos += i + 1
	if n := len(s.boundaries); n > 0 && s.boundaries[n-1].part == owner {
		s.child().mime = true
		s.header()
	}
}
