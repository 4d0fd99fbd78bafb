package deliver

import (
	"errors"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"
)

// errInvalid is what a transformer answers for bytes that are no character; the
// first of them is passed over then, as iconv's callers do it in Dovecot.
var errInvalid = errors.New("invalid byte")

// rules say how glibc differs from the encodings of x/text, which are those of
// browsers and take in more.
type rules struct {
	inner encoding.Encoding
	// length gives how many bytes the character has that data begins with, as far as
	// those there tell; 0 for none. A byte that is one by itself and that inner does
	// not know is the control character of that number.
	length  func(data []byte) int
	has     func(seq []byte) bool // nil is all that inner has
	private func(seq []byte) rune // of Unicode's private area; 0 for others, nil for none
	other   map[rune]rune         // what glibc has instead
}

func (r *rules) open() *charset {
	return &charset{decoder: &multibyte{rules: r, inner: r.inner.NewDecoder()}}
}

// multibyte decodes by rules. It is a transform.Transformer.
type multibyte struct {
	*rules
	inner transform.Transformer
}

// Reset implements transform.Transformer.
func (m *multibyte) Reset() { m.inner.Reset() }

// Transform implements transform.Transformer.
func (m *multibyte) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if len(dst)-nDst < 2*utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		n := 1
		if src[nSrc] >= utf8.RuneSelf {
			n = m.length(src[nSrc:])
		}
		switch {
		case n == 0:
			return nDst, nSrc, errInvalid
		case n > len(src)-nSrc:
			return nDst, nSrc, transform.ErrShortSrc
		}
		size := m.character(dst[nDst:], src[nSrc:nSrc+n])
		if size == 0 {
			return nDst, nSrc, errInvalid
		}
		nDst += size
		nSrc += n
	}
	return nDst, nSrc, nil
}

// character writes what seq is, and returns its length, or 0.
func (m *multibyte) character(dst, seq []byte) int {
	if m.private != nil && len(seq) > 1 {
		if r := m.private(seq); r != 0 {
			return utf8.EncodeRune(dst, r)
		}
	}
	if m.has != nil && len(seq) > 1 && !m.has(seq) {
		return 0
	}
	m.inner.Reset()
	n, _, err := m.inner.Transform(dst, seq, true)
	r, size := utf8.DecodeRune(dst[:n])
	if err != nil || size != n || r == utf8.RuneError {
		if len(seq) > 1 {
			return 0
		}
		r = rune(seq[0])
	}
	if o, ok := m.other[r]; ok {
		r = o
	}
	return utf8.EncodeRune(dst, r)
}

// pairs is for charsets whose characters have two bytes from a lead on.
func pairs(from, to byte) func([]byte) int {
	return func(data []byte) int {
		if data[0] < from || data[0] > to {
			return 0
		}
		return 2
	}
}

// orControls is for charsets that have the control characters of ISO 8859, too.
func orControls(length func([]byte) int, to byte) func([]byte) int {
	return func(data []byte) int {
		if n := length(data); n > 0 || data[0] > to {
			return n
		}
		return 1
	}
}

// jis are characters that JIS and Microsoft see differently.
var jis = map[rune]rune{0xff5e: 0x301c, 0x2225: 0x2016, 0xff0d: 0x2212, 0xffe0: 0xa2, 0xffe1: 0xa3, 0xffe2: 0xac}

func eucJP(data []byte) int {
	switch lead := data[0]; {
	case lead == 0x8f:
		if len(data) > 1 && data[1] < 0xa1 {
			return 0
		}
		return 3
	case lead == 0x8e, lead >= 0xa0 && lead <= 0xfe:
		return 2
	case lead < 0xa0:
		return 1
	}
	return 0
}

// shiftJIS is for leads up to last.
func shiftJIS(last byte) func([]byte) int {
	return func(data []byte) int {
		switch lead := data[0]; {
		case lead >= 0x81 && lead <= 0x9f, lead >= 0xe0 && lead <= last:
			return 2
		case lead >= 0xa1 && lead <= 0xdf:
			return 1
		}
		return 0
	}
}

func gb2312(data []byte) int {
	if lead := data[0]; lead == 0x8e || lead == 0x8f || lead >= 0xa1 && lead <= 0xfe {
		return 2
	}
	return 0
}

func uhc(data []byte) int {
	if lead := data[0]; lead < 0x81 || lead == 0xc9 || lead > 0xfd {
		return 0
	}
	return 2
}

func gb18030(data []byte) int {
	isDigit := func(i int) bool { return data[i] >= '0' && data[i] <= '9' }
	switch {
	case data[0] == 0x80, data[0] == 0xff:
		return 0
	case len(data) == 1:
		return 2
	case !isDigit(1):
		return 2
	case len(data) > 3 && (data[2] < 0x81 || data[2] == 0xff || !isDigit(3)):
		return 0
	}
	return 4
}

