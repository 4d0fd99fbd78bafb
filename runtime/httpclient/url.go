package httpclient

import (
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
)

// URL is an absolute http or https URL as Dovecot understands it. A value is immutable.
type URL struct {
	// Secure is true for https.
	Secure bool
	// Host is the host name or address as written, an IPv6 address with its brackets.
	Host string
	// Port is the port as written, 0 for none.
	Port int
	// User and Password are the decoded userinfo; HasPassword tells an empty password from none.
	User, Password string
	HasPassword    bool
	// Target is path and query as they go into the request line.
	Target string
}

// URLError is a refused URL. Error gives Dovecot's text for it.
type URLError struct{ reason string }

// Error returns the reason, without the URL.
func (e *URLError) Error() string { return e.reason }

// The reasons that do not quote the URL.
const (
	reasonRelative    = "Relative HTTP URL not allowed"
	reasonScheme      = "Not an HTTP URL"
	reasonEmptyHost   = "HTTP URL does not allow empty host identifier"
	reasonUserinfo    = "HTTP URL does not allow `userinfo@' part"
	reasonHost        = "Invalid host identifier"
	reasonHostPort    = "Invalid host port"
	reasonPort        = "Invalid port number"
	reasonLabel       = "Invalid domain label in hostname"
	reasonPath        = "Path component contains invalid character"
	reasonQuery       = "Query component contains invalid character"
	reasonFragment    = "Fragment component contains invalid character"
	reasonNoFragment  = "URL fragment not allowed for HTTP URL in this context"
	reasonBracket     = "Expecting ']' at end of IP-literal"
	reasonEmptyIPv6   = "Empty IPv6 host address"
	reasonUserColon   = "User name with ':' not allowed together with a password"
	reasonBoundary    = "Unexpected URI boundary after '%'"
	reasonNUL         = "Percent encoding is not allowed to encode NUL character"
	reasonUnspecified = "(null)" // Dovecot refuses these hosts without saying why
)

// ParseURL reads the URL of a request. The grammar is that of Dovecot 2.3.19.1 with all its peculiarities, observed on
// it: spec/http-url.jsonl has them. The error is a [*URLError]. A NUL byte ends the text, as it does there. The one
// addition is that a user name which contains a colon is refused when there is a password, where Dovecot aborts.
func ParseURL(text string) (*URL, error) { return parseURL(text, true) }

// parseLocation reads the URL of a redirect, which may not carry credentials.
func parseLocation(text string) (*URL, error) { return parseURL(text, false) }

func parseURL(text string, userinfo bool) (*URL, error) {
	text, _, _ = strings.Cut(text, "\x00")
	scheme, rest, ok := cutScheme(text)
	if !ok {
		rest = text
	} else if scheme != "http" && scheme != "https" {
		return nil, &URLError{reasonScheme}
	}
	rest, hasAuthority := strings.CutPrefix(rest, "//")
	if !hasAuthority {
		if ok {
			return nil, &URLError{"Absolute HTTP URL requires `//' after `" + scheme + ":'"}
		}
		return nil, &URLError{reasonRelative}
	}
	u := &URL{Secure: scheme == "https"}
	p := &urlParser{rest: rest}
	p.authority(u, userinfo)
	u.Target = p.target()
	if p.reason != "" {
		return nil, &URLError{p.reason}
	}
	return u, nil
}

// cutScheme splits off a scheme, in lower case.
func cutScheme(text string) (scheme, rest string, ok bool) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isAlpha(c), i > 0 && (isDigit(c) || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(text[:i]), text[i+1:], true
		default:
			return "", "", false
		}
	}
	return "", "", false
}

// urlParser eats an URL from the front. The first refusal stays.
type urlParser struct {
	rest   string
	reason string
}

func (p *urlParser) refuse(reason string) {
	if p.reason == "" {
		p.reason = reason
	}
}

// ended tells whether the authority is over.
func (p *urlParser) ended() bool {
	return p.rest == "" || p.rest[0] == '/' || p.rest[0] == '?' || p.rest[0] == '#'
}

// authority reads [userinfo "@"] host [":" port].
func (p *urlParser) authority(u *URL, allowUserinfo bool) {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return r != '%' && r != ':' && !isUnreservedOrSubDelim(r) })
	found := end >= 0 && p.rest[end] == '@'
	var userinfo string
	if found {
		userinfo = p.rest[:end]
		p.rest = p.rest[end+1:]
		p.decode(userinfo)
	}
	p.host(u)
	if p.reason == "" && !p.ended() && p.rest[0] != ':' {
		p.refuse(reasonHost)
	}
	if p.reason == "" && strings.HasPrefix(p.rest, ":") {
		p.port(u)
	}
	if u.Host == "" {
		p.refuse(reasonEmptyHost)
	}
	if !found || p.reason != "" {
		return
	}
	if !allowUserinfo {
		p.refuse(reasonUserinfo)
		return
	}
	user, password, hasPassword := strings.Cut(userinfo, ":")
	u.User = p.decode(user)
	u.Password, u.HasPassword = p.decode(password), hasPassword
	if hasPassword && strings.Contains(u.User, ":") {
		p.refuse(reasonUserColon)
	}
}

