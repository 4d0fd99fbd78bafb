package doveadm

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
)

// Ask says when Dovecot is asked.
type Ask int

// When Dovecot is asked.
const (
	// Never: the base answers.
	Never Ask = iota
	// WhenMissing: Dovecot answers what the base does not know.
	WhenMissing
	// Always: the base is not asked.
	Always
)

// StoreOptions say what Dovecot is asked for.
type StoreOptions struct {
	// Base answers everything else; nil is the transaction document.
	Base store.Store
	// Metadata is read and written through doveadm, not in the base.
	Metadata bool
	// Mailboxes is for the status. The base is taken to know it when it has a
	// status for the mailbox, even an empty one. Dovecot's answer is kept for the
	// rest of the transaction.
	Mailboxes Ask
	// Messages is for the text of messages.
	Messages Ask
	// Timeout bounds each of a script's questions, over all requests it takes; 0
	// is 10 seconds.
	Timeout time.Duration
}

const defaultTimeout = 10 * time.Second

// NewStore gives a store that asks a Dovecot. Closing the client is the
// caller's.
func NewStore(c *Client, o StoreOptions) store.ContextStore {
	if o.Base == nil {
		o.Base = store.NewDocument()
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	return &doveadmStore{client: c, options: o}
}

type doveadmStore struct {
	client  *Client
	options StoreOptions
}

// View implements [store.Store].
func (s *doveadmStore) View(t *mail.Transaction) store.View {
	return s.ViewContext(context.Background(), t)
}

// ViewContext implements [store.ContextStore].
func (s *doveadmStore) ViewContext(ctx context.Context, t *mail.Transaction) store.View {
	return &view{
		View: store.ViewContext(ctx, s.options.Base, t), ctx: ctx, store: s,
		user: t.User.Username, asked: map[string]*mail.Mailbox{},
	}
}

// view asks Dovecot, and its base for the rest.
type view struct {
	store.View
	ctx   context.Context // a view lives as long as its context
	store *doveadmStore
	user  string
	asked map[string]*mail.Mailbox
}

// limited is the context of one question.
func (v *view) limited() (context.Context, context.CancelFunc) {
	return context.WithTimeout(v.ctx, v.store.options.Timeout)
}

// Mailbox implements [store.View].
func (v *view) Mailbox(name string) (*mail.Mailbox, error) {
	ask := v.store.options.Mailboxes
	if ask == Never {
		return v.View.Mailbox(name)
	}
	if strings.EqualFold(name, "INBOX") {
		name = "INBOX"
	}
	if m, ok := v.asked[name]; ok {
		return m, nil
	}
	known, err := v.View.Mailbox(name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if ask == WhenMissing && err == nil && known.HasStatus {
		return known, nil
	}
	ctx, cancel := v.limited()
	defer cancel()
	status, err := v.store.client.MailboxStatus(ctx, v.user, name)
	if err != nil {
		return nil, refuse(err, name)
	}
	m := &mail.Mailbox{VName: name, Name: v.StorageName(name)}
	if known != nil {
		*m = *known
	}
	m.HasStatus = true
	m.Status.Messages, m.Status.Recent, m.Status.Unseen = status.Messages, status.Recent, status.Unseen
	m.Status.UIDNext, m.Status.UIDValidity = status.UIDNext, status.UIDValidity
	m.Status.HighestModseq = status.HighestModseq
	v.asked[name] = m
	return m, nil
}

// Metadata implements [store.View].
func (v *view) Metadata(mailbox, key string) (mail.Text, error) {
	if !v.store.options.Metadata {
		return v.View.Metadata(mailbox, key)
	}
	ctx, cancel := v.limited()
	defer cancel()
	value, err := v.store.client.MailboxMetadataGet(ctx, v.user, mailbox, key)
	return value, refuse(err, mailbox)
}

// SetMetadata implements [store.View].
func (v *view) SetMetadata(mailbox, key string, value mail.Text) error {
	if !v.store.options.Metadata {
		return v.View.SetMetadata(mailbox, key, value)
	}
	if err := store.CheckEntry(key, value); err != nil {
		return err
	}
	ctx, cancel := v.limited()
	defer cancel()
	if !value.Set {
		return refuse(v.store.client.MailboxMetadataUnset(ctx, v.user, mailbox, key), mailbox)
	}
	return refuse(v.store.client.MailboxMetadataSet(ctx, v.user, mailbox, key, value.Value), mailbox)
}

// ListMetadata implements [store.View]. It takes a request for each entry
// besides two for the list. Entries that Dovecot lists although nobody set them
// are left out.
func (v *view) ListMetadata(mailbox, prefix string) ([]mail.Entry[string], error) {
	if !v.store.options.Metadata {
		return v.View.ListMetadata(mailbox, prefix)
	}
	ctx, cancel := v.limited()
	defer cancel()
	keys, err := v.store.client.MailboxMetadataList(ctx, v.user, mailbox)
	if err != nil {
		return nil, refuse(err, mailbox)
	}
	prefix = asciiLower(prefix)
	list := []mail.Entry[string]{}
	for _, key := range keys {
		if !strings.HasPrefix(key, prefix) {
			continue
		}
		value, err := v.store.client.MailboxMetadataGet(ctx, v.user, mailbox, key)
		if err != nil {
			return nil, refuse(err, mailbox)
		}
		if value.Set {
			list = append(list, mail.Entry[string]{Key: key, Value: value.Value})
		}
	}
	return list, nil
}

// Message implements [store.View].
func (v *view) Message(mailbox string, uid uint32) (mail.Text, error) {
	ask := v.store.options.Messages
	if ask != Always {
		text, err := v.View.Message(mailbox, uid)
		if ask == Never || err != nil || text.Set {
			return text, err
		}
	}
	ctx, cancel := v.limited()
	defer cancel()
	text, err := v.store.client.Fetch(ctx, v.user, mailbox, uid)
	return text, refuse(err, mailbox)
}

// asciiLower is what doveadm makes of all keys.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