// notJIS are the rows that Microsoft, NEC and IBM have added.
func notJIS(lead byte) bool { return lead == 0x87 || lead >= 0xed }

var (
	eucJPRules = &rules{inner: japanese.EUCJP, length: eucJP, other: jis,
		has: func(s []byte) bool { return s[0] != 0xad && s[0] < 0xf5 }}
	eucJPMSRules = &rules{inner: japanese.EUCJP, length: eucJP, private: privateEUCJP}
	sjisRules    = &rules{inner: japanese.ShiftJIS, length: shiftJIS(0xea),
		has: func(s []byte) bool { return !notJIS(s[0]) },
		other: map[rune]rune{0xff5e: 0x301c, 0x2225: 0x2016, 0xff0d: 0x2212, 0xffe0: 0xa2, 0xffe1: 0xa3, 0xffe2: 0xac,
			'\\': 0xa5, '~': 0x203e}}
	cp932Rules = &rules{inner: japanese.ShiftJIS, length: shiftJIS(0xfc), private: privateCP932}
	uhcRules   = &rules{inner: korean.EUCKR, length: uhc,
		has: func(s []byte) bool { return s[0] != 0xa2 || s[1] != 0xe8 }}
	eucKRRules = &rules{inner: korean.EUCKR, length: orControls(pairs(0xa1, 0xff), 0x9f),
		has: func(s []byte) bool { return s[1] >= 0xa1 && s[0] != 0xc9 && s[0] < 0xfe }}
	gb2312Rules = &rules{inner: simplifiedchinese.GBK, length: gb2312,
		has:   func(s []byte) bool { return s[0] >= 0xa1 && s[0] <= 0xf7 && s[1] >= 0xa1 && inGB2312(s[0], s[1]) },
		other: map[rune]rune{0xb7: 0x30fb, 0x2014: 0x2015}}
	gbkRules     = &rules{inner: simplifiedchinese.GBK, length: orControls(pairs(0x81, 0xfe), 0x80), has: inGBK}
	gb18030Rules = &rules{inner: simplifiedchinese.GB18030, length: gb18030, private: privateGB18030}
	big5Rules    = &rules{inner: traditionalchinese.Big5, length: orControls(pairs(0xa1, 0xf9), 0x80),
		has: hasNoPictures, private: privateBig5, other: map[rune]rune{0xffed: 0x2593}}
	hkscsRules = &rules{inner: traditionalchinese.Big5, length: orControls(pairs(0x81, 0xfe), 0x80), has: hasNoPictures,
		other: map[rune]rune{0x2027: 0x2022, 0xfe51: 0xff64, 0xaf: 0x203e, 0xff5e: 0x223c, 0x2295: 0x2641, 0x2299: 0x2609,
			0x2215: 0xff0f, 0xfe68: 0xff3c, 0xffe5: 0xa5, 0xffe0: 0xa2, 0xffe1: 0xa3}}
)

// hasNoPictures leaves out the pictures of control characters, which Big5 has in
// browsers.
func hasNoPictures(s []byte) bool { return s[0] != 0xa3 || s[1] < 0xc0 || s[1] > 0xe0 }

// inGB2312 tells which cells of its 94 rows GB 2312 has.
func inGB2312(row, cell byte) bool {
	switch row {
	case 0xa2:
		return cell >= 0xb1 && cell <= 0xe2 || cell >= 0xe5 && cell <= 0xee || cell >= 0xf1 && cell <= 0xfc
	case 0xa4:
		return cell <= 0xf3
	case 0xa5:
		return cell <= 0xf6
	case 0xa6:
		return cell <= 0xb8 || cell >= 0xc1 && cell <= 0xd8
	case 0xa7:
		return cell <= 0xc1 || cell >= 0xd1 && cell <= 0xf1
	case 0xa8:
		return cell <= 0xba || cell >= 0xc5 && cell <= 0xe9
	case 0xa9:
		return cell >= 0xa4 && cell <= 0xef
	case 0xd7:
		return cell <= 0xf9
	}
	return row <= 0xa9 || row >= 0xb0
}

// inGBK leaves out what GB 18030 has added.
func inGBK(s []byte) bool {
	switch s[0] {
	case 0xa2:
		return s[1] != 0xe3
	case 0xa3:
		return s[1] != 0xa0
	case 0xa6:
		return s[1] <= 0xb8 || s[1] >= 0xc1 && s[1] <= 0xd8 || s[1] >= 0xe0 && s[1] <= 0xf5 && s[1] != 0xec && s[1] != 0xed && s[1] != 0xf3
	case 0xa8:
		return s[1] != 0xbf
	case 0xa9:
		return s[1] < 0x89 || s[1] > 0x95
	case 0xfe:
		return s[1] < 0x50
	}
	return true
}
