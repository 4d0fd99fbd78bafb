package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/luapush/luapush/runtime/mail"
)

// NewDocument answers from the transaction document. What scripts write to
// metadata is remembered for each user and stays until the store is dropped,
// as it would in Dovecot across sessions; an entry whose value a later document
// gives differently than the one before was changed by somebody else, and the
// document wins. What is remembered is bounded by [MaxWritten].
func NewDocument() Store {
	return &document{written: map[writtenKey]written{}}
}

// MaxWritten bounds what the store of [NewDocument] remembers, in bytes of keys and
// values: a script that writes more gets an error, and the host keeps its memory.
const MaxWritten = 256 << 20

type document struct {
	mu      sync.Mutex
	written map[writtenKey]written
	size    int // of what is in written, by entrySize
}

// writtenKey is an entry of a user's metadata; mailbox "" is the user's own.
type writtenKey struct{ user, mailbox, key string }

// entrySize is what an entry counts against [MaxWritten], with something for the
// map it is in.
func entrySize(k writtenKey, value mail.Text) int {
	return 200 + len(k.mailbox) + len(k.key) + len(value.Value)
}

// written is a value a script wrote, and what the document had at that time.
type written struct{ value, recorded mail.Text }

func (d *document) View(t *mail.Transaction) View { return &view{document: d, txn: t} }

type view struct {
	document *document
	txn      *mail.Transaction
}

// Mailbox implements View. A mailbox that only the events speak of is there,
// but its status is not known beyond what they say.
func (v *view) Mailbox(name string) (*mail.Mailbox, error) {
	if m, ok := v.txn.Mailbox(name); ok {
		if m.VName == "" {
			named := *m
			named.VName = name
			if named.Name == "" {
				named.Name = name
			}
			m = &named
		}
		return m, nil
	}
	if m := v.fromEvents(name); m != nil {
		return m, nil
	}
	if strings.EqualFold(name, "INBOX") {
		return &mail.Mailbox{Name: "INBOX", VName: "INBOX"}, nil
	}
	return nil, &Error{
		Text:  "Mailbox doesn't exist: " + name,
		Hint:  "the transaction document has no such mailbox: add it under \"mailboxes\"",
		Cause: ErrNotFound,
	}
}

// fromEvents makes what can be known of a mailbox from the events.
func (v *view) fromEvents(name string) *mail.Mailbox {
	var m *mail.Mailbox
	for i := range v.txn.Events {
		e := &v.txn.Events[i]
		if !sameMailbox(e.Mailbox, name) || e.Name == mail.MailboxDelete {
			continue
		}
		if e.Name == mail.MailboxSubscribe || e.Name == mail.MailboxUnsubscribe {
			// A subscription says nothing of the mailbox itself.
			continue
		}
		if m == nil {
			m = &mail.Mailbox{Name: e.Mailbox, VName: e.Mailbox}
		}
		if e.HasUIDValidity {
			m.Status.UIDValidity = mail.Some(e.UIDValidity)
		}
		if e.HasUID && e.UID < 1<<32-1 && e.UID+1 > m.Status.UIDNext.Value {
			m.Status.UIDNext = mail.Some(e.UID + 1)
		}
	}
	return m
}

func sameMailbox(a, b string) bool {
	return a == b || strings.EqualFold(a, "INBOX") && strings.EqualFold(b, "INBOX")
}

// Separator implements View: it takes it from a recorded mailbox below another,
// and otherwise is that of Maildir++.
func (v *view) Separator() string {
	for _, m := range v.txn.Mailboxes.All() {
		if strings.Contains(m.VName, "/") && m.Name != "" {
			if strings.Contains(m.Name, "/") {
				return "/"
			}
			return "."
		}
	}
	return "."
}

// StorageName implements View.
func (v *view) StorageName(name string) string {
	if m, ok := v.txn.Mailbox(name); ok && m.Name != "" {
		return m.Name
	}
	return mail.EncodeMailboxName(strings.ReplaceAll(name, "/", v.Separator()))
}

