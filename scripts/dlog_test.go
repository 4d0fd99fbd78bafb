package scripts_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/dovecot"
)

// logged gives the lines of dlog without the ends of sessions, of which
// Dovecot's log also has those of its internal users, and the first line of
// each.
func logged(t *testing.T, p played) []string {
	t.Helper()
	var list []string
	for _, l := range p.log {
		text, ok := strings.CutPrefix(l, "debug ")
		if !ok {
			t.Errorf("%s: is not a debug line", l)
		}
		text, _, _ = strings.Cut(text, "\n")
		if !strings.HasPrefix(text, "Called deinit ") && !strings.HasPrefix(text, "Called cleanup ") {
			list = append(list, text)
		}
	}
	return list
}

// TestDlogSessions holds the lines of an IMAP session with every event to those
// of the real driver.
func TestDlogSessions(t *testing.T) {
	dlog := driver{name: "dlog", options: map[string]string{"luapush_options": "some text"}}
	p := dlog.play(t, "imap.jsonl", read(t, "testdata/dlog/imap.jsonl"))
	want := slices.DeleteFunc(lines(read(t, "testdata/dlog/imap.log")), func(l string) bool {
		return strings.HasPrefix(l, "Called deinit ") || strings.HasPrefix(l, "Called cleanup ")
	})
	same(t, want, logged(t, p))
}

// TestDlogFields holds the lines of deliveries beside a Lua driver, which asks
// for all fields.
func TestDlogFields(t *testing.T) {
	all := "date from snippet subject to"
	dlog := driver{name: "dlog", options: map[string]string{"luapush_new_fields": all, "luapush_append_fields": all}}
	p := dlog.play(t, "both.jsonl", read(t, "testdata/dlog/both.jsonl"))
	want := slices.DeleteFunc(lines(read(t, "testdata/dlog/both.log")), func(l string) bool {
		return strings.HasPrefix(l, "Called deinit ") || strings.HasPrefix(l, "Called cleanup ")
	})
	same(t, want, logged(t, p))
}

// TestDlogRecordedLines plays what led to the captured lines of a first
// recording, whole sessions with their ends.
func TestDlogRecordedLines(t *testing.T) {
	want, err := os.ReadFile("testdata/dlog/lines.log")
	if err != nil {
		t.Fatal(err)
	}
	p := driver{name: "dlog", options: map[string]string{}}.play(t, "lines.jsonl", read(t, "testdata/dlog/lines.jsonl"))
	var got []string
	for _, l := range p.log {
		got = append(got, strings.TrimPrefix(l, "debug "))
	}
	same(t, lines(string(want)), got)
}

func TestDlogOfDovecot24(t *testing.T) {
	dlog := driver{name: "dlog", release: dovecot.Latest24, options: map[string]string{"luapush_release": "2.4.4"}}
	p := dlog.play(t, "test", `{"version":1,"user":{"username":"a@b"},"events":[{"name":"MailboxUnsubscribe","mailbox":"Box"}],"success":true}`)
	same(t, []string{
		"debug dlog: Called init push_notification plugin hook.",
		"debug dlog: Called begin_txn push_notification plugin hook.",
		"debug dlog: Called process_mbox push_notification plugin hook.",
		"debug dlog: Mailbox data: Mailbox [Box]",
		"debug dlog: MailboxUnsubscribe: Mailbox was subscribed to",
		"debug dlog: Called end_txn push_notification plugin hook.",
		"debug dlog: Called deinit push_notification plugin hook.",
		"debug dlog: Called cleanup push_notification plugin hook.",
	}, p.log)
}

// TestDlogRollback holds that a transaction that was rolled back is told, too.
func TestDlogRollback(t *testing.T) {
	p := driver{name: "dlog", options: map[string]string{}}.play(t, "test",
		`{"version":1,"user":{"username":"a@b"},"events":[{"name":"MessageAppend","mailbox":"Box","uid":1}],"success":false}`)
	same(t, []string{
		"Called init push_notification plugin hook.",
		"Called begin_txn push_notification plugin hook.",
		"Called end_txn push_notification plugin hook.",
	}, logged(t, p))
}
