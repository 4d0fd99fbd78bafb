package httpclient

import (
	"net/netip"
	"strings"
)

// host reads the host of an authority: an address in brackets, an IPv4 address, or a name.
func (p *urlParser) host(u *URL) {
	if p.reason != "" {
		return
	}
	if strings.HasPrefix(p.rest, "[") {
		u.Host = p.literal()
		return
	}
	if n := ipv4Prefix(p.rest); n > 0 {
		u.Host, p.rest = p.rest[:n], p.rest[n:]
		return
	}
	u.Host = p.name()
}

// literal reads an address in brackets.
func (p *urlParser) literal() string {
	end := strings.IndexByte(p.rest, ']')
	if end < 0 || strings.ContainsAny(p.rest[:end], "/?#") {
		p.refuse(reasonBracket)
		return ""
	}
	inside := p.rest[1:end]
	literal := p.rest[:end+1]
	p.rest = p.rest[end+1:]
	if inside == "" {
		p.refuse(reasonEmptyIPv6)
		return ""
	}
	if inside[0] == 'v' {
		p.refuse("Future IP host address '" + inside + "' not supported")
		return ""
	}
	if a, err := netip.ParseAddr(inside); err != nil || !a.Is6() || a.Zone() != "" {
		p.refuse("Invalid IPv6 host address '" + inside + "'")
		return ""
	}
	return literal
}

// ipv4Prefix is the length of an IPv4 address at the front of text, or 0. Leading zeros are allowed and do not make a
// number octal. What follows is looked at by the caller: "127.0.0.1a" is no name.
func ipv4Prefix(text string) int {
	i := 0
	for octet := 0; octet < 4; octet++ {
		if octet > 0 {
			if i >= len(text) || text[i] != '.' {
				return 0
			}
			i++
		}
		value, digits := 0, 0
		for ; i < len(text) && isDigit(text[i]); i++ {
			value = value*10 + int(text[i]-'0')
			if value > 255 {
				return 0
			}
			digits++
		}
		if digits == 0 {
			return 0
		}
	}
	return i
}

// parseIPv4 reads an IPv4 address that may have leading zeros.
func parseIPv4(text string) (netip.Addr, bool) {
	if ipv4Prefix(text) != len(text) {
		return netip.Addr{}, false
	}
	var octets [4]byte
	i := 0
	for _, c := range []byte(text) {
		if c == '.' {
			i++
			continue
		}
		octets[i] = octets[i]*10 + c - '0'
	}
	return netip.AddrFrom4(octets), true
}

// name reads a host name: labels of letters, digits and hyphens, which end with a letter or digit, and an optional dot
// at the end, which is dropped. Letters and digits may be percent-encoded. Where an encoding stands for another
// character, Dovecot keeps it as text and ends the label; where a label is one encoded character, it refuses it. Both
// are kept, since a host that is odd in Dovecot shall be odd here.
func (p *urlParser) name() string {
	var name strings.Builder
	for {
		if p.ended() || name.Len() > 0 && p.rest[0] == ':' {
			break // the dot before was the name's end
		}
		lastChar := p.rest[0]
		first, n := p.nameChar()
		if p.reason != "" {
			return ""
		}
		if n == 0 || !isAlnum(first) {
			if n == 3 {
				p.refuse(reasonUnspecified)
			}
			return "" // the caller refuses what is left, or the empty name
		}
		name.WriteByte(first)
		p.rest = p.rest[n:]
		stop := byte(0)
		for stop == 0 && !p.ended() {
			c, n := p.nameChar()
			switch {
			case p.reason != "":
				return ""
			case n > 0 && (isAlnum(c) || c == '-'):
				name.WriteByte(c)
				lastChar = c
			case n == 3:
				name.WriteString(p.rest[:3])
				stop = c
			default:
				stop = p.rest[0]
				n = 0
			}
			p.rest = p.rest[n:]
		}
		if !isAlnum(lastChar) {
			p.refuse(reasonLabel)
			return ""
		}
		if stop != '.' {
			break
		}
		name.WriteByte('.')
		p.rest = strings.TrimPrefix(p.rest, ".")
	}
	return strings.TrimSuffix(name.String(), ".")
}

// nameChar looks at the next character, and how many bytes it takes in the text: 1, or 3 when encoded, or 0 at the end.
func (p *urlParser) nameChar() (byte, int) {
	if p.rest == "" {
		return 0, 0
	}
	if p.rest[0] != '%' {
		return p.rest[0], 1
	}
	c, why := percent(p.rest)
	if why != "" {
		p.refuse(why)
		return 0, 0
	}
	return c, 3
}

func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }
