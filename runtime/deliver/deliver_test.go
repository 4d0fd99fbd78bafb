package deliver_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/dovecot"
	"github.com/luapush/luapush/runtime/mail"
)

// answers are messages with what Dovecot 2.3.19.1 made of them: transaction
// documents with the message's text. TestDovecotAgrees keeps them true.
const answers = "testdata/dovecot-2.3.19.1.jsonl"

func readAnswers(t testing.TB) []*mail.Transaction {
	t.Helper()
	f, err := os.Open(answers)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []*mail.Transaction
	names := map[string]bool{}
	for r := mail.NewReader(f, answers); ; {
		txn, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(txn.Events) != 1 || len(txn.Messages) != 1 {
			t.Fatalf("%s: want one event and one message", txn.Scenario)
		}
		key := string(txn.Events[0].Name) + " " + txn.Scenario
		if names[key] {
			t.Fatalf("%s is there twice", key)
		}
		names[key] = true
		list = append(list, txn)
	}
	return list
}

// options are those under which a recorded event comes about.
func options(e mail.Event) deliver.Options {
	return deliver.Options{
		Event: e.Name, Mailbox: e.Mailbox, UID: e.UID, UIDValidity: e.UIDValidity, Flags: e.Flags, Keywords: e.Keywords,
	}
}

// different are the messages of which luapush makes something else, and why.
var different = map[string]string{
	"utf7-10": "a surrogate without its other half in UTF-7: glibc goes back to the beginning of the sequence",
	"ucs-4-3": "UCS-4 with a number beyond Unicode: glibc takes the next ones together otherwise",
}

func TestAnswersOfDovecot(t *testing.T) {
	list := readAnswers(t)
	if len(list) < 700 {
		t.Fatalf("%d answers are too few", len(list))
	}
	seen := map[string]bool{}
	for _, want := range list {
		t.Run(fmt.Sprintf("%s/%s", want.Events[0].Name, want.Scenario), func(t *testing.T) {
			raw := []byte(want.Messages[0].Raw)
			kept := bytes.Clone(raw)
			got, err := deliver.Message(raw, options(want.Events[0]))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(raw, kept) {
				t.Error("the message was changed")
			}
			diff := cmp.Diff(want.Events[0], got.Events[0])
			reason, known := different[want.Scenario]
			seen[want.Scenario] = true
			switch {
			case known && diff == "":
				t.Errorf("no longer different: %s", reason)
			case !known && diff != "":
				t.Errorf("differs from Dovecot (-dovecot +luapush):\n%s\nmessage:\n%.2000q", diff, raw)
			}
		})
	}
	for name := range different {
		if !seen[name] {
			t.Errorf("%s is not among the answers", name)
		}
	}
}

// large are messages too long to keep, with what Dovecot says of them.
var large = []struct {
	name                  string
	raw                   func() string
	from, subject, text   string
	subjectSize, fromSize int
}{
	{
		name: "long body", raw: func() string { return "Subject: x\r\n\r\n" + strings.Repeat("line of text\r\n", 200000) },
		subject: "x", text: strings.TrimSpace(strings.Repeat("line of text ", 15)) + " line",
	},
	{
		name: "long quotation", raw: func() string { return "Subject: x\r\n\r\n" + strings.Repeat("> line of text\r\n", 100000) + "end" },
		subject: "x", text: "end",
	},
	{
		name: "long header", raw: func() string {
			return "Subject: " + strings.Repeat("word ", 30000) + "\r\nFrom: " + strings.Repeat("x", 40000) + " <a@b>\r\n\r\nbody"
		},
		from: "a@b", text: "body", subjectSize: 150000, fromSize: 40000,
	},
	{
		name: "folded header", raw: func() string { return "Subject: " + strings.Repeat("y\r\n ", 50000) + "z\r\n\r\nbody" },
		text: "body", subjectSize: 150001,
	},
	{
		name: "many addresses", raw: func() string { return "From: " + strings.Repeat("u@x.y, ", 30000) + "z@x\r\n\r\nbody" },
		from: "u@x.y", text: "body",
	},
	{
		name: "many parts", raw: func() string { return manyParts(9997) }, text: "last",
	},
	{
		name: "as many parts as Dovecot reads", raw: func() string { return manyParts(9998) }, text: "last --b after --b--",
	},
	{
		name: "more parts than Dovecot reads", raw: func() string { return manyParts(9999) }, text: "",
	},
	{
		name: "long line", raw: func() string { return "Subject: x\r\n\r\n" + strings.Repeat("y", 300000) },
		subject: "x", text: strings.Repeat("y", 200),
	},
	{
		name: "long style", raw: func() string {
			return "Content-Type: text/html\r\n\r\n<style>" + strings.Repeat("p { margin: 0 }\r\n", 10000) + "</style><p>after</p>"
		},
		text: "after",
	},
	{
		name: "long base64", raw: func() string {
			return "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("CgoKCgoKCgoKCgoKCgoKCgoK\r\n", 20000) + "ZW5k\r\n"
		},
		text: "end",
	},
	{
		name: "nested too deep", raw: func() string { return nested(100) }, text: "",
	},
	{
		name: "nested", raw: func() string { return nested(99) }, text: "deep",
	},
}

