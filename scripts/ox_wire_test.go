package scripts_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/deliver"
	"github.com/luapush/luapush/runtime/mail"
)

// captured are the mails whose notifications ox-wire.txt has, in its order.
var captured = []string{
	"From: =?utf-8?q?=C3=84?= <alice@barfoo.org>\nSubject: Test =?utf-8?q?p=C3=A4iv=C3=A4=C3=A4?=\n\nHey guys\n\nThis is only a test...\n",
	"To: u@example.com\n\nno from, no subject, \"quotes\" \\ and\ttab\n",
	"From: x@y.z\nSubject: raw 8bit \xc3\xa4 \xff\nContent-Type: text/plain; charset=utf-8\n\n\xff bad\n",
}

// TestOXWire plays mails with their text through ox, and holds the bodies to the
// raw capture of what the real driver sent for them. The capture was written
// down byte by byte as Latin-1, and read back so.
func TestOXWire(t *testing.T) {
	var want []string
	for _, line := range lines(read(t, "../spec/recordings/ox-wire.txt")) {
		if strings.HasPrefix(line, "{") {
			want = append(want, fromLatin1(line))
		}
	}
	var documents bytes.Buffer
	for i, text := range captured {
		transaction, err := deliver.Message([]byte(text), deliver.Options{
			User: "u@example.com", UID: uint32(i + 2), UIDValidity: 1795290915, KeepText: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		transaction.Metadata = []mail.Entry[string]{{Key: "/private/vendor/vendor.dovecot/http-notify", Value: "user=4@464646669"}}
		transaction.Mailboxes[0].Value.Status.Unseen = mail.Some(uint32(i + 2))
		line, err := transaction.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		documents.Write(append(line, '\n'))
	}
	ox := driver{name: "ox", options: map[string]string{"url": notifyURL, "user_from_metadata": ""}}
	same(t, want, bodies(ox.play(t, "captured.jsonl", documents.String())))
}

func fromLatin1(text string) string {
	var b []byte
	for _, r := range text {
		b = append(b, byte(r))
	}
	return string(b)
}
