package strip

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// manner is how a text is to be replaced.
type manner struct {
	variant
	// keep tells which words stay. nil is none but those that stay everywhere.
	keep func(word string) bool
	// digits stay.
	digits bool
	// codecs are those of the charsets that the text is written in.
	codecs []*codec
}

// scanner replaces the words of one text, which lies before it as people read it.
type scanner struct {
	s   *Stripper
	in  string
	out strings.Builder
	manner
	// port is where the digits of a URL's port are.
	port span
}

type span struct{ start, end int }

// text replaces the words of a text that is UTF-8, or should be. The result has
// as many bytes, and each character is as long as the one it stands for.
func (s *Stripper) text(in string, m manner) string {
	c := scanner{s: s, in: in, manner: m}
	c.out.Grow(len(in))
	for i := 0; i < len(in); {
		i = c.next(i)
	}
	return c.out.String()
}

// next deals with what is at i, and gives where it ends.
func (c *scanner) next(i int) int {
	r, size := utf8.DecodeRuneInString(c.in[i:])
	switch {
	case r == utf8.RuneError && size == 1:
		end := i + 1
		for end < len(c.in) && !startsRune(c.in[end:]) {
			end++
		}
		c.out.WriteString(c.s.invalid(c.in[i:end]))
		return end
	case r == '\x01' && i+1 < len(c.in) && strings.IndexByte("01tnr", c.in[i+1]) >= 0:
		// Dovecot writes blanks so where they would part fields (dovecot.md §3, tabescape).
		c.out.WriteString(c.in[i : i+2])
		return i + 2
	case r == ':' || isWord(r):
		if end := c.address(i); end > i {
			return end
		}
	}
	if !isWord(r) {
		c.out.WriteString(c.in[i : i+size])
		return i + size
	}
	end := i + size
	for end < len(c.in) {
		r, size := utf8.DecodeRuneInString(c.in[end:])
		if !isWord(r) || r == utf8.RuneError && size == 1 {
			break
		}
		end += size
	}
	c.out.WriteString(c.replaced(i, end))
	return end
}

func startsRune(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return r != utf8.RuneError || size > 1
}

// replaced gives what the word from start to end is replaced by.
func (c *scanner) replaced(start, end int) string {
	w := c.in[start:end]
	switch {
	case start == c.port.start && end == c.port.end:
		return w
	case isNumber(w):
		if c.digits {
			return w
		}
	case c.keep != nil && c.keep(w), c.isScheme(w, end), c.isReply(w, end), c.isExtension(w, start, end):
		return w
	case len(w) == 2 && isLetter(w[0]) && isLetter(w[1]) && c.isLastLabel(start, end):
		return c.s.country(w, c.salt)
	}
	return c.s.word(w, c.variant)
}

// isScheme tells whether the word is the scheme of a URL, and finds the port of
// one that has an authority.
func (c *scanner) isScheme(w string, end int) bool {
	if len(w) > longestScheme || end == len(c.in) || c.in[end] != ':' {
		return false
	}
	rest := c.in[end:]
	if !strings.HasPrefix(rest, "://") {
		return opaqueSchemes.has(w)
	}
	if !schemes.has(w) {
		return false
	}
	authority := rest[3:]
	if n := strings.IndexAny(authority[:min(len(authority), longestAuthority)], "/?#\"'<>\\ \t\r\n"); n >= 0 {
		authority = authority[:n]
	}
	host := end + 3 + strings.LastIndexByte(authority, '@') + 1
	authority = c.in[host : end+3+len(authority)]
	if colon := strings.LastIndexByte(authority, ':'); colon > strings.LastIndexByte(authority, ']') {
		start := host + colon + 1
		stop := start
		for stop < len(c.in) && stop-start < 5 && isDigit(c.in[stop]) {
			stop++
		}
		c.port = span{start, stop}
	}
	return true
}

const (
	longestScheme    = 8
	longestAuthority = 1000
)

// isReply tells whether the word marks a subject as an answer.
func (c *scanner) isReply(w string, end int) bool {
	return len(w) <= 4 && end < len(c.in) && c.in[end] == ':' && replies.has(w)
}

// isExtension tells whether the word is the well-known end of a file's name.
func (c *scanner) isExtension(w string, start, end int) bool {
	return len(w) <= 5 && c.isLastLabel(start, end) && extensions.has(w)
}

// isLastLabel tells whether the word comes after a dot that is in or after a
// word, is not followed by one, and is not the end of a local part.
func (c *scanner) isLastLabel(start, end int) bool {
	if start < 2 || c.in[start-1] != '.' {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(c.in[:start-1])
	if !isWord(before) {
		return false
	}
	if end == len(c.in) || c.in[end] != '.' {
		return end == len(c.in) || c.in[end] != '@'
	}
	after, _ := utf8.DecodeRuneInString(c.in[end+1:])
	return end+1 == len(c.in) || !isWord(after)
}

// address replaces an IP address that begins at i, and gives where it ends; i if
// there is none.
func (c *scanner) address(i int) int {
	if i > 0 {
		if before, _ := utf8.DecodeLastRuneInString(c.in[:i]); isWord(before) || before == '.' || before == ':' {
			return i
		}
	}
	end, dots, colons := i, 0, 0
	for end < len(c.in) && end-i < longestAddress {
		switch b := c.in[end]; {
		case b == '.':
			dots++
		case b == ':':
			colons++
		case !isDigit(b) && (b|0x20 < 'a' || b|0x20 > 'f'):
			return c.addressIn(i, end, dots, colons)
		}
		end++
	}
	return c.addressIn(i, end, dots, colons)
}

const longestAddress = 46

func (c *scanner) addressIn(start, end, dots, colons int) int {
	if dots < 3 && colons < 2 || end < len(c.in) && startsWithWord(c.in[end:]) {
		return start
	}
	// An IPv4 address may be followed by a port, any by the end of a sentence.
	if colon := strings.IndexByte(c.in[start:end], ':'); colons == 1 && colon > 0 {
		end = start + colon
	}
	if last := c.in[end-1]; last == '.' || last == ':' && !strings.HasSuffix(c.in[start:end], "::") {
		end--
	}
	address, err := netip.ParseAddr(c.in[start:end])
	if err != nil {
		return start
	}
	if address.IsLoopback() || address.IsUnspecified() || c.digits {
		c.out.WriteString(c.in[start:end])
	} else {
		c.out.WriteString(c.s.address(c.in[start:end]))
	}
	return end
}

func startsWithWord(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return isWord(r) && (r != utf8.RuneError || size > 1)
}

// address replaces an IP address by another that is written the same way.
func (s *Stripper) address(a string) string {
	numbers := s.key.stream("address", fold(a))
	out := []byte(a)
	for start := 0; start < len(a); {
		end := start
		for end < len(a) && a[end] != '.' && a[end] != ':' {
			end++
		}
		// A number of three digits is at most 255; it is one only where there are dots.
		short := end-start == 3 && strings.Contains(a, ".")
		for i := start; i < end; i++ {
			switch {
			case !isDigit(a[i]):
				out[i] = a[i]&0x20 | "BCDF"[numbers.below(4)]
			case short && i == start:
				out[i] = '1' + byte(numbers.below(2))
			case short && out[start] == '2':
				out[i] = '0' + byte(numbers.below(6))
			case i == start && end-start > 1:
				out[i] = '1' + byte(numbers.below(9))
			default:
				out[i] = '0' + byte(numbers.below(10))
			}
		}
		start = end + 1
	}
	return string(out)
}
