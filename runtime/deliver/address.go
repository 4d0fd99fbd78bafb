package deliver

import "strings"

// Address is the first mailbox of an address field (dovecot.md §2.3).
type Address struct {
	// Address is local@domain, or only the local part where there is no domain.
	// "" for none, and for a group.
	Address string
	// DisplayName is decoded. For a group it is the group's name.
	DisplayName string
}

// ParseAddress returns what Dovecot takes for the first address of a From or To
// field with the given raw value, as bytes, with line ends as LF. It gives what
// there is for input that is no address at all, as Dovecot does, and never fails.
func ParseAddress(value string) Address {
	value = cstring(value)
	p := addressParser{scanner: scanner{data: value}}
	if p.skipSpace() != more {
		return Address{}
	}
	p.first()
	var a Address
	switch {
	case p.group:
		a.DisplayName = p.mailbox.text
	case p.domain.text != "":
		a.Address = p.mailbox.text + "@" + p.domain.text
	default:
		a.Address = p.mailbox.text
	}
	if !p.group {
		a.DisplayName = p.name.text
	}
	a.DisplayName = cstring(DecodeHeader(a.DisplayName))
	return a
}

// cstring cuts s where C would.
func cstring(s string) string {
	if i := strings.IndexByte(s, 0); i >= 0 {
		return s[:i]
	}
	return s
}

// word is a part of an address; "" and none differ.
type word struct {
	text string
	set  bool
}

// addressParser tries, in this order: a group, "name <address>", and "address
// (name)". What a failed try has found stays, as it does in Dovecot.
type addressParser struct {
	scanner

	buffer                []byte
	name, mailbox, domain word
	group                 bool
}

func (p *addressParser) first() {
	start := p.pos
	if p.tryGroup() {
		return
	}
	p.pos = start
	p.invalid(p.tryNameAddress(), start)
}

// tryGroup reads as far as the colon of "name: …;".
func (p *addressParser) tryGroup() bool {
	var o outcome
	p.buffer, o = p.phrase(p.buffer[:0])
	if o != more || p.data[p.pos] != ':' {
		return false
	}
	p.mailbox = word{cstring(string(p.buffer)), true}
	p.group = true
	return true
}

// invalid goes on with an address without brackets where there was none with.
func (p *addressParser) invalid(o outcome, start int) {
	if o != broken {
		return
	}
	p.pos = start
	wrong := p.addressSpec()
	if wrong && !p.name.set && p.mailbox.set && !p.domain.set {
		p.name, p.mailbox = p.mailbox, word{}
	}
}

// tryNameAddress reads "phrase <address>".
func (p *addressParser) tryNameAddress() outcome {
	var o outcome
	p.buffer, o = p.phrase(p.buffer[:0])
	if o != more || p.data[p.pos] != '<' {
		return broken
	}
	if len(p.buffer) > 0 {
		p.name = word{string(p.buffer), true}
	}
	p.angle()
	return p.left()
}

// angle reads "<[route:]local@domain>" as far as it makes sense.
func (p *addressParser) angle() {
	p.pos++
	if p.skipSpace() != more {
		return
	}
	if p.data[p.pos] == '@' {
		if p.route() && p.at(':') {
			p.pos++
		} else if p.atEnd() {
			return
		}
		if p.skipSpace() != more {
			return
		}
	}
	if p.data[p.pos] == '>' || p.localPart() != more {
		return
	}
	if p.data[p.pos] == '@' {
		p.domainPart()
	}
}

// route passes "@a,@b".
func (p *addressParser) route() bool {
	for {
		if p.atEnd() {
			return false
		}
		if p.data[p.pos] != '@' {
			return true
		}
		if _, o := p.scanner.domain(nil); o != more {
			return false
		}
		for p.skipSpace() == more && p.data[p.pos] == ',' {
			p.pos++
		}
	}
}

func (p *addressParser) localPart() (o outcome) {
	if p.data[p.pos] == '"' {
		p.buffer, o = p.quoted(p.buffer[:0])
	} else {
		p.buffer, o = p.looseAtom(p.buffer[:0])
	}
	if o != broken {
		p.mailbox = word{string(p.buffer), true}
	}
	return o
}

func (p *addressParser) domainPart() {
	var o outcome
	p.buffer, o = p.scanner.domain(p.buffer[:0])
	if o != broken {
		p.domain = word{string(p.buffer), true}
	}
}

// addressSpec reads "local@domain (name)", or words that are no address, and
// reports whether something was wrong before the '@'.
func (p *addressParser) addressSpec() (wrong bool) {
	p.comment = p.comment[:0]
	quoted := p.data[p.pos] == '"'
	o := p.localPart()
	wrong = o != more
	domain := false
	if o != ended && p.at('@') {
		domain = true
		p.domainPart()
	}
	switch {
	case len(p.comment) > 0:
		p.name = word{string(p.comment), true}
	case !domain:
		// A single word is a mailbox; several are a name.
		wrong = true
		p.buffer = append(p.buffer, ' ')
		before := len(p.buffer)
		p.buffer, _ = p.phrase(p.buffer)
		if len(p.buffer) != before {
			p.mailbox = word{}
			p.name = word{string(p.buffer), true}
		} else if !quoted {
			p.domain = word{"", true}
		}
	}
	return wrong
}
