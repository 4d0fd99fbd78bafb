package strip_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/message"
	"github.com/luapush/luapush/runtime/strip"
)

type tester interface {
	Helper()
	Fatalf(format string, args ...any)
	Fatal(args ...any)
}

func line(t tester, txn *mail.Transaction) string {
	t.Helper()
	doc, err := txn.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// comparable checks that a stripped document has the form of the original.
func comparable(t tester, txn, out *mail.Transaction) {
	t.Helper()
	back, err := mail.Parse([]byte(line(t, out)), "stripped")
	if err != nil {
		t.Fatalf("the result cannot be read: %v", err)
	}
	if len(back.Events) != len(txn.Events) || len(back.Messages) != len(txn.Messages) || len(back.Mailboxes) != len(txn.Mailboxes) ||
		back.Success != txn.Success || back.Scenario != txn.Scenario || back.Dovecot != txn.Dovecot {
		t.Fatalf("another document: %s", line(t, out))
	}
	same := func(what, old, replaced string) {
		t.Helper()
		if len(old) != len(replaced) || utf8.ValidString(old) != utf8.ValidString(replaced) || strings.Count(old, "\n") != strings.Count(replaced, "\n") {
			t.Fatalf("%s: %q becomes %q", what, old, replaced)
		}
	}
	same("username", txn.User.Username, out.User.Username)
	same("home", txn.User.Home.Value, out.User.Home.Value)
	for i := range txn.Events {
		a, b := &txn.Events[i], &out.Events[i]
		if a.Name != b.Name || a.UID != b.UID || a.UIDValidity != b.UIDValidity || a.Date != b.Date || a.TZ != b.TZ || (a.Flags == nil) != (b.Flags == nil) {
			t.Fatalf("another event: %+v, %+v", a, b)
		}
		same("mailbox", a.Mailbox, b.Mailbox)
		for _, f := range [][2]mail.Text{
			{a.From, b.From}, {a.FromAddress, b.FromAddress}, {a.FromDisplayName, b.FromDisplayName}, {a.To, b.To}, {a.ToAddress, b.ToAddress},
			{a.ToDisplayName, b.ToDisplayName}, {a.Subject, b.Subject}, {a.Snippet, b.Snippet}, {a.MessageID, b.MessageID}, {a.MailboxOld, b.MailboxOld},
		} {
			if f[0].Set != f[1].Set {
				t.Fatalf("a field is there or not: %+v, %+v", a, b)
			}
			same("field of "+string(a.Name), f[0].Value, f[1].Value)
		}
	}
	for i := range txn.Messages {
		a, b := txn.Messages[i].Raw, out.Messages[i].Raw
		if len(a) != len(b) || strings.Count(a, "\n") != strings.Count(b, "\n") {
			t.Fatalf("a message of %d bytes has %d: %q", len(a), len(b), b)
		}
		if out.Messages[i].UID != txn.Messages[i].UID {
			t.Fatalf("another message: %d", out.Messages[i].UID)
		}
	}
	for i := range txn.Mailboxes {
		a, b := txn.Mailboxes[i].Value, out.Mailboxes[i].Value
		if len(a.Name) != len(b.Name) || (a.Name == mail.EncodeMailboxName(a.VName)) != (b.Name == mail.EncodeMailboxName(b.VName)) {
			t.Fatalf("%q, stored as %q, becomes %q, stored as %q", a.VName, a.Name, b.VName, b.Name)
		}
	}
}

func TestStrippedDocumentsAreValid(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../spec/transaction.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := strip.New(testKey(t), strip.Options{})
	for _, file := range []string{recordings, deliveries} {
		for i, txn := range documents(t, file) {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(line(t, stripped(t, s, txn))))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s:%d: %v", file, i+1, err)
			}
		}
	}
}

