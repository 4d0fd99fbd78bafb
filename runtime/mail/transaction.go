package mail

import "strings"

// Version is the version of the transaction document this package reads and
// writes. A document without one is of this version.
const Version = 1

// Field is a field of a document that this package does not know.
type Field struct {
	Name string
	Raw  string // its value, as compact JSON
}

// Source is where a transaction was read from; it is not written.
type Source struct {
	File string // as given to NewReader
	Line int    // of the document's first byte, counted from 1
}

// Transaction is one mail transaction: the events Dovecot would hand to a
// script between dovecot_lua_notify_begin_txn and …_end_txn (dovecot.md §2.2),
// and the answers to what the script may ask about the user and the mailboxes.
type Transaction struct {
	Version  int    // Version; written as that when 0
	Dovecot  string // the release that recorded it, or ""
	Scenario string // what the recording shows, or ""

	User      User
	Settings  Map[string] // what user:plugin_getenv answers
	Metadata  Map[string] // the user's own (server) entries, full key to value
	Mailboxes Map[*Mailbox]
	Events    []Event
	Messages  []Message

	// Success is false for a transaction that was rolled back: no event function
	// is called, and end_txn gets false. Next sets it to true when the document
	// does not say.
	Success bool

	Unknown []Field
	Source  Source
}

// Message is the full text of one message, for scripts and drivers that look
// into it.
type Message struct {
	Mailbox string // vname
	UID     uint32
	Raw     string // RFC 5322 text, header and body

	Unknown []Field
}

// transactionFields is the document itself, in canonical order.
var transactionFields = []field[Transaction]{
	versionField("version"),
	labelField("dovecot", func(t *Transaction) *string { return &t.Dovecot }),
	labelField("scenario", func(t *Transaction) *string { return &t.Scenario }),
	objectField("user", func(t *Transaction) (*User, *bool) { return &t.User, nil },
		userFields, func(u *User) *[]Field { return &u.Unknown }).mandatory(),
	textMapField("settings", func(t *Transaction) *Map[string] { return &t.Settings }),
	textMapField("metadata", func(t *Transaction) *Map[string] { return &t.Metadata }),
	mailboxesField("mailboxes"),
	arrayField("events", func(t *Transaction) *[]Event { return &t.Events },
		eventFields, func(e *Event) *[]Field { return &e.Unknown }).mandatory(),
	arrayField("messages", func(t *Transaction) *[]Message { return &t.Messages },
		messageFields, func(m *Message) *[]Field { return &m.Unknown }),
	flagField("success", func(t *Transaction) *bool { return &t.Success }),
}

// messageFields is the document's "messages[]", in canonical order.
var messageFields = []field[Message]{
	stringField("mailbox", func(m *Message) *string { return &m.Mailbox }).mandatory(),
	uintField("uid", func(m *Message) (*uint32, *bool) { return &m.UID, nil }).mandatory(),
	stringField("raw", func(m *Message) *string { return &m.Raw }).mandatory(),
}

// Mailbox returns the mailbox the user sees as vname. INBOX may be written in
// any case (RFC 9051 §5.1).
func (t *Transaction) Mailbox(vname string) (*Mailbox, bool) {
	if m, ok := t.Mailboxes.Get(vname); ok {
		return m, true
	}
	if strings.EqualFold(vname, "INBOX") {
		return t.Mailboxes.Get("INBOX")
	}
	return nil, false
}

// Setting returns what user:plugin_getenv(name) answers.
func (t *Transaction) Setting(name string) (string, bool) { return t.Settings.Get(name) }

// MetadataValue returns the user's own metadata entry with that full key, such
// as "/private/vendor/vendor.dovecot/http-notify".
func (t *Transaction) MetadataValue(key string) (string, bool) { return t.Metadata.Get(key) }

// MetadataValue returns the mailbox's metadata entry with that full key.
func (m *Mailbox) MetadataValue(key string) (string, bool) { return m.Metadata.Get(key) }

// MessageText returns the full text of a message, where the document has it.
func (t *Transaction) MessageText(mailbox string, uid uint32) (string, bool) {
	for i := range t.Messages {
		if m := &t.Messages[i]; m.UID == uid && sameMailbox(m.Mailbox, mailbox) {
			return m.Raw, true
		}
	}
	return "", false
}

func sameMailbox(a, b string) bool {
	return a == b || strings.EqualFold(a, "INBOX") && strings.EqualFold(b, "INBOX")
}
