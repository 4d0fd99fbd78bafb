package dict_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/store/dict"
)

const (
	inbox = "395d7f304127026bae6d000083ecc375"
	other = "0123456789abcdef0123456789abcdef"
)

const document = `{"version":1,"user":{"username":"a@b"},"metadata":{"/private/recorded":"x"},
"mailboxes":{"INBOX":{"guid":"` + inbox + `"},"Entwürfe":{"status":{"messages":3,"guid":"` + other + `"}},"Plain":{},"Bad":{"guid":"XX"}},
"events":[],"messages":[{"mailbox":"INBOX","uid":1,"raw":"text"}],"success":true}`

func transaction(t *testing.T, document string) *mail.Transaction {
	t.Helper()
	txn, err := mail.NewReader(strings.NewReader(document), "test").Next()
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

func always(f dict.File) func(*mail.Transaction) (dict.File, error) {
	return func(*mail.Transaction) (dict.File, error) { return f, nil }
}

func TestMetadata(t *testing.T) {
	f := content(t, "priv/"+inbox+"/vendor/vendor.dovecot/pvt/server/vendor/vendor.dovecot/http-notify\nuser=11@3\x01tevents=MessageNew\n"+
		"shared/"+inbox+"/vendor/vendor.dovecot/pvt/server/s\n\n"+
		"priv/"+inbox+"/comment\nof the inbox\n"+
		"priv/"+other+"/comment\nof the other\n")
	view := dict.New(dict.Options{File: always(f), GUIDs: []dict.GUID{dict.RecordedGUID}}).View(transaction(t, document))
	for _, c := range []struct {
		mailbox, key string
		want         mail.Text
	}{
		{"", "/private/vendor/vendor.dovecot/http-notify", mail.Some("user=11@3\tevents=MessageNew")},
		{"", "/shared/s", mail.Some("")},
		{"", "/private/s", mail.Text{}},
		{"", "/private/comment", mail.Text{}},
		{"", "/private/recorded", mail.Text{}},
		{"INBOX", "/private/comment", mail.Some("of the inbox")},
		{"inbox", "/private/comment", mail.Some("of the inbox")},
		{"INBOX", "/shared/vendor/vendor.dovecot/pvt/server/s", mail.Some("")},
		{"Entwürfe", "/private/comment", mail.Some("of the other")},
		{"Entwürfe", "/private/Comment", mail.Text{}},
	} {
		if got, err := view.Metadata(c.mailbox, c.key); err != nil || got != c.want {
			t.Errorf("Metadata(%q, %q) = %+v, %v", c.mailbox, c.key, got, err)
		}
	}
	// The base answers the rest.
	if m, err := view.Mailbox("Entwürfe"); err != nil || m.Status.Messages != mail.Some(uint32(3)) {
		t.Errorf("%+v, %v", m, err)
	}
	if text, err := view.Message("INBOX", 1); err != nil || text != mail.Some("text") {
		t.Errorf("%+v, %v", text, err)
	}
}

func TestSetAndListMetadata(t *testing.T) {
	f := content(t, "")
	view := dict.New(dict.Options{File: always(f), GUIDs: []dict.GUID{dict.RecordedGUID}}).View(transaction(t, document))
	for _, c := range []struct{ mailbox, key, value string }{
		{"", "/private/b", "1"}, {"", "/shared/a", "\t\xff"}, {"INBOX", "/private/own", "2"}, {"Entwürfe", "/private/c", "3"}, {"", "/private/gone", "4"},
	} {
		if err := view.SetMetadata(c.mailbox, c.key, mail.Some(c.value)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := view.SetMetadata("", "/private/gone", mail.Text{}); err != nil {
			t.Fatal(err)
		}
	}
	want := "priv/" + inbox + "/vendor/vendor.dovecot/pvt/server/b\n1\n" +
		"shared/" + inbox + "/vendor/vendor.dovecot/pvt/server/a\n\x01t\xff\n" +
		"priv/" + inbox + "/own\n2\n" + "priv/" + other + "/c\n3\n"
	if diff := cmp.Diff(want, read(t, f.Path)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		mailbox, prefix string
		want            []mail.Entry[string]
	}{
		{"", "/", []mail.Entry[string]{{Key: "/private/b", Value: "1"}, {Key: "/shared/a", Value: "\t\xff"}}},
		{"", "/private/b", []mail.Entry[string]{{Key: "/private/b", Value: "1"}}},
		{"", "/private/bb", nil},
		{"INBOX", "/private/", []mail.Entry[string]{{Key: "/private/own", Value: "2"}, {Key: "/private/vendor/vendor.dovecot/pvt/server/b", Value: "1"}}},
		{"Entwürfe", "/private/", []mail.Entry[string]{{Key: "/private/c", Value: "3"}}},
	} {
		got, err := view.ListMetadata(c.mailbox, c.prefix)
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("ListMetadata(%q, %q): %v %s", c.mailbox, c.prefix, err, diff)
		}
	}
}

func TestWhatCannotBeAnsweredIsDovecotsInternalError(t *testing.T) {
	good, torn := content(t, ""), content(t, "priv/a\n")
	two := content(t, "priv/"+inbox+"/"+store.ServerPrefix+"a\n1\npriv/"+other+"/"+store.ServerPrefix+"b\n1\n")
	txn := transaction(t, document)
	errNoFile := errors.New("no home")
	for name, c := range map[string]struct {
		options      dict.Options
		mailbox, key string
		value        string
		text, hint   string
	}{
		"torn":            {dict.Options{File: always(torn)}, "", "/private/a", "1", store.InternalErrorText, torn.Path + ":1: not a Dovecot dict file"},
		"no file":         {dict.Options{File: func(*mail.Transaction) (dict.File, error) { return dict.File{}, errNoFile }}, "", "/private/a", "1", store.InternalErrorText, "no home"},
		"no GUID":         {dict.Options{File: always(good)}, "Plain", "/private/a", "1", store.InternalErrorText, "the GUID of the mailbox Plain is not known"},
		"no GUID to set":  {dict.Options{File: always(good)}, "", "/private/a", "1", store.InternalErrorText, "the GUID of the mailbox INBOX is not known"},
		"two INBOXes":     {dict.Options{File: always(two)}, "", "/private/a", "1", store.InternalErrorText, "several GUIDs"},
		"a wrong GUID":    {dict.Options{File: always(good), GUIDs: []dict.GUID{dict.RecordedGUID}}, "Bad", "/private/a", "1", store.InternalErrorText, "test:1: mailbox \"Bad\": its guid is not"},
		"NUL":             {dict.Options{File: always(good), GUIDs: []dict.GUID{dict.RecordedGUID}}, "", "/private/a", "\x00", "Attribute string value has NULs", "base64"},
		"a key of no use": {dict.Options{File: always(good), GUIDs: []dict.GUID{dict.RecordedGUID}}, "", "/private/", "1", store.InternalErrorText, "has no name"},
		"no space":        {dict.Options{File: always(good), GUIDs: []dict.GUID{dict.RecordedGUID}}, "", "a", "1", "Invalid key prefix, must be /private/ or /shared/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := dict.New(c.options).View(txn).SetMetadata(c.mailbox, c.key, mail.Some(c.value))
			var refusal *store.Error
			if !errors.As(err, &refusal) || refusal.Text != c.text || !strings.Contains(refusal.Hint, c.hint) {
				t.Errorf("got %+v", err)
			}
		})
	}
	if _, err := dict.New(dict.Options{File: always(two)}).View(txn).Metadata("", "/private/a"); err == nil {
		t.Error("one of two INBOXes was chosen")
	}
	if _, err := dict.New(dict.Options{File: always(torn)}).View(txn).ListMetadata("", "/"); err == nil {
		t.Error("a torn file was listed")
	}
	if got, err := dict.New(dict.Options{File: always(good)}).View(txn).Metadata("", "/private/a"); err != nil || got.Set {
		t.Errorf("own entries of a file without any: %+v, %v", got, err)
	}
}

func TestTheOwnEntriesOfAFileTellTheGUID(t *testing.T) {
	f := content(t, "priv/"+other+"/comment\n1\npriv/"+inbox+"/"+store.ServerPrefix+"a\n1\n")
	view := dict.New(dict.Options{File: always(f)}).View(transaction(t, document))
	if got, err := view.Metadata("", "/private/a"); err != nil || got != mail.Some("1") {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := view.SetMetadata("", "/private/b", mail.Some("2")); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(read(t, f.Path), "priv/"+inbox+"/"+store.ServerPrefix+"b\n2\n") {
		t.Errorf("got %q", read(t, f.Path))
	}
}

func TestTheContextEndsTheWaitOfAView(t *testing.T) {
	f := content(t, "")
	hold(t, f, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := dict.New(dict.Options{File: always(f), GUIDs: []dict.GUID{dict.RecordedGUID}})
	err := store.ViewContext(ctx, s, transaction(t, document)).SetMetadata("", "/private/a", mail.Some("1"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// A store without waits gives its only view.
	if _, err := store.ViewContext(ctx, store.NewDocument(), transaction(t, document)).Mailbox("INBOX"); err != nil {
		t.Error(err)
	}
}

func TestMaildirGUID(t *testing.T) {
	root := t.TempDir()
	for folder, text := range map[string]string{
		"":               "3 V1795303233 N1 G" + inbox + "\n1 :x\n",
		".Entw&APw-rfe":  "3 V1 N1 G" + other + "\n",
		".A.B":           "3 V1 N1 G" + other + "\n",
		".Old":           "1 1795303233 2\n",
		".Torn":          "3 V1795",
		".Without":       "3 V1 N1\n",
		".Capitals":      "3 V1 N1 G" + strings.ToUpper(other) + "\n",
		".Never-indexed": "",
	} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		if folder == ".Never-indexed" {
			continue
		}
		if err := os.WriteFile(filepath.Join(root, folder, "dovecot-uidlist"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	find := dict.MaildirGUID(func(*mail.Transaction) (string, error) { return root, nil })
	txn := transaction(t, document)
	for mailbox, want := range map[string]string{
		"INBOX": inbox, "inbox": inbox, "Entwürfe": other, "A/B": other, "None": "", "Without": "", "Never-indexed": "", "../x": "",
		"Old": "!dovecot-uidlist:1: not a dovecot-uidlist of version 3", "Torn": "!the first line has no end", "Capitals": "!is not 32",
	} {
		got, err := find(t.Context(), txn, mailbox)
		reason, wrong := strings.CutPrefix(want, "!")
		if wrong != (err != nil) || wrong && !strings.Contains(fmt.Sprint(err), reason) || !wrong && got != want {
			t.Errorf("%s: %q, %v", mailbox, got, err)
		}
	}
}
