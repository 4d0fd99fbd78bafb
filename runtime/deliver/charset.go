package deliver

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// charset decodes text to UTF-8 piece by piece. What does not end in a whole
// character waits for the next piece, and is lost if there is none.
type charset struct {
	utf8    bool
	iconv   bool                  // … under a name that only iconv knows for UTF-8
	high    []rune                // of a single-byte charset: bytes 0x80 on
	decoder transform.Transformer // of the others
	waiting []byte
	out     []byte
}

// newCharset returns the charset of that name as the iconv of Debian's glibc would
// have it for Dovecot, or nil if it is unknown.
func newCharset(name string) *charset {
	switch strings.ToLower(name) {
	case "us-ascii", "ascii", "utf-8", "utf8":
		return &charset{utf8: true}
	}
	name = charsetKey(name)
	if name == "" {
		return &charset{high: []rune(ascii)} // of the C locale
	}
	key := " " + name + " "
	for i := range singleByteCharsets {
		if c := &singleByteCharsets[i]; strings.Contains(c.names, key) {
			return &charset{high: []rune(c.high)}
		}
	}
	for _, c := range otherCharsets {
		if strings.Contains(c.names, key) {
			return c.open()
		}
	}
	return nil
}

// charsetKey gives a name as glibc looks it up: capitals, without what no name has,
// without what comes after "//", and without slashes and commas at its end.
func charsetKey(name string) string {
	name, _, _ = strings.Cut(name, "//")
	return strings.TrimRight(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("_-/.,:", r):
			return r
		}
		return -1
	}, name), "/,")
}

// ascii is the upper half of a charset that has none.
var ascii = strings.Repeat(replacement, 128)

// otherCharsets are those that are not a byte a character. The names are glibc's,
// each between blanks.
var otherCharsets = [...]struct {
	names string
	open  func() *charset
}{
	{" UTF-8 UTF8 ISO-10646/UTF-8 ISO-10646/UTF8 ISO-IR-193 OSF05010001 ", func() *charset { return &charset{utf8: true, iconv: true} }},
	{" US ISO646-US ISO_646.IRV:1991 ANSI_X3.4 ANSI_X3.4-1968 ANSI_X3.4-1986 ISO-IR-6 CP367 IBM367 CSASCII OSF00010020 US-ASCII ASCII ",
		func() *charset { return &charset{high: []rune(ascii)} }},
	{" UTF-16 UTF16 ", wide(wideDecoder{order: binary.LittleEndian, size: 2, pairs: true, mark: true})},
	{" UTF-16LE UTF16LE ", wide(wideDecoder{order: binary.LittleEndian, size: 2, pairs: true})},
	{" UTF-16BE UTF16BE ", wide(wideDecoder{order: binary.BigEndian, size: 2, pairs: true})},
	{" UNICODE CSUNICODE ", wide(wideDecoder{order: binary.LittleEndian, size: 2, mark: true})},
	{" UCS-2 UCS2 ISO-10646/UCS2 OSF00010100 OSF00010101 OSF00010102 UCS-2LE UNICODELITTLE ", wide(wideDecoder{order: binary.LittleEndian, size: 2})},
	{" UCS-2BE UNICODEBIG ", wide(wideDecoder{order: binary.BigEndian, size: 2})},
	{" UTF-32 UTF32 ", wide(wideDecoder{order: binary.LittleEndian, size: 4, mark: true})},
	{" UTF-32LE UTF32LE UCS-4LE ", wide(wideDecoder{order: binary.LittleEndian, size: 4})},
	{" UTF-32BE UTF32BE UCS-4BE UCS-4 UCS4 CSUCS4 ISO-10646 ISO-10646/UCS4 10646-1:1993 10646-1:1993/UCS4 OSF00010104 OSF00010105 OSF00010106 ",
		wide(wideDecoder{order: binary.BigEndian, size: 4})},
	{" CP1255 MS-HEBR WINDOWS-1255 ", newWindows1255},
	{" CP1258 WINDOWS-1258 ", newWindows1258},
	{" UTF-7 UTF7 ", func() *charset { return &charset{decoder: &utf7Decoder{}} }},
	{" ISO-2022-JP ISO2022JP CSISO2022JP ISO-2022-JP-2 ISO2022JP2 CSISO2022JP2 ISO-2022-JP-3 ", newISO2022JP},
	{" ISO-2022-KR ISO2022KR CSISO2022KR ", newISO2022KR},
	{" EUC-JP EUCJP UJIS CSEUCPKDFMTJAPANESE OSF00030010 ", eucJPRules.open},
	{" EUC-JP-MS EUCJP-MS EUCJP-OPEN EUCJP-WIN ", eucJPMSRules.open},
	{" SJIS SHIFT_JIS SHIFT-JIS MS_KANJI CSSHIFTJIS ", sjisRules.open},
	{" CP932 MS932 SJIS-OPEN SJIS-WIN WINDOWS-31J CSWINDOWS31J ", cp932Rules.open},
	{" EUC-KR EUCKR CSEUCKR OSF0004000A ", eucKRRules.open},
	{" UHC CP949 MSCP949 OSF100203B5 ", uhcRules.open},
	{" GB2312 CSGB2312 EUC-CN EUCCN CN-GB ", gb2312Rules.open},
	{" GBK CP936 MS936 WINDOWS-936 GB13000 ", gbkRules.open},
	{" GB18030 ", gb18030Rules.open},
	{" BIG5 BIG-5 BIG-FIVE BIGFIVE CN-BIG5 CP950 ", big5Rules.open},
	{" BIG5-HKSCS BIG5HKSCS ", hkscsRules.open},
}

