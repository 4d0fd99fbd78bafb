// Package message reads a mail as Dovecot's storage has it: header fields as
// they stand in the text, the tree of MIME parts, decoded content, sizes.
//
// Mail is written by anybody, so nothing in it is an error: what is malformed is
// passed over, and what can be had is given. Nothing is read before it is asked
// for, all of it in time proportional to the text, and the tree ends at MaxDepth
// and MaxParts. go-message decodes content and charsets; it is handed only what
// it does not refuse, since it stops at the first malformed line of a header and
// at a missing boundary.
//
// The package must not know where messages come from, nor scripts, and it writes
// none. Order of calls: [New], then any method. A Message is not safe for
// concurrent use; a [Header] and a [Part] are, since they never change.
package message

import "strings"

// The tree has at most MaxDepth levels and MaxParts parts, the bounds of Dovecot
// 2.3.11 and later. What is beyond them is part of the content above.
const (
	MaxDepth = 100
	MaxParts = 10000
)

// Message is one mail.
type Message struct {
	raw   string
	parts []*Part
}

// New makes a message of its whole text, with either line ends. The text is
// neither copied nor looked at.
func New(raw string) *Message { return &Message{raw: raw} }

// Raw is the whole text, as the storage has it.
func (m *Message) Raw() string { return m.raw }

// Header is the header of the message.
func (m *Message) Header() Header {
	header, _ := split(m.raw)
	return header
}

// Size gives the bytes of header and body together, in Dovecot's two ways to
// count: physical as they are stored, and virtual as they are sent, every line
// ending with CR LF.
func (m *Message) Size() (physical, virtual int) {
	physical = len(m.raw)
	return physical, physical + strings.Count(m.raw, "\n") - strings.Count(m.raw, "\r\n")
}

// Parts gives all parts of the tree, each before those in it: the message itself
// first, then what is in a multipart, or in a message/rfc822. The list is made
// once and must not be changed.
func (m *Message) Parts() []*Part {
	if m.parts == nil {
		m.parts = parse(m.raw)
	}
	return m.parts
}