// port reads ":" and digits; no digits is no port.
func (p *urlParser) port(u *URL) {
	digits := p.rest[1:]
	n := 0
	for n < len(digits) && isDigit(digits[n]) {
		n++
	}
	p.rest = digits[n:]
	if n > 0 {
		port, err := strconv.ParseUint(digits[:n], 10, 16)
		if err != nil || port == 0 {
			p.refuse(reasonPort)
			return
		}
		u.Port = int(port)
	}
	if !p.ended() {
		p.refuse(reasonHostPort)
	}
}

// target reads the path, the query, and a fragment only to refuse it.
func (p *urlParser) target() string {
	if p.reason != "" {
		return ""
	}
	rest, fragment, hasFragment := strings.Cut(p.rest, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	target := p.path(path)
	if hasQuery {
		p.check(query, reasonQuery)
		target += "?" + query
	}
	if hasFragment {
		p.check(fragment, reasonFragment)
		p.refuse(reasonNoFragment)
	}
	return target
}

// path resolves the dot segments and writes each character in its one normal form. Dots that are percent-encoded are
// no dot segments, though they are decoded afterwards; both as Dovecot does it.
func (p *urlParser) path(path string) string {
	var kept []string
	if path == "" {
		path = "/"
	}
	segments := strings.Split(path, "/")[1:]
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case ".":
		case "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
		default:
			p.checkRaw(s, "", reasonPath)
			kept = append(kept, s)
			continue
		}
		if last {
			kept = append(kept, "")
		}
	}
	decoded := p.decode(strings.Join(kept, "/"))
	var b strings.Builder
	b.WriteByte('/')
	for i := 0; i < len(decoded); i++ {
		if c := decoded[i]; c == '/' || isPathChar(c) {
			b.WriteByte(c)
		} else {
			const hex = "0123456789abcdef"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// check refuses characters that neither query nor fragment may have, and broken percent-encodings.
func (p *urlParser) check(text, reason string) { p.checkRaw(text, "/?", reason) }

// checkRaw goes through a component from left to right; extra are the characters it allows besides those of a path.
func (p *urlParser) checkRaw(text, extra, reason string) {
	for i := 0; i < len(text) && p.reason == ""; {
		switch c := text[i]; {
		case c == '%':
			_, why := percent(text[i:])
			if why != "" {
				p.refuse(why)
			}
			i += 3
		case isPathChar(c), strings.IndexByte(extra, c) >= 0:
			i++
		default:
			p.refuse(reason)
		}
	}
}

// decode resolves percent-encodings.
func (p *urlParser) decode(text string) string {
	if strings.IndexByte(text, '%') < 0 {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text) && p.reason == ""; {
		if text[i] != '%' {
			b.WriteByte(text[i])
			i++
			continue
		}
		c, why := percent(text[i:])
		if why != "" {
			p.refuse(why)
		}
		b.WriteByte(c)
		i += 3
	}
	return b.String()
}

// percent reads a percent-encoding at the front of text; why is the reason to refuse it.
func percent(text string) (c byte, why string) {
	if len(text) < 3 {
		return 0, reasonBoundary
	}
	high, ok := unhex(text[1])
	if !ok {
		return 0, "Expecting hex digit after '%', but found '" + text[1:2] + "'"
	}
	low, ok := unhex(text[2])
	if !ok {
		return 0, "Expecting hex digit after '%" + text[1:2] + "', but found '" + text[2:3] + "'"
	}
	if c = high<<4 | low; c == 0 {
		return 0, reasonNUL
	}
	return c, ""
}

func unhex(c byte) (byte, bool) {
	switch {
	case isDigit(c):
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isUnreservedOrSubDelim(r rune) bool {
	return r < 0x80 && (isAlpha(byte(r)) || isDigit(byte(r)) || strings.ContainsRune("-._~!$&'()*+,;=", r))
}

func isPathChar(c byte) bool { return c == ':' || c == '@' || isUnreservedOrSubDelim(rune(c)) }

// Scheme is "http" or "https".
func (u *URL) Scheme() string {
	if u.Secure {
		return "https"
	}
	return "http"
}

// Authority is host[:port], with the port only when it is not the scheme's own: the value of the Host header.
func (u *URL) Authority() string {
	if u.Port == 0 || u.Port == u.defaultPort() {
		return u.Host
	}
	return u.Host + ":" + strconv.Itoa(u.Port)
}

func (u *URL) defaultPort() int {
	if u.Secure {
		return 443
	}
	return 80
}

// String gives the URL without its credentials.
func (u *URL) String() string { return u.Scheme() + "://" + u.Authority() + u.Target }

// origin is what two URLs must agree in for credentials to travel from one to the other.
func (u *URL) origin() string {
	port := u.Port
	if port == 0 {
		port = u.defaultPort()
	}
	return u.Scheme() + "://" + strings.ToLower(u.Host) + ":" + strconv.Itoa(port)
}

// dialHost is the host to connect to: an IPv4 address without leading zeros, a name as written.
func (u *URL) dialHost() string {
	if _, err := netip.ParseAddr(strings.Trim(u.Host, "[]")); err == nil {
		return u.Host
	}
	if a, ok := parseIPv4(u.Host); ok {
		return a.String()
	}
	return u.Host
}

// authorization is the value of the Authorization header that the credentials make, or "". A user without a password
// part makes none, and neither does a password without a user (dovecot.md §5.3).
func (u *URL) authorization() string {
	if u.User == "" || !u.HasPassword {
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User+":"+u.Password))
}
