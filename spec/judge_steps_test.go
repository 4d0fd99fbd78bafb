package spec_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/luapush/luapush/cmd/luapush/verify"
	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/spec/oracle"
)

const (
	alice = "alice@example.com"
	bob   = "bob@example.com"
	carol = "carol@example.com"
)

// recordedMail is the mail of the recording's deliveries, by scenario. The headers
// that most of them share stand in for "@".
var recordedMail = []struct{ scenario, text string }{
	{"deliver-plain", "From: Dana Writer <dana@example.net>\nTo: Alice <alice@example.com>\nSubject: Lunch on Friday?\n" +
		"Date: Fri, 20 Nov 2026 10:00:00 +0200\nMessage-ID: <lunch-1@example.net>\n\nHi Alice,\n\nshall we meet at noon?\n\nDana\n"},
	{"deliver-encoded-headers", "From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.net>\n" +
		"To: =?utf-8?b?QWxpY2Ug5bGx55Sw?= <alice@example.com>, bob@example.com\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCnchen?=\n" +
		"Date: Fri, 20 Nov 2026 10:00:00 +0200\nMessage-ID: <enc-1@example.net>\nMIME-Version: 1.0\n" +
		"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nSch=C3=B6ne Gr=C3=BC=C3=9Fe aus M=C3=BCnchen\n"},
	{"deliver-no-headers", "Subject: bare\n\nonly a body\n"},
	{"deliver-empty-body", "@Subject:\n\n"},
	{"deliver-html", "From: News <news@example.net>\n@Subject: HTML only\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" +
		"<html><head><title>T</title></head><body><p>Hello &amp; welcome</p><p>Second paragraph</p></body></html>\n"},
	{"deliver-alternative-quoted", "From: Dana <dana@example.net>\n@Subject: Re: reply\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n" +
		"> Do you come?\n> I need to know.\n\nMy answer is yes.\n--b\nContent-Type: text/html\n\n<p>My answer is <b>yes</b>.</p>\n--b--\n"},
	{"deliver-calendar-invite", "From: Cal <cal@example.net>\n@Subject: Invitation: Planning\nMessage-ID: <inv-1@example.net>\nMIME-Version: 1.0\n" +
		"Content-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain\n\nYou are invited.\n--c\n" +
		"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--c--\n"},
	{"deliver-two-recipients", "From: dana@example.net\nTo: alice@example.com, bob@example.com\nSubject: both of you\n" +
		"Date: Fri, 20 Nov 2026 10:00:00 +0200\n\nHello both\n"},
	{"deliver-group-and-odd-addresses", "From: undisclosed-senders:;\nTo: Team: a@example.com, b@example.com;\nSubject: group syntax\n" +
		"Date: Fri, 20 Nov 2026 10:00:00 +0200\n\ngroup\n"},
	{"deliver-invalid-bytes", "From: \xff\xfe <x@example.net>\n@Subject: bad \xff bytes \xc3\n\nbody \x80 here\n"},
	{"deliver-long", "From: \"Very Long Name " + strings.Repeat("x", 120) + "\" <long@example.net>\n@Subject: " + strings.Repeat("word ", 80) +
		"\n\n" + strings.Repeat("The quick brown fox jumps over the lazy dog. ", 20) + "\n"},
	{"deliver-control-characters", "From: tab\there <t@example.net>\n@Subject: folded\n subject \"quoted\" \\ back\n\n" +
		"tab\there \"quoted\" \\ back\x01\n"},
}

const lastRecorded = "@Subject: now registered\n\nregistered\n"

// compose makes a recorded message as it is sent.
func compose(text string) []byte {
	common := "To: alice@example.com\nDate: Fri, 20 Nov 2026 10:00:00 +0200\n"
	if strings.HasPrefix(text, "@") {
		common = "From: dana@example.net\n" + common
	}
	return oracle.CRLF(strings.Replace(text, "@Subject", common+"Subject", 1))
}

