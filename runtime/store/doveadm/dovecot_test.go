package doveadm

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/store"
	"github.com/luapush/luapush/runtime/store/dict"
	"github.com/luapush/luapush/spec/oracle"
	"github.com/luapush/luapush/spec/oracle/oracletest"
)

const realUser = "doveadm@example.com"

// real starts a Dovecot and gives a client for it, with an endpoint before it
// where nobody listens.
func real(t *testing.T) (*oracle.Instance, *Client) {
	t.Helper()
	dovecot := oracletest.Start(t, oracle.Options{})
	return dovecot, client(t, Options{}, func(s *Settings) { s.APISecret = Secret(dovecot.APIKey()) }, dead(t), dovecot.DoveadmURL())
}

func realView(t *testing.T, c *Client) store.View {
	t.Helper()
	s := NewStore(c, StoreOptions{Metadata: true, Mailboxes: Always, Messages: Always})
	return s.View(transaction(t, `{"version":1,"user":{"username":"`+realUser+`"},"events":[],"success":true}`))
}

func TestRealMetadata(t *testing.T) {
	dovecot, c := real(t)
	imap, err := dovecot.IMAP(realUser)
	if err != nil {
		t.Fatal(err)
	}
	defer imap.Close()
	const odd = "user=11@3\tevents=MessageNew\r\n\x01t \xc3\xa4 \xff \"\\ end"
	if _, err := imap.Command(`SETMETADATA "" (/private/vendor/vendor.dovecot/http-notify %s)`, oracle.Literal(odd)); err != nil {
		t.Fatal(err)
	}
	// doveadm writes any bytes, but shows those that are not UTF-8 as U+FFFD.
	shown := strings.ToValidUTF8(odd, "\ufffd")
	view := realView(t, c)
	for _, e := range []struct{ mailbox, key, value string }{
		{"", "/private/vendor/mine", odd}, {"", "/private/vendor/min", ""}, {"", "/shared/vendor/s", "1"}, {"", "/private/vendor/gone", "1"},
		{"INBOX", "/private/comment", "of INBOX"},
	} {
		if err := view.SetMetadata(e.mailbox, e.key, mail.Some(e.value)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := view.SetMetadata("", "/private/vendor/gone", mail.Text{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []struct {
		mailbox, key string
		want         mail.Text
	}{
		{"", "/private/vendor/vendor.dovecot/http-notify", mail.Some(shown)},
		{"", "/private/vendor/mine", mail.Some(shown)},
		{"", "/private/Vendor/Mine", mail.Some(shown)}, // doveadm lower-cases
		{"", "/private/vendor/min", mail.Some("")},
		{"", "/private/vendor/mi", mail.Text{}},
		{"", "/private/vendor/gone", mail.Text{}},
		{"", "/shared/comment", mail.Text{}},
		{"INBOX", "/private/comment", mail.Some("of INBOX")},
		{"INBOX", "/private/vendor/vendor.dovecot/pvt/server/vendor/mine", mail.Some(shown)},
	} {
		if got, err := view.Metadata(e.mailbox, e.key); err != nil || got != e.want {
			t.Errorf("Metadata(%q, %q) = %+v, %v", e.mailbox, e.key, got, err)
		}
	}
	lines, err := imap.Command(`GETMETADATA "" (/private/vendor/mine)`)
	if err != nil || !strings.Contains(strings.Join(lines, "\n"), fmt.Sprintf("{%d}\r\n%s)", len(odd), odd)) {
		t.Errorf("IMAP reads %q, %v", lines, err)
	}
	for prefix, want := range map[string]string{
		"/private/":           "[/private/vendor/min /private/vendor/mine /private/vendor/vendor.dovecot/http-notify]",
		"/private/vendor/min": "[/private/vendor/min /private/vendor/mine]",
		"/private/Vendor/Min": "[/private/vendor/min /private/vendor/mine]",
		"/":                   "[/private/vendor/min /private/vendor/mine /private/vendor/vendor.dovecot/http-notify /shared/vendor/s]",
	} {
		list, err := view.ListMetadata("", prefix)
		var keys []string
		for _, e := range list {
			keys = append(keys, e.Key)
		}
		if err != nil || fmt.Sprint(keys) != want {
			t.Errorf("ListMetadata(%q) = %v, %v", prefix, keys, err)
		}
	}
	list, err := view.ListMetadata("INBOX", "/private/comment")
	if err != nil || fmt.Sprint(list) != "[{/private/comment of INBOX}]" {
		t.Errorf("of INBOX: %v, %v", list, err)
	}
}

func TestRealStatusAndMessages(t *testing.T) {
	dovecot, c := real(t)
	for _, text := range []string{"Subject: one\n\nfirst \\ \"text\"\n", "Subject: =?utf-8?q?zw=C3=B6lf?=\n\nsecond\n"} {
		if err := dovecot.Deliver(realUser, oracle.CRLF(text)); err != nil {
			t.Fatal(err)
		}
	}
	imap, err := dovecot.IMAP(realUser)
	if err != nil {
		t.Fatal(err)
	}
	defer imap.Close()
	for _, command := range []string{"CREATE Entw&APw-rfe", "CREATE A*B", "CREATE AxB", "SELECT INBOX", `STORE 1 +FLAGS (\Seen)`} {
		// Whether Dovecot makes a mailbox with a wildcard in its name is its own affair.
		if _, err := imap.Command("%s", command); err != nil && command != "CREATE A*B" {
			t.Fatal(err)
		}
	}
	view := realView(t, c)
	m, err := view.Mailbox("INBOX")
	if err != nil || m.Status.Messages != mail.Some(uint32(2)) || m.Status.Unseen != mail.Some(uint32(1)) || m.Status.UIDNext != mail.Some(uint32(3)) ||
		m.Status.UIDValidity.Value == 0 || m.Status.HighestModseq.Value == 0 {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := view.Mailbox("Entwürfe"); err != nil || m.Status.Messages != mail.Some(uint32(0)) || m.Name != "Entw&APw-rfe" {
		t.Errorf("%+v, %v", m, err)
	}
	for _, name := range []string{"None", "Ax*", "A%"} {
		if m, err := view.Mailbox(name); !errors.Is(err, store.ErrNotFound) || err.Error() != "Mailbox doesn't exist: "+name {
			t.Errorf("%+v, %v", m, err)
		}
	}
	for uid, want := range map[uint32]string{1: "Subject: one\n\nfirst \\ \"text\"\n", 2: "second\n"} {
		if got, err := view.Message("INBOX", uid); err != nil || !strings.HasSuffix(got.Value, want) {
			t.Errorf("%q, %v", got.Value, err)
		}
	}
	for mailbox, uid := range map[string]uint32{"INBOX": 9, "None": 1, "IN*": 1, "Entwürfe": 1} {
		if got, err := view.Message(mailbox, uid); err != nil || got.Set {
			t.Errorf("message %d of %s: %+v, %v", uid, mailbox, got, err)
		}
	}
}

// TestRealGUID: a metadata file is found its mailboxes by doveadm.
func TestRealGUID(t *testing.T) {
	dovecot, c := real(t)
	imap, err := dovecot.IMAP(realUser)
	if err != nil {
		t.Fatal(err)
	}
	defer imap.Close()
	for _, command := range []string{`SETMETADATA INBOX (/private/comment "of INBOX")`, `SETMETADATA "" (/private/vendor/x "own")`} {
		if _, err := imap.Command("%s", command); err != nil {
			t.Fatal(err)
		}
	}
	file := dict.File{Path: filepath.Join(dovecot.Home(realUser), "dovecot-attributes")}
	view := dict.New(dict.Options{
		File:  func(*mail.Transaction) (dict.File, error) { return file, nil },
		GUIDs: []dict.GUID{dict.RecordedGUID, c.GUID},
	}).View(transaction(t, `{"version":1,"user":{"username":"`+realUser+`"},"events":[],"success":true}`))
	if got, err := view.Metadata("INBOX", "/private/comment"); err != nil || got != mail.Some("of INBOX") {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := view.Metadata("", "/private/vendor/x"); err != nil || got != mail.Some("own") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := view.Metadata("None", "/private/comment"); !errors.Is(err, store.ErrNotFound) || err.Error() != "Mailbox doesn't exist: None" {
		t.Errorf("%v", err)
	}
}

// TestRealRefusals holds what the package says about failures against a Dovecot
// that fails in these ways.
func TestRealRefusals(t *testing.T) {
	dovecot, c := real(t)
	command := func(c *Client, name string, parameters ...parameter) *Error {
		t.Helper()
		_, err := c.ask(t.Context(), name, parameters...)
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", name, err)
		}
		return e
	}
	who := parameter{"user", realUser}
	if e := command(c, "mailboxMetadataGet", who, parameter{"mailbox", "None"}, parameter{"key", "/private/x"}); e.ExitCode != ExitNotFound {
		t.Error(e)
	}
	if e := command(c, "mailboxMetadataSet", who, parameter{"mailbox", "INBOX"}, parameter{"key", "/private/specialuse"}, parameter{"value", "x"}); e.ExitCode != ExitData {
		t.Error(e)
	}
	if e := command(c, "noSuchCommand", who); e.Kind != KindCommand || e.Type != "unknownMethod" {
		t.Error(e)
	}
	if e := command(c, "mailboxStatus", who, parameter{"field", []string{"bogus"}}, parameter{"mailboxMask", []string{"INBOX"}}); e.Kind != KindNoReply {
		t.Error(e)
	}
	if e := command(c, "mailboxStatus", who, parameter{"mailbox", []string{"INBOX"}}); e.Kind != KindCommand || e.Type != "invalidRequest" {
		t.Error(e)
	}
	wrong := client(t, Options{}, func(s *Settings) { s.APISecret = "wr0ng" }, dovecot.DoveadmURL())
	if e := command(wrong, "mailboxStatus", who); e.Status != 401 || strings.Contains(e.Error(), "wr0ng") {
		t.Error(e)
	}
	path := client(t, Options{}, func(s *Settings) { s.APISecret = Secret(dovecot.APIKey()) }, strings.Replace(dovecot.DoveadmURL(), "/v1", "/v9", 1))
	if e := command(path, "mailboxStatus", who); e.Status != 404 {
		t.Error(e)
	}
}

// TestRealEndpointBesideADeadOne: the dead one costs one attempt, and stays
// black-listed when it is checked.
func TestRealEndpointBesideADeadOne(t *testing.T) {
	dovecot := oracletest.Start(t, oracle.Options{})
	at := &clock{at: time.Unix(1e9, 0)}
	c := client(t, Options{Now: at.now}, func(s *Settings) { s.APISecret = Secret(dovecot.APIKey()) }, dovecot.DoveadmURL(), dead(t))
	ask := func() error {
		_, err := c.MailboxStatus(t.Context(), realUser, "INBOX")
		return err
	}
	for range 3 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	at.forward(time.Minute)
	for range 2 {
		if err := ask(); err != nil {
			t.Fatal(err)
		}
	}
	waitChecked(c)
	if c.rotation.endpoints[1].failed.IsZero() || !c.rotation.endpoints[0].failed.IsZero() {
		t.Error("the wrong endpoint is black-listed")
	}
}

// TestRealNoMetadata is a Dovecot without metadata.
func TestRealNoMetadata(t *testing.T) {
	dovecot := oracletest.Start(t, oracle.Options{Conf: "mail_attribute_dict =\n"})
	c := client(t, Options{}, func(s *Settings) { s.APISecret = Secret(dovecot.APIKey()) }, dovecot.DoveadmURL())
	_, err := realView(t, c).Metadata("", "/private/x")
	var refusal *store.Error
	if !errors.As(err, &refusal) || !strings.Contains(refusal.Hint, "mail_attribute_dict") {
		t.Errorf("%+v", err)
	}
}
