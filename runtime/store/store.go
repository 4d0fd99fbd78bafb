// Package store answers what a script asks of its user's mail: the status of a
// mailbox, metadata, the text of a message.
//
// [NewDocument] answers from the transaction document itself, which is how a
// recording is played. Packages dict (a dovecot-attributes file) and doveadm (a
// running Dovecot) are other implementations of the same two interfaces; each
// has a base that answers what it does not. The package must not know scripts;
// the texts of its errors are Dovecot's, since scripts see them.
//
// Order of calls: a [Store] once; [Store.View] for each transaction; then the
// view's methods, from the goroutine that plays the transaction.
package store

import (
	"errors"

	"github.com/luapush/luapush/runtime/mail"
)

// Store gives views of the mail of users. It is safe for concurrent use.
type Store interface {
	// View is the mail of a transaction's user, as that transaction left it.
	View(t *mail.Transaction) View
}

// View answers for one transaction. Mailbox names are those that the user
// sees. The mailbox "" stands for the user's own entries in the metadata
// methods (the server's, in the terms of RFC 5464).
type View interface {
	// Mailbox gives a mailbox's names and status; what the store cannot tell of
	// the status is not set. An error is an *Error, which matches ErrNotFound
	// when there is no such mailbox.
	Mailbox(name string) (*mail.Mailbox, error)
	// Separator is what stands between the levels of a mailbox's name in the
	// storage, and StorageName such a name in full, for one that the user sees.
	Separator() string
	StorageName(name string) string
	// Metadata gives an entry's value; a Text that is not Set if there is none.
	Metadata(mailbox, key string) (mail.Text, error)
	// SetMetadata changes an entry, or removes it when the value is not Set.
	SetMetadata(mailbox, key string, value mail.Text) error
	// ListMetadata gives all entries whose key begins with the prefix, in the
	// order of their keys.
	ListMetadata(mailbox, prefix string) ([]mail.Entry[string], error)
	// Message gives the full text of a message; a Text that is not Set when
	// the store does not have it.
	Message(mailbox string, uid uint32) (mail.Text, error)
}

// ErrNotFound is what errors about a mailbox that is not there match.
var ErrNotFound = errors.New("mailbox not found")

// Error is a refusal in Dovecot's words, with what luapush has to say about it.
type Error struct {
	// Text is Dovecot's, such as "Mailbox doesn't exist: Trash".
	Text string
	Hint string
	// Cause may be nil.
	Cause error
}

// Error gives Dovecot's text.
func (e *Error) Error() string { return e.Text }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }
