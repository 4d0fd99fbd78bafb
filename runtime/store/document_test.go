package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
)

// transaction reads a document.
func transaction(t *testing.T, document string) *mail.Transaction {
	t.Helper()
	txn, err := mail.NewReader(strings.NewReader(document), "test").Next()
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

const document = `{"version":1,"user":{"username":"a@b"},
"metadata":{"/private/k":"v","/private/l":"","/shared/k":"s"},
"mailboxes":{"INBOX":{"name":"INBOX","vname":"INBOX","status":{"messages":3},"metadata":{"/private/comment":"mine"}},"Arch":{}},
"events":[{"name":"MessageNew","mailbox":"Other","uid":7,"uid_validity":5},{"name":"MailboxDelete","mailbox":"Gone"}],
"messages":[{"mailbox":"INBOX","uid":1,"raw":"Subject: x\n\ny"}],"success":true}`

func TestMailbox(t *testing.T) {
	view := store.NewDocument().View(transaction(t, document))
	for name, vname := range map[string]string{"INBOX": "INBOX", "inbox": "INBOX", "Arch": "Arch", "Other": "Other"} {
		m, err := view.Mailbox(name)
		if err != nil || m.VName != vname {
			t.Errorf("Mailbox(%q) = %+v, %v", name, m, err)
		}
	}
	m, _ := view.Mailbox("Other")
	if m.Status.UIDNext != mail.Some(uint32(8)) || m.Status.UIDValidity != mail.Some(uint32(5)) {
		t.Errorf("what the event tells of the mailbox is lost: %+v", m.Status)
	}
	for _, name := range []string{"Gone", "Nowhere"} {
		_, err := view.Mailbox(name)
		if !errors.Is(err, store.ErrNotFound) || err.Error() != "Mailbox doesn't exist: "+name {
			t.Errorf("Mailbox(%q): %v", name, err)
		}
	}
	// INBOX is always there, also when the document does not speak of it.
	bare := store.NewDocument().View(transaction(t, `{"version":1,"user":{"username":"a@b"},"events":[],"success":true}`))
	if m, err := bare.Mailbox("InBox"); err != nil || m.VName != "INBOX" {
		t.Errorf("INBOX of a bare document: %+v, %v", m, err)
	}
}

func TestMetadataIsRememberedAcrossTransactions(t *testing.T) {
	s := store.NewDocument()
	txn := transaction(t, document)
	view := s.View(txn)
	get := func(v store.View, mailbox, key string) mail.Text {
		t.Helper()
		value, err := v.Metadata(mailbox, key)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	if got := get(view, "", "/private/k"); got != mail.Some("v") {
		t.Errorf("recorded value: %+v", got)
	}
	if got := get(view, "", "/private/l"); got != mail.Some("") {
		t.Errorf("an empty value is a value: %+v", got)
	}
	if got := get(view, "INBOX", "/private/comment"); got != mail.Some("mine") {
		t.Errorf("of a mailbox: %+v", got)
	}
	must(t, view.SetMetadata("", "/private/k", mail.Some("mine")))
	must(t, view.SetMetadata("", "/private/n", mail.Some("new")))
	must(t, view.SetMetadata("", "/shared/k", mail.Text{}))

	later := s.View(transaction(t, document))
	list, err := later.ListMetadata("", "/")
	must(t, err)
	want := []mail.Entry[string]{{Key: "/private/k", Value: "mine"}, {Key: "/private/l"}, {Key: "/private/n", Value: "new"}}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	changed := s.View(transaction(t, strings.Replace(document, `"/private/k":"v"`, `"/private/k":"by somebody else"`, 1)))
	if got := get(changed, "", "/private/k"); got != mail.Some("by somebody else") {
		t.Errorf("a change from outside was not seen: %+v", got)
	}
	other := s.View(transaction(t, strings.Replace(document, "a@b", "c@d", 1)))
	if got := get(other, "", "/private/k"); got != mail.Some("v") {
		t.Errorf("another user sees what this one wrote: %+v", got)
	}
	if err := view.SetMetadata("", "/private/k", mail.Some("a\x00b")); err == nil || err.Error() != "Attribute string value has NULs" {
		t.Errorf("NUL: %v", err)
	}
}

func TestWhatIsWrittenIsBounded(t *testing.T) {
	v := store.NewDocument().View(transaction(t, document))
	large := mail.Some(strings.Repeat("x", 1<<20)) // all entries share these bytes
	n := 0
	var err error
	for ; err == nil && n <= store.MaxWritten>>20; n++ {
		err = v.SetMetadata("", fmt.Sprintf("/private/%d", n), large)
	}
	var refused *store.Error
	if !errors.As(err, &refused) || refused.Text != store.InternalErrorText || !strings.Contains(refused.Hint, "larger than 256 MiB") || n != store.MaxWritten>>20 {
		t.Errorf("%v after %d entries", err, n)
	}
	// Writing an entry again takes no more, and less leaves room.
	must(t, v.SetMetadata("", "/private/0", large))
	must(t, v.SetMetadata("", "/private/1", mail.Text{}))
	must(t, v.SetMetadata("", "/private/again", large))
}

func TestMessage(t *testing.T) {
	view := store.NewDocument().View(transaction(t, document))
	if got, err := view.Message("INBOX", 1); err != nil || got != mail.Some("Subject: x\n\ny") {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := view.Message("INBOX", 2); err != nil || got.Set {
		t.Errorf("got %+v, %v", got, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
