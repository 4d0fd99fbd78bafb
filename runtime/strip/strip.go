package strip

import (
	"slices"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/mail"
)

// Options say what stays that would go, and the other way round.
type Options struct {
	// Except are names of settings, userdb fields, metadata entries and unknown
	// fields whose values stay as they are.
	Except []string
}

// Stripper replaces what is personal. It belongs to one goroutine at a time; two
// with the same key replace alike.
type Stripper struct {
	key    Key
	except map[string]bool // whether the name has been met
	words  map[string]string
	near   map[neighbourhood][]rune
}

// New makes a Stripper.
func New(key Key, o Options) *Stripper {
	s := &Stripper{
		key: key, except: map[string]bool{},
		words: map[string]string{}, near: map[neighbourhood][]rune{},
	}
	for _, name := range o.Except {
		s.except[name] = false
	}
	return s
}

// Unmet gives the names of Options.Except that nothing has had so far, in order.
func (s *Stripper) Unmet() []string {
	var names []string
	for name, met := range s.except {
		if !met {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (s *Stripper) excepted(name string) bool {
	_, listed := s.except[name]
	if listed {
		s.except[name] = true
	}
	return listed
}

// Text replaces what is personal in a text: encoded words and percent escapes are
// read, everything else is taken as it stands. The result has the same length.
func (s *Stripper) Text(text string) string { return s.join(s.phrase(nil, text), manner{}) }

// Message replaces what is personal in the text of a message (RFC 5322). Any bytes
// are a message. The result has the same length and the same MIME structure.
func (s *Stripper) Message(raw string) string { return s.message(raw) }

// Mailbox replaces the name of a mailbox as users see it; levels of INBOX and of
// special-use mailboxes stay.
func (s *Stripper) Mailbox(vname string) string { return s.mailbox(vname, 0) }

func (s *Stripper) optional(t mail.Text) mail.Text {
	if t.Set {
		t.Value = s.Text(t.Value)
	}
	return t
}

// mailbox replaces a mailbox's name, level by level.
func (s *Stripper) mailbox(name string, salt int) string {
	var out strings.Builder
	for name != "" {
		end := strings.IndexAny(name, "/.\\")
		if end < 0 {
			end = len(name)
		}
		if level := name[:end]; specialMailboxes.has(level) {
			out.WriteString(level)
		} else {
			out.WriteString(s.text(level, manner{variant: variant{salt: salt}}))
		}
		if end < len(name) {
			out.WriteByte(name[end])
			end++
		}
		name = name[end:]
	}
	return out.String()
}

// storageName replaces a mailbox's name as it is stored, which is in modified
// UTF-7 unless it cannot be.
func (s *Stripper) storageName(name string, salt int) string {
	if decoded, ok := decodeMailboxName(name); ok {
		return mail.EncodeMailboxName(s.mailbox(decoded, salt))
	}
	return s.mailbox(name, salt)
}

// mailboxNames replaces the names of a document's mailboxes, so that two stay two.
type mailboxNames struct {
	s     *Stripper
	salts map[string]int
	taken map[string]string // the new names, to the old ones
}

func (s *Stripper) newMailboxNames() *mailboxNames {
	return &mailboxNames{s: s, salts: map[string]int{}, taken: map[string]string{}}
}

// salt gives what a name has to be replaced with.
func (n *mailboxNames) salt(name string) int {
	salt, ok := n.salts[name]
	if ok {
		return salt
	}
	for ; ; salt++ {
		replaced := n.s.mailbox(name, salt)
		if old, taken := n.taken[replaced]; !taken || old == name || salt == maxSalt {
			n.taken[replaced] = name
			n.salts[name] = salt
			return salt
		}
	}
}

const maxSalt = 100

func (n *mailboxNames) name(name string) string { return n.s.mailbox(name, n.salt(name)) }

// keywords replaces flags and keywords that are neither the system's nor
// registered.
func (s *Stripper) keywords(list []string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, k := range list {
		if keywordWords.has(k) {
			out[i] = k
		} else {
			out[i] = s.text(k, manner{})
		}
	}
	return out
}

// numbers are those that a document's values may name: UID validities.
type numbers map[string]struct{}

func (n numbers) add(v uint32) {
	if v >= 1000 {
		n[strconv.FormatUint(uint64(v), 10)] = struct{}{}
	}
}

// namedBy tells whether a value has one of the numbers in it: then its other
// numbers are uids.
func (n numbers) namedBy(value string) bool {
	for i := 0; i < len(value); i++ {
		end := i
		for end < len(value) && isDigit(value[end]) {
			end++
		}
		if _, ok := n[value[i:end]]; ok && end > i {
			return true
		}
		i = max(i, end-1)
	}
	return false
}
