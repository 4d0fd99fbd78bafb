package store

import (
	"strings"

	"github.com/luapush/luapush/runtime/mail"
)

// ServerPrefix is where INBOX holds the user's own entries, below /private/ and
// below /shared/ (dovecot.md §6.4, §10.1).
const ServerPrefix = "vendor/vendor.dovecot/pvt/server/"

// The two spaces that every metadata key is in.
const (
	PrivateSpace = "/private/"
	SharedSpace  = "/shared/"
)

// SplitKey takes a metadata key apart into its space, [PrivateSpace] or
// [SharedSpace], and the name in it. A key of no space gives two empty strings.
func SplitKey(key string) (space, name string) {
	for _, space := range []string{PrivateSpace, SharedSpace} {
		if name, ok := strings.CutPrefix(key, space); ok {
			return space, name
		}
	}
	return "", ""
}

// CheckEntry refuses what no store can hold: a key outside of the two spaces, a
// key that is only its space (real Dovecot takes it and then finds its own
// transaction log corrupt), and NULs.
func CheckEntry(key string, value mail.Text) error {
	space, name := SplitKey(key)
	switch {
	case space == "":
		return &Error{Text: "Invalid key prefix, must be /private/ or /shared/"}
	case name == "":
		return InternalError("the metadata key "+key+" has no name: Dovecot damages its transaction log with such a key; write a name behind it", nil)
	case strings.IndexByte(key, 0) >= 0:
		return InternalError("the metadata key has a NUL: leave it out", nil)
	case strings.IndexByte(value.Value, 0) >= 0:
		return &Error{Text: "Attribute string value has NULs", Hint: "Dovecot keeps no NUL in metadata: encode the value, for example as base64"}
	}
	return nil
}
