package doveadm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
)

const document = `{"version":1,"user":{"username":"a@b"},"metadata":{"/private/recorded":"x"},
"mailboxes":{"INBOX":{"status":{"messages":1}},"Plain":{"name":"INBOX.Plain"}},
"events":[],"messages":[{"mailbox":"INBOX","uid":1,"raw":"recorded text"}],"success":true}`

func transaction(t *testing.T, document string) *mail.Transaction {
	t.Helper()
	txn, err := mail.NewReader(strings.NewReader(document), "test").Next()
	if err != nil {
		t.Fatal(err)
	}
	return txn
}

// fake answers each command as a Dovecot with two mailboxes.
func fake(w http.ResponseWriter, body string) {
	rows := ""
	switch {
	case strings.Contains(body, "mailboxStatus"):
		for _, name := range []string{"INBOX", "Plain", "Later"} {
			if strings.Contains(body, `["`+name+`"]`) {
				rows = `{"mailbox":"` + name + `","messages":"30","recent":"1","uidnext":"9","uidvalidity":"7","unseen":"2","highestmodseq":"5"}`
			}
		}
	case strings.Contains(body, "fetch"):
		if strings.Contains(body, `["mailbox","INBOX","uid","1"]`) {
			rows = `{"mailbox":"INBOX","uid":"1","text":"live text"}`
		}
	}
	io.WriteString(w, `[["doveadmResponse",[`+rows+`],"luapush"]]`)
}

