package deliver

import (
	"fmt"
	"strings"

	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
)

// Event returns the transaction of one event, with what Dovecot gives for a message
// that says nothing. An error is about the options.
func Event(o Options) (*mail.Transaction, error) {
	if o.Event == "" {
		o.Event = mail.MessageNew
	}
	if !o.Event.Known() {
		_, err := mail.ParseEventName(string(o.Event))
		return nil, err
	}
	release := o.release()
	txn := &mail.Transaction{
		Version: mail.Version, Dovecot: release.String(),
		User:     mail.User{Username: or(o.User, "user@example.com"), Service: mail.Some(service(o.Event))},
		Settings: mail.Map[string]{}, Metadata: mail.Map[string]{}, Mailboxes: mail.Map[*mail.Mailbox]{},
		Success: true,
	}
	e := mail.Event{Name: o.Event, Mailbox: or(o.Mailbox, "INBOX")}
	var err error
	if e.Name.IsMessage() {
		err = o.aboutMessage(&e, release)
		txn.Mailboxes.Put(e.Mailbox, o.mailbox(&e))
	} else {
		err = o.aboutMailbox(&e)
	}
	if err != nil {
		return nil, err
	}
	txn.Events = []mail.Event{e}
	return txn, nil
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// service is the one that such a transaction comes from.
func service(n mail.EventName) string {
	if n == mail.MessageNew {
		return "lmtp"
	}
	return "imap"
}

func (o Options) aboutMailbox(e *mail.Event) error {
	switch {
	case e.Name == mail.MailboxRename && o.MailboxOld == "":
		return &OptionError{"MailboxOld", "MailboxRename needs the name that the mailbox had before"}
	case e.Name != mail.MailboxRename && o.MailboxOld != "":
		return &OptionError{"MailboxOld", onlyRename(e.Name)}
	}
	if wrong := firstSet(o); wrong != "" {
		return &OptionError{wrong, fmt.Sprintf("%s is about a mailbox, which has no flags or keywords", e.Name)}
	}
	if o.MailboxOld != "" {
		e.MailboxOld = mail.Some(o.MailboxOld)
	}
	return nil
}

// aboutMessage sets the fields of an event about a message, but for those that
// come from its text.
func (o Options) aboutMessage(e *mail.Event, release dovecot.Release) error {
	if o.MailboxOld != "" {
		return &OptionError{"MailboxOld", onlyRename(e.Name)}
	}
	e.UID, e.HasUID = max(o.UID, 1), true
	e.UIDValidity, e.HasUIDValidity = max(o.UIDValidity, 1), true
	flags, err := canonical("Flags", o.Flags)
	if err != nil {
		return err
	}
	old, err := canonical("FlagsOld", o.FlagsOld)
	if err != nil {
		return err
	}
	now := Options{Flags: o.Flags, Keywords: o.Keywords}
	before := Options{FlagsOld: o.FlagsOld, KeywordsOld: o.KeywordsOld}
	if wrong := firstSet(before); wrong != "" && e.Name != mail.FlagsClear {
		return &OptionError{wrong, fmt.Sprintf("%s says nothing of what was before: only FlagsClear does", e.Name)}
	}
	switch e.Name {
	case mail.MessageNew, mail.MessageAppend:
		fill(e, nil, release)
	case mail.FlagsSet, mail.FlagsClear:
	default:
		if wrong := firstSet(now); wrong != "" {
			return &OptionError{wrong, fmt.Sprintf("%s says nothing of flags and keywords", e.Name)}
		}
		return nil
	}
	if release.AtLeast(2, 3, 5) || e.Name == mail.FlagsSet {
		e.Flags, e.Keywords = flags, list(o.Keywords)
	} else if e.Name == mail.FlagsClear {
		e.Keywords = list(o.Keywords)
	}
	if e.Name == mail.FlagsClear {
		e.KeywordsOld = list(o.KeywordsOld)
		if release.AtLeast(2, 3, 5) {
			e.FlagsOld = old
		}
	}
	return nil
}

func onlyRename(n mail.EventName) string {
	return fmt.Sprintf("%s has no name from before: only MailboxRename has", n)
}

// firstSet names the first list of flags or keywords that is not empty.
func firstSet(o Options) string {
	for _, l := range []struct {
		name string
		list []string
	}{{"Flags", o.Flags}, {"Keywords", o.Keywords}, {"FlagsOld", o.FlagsOld}, {"KeywordsOld", o.KeywordsOld}} {
		if len(l.list) > 0 {
			return l.name
		}
	}
	return ""
}

// list is l, but never nil.
func list(l []string) []string { return append([]string{}, l...) }

// canonical gives flags Dovecot's spelling and order.
func canonical(option string, names []string) ([]string, error) {
	flags, rest := mail.ParseFlags(names)
	if len(rest) > 0 {
		return nil, noFlag(option, rest[0])
	}
	return flags.Names(), nil
}

func noFlag(option, name string) error {
	if near := suggestFlag(name); near != "" {
		return &OptionError{option, fmt.Sprintf("there is no flag %q; did you mean %s?", name, near)}
	}
	return &OptionError{option, fmt.Sprintf("there is no flag %q; there are %s, and keywords are given apart", name, mail.Flags(0x3f))}
}

// suggestFlag finds the flag of which only the backslash is missing, or which
// begins as name does.
func suggestFlag(name string) string {
	name = strings.ToLower(strings.TrimLeft(name, `\$`))
	for _, f := range mail.Flags(0x3f).Names() {
		if len(name) >= 2 && strings.HasPrefix(strings.ToLower(f[1:]), name[:2]) {
			return f
		}
	}
	return ""
}

// mailbox is what there is to say of the mailbox when the transaction ends: the
// message is the last one, and all others of its mailbox are gone.
func (o Options) mailbox(e *mail.Event) *mail.Mailbox {
	expunged := e.Name == mail.MessageExpunge
	var messages, unseen, first uint32 = 1, 1, 1
	seen, _ := mail.ParseFlags(o.Flags)
	switch {
	case expunged:
		messages, unseen, first = 0, 0, 0
	case e.Name == mail.MessageRead,
		e.Name != mail.FlagsClear && seen.Has(mail.FlagSeen):
		unseen, first = 0, 0
	}
	recent, firstRecent := uint32(0), e.UID+1
	if NeedsMessage(e.Name) {
		recent, firstRecent = 1, e.UID
	}
	s := mail.Status{
		Messages: mail.Some(messages), Recent: mail.Some(recent), Unseen: mail.Some(unseen),
		UIDNext: mail.Some(e.UID + 1), UIDValidity: mail.Some(e.UIDValidity),
		FirstUnseenSeq: mail.Some(first), FirstRecentUID: mail.Some(firstRecent),
		Keywords: list(o.Keywords),
	}
	name := strings.ReplaceAll(mail.EncodeMailboxName(e.Mailbox), "/", ".") // as in a maildir
	return &mail.Mailbox{Name: name, VName: e.Mailbox, Status: s, HasStatus: true}
}
