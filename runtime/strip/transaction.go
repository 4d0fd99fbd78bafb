package strip

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/mail"
)

// ErrField is the cause of the error for a transaction with a field that is not
// JSON. Documents that have been read have none.
var ErrField = errors.New("an unknown field whose value is not JSON")

// Transaction gives a copy of a transaction without what is personal in it, which
// shares nothing with the original. It has the same fields, events and messages.
func (s *Stripper) Transaction(t *mail.Transaction) (*mail.Transaction, error) {
	d := &document{s: s, mailboxes: s.newMailboxNames(), named: numbers{}}
	for i := range t.Events {
		if e := &t.Events[i]; e.HasUIDValidity {
			d.named.add(e.UIDValidity)
		}
	}
	for _, m := range t.Mailboxes.All() {
		d.named.add(m.Status.UIDValidity.Value)
	}
	out := &mail.Transaction{
		Version: t.Version, Dovecot: s.release(t.Dovecot), Scenario: t.Scenario,
		User:      d.user(&t.User),
		Settings:  s.values(t.Settings, d.named, true),
		Metadata:  s.values(t.Metadata, d.named, false),
		Mailboxes: d.mailboxMap(t.Mailboxes),
		Success:   t.Success,
		Unknown:   d.unknown(t.Unknown),
		Source:    t.Source,
	}
	if t.Messages != nil {
		out.Messages = make([]mail.Message, len(t.Messages))
	}
	for i := range t.Messages {
		m := &t.Messages[i]
		out.Messages[i] = mail.Message{
			Mailbox: d.mailboxes.name(m.Mailbox), UID: m.UID, Raw: s.message(m.Raw), Unknown: d.unknown(m.Unknown),
		}
	}
	if t.Events != nil {
		out.Events = make([]mail.Event, len(t.Events))
	}
	for i := range t.Events {
		out.Events[i] = d.event(&t.Events[i])
		d.snippet(t, &t.Events[i], out, &out.Events[i])
	}
	if d.err != nil {
		return nil, fmt.Errorf("the transaction cannot be stripped: %w", d.err)
	}
	return out, nil
}

// document is one document on its way.
type document struct {
	s         *Stripper
	mailboxes *mailboxNames
	named     numbers
	err       error
}

// release keeps what says which Dovecot it was.
func (s *Stripper) release(v string) string {
	if strings.Trim(v, "0123456789.") == "" {
		return v
	}
	return s.text(v, manner{digits: true})
}

func (d *document) user(u *mail.User) mail.User {
	out := *u // numbers, booleans
	out.Username = d.s.Text(u.Username)
	out.Home = d.s.optional(u.Home)
	out.SessionID = d.s.optional(u.SessionID)
	if u.Service.Set && !services.has(u.Service.Value) {
		out.Service = d.s.optional(u.Service)
	}
	out.Userdb = d.s.values(u.Userdb, d.named, true)
	out.Unknown = d.unknown(u.Unknown)
	return out
}

func (d *document) mailboxMap(m mail.Map[*mail.Mailbox]) mail.Map[*mail.Mailbox] {
	if m == nil {
		return nil
	}
	out := make(mail.Map[*mail.Mailbox], len(m))
	for i, e := range m {
		b := *e.Value
		b.VName = d.mailboxes.name(e.Key)
		b.Name = d.s.storageName(e.Value.Name, d.mailboxes.salt(e.Key))
		b.Metadata = d.s.values(e.Value.Metadata, d.named, false)
		b.Status.Keywords = d.s.keywords(e.Value.Status.Keywords)
		b.Status.Unknown = d.unknown(e.Value.Status.Unknown)
		b.Unknown = d.unknown(e.Value.Unknown)
		out[i] = mail.Entry[*mail.Mailbox]{Key: b.VName, Value: &b}
	}
	return out
}

func (d *document) event(e *mail.Event) mail.Event {
	s := d.s
	out := *e // name, numbers
	out.Mailbox = d.mailboxes.name(e.Mailbox)
	if e.MailboxOld.Set {
		out.MailboxOld.Value = d.mailboxes.name(e.MailboxOld.Value)
	}
	for _, t := range []*mail.Text{
		&out.From, &out.FromAddress, &out.FromDisplayName, &out.To, &out.ToAddress, &out.ToDisplayName,
		&out.Subject, &out.Snippet, &out.MessageID,
	} {
		*t = s.optional(*t)
	}
	out.Flags, out.FlagsOld = s.keywords(e.Flags), s.keywords(e.FlagsOld)
	out.Keywords, out.KeywordsOld = s.keywords(e.Keywords), s.keywords(e.KeywordsOld)
	out.Unknown = d.unknown(e.Unknown)
	return out
}

// snippet derives a snippet anew where the document has the message that it was
// derived from: one that ends inside a word then still is the message's.
func (d *document) snippet(from *mail.Transaction, old *mail.Event, to *mail.Transaction, e *mail.Event) {
	if !old.HasUID || old.Snippet.Value == "" {
		return
	}
	text, ok := from.MessageText(old.Mailbox, old.UID)
	if !ok {
		return
	}
	replaced, ok := to.MessageText(e.Mailbox, e.UID)
	if !ok {
		return
	}
	for _, limit := range []int{200, 100} { // since 2.3.7, and before (dovecot.md §2.4)
		if deliver.Snippet([]byte(text), limit) != old.Snippet.Value {
			continue
		}
		if s := deliver.Snippet([]byte(replaced), limit); len(s) == len(old.Snippet.Value) {
			e.Snippet.Value = s
		}
		return
	}
}

// unknown replaces what is in fields that the format does not have. A name that
// looks like one stays: a later Dovecot may have it.
func (d *document) unknown(fields []mail.Field) []mail.Field {
	if fields == nil {
		return nil
	}
	out := make([]mail.Field, len(fields))
	taken := map[string]struct{}{}
	for i, f := range fields {
		if isFieldName(f.Name) {
			taken[f.Name] = struct{}{}
		}
		out[i] = f
	}
	for i, f := range fields {
		if !jsontext.Value(f.Raw).IsValid() {
			d.err = fmt.Errorf("%w: %q", ErrField, f.Name)
			return nil
		}
		if !d.s.excepted(f.Name) {
			out[i].Raw = d.s.json(f.Raw)
		}
		if isFieldName(f.Name) {
			continue
		}
		for salt := 0; ; salt++ {
			name := d.s.text(f.Name, manner{variant: variant{salt: salt}})
			if _, used := taken[name]; !used || salt == maxSalt {
				taken[name] = struct{}{}
				out[i].Name = name
				break
			}
		}
	}
	return out
}

// isFieldName tells whether a name is made as fields' names are.
func isFieldName(name string) bool {
	if name == "" || len(name) > 40 || !isLetter(name[0]) {
		return false
	}
	for i := range len(name) {
		if !isASCIIWord(name[i]) && name[i] != '_' && name[i] != '-' {
			return false
		}
	}
	return true
}
