package mail

import (
	"slices"
	"strings"
)

// Flags is a set of IMAP system flags, as the bits Dovecot 2.3.4 showed to
// scripts and dovecot.md §2.3 lists.
type Flags uint8

// The system flags, one bit each.
const (
	FlagAnswered Flags = 1 << iota
	FlagFlagged
	FlagDeleted
	FlagSeen
	FlagDraft
	FlagRecent
)

// flagNames is in bit order, which is also the order Dovecot lists them in.
var flagNames = [...]string{`\Answered`, `\Flagged`, `\Deleted`, `\Seen`, `\Draft`, `\Recent`}

// ParseFlags returns the set the names stand for, and the names that are no
// system flag, in their order. Case does not matter (RFC 9051 §2.3.2).
func ParseFlags(names []string) (Flags, []string) {
	var set Flags
	var unknown []string
	for _, name := range names {
		bit := slices.IndexFunc(flagNames[:], func(f string) bool { return strings.EqualFold(f, name) })
		if bit < 0 {
			unknown = append(unknown, name)
			continue
		}
		set |= 1 << bit
	}
	return set, unknown
}

// Names returns the flags as a list in Dovecot's order, never nil. Bits beyond
// the six are left out.
func (f Flags) Names() []string {
	names := make([]string, 0, len(flagNames))
	for bit, name := range flagNames {
		if f&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// Has reports whether every flag of all is in f.
func (f Flags) Has(all Flags) bool { return f&all == all }

// String returns the names, separated by a blank.
func (f Flags) String() string { return strings.Join(f.Names(), " ") }
