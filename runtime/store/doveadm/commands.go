package doveadm

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
)

// All commands: the user is one user's full name; the context bounds the whole
// command, over all endpoints it is tried at; errors are of type *Error, or
// several of them joined when several endpoints failed. A mailbox is named as
// the user sees it; "" is the server's own metadata.

// statusFields are the fields of doveadm mailbox status that a script can ask for.
var statusFields = []string{"messages", "recent", "uidnext", "uidvalidity", "unseen", "highestmodseq"}

// MailboxStatus gives the status of a mailbox, as far as doveadm knows it:
// messages, recent, unseen, uidnext, uidvalidity and highest_modseq. There is no
// mailbox of that name when the error is ExitNotFound.
func (c *Client) MailboxStatus(ctx context.Context, user, mailbox string) (mail.Status, error) {
	var s mail.Status
	row, err := c.mailboxStatus(ctx, user, mailbox, statusFields)
	if err != nil {
		return s, err
	}
	for name, field := range map[string]*mail.Optional[uint32]{
		"messages": &s.Messages, "recent": &s.Recent, "unseen": &s.Unseen, "uidnext": &s.UIDNext, "uidvalidity": &s.UIDValidity,
	} {
		if err := number32(row, name, field); err != nil {
			return s, err
		}
	}
	value, _ := row.Get("highestmodseq")
	modseq, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		return s, malformed("mailboxStatus", "highestmodseq", value)
	}
	s.HighestModseq = mail.Some(modseq)
	return s, nil
}

func number32(row mail.Map[string], name string, to *mail.Optional[uint32]) error {
	value, _ := row.Get(name)
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil {
		return malformed("mailboxStatus", name, value)
	}
	*to = mail.Some(uint32(n))
	return nil
}

func malformed(command, field, value string) error {
	return &Error{Kind: KindMalformed, Command: command, Detail: fmt.Sprintf("the field %s is %q", field, value)}
}

// GUID gives the GUID of a mailbox of the transaction's user, 32 lower-case hex
// digits. It is a dict.GUID, for metadata files of mail that is no Maildir; its
// errors are of type *store.Error.
func (c *Client) GUID(ctx context.Context, t *mail.Transaction, mailbox string) (string, error) {
	row, err := c.mailboxStatus(ctx, t.User.Username, mailbox, []string{"guid"})
	if err != nil {
		return "", refuse(err, mailbox)
	}
	guid, _ := row.Get("guid")
	return guid, nil
}

// mailboxStatus asks for fields of one mailbox.
func (c *Client) mailboxStatus(ctx context.Context, user, mailbox string, fields []string) (mail.Map[string], error) {
	rows, err := c.ask(ctx, "mailboxStatus",
		parameter{"user", user}, parameter{"field", fields}, parameter{"mailboxMask", []string{mailbox}})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		// The mask has wildcards; other mailboxes may match a name that has them.
		if name, _ := row.Get("mailbox"); sameMailbox(name, mailbox) {
			return row, nil
		}
	}
	return nil, &Error{Kind: KindCommand, Command: "mailboxStatus", Type: "exitCode", ExitCode: ExitNotFound, Detail: mailbox}
}

func sameMailbox(a, b string) bool {
	return a == b || strings.EqualFold(a, "INBOX") && strings.EqualFold(b, "INBOX")
}

// entry are the parameters that name a metadata entry.
func entry(user, mailbox, key string) []parameter {
	return []parameter{
		{"user", user}, {"allowEmptyMailboxName", true}, {"mailbox", mailbox}, {"key", key},
	}
}

// checkKey keeps what ends a doveadm process, and what damages a mailbox's
// transaction log, from being sent.
func checkKey(command, key string) error {
	if err := store.CheckEntry(key, mail.Text{}); err != nil {
		return &Error{Kind: KindRefused, Command: command, Detail: fmt.Sprintf("the metadata key %q must be /private/NAME or /shared/NAME", key), Err: err}
	}
	return nil
}