// What Dovecot derives from a stripped message is what stands in the stripped
// event. Where text is in a charset that cannot be written back (ISO 2022 without
// its ends, UTF-7), or a header is broken in ways that only Dovecot takes, the
// words of the two are replaced apart; those are few, and counted.
func TestEventsFitTheirMessages(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	fields, apart := 0, 0
	for _, txn := range documents(t, deliveries) {
		out := stripped(t, s, txn)
		options := deliver.Options{Event: txn.Events[0].Name}
		old, err := deliver.Message([]byte(txn.Messages[0].Raw), options)
		if err != nil {
			t.Fatal(err)
		}
		derived, err := deliver.Message([]byte(out.Messages[0].Raw), options)
		if err != nil {
			t.Fatal(err)
		}
		recorded, before, got, want := &txn.Events[0], &old.Events[0], &out.Events[0], &derived.Events[0]
		for _, f := range [][4]mail.Text{
			{recorded.From, before.From, got.From, want.From},
			{recorded.FromAddress, before.FromAddress, got.FromAddress, want.FromAddress},
			{recorded.FromDisplayName, before.FromDisplayName, got.FromDisplayName, want.FromDisplayName},
			{recorded.To, before.To, got.To, want.To},
			{recorded.ToAddress, before.ToAddress, got.ToAddress, want.ToAddress},
			{recorded.ToDisplayName, before.ToDisplayName, got.ToDisplayName, want.ToDisplayName},
			{recorded.Subject, before.Subject, got.Subject, want.Subject},
			{recorded.Snippet, before.Snippet, got.Snippet, want.Snippet},
			{recorded.MessageID, before.MessageID, got.MessageID, want.MessageID},
		} {
			if f[0] != f[1] {
				continue // recorded as something else, to begin with
			}
			fields++
			if f[2] != f[3] {
				apart++
			}
		}
	}
	t.Logf("%d of %d fields are replaced apart from their messages", apart, fields)
	if fields < 8000 || apart > fields/75 {
		t.Errorf("%d of %d fields do not fit their messages", apart, fields)
	}
}

func TestMessagesKeepTheirStructure(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	all, other := 0, 0
	for _, txn := range documents(t, deliveries) {
		out := stripped(t, s, txn)
		a, b := message.New(txn.Messages[0].Raw).Parts(), message.New(out.Messages[0].Raw).Parts()
		all++
		if len(a) != len(b) {
			other++
			continue
		}
		for i := range a {
			if a[i].Depth() != b[i].Depth() || a[i].Encoding() != b[i].Encoding() || len(a[i].Raw()) != len(b[i].Raw()) {
				other++
				break
			}
		}
	}
	t.Logf("%d of %d messages have another structure", other, all)
	if other > all/50 {
		t.Errorf("%d of %d messages have another structure", other, all)
	}
}

func TestNamesOfMailboxes(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	for name, keeps := range map[string]bool{
		"INBOX": true, "Sent Messages": true, "Trash": true, "INBOX.Drafts": true, "Junk E-mail": true, "Archive/Spam": true,
		"Alice": false, "INBOX/Alice": false, "Entwürfe": false, "Sent Alice": false, "shared/alice@example.com/INBOX": false,
	} {
		if got := s.Mailbox(name); (got == name) != keeps || len(got) != len(name) {
			t.Errorf("%q becomes %q", name, got)
		}
	}
	txn := &mail.Transaction{User: mail.User{Username: "alice"}, Events: []mail.Event{{Name: mail.MailboxCreate, Mailbox: "Übung/Entwürfe & mehr"}}}
	vname := txn.Events[0].Mailbox
	stored := mail.EncodeMailboxName(strings.ReplaceAll(vname, "/", "."))
	txn.Mailboxes.Put(vname, &mail.Mailbox{Name: stored, VName: vname})
	out := stripped(t, s, txn)
	m := out.Mailboxes[0]
	if m.Key != out.Events[0].Mailbox || m.Value.VName != m.Key || m.Value.Name != mail.EncodeMailboxName(strings.ReplaceAll(m.Key, "/", ".")) {
		t.Errorf("%q is stored as %q; the event has %q", m.Key, m.Value.Name, out.Events[0].Mailbox)
	}
}

// Two mailboxes never become one, even if their names are too short for that to be
// unlikely.
func TestMailboxesStayApart(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	txn := &mail.Transaction{User: mail.User{Username: "alice"}, Events: []mail.Event{}}
	// Beyond ASCII, even a single letter has others that become the same.
	for r := 'а'; r <= 'я'; r++ {
		txn.Mailboxes.Put(string(r), &mail.Mailbox{Name: mail.EncodeMailboxName(string(r)), VName: string(r)})
		txn.Events = append(txn.Events, mail.Event{Name: mail.MailboxCreate, Mailbox: string(r)})
	}
	out := stripped(t, s, txn)
	line(t, out) // fails for a name that is there twice
	for i := range txn.Events {
		if out.Events[i].Mailbox != out.Mailboxes[i].Key {
			t.Errorf("%s is %s in the event", out.Mailboxes[i].Key, out.Events[i].Mailbox)
		}
	}
}

