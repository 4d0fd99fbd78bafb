package mail

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// mailboxBase64 is the alphabet of RFC 3501 §5.1.3: a comma for the slash, and
// no padding.
var mailboxBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// EncodeMailboxName puts a UTF-8 mailbox name into modified UTF-7 (RFC 3501
// §5.1.3), the form in which Dovecot stores names: "Entwürfe" is
// "Entw&APw-rfe". Bytes that are not UTF-8 become U+FFFD.
func EncodeMailboxName(name string) string {
	var b strings.Builder
	var pending []uint16
	flush := func() {
		if len(pending) == 0 {
			return
		}
		raw := make([]byte, 0, 2*len(pending))
		for _, u := range pending {
			raw = append(raw, byte(u>>8), byte(u))
		}
		b.WriteString("&" + mailboxBase64.EncodeToString(raw) + "-")
		pending = pending[:0]
	}
	for _, r := range name {
		if r < ' ' || r > '~' {
			pending = utf16.AppendRune(pending, r)
			continue
		}
		flush()
		if r == '&' {
			b.WriteString("&-")
			continue
		}
		b.WriteRune(r)
	}
	flush()
	return b.String()
}
