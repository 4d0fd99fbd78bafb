package message

import (
	"io"
	"strings"
	"unicode/utf8"

	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
)

// Content is the content without its transfer encoding. What cannot be decoded
// is left as it is, and content that breaks off ends there.
func (p *Part) Content() string {
	if p.isContainer() {
		return p.content
	}
	return p.decode("application/octet-stream", nil)
}

// Text is the content of a text part as UTF-8, for any other part the same as
// Content. A charset that is not known is taken for UTF-8, and what is not valid
// in it is U+FFFD, as in Dovecot. Line ends stay as they are.
func (p *Part) Text() string {
	if !p.isText() {
		return p.Content()
	}
	var params map[string]string
	if name, ok := p.params["charset"]; ok {
		params = map[string]string{"charset": name}
	}
	return strings.ToValidUTF8(p.decode("text/plain", params), "\uFFFD")
}

// decode lets go-message take off the encoding, and for a text the charset.
func (p *Part) decode(mediaType string, params map[string]string) string {
	raw, encoding := p.content, p.encoding
	switch encoding {
	case "base64":
		raw = cleanBase64(raw)
	case "quoted-printable":
		raw = cleanQuotedPrintable(raw)
	default:
		// Nobody knows any other: it is left on.
		encoding = "binary"
	}
	var header gomessage.Header
	header.Set("Content-Transfer-Encoding", encoding)
	header.SetContentType(mediaType, params)
	entity, err := gomessage.New(header, strings.NewReader(raw))
	if entity == nil || err != nil && !gomessage.IsUnknownCharset(err) {
		return raw
	}
	var b strings.Builder
	b.Grow(len(raw))
	// What was read before an error is what can be had.
	_, _ = io.Copy(&b, entity.Body)
	return b.String()
}

// cleanBase64 leaves only letters of the alphabet, up to the first padding, and
// pads them: other characters are to be ignored (RFC 2045 §6.8).
func cleanBase64(raw string) string {
	b := make([]byte, 0, len(raw)+3)
	for i := 0; i < len(raw) && raw[i] != '='; i++ {
		switch c := raw[i]; {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '+', c == '/':
			b = append(b, c)
		}
	}
	switch len(b) % 4 {
	case 1:
		b = b[:len(b)-1]
	case 2:
		b = append(b, "=="...)
	case 3:
		b = append(b, '=')
	}
	return string(b)
}

// cleanQuotedPrintable writes the control characters that the decoder refuses as
// escapes, and escapes an equal sign that begins none.
func cleanQuotedPrintable(raw string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '=' && !escape(raw[i+1:]),
			c < ' ' && c != '\t' && c != '\n' && (c != '\r' || !strings.HasPrefix(raw[i+1:], "\n")), c == 0x7f:
			b.WriteByte('=')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// escape tells that what follows an equal sign makes an escape or a soft line
// break of it.
func escape(rest string) bool {
	if len(rest) >= 2 && isHex(rest[0]) && isHex(rest[1]) {
		return true
	}
	rest = strings.TrimLeft(rest[:min(len(rest), 100)], " \t")
	return rest == "" || strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, "\r\n")
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// toUTF8 converts a text from a charset, and makes what is not valid U+FFFD.
func toUTF8(name, text string) string {
	if name != "" && !strings.EqualFold(name, "utf-8") {
		if r, err := charsetReader(name, strings.NewReader(text)); err == nil {
			if converted, err := io.ReadAll(r); err == nil {
				text = string(converted)
			}
		}
	}
	if utf8.ValidString(text) {
		return text
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// charsetReader converts from a charset.
func charsetReader(name string, in io.Reader) (io.Reader, error) { return charset.Reader(name, in) }
