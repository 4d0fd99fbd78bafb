package deliver

import (
	"strings"
	"time"
)

// ParseDate reads the value of a Date field as Dovecot does: seconds since 1970
// UTC, modulo 2³², and the zone in minutes east of UTC. Zones it does not know are 0. ok is
// false for what is no date; Dovecot shows scripts 0 and 0 then (dovecot.md §2.3).
func ParseDate(value string) (unix int64, zone int, ok bool) {
	p := dateParser{scanner{data: cstring(value)}}
	return p.parse()
}

type dateParser struct{ scanner }

// word reads the next atom; ok tells that there is one.
func (p *dateParser) word() (w string, ok bool) {
	if p.atEnd() {
		return "", false
	}
	w, o := p.atom()
	return w, o != broken
}

// number reads a word of min to max digits.
func (p *dateParser) number(lengths ...int) (int, bool) {
	w, ok := p.word()
	if !ok {
		return 0, false
	}
	return digits(w, lengths...)
}

func digits(w string, lengths ...int) (n int, ok bool) {
	for _, l := range lengths {
		if len(w) == l {
			ok = true
		}
	}
	for i := 0; ok && i < len(w); i++ {
		if w[i] < '0' || w[i] > '9' {
			return 0, false
		}
		n = n*10 + int(w[i]-'0')
	}
	return n, ok
}

// separator passes ':' or '.', and white space after it.
func (p *dateParser) separator() bool {
	if !p.at(':') && !p.at('.') {
		return false
	}
	p.pos++
	p.skipSpace()
	return true
}

const months = "janfebmaraprmayjunjulaugsepoctnovdec"

func (p *dateParser) parse() (unix int64, zone int, ok bool) {
	p.skipSpace()
	w, ok := p.word()
	if !ok {
		return 0, 0, false
	}
	if len(w) == 3 { // a weekday, any
		if !p.at(',') {
			return 0, 0, false
		}
		p.pos++
		p.skipSpace()
		if w, ok = p.word(); !ok {
			return 0, 0, false
		}
	}
	day, ok := digits(w, 1, 2)
	if !ok {
		return 0, 0, false
	}
	name, ok := p.word()
	if !ok || len(name) < 3 {
		return 0, 0, false
	}
	month := strings.Index(months, strings.ToLower(name[:3]))
	if month < 0 || month%3 != 0 {
		return 0, 0, false
	}
	year, ok := p.year()
	if !ok {
		return 0, 0, false
	}
	hour, minute, second, ok := p.clock()
	if !ok {
		return 0, 0, false
	}
	if !p.atEnd() {
		z, o := p.atom()
		if o == broken {
			return 0, 0, false
		}
		zone = zoneOffset(z)
	}
	if second == 60 {
		second = 59 // a leap second
	}
	t := time.Date(year, time.Month(month/3+1), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day || t.Hour() != hour || t.Minute() != minute || t.Unix() == -1 {
		return 0, 0, false
	}
	// Dovecot keeps dates in 32 bits without a sign.
	return int64(uint32(t.Unix() - int64(zone)*60)), zone, true
}

// year reads two digits, of 1970 to 2069, or four.
func (p *dateParser) year() (int, bool) {
	w, ok := p.word()
	if !ok {
		return 0, false
	}
	year, ok := digits(w, 2, 4)
	switch {
	case !ok:
		return 0, false
	case len(w) == 4:
		return year, year >= 1900
	case year < 70:
		return year + 2000, true
	}
	return year + 1900, true
}

// clock reads hh:mm and, where they are, :ss.
func (p *dateParser) clock() (hour, minute, second int, ok bool) {
	if hour, ok = p.number(1, 2); !ok || !p.separator() {
		return 0, 0, 0, false
	}
	if minute, ok = p.number(2); !ok {
		return 0, 0, 0, false
	}
	if p.separator() {
		if second, ok = p.number(2); !ok {
			return 0, 0, 0, false
		}
	}
	return hour, minute, second, true
}

// zoneOffset gives +hhmm, the North American zones and the military letters their
// minutes. The letters are as they are, not as RFC 822 §5.1 had them.
func zoneOffset(z string) int {
	switch len(z) {
	case 5:
		n, ok := digits(z[1:], 4)
		if !ok {
			return 0
		}
		n = n/100*60 + n%100
		switch z[0] {
		case '+':
			return n
		case '-':
			return -n
		}
	case 1:
		// A–I and K–M are east, N–Y west; Dovecot takes small letters for other
		// numbers, since it only looks at the capital to choose.
		c := int(z[0])
		upper := c
		if c >= 'a' && c <= 'z' {
			upper -= 'a' - 'A'
		}
		switch {
		case upper < 'J', upper >= 0x80:
			return (c - 'A' + 1) * 60
		case upper == 'J':
			return 0
		case upper <= 'M':
			return (c - 'A') * 60
		case upper < 'Z':
			return ('M' - c) * 60
		}
	case 3:
		if z[2] != 'T' {
			return 0
		}
		hours := strings.IndexByte("ECMP", z[0]&^0x20)
		if hours < 0 {
			return 0
		}
		switch z[1] &^ 0x20 {
		case 'D':
			return -(hours + 4) * 60
		case 'S':
			return -(hours + 5) * 60
		}
		return 0
	}
	return 0
}
