package deliver

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/transform"
)

// iso2022Decoder decodes ISO-2022-JP (RFC 1468) and ISO-2022-KR (RFC 1557), whose
// characters of two bytes are those of EUC without the high bits. It is a
// transform.Transformer.
type iso2022Decoder struct {
	multibyte
	escapes map[string]iso2022Set
	shifts  bool // SO and SI change the set
	set     iso2022Set
}

// iso2022Set is what the bytes stand for at the moment.
type iso2022Set uint8

const (
	setASCII  iso2022Set = iota
	setRoman             // JIS X 0201: a yen sign, an overline
	setDouble            // two bytes a character
	setSame              // no change
)

var japaneseEscapes = map[string]iso2022Set{"\x1b(B": setASCII, "\x1b(J": setRoman, "\x1b$@": setDouble, "\x1b$B": setDouble}

var koreanEscapes = map[string]iso2022Set{"\x1b$)C": setSame}

func newISO2022JP() *charset {
	return &charset{decoder: &iso2022Decoder{
		multibyte: multibyte{rules: eucJPRules, inner: japanese.EUCJP.NewDecoder()}, escapes: japaneseEscapes,
	}}
}

func newISO2022KR() *charset {
	return &charset{decoder: &iso2022Decoder{
		multibyte: multibyte{rules: eucKRRules, inner: korean.EUCKR.NewDecoder()}, escapes: koreanEscapes, shifts: true,
	}}
}

// Reset implements transform.Transformer.
func (d *iso2022Decoder) Reset() { d.set = setASCII }

// Transform implements transform.Transformer.
func (d *iso2022Decoder) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if len(dst)-nDst < 2*utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		n, size, err := d.next(dst[nDst:], src[nSrc:])
		if err != nil {
			return nDst, nSrc, err
		}
		nDst, nSrc = nDst+size, nSrc+n
	}
	return nDst, nSrc, nil
}

// next takes n bytes of src and writes size bytes.
func (d *iso2022Decoder) next(dst, src []byte) (n, size int, err error) {
	c := src[0]
	if c == 0x1b {
		n, err := d.escape(src)
		if n > 0 || err != nil {
			return n, 0, err
		}
	}
	switch {
	case d.shifts && (c == 0x0e || c == 0x0f):
		d.set = setASCII
		if c == 0x0e {
			d.set = setDouble
		}
		return 1, 0, nil
	case c >= utf8.RuneSelf, d.shifts && d.set == setDouble && c < 0x21:
		return 0, 0, errInvalid
	case d.set == setDouble && c >= 0x21 && c != 0x7f:
		if len(src) < 2 {
			return 0, 0, transform.ErrShortSrc
		}
		if src[1] < 0x21 || src[1] > 0x7e {
			return 0, 0, errInvalid
		}
		if size = d.character(dst, []byte{c | 0x80, src[1] | 0x80}); size == 0 {
			return 0, 0, errInvalid
		}
		return 2, size, nil
	case d.set == setRoman && c == '\\':
		return 1, utf8.EncodeRune(dst, 0xa5), nil
	case d.set == setRoman && c == '~':
		return 1, utf8.EncodeRune(dst, 0x203e), nil
	}
	dst[0] = c
	return 1, 1, nil
}

// escape takes an escape sequence; 0 is that there is none, or none it knows.
func (d *iso2022Decoder) escape(src []byte) (int, error) {
	if len(src) < 3 && !d.shifts {
		return 0, transform.ErrShortSrc
	}
	for e, set := range d.escapes {
		if strings.HasPrefix(string(src[:min(len(src), len(e))]), e) {
			if set != setSame {
				d.set = set
			}
			return len(e), nil
		}
		if len(src) < len(e) && strings.HasPrefix(e, string(src)) {
			return 0, transform.ErrShortSrc
		}
	}
	return 0, nil
}