func TestValues(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{Except: []string{"mode", "/private/keep", "later", "not there"}})
	txn := &mail.Transaction{
		User:   mail.User{Username: "alice", Service: mail.Some("lmtp")},
		Events: []mail.Event{{Name: mail.MessageNew, Mailbox: "INBOX", UID: 7, HasUID: true, UIDValidity: 1795290011, HasUIDValidity: true}},
		Settings: mail.Map[string]{
			{Key: "on", Value: "yes"}, {Key: "time", Value: "30 secs"}, {Key: "size", Value: "10M"}, {Key: "count", Value: "12345"}, {Key: "mode", Value: "alice"},
			{Key: "driver", Value: "ox:url=http://login:secret@host.example.com:8080/x user_from_metadata timeout_msecs=2000"},
			{Key: "max", Value: "max@example.com"}, {Key: "token", Value: "s3cr3t4711abc"},
		},
		Metadata: mail.Map[string]{
			{Key: "/private/a", Value: "user=11@3"}, {Key: "/private/newest", Value: "1795290011:7"}, {Key: "/private/keep", Value: "alice"}, {Key: "/private/number", Value: "4711"},
			{Key: "/private/json", Value: ` {"endpoint": "https://push.example.com/alice", "alice": [true, null, 5, 170, "J\u00fcrgen"]} `},
		},
		Unknown: []mail.Field{{Name: "later", Raw: `"alice"`}, {Name: "other", Raw: `{"alice":"alice","n":-120.5e3,"one":1}`}},
	}
	out := stripped(t, s, txn)
	setting := func(name string) string { v, _ := out.Setting(name); return v }
	for _, name := range []string{"on", "time", "size", "count", "mode"} {
		if want, _ := txn.Setting(name); setting(name) != want {
			t.Errorf("%s: %q becomes %q", name, want, setting(name))
		}
	}
	if d := setting("driver"); !strings.HasPrefix(d, "ox:url=http://") || !strings.HasSuffix(d, " user_from_metadata timeout_msecs=2000") || strings.Contains(d, "secret") || !strings.Contains(d, ":8080/") {
		t.Errorf("the driver is %q", d)
	}
	if setting("max") == "max@example.com" || strings.HasPrefix(setting("max"), "max") || setting("token") == "s3cr3t4711abc" {
		t.Errorf("secrets stay: %v", out.Settings)
	}
	meta := func(name string) string { v, _ := out.MetadataValue(name); return v }
	if v := meta("/private/a"); !strings.HasPrefix(v, "user=") || v == "user=11@3" || len(v) != 9 {
		t.Errorf("the OX user is %q", v)
	}
	if meta("/private/newest") != "1795290011:7" || meta("/private/keep") != "alice" || meta("/private/number") == "4711" {
		t.Errorf("the metadata is %v", out.Metadata)
	}
	j := meta("/private/json")
	if !strings.HasPrefix(j, ` {"endpoint": "https://`) || !strings.Contains(j, `": [true, null, 5, 1`) && !strings.Contains(j, `": [true, null, 5, `) || strings.Contains(j, "alice") || strings.Contains(j, "rgen") {
		t.Errorf("the JSON is %s", j)
	}
	if out.Unknown[0] != txn.Unknown[0] || out.Unknown[1].Name != "other" || strings.Contains(out.Unknown[1].Raw, "alice") || strings.Contains(out.Unknown[1].Raw, "120.5") || !strings.HasSuffix(out.Unknown[1].Raw, ":1}") {
		t.Errorf("the unknown fields are %v", out.Unknown)
	}
	if unmet := s.Unmet(); len(unmet) != 1 || unmet[0] != "not there" {
		t.Errorf("unmet: %q", unmet)
	}
	line(t, out)
}

func TestUnknownFieldsThatAreNotJSON(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	txn := &mail.Transaction{User: mail.User{Username: "alice"}, Events: []mail.Event{}, Unknown: []mail.Field{{Name: "x", Raw: "{"}}}
	if out, err := s.Transaction(txn); !errors.Is(err, strip.ErrField) || out != nil {
		t.Errorf("%v, %v", out, err)
	}
}

// The original must not change with the copy.
func TestTheCopyIsOneOfItsOwn(t *testing.T) {
	s := strip.New(testKey(t), strip.Options{})
	for _, txn := range documents(t, recordings) {
		before := line(t, txn)
		out := stripped(t, s, txn)
		for i := range out.Events {
			for j := range out.Events[i].Flags {
				out.Events[i].Flags[j] = "x"
			}
		}
		for _, m := range out.Mailboxes.All() {
			m.VName, m.Status.Keywords = "x", append(m.Status.Keywords[:0], "x")
		}
		if line(t, txn) != before {
			t.Fatalf("the original became %s", line(t, txn))
		}
	}
}
