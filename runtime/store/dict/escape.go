package dict

import "strings"

// escapes are the bytes that a line cannot hold, and what stands for each
// behind the escape byte (dovecot.md §10.2).
const (
	escapeByte = '\x01'
	escaped    = "\x00\x01\t\r\n"
	letters    = "01trn"
	// raw bytes that Dovecot would not read back: it ends the text at a NUL, and
	// takes a CR away from a line's end. A raw TAB is one, as it is to Dovecot.
	refused = "\x00\r"
)

// appendEscaped appends s as it stands in a line of the file.
func appendEscaped(to []byte, s string) []byte {
	for i := range len(s) {
		if n := strings.IndexByte(escaped, s[i]); n >= 0 {
			to = append(to, escapeByte, letters[n])
			continue
		}
		to = append(to, s[i])
	}
	return to
}

// unescape gives what a line of the file stands for, or what is wrong with it.
// Dovecot reads an escape
// that it never writes as the letter itself; here it makes the line a foreign
// one, because writing the file again would change it.
func unescape(line string) (string, string) {
	if strings.IndexByte(line, escapeByte) < 0 {
		if strings.ContainsAny(line, refused) {
			return "", "a NUL or CR that is not escaped"
		}
		return line, ""
	}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c != escapeByte:
			if strings.IndexByte(refused, c) >= 0 {
				return "", "a NUL or CR that is not escaped"
			}
			b.WriteByte(c)
		case i+1 == len(line):
			return "", "an escape byte (0x01) with nothing behind it"
		default:
			i++
			n := strings.IndexByte(letters, line[i])
			if n < 0 {
				return "", "an escape (0x01) that Dovecot does not write"
			}
			b.WriteByte(escaped[n])
		}
	}
	return b.String(), ""
}
