package deliver

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// utf7Decoder decodes UTF-7 (RFC 2152). Within +…- it stays there when something
// is wrong, as glibc does. It is a transform.Transformer.
type utf7Decoder struct {
	shifted bool // within +…-
	begun   bool // … and something came after the +
	bits    uint32
	count   int  // bits in bits
	lead    rune // a surrogate that waits for the other one
}

// Reset implements transform.Transformer.
func (u *utf7Decoder) Reset() { *u = utf7Decoder{} }

// Transform implements transform.Transformer.
func (u *utf7Decoder) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for ; nSrc < len(src); nSrc++ {
		if len(dst)-nDst < utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		n, ok := u.take(dst[nDst:], src[nSrc])
		if !ok {
			return nDst, nSrc, errInvalid
		}
		nDst += n
	}
	return nDst, nSrc, nil
}

// direct reports whether c stands for itself outside of +…-.
func direct(c byte) bool {
	return c >= ' ' && c < 0x7f && c != '+' && c != '\\' && c != '~' || strings.IndexByte("\t\n\r", c) >= 0
}

// take decodes one byte and returns how many it wrote.
func (u *utf7Decoder) take(dst []byte, c byte) (int, bool) {
	switch v := sextets[c]; {
	case u.shifted && v != invalidSextet:
		u.begun = true
		return u.add(dst, v)
	case u.shifted && (u.lead != 0 || u.count >= 6 || u.bits&(1<<u.count-1) != 0):
		return 0, false
	case u.shifted && c == '-':
		begun := u.begun
		*u = utf7Decoder{}
		if begun {
			return 0, true
		}
		dst[0] = '+'
		return 1, true
	case u.shifted:
		*u = utf7Decoder{}
		if !direct(c) {
			return 0, false
		}
	case c == '+':
		*u = utf7Decoder{shifted: true}
		return 0, true
	case !direct(c):
		return 0, false
	}
	dst[0] = c
	return 1, true
}

// add takes six bits of UTF-16.
func (u *utf7Decoder) add(dst []byte, v byte) (int, bool) {
	bits, count := u.bits<<6|uint32(v), u.count+6
	if count < 16 {
		u.bits, u.count = bits, count
		return 0, true
	}
	r := rune(bits >> (count - 16) & 0xffff)
	switch {
	case u.lead != 0:
		if r = utf16.DecodeRune(u.lead, r); r == utf8.RuneError {
			return 0, false
		}
		u.lead = 0
	case r >= 0xd800 && r < 0xdc00:
		u.bits, u.count, u.lead = bits, count-16, r
		return 0, true
	case r >= 0xdc00 && r < 0xe000:
		return 0, false
	}
	u.bits, u.count = bits, count-16
	return utf8.EncodeRune(dst, r), true
}
