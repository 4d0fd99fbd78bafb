package mail

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// badDocument is a document that a Reader refuses. schema says that the JSON
// Schema refuses it too: it is JSON, and what is wrong is its shape.
type badDocument struct {
	name, doc, want string
	schema          bool
}

const (
	goodUser = `"user":{"username":"u"}`
	goodHead = `{"version":1,` + goodUser + `,`
)

func badEvent(fields string) string {
	return goodHead + `"events":[{"name":"MessageNew","mailbox":"INBOX",` + fields + `}]}`
}

// badDocuments is a function, so that no test can change it for another.
func badDocuments() []badDocument {
	return []badDocument{
		// The shape.
		{"array", `[{"version":1}]`, `f:1: expected a transaction object, got an array; write one transaction after the other, without brackets and commas`, true},
		{"string", `"x"`, `f:1: expected a transaction object, got a string`, true},
		{"number", `-1`, `f:1: expected a transaction object, got a number`, true},
		{"null", `null`, `f:1: expected a transaction object, got null`, true},
		{"uid string", badEvent(`"uid":"x"`), `f:1: events[0].uid: expected a number, got a string`, true},
		{"uid quoted", badEvent(`"uid":"12"`), `f:1: events[0].uid: expected a number, got a string; write it without the quotes`, true},
		{"uid null", badEvent(`"uid":null`), `f:1: events[0].uid: expected a number, got null; leave a field without a value out`, true},
		{"uid negative", badEvent(`"uid":-1`), `f:1: events[0].uid: the number -1 is out of range; it must be 0 to 4294967295`, true},
		{"uid large", badEvent(`"uid":4294967296`), `f:1: events[0].uid: the number 4294967296 is out of range; it must be 0 to 4294967295`, true},
		{"uid huge", badEvent(`"uid":1e400`), `f:1: events[0].uid: the number 1e400 is out of range; it must be 0 to 4294967295`, true},
		{"uid fraction", badEvent(`"uid":1.5`), `f:1: events[0].uid: expected a whole number, got 1.5`, true},
		{"uid small fraction", badEvent(`"uid":1e-400`), `f:1: events[0].uid: expected a whole number, got 1e-400`, true},
		{"uid long", badEvent(`"uid":1.` + strings.Repeat("1", 50)), `f:1: events[0].uid: expected a whole number, got 1.1111111111111111111111111111…`, true},
		{"date", badEvent(`"date":9223372036854775808`), `f:1: events[0].date: the number 9223372036854775808 is out of range; it must be -9223372036854775808 to 9223372036854775807`, true},
		{"tz", badEvent(`"tz":true`), `f:1: events[0].tz: expected a number, got a boolean`, true},
		{"subject null", badEvent(`"subject":null`), `f:1: events[0].subject: expected a string, got null; leave a field without a value out`, true},
		{"subject number", badEvent(`"subject":5`), `f:1: events[0].subject: expected a string, got a number`, true},
		{"subject object", badEvent(`"subject":{}`), `f:1: events[0].subject: expected a string, got an object; bytes that are not UTF-8 are written {"$base64":"…"}`, true},
		{"subject base64 and more", badEvent(`"subject":{"$base64":"","x":1}`), `f:1: events[0].subject: expected a string, got an object; bytes that are not UTF-8 are written {"$base64":"…"}`, true},
		{"base64 alphabet", badEvent(`"subject":{"$base64":"_w=="}`), `f:1: events[0].subject: not valid base64; use the standard alphabet, with padding and without line breaks (RFC 4648 §4)`, true},
		{"base64 padding", badEvent(`"subject":{"$base64":"/w"}`), `f:1: events[0].subject: not valid base64; use the standard alphabet, with padding and without line breaks (RFC 4648 §4)`, true},
		{"base64 bits", badEvent(`"subject":{"$base64":"/x=="}`), `f:1: events[0].subject: not valid base64; use the standard alphabet, with padding and without line breaks (RFC 4648 §4)`, true},
		{"base64 line break", badEvent(`"subject":{"$base64":"/w==\n"}`), `f:1: events[0].subject: not valid base64; use the standard alphabet, with padding and without line breaks (RFC 4648 §4)`, true},
		{"base64 number", badEvent(`"subject":{"$base64":1}`), `f:1: events[0].subject: expected a string, got an object; bytes that are not UTF-8 are written {"$base64":"…"}`, true},
		{"flags number", badEvent(`"flags":8`), `f:1: events[0].flags: expected an array of strings, got a number`, true},
		{"flags element", badEvent(`"flags":["\\Seen",8]`), `f:1: events[0].flags[1]: expected a string, got a number`, true},
		{"no username", `{"version":1,"user":{},"events":[]}`, `f:1: user.username: the field is missing; every user has one`, true},
		{"no user", `{"version":1,"events":[]}`, `f:1: user: the field is missing; every transaction has one`, true},
		{"no events", `{"version":1,` + goodUser + `}`, `f:1: events: the field is missing; every transaction has one`, true},
		{"empty", `{}`, `f:1: user: the field is missing; every transaction has one`, true},
		{"user string", `{"user":"u","events":[]}`, `f:1: user: expected an object, got a string`, true},
		{"events object", `{` + goodUser + `,"events":{}}`, `f:1: events: expected an array of objects, got an object`, true},
		{"event null", `{` + goodUser + `,"events":[null]}`, `f:1: events[0]: expected an object, got null; leave a field without a value out`, true},
		{"event without name", `{` + goodUser + `,"events":[{"name":"FlagsSet","mailbox":"a"},{"mailbox":"a"}]}`, `f:1: events[1].name: the field is missing; every event has one`, true},
		{"event without mailbox", `{` + goodUser + `,"events":[{"name":"FlagsSet"}]}`, `f:1: events[0].mailbox: the field is missing; every event has one`, true},
		{"event name", `{` + goodUser + `,"events":[{"name":"MesageNew","mailbox":"a"}]}`, `f:1: events[0].name: unknown event "MesageNew"; did you mean "MessageNew"?`, true},
		{"event name case", `{` + goodUser + `,"events":[{"name":"flags_set","mailbox":"a"}]}`, `f:1: events[0].name: unknown event "flags_set"; did you mean "FlagsSet"?`, true},
		{"event name far", `{` + goodUser + `,"events":[{"name":"\n","mailbox":"a"}]}`, `f:1: events[0].name: unknown event "\n"; the events are FlagsClear, FlagsSet, MailboxCreate, MailboxDelete, MailboxRename, MailboxSubscribe, MailboxUnsubscribe, MessageAppend, MessageExpunge, MessageNew, MessageRead, MessageTrash`, true},
		{"event name number", `{` + goodUser + `,"events":[{"name":1,"mailbox":"a"}]}`, `f:1: events[0].name: expected a string, got a number`, true},
		{"newer", `{"version":2,"user":7}`, `f:1: version: the document has version 2, newer than this program's 1; upgrade luapush, or record the transaction again`, true},
		{"version 0", `{"version":0}`, `f:1: version: there is no version 0; the current one is 1`, true},
		{"version string", `{"version":"1"}`, `f:1: version: expected a number, got a string; write it without the quotes`, true},
		{"success", goodHead + `"events":[],"success":"yes"}`, `f:1: success: expected a boolean, got a string; write true or false`, true},
		{"setting", goodHead + `"events":[],"settings":{"a.b":1}}`, `f:1: settings["a.b"]: expected a string, got a number`, true},
		{"metadata null", goodHead + `"events":[],"metadata":{"/private/x":null}}`, `f:1: metadata["/private/x"]: expected a string, got null; leave a field without a value out`, true},
		{"mailbox string", goodHead + `"events":[],"mailboxes":{"0":""}}`, `f:1: mailboxes["0"]: expected an object, got a string`, true},
		{"status", goodHead + `"events":[],"mailboxes":{"INBOX":{"status":{"messages":-1}}}}`, `f:1: mailboxes.INBOX.status.messages: the number -1 is out of range; it must be 0 to 4294967295`, true},
		{"modseq", goodHead + `"events":[],"mailboxes":{"INBOX":{"status":{"highest_modseq":18446744073709551616}}}}`, `f:1: mailboxes.INBOX.status.highest_modseq: the number 18446744073709551616 is out of range; it must be 0 to 18446744073709551615`, true},
		{"message", goodHead + `"events":[],"messages":[{"mailbox":"a","uid":1}]}`, `f:1: messages[0].raw: the field is missing; every message has one`, true},
		{"vname", goodHead + `"events":[],"mailboxes":{"A":{"vname":"B"}}}`, `f:1: mailboxes.A.vname: "B" is listed as "A"; a mailbox is listed under its vname`, false},

		// The text.
		{"nothing", ``, `f: there are no transactions in it; a transaction is one JSON object`, false},
		{"blanks", "\ufeff\r\n \t\n", `f: there are no transactions in it; a transaction is one JSON object`, false},
		{"truncated", goodHead + "\n" + `"events":[{"name":"MessageNew","mai`, `f:2: events[0]: the document ends in the middle; the file was cut off, or is still being written`, false},
		{"truncated after a member", `{"user":{"username":"u"}`, `f:1: the document ends in the middle; the file was cut off, or is still being written`, false},
		{"only a brace", `{`, `f:1: the document ends in the middle; the file was cut off, or is still being written`, false},
		{"duplicate", goodHead + `"events":[],"events":[]}`, `f:1: events: the field is there twice; keep one of the two`, false},
		{"duplicate by escape", `{"user":{"username":"u","user\u006eame":"v"}}`, `f:1: user.username: the field is there twice; keep one of the two`, false},
		{"duplicate in unknown", goodHead + `"events":[],"x":[{"a":1,"a":2}]}`, `f:1: x[0].a: the field is there twice; keep one of the two`, false},
		{"duplicate mailbox", goodHead + `"mailboxes":{"a b":{},"a b":{}}}`, `f:1: mailboxes["a b"]: the field is there twice; keep one of the two`, false},
		{"invalid UTF-8", "{\n" + `"scenario":"a` + "\xff" + `b"}`, `f:2: scenario: bytes that are not valid UTF-8; write such a string as {"$base64":"…"}`, false},
		{"cut character", `{"scenario":"` + "\xe2\x82" + `"}`, `f:1: scenario: bytes that are not valid UTF-8; write such a string as {"$base64":"…"}`, false},
		{"invalid UTF-8 in a name", `{"` + "\xff" + `":1}`, `f:1: bytes that are not valid UTF-8; write such a string as {"$base64":"…"}`, false},
		{"surrogate", `{"scenario":"\ud800"}`, "f:1: scenario: not valid JSON: invalid surrogate pair `\\ud800\"}` in string; half a character cannot be written; write such bytes as {\"$base64\":\"…\"}", false},
		{"escape", `{"scenario":"\x"}`, "f:1: scenario: not valid JSON: invalid escape sequence `\\x` in string", false},
		{"missing quote", "{\"scenario\":\"a\n}\n" + full, `f:1: scenario: a line ends inside a string; close the string with ", or write \n for a line break in it`, false},
		{"missing brace", "{\"scenario\":\"a\"\n" + full, `f:2: not valid JSON: invalid character '{' after object value (expecting ',' or '}')`, false},
		{"tab in string", "{\"scenario\":\"a\tb\"}", `f:1: scenario: not valid JSON: invalid character '\t' in string (expecting non-control character); write control characters as \u00XX`, false},
		{"NUL in string", "{\"scenario\":\"a\x00b\"}", `f:1: scenario: a NUL byte; write \u0000 inside a string; a file full of them is binary or UTF-16, and must be UTF-8`, false},
		{"NUL between", "{\x00\"scenario\":\"\"}", `f:1: a NUL byte; write \u0000 inside a string; a file full of them is binary or UTF-16, and must be UTF-8`, false},
		{"NULs", "\x00\x00", `f:1: expected a transaction object, got a NUL byte; the file is not text`, false},
		{"UTF-16", "\xff\xfe{\x00", `f:1: expected a transaction object, got UTF-16 text; save it as UTF-8`, false},
		{"UTF-16 without mark", "{\x00\"\x00", `f:1: a NUL byte; write \u0000 inside a string; a file full of them is binary or UTF-16, and must be UTF-8`, false},
		{"gzip", "\x1f\x8b\x08\x00", `f:1: expected a transaction object, got gzip data; unpack it first`, false},
		{"junk", "\x80\x81", `f:1: expected a transaction object, got the byte 0x80; the file is not UTF-8 text`, false},
		{"text", "\nhello", `f:2: expected a transaction object, got 'h'`, false},
		{"comma after member", goodHead + `}`, `f:1: not valid JSON: invalid character ',' at start of value; there is a comma too many`, false},
		{"no colon", `{"user" 1}`, `f:1: user: not valid JSON: invalid character '1' after object name (expecting ':')`, false},
		{"brackets", `{"user"]`, `f:1: user: not valid JSON: invalid character ']' after object name (expecting ':')`, false},
		{"name", `{user:1}`, `f:1: not valid JSON: invalid character 'u' at start of value`, false},
		{"deep", `{"x":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, `f:1: x` + strings.Repeat("[0]", 67) + `…: not valid JSON: exceeded max depth`, false},
		{"NaN", badEvent(`"uid":NaN`), `f:1: events[0].uid: not valid JSON: invalid character 'N' at start of value`, false},
		{"leading zero", badEvent(`"uid":01`), `f:1: events[0]: not valid JSON: invalid character '1' after object value (expecting ',' or '}')`, false},
	}
}

func TestBadDocuments(t *testing.T) {
	for _, c := range badDocuments() {
		t.Run(c.name, func(t *testing.T) {
			txn, err := NewReader(strings.NewReader(c.doc), "f").Next()
			var bad *FormatError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v, %v", txn, err)
			}
			if got := err.Error(); got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
			if strings.ContainsAny(err.Error(), "\r\n\x00") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

func TestErrorPositions(t *testing.T) {
	for _, c := range []struct {
		doc          string
		line, column int
	}{
		{`{"user":1}`, 1, 9},
		{"\n\n  {\"user\":\n   1}", 4, 4},
		{"\ufeff{\"user\":1}", 1, 9},
		{full + " {\"user\":1}", 1, len(full) + 10},
		{"{\r\n\"user\":{}}", 2, 8},
		{`{"scenario":"é` + "\xff\"}", 1, 16},
	} {
		r := NewReader(strings.NewReader(c.doc), "f")
		_, err := r.Next()
		if err == nil {
			_, err = r.Next()
		}
		var bad *FormatError
		if !errors.As(err, &bad) {
			t.Errorf("%q: %v", c.doc, err)
			continue
		}
		if bad.Line != c.line || bad.Column != c.column {
			t.Errorf("%q: %v at %d:%d, want %d:%d", c.doc, err, bad.Line, bad.Column, c.line, c.column)
		}
	}
}

func TestErrorCauses(t *testing.T) {
	for _, c := range []struct {
		doc  string
		want error
	}{
		{"", ErrNoTransactions},
		{"{", io.ErrUnexpectedEOF},
		{`{"a":1,"a":1}`, jsontext.ErrDuplicateName},
		{`{"x":"` + strings.Repeat("x", 100) + `"}`, ErrTooLarge},
	} {
		_, err := NewReader(strings.NewReader(c.doc), "f", MaxDocumentSize(100)).Next()
		if !errors.Is(err, c.want) {
			t.Errorf("%q: %v is not %v", c.doc, err, c.want)
		}
	}
}

func TestErrorIsOneLineWhateverTheNames(t *testing.T) {
	doc := `{"user":{"username":"u"},"settings":{"a\n\u0000` + strings.Repeat("b", 1000) + `":1},"events":[]}`
	_, err := Parse([]byte(doc), "a\nb")
	want := `a b:1: settings["a\n\x00` + strings.Repeat("b", 57) + `"…]: expected a string, got a number`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestParseTakesOneDocument(t *testing.T) {
	line := []byte(`{"user":{"username":"u"},"events":[]}`)
	if _, err := Parse(append(line, " \n"...), "f"); err != nil {
		t.Error(err)
	}
	for _, more := range []string{"{", "x", string(line)} {
		_, err := Parse([]byte(string(line)+more), "f")
		if want := "f:1: something follows the transaction; one document was expected"; err == nil || err.Error() != want {
			t.Errorf("%q: %v", more, err)
		}
	}
	if _, err := Parse(bytes.TrimSpace(nil), "f"); !errors.Is(err, ErrNoTransactions) {
		t.Error(err)
	}
}
