package message

import "testing"

// partOf makes the part of a message with these header lines.
func partOf(header, body string) *Part { return New(header + "\n\n" + body).Parts()[0] }

func TestContent(t *testing.T) {
	for _, c := range []struct{ encoding, body, want string }{
		{"7bit", "a=20\r\nb\n", "a=20\r\nb\n"},
		{"8bit", "\xe4\x00\n", "\xe4\x00\n"},
		{"binary", "\x00\x01", "\x00\x01"},
		{"", "as is", "as is"},
		{"x-uuencode", "begin 644 x\n", "begin 644 x\n"},
		{"BASE64", "QkVH\r\nSU4=\r\n", "BEGIN"},
		{"base64", " Q U I D \n", "AB\x03"},
		{"base64", "QUJD", "ABC"},
		{"base64", "QUI", "AB"},
		{"base64", "QUJDR", "ABC"},
		{"base64", "QU!I-D", "AB\x03"},
		{"base64", "QQ==QUJD", "A"},
		{"base64", "====", ""},
		{"base64", "", ""},
		{"quoted-printable", "a=C3=a4b=\r\nc=\nd\r\n", "a\xc3\xa4bcd\r\n"},
		{"Quoted-Printable", "blank at the end \t\nx", "blank at the end\nx"},
		{"quoted-printable", "50% = half, =ZZ =", "50% = half, =ZZ "},
		{"quoted-printable", "nul\x00 cr\ry \x7f\x01", "nul\x00 cr\ry \x7f\x01"},
		{"quoted-printable", "8-bit \xe4", "8-bit \xe4"},
		{"quoted-printable", "soft = \t\nbreak", "soft break"},
	} {
		if got := partOf("Content-Type: image/x\nContent-Transfer-Encoding: "+c.encoding, c.body).Content(); got != c.want {
			t.Errorf("%s %q\n got %q\nwant %q", c.encoding, c.body, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct{ header, body, want string }{
		{"Subject: x", "plain ä", "plain ä"},
		{"Content-Type: text/plain; charset=iso-8859-1", "gr\xfc\xdfe", "grüße"},
		{"Content-Type: text/plain; charset=\"UTF-8\"", "grüße \xff", "grüße \uFFFD"},
		{"Content-Type: text/plain; charset=us-ascii", "grüße", "grüße"},
		{"Content-Type: text/plain; charset=windows-1252", "\x80", "€"},
		{"Content-Type: text/plain; charset=KOI8-R", "\xf0\xd2", "Пр"},
		{"Content-Type: text/plain; charset=iso-2022-jp", "\x1b$B8+\x1b(B", "見"},
		{"Content-Type: text/plain; charset=shift_jis", "\x8c\xa9", "見"},
		{"Content-Type: text/plain; charset=gb2312", "\xbc\xfb", "见"},
		{"Content-Type: text/plain; charset=big5", "\xa8\xa3", "見"},
		{"Content-Type: text/plain; charset=utf-16le", "a\x00b\x00", "ab"},
		{"Content-Type: text/plain; charset=no-such-charset", "a\xe4ä", "a\uFFFDä"},
		{"Content-Type: text/plain; charset=", "a", "a"},
		{"Content-Type: text/plain; charset=\"\x01;\n x\"", "a", "a"},
		{"Content-Type: text/calendar; charset=iso-8859-1\nContent-Transfer-Encoding: base64", "5A==", "ä"},
		{"Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable", "=E4", "ä"},
		{"Content-Type: application/octet-stream; charset=iso-8859-1", "\xe4", "\xe4"},
		{"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64", "5A==", "5A=="},
		{"Content-Type: multipart/mixed\nContent-Transfer-Encoding: base64", "5A==", "5A=="},
	} {
		if got := partOf(c.header, c.body).Text(); got != c.want {
			t.Errorf("%s %q\n got %q\nwant %q", c.header, c.body, got, c.want)
		}
	}
}
