package deliver

import "encoding/base64"

// A transferDecoder undoes a content transfer encoding, piece by piece, taking
// broken input as Dovecot does.
type transferDecoder interface {
	// decode appends what src says to dst.
	decode(dst, src []byte) []byte
}

// plainDecoder is for 7bit, 8bit and binary.
type plainDecoder struct{}

func (plainDecoder) decode(dst, src []byte) []byte { return append(dst, src...) }

// base64Decoder passes white space, and ends at the first padding or invalid
// character: what follows in the part is lost.
type base64Decoder struct {
	bits    uint32
	count   int // sextets in bits
	padding int
	done    bool
}

const invalidSextet = 0xff

var sextets = func() (t [256]byte) {
	for i := range t {
		t[i] = invalidSextet
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	return t
}()

func (b *base64Decoder) decode(dst, src []byte) []byte {
	for i := 0; i < len(src) && !b.done; i++ {
		c := src[i]
		v := sextets[c]
		switch {
		case v != invalidSextet && b.padding == 0:
			b.bits = b.bits<<6 | uint32(v)
			if b.count++; b.count > 1 {
				// A byte is complete with each sextet but the first of four.
				dst = append(dst, byte(b.bits>>(6-2*(b.count-1))))
			}
			if b.count == 4 {
				b.bits, b.count = 0, 0
			}
		case classes[c]&classNewline != 0:
		case c == '=' && b.count+b.padding >= 2:
			if b.padding++; b.count+b.padding == 4 {
				b.done = true
			}
		default:
			b.done = true
		}
	}
	return dst
}

// decodeBase64 decodes the text of an encoded word.
func decodeBase64(text string) []byte {
	var b base64Decoder
	return b.decode(make([]byte, 0, base64.StdEncoding.DecodedLen(len(text))+2), []byte(text))
}

// maxTrailingBlanks is how many blanks a line of quoted-printable may end in, or
// have in a row, before Dovecot forgets some.
const maxTrailingBlanks = 77

// quotedPrintableDecoder keeps what is not valid as it stands. Lines end in CRLF.
type quotedPrintableDecoder struct {
	blanks []byte // held back: they count only if something follows
	state  qpState
	digit  byte
}

type qpState uint8

const (
	qpText   qpState = iota
	qpBlanks         // after blanks
	qpEquals         // after '='
	qpSoft           // after '=' and blanks
	qpHex            // after '=' and a digit
	qpCR             // after CR, maybe with blanks before
	qpSoftCR         // after '=', maybe blanks, and CR
)

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}

func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

func (q *quotedPrintableDecoder) decode(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		c := src[i]
		next, taken := q.state, true
		switch q.state {
		case qpText:
			dst, next = q.text(dst, c)
		case qpBlanks:
			dst, next, taken = q.afterBlanks(dst, c)
		case qpEquals, qpSoft:
			next, taken = q.afterEquals(c)
		case qpHex:
			if taken = isHex(c); taken {
				dst = append(dst, hexValue(q.digit)<<4|hexValue(c))
				next = qpText
			}
		case qpCR, qpSoftCR:
			if taken = c == '\n'; taken {
				q.blanks = q.blanks[:0]
				if q.state == qpCR {
					dst = append(dst, "\r\n"...)
				}
				next = qpText
			}
		}
		if taken {
			i++
		} else if q.state != qpBlanks {
			dst = q.invalid(dst)
			next = qpText
		}
		q.state = next
	}
	return dst
}

func (q *quotedPrintableDecoder) hold(c byte) {
	if len(q.blanks) < maxTrailingBlanks {
		q.blanks = append(q.blanks, c)
	}
}

func (q *quotedPrintableDecoder) release(dst []byte) []byte {
	dst = append(dst, q.blanks...)
	q.blanks = q.blanks[:0]
	return dst
}

func (q *quotedPrintableDecoder) text(dst []byte, c byte) ([]byte, qpState) {
	switch c {
	case '=':
		return dst, qpEquals
	case '\r':
		return dst, qpCR
	case '\n':
		return append(dst, "\r\n"...), qpText
	case ' ', '\t':
		q.hold(c)
		return dst, qpBlanks
	}
	return append(dst, c), qpText
}

func (q *quotedPrintableDecoder) afterBlanks(dst []byte, c byte) ([]byte, qpState, bool) {
	switch c {
	case ' ', '\t':
		q.hold(c)
		return dst, qpBlanks, true
	case '\r':
		return dst, qpCR, true
	case '\n':
		q.blanks = q.blanks[:0]
		return append(dst, "\r\n"...), qpText, true
	}
	return q.release(dst), qpText, false
}

func (q *quotedPrintableDecoder) afterEquals(c byte) (qpState, bool) {
	switch {
	case isBlank(c):
		q.hold(c)
		return qpSoft, true
	case c == '\r':
		return qpSoftCR, true
	case c == '\n':
		q.blanks = q.blanks[:0]
		return qpText, true
	case q.state == qpEquals && isHex(c):
		q.digit = c
		return qpHex, true
	}
	return qpText, false
}

// invalid gives back what was held of a sequence that is none.
func (q *quotedPrintableDecoder) invalid(dst []byte) []byte {
	switch q.state {
	case qpEquals:
		return append(dst, '=')
	case qpHex:
		return append(dst, '=', q.digit)
	case qpSoft:
		return q.release(append(dst, '='))
	case qpSoftCR:
		return append(q.release(append(dst, '=')), '\r')
	case qpCR:
		return append(q.release(dst), '\r')
	}
	return dst
}