// own gives the key of the user's own entry that a key of INBOX stands for.
func own(mailbox, key string) (string, bool) {
	if mailbox != "INBOX" {
		return "", false
	}
	for _, space := range []string{PrivateSpace, SharedSpace} {
		if rest, ok := strings.CutPrefix(key, space+ServerPrefix); ok {
			return space + rest, true
		}
	}
	return "", false
}

// recorded is the value the document has.
func (v *view) recorded(mailbox, key string) mail.Text {
	var value string
	var found bool
	if mailbox == "" {
		value, found = v.txn.MetadataValue(key)
	} else if m, ok := v.txn.Mailbox(mailbox); ok {
		value, found = m.MetadataValue(key)
	}
	return mail.Text{Value: value, Set: found}
}

// Metadata implements View.
func (v *view) Metadata(mailbox, key string) (mail.Text, error) {
	if k, ok := own(mailbox, key); ok {
		mailbox, key = "", k
	}
	recorded := v.recorded(mailbox, key)
	v.document.mu.Lock()
	defer v.document.mu.Unlock()
	if w, ok := v.document.written[writtenKey{v.txn.User.Username, mailbox, key}]; ok && w.recorded == recorded {
		return w.value, nil
	}
	return recorded, nil
}

// SetMetadata implements View.
func (v *view) SetMetadata(mailbox, key string, value mail.Text) error {
	if strings.IndexByte(value.Value, 0) >= 0 {
		return &Error{Text: "Attribute string value has NULs"}
	}
	if k, ok := own(mailbox, key); ok {
		mailbox, key = "", k
	}
	recorded := v.recorded(mailbox, key)
	return v.document.remember(writtenKey{v.txn.User.Username, mailbox, key}, written{value, recorded})
}

// remember keeps an entry, if there is room for it.
func (d *document) remember(k writtenKey, w written) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	size := d.size + entrySize(k, w.value)
	if old, ok := d.written[k]; ok {
		size -= entrySize(k, old.value)
	}
	if size > MaxWritten {
		return InternalError(fmt.Sprintf("the metadata that scripts have written is larger than %d MiB, and luapush keeps it in memory: "+
			"write less of it, or let it be kept where Dovecot keeps it (spec/metadata.md)", MaxWritten>>20), nil)
	}
	d.written[k], d.size = w, size
	return nil
}

// ListMetadata implements View.
func (v *view) ListMetadata(mailbox, prefix string) ([]mail.Entry[string], error) {
	list := v.list(mailbox, prefix)
	if mailbox == "INBOX" {
		// The user's own entries are entries of INBOX as well.
		for _, space := range []string{PrivateSpace, SharedSpace} {
			for _, e := range v.list("", space) {
				key := space + ServerPrefix + strings.TrimPrefix(e.Key, space)
				if strings.HasPrefix(key, prefix) {
					list.Put(key, e.Value)
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b mail.Entry[string]) int { return cmp.Compare(a.Key, b.Key) })
	return list, nil
}

// list gives the entries of one mailbox, or the user's own, in no order.
func (v *view) list(mailbox, prefix string) mail.Map[string] {
	var recorded mail.Map[string]
	if mailbox == "" {
		recorded = v.txn.Metadata
	} else if m, ok := v.txn.Mailbox(mailbox); ok {
		recorded = m.Metadata
	}
	var list mail.Map[string]
	for key, value := range recorded.All() {
		if strings.HasPrefix(key, prefix) {
			list.Put(key, value)
		}
	}
	v.document.mu.Lock()
	for k, w := range v.document.written {
		if k.user != v.txn.User.Username || k.mailbox != mailbox || !strings.HasPrefix(k.key, prefix) {
			continue
		}
		if w.recorded != v.recorded(mailbox, k.key) {
			continue
		}
		if w.value.Set {
			list.Put(k.key, w.value.Value)
		} else {
			list.Delete(k.key)
		}
	}
	v.document.mu.Unlock()
	return list
}

// Message implements View.
func (v *view) Message(mailbox string, uid uint32) (mail.Text, error) {
	text, found := v.txn.MessageText(mailbox, uid)
	return mail.Text{Value: text, Set: found}, nil
}
