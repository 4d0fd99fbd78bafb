package strip

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"

	"github.com/luapush/luapush/runtime/mail"
)

// mailboxCoding is the base64 of RFC 3501 §5.1.3.
var mailboxCoding = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// decodeMailboxName reads modified UTF-7; ok is false for what is not exactly that.
func decodeMailboxName(name string) (decoded string, ok bool) {
	if strings.IndexByte(name, '&') < 0 {
		return name, false
	}
	var out strings.Builder
	for rest := name; rest != ""; {
		before, coded, found := strings.Cut(rest, "&")
		out.WriteString(before)
		if !found {
			break
		}
		coded, after, closed := strings.Cut(coded, "-")
		bytes, err := mailboxCoding.DecodeString(coded)
		if !closed || err != nil || len(bytes)%2 != 0 {
			return "", false
		}
		units := make([]uint16, len(bytes)/2)
		for i := range units {
			units[i] = uint16(bytes[2*i])<<8 | uint16(bytes[2*i+1])
		}
		if coded == "" {
			out.WriteByte('&')
		}
		out.WriteString(string(utf16.Decode(units)))
		rest = after
	}
	return out.String(), mail.EncodeMailboxName(out.String()) == name
}
