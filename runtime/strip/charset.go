package strip

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// codec reads and writes text of one charset. Only what it writes back as it was
// is text to it.
type codec struct {
	enc   encoding.Encoding
	sizes map[rune]int
}

// isCharset tells whether a name is that of a charset.
func isCharset(name string) bool {
	_, known := lookup(name)
	return known
}

// lookup finds a charset; nil is UTF-8, or one that can only be dealt with byte by
// byte.
func lookup(name string) (enc encoding.Encoding, known bool) {
	if len(name) > longestTerm {
		return nil, false
	}
	name = strings.ToLower(name)
	for _, suffix := range []string{"//translit", "//ignore"} {
		name = strings.TrimSuffix(name, suffix)
	}
	switch name = strings.ReplaceAll(name, " ", ""); name {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-7", "unicode-1-1-utf-7", "unicode-1-1-utf-8", "iso-2022-kr", "iso-2022-cn",
		"x-unknown", "unknown", "unknown-8bit", "8bit", "binary":
		return nil, true
	case "cp932", "ms932", "windows-31j", "sjis":
		return japanese.ShiftJIS, true
	case "cp949", "ms949", "uhc":
		return korean.EUCKR, true
	case "utf-32", "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), true
	case "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), true
	}
	enc, err := ianaindex.MIME.Encoding(name)
	if err != nil || enc == nil {
		enc, err = htmlindex.Get(name)
	}
	return enc, err == nil && enc != nil
}

// newCodec gives the codec for a text; nil if the text is UTF-8 or anything that
// can only be dealt with byte by byte.
func newCodec(charset, text string) *codec {
	enc, _ := lookup(charset)
	if enc == nil {
		return nil
	}
	if strings.HasPrefix(strings.ToLower(charset), "utf-16") {
		// Without a mark, iconv takes the order of the machine that Dovecot runs on.
		order := unicode.LittleEndian
		if strings.HasPrefix(text, "\xfe\xff") || strings.HasSuffix(strings.ToLower(charset), "be") {
			order = unicode.BigEndian
		}
		enc = unicode.UTF16(order, unicode.IgnoreBOM)
	}
	if strings.HasPrefix(text, "\xff\xfe\x00\x00") && strings.EqualFold(charset, "utf-32") {
		enc = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	}
	return &codec{enc: enc, sizes: map[rune]int{}}
}

// decode gives the text as UTF-8; ok is false where that loses something.
func (c *codec) decode(text string) (view string, ok bool) {
	view, err := c.enc.NewDecoder().String(text)
	if err != nil {
		return "", false
	}
	back, ok := c.encode(view)
	return view, ok && back == text
}

func (c *codec) encode(view string) (string, bool) {
	text, err := c.enc.NewEncoder().String(view)
	return text, err == nil
}

// accepts tells whether a character can be written instead of another.
func (c *codec) accepts(old, replacement rune) bool {
	n := c.size(replacement)
	return n > 0 && n == c.size(old)
}

func (c *codec) size(r rune) int {
	n, ok := c.sizes[r]
	if !ok {
		if text, ok := c.encode(string(r)); ok {
			n = len(text)
		}
		c.sizes[r] = n
	}
	return n
}

// acceptedBy tells whether all codecs accept a replacement; nil if there is none
// that could refuse.
func acceptedBy(codecs []*codec) func(old, replacement rune) bool {
	if len(codecs) == 0 {
		return nil
	}
	return func(old, replacement rune) bool {
		for _, c := range codecs {
			// What the charset does not have stands outside of its words.
			if c.size(old) > 0 && !c.accepts(old, replacement) {
				return false
			}
		}
		return true
	}
}