const plan = "From: Alice <alice@example.com>\nTo: bob@example.com\nSubject: draft plan\nDate: Fri, 20 Nov 2026 09:00:00 -0500\n" +
	"Message-ID: <plan-1@example.com>\n\nplan text\n"

// recordedIMAP is what the recording's user did in one session, by scenario.
var recordedIMAP = []struct {
	scenario string
	commands []string
}{
	{"imap-create", []string{`CREATE Projects/Alpha`}},
	{"imap-create-utf7", []string{`CREATE Entw&APw-rfe`}},
	{"imap-subscribe", []string{`SUBSCRIBE Projects/Alpha`}},
	{"imap-append", []string{fmt.Sprintf(`APPEND Projects/Alpha (\Seen $Work) %s`, oracle.Literal(oracle.CRLF(plan)))}},
	{"imap-seen", []string{`SELECT INBOX`, `STORE 1 +FLAGS (\Seen)`}},
	{"imap-flag-many", []string{`STORE 1:3 +FLAGS (\Flagged $Label1)`}},
	{"imap-keywords-add", []string{`STORE 2 +FLAGS ($Label2 $Label3)`}},
	{"imap-keywords-remove", []string{`STORE 2 -FLAGS ($Label1 $Label3)`}},
	{"imap-flags-replace", []string{`STORE 2 FLAGS (\Answered)`}},
	{"imap-unseen", []string{`STORE 1 -FLAGS (\Seen)`}},
	{"imap-copy", []string{`COPY 1:2 Projects/Alpha`}},
	{"imap-move", []string{`MOVE 3 Projects/Alpha`}},
	{"imap-delete-mark", []string{`STORE 1:2 +FLAGS (\Deleted)`}},
	{"imap-expunge", []string{`EXPUNGE`}},
	{"imap-rename", []string{`RENAME Projects/Alpha Projects/Beta`}},
	{"imap-unsubscribe", []string{`UNSUBSCRIBE Projects/Alpha`}},
	{"imap-fetch-sets-seen", []string{`SELECT INBOX`, `FETCH 1 BODY[]`}},
	{"imap-delete-mailbox", []string{`DELETE Projects/Beta`, `SETMETADATA "" (/private/vendor/vendor.dovecot/http-notify "user=11@3")`}},
}

// recordedSteps do what led to the 36 transactions of the recording. Its IMAP
// session is one step, or a session each if it is taken apart.
func recordedSteps(apart bool) []verify.Step {
	var steps []verify.Step
	for _, m := range recordedMail {
		s := verify.Step{Name: m.scenario, To: []string{alice}, Mail: compose(m.text)}
		if m.scenario == "deliver-two-recipients" {
			s.To = append(s.To, bob)
		}
		steps = append(steps, s)
	}
	var together []string
	for _, r := range recordedIMAP {
		if apart {
			list := r.commands
			if list[0] != "SELECT INBOX" {
				list = append([]string{"SELECT INBOX"}, list...)
			}
			steps = append(steps, verify.Step{Name: r.scenario, User: alice, Do: commands(list...)})
		}
		together = append(together, r.commands...)
	}
	if !apart {
		steps = append(steps, verify.Step{Name: "imap-session", User: alice, Do: commands(together...)})
	}
	return append(steps, verify.Step{Name: "deliver-after-metadata", To: []string{alice}, Mail: compose(lastRecorded)})
}

// commands are IMAP commands that must all be accepted, but for those that begin
// with "!", which must be refused.
func commands(list ...string) func(*oracle.IMAP) error {
	return func(c *oracle.IMAP) error {
		for _, line := range list {
			line, refused := strings.CutPrefix(line, "!")
			_, err := c.Command("%s", line)
			var no *oracle.IMAPError
			switch {
			case refused && err == nil:
				return fmt.Errorf("%s: accepted", line)
			case refused && errors.As(err, &no):
			case err != nil:
				return fmt.Errorf("%.60s: %w", line, err)
			}
		}
		return nil
	}
}