// decode appends what src says to dst. Invalid bytes are one U+FFFD a run.
func (c *charset) decode(dst, src []byte) []byte {
	if c.high != nil {
		return c.decodeBytes(dst, src)
	}
	data := src
	if len(c.waiting) > 0 {
		data = slices.Concat(c.waiting, src)
	}
	var n int
	switch {
	case c.iconv:
		n = wholeAsIconv(data)
		dst = append(dst, appendValid(nil, data[:n])...)
	case c.utf8:
		n = whole(data)
		dst = appendValid(dst, data[:n])
	default:
		n = c.transform(data)
		dst = appendCollapsed(dst, c.out)
	}
	c.waiting = slices.Clone(data[n:])
	return dst
}

func (c *charset) decodeBytes(dst, src []byte) []byte {
	invalid := false
	for _, b := range src {
		switch {
		case b < utf8.RuneSelf:
			dst = append(dst, b)
			invalid = false
		case c.high[b-0x80] != utf8.RuneError:
			dst = utf8.AppendRune(dst, c.high[b-0x80])
			invalid = false
		case !invalid:
			dst = append(dst, replacement...)
			invalid = true
		}
	}
	return dst
}

// transform decodes data into c.out and returns how much of it that took.
func (c *charset) transform(data []byte) (n int) {
	c.out = c.out[:0]
	if need := 4*len(data) + 16; cap(c.out) < need {
		c.out = make([]byte, 0, need)
	}
	for n < len(data) {
		room := c.out[len(c.out):cap(c.out)]
		nd, ns, err := c.decoder.Transform(room, data[n:], false)
		c.out = c.out[:len(c.out)+nd]
		n += ns
		if errors.Is(err, transform.ErrShortDst) {
			c.out = append(c.out, make([]byte, len(data)+64)...)[:len(c.out)]
			continue
		}
		if err == nil || errors.Is(err, transform.ErrShortSrc) {
			break
		}
		c.out = append(c.out, replacement...)
		n++
	}
	return min(n, len(data))
}

// appendCollapsed appends src with each run of U+FFFD as one.
func appendCollapsed(dst, src []byte) []byte {
	mark := []byte(replacement)
	for {
		i := bytes.Index(src, mark)
		if i < 0 {
			return append(dst, src...)
		}
		i += len(mark)
		dst, src = append(dst, src[:i]...), src[i:]
		for bytes.HasPrefix(src, mark) {
			src = src[len(mark):]
		}
	}
}
