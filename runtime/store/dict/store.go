package dict

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
)

// Options say where the files are. File is mandatory.
type Options struct {
	// Base answers everything but metadata; nil is the transaction document.
	Base store.Store
	// File gives the dict file of the transaction's user. See [Path].
	File func(t *mail.Transaction) (File, error)
	// GUIDs are asked in this order until one knows a mailbox's GUID. When none
	// does, the user's own entries are those that the file has under the GUID of
	// INBOX, whichever that is.
	GUIDs []GUID
}

// New gives a store whose metadata is in dict files.
func New(o Options) store.ContextStore {
	if o.Base == nil {
		o.Base = store.NewDocument()
	}
	return &dictStore{o}
}

type dictStore struct{ options Options }

// View implements [store.Store].
func (s *dictStore) View(t *mail.Transaction) store.View {
	return s.ViewContext(context.Background(), t)
}

// ViewContext implements [store.ContextStore].
func (s *dictStore) ViewContext(ctx context.Context, t *mail.Transaction) store.View {
	return &view{
		View: store.ViewContext(ctx, s.options.Base, t), ctx: ctx, options: &s.options,
		txn: t, guids: map[string]string{},
	}
}

// view answers the metadata methods; the base's view answers the others.
type view struct {
	store.View
	ctx     context.Context // a view lives as long as its context
	options *Options
	txn     *mail.Transaction
	guids   map[string]string
}

// Metadata implements [store.View].
func (v *view) Metadata(mailbox, key string) (mail.Text, error) {
	if err := store.CheckEntry(key, mail.Text{}); err != nil {
		return mail.Text{}, err
	}
	_, entries, err := v.read()
	if err != nil {
		return mail.Text{}, err
	}
	guid, err := v.guid(mailbox, entries)
	if err != nil {
		return mail.Text{}, err
	}
	if guid == "" {
		return mail.Text{}, nil
	}
	stored := storedKey(guid, mailbox, key)
	for _, e := range entries {
		if e.Key == stored {
			return mail.Some(e.Value), nil
		}
	}
	return mail.Text{}, nil
}

// SetMetadata implements [store.View].
func (v *view) SetMetadata(mailbox, key string, value mail.Text) error {
	if err := store.CheckEntry(key, value); err != nil {
		return err
	}
	file, entries, err := v.read()
	if err != nil {
		return err
	}
	guid, err := v.guid(mailbox, entries)
	if err != nil {
		return err
	}
	if guid == "" && !value.Set {
		return nil
	}
	if guid == "" {
		return unknownGUID("INBOX", nil)
	}
	if err := file.Update(v.ctx, Change{storedKey(guid, mailbox, key), value}); err != nil {
		return store.InternalError("the metadata could not be written: "+err.Error(), err)
	}
	return nil
}

// ListMetadata implements [store.View].
func (v *view) ListMetadata(mailbox, prefix string) ([]mail.Entry[string], error) {
	_, entries, err := v.read()
	if err != nil {
		return nil, err
	}
	guid, err := v.guid(mailbox, entries)
	if err != nil || guid == "" {
		return nil, err
	}
	var list []mail.Entry[string]
	for _, space := range []string{store.PrivateSpace, store.SharedSpace} {
		stored := storedKey(guid, mailbox, space)
		for _, e := range entries {
			if name, ok := strings.CutPrefix(e.Key, stored); ok && strings.HasPrefix(space+name, prefix) {
				list = append(list, mail.Entry[string]{Key: space + name, Value: e.Value})
			}
		}
	}
	slices.SortFunc(list, func(a, b mail.Entry[string]) int { return cmp.Compare(a.Key, b.Key) })
	return list, nil
}

// read gives the user's file and what is in it.
func (v *view) read() (File, []Entry, error) {
	file, err := v.options.File(v.txn)
	if err != nil {
		return file, nil, store.InternalError("the metadata file is not known: "+err.Error(), err)
	}
	entries, err := file.Read()
	if err != nil {
		return file, nil, store.InternalError("the metadata could not be read: "+err.Error(), err)
	}
	return file, entries, nil
}

// guid finds a mailbox's GUID; "" is the user's own entries in a file that has
// none of them.
func (v *view) guid(mailbox string, entries []Entry) (string, error) {
	own := mailbox == ""
	if own || strings.EqualFold(mailbox, "INBOX") {
		mailbox = "INBOX"
	}
	if guid, ok := v.guids[mailbox]; ok {
		return guid, nil
	}
	for _, find := range v.options.GUIDs {
		guid, err := find(v.ctx, v.txn, mailbox)
		if err != nil {
			var refusal *store.Error
			if errors.As(err, &refusal) {
				return "", err
			}
			return "", store.InternalError(fmt.Sprintf("the GUID of the mailbox %s could not be found: %v", mailbox, err), err)
		}
		if guid != "" {
			v.guids[mailbox] = guid
			return guid, nil
		}
	}
	if own {
		guid, err := inboxGUID(entries)
		if err != nil {
			return "", unknownGUID(mailbox, err)
		}
		return guid, nil
	}
	return "", unknownGUID(mailbox, nil)
}

func unknownGUID(mailbox string, cause error) error {
	why := ""
	if cause != nil {
		why = " (" + cause.Error() + ")"
	}
	return store.InternalError(fmt.Sprintf("the GUID of the mailbox %s is not known, and Dovecot's metadata file needs it%s: "+
		"name the Maildir, let doveadm be asked, or record a \"guid\" with the mailbox", mailbox, why), cause)
}

// storedKey is how the file has a key of a mailbox, or of the user ("").
func storedKey(guid, mailbox, key string) string {
	space, name := store.SplitKey(key)
	stored := "priv/"
	if space == store.SharedSpace {
		stored = "shared/"
	}
	if mailbox == "" {
		name = store.ServerPrefix + name
	}
	return stored + guid + "/" + name
}
