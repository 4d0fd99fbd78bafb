package deliver

import (
	"bytes"
	"fmt"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
)

// Options say what happened, and to which mailbox and user. The zero value is a
// delivery to INBOX on Dovecot 2.3.19.1.
type Options struct {
	Release dovecot.Release // the zero value is dovecot.Default
	Event   mail.EventName  // "" is MessageNew

	User    string // the login; "" is "user@example.com"
	Mailbox string // the name the user sees; "" is INBOX
	// MailboxOld is the name before a MailboxRename.
	MailboxOld string

	UID         uint32 // 0 is 1
	UIDValidity uint32 // 0 is 1

	// Flags and Keywords are those of the message (MessageNew, MessageAppend), those
	// set (FlagsSet) or those removed (FlagsClear); FlagsOld and KeywordsOld are
	// those before a FlagsClear. Flags may be in any order and case.
	Flags, FlagsOld       []string
	Keywords, KeywordsOld []string

	// KeepText puts the message's text into the document, for handlers that read it.
	KeepText bool
}

// OptionError is an option that does not go with the event, or a flag that is none.
type OptionError struct {
	Option string // the field of Options, such as "Flags"
	Text   string // what is wrong, without the option's name
}

// Error says what is wrong.
func (e *OptionError) Error() string { return e.Text }

// NeedsMessage reports whether an event shows what stands in a message.
func NeedsMessage(n mail.EventName) bool {
	return n == mail.MessageNew || n == mail.MessageAppend
}

// Message returns the transaction that Dovecot makes of a message that is delivered
// (MessageNew) or appended (MessageAppend); raw is the message with LF or CRLF, and
// is not changed. Any bytes are a message. An error is about the options: an
// *OptionError, or another event.
func Message(raw []byte, o Options) (*mail.Transaction, error) {
	if o.Event == "" {
		o.Event = mail.MessageNew
	}
	if !NeedsMessage(o.Event) {
		return nil, fmt.Errorf("%s says nothing of what stands in a message: give MessageNew or MessageAppend", o.Event)
	}
	txn, err := Event(o)
	if err != nil {
		return nil, err
	}
	fill(&txn.Events[0], raw, o.release())
	if o.KeepText {
		txn.Messages = []mail.Message{{Mailbox: txn.Events[0].Mailbox, UID: txn.Events[0].UID, Raw: string(raw)}}
	}
	return txn, nil
}

func (o Options) release() dovecot.Release {
	if o.Release == (dovecot.Release{}) {
		return dovecot.Default
	}
	return o.Release
}

// fill puts into e what the message says, with the fields the release has
// (dovecot.md §2.3).
func fill(e *mail.Event, raw []byte, release dovecot.Release) {
	raw = withLF(raw)
	appended := e.Name == mail.MessageAppend
	if n := len(raw); n > 0 && raw[n-1] != '\n' && !appended {
		raw = append(raw[:n:n], '\n') // a delivered message always ends in one
	}
	h := readHeader(raw)
	empty := release.AtLeast(2, 3, 9, 1) // "" for what is missing, not nil
	e.HasDate, e.HasTZ = true, true
	if h.date != nil {
		e.Date, e.TZ, _ = ParseDate(*h.date)
	}
	e.From, e.To = text(h.from, empty), text(h.to, empty)
	if release.AtLeast(2, 3, 9) {
		e.FromAddress, e.FromDisplayName = address(h.from, empty)
		e.ToAddress, e.ToDisplayName = address(h.to, empty)
	}
	e.Subject = text(h.subject, false)
	if e.Subject.Set && release.AtLeast(2, 3, 9) {
		e.Subject.Value = cstring(DecodeHeader(e.Subject.Value))
	}
	limit := 200
	if !release.AtLeast(2, 3, 7) {
		limit = 100
	}
	e.Snippet = mail.Some(snippet(raw, limit, appended))
	if release.AtLeast(2, 3, 8) {
		e.MessageID = text(h.messageID, false)
	}
}

// withLF returns the message as a maildir has it.
func withLF(raw []byte) []byte {
	crlf := []byte("\r\n")
	if !bytes.Contains(raw, crlf) {
		return raw
	}
	return bytes.ReplaceAll(raw, crlf, crlf[1:])
}

func text(s *string, empty bool) mail.Text {
	if s != nil {
		return mail.Some(*s)
	}
	return mail.Text{Set: empty}
}

func address(s *string, empty bool) (addr, name mail.Text) {
	var a Address
	if s != nil {
		a = ParseAddress(*s)
	}
	addr = mail.Text{Value: a.Address, Set: empty || a.Address != ""}
	name = mail.Text{Value: a.DisplayName, Set: empty || a.DisplayName != ""}
	return addr, name
}