// furtherSteps do what the recording has not.
func furtherSteps() []verify.Step {
	message := oracle.Literal(oracle.CRLF("From: Eve <eve@example.org>\nTo: carol@example.com\nSubject: a\n\nb\n"))
	other := oracle.Literal("Subject: \xff\r\n\r\n\xfe\r\n")
	return []verify.Step{
		{Name: "deliver-first", To: []string{carol}, Mail: []byte("Subject: first\r\n\r\nHello\r\n")},
		{Name: "rollback", User: carol, Do: commands(
			fmt.Sprintf(`APPEND INBOX (\Flagged $one) %s`, message),
			fmt.Sprintf(`!APPEND INBOX %s (\Bogus %s`, message, other))},
		{Name: "multiappend", User: carol, Do: commands(
			`CREATE Work/Deep/Er`, `CREATE Dir/`, fmt.Sprintf(`APPEND Work/Deep/Er %s (\Draft $x) %s %s`, message, other, message))},
		{Name: "no-op-store", User: carol, Do: commands(
			`SELECT INBOX`, `STORE 1 +FLAGS (\Answered)`, `STORE 1 +FLAGS (\Answered)`, `STORE 1 +FLAGS.SILENT (\Seen \Deleted)`,
			`STORE 1 -FLAGS (\Deleted)`, `STORE 1 FLAGS ()`)},
		{Name: "copy", User: carol, Do: commands(
			`SELECT INBOX`, `COPY 1 INBOX`, `COPY 1:* Work/Deep/Er`, `!COPY 1 nowhere`, `UID STORE 1:* +FLAGS (\Deleted)`, `CLOSE`)},
		{Name: "move", User: carol, Do: commands(`SELECT Work/Deep/Er`, `MOVE 1:2 INBOX`)},
		{Name: "mailboxes", User: carol, Do: commands(
			`SUBSCRIBE Dir`, `UNSUBSCRIBE Dir`, `UNSUBSCRIBE Dir`, `!SUBSCRIBE nothing`, `RENAME Work/Deep Moved`, `DELETE Moved/Er`, `!DELETE INBOX`)},
		{Name: "deliver-8-bit", To: []string{carol}, Mail: []byte("From: \xc3\x28 <\xff@example.net>\r\nSubject: \xed\xa0\x80 \xe2\x82\xac\r\nMessage-ID: <\x80>\r\n\r\n\xff\r\n")},
		{Name: "deliver-nul", To: []string{carol}, Mail: []byte("Subject: a\x00b\r\n\r\nc\x00d\r\n")},
		{Name: "deliver-empty", To: []string{carol}, Mail: nil},
		{Name: "deliver-three", To: []string{carol, alice, bob}, Mail: []byte("Subject: all\r\n\r\nHi\r\n")},
	}
}

// hostileSteps are all messages that package deliver is held to; each is sent as
// it was when Dovecot answered for it.
func hostileSteps(t *testing.T) ([]verify.Step, []*mail.Transaction) {
	t.Helper()
	const path = "../runtime/deliver/testdata/dovecot-2.3.19.1.jsonl"
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var steps []verify.Step
	var list []*mail.Transaction
	for r := mail.NewReader(f, path); ; {
		txn, err := r.Next()
		if errors.Is(err, io.EOF) {
			return steps, list
		}
		if err != nil {
			t.Fatal(err)
		}
		raw := []byte(txn.Messages[0].Raw)
		s := verify.Step{Name: txn.Scenario, To: []string{carol}, Mail: raw}
		if txn.Events[0].Name == mail.MessageAppend {
			s = verify.Step{Name: txn.Scenario, User: carol, Do: func(c *oracle.IMAP) error { return c.Append("INBOX", "", raw) }}
		}
		steps, list = append(steps, s), append(list, txn)
	}
}