// MailboxMetadataGet gives the value of a metadata entry. The key is
// /private/NAME or /shared/NAME; Dovecot lower-cases it. Bytes that are not UTF-8
// come as U+FFFD each: doveadm's JSON can no better. doveadm answers "" for
// an entry that is not there, so that an empty value costs a second request, to
// tell; only for the attributes that Dovecot always lists (/private/comment and
// its like) an empty value counts as none.
func (c *Client) MailboxMetadataGet(ctx context.Context, user, mailbox, key string) (mail.Text, error) {
	if err := checkKey("mailboxMetadataGet", key); err != nil {
		return mail.Text{}, err
	}
	rows, err := c.ask(ctx, "mailboxMetadataGet", entry(user, mailbox, key)...)
	if err != nil {
		return mail.Text{}, err
	}
	if len(rows) != 1 {
		return mail.Text{}, &Error{Kind: KindMalformed, Command: "mailboxMetadataGet", Detail: fmt.Sprintf("%d rows", len(rows))}
	}
	value, ok := rows[0].Get("value")
	if !ok {
		return mail.Text{}, malformed("mailboxMetadataGet", "value", "")
	}
	if value != "" {
		return mail.Some(value), nil
	}
	if alwaysListed(key) {
		return mail.Text{}, nil
	}
	keys, err := c.metadataKeys(ctx, user, mailbox, key)
	if err != nil {
		return mail.Text{}, err
	}
	// The prefix is taken away from the names, so an empty one is the key itself.
	space, _ := store.SplitKey(key)
	if slices.Contains(keys, space) {
		return mail.Some(""), nil
	}
	return mail.Text{}, nil
}

// alwaysListed tells whether Dovecot lists the attribute although nobody set it.
func alwaysListed(key string) bool {
	switch strings.ToLower(key) {
	case "/private/comment", "/private/specialuse", "/shared/comment", "/shared/admin",
		"/shared/" + store.ServerPrefix + "comment", "/shared/" + store.ServerPrefix + "admin":
		return true
	}
	return false
}

// MailboxMetadataSet gives a metadata entry a value.
func (c *Client) MailboxMetadataSet(ctx context.Context, user, mailbox, key, value string) error {
	if err := checkKey("mailboxMetadataSet", key); err != nil {
		return err
	}
	return c.change(ctx, "mailboxMetadataSet", append(entry(user, mailbox, key), parameter{"value", value})...)
}

// MailboxMetadataUnset removes a metadata entry, also one that is not there.
func (c *Client) MailboxMetadataUnset(ctx context.Context, user, mailbox, key string) error {
	if err := checkKey("mailboxMetadataUnset", key); err != nil {
		return err
	}
	return c.change(ctx, "mailboxMetadataUnset", entry(user, mailbox, key)...)
}

// MailboxMetadataList gives the keys of a mailbox's metadata, /private/NAME and
// /shared/NAME in lower case, in their order. Those that Dovecot lists although
// nobody set them are among them.
func (c *Client) MailboxMetadataList(ctx context.Context, user, mailbox string) ([]string, error) {
	var all []string
	for _, space := range []string{store.PrivateSpace, store.SharedSpace} {
		// Below a longer prefix doveadm gives names without it.
		keys, err := c.metadataKeys(ctx, user, mailbox, space)
		if err != nil {
			return nil, err
		}
		all = append(all, keys...)
	}
	// For a mailbox, each of the two gives both spaces.
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (c *Client) metadataKeys(ctx context.Context, user, mailbox, prefix string) ([]string, error) {
	rows, err := c.ask(ctx, "mailboxMetadataList",
		parameter{"user", user}, parameter{"allowEmptyMailboxName", true}, parameter{"prependPrefix", true},
		parameter{"mailbox", mailbox}, parameter{"keyPrefix", prefix})
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(rows))
	for _, row := range rows {
		key, ok := row.Get("key")
		if !ok {
			return nil, malformed("mailboxMetadataList", "key", "")
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Fetch gives the text of a message, header and body with LF line ends; a Text
// that is not Set when there is no such message or mailbox. Bytes of it that are
// not UTF-8 come as U+FFFD, and now and then a character beyond ASCII as well:
// doveadm's JSON can no better. Mail that is ASCII with an encoding, as mail
// mostly is, comes as it is.
func (c *Client) Fetch(ctx context.Context, user, mailbox string, uid uint32) (mail.Text, error) {
	if uid == 0 { // no message's, and doveadm ends at it
		return mail.Text{}, nil
	}
	rows, err := c.ask(ctx, "fetch",
		parameter{"user", user}, parameter{"field", []string{"mailbox", "uid", "text"}},
		parameter{"query", []string{"mailbox", mailbox, "uid", strconv.FormatUint(uint64(uid), 10)}})
	if err != nil {
		return mail.Text{}, err
	}
	for _, row := range rows {
		name, _ := row.Get("mailbox")
		text, ok := row.Get("text")
		if ok && sameMailbox(name, mailbox) {
			return mail.Some(text), nil
		}
	}
	return mail.Text{}, nil
}