func TestWhoAnswersForMailboxes(t *testing.T) {
	s := serve(t, fake)
	k := client(t, Options{}, nil, s.URL)
	for _, c := range []struct {
		ask  Ask
		want string
	}{
		{Never, "INBOX INBOX 1; Plain INBOX.Plain -; !Later; !None"},
		{WhenMissing, "INBOX INBOX 1; Plain INBOX.Plain 30; Later Later 30; !None"},
		{Always, "INBOX INBOX 30; Plain INBOX.Plain 30; Later Later 30; !None"},
	} {
		view := NewStore(k, StoreOptions{Mailboxes: c.ask}).View(transaction(t, document))
		var got []string
		for _, name := range []string{"INBOX", "Plain", "Later", "None"} {
			m, err := view.Mailbox(name)
			if errors.Is(err, store.ErrNotFound) && err.Error() == "Mailbox doesn't exist: "+name {
				got = append(got, "!"+name)
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			messages := "-"
			if n, ok := m.Status.Messages.Get(); ok {
				messages = fmt.Sprint(n)
			}
			got = append(got, m.VName+" "+m.Name+" "+messages)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%d: %s, want %s", c.ask, got, c.want)
		}
	}
	// One transaction sees one status.
	view := NewStore(k, StoreOptions{Mailboxes: Always}).View(transaction(t, document))
	before := s.posts.Load()
	for range 3 {
		if m, err := view.Mailbox("inbox"); err != nil || m.VName != "INBOX" {
			t.Error(m, err)
		}
	}
	if n := s.posts.Load() - before; n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestWhoAnswersForMessages(t *testing.T) {
	k := client(t, Options{}, nil, serve(t, fake).URL)
	for _, c := range []struct {
		ask            Ask
		document, want string
	}{
		{Never, document, "recorded text"},
		{WhenMissing, document, "recorded text"},
		{Always, document, "live text"},
		{Never, strings.Replace(document, `"uid":1`, `"uid":2`, 1), ""},
		{WhenMissing, strings.Replace(document, `"uid":1`, `"uid":2`, 1), "live text"},
	} {
		got, err := NewStore(k, StoreOptions{Messages: c.ask}).View(transaction(t, c.document)).Message("INBOX", 1)
		if err != nil || got.Value != c.want || got.Set != (c.want != "") {
			t.Errorf("%d: %+v, %v", c.ask, got, err)
		}
	}
	if got, err := NewStore(k, StoreOptions{Messages: Always}).View(transaction(t, document)).Message("INBOX", 7); err != nil || got.Set {
		t.Errorf("no such message: %+v, %v", got, err)
	}
}

func TestMetadataStaysWithTheBaseUnlessAsked(t *testing.T) {
	s := serve(t, fake)
	view := NewStore(client(t, Options{}, nil, s.URL), StoreOptions{}).View(transaction(t, document))
	if err := view.SetMetadata("", "/private/n", mail.Some("new")); err != nil {
		t.Fatal(err)
	}
	if got, err := view.Metadata("", "/private/recorded"); err != nil || got != mail.Some("x") {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := view.ListMetadata("", "/private/"); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
	if s.posts.Load() != 0 {
		t.Errorf("%d requests", s.posts.Load())
	}
}

func TestRefusalsAreInDovecotsWords(t *testing.T) {
	for name, c := range map[string]struct {
		answer     func(http.ResponseWriter, string)
		text, hint string
		notFound   bool
	}{
		"not found":  {text200(`[["error",{"type":"exitCode", "exitCode":68},"luapush"]]`), "Mailbox doesn't exist: Gone", "exit code 68", true},
		"no user":    {text200(`[["error",{"type":"exitCode", "exitCode":67},"luapush"]]`), "User doesn't exist", "userdb", false},
		"no space":   {text200(`[["error",{"type":"exitCode", "exitCode":73},"luapush"]]`), "Quota exceeded (mailbox for user is full)", "exit code 73", false},
		"permission": {text200(`[["error",{"type":"exitCode", "exitCode":77},"luapush"]]`), "Permission denied", "exit code 77", false},
		"data":       {text200(`[["error",{"type":"exitCode", "exitCode":65},"luapush"]]`), store.InternalErrorText, "mail_attribute_dict", false},
		"401":        {status(401, ""), store.InternalErrorText, "apiSecret", false},
		"no reply":   {hangUp, store.InternalErrorText, "Dovecot's log", false},
	} {
		t.Run(name, func(t *testing.T) {
			view := NewStore(client(t, Options{}, nil, serve(t, c.answer).URL), StoreOptions{Metadata: true, Mailboxes: Always, Messages: Always}).
				View(transaction(t, document))
			_, mailbox := view.Mailbox("Gone")
			_, get := view.Metadata("Gone", "/private/x")
			_, list := view.ListMetadata("Gone", "/private/")
			_, message := view.Message("Gone", 1)
			for _, err := range []error{mailbox, get, list, message, view.SetMetadata("Gone", "/private/x", mail.Some("1")), view.SetMetadata("Gone", "/private/x", mail.Text{})} {
				var refusal *store.Error
				var cause *Error
				if !errors.As(err, &refusal) || refusal.Text != c.text || !strings.Contains(refusal.Hint, c.hint) ||
					errors.Is(err, store.ErrNotFound) != c.notFound || !errors.As(err, &cause) {
					t.Errorf("got %+v", err)
				}
			}
		})
	}
	view := NewStore(client(t, Options{}, nil, "http://nobody.invalid"), StoreOptions{Metadata: true}).View(transaction(t, document))
	if err := view.SetMetadata("", "/private/x", mail.Some("\x00")); err == nil || err.Error() != "Attribute string value has NULs" {
		t.Errorf("NUL: %v", err)
	}
	if _, err := view.Metadata("", "x"); err == nil || err.Error() != "Invalid key prefix, must be /private/ or /shared/" {
		t.Errorf("a key of no space: %v", err)
	}
}

func TestAQuestionOfAViewIsBounded(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, string) { time.Sleep(200 * time.Millisecond) })
	k := client(t, Options{}, nil, s.URL)
	view := NewStore(k, StoreOptions{Metadata: true, Timeout: 30 * time.Millisecond}).View(transaction(t, document))
	var e *Error
	if _, err := view.Metadata("", "/private/x"); !errors.As(err, &e) || e.Kind != KindTimeout {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ended := store.ViewContext(ctx, NewStore(k, StoreOptions{Metadata: true}), transaction(t, document))
	if _, err := ended.Metadata("", "/private/x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