func manyParts(n int) string {
	return "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: image/png\r\n\r\nx\r\n", n) +
		"--b\r\nContent-Type: text/plain\r\n\r\nlast\r\n--b\r\n\r\nafter\r\n--b--\r\n"
}

func nested(depth int) string {
	var b strings.Builder
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%dx\r\n\r\n--b%dx\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\ndeep")
	for i := depth - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "\r\n--b%dx--\r\n", i)
	}
	return b.String()
}

func TestLargeMessages(t *testing.T) {
	for _, test := range large {
		t.Run(test.name, func(t *testing.T) {
			txn, err := deliver.Message([]byte(test.raw()), deliver.Options{})
			if err != nil {
				t.Fatal(err)
			}
			checkLarge(t, test.name, txn.Events[0])
		})
	}
}

// checkLarge compares an event, ours or Dovecot's, with what is expected.
func checkLarge(t *testing.T, name string, e mail.Event) {
	t.Helper()
	for _, test := range large {
		if test.name != name {
			continue
		}
		if e.Snippet.Value != test.text {
			t.Errorf("snippet %.300q, want %.300q", e.Snippet.Value, test.text)
		}
		if e.FromAddress.Value != test.from {
			t.Errorf("from_address %.300q, want %q", e.FromAddress.Value, test.from)
		}
		if test.subject != "" && e.Subject.Value != test.subject {
			t.Errorf("subject %.300q, want %q", e.Subject.Value, test.subject)
		}
		if test.subjectSize > 0 && len(e.Subject.Value) != test.subjectSize {
			t.Errorf("a subject of %d bytes, want %d", len(e.Subject.Value), test.subjectSize)
		}
		if test.fromSize > 0 && len(e.FromDisplayName.Value) != test.fromSize {
			t.Errorf("a name of %d bytes, want %d", len(e.FromDisplayName.Value), test.fromSize)
		}
	}
}

func TestFieldsOfReleases(t *testing.T) {
	raw := []byte("From: =?utf-8?q?=C3=84?= <a@b>\nSubject: =?utf-8?q?=C3=84?=\nMessage-ID: <1>\n\n" + strings.Repeat("x", 300))
	tests := []struct {
		release                  string
		to, subject, fromAddress string
		length                   int
		id, flags                bool
	}{
		{"2.3.4", "absent", "=?utf-8?q?=C3=84?=", "absent", 100, false, false},
		{"2.3.5", "absent", "=?utf-8?q?=C3=84?=", "absent", 100, false, true},
		{"2.3.7", "absent", "=?utf-8?q?=C3=84?=", "absent", 200, false, true},
		{"2.3.8", "absent", "=?utf-8?q?=C3=84?=", "absent", 200, true, true},
		{"2.3.9", "absent", "Ä", "a@b", 200, true, true},
		{"2.3.9.1", "", "Ä", "a@b", 200, true, true},
		{"2.4", "", "Ä", "a@b", 200, true, true},
	}
	for _, test := range tests {
		release, err := dovecot.Parse(test.release)
		if err != nil {
			t.Fatal(err)
		}
		txn, err := deliver.Message(raw, deliver.Options{Release: release})
		if err != nil {
			t.Fatal(err)
		}
		e := txn.Events[0]
		shown := func(v mail.Text) string { return map[bool]string{true: v.Value, false: "absent"}[v.Set] }
		got := []any{shown(e.To), shown(e.Subject), shown(e.FromAddress), len(e.Snippet.Value), e.MessageID.Set, e.Flags != nil}
		want := []any{test.to, test.subject, test.fromAddress, test.length, test.id, test.flags}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.release, diff)
		}
		if txn.Dovecot != release.String() {
			t.Errorf("the document is of %s, want %s", txn.Dovecot, release)
		}
	}
}

func TestEvents(t *testing.T) {
	all := deliver.Options{Flags: []string{`\seen`, `\Answered`}, Keywords: []string{"$Work"}}
	for _, name := range mail.EventNames() {
		o := deliver.Options{Event: name, UID: 7, UIDValidity: 8, User: "u", Mailbox: "Entwürfe/A"}
		switch name {
		case mail.MailboxRename:
			o.MailboxOld = "Old"
		case mail.FlagsClear:
			o.FlagsOld, o.KeywordsOld = []string{`\Seen`}, []string{"$Old"}
			fallthrough
		case mail.FlagsSet, mail.MessageNew, mail.MessageAppend:
			o.Flags, o.Keywords = all.Flags, all.Keywords
		}
		txn, err := deliver.Event(o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		line, err := txn.AppendJSON(nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := mail.Parse(line, "document")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		e := again.Events[0]
		if name.IsMessage() != (e.UID == 7 && e.UIDValidity == 8) || name.IsMessage() != (len(again.Mailboxes) == 1) {
			t.Errorf("%s: %s", name, line)
		}
		if box, ok := again.Mailbox("Entwürfe/A"); ok && box.Name != "Entw&APw-rfe.A" {
			t.Errorf("%s: the mailbox is stored as %q", name, box.Name)
		}
		if o.Flags != nil && cmp.Diff([]string{`\Answered`, `\Seen`}, e.Flags) != "" {
			t.Errorf("%s: flags %q", name, e.Flags)
		}
	}
}

func TestWrongOptions(t *testing.T) {
	tests := []struct {
		options      deliver.Options
		option, text string
	}{
		{deliver.Options{Event: "Messagenew"}, "", "MessageNew"},
		{deliver.Options{Event: mail.MailboxRename}, "MailboxOld", "needs the name"},
		{deliver.Options{Event: mail.MailboxCreate, MailboxOld: "x"}, "MailboxOld", "only MailboxRename"},
		{deliver.Options{Event: mail.MessageNew, MailboxOld: "x"}, "MailboxOld", "only MailboxRename"},
		{deliver.Options{Event: mail.MailboxCreate, Keywords: []string{"x"}}, "Keywords", "no flags or keywords"},
		{deliver.Options{Event: mail.MessageRead, Flags: []string{`\Seen`}}, "Flags", "nothing of flags"},
		{deliver.Options{Event: mail.FlagsSet, KeywordsOld: []string{"x"}}, "KeywordsOld", "only FlagsClear"},
		{deliver.Options{Event: mail.FlagsSet, Flags: []string{"seen"}}, "Flags", `did you mean \Seen?`},
		{deliver.Options{Event: mail.FlagsSet, Flags: []string{"$Work"}}, "Flags", "keywords are given apart"},
	}
	for _, test := range tests {
		_, err := deliver.Event(test.options)
		var wrong *deliver.OptionError
		if err == nil || !strings.Contains(err.Error(), test.text) || errors.As(err, &wrong) != (test.option != "") || wrong != nil && wrong.Option != test.option {
			t.Errorf("%+v: %v", test.options, err)
		}
	}
	if _, err := deliver.Message(nil, deliver.Options{Event: mail.FlagsSet}); err == nil {
		t.Error("FlagsSet has no message, and there is no error")
	}
}

func TestKeptText(t *testing.T) {
	const raw = "Subject: x\r\n\r\n\xff"
	txn, err := deliver.Message([]byte(raw), deliver.Options{UID: 5, KeepText: true})
	if err != nil {
		t.Fatal(err)
	}
	if text, ok := txn.MessageText("INBOX", 5); !ok || text != raw {
		t.Errorf("the text is %q, want what was given", text)
	}
}

// TestTables asks for each character of the tables: what is decoded is UTF-8, and
// ASCII stays.
func TestTables(t *testing.T) {
	for _, name := range []string{"iso-8859-1", "windows-1251", "koi8-r", "shift_jis", "euc-kr", "gb18030", "big5", "iso-2022-jp", "utf-16", "utf-7", ""} {
		for a := 0x80; a < 0x100; a++ {
			for _, b := range []byte{0x21, 0x41, 0x80, 0xa1, 0xfe} {
				word := "=?" + name + "?b?" + base64.StdEncoding.EncodeToString([]byte{byte(a), b, 'z', 'z'}) + "?="
				if got := deliver.DecodeHeader(word); !utf8.ValidString(got) {
					t.Fatalf("%s is %q", word, got)
				}
			}
		}
	}
}

func FuzzMessage(f *testing.F) {
	for _, txn := range readAnswers(f) {
		if len(txn.Messages[0].Raw) < 600 {
			f.Add([]byte(txn.Messages[0].Raw), txn.Events[0].Name == mail.MessageAppend)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, appended bool) {
		o := deliver.Options{KeepText: true}
		if appended {
			o.Event = mail.MessageAppend
		}
		kept := bytes.Clone(raw)
		txn, err := deliver.Message(raw, o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, kept) {
			t.Fatal("the message was changed")
		}
		e := txn.Events[0]
		for name, v := range map[string]string{
			"subject": e.Subject.Value, "snippet": e.Snippet.Value, "from_display_name": e.FromDisplayName.Value,
		} {
			if !utf8.ValidString(v) {
				t.Errorf("%s is not UTF-8: %q", name, v)
			}
		}
		if n := utf8.RuneCountInString(e.Snippet.Value); n > 200 || strings.ContainsAny(e.Snippet.Value, "\r\n\t") {
			t.Errorf("a snippet of %d characters: %q", n, e.Snippet.Value)
		}
		line, err := txn.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := mail.Parse(line, "document")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(e, again.Events[0]); diff != "" {
			t.Errorf("the document says something else:\n%s", diff)
		}
	})
}
